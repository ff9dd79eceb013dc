"""What one file says: its roll calls, its votes, and the places that could not be read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.assembly.choices import BoolArray, IntArray
from sim.record.importing.codes import whole_number
from sim.record.importing.layouts import ISSUES
from sim.record.importing.sheet import LONGEST, Sheet
from sim.record.texts import body_of

TOTALS = ("total_yes", "total_abstentions", "total_no", "total_non_voting", "total_ms")
"""Totals that a file may state, in the order of `Choice`, then the number of member states."""
MOST = 999
"""Votes of one roll call, at most."""

NO_DAY = np.datetime64("NaT", "D")
FIRST_DAY, LAST_DAY = np.datetime64("1945-10-24"), np.datetime64("2100-01-01")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ][\d:.Z]*)?$")
_ASSEMBLY = re.compile(
    r"(?:un)?ga|plenary|(?!.*committee).*general assembly.*"
    r"|(?:(?:the|u\.?n\.?|united nations|plenary) )*assembly(?! of\b).*",
    re.IGNORECASE,
)
"""How a table names the General Assembly; specialised agencies have assemblies, too."""
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
        amend, para, body, `TOTALS` (not a number where not stated), complete (a state without a
        row was no member), blank (votes left empty) and blank_as (what they are taken for).
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
    try:
        day = np.datetime64("-".join(fields.groups()), "D") if fields else NO_DAY
    except ValueError:
        return NO_DAY
    return day if FIRST_DAY <= day <= LAST_DAY else NO_DAY


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
    frame = pd.DataFrame({"line": sheet.lines[index], "roll": roll[index], "value": ""})
    if len(index):
        frame["value"] = sheet.each(column)[index]
    return frame.assign(column=column, reason=reason, left_out=left_out)[list(PROBLEMS)]


def bad_fields(sheet: Sheet, roll: IntArray) -> list[pd.DataFrame]:
    """Return the rows with too many or too few fields, and those with a field that is too long.

    Examples
    --------
    >>> sheet = Sheet.of({"title": ["Cuba", "Cuba" * 100_000]})
    >>> [len(problems) for problems in bad_fields(sheet, np.array([0, 1]))]
    [0, 1]
    """
    reason = f"not {len(sheet.columns)} fields, as the header has"
    found = [problem_rows(sheet, sheet.ragged, roll, column="", reason=reason)]
    for name, column in sheet.columns.items():
        if max(map(len, column.categories), default=0) > LONGEST:
            long = sheet.each(name, lambda text: len(text) > LONGEST, bool)
            reason = f"longer than {LONGEST:,} characters"
            found.append(problem_rows(sheet, long, roll, column=name, reason=reason))
    return found


def telling_rows(sheet: Sheet, name: str | None, rows: IntArray, roll: IntArray) -> IntArray:
    """Return the first row of each roll call that has a text in a column, [roll call].

    Where none has, it is the first row.

    Parameters
    ----------
    sheet : Sheet
        The file.
    name : str, optional
        The column.
    rows : IntArray
        The first row of each roll call, [roll call].
    roll : IntArray
        Roll call of every row of the sheet, [row].

    Examples
    --------
    >>> sheet = Sheet.of({"title": ["", "On peace", ""]})
    >>> telling_rows(sheet, "title", np.array([0, 2]), np.array([0, 0, 1])).tolist()
    [1, 2]
    """
    codes = sheet.codes(name) if name in sheet.columns else np.zeros(len(sheet), np.int64)
    if (codes[rows] >= 0).all():
        return rows
    told = np.flatnonzero(codes >= 0)[::-1]
    found = rows.copy()
    found[roll[told]] = told
    return found


def bad_totals(
    sheet: Sheet, rows: IntArray, roll: IntArray, names: Mapping[str, str]
) -> list[pd.DataFrame]:
    """Return the stated totals that are no numbers; the roll calls can be used without them.

    Examples
    --------
    >>> sheet, here = Sheet.of({"yes": ["inf"]}), np.array([0])
    >>> bad_totals(sheet, here, here, {"total_yes": "yes"})[0]["value"].tolist()
    ['inf']
    """
    problems = []
    for column in [names[name] for name in TOTALS if name in names]:
        told = telling_rows(sheet, column, rows, roll)
        bad = sheet.each(column, lambda text: bool(text) and math.isnan(_total(text)), bool)[told]
        where: dict[str, str] = {"column": column, "reason": "no number of votes"}
        problems.append(problem_rows(sheet, told[bad], roll, **where, left_out=False))
    return problems


def roll_call_rows(
    sheet: Sheet, rows: IntArray, names: Mapping[str, str], roll: IntArray | None = None
) -> pd.DataFrame:
    """Return what a sheet says of its roll calls, apart from the votes.

    A roll call without a title bears its heading. What its first row lacks is taken from the next.

    Parameters
    ----------
    sheet : Sheet
        The file.
    rows : IntArray
        The row that describes each roll call, [roll call].
    names : mapping of str to str
        The file's name of each column, by ours.
    roll : IntArray, optional
        Roll call of every row of the sheet, [row], if there are several to one.

    Examples
    --------
    >>> sheet = Sheet.of({"unres": ["R/1/66"]})
    >>> roll_call_rows(sheet, np.array([0]), {"symbol": "unres"})["symbol"].tolist()
    ['R/1/66']
    """

    def each(name: str, function: Callable[[str], Any] = str, dtype: npt.DTypeLike = object) -> Any:
        theirs = names.get(name)
        told = rows if roll is None else telling_rows(sheet, theirs, rows, roll)
        return sheet.each(theirs, function, dtype)[told]

    frame = pd.DataFrame(index=range(len(rows)))
    for name in ("symbol", "session", "title", "agenda", "subjects", "draft", "meeting", "body"):
        frame[name] = each(name)
    frame["session"] = frame["session"].map(whole_number)
    frame["title"] = frame["title"].where(frame["title"] != "", frame["agenda"])
    frame["agenda"] = frame["agenda"].where(frame["agenda"] != frame["title"], "")
    frame["date"] = each("date", day_of, "M8[D]").astype("M8[s]")
    for name in ("important", "amend", "para"):
        marks = each(name, whole_number)
        frame[name] = [mark not in ("", "0", "FALSE", "False", "false") for mark in marks]
    for name in TOTALS:
        frame[name] = each(name, _total, float)
    frame["body"] = frame["body"].where(frame["body"] != "", [*map(_body, *_told(frame))])
    if "permanent" in names:
        frame["body"] = "Security Council"
    frame["body"] = frame["body"].map(_other_body)
    if "issues" in names:
        frame["issues"] = each("issues")
    else:
        marks = [each(issue, lambda text: whole_number(text) == "1", bool) for issue in ISSUES]
        frame["issues"] = [
            "|".join(np.array(ISSUES)[list(row)]) for row in zip(*marks, strict=True)
        ]
    return frame.assign(complete=False, blank=0, blank_as="")


def _other_body(body: str) -> str:
    """Return the name of a body, nothing if it is the Assembly."""
    return "" if _ASSEMBLY.fullmatch(body) else body


def _told(frame: pd.DataFrame) -> list[pd.Series]:
    return [frame[name] for name in ("meeting", "symbol", "draft", "title")]


def _body(meeting: str, symbol: str, draft: str, title: str) -> str:
    """Return the body that voted; its meeting says it, else what it adopted."""
    if meeting or symbol:
        return body_of(meeting) or body_of(symbol, title)
    return body_of(draft, title)


def _total(text: str) -> float:
    """Return a stated number of votes; not a number where it cannot be one."""
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if 0 <= number <= MOST and number.is_integer() else math.nan
