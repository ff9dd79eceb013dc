"""The record: every recorded vote that was read, [roll call, state], in order of date."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.assembly.choices import CHOICES, LOST, NOT_A_MEMBER, BoolArray, IntArray, VoteArray
from sim.assembly.members import Members
from sim.record.roll_call import COLUMNS, OTHERS, TEXTS, RollCall
from sim.record.texts import KINDS, canonical_symbol, clean_title, title_of

Day = dt.date | np.datetime64 | str
"""A day, in any form; a text is like ``2025-02-24``."""


class ShortRecordError(ValueError):
    """A record without the roll calls that something is to be learned from, or to forecast."""


@dataclass(frozen=True)
class Record:
    """Recorded votes in order of date, then key.

    Parameters
    ----------
    roll_calls : DataFrame
        One row a roll call, columns as the fields of `RollCall`; issues are joined by ``|``.
    votes : VoteArray
        Codes [roll call, state]: a `Choice`, `NOT_A_MEMBER` or `LOST`; read-only.
    others : DataFrame
        Votes of states that are no longer there, one row a vote: key of the roll call, code, name
        and vote (a `Choice` or `LOST`).

    Raises
    ------
    ValueError
        If the three do not fit together; every misfit is named.

    Examples
    --------
    >>> record = Record.empty()
    >>> len(record), record.votes.shape
    (0, (0, 193))
    """

    roll_calls: pd.DataFrame = field(repr=False)
    votes: VoteArray = field(repr=False)
    others: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        """Fix the types, make the votes read-only and check that the parts fit."""
        frame = self.roll_calls.loc[:, list(COLUMNS)].reset_index(drop=True)
        frame = frame.astype({**dict.fromkeys(TEXTS, object), "important": bool})
        frame["date"] = frame["date"].to_numpy("datetime64[s]")
        others = self.others.loc[:, list(OTHERS)].reset_index(drop=True)
        others = others.astype({**dict.fromkeys(OTHERS[:3], object), "vote": np.int8})
        rows = {key: row for row, key in enumerate(frame["key"])}
        place = np.array([rows.get(key, -1) for key in others["key"]], np.int64)
        others = others.iloc[np.lexsort((others["code"], place))].reset_index(drop=True)
        votes = np.array(self.votes, dtype=np.int8)
        votes.flags.writeable = False
        for name, value in (("roll_calls", frame), ("votes", votes), ("others", others)):
            object.__setattr__(self, name, value)
        if misfits := _misfits(self):
            raise ValueError("record: " + "; ".join(misfits))

    @classmethod
    def empty(cls) -> Record:
        """Return a record without roll calls.

        Examples
        --------
        >>> len(Record.empty())
        0
        """
        frame = pd.DataFrame({name: [] for name in COLUMNS})
        states = len(Members.load())
        return cls(frame, np.empty((0, states), np.int8), pd.DataFrame({n: [] for n in OTHERS}))

    def __len__(self) -> int:
        """Return the number of roll calls."""
        return len(self.roll_calls)

    @functools.cached_property
    def dates(self) -> npt.NDArray[np.datetime64]:
        """Days [roll call], never falling."""
        days = self.roll_calls["date"].to_numpy().astype("datetime64[D]")
        days.flags.writeable = False
        return days

    @functools.cached_property
    def titled(self) -> BoolArray:
        """Which roll calls have a title, read-only [roll call]."""
        found = np.array([title_of(title) != "" for title in self.roll_calls["title"]], bool)
        found.flags.writeable = False
        return found

    def before(self, day: Day) -> Record:
        """Return the roll calls of earlier days: what was known when `day` began.

        Examples
        --------
        >>> len(Record.empty().before("2025-02-24"))
        0
        """
        return self.take(slice(0, int(self.dates.searchsorted(_day(day)))))

    def between(self, first: Day, last: Day) -> Record:
        """Return the roll calls from the day `first` to the day `last`, both included.

        Examples
        --------
        >>> len(Record.empty().between("2012-01-01", "2019-12-31"))
        0
        """
        start = self.dates.searchsorted(_day(first))
        stop = self.dates.searchsorted(_day(last), side="right")
        return self.take(slice(int(start), int(stop)))

    def take(self, rows: slice | Sequence[int] | IntArray | BoolArray) -> Record:
        """Return the roll calls in these rows, in the record's own order.

        Parameters
        ----------
        rows : slice or sequence of int or array
            Row numbers, or one truth value a roll call.

        Examples
        --------
        >>> len(Record.empty().take([]))
        0
        """
        chosen = np.zeros(len(self), bool)
        chosen[rows if isinstance(rows, slice) else np.asarray(rows, _index_type(rows))] = True
        frame = self.roll_calls[chosen].reset_index(drop=True)
        others = self.others
        if len(others):
            others = others[others["key"].isin(frame["key"])].reset_index(drop=True)
        votes = self.votes[chosen]
        votes.flags.writeable = False
        # Part of a record needs no check; a back-test takes hundreds of parts.
        part = object.__new__(Record)
        for name, value in (("roll_calls", frame), ("votes", votes), ("others", others)):
            object.__setattr__(part, name, value)
        return part

    def joined(self, other: Record) -> Record:
        """Return the roll calls of both; one that both have is as it is here.

        It is the same if its body, kind and symbol are, or, where it has no symbol, day and title.

        Examples
        --------
        >>> len(Record.empty().joined(Record.empty()))
        0
        """
        here = {name for row in _names(self.roll_calls) for name in row}
        new = other.take(np.array([not here & row for row in _names(other.roll_calls)], bool))
        if not len(new):
            return self
        taken, frame = set(self.roll_calls["key"]), new.roll_calls.copy()
        fresh = {key: f"{key} ({n})" if key in taken else key for n, key in enumerate(frame["key"])}
        frame["key"] = frame["key"].map(fresh)
        both = pd.concat([self.roll_calls, frame], ignore_index=True)
        order = both.sort_values(["date", "key"]).index.to_numpy()
        others = new.others.assign(key=new.others["key"].map(fresh))
        return Record(
            both.iloc[order],
            np.concatenate([self.votes, new.votes])[order],
            others if self.others.empty else pd.concat([self.others, others]),
        )

    def without(self, other: Record) -> Record:
        """Return the roll calls that another record has not, nor as many of one name.

        They are known as for `joined`; one with neither symbol nor title by its day.

        Examples
        --------
        >>> len(Record.empty().without(Record.empty()))
        0
        """
        there, lacking = Counter(_known_by(other.roll_calls)), []
        for name in _known_by(self.roll_calls):
            there[name] -= 1
            lacking.append(there[name] < 0)
        return self.take(np.array(lacking, bool))

    def tallies(self) -> IntArray:
        """Return how many member states of today made each choice, [roll call, choice].

        States that are no longer there are in `others` and are not counted here.

        Examples
        --------
        >>> Record.empty().tallies().shape
        (0, 4)
        """
        counts = [np.count_nonzero(self.votes == choice, axis=1) for choice in CHOICES]
        return np.stack(counts, axis=1).astype(np.int64)

    def row(self, symbol: str) -> int:
        """Return the row of the roll call with this key or document symbol, however it is spelt.

        A symbol that several roll calls share means the one on the whole text. A day and a title,
        or words of the title that no other of that day has, name a roll call too: ``2024-11-21 The
        Syrian Golan``.

        Raises
        ------
        ValueError
            If there is none or more than one; the message names the keys to choose from.

        Examples
        --------
        >>> cited = Record.empty()
        >>> cited.row("A/RES/ES-11/7")
        Traceback (most recent call last):
        ValueError: no roll call 'A/RES/ES-11/7' in the record of 0 roll calls
        """
        if symbol in self._row_of_key:
            return self._row_of_key[symbol]
        rows = self._rows_of_symbol.get(canonical_symbol(symbol), []) or self._on_day(symbol)
        kinds = self.roll_calls["kind"].to_numpy()
        whole = [row for row in rows if kinds[row] == "whole"]
        found = whole if len(whole) == 1 else rows
        if not found:
            ends = f", which ends on {self.dates[-1]}" if len(self) else ""
            raise ValueError(
                f"no roll call {symbol!r} in the record of {len(self)} roll calls{ends}"
            )
        if len(found) > 1:
            offers = ", ".join(self.roll_calls["key"].iloc[found])
            raise ValueError(f"{symbol!r} names {len(found)} roll calls; give one key of: {offers}")
        return found[0]

    def roll_call(self, row: int) -> RollCall:
        """Return what is known of the roll call in a row, apart from the votes.

        Examples
        --------
        >>> Record.empty().roll_call(0)
        Traceback (most recent call last):
        IndexError: row 0 of a record of 0 roll calls
        """
        if not -len(self) <= row < len(self):
            raise IndexError(f"row {row} of a record of {len(self)} roll calls")
        fields: dict[str, Any] = dict(self.roll_calls.iloc[row])
        fields["date"] = fields["date"].date()
        fields["issues"] = tuple(filter(None, fields["issues"].split("|")))
        fields["important"] = bool(fields["important"])
        return RollCall(**fields)

    def _on_day(self, text: str) -> list[int]:
        """Return the rows that a day and a title, or words of it, stand for."""
        day, _, words = text.strip().partition(" ")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", day) or not (title := clean_title(words)):
            return []
        titles = {
            row: clean_title(self.roll_calls["title"].iloc[row])
            for row in np.flatnonzero(self.dates.astype(str) == day).tolist()
        }
        same = [row for row, other in titles.items() if other == title]
        return same or [row for row, other in titles.items() if title in other]

    @functools.cached_property
    def _row_of_key(self) -> dict[str, int]:
        return {key: row for row, key in enumerate(self.roll_calls["key"])}

    @functools.cached_property
    def _rows_of_symbol(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, symbol in enumerate(self.roll_calls["symbol"]):
            rows.setdefault(canonical_symbol(symbol), []).append(row)
        rows.pop("", None)
        return rows


def _names(frame: pd.DataFrame) -> list[set[tuple[str, ...]]]:
    """Return by what each roll call is known: body, kind and symbol; body, day and title."""
    columns = (frame[name].astype(str) for name in ("body", "kind", "symbol", "title"))
    found: list[set[tuple[str, ...]]] = []
    for date, body, kind, symbol, title in zip(frame["date"].astype(str), *columns, strict=True):
        name, text = canonical_symbol(symbol), clean_title(title)
        told = (body, kind, name) if name else (body, kind, date, text)
        found.append({told} if name or text else set())
    return found


def _known_by(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return by what each roll call is known, those without symbol and title by their day."""
    days = frame["date"].astype(str)
    return [next(iter(names), (day,)) for names, day in zip(_names(frame), days, strict=True)]


def _day(day: Day) -> np.datetime64:
    return np.datetime64(pd.Timestamp(day).date())


def _index_type(rows: Sequence[int] | IntArray | BoolArray) -> type[np.generic] | None:
    """Return the type an index of no rows needs; NumPy would take it for floats."""
    return None if len(rows) else np.int64


def _misfits(record: Record) -> list[str]:
    """Return what does not fit together in a record."""
    frame, votes, others = record.roll_calls, record.votes, record.others
    wanted = (len(frame), len(Members.load()))
    misfits = []
    if votes.shape != wanted:
        misfits.append(f"votes are {votes.shape}, {wanted} [roll call, state] is wanted")
    allowed = (*CHOICES, NOT_A_MEMBER, LOST)
    if not np.isin(votes, allowed).all():
        misfits.append(f"vote codes other than {sorted(map(int, allowed))}")
    if doubles := list(frame["key"][frame["key"].duplicated()].unique()):
        misfits.append(f"keys used twice: {', '.join(doubles[:5])}")
    if not frame[["date", "key"]].equals(frame[["date", "key"]].sort_values(["date", "key"])):
        misfits.append("roll calls are not in order of date and key")
    if strange := sorted(set(frame["kind"]) - set(KINDS)):
        misfits.append(f"kinds {strange}: must be one of {', '.join(KINDS)}")
    if strange := sorted(set(others["key"]) - set(frame["key"])):
        misfits.append(f"votes of others in roll calls that are not there: {strange[:5]}")
    return misfits
