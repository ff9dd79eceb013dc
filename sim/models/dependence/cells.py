"""Where the latent variables of the states lay, and how probable that is given what they share.

A vote tells on which side of an edge the state's latent support lay, or between which two; presence
tells the same of its latent absence. States that have their weights in common are worked on
together, so a cell's chance depends only on its edges: thousands of cells share a few hundred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtr

from sim.assembly.choices import BoolArray, FloatArray, IntArray

FLOOR = 1e-6
"""Added to every chance, so that one vote that nobody foresaw does not decide the weights."""
LEVELS = np.linspace(-3.8, 3.8, 153)
"""Edges at which the log chance of a cell is computed; in between it is read off a straight line,
which is off by some thousandths at most. It is what makes thousands of cells cheap."""


@dataclass(frozen=True)
class Cells:
    """Where the latent variables of some states lay in each roll call.

    Attributes
    ----------
    below, above : sparse array [roll call, level]
        How many latent variables lay below, and above, each of `LEVELS`.
    within : sparse array [cell, level]
        Of the cells with two edges: the chance of lying below the higher less that of lying below
        the lower one is this times that of lying below each level.
    two : array of int [cell]
        The roll call of each of these, in order.
    """

    below: csr_array
    above: csr_array
    within: csr_array
    two: IntArray

    @classmethod
    def between(cls, low: FloatArray, high: FloatArray, scored: BoolArray) -> Cells:
        """Return the cells of some states.

        Parameters
        ----------
        low, high : array [roll call, state]
            Edges, from -3.8 to 3.8; infinite where there is none.
        scored : array of bool [roll call, state]
            The others are left out.

        Examples
        --------
        >>> low, high = np.array([[-np.inf, 0.0]]), np.array([[0.5, np.inf]])
        >>> cells = Cells.between(low, high, np.ones((1, 2), dtype=bool))
        >>> cells.below.sum(), cells.above.sum(), len(cells.two)
        (np.float64(1.0), np.float64(1.0), 0)
        """
        no_low, no_high = np.isinf(low), np.isinf(high)
        two = scored & ~no_low & ~no_high
        return cls(
            _between_levels(high, scored & no_low & ~no_high),
            _between_levels(low, scored & no_high & ~no_low),
            _at_edges(high[two]) - _at_edges(low[two]),
            np.nonzero(two)[0],
        )

    def log_chance(self, shared: FloatArray, spread: float) -> FloatArray:
        """Return the log probability of what the states did, given what they share.

        Parameters
        ----------
        shared : array [node]
            What they share, in units of the own part.
        spread : float
            Standard deviation of the shared and the own part together, in the same units.

        Returns
        -------
        array [roll call, node]

        Examples
        --------
        >>> one = Cells.between(np.zeros((1, 1)), np.full((1, 1), np.inf), np.ones((1, 1), bool))
        >>> np.exp(one.log_chance(np.array([0.0, 1.0]), 1.0)).round(3)
        array([[0.5  , 0.841]])
        """
        beyond = (LEVELS * spread)[:, None] - shared
        below = ndtr(beyond)
        found = np.asarray(self.below @ np.log(below + FLOOR))
        found += self.above @ np.log(ndtr(-beyond) + FLOOR)
        if len(self.two):
            within = np.maximum(self.within @ below, 0).astype(np.float32)
            first = np.flatnonzero(np.diff(self.two, prepend=-1))
            logs = np.log(within + np.float32(FLOOR))
            found[self.two[first]] += np.add.reduceat(logs, first, axis=0)
        return found


def _between_levels(edges: FloatArray, those: BoolArray) -> csr_array:
    """Share out each edge between the two levels around it, and count by roll call."""
    place = np.clip((edges[those] - LEVELS[0]) / (LEVELS[1] - LEVELS[0]), 0, len(LEVELS) - 1)
    left = np.minimum(place.astype(int), len(LEVELS) - 2)
    part = place - left
    roll_call = np.nonzero(those)[0]
    return csr_array(
        (
            np.concatenate([1 - part, part]),
            (np.tile(roll_call, 2), np.concatenate([left, left + 1])),
        ),
        shape=(len(those), len(LEVELS)),
    )


def _at_edges(edges: FloatArray) -> csr_array:
    """Return what gives a curve at some edges of its values at the levels, by cubics."""
    step = LEVELS[1] - LEVELS[0]
    first = np.clip(((edges - LEVELS[0]) / step).astype(int) - 1, 0, len(LEVELS) - 4)
    along = (edges - LEVELS[0]) / step - first
    parts = []
    for node in range(4):
        others = [one for one in range(4) if one != node]
        parts.append(np.prod([(along - one) / (node - one) for one in others], axis=0))
    levels = np.concatenate([first + node for node in range(4)])
    places = (np.tile(np.arange(len(edges)), 4), levels)
    return csr_array((np.concatenate(parts), places), shape=(len(edges), len(LEVELS)))
