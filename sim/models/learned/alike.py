"""Which states vote alike, seen from some years of roll calls."""

from __future__ import annotations

import numpy as np

from sim.assembly.choices import BoolArray, FloatArray, VoteArray
from sim.models.history import scores

YEARS = 3
"""How many years of roll calls are looked at [years]."""
NEIGHBOURS = 20
DIMENSIONS = 5
_SCALE = 0.06
_PRIOR, _PRIOR_DIFFERENCE = 5, 0.5
_ROUNDS, _SHRINK = 8, 0.9


def neighbours(votes: VoteArray) -> FloatArray:
    """Return how much each state looks at each other, rows summing to 1 [state, state].

    Two states are close if their scores (yes 1, abstention 0, no -1) differ little on the roll
    calls where both voted: the mean squared difference, pulled to 1/2 by five pseudo-votes. Each
    state looks at its `NEIGHBOURS` closest.

    Parameters
    ----------
    votes : array of int8 [roll call, state]

    Examples
    --------
    >>> votes = np.array([[0, 0, 2]] * 40, np.int8)
    >>> neighbours(votes)[0].round(3)
    array([0., 1., 0.])
    """
    both = _present(votes).astype(float)
    score = scores(votes) * both
    squares = score**2
    apart = squares.T @ both + both.T @ squares - 2 * score.T @ score
    distance = (apart + _PRIOR * _PRIOR_DIFFERENCE) / (both.T @ both + _PRIOR)
    np.fill_diagonal(distance, np.inf)
    weight = np.exp(-distance / _SCALE)
    if len(weight) > NEIGHBOURS:
        least = -np.partition(-weight, NEIGHBOURS - 1, axis=1)[:, NEIGHBOURS - 1 : NEIGHBOURS]
        weight = np.where(weight >= least, weight, 0)
    return np.asarray(weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-9))


def vectors(votes: VoteArray) -> FloatArray:
    """Return a constant and `DIMENSIONS` coordinates of each state [state, 1 + dimension].

    From a singular value decomposition of scores less the roll call's mean, absent cells at the
    shrunk fit of the round before.

    Parameters
    ----------
    votes : array of int8 [roll call, state]

    Examples
    --------
    >>> vectors(np.zeros((2, 30), np.int8)).shape
    (30, 6)
    """
    present = _present(votes)
    kept = present.sum(axis=1) > 20
    present, score = present[kept], (scores(votes) * present)[kept]
    count = np.maximum(present.sum(axis=1, keepdims=True), 1)
    score = (score - score.sum(axis=1, keepdims=True) / count) * present
    found = np.zeros((votes.shape[1], DIMENSIONS))
    fit = np.zeros_like(score)
    for _ in range(_ROUNDS if len(score) else 0):
        left, size, right = np.linalg.svd(np.where(present, score, fit), full_matrices=False)
        fit = _SHRINK * (left[:, :DIMENSIONS] * size[:DIMENSIONS]) @ right[:DIMENSIONS]
        found[:, : len(size)] = right[:DIMENSIONS].T * np.sqrt(votes.shape[1])
    found *= np.where(found.sum(axis=0) < 0, -1, 1)
    return np.hstack([np.ones((len(found), 1)), found])


def _present(votes: VoteArray) -> BoolArray:
    return np.asarray((votes >= 0) & (votes < 3))
