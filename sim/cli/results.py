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


def plot(
    result: Annotated[
        str, typer.Argument(metavar="RESULT", help="A result folder, or the name of one.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; by default the folder itself.")
    ] = None,
) -> None:
    """Draw the figures of a stored result again."""
    from sim.report.figures import draw_result
    from sim.runs import read_result

    folder = result_folder(result)
    target = folder if out is None else out
    stored = read_result(folder)
    refuse_unwritable(target)
    target.mkdir(parents=True, exist_ok=True)
    for path in draw_result(stored, target):
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


def result_folder(name: str) -> Path:
    """Return the folder of a stored result that the user names.

    Raises
    ------
    BadInputError
        If there is none; the message lists those that are stored.
    """
    from sim.files import recover, shipped

    for folder in (Path(name), RESULTS / name, shipped("results") / name):
        recover(folder)
        if (folder / "summary.json").is_file():
            return folder
    stored = ", ".join(stored_names()) or "none"
    raise BadInputError(f"RESULT: {name!r}: no result folder; stored are {stored}")
