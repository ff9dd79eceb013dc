"""Which state a published code or name stands for, across renamings and successions."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import files
from sim.assembly.choices import IntArray
from sim.assembly.members import Members, plain

COLUMNS = ("state", "since", "until", "cow", "cow_letters", "codes", "names")
UNKNOWN = -1
_ALWAYS = (np.datetime64("0001-01-01"), np.datetime64("9999-12-31"))

Span = tuple[np.datetime64, np.datetime64, int]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Successions:
    """Codes and names of states, those of today and those that are no longer there.

    A state's number is its row among the member states; states that are no longer there follow.

    Parameters
    ----------
    gone : dict of str to str
        Code and name of each state that is no longer there, in order of their numbers.
    spans : dict of str to dict of str to list of Span
        For each scheme (``text``: codes and names; ``cow``; ``cow_letters``) and spelling: first
        day, last day, number.
    """

    gone: Mapping[str, str]
    spans: Mapping[str, Mapping[str, list[Span]]]

    @classmethod
    def load(cls) -> Successions:
        """Return the shipped table, read and checked once.

        Examples
        --------
        >>> Successions.load().gone["YUG"]
        'Yugoslavia'
        """
        return _shipped()

    @classmethod
    def read(cls, path: Path) -> Successions:
        """Return the table in a file like ``seeds/successions.csv``.

        Raises
        ------
        files.FileError
            If a day is none, or one spelling stands for two states on one day.

        Examples
        --------
        >>> len(Successions.read(files.seed("successions.csv")).gone)
        5
        """
        rows = files.read_rows(path, COLUMNS)
        members = Members.load()
        gone = {}
        for row in rows:
            if row["state"] not in members.codes:
                gone[row["state"]] = row["names"].split("|")[0]
        numbers = {code: number for number, code in enumerate((*members.codes, *gone))}
        spans: dict[str, dict[str, list[Span]]] = {"text": {}, "cow": {}, "cow_letters": {}}
        for place, row in enumerate(rows, start=2):
            try:
                first = np.datetime64(row["since"]) if row["since"] else _ALWAYS[0]
                last = np.datetime64(row["until"]) if row["until"] else _ALWAYS[1]
            except ValueError as error:
                raise files.FileError(f"{path}: row {place}: {error}") from None
            for scheme, spelling in _spellings(row):
                known = spans[scheme].setdefault(spelling, [])
                for other in known:
                    if other[2] != numbers[row["state"]] and first <= other[1] and last >= other[0]:
                        raise files.FileError(f"{path}: row {place}: {spelling!r} is taken")
                known.append((first, last, numbers[row["state"]]))
        return cls(gone, spans)

    @functools.cached_property
    def codes(self) -> tuple[str, ...]:
        """Code of each number."""
        return (*Members.load().codes, *self.gone)

    @functools.cached_property
    def heirs(self) -> IntArray:
        """Member state that bears a name of each state no longer there, [number]; else `UNKNOWN`.

        Only Serbia does, as Yugoslavia until 2003; some tables give it Yugoslavia's earlier votes.
        """
        heirs = np.full(len(self.codes), UNKNOWN, np.int64)
        members = len(self.codes) - len(self.gone)
        for spans in self.spans["text"].values():
            numbers = {span[2] for span in spans}
            for number in [each for each in numbers if each >= members > min(numbers)]:
                heirs[number] = min(numbers)
        return heirs

    def knows(self, text: str, scheme: str = "text") -> bool:
        """Return whether a code or name stands for a state on any day.

        Examples
        --------
        >>> Successions.load().knows("Upper Volta"), Successions.load().knows("Atlantis")
        (True, False)
        """
        return bool(self._spans_of(text, scheme))

    def numbers(self, column: pd.Categorical, days: Days, *, scheme: str = "text") -> IntArray:
        """Return the number of the state that each row names, [row]; `UNKNOWN` if none is known.

        Parameters
        ----------
        column : Categorical
            Codes or names.
        days : array of datetime64
            Day of each row, [row]: a name may pass from one state to another.
        scheme : str
            ``text`` for ISO and UN codes and names, ``cow`` for the numbers of the Correlates of
            War, ``cow_letters`` for their letters, which clash with ISO codes.

        Examples
        --------
        >>> from sim.record.importing.sheet import categorical
        >>> table, days = Successions.load(), np.array(["1985-01-01", "2001-01-01"], "M8[D]")
        >>> [table.codes[n] for n in table.numbers(categorical(["Zaire", "TÜRKİYE"]), days)]
        ['COD', 'TUR']
        >>> both = categorical(["345", "345"])
        >>> [table.codes[n] for n in table.numbers(both, days, scheme="cow")]
        ['YUG', 'SRB']
        """
        found = [self._spans_of(text, scheme) for text in column.categories]
        single = [spans[0][2] if len(spans) == 1 else UNKNOWN for spans in found]
        numbers: IntArray = np.array([*single, UNKNOWN], np.int64)[column.codes]
        for code, spans in enumerate(found):
            if len(spans) != 1 or spans[0][:2] != _ALWAYS:
                rows = np.flatnonzero(column.codes == code)
                numbers[rows] = UNKNOWN
                for first, last, number in spans:
                    numbers[rows[(days[rows] >= first) & (days[rows] <= last)]] = number
        return numbers

    def _spans_of(self, text: str, scheme: str) -> list[Span]:
        if scheme == "cow":
            return self.spans["cow"].get(text.removesuffix(".0"), [])
        if scheme == "cow_letters":
            return self.spans["cow_letters"].get(text.upper(), [])
        spelling = plain(re.sub(r"\bSt\.", "Saint", text.replace("&", " and ")))
        if spelling in self.spans["text"]:
            return self.spans["text"][spelling]
        code = Members.load().spellings.get(spelling)
        return [] if code is None else [(*_ALWAYS, Members.load().row(code))]


def _spellings(row: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the schemes and spellings of one row of the table."""
    texts = [text for name in ("codes", "names") for text in row[name].split("|") if text]
    found = [("text", spelling) for spelling in {plain(text) for text in texts}]
    for scheme in ("cow", "cow_letters"):
        found += [(scheme, text) for text in row[scheme].split("|") if text]
    return found


@functools.cache
def _shipped() -> Successions:
    return Successions.read(files.seed("successions.csv"))
