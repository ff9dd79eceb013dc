"""Fields that stand for more than one entry of a scenario: precedents, sponsors, US chances."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sim.record.texts import canonical_symbol
from sim.scenario.lookups import sponsors
from sim.scenario.messages import ISO3
from sim.scenario.schema import Scenario

IN_OUT = ("in", "out")
LIKENESS = ".likeness"


def written_short(
    scenario: Scenario, tables: dict[str, Any], point: Mapping[str, Any], name: str
) -> bool:
    """Put a value into the tables of a scenario, if its field is one of these; say whether it is.

    Parameters
    ----------
    scenario : Scenario
        As it was before.
    tables : dict
        Of the scenario, its steps by name; changed.
    point : mapping of dotted name to value
    name : str
        ``precedents.SYMBOL`` or ``sponsors.ISO`` (in, out), ``precedents.SYMBOL.likeness`` or
        ``arms.ARM.us.POSITION`` (0 to 1); precedents also of a step, ``steps.STEP.precedents...``.

    Raises
    ------
    ValueError
        If the field cannot have the value; the message says what is allowed.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> anniversary = read_scenario("anniversary-2025")
    >>> tables = anniversary.model_dump() | {"steps": {}}
    >>> written_short(anniversary, tables, {"precedents.ES-11/5": "out"}, "precedents.ES-11/5")
    True
    >>> len(anniversary.precedents), len(tables["precedents"])
    (6, 5)
    >>> name = "arms.without-us.us.no"
    >>> written_short(anniversary, tables, {name: 0.25}, name), tables["arms"]["without-us"]["us"]
    (True, {'silent': 0.75, 'no': 0.25})
    """
    head, _, rest = name.partition(".")
    of_step = re.fullmatch(r"steps\.([^.]+)\.precedents\.(.+)", name)
    if head == "precedents" and rest:
        _precedent(tables, point, name, rest)
    elif of_step and (step := tables["steps"].get(of_step[1])):
        if step["precedents"] is None:
            step["precedents"] = () if step["blocs"] else tables["precedents"]
        _precedent(step, point, name, of_step[2])
    elif head == "sponsors" and re.fullmatch(ISO3, rest):
        _sponsor(scenario, tables, rest, _in_or_out(point[name]))
    elif head == "arms" and rest.count(".") == 2 and rest.split(".")[1] == "us":
        arm, _, position = rest.split(".")
        if arm not in tables["arms"]:
            raise ValueError(f"must be one of {', '.join(tables['arms'])}, not {arm!r}")
        tables["arms"][arm]["us"] = _chances(tables["arms"][arm]["us"], position, point[name])
    else:
        return False
    return True


def names_short(scenario: Scenario) -> list[str]:
    """Return how these fields are written for a scenario.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> names_short(read_scenario("jerusalem-2017"))[:2]
    ['precedents.70/16', 'precedents.70/16.likeness']
    """
    cited = [] if scenario.precedents == "auto" else [one.symbol for one in scenario.precedents]
    found = [
        f"precedents.{symbol}{end}" for symbol in cited or ["SYMBOL"] for end in ("", LIKENESS)
    ]
    found += [f"steps.{step.name}.precedents.SYMBOL" for step in scenario.steps]
    return [*found, "sponsors.ISO", *(f"arms.{arm}.us.POSITION" for arm in scenario.arms)]


def _precedent(tables: dict[str, Any], point: Mapping[str, Any], name: str, rest: str) -> None:
    """Write one field of a precedent, ``SYMBOL`` or ``SYMBOL.likeness``, of the text or a step."""
    if tables["precedents"] == "auto":
        raise ValueError("the precedents are found by their titles; resolve the scenario first")
    symbol = rest.removesuffix(LIKENESS)
    cited = list(tables["precedents"])
    same = canonical_symbol(symbol)
    places = [at for at, one in enumerate(cited) if canonical_symbol(one["symbol"]) == same]
    if rest.endswith(LIKENESS):
        if not places and name.removesuffix(LIKENESS) not in point:
            named = ", ".join(one["symbol"] for one in cited) or "none"
            cite = f"{name.removesuffix(LIKENESS)}=in"
            raise ValueError(f"cited are {named}; {cite} cites it")
        for at in places:
            cited[at] = {**cited[at], "likeness": point[name]}
    elif _in_or_out(point[name]) == "out":
        cited = [one for at, one in enumerate(cited) if at not in places]
    elif not places:
        cited.append({"symbol": symbol, "likeness": None})
    tables["precedents"] = tuple(cited)


def _sponsor(scenario: Scenario, tables: dict[str, Any], code: str, value: str) -> None:
    told = tables["sponsors"]
    for place in (told, *tables["arms"].values()):
        place["joining"] = {one: p for one, p in place["joining"].items() if one != code}
    if value == "in":
        told["states"] = tuple(dict.fromkeys((*told["states"], code)))
        return
    # one of a shipped list can only be left out of the list written down
    listed = told["states"] if told["seed"] is None else sponsors(scenario, [])
    written = dict.fromkeys((*listed, *told["states"]))
    told["states"], told["seed"] = tuple(one for one in written if one != code), None


def _chances(us: Any, position: str, chance: Any) -> dict[str, float]:
    if not isinstance(chance, float) or not 0 <= chance <= 1:
        raise ValueError(f"{chance!r}: must be a chance from 0 to 1")
    others = {name: p for name, p in _by_position(us).items() if name != position and p > 0}
    total = sum(others.values())
    if not others and chance < 1:
        raise ValueError(f"the arm has no other position than {position!r} to take the rest")
    return {**{name: (1 - chance) * p / total for name, p in others.items()}, position: chance}


def _by_position(us: Any) -> dict[str, float]:
    return dict(us) if isinstance(us, Mapping) else {str(us): 1.0}


def _in_or_out(value: Any) -> str:
    if value not in IN_OUT:
        raise ValueError(f"{value!r}: must be in or out")
    return str(value)
