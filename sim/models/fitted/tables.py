"""Fitted parameters as the tables of a TOML file."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.assembly.members import Members
from sim.models.dependence.fit import FittedDependence
from sim.models.learned.consensus import STANCES
from sim.models.learned.logits import STAGES, Logit, NestedLogits
from sim.models.learned.states import ATTENDANCE, DRIFTS, PARTS, StateProfile
from sim.vote.dependence import Dependence, SizeLaw
from sim.vote.exact.groups import direction, on_line
from sim.vote.own_will import OwnWill

SHAPES = {
    "attendance": (len(ATTENDANCE), 2),
    "season": (len(PARTS) + 1, 2),
    "by_us": (len(Choice), len(Choice)),
    "few_against": (len(Choice), STANCES),
    "drift": (len(DRIFTS), 2),
}
"""Shape of what each state has of the arrays of `StateProfile`."""
DIGITS, DECIMALS = 5, 5
"""Numbers are written with as many significant digits, and no more decimals."""


def logits_table(logits: NestedLogits) -> dict[str, Any]:
    """Return the numbers of the logits by stage and feature: mean, deviation, coefficient.

    Examples
    --------
    >>> flat = Logit(("lr",), np.zeros(1), np.ones(1), np.full(1, 2.0), 0.5)
    >>> logits_table(NestedLogits(flat, flat, flat))["yes"]
    {'intercept': 0.5, 'lr': [0.0, 1.0, 2.0]}
    """
    return {
        stage: {
            "intercept": logit.intercept,
            **{
                name: [float(mean), float(deviation), float(weight)]
                for name, mean, deviation, weight in zip(
                    logit.names, logit.means, logit.deviations, logit.weights, strict=True
                )
            },
        }
        for stage, logit in zip(STAGES, logits.stages, strict=True)
    }


def logits_from(table: dict[str, Any]) -> NestedLogits:
    """Return the logits in a table that `logits_table` made.

    Examples
    --------
    >>> even = Logit(("lr",), np.zeros(1), np.ones(1), np.ones(1), 0.5)
    >>> logits_from(logits_table(NestedLogits(even, even, even))).no.intercept
    0.5
    """
    stages = []
    for stage in STAGES:
        names = tuple(name for name in table[stage] if name != "intercept")
        numbers = np.array([table[stage][name] for name in names], float).reshape(-1, 3)
        means, deviations, weights = numbers.T
        intercept = float(table[stage]["intercept"])
        stages.append(Logit(names, means, deviations, weights, intercept))
    return NestedLogits(*stages)


def profile_table(profile: StateProfile) -> dict[str, Any]:
    """Return the profile of the states by ISO code.

    The arrays of `StateProfile` are one after the other in reading order; `place` leaves out the
    constant, and `like` names the states it votes like, each followed by how much it counts.

    Examples
    --------
    >>> from sim.models.learned.model import panel_before, profile_of
    >>> from sim.models.learned.source import Source, day_number
    >>> from sim.record.cited import cited_roll_calls
    >>> day = day_number("2023-01-01")
    >>> source = Source.of(cited_roll_calls().before("2023-01-01"))
    >>> table = profile_table(profile_of(source, panel_before(source, day), day))
    >>> len(table), list(table["AFG"])
    (193, ['attendance', 'season', 'by_us', 'few_against', 'drift', 'place', 'like'])
    """
    codes = Members.load().codes
    found = {}
    for state, code in enumerate(codes):
        near = np.flatnonzero(profile.neighbours[state])
        weights = profile.neighbours[state, near]
        like = [f"{codes[o]} {_number(float(w), 4)}" for o, w in zip(near, weights, strict=True)]
        found[code] = {
            **{name: getattr(profile, name)[:, :, state].ravel().tolist() for name in SHAPES},
            "place": profile.vectors[state, 1:].tolist(),
            "like": " ".join(like),
        }
    return found


def profile_from(table: Mapping[str, Any], day: int) -> StateProfile:
    """Return the profile in a table that `profile_table` made.

    Parameters
    ----------
    table : mapping
    day : int
        Day of the profile [days since 1970-01-01].

    Raises
    ------
    ValueError
        If a state is missing or unknown, or has too few numbers.

    Examples
    --------
    >>> profile_from({"AFG": {}}, 0)
    Traceback (most recent call last):
    ValueError: states: every member state must be listed once: AGO, ALB, AND, ARE, ARG
    """
    members = Members.load()
    if set(table) != set(members.codes):
        wrong = ", ".join(sorted(set(table) ^ set(members.codes))[:5])
        raise ValueError(f"states: every member state must be listed once: {wrong}")
    rows = [table[code] for code in members.codes]
    arrays = {
        name: np.stack([np.reshape(np.array(row[name], float), shape) for row in rows], axis=-1)
        for name, shape in SHAPES.items()
    }
    neighbours = np.zeros((len(members), len(members)))
    for state, row in enumerate(rows):
        parts = row["like"].split()
        others = [members.row(code) for code in parts[::2]]
        neighbours[state, others] = np.array(parts[1::2], float)
    place = np.array([row["place"] for row in rows], float)
    return StateProfile(
        day=day,
        vectors=np.hstack([np.ones((len(members), 1)), place]),
        neighbours=neighbours,
        **arrays,
    )


def dependence_table(fitted: FittedDependence) -> dict[str, Any]:
    """Return the dependence: laws, own will of all, and by state group and weights x, y and c.

    Examples
    --------
    >>> law = SizeLaw(base=0.5, slope=1.0, step=2.0, surprise=0.25)
    >>> fitted = FittedDependence(Dependence.independent(193), law, law, 9)
    >>> dependence_table(fitted)["states"]["AFG"]
    ['all', 0.0, 0.0, 0.0]
    """
    weights = fitted.dependence
    columns = (weights.assembly, weights.bloc, weights.attendance)
    will = weights.own_will
    return {
        "roll_calls": fitted.roll_calls,
        "own_will": {"eps": float(will.eps[0]), "cap": float(will.cap[0])},
        "groups": list(weights.groups),
        "stance": asdict(fitted.stance),
        "attendance": asdict(fitted.attendance),
        "states": {
            code: [weights.groups[weights.group[state]], *(float(each[state]) for each in columns)]
            for state, code in enumerate(Members.load().codes)
        },
    }


def dependence_from(table: Mapping[str, Any]) -> FittedDependence:
    """Return the dependence in a table that `dependence_table` made.

    Examples
    --------
    >>> law = SizeLaw(base=0.5, slope=1.0, step=2.0, surprise=0.25)
    >>> fitted = FittedDependence(Dependence.independent(193), law, law, 9)
    >>> dependence_from(dependence_table(fitted)).stance == law
    True
    """
    groups, states = table["groups"], table["states"]
    rows = [states[code] for code in Members.load().codes]
    group = np.array([groups.index(row[0]) for row in rows])
    weights = np.array([row[1:] for row in rows], float)
    for number in range(len(groups)):
        weights[group == number, :2] = _in_proportion(weights[group == number, :2])
    assembly, bloc, attendance = weights.T
    # files of before own will was fitted have none
    will = OwnWill.of_all(len(rows), **table["own_will"]) if "own_will" in table else None
    return FittedDependence(
        Dependence(tuple(groups), group, assembly, bloc, attendance, will=will),
        SizeLaw(**table["stance"]),
        SizeLaw(**table["attendance"]),
        table["roll_calls"],
    )


def _in_proportion(weights: FloatArray) -> FloatArray:
    """Return a group's weights in the one proportion that a file's digits round [state, factor]."""
    if not on_line(weights):
        return weights
    proportion = direction(weights)
    return np.outer(weights @ proportion, proportion)


def toml_lines(tables: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the lines of a TOML file, every table under a heading of its own.

    Examples
    --------
    >>> list(toml_lines({"as_of": 1.5, "words": {"syrian golan": 0.123456789}}))
    ['as_of = 1.5', '', '[words]', '"syrian golan" = 0.12346']
    """
    for name, value in tables.items():
        if not isinstance(value, Mapping):
            yield f"{_key(name)} = {_value(value)}"
    for name, value in tables.items():
        if isinstance(value, Mapping):
            inner = (*path, name)
            if not all(isinstance(each, Mapping) for each in value.values()):
                yield from ("", f"[{'.'.join(map(_key, inner))}]")
            yield from toml_lines(value, inner)


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return _number(value) if isinstance(value, float) else json.dumps(value)


def _number(value: float, digits: int = DIGITS) -> str:
    short = f"{round(value, DECIMALS):.{digits}g}"
    return "0" if short == "-0" else short
