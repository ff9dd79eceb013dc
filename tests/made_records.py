"""Records made up for tests of back-tests, and the open one, read once."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sim.assembly.choices import NOT_A_MEMBER, Choice, VoteArray
from sim.assembly.members import Members
from sim.record import COLUMNS, OTHERS, Record
from sim.record.importing import import_files

STATES = len(Members.load())
US = Members.load().row("USA")
TOPICS = (
    ("The Syrian Golan", "me"),
    ("Nuclear disarmament", "nu|di"),
    ("The right to development", "hr|ec"),
    ("Law of the sea", ""),
)


def record_of(rows: Sequence[Mapping[str, str]], votes: VoteArray) -> Record:
    """A record in order of date; what a row does not say is empty."""
    frame = pd.DataFrame([dict.fromkeys(COLUMNS, "") | dict(row) for row in rows])
    frame = frame.assign(
        date=pd.to_datetime(frame["date"]),
        important=False,
        kind=frame["kind"].where(frame["kind"] != "", "whole"),
        key=[f"{number:04}" for number in range(len(frame))],
    )
    return Record(frame, votes, pd.DataFrame({name: [] for name in OTHERS}))


def votes_of(*rows: str) -> VoteArray:
    """Votes of the first states by letter, all others being no members [roll call, state]."""
    votes = np.full((len(rows), STATES), NOT_A_MEMBER, np.int8)
    for row, letters in zip(votes, rows, strict=True):
        row[: len(letters)] = [Choice.from_letter(letter) for letter in letters]
    return votes


@functools.cache
def habits(first: int = 2006, last: int = 2013) -> Record:
    """Each topic twice a year on two days; each state has its habits, and one was no member."""
    chance = np.random.default_rng(11)
    shares = chance.dirichlet([4, 1, 1, 0.6], size=(len(TOPICS), STATES)).cumsum(axis=2)
    rows, votes = [], []
    for year in range(first, last + 1):
        for day in (f"{year}-10-20", f"{year}-12-05"):
            for topic, (title, issues) in enumerate(TOPICS):
                extra = f" of {year}" if topic == len(TOPICS) - 1 else ""
                rows.append(
                    {
                        "date": day,
                        "title": f"{title}{extra} : resolution /",
                        "issues": issues,
                        "symbol": f"A/RES/{year - 1945}/{len(rows)}",
                        "kind": "paragraph" if topic == 1 and day.endswith("12-05") else "whole",
                    }
                )
                drawn = (chance.random((STATES, 1)) > shares[topic]).sum(axis=1)
                votes.append(np.minimum(drawn, Choice.NON_VOTING).astype(np.int8))
    stacked = np.stack(votes)
    stacked[: len(stacked) // 2, 0] = NOT_A_MEMBER
    return record_of(rows, stacked)


@functools.cache
def open_record(folder: Path) -> Record:
    """The open record to 2024."""
    return import_files([folder / "record_1946_2024.csv.gz"]).record
