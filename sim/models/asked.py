"""Whether a recorded vote is asked for on a text that returns: from the sessions that had one.

The record holds votes alone. A session in which a title has none may have adopted the text without
a vote, or may not have had it, or had it under another title; the three cannot be told apart.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import betaincinv, betaln

from sim.assembly.choices import BoolArray, FloatArray, IntArray
from sim.models.learned.texts.titles import Texts, name_of, plain_words, spelling_key
from sim.record import Record

FIRST_SESSION, OPENS = 1945, 9
"""The first session opened in this year; each opens in this month (rule 1)."""
ENOUGH = 20
"""Roll calls in each of the last three sessions without which a gap says nothing of the title."""
RECENT = 3
VOTED_BY = (12, 20)
"""Month and day by which a session has voted on most of its annual texts."""
WHOLE = "whole"


@dataclass(frozen=True)
class VoteAsked:
    """How likely a recorded vote on a title is.

    Attributes
    ----------
    session : int
        In which it would be.
    chance, low, high : float
        And its 90 % range.
    voted : tuple of int
        Earlier sessions with a vote on the title.
    gaps : tuple of int
        Sessions since the first of them without one.
    """

    session: int
    chance: float
    low: float
    high: float
    voted: tuple[int, ...]
    gaps: tuple[int, ...]


def session_of(day: dt.date) -> int:
    """Return the session that a day is in.

    Examples
    --------
    >>> session_of(dt.date(2024, 12, 17)), session_of(dt.date(2025, 2, 24))
    (79, 79)
    """
    return day.year - FIRST_SESSION - (day.month < OPENS)


def vote_asked(record: Record, title: str, day: dt.date) -> VoteAsked | None:
    """Return how likely a recorded vote on a title is in the session of a day.

    How often all titles with the same last two sessions were voted on next, drawn towards how often
    this title was; how far is chosen so that past sessions were likeliest.

    Parameters
    ----------
    record : Record
        What is known; votes of the session itself are left out.
    title : str
    day : date

    Returns
    -------
    VoteAsked or None
        None where the title has not been voted on in two earlier sessions, or the record holds so
        few roll calls, or ends so early in the last session, that one without a vote says nothing.

    Examples
    --------
    >>> vote_asked(Record.empty(), "The Syrian Golan", dt.date(2024, 12, 4)) is None
    True
    """
    session = session_of(day)
    names, voted = _by_session(record, session)
    wanted = spelling_key(name_of(plain_words(title), WHOLE))
    if wanted not in names or voted.shape[1] < RECENT:
        return None
    own = voted[names.index(wanted)]
    if own.sum() < 2 or (_held(record, session)[-RECENT:] < ENOUGH).any():
        return None
    if record.dates.max() < np.datetime64(dt.date(session - 1 + FIRST_SESSION, *VOTED_BY)):
        return None
    at, count, said = _patterns(voted)
    pooled = (said.sum(axis=0) + 1) / (count.sum(axis=0) + 2)
    weight = _weight(count, said, pooled)
    pattern, row = at[names.index(wanted), -1], names.index(wanted)
    yes = said[row, pattern] + weight * pooled[pattern]
    no = count[row, pattern] - said[row, pattern] + weight * (1 - pooled[pattern])
    low, high = (float(betaincinv(yes, no, part)) for part in (0.05, 0.95))
    first = int(own.argmax())
    sessions = np.arange(session - voted.shape[1], session)
    return VoteAsked(
        session,
        float(yes / (yes + no)),
        low,
        high,
        tuple(sessions[own].tolist()),
        tuple(sessions[first:][~own[first:]].tolist()),
    )


def _by_session(record: Record, session: int) -> tuple[list[str], BoolArray]:
    """Return the titles, and whether each was voted on in each earlier session."""
    frame = record.roll_calls
    names_of_all = [name and spelling_key(name) for name in Texts.of(record).names]
    called, of = np.array(names_of_all, dtype=object), _sessions(record)
    plain = (frame["kind"] == WHOLE) & (frame["body"] == "") & (called != "")
    # emergency special sessions follow no year
    rows = np.flatnonzero(plain & ~frame["session"].str.contains("S") & (of < session))
    if not len(rows):
        return [], np.zeros((0, 0), bool)
    titles = called[rows].tolist()
    names = list(dict.fromkeys(titles))
    place = {name: row for row, name in enumerate(names)}
    first = int(of[rows].min())
    voted = np.zeros((len(names), session - first), bool)
    voted[[place[title] for title in titles], of[rows] - first] = True
    return names, voted


def _sessions(record: Record) -> IntArray:
    months = record.dates.astype("datetime64[M]").astype(int)
    return np.asarray(months // 12 + 1970 - FIRST_SESSION - (months % 12 + 1 < OPENS))


def _held(record: Record, session: int) -> IntArray:
    of = _sessions(record)
    return np.bincount(of[of < session], minlength=session)


def _patterns(voted: BoolArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return what two sessions before each looked like, and how often a vote followed, by title.

    Returns
    -------
    at : array [title, session + 1]
        2 if there was a vote in the last session, plus 1 if in the one before it; the last column
        is for the session to come.
    count, said : array [title, pattern]
        Sessions after each pattern, from the second after a title's first vote on; and those with a
        vote.
    """
    titles, sessions = voted.shape
    at = np.zeros((titles, sessions + 1), int)
    at[:, 1:] += 2 * voted
    at[:, 2:] += voted[:, :-1]
    # a title is one that returns from its second vote on
    known = np.asarray(np.cumsum(voted, axis=1) - voted >= 2)
    count, said = (np.zeros((titles, 4), int) for _ in range(2))
    rows, columns = np.nonzero(known)
    np.add.at(count, (rows, at[rows, columns]), 1)
    np.add.at(said, (rows, at[rows, columns]), voted[rows, columns])
    return at, count, said


def _weight(count: IntArray, said: IntArray, pooled: FloatArray) -> float:
    """Return how many sessions the rate of all titles is worth, by a beta-binomial likelihood."""
    some = count > 0
    share = np.broadcast_to(pooled, count.shape)[some]
    yes, no = said[some], (count - said)[some]

    def unlikely(log_weight: float) -> float:
        a, b = np.exp(log_weight) * share, np.exp(log_weight) * (1 - share)
        return -float((betaln(a + yes, b + no) - betaln(a, b)).sum())

    found = minimize_scalar(unlikely, bounds=(-3.0, 6.0), method="bounded")
    return float(np.exp(found.x))
