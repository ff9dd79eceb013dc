"""Fields of a scenario by dotted names: what may be swept, and a scenario with other values."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from sim.models.judgements import settings_of
from sim.scenario.schema import Scenario, ScenarioError, scenario_of
from sim.studies.sweep.shorthand import LIKENESS, names_short, written_short

Value = float | str | datetime.date
Point = Mapping[str, Value]
"""The value of every swept field."""

FIXED = ("title", "question", "source", "draws", "seed", "actual")
"""Top-level fields that change no exact result."""
BY_STATE = ("joining", "known")
"""Tables with a field for each state that is named."""
OF_STEP = ("put", "likeness", "holds", "majority", "model", "reference", "us", "known", "blocs")
"""Fields of a step that may be swept, besides the shifts that its outcome brings."""
EFFECTS = ("on_carried", "on_lost")
COMMITTEE = "committee"
"""The kind of step whose votes hold later."""
RANGED = ("put", "holds")
"""Fields of a step that have a range; a value that is swept is the whole of it."""


class SweepError(ScenarioError):
    """A sweep that cannot be run; the message says what is allowed."""


def sweepable(scenario: Scenario) -> list[str]:
    """Return the dotted names of the fields that a sweep may go over.

    Parameters
    ----------
    scenario : Scenario
        Decides which arms, blocs and settings there are.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> names = sweepable(read_scenario("anniversary-2025"))
    >>> "us.effect_scale" in names, "settings.floor" in names, "title" in names
    (True, True, False)
    >>> [name for name in sweepable(read_scenario("gaza-amendment-2023")) if ".text." in name][:2]
    ['steps.text.known.ISO', 'steps.text.likeness']
    """
    tables = {key: value for key, value in scenario.model_dump().items() if key not in FIXED}
    tables["settings"] = {**settings_of(scenario.model), **scenario.settings}
    tables["known"], tables["sponsors"]["joining"] = {"ISO": "yes"}, {"ISO": 0.5}
    for name in ("title", "symbol"):
        del tables["resolution"][name]
    tables["steps"] = {step["name"]: _of_step(step, tables["arms"]) for step in tables["steps"]}
    return sorted([*_names(tables, ""), *names_short(scenario)])


def value_of(text: str) -> Value:
    """Return a value as written in a terminal: a number, a day, or else a word.

    Examples
    --------
    >>> value_of("0.5"), value_of("yes"), value_of("2025-02-23")
    (0.5, 'yes', datetime.date(2025, 2, 23))
    """
    with contextlib.suppress(ValueError):
        return float(text)
    with contextlib.suppress(ValueError):
        return datetime.date.fromisoformat(text)
    return text


def with_values(scenario: Scenario, point: Point) -> Scenario:
    """Return the scenario with other values in some fields.

    Parameters
    ----------
    scenario : Scenario
    point : mapping of dotted name to value

    Raises
    ------
    SweepError
        If a field is not one, or a value is not allowed in it.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> changed = with_values(read_scenario("anniversary-2025"), {"us.effect_scale": 2.0})
    >>> changed.us.effect_scale
    2.0
    """
    tables = scenario.model_dump()
    tables["steps"] = {step["name"]: step for step in tables["steps"]}
    # a precedent is cited before its likeness is set
    for name, value in sorted(point.items(), key=lambda one: one[0].endswith(LIKENESS)):
        try:
            if written_short(scenario, tables, point, name):
                continue
        except ValueError as error:
            raise SweepError(f"--over: {name}: {error}") from None
        *path, last = name.split(".")
        inside: Any = tables
        for part in path:
            inside = _inside(inside, part)
        if not isinstance(inside, dict) or name in FIXED or not _may_have(scenario, path, last):
            raise SweepError(f"--over: {name!r}: must be one of {', '.join(sweepable(scenario))}")
        inside[last] = value
        if last in RANGED and isinstance(value, float) and 0 <= value <= 1:
            inside[f"{last}_range"] = (value, value)
    tables["steps"] = tuple(tables["steps"].values())
    try:
        return scenario_of(tables, place="--over", file=scenario.file)
    except ScenarioError as error:
        raise SweepError(str(error)) from None


def _inside(table: Any, part: str) -> Any:
    """Return what is in a table, or in a list by its number; known votes can be there anew."""
    if isinstance(table, dict):
        if part == "known" and table.get(part) is None:
            table[part] = {}
        return table.get(part)
    numbered = isinstance(table, tuple) and part.isdecimal() and int(part) < len(table)
    return table[int(part)] if numbered else None


def _of_step(step: Mapping[str, Any], arms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a step that may be swept, as tables."""
    found = {name: step[name] for name in OF_STEP if name != "holds" or step["kind"] == COMMITTEE}
    found |= {"us": dict.fromkeys(arms), "known": {"ISO": "yes"}, "blocs": step["blocs"] or {}}
    for name in EFFECTS:
        shifts = {str(at): each for at, each in enumerate(step[name]) if each["shift"] is not None}
        found[name] = {at: {"shift": each["shift"]} for at, each in shifts.items()}
    return found


def _may_have(scenario: Scenario, path: list[str], field: str) -> bool:
    """Return whether there can be a field in a table: any in one by state, bloc or setting."""
    if path[:1] == ["steps"]:
        first = [*path, field][2]
        return first in OF_STEP or (first in EFFECTS and field == "shift")
    table: Any = scenario
    for part in path:
        table = table.get(part) if isinstance(table, Mapping) else getattr(table, part)
    return bool(field) if isinstance(table, Mapping) else field in type(table).model_fields


def _names(tables: Mapping[str, Any], before: str) -> Iterator[str]:
    for key, value in tables.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            listed = {"ISO": 0.5} if key in BY_STATE and value else value
            yield from _names(listed, f"{name}.")
        elif key not in ("label",) and not isinstance(value, tuple):
            yield name
