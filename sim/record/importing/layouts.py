"""The published layouts, recognised by their header, and how each is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim import files
from sim.record.importing.reading import ISSUES
from sim.record.importing.sheet import Sheet
from sim.record.importing.successions import Successions

ACCEPTED = """accepted are
- the UN Digital Library's table: ms_code or ms_name, ms_vote, date, resolution (title, ...)
- Voeten's long table: rcid, ccode or country, vote; with date, unres, ... in it or in a second file
- Voeten's descriptive table, together with the long one: rcid, date (unres, amend, ...)
- a long table of letters: resolution or symbol, date, iso3, vote
- a wide table: date, a resolution or symbol or rcid, then one column a state with Y A N X - ?"""

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("undl_id", "rcid"),
    "symbol": ("resolution", "symbol", "unres"),
    "draft": ("draft",),
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
    "total_abstentions": ("total_abstentions", "abstain"),
    "total_no": ("total_no", "no"),
    "total_non_voting": ("total_non_voting", "absent", "non_voting"),
    "total_ms": ("total_ms",),
    "state": ("ms_code", "iso3", "ccode"),
    "name": ("ms_name", "country", "countryname", "country_code"),
    "vote": ("ms_vote", "vote"),
    **{issue: (issue,) for issue in ISSUES},
}
"""Our name of a column and the names that files give it; plural forms are understood too."""

OTHER_COLUMNS = frozenset(
    ("committee_report", "meeting", "vote_note", "undl_link", "year", "resid", "member", "status")
)


def understand(header: Iterable[str]) -> dict[str, str]:
    """Return the file's name of each column that is known, by ours.

    Examples
    --------
    >>> understand(["undl_ids", "ms_codes", "ms_votes", "Date", "resolution"])["vote"]
    'ms_votes'
    """
    written = {name.lower(): name for name in header}
    singular = {lower.removesuffix("s"): name for lower, name in written.items()}
    found: dict[str, str] = {}
    for ours, spellings in SPELLINGS.items():
        for spelling in spellings:
            theirs = written.get(spelling) or singular.get(spelling)
            if theirs is not None:
                found.setdefault(ours, theirs)
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
    lower = {name.lower() for name in sheet.columns}
    is_voeten = "rcid" in lower
    if "vote" in names and ("state" in names or "name" in names):
        if is_voeten:
            return "voeten"
        if {"date", "symbol"} <= set(names):
            return "undl" if names["vote"].lower().startswith("ms_vote") else "letters"
    elif "date" in names and ("id" in names or "symbol" in names):
        if state_columns(sheet):
            return "wide"
        if is_voeten:
            return "description"
    header = ", ".join(sheet.columns)
    raise files.FileError(f"{sheet.path}: line 1: no known layout: {header}; {ACCEPTED}")


def state_columns(sheet: Sheet) -> list[str]:
    """Return the columns of a wide sheet that stand for states.

    Examples
    --------
    >>> state_columns(Sheet.of({"date": [], "rcid": [], "no": [], "NOR": [], "ZAIRE": []}))
    ['NOR', 'ZAIRE']
    """
    ours = set(understand(sheet.columns).values())
    others = [n for n in sheet.columns if n not in ours and n.lower() not in OTHER_COLUMNS]
    return [name for name in others if Successions.load().knows(name)]
