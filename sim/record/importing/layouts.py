"""The published layouts, recognised by their header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sim import files
from sim.record.importing.sheet import Sheet
from sim.record.importing.successions import Successions

ACCEPTED = """accepted are
- the UN Digital Library's table: ms_code or ms_name, ms_vote, date, resolution (title, ...)
- Voeten's long table: rcid, ccode or country, vote; with date, unres, ... in it or in a second file
- Voeten's descriptive table, together with the long one: rcid, date (unres, amend, ...)
- a long table of letters: resolution or symbol, date, iso3, vote
- a wide table: date, a resolution or symbol or rcid, then one column a state with Y A N X - ?
  (or words; with rcid also 1 2 3 8 9), headed by its name, its ISO code of three letters, or of two
  capitals if that is a state's code in three columns or more"""

ISSUES = ("me", "nu", "di", "hr", "co", "ec")
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("undl_id", "rcid"),
    "symbol": ("resolution", "symbol", "unres"),
    "draft": ("draft",),
    "meeting": ("meeting",),
    "modality": ("modality",),
    "body": ("body", "organ"),
    "permanent": ("permanent_member",),
    "date": ("date", "vote_date"),
    "session": ("session",),
    "title": ("title", "descr"),
    "agenda": ("agenda_title", "agenda", "short"),
    "subjects": ("subjects", "subject"),
    "issues": ("issues",),
    "important": ("importantvote", "important"),
    "amend": ("amend",),
    "para": ("para",),
    "total_yes": ("total_yes", "yes"),
    "total_abstentions": ("total_abstentions", "abstentions", "abstain"),
    "total_no": ("total_no", "no"),
    "total_non_voting": ("total_non_voting", "absent", "non_voting"),
    "total_ms": ("total_ms", "total_voting", "total_voting_membership"),
    "state": ("ms_code", "iso3", "iso3c", "ccode", "iso2", "iso2c"),
    "name": ("ms_name", "country", "countryname", "country_name", "country_code"),
    "vote": ("ms_vote", "vote"),
    **{issue: (issue,) for issue in ISSUES},
}
"""Our name of a column and the names that files give it; plural forms are understood too."""

OTHER_COLUMNS = frozenset(
    [
        "committee_report",
        "vote_note",
        "undl_link",
        "year",
        "resid",
        "id",
        "member",
        "status",
        "modality",
    ]
)
SOME, FEW = 10, 3
"""Two capitals head a state's column if so many columns are so headed; or if so few are, and none
of them may be a column of another kind: ``NO``, ``ME``, ``CO``."""
_OURS = OTHER_COLUMNS.union(*SPELLINGS.values())
_NUMBER = re.compile(r"(?:x|c|cow|ccode)?_?(\d{1,3})(?:\.0)?", re.IGNORECASE)


def understand(header: Iterable[str]) -> dict[str, str]:
    """Return the file's name of each column that is known, by ours.

    Examples
    --------
    >>> understand(["undl_ids", "ms_codes", "ms_votes", "Date", "non-voting"])["total_non_voting"]
    'non-voting'
    """
    return {ours: theirs[0] for ours, theirs in spelt(header).items()}


def spelt(header: Iterable[str]) -> dict[str, list[str]]:
    """Return the file's names of each column that is known, by ours; the first is the one read.

    Examples
    --------
    >>> spelt(["vote", "date", "ms_vote"])
    {'date': ['date'], 'vote': ['ms_vote', 'vote']}
    """
    names = list(header)
    short = _two_capitals(names)
    written = {_plain(name): name for name in names if name not in short}
    singular = {lower.removesuffix("s"): name for lower, name in written.items()}
    found: dict[str, list[str]] = {}
    for ours, spellings in SPELLINGS.items():
        for spelling in spellings:
            theirs = written.get(spelling) or singular.get(spelling)
            if theirs is not None:
                found.setdefault(ours, []).append(theirs)
    return found


def layout_of(sheet: Sheet) -> str:
    """Return the name of a sheet's layout: undl, voeten, description, letters or wide.

    Raises
    ------
    files.FileError
        If the header is that of no layout; the message says what is accepted.

    Examples
    --------
    >>> from sim.record.importing.sheet import read_sheet
    >>> layout_of(read_sheet(files.seed("roll_calls.csv")))
    'letters'
    """
    names = understand(sheet.columns)
    if doubtful := _doubtful(sheet.columns):
        raise files.FileError(
            f"{sheet.path}: line 1: {', '.join(doubtful)}: may head a state or a column of another "
            "kind; head states by three letters, such as NOR"
        )
    is_voeten = "rcid" in map(str.lower, sheet.columns)
    if "vote" in names and ("state" in names or "name" in names):
        if is_voeten:
            return "voeten"
        if {"date", "symbol"} <= set(names):
            return "undl" if names["vote"].lower().startswith("ms_vote") else "letters"
    elif "date" in names and ("id" in names or "symbol" in names):
        if state_columns(sheet.columns)[1]:
            return "wide"
        if is_voeten:
            return "description"
    header = ", ".join(sheet.columns)[:500]
    raise files.FileError(f"{sheet.path}: line 1: no known layout: {header}; {ACCEPTED}")


def state_columns(header: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the scheme of a wide table's state columns, and each column's code or name of a state.

    Examples
    --------
    >>> state_columns(["date", "rcid", "no", "NOR", "ZAIRE"])
    ('text', {'NOR': 'NOR', 'ZAIRE': 'ZAIRE'})
    >>> state_columns(["date", "rcid", "2", "X20"])
    ('cow', {'2': '2', 'X20': '20'})
    """
    names = list(header)
    ours = {*understand(names).values()}
    others = [name for name in names if name not in ours and _plain(name) not in OTHER_COLUMNS]
    short = _two_capitals(names)
    words = {name: name for name in others if len(name) != 2 or name in short}
    numbers = {name: number[1] for name in others if (number := _NUMBER.fullmatch(name))}
    table = Successions.load()
    return max(
        (
            (scheme, {name: text for name, text in told.items() if table.knows(text, scheme)})
            for scheme, told in (("text", words), ("cow_letters", words), ("cow", numbers))
        ),
        key=lambda found: len(found[1]),
    )


def _plain(name: str) -> str:
    return re.sub(r"[\s.-]+", "_", name.strip().lower())


def _two_capitals(names: Iterable[str]) -> set[str]:
    """Return the headings of two capitals that are ISO codes, if they are many or all clear."""
    short = _iso_codes(names)
    clear = {name for name in short if name.lower() not in _OURS}
    if len(short) >= SOME or len(clear) >= FEW:
        return short if len(short) >= SOME else clear
    return set()


def _doubtful(names: Iterable[str]) -> list[str]:
    """Return the headings beside a few clear ISO codes that may be one, or a total or an issue."""
    short = _iso_codes(names)
    clear = {name for name in short if name.lower() not in _OURS}
    return sorted(short - clear) if len(clear) >= FEW and len(short) < SOME else []


def _iso_codes(names: Iterable[str]) -> set[str]:
    short = {name for name in names if len(name) == 2 and name.isupper()}
    return {name for name in short if Successions.load().knows(name)}
