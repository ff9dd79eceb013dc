"""The chances of one arm, computed or counted, and what sums up a distribution of counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import FloatArray

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
NINETY = 1.645
"""Standard deviations from the middle to either end of the 90 % range of a normal distribution."""


@dataclass(frozen=True)
class ArmChances:
    """What one arm's outcome may be: computed with no sampling of votes, or the shares of draws.

    Attributes
    ----------
    tallies : array [choice, votes]
        Probability of each count.
    margins : array [margin]
        Probability of each margin, yes less no, from minus all states to all.
    states : array [state, choice]
        Probability of each vote.
    adopted, error : float
        Chance of adoption, and the bound of its error if computed, its standard error if counted.
    known : float
        Chance that the known votes had, if computed; 1 if there are none.
    """

    tallies: FloatArray
    margins: FloatArray
    states: FloatArray
    adopted: float
    error: float
    known: float = 1.0

    @property
    def lowest_margin(self) -> int:
        """The margin if every state says no [votes]."""
        return -(len(self.margins) // 2)


def summary(weights: FloatArray, *, lowest: int = 0) -> dict[str, float]:
    """Return mean, standard deviation and quantiles of a distribution over whole numbers.

    Parameters
    ----------
    weights : array [value]
        Probability or count of each value, from `lowest` up.
    lowest : int
        The first value.

    Returns
    -------
    dict
        A quantile is the least value that at least that share of the weight does not exceed.

    Examples
    --------
    >>> summary(np.array([1, 0, 1]))["mean"], summary(np.array([1, 0, 1]))["q25"]
    (1.0, 0)
    """
    share = weights / weights.sum()
    values = lowest + np.arange(len(share))
    mean = float(share @ values)
    below = np.cumsum(share)
    # sums of many small shares fall short of a round quantile by rounding alone
    places = {name: int(np.searchsorted(below, q - 1e-12)) for name, q in QUANTILES.items()}
    return {
        "mean": mean,
        "sd": float(np.sqrt(max(share @ (values - mean) ** 2, 0.0))),
        **{name: int(values[place]) for name, place in places.items()},
    }


def expected(weights: FloatArray) -> float:
    """Return the mean of a distribution over the counts from 0 up.

    Examples
    --------
    >>> expected(np.array([1, 0, 1]))
    1.0
    """
    return float(weights @ np.arange(len(weights)) / weights.sum())


def reaching(weights: FloatArray, at_least: int) -> float:
    """Return the chance that a count reaches a mark.

    Examples
    --------
    >>> reaching(np.array([1, 2, 1]), 1)
    0.75
    """
    return float(weights[at_least:].sum() / weights.sum())
