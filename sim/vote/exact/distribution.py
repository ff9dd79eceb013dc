"""The distribution of one count, and how it is read back from its transform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft

from sim.assembly.choices import BoolArray, Choice, FloatArray, IntArray
from sim.vote.exact.convolution import ComplexArray, Weights, added_by, length_for, span

TURNS, STEEPEST = 50, 20.0
"""Steps towards a mean at most; by the exponential of how much one multiplies a probability at
most, so that a step from a narrow distribution does not overshoot."""


@dataclass(frozen=True)
class Distribution:
    """The distribution of one whole-number statistic of the vote.

    Attributes
    ----------
    values : array of int [value]
    probability : array [value]
        Of each value, given the known votes.
    coarse : array [value]
        The same from every second point of the quadrature.
    """

    values: IntArray
    probability: FloatArray
    coarse: FloatArray

    @property
    def mean(self) -> float:
        """The expected value."""
        return float(self.probability @ self.values)

    def with_mean(self, mean: float) -> Distribution:
        """Return the distribution tilted a little, so that it has a mean that is known better.

        Each probability is multiplied by an exponential of its value, the least change that does
        it (Csiszar 1975, doi:10.1214/aop/1176996454); a mean at an end leaves the end alone.

        Examples
        --------
        >>> half = np.array([0.5, 0.5])
        >>> Distribution(np.arange(2), half, half).with_mean(0.51).probability.round(12)
        array([0.49, 0.51])
        """
        some = self.probability > 0
        before, at = self.probability[some], self.values[some] - mean
        most = STEEPEST / max(float(np.abs(at).max(initial=0)), 1.0)
        tilted, slope, low, high = before, 0.0, -np.inf, np.inf
        for _ in range(TURNS):
            off = float(tilted @ at)
            if abs(off) < 1e-12:
                break
            low, high = (low, slope) if off > 0 else (slope, high)
            spread = max(float(tilted @ at**2) - off**2, 1e-14)
            step = float(np.clip(-off / spread, -most, most))
            slope = slope + step if low < slope + step < high else (low + high) / 2
            tilted = before * np.exp(slope * at - (slope * at).max())
            tilted = tilted / tilted.sum()
        found = np.zeros_like(self.probability)
        found[some] = tilted
        return Distribution(self.values, found, self.coarse)

    def chance(self, holds: BoolArray) -> tuple[float, float]:
        """Return the probability of the values marked, and its error bound.

        Parameters
        ----------
        holds : array of bool [value]

        Returns
        -------
        probability, error : float
            The error is an estimate, the difference to the coarser quadrature: as a rule more than
            the true one.
        """
        chance, coarse = (float(each[holds].sum()) for each in (self.probability, self.coarse))
        return min(max(chance, 0.0), 1.0), abs(chance - coarse)


def inverted(
    transforms: ComplexArray, weights: Weights, states: int, known: Sequence[Choice] = ()
) -> Distribution:
    """Return the distribution whose transforms are given.

    Parameters
    ----------
    transforms : array of complex [2, frequency]
        Summed with the finer and the coarser weights.
    weights : tuple of int
        What was counted.
    states : int
        How many there are.
    known : sequence of Choice
        Known votes, which are not in the transforms.

    Examples
    --------
    >>> even = np.fft.rfft([0.5, 0.5])
    >>> inverted(np.stack([even, even]), (1, 0, 0, 0), 1).probability
    array([0.5, 0.5])
    """
    values, free = span(weights, states), span(weights, states - len(known))
    first = int(free[0]) + added_by(weights, known) - int(values[0])
    found = np.zeros((2, len(values)))
    length = length_for(weights, states - len(known))
    mass = scipy.fft.irfft(transforms, length, axis=1)
    found[:, first : first + len(free)] = np.maximum(mass[:, : len(free)], 0)
    fine, coarse = found / found.sum(axis=1, keepdims=True)
    return Distribution(values, fine, coarse)
