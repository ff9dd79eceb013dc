"""From a case to what each of its arms needs: the forecast, and the ballot to hold the vote."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.assembly.members import US, Members
from sim.models import MODELS, Forecast, Question
from sim.models.judgements import influence_on, model_seeds
from sim.scenario.case import Case
from sim.scenario.content import content_of
from sim.vote.ballot import Ballot
from sim.vote.influence import Move
from sim.vote.own_will import OwnWill


@functools.lru_cache(maxsize=2)
def ballots(case: Case) -> Mapping[str, Ballot]:
    """Return the ballot of every arm.

    Parameters
    ----------
    case : Case

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> list(ballots(resolve("anniversary-2025")))
    ['with-us', 'without-us', 'us-opposes', 'as-foreseen']
    """
    dependence = case.fitted.dependence_of(case.scenario.model).for_text(case.novelty)
    dependence = dependence.scaled(case.scenario.dependence.scale)
    # the United States votes as its arm says, and a sponsor as it has said, whatever others share
    others = np.arange(len(Members.load())) != Members.load().row(US)
    dependence = dependence.tied(others * (1 - bound_by_sponsoring(case)), others)
    dependence = replace(dependence, will=own_will_of(case) if case.known else None)
    apart = {
        arm: Ballot(
            arm_forecast(case, arm).probabilities,
            dependence,
            case.influence.weakened(free_to_follow(case, arm)),
            moves(case, arm),
        )
        for arm in case.scenario.arms
    }
    if not case.known:
        return MappingProxyType(apart)
    # one posterior for all arms: what states share is inferred where votes were announced
    said_in = tuple((chance, apart[arm]) for arm, chance in worlds(case).items())
    return MappingProxyType(
        {arm: replace(ballot, known=case.known, said_in=said_in) for arm, ballot in apart.items()}
    )


def worlds(case: Case) -> Mapping[str, float]:
    """Return the arms in which known votes were announced, with their chances.

    A forecast assumes the reference position, so by default votes are read as news in an arm that
    has it.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> dict(worlds(resolve("anniversary-2025")))
    {'with-us': 1.0}
    """
    scenario, given = case.scenario, case.scenario.known_in
    if given:
        return {given: 1.0} if isinstance(given, str) else given
    usual = (arm for arm, table in scenario.arms.items() if table.us == scenario.us.reference)
    return {next(usual, next(iter(scenario.arms))): 1.0}


def own_will_of(case: Case) -> OwnWill:
    """Return how much of improbable votes is each state's own, which counts once votes are known.

    Before that it would change no state's probabilities and make counts narrower than those that
    what states share was fitted to. Of a state that sponsors or may, more is its own, unless the
    scenario says how much.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> will, row = own_will_of(resolve("anniversary-2025")), Members.load().row
    >>> float(will.eps[row("BRA")]), float(will.eps[row("HUN")])
    (0.05, 0.2)
    """
    seeds, given = model_seeds()["own_will"], case.scenario.dependence.own_will
    states = len(Members.load())
    if given is not None:
        return OwnWill.of_all(states, eps=given, cap=max(seeds["cap"], given / 2))
    will = case.fitted.dependence_of(case.scenario.model).dependence.own_will
    if not will.eps.any():
        will = OwnWill.of_all(states, eps=seeds["eps"], cap=seeds["cap"])
    bound, more = bound_by_sponsoring(case) > 0, seeds["sponsors"]
    return OwnWill(np.where(bound, more["eps"], will.eps), np.where(bound, more["cap"], will.cap))


@dataclass(frozen=True)
class _Asked:
    """A question, the same as another where both hold the same."""

    content: Hashable
    question: Question = field(compare=False)


@functools.lru_cache(maxsize=256)
def _forecast(model: Callable[[Question], Forecast], asked: _Asked) -> Forecast:
    """Return a model's forecast, which depends on the question alone: many points share one."""
    return model(asked.question)


@functools.lru_cache(maxsize=2)
def base_forecast(case: Case) -> Forecast:
    """Return what the vote model and the sponsors say, before any arm.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> base_forecast(resolve("anniversary-2025")).probabilities.shape
    (193, 4)
    """
    asked = _Asked(content_of(case.question), case.question)
    forecast = _forecast(MODELS[case.scenario.model].forecast, asked)
    forecast = (forecast.turned() if case.turned else forecast).floored(case.settings["floor"])
    vote = np.array(model_seeds()["sponsors"]["vote"])
    return forecast.mixed("sponsor", "sponsors the draft", bound_by_sponsoring(case), vote)


def bound_by_sponsoring(case: Case, arm: str | None = None) -> FloatArray:
    """Return how far each state's vote is decided by sponsoring, or the chance of it [state].

    Parameters
    ----------
    case : Case
    arm : str, optional
        Counts states that may join in this arm alone as well.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> bound, row = bound_by_sponsoring(resolve("anniversary-2025")), Members.load().row
    >>> float(bound[row("FRA")]), float(bound[row("CHL")]), float(bound[row("BRA")])
    (0.85, 0.425, 0.0)
    """
    chance = np.maximum(
        _chances(dict.fromkeys(case.sponsors, 1.0)), _chances(case.scenario.sponsors.joining)
    )
    if arm is not None:
        chance = np.maximum(chance, _chances(case.scenario.arms[arm].joining))
    return _sponsor_share(case) * chance


def free_to_follow(case: Case, arm: str) -> FloatArray:
    """Return how far each state is free to follow the United States in an arm [state].

    A sponsor has bound itself in public: it follows as far as sponsoring does not decide its vote,
    and, where it does, as far as the scenario's `sponsors_follow` says.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> free = free_to_follow(resolve("anniversary-2025"), "us-opposes")
    >>> row = Members.load().row
    >>> round(float(free[row("FRA")]), 12), float(free[row("BRA")])
    (0.15, 1.0)
    """
    return 1 - (1 - case.scenario.us.sponsors_follow) * bound_by_sponsoring(case, arm)


def _sponsor_share(case: Case) -> float:
    given = case.scenario.sponsors.share
    return float(model_seeds()["sponsors"]["share"] if given is None else given)


def arm_forecast(case: Case, arm: str) -> Forecast:
    """Return the forecast of one arm before anybody is moved by the position of the United States.

    The United States' own row is what its position says; states that may join in this arm alone are
    mixed with sponsors; suspended votes are absent, by rule.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> opposed = arm_forecast(resolve("anniversary-2025"), "us-opposes").probabilities
    >>> int(opposed[Members.load().row("USA")].argmax()) == Choice.NO
    True
    """
    table, seeds = case.scenario.arms[arm], model_seeds()["sponsors"]
    forecast = base_forecast(case)
    if table.joining:
        # together with what already binds them, no state is bound further than `share`
        before = 1 - bound_by_sponsoring(case)
        after = 1 - bound_by_sponsoring(case, arm)
        shares = 1 - np.divide(after, before, out=np.ones_like(before), where=before > 0)
        forecast = forecast.mixed("sponsor", "may join", shares, np.array(seeds["vote"]))
    own = sum(chance * case.positions[name].vote for name, chance in table.positions.items())
    forecast = forecast.mixed("position", "own position", _chances({US: 1.0}), np.asarray(own))
    away = np.eye(len(Choice))[Choice.NON_VOTING]
    return forecast.mixed(
        "rule", "no vote under Article 19", _chances(dict.fromkeys(case.suspended, 1.0)), away
    )


def moves(case: Case, arm: str) -> tuple[Move, ...]:
    """Return how the positions of an arm differ from the one the forecast assumes.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> case = resolve("anniversary-2025")
    >>> [round(moves(case, arm)[0].distance, 3) for arm in case.scenario.arms]
    [0.0, -0.35, -1.1, 0.0]
    """
    scenario = case.scenario
    reference, scale = case.positions[scenario.us.reference], scenario.us.pressure_scale
    # as assumed in the seeds: a scale of 0 leaves nothing of the effect, but all of pressure
    influenced = (influence_on(scenario.resolution.date).effect != 0).astype(float)
    found = []
    for name, chance in scenario.arms[arm].positions.items():
        if name == scenario.us.reference:
            found.append(Move.none(len(Members.load()), chance=chance))
            continue
        taken = case.positions[name]
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


def _chances(chances: Mapping[str, float]) -> FloatArray:
    members = Members.load()
    found = np.zeros(len(members))
    for code, chance in chances.items():
        found[members.row(code)] = chance
    return found


def with_probabilities(ballot: Ballot, change: Callable[[FloatArray], FloatArray]) -> Ballot:
    """Return a ballot with other probabilities, also where its known votes were announced.

    Parameters
    ----------
    ballot : Ballot
    change : callable
        Given probabilities [state, choice] that it may change, returns others.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> ballot = ballots(resolve("jerusalem-2017"))["us-votes-no"]
    >>> with_probabilities(ballot, lambda of: np.full_like(of, 0.25)).probabilities[0].tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    said = tuple((chance, with_probabilities(one, change)) for chance, one in ballot.said_in)
    return replace(ballot, probabilities=change(np.array(ballot.probabilities)), said_in=said)
