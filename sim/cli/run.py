"""The command that runs a scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
MOST_LINES, WIDE = 25, 80
"""Lines of a brief, on a terminal of so many columns."""

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
    from sim.report.brief import asked_for

    sentence, steps = run.result.summary["sentence"], run.result.summary.get("steps")
    if quiet:
        typer.echo(sentence)
        return
    report = Report(run.outcomes, run.labels)
    if not full:
        show_brief(run, report, screen)
        return
    screen.paragraph(f"{run.case.scenario.title}\n{run.case.scenario.question}")
    screen.paragraph(report.answer(), bold=True)
    for caution in cautions(run, report):
        screen.paragraph(caution)
    if steps is not None:
        show_steps(run, screen, full=True)
    for told in asked_for(run.case.asked):
        screen.paragraph(told)
    show_all(run, report, screen)


def show_brief(run: Run, report: Report, screen: Screen) -> None:
    """Show the brief: of what is to be known of the forecast, as much as its lines hold."""
    from sim.report import Brief
    from sim.report.brief import asked_for
    from sim.report.words import first_sentence

    brief = Brief(run)
    found = [first_sentence(one) for one in cautions(run, report)]
    with screen.held() as first:
        screen.paragraph(run.result.summary["sentence"], bold=True)
    for short in (False, True):
        with screen.held() as rest:
            if "steps" in run.result.summary:
                show_steps(run, screen, full=False)
                for sentence in asked_for(run.case.asked):
                    screen.paragraph(sentence)
            else:
                table, rests_on = brief.table(), " ".join(brief.rests_on(short=short))
                screen.table(replace(table, title="") if short else table)
                screen.paragraph("\n".join((*brief.changes(), rests_on)))
        told, left = in_lines(found, MOST_LINES - len(first) - len(rest) - 1, screen)
        if not left:
            break
    typer.echo("\n".join((*first, *told, *rest)).rstrip())
    what = "table and caution" if found else "table"
    typer.echo(f"Every {what}: --full. Tables, figures and manifest are in")


def in_lines(cautions: Sequence[str], room: int, screen: Screen) -> tuple[list[str], int]:
    """Return as many cautions as there is room for, in lines, and how many are left.

    On a narrow terminal all are told.
    """
    told: list[str] = []
    left = 0
    for number in range(len(cautions), -1, -1) if cautions else ():
        left = len(cautions) - number
        more = [f"And {left} more caution{'s' if left > 1 else ''}: --full."] if left else []
        with screen.held() as lines:
            screen.paragraph(" ".join((*cautions[:number], *more)))
        told = lines
        if len(told) <= room or screen.console.width < WIDE:
            break
    return told, left


def show_steps(run: Run, screen: Screen, *, full: bool) -> None:
    """Show what becomes of the steps, and how the path ends."""
    from sim.report.steps import ends_table, steps_table

    steps = run.result.summary["steps"]
    screen.table(steps_table(steps, run.case.scenario, full=full))
    draws = None if run.outcomes.exact else run.outcomes.draws
    screen.table(ends_table(steps, run.labels, full=full, draws=draws))


def cautions(run: Run, report: Report) -> Iterator[str]:
    """Yield what known votes tell and do not, and what may be a slip in the scenario."""
    from sim.report import news_of_us, what_is_told
    from sim.runs.sentence import capitalised, case
    from sim.scenario.ballots import ballots
    from sim.scenario.doubts import doubts
    from sim.studies.telling import telling

    if run.case.scenario.known:
        arm, ballot = next(iter(ballots(run.case).items()))
        told = what_is_told(telling(ballot))
        others = len(run.labels) > 1
        start = capitalised(case(run.labels[arm], arm))
        yield f"{start}, {told[0].lower()}{told[1:]}" if others else told
    yield from report.cautions()
    yield from doubts(run.case)
    yield from news_of_us(run.case)


def show_all(run: Run, report: Report, screen: Screen) -> None:
    """Show every table, the assumptions, the real vote."""
    from sim.report import assumptions, real_vote, real_vote_table
    from sim.report.words import few_draws

    if run.outcomes.engine is Engine.BOTH:  # the brief shows nothing drawn beside what is computed
        for sentence in few_draws(run.outcomes.draws, known=False, computed=True):
            screen.paragraph(sentence)
    for table in report.tables():
        screen.table(table)
    screen.points("What is assumed", assumptions(run.case))
    if run.real is not None:
        screen.points(
            "The real vote, looked up after the forecast", real_vote(run.real, run.labels)
        )
        screen.table(real_vote_table(run.real, run.labels))
    typer.echo("The tables, figures and manifest are in")
