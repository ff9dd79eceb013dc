"""What a record holds, as tables."""

from __future__ import annotations

import pandas as pd

from sim.record import KINDS
from sim.report.table import Table

ROLL_CALLS = ("roll_calls", *KINDS, "with_title", "with_symbol")
VOTES = ("votes", "lost", "others")


def record_tables(name: str, info: pd.DataFrame) -> list[Table]:
    """Return what a record holds, a row a decade: its roll calls, and its state votes.

    Parameters
    ----------
    name : str
        Of the record.
    info : DataFrame
        As `sim.record.record_info` returns it.

    Examples
    --------
    >>> from sim.record import Record, record_info
    >>> [table.title for table in record_tables("none.parquet", record_info(Record.empty()))]
    ['none.parquet: 0 roll calls', 'none.parquet: 0 state votes']
    """
    whole = info.to_dict("records")[-1]
    days = ""
    if whole["roll_calls"]:
        days = f" of {whole['first']:%Y-%m-%d} to {whole['last']:%Y-%m-%d}"
    note = "lost: known to be lost in the source; others: by states that are no longer there."
    return [
        _table(f"{name}: {int(whole['roll_calls']):,} roll calls{days}", info, ROLL_CALLS),
        _table(f"{name}: {int(whole['votes']):,} state votes", info, VOTES, note=note),
    ]


def _table(title: str, info: pd.DataFrame, columns: tuple[str, ...], *, note: str = "") -> Table:
    *rows, total = (
        (str(decade), *(f"{int(row[column]):,}" for column in columns))
        for decade, row in zip(info.index, info.to_dict("records"), strict=True)
    )
    names = ("decade", *(column.replace("_", " ") for column in columns))
    return Table(title, names, tuple(rows), total=total, note=note)
