"""What is known of one recorded vote, apart from the votes, and the columns it has in tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

TEXTS = (
    *[
        "key",
        "symbol",
        "session",
        "title",
        "agenda",
        "subjects",
        "issues",
        "kind",
        "source",
        "body",
    ],
)
COLUMNS = (*TEXTS[:2], "date", *TEXTS[2:7], "important", *TEXTS[7:])
OTHERS = ("key", "code", "name", "vote")


@dataclass(frozen=True)
class RollCall:
    """One recorded vote, without the votes.

    Parameters
    ----------
    key : str
        Names this roll call and no other of its record.
    symbol : str
        Document symbol as the source prints it; several roll calls may share one, some have none.
    date : datetime.date
        Day of the vote, as the source has it.
    session : str
        Session of the General Assembly: ``79``, ``ES-11``.
    title, agenda, subjects : str
        Title of the text; agenda item or heading; subject words.
    issues : tuple of str
        Of ``me nu di hr co ec``: Middle East, nuclear, disarmament, human rights, colonialism,
        economic development.
    important : bool
        An important vote in the reports of the US Department of State.
    kind : str
        One of `sim.record.texts.KINDS`.
    source : str
        Name of the file or files it was read from.
    body : str
        The body that voted, as ``Third Committee``; nothing for the General Assembly.
    """

    key: str
    symbol: str
    date: dt.date
    session: str
    title: str
    agenda: str
    subjects: str
    issues: tuple[str, ...]
    important: bool
    kind: str
    source: str
    body: str = ""
