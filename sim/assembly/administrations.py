"""Which party holds the White House on a day: a vote of the United States means more under some."""

from __future__ import annotations

import datetime
import functools

from sim import files

COLUMNS = ("from", "known", "party")


def is_republican(day: datetime.date, *, as_of: datetime.date | None = None) -> bool:
    """Return whether the President is a Republican on a day, as far as it is known.

    After the last known row of ``seeds/us_administrations.csv`` it stays as it was.

    Parameters
    ----------
    day : date
    as_of : date, optional
        An administration that was not known then does not count, as before its election.

    Raises
    ------
    ValueError
        If no administration was known.

    Examples
    --------
    >>> is_republican(datetime.date(2025, 1, 19)), is_republican(datetime.date(2025, 1, 20))
    (False, True)
    >>> is_republican(datetime.date(2025, 1, 20), as_of=datetime.date(2024, 11, 5))
    False
    """
    asked = (as_of or day).isoformat()
    found = [
        party
        for start, known, party in _administrations()
        if start <= day.isoformat() and known <= asked
    ]
    if not found:
        raise ValueError(f"day {day}: no administration was known")
    return found[-1] == "Republican"


@functools.cache
def _administrations() -> list[tuple[str, str, str]]:
    """Return day of the beginning, day on which it was known, and party of each, in order."""
    rows = files.read_rows(files.seed("us_administrations.csv"), COLUMNS)
    return [(row["from"], row["known"], row["party"]) for row in rows]
