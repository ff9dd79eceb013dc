"""What a sweep changes, as lines, and which assumption drives the answer, as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.assembly.choices import Choice
from sim.report.figures.contrast import LINES
from sim.report.figures.drawing.page import LEFT, footnote, headed, place, room_on
from sim.report.figures.drawing.pictures import write
from sim.report.figures.drawing.style import ASSUMED, COLOURS, FAINT, PALE, style
from sim.report.findings import of_sensitivity, of_sweep
from sim.report.sweep import YES, answers_of, by_value, called
from sim.runs.sentence import capitalised

ROW, HEAD, FOOT, GAP = 0.34, 1.0, 0.75, 0.85
"""Heights of a field, of the head and the foot of the page, and between panels [inches]."""
NAMES, BETWEEN = 2.1, 0.35
"""Widths of the fields' names and between panels [inches]."""
DRAWN = 2
"""Answers drawn: expected yes and adoption, or two ends of a path."""
MOST_PANELS, MANY = 3, 12
"""Fields drawn, and points up to which a line joins them."""
SIDE, TALL, PANEL = 0.75, 6.8, 2.0
"""Width of what is written at the left of the first panel, and heights of the page and of a panel
[inches]."""
UPRIGHT = 26
"""Letters on a line of it."""


def sensitivity_page(
    table: pd.DataFrame,
    *,
    about: str,
    arms: Mapping[str, str],
    title: str | None = None,
    shape: float | None = None,
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
    shape : float, optional
        Width over height.

    Examples
    --------
    >>> columns = ["answer", "arm", "against", "field", "first", "first_confidence", "total"]
    >>> rows = [[name, "a", "", "us.x", 0.5, 0.1, 0.6, 0.1] for name in ("adopted", "yes")]
    >>> table = pd.DataFrame(rows, columns=[*columns, "total_confidence"])
    >>> len(sensitivity_page(table, about="A draft", arms={"a": "A"}).axes)
    2
    """
    apart = table[table["against"] != ""]
    shown = apart if len(apart) else table
    pairs = list(shown[["arm", "against"]].drop_duplicates().itertuples(index=False))
    fields, answers = (list(shown[name].drop_duplicates()) for name in ("field", "answer"))
    answers = answers[:DRAWN]
    tall = ROW * len(fields) + 0.2
    fixed = HEAD + FOOT + len(pairs) * GAP
    height = fixed + len(pairs) * tall
    figure = headed(title or of_sensitivity(table), about, height=height, fixed=fixed, shape=shape)
    whole, times = room_on(figure, height, fixed)
    wide, tall = (whole - 2 * LEFT - NAMES - BETWEEN) / 2, times * tall
    for row, (arm, against) in enumerate(pairs):
        for column, answer in enumerate(answers):
            words = called(answer).removeprefix("the ")
            left = LEFT + NAMES + column * (wide + BETWEEN)
            axes = place(figure, (left, HEAD + 0.35 + row * (tall + GAP), wide, tall))
            some = shown[(shown["arm"] == arm) & (shown["against"] == against)]
            of = f"Change in {words}" if against else capitalised(words)
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
    >>> rows = [[name, "a", "", "us.x", 0.5, 0.1, 0.6, 0.1] for name in ("adopted", "yes")]
    >>> table = pd.DataFrame(rows, columns=[*columns, "total_confidence"])
    >>> with tempfile.TemporaryDirectory() as made:
    ...     paths = draw_sensitivity(table, Path(made), about="A draft", arms={"a": "A"})
    >>> [path.name for path in paths]
    ['sensitivity.png', 'sensitivity.svg']
    """
    with style():
        figure = sensitivity_page(table, about=about, arms=arms, title=title, shape=shape)
        return write(figure, folder / name)


def sweep_page(
    points: pd.DataFrame,
    fields: Sequence[str],
    *,
    about: str,
    labels: Mapping[str, str],
    title: str | None = None,
    shape: float | None = None,
) -> Figure:
    """Return a page of the answers that tell most against each field, a colour an arm.

    Lines go through the means over the other fields; pale dots are the points themselves.

    Parameters
    ----------
    points : DataFrame
        Columns point, one for each field, arm, yes and adopted, as ``points.csv``.
    fields : sequence of str
        Those that were swept; the first ones are drawn.
    about : str
        The scenario's title.
    labels : mapping of arm to what it is called
    title : str, optional
        In place of the finding.
    shape : float, optional
        Width over height.

    Examples
    --------
    >>> rows = [(1, "in", "a", 110.0, 0.91), (2, "out", "a", 114.2, 0.95)]
    >>> table = pd.DataFrame(rows, columns=["point", "precedents.ES-11/5", "arm", "yes", "adopted"])
    >>> len(sweep_page(table, ["precedents.ES-11/5"], about="A draft", labels={"a": "A"}).axes)
    2
    """
    drawn = list(fields[:MOST_PANELS])
    arms, answers = list(dict.fromkeys(points["arm"])), answers_of(points)[:DRAWN]
    figure = headed(title or of_sweep(points, fields, labels), about, height=TALL, shape=shape)
    whole, times = room_on(figure, TALL, TALL - 2 * PANEL)
    wide, tall = (whole - LEFT - SIDE - (len(drawn) - 1) * 0.5 - 0.3) / len(drawn), times * PANEL
    for column, name in enumerate(drawn):
        for row, answer in enumerate(answers):
            box = (LEFT + SIDE + column * (wide + 0.5), HEAD + 0.2 + row * (tall + 0.4), wide, tall)
            axes = place(figure, box)
            _against(axes, points, name, answer, arms)
            if column == 0:
                words, unit = called(answer).removeprefix("the "), "votes" if answer == YES else "%"
                axes.set_ylabel(fill(f"{words} [{unit}]", UPRIGHT), multialignment="center")
            if row == len(answers) - 1:
                axes.set_xlabel(name)
    ends = [
        Line2D([], [], color=LINES[at % len(LINES)][0], linestyle=LINES[at % len(LINES)][1])
        for at in range(len(arms))
    ]
    figure.legend(
        ends,
        [labels[arm] for arm in arms],
        loc="upper left",
        bbox_to_anchor=(LEFT / whole, 1 - 0.75 / figure.get_size_inches()[1]),
        ncols=len(arms),
        frameon=False,
    )
    more = f" Not drawn: {', '.join(fields[MOST_PANELS:])}." if len(fields) > len(drawn) else ""
    footnote(
        figure,
        f"Computed, not drawn at random. Lines: means over the other fields; dots: points.{more}\n"
        f"{ASSUMED}",
    )
    return figure


def draw_sweep(
    points: pd.DataFrame,
    folder: Path,
    *,
    fields: Sequence[str],
    about: str,
    arms: Mapping[str, str],
    title: str | None = None,
    shape: float | None = None,
    name: str = "sweep",
) -> list[Path]:
    """Draw the page as ``sweep.png`` and ``sweep.svg``; see `sweep_page`.

    Examples
    --------
    >>> import tempfile
    >>> rows = [(1, 0.0, "a", 110.0, 0.91), (2, 1.0, "a", 114.2, 0.95)]
    >>> table = pd.DataFrame(rows, columns=["point", "us.x", "arm", "yes", "adopted"])
    >>> with tempfile.TemporaryDirectory() as made:
    ...     how = {"fields": ["us.x"], "about": "A draft", "arms": {"a": "A"}}
    ...     [path.name for path in draw_sweep(table, Path(made), **how)]
    ['sweep.png', 'sweep.svg']
    """
    with style():
        figure = sweep_page(points, fields, about=about, labels=arms, title=title, shape=shape)
        return write(figure, folder / name)


def _against(
    axes: Axes, points: pd.DataFrame, field: str, answer: str, arms: Sequence[str]
) -> None:
    """Draw an answer against a field: numbers where they are, words side by side."""
    levels = list(dict.fromkeys(points[field]))
    words = any(isinstance(value, str) for value in levels)
    spot = {value: at if words else float(value) for at, value in enumerate(levels)}
    many = len(levels) == points["point"].nunique()
    for at, arm in enumerate(arms):
        colour, dashes = LINES[at % len(LINES)]
        mine = points[points["arm"] == arm]
        scale = 1 if answer == YES else 100
        across = [spot[value] for value in mine[field]]
        axes.plot(across, scale * mine[answer], "o", color=colour, alpha=1 if many else 0.3, ms=4)
        means = by_value(mine, field)
        along = sorted(range(len(means)), key=lambda row: spot[means[field][row]])
        if not (many and len(levels) > MANY):
            axes.plot(
                [spot[means[field][row]] for row in along],
                [scale * means[answer][row] for row in along],
                color=colour,
                linestyle=dashes,
            )
    if words:
        axes.set_xticks(range(len(levels)), [str(value) for value in levels])
        axes.set_xlim(-0.5, len(levels) - 0.5)
    axes.grid(axis="y", color=FAINT, alpha=0.2)


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
