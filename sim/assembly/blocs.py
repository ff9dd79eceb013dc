"""Blocs: groups of member states that vote together, with dated and overlapping membership."""

from __future__ import annotations

import datetime
import functools
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from sim import files
from sim.assembly.choices import BoolArray
from sim.assembly.members import SIZE_OF_GROUP, Members

NAME_COLUMNS = ("code", "name", "regional_group")
MEMBERSHIP_COLUMNS = ("bloc", "iso3", "joined", "left", "source")


@dataclass(frozen=True)
class Bloc:
    """One bloc.

    Parameters
    ----------
    code : str
        Short name, such as ``EU``; the place of a bloc on the `bloc` axis goes by it.
    name : str
        Full name.

    Examples
    --------
    >>> Bloc("EU", "European Union").code
    'EU'
    """

    code: str
    name: str


@dataclass(frozen=True)
class Membership:
    """One spell of one member state in one bloc.

    Parameters
    ----------
    bloc, iso3 : str
        Code of the bloc and of the member state.
    joined : datetime.date
        First day inside; the first day of the year if only the year is known.
    left : datetime.date
        First day outside.

    Examples
    --------
    >>> spell = Membership("EU", "GBR", datetime.date(1973, 1, 1), datetime.date(2020, 2, 1))
    >>> spell.holds(datetime.date(2020, 1, 31)), spell.holds(datetime.date(2020, 2, 1))
    (True, False)
    """

    bloc: str
    iso3: str
    joined: datetime.date
    left: datetime.date

    def holds(self, day: datetime.date) -> bool:
        """Return whether the member state is in the bloc on a day."""
        return self.joined <= day < self.left


@dataclass(frozen=True)
class Blocs:
    """Every bloc in one fixed order, and who was in it when.

    The five regional groups come first; they are blocs whose membership is taken from `Members`.

    Examples
    --------
    >>> blocs = Blocs.load()
    >>> blocs.of("USA", datetime.date(2025, 2, 24))
    ('WEOG', 'NATO', 'G7', 'FVEY', 'AUKUS')
    """

    blocs: tuple[Bloc, ...]
    memberships: tuple[Membership, ...]
    states: Members

    @classmethod
    @functools.cache
    def load(cls) -> Blocs:
        """Return the shipped blocs, read and checked once.

        Raises
        ------
        files.FileError
            If a seed file is wrong; the message names every problem.

        Examples
        --------
        >>> Blocs.load().codes[:6]
        ('AFRICAN', 'ASIA-PACIFIC', 'EEG', 'GRULAC', 'WEOG', 'EU')
        """
        return cls.read(files.seed("bloc_names.csv"), files.seed("blocs.csv"))

    @classmethod
    def read(cls, names: Path, memberships: Path) -> Blocs:
        """Return the blocs of files like ``seeds/bloc_names.csv`` and ``seeds/blocs.csv``.

        Raises
        ------
        files.FileError
            If a code is used twice or is unknown, a date cannot be read, a spell ends before it
            begins or two spells of one state overlap; the message names every problem.

        Examples
        --------
        >>> len(Blocs.read(files.seed("bloc_names.csv"), files.seed("blocs.csv")).codes) > 24
        True
        """
        states = Members.load()
        name_rows = files.read_rows(names, NAME_COLUMNS)
        rows = files.read_rows(memberships, MEMBERSHIP_COLUMNS)
        codes = [row["code"] for row in name_rows]
        problems = [f"{names}: {problem}" for problem in _name_problems(name_rows)]
        spells: list[Membership] = []
        for number, row in enumerate(rows, start=2):
            wrong = _row_problems(row, codes, states)
            problems += [f"{memberships}: row {number}: {problem}" for problem in wrong]
            if not wrong:
                spells.append(_spell(row))
        problems += [f"{memberships}: {problem}" for problem in _overlaps(spells)]
        if problems:
            raise files.FileError("\n".join([*problems, "correct the rows and load again"]))
        return cls(
            tuple(Bloc(row["code"], row["name"]) for row in name_rows),
            (*_regional_spells(name_rows, states), *spells),
            states,
        )

    @functools.cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes [bloc]."""
        return tuple(bloc.code for bloc in self.blocs)

    @functools.cached_property
    def _columns(self) -> Mapping[str, int]:
        return MappingProxyType({code: column for column, code in enumerate(self.codes)})

    def column(self, code: str) -> int:
        """Return the place of a bloc on the `bloc` axis.

        Raises
        ------
        ValueError
            If there is no such bloc; the message names all.

        Examples
        --------
        >>> Blocs.load().column("AFRICAN")
        0
        """
        if code not in self._columns:
            raise ValueError(f"{code!r} is not a bloc; expected one of {', '.join(self.codes)}")
        return self._columns[code]

    def matrix(self, day: datetime.date) -> BoolArray:
        """Return who is in which bloc on a day, read-only [state, bloc].

        Examples
        --------
        >>> Blocs.load().matrix(datetime.date(2025, 2, 24)).shape[0]
        193
        """
        inside = np.zeros((len(self.states), len(self.blocs)), dtype=np.bool_)
        holding = [spell for spell in self.memberships if spell.holds(day)]
        rows = [self.states.row(spell.iso3) for spell in holding]
        inside[rows, [self._columns[spell.bloc] for spell in holding]] = True
        inside.setflags(write=False)
        return inside

    def members(self, code: str, day: datetime.date) -> tuple[str, ...]:
        """Return the ISO codes of the member states in a bloc on a day.

        Raises
        ------
        ValueError
            If there is no such bloc.

        Examples
        --------
        >>> Blocs.load().members("AUKUS", datetime.date(2022, 3, 2))
        ('AUS', 'GBR', 'USA')
        """
        return tuple(itertools.compress(self.states.codes, self.matrix(day)[:, self.column(code)]))

    def of(self, iso3: str, day: datetime.date) -> tuple[str, ...]:
        """Return the codes of the blocs that a member state is in on a day.

        Raises
        ------
        ValueError
            If there is no such member state.

        Examples
        --------
        >>> Blocs.load().of("CHE", datetime.date(2022, 3, 2))
        ('WEOG',)
        """
        return tuple(itertools.compress(self.codes, self.matrix(day)[self.states.row(iso3)]))


def parse_day(text: str, blank: datetime.date) -> datetime.date:
    """Return the day that a full date, a year (its first day) or nothing (`blank`) stands for.

    Raises
    ------
    ValueError
        If the text is neither.

    Examples
    --------
    >>> parse_day("1973", datetime.date.min), parse_day("", datetime.date.max).year
    (datetime.date(1973, 1, 1), 9999)
    """
    if not text:
        return blank
    return datetime.date.fromisoformat(f"{text}-01-01" if len(text) == 4 else text)


def _spell(row: Mapping[str, str]) -> Membership:
    joined = parse_day(row["joined"], datetime.date.min)
    return Membership(row["bloc"], row["iso3"], joined, parse_day(row["left"], datetime.date.max))


def _regional_spells(rows: Iterable[Mapping[str, str]], states: Members) -> list[Membership]:
    code = {row["regional_group"]: row["code"] for row in rows}
    return [
        Membership(code[state.regional_group], state.iso3, datetime.date.min, datetime.date.max)
        for state in states.states
    ]


def _name_problems(rows: list[dict[str, str]]) -> list[str]:
    codes = [row["code"] for row in rows]
    problems = [f"bloc {code!r} is listed twice" for code in {*codes} if codes.count(code) > 1]
    groups = sorted(row["regional_group"] for row in rows if row["regional_group"])
    if groups != sorted(SIZE_OF_GROUP):
        problems.append(f"regional_group: each of {', '.join(SIZE_OF_GROUP)} once, no other")
    return problems


def _row_problems(row: Mapping[str, str], codes: list[str], states: Members) -> list[str]:
    problems = []
    if row["bloc"] not in codes:
        problems.append(f"bloc {row['bloc']!r}: not in the file of names")
    if row["iso3"] not in states.codes:
        problems.append(f"iso3 {row['iso3']!r}: no member state")
    try:
        spell = _spell(row)
    except ValueError:
        return [*problems, f"{row['joined']!r} to {row['left']!r}: a year, YYYY-MM-DD or nothing"]
    if spell.left <= spell.joined:
        problems.append(f"left {row['left']} is not after joined {row['joined']}")
    return problems


def _overlaps(spells: Iterable[Membership]) -> list[str]:
    ordered = sorted(spells, key=lambda spell: (spell.bloc, spell.iso3, spell.joined))
    return [
        f"{first.iso3} in {first.bloc}: spells overlap at {second.joined}"
        for first, second in itertools.pairwise(ordered)
        if (first.bloc, first.iso3) == (second.bloc, second.iso3) and second.joined < first.left
    ]
