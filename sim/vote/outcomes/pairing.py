"""Two arms that share their chance: draw beside draw, and how sure their difference is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import FloatArray, IntArray

RealArray = FloatArray | IntArray


def relative(log_weight: FloatArray | None) -> tuple[FloatArray | None, float]:
    """Return weights over the largest of them, and its log.

    Examples
    --------
    >>> weight, log_scale = relative(np.array([-1000.0, -1000.0]))
    >>> weight.tolist(), log_scale
    ([1.0, 1.0], -1000.0)
    """
    if log_weight is None or not len(log_weight):
        return log_weight, 0.0
    top = float(log_weight.max())
    return np.exp(log_weight - top), top


def in_one_unit(one: float, other: float) -> tuple[float, float, float]:
    """Return what to multiply two sums of weights by to add them, and the log of their unit.

    Examples
    --------
    >>> in_one_unit(0.0, 0.0)
    (1.0, 1.0, 0.0)
    """
    top = max(one, other)
    return math.exp(one - top), math.exp(other - top), top


def coupled(one: FloatArray, other: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Return pairs of things whose two sides weigh as two arms have it.

    Each thing is paired with itself as far as both arms weigh it, and what is left over of each
    with what is left of the other, in order.

    Parameters
    ----------
    one, other : array [thing]
        Weights in the two arms; each sums to 1.

    Returns
    -------
    first, second : array of int [pair]
    weight : array [pair]

    Examples
    --------
    >>> first, second, weight = coupled(np.array([0.75, 0.25]), np.array([0.5, 0.5]))
    >>> [(int(i), int(j), float(w)) for i, j, w in zip(first, second, weight) if w]
    [(0, 0, 0.5), (1, 1, 0.25), (0, 1, 0.25)]
    """
    same = np.arange(len(one))
    if np.array_equal(one, other):
        return same, same, one
    common = np.minimum(one, other)
    left, right = np.cumsum(one - common), np.cumsum(other - common)
    edges = np.union1d(left, right)
    length = np.diff(edges, prepend=0)
    middle, last = edges - length / 2, len(one) - 1
    return (
        np.concatenate([same, np.minimum(np.searchsorted(left, middle), last)]),
        np.concatenate([same, np.minimum(np.searchsorted(right, middle), last)]),
        np.concatenate([common, length]),
    )


@dataclass(frozen=True)
class PairSums:
    """Sums over the draws of two arms, for several quantities at once.

    Attributes
    ----------
    products : array [quantity, 5, 5]
        Products of 1, the weight of a draw in the one arm, that weight times the quantity there,
        and the same two in the other arm, summed over the draws.
    higher, lower : array [quantity]
        Weight of the pairs in which the quantity is higher, and lower, in the one arm.
    weight : float
        Of all pairs.
    log_scales : tuple of two floats
        Log of the unit of weights in either arm; pairs are in that of the other arm.
    """

    products: FloatArray
    higher: FloatArray
    lower: FloatArray
    weight: float
    log_scales: tuple[float, float] = (0.0, 0.0)

    def __add__(self, later: PairSums) -> PairSums:
        """Return the sums over the draws of both."""
        both = [in_one_unit(*each) for each in zip(self.log_scales, later.log_scales, strict=True)]
        (one, two, top), (other, more, top_other) = both
        here = np.array([1, one, one, other, other])
        there = np.array([1, two, two, more, more])
        return PairSums(
            np.outer(here, here) * self.products + np.outer(there, there) * later.products,
            other * self.higher + more * later.higher,
            other * self.lower + more * later.lower,
            other * self.weight + more * later.weight,
            (top, top_other),
        )

    @property
    def mean(self) -> FloatArray:
        """Mean in the one arm less the mean in the other [quantity]."""
        _, weight, one, weight_other, other = np.moveaxis(self.products[:, 0], 1, 0)
        return np.asarray(one / weight - other / weight_other)

    @property
    def standard_error(self) -> FloatArray:
        """Standard error of `mean` by sampling, the draws paired [quantity].

        Where votes are known a mean is a ratio of two sums; its error is that of the line that
        touches it (the delta method; Owen 2013, Monte Carlo theory, methods and examples, 9.2).
        """
        _, weight, one, weight_other, other = np.moveaxis(self.products[:, 0], 1, 0)
        slope = np.stack(
            [
                -one / weight**2,
                1 / weight,
                other / weight_other**2,
                -1 / weight_other,
            ],
            axis=1,
        )
        squared = np.einsum("qi,qij,qj->q", slope, self.products[:, 1:, 1:], slope)
        return np.asarray(np.sqrt(np.maximum(squared, 0)))


def pair_sums(
    one: RealArray, other: RealArray, log_weights: tuple[FloatArray, FloatArray] | None = None
) -> PairSums:
    """Return the sums over a block of draws.

    Parameters
    ----------
    one, other : array [draw, quantity]
        In the two arms.
    log_weights : tuple of array [draw], optional
        Of the draws in each arm; by default 0 each.

    Examples
    --------
    Of four draws one arm reaches a mark in three, the other in one of them:

    >>> sums = pair_sums(np.array([[1], [1], [1], [0]]), np.array([[1], [0], [0], [0]]))
    >>> float(sums.mean[0]), float(sums.higher[0]), float(sums.lower[0])
    (0.5, 2.0, 0.0)
    >>> float(sums.standard_error[0])  # differences 0, 1, 1, 0: sd 0.5, over the root of 4
    0.25
    """
    draws = len(one)
    none = np.zeros(draws)
    (weight, scale), (weight_other, scale_other) = map(relative, log_weights or (none, none))
    assert weight is not None
    assert weight_other is not None
    columns = np.empty((one.shape[1], 5, draws))
    columns[:, 0] = 1
    columns[:, 1], columns[:, 2] = weight, weight * one.T
    columns[:, 3], columns[:, 4] = weight_other, weight_other * other.T
    total = float(weight_other.sum())
    first, second, share = coupled(weight / weight.sum(), weight_other / total)
    change = one[first] - other[second]
    return PairSums(
        columns @ columns.transpose(0, 2, 1),
        total * (share @ (change > 0)),
        total * (share @ (change < 0)),
        total,
        (scale, scale_other),
    )
