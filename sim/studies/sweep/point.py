"""One point of a sweep: the scenario with other values, computed exactly, a little less finely."""

from __future__ import annotations

import functools
from dataclasses import asdict
from pathlib import Path
from typing import Any

from threadpoolctl import ThreadpoolController

from sim import files
from sim.assembly.choices import CHOICES, Choice
from sim.scenario.ballots import ballots
from sim.scenario.case import Case, resolve
from sim.scenario.path import path_of
from sim.scenario.schema import Scenario
from sim.studies.sweep.fields import Point, with_values
from sim.studies.sweep.origin import digest, fingerprint
from sim.vote.exact import solve as exact
from sim.vote.exact.path import mean_and_error, solve_path
from sim.vote.exact.quadrature import FINE, QUICK
from sim.vote.exact.solve import Solution

END = "end: "
"""How the chance of an end of the path is named, before the name of the end."""
DIGITS = 9
"""Decimals kept: more than the quadrature is good for, few enough to be the same everywhere."""


def base_key(case: Case) -> str:
    """Return a hash of all that the points of a sweep have in common.

    The content of the scenario, of every seed and of the code of all rooms that decide a point; not
    the name of the scenario's file, nor its comments.

    Parameters
    ----------
    case : Case

    Examples
    --------
    >>> len(base_key(resolve("anniversary-2025")))
    64
    """
    content = {
        "scenario": case.scenario.model_dump(mode="json"),
        "made_with": fingerprint(own_inputs(case)),
        "fineness": [asdict(QUICK), DIGITS],
    }
    return digest(content)


def own_inputs(case: Case) -> list[Path]:
    """Return the files that a scenario depends on besides its own and the seeds, such as a record.

    Examples
    --------
    >>> own_inputs(resolve("anniversary-2025"))
    []
    """
    seeds = files.shipped("seeds").resolve()
    others = (path for path in case.inputs if path != case.scenario.file)
    return [path.absolute() for path in others if seeds not in path.resolve().parents]


def point_key(base: str, point: Point) -> str:
    """Return the hash that one point's result is kept under.

    Examples
    --------
    >>> one = point_key("0" * 64, {"us.effect_scale": 1.0, "us.sponsors_follow": 0.0})
    >>> one == point_key("0" * 64, {"us.sponsors_follow": 0.0, "us.effect_scale": 1.0})
    True
    """
    return digest([base, {name: _plain(value) for name, value in point.items()}])


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
        ``point``, and ``arms``: by arm the chance of adoption, its error, expected counts, the
        chance of each named threshold, and, where there are steps, of each end of the path.

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
        ends = _ends(case) if varied.steps else {}
    told = {
        arm: _told(varied, counts, solution) | ends.get(arm, {})
        for arm, solution in zip(arms, solutions, strict=True)
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


def _ends(case: Case) -> dict[str, dict[str, float]]:
    """Return the chance of each end of the path, and the largest of their standard errors."""
    path = path_of(case)
    found = {}
    for arm, solved in solve_path(path, seed=case.scenario.seed, ends_alone=True).items():
        chances, errors = mean_and_error(solved.ends, solved.known)
        named = {f"{END}{name}": float(p) for name, p in zip(path.ends, chances, strict=True)}
        told = named | {"ends_error": float(errors.max())}
        found[arm] = {name: round(value, DIGITS) for name, value in told.items()}
    return found


def _plain(value: Any) -> float | str:
    return value if isinstance(value, float) else str(value)
