"""Commands on records: import and info."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import BadInputError
from sim.cli.show import Screen, downloading
from sim.cli.writing import free_file


def record_import(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="CSV files, perhaps packed (.gz, .zip)."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="RECORD",
            help="The record file to write; by default yours, which every command reads.",
        ),
    ] = None,
    body: Annotated[
        str, typer.Option(help="Read the votes of this body instead: Third Committee.")
    ] = "",
) -> None:
    """Read published voting files into one record.

    Says what was read, what could not be, and why. Understood are the CSV of the UN Digital Library
    and the tables of Voeten (Harvard Dataverse); a roll call in several files is taken from the one
    named first. Your record is replaced only by one that has at least its votes, and nearly all its
    roll calls; the one before stays beside it.
    """
    from sim.record import record_place, write_record
    from sim.record.importing import import_files
    from sim.record.updating import replace_record

    if body and out is None:
        raise BadInputError(f"--body: {body!r}: is another body than the Assembly; give --out, too")
    place = free_file(out or record_place(), inputs=paths)
    report = import_files(paths, body=body)
    typer.echo(report.describe())
    if not len(report.record):
        raise BadInputError("no roll call could be imported; nothing was written")
    if out is None:
        if lacking := replace_record(report.record, place, source=paths[0].name):
            typer.echo(lacking)
    else:
        write_record(report.record, place)
    typer.echo(place)


def record_update(
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The record; by default the one every command reads."),
    ] = None,
) -> None:
    """Download the UN Digital Library's current voting file and make it your record.

    Every command reads that record where no other is named. A download that breaks off is resumed
    at the next update; a file with fewer votes than the record, or without its roll calls, is
    refused.
    """
    from sim.record import record_place
    from sim.record.updating import update_record

    place = free_file(out or record_place(), inputs=())
    with downloading("votes") as told:
        update = update_record(place, told=told)
    held = (
        f"{len(update.record):,} roll calls, {update.record.dates[0]} to {update.record.dates[-1]}"
    )
    if update.report is None:
        typer.echo(f"up to date with {update.source}: {held}")
    else:
        typer.echo(update.report.describe(shown=3))
        typer.echo(f"{held}; {len(update.record) - update.before:,} more than before")
        if update.lacking:
            typer.echo(update.lacking)
    typer.echo(place)


def record_info(
    record: Annotated[
        Path | None, typer.Argument(metavar="RECORD", help="A record file; by default, yours.")
    ] = None,
) -> None:
    """Show what a record holds, by decade, and what it is good for."""
    from sim.record import read_record, record_conclusion, record_place
    from sim.record import record_info as info
    from sim.report import record_tables

    screen, place = Screen(), record or record_place()
    held = read_record(place)
    for table in record_tables(str(place), info(held)):
        screen.table(table)
    screen.paragraph(record_conclusion(held, datetime.date.today()))
