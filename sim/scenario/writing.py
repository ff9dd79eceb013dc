"""A scenario as the text of a TOML file that reads back as the same scenario."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sim.scenario.schema import Scenario

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def scenario_text(scenario: Scenario) -> str:
    r"""Return the TOML text of a scenario; fields at their default are left out.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str
        `sim.scenario.schema.read_scenario` of a file with this text returns an equal scenario, its
        arms and positions in the same order.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> print(*scenario_text(read_scenario("jerusalem-2017")).splitlines()[-7:], sep="\n")
    [arms.us-votes-no]
    us = "no"
    label = "US votes no, as before"
    <BLANKLINE>
    [arms.us-lobbies]
    us = "no-and-lobbies"
    label = "US votes no and threatens"
    """
    return "\n".join(_table(scenario.model_dump(exclude_defaults=True), "")).lstrip("\n") + "\n"


def _table(table: Mapping[str, Any], name: str, *, header: str = "[{}]") -> Iterator[str]:
    """Yield the lines of a table: its plain values first, as TOML wants them, then its tables."""
    inner = {key: value for key, value in table.items() if _holds_tables(value)}
    plain = {key: value for key, value in table.items() if key not in inner}
    if name and (plain or not inner):
        yield from ("", header.format(name))
    yield from (f"{_key(key)} = {_value(value)}" for key, value in plain.items())
    for key, value in inner.items():
        place = f"{name}.{_key(key)}" if name else _key(key)
        if isinstance(value, Mapping):
            yield from _table(value, place)
        else:
            for entry in value:
                yield from _table(entry, place, header="[[{}]]")


def _holds_tables(value: Any) -> bool:
    in_array = isinstance(value, tuple) and bool(value) and isinstance(value[0], Mapping)
    return isinstance(value, Mapping) or in_array


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else _quoted(key)


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return _quoted(value)
    return str(value)  # whole numbers, floats and dates are written alike in Python and TOML


def _quoted(text: str) -> str:
    # JSON escapes as TOML does, but leaves DEL, which TOML wants escaped
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
