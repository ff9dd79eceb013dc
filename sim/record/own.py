"""Roll calls of one's own: a committee's vote, or one read from a press release, in a small CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sim import files
from sim.assembly.choices import LOST, VoteArray
from sim.assembly.members import US, Members
from sim.record.importing.codes import BLANK, UNREADABLE, vote_of
from sim.record.importing.reading import day_of
from sim.record.roll_call import COLUMNS, OTHERS
from sim.record.texts import canonical_symbol, clean_title, kind_of
from sim.record.value import Record

FIELDS = ("symbol", "day", "title", "us")


def read_own_roll_calls(path: Path, *, body: str = "", **told: str) -> Record:
    r"""Return the roll calls in a CSV file with the columns state, vote[, symbol, day, title, us].

    Rows of one symbol, day and title, however they are spelt, are one roll call. The vote of a
    state without a row is not known.

    Parameters
    ----------
    path : Path
    body : str
        The body that voted; nothing for the General Assembly.
    **told : str
        symbol, day, title and us (the vote of the United States) where the file has no such column.

    Raises
    ------
    files.FileError
        If a state, a vote or a day cannot be read, or a state has two votes; every problem is
        named.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "third-committee.csv"
    ...     files.write_text(path, "state,vote\nBRA,yes\nUSA,no\n")
    ...     own = read_own_roll_calls(path, body="Third Committee", day="2024-11-20", title="A")
    >>> own.roll_call(0).body, own.tallies().tolist()
    ('Third Committee', [[1, 0, 1, 0]])
    """
    votes: dict[tuple[str, ...], VoteArray] = {}
    printed: dict[tuple[str, ...], tuple[str, str, str]] = {}
    problems = []
    for line, row in files.numbered_rows(path, ("state", "vote"), FIELDS):
        symbol, day, title, us = ((row.get(name) or told.get(name, "")).strip() for name in FIELDS)
        name = (canonical_symbol(symbol), str(day_of(day)), clean_title(title))
        printed.setdefault(name, (symbol, name[1], title))
        cast = votes.setdefault(name, np.full(len(Members.load()), LOST, np.int8))
        given = [(row["state"], row["vote"]), *([(US, us)] if us else [])]
        wrong = [problem for state, vote in given if (problem := _cast(cast, state, vote))]
        if np.isnat(day_of(day)):
            wrong.append(
                f"day {day!r}: expected a day like 2025-02-24; give it here or in the scenario"
            )
        problems += [f"{path}: line {line}: {problem}" for problem in wrong]
    if problems or not votes:
        raise files.FileError("\n".join(problems) or f"{path}: no vote in it, only a header")
    rows = [_roll_call(*about, body=body, source=path.name) for about in printed.values()]
    keys = pd.Series([row["key"] for row in rows])
    if len(double := keys[keys.duplicated()]):
        raise files.FileError(f"{path}: {double.iloc[0]}: two roll calls of this name and day")
    frame = pd.DataFrame(rows).assign(row=range(len(rows))).sort_values(["date", "key"])
    stacked = np.stack(list(votes.values()))[frame["row"].to_numpy()]
    return Record(frame[list(COLUMNS)], stacked, pd.DataFrame({name: [] for name in OTHERS}))


def _cast(cast: VoteArray, state: str, vote: str) -> str:
    """Put a state's vote in its place; return what is wrong with it, nothing if all is well."""
    try:
        row = Members.load().row(Members.load().find(state))
    except ValueError as error:
        return str(error)
    code = vote_of(vote.strip())
    if code in (UNREADABLE, BLANK):
        return f"vote {vote!r}: must be one of yes, abstain, no, absent and their letters"
    if cast[row] not in (LOST, code):
        return f"state {state!r}: another vote of it above"
    cast[row] = code
    return ""


def _roll_call(symbol: str, day: str, title: str, *, body: str, source: str) -> dict[str, object]:
    texts = dict.fromkeys(("session", "agenda", "subjects", "issues"), "")
    named = {"key": symbol or f"{day} {title}".strip(), "symbol": symbol, "title": title}
    about = {"date": pd.Timestamp(day), "important": False, "kind": kind_of(title)}
    return {**texts, **named, **about, "source": source, "body": body}
