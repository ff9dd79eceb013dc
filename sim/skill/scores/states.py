"""Scores of each state's vote in each roll call.

All are proper (Gneiting & Raftery 2007, doi:10.1198/016214506000001437) but accuracy, which is
shown because people ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sim.assembly.choices import BoolArray, Choice, FloatArray, IntArray, VoteArray

FLOOR = 1e-6
"""Probabilities count as at least this in the log loss, so that no single vote decides a mean."""


@dataclass(frozen=True)
class CellScores:
    """Scores [roll call, state]; 0 where nothing is scored.

    Attributes
    ----------
    scored : array of bool
        Whether there is a vote to score.
    log_loss : array
        Minus the natural logarithm of the probability of what happened [nats].
    brier : array
        Squared errors summed over the choices, from 0 to 2.
    ranked : array
        Ranked probability score of yes > abstention > no, which is the squared errors of "yes?" and
        "no?"; of four choices that of "absent?" is added, for absence has no place in the order.
    right : array
        1 where the likeliest choice was made; of equally likely ones the first counts.
    votes, likeliest : array of int
        What happened and what was thought likeliest.
    """

    scored: BoolArray
    log_loss: FloatArray
    brier: FloatArray
    ranked: FloatArray
    right: FloatArray
    votes: IntArray
    likeliest: IntArray

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for field in fields(self):
            getattr(self, field.name).flags.writeable = False


def score_cells(probabilities: FloatArray, votes: VoteArray | IntArray) -> CellScores:
    """Return the scores of each vote.

    Parameters
    ----------
    probabilities : array [roll call, state, choice]
        Of four choices, or of three as `present_only` gives them.
    votes : array of int [roll call, state]
        Codes of `Choice`; cells below 0 are not scored.

    Examples
    --------
    >>> scores = score_cells(np.array([[[0.5, 0.25, 0.25, 0.0]] * 2]), np.array([[0, -1]]))
    >>> scores.log_loss.round(4), scores.brier, scores.ranked, scores.right
    (array([[0.6931, 0.    ]]), array([[0.375, 0.   ]]), array([[0.3125, 0.    ]]),
     array([[1., 0.]]))
    """
    import scoringrules

    scored = votes >= 0
    codes = np.where(scored, votes, 0).astype(np.int64)
    happened = codes[..., None] == np.arange(probabilities.shape[-1])
    chance = np.take_along_axis(probabilities, codes[..., None], axis=-1)[..., 0]
    squared = scoringrules.brier_score(happened.astype(float), np.clip(probabilities, 0, 1))
    likeliest = probabilities.argmax(axis=-1)
    return CellScores(
        scored=scored,
        log_loss=np.where(scored, scoringrules.log_score(1.0, np.clip(chance, FLOOR, 1)), 0),
        brier=np.where(scored, squared.sum(axis=-1), 0),
        ranked=np.where(scored, np.delete(squared, Choice.ABSTAIN, axis=-1).sum(axis=-1), 0),
        right=np.where(scored, likeliest == codes, 0).astype(float),
        votes=np.where(scored, codes, -1),
        likeliest=likeliest,
    )


def present_only(
    probabilities: FloatArray, votes: VoteArray | IntArray
) -> tuple[FloatArray, IntArray]:
    """Return probabilities given presence, and the votes of those present.

    Parameters
    ----------
    probabilities : array [roll call, state, choice]
    votes : array of int [roll call, state]

    Returns
    -------
    probabilities : array [roll call, state, choice]
        Of yes, abstention and no; even where presence was ruled out.
    votes : array of int [roll call, state]
        -1 where the state was absent or is not scored.

    Examples
    --------
    >>> given, votes = present_only(np.array([[[0.4, 0.0, 0.4, 0.2]]]), np.array([[3]]))
    >>> given, votes
    (array([[[0.5, 0. , 0.5]]]), array([[-1]]))
    """
    spoke = probabilities[..., : Choice.NON_VOTING]
    present = spoke.sum(axis=-1, keepdims=True)
    given = np.full(spoke.shape, 1 / Choice.NON_VOTING)
    np.divide(spoke, present, out=given, where=present > 0)
    return given, np.where(votes < Choice.NON_VOTING, np.maximum(votes, -1), -1).astype(np.int64)
