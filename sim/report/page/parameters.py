"""What the page's engine needs to hold the vote again: parameters, not tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.assembly.members import US, Members
from sim.assembly.rules import QUORUM
from sim.models.judgements import influence_seeds
from sim.scenario.ballots import ballots, free_to_follow, moves, own_will_of, worlds
from sim.scenario.case import Case
from sim.scenario.schema import ArmTable
from sim.vote.ballot import Ballot
from sim.vote.exact import room
from sim.vote.exact.absence import CLOSE as ABSENCE
from sim.vote.exact.groups import PROPORTIONAL, RELATIVE
from sim.vote.exact.known_stances import NEGLIGIBLE, PAIRS
from sim.vote.exact.quadrature import CLOSE, FINE, SPAN, Fineness, hermite
from sim.vote.exact.states import ATTENDED, MARGINAL_POINTS
from sim.vote.exact.uncertainty import APART, BESIDE, BLUR, WIDE
from sim.vote.surprise import FEW, SPREADS, UNLIKELY

DIGITS = 9
"""Significant digits embedded: further ones change nothing that is shown."""
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def parameters_of(case: Case) -> dict[str, Any]:
    """Return everything that the page's engine computes from, ready for JSON.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> found = parameters_of(resolve("jerusalem-2017"))
    >>> [arm["name"] for arm in found["arms"]], found["rule"]["weights"]
    (['us-votes-no', 'us-lobbies'], [1, 0, -2, 0])
    """
    arms, rule, members = ballots(case), case.rule, Members.load()
    common = next(iter(arms.values()))
    return {
        "states": {"code": members.codes, "name": members.names},
        "us": members.row(US),
        "probabilities": [_digits(row) for row in common.probabilities],
        "dependence": _dependence(case, common),
        "influence": {
            "effect": packed(case.influence.effect),
            "effect_sd": packed(case.influence.effect_sd),
        },
        "positions": _positions(case),
        "arms": [_arm(case, name, one, common) for name, one in arms.items()],
        "worlds": [[list(arms).index(name), chance] for name, chance in worlds(case).items()],
        "rule": {
            "name": rule.name,
            "source": rule.source,
            "weights": [rule.yes_weight, 0, rule.no_weight, 0],
            "at_least": rule.at_least,
            "quorum": QUORUM,
        },
        "thresholds": [
            {"choice": Choice[mark.count.upper()], "at_least": mark.at_least}
            for mark in case.scenario.thresholds
        ],
        "quadrature": _quadrature(),
        "surprise": {"unlikely": UNLIKELY, "spreads": SPREADS, "few": FEW},
    }


def packed(of_states: FloatArray) -> list[float] | dict[str, Any]:
    """Return numbers of states, shorter where few of them differ.

    Examples
    --------
    >>> packed(np.array([0.5, 0.5, 1.0, 0.5]))
    {'of': [0.5, 1.0], 'at': '0010'}
    """
    values, place = np.unique(of_states, return_inverse=True)
    if len(values) > len(LETTERS):
        return _digits(of_states)
    return {"of": _digits(values), "at": "".join(LETTERS[each] for each in place.tolist())}


def _digits(numbers: FloatArray) -> list[float]:
    return [float(f"{number:.{DIGITS}g}") for number in numbers.tolist()]


def _dependence(case: Case, ballot: Ballot) -> dict[str, Any]:
    shared, will = ballot.dependence, own_will_of(case)
    return {
        "eps": packed(will.eps),
        "cap": packed(will.cap),
        "groups": len(shared.groups),
        "group": shared.group.tolist(),
        **{name: _digits(getattr(shared, name)) for name in ("assembly", "bloc", "attendance")},
        **{
            name: [[size.chance, size.factor] for size in getattr(shared, name)]
            for name in ("stance_sizes", "attendance_sizes")
        },
    }


def _arm(case: Case, name: str, ballot: Ballot, common: Ballot) -> dict[str, Any]:
    differs = (ballot.probabilities != common.probabilities).any(axis=1)
    table = case.scenario.arms[name]
    return {
        "name": name,
        "label": table.label or name,
        "free": packed(free_to_follow(case, name)),
        "rows": [
            [row, _digits(ballot.probabilities[row])] for row in np.flatnonzero(differs).tolist()
        ],
        "positions": dict(table.positions),
    }


def _positions(case: Case) -> dict[str, Any]:
    """Return what each position does and how the United States then votes."""
    names = list(influence_seeds()["positions"])
    every = {"every": ArmTable(us=dict.fromkeys(names, 1 / len(names)))}
    asked = replace(case, scenario=case.scenario.model_copy(update={"arms": every}))
    return {
        name: {
            "distance": move.distance,
            "distance_sd": move.distance_sd,
            "pressure": packed(move.pressure),
            "pressure_sd": packed(move.pressure_sd),
            "absence": packed(move.absence),
            "vote": list(asked.positions[name].vote),
        }
        for name, move in zip(names, moves(asked, "every"), strict=True)
    }


def _quadrature() -> dict[str, Any]:
    def fineness(of: Fineness) -> dict[str, float]:
        return {
            name: getattr(of, name) for name in ("assembly", "bloc", "attendance", "step", "span")
        }

    effect, aside, marginal = map(hermite, (FINE.effect, FINE.aside, MARGINAL_POINTS))
    return {
        "fine": fineness(FINE),
        "close": fineness(CLOSE),
        "absence": fineness(ABSENCE),
        "effect": [numbers.tolist() for numbers in effect],
        "wide": {"from": WIDE, "apart": APART, "blur": BLUR},
        "beside": [numbers.tolist() for numbers in hermite(BESIDE)],
        "attended": ATTENDED,
        "aside": [numbers.tolist() for numbers in aside],
        "marginal": [numbers.tolist() for numbers in marginal],
        "room": {
            "far": room.FAR,
            "look": room.LOOK,
            "gone": room.GONE,
            "light": room.LIGHT,
            "apart": room.APART,
            "pairs": PAIRS,
            "negligible": NEGLIGIBLE,
        },
        "span": SPAN,
        "relative": RELATIVE,
        "proportional": PROPORTIONAL,
    }
