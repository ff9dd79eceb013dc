"""What has to hold between the fields of a scenario, looked at before the kinds are all right."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping
from typing import Any

from sim.assembly.members import Members
from sim.assembly.rules import RULES
from sim.models import MODELS
from sim.scenario.messages import OFFERS
from sim.scenario.steps import step_problems
from sim.scenario.tables import day_problem


def cross_problems(tables: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the tables of a scenario beyond the kind of each value.

    Tables that are missing or of another kind are passed over, so that problems of both sorts can
    be named at once.

    Examples
    --------
    >>> cross_problems({"model": "crystal-ball"})
    ["model: 'crystal-ball': must be one of bloc-shares, learned, precedents"]
    """
    resolution, sponsors = _table(tables, "resolution"), _table(tables, "sponsors")
    problems = []
    for place, value, allowed in (
        ("resolution.majority", resolution.get("majority"), RULES),
        ("model", tables.get("model"), MODELS),
    ):
        if isinstance(value, str) and value not in allowed:
            problems.append(f"{place}: {value!r}: must be one of {', '.join(sorted(allowed))}")
    named = {
        "sponsors.states": sponsors.get("states"),
        "sponsors.joining": sponsors.get("joining"),
        "suspended": tables.get("suspended"),
        "known": tables.get("known"),
    }
    for name in _table(tables, "arms"):
        named[f"arms.{name}.joining"] = _table(_table(tables, "arms"), name).get("joining")
    for place, states in named.items():
        problems += _no_member_states(place, states)
    both = set(_names(tables.get("known"))) & set(_names(tables.get("suspended")))
    problems += [f"known: {code}: its vote is suspended" for code in sorted(both)]
    as_of, date = tables.get("as_of"), resolution.get("date")
    late = type(as_of) is type(date) is datetime.date and as_of >= date
    if late and as_of and not day_problem(as_of):
        problems.append(
            f"as_of: {as_of}: must be earlier than resolution.date, {date}; a forecast is made "
            "before the day of the vote"
        )
    problems += _known_in(tables)
    model = tables.get("model", "precedents")
    if (
        isinstance(model, str)
        and model in MODELS
        and MODELS[model].needs_precedents
        and not tables.get("precedents")
    ):
        problems.append(f"precedents: the model {model} needs at least one")
    return problems + step_problems(tables)


def _known_in(tables: Mapping[str, Any]) -> list[str]:
    given, arms = tables.get("known_in"), _table(tables, "arms")
    one = {given: 1.0} if isinstance(given, str) else {}
    named = given if isinstance(given, Mapping) else one
    found = [
        f"known_in: {arm!r}: must be one of {', '.join(arms)}" for arm in named if arm not in arms
    ]
    chances = [each for each in named.values() if isinstance(each, (int, float))]
    if named and abs(sum(chances) - 1) > 1e-6:
        found.append(f"known_in: the chances sum to {sum(chances):.6g}: they must sum to 1")
    return found


def _table(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tables.get(name)
    return found if isinstance(found, Mapping) else {}


def _names(states: Any) -> list[str]:
    listed = states if isinstance(states, (Mapping, tuple, list)) else ()
    return [code for code in listed if isinstance(code, str)]


def _no_member_states(place: str, states: Any) -> list[str]:
    members = Members.load()
    codes = members.codes
    known = set(codes)
    wrong = [
        code for code in _names(states) if len(code) == 3 and code.isupper() and code not in known
    ]
    offers = [members.close_to(code) for code in wrong[:OFFERS]]
    return [
        f"{place}: {code!r}: must be the ISO code of a member state{offer}"
        for code, offer in itertools.zip_longest(wrong, offers, fillvalue="")
    ]
