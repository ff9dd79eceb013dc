"""What a record holds, in one table."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, LOST, BoolArray
from sim.record.texts import KINDS
from sim.record.value import Record

MANY, BEYOND, ROOM = 10, 10, 100
"""A source cut titles at a length of at least `ROOM` letters if so many have it, and at least
so many times as many as are up to `BEYOND` letters longer."""
CATALOGUE = " : resolution"
"""Where the title of a text ends in a catalogue."""


def record_info(record: Record) -> pd.DataFrame:
    """Return what a record holds, one row a decade and one for the whole.

    Columns: roll calls; first and last day; each of `sim.record.texts.KINDS`; with a title, with a
    symbol; state votes, lost state votes, votes of states that are no longer there.

    Examples
    --------
    >>> record_info(Record.empty())["roll_calls"].to_dict()
    {'all': 0}
    """
    frame = record.roll_calls
    there = pd.DataFrame(
        {
            "roll_calls": 1,
            "first": frame["date"],
            "last": frame["date"],
            **{kind: frame["kind"] == kind for kind in KINDS},
            "with_title": frame["title"] != "",
            "with_symbol": frame["symbol"] != "",
            "votes": np.isin(record.votes, CHOICES).sum(axis=1),
            "lost": (record.votes == LOST).sum(axis=1),
            "others": record.others["key"]
            .value_counts()
            .reindex(frame["key"], fill_value=0)
            .values,
        },
        index=frame.index,
    )
    how = dict.fromkeys(there, "sum") | {"first": "min", "last": "max"}
    decade = (frame["date"].dt.year // 10 * 10).astype(str) + "s"
    whole = there.agg(how).to_frame("all").T
    return pd.concat([there.groupby(decade.to_numpy()).agg(how), whole]) if len(frame) else whole


def cut_titles(record: Record) -> BoolArray:
    """Return which titles the source cut short [roll call].

    Such a title ends with dots; or is as long as many others of its source, while next to none is a
    little longer: the source had no more room. If a catalogue's ending is cut, the title is whole.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> int(cut_titles(cited_roll_calls()).sum())
    0
    """
    frame = record.roll_calls
    title = frame["title"].str.rstrip()
    found = title.str.endswith(("...", "…")).to_numpy(dtype=bool)
    for source in frame["source"].unique():
        mine = (frame["source"] == source).to_numpy()
        length = np.where(mine, title.str.len(), 0)
        many = np.bincount(length, minlength=1)
        for most in np.flatnonzero(many >= MANY):
            longer = many[most + 1 : most + 1 + BEYOND].sum()
            if most >= ROOM and longer * MANY <= many[most]:
                found = found | (length == most)
    return np.asarray(found & ~title.str.contains(CATALOGUE, regex=False).to_numpy(dtype=bool))


def record_conclusion(record: Record, today: datetime.date) -> str:
    """Return in a sentence or two what a record is good for.

    The Assembly holds most of its votes from October to December: a record is up to date until the
    next October begins.

    Examples
    --------
    >>> record_conclusion(Record.empty(), datetime.date(2025, 2, 24))
    'It holds no roll call: good for nothing.'
    """
    if not len(record):
        return "It holds no roll call: good for nothing."
    last = datetime.date.fromisoformat(str(record.dates[-1]))
    until = datetime.date(last.year + (last.month >= 10), 10, 1)
    good = "good for forecasts up to today"
    if today > until:
        good = f"good for forecasts up to {until}; a later one does without the votes held since"
    lacks = []
    for name in ("title", "symbol"):
        without = int((record.roll_calls[name] == "").sum())
        lacks.append(f"{without:,} roll call{'s have' if without != 1 else ' has'} no {name}")
    told = f"The last roll call is of {last}: {good}. {' and '.join(lacks)}."
    if not (cut := int(cut_titles(record).sum())):
        return told
    return (
        f"{told} The source cut {cut:,} title{'s' if cut != 1 else ''} short: how like such a text "
        "is goes by the words that are left."
    )
