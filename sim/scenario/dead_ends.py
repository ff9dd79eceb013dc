"""Where a path leads nowhere: outcomes that nothing follows, steps that no way leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def dead_ends(steps: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[str]:
    """Return outcomes that nothing follows, and steps that no way leads to.

    Parameters
    ----------
    steps : sequence of mapping
        As a scenario gives them.
    names : sequence of str
        Theirs, in the same order.

    Examples
    --------
    >>> ends = {"on_carried": [{"end": "adopted"}], "on_lost": [{"end": "rejected"}]}
    >>> dead_ends([ends, ends], ["text", "again"])
    ["steps.1: no way leads to 'again'; every path ends before it or skips it"]
    """
    problems, entered = [], {0}
    ways: set[tuple[int, frozenset[str]]] = {(0, frozenset())} if steps else set()
    for number, step in enumerate(steps):
        for way in [one for one in ways if one[0] == number]:
            entered.add(number)
            outcomes = [(when, effects_of(step, when)) for when in ("on_carried", "on_lost")]
            if step.get("put", 1.0) != 1:
                outcomes.append(("put", []))
            for when, effects in outcomes:
                if any(effect.get("end") is not None for effect in effects):
                    continue
                skipped = way[1] | {str(one["skip"]) for one in effects if one.get("skip")}
                after = [at for at in range(number + 1, len(steps)) if names[at] not in skipped]
                if after:
                    ways.add((after[0], skipped))
                elif when != "put":
                    problems.append(
                        f"steps.{number}.{when}: nothing comes after it; add an end, such as "
                        f'{{end = "{"adopted" if when == "on_carried" else "rejected"}"}}'
                    )
    problems += [
        f"steps.{number}: no way leads to {names[number]!r}; every path ends before it or skips it"
        for number in range(len(steps))
        if number not in entered
    ]
    return list(dict.fromkeys(problems))


def effects_of(step: Mapping[str, Any], when: str) -> list[Mapping[str, Any]]:
    """Return what an outcome of a step does, without what is no table.

    Examples
    --------
    >>> effects_of({"on_lost": [{"end": "rejected"}, 1]}, "on_lost")
    [{'end': 'rejected'}]
    """
    effects = step.get(when)
    if not isinstance(effects, (list, tuple)):
        return []
    return [one for one in effects if isinstance(one, Mapping)]
