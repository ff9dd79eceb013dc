"""Ranges of yes in rows: forecasts of record beside what came, and what each demand changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.assembly.choices import Choice
from sim.report.figures.drawing.page import WIDTH, footnote, headed, place, room_on
from sim.report.figures.drawing.pictures import write
from sim.report.figures.drawing.style import COLOURS, FAINT, INK, style

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
    >>> from sim.report.figures.drawing.words import texts_on
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


def lever_page(
    table: pd.DataFrame, *, finding: str, about: str, shape: float | None = None
) -> Figure:
    """Return the page of what each demand goes with in yes votes, a row a demand.

    Parameters
    ----------
    table : DataFrame
        As `sim.studies.lever.wording.Lever.table` gives it.
    finding : str
        What the figure shows, in plain words.
    about : str
        The scenario's title.
    shape : float, optional
        Width over height.

    Examples
    --------
    >>> row = {"demand": "pay", "asked": True, "yes_mean": -9.0, "yes_low": -30.0, "yes_high": 12.0}
    >>> row |= {"kinds_with": 3, "kinds_without": 4, "reason": ""}
    >>> row |= {"texts_with": "a b c", "texts_without": "d e f g"}
    >>> page = lever_page(pd.DataFrame([row]), finding="None", about="A draft")
    >>> [label.get_text() for label in page.axes[0].get_yticklabels()]
    ['without pay (texts: 3 with it, 4 without)']
    """
    down, tall = np.arange(len(table)), ROW * len(table)
    figure = headed(finding, about, height=tall + 2.4, fixed=2.4, shape=shape)
    wide, times = room_on(figure, tall + 2.4, 2.4)
    axes = place(figure, (4.2, 1.0, wide - 4.6, times * tall))
    colour = COLOURS[Choice.YES]
    found = table["reason"] == ""
    some = table[found]
    if len(some):
        low, mean, high = (some[name].astype(float) for name in ("yes_low", "yes_mean", "yes_high"))
        axes.hlines(down[found], low, high, color=colour, linewidth=6, alpha=0.45)
        axes.plot(mean, down[found], "|", color=colour, markersize=12, zorder=3)
    axes.axvline(0, color=INK, linewidth=0.9)
    edge = 1.1 * max([10.0, *some[["yes_low", "yes_high"]].astype(float).abs().max()])
    for at, reason in zip(down[~found], table["reason"][~found], strict=True):
        told = f"no number: {reason}"
        plate = {"facecolor": "white", "linewidth": 0, "pad": 1}
        axes.text(-0.98 * edge, at, told, va="center", color=FAINT, size=8, bbox=plate)
    names = [
        f"{'without' if row['asked'] else 'with'} {row['demand']} (texts: "
        f"{len(row['texts_with'].split())} with it, {len(row['texts_without'].split())} without)"
        for row in table.to_dict("records")
    ]
    axes.set_yticks(down, names)
    axes.set(ylim=(len(table) - 0.4, -0.6), xlim=(-edge, edge), xlabel="change of yes [votes]")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT, alpha=0.2)
    footnote(
        figure,
        "Bar: 90 % range; line: expected. Like texts with and without the demand; their other "
        "demands, series and years are allowed for.\nAn association: texts that differ in a demand "
        "differ in more.",
    )
    return figure


def draw_lever(
    table: pd.DataFrame,
    folder: Path,
    *,
    finding: str,
    about: str,
    shape: float | None = None,
    name: str = "lever",
) -> list[Path]:
    """Draw the page as ``lever.png`` and ``lever.svg``; see `lever_page`.

    Examples
    --------
    See `lever_page`.
    """
    with style():
        figure = lever_page(table, finding=finding, about=about, shape=shape)
        return write(figure, folder / name)
