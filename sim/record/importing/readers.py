"""How a table of each layout is read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.assembly.choices import LOST, BoolArray, Choice, IntArray
from sim.assembly.members import Members
from sim.record import canonical_symbol
from sim.record.importing.codes import BLANK, NUMBERS, UNREADABLE, WORDS, vote_of, whole_number
from sim.record.importing.grouping import grouped
from sim.record.importing.layouts import OTHER_COLUMNS, spelt, state_columns, understand
from sim.record.importing.reading import (
    Reading,
    bad_fields,
    bad_totals,
    day_of,
    problem_rows,
    roll_call_rows,
    telling_rows,
)
from sim.record.importing.sheet import MISSING, Sheet, categorical
from sim.record.importing.successions import UNKNOWN, Days, Successions

NO_DAY = "no day like 2025-02-24"
NO_VOTE = "not a vote; expected one of Y A N X - ? and YES ABSTAIN NO ABSENT"
NO_NUMBER = f"{NO_VOTE}, 1 2 3 8 9"
NO_DIGIT = f"{NO_VOTE}; digits are read in Voeten's tables alone, which have the column rcid"


def read_long(sheet: Sheet, layout: str, description: Sheet | None = None) -> Reading:
    """Return the contents of a table with one row for each vote.

    An empty vote is not voting, but in Voeten's tables, which write 8 for that, it is lost.

    Parameters
    ----------
    sheet : Sheet
        The table.
    layout : str
        ``undl``, ``letters`` or ``voeten``.
    description : Sheet, optional
        Voeten's descriptive table, if the roll calls are described there.

    Examples
    --------
    >>> from sim import files
    >>> from sim.record.importing.sheet import read_sheet
    >>> reading = read_long(read_sheet(files.seed("roll_calls.csv")), "letters")
    >>> reading.layout, len(reading.problems)
    ('letters', 0)
    """
    names = understand(sheet.columns)
    roll, first = grouped(sheet, layout, names)
    problems = bad_fields(sheet, roll)
    if description is None:
        about = roll_call_rows(sheet, first, names, roll)
        problems += [*_varying(sheet, roll, first, names), *bad_totals(sheet, first, roll, names)]
        undated = np.isnat(_days(sheet, names))
        problems.append(problem_rows(sheet, undated, roll, column=names["date"], reason=NO_DAY))
        problems += _dated_otherwise(sheet, roll, names)
    else:
        about, undescribed = _described(sheet, roll, first, description)
        problems.append(undescribed)
    state, strange = _states(sheet, roll, about["date"].to_numpy().astype("M8[D]")[roll])
    codes, reason = (NUMBERS, NO_NUMBER) if layout == "voeten" else (WORDS, NO_VOTE)
    vote = sheet.each(names["vote"], lambda text: vote_of(text, codes), np.int64)
    wrong = problem_rows(sheet, vote == UNREADABLE, roll, column=names["vote"], reason=reason)
    problems += _voted_otherwise(sheet, roll, vote, codes)
    about["blank"] = np.bincount(roll[vote == BLANK], minlength=len(about))
    about["blank_as"] = "lost" if layout == "voeten" else "not voting"
    vote[vote == BLANK] = LOST if layout == "voeten" else Choice.NON_VOTING
    # A table that lists the absent has a row for each member state of the day.
    about["complete"] = layout == "voeten" and bool((vote == Choice.NON_VOTING).any())
    return Reading(
        layout, about, roll, state, vote, sheet.lines, pd.concat([*problems, *strange, wrong])
    )


def read_wide(sheet: Sheet) -> Reading:
    """Return the contents of a table with one row for each roll call and one column a state.

    Examples
    --------
    >>> row = {"date": ["2025-02-24"], "symbol": ["A/RES/ES-11/7"], "USA": ["N"], "CHN": ["A"]}
    >>> read_wide(Sheet.of(row)).vote.tolist()
    [2, 1]
    """
    names, (scheme, states) = understand(sheet.columns), state_columns(sheet.columns)
    rows = np.arange(len(sheet))
    about = roll_call_rows(sheet, rows, names)
    date = about["date"].to_numpy().astype("M8[D]")
    problems = [*bad_fields(sheet, rows), *bad_totals(sheet, rows, rows, names)]
    undated = np.isnat(date)
    problems.append(problem_rows(sheet, undated, rows, column=names["date"], reason=NO_DAY))
    problems += _dated_otherwise(sheet, rows, names)
    problems.append(_unused(sheet, {*names.values(), *_further(sheet, "date"), *states}))
    numbers = scheme == "cow" or "rcid" in map(str.lower, sheet.columns)
    codes, reason = (NUMBERS, NO_NUMBER) if numbers else (WORDS, NO_DIGIT)
    votes = [sheet.each(name, lambda text: vote_of(text, codes), np.int64) for name in states]
    for name, column in zip(states, votes, strict=True):
        problems.append(problem_rows(sheet, column == UNREADABLE, rows, column=name, reason=reason))
    each = categorical(states.values(), np.repeat(np.arange(len(states)), len(rows)))
    number = Successions.load().numbers(each, np.tile(date, len(states)), scheme=scheme)
    vote, state = np.array(votes), number.reshape(len(states), len(rows))
    full = (vote != BLANK).sum(axis=0) == about["total_ms"].to_numpy()
    blank = _blank_members(vote, state, date) & ~full
    absent = _absent(vote, blank, about)
    vote[blank & absent] = Choice.NON_VOTING
    about["blank"] = blank.sum(axis=0)
    about["blank_as"] = np.where(absent, "not voting", "lost")
    column, row = np.nonzero(vote != BLANK)
    return Reading(
        "wide",
        about,
        row.astype(np.int64),
        state[column, row],
        vote[column, row],
        sheet.lines[row],
        pd.concat(problems),
    )


def _blank_members(vote: IntArray, state: IntArray, date: Days) -> BoolArray:
    """Return the empty fields of states that were members and have no vote, [column, row].

    In the year of its admission a state may not have been there yet.
    """
    members = Members.load()
    since = np.array([each.un_since for each in members.states])
    year = np.where(np.isnat(date), 0, date.astype("M8[Y]").astype(np.int64) + 1970)
    blank = (vote == BLANK) & (state >= 0) & (state < len(members))
    blank &= since[np.where(blank, state, 0)] < year
    told = np.zeros((len(members) + 1, vote.shape[1]), bool)
    column, row = np.nonzero((vote != BLANK) & (state >= 0) & (state < len(members)))
    told[state[column, row], row] = True
    return np.asarray(blank & ~told[np.where(blank, state, 0), np.arange(vote.shape[1])], bool)


def _absent(vote: IntArray, blank: BoolArray, about: pd.DataFrame) -> BoolArray:
    """Return whether an empty field is a state that did not vote, [row]; if not, its vote is lost.

    The stated totals say it; without them, a table that has no other sign for not voting.
    """
    empty, listed = blank.sum(axis=0), (vote != BLANK).sum(axis=0)
    missing = about["total_non_voting"].to_numpy() - (vote == Choice.NON_VOTING).sum(axis=0)
    members = about["total_ms"].to_numpy() - listed
    silent = np.full(len(about), not (vote == Choice.NON_VOTING).any())
    by_members = np.where(np.isnan(members), silent, members == empty)
    absent: BoolArray = np.where(np.isnan(missing), by_members, missing == empty).astype(bool)
    return absent


def _days(sheet: Sheet, names: Mapping[str, str]) -> Days:
    days: Days = sheet.each(names["date"], day_of, "M8[D]")
    return days


def _varying(
    sheet: Sheet, roll: IntArray, first: IntArray, names: Mapping[str, str]
) -> list[pd.DataFrame]:
    """Return the rows whose day or symbol is not the first one told of their roll call."""
    problems, reason = [], "other rows of the roll call differ"
    for name in [name for name in ("date", "symbol") if name in names]:
        if name == "date":
            found = _days(sheet, names)
            told = ~np.isnat(found)
        else:
            found = sheet.each(names[name], canonical_symbol)
            told = found != ""
        by = telling_rows(sheet, names[name], first, roll)
        other = (found != found[by][roll]) & told
        problems.append(problem_rows(sheet, other, roll, column=names[name], reason=reason))
    return problems


def _voted_otherwise(
    sheet: Sheet, roll: IntArray, vote: IntArray, codes: Mapping[str, int]
) -> list[pd.DataFrame]:
    """Return the rows with another vote in a further column of votes, which is not read."""
    problems = []
    for name in _further(sheet, "vote"):
        other = sheet.each(name, lambda text: vote_of(text, codes), np.int64)
        odd = (other != vote) & (other != UNREADABLE) & (other != BLANK)
        problems.append(_not_as(sheet, odd, roll, name, "vote"))
    return problems


def _dated_otherwise(sheet: Sheet, roll: IntArray, names: Mapping[str, str]) -> list[pd.DataFrame]:
    """Return the rows with another day in a further column of days, which is not read."""
    problems, read = [], _days(sheet, names)
    for name in _further(sheet, "date"):
        other = sheet.each(name, day_of, "M8[D]")
        odd = (other != read) & ~np.isnat(other) & ~np.isnat(read)
        problems.append(_not_as(sheet, odd, roll, name, "date"))
    return problems


def _further(sheet: Sheet, ours: str) -> list[str]:
    """Return the columns of a kind besides the one that is read."""
    return spelt(sheet.columns).get(ours, [])[1:]


def _not_as(sheet: Sheet, odd: BoolArray, roll: IntArray, name: str, ours: str) -> pd.DataFrame:
    read, what = spelt(sheet.columns)[ours][0], {"date": "day"}.get(ours, ours)
    reason = f"not the {what} in {read}; that is believed"
    return problem_rows(sheet, odd, roll, column=name, reason=reason, left_out=False)


def _described(
    sheet: Sheet, roll: IntArray, first: IntArray, description: Sheet
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the descriptions of a Voeten table's roll calls, and those without a good one."""
    names, theirs = understand(sheet.columns), understand(description.columns)
    ids = description.each(theirs["id"], whole_number)
    row_of = {text: row for row, text in reversed(list(enumerate(ids)))}
    wanted = sheet.each(names["id"], whole_number)[first]
    rows = np.array([row_of.get(text, -1) for text in wanted], np.int64)
    about = roll_call_rows(description, np.maximum(rows, 0), theirs)
    every = roll_call_rows(description, np.arange(len(ids)), theirs)
    told = every[["date", "symbol"]].assign(id=ids).drop_duplicates()
    doubtful = np.isin(wanted, told["id"][told["id"].duplicated()])
    undated = about["date"].isna().to_numpy() | (rows < 0)
    about.loc[(rows < 0) | doubtful, "date"] = pd.NaT
    missing = f"no row with a day in {description.path.name}"
    several = f"two rows in {description.path.name} that differ in day or symbol"
    found = [
        problem_rows(sheet, odd[roll], roll, column=names["id"], reason=reason)
        for odd, reason in ((undated & ~doubtful, missing), (doubtful, several))
    ]
    return about, pd.concat(found, ignore_index=True)


def _states(sheet: Sheet, roll: IntArray, on: Days) -> tuple[IntArray, list[pd.DataFrame]]:
    """Return the state of each row, [row], and what could not be told.

    The code is believed before the name, unless it may mean that there is none (``NA``), or the
    name is that of a state no longer there: later editions give some of these the code of a
    successor.
    """
    successions = Successions.load()
    names = understand(sheet.columns)
    found, problems = np.full(len(sheet), UNKNOWN, np.int64), []
    doubtful = sheet.each(names.get("state"), lambda text: text.casefold() in MISSING, bool)
    for ours in [ours for ours in ("state", "name") if ours in names]:
        column = sheet.columns[names[ours]]
        scheme = _scheme(names[ours], column)
        numbers = successions.numbers(column, on, scheme=scheme)
        believed = (numbers >= len(successions.codes) - len(successions.gone)) | doubtful
        odd = (found != UNKNOWN) & (numbers != UNKNOWN) & (numbers != found) & ~believed
        told = {"column": names[ours], "reason": "not the state of the code; the code is believed"}
        problems.append(problem_rows(sheet, odd, roll, **told, left_out=False))
        found = np.where((believed & (numbers != UNKNOWN)) | (found == UNKNOWN), numbers, found)
    column_name = names.get("state", names.get("name", ""))
    unknown, reason = found == UNKNOWN, "no state of that day"
    problems.append(problem_rows(sheet, unknown, roll, column=column_name, reason=reason))
    return found, problems


def _scheme(name: str, column: pd.Categorical) -> str:
    """Return the scheme of a column's codes; Voeten's tables have letters that clash with ISO."""
    if name.lower().startswith("ccode"):
        return "cow"
    table = Successions.load()
    known = {
        scheme: sum(table.knows(text, scheme) for text in column.categories)
        for scheme in ("text", "cow_letters")
    }
    return max(known, key=lambda scheme: known[scheme])


def _unused(sheet: Sheet, used: set[str]) -> pd.DataFrame:
    """Return the columns of a wide sheet that stand for nothing known."""
    strange = [n for n in sheet.columns if n not in used and n.lower() not in OTHER_COLUMNS]
    frame = pd.DataFrame({"line": 1, "roll": -1, "column": strange, "value": strange})
    return frame.assign(reason="no state and no known column; not read", left_out=False)
