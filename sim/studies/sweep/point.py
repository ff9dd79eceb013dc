"""One point of a sweep: the scenario with other values, computed exactly, a little less finely."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from threadpoolctl import ThreadpoolController

from sim import files
from sim.assembly.choices import CHOICES, Choice
from sim.scenario.ballots import ballots
from sim.scenario.case import Case, resolve
from sim.scenario.schema import Scenario
from sim.studies.sweep.fields import Point, with_values
from sim.vote.exact import solve as exact
from sim.vote.exact.quadrature import FINE, QUICK
from sim.vote.exact.solve import Solution

ENGINE = (
    "absence.py", "arms.py", "assembly.py", "blocs.py", "columns.py", "conditional.py",
    "convolution.py", "decision.py", "dependence.py", "distribution.py", "exact.py", "influence.py",
    "lattice.py", "learned/*.py", "members.py", "models/*.py", "parameters.py", "quadrature.py",
    "questions.py", "record/*.py", "rules.py", "sweeps/point.py",
)  # fmt: skip
"""The code that decides what a point comes to: where it changes, points are computed again."""
DIGITS = 9
"""Decimals kept: more than the quadrature is good for, few enough to be the same everywhere."""


def base_key(case: Case) -> str:
    """Return a hash of all that the points of a sweep have in common.

    The content of the scenario, of every seed, of all shipped parameters and of the code that
    computes; not the name of the scenario's file, nor its comments.

    Parameters
    ----------
    case : Case

    Examples
    --------
    >>> len(base_key(resolve("anniversary-2025")))
    64
    """
    inputs = [path for path in case.inputs if path != case.scenario.file]
    inputs += sorted(files.shipped("seeds").glob("parameters/*.toml"))
    code = Path(files.__file__).parent
    sources = [path for pattern in ENGINE for path in sorted(code.glob(pattern))]
    content = {
        "scenario": case.scenario.model_dump(mode="json"),
        "inputs": [files.sha256(path) for path in (*inputs, *sources)],
        "fineness": [asdict(QUICK), DIGITS],
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
    >>> from sim.scenario.schema import read_scenario
    >>> told = solve_point(read_scenario("anniversary-2025"), {"us.effect_scale": 0.0})
    >>> list(told["arms"]["with-us"])[:3]
    ['adopted', 'error', 'yes']
    """
    varied = with_values(scenario, point)
    counts = sorted({Choice[table.count.upper()] for table in varied.thresholds})
    case = resolve(varied)
    arms = ballots(case)
    # threads of the linear algebra sum in another order, and all cores have points of their own
    with _threads().limit(limits=1):
        solutions = exact.solve_counts(
            [*arms.values()], counts, rule=case.rule, fineness=FINE if fine else QUICK
        )
    told = {
        arm: _told(varied, counts, solution) for arm, solution in zip(arms, solutions, strict=True)
    }
    return {"point": {name: _plain(value) for name, value in point.items()}, "arms": told}


@functools.cache
def _threads() -> ThreadpoolController:
    """Return what sets the number of threads; looking for the libraries takes a while."""
    return ThreadpoolController()


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
