"""Figures with their standard errors: days are drawn again, and everything with them.

States vote together, so the votes of a roll call are one observation, not 193; and on most days
many roll calls are taken by the same delegates, so those of a day are drawn together (a cluster
bootstrap; Efron & Tibshirani 1993, ISBN 0-412-04231-2). Two forecasters are compared on the same
resamples.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.assembly.choices import FloatArray
from sim.vote import chance

RESAMPLES, SEED = 1000, 20250224


@dataclass(frozen=True)
class Statistic:
    """A figure made from sums over roll calls.

    Attributes
    ----------
    terms : array [roll call, term]
        What is summed.
    figure : callable
        Makes the figure of sums [..., term].
    """

    terms: FloatArray
    figure: Callable[[FloatArray], FloatArray]

    @classmethod
    def ratio(cls, amount: FloatArray, count: FloatArray) -> Statistic:
        """Return one sum divided by another: the mean over what is counted.

        Parameters
        ----------
        amount, count : array [roll call]

        Examples
        --------
        >>> mean = Statistic.ratio(np.array([1.0, 5.0]), np.array([1.0, 2.0]))
        >>> float(mean.value)
        2.0
        """
        return cls(np.stack([amount, count], axis=1), _ratio)

    @classmethod
    def mean_share(cls, hits: FloatArray, cases: FloatArray) -> Statistic:
        """Return the mean over classes of the share of cases hit: balanced accuracy.

        Parameters
        ----------
        hits, cases : array [roll call, class]
            A class without a case is left out.

        Examples
        --------
        >>> float(Statistic.mean_share(np.array([[3.0, 0.0]]), np.array([[4.0, 2.0]])).value)
        0.375
        """
        return cls(np.concatenate([hits, cases], axis=1), _mean_share)

    @property
    def value(self) -> FloatArray:
        """The figure of all roll calls."""
        return np.asarray(self.figure(self.terms.sum(axis=0)))


@dataclass(frozen=True)
class Estimate:
    """A figure and its standard error."""

    value: float
    standard_error: float


@dataclass(frozen=True)
class Difference:
    """One forecaster's figure less another's, on the same roll calls.

    Attributes
    ----------
    value, standard_error : float
    q05, q95 : float
        The middle 90 % of the resamples.
    """

    value: float
    standard_error: float
    q05: float
    q95: float


def resampled_days(days: npt.ArrayLike, *, count: int = RESAMPLES, seed: int = SEED) -> FloatArray:
    """Return how often each roll call is drawn: days are drawn, as many as there are.

    Parameters
    ----------
    days : array [roll call]
        When each was taken; at least one.
    count : int
        At least 1.
    seed : int

    Returns
    -------
    array [resample, roll call]
        Read-only.

    Examples
    --------
    >>> drawn = resampled_days(["2016-12-19", "2016-12-19", "2016-12-21"], count=3)
    >>> drawn.shape, (drawn[:, 0] + drawn[:, 2]).tolist()
    ((3, 3), [2.0, 2.0, 2.0])
    """
    _, day = np.unique(days, return_inverse=True)
    return _of_days(tuple(day.tolist()), count, seed)


@functools.lru_cache(maxsize=4)
def _of_days(day: tuple[int, ...], count: int, seed: int) -> FloatArray:
    drawn = chance.resamples(seed, count=count, clusters=max(day) + 1)
    times = drawn[:, list(day)].astype(float)
    times.flags.writeable = False
    return times


def estimate(statistic: Statistic, times: FloatArray) -> Estimate:
    """Return a figure and the standard deviation of it over resamples, nan if all is of one day.

    Parameters
    ----------
    statistic : Statistic
    times : array [resample, roll call]
        As `resampled_days` gives them.

    Examples
    --------
    >>> always = Statistic.ratio(np.ones(4), np.ones(4))
    >>> estimate(always, resampled_days(range(4), count=9))
    Estimate(value=1.0, standard_error=0.0)
    """
    drawn = statistic.figure(times @ statistic.terms)
    return Estimate(float(statistic.value), _spread(drawn, statistic, times))


def difference(one: Statistic, other: Statistic, times: FloatArray) -> Difference:
    """Return how much more one figure is than another on the same roll calls.

    Examples
    --------
    >>> one = Statistic.ratio(np.array([2.0, 4.0]), np.ones(2))
    >>> other = Statistic.ratio(np.array([1.0, 3.0]), np.ones(2))
    >>> difference(one, other, resampled_days(range(2), count=9))
    Difference(value=1.0, standard_error=0.0, q05=1.0, q95=1.0)
    """
    apart = one.figure(times @ one.terms) - other.figure(times @ other.terms)
    known = apart[np.isfinite(apart)]
    low, high = np.quantile(known, (0.05, 0.95)) if len(known) else (np.nan, np.nan)
    spread = _spread(apart, one, times)
    return Difference(float(one.value - other.value), spread, float(low), float(high))


def _spread(drawn: FloatArray, of: Statistic, times: FloatArray) -> float:
    """Return the standard deviation over resamples; nan if all is of one day."""
    known, used = drawn[np.isfinite(drawn)], times[:, of.terms.any(axis=1)]
    several = len(known) > 1 and bool((used != used[:, :1]).any())
    return float(known.std(ddof=1)) if several else float("nan")


def _ratio(sums: FloatArray) -> FloatArray:
    amount, count = sums[..., 0], sums[..., 1]
    none = np.full(np.shape(count), np.nan)
    return np.asarray(np.divide(amount, count, out=none, where=count > 0))


def _mean_share(sums: FloatArray) -> FloatArray:
    hits, cases = np.split(sums, 2, axis=-1)
    there = cases > 0
    shares = np.divide(hits, cases, out=np.zeros(hits.shape), where=there)
    return _ratio(np.stack([shares.sum(axis=-1), there.sum(axis=-1)], axis=-1))
