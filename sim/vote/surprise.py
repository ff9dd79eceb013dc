"""When known votes surprise: beside what so many votes of these states ordinarily come to.

Of many votes together every outcome has a small chance, so a small chance says nothing by itself.
Votes surprise where a few of them are less likely than so many votes should hold, or where all
together are much less likely than their entropy: the log chance to expect if they were independent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.special import bdtrc, xlogy

from sim.assembly.choices import FloatArray

UNLIKELY = 0.02
"""A vote that was held less likely surprises."""
SPREADS = 2.0
"""So many standard deviations of the log chance of several votes are ordinary."""
FEW = 4
"""Votes that may surprise by themselves among many others."""


def surprising_below(probabilities: FloatArray, known: Mapping[int, int]) -> float:
    """Return the chance of all known votes together below which they surprise.

    Parameters
    ----------
    probabilities : array [state, choice]
        Before any vote was known.
    known : mapping of state row to choice

    Examples
    --------
    Of one vote it is `UNLIKELY`. It is less for two that are as likely as not, and not for one that
    was held hardly possible and another:

    >>> held = np.array([[0.5, 0.0, 0.5, 0.0], [0.5, 0.0, 0.5, 0.0], [0.999, 0.0, 0.001, 0.0]])
    >>> [round(surprising_below(held, votes), 3) for votes in ({0: 2}, {0: 2, 1: 0}, {0: 0, 2: 2})]
    [0.02, 0.01, 0.02]
    """
    rows = np.array(list(known), dtype=int)
    held = probabilities[rows, np.array(list(known.values()), dtype=int)]
    order = np.argsort(held, kind="stable")
    least = held[order[:FEW]]
    as_many = bdtrc(np.arange(len(least)), len(rows), least)  # at least one, two, ... so unlikely
    others = probabilities[rows[order[1:]]]
    entropy = -xlogy(others, others).sum(axis=1)
    squared = (xlogy(others, others) ** 2 / np.where(others > 0, others, 1)).sum(axis=1)
    spread = math.sqrt(max(float((squared - entropy**2).sum()), 0.0))
    ordinary = math.exp(-float(entropy.sum()) - max(-math.log(UNLIKELY), SPREADS * spread))
    return UNLIKELY if (as_many < UNLIKELY).any() else ordinary
