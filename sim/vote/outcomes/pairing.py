"""Two arms that share their chance: draw beside draw, and how sure their difference is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import FloatArray, IntArray

RealArray = FloatArray | IntArray


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
    """

    products: FloatArray
    higher: FloatArray
    lower: FloatArray
    weight: float

    def __add__(self, later: PairSums) -> PairSums:
        """Return the sums over the draws of both."""
        return PairSums(
            self.products + later.products,
            self.higher + later.higher,
            self.lower + later.lower,
            self.weight + later.weight,
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
    one: RealArray, other: RealArray, weights: tuple[FloatArray, FloatArray] | None = None
) -> PairSums:
    """Return the sums over a block of draws.

    Parameters
    ----------
    one, other : array [draw, quantity]
        In the two arms.
    weights : tuple of array [draw], optional
        Of the draws in each arm; by default 1 each.

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
    weight, weight_other = weights or (np.ones(draws), np.ones(draws))
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
    )
