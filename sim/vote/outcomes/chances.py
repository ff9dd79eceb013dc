"""The chances of one arm, computed or counted, and what sums up a distribution of counts."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np

from sim.assembly.choices import Choice, FloatArray, IntArray

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
NINETY = 1.645
"""Standard deviations from the middle to either end of the 90 % range of a normal distribution."""
NINETY_FIVE = 1.96
"""The same of the 95 % range."""
FEW_DRAWS = 1000
"""Fewer draws that carry weight are few: what they alone say is said with care."""


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
    other : array [choice, votes] or None
        If computed, `tallies` as far off as they may be: towards those from fewer points.
    effective : float
        If counted, as many draws of equal weight would tell as much.
    """

    tallies: FloatArray
    margins: FloatArray
    states: FloatArray
    adopted: float
    error: float
    known: float = 1.0
    other: FloatArray | None = None
    effective: float = nan

    def reaching(self, choice: Choice, at_least: int) -> tuple[float, float]:
        """Return the chance that a count reaches a mark, and its error as that of `adopted` is.

        Examples
        --------
        >>> half = np.full((4, 2), 0.5)
        >>> drawn = ArmChances(half, half[0], half, 0.5, 0.0, effective=100.0)
        >>> [round(each, 3) for each in drawn.reaching(Choice.YES, 1)]
        [0.5, 0.05]
        """
        chance = reaching(self.tallies[choice], at_least)
        if self.other is not None:
            return chance, abs(chance - reaching(self.other[choice], at_least))
        return chance, float(share_error(chance, self.effective))

    def off(self, choice: Choice) -> int:
        """Return how far an end of the ranges of a count may be off, at most [votes].

        Of draws it is how far the quantiles lie that are a standard error more and less likely.

        Examples
        --------
        >>> half = np.full((4, 2), 0.5)
        >>> ArmChances(half, half[0], half, 0.5, 0.0, other=half).off(Choice.YES)
        0
        """
        shares = np.array([*QUANTILES.values()])
        if self.other is not None:
            gap = _places(self.other[choice], shares) - _places(self.tallies[choice], shares)
            return int(np.abs(gap).max())
        spread = np.sqrt(shares * (1 - shares) / self.effective)
        low, high = (_places(self.tallies[choice], shares + step) for step in (-spread, spread))
        return int(np.ceil((high - low) / 2).max())

    @property
    def lowest_margin(self) -> int:
        """The margin if every state says no [votes]."""
        return -(len(self.margins) // 2)


def few(draws: float) -> bool:
    """Return whether so many draws of equal weight are too few to take their shares as chances.

    Examples
    --------
    >>> few(10), few(20_000)
    (True, False)
    """
    return draws < FEW_DRAWS


def supported(share: float, draws: float) -> float:
    """Return the chance that words may go by: where draws are few, that nearest to even.

    Of those in the 95 % interval of the share (Wilson 1927, doi:10.2307/2276774).

    Parameters
    ----------
    share : float
        Of the draws.
    draws : float
        As many of equal weight; infinitely many where the chance is computed.

    Examples
    --------
    >>> [round(supported(1.0, draws), 2) for draws in (1, 10, 100, 1000)]
    [0.5, 0.72, 0.96, 1.0]
    >>> round(supported(0.0, 10), 2), supported(0.3, 5)
    (0.28, 0.5)
    """
    if not few(draws):
        return share
    pull = NINETY_FIVE**2 / draws
    middle = (share + pull / 2) / (1 + pull)
    half = NINETY_FIVE * sqrt(share * (1 - share) / draws + pull / (4 * draws)) / (1 + pull)
    return (
        min(max(middle - half, 0.5), share) if share > 0.5 else max(min(middle + half, 0.5), share)
    )


def supported_shares(shares: FloatArray, draws: float) -> FloatArray:
    """Return the chances of several outcomes that words may go by; they sum to 1 as before.

    Where draws are few they are pulled to even: each as the middle of the interval of `supported`,
    with the pull shared out.

    Parameters
    ----------
    shares : array [outcome]
        Of the draws.
    draws : float
        As for `supported`.

    Examples
    --------
    >>> supported_shares(np.array([1.0, 0.0, 0.0]), 1).round(2)
    array([0.47, 0.26, 0.26])
    >>> supported_shares(np.array([0.7, 0.2, 0.1]), 1000)
    array([0.7, 0.2, 0.1])
    """
    if not few(draws):
        return shares
    pull = NINETY_FIVE**2 / draws
    return np.asarray((shares + pull / len(shares)) / (1 + pull))


def share_error(share: FloatArray | float, draws: float) -> FloatArray:
    """Return the standard error of a share of draws; never 0, for what all n show may be 1 - 1/n.

    The share is pulled by one draw each way before its error is taken.

    Parameters
    ----------
    share : array or float
        Of the weight of the draws.
    draws : float
        As many of equal weight.

    Examples
    --------
    >>> [round(float(share_error(0.0, draws)), 6) for draws in (1, 10, 20_000)]
    [0.471405, 0.087401, 5e-05]
    >>> share_error(0.5, 100).round(3)
    np.float64(0.05)
    """
    pulled = (np.asarray(share) * draws + 1) / (draws + 2)
    return np.asarray(np.sqrt(pulled * (1 - pulled) / draws))[()]


def _places(weights: FloatArray, shares: FloatArray) -> IntArray:
    """Return the least counts that at least such shares do not exceed."""
    below = np.cumsum(weights / weights.sum())
    # sums of many small shares fall short of a round quantile by rounding alone
    return np.minimum(np.searchsorted(below, np.clip(shares, 0, 1) - 1e-12), len(below) - 1)


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
    places = dict(zip(QUANTILES, _places(share, np.array([*QUANTILES.values()])), strict=True))
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
