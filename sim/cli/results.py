"""Commands on stored results: plot and reproduce."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import DIFFERENT, BadInputError
from sim.cli.run import RESULTS
from sim.cli.scenarios import scenario_file
from sim.cli.show import progress
from sim.cli.writing import refuse_unwritable

if TYPE_CHECKING:
    from sim.runs.reproduce import Reproduction

SHOWN = 10
DRAWN = ("contrast.json", "sensitivity.csv", "points.csv", "lever.json")
"""Files of studies that can be drawn again."""


def plot(
    result: Annotated[
        str, typer.Argument(metavar="RESULT", help="A result folder, or the name of one.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; by default the folder itself.")
    ] = None,
    figure: Annotated[
        str | None, typer.Option(metavar="NAME", help="One figure, such as map; by default all.")
    ] = None,
    arm: Annotated[
        str | None, typer.Option(metavar="ARM", help="Of figures of one arm, this one alone.")
    ] = None,
    size: Annotated[
        str, typer.Option(metavar="SIZE", help="page, wide (16:9) or square; names the files too.")
    ] = "page",
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="In place of what the figure found.")
    ] = None,
) -> None:
    """Draw the figures of a stored result, contrast, sweep or lever again.

    Example: unga-sim plot anniversary-2025 --figure map --arm us-opposes --size wide
    """
    from sim.files import FileError
    from sim.report.figures import SIZES, draw_stored

    if size not in SIZES:
        raise BadInputError(f"--size: {size!r}: one of {', '.join(SIZES)}")
    folder = result_folder(result, *DRAWN)
    target = folder if out is None else out
    refuse_unwritable(target)
    target.mkdir(parents=True, exist_ok=True)
    try:
        paths = draw_stored(folder, target, figure=figure, arm=arm, size=size, title=title)
    except ValueError as error:
        if isinstance(error, FileError):
            raise
        raise BadInputError(f"RESULT: {error}") from None
    for path in paths:
        typer.echo(path)


def reproduce(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Results; by default every committed one."),
    ] = None,
) -> None:
    """Run committed scenarios again and compare.

    A result that differs is written beside the stored one as NAME.new; exit 1 if there is any.
    """
    from sim.runs.reproduce import read_stored
    from sim.runs.reproduce import reproduce as again

    differ = []
    for folder in [result_folder(name) for name in names or committed()]:
        place = scenario_file(folder.name)
        stored = read_stored(folder)
        total, unit = stored.plan.steps(len(stored.result.summary["arms"]))
        with progress(folder.name, total, unit=unit) as told:
            made = again(stored, place, progress=told)
        if made.inputs:
            typer.echo(f"{folder.name}: inputs changed: {', '.join(made.inputs)}")
        if made.differences:
            differ.append(folder.name)
            keep_new(made)
        else:
            typer.echo(f"{folder.name}: the same")
    if differ:
        typer.echo(f"different: {', '.join(differ)}", err=True)
        raise typer.Exit(DIFFERENT)


def keep_new(made: Reproduction) -> None:
    """Write a result that differs beside the stored one, and say where and how to accept it."""
    from sim import files
    from sim.report.folders import save_run_with_figures

    old = made.stored.folder
    installed = old.parent == files.shipped("results")
    new = (RESULTS if installed else old.parent) / f"{old.name}.new"
    with files.whole_folder(new) as folder:
        save_run_with_figures(made.run, folder)
    for line in made.differences[:SHOWN]:
        typer.echo(f"{old.name}: {line}")
    if len(made.differences) > SHOWN:
        typer.echo(f"{old.name}: ... and {len(made.differences) - SHOWN} more")
    typer.echo(
        f"{old.name}: the new result is in {new}; to accept it, say so in CHANGELOG.md "
        f"and: rm -r {old} && mv {new} {old}"
    )


def committed() -> list[str]:
    """Return the names of all stored results, here or shipped.

    Raises
    ------
    BadInputError
        If there is none.
    """
    names = stored_names()
    if not names:
        raise BadInputError("no stored results; make one with unga-sim run")
    return names


def stored_names() -> list[str]:
    """Return the names of the results in the folder here, or else of those shipped."""
    from sim.files import recover_in, shipped

    for folder in (RESULTS, shipped("results")):
        recover_in(folder)
        names = sorted(path.parent.name for path in folder.glob("*/summary.json"))
        # a hidden one is work in progress, or what a killed program left
        if names := [name for name in names if not name.endswith(".new") and name[0] != "."]:
            return names
    return []


def result_folder(name: str, *others: str) -> Path:
    """Return the folder of a stored result that the user names, or one that holds another file.

    Raises
    ------
    BadInputError
        If there is none; the message lists those that are stored.
    """
    from sim.files import recover, shipped

    for folder in (Path(name), RESULTS / name, shipped("results") / name):
        recover(folder)
        if any((folder / file).is_file() for file in ("summary.json", *others)):
            return folder
    stored = ", ".join(stored_names()) or "none"
    raise BadInputError(f"RESULT: {name!r}: no result folder; stored are {stored}")
