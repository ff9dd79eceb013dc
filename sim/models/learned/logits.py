"""Nested ridge logits: absent or not; if present, yes or not; if not, no or abstention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from sim.assembly.choices import BoolArray, Choice, FloatArray
from sim.models.history import Float32Array
from sim.models.learned.bends import BEND, Column, feature

STAGES = ("absent", "yes", "no")
PENALTY = 30.0
"""Ridge on the coefficient of a standardised feature; the intercept is free."""
BEND_PENALTY = 300.0
"""The same of a bend, so that effects are straight unless many votes speak for a bend."""
LARGEST = 6.0
"""Standardised features are cut here [standard deviations]."""
_ROUNDS, _ENOUGH, _SMALLEST_STEP = 50, 1e-11, 1e-3
_ROUGHLY = 1e-2
"""A fit that another begins where it ended stops when a step gains less [log likelihood]."""
_SLOW = 0.01
"""After a step that gains more than this part of what the one before gained, the curvature is
computed anew."""
_LEAST, _FEW, _EVERY = 20_000, 16, 4
"""A fit to more cells than the first begins where a fit to every sixteenth of them ended, and takes
its curvature from every fourth: steps need it only roughly."""

Scales = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Logit:
    """One binary logit on standardised features.

    Attributes
    ----------
    names : tuple of str [feature]
        Of columns, or of columns beyond a bend, see `sim.models.learned.bends`.
    means, deviations, weights : array [feature]
        Mean and standard deviation of each feature, and its coefficient once standardised.
    intercept : float
    """

    names: tuple[str, ...]
    means: FloatArray
    deviations: FloatArray
    weights: FloatArray
    intercept: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for name in ("means", "deviations", "weights"):
            kept = np.array(getattr(self, name), dtype=float)
            if kept.shape != (len(self.names),):
                raise ValueError(f"{name}: {kept.shape} numbers for {len(self.names)} features")
            kept.flags.writeable = False
            object.__setattr__(self, name, kept)

    def standardised(self, column: Column) -> Float32Array:
        """Return the features in standard deviations from their means [..., feature]."""
        return np.stack(list(self.each(column)), axis=-1)

    def each(self, column: Column) -> Iterator[Float32Array]:
        """Yield each feature in standard deviations from its mean [...]."""
        for name, mean, deviation in zip(self.names, self.means, self.deviations, strict=True):
            away = (feature(column, name) - np.float32(mean)) / np.float32(deviation)
            yield np.clip(away, -LARGEST, LARGEST).astype(np.float32)

    def terms(self, column: Column) -> FloatArray:
        """Return what each feature adds to the log odds [..., feature]."""
        return np.asarray(self.standardised(column).astype(float) * self.weights)

    def log_odds(self, column: Column) -> FloatArray:
        """Return the log odds [...]."""
        # einsum sums each cell alone, so no cell depends on which others are asked about with it
        table = self.standardised(column).astype(float)
        return np.asarray(self.intercept + np.einsum("...f,f->...", table, self.weights))


@dataclass(frozen=True)
class NestedLogits:
    """The three logits that give the four probabilities.

    Examples
    --------
    >>> even = Logit((), np.empty(0), np.empty(0), np.empty(0), 0.0)
    >>> NestedLogits(even, even, even).probabilities(lambda name: np.zeros(1), shape=(1,))
    array([[0.25 , 0.125, 0.125, 0.5  ]])
    """

    absent: Logit
    yes: Logit
    no: Logit

    @property
    def stages(self) -> tuple[Logit, Logit, Logit]:
        """The three in order."""
        return self.absent, self.yes, self.no

    def probabilities(self, column: Column, *, shape: tuple[int, ...] = ()) -> FloatArray:
        """Return the probability of each choice [..., choice].

        Parameters
        ----------
        column : callable
            Gives a feature by name [...].
        shape : tuple of int
            Of the answer without the choices, if there may be no feature to tell it.
        """
        odds = [
            logit.log_odds(column) if logit.names else np.full(shape, logit.intercept)
            for logit in self.stages
        ]
        return choices_from(*odds)


def choices_from(absent: FloatArray, yes: FloatArray, no: FloatArray) -> FloatArray:
    """Return the probability of each choice from the three log odds [..., choice].

    Examples
    --------
    >>> choices_from(np.array(-50.0), np.array(0.0), np.array(50.0)).round(3)
    array([0.5, 0. , 0.5, 0. ])
    """
    away, for_it, against = (
        1 / (1 + np.exp(-np.clip(odds, -30, 30))) for odds in (absent, yes, no)
    )
    here, other = 1 - away, 1 - for_it
    return np.stack(
        [here * for_it, here * other * (1 - against), here * other * against, away], axis=-1
    )


def fit_nested(
    column: Column,
    votes: npt.NDArray[np.integer],
    weights: FloatArray,
    *,
    names: Sequence[Sequence[str]],
    scales: Scales | None = None,
) -> NestedLogits:
    """Return the logits that fit votes best.

    Parameters
    ----------
    column : callable
        Gives a feature by name [cell].
    votes : array of int [cell]
        Each a `Choice`.
    weights : array [cell]
        How much each cell counts.
    names : sequence of sequence of str
        The features of each stage.
    scales : dict, optional
        Mean and standard deviation of features of these cells, which another fit may share.

    Examples
    --------
    Of 8 cells 4 are absent; of the others 2 say yes, 1 abstains and 1 says no:

    >>> votes = np.array([0, 0, 1, 2, 3, 3, 3, 3])
    >>> found = fit_nested(lambda name: np.zeros(8), votes, np.ones(8), names=[["lr"]] * 3)
    >>> found.probabilities(lambda name: np.zeros(1)).round(4) + 0.0
    array([[0.25 , 0.125, 0.125, 0.5  ]])
    """
    scales = {} if scales is None else scales
    spoke = votes != Choice.NON_VOTING
    against = spoke & (votes != Choice.YES)
    cells = (np.ones(len(votes), bool), spoke, against)
    hits = (Choice.NON_VOTING, Choice.YES, Choice.NO)
    fitted = []
    for stage, kept, hit in zip(names, cells, hits, strict=True):
        like = _standard(column, stage, scales)
        table = _table(column, like, kept)
        fitted.append(fit_logit(table, votes[kept] == hit, weights[kept], like=like))
    return NestedLogits(*fitted)


def fit_logit(
    table: FloatArray,
    hit: BoolArray,
    weights: FloatArray,
    *,
    like: Logit,
    penalty: float = PENALTY,
) -> Logit:
    """Return a ridge logit, by Newton's method with step halving.

    Parameters
    ----------
    table : array [cell, 1 + feature]
        Ones, and the standardised features.
    hit : array of bool [cell]
    weights : array [cell]
    like : Logit
        Names, means and standard deviations of the features.
    penalty : float
        Half of it times the sum of squared coefficients is added to the weighted log loss; for
        bends it is `BEND_PENALTY`.

    Examples
    --------
    Of 4 cells 3 hit, so the log odds are log 3:

    >>> none = Logit((), np.empty(0), np.empty(0), np.empty(0), 0.0)
    >>> hit = np.array([True, True, True, False])
    >>> round(fit_logit(np.ones((4, 1)), hit, np.ones(4), like=none).intercept, 4)
    1.0986
    """
    ridge = np.array([1e-6, *(BEND_PENALTY if BEND in name else penalty for name in like.names)])
    given = table, hit.astype(float), np.asarray(weights, float)
    start = np.zeros(table.shape[1])
    if len(hit) > _LEAST:
        cells, hits, counted = (each[::_FEW] for each in given)
        start = _newton(cells, hits, counted * _FEW, ridge, start, enough=_ROUGHLY)
    found = _newton(*given, ridge, start)
    return Logit(like.names, like.means, like.deviations, found[1:], float(found[0]))


def _newton(
    table: FloatArray,
    hit: FloatArray,
    weights: FloatArray,
    ridge: FloatArray,
    start: FloatArray,
    *,
    enough: float = _ENOUGH,
) -> FloatArray:
    """Return the coefficients, in double precision: no sum's order shows in a forecast.

    The curvature costs most, so it is kept for as long as steps with it gain.
    """

    def loss(beta: FloatArray) -> tuple[FloatArray, float]:
        odds = table @ beta
        # log(1 + exp(odds)), in functions that the processor does many at a time of
        missed = np.maximum(odds, 0) + np.log(1 + np.exp(-np.abs(odds)))
        cost = weights @ (missed - hit * odds) + 0.5 * ridge @ beta**2
        return odds, float(cost)

    beta, curve, before = start, None, np.inf
    every = _EVERY if len(hit) > _LEAST else 1
    odds, cost = loss(beta)
    for _ in range(_ROUNDS):
        chance = expit(odds)
        slope = table.T @ (weights * (hit - chance)) - ridge * beta
        if curve is None:
            some = slice(None, None, every)
            bend = every * weights[some] * np.maximum(chance * (1 - chance), 1e-5)[some]
            scaled = table[some] * np.sqrt(bend)[:, None]
            curve = scaled.T @ scaled + np.diag(ridge)
        step, size = np.linalg.solve(curve, slope), 1.0
        while size > _SMALLEST_STEP:
            new_odds, new_cost = loss(beta + size * step)
            if new_cost <= cost:
                break
            size /= 2
        else:
            return beta
        beta, odds, cost = beta + size * step, new_odds, new_cost
        gain = float(slope @ step)
        if gain < enough:
            break
        if gain > _SLOW * before or size < 1:
            curve = None
        before = gain
    return beta


def _standard(column: Column, names: Sequence[str], scales: Scales) -> Logit:
    for name in names:
        if name not in scales:
            values = feature(column, name)
            scales[name] = float(values.mean()), float(values.std()) + 1e-6
    means, deviations = np.array([scales[name] for name in names]).reshape(-1, 2).T
    return Logit(tuple(names), means, deviations, np.zeros(len(names)), 0.0)


def _table(column: Column, like: Logit, kept: BoolArray) -> FloatArray:
    """Return ones and the standardised features of some cells, a feature after the other."""
    table = np.empty((int(kept.sum()), 1 + len(like.names)), order="F")
    table[:, 0] = 1
    for place, values in enumerate(like.each(column), start=1):
        table[:, place] = values[kept]
    return table
