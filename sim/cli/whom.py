"""The command that says whom to call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import BadInputError
from sim.cli.known import Known, KnownFile, known_votes
from sim.cli.scenarios import CitedFrom, ScenarioName, arms_named, scenario_file
from sim.cli.show import Screen
from sim.cli.study import AlsoTo, caution
from sim.cli.writing import free_folder

if TYPE_CHECKING:
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
    target: Annotated[str, typer.Option(metavar="TARGET", help=TARGETS)],
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

    With --out the tables are written into DIR/NAME-whom as well.

    Example: unga-sim whom anniversary-2025 --target "yes>=97" --arm us-opposes
    """
    from sim import files
    from sim.report import call_tables, percent
    from sim.report.folders import save_calls
    from sim.scenario.ballots import ballots
    from sim.scenario.case import resolve
    from sim.studies.rank import rank_calls

    wanted, place = _target(target), scenario_file(scenario)
    case = resolve(place, record=record, known=known_votes(place, known, known_file))
    screen, name, reads = Screen(), arms_named(case, arm)[0], case.inputs
    folder = out and free_folder(out / f"{place.stem}-whom", mark="whom.json", inputs=reads)
    calls = rank_calls(case, wanted, arm=name, push=push, draws=draws)
    chance = percent(calls.chance, draws=draws)
    told = f"In the arm {name}, the chance of {wanted.label} is {chance} with no call"
    screen.paragraph(f"{told} ({draws:,} draws).", bold=True)
    caution(screen, [ballots(case)[name]])
    for table in call_tables(calls, target=wanted.label):
        screen.table(table)
    screen.paragraph(CALL.format(push=push))
    if folder is not None:
        asked = {"arm": name, "target": wanted.label, "push": push, "draws": draws}
        with files.whole_folder(folder) as made:
            save_calls(calls, made, case=case, asked=asked)
        typer.echo(folder)


def _target(text: str) -> Target:
    from sim.assembly.members import Members
    from sim.studies.target import Target

    try:
        target = Target.of(text)
    except ValueError as error:
        raise BadInputError(f"--target: {error}") from None
    if abs(target.at_least) > len(Members.load()):
        raise BadInputError(f"--target: {text!r}: must be at most {len(Members.load())} votes")
    return target
