"""A record in the form that the features are made from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from sim.assembly.choices import BoolArray, Choice, FloatArray, IntArray, VoteArray
from sim.assembly.members import US, Members
from sim.models.history import Float32Array, choices_of, decayed_sums, unix_days
from sim.models.learned import alike
from sim.models.learned.consensus import STANCES, few_against
from sim.models.learned.states import ATTENDANCE, GENERAL, PARTS, SEASON, part_of
from sim.models.learned.texts.linking import linked_titles
from sim.models.learned.texts.titles import (
    Texts,
    hashed,
    likeness,
    rarity,
    special_session,
    spelling_key,
    together,
)
from sim.record import Day, Record

DAYS_IN_YEAR = 365.25


@dataclass(frozen=True)
class Source:
    """A record as the features read it; every array is over its roll calls.

    Attributes
    ----------
    votes : array of int8 [roll call, state]
    choices : array [roll call, choice, state]
        1 where a state made a choice.
    days, years : array of int [roll call]
    us : array of int [roll call]
        Choice of the United States; not voting where it had none.
    titled : array of bool [roll call]
        Has words of its own.
    words : tuple of str
        When asked about, in plain words.
    asked, known : matrix [roll call, hashed column]
        Words when asked about, and as a precedent (the latter perhaps linked).
    asked_name, known_name : array of int [roll call]
        Number of the title and kind; -1 and -2 where there is none.
    numbers : mapping of str to int
        Number of each title and kind.
    kinds : array of str [roll call]
    sessions : array of int [roll call]
        Number of the emergency special session, else 0.
    """

    votes: VoteArray
    choices: Float32Array
    days: IntArray
    years: IntArray
    us: IntArray
    titled: BoolArray
    words: tuple[str, ...]
    asked: sp.csr_matrix
    known: sp.csr_matrix
    asked_name: IntArray
    known_name: IntArray
    numbers: Mapping[str, int]
    kinds: npt.NDArray[np.str_]
    sessions: IntArray

    @classmethod
    def of(cls, record: Record) -> Source:
        """Return what the features read of a record; what has no title is linked to an earlier one.

        See `sim.models.learned.texts.linking`.
        """
        texts = Texts.of(record)
        links = linked_titles(record, texts)
        known, asked = texts.with_titles(links), hashed(texts.words)
        numbers = {name: number for number, name in enumerate(dict.fromkeys(texts.names)) if name}
        us = record.votes[:, Members.load().row(US)].astype(np.int64)
        return cls(
            votes=record.votes,
            choices=choices_of(record.votes),
            days=unix_days(record.dates),
            years=record.dates.astype("datetime64[Y]").astype(np.int64) + 1970,
            us=np.where(us < 0, int(Choice.NON_VOTING), us),
            titled=np.array([words != "" for words in texts.words], bool),
            words=texts.words,
            asked=asked,
            known=_with_rows(asked, links, hashed([known.words[row] for row in links])),
            asked_name=np.array([numbers.get(name, -1) for name in texts.names], np.int64),
            known_name=np.array([numbers.get(name, -2) for name in known.names], np.int64),
            numbers=numbers,
            kinds=record.roll_calls["kind"].to_numpy(str),
            sessions=np.array([special_session(s) for s in record.roll_calls["symbol"]], np.int64),
        )

    def standing(self, at: IntArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return attendance, season, by_us and few_against before days, as in `StateProfile`.

        Each has the days as its first axis.
        """
        came = np.stack(
            [self.choices[:, : Choice.NON_VOTING].sum(axis=1), self.choices[:, Choice.NON_VOTING]],
            axis=1,
        )
        parts = np.array([part_of(day) for day in self.days], np.int64)

        def sums(values: Float32Array, when: BoolArray, half_life: float) -> FloatArray:
            return decayed_sums(values[when], self.days[when], at=at, half_life=half_life)

        every = np.ones(len(self.days), bool)
        attendance = [sums(came, every, half_life) for half_life in ATTENDANCE]
        season = [sums(came, parts == part, SEASON) for part in range(len(PARTS) + 1)]
        by_us = [sums(self.choices, self.us == choice, GENERAL) for choice in Choice]
        few = few_against(self.votes) & (self.kinds == "whole")
        stances = self.choices[:, :STANCES]
        alone = [sums(stances, few & (self.us == choice), GENERAL) for choice in Choice]
        found = [np.stack(each, axis=1) for each in (attendance, season, by_us, alone)]
        return found[0], found[1], found[2], found[3]

    def is_called(self, name: str) -> BoolArray:
        """Return which precedents have a title and kind, however it is spelt [roll call]."""
        wanted = spelling_key(name)
        alike = [number for other, number in self.numbers.items() if spelling_key(other) == wanted]
        return np.isin(self.known_name, alike)

    def recurs(self, rows: IntArray) -> BoolArray:
        """Return whether a title and kind came up on an earlier day than that of each row [row]."""
        names, first = np.unique(self.asked_name, return_index=True)
        earliest = self.days[first[np.searchsorted(names, self.asked_name[rows])]]
        return np.asarray((self.asked_name[rows] >= 0) & (earliest < self.days[rows]))

    def rarity(self, stop: int) -> Float32Array:
        """Return how rare each hashed column is in the first roll calls [column]."""
        known = self.known[:stop]
        texts_with = np.bincount(known.indices, minlength=known.shape[1])
        return rarity(texts_with.astype(float), int((np.diff(known.indptr) > 0).sum()))

    def between(self, rare: Float32Array) -> Callable[[IntArray], Float32Array]:
        """Return what gives the likeness of some roll calls' texts to each other.

        Parameters
        ----------
        rare : array [column]
            As `rarity` gives it.
        """

        def like(rows: IntArray) -> Float32Array:
            texts, sessions = self.known[rows], self.sessions[rows]
            here, places = np.unique(texts.indices, return_inverse=True)  # few columns of many
            shape = len(rows), len(here)
            few = sp.csr_matrix((texts.data, places, texts.indptr), shape=shape)
            return likeness(few, few, rare[here], together=together(sessions, sessions))

        return like

    def likes(self, day: int) -> tuple[FloatArray, FloatArray]:
        """Return vectors and neighbours of the states from the years before a day."""
        start = np.searchsorted(self.days, day - int(DAYS_IN_YEAR * alike.YEARS))
        votes = self.votes[start : np.searchsorted(self.days, day)]
        return alike.vectors(votes), alike.neighbours(votes)


def _with_rows(
    table: sp.csr_matrix, rows: Collection[int], instead: sp.csr_matrix
) -> sp.csr_matrix:
    """Return a matrix with other rows in place of some."""
    order = np.arange(table.shape[0])
    order[list(rows)] = table.shape[0] + np.arange(len(rows))
    return sp.csr_matrix(sp.vstack([table, instead], format="csr")[order])


def day_number(day: Day) -> int:
    """Return a day as days since 1970-01-01.

    Examples
    --------
    >>> day_number("1970-01-02")
    1
    """
    return int(np.datetime64(str(day), "D").astype(np.int64))
