"""Nested ridge logits: absent or not; if present, yes or not; if not, no or abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
_ROUNDS, _ENOUGH, _SMALLEST_STEP = 50, 1e-8, 1e-3
_FEW, _LEAST = 16, 20_000
"""A fit to more cells than the second begins where a fit to every sixteenth of them ended."""


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
        found = [
            np.clip(
                (feature(column, name) - np.float32(mean)) / np.float32(deviation),
                -LARGEST,
                LARGEST,
            )
            for name, mean, deviation in zip(self.names, self.means, self.deviations, strict=True)
        ]
        return np.stack(found, axis=-1).astype(np.float32)

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

    Examples
    --------
    Of 8 cells 4 are absent; of the others 2 say yes, 1 abstains and 1 says no:

    >>> votes = np.array([0, 0, 1, 2, 3, 3, 3, 3])
    >>> found = fit_nested(lambda name: np.zeros(8), votes, np.ones(8), names=[["lr"]] * 3)
    >>> found.probabilities(lambda name: np.zeros(1)).round(4) + 0.0
    array([[0.25 , 0.125, 0.125, 0.5  ]])
    """
    spoke = votes != Choice.NON_VOTING
    against = spoke & (votes != Choice.YES)
    cells = (np.ones(len(votes), bool), spoke, against)
    hits = (Choice.NON_VOTING, Choice.YES, Choice.NO)
    fitted = []
    for stage, kept, hit in zip(names, cells, hits, strict=True):
        like = _standard(column, stage)
        table = like.standardised(column)[kept]
        fitted.append(fit_logit(table, votes[kept] == hit, weights[kept], like=like))
    return NestedLogits(*fitted)


def fit_logit(
    features: Float32Array,
    hit: BoolArray,
    weights: FloatArray,
    *,
    like: Logit,
    penalty: float = PENALTY,
) -> Logit:
    """Return a ridge logit, by Newton's method with step halving.

    Parameters
    ----------
    features : array [cell, feature]
        Standardised.
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
    >>> round(fit_logit(np.empty((4, 0)), hit, np.ones(4), like=none).intercept, 4)
    1.0986
    """
    table = np.column_stack([np.ones(len(hit)), features])
    ridge = np.array([1e-6, *(BEND_PENALTY if BEND in name else penalty for name in like.names)])
    given = table, hit.astype(float), np.asarray(weights, float)
    start = np.zeros(table.shape[1])
    if len(hit) > _LEAST:
        cells, hits, counted = (each[::_FEW] for each in given)
        start = _newton(cells, hits, counted * _FEW, ridge, start)
    found = _newton(*given, ridge, start)
    return Logit(like.names, like.means, like.deviations, found[1:], float(found[0]))


def _newton(
    table: FloatArray, hit: FloatArray, weights: FloatArray, ridge: FloatArray, start: FloatArray
) -> FloatArray:
    """Return the coefficients, in double precision: no sum's order shows in a forecast."""

    def loss(beta: FloatArray) -> tuple[FloatArray, float]:
        odds = table @ beta
        cost = weights @ (np.logaddexp(0, odds) - hit * odds) + 0.5 * ridge @ beta**2
        return odds, float(cost)

    beta = start
    odds, cost = loss(beta)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-odds))
        slope = table.T @ (weights * (hit - chance)) - ridge * beta
        bend = weights * np.maximum(chance * (1 - chance), 1e-5)
        scaled = table * np.sqrt(bend)[:, None]
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
        if slope @ step < _ENOUGH:
            break
    return beta


def _standard(column: Column, names: Sequence[str]) -> Logit:
    columns = [feature(column, name) for name in names]
    means = np.array([float(each.mean()) for each in columns])
    deviations = np.array([float(each.std()) + 1e-6 for each in columns])
    return Logit(tuple(names), means, deviations, np.zeros(len(names)), 0.0)
