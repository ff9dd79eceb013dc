"""What one file says: its roll calls, its votes, and the places that could not be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.assembly.choices import LOST, NOT_A_MEMBER, BoolArray, Choice, IntArray
from sim.record.importing.sheet import Column, Sheet
from sim.record.importing.successions import Days

UNREADABLE = -9
"""Code of a vote that is none of those the layout allows; never in a record."""

LETTERS: Mapping[str, int] = {
    **{choice.letter: int(choice) for choice in Choice},
    "NV": Choice.NON_VOTING,
    "-": NOT_A_MEMBER,
    "?": LOST,
}
NUMBERS: Mapping[str, int] = {
    **{"1": Choice.YES, "2": Choice.ABSTAIN, "3": Choice.NO, "8": Choice.NON_VOTING},
    **{"YES": Choice.YES, "ABSTAIN": Choice.ABSTAIN, "NO": Choice.NO, "9": NOT_A_MEMBER},
}
ISSUES = ("me", "nu", "di", "hr", "co", "ec")
TOTALS = ("total_yes", "total_abstentions", "total_no", "total_non_voting", "total_ms")
"""Totals that a file may state, in the order of `Choice`, then the number of member states."""

NO_DAY = np.datetime64("NaT", "D")
FIRST_DAY, LAST_DAY = np.datetime64("1945-10-24"), np.datetime64("2100-01-01")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ][\d:.Z]*)?$")
PROBLEMS = ("line", "roll", "column", "value", "reason", "left_out")


@dataclass(frozen=True)
class Reading:
    """The contents of one file.

    Parameters
    ----------
    layout : str
        Name of the layout that was recognised.
    roll_calls : DataFrame
        One row a roll call: symbol, date, session, title, agenda, subjects, issues, important,
        amend, para, `TOTALS` (not a number where not stated) and complete (a state without a row
        was no member).
    roll, state, vote, line : IntArray
        Each vote's roll call, number of its state, code and row in the file, [vote].
    problems : DataFrame
        Places that could not be read: columns `PROBLEMS`; roll -1 where it is not known.
    """

    layout: str
    roll_calls: pd.DataFrame
    roll: IntArray
    state: IntArray
    vote: IntArray
    line: IntArray
    problems: pd.DataFrame


def day_of(text: str) -> np.datetime64:
    """Return the day that a text like ``2025-02-24`` or ``20250224`` gives, or no day.

    Days that put the month or the day first cannot be told apart, and are not read.

    Examples
    --------
    >>> str(day_of("2025-02-24 00:00:00")), str(day_of("24/02/2025")), str(day_of("2025-02-30"))
    ('2025-02-24', 'NaT', 'NaT')
    """
    fields = _DAY.match(text)
    if fields is None:
        return NO_DAY
    try:
        day = np.datetime64("-".join(fields.groups()), "D")
    except ValueError:
        return NO_DAY
    return day if FIRST_DAY <= day <= LAST_DAY else NO_DAY


def days(column: Column) -> Days:
    """Return the day of each row, [row]; no day where the text is none.

    Examples
    --------
    >>> days(Column.of(["2025-02-24", ""])).astype(str).tolist()
    ['2025-02-24', 'NaT']
    """
    found: Days = column.each(day_of, "M8[D]")
    return found


def votes(column: Column, codes: Mapping[str, int]) -> IntArray:
    """Return the vote code of each row, [row]; `UNREADABLE` where the text is none of `codes`.

    Examples
    --------
    >>> votes(Column.of(["Y", "nv", "?", "maybe"]), LETTERS).tolist()
    [0, 3, -2, -9]
    """
    found: IntArray = column.each(
        lambda text: codes.get(text.upper().removesuffix(".0"), UNREADABLE), np.int64
    )
    return found


def problem_rows(
    sheet: Sheet,
    rows: BoolArray | IntArray,
    roll: IntArray,
    *,
    column: str,
    reason: str,
    left_out: bool = True,
) -> pd.DataFrame:
    """Return one problem for each of these rows of a sheet.

    Parameters
    ----------
    sheet : Sheet
        The file.
    rows : BoolArray or IntArray
        The rows, [row].
    roll : IntArray
        Roll call of every row of the sheet, [row].
    column, reason : str
        The column, and what is wrong with what it holds.
    left_out : bool
        Whether the roll call cannot be used.

    Examples
    --------
    >>> sheet = Sheet.of({"vote": ["Q"]})
    >>> here = np.array([0])
    >>> problem_rows(sheet, here, here, column="vote", reason="no vote")["value"].tolist()
    ['Q']
    """
    index = np.flatnonzero(rows) if rows.dtype == bool else rows.astype(np.int64)
    at = sheet.columns.get(column)
    value = [""] * len(index) if at is None else [at.texts[code] for code in at.codes[index]]
    frame = pd.DataFrame({"line": sheet.lines[index], "roll": roll[index], "value": value})
    return frame.assign(column=column, reason=reason, left_out=left_out)[list(PROBLEMS)]


def text_of(sheet: Sheet, name: str | None, rows: IntArray) -> Sequence[str]:
    """Return the texts of a column in these rows; empty ones if there is no such column.

    Examples
    --------
    >>> sheet = Sheet.of({"title": ["Cuba"]})
    >>> list(text_of(sheet, "title", np.array([0]))), list(text_of(sheet, None, np.array([0])))
    (['Cuba'], [''])
    """
    column = sheet.columns.get(name) if name else None
    return (
        [""] * len(rows) if column is None else [column.texts[code] for code in column.codes[rows]]
    )


def roll_call_rows(sheet: Sheet, rows: IntArray, names: Mapping[str, str]) -> pd.DataFrame:
    """Return what a sheet says of its roll calls, apart from the votes.

    Parameters
    ----------
    sheet : Sheet
        The file.
    rows : IntArray
        The row that describes each roll call, [roll call].
    names : mapping of str to str
        The file's name of each column, by ours.

    Examples
    --------
    >>> sheet = Sheet.of({"unres": ["R/1/66"]})
    >>> roll_call_rows(sheet, np.array([0]), {"symbol": "unres"})["symbol"].tolist()
    ['R/1/66']
    """
    frame = pd.DataFrame(index=range(len(rows)))
    for name in ("symbol", "session", "title", "agenda", "subjects"):
        frame[name] = text_of(sheet, names.get(name), rows)
    date = sheet.columns.get(names.get("date", ""))
    frame["date"] = (np.full(len(rows), NO_DAY) if date is None else days(date)[rows]).astype(
        "M8[s]"
    )
    for name in ("important", "amend", "para"):
        texts = text_of(sheet, names.get(name), rows)
        frame[name] = [text.removesuffix(".0") not in ("", "0", "NA", "FALSE") for text in texts]
    for name in TOTALS:
        stated = pd.Series(text_of(sheet, names.get(name), rows), dtype=object)
        frame[name] = pd.to_numeric(stated, errors="coerce").astype(float)
    frame["issues"] = _issues(sheet, rows, names)
    frame["complete"] = False
    return frame


def _issues(sheet: Sheet, rows: IntArray, names: Mapping[str, str]) -> list[str]:
    """Return the issues of each roll call, joined, from one column or one for each issue."""
    if "issues" in names:
        return list(text_of(sheet, names["issues"], rows))
    marks = [text_of(sheet, names.get(issue), rows) for issue in ISSUES]
    given = [[text.removesuffix(".0") == "1" for text in texts] for texts in marks]
    return [
        "|".join(issue for issue, marked in zip(ISSUES, row, strict=True) if marked)
        for row in zip(*given, strict=True)
    ]
