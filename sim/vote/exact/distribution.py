"""The distribution of one count, and how it is read back from its transform."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from sim.assembly.choices import BoolArray, FloatArray, IntArray
from sim.vote.exact.convolution import ComplexArray, Weights, length_for, span


@dataclass(frozen=True)
class Distribution:
    """The distribution of one whole-number statistic of the vote.

    Attributes
    ----------
    values : array of int [value]
    mass : array [value]
        Joint with the known votes, not yet divided by their probability.
    coarse : array [value]
        The same from every second point of the quadrature.
    """

    values: IntArray
    mass: FloatArray
    coarse: FloatArray

    @property
    def known(self) -> float:
        """Probability of the known votes; 1 if there are none."""
        return float(self.mass.sum())

    @property
    def probability(self) -> FloatArray:
        """Probability of each value, given the known votes [value]."""
        return np.asarray(self.mass / self.known)

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
        chance = float(self.mass[holds].sum() / self.known)
        coarse = float(self.coarse[holds].sum() / self.coarse.sum())
        return min(max(chance, 0.0), 1.0), abs(chance - coarse)


def inverted(transforms: ComplexArray, weights: Weights, states: int) -> Distribution:
    """Return the distribution whose transforms are given.

    Parameters
    ----------
    transforms : array of complex [2, frequency]
        Summed with the finer and the coarser weights.
    weights : tuple of int
        What was counted.
    states : int
        How many could be counted.

    Examples
    --------
    >>> even = np.fft.rfft([0.5, 0.5])
    >>> inverted(np.stack([even, even]), (1, 0, 0, 0), 1).probability
    array([0.5, 0.5])
    """
    values = span(weights, states)
    mass = scipy.fft.irfft(transforms, length_for(weights, states), axis=1)[:, : len(values)]
    fine, coarse = np.maximum(mass, 0)
    return Distribution(values, fine, coarse)
