"""Several published files into one record, with a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim import files
from sim.record import kind_of
from sim.record.importing.assembling import Whole, assemble
from sim.record.importing.layouts import layout_of, understand
from sim.record.importing.merging import Votes, near_repeats, refuse_many
from sim.record.importing.pooling import Pool, as_record, empty_pool, pooled
from sim.record.importing.readers import read_long, read_wide
from sim.record.importing.reading import Reading
from sim.record.importing.report import ImportReport
from sim.record.importing.sheet import Sheet, read_sheet

PROBLEMS = ("file", "line", "roll_call", "column", "value", "reason", "left_out")
TOTALS = ("file", "symbol", "date", "choice", "stated", "counted", "lost")


def import_files(paths: Sequence[Path], *, body: str = "") -> ImportReport:
    """Return the record that published voting files hold together, and what could not be read.

    The layout of each file is told from its header (see `sim.record.importing.layouts.ACCEPTED`). A
    roll call in more than one file is taken once: the votes and texts of the file named first,
    filled from the others where it has none. A roll call with a row that cannot be read is left out
    as a whole, and so is one of another body. Totals that differ, empty votes, and roll calls that
    may be one are named and kept.

    Parameters
    ----------
    paths : sequence of Path
        CSV files, perhaps packed (``.csv.gz`` or ``.zip``).
    body : str
        The body whose roll calls are wanted, as ``Third Committee``; the General Assembly if none.

    Raises
    ------
    files.FileError
        If a file cannot be read, its layout is not known, a table of Voeten's lacks the other, or
        there are too many roll calls of one day to tell them apart.

    Examples
    --------
    >>> report = import_files([files.seed("roll_calls.csv")])
    >>> report.record.roll_call(report.record.row("ES-11/7")).kind, len(report.problems)
    ('whole', 0)
    """
    voting, description = _sorted([(path, *_recognised(path)) for path in paths])
    pool: Pool | None = None
    summaries, problems, totals, blanks = [], [], [], []
    for path, sheet, layout in voting:
        whole = _assembled(sheet, layout, description, body)
        refuse_many(Votes.of(whole.roll_calls, whole.votes), path)
        before = pool or empty_pool(whole)
        pool = pooled(before, whole, path.name)
        merged = len(before.votes) + len(whole.votes) - len(pool.votes)
        summaries.append(_summary(path.name, layout, whole, merged))
        problems.append(whole.problems.assign(file=path.name))
        totals.append(whole.totals.assign(file=path.name))
        blank = whole.roll_calls[whole.roll_calls["blank"] > 0]
        blanks.append(blank[["symbol", "date", "blank", "blank_as"]].assign(file=path.name))
    if pool is None:
        raise files.FileError("no file with votes to import; give at least one")
    record, keys = as_record(pool)
    duplicates = pool.duplicates.assign(key=keys[pool.duplicates["row"]].to_numpy())
    return ImportReport(
        record,
        pd.DataFrame(summaries),
        pd.concat(problems, ignore_index=True)[list(PROBLEMS)],
        duplicates[["key", "file", "kept_from", "differing", "filled", "date"]],
        near_repeats(record),
        pd.concat(totals, ignore_index=True)[list(TOTALS)],
        pd.concat(blanks, ignore_index=True),
    )


def _recognised(path: Path) -> tuple[Sheet, str]:
    sheet = read_sheet(path)
    names = understand(sheet.columns)
    states = {names.get("state"), names.get("name")}
    texts = set(names.values()) - states - {names.get("vote")}
    return sheet.without_missing(states, texts), layout_of(sheet)


def _sorted(
    read: list[tuple[Path, Sheet, str]],
) -> tuple[list[tuple[Path, Sheet, str]], Sheet | None]:
    """Return the files with votes and Voeten's descriptive table, if it is wanted and there."""
    voting = [each for each in read if each[2] != "description"]
    descriptions = [sheet for _, sheet, layout in read if layout == "description"]
    bare = [
        path
        for path, sheet, layout in voting
        if layout == "voeten" and "date" not in understand(sheet.columns)
    ]
    if len(descriptions) > 1:
        several = ", ".join(str(sheet.path) for sheet in descriptions)
        raise files.FileError(f"{several}: give one descriptive table at a time")
    if descriptions and not bare:
        raise files.FileError(f"{descriptions[0].path}: give the table with its votes, too")
    if bare and not descriptions:
        raise files.FileError(f"{bare[0]}: line 1: no column date; give the descriptive table, too")
    return voting, descriptions[0] if descriptions else None


def _assembled(sheet: Sheet, layout: str, description: Sheet | None, body: str) -> Whole:
    if layout == "wide":
        reading = read_wide(sheet)
    else:
        dated = "date" in understand(sheet.columns)
        reading = read_long(sheet, layout, None if dated else description)
    about = reading.roll_calls
    marks = zip(about["title"], about["amend"], about["para"], strict=True)
    about["kind"] = [kind_of(title, amend=amend, paragraph=para) for title, amend, para in marks]
    about["source"] = sheet.path.name
    others = _of_other_bodies(reading, body)
    problems = pd.concat([reading.problems, others], ignore_index=True)
    symbols = dict(enumerate(about["symbol"]))
    problems["roll_call"] = [symbols.get(roll, "") for roll in problems["roll"]]
    return assemble(replace(reading, problems=problems))


def _of_other_bodies(reading: Reading, body: str) -> pd.DataFrame:
    """Return one problem for each roll call that is not of the wanted body."""
    told = reading.roll_calls["body"].to_numpy(object)
    other = np.flatnonzero(np.char.lower(told.astype(str)) != body.lower())
    roll, first = np.unique(reading.roll, return_index=True)
    line = dict(zip(roll.tolist(), reading.line[first].tolist(), strict=True))
    names = told[other] + np.where(told[other] == "", "General Assembly", "")
    return pd.DataFrame(
        {
            "line": np.array([line.get(each, 1) for each in other.tolist()], np.int64),
            "roll": other,
            "value": reading.roll_calls["symbol"].to_numpy(object)[other],
            "column": "",
            "reason": [
                f"a vote of the {name}, not of the {body or 'General Assembly'}" for name in names
            ],
            "left_out": True,
        }
    )


def _summary(file: str, layout: str, whole: Whole, merged: int) -> dict[str, str | int]:
    return {
        "file": file,
        "layout": layout,
        "rows": whole.rows,
        "used": whole.used,
        "left_out": whole.left_out,
        "doubled": whole.doubled,
        "roll_calls": len(whole.votes) + whole.unusable,
        "imported": len(whole.votes) - merged,
        "merged": merged,
        "unusable": whole.unusable,
    }
