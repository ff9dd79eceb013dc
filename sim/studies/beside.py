"""Two arms beside each other at every strength of the effect.

Strength and distance are the same in all arms of a draw, and one number of it decides on the
positions that are open. So a difference between arms is looked at point by point, in both arms in
the positions that one draw gives them; what two arms have in common is no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import FloatArray, IntArray
from sim.studies.strengths import Strengths, grid
from sim.vote.outcomes.pairing import coupled

Ranges = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True)
class PairedArms:
    """Two arms at every strength, in the positions that one draw gives both.

    Attributes
    ----------
    pairs : tuple of (Strengths, Strengths)
    first, second : array of int [joint point]
        Which points, counted on from pair to pair, stand beside each other.
    weight : array [joint point]
    """

    pairs: tuple[tuple[Strengths, Strengths], ...]
    first: IntArray
    second: IntArray
    weight: FloatArray

    @classmethod
    def of(cls, one: Sequence[Strengths], other: Sequence[Strengths]) -> PairedArms:
        """Put two arms beside each other.

        One number of a draw decides on the position in all arms
        (`sim.vote.influence.position_of_draw`), the first positions for the lowest numbers.
        """
        ends, ends_other = (np.cumsum([each.chance for each in arm]) for arm in (one, other))
        edges = np.union1d(ends, ends_other)
        length = np.diff(edges, prepend=0)
        middle = edges - length / 2
        places = (
            np.minimum(np.searchsorted(upto, middle), len(upto) - 1) for upto in (ends, ends_other)
        )
        pairs = tuple((one[i], other[j]) for i, j in zip(*places, strict=True))
        weights = [
            np.concatenate(
                [
                    part * grid()[2] * pair[side].known
                    for part, pair in zip(length, pairs, strict=True)
                ]
            )
            for side in (0, 1)
        ]
        return cls(pairs, *coupled(*(weight / weight.sum() for weight in weights)))

    def sides(self, what: Callable[[Strengths], FloatArray]) -> tuple[FloatArray, FloatArray]:
        """Return a figure of both arms at every joint point [joint point, ...]."""
        one, other = (np.concatenate([what(pair[side]) for pair in self.pairs]) for side in (0, 1))
        return one[self.first], other[self.second]

    def difference(self, what: Callable[[Strengths], FloatArray]) -> Ranges:
        """Return mean, variance, 5 % and 95 % quantile of a difference over the strengths.

        Parameters
        ----------
        what : callable
            The figure of one arm [point, column].

        Returns
        -------
        tuple of four arrays [column]
        """
        one, other = self.sides(what)
        change = one - other
        mean = self.weight @ change
        variance = self.weight @ (change - mean) ** 2
        return mean, variance, *weighted_quantiles(change, self.weight, (0.05, 0.95))


def weighted_quantiles(
    values: FloatArray, weight: FloatArray, levels: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Return two quantiles of every column of weighted values.

    Parameters
    ----------
    values : array [point, column]
    weight : array [point]
        They sum to 1.
    levels : tuple of two floats

    Examples
    --------
    >>> fours = np.arange(4.0)[:, None]
    >>> low, high = weighted_quantiles(fours, np.full(4, 0.25), (0.125, 0.5))
    >>> float(low[0]), float(high[0])
    (0.0, 1.5)
    """
    order = np.argsort(values, axis=0, kind="stable")
    ranked, weights = np.take_along_axis(values, order, axis=0), weight[order]
    middle = np.cumsum(weights, axis=0) - weights / 2
    columns = range(values.shape[1])
    low, high = (
        np.array([np.interp(level, middle[:, each], ranked[:, each]) for each in columns])
        for level in levels
    )
    return low, high
