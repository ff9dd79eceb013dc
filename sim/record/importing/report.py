"""What an import read, what it could not read, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sim.record import Record

SHOWN, LONGEST = 20, 80
"""Lines of each kind, and characters of a value, at most."""


@dataclass(frozen=True)
class ImportReport:
    """The outcome of an import.

    Parameters
    ----------
    record : Record
        Every roll call that could be used.
    summary : DataFrame
        One row a file: file, layout; rows with a vote (fields in a wide table) and what became of
        them (used, left_out, doubled, which add up); roll_calls and what became of them (imported,
        merged, unusable, which add up).
    problems : DataFrame
        One row a place: file, line (the header is 1), roll_call, column, value, reason, and
        whether the roll call was left out.
    duplicates : DataFrame
        Roll calls in more than one file: key, file, kept_from, how many votes differ and how many
        were filled, and the day the file gives.
    repeats : DataFrame
        Roll calls that may be an earlier one, all kept: key, date, first, differing (votes).
    totals : DataFrame
        Stated totals that the votes do not reach: file, symbol, date, choice, stated, counted,
        lost.
    blanks : DataFrame
        Roll calls with empty votes: file, symbol, date, blank (how many), blank_as (what they are
        taken for: not voting, or lost).
    """

    record: Record
    summary: pd.DataFrame = field(repr=False)
    problems: pd.DataFrame = field(repr=False)
    duplicates: pd.DataFrame = field(repr=False)
    repeats: pd.DataFrame = field(repr=False)
    totals: pd.DataFrame = field(repr=False)
    blanks: pd.DataFrame = field(repr=False)

    def describe(self, shown: int = SHOWN) -> str:
        """Return the report in words, at most `shown` lines of each kind.

        Examples
        --------
        >>> from sim import files
        >>> from sim.record.importing import import_files
        >>> report = import_files([files.seed("roll_calls.csv")])
        >>> print(report.describe().split(", ")[0])
        roll_calls.csv: letters
        """
        lines = []
        for row in self.summary.itertuples():
            lines.append(
                f"{row.file}: {row.layout}, {row.rows} votes: {row.used} used, "
                f"{row.left_out} left out, {row.doubled} doubled"
            )
            lines.append(
                f"{row.file}: {row.roll_calls} roll calls: {row.imported} imported, "
                f"{row.merged} merged, {row.unusable} unusable"
            )
        lines += _part("places that could not be read", self.problems, _problem, shown)
        lines += _part("totals that differ", self.totals, _total, shown)
        lines += _part("roll calls with empty votes", self.blanks, _blank, shown)
        lines += _part("roll calls in more than one file", self.duplicates, _duplicate, shown)
        lines += _part("roll calls that may be an earlier one", self.repeats, _repeat, shown)
        return "\n".join([*lines, f"the record: {len(self.record)} roll calls"])


def _part(title: str, frame: pd.DataFrame, line: Callable[[Any], str], shown: int) -> list[str]:
    """Return a heading and the first rows below it; nothing if there are none."""
    if frame.empty:
        return []
    rest = [f"  ... and {len(frame) - shown} more"] if len(frame) > shown else []
    lines = [f"  {line(row)}" for row in frame.head(shown).itertuples()]
    return [f"{len(frame)} {title}:", *lines, *rest]


def _problem(row: Any) -> str:
    ending = "; the roll call is left out" if row.left_out else ""
    value = row.value if len(row.value) <= LONGEST else row.value[:LONGEST] + "..."
    return f"{row.file}: line {row.line}: {row.column} {value!r}: {row.reason}{ending}"


def _total(row: Any) -> str:
    return (
        f"{row.file}: {row.symbol} of {row.date:%Y-%m-%d}: {row.choice}: {row.stated} stated, "
        f"{row.counted} counted, {row.lost} lost"
    )


def _duplicate(row: Any) -> str:
    return (
        f"{row.file}: {row.key}: kept from {row.kept_from}; {row.differing} votes differ, "
        f"{row.filled} filled; dated {row.date:%Y-%m-%d}"
    )


def _repeat(row: Any) -> str:
    return f"{row.key}: votes as {row.first}" + (f" but {row.differing}" if row.differing else "")


def _blank(row: Any) -> str:
    name = f"{row.symbol} of {row.date:%Y-%m-%d}".removeprefix(" of ")
    return f"{row.file}: {name}: {row.blank} empty, taken for {row.blank_as}"
