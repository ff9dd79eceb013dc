"""A draft resolution: the text that is put to the vote, and who stands behind it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sim.assembly.choices import Choice
from sim.assembly.members import Members


@dataclass(frozen=True)
class DraftResolution:
    """One draft resolution as it stands on the day of the forecast.

    Parameters
    ----------
    symbol : str
        Document symbol of the draft or, once adopted, of the resolution.
    title : str
        Title of the text.
    date : datetime.date
        Day of the vote.
    majority : str
        Name of the rule that decides, such as ``simple`` or ``two-thirds``.
    sponsors : tuple of str
        ISO codes of the sponsors and co-sponsors known so far; kept sorted.
    announced : mapping of str to Choice
        Positions already declared, by ISO code; kept read-only.

    Raises
    ------
    ValueError
        If a code is no member state, is named twice among the sponsors, or a sponsor has announced
        another choice than yes; the message names every problem.

    Examples
    --------
    >>> draft = DraftResolution(
    ...     "A/ES-11/L.10", "A just and lasting peace", datetime.date(2025, 2, 24), "two-thirds",
    ...     sponsors=("UKR", "CAN"), announced={"RUS": Choice.NO},
    ... )
    >>> draft.sponsors, draft.position("UKR"), draft.position("RUS"), draft.position("IND")
    (('CAN', 'UKR'), <Choice.YES: 0>, <Choice.NO: 2>, None)
    """

    symbol: str
    title: str
    date: datetime.date
    majority: str
    sponsors: tuple[str, ...] = ()
    announced: Mapping[str, Choice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the codes, and make what was given read-only."""
        problems = self._problems()
        if problems:
            raise ValueError(f"draft resolution {self.symbol}: " + "; ".join(problems))
        object.__setattr__(self, "sponsors", tuple(sorted(self.sponsors)))
        object.__setattr__(self, "announced", MappingProxyType(dict(self.announced)))

    def position(self, iso3: str) -> Choice | None:
        """Return the choice that a member state has declared, or None.

        A sponsor has declared yes; that is a declaration, not yet a vote.

        Examples
        --------
        >>> day = datetime.date(2022, 3, 2)
        >>> DraftResolution("A/ES-11/L.1", "", day, "two-thirds", sponsors=("UKR",)).position("UKR")
        <Choice.YES: 0>
        """
        return Choice.YES if iso3 in self.sponsors else self.announced.get(iso3)

    def _problems(self) -> list[str]:
        known = Members.load().codes
        problems = [
            f"{iso3!r} is not the ISO code of a member state"
            for iso3 in dict.fromkeys((*self.sponsors, *self.announced))
            if iso3 not in known
        ]
        for iso3 in dict.fromkeys(self.sponsors):
            if self.sponsors.count(iso3) > 1:
                problems.append(f"sponsor {iso3} is named twice")
            choice = self.announced.get(iso3, Choice.YES)
            if choice is not Choice.YES:
                problems.append(f"{iso3} is a sponsor and has announced {choice.label}")
        return problems
