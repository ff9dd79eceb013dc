"""How each state voted last on texts like the one in question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import LETTERS
from sim.models import Question

MOST = 5
"""Roll calls looked back on."""
CLOSE, LEAST = 0.5, 0.3
"""Looked back on is what is at least half as alike as the likest, and alike enough by itself: a
text like no other has no last vote."""

SAME = 0.9
"""Where a text is as alike as this, it has been voted on: only such votes are looked back on."""
OLDEST = 10
"""Where a text has not been voted on, states have other governments since votes so old [years]."""
SOMEWHAT = 0.1
"""Texts that are less alike share common words alone, and are not shown as like texts."""


@dataclass(frozen=True)
class LastVotes:
    """Votes of all states on the newest precedents.

    Attributes
    ----------
    symbols : tuple of str [roll call]
        Newest first.
    likeness : tuple of float [roll call]
        Of each to the text.
    letters : tuple of str [state]
        One letter a roll call: yes, abstention, no, X not voting, ? not a member or not recorded.
    """

    symbols: tuple[str, ...]
    likeness: tuple[float, ...]
    letters: tuple[str, ...]


def last_votes(question: Question, *, most: int = MOST) -> LastVotes:
    """Return the states' votes on the newest precedents that are nearly as alike as the likest.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> found = last_votes(resolve("jerusalem-2017").question, most=2)
    >>> found.symbols, found.letters[0]
    (('72/15', '71/25'), 'YY')
    """
    likest = max((one.likeness for one in question.precedents), default=0.0)
    least, oldest = (SAME, np.inf) if likest >= SAME else (max(CLOSE * likest, LEAST), OLDEST)
    cited = (one for one in question.precedents if one.likeness >= least and one.age <= oldest)
    alike = {one.row: one for one in cited}
    newest = sorted(alike.values(), key=lambda one: (one.age, one.symbol))[:most]
    votes = question.record.votes[[one.row for one in newest]]
    letters = ("".join(_letter(vote) for vote in state) for state in votes.T.tolist())
    symbols, likeness = (one.symbol for one in newest), (one.likeness for one in newest)
    return LastVotes(tuple(symbols), tuple(likeness), tuple(letters))


def _letter(vote: int) -> str:
    return LETTERS[vote] if vote >= 0 else "?"
