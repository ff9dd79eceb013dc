"""The command that runs a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import BadInputError
from sim.cli.scenarios import ScenarioName, scenario_file
from sim.cli.show import Screen, progress

if TYPE_CHECKING:
    from sim.choices import Choice
    from sim.runs import Run

RESULTS = Path("results")


def run(
    scenario: ScenarioName,
    draws: Annotated[
        int | None,
        typer.Option(min=1, max=10**10, metavar="N", help="Draws; by default the scenario's."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**63 - 1, metavar="S", help="Seed; by default the scenario's."),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder in which the result folder is made.")
    ] = RESULTS,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only where the result is.")
    ] = False,
    keep_draws: Annotated[
        bool, typer.Option("--keep-draws", help="Write every draw's tally to tallies.csv.")
    ] = False,
    known: Annotated[
        str | None,
        typer.Option(metavar="VOTES", help="Votes taken as certain, such as BRA=yes,HUN=no."),
    ] = None,
) -> None:
    """Run a scenario: print the answer, write the result folder.

    Every arm is drawn and computed exactly. The folder is DIR/NAME with NAME the scenario's; an
    earlier result that is there is replaced.

    Example: unga-sim run anniversary-2025 --draws 100000
    """
    from sim import files
    from sim.runs import checked_scenario, run_scenario, save_run

    place, votes = scenario_file(scenario), known_votes(known)
    checked, target = checked_scenario(place, known=votes), out / place.stem
    refuse_unwritable(target)
    refuse_to_replace(target)
    with progress("draws", draws or checked.draws, quiet=quiet) as told:
        done = run_scenario(
            checked, place, draws=draws, seed=seed, progress=told, keep_draws=keep_draws
        )
        with files.whole_folder(target) as folder:
            save_run(done, folder)
    if not quiet:
        show(done, Screen())
    typer.echo(target)


def show(run: Run, screen: Screen) -> None:
    """Show what came out of a run: the answer, the tables, the assumptions, the real vote."""
    from sim.reporting import Report, assumptions, real_vote, real_vote_table

    report = Report(run.outcomes, run.labels)
    screen.paragraph(f"{run.scenario.title}\n{run.scenario.question}")
    screen.paragraph(report.answer(), bold=True)
    for table in report.tables():
        screen.table(table)
    screen.points("What is assumed", assumptions(run.scenario))
    if run.real is not None:
        screen.points("The real vote, looked up after the forecast", real_vote(run.real))
        screen.table(real_vote_table(run.real))
    typer.echo("The tables, figures and manifest are in")


def known_votes(text: str | None) -> dict[str, Choice]:
    """Return the votes in a text such as ``BRA=yes,HUN=no``, by ISO code.

    Raises
    ------
    BadInputError
        If a state or a vote is not one; the message names all problems.
    """
    from sim.choices import COLUMNS, Choice
    from sim.members import Members

    votes, problems = {}, []
    for part in filter(None, (text or "").split(",")):
        name, _, vote = (piece.strip() for piece in part.partition("="))
        try:
            iso3 = Members.load().find(name)
        except ValueError as error:
            problems.append(f"--known: {error}")
            continue
        if vote not in COLUMNS:
            problems.append(f"--known: {name}={vote}: allowed are {', '.join(COLUMNS)}")
        elif iso3 in votes:
            problems.append(f"--known: {name}: is there twice")
        else:
            votes[iso3] = Choice(COLUMNS.index(vote))
    if problems:
        raise BadInputError("\n".join(problems))
    return votes


def refuse_unwritable(target: Path) -> None:
    """Refuse a folder that cannot be made, before any work is done.

    Raises
    ------
    BadInputError
        If what is there is no folder or may not be written to.
    """
    import tempfile

    nearest = next(path for path in (target, *target.absolute().parents) if path.exists())
    try:
        Path(tempfile.mkdtemp(prefix=".unga-sim-", dir=nearest)).rmdir()
    except OSError as error:
        raise BadInputError(f"--out: {nearest}: cannot be written to: {error.strerror}") from None


def refuse_to_replace(target: Path, *, mark: str = "summary.json") -> None:
    """Refuse a folder that holds something else than a result, which has a file `mark`.

    Raises
    ------
    BadInputError
        If it is not empty and no result was written into it.
    """
    if target.is_dir() and any(target.iterdir()) and not (target / mark).is_file():
        raise BadInputError(f"--out: {target}: is there and holds no result; give another folder")
