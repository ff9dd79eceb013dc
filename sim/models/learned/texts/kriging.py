"""What earlier texts say of one when each counts for what it alone adds: kriging over texts.

Shares of the nearest texts count five texts on one matter five times. Here how a state departs from
its general record is taken for a smooth function of the text, with the likeness of titles for its
correlation, seen with noise that grows with age; the best linear prediction of it follows (simple
kriging, or the mean of a Gaussian process; Rasmussen & Williams 2006, section 2.2).
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.models.learned.pooling import HALF_LIFE_NEAR, Precedents, nearest

COUNT = 25
"""Precedents that are looked at, at most: those that the shares of the nearest texts use."""
COMMON = 0.1
"""Covariance of any two texts, beside a variance of 1 for each."""
NOISE, DOUBLES = 0.5, 0.75
"""Variance of the noise of a vote of today, and after how long it doubles [years]."""


def kriged(precedents: Precedents, general: FloatArray) -> dict[str, FloatArray]:
    """Return the score and the chance of a no that states are predicted, by name [asked, state].

    Parameters
    ----------
    precedents : Precedents
    general : array [choice, state]
        Shares of choices in a state's general record, which it is predicted without a precedent.

    Returns
    -------
    dict of str to array
        ``kr_s``, yes 1, abstention 0, no -1; ``kr_n``, no 1, else 0. Of states that are present;
        a prediction may lie a little outside.

    Examples
    --------
    A state that always says yes said no on the same text today. The weight of that is
    (1 + 0.1) / (1 + 0.1 + 0.5), so its score is 1 - 2 * 0.6875:

    >>> no, like = np.array([[[0.0], [0], [1], [0]]], np.float32), np.ones((1, 1), np.float32)
    >>> one = Precedents(no, np.zeros(1, np.int64), np.zeros(1), like, like > 0.9)
    >>> found = kriged(one, np.array([[1.0], [0], [0], [0]]))
    >>> found["kr_s"], found["kr_n"]
    (array([[-0.375]]), array([[0.6875]]))
    """
    present = general[: Choice.NON_VOTING].sum(axis=0)
    yes, against = general[Choice.YES] / present, general[Choice.NO] / present
    usual = np.stack([yes - against, against])
    found = np.repeat(usual[None], len(precedents.likeness), axis=0)
    for asked, weights in enumerate(nearest(precedents, COUNT, HALF_LIFE_NEAR)):
        near = np.flatnonzero(weights)
        if len(near):
            found[asked] += _departure(precedents, asked, near, usual)
    return {"kr_s": found[:, 0], "kr_n": found[:, 1]}


def _departure(precedents: Precedents, asked: int, near: IntArray, usual: FloatArray) -> FloatArray:
    """Return how far states are predicted to depart from their record [score or no, state]."""
    votes = precedents.choices[near]
    here = votes[:, : Choice.NON_VOTING].sum(axis=1) > 0
    seen = np.stack([votes[:, Choice.YES] - votes[:, Choice.NO], votes[:, Choice.NO]], axis=1)
    between = precedents.between(near).astype(float) + COMMON
    noise = NOISE * np.exp2(precedents.ages[near] / DOUBLES)
    between[np.diag_indices_from(between)] = 1 + COMMON + noise
    to_this = precedents.likeness[asked, near].astype(float) + COMMON
    weights = cho_solve(cho_factor(between), to_this)
    away = np.where(here[:, None], seen - usual, 0)
    return np.asarray(np.einsum("p,pks->ks", weights, away))
