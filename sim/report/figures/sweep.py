"""Which assumption drives the answer, as bars."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.assembly.choices import Choice
from sim.report.figures.page import LEFT, WIDTH, footnote, headed, place
from sim.report.figures.pictures import write
from sim.report.figures.style import COLOURS, FAINT, PALE, style
from sim.report.findings import of_sensitivity

ANSWERS = {"adopted": "chance of adoption", "yes": "expected yes votes"}
ROW, HEAD, FOOT, GAP = 0.34, 1.0, 0.75, 0.85
"""Heights of a field, of the head and the foot of the page, and between panels [inches]."""
NAMES, BETWEEN = 2.1, 0.35
"""Widths of the fields' names and between panels [inches]."""


def sensitivity_page(
    table: pd.DataFrame, *, about: str, arms: Mapping[str, str], title: str | None = None
) -> Figure:
    """Return a page of what share of each answer's variance every assumption has.

    Parameters
    ----------
    table : DataFrame
        Columns answer, arm, against, field, first, first_confidence, total, total_confidence.
    about : str
        The scenario's title.
    arms : mapping of arm to what it is called
    title : str, optional
        In place of the finding.

    Examples
    --------
    >>> columns = ["answer", "arm", "against", "field", "first", "first_confidence", "total"]
    >>> rows = [[name, "a", "", "us.x", 0.5, 0.1, 0.6, 0.1] for name in ANSWERS]
    >>> table = pd.DataFrame(rows, columns=[*columns, "total_confidence"])
    >>> len(sensitivity_page(table, about="A draft", arms={"a": "A"}).axes)
    2
    """
    apart = table[table["against"] != ""]
    shown = apart if len(apart) else table
    pairs = list(shown[["arm", "against"]].drop_duplicates().itertuples(index=False))
    fields = list(shown["field"].drop_duplicates())
    tall = ROW * len(fields) + 0.2
    height = HEAD + FOOT + len(pairs) * (tall + GAP)
    figure = headed(title or of_sensitivity(table), about, height=height)
    wide = (WIDTH - 2 * LEFT - NAMES - BETWEEN) / 2
    for row, (arm, against) in enumerate(pairs):
        for column, (answer, words) in enumerate(ANSWERS.items()):
            left = LEFT + NAMES + column * (wide + BETWEEN)
            axes = place(figure, (left, HEAD + 0.35 + row * (tall + GAP), wide, tall))
            some = shown[(shown["arm"] == arm) & (shown["against"] == against)]
            of = f"Change in {words}" if against else words.capitalize()
            compared = f"{arms[arm]}, against {arms[against]}" if against else arms[arm]
            _draw(axes, some[some["answer"] == answer], names=column == 0)
            axes.set_title(f"{of}\n{compared}", size=9, loc="left")
    footnote(
        figure,
        "Share of the variance over the ranges swept. Dark: what the assumption explains alone; "
        "pale: what it has any share in, with others; lines: 95% intervals of the latter.",
    )
    return figure


def draw_sensitivity(
    table: pd.DataFrame,
    folder: Path,
    *,
    about: str,
    arms: Mapping[str, str],
    title: str | None = None,
    shape: float | None = None,
    name: str = "sensitivity",
) -> list[Path]:
    """Draw the page as ``sensitivity.png`` and ``sensitivity.svg``; see `sensitivity_page`.

    Examples
    --------
    >>> import tempfile
    >>> columns = ["answer", "arm", "against", "field", "first", "first_confidence", "total"]
    >>> rows = [[name, "a", "", "us.x", 0.5, 0.1, 0.6, 0.1] for name in ANSWERS]
    >>> table = pd.DataFrame(rows, columns=[*columns, "total_confidence"])
    >>> with tempfile.TemporaryDirectory() as made:
    ...     paths = draw_sensitivity(table, Path(made), about="A draft", arms={"a": "A"})
    >>> [path.name for path in paths]
    ['sensitivity.png', 'sensitivity.svg']
    """
    with style():
        figure = sensitivity_page(table, about=about, arms=arms, title=title)
        return write(figure, folder / name, shape=shape)


def _draw(axes: Axes, rows: pd.DataFrame, *, names: bool) -> None:
    down = np.arange(len(rows))
    axes.barh(
        down,
        rows["total"],
        height=0.7,
        color=PALE,
        xerr=rows["total_confidence"],
        error_kw={"ecolor": FAINT, "elinewidth": 1},
    )
    axes.barh(down, rows["first"].clip(lower=0), height=0.35, color=COLOURS[Choice.YES])
    axes.set(xlim=(0, 1.1), ylim=(len(rows) - 0.4, -0.6))
    axes.set_yticks(down, list(rows["field"]) if names else [""] * len(rows))
    axes.set_xticks([0, 0.5, 1], ["0", "half", "all"])
    axes.tick_params(axis="y", length=0)
