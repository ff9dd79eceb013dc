"""The 193 member states of the United Nations, in one fixed order."""

from __future__ import annotations

import difflib
import functools
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from sim import files

SIZE_OF_GROUP: Mapping[str, int] = MappingProxyType(
    {
        "African": 54,
        "Asia-Pacific": 54,
        "Eastern European": 23,
        "Latin American and Caribbean": 33,
        "Western European and Others": 29,
    }
)
"""Member states in each official regional group; the United States is counted with the last."""

MEMBER_STATES = sum(SIZE_OF_GROUP.values())
US = "USA"
"""ISO code of the state whose position the arms of a scenario set."""
FOUNDED, NEWEST = 1945, 2011
COLUMNS = ("iso3", "name", "regional_group", "un_since", "aliases")


@dataclass(frozen=True)
class MemberState:
    """One member state.

    Parameters
    ----------
    iso3 : str
        ISO 3166-1 code of three letters.
    name : str
        Name in UN use.
    regional_group : str
        One of `SIZE_OF_GROUP`.
    un_since : int
        Year of admission [year]; of the predecessor where the seat was continued.

    Examples
    --------
    >>> MemberState("CHE", "Switzerland", "Western European and Others", 2002).name
    'Switzerland'
    """

    iso3: str
    name: str
    regional_group: str
    un_since: int


@dataclass(frozen=True)
class Members:
    """The member states in order of their codes: the `state` axis of every array.

    Examples
    --------
    >>> members = Members.load()
    >>> len(members), members.codes[0], members.find("turkiye")
    (193, 'AFG', 'TUR')
    """

    states: tuple[MemberState, ...]
    spellings: Mapping[str, str] = field(repr=False, compare=False)
    """Plain spelling of a code, name or alias -> ISO code."""

    @classmethod
    @functools.cache
    def load(cls) -> Members:
        """Return the shipped member states, read and checked once.

        Raises
        ------
        files.FileError
            If the seed file is wrong; the message names every problem.

        Examples
        --------
        >>> Members.load() is Members.load()
        True
        """
        return cls.read(files.seed("members.csv"))

    @classmethod
    def read(cls, path: Path) -> Members:
        """Return the member states of a file like ``seeds/members.csv``.

        Raises
        ------
        files.FileError
            Unless there are 193 states, of the official number in each regional group, with sorted
            codes that are used once and plausible years; the message names every problem.

        Examples
        --------
        >>> len(Members.read(files.seed("members.csv")))
        193
        """
        rows = files.read_rows(path, COLUMNS)
        problems = [*_row_problems(rows), *_table_problems(rows)]
        spellings, doubles = _spellings(rows)
        problems += doubles
        if problems:
            lines = "\n".join(f"{path}: {problem}" for problem in problems)
            raise files.FileError(f"{lines}\ncorrect the rows and load again")
        states = (
            MemberState(row["iso3"], row["name"], row["regional_group"], int(row["un_since"]))
            for row in rows
        )
        return cls(tuple(states), MappingProxyType(spellings))

    def __len__(self) -> int:
        """Return the number of member states."""
        return len(self.states)

    @functools.cached_property
    def codes(self) -> tuple[str, ...]:
        """ISO codes [state]."""
        return tuple(state.iso3 for state in self.states)

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """Names [state]."""
        return tuple(state.name for state in self.states)

    @functools.cached_property
    def regional_groups(self) -> tuple[str, ...]:
        """Regional groups [state]."""
        return tuple(state.regional_group for state in self.states)

    def row(self, code: str) -> int:
        """Return the place of a member state on the `state` axis.

        Parameters
        ----------
        code : str
            ISO code, in capitals.

        Raises
        ------
        ValueError
            If no member state has this code; the message offers close ones.

        Examples
        --------
        >>> Members.load().row("AFG")
        0
        """
        if code not in self._rows:
            raise ValueError(f"{code!r} is not the ISO code of a member state{self.close_to(code)}")
        return self._rows[code]

    def find(self, text: str) -> str:
        """Return the ISO code of a member state named by code, name or common alias.

        Capitals, accents and punctuation do not matter.

        Raises
        ------
        ValueError
            If nothing fits; the message offers close names.

        Examples
        --------
        >>> [Members.load().find(text) for text in ("usa", "Ivory Coast", "TÜRKIYE")]
        ['USA', 'CIV', 'TUR']
        """
        code = self.spellings.get(plain(text))
        if code is None:
            raise ValueError(f"{text!r} names no member state{self.close_to(text)}")
        return code

    @functools.cached_property
    def _rows(self) -> Mapping[str, int]:
        return MappingProxyType({code: row for row, code in enumerate(self.codes)})

    def close_to(self, text: str) -> str:
        """Return a question after member states that may be meant, to end a message with.

        Examples
        --------
        >>> Members.load().close_to("Brasil")
        '; did you mean BRA (Brazil), BHR (Bahrain)?'
        """
        near = difflib.get_close_matches(plain(text), self.spellings, n=5, cutoff=0.6)
        codes = dict.fromkeys(self.spellings[spelling] for spelling in near)
        offers = ", ".join(f"{code} ({self.names[self._rows[code]]})" for code in codes)
        return f"; did you mean {offers}?" if offers else "; see seeds/members.csv for all 193"


def plain(text: str) -> str:
    """Return a spelling without capitals, accents, punctuation and articles.

    Examples
    --------
    >>> plain("The Côte d'Ivoire"), plain("U.S.")
    ('cote divoire', 'us')
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    spaced = decomposed.replace("-", " ")
    kept = "".join(letter for letter in spaced if letter.isalnum() or letter.isspace())
    return " ".join(word for word in kept.split() if word != "the")


def _spellings(rows: Iterable[Mapping[str, str]]) -> tuple[dict[str, str], list[str]]:
    """Return every spelling that is understood, and those that two member states claim."""
    owner: dict[str, str] = {}
    problems = []
    for row in rows:
        short = row["name"].partition(" (")[0]
        texts = (row["iso3"], row["name"], short, *filter(None, row["aliases"].split("|")))
        for spelling in {plain(text) for text in texts}:
            first = owner.setdefault(spelling, row["iso3"])
            if first != row["iso3"]:
                problems.append(f"aliases: {spelling!r} stands for both {first} and {row['iso3']}")
    return owner, problems


def _row_problems(rows: Iterable[Mapping[str, str]]) -> list[str]:
    problems = []
    for number, row in enumerate(rows, start=2):
        code, group, year = row["iso3"], row["regional_group"], row["un_since"]
        if not (len(code) == 3 and code.isascii() and code.isupper()):
            problems.append(f"row {number}: iso3 {code!r}: expected three capital letters")
        if group not in SIZE_OF_GROUP:
            allowed = ", ".join(SIZE_OF_GROUP)
            problems.append(f"row {number}: regional_group {group!r}: must be one of {allowed}")
        if not (year.isdecimal() and FOUNDED <= int(year) <= NEWEST):
            problems.append(f"row {number}: un_since {year!r}: a year {FOUNDED} to {NEWEST}")
    return problems


def _table_problems(rows: list[dict[str, str]]) -> list[str]:
    codes = [row["iso3"] for row in rows]
    counts = Counter(row["regional_group"] for row in rows)
    problems = [
        f"iso3 {code} is listed twice" for code, times in Counter(codes).items() if times > 1
    ]
    if codes != sorted(codes):
        problems.append("the rows are not in order of iso3")
    if len(rows) != MEMBER_STATES:
        problems.append(f"{len(rows)} member states: expected {MEMBER_STATES}")
    for group, size in SIZE_OF_GROUP.items():
        if counts[group] != size:
            problems.append(f"{group}: {counts[group]} member states, expected {size}")
    return problems
