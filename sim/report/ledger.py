"""A ledger in tables, and what scoring it leaves on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim import files
from sim.report.table import Table
from sim.runs.ledger import Entry


def ledger_tables(entries: Sequence[Entry], scores: pd.DataFrame) -> list[Table]:
    """Return the scored forecasts, and those with no vote to score by: to come, or never held.

    Parameters
    ----------
    entries : sequence of Entry
    scores : DataFrame
        As `sim.runs.resolved.score_ledger` gives it.

    Examples
    --------
    >>> entry = Entry.after([], {"scenario": "a", "vote": "2026-12-01", "made": "2026-11-26"})
    >>> [waiting] = ledger_tables([entry], pd.DataFrame({"number": []}))
    >>> waiting.title, waiting.rows
    ('Forecasts of which the record has no vote', (('1', 'a', '2026-12-01', '2026-11-26'),))
    """
    done = set(scores["number"])
    waiting = [entry.content for entry in entries if entry.content["number"] not in done]
    tables = []
    if done:
        yes = scores[scores["choice"] == "yes"]
        tables.append(
            Table(
                "Forecasts whose votes have come",
                ("scenario, arm", "made", "yes: 90 % range", "real", "log loss", "CRPS"),
                tuple(_row(row) for row in yes.to_dict("records")),
                note=(
                    "Scored is the first arm in which the US is likeliest to vote as it did, "
                    "or, where there is none, the first arm; of a scenario with steps, the text "
                    "alone. Log loss is a mean over states, CRPS "
                    "of yes in votes, each beside that of a simple forecast frozen with the entry: "
                    "votes on the last three precedents. "
                    "An entry made after its vote proves nothing."
                ),
            )
        )
    if waiting:
        rows = [tuple(str(one[key]) for key in ("scenario", "vote", "made")) for one in waiting]
        numbered = tuple((str(one["number"]), *row) for one, row in zip(waiting, rows, strict=True))
        tables.append(
            Table(
                "Forecasts of which the record has no vote",
                ("entry", "scenario", "vote", "made"),
                numbered,
            )
        )
    return tables


def save_scores(scores: pd.DataFrame, folder: Path) -> None:
    """Write ``ledger.csv`` and the figure into a folder that exists.

    Examples
    --------
    See `unga-sim ledger score --help`.
    """
    from sim.report.figures.ranges import draw_ledger  # matplotlib takes half a second

    files.write_text(folder / "ledger.csv", files.csv_text(scores, digits=6))
    if not scores.empty:
        draw_ledger(scores, folder)


def _row(row: Mapping[Any, Any]) -> tuple[str, ...]:
    when = "before" if row["before"] else "after"
    return (
        f"{row['scenario']}\n{row['arm']}",
        f"{row['made']}\n{when} the vote",
        f"{row['q05']:.0f} to {row['q95']:.0f}",
        str(row["actual"]),
        f"{row['log_loss']:.2f} ({row['log_loss_simple']:.2f})",
        f"{row['crps']:.1f} ({row['crps_simple']:.1f})",
    )
