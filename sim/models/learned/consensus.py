"""Texts that few opposed: what states do when a vote is asked for on a text without one before.

A text that was last adopted without a vote and is now put to the vote is most often opposed by the
one or two who ask for it, while the others vote as one. The record holds votes alone, so it does
not tell which texts those are; a scenario may. States are then expected to vote as they did
on earlier texts that few opposed, whoever asked for the vote.
"""

from __future__ import annotations

import numpy as np

from sim.assembly.choices import BoolArray, Choice, FloatArray, VoteArray

FEW_AGAINST, FEW_ABSTENTIONS = 3, 12
"""A text that few opposed has at most so many noes and abstentions [votes]."""
PRIOR = 10.0
"""Pseudo-votes: of all states beside a state's own, and of these beside those with the same
position of the United States [votes]."""
STANCES = 3
"""Yes, abstain and no."""


def few_against(votes: VoteArray) -> BoolArray:
    """Return which texts were adopted with few noes and abstentions [roll call].

    Parameters
    ----------
    votes : array of int8 [roll call, state]

    Examples
    --------
    >>> texts = [(150, 12, 3), (150, 13, 2), (150, 11, 4), (3, 159, 3)]
    >>> few_against(np.array([np.repeat([0, 1, 2], text) for text in texts], np.int8))
    array([ True, False, False, False])
    """
    yes, abstain, no = ((votes == stance).sum(axis=1) for stance in range(STANCES))
    return np.asarray((no <= FEW_AGAINST) & (abstain <= FEW_ABSTENTIONS) & (yes > no + abstain))


def stances_if_few_oppose(counts: FloatArray, us: Choice | None) -> FloatArray:
    """Return how states that are present vote on a text that few oppose [state, stance].

    Parameters
    ----------
    counts : array [choice of the United States, stance, state]
        Decayed counts of earlier votes on such texts.
    us : Choice or None
        Position of the United States, if it is known.

    Examples
    --------
    Two states; the second voted no whenever the United States did, ten times:

    >>> counts = np.zeros((4, 3, 2))
    >>> counts[Choice.NO] = [[10, 0], [0, 0], [0, 10]]
    >>> stances_if_few_oppose(counts, Choice.NO).round(2)
    array([[0.88, 0.01, 0.12],
           [0.12, 0.01, 0.87]])
    """
    ever = counts.sum(axis=0).T
    all_states = ever.sum(axis=0) + np.array([1.0, 0.5, 0.5])
    own = _towards(ever, all_states / all_states.sum())
    return own if us is None else _towards(counts[us].T, own)


def _towards(votes: FloatArray, expected: FloatArray) -> FloatArray:
    found = votes + PRIOR * expected
    return np.asarray(found / found.sum(axis=1, keepdims=True))
