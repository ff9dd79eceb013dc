"""Points of one factor where its posterior lies."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from sim.assembly.choices import FloatArray

FAR = 8.0
"""Factors are looked at so far out once votes are known [standard deviations]."""
LOOK = 6
"""How often points are moved at most."""
APART = 0.8
"""Most distance of points, in standard deviations of the posterior: the sum of a normal density is
then exact to 1e-13 (Trefethen & Weideman 2014, doi:10.1137/130932132)."""
GONE = 26.0
"""A point is left out where the log posterior is so much less than at its peak."""
LIGHT = 8.0
"""A posterior is as narrow as where its log bends most, at points no farther below its peak."""


def room(
    log_density: Callable[[FloatArray], FloatArray],
    *,
    step: float,
    apart: Callable[[float], float] = lambda sd: APART * sd,
) -> tuple[FloatArray, FloatArray, float]:
    """Return points where densities lie, moved nearer to each other until they are near enough.

    Parameters
    ----------
    log_density : callable
        Points in, log density [density, point] out; the room is that of all of them.
    step : float
        Most distance of points.
    apart : callable
        Most distance of points from the standard deviation of the narrowest density, or of its
        narrowest part.

    Returns
    -------
    value : array [point]
        Evenly spaced.
    logs : array [density, point]
    step : float
        How far apart they are.

    Examples
    --------
    >>> value, logs, step = room(lambda x: -((x[None] - 1) ** 2) / (2 * 0.01**2), step=0.5)
    >>> bool(0.9 < value[0] < 0.95 and 1.05 < value[-1] < 1.1), bool(0.004 < step <= 0.008)
    (True, True)
    """
    low, high, most = -FAR, FAR, step
    for _ in range(LOOK):
        count = 2 * max(2, math.ceil((high - low) / most / 2))
        between = (high - low) / count
        value: FloatArray = low + between * np.arange(count + 1, dtype=float)
        found = log_density(value)
        logs = found - found.max(axis=1, keepdims=True)
        inside = (logs > -GONE).any(axis=0)
        slope = logs[:, 1:] - logs[:, :-1]
        bends = slope[:, 1:] - slope[:, :-1]
        bend = bends[logs[:, 1:-1] > -LIGHT].min(initial=-1e-12)
        sd = max(between / math.sqrt(-bend), between / 4)
        most = min(step, apart(sd))
        first, last = max(int(inside.argmax()) - 1, 0), len(value) - int(inside[::-1].argmax())
        last = min(last, len(value) - 1)
        if between <= most:
            break
        low, high = float(value[first]), float(value[last])
    return value[first : last + 1], found[:, first : last + 1], between


def log_sum(logs: FloatArray, axis: int = -1) -> FloatArray:
    """Return the log of a sum of exponentials; minus infinity where there are none.

    Examples
    --------
    >>> log_sum(np.log([0.25, 0.5])).round(12) == np.log(0.75).round(12)
    np.True_
    """
    top = logs.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.exp(logs - top).sum(axis=axis)) + np.squeeze(top, axis))
