"""The way to the vote of a scenario, walked and computed, as the tables of a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sim.assembly.choices import CHOICES, Choice, FloatArray
from sim.assembly.rules import read_tally, verdict
from sim.runs.simulate import threads
from sim.scenario.case import Case
from sim.scenario.committee import holding
from sim.scenario.path import path_of, places_of
from sim.scenario.schema import Scenario
from sim.vote.engine import Plan
from sim.vote.exact.path import ArmPath, difference_and_error, mean_and_error, solve_path
from sim.vote.outcomes import share_error, summary
from sim.vote.path import Path, Place
from sim.vote.walk import ArmWalk, walk

DIGITS = 6
WAYS = ("carried", "lost", "not put")


def steps_of(case: Case, plan: Plan) -> dict[str, Any]:
    """Return what becomes of the steps of a case: ends, tallies and ways, by arm.

    Parameters
    ----------
    case : Case
        With steps, or as a path of one.
    plan : Plan
        Its draws, seed and engine.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> from sim.vote.engine import Engine
    >>> plan = Plan(draws=100, seed=1, engine=Engine.SIMULATE)
    >>> found = steps_of(resolve("jerusalem-2017"), plan)
    >>> list(found["arms"]["us-votes-no"]["ends"])
    ['adopted', 'rejected']
    """
    path = path_of(case)
    walked, solved = {}, {}
    with threads() as pool:
        if plan.engine.draws:
            found = walk(path, seed=plan.seed, draws=plan.draws, pool=pool)
            walked = {arm: (one, found.together[arm]) for arm, one in found.arms.items()}
        if plan.engine.computes:
            solved = solve_path(path, seed=plan.seed, puts=_puts(case.scenario), pool=pool)
    arms = {}
    for arm in path.ballots:
        one = walked[arm][0] if arm in walked else None
        arms[arm] = _arm(path, one, solved.get(arm))
    first = next(iter(arms))
    contrasts = [
        {"arm": arm, "against": first, "ends": _differences(path, arm, first, walked, solved)}
        for arm in list(arms)[1:]
    ]
    return {
        "arms": arms,
        "contrasts": contrasts,
        "ranges": _ranges(case.scenario, path, solved),
        "committees": _committees(case, plan.seed) if solved else [],
        "places": _places(path),
        "real": real_way(case.scenario),
    }


def real_way(scenario: Scenario) -> dict[str, Any]:
    """Return what became of each step, as far as the scenario says, and how the path ended.

    Shown beside the forecast, and no part of it. ``steps`` holds tally and way by name; ``taken``
    the number of each place that was come to, with the way out of it.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> real_way(read_scenario("gaza-amendment-2023"))["taken"]
    [[0, 'lost'], [2, 'carried']]
    """
    steps, (places, _) = scenario.steps, places_of(scenario)
    at: int | str = 0
    taken: list[tuple[int, str]] = []
    found: dict[str, dict[str, str | None]] = {
        step.name: {"tally": None, "way": "not put"} for step in steps if step.actual == "not put"
    }
    while steps and isinstance(at, int) and (actual := steps[places[at].step].actual) is not None:
        place = places[at]
        way = "not put"
        if actual != "not put":
            adopted = verdict(np.array(read_tally(actual)), place.rule).adopted
            way = "carried" if adopted else "lost"
            found[steps[place.step].name] = {"tally": actual, "way": way}
        taken.append((at, way))
        at = dict(zip(WAYS, place.after, strict=True))[way]
    end = at if isinstance(at, str) else None
    return {"steps": found, "taken": [list(one) for one in taken], "end": end}


def _arm(path: Path, walked: ArmWalk | None, solved: ArmPath | None) -> dict[str, Any]:
    ends: dict[str, dict[str, float]] = {name: {} for name in path.ends}
    if walked is not None:
        shares = walked.ends / walked.weight
        errors = share_error(shares, walked.weight**2 / walked.weight_squared)
        for name, share, error in zip(path.ends, shares, errors, strict=True):
            ends[name] |= {"simulated": _round(share), "standard_error": _round(error)}
        flows, tallies = walked.flows / walked.weight, walked.tallies
    if solved is not None:
        for name, share, error in zip(
            path.ends, *mean_and_error(solved.ends, solved.known), strict=True
        ):
            ends[name] |= {"exact": _round(share), "exact_error": _round(error)}
        flows, tallies = mean_and_error(solved.flows, solved.known)[0], solved.tallies
    steps = {}
    for number, step in enumerate(path.steps):
        here = [at for at, place in enumerate(path.places) if place.step == number]
        carried, lost, passed = flows[here].sum(axis=0)
        put = carried + lost
        steps[step.name] = {
            "reached": _round(put + passed),
            "put": _round(put),
            "always": path.always(number),
            "carried": _round(carried / put) if put else None,
            "tally": _tally(tallies[number]) if put else None,
        }
    return {"ends": ends, "steps": steps, "flows": np.round(flows, DIGITS).tolist()}


def _tally(counts: FloatArray) -> dict[str, dict[str, float]]:
    return {
        choice.column: {name: round(value, 4) for name, value in summary(counts[choice]).items()}
        for choice in CHOICES
    }


def _differences(
    path: Path,
    arm: str,
    against: str,
    walked: dict[str, tuple[ArmWalk, FloatArray]],
    solved: dict[str, ArmPath],
) -> dict[str, dict[str, float]]:
    """Return how the chance of each end differs between two arms, paired along the path."""
    found: dict[str, dict[str, float]] = {name: {} for name in path.ends}
    for number, name in enumerate(path.ends):
        if walked:
            one, other = (walked[each][0] for each in (arm, against))
            change = one.ends[number] / one.weight - other.ends[number] / other.weight
            found[name]["simulated"] = _round(change)
            if one.weight_squared == other.weight_squared == one.weight:  # no votes are known
                together = walked[arm][1] / one.weight
                apart = together[number].sum() + together[:, number].sum()
                variance = apart - 2 * together[number, number] - change**2
                found[name]["standard_error"] = _round(np.sqrt(max(variance, 0) / one.weight))
        if solved:
            pair = [(solved[each].ends[:, number], solved[each].known) for each in (arm, against)]
            change, error = difference_and_error(*pair)
            found[name] |= {"exact": _round(float(change)), "exact_error": _round(float(error))}
    return found


def _puts(scenario: Scenario) -> list[tuple[int, float]]:
    """Return the limits of each step's chance to be put."""
    steps = enumerate(scenario.steps)
    return [(number, put) for number, step in steps for put in step.put_range or ()]


def _ranges(scenario: Scenario, path: Path, solved: Mapping[str, ArmPath]) -> list[dict[str, Any]]:
    """Return the chance of each end in the first arm at both limits of each uncertain input."""
    if not solved:
        return []
    found, puts = next(iter(solved.values())), _puts(scenario)
    ends = [mean_and_error(each, each.sum(axis=1))[0] for each in found.at_puts]
    return [
        {
            "step": scenario.steps[puts[at][0]].name,
            "put": [puts[at][1], puts[at + 1][1]],
            "ends": {
                name: [_round(ends[at][n]), _round(ends[at + 1][n])]
                for n, name in enumerate(path.ends)
            },
        }
        for at in range(0, len(puts), 2)
    ]


def _committees(case: Case, seed: int) -> list[dict[str, Any]]:
    """Return what it is worth that votes of a committee are known, at both limits of how they hold.

    The ends and expected yes votes of later steps on the text are those of the first arm.
    """
    found = []
    for number, step in enumerate(case.scenario.steps):
        if step.kind != "committee" or not step.known:
            continue
        held = holding(case, step)
        first = next(iter(case.scenario.arms))
        at: list[ArmPath] = []
        for often in (held.low, held.high):
            path = path_of(case, holds={step.name: often})
            alone = replace(path, ballots={first: path.ballots[first]})
            at.append(solve_path(alone, seed=seed, repeats=2)[first])
        ends = [mean_and_error(one.ends, one.known)[0] for one in at]
        votes = np.arange(at[0].tallies.shape[2])
        later = [n for n in range(number + 1, len(path.steps)) if case.scenario.steps[n].of_text]
        found.append(
            {
                "step": step.name,
                "known": len(step.known),
                "holds": _round(held.often),
                "range": [_round(held.low), _round(held.high)],
                "titles": held.pairs,
                "ends": {
                    name: [_round(each[n]) for each in ends] for n, name in enumerate(path.ends)
                },
                "yes": {
                    path.steps[n].name: [_round(one.tallies[n, Choice.YES] @ votes) for one in at]
                    for n in later
                },
            }
        )
    return found


def _places(path: Path) -> list[dict[str, Any]]:
    def named(place: Place) -> dict[str, Any]:
        ways = dict(zip(WAYS, place.after, strict=True))
        name = path.steps[place.step].name
        return {"step": name, "form": place.form, "majority": place.rule.name, **ways}

    return [named(place) for place in path.places]


def _round(value: float) -> float:
    return round(float(value), DIGITS)
