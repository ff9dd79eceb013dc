"""One point of a sweep: the scenario with other values, computed exactly, a little less finely."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from sim import exact, files
from sim.arms import ballots
from sim.assembly import Ballot
from sim.choices import CHOICES, Choice
from sim.exact import Solution
from sim.quadrature import FINE, Fineness
from sim.rules import RULES
from sim.runs import inputs_of
from sim.scenario import Scenario
from sim.sweeps.fields import Point, with_values

SWEPT = Fineness(assembly=13, bloc=7, attendance=5, step=3.0, effect=3)
"""For thousands of points: a chance is off by up to about 0.015, an expected count by up to about
half a vote where the effect is strong, and by less elsewhere."""
STRENGTHS = 2
"""Strengths of the effect that are looked at, which get its mean and its spread right."""
ENGINE = (
    "arms.py", "assembly.py", "blocs.py", "conditional.py", "convolution.py", "decision.py",
    "dependence.py", "exact.py", "influence.py", "lattice.py", "learned/*.py", "members.py",
    "models/*.py", "parameters.py", "quadrature.py", "questions.py", "record/*.py", "rules.py",
    "sweeps/point.py",
)  # fmt: skip
"""The code that decides what a point comes to: where it changes, points are computed again."""
DIGITS = 9
"""Decimals kept: more than the quadrature is good for, few enough to be the same everywhere."""


def base_key(scenario: Scenario, place: Path) -> str:
    """Return a hash of all that the points of a sweep have in common.

    The content of the scenario, of every seed, of all shipped parameters and of the code that
    computes; not the name of the scenario's file, nor its comments.

    Parameters
    ----------
    scenario : Scenario
    place : Path
        Its file.

    Examples
    --------
    >>> from sim.scenario import read_scenario, scenario_path
    >>> place = scenario_path("anniversary-2025")
    >>> len(base_key(read_scenario(place), place))
    64
    """
    _, *inputs = inputs_of(scenario, place)
    inputs += sorted(files.shipped("seeds").glob("parameters/*.toml"))
    code = Path(files.__file__).parent
    sources = [path for pattern in ENGINE for path in sorted(code.glob(pattern))]
    content = {
        "scenario": scenario.model_dump(mode="json"),
        "inputs": [files.sha256(path) for path in (*inputs, *sources)],
        "fineness": [asdict(SWEPT), STRENGTHS, DIGITS],
    }
    return _digest(content)


def point_key(base: str, point: Point) -> str:
    """Return the hash that one point's result is kept under.

    Examples
    --------
    >>> one = point_key("0" * 64, {"us.effect_scale": 1.0, "us.sponsors_follow": 0.0})
    >>> one == point_key("0" * 64, {"us.sponsors_follow": 0.0, "us.effect_scale": 1.0})
    True
    """
    return _digest([base, {name: _plain(value) for name, value in point.items()}])


def solve_point(scenario: Scenario, point: Point, *, fine: bool = False) -> dict[str, Any]:
    """Return what every arm comes to at one point.

    Parameters
    ----------
    scenario : Scenario
        Before the point's values are put in.
    point : mapping of dotted name to value
    fine : bool
        As finely as `unga-sim run`, to check the others by.

    Returns
    -------
    dict
        ``point``, and ``arms``: by arm the chance of adoption, its error, expected counts, and the
        chance of each named threshold.

    Raises
    ------
    ScenarioError
        If the values do not make a scenario.

    Examples
    --------
    >>> from sim.scenario import read_scenario
    >>> told = solve_point(read_scenario("anniversary-2025"), {"us.effect_scale": 0.0})
    >>> list(told["arms"]["with-us"])[:3]
    ['adopted', 'error', 'yes']
    """
    varied = with_values(scenario, point)
    rule = RULES[varied.resolution.majority]
    counts = sorted({Choice[table.count.upper()] for table in varied.thresholds})
    arms = {}
    # threads of the linear algebra sum in another order, and all cores have points of their own
    with threadpool_limits(1):
        for arm, ballot in ballots(varied).items():
            solution = exact.solve(
                ballot if fine else at_few_strengths(ballot),
                [exact.ONE_HOT[choice] for choice in counts],
                rule=rule,
                fineness=FINE if fine else SWEPT,
            )
            arms[arm] = _told(varied, counts, solution)
    return {"point": {name: _plain(value) for name, value in point.items()}, "arms": arms}


def at_few_strengths(ballot: Ballot) -> Ballot:
    """Return a ballot whose uncertain effect is held at a few strengths, all states alike.

    How strong the effect is and how far the position lies are joined to one uncertainty for each
    state, of the same mean and spread to first order.

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence, Move
    >>> one, none = np.array([[0.2, 0.3, 0.4, 0.1]]), np.zeros(1)
    >>> move = Move(1.0, -1.0, 0.0, pressure=none, pressure_sd=none, absence=none)
    >>> west = Influence(effect=np.array([0.9]), effect_sd=np.array([0.1]))
    >>> few = at_few_strengths(Ballot(one, Dependence.independent(1), west, (move,)))
    >>> [move.pressure.round(12).tolist() for move in few.moves]
    [[-0.8], [-1.0]]
    """
    values, weights = np.polynomial.hermite_e.hermegauss(STRENGTHS)
    influence, found = ballot.influence, []
    for move in ballot.moves:
        mean = influence.support_shift(move, np.array(0.0), np.array(0.0))
        spread = np.hypot(
            move.distance * influence.effect_sd,
            influence.effect * move.distance_sd + move.pressure_sd,
        )
        none = np.zeros(len(mean))
        nodes = zip(values, weights / weights.sum(), strict=True) if spread.any() else [(0.0, 1.0)]
        # the sign of the whole step: a strong effect of a step down is far down
        sign = -1.0 if move.distance < 0 else 1.0
        found += [
            replace(
                move,
                chance=float(move.chance * weight),
                distance=0.0,
                distance_sd=0.0,
                pressure=mean + sign * value * spread,
                pressure_sd=none,
            )
            for value, weight in nodes
        ]
    return replace(ballot, moves=tuple(found))


def _told(scenario: Scenario, counts: list[Choice], solution: Solution) -> dict[str, float]:
    expected = solution.states.sum(axis=0)
    found = {"adopted": solution.adopted, "error": solution.error}
    found |= {choice.column: float(expected[choice]) for choice in CHOICES}
    for table in scenario.thresholds:
        choice = Choice[table.count.upper()]
        mass = solution.distributions[counts.index(choice)].probability
        found[f"{table.count}_at_least_{table.at_least}"] = float(mass[table.at_least :].sum())
    return {name: round(value, DIGITS) for name, value in found.items()}


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> float | str:
    return value if isinstance(value, float) else str(value)
