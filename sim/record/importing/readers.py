"""How a table of each layout is read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.assembly.choices import Choice, IntArray
from sim.record.importing.layouts import OTHER_COLUMNS, state_columns, understand
from sim.record.importing.reading import (
    LETTERS,
    NUMBERS,
    TOTALS,
    UNREADABLE,
    Reading,
    days,
    problem_rows,
    roll_call_rows,
    votes,
)
from sim.record.importing.sheet import Column, Sheet
from sim.record.importing.successions import UNKNOWN, Days, Successions

NO_DAY = "no day like 2025-02-24"
NO_VOTE = "no vote; allowed are "
NOT_LISTED = -8
"""Code of an empty field of a wide table, for as long as the table is being read."""


def read_long(sheet: Sheet, layout: str, description: Sheet | None = None) -> Reading:
    """Return the contents of a table with one row for each vote.

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
    roll, first = _groups(sheet, layout, names)
    problems = [_ragged(sheet, roll)]
    if description is None:
        about = roll_call_rows(sheet, first, names)
        problems += [*_varying(sheet, roll, first, names), *_bad_totals(sheet, first, roll, names)]
        undated = np.isnat(days(sheet.columns[names["date"]]))
        problems.append(problem_rows(sheet, undated, roll, column=names["date"], reason=NO_DAY))
    else:
        about, undescribed = _described(sheet, roll, first, description)
        problems.append(undescribed)
    state, strange = _states(sheet, roll, about["date"].to_numpy().astype("M8[D]")[roll])
    codes = NUMBERS if layout == "voeten" else {**LETTERS, "": int(Choice.NON_VOTING)}
    vote = votes(sheet.columns[names["vote"]], codes)
    wrong, reason = vote == UNREADABLE, NO_VOTE + " ".join(codes)
    problems += [*strange, problem_rows(sheet, wrong, roll, column=names["vote"], reason=reason)]
    # A table that lists the absent has a row for each member state of the day.
    about["complete"] = layout == "voeten" and bool((vote == Choice.NON_VOTING).any())
    return Reading(layout, _titled(about), roll, state, vote, sheet.lines, pd.concat(problems))


def read_wide(sheet: Sheet) -> Reading:
    """Return the contents of a table with one row for each roll call and one column a state.

    Examples
    --------
    >>> row = {"date": ["2025-02-24"], "symbol": ["A/RES/ES-11/7"], "USA": ["N"], "CHN": ["A"]}
    >>> read_wide(Sheet.of(row)).vote.tolist()
    [2, 1]
    """
    names, states = understand(sheet.columns), state_columns(sheet)
    rows = np.arange(len(sheet))
    about = roll_call_rows(sheet, rows, names)
    date = about["date"].to_numpy().astype("M8[D]")
    problems = [_ragged(sheet, rows), *_bad_totals(sheet, rows, rows, names)]
    undated = np.isnat(date)
    problems.append(problem_rows(sheet, undated, rows, column=names["date"], reason=NO_DAY))
    problems.append(_unused(sheet, {*names.values(), *states}))
    by_state = [votes(sheet.columns[name], {**LETTERS, "": NOT_LISTED}) for name in states]
    for name, column in zip(states, by_state, strict=True):
        wrong, reason = column == UNREADABLE, NO_VOTE + " ".join(LETTERS)
        problems.append(problem_rows(sheet, wrong, rows, column=name, reason=reason))
    each = Column(np.repeat(np.arange(len(states)), len(rows)), tuple(states))
    state = Successions.load().numbers(each, np.tile(date, len(states)))
    vote, listed = np.concatenate(by_state), np.concatenate(by_state) != NOT_LISTED
    return Reading(
        "wide",
        _titled(about),
        np.tile(rows, len(states))[listed],
        state[listed],
        vote[listed],
        np.tile(sheet.lines, len(states))[listed],
        pd.concat(problems),
    )


def _groups(sheet: Sheet, layout: str, names: Mapping[str, str]) -> tuple[IntArray, IntArray]:
    """Return the roll call of each row, [row], and the first row of each roll call.

    Rows with the same number of the source are one roll call; where it has none, those with the
    same symbol, draft and day.
    """
    mixed = np.zeros(len(sheet), np.int64)
    if layout != "voeten":
        for part in [sheet.columns[names[name]] for name in ("symbol", "draft") if name in names]:
            mixed = _factors(mixed * (len(part.texts) + 1) + part.codes)
        day = days(sheet.columns[names["date"]]).astype(np.int64)
        undated = np.isnat(days(sheet.columns[names["date"]]))
        # A row whose day cannot be read belongs to a roll call with its symbol, if there is one.
        dated, place = np.unique(mixed[~undated], return_index=True)
        at = np.minimum(np.searchsorted(dated, mixed[undated]), max(len(dated) - 1, 0))
        known = dated[at] == mixed[undated] if len(dated) else np.zeros(undated.sum(), bool)
        day[np.flatnonzero(undated)[known]] = day[~undated][place[at[known]]]
        mixed = _factors(mixed * (1 << 32) + _factors(day))
    if "id" in names:
        own = sheet.columns[names["id"]]
        numbered = np.array([bool(text) for text in own.texts] + [False])[own.codes]
        mixed = np.where(numbered, -1 - own.codes, mixed)
    roll = _factors(mixed)
    return roll, np.unique(roll, return_index=True)[1].astype(np.int64)


def _factors(values: IntArray) -> IntArray:
    """Return each value's place among the different ones, in order of appearance."""
    return pd.factorize(values)[0].astype(np.int64)


def _ragged(sheet: Sheet, roll: IntArray) -> pd.DataFrame:
    reason = f"not {len(sheet.columns)} fields, as the header has"
    return problem_rows(sheet, sheet.ragged, roll, column="", reason=reason)


def _varying(
    sheet: Sheet, roll: IntArray, first: IntArray, names: Mapping[str, str]
) -> list[pd.DataFrame]:
    """Return the rows whose day or symbol is not the one of their roll call's first row."""
    problems = []
    for column in (names.get("date"), names.get("symbol")):
        if column is not None:
            codes = sheet.columns[column].codes
            told = sheet.columns[column].each(bool, bool)
            if column == names.get("date"):
                told = ~np.isnat(days(sheet.columns[column]))
            other, reason = codes != codes[first][roll], "other rows of the roll call differ"
            problems.append(problem_rows(sheet, other & told, roll, column=column, reason=reason))
    return problems


def _bad_totals(
    sheet: Sheet, rows: IntArray, roll: IntArray, names: Mapping[str, str]
) -> list[pd.DataFrame]:
    """Return the stated totals that are no numbers; the roll calls can be used without them."""
    problems = []
    for column in [names[name] for name in TOTALS if name in names]:
        texts = pd.Series(sheet.columns[column].texts, dtype=object)
        bad = (pd.to_numeric(texts, errors="coerce").isna() & (texts != "")).to_numpy(bool)
        wrong = rows[np.append(bad, False)[sheet.columns[column].codes[rows]]]
        problems.append(
            problem_rows(
                sheet, wrong, roll, column=column, reason="no number of votes", left_out=False
            )
        )
    return problems


def _described(
    sheet: Sheet, roll: IntArray, first: IntArray, description: Sheet
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the descriptions of a Voeten table's roll calls, and those without a good one."""
    names, theirs = understand(sheet.columns), understand(description.columns)
    ids = [text.removesuffix(".0") for text in description.columns[theirs["id"]].values]
    row_of = {text: row for row, text in reversed(list(enumerate(ids)))}
    column = sheet.columns[names["id"]]
    wanted = [column.texts[code].removesuffix(".0") for code in column.codes[first]]
    rows = np.array([row_of.get(text, -1) for text in wanted], np.int64)
    about = roll_call_rows(description, np.maximum(rows, 0), theirs)
    about.loc[rows < 0, "date"] = pd.NaT
    undated = about["date"].isna().to_numpy()
    reason = f"no row with a day in {description.path.name}"
    return about, problem_rows(sheet, undated[roll], roll, column=names["id"], reason=reason)


def _states(sheet: Sheet, roll: IntArray, on: Days) -> tuple[IntArray, list[pd.DataFrame]]:
    """Return the state of each row, [row], and what could not be told.

    The code is believed before the name, unless the name is that of a state no longer there: later
    editions give some of these the code of a successor.
    """
    successions = Successions.load()
    names = understand(sheet.columns)
    found = np.full(len(sheet), UNKNOWN, np.int64)
    problems = []
    for ours in ("state", "name"):
        if ours not in names:
            continue
        column = sheet.columns[names[ours]]
        numbers = successions.numbers(column, on, scheme=_scheme(names[ours], column))
        gone = numbers >= len(successions.codes) - len(successions.gone)
        odd = (found != UNKNOWN) & (numbers != UNKNOWN) & (numbers != found) & ~gone
        reason = "not the state that the code stands for; the code is believed"
        problems.append(
            problem_rows(sheet, odd, roll, column=names[ours], reason=reason, left_out=False)
        )
        found = np.where(gone | (found == UNKNOWN), numbers, found)
    column_name = names.get("state", names.get("name", ""))
    unknown, reason = found == UNKNOWN, "no state of that day"
    problems.append(problem_rows(sheet, unknown, roll, column=column_name, reason=reason))
    return found, problems


def _scheme(name: str, column: Column) -> str:
    """Return the scheme of a column's codes; Voeten's tables have letters that clash with ISO."""
    if name.lower().startswith("ccode"):
        return "cow"
    on = np.full(len(column.texts), np.datetime64("1995-01-01"))
    each = Column.of(column.texts)
    known = {
        scheme: int((Successions.load().numbers(each, on, scheme=scheme) != UNKNOWN).sum())
        for scheme in ("text", "cow_letters")
    }
    return max(known, key=lambda scheme: known[scheme])


def _titled(about: pd.DataFrame) -> pd.DataFrame:
    """Return descriptions with a title where there is a heading only, and no heading twice."""
    title = about["title"].where(about["title"] != "", about["agenda"])
    agenda = about["agenda"].where(about["agenda"] != title, "")
    session = about["session"].str.removesuffix(".0")
    return about.assign(title=title, agenda=agenda, session=session)


def _unused(sheet: Sheet, used: set[str]) -> pd.DataFrame:
    """Return the columns of a wide sheet that stand for nothing known."""
    strange = [n for n in sheet.columns if n not in used and n.lower() not in OTHER_COLUMNS]
    reason = "no state and no known column; not read"
    frame = pd.DataFrame({"line": 1, "roll": -1, "column": strange, "value": strange})
    return frame.assign(reason=reason, left_out=False)
