"""Scores of the four counts of a roll call, each forecast as a distribution over whole numbers."""

from __future__ import annotations

import numpy as np

from sim.assembly.choices import BoolArray, FloatArray, IntArray

LEVELS = (0.5, 0.9)
"""Central intervals that are looked at."""
_ROUNDING = 1e-12


def crps(distributions: FloatArray, actual: IntArray) -> FloatArray:
    """Return the continuous ranked probability score [votes]; the less the better.

    Over whole numbers it is the ranked probability score of their categories: the squared distance
    of the cumulative distribution from that of what happened (Epstein 1969).

    Parameters
    ----------
    distributions : array [..., votes]
        Probability of each count from 0 up.
    actual : array of int [...]

    Examples
    --------
    >>> crps(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([1, 1]))
    array([0.25, 0.  ])
    """
    import scoringrules

    below_one = np.minimum(distributions, 1.0)
    return np.asarray(scoringrules.rps_score(np.asarray(actual) + 1, below_one), dtype=float)


def expected_counts(distributions: FloatArray) -> FloatArray:
    """Return the expected count [votes].

    Examples
    --------
    >>> expected_counts(np.array([[0.5, 0.0, 0.5]]))
    array([1.])
    """
    return np.asarray(distributions @ np.arange(distributions.shape[-1], dtype=float))


def quantiles(distributions: FloatArray, share: float) -> IntArray:
    """Return the least count that at least that share of the probability does not exceed.

    Examples
    --------
    >>> quantiles(np.array([[0.25, 0.5, 0.25]]), 0.5)
    array([1])
    """
    upto = np.cumsum(distributions, axis=-1)
    return np.asarray((upto < share - _ROUNDING).sum(axis=-1))


def pit_limits(distributions: FloatArray, actual: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the probability of a lower count than the actual one, and of one not above it.

    The probability integral transform of a count is anywhere between the two.

    Examples
    --------
    >>> pit_limits(np.array([[0.25, 0.5, 0.25]]), np.array([1]))
    (array([0.25]), array([0.75]))
    """
    upto = np.minimum(np.cumsum(distributions, axis=-1), 1)
    place = np.asarray(actual)[..., None]
    upper = np.take_along_axis(upto, place, axis=-1)[..., 0]
    lower = np.where(actual > 0, np.take_along_axis(upto, np.maximum(place - 1, 0), -1)[..., 0], 0)
    return lower, upper


def coverage(distributions: FloatArray, actual: IntArray, level: float) -> FloatArray:
    """Return how much of the actual count lies inside the central interval, from 0 to 1.

    The interval is cut through the probability of its first and last count so that it holds just
    `level`; a count on an edge is inside by the part of its probability that is. A calibrated
    forecast is inside `level` of the time on average, however few the counts it spreads over.

    Examples
    --------
    Half of the time 0 and half of the time 1; the middle half holds half of each:

    >>> coverage(np.array([[0.5, 0.5]]), np.array([1]), 0.5)
    array([0.5])
    """
    lower, upper = pit_limits(distributions, actual)
    edge = (1 - level) / 2
    inside = np.clip(np.minimum(upper, 1 - edge) - np.maximum(lower, edge), 0, None)
    width = upper - lower
    sure = ((lower >= edge) & (upper <= 1 - edge)).astype(float)
    # an actual count that was given no probability is inside if it lies between those that were
    return np.asarray(np.divide(inside, width, out=sure, where=width > _ROUNDING))


def closed_coverage(distributions: FloatArray, actual: IntArray, level: float) -> BoolArray:
    """Return whether the actual count lies between the two whole-number quantiles, both included.

    That is how intervals are printed. It is inside too often: an interval of whole numbers holds
    more than `level`, and much more where counts are small.

    Examples
    --------
    >>> closed_coverage(np.array([[0.5, 0.5]]), np.array([1]), 0.5)
    array([ True])
    """
    edge = (1 - level) / 2
    low, high = quantiles(distributions, edge), quantiles(distributions, 1 - edge)
    return np.asarray((low <= actual) & (actual <= high))
