"""Where the posterior of one factor lies, and its points there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import FloatArray

FAR = 8.0
"""Factors are looked at so far out once votes are known [standard deviations]."""
LOOKS, LOOK = 49, 6
"""Points at which a posterior is looked at to see where it lies, and how often at most."""
APART = 0.8
"""Most distance of points, in standard deviations of the posterior: the sum of a normal density is
then exact to 1e-13 (Trefethen & Weideman 2014, doi:10.1137/130932132)."""
GONE = 32.0
"""A point is left out where the log posterior is so much less than at its peak."""


@dataclass(frozen=True)
class Room:
    """Where the posterior of one factor lies.

    Attributes
    ----------
    low, high, sd : float
    """

    low: float
    high: float
    sd: float

    def points(self, step: float) -> tuple[FloatArray, float]:
        """Return evenly spaced points, an odd number, and how far apart they are."""
        count = 2 * max(2, int(np.ceil((self.high - self.low) / step / 2))) + 1
        value = np.linspace(self.low, self.high, count)
        return value, float(value[1] - value[0])


def room(log_density: Callable[[FloatArray], FloatArray]) -> Room:
    """Return where a density lies, looking closer until nothing is gained.

    Parameters
    ----------
    log_density : callable
        Points in, log density [density, point] out; the room is that of all of them.

    Examples
    --------
    >>> found = room(lambda x: -((x[None] - 1) ** 2) / (2 * 0.01**2))
    >>> round(found.sd, 3), bool(found.low < 0.95 and found.high > 1.05)
    (0.01, True)
    """
    low, high = -FAR, FAR
    for _ in range(LOOK):
        at = np.linspace(low, high, LOOKS)
        logs = log_density(at)
        logs = logs - logs.max(axis=1, keepdims=True)
        inside = np.flatnonzero((logs > -GONE).any(axis=0))
        step = at[1] - at[0]
        weight = np.exp(logs)
        weight /= weight.sum(axis=1, keepdims=True)
        spread = weight @ at**2 - (weight @ at) ** 2
        sd = float(np.sqrt(max(spread.min(), (step / 4) ** 2)))
        before = high - low
        low, high = max(low, at[inside[0]] - step), min(high, at[inside[-1]] + step)
        if high - low > before / 2:
            break
    return Room(low, high, sd)


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
