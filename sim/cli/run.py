"""The command that runs a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.brief import brief_lines, show_tables
from sim.cli.errors import INTERRUPTED, BadInputError
from sim.cli.known import Known, KnownFile, known_votes
from sim.cli.scenarios import CitedFrom, ScenarioName, scenario_file
from sim.cli.show import Screen, progress
from sim.cli.stopping import stoppable
from sim.cli.writing import free_folder
from sim.vote.engine import Engine, Plan

if TYPE_CHECKING:
    from sim.report import Report
    from sim.runs.run import Run
    from sim.scenario.case import Case
    from sim.vote.counting import Drawn

RESULTS = Path("results")
Draws = Annotated[
    int | None,
    typer.Option(min=1, max=10**10, metavar="N", help="Draws; by default the scenario's."),
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=2**63 - 1, metavar="S", help="Seed; by default the scenario's."),
]
By = Annotated[
    Engine | None,
    typer.Option(help="Draw, compute exactly, or both (the default)."),
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Where the result folder is made.")]
Full = Annotated[bool, typer.Option("--full", help="Print every table.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print one sentence and the folder.")]
KeepDraws = Annotated[
    bool, typer.Option("--keep-draws", help="Write every draw's tally to tallies.parquet.")
]
WithJoint = Annotated[
    bool, typer.Option("--joint", help="Write the joint distribution of yes and no to joint.csv.")
]
WithPage = Annotated[
    bool, typer.Option("--page", help="Also write page.html, with the exact what-if.")
]
GoOn = Annotated[bool, typer.Option("--continue", help="Resume a run that was interrupted.")]


def run(
    scenario: ScenarioName,
    draws: Draws = None,
    seed: Seed = None,
    engine: By = None,
    out: Out = RESULTS,
    quiet: Quiet = False,
    full: Full = False,
    keep_draws: KeepDraws = False,
    joint: WithJoint = False,
    known: Known = None,
    known_file: KnownFile = None,
    record: CitedFrom = None,
    go_on: GoOn = False,
    page: WithPage = False,
) -> None:
    """Run a scenario: print the answer, write the result folder.

    Every arm is drawn and computed exactly, unless --engine says otherwise. The folder is DIR/NAME,
    NAME being the scenario's; an earlier result there is replaced. If you interrupt a run (Ctrl-C)
    the folder keeps what was drawn so far, and --continue resumes it: the result is the same as
    that of a run never interrupted.

    Example: unga-sim run anniversary-2025 --draws 100000
    """
    from sim.runs.run import continued, plan_of
    from sim.scenario.case import resolve

    place = scenario_file(scenario)
    target = out / place.stem
    given = {
        "--draws": draws is not None,
        "--seed": seed is not None,
        "--engine": engine is not None,
        "--keep-draws": keep_draws,
        "--joint": joint,
        "--known": known is not None,
        "--known-file": known_file is not None,
    }
    refuse_together([name for name, there in given.items() if there], engine, go_on=go_on)
    if go_on:
        case, plan, begun = continued(place, target, record=record)
    else:
        votes, begun = known_votes(place, known, known_file), None
        case = resolve(place, record=record, known=votes)
        by = engine or Engine.BOTH
        plan = plan_of(case, draws=draws, seed=seed, engine=by, keep_draws=keep_draws, joint=joint)
    free_folder(target, mark="summary.json", inputs=case.inputs)
    done = _run(case, plan, begun, target, quiet=quiet, page=page)
    if done.interrupted:
        typer.echo(how_to_go_on(done, scenario, out), err=True)
        raise typer.Exit(INTERRUPTED)
    show(done, Screen(), full=full, quiet=quiet)
    typer.echo(f"yes and no together: {target / 'joint.csv'}\n{target}" if plan.joint else target)


def _run(
    case: Case,
    plan: Plan,
    begun: Drawn | None,
    target: Path,
    *,
    quiet: bool,
    page: bool,
) -> Run:
    """Run a scenario and write its folder; an interrupt while drawing ends the draws alone."""
    from sim import files
    from sim.report.folders import save_run_with_figures
    from sim.report.page import page_of
    from sim.runs.run import joints_of, run_scenario

    joints, arms = {}, len(case.scenario.arms)
    if plan.joint:
        with progress("yes and no together", arms, unit="arms", quiet=quiet) as told:
            joints = joints_of(case, progress=told)
    total, what = plan.steps(arms)
    before = 0 if begun is None else begun.draws
    with files.whole_folder(target) as folder:
        with progress(what, total, before=before, quiet=quiet) as told, stoppable() as stop:
            done = run_scenario(
                case,
                plan=plan,
                joints=joints,
                begun=begun,
                folder=folder,
                earlier=None if begun is None else target,
                progress=told,
                stop=stop,
            )
        if done.interrupted:
            typer.echo("interrupted; writing what was drawn, interrupt again to lose it", err=True)
        save_run_with_figures(done, folder)
        if page:
            files.write_text(folder / "page.html", page_of(done))
    return done


def refuse_together(given: Sequence[str], engine: Engine | None, *, go_on: bool) -> None:
    """Refuse options that do not go together, all at once.

    Raises
    ------
    BadInputError
        If there are any; the message says which to leave out.
    """
    problems = []
    of_draws = [name for name in given if name in ("--draws", "--seed", "--keep-draws")]
    if engine is Engine.EXACT and of_draws:
        problems.append(f"--engine exact: draws nothing; leave out {', '.join(of_draws)}")
    if engine is Engine.SIMULATE and "--joint" in given:
        problems.append("--engine simulate: computes nothing; leave out --joint")
    if go_on and given:
        problems.append(
            "--continue: everything is as in the run that was interrupted; leave out "
            f"{', '.join(given)}"
        )
    if problems:
        raise BadInputError("\n".join(problems))


def how_to_go_on(done: Run, scenario: str, out: Path) -> str:
    """Return how far an interrupted run came, and the command that goes on with it."""
    import shlex

    command = ["unga-sim", "run", scenario, "--continue"]
    if out != RESULTS:
        command += ["--out", str(out)]
    return (
        f"interrupted after {done.outcomes.draws:,} of {done.plan.draws:,} draws, which are in "
        f"{out / done.case.stem}; to go on: {shlex.join(command)}"
    )


def show(run: Run, screen: Screen, *, full: bool, quiet: bool) -> None:
    """Show what came out of a run: a sentence, the brief, or every table."""
    from sim.report import Report

    if quiet:
        typer.echo(run.result.summary["sentence"])
        return
    report = Report(run.outcomes, run.labels)
    if not full:
        show_brief(run, report, screen)
        return
    screen.paragraph(f"{run.case.scenario.title}\n{run.case.scenario.question}")
    show_tables(run, report, screen)
    typer.echo("The tables, figures and manifest are in")


def show_brief(run: Run, report: Report, screen: Screen) -> None:
    """Show the brief of a run, and what its last line, the folder, is."""
    lines = brief_lines(run, report, screen, below=1)
    typer.echo("\n".join(lines) + " Tables, figures and manifest are in")
