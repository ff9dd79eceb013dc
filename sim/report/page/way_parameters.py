"""What the page's engine needs to follow a path of votes: every vote's ballot, and the points."""

from __future__ import annotations

import base64
import contextlib
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.assembly.choices import Choice
from sim.assembly.members import US, Members
from sim.report.page.parameters import packed
from sim.scenario.case import Case, resolve
from sim.scenario.committee import holding
from sim.scenario.path import path_of
from sim.scenario.schema import ScenarioError
from sim.vote.ballot import Ballot
from sim.vote.chance import evenly
from sim.vote.dependence import Dependence
from sim.vote.exact.path.points import POINTS, REPEATS
from sim.vote.path import Path

BITS = 30
"""Binary digits of a point's coordinate."""
DIGITS = 9
"""Decimals of weights."""
NEEDED = [Choice.YES, Choice.NO, Choice.NON_VOTING]
"""What is told of a state's probabilities; they sum to 1."""


def way_parameters(case: Case) -> dict[str, Any] | None:
    """Return everything that the ends of a path are computed from, ready for JSON.

    Returns
    -------
    dict or None
        None where the scenario has no steps.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> way_parameters(resolve("jerusalem-2017")) is None
    True
    >>> found = way_parameters(resolve("gaza-amendment-2023"))
    >>> [step["name"] for step in found["steps"]], found["ends"]
    (['amendment', 'text'], ['adopted', 'rejected'])
    """
    if not case.scenario.steps:
        return None
    path, told, committees = path_of(case), path_of(_told(case)), committees_of(case)
    dependences: dict[bytes, dict[str, Any]] = {}
    tables: dict[bytes, str] = {}
    votes = [_vote(path, told, vote, dependences=dependences, tables=tables) for vote in path.votes]
    first = next(iter(path.ballots))
    return {
        "steps": [
            {
                "name": step.name,
                "put": step.put,
                "likeness": step.likeness,
                "same_day": step.same_day,
                "turned": step.turned,
                "may_know": table.kind != "committee" or number in committees,
                "committee": committees.get(number),
                "always": path.always(number),
                "tabled": path.votes.index((number, step.tabled)),
                "known": {str(row): int(vote) for row, vote in forms[0].known.items()},
            }
            for number, (step, table, forms) in enumerate(
                zip(path.steps, case.scenario.steps, path.ballots[first], strict=True)
            )
        ],
        "places": [_place(path, number) for number in range(len(path.places))],
        "ends": list(path.ends),
        "quorum": path.quorum,
        "votes": votes,
        "dependences": list(dependences.values()),
        "tables": list(tables.values()),
        "points": _points(path, case.scenario.seed),
    }


def committees_of(case: Case) -> dict[int, dict[str, Any]]:
    """Return the committees whose votes can be set, by step: how often votes hold, and where.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> [found] = committees_of(resolve("crimea-rights-2018")).values()
    >>> found["holds"], found["later"], len(found["known"])
    (0.95, [1], 26)
    """
    steps, row = case.scenario.steps, Members.load().row
    found = {}
    for at, step in enumerate(steps):
        if step.kind == "committee":
            with contextlib.suppress(ScenarioError):  # nothing says how often votes hold
                found[at] = {
                    "holds": holding(case, step).often,
                    "later": [n for n in range(at + 1, len(steps)) if steps[n].of_text],
                    "known": [row(code) for code in step.known or {}],
                }
    return found


def _told(case: Case) -> Case:
    """Return the case with a vote known on every step, which says what known votes are read by."""
    state = next(code for code in Members.load().codes if code not in (*case.suspended, US))
    tables = case.scenario.model_dump()
    for step in tables["steps"]:
        if step["kind"] != "committee":
            step["known"] = {state: Choice.YES.column}
    return resolve(tables, record=case.record)


def _place(path: Path, number: int) -> dict[str, Any]:
    """Return a place; what follows is the number of a place, or that of an end less than 0."""
    place = path.places[number]
    rule, ways = place.rule, place.after
    return {
        "step": place.step,
        "vote": path.votes.index((place.step, place.form)),
        "weights": [rule.yes_weight, 0, rule.no_weight, 0],
        "at_least": rule.at_least,
        "after": [-1 - path.ends.index(way) if isinstance(way, str) else way for way in ways],
        "passed_by": [list(path.passed_by(number, way)) for way in range(len(ways))],
    }


def _vote(
    path: Path,
    told: Path,
    vote: tuple[int, int],
    *,
    dependences: dict[bytes, dict[str, Any]],
    tables: dict[bytes, str],
) -> dict[str, Any]:
    """Return one vote: its ballot in every arm, the numbers of its table and of its dependence."""
    step, form = vote
    held = [ballots[step][form] for ballots in path.ballots.values()]
    known = [ballots[step][form] for ballots in told.ballots.values()]
    common = held[0]
    key = common.probabilities.tobytes()
    tables.setdefault(key, _encoded(common.probabilities[:, NEEDED], "<f4"))
    tied = _dependence(common.dependence, known[0].dependence)
    name = repr(tied).encode()
    dependences.setdefault(name, tied)
    arms = [_arm(ballot, common) for ballot in held]
    apart = [arm for number, arm in enumerate(arms) if arm not in arms[:number]]
    return {
        "step": step,
        "table": list(tables).index(key),
        "dependence": list(dependences).index(name),
        "arms": apart,
        "of_arm": [apart.index(arm) for arm in arms],
        "said_in": [[apart.index(_arm(said, common)), chance] for chance, said in known[0].said_in],
    }


def _dependence(shared: Dependence, told: Dependence) -> dict[str, Any]:
    return {
        "groups": len(shared.groups),
        "group": packed(shared.group.astype(float)),
        **{
            name: packed(getattr(shared, name).round(DIGITS))
            for name in ("assembly", "bloc", "attendance")
        },
        **{
            name: [[size.chance, size.factor] for size in getattr(shared, name)]
            for name in ("stance_sizes", "attendance_sizes")
        },
        "eps": packed(told.own_will.eps),
        "cap": packed(told.own_will.cap),
    }


def _encoded(numbers: npt.NDArray[Any], kind: str) -> str:
    return base64.b64encode(numbers.astype(kind).tobytes()).decode()


def _arm(ballot: Ballot, common: Ballot) -> dict[str, Any]:
    differs = np.flatnonzero((ballot.probabilities != common.probabilities).any(axis=1)).tolist()
    return {
        "rows": [[row, ballot.probabilities[row, NEEDED].tolist()] for row in differs],
        "effect": packed(ballot.influence.effect),
        "effect_sd": packed(ballot.influence.effect_sd),
        "moves": [
            {
                "chance": move.chance,
                "distance": move.distance,
                "distance_sd": move.distance_sd,
                **{
                    name: packed(getattr(move, name))
                    for name in ("pressure", "pressure_sd", "absence")
                    if getattr(move, name).any()
                },
            }
            for move in ballot.moves
        ],
    }


def _points(path: Path, seed: int) -> dict[str, Any]:
    """Return the points of `sim.vote.exact.path`: each set is spanned by its first and a few more.

    A Sobol sequence is closed under exclusive or: point n differs from the one before by the
    vector of the lowest digit of n.
    """
    turned = sum(step.turned for step in path.steps)
    factors = path.day(seed=0, draws=1).factors
    dimensions = 3 + factors * (1 + turned)
    spanned = []
    for number in range(REPEATS):
        seed_of_set = (seed * REPEATS + number) % 2**63
        cube = evenly(seed_of_set, points=POINTS, dimensions=dimensions)
        whole = np.floor(cube * 2**BITS).astype(np.uint32)
        steps = [whole[2**digit] ^ whole[2**digit - 1] for digit in range(POINTS.bit_length() - 1)]
        spanned.append(np.stack([whole[0], *steps]))
    return {
        "factors": factors,
        "dimensions": dimensions,
        "sets": REPEATS,
        "points": POINTS,
        "spanned": _encoded(np.stack(spanned), "<u4"),
    }
