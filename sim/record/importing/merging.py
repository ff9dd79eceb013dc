"""The same roll call in several files, taken once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import files
from sim.assembly.choices import VoteArray
from sim.record import Record, canonical_symbol, clean_title

DAYS_APART = 31
"""Days between two files' dates of one roll call, at most."""
DAYS_FROM = np.datetime64("2004-01-01")
"""Before this day, Voeten's tables often give the right month but not the right day."""
ALIKE = 0.9
"""Two roll calls with one symbol are the same if this share of the states voted alike."""
SLIPS = 2
"""Two roll calls of one day, one without a symbol, may differ in this many votes."""
MOST = 1000
"""Roll calls of one symbol, or of one day (before `DAYS_FROM`: month), at most; no year had 200."""
SYMBOLS_FROM = np.datetime64("1963-09-01")
"""Before this day, Voeten's symbols give pages of the meeting records, not resolutions."""


@dataclass(frozen=True)
class Votes:
    """Roll calls to compare.

    Parameters
    ----------
    symbols, kinds, titles : ndarray of object
        Document symbols in one spelling, kinds, and titles to compare, [roll call].
    dates : ndarray of datetime64
        Days, [roll call].
    votes : VoteArray
        Codes, [roll call, state].
    """

    symbols: npt.NDArray[np.object_]
    kinds: npt.NDArray[np.object_]
    titles: npt.NDArray[np.object_]
    dates: npt.NDArray[np.datetime64]
    votes: VoteArray

    @classmethod
    def of(cls, roll_calls: pd.DataFrame, votes: VoteArray) -> Votes:
        """Return what is compared of roll calls with the columns symbol, kind, title and date.

        Examples
        --------
        >>> frame = {"symbol": ["R/72/1"], "kind": "whole", "title": "", "date": ["2017-10-01"]}
        >>> frame = pd.DataFrame(frame)
        >>> Votes.of(frame, np.zeros((1, 193), np.int8)).symbols.tolist()
        ['A/RES/72/1']
        """
        symbols = np.array([canonical_symbol(text) for text in roll_calls["symbol"]], object)
        days = roll_calls["date"].to_numpy().astype("datetime64[D]")
        titles = np.array([clean_title(text) for text in roll_calls["title"]], object)
        return cls(symbols, roll_calls["kind"].to_numpy(object), titles, days, votes)


def same_roll_calls(known: Votes, new: Votes) -> npt.NDArray[np.int64]:
    """Return which known roll call each new one is, [new]; -1 where it is none of them.

    They are the same if they have one symbol, are both on the whole text, lie at most `DAYS_APART`
    and at least `ALIKE` of the states that both know voted alike; or if they are of one day
    (before `DAYS_FROM`: of one month) and one kind, no symbol tells them apart and no title (before
    `DAYS_FROM`, Voeten's tables often have other words for one), and at most `SLIPS` votes differ.
    Each known roll call is taken once, the most alike first, those of one title before others.

    Examples
    --------
    >>> frame = {"symbol": ["R/72/1"], "kind": "whole", "title": "", "date": ["2017-10-01"]}
    >>> one = Votes.of(pd.DataFrame(frame), np.zeros((1, 193), np.int8))
    >>> same_roll_calls(one, one).tolist()
    [0]
    """
    found = np.full(len(new.dates), -1, np.int64)
    for candidates in (_by_symbol, _by_day):
        taken = set(found[found >= 0].tolist())
        free = np.flatnonzero(found < 0).tolist()
        for _, row, other in sorted(candidates(known, new, free, taken)):
            if found[row] < 0 and other not in taken:
                found[row] = other
                taken.add(other)
    return found


def refuse_many(new: Votes, path: Path) -> None:
    """Refuse more roll calls of one symbol, or of one time, than can be told apart in a while.

    Parameters
    ----------
    new : Votes
        Of one file.
    path : Path
        Its name in the message.

    Raises
    ------
    files.FileError
        If there are more than `MOST`.

    Examples
    --------
    >>> frame = {"symbol": ["R/72/1"], "kind": "whole", "title": "", "date": ["2017-10-01"]}
    >>> refuse_many(Votes.of(pd.DataFrame(frame), np.zeros((1, 193), np.int8)), Path("a.csv"))
    """
    for told in (new.symbols[new.symbols != ""], np.array(_known_days(new.dates), "M8[D]")):
        names, counts = np.unique(told.astype(str), return_counts=True)
        if len(counts) and counts.max() > MOST:
            name = names[counts.argmax()]
            many = f"{counts.max():,} roll calls of {name}; at most {MOST:,} are told apart"
            raise files.FileError(f"{path}: {many}")


def near_repeats(record: Record) -> pd.DataFrame:
    """Return the roll calls that may be an earlier one of the record under another number.

    They have its symbol, and at least `ALIKE` of the states that both know voted alike, or they are
    of its day and have its votes. Columns: key, date, first (the earlier one's key) and differing
    (votes).

    Examples
    --------
    >>> near_repeats(Record.empty()).columns.tolist()
    ['key', 'date', 'first', 'differing']
    """
    frame = record.roll_calls[["key", "date"]].copy()
    frame["votes"] = [row.tobytes() for row in record.votes]
    first = frame.groupby(["date", "votes"])["key"].transform("first").to_numpy(object)
    keys, differing = frame["key"].to_numpy(object), np.zeros(len(frame), np.int64)
    all_of_it = Votes.of(record.roll_calls, record.votes)
    every = list(range(len(frame)))
    for _, row, other in sorted(_by_symbol(all_of_it, all_of_it, every, set()), reverse=True):
        if other < row and first[row] == keys[row]:
            first[row] = keys[other]
            differing[row] = int(_compared(record.votes[row], record.votes[other])[0])
    frame = frame.assign(first=first, differing=differing)
    found: pd.DataFrame = frame[first != frame["key"]][["key", "date", "first", "differing"]]
    return found


def _by_symbol(
    known: Votes, new: Votes, free: list[int], taken: set[int]
) -> list[tuple[float, int, int]]:
    """Return pairs with one symbol, each with the share of states that voted differently."""
    rows = defaultdict(list)
    for other, (symbol, kind) in enumerate(zip(known.symbols, known.kinds, strict=True)):
        if symbol and kind == "whole" and other not in taken:
            rows[symbol].append(other)
    pairs = []
    for row in free:
        others = np.array(rows.get(new.symbols[row], []), np.int64)
        apart = np.abs((known.dates[others] - new.dates[row]).astype(int))
        others = others[(apart <= DAYS_APART) & (new.kinds[row] == "whole")]
        differing, shared = _compared(known.votes[others], new.votes[row])
        for each in np.flatnonzero((shared - differing) / np.maximum(shared, 1) >= ALIKE):
            pairs.append((differing[each] / shared[each], row, int(others[each])))
    return pairs


def _by_day(
    known: Votes, new: Votes, free: list[int], taken: set[int]
) -> list[tuple[float, int, int]]:
    """Return pairs that neither day, symbol, title nor kind tells apart, the most alike lowest."""
    rows = defaultdict(list)
    for other, day in enumerate(_known_days(known.dates)):
        if other not in taken:
            rows[day].append(other)
    pairs = []
    for row, day in zip(free, _known_days(new.dates[free]), strict=True):
        others = np.array(rows.get(day, []), np.int64)
        others = others[known.kinds[others] == new.kinds[row]]
        if new.dates[row] >= SYMBOLS_FROM:
            others = others[_untold_apart(known.symbols[others], new.symbols[row])]
        if new.dates[row] >= DAYS_FROM:
            others = others[_untold_apart(known.titles[others], new.titles[row])]
        differing, shared = _compared(known.votes[others], new.votes[row])
        alike = (differing <= SLIPS) & ((shared - differing) / np.maximum(shared, 1) >= ALIKE)
        for each in np.flatnonzero(alike):
            untold = known.titles[others[each]] != new.titles[row]
            pairs.append((int(differing[each]) + untold / 2, row, int(others[each])))
    return pairs


def _known_days(dates: npt.NDArray[np.datetime64]) -> list[np.datetime64]:
    """Return the days, or the first day of their month where tables may give that alone."""
    months = dates.astype("datetime64[M]").astype("datetime64[D]")
    return list(np.where(dates < DAYS_FROM, months, dates))


def _untold_apart(texts: npt.NDArray[np.object_], text: str) -> npt.NDArray[np.bool_]:
    """Return which texts are the same as one, or missing; all where it is missing."""
    return np.asarray((texts == text) | (texts == "") | (text == ""), bool)


def _compared(
    votes: npt.NDArray[np.int8], other: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return how many states voted differently, and how many votes both know, [roll call]."""
    shared = (votes >= 0) & (other >= 0)
    return ((votes != other) & shared).sum(axis=-1), shared.sum(axis=-1)
