"""From a scenario to what each of its arms needs: the forecast, and the ballot to hold the vote."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np

from sim import files
from sim.assembly.choices import Choice, FloatArray
from sim.assembly.members import Members
from sim.models import MODELS, Forecast
from sim.models.judgements import (
    Position,
    influence_on,
    model_seeds,
    position,
)
from sim.scenario.case import (
    fitted_parameters,
    novelty,
    question_of,
    question_problems,
    settings_for,
    sponsors,
)
from sim.scenario.schema import Scenario, ScenarioError
from sim.vote.ballot import Ballot
from sim.vote.influence import Move

EVEN = np.full(len(Choice), 1 / len(Choice))


def ballots(scenario: Scenario) -> dict[str, Ballot]:
    """Return the ballot of every arm.

    Parameters
    ----------
    scenario : Scenario

    Raises
    ------
    ScenarioError
        If the scenario names what is not there, such as a precedent that is not in the record or
        not earlier than the day of the forecast; one line a problem.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> list(ballots(read_scenario("anniversary-2025")))
    ['with-us', 'without-us', 'us-opposes']
    """
    if problems := scenario_problems(scenario):
        raise ScenarioError("\n".join(problems))
    common = base_forecast(scenario)
    fitted = fitted_parameters(scenario).dependence
    dependence = fitted.for_text(novelty(scenario)).scaled(scenario.dependence.scale)
    # the United States votes as its arm says, whatever others share
    dependence = dependence.without(Members.load().row("USA"))
    influence = influence_on(scenario.resolution.date, scale=scenario.us.effect_scale)
    rows = {Members.load().row(code): choice for code, choice in scenario.known_choices.items()}
    return {
        arm: Ballot(
            arm_forecast(scenario, arm, base=common).probabilities,
            dependence,
            influence.weakened(free_to_follow(scenario, arm)),
            moves(scenario, arm),
            rows,
        )
        for arm in scenario.arms
    }


def scenario_problems(scenario: Scenario) -> list[str]:
    """Return everything in a scenario that does not fit the seeds, one line each.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> wrong = read_scenario("anniversary-2025").model_copy(update={"known": {"VEN": "yes"}})
    >>> scenario_problems(wrong)[0].split(": ", 1)[1]
    "known.VEN: 'yes': has no vote that day (Charter, Art. 19); leave it out"
    """
    away = suspended(scenario)
    known = [
        f"known.{code}: {vote!r}: has no vote that day (Charter, Art. 19); leave it out"
        for code, vote in scenario.known.items()
        if code in away and vote != Choice.NON_VOTING.column
    ]
    if (vote := scenario.known.get("USA")) is not None:
        known.append(
            f"known.USA: {vote!r}: each arm sets what the United States does; leave it out"
        )
    return [*map(scenario.told, known), *question_problems(scenario)]


def base_forecast(scenario: Scenario) -> Forecast:
    """Return what the vote model and the sponsors say, before any arm.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> base_forecast(read_scenario("anniversary-2025")).probabilities.shape
    (193, 4)
    """
    forecast = MODELS[scenario.model](question_of(scenario))
    floor = settings_for(scenario)["floor"]
    states = len(Members.load())
    forecast = forecast.mixed("floor", "every choice is possible", np.full(states, floor), EVEN)
    vote = np.array(model_seeds()["sponsors"]["vote"])
    return forecast.mixed("sponsor", "sponsors the draft", bound_by_sponsoring(scenario), vote)


def bound_by_sponsoring(scenario: Scenario, arm: str | None = None) -> FloatArray:
    """Return how far each state's vote is decided by sponsoring, or the chance of it [state].

    Parameters
    ----------
    scenario : Scenario
    arm : str, optional
        Counts states that may join in this arm alone as well.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> bound, row = bound_by_sponsoring(read_scenario("anniversary-2025")), Members.load().row
    >>> float(bound[row("FRA")]), float(bound[row("CHL")]), float(bound[row("BRA")])
    (0.85, 0.425, 0.0)
    """
    chance = np.maximum(
        _chances(dict.fromkeys(sponsors(scenario), 1.0)), _chances(scenario.sponsors.joining)
    )
    if arm is not None:
        chance = np.maximum(chance, _chances(scenario.arms[arm].joining))
    return _sponsor_share(scenario) * chance


def free_to_follow(scenario: Scenario, arm: str) -> FloatArray:
    """Return how far each state is free to follow the United States in an arm [state].

    A sponsor has bound itself in public: it follows as far as sponsoring does not decide its vote,
    and, where it does, as far as the scenario's `sponsors_follow` says.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> free = free_to_follow(read_scenario("anniversary-2025"), "us-opposes")
    >>> row = Members.load().row
    >>> round(float(free[row("FRA")]), 12), float(free[row("BRA")])
    (0.15, 1.0)
    """
    return 1 - (1 - scenario.us.sponsors_follow) * bound_by_sponsoring(scenario, arm)


def _sponsor_share(scenario: Scenario) -> float:
    given = scenario.sponsors.share
    return float(model_seeds()["sponsors"]["share"] if given is None else given)


def arm_forecast(scenario: Scenario, arm: str, *, base: Forecast | None = None) -> Forecast:
    """Return the forecast of one arm before anybody is moved by the position of the United States.

    The United States' own row is what its position says; states that may join in this arm alone are
    mixed with sponsors; suspended votes are absent, by rule.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> opposed = arm_forecast(read_scenario("anniversary-2025"), "us-opposes").probabilities
    >>> int(opposed[Members.load().row("USA")].argmax()) == Choice.NO
    True
    """
    table, seeds = scenario.arms[arm], model_seeds()["sponsors"]
    forecast = base_forecast(scenario) if base is None else base
    if table.joining:
        # together with what already binds them, no state is bound further than `share`
        before = 1 - bound_by_sponsoring(scenario)
        after = 1 - bound_by_sponsoring(scenario, arm)
        shares = 1 - np.divide(after, before, out=np.ones_like(before), where=before > 0)
        forecast = forecast.mixed("sponsor", "may join", shares, np.array(seeds["vote"]))
    own = sum(
        chance * position(name, scenario.resolution.date).vote
        for name, chance in table.positions.items()
    )
    forecast = forecast.mixed("position", "own position", _chances({"USA": 1.0}), np.asarray(own))
    away = np.eye(len(Choice))[Choice.NON_VOTING]
    return forecast.mixed(
        "rule", "no vote under Article 19", _chances(dict.fromkeys(suspended(scenario), 1.0)), away
    )


def moves(scenario: Scenario, arm: str) -> tuple[Move, ...]:
    """Return how the positions of an arm differ from the one the forecast assumes.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> anniversary = read_scenario("anniversary-2025")
    >>> [round(moves(anniversary, arm)[0].distance, 3) for arm in anniversary.arms]
    [0.0, -0.35, -1.1]
    """
    day = scenario.resolution.date
    reference = _position(scenario, scenario.us.reference)
    influenced = (influence_on(day).effect != 0).astype(float)
    found = []
    for name, chance in scenario.arms[arm].positions.items():
        if name == scenario.us.reference:
            found.append(Move.none(len(Members.load()), chance=chance))
            continue
        taken = _position(scenario, name)
        scale = scenario.us.pressure_scale
        found.append(
            Move(
                chance,
                distance=taken.value - reference.value,
                distance_sd=float(np.hypot(taken.value_sd, reference.value_sd)),
                pressure=scale * (taken.pressure - reference.pressure),
                pressure_sd=scale * np.hypot(taken.pressure_sd, reference.pressure_sd),
                absence=scale * (taken.absence - reference.absence) * influenced,
            )
        )
    return tuple(found)


def suspended(scenario: Scenario) -> tuple[str, ...]:
    """Return the states without a vote on the day (Charter, Art. 19), exempted ones left out.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> suspended(read_scenario("anniversary-2025"))
    ('AFG', 'BOL', 'COG', 'GNB', 'VEN')
    """
    day, as_of = scenario.resolution.date.isoformat(), scenario.as_of.isoformat()
    listed = {
        row["iso3"]
        for row in _article19()
        if row["from"] <= as_of and (not row["until"] or day < row["until"])
        if row["exempt"] == "no"
    }
    return tuple(sorted(listed | set(scenario.suspended)))


@functools.cache
def _article19() -> list[dict[str, str]]:
    return files.read_rows(files.seed("article19.csv"), ("iso3", "from", "until", "exempt"))


def _position(scenario: Scenario, name: str) -> Position:
    found = position(name, scenario.resolution.date)
    if name == "co-sponsor" and scenario.us.co_sponsor_step is not None:
        return Position(
            1 + scenario.us.co_sponsor_step,
            found.value_sd,
            found.pressure,
            found.pressure_sd,
            found.absence,
            found.vote,
        )
    return found


def _chances(chances: Mapping[str, float]) -> FloatArray:
    members = Members.load()
    found = np.zeros(len(members))
    for code, chance in chances.items():
        found[members.row(code)] = chance
    return found
