"""Precedents put together: which count how much, and shares pulled towards wider ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import scipy.sparse as sp

from sim.assembly.choices import BoolArray, FloatArray, IntArray
from sim.models.history import Float32Array

LEAST_LIKENESS = 0.02
"""Texts that are less alike are no precedents."""
POWER = 3
"""Weight of a precedent: likeness to this power, halved with every half-life of its age."""
_TINY = 1e-4
HALF_LIFE_TITLE, HALF_LIFE_NEAREST, HALF_LIFE_NEAR = 2.0, 3.0, 4.0
"""Of the same title, the likest 5 and the likest 25 [years]."""


def _unlike(rows: IntArray) -> Float32Array:
    return np.eye(len(rows), dtype=np.float32)


@dataclass(frozen=True)
class Precedents:
    """Earlier roll calls, as some roll calls of one day see them.

    Attributes
    ----------
    choices : array [precedent, choice, state]
        1 where a state made the choice.
    us : array of int [precedent]
        What the United States did.
    ages : array [precedent]
        [years]
    likeness : array [asked, precedent]
        Of the texts, from 0 to 1.
    same : array of bool [asked, precedent]
        Same title and kind.
    between : callable
        Gives the likeness of some precedents to each other; by default they are not alike.
    """

    choices: Float32Array
    us: IntArray
    ages: FloatArray
    likeness: Float32Array
    same: BoolArray
    between: Callable[[IntArray], Float32Array] = _unlike


def novelty_of(precedents: Precedents) -> FloatArray:
    """Return 1 less the likeness of the likest earlier text [asked].

    Examples
    --------
    >>> like, none = np.array([[0.25, 0.5]], np.float32), np.zeros((2, 4, 1), np.float32)
    >>> novelty_of(Precedents(none, np.zeros(2, np.int64), np.zeros(2), like, like > 0.9))
    array([0.5])
    """
    return np.asarray(1 - precedents.likeness.max(axis=1, initial=0).astype(float))


def smoothed(counts: list[FloatArray], prior: FloatArray, weights: list[float]) -> list[FloatArray]:
    """Return shares of choices, each step pulled to the one before it [..., choice, state].

    Parameters
    ----------
    counts : list of array [..., choice, state]
        From the widest to the closest.
    prior : array [..., choice, state]
        Shares that the first step is pulled to.
    weights : list of float
        Pseudo-votes of each pull.

    Examples
    --------
    One yes, pulled to even shares by one pseudo-vote:

    >>> smoothed([np.array([[1.0], [0], [0], [0]])], np.full((4, 1), 0.25), [1.0])[0][:, 0]
    array([0.625, 0.125, 0.125, 0.125])
    """
    pulled = zip(counts, weights, strict=True)
    steps = accumulate(
        pulled,
        lambda before, step: (
            (step[0] + step[1] * before) / (step[0].sum(axis=-2, keepdims=True) + step[1])
        ),
        initial=prior,
    )
    return list(steps)[1:]


def nearest(
    precedents: Precedents, count: int, half_life: float, factor: FloatArray | None = None
) -> FloatArray:
    """Return the weights of the weightiest precedents, those of the others 0 [asked, precedent].

    Parameters
    ----------
    precedents : Precedents
    count : int
        How many are kept; ties with the last stay.
    half_life : float
        [years]
    factor : array [asked, precedent], optional
        Multiplies the weights.

    Examples
    --------
    >>> like, none = np.array([[1.0, 0.5]], np.float32), np.zeros((2, 4, 1), np.float32)
    >>> two = Precedents(none, np.zeros(2, np.int64), np.zeros(2), like, like > 0.9)
    >>> nearest(two, 2, 4.0), nearest(two, 1, 4.0)
    (array([[1.   , 0.125]], dtype=float32), array([[1., 0.]], dtype=float32))
    """
    like = np.where(precedents.likeness > LEAST_LIKENESS, precedents.likeness, 0)
    weights = like**POWER * np.exp2(-precedents.ages / half_life).astype(np.float32)
    if factor is not None:
        weights = weights * factor.astype(np.float32)
    if weights.shape[1] > count:
        least = -np.partition(-weights, count - 1, axis=1)[:, count - 1 : count]
        weights = np.where(weights >= least, weights, 0)
    return np.asarray(weights)


def same_title(precedents: Precedents, factor: FloatArray | None = None) -> FloatArray:
    """Return the weights of the precedents with the same title and kind [asked, precedent].

    Parameters
    ----------
    precedents : Precedents
    factor : array [asked, precedent], optional
        Multiplies the weights.

    Examples
    --------
    >>> like, none = np.array([[1.0, 0.5]], np.float32), np.zeros((2, 4, 1), np.float32)
    >>> two = Precedents(none, np.zeros(2, np.int64), np.array([2.0, 0.0]), like, like > 0.9)
    >>> same_title(two)
    array([[0.5, 0. ]])
    """
    weights = precedents.same * np.exp2(-precedents.ages / HALF_LIFE_TITLE)
    return np.asarray(weights if factor is None else weights * factor)


def latest(precedents: Precedents, count: int, fade: float) -> FloatArray:
    """Return weights of the latest precedents with the same title and kind [asked, precedent].

    Parameters
    ----------
    precedents : Precedents
        In order of date.
    count : int
        How many have a weight.
    fade : float
        Weight of each beside the one after it.

    Examples
    --------
    >>> like, none = np.ones((1, 3), np.float32), np.zeros((3, 4, 1), np.float32)
    >>> three = Precedents(none, np.zeros(3, np.int64), np.zeros(3), like, like > 0.9)
    >>> latest(three, 2, 0.5)
    array([[0. , 0.5, 1. ]])
    """
    rank = np.flip(np.flip(precedents.same, 1).cumsum(axis=1), 1)
    return np.where(precedents.same & (rank <= count), fade ** (rank - 1.0), 0.0)


def counts_of(weights: FloatArray, precedents: Precedents) -> FloatArray:
    """Return weighted counts of choices [asked, choice, state].

    Examples
    --------
    >>> yes = np.array([[[1.0], [0], [0], [0]]], np.float32)
    >>> one = Precedents(yes, np.zeros(1, np.int64), np.zeros(1), yes[:, 0], yes[:, 0] > 0)
    >>> counts_of(np.array([[0.5]]), one)[0, :, 0]
    array([0.5, 0. , 0. , 0. ])
    """
    shape = precedents.choices.shape
    flat = precedents.choices.reshape(shape[0], shape[1] * shape[2])
    found = sp.csr_matrix(weights.astype(np.float32)) @ flat
    return np.asarray(found, float).reshape(len(weights), *shape[1:])


def odds(name: str, shares: FloatArray, axis: int = -2) -> dict[str, FloatArray]:
    """Return log odds of absence, of yes, and of no against abstention, by name.

    Parameters
    ----------
    name : str
        How their names begin.
    shares : array
        Of the four choices, along one axis.
    axis : int

    Examples
    --------
    >>> found = odds("gen", np.array([[0.5], [0.25], [0.25], [0.0]]))
    >>> found["gen_y"].round(3), found["gen_n"].round(3)
    (array([0.]), array([0.]))
    """
    yes, abstain, no, away = np.moveaxis(shares + 0.0, axis, 0)
    return {
        f"{name}_x": np.log((away + _TINY) / (yes + abstain + no + _TINY)),
        f"{name}_y": np.log((yes + _TINY) / (abstain + no + _TINY)),
        f"{name}_n": np.log((no + _TINY) / (abstain + _TINY)),
    }
