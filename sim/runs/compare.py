"""Where two results are not the same."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.runs.result import ON_DEMAND, TABLES, Result

LARGE = 20.0
"""Numbers above this are compared relative to their size."""
OF_TAILS = 30.0
"""Times the tolerance that "sd", of a tally, may differ: rounding far out weighs on it."""


def differences_between(one: Result, other: Result, *, tolerance: float = 1e-5) -> list[str]:
    """Return where two results are not the same, a line each; empty if they are.

    Parameters
    ----------
    one, other : Result
        What was stored, and what was made again. A table on demand is compared if it was stored.
    tolerance : float
        Difference of numbers that is let pass, relative to floats above `LARGE`: single precision
        adds up a little differently on another processor.

    Examples
    --------
    >>> nothing = pd.DataFrame()
    >>> one, other = (Result({"seed": seed}, *[nothing] * 4) for seed in (1, 2))
    >>> differences_between(one, other)
    ['summary.json: seed: 1 became 2']
    """
    found = _unlike(one.summary, other.summary, "summary.json", tolerance)
    for name in (*TABLES, *ON_DEMAND):
        stored, made = getattr(one, name), getattr(other, name)
        if stored is None:
            continue
        if made is None:
            found.append(f"{name}.csv: is not made again")
            continue
        try:
            pd.testing.assert_frame_equal(
                stored,
                made,
                check_dtype=False,
                rtol=tolerance / LARGE,
                atol=tolerance,
                check_like=True,
            )
        except AssertionError as error:
            reason = " ".join(str(error).split())
            found.append(f"{name}.csv: {reason:.200}")
    return found


def _unlike(one: Any, other: Any, place: str, tolerance: float) -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [
            line
            for key in one
            for line in _unlike(
                one[key],
                other[key],
                f"{place}: {key}",
                tolerance * (OF_TAILS if key == "sd" else 1),
            )
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            line
            for number, pair in enumerate(zip(one, other, strict=True))
            for line in _unlike(*pair, f"{place}: {number}", tolerance)
        ]
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        size = max(1.0, abs(one) / LARGE) if isinstance(one, float) else 1.0
        alike = abs(one - other) <= tolerance * size
        return [] if alike else [f"{place}: {one} became {other}"]
    return [] if one == other else [f"{place}: {one!r:.80} became {other!r:.80}"]
