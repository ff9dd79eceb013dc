"""Which rows of a long table are one roll call."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from difflib import SequenceMatcher

import numpy as np
import pandas as pd

from sim.assembly.choices import IntArray
from sim.record import canonical_symbol, clean_title
from sim.record.importing.codes import whole_number
from sim.record.importing.reading import day_of
from sim.record.importing.sheet import Sheet

STRAY = 1 / 20
"""A title that less than this share of the rows of the most frequent one has may be a slip."""
RESPELT = 0.8
"""Two titles of which so much is alike may be one, misspelt."""
COMPARED = 20
"""Headings of one text that a rare one is compared with, the most frequent first."""


def grouped(sheet: Sheet, layout: str, names: Mapping[str, str]) -> tuple[IntArray, IntArray]:
    """Return the roll call of each row, [row], and the first row of each roll call.

    Rows with the same number of the source are one roll call, and so are rows without one that
    have its symbol, draft, day and title, if no other has them. Of the rest, those with the same
    symbol, draft and day are one, or, without symbol and draft, title and day. If states are in it
    again under another title or mark of an amendment, each of these is one.

    Parameters
    ----------
    sheet : Sheet
        The table.
    layout : str
        ``undl``, ``letters`` or ``voeten``.
    names : mapping of str to str
        The file's name of each column, by ours.

    Examples
    --------
    >>> sheet = Sheet.of({"resolution": ["R/1/66", "R/1/66", "R/1/67"], "date": ["1946-12-14"] * 3})
    >>> roll, first = grouped(sheet, "undl", {"symbol": "resolution", "date": "date"})
    >>> roll.tolist(), first.tolist()
    ([0, 0, 1], [0, 2])
    """
    own = _coded(sheet, names.get("id"), whole_number)
    mixed = np.zeros(len(sheet), np.int64)
    bare = own < 0
    if layout != "voeten" and bare.any():
        mixed = _by_texts(sheet, names)
        heading, marks = _heading(sheet, names)
        state = _both(*(_coded(sheet, names.get(name), str.casefold) for name in ("state", "name")))
        votes = pd.DataFrame({"state": state, "vote": _coded(sheet, names.get("vote"), str.upper)})
        if not bare.all():
            own = _adopted(own, votes.assign(text=mixed, heading=heading))
            bare = own < 0
        rows = np.flatnonzero(bare)
        title = sheet.each(_title_column(names), clean_title)
        told = votes.assign(text=mixed, heading=heading, marks=marks, title=title)
        apart = _apart(told.iloc[rows])
        mixed[rows] = _both(mixed[rows], apart)
    roll = _factors(np.where(bare, mixed, -1 - own))
    return roll, np.unique(roll, return_index=True)[1].astype(np.int64)


def _by_texts(sheet: Sheet, names: Mapping[str, str]) -> IntArray:
    """Return which rows have the same symbol, draft and day, or without them title and day."""
    parts = [_coded(sheet, names.get(name), canonical_symbol) for name in ("symbol", "draft")]
    bare = np.all([codes < 0 for codes in parts], axis=0)
    mixed = _both(*parts, np.where(bare, _coded(sheet, _title_column(names), clean_title), -1))
    days: np.ndarray = sheet.each(names["date"], day_of, "M8[D]")
    day, undated = days.astype(np.int64), np.isnat(days)
    # A row whose day cannot be read belongs to a roll call with its symbol, if there is one.
    dated, place = np.unique(mixed[~undated], return_index=True)
    at = np.minimum(np.searchsorted(dated, mixed[undated]), max(len(dated) - 1, 0))
    known = dated[at] == mixed[undated] if len(dated) else np.zeros(undated.sum(), bool)
    day[np.flatnonzero(undated)[known]] = day[~undated][place[at[known]]]
    return _both(mixed, _factors(day))


def _title_column(names: Mapping[str, str]) -> str | None:
    return names.get("title", names.get("agenda"))


def _heading(sheet: Sheet, names: Mapping[str, str]) -> tuple[IntArray, IntArray]:
    """Return which title and marks each row has, -1 for none, and which marks."""
    marks = [_coded(sheet, names.get(name), whole_number) for name in ("amend", "para")]
    parts = (_coded(sheet, _title_column(names), clean_title), *marks)
    none = np.all([codes < 0 for codes in parts], axis=0)
    return np.where(none, -1, _both(*parts)), _both(*marks)


def _adopted(own: IntArray, rows: pd.DataFrame) -> IntArray:
    """Return the number of the source of each row, also of rows without that belong to one.

    A row without title belongs to the one with its text. None belongs to one that has another vote
    of the state.
    """
    bare, heading = own < 0, rows["heading"].to_numpy()
    titled = np.zeros(own.max() + 1, bool)
    titled[own[~bare & (heading >= 0)]] = True
    by_text = _only(own, rows["text"].to_numpy())
    free = (heading < 0) | ~titled[by_text]
    found = _only(own, _both(rows["text"].to_numpy(), heading))
    found = np.where((found < 0) & free, by_text, found)
    tried = rows.assign(own=np.where(bare, found, own))
    before = _contested(tried[~bare], "own")
    clash = np.setdiff1d(_contested(tried[tried["own"] >= 0], "own"), before)
    return np.where(bare & ~np.isin(found, clash), found, own)


def _only(own: IntArray, text: IntArray) -> IntArray:
    """Return the one number of the source that rows with each row's text have; -1 if not one."""
    pairs = pd.DataFrame({"text": text, "own": own})[own >= 0].drop_duplicates()
    pairs = pairs[~pairs["text"].duplicated(keep=False)]
    only = np.full(text.max() + 1, -1, np.int64)
    only[pairs["text"]] = pairs["own"]
    return only[text]


def _apart(rows: pd.DataFrame) -> IntArray:
    """Return which of the roll calls of its text each row is of, [row]; 0 where there is one."""
    apart = np.zeros(len(rows), np.int64)
    several = rows["heading"].groupby(rows["text"]).transform("nunique") > 1
    twice = rows.duplicated(["text", "state"], keep=False)
    texts = rows.loc[several & twice, "text"].unique()
    some = rows.assign(row=np.arange(len(rows)))[rows["text"].isin(texts).to_numpy()]
    for _, text in some.groupby("text"):
        apart[text["row"]] = _by_heading(text)
    return apart


def _by_heading(rows: pd.DataFrame) -> IntArray:
    """Return which heading the rows of one text are told apart by; all 0 if they are one roll call.

    They are one if a heading that many rows have has few of the states of the others. What few rows
    have is a roll call if their states are in the others again, under another title; else a slip.
    """
    heading = _factors(rows["heading"].to_numpy())
    sizes, first = np.bincount(heading), np.unique(heading, return_index=True)[1]
    titles, marks = (rows[name].to_numpy()[first].tolist() for name in ("title", "marks"))
    states = rows["state"].groupby(heading).agg(set).tolist()
    order = np.argsort(-sizes, kind="stable").tolist()
    often = [each for each in order if sizes[each] >= STRAY * sizes.max()]
    among = Counter(state for each in often for state in states[each])
    for each in often[1:]:
        if 2 * sum(among[state] > 1 for state in states[each]) < len(states[each]):
            return np.zeros(len(rows), np.int64)
    for each in order[len(often) :]:
        again = 2 * len(states[each] & among.keys()) >= len(states[each])
        near = often[:COMPARED]
        same = (other for other in near if marks[other] == marks[each])
        if again and not any(_respelt(titles[each], titles[other]) for other in same):
            often.append(each)
            continue
        lacking = (other for other in near if not states[other] & states[each])
        heading[heading == each] = next(lacking, often[0])
    return heading


def _respelt(one: str, other: str) -> bool:
    """Return whether two titles may be one, misspelt, cut short or missing.

    Those with other numbers are two: "paragraph 4" and "paragraph 5".
    """
    if not (one and other):
        return True
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    cut = one.startswith(other) or other.startswith(one)
    return cut or SequenceMatcher(None, one, other).ratio() >= RESPELT


def _contested(rows: pd.DataFrame, group: str) -> IntArray:
    """Return the groups in which a state has two votes."""
    told = rows[[group, "state", "vote"]].drop_duplicates()
    again = told.duplicated([group, "state"]).to_numpy()
    return np.unique(told.loc[again, group].to_numpy(np.int64))


def _coded(sheet: Sheet, name: str | None, reading: Callable[[str], str]) -> IntArray:
    """Return which text each row of a column has, as it is read, [row]; -1 for none."""
    if name is None:
        return np.full(len(sheet), -1, np.int64)
    known = {"": -1}
    codes: IntArray = sheet.each(
        name, lambda text: known.setdefault(reading(text), len(known) - 1), np.int64
    )
    return codes


def _both(*parts: IntArray) -> IntArray:
    """Return which texts of several columns each row has, [row]."""
    mixed = np.zeros(len(parts[0]), np.int64)
    for codes in parts:
        mixed = _factors(mixed * (codes.max(initial=-1) + 2) + codes + 1)
    return mixed


def _factors(values: IntArray) -> IntArray:
    """Return each value's place among the different ones, in order of appearance."""
    return pd.factorize(values)[0].astype(np.int64)
