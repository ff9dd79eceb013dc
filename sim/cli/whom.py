"""The command that says whom to call."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import BadInputError
from sim.cli.known import Known, KnownFile, known_votes
from sim.cli.scenarios import CitedFrom, ScenarioName, arms_named, scenario_file, steps_named
from sim.cli.show import Screen, caution
from sim.cli.study import AlsoTo
from sim.cli.writing import free_folder

if TYPE_CHECKING:
    from sim.report.table import Table
    from sim.scenario.case import Case
    from sim.studies.calls import Calls
    from sim.studies.target import Target

TARGETS = "majority, two-thirds, yes>=N, margin>=N (yes less no), abstain<=N or no<=N."
CALL = (
    "A call is an assumption, not a measured effect: it moves one state's latent support by "
    "{push:.2f} standard deviations and leaves every other state as it is. Not called are "
    "the United States, states whose vote is known, and those less likely than 30 % to vote as is "
    "wanted."
)
"""What a call is taken to do."""


def whom(
    scenario: ScenarioName,
    target: Annotated[
        str | None, typer.Option(metavar="TARGET", help=f"{TARGETS} Or an end of the path.")
    ] = None,
    step: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="A step of the path; by default the one that decides the end."
        ),
    ] = None,
    arm: Annotated[
        str | None, typer.Option(metavar="ARM", help="An arm; by default the first.")
    ] = None,
    known: Known = None,
    known_file: KnownFile = None,
    record: CitedFrom = None,
    push: Annotated[
        float,
        typer.Option(
            min=0.01, max=10, metavar="SD", help="How far a call moves latent support [SD]."
        ),
    ] = 1.0,
    draws: Annotated[
        int, typer.Option(min=1, max=200_000, metavar="N", help="Draws to look at.")
    ] = 20_000,
    out: AlsoTo = None,
) -> None:
    """Show whom to call: what one call is worth, and the fewest that reach a target.

    Where a scenario has steps, --target may be an end of its path, or --step one of them, whose own
    majority is then the target. With --out the tables are written into DIR/NAME-whom as well.

    Example: unga-sim whom anniversary-2025 --target "yes>=97" --arm us-opposes

    Example: unga-sim whom path-to-peace-path-2025 --target "adopted as amended"
    """
    from sim import files
    from sim.report.folders import save_calls
    from sim.scenario.case import resolve

    place = scenario_file(scenario)
    case = resolve(place, record=record, known=known_votes(place, known, known_file))
    name, reads = arms_named(case, arm)[0], case.inputs
    folder = out and free_folder(out / f"{place.stem}-whom", mark="whom.json", inputs=reads)
    found = _found(case, name, target, step, push=push, draws=draws)
    _show(found, case, name, push=push)
    if folder is not None:
        asked = {"arm": name, "target": found.label, "push": push, "draws": draws, **found.asked}
        with files.whole_folder(folder) as made:
            save_calls(found.calls, made, case=case, asked=asked)
        typer.echo(folder)


@dataclass(frozen=True)
class _Found:
    """Whom to call, of one vote or of one step, and how it is told."""

    calls: Calls
    label: str
    told: str
    tables: tuple[Table, ...] = ()
    asked: Mapping[str, Any] = field(default_factory=dict)
    vote: str = "yes"


def _show(found: _Found, case: Case, arm: str, *, push: float) -> None:
    from sim.report import call_tables
    from sim.report.studies import LEAST_WORTH
    from sim.report.words import few_draws

    screen = Screen()
    screen.paragraph(found.told, bold=True)
    caution(screen, case, arm)
    for sentence in few_draws(found.calls.effective, known=bool(case.known), computed=False):
        screen.paragraph(sentence)
    tables = call_tables(found.calls, target=found.label, vote=found.vote)
    for table in (*found.tables, *tables):
        screen.table(table)
    if not found.calls.states["value"].max() >= LEAST_WORTH:
        screen.paragraph("No one call adds as much as 0.1 points to it.")
    screen.paragraph(CALL.format(push=-push if found.vote == "no" else push))


def _found(
    case: Case, arm: str, target: str | None, step: str | None, *, push: float, draws: int
) -> _Found:
    from sim.report import percent
    from sim.scenario.path import ends_of
    from sim.studies.rank import rank_calls

    if step is not None or target in ends_of(case.scenario):
        return _of_step(case, arm, target, step, push=push, draws=draws)
    if target is None:
        of_path = ", --step or an end of the path" if case.scenario.steps else ""
        raise BadInputError(f"--target: one is expected: {TARGETS.rstrip('.')}{of_path}")
    wanted = _target(target, ends_of(case.scenario))
    calls = rank_calls(case, wanted, arm=arm, push=push, draws=draws)
    chance = percent(calls.chance, draws=draws)
    told = f"{_if(case, arm)}, the chance of {wanted.label} is {chance} with no call"
    return _Found(calls, wanted.label, f"{told} ({draws:,} draws).")


def _of_step(
    case: Case, arm: str, target: str | None, step: str | None, *, push: float, draws: int
) -> _Found:
    from sim.report import percent
    from sim.report.folders import records
    from sim.report.steps import deciding_table
    from sim.scenario.path import ends_of
    from sim.studies.steps import step_calls

    ends = ends_of(case.scenario)
    steps_named(case, step)
    if target is not None and target not in ends:
        _target(target, ends)
    try:
        found = step_calls(case, arm=arm, step=step, target=target, push=push, draws=draws)
    except ValueError as error:
        raise BadInputError(f"--{error}") from None
    chance = percent(found.calls.chance, draws=draws)
    put = percent(round(found.put, 9), draws=draws, certain=True)
    told = (
        f"{_if(case, arm)}, {found.step} is voted on in {put} of {draws:,} draws; the "
        f"chance of {found.target.label} is then {chance} with no call."
    )
    asked: dict[str, Any] = {"step": found.step, "put": found.put, "end": found.end}
    tables: tuple[Table, ...] = ()
    if found.end is not None:
        asked["decides"] = records(found.decides)
        tables = (deciding_table(found.decides, end=found.end),)
    vote = found.target.vote.column
    return _Found(found.calls, found.target.label, told, tables, asked, vote)


def _if(case: Case, arm: str) -> str:
    from sim.runs.sentence import capitalised
    from sim.runs.sentence import case as condition

    return capitalised(condition(case.labels[arm], arm))


def _target(text: str, ends: Collection[str] = ()) -> Target:
    from sim.assembly.members import Members
    from sim.studies.target import Target

    try:
        target = Target.of(text)
    except ValueError as error:
        of_path = f"; ends of the path: {', '.join(ends)}" if ends else ""
        raise BadInputError(f"--target: {error}{of_path}") from None
    if abs(target.at_least) > len(Members.load()):
        raise BadInputError(f"--target: {text!r}: must be at most {len(Members.load())} votes")
    return target
