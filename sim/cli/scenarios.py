"""Commands on a scenario that run nothing: check and explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import BadInputError, fail
from sim.cli.known import Known, KnownFile, known_votes
from sim.cli.show import Screen, show_doubts

if TYPE_CHECKING:
    from sim.scenario.case import Case


def shipped_names(begun: str) -> list[str]:
    """Return the shipped scenarios whose names begin so, for completion in a shell."""
    from sim.files import shipped

    places = sorted(shipped("scenarios").glob("*.toml"))
    return [place.stem for place in places if place.stem.startswith(begun)]


ScenarioName = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="A TOML file, or the name of a shipped scenario.",
        autocompletion=shipped_names,
    ),
]

CitedFrom = Annotated[
    Path | None,
    typer.Option(
        "--record", metavar="FILE", help="Cite roll calls from this record, not the scenario's."
    ),
]


def check(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="SCENARIO", help="TOML files, or names of shipped scenarios."),
    ],
    record: CitedFrom = None,
) -> None:
    """Check scenarios without running them.

    Every problem is one line on stderr; exit 2 if there is any.
    """
    from sim.scenario.case import resolve
    from sim.scenario.doubts import doubts
    from sim.scenario.path import check_steps
    from sim.scenario.schema import ScenarioError

    problems = []
    for name in scenarios:
        try:
            place = scenario_file(name)
            case = resolve(place, record=record)
            check_steps(case)
            doubted = doubts(case)
        except (BadInputError, ScenarioError) as error:
            problems.append(str(error))
        else:
            typer.echo(f"{place}: fine")
            for doubt in doubted:
                typer.echo(f"  {doubt}")
    if problems:
        fail("\n".join(problems))


def explain(
    scenario: ScenarioName,
    state: Annotated[
        str, typer.Argument(metavar="STATE", help="A member state: ISO code, name or common alias.")
    ],
    arm: Annotated[
        str | None, typer.Option(metavar="ARM", help="One arm; by default each of them.")
    ] = None,
    step: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A step of the path; by default the text alone."),
    ] = None,
    known: Known = None,
    known_file: KnownFile = None,
    record: CitedFrom = None,
    full: Annotated[bool, typer.Option("--full", help="Also every part, arm by arm.")] = False,
) -> None:
    """Say what one state is likely to do, and what that rests on.

    A sentence on the first arm and one table. With --full every part in every arm: each bloc, each
    own vote on a precedent, attendance, sponsorship, the US position, known votes; of the fitted
    model also own record, the text, states that vote alike and departures of late.

    Example: unga-sim explain anniversary-2025 Brazil

    Example: unga-sim explain path-to-peace-path-2025 Brazil --step amendment-russia
    """
    from sim.assembly.members import Members
    from sim.report import explanation_table, short_explanation
    from sim.scenario.case import resolve
    from sim.studies.explain import explain as reasons

    place = scenario_file(scenario)
    case = resolve(place, record=record, known=known_votes(place, known, known_file))
    try:
        iso3 = Members.load().find(state)
    except ValueError as error:
        raise BadInputError(f"STATE: {error}") from None
    names = steps_named(case, step)
    screen = Screen()
    found = [reasons(case, iso3, arm=name, step=step) for name in arms_named(case, arm)]
    text, table = short_explanation(found, case.labels)
    screen.paragraph(text if step is None else f"Step {step}. {text}", bold=True)
    screen.table(table)
    show_doubts(screen, case)
    if not full:
        of_path = f" Of the text alone; of a step: --step {'|'.join(names)}." if names else ""
        typer.echo(f"Every part in every arm: --full.{'' if step else of_path}")
        return
    for one in found:
        screen.table(explanation_table(one, case.labels[one.arm]))
    screen.paragraph(
        "Parts add up to the chances in the last row, and their shares to 100; a part that moves "
        "takes from one choice what it gives to another."
    )


def scenario_file(name: str) -> Path:
    """Return the file of a scenario that the user names.

    Raises
    ------
    BadInputError
        If there is none; the message offers close names and lists those shipped.
    """
    from sim.files import shipped
    from sim.scenario.messages import did_you_mean
    from sim.scenario.schema import scenario_path

    place = scenario_path(name)
    if place.is_file():
        return place
    stems = sorted(path.stem for path in shipped("scenarios").glob("*.toml"))
    offer = did_you_mean(Path(name).stem, stems)
    raise BadInputError(
        f"SCENARIO: {name!r}: no such file and no shipped scenario{offer} "
        f"(shipped are {', '.join(stems)})"
    )


def steps_named(case: Case, step: str | None) -> list[str]:
    """Return the names of all steps.

    Raises
    ------
    BadInputError
        If the user names another.
    """
    names = [one.name for one in case.scenario.steps]
    if step is not None and step not in names:
        allowed = f"must be one of {', '.join(names)}" if names else "the scenario has no steps"
        raise BadInputError(f"--step: {step!r}: {allowed}")
    return names


def arms_named(case: Case, arm: str | None) -> list[str]:
    """Return the arm that the user names, or else all.

    Raises
    ------
    BadInputError
        If there is no such arm.
    """
    if arm is None:
        return list(case.scenario.arms)
    if arm not in case.scenario.arms:
        raise BadInputError(f"--arm: {arm!r}: must be one of {', '.join(case.scenario.arms)}")
    return [arm]
