"""What a demand goes with in votes: a mixed model of texts, integrated over its variances.

A text's count is the level of its subject, plus what the demand brings, plus what each of its other
demands brings, plus what texts of its series share, plus what texts of its year share, plus its own
error [votes]. Levels and demand are flat: nothing pulls the estimate to zero. The other four are
normal with mean zero; their standard deviations are unknown, and every combination of `GRID` is
equally likely beforehand (restricted likelihood). A demand that mostly comes with others can hardly
be told from them, and the range is as wide as that makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.assembly.choices import FloatArray

GRID = {
    "other demands": (3.0, 8.0, 20.0, 50.0),
    "series": (1.0, 4.0, 12.0, 36.0),
    "year": (1.0, 4.0, 12.0, 36.0),
    "text": (1.0, 3.0, 6.0, 12.0),
}
"""Standard deviations tried, from hardly any to a quarter of the Assembly [votes]."""
ENDS = (0.05, 0.95)
"""Of the range: 90 %."""
STEPS = 4001
"""Points of the distribution at which a quantile is looked for."""
LEAST = 1e-6
"""Combinations of standard deviations less likely than this are left out."""


@dataclass(frozen=True)
class Effect:
    """What a demand goes with in a count, the other demands given.

    Attributes
    ----------
    mean, low, high : float
        Expected, and the ends of the 90 % range [votes].
    """

    mean: float
    low: float
    high: float


def effect_of(
    counts: FloatArray,
    asks: FloatArray,
    *,
    demand: int,
    series: Sequence[str],
    years: Sequence[int],
    subjects: Sequence[str] | None = None,
) -> Effect:
    """Return what a demand goes with in the count of a text that makes it.

    Parameters
    ----------
    counts : array [text]
        Such as yes votes.
    asks : array [text, demand]
        1 where the text makes the demand, else 0.
    demand : int
        Its column; in a subject some texts must make it, and some not.
    series : sequence of str [text]
        Texts of one series are one text that returns.
    years : sequence of int [text]
    subjects : sequence of str [text], optional
        Texts are compared with those of their own subject; by default all have the same.

    References
    ----------
    Gelman and Hill (2007), Data Analysis Using Regression and Multilevel Models, ch. 11-12; the
    level and the standard deviations are integrated over as in Box and Tiao (1973), ch. 5.

    Examples
    --------
    A demand that costs thirty votes in every one of twelve texts:

    >>> asks = np.array([[0.0], [1.0]] * 6)
    >>> counts = 120 - 30 * asks[:, 0] + np.tile([1.0, 0.0, -1.0], 4)
    >>> names = [str(at) for at in range(12)]
    >>> found = effect_of(counts, asks, demand=0, series=names, years=range(12))
    >>> found.low < -30 < found.high, round(found.mean)
    (True, -30)
    """
    sizes, factors = _factors(np.delete(asks, demand, axis=1), series, years)
    named = np.asarray([""] * len(counts) if subjects is None else subjects)
    levels = (named[:, None] == np.unique(named)).astype(float)
    fixed = np.column_stack([levels, asks[:, demand], counts])
    solved = np.linalg.solve(factors, np.broadcast_to(fixed, (len(sizes), *fixed.shape)))
    known, counted = solved[..., :-1], solved[..., -1]
    inside = np.einsum("gni,gnj->gij", known, known)
    inverse = np.linalg.inv(inside)
    means = np.einsum("gij,gnj,gn->gi", inverse, known, counted)
    left = counted - np.einsum("gni,gi->gn", known, means)
    logs = np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    fit = -logs - np.log(np.linalg.det(inside)) / 2 - (left * left).sum(axis=1) / 2
    chance = np.exp(fit - fit.max())
    chance /= chance.sum()
    low, high = _quantiles(means[:, -1], np.sqrt(inverse[:, -1, -1]), chance)
    return Effect(float(chance @ means[:, -1]), low, high)


def _factors(
    others: FloatArray, series: Sequence[str], years: Sequence[int]
) -> tuple[FloatArray, FloatArray]:
    """Return every combination of standard deviations, and what texts share given each.

    Returns
    -------
    array [combination, component], array [combination, text, text]
        The second are the Cholesky factors of the covariances.
    """
    names, days = np.asarray(series), np.asarray(years)
    same = [others @ others.T, names[:, None] == names, days[:, None] == days, np.eye(len(names))]
    shared = np.stack([np.asarray(one, dtype=float) for one in same])
    sizes = np.stack(np.meshgrid(*GRID.values(), indexing="ij"), axis=-1).reshape(-1, len(GRID))
    return sizes, np.linalg.cholesky(np.einsum("gk,kij->gij", sizes**2, shared))


def _quantiles(means: FloatArray, spread: FloatArray, chance: FloatArray) -> tuple[float, float]:
    """Return the ends of a mixture of normal distributions."""
    kept = chance > LEAST
    means, spread, chance = means[kept], spread[kept], chance[kept]
    across = np.linspace((means - 6 * spread).min(), (means + 6 * spread).max(), STEPS)
    below = ndtr((across[:, None] - means) / spread) @ (chance / chance.sum())
    low, high = np.interp(ENDS, below, across)
    return float(low), float(high)
