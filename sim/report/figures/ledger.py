"""Forecasts of record beside what came: ranges of yes and the real count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.assembly.choices import Choice
from sim.report.figures.page import WIDTH, footnote, headed, place
from sim.report.figures.pictures import write
from sim.report.figures.style import COLOURS, FAINT, INK, style

ROW = 0.42
"""Height of a forecast [inches]."""


def ledger_page(scores: pd.DataFrame) -> Figure:
    """Return the page of a scored ledger, newest forecast at the bottom.

    Parameters
    ----------
    scores : DataFrame
        As `sim.runs.resolved.score_ledger` gives it.

    Examples
    --------
    >>> row = {"choice": "yes", "scenario": "a", "vote": "2026-12-01", "before": True, "q05": 80}
    >>> row |= {"q95": 110, "expected": 95.0, "actual": 93, "inside_90": True}
    >>> from sim.report.figures.words import texts_on
    >>> texts_on(ledger_page(pd.DataFrame([row])))[0]
    '1 of 1 real counts of yes inside the 90 % range of their forecast'
    """
    yes = scores[scores["choice"] == "yes"]
    right, tall = int(yes["inside_90"].sum()), ROW * len(yes)
    title = f"{right} of {len(yes)} real counts of yes inside the 90 % range of their forecast"
    figure = headed(title, "Forecasts of record whose votes have come", height=tall + 2.2)
    axes = place(figure, (4.2, 1.0, WIDTH - 4.6, tall))
    down = np.arange(len(yes))
    axes.hlines(down, yes["q05"], yes["q95"], color=COLOURS[Choice.YES], linewidth=6, alpha=0.45)
    axes.plot(yes["expected"], down, "|", color=COLOURS[Choice.YES], markersize=12, zorder=3)
    axes.plot(yes["actual"], down, "o", color=INK, markersize=5, zorder=4, clip_on=False)
    late = ["" if before else " (made afterwards)" for before in yes["before"]]
    names = [
        f"{name}, {vote}{mark}"
        for name, vote, mark in zip(yes["scenario"], yes["vote"], late, strict=True)
    ]
    axes.set_yticks(down, names)
    axes.set(ylim=(len(yes) - 0.4, -0.6), xlim=(0, 193), xlabel="yes [votes]")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT, alpha=0.2)
    footnote(figure, "Bar: 90 % range; line: expected; dot: the real count, looked up afterwards.")
    return figure


def draw_ledger(scores: pd.DataFrame, folder: Path) -> list[Path]:
    """Draw the page as ``ledger.png`` and ``ledger.svg``; see `ledger_page`.

    Examples
    --------
    See `ledger_page`.
    """
    with style():
        return write(ledger_page(scores), folder / "ledger")
