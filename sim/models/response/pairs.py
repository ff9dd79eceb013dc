"""From a record to what a response is estimated from: the same text, voted on twice.

A pair is two consecutive votes on one whole text. A title that a session uses for several texts
names none of them, so a pair joins two sessions in each of which the title is used once.
"""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.assembly.choices import BoolArray, Choice, FloatArray, IntArray, VoteArray
from sim.assembly.members import Members
from sim.record import Record, clean_title

SCORE = np.array([1.0, 0.5, 0.0, np.nan, np.nan, np.nan])
"""Yes, abstention, no; what is not a position (absent, lost, no member) counts nowhere."""


@dataclass(frozen=True)
class Pairs:
    """Consecutive votes on one text, and how far the mover's position changed in between.

    Attributes
    ----------
    before, after : array of vote codes [pair, state]
    step : array [pair]
        Change of the mover on the scale yes 1, abstention 0.5, no 0.
    text : array of int [pair]
        Which title, for resampling: pairs of one title are not independent.
    titles : tuple of str
        The titles that `text` numbers.
    first, second : array of days [pair]
    """

    before: VoteArray
    after: VoteArray
    step: FloatArray
    text: IntArray
    titles: tuple[str, ...]
    first: npt.NDArray[np.datetime64]
    second: npt.NDArray[np.datetime64]

    def take(self, rows: BoolArray) -> Pairs:
        """Return some of the pairs."""
        return Pairs(
            self.before[rows],
            self.after[rows],
            self.step[rows],
            self.text[rows],
            self.titles,
            self.first[rows],
            self.second[rows],
        )


def pairs_of(
    record: Record, mover: str, *, since: datetime.date, longest: float, same_session: bool = False
) -> Pairs:
    """Return the pairs of votes on one text at which the mover took a position twice.

    Parameters
    ----------
    record : Record
        As much of it as may be known.
    mover : str
        ISO code.
    since : date
        Earlier votes are left out.
    longest : float
        Votes further apart are no pair [years].
    same_session : bool
        Take any two consecutive votes under one title, also of one session; such votes are often on
        different texts, so this is for comparison only.

    Examples
    --------
    >>> len(pairs_of(Record.empty(), "USA", since=datetime.date(1991, 1, 1), longest=5.5).step)
    0
    """
    frame = record.roll_calls
    titles = frame["title"].map(clean_title)
    wanted = (frame["kind"] == "whole") & (titles != "") & (record.dates >= np.datetime64(since))
    found: list[tuple[int, int, str]] = []
    for title, group in titles[wanted].groupby(titles[wanted]):
        distinct = _without_repeats(record, group.index.to_numpy())
        joined = _consecutive(distinct, frame["session"].to_numpy(), same_session=same_session)
        found += [(one, other, str(title)) for one, other in joined]
    one, other = (np.array([pair[place] for pair in found], dtype=np.int64) for place in (0, 1))
    row = Members.load().row(mover)
    step = SCORE[record.votes[other, row]] - SCORE[record.votes[one, row]]
    apart = (record.dates[other] - record.dates[one]).astype(float) / 365.25
    kept = ~np.isnan(step) & (same_session | (apart <= longest))
    text, names = pd.factorize(np.array([pair[2] for pair in found], dtype=object))
    return Pairs(
        record.votes[one],
        record.votes[other],
        step,
        text.astype(np.int64),
        tuple(map(str, names)),
        record.dates[one],
        record.dates[other],
    ).take(kept)


def _without_repeats(record: Record, rows: IntArray) -> IntArray:
    # the public record holds some roll calls twice: same title, same day, same votes
    again = [
        record.dates[row] == record.dates[last]
        and bool((record.votes[row] == record.votes[last]).all())
        for last, row in itertools.pairwise(rows)
    ]
    return np.asarray(rows[~np.array([False, *again])])


def _consecutive(
    rows: IntArray, sessions: npt.NDArray[np.object_], *, same_session: bool
) -> list[tuple[int, int]]:
    if same_session:
        return [(int(one), int(other)) for one, other in itertools.pairwise(rows)]
    of_session: dict[str, list[int]] = {}
    for row in rows:
        of_session.setdefault(str(sessions[row]), []).append(int(row))
    used = list(of_session.values())
    return [
        (one[0], other[0]) for one, other in itertools.pairwise(used) if len(one) == len(other) == 1
    ]


def changes(pairs: Pairs, inside: BoolArray) -> FloatArray:
    """Return the mean change of some states in each pair, on the yes-scale [pair]; NaN if none.

    Examples
    --------
    >>> votes = lambda *codes: np.array([codes], dtype=np.int8)
    >>> day = np.array(["2000-01-01"], dtype="datetime64[D]")
    >>> pair = Pairs(votes(2, 1), votes(0, 1), np.ones(1), np.zeros(1, int), ("t",), day, day)
    >>> changes(pair, np.array([True, True]))  # (1 - 0 + 0.5 - 0.5) / 2
    array([0.5])
    """
    return _mean(SCORE[pairs.after] - SCORE[pairs.before], inside)


def absences(pairs: Pairs, inside: BoolArray) -> FloatArray:
    """Return the change of the share of some states that stay away [pair]; NaN if none.

    Examples
    --------
    See `changes`; 1 is all of them leaving.
    """
    seats = (pairs.before >= 0) & (pairs.after >= 0)
    away = (pairs.after == Choice.NON_VOTING).astype(float) - (pairs.before == Choice.NON_VOTING)
    return _mean(np.where(seats, away, np.nan), inside)


def without_drift(changed: FloatArray, pairs: Pairs) -> FloatArray:
    """Return changes less the mean change, in the same year, of texts the mover did not move on.

    A year without such texts takes the mean over all years.

    Examples
    --------
    >>> votes, days = np.zeros((2, 1), np.int8), np.full(2, np.datetime64("2000-01-01"))
    >>> two = Pairs(votes, votes, np.array([0.0, 1.0]), np.zeros(2, int), ("t",), days, days)
    >>> without_drift(np.array([0.1, 0.5]), two)  # 0.5 less the drift of 0.1
    array([0. , 0.4])
    """
    years = pairs.second.astype("datetime64[Y]").astype(int)
    still = (pairs.step == 0) & ~np.isnan(changed)
    drift = np.full(len(changed), changed[still].mean())
    for year in np.unique(years[still]):
        drift[years == year] = changed[still & (years == year)].mean()
    return np.asarray(changed - drift)


def _mean(values: FloatArray, inside: BoolArray) -> FloatArray:
    chosen = values[:, inside]
    there = ~np.isnan(chosen)
    count = there.sum(axis=1)
    total = np.where(there, chosen, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
