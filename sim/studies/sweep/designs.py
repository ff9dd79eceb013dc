"""Which points of the swept fields are looked at."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.studies.sweep.fields import Point, SweepError, Value, value_of

DESIGNS = ("grid", "list", "sobol", "saltelli")
RANGES = ("sobol", "saltelli")
MOST = 10**6
"""Points of a sweep; more do not fit into the memory of a small machine."""
POINTS = 1024
"""Points by default, where a range is filled."""
SEED = 1
"""Of the scrambling and the resampling in a Saltelli design: the same points every time."""


@dataclass(frozen=True)
class Design:
    """The points of a sweep.

    Attributes
    ----------
    kind : str
        One of `DESIGNS`.
    over : tuple of str
        Each field with its values, as written.
    fields : tuple of str
        Dotted names.
    points : tuple of tuple
        Values in the order of the fields, one tuple a point.
    bounds : tuple of (float, float)
        Low and high of each field, where ranges are filled.
    """

    kind: str
    over: tuple[str, ...]
    fields: tuple[str, ...]
    points: tuple[tuple[Value, ...], ...]
    bounds: tuple[tuple[float, float], ...] = ()

    def point(self, number: int) -> Point:
        """Return one point by field."""
        return dict(zip(self.fields, self.points[number], strict=True))


def design_of(
    over: Sequence[str] | str, *, kind: str = "grid", points: int | None = None
) -> Design:
    """Return the points that a text for each field asks for.

    Parameters
    ----------
    over : sequence of str, or str
        ``FIELD=V1,V2`` for a grid or a list, ``FIELD=LOW:HIGH`` for the others; a text is one.
    kind : str
        grid: every combination; list: first values together, then the second ones, and so on;
        sobol: a range filled evenly; saltelli: filled so that sensitivities can be told.
    points : int, optional
        At most so many where ranges are filled; a Saltelli design has (fields + 2) times a power of
        two.

    Raises
    ------
    SweepError
        If a text cannot be read, or there are too few points.

    Examples
    --------
    >>> design_of(["us.effect_scale=0,1", "us.sponsors_follow=0,0.5"]).points
    ((0.0, 0.0), (0.0, 0.5), (1.0, 0.0), (1.0, 0.5))
    >>> design_of(["us.effect_scale=0:2"], kind="sobol", points=3).points
    ((0.0,), (1.0,), (1.5,))
    """
    if kind not in DESIGNS:
        raise SweepError(f"--design: {kind!r}: must be one of {', '.join(DESIGNS)}")
    over = (over,) if isinstance(over, str) else tuple(over)
    parts = [_parts(text) for text in over]
    fields = tuple(name for name, _ in parts)
    if not fields:
        raise SweepError("--over: expected at least one FIELD=V1,V2,...")
    if doubles := sorted({name for name in fields if fields.count(name) > 1}):
        raise SweepError(f"--over: {', '.join(doubles)}: given twice")
    if kind in RANGES:
        bounds = tuple(_range(name, text, kind) for name, text in parts)
        fill = _sobol if kind == "sobol" else _saltelli
        values: tuple[tuple[Value, ...], ...] = tuple(
            tuple(row) for row in fill(fields, bounds, points or POINTS).tolist()
        )
        return Design(kind, over, fields, values, bounds)
    if points is not None:
        raise SweepError(f"--points: a {kind} has as many as its values; leave it out")
    lists = [_values(name, text) for name, text in parts]
    if kind == "list" and len({len(values) for values in lists}) > 1:
        counts = ", ".join(f"{name} {len(each)}" for name, each in zip(fields, lists, strict=True))
        raise SweepError(f"--over: a list needs as many values for every field: {counts}")
    count = math.prod(map(len, lists)) if kind == "grid" else len(lists[0])
    if count > MOST:
        raise SweepError(f"--over: a {kind} of {count:,} points; must be at most {MOST:,}")
    chosen = itertools.product(*lists) if kind == "grid" else zip(*lists, strict=True)
    return Design(kind, over, fields, tuple(chosen))


def problem_of(design: Design) -> dict[str, Any]:
    """Return a design as SALib wants it told.

    Examples
    --------
    >>> problem_of(design_of(["us.effect_scale=0:2"], kind="sobol", points=2))
    {'num_vars': 1, 'names': ['us.effect_scale'], 'bounds': [[0.0, 2.0]]}
    """
    return _problem(design.fields, design.bounds)


def _problem(fields: tuple[str, ...], bounds: tuple[tuple[float, float], ...]) -> dict[str, Any]:
    return {
        "num_vars": len(fields),
        "names": list(fields),
        "bounds": [list(each) for each in bounds],
    }


def _parts(text: str) -> tuple[str, str]:
    name, sign, values = (piece.strip() for piece in text.partition("="))
    if not (name and sign and values):
        raise SweepError(f"--over: {text!r}: expected FIELD=V1,V2,... or FIELD=LOW:HIGH")
    return name, values


def _values(name: str, text: str) -> list[Value]:
    words = [word.strip() for word in text.split(",")]
    if not all(words):
        raise SweepError(f"--over: {name}={text}: a value between commas is empty")
    if ":" in text:
        raise SweepError(f"--over: {name}={text}: a range needs --design {' or '.join(RANGES)}")
    return [value_of(word) for word in words]


def _range(name: str, text: str, kind: str) -> tuple[float, float]:
    try:
        low, high = (float(word) for word in text.split(":"))
    except ValueError:
        raise SweepError(f"--over: {name}={text}: a {kind} design needs LOW:HIGH") from None
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise SweepError(f"--over: {name}={text}: LOW must be less than HIGH")
    return low, high


def _sobol(
    fields: tuple[str, ...], bounds: tuple[tuple[float, float], ...], points: int
) -> np.ndarray:
    from scipy.stats import qmc  # takes a while that only this needs

    unit = qmc.Sobol(len(fields), scramble=False).random_base2(math.ceil(math.log2(points)))
    low, high = np.array(bounds).T
    return np.asarray(low + unit[:points] * (high - low))


def _saltelli(
    fields: tuple[str, ...], bounds: tuple[tuple[float, float], ...], points: int
) -> np.ndarray:
    try:
        from SALib.sample import sobol
    except ImportError:
        raise SweepError(
            "--design saltelli needs SALib: pip install '.[sensitivity]' in the project's folder"
        ) from None
    base = points // (len(fields) + 2)
    if base < 2:
        raise SweepError(f"--points: {points}: must be at least {2 * (len(fields) + 2)}")
    base = 2 ** int(math.log2(base))
    problem = _problem(fields, bounds)
    return np.asarray(sobol.sample(problem, base, calc_second_order=False, seed=SEED))
