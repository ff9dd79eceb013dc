"""Commands on records: import and info."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import BadInputError
from sim.cli.show import Screen
from sim.cli.writing import free_file


def record_import(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="CSV files, perhaps packed (.gz, .zip)."),
    ],
    out: Annotated[Path, typer.Option(metavar="RECORD", help="The record file to write.")],
    body: Annotated[
        str, typer.Option(help="Read the votes of this body instead: Third Committee.")
    ] = "",
) -> None:
    """Read published voting files into one record.

    Says what was read, what could not be, and why. Understood are the CSV of the UN Digital Library
    and the tables of Voeten (Harvard Dataverse); a roll call in several files is taken from the one
    named first.
    """
    from sim.record import write_record
    from sim.record.importing import import_files

    free_file(out, inputs=paths)
    report = import_files(paths, body=body)
    typer.echo(report.describe())
    if not len(report.record):
        raise BadInputError("no roll call could be imported; nothing was written")
    write_record(report.record, out)
    typer.echo(out)


def record_info(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="A record file.")],
) -> None:
    """Show what a record holds, by decade."""
    from sim.record import read_record
    from sim.record import record_info as info
    from sim.report import record_tables

    screen = Screen()
    for table in record_tables(str(record), info(read_record(record))):
        screen.table(table)
