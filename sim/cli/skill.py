"""The command skill: one page from the folders of several back-tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import BadInputError
from sim.cli.writing import free_file

PAGE, TABLE = "skill.md", "skill.csv"
"""What a back-test calls its page, and its table of like texts, in its folder."""


def skill(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR", help="Folders that backtest made.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page to write, in Markdown.")],
    seed: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also put their skill.csv into one file.")
    ] = None,
) -> None:
    """Put the skill measured by several back-tests on one page, a section each, in the order given.

    Nothing is computed again: each section is the skill.md of its folder. With --seed
    seeds/skill.csv these become the figures that every run prints of its model on like texts.
    """
    from sim import files
    from sim.skill import joined_pages

    for folder in folders:
        files.recover(folder)
    pages = {str(folder): files.read_text(folder / PAGE) for folder in folders}
    free_file(out, inputs=folders)
    try:
        page = joined_pages(pages)
    except ValueError as error:
        raise BadInputError(str(error)) from None
    if seed is not None:
        tables = [files.read_text(folder / TABLE).splitlines() for folder in folders]
        free_file(seed, inputs=folders)
        rows = [row for table in tables for row in table[1:]]
        files.write_text(seed, "\n".join([tables[0][0], *rows]) + "\n")
    files.write_text(out, page)
    typer.echo(out)
