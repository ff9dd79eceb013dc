"""The few roll calls that scenarios cite, shipped with the project and checked when read."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sim import files
from sim.assembly.choices import CHOICES, NOT_A_MEMBER, Choice
from sim.assembly.members import Members
from sim.record.places import users_record
from sim.record.roll_call import COLUMNS, OTHERS
from sim.record.storage import read_record
from sim.record.value import Record

VOTES = ("symbol", "date", "iso3", "vote")
TOTALS = ("symbol", "date", "title", "asks", "majority", *(choice.column for choice in CHOICES))


@functools.cache
def cited_roll_calls() -> Record:
    """Return the roll calls of ``seeds/roll_calls.csv``.

    Raises
    ------
    files.FileError
        If a state is missing or named twice in a roll call, a vote or date cannot be read, or the
        votes do not add up to the official totals; the message names every problem.

    Examples
    --------
    >>> record = cited_roll_calls()
    >>> [int(count) for count in record.tallies()[record.row("ES-11/7")]]
    [93, 65, 18, 17]
    """
    place = files.seed("roll_calls.csv")
    cast: dict[str, list[dict[str, str]]] = {}
    for row in files.read_rows(place, VOTES):
        cast.setdefault(row["symbol"], []).append(row)
    totals = {row["symbol"]: row for row in _totals()}
    problems, votes, rows = [], [], []
    for symbol, group in cast.items():
        wrong = _problems(symbol, group, totals)
        problems += [f"{place}: {symbol}: {problem}" for problem in wrong]
        if not wrong:
            letter = {row["iso3"]: row["vote"] for row in group}
            votes.append(np.array([_code(letter[iso3]) for iso3 in sorted(letter)], np.int8))
            rows.append(_roll_call(totals[symbol]))
    if problems:
        raise files.FileError("\n".join([*problems, "correct the rows and load again"]))
    order = sorted(range(len(rows)), key=lambda row: (rows[row]["date"], rows[row]["key"]))
    return Record(
        pd.DataFrame([rows[row] for row in order], columns=list(COLUMNS)),
        np.stack([votes[row] for row in order]),
        pd.DataFrame({name: [] for name in OTHERS}),
    )


def record_holding(*symbols: str, place: Path | None = None) -> Record:
    """Return the shipped roll calls, and behind them a record if one of those wanted is not there.

    Parameters
    ----------
    symbols : str
        As `Record.row` takes them.
    place : Path, optional
        The record; by default the user's own, if there is one.

    Examples
    --------
    >>> record_holding("ES-11/6") is cited_roll_calls()
    True
    """
    cited = cited_roll_calls()
    try:
        rows = [cited.row(symbol) for symbol in symbols]
    except ValueError:
        rows = []
    where = None if rows else place or users_record()
    return cited if where is None else cited.joined(read_record(where))


@functools.cache
def cited_asks() -> Mapping[str, tuple[str, ...]]:
    """Return what each cited text asks, by symbol.

    Examples
    --------
    >>> cited_asks()["ES-11/5"]
    ('pay', 'accountability')
    """
    return {row["symbol"]: tuple(filter(None, row["asks"].split("|"))) for row in _totals()}


@functools.cache
def sponsor_lists() -> Mapping[str, tuple[str, ...]]:
    """Return who sponsored which text, as far as ``seeds/sponsors.csv`` says.

    Examples
    --------
    >>> {symbol: len(codes) for symbol, codes in sponsor_lists().items()}
    {'ES-11/1': 94, 'ES-11/7': 42}
    """
    seeds: dict[str, tuple[str, ...]] = {}
    for row in files.read_rows(files.seed("sponsors.csv"), ("symbol", "iso3")):
        seeds[row["symbol"]] = (*seeds.get(row["symbol"], ()), row["iso3"])
    return seeds


def _totals() -> list[dict[str, str]]:
    return files.read_rows(files.seed("roll_call_totals.csv"), TOTALS)


def _problems(
    symbol: str, group: list[dict[str, str]], totals: Mapping[str, Mapping[str, str]]
) -> list[str]:
    if symbol not in totals:
        return ["no official totals in roll_call_totals.csv"]
    total, problems = totals[symbol], []
    letters = [row["vote"] for row in group]
    if sorted(row["iso3"] for row in group) != list(Members.load().codes):
        problems.append("every member state must be listed once")
    if strange := sorted(set(letters) - {*"YANX", "-"}):
        problems.append(f"vote {', '.join(map(repr, strange))}: must be one of Y, A, N, X and -")
    if {row["date"] for row in group} != {total["date"]}:
        problems.append(f"date is not {total['date']} throughout")
    for choice in CHOICES:
        counted = letters.count(choice.letter)
        if str(counted) != total[choice.column]:
            problems.append(
                f"{counted} {choice.label}, the official total is {total[choice.column]}"
            )
    return problems


def _code(letter: str) -> int:
    return NOT_A_MEMBER if letter == "-" else Choice.from_letter(letter)


def _roll_call(total: Mapping[str, str]) -> dict[str, object]:
    return {
        "key": total["symbol"],
        "symbol": total["symbol"],
        "date": datetime.datetime.fromisoformat(total["date"]),
        "session": total["symbol"].split("/")[0],
        "title": total["title"],
        "agenda": "",
        "subjects": "",
        "issues": "",
        "important": False,
        "kind": "whole",
        "source": "seeds/roll_calls.csv",
        "body": "",
    }
