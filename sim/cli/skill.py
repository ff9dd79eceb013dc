"""The command skill: one page from the folders of several back-tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import BadInputError
from sim.cli.writing import free_file

PAGE = "skill.md"
"""What a back-test calls its page in its folder."""


def skill(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR", help="Folders that backtest made.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page to write, in Markdown.")],
) -> None:
    """Put the skill found by several back-tests on one page, a section each, in the order given.

    Nothing is computed again: each section is the skill.md of its folder.
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
    files.write_text(out, page)
    typer.echo(out)
