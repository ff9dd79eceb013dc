"""Figures of a back-test: calibration, skill over the years, and the worst misses."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.assembly.choices import CHOICES, Choice
from sim.report.figures.drawing.page import LEFT, WIDTH, footnote, headed, place
from sim.report.figures.drawing.pictures import write
from sim.report.figures.drawing.style import COLOURS, FAINT, INK, PALE, faded, style
from sim.report.figures.reveal import reveal_page
from sim.skill import figures_by_year, worst_misses
from sim.skill.backtest import BEST, RESCALED, BacktestResult
from sim.skill.scores import BINS

PANEL, GAP = 2.15, 0.55
"""Of the four panels beside each other [inches]."""
ROW = 0.58
"""Of one miss [inches]."""
LARGEST_MARK = 120.0
"""Area of the mark of the fullest bin [square points]."""
LINES = ((0, (1, 1)), (0, (3, 1)), (0, (5, 1, 1, 1)), (0, (8, 2)), (0, (1, 3)), "-")
MARKS = "os^Dv>"
"""Tell forecasters apart where one year leaves no line."""


def draw_backtest(result: BacktestResult, folder: Path) -> list[Path]:
    """Draw every figure of a back-test, as PNG and SVG.

    Parameters
    ----------
    result : BacktestResult
    folder : Path
        Written into: ``reliability``, ``pit``, ``years``, ``misses``; ``reveal`` if votes were.

    Returns
    -------
    list of Path
        What was written.

    Examples
    --------
    >>> import tempfile
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(path.name for path in draw_backtest(result, Path(folder)))[:2]
    ['misses.png', 'misses.svg']
    """
    paths = []
    with style():
        pages = {
            "reliability": reliability_page,
            "pit": pit_page,
            "years": years_page,
            "misses": misses_page,
        }
        if result.revealed is not None:
            pages["reveal"] = reveal_page
        for name, page in pages.items():
            paths += write(page(result), folder / name)
    return paths


def reliability_page(result: BacktestResult) -> Figure:
    """Return the page that sets what was forecast against what happened, choice by choice.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> len(reliability_page(result).axes)
    4
    """
    figure = _headed(result, "What was called so likely happened so often", height=4.85)
    for choice, axes in _panels(figure).items():
        for name, model in ((_other(result), False), (result.model, True)):
            table = result.judged[name].reliability(result.held, choice)
            draw_reliability(table, axes, choice=choice, model=model)
    footnote(
        figure,
        f"Colour: {result.judged[result.model].label}; hollow: "
        f"{result.judged[_other(result)].label}. Each mark is a tenth of the scale; its area is "
        "how many state votes it holds.\nOn the diagonal, forecast and frequency are the same.",
    )
    return figure


def pit_page(result: BacktestResult) -> Figure:
    """Return the page that shows where in their forecasts the counts fell.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> len(pit_page(result).axes)
    4
    """
    figure = _headed(result, "Where the counts fell in their forecasts", height=4.85)
    panels = _panels(figure)
    for choice, axes in panels.items():
        model, other = (
            result.judged[name].pit(result.held, choice) for name in (result.model, _other(result))
        )
        draw_pit(model, other, axes, choice=choice)
    top = max(axes.get_ylim()[1] for axes in panels.values())
    for axes in panels.values():
        axes.set_ylim(0, top)
    footnote(
        figure,
        f"Colour: {result.judged[result.model].label}; line: "
        f"{result.judged[_other(result)].label}. Histograms of the probability integral "
        "transform; nothing is drawn at random.\n"
        "Flat: calibrated. High at both ends: intervals too narrow. High in the middle: too wide.",
    )
    return figure


def years_page(result: BacktestResult) -> Figure:
    """Return the page of log loss by calendar year, every forecaster a line.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> len(years_page(result).axes)
    1
    """
    figure = _headed(result, "Skill by year", height=5.4)
    axes = place(figure, (0.9, 1.2, WIDTH - 4.6, 3.2))
    draw_years(figures_by_year(result), axes, model=result.model)
    for line in axes.get_lines():
        label = result.judged[str(line.get_label())].label
        line.set_label(textwrap.fill(label, 34))
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, handlelength=4)
    footnote(
        figure,
        "Mean of minus the natural logarithm of the probability of what each state did, of four "
        "choices; less is better. Bars: one standard error, from drawing days again.",
    )
    return figure


def misses_page(result: BacktestResult) -> Figure:
    """Return the page of the roll calls forecast worst, with what was not seen.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> len(misses_page(result).axes)
    1
    """
    table = worst_misses(result)
    figure = _headed(result, "The worst misses of the yes count", height=2.0 + ROW * len(table))
    axes = place(figure, (5.6, 1.1, WIDTH - 6.0, ROW * len(table)))
    draw_misses(table, axes)
    for row, miss in enumerate(table.to_dict("records")):
        height = float(figure.get_size_inches()[1])
        top = 1 - (1.1 + ROW * (row + 0.12)) / height
        named = textwrap.shorten(f"{miss['date']}  {miss['title']}", 78, placeholder=" …")
        reason = "\n".join(textwrap.wrap(str(miss["reason"]), 92, max_lines=2, placeholder=" …"))
        at = LEFT / WIDTH
        figure.text(at, top, named, size=8.5, weight="bold", va="top")
        figure.text(at, top - 0.17 / height, reason, size=7.5, va="top", color=FAINT)
    footnote(figure, "Bar: the middle 90 % of the forecast; tick: its mean; dot: the real count.")
    return figure


def draw_reliability(table: pd.DataFrame, axes: Axes, *, choice: Choice, model: bool) -> None:
    """Draw forecast against frequency.

    Parameters
    ----------
    table : DataFrame
        forecast, frequency, count.
    axes : Axes
        Drawn on.
    choice : Choice
    model : bool
        In the colour of the choice and joined by a line; else hollow.

    Examples
    --------
    >>> axes = Figure().add_subplot()
    >>> table = pd.DataFrame({"forecast": [0.2], "frequency": [0.3], "count": [10.0]})
    >>> draw_reliability(table, axes, choice=Choice.YES, model=True)
    >>> axes.get_xlabel()
    'forecast probability'
    """
    there = table[table["count"] > 0]
    areas = 6 + LARGEST_MARK * there["count"] / there["count"].max()
    spots = there["forecast"], there["frequency"]
    if model:
        axes.plot(*spots, color=COLOURS[choice], linewidth=1)
        axes.scatter(*spots, s=areas, color=COLOURS[choice], edgecolor=INK, linewidth=0.6, zorder=3)
    else:
        axes.scatter(*spots, s=areas, facecolor="none", edgecolor=FAINT, linewidth=0.8, zorder=2)
    axes.plot((0, 1), (0, 1), color=PALE, linewidth=1, zorder=1)
    ticks = (0, 0.5, 1)
    axes.set(xlim=(-0.04, 1.04), ylim=(-0.04, 1.04), xticks=ticks, yticks=ticks)
    axes.set_xlabel("forecast probability", size=8.5)
    if choice == CHOICES[0]:
        axes.set_ylabel("how often it happened", size=8.5)


def draw_pit(model: np.ndarray, other: np.ndarray, axes: Axes, *, choice: Choice) -> None:
    """Draw the histograms of one count, of a model and of another forecaster.

    Parameters
    ----------
    model, other : array [bin]
        Heights; 1 everywhere if calibrated.
    axes : Axes
        Drawn on.
    choice : Choice

    Examples
    --------
    >>> axes = Figure().add_subplot()
    >>> draw_pit(np.ones(BINS), np.ones(BINS), axes, choice=Choice.NO)
    >>> float(axes.get_ylim()[1])
    2.0
    """
    edges = np.linspace(0, 1, BINS + 1)
    axes.stairs(model, edges, fill=True, color=faded(COLOURS[choice], 0.75))
    axes.stairs(other, edges, color=FAINT, linewidth=1.1)
    axes.axhline(1, color=INK, linewidth=0.8, linestyle=(0, (4, 2)))
    axes.set(
        xlim=(0, 1), ylim=(0, max(2.0, 1.05 * model.max(), 1.05 * other.max())), xticks=(0, 0.5, 1)
    )
    axes.set_xlabel("share of the forecast below", size=8.5)


def draw_years(table: pd.DataFrame, axes: Axes, *, model: str) -> None:
    """Draw a figure by calendar year, a line for each forecaster in the order of the table.

    Parameters
    ----------
    table : DataFrame
        forecaster, year, log_loss, standard_error. Of the two with the same probabilities of
        states, `sim.skill.backtest.BEST` and `sim.skill.backtest.RESCALED`, one is left out.
    axes : Axes
        Drawn on.
    model : str
        Drawn boldly, with its standard errors.

    Examples
    --------
    >>> axes = Figure().add_subplot()
    >>> table = pd.DataFrame({"forecaster": ["a", "b"], "year": 2019, "log_loss": [0.4, 0.5]})
    >>> draw_years(table.assign(standard_error=0.01), axes, model="a")
    >>> [line.get_label() for line in axes.get_lines()]
    ['a', 'b']
    """
    doubled = BEST if model == RESCALED else RESCALED
    shown = table[table["forecaster"] != doubled]
    years = sorted(set(shown["year"]))
    # forecasters of a single year stand beside each other, around it
    aside = 0.12 if len(years) == 1 else 0.0
    middle = (shown["forecaster"].nunique() - 1) / 2
    for number, (name, rows) in enumerate(shown.groupby("forecaster", sort=False)):
        bold = name == model
        at = rows["year"] + aside * (number - middle)
        axes.plot(
            at, rows["log_loss"], markersize=5, label=str(name),
            marker="o" if bold else MARKS[number % len(MARKS)],
            markerfacecolor=COLOURS[Choice.YES] if bold else "white",
            color=COLOURS[Choice.YES] if bold else FAINT, linewidth=2.2 if bold else 1.1,
            linestyle="-" if bold else LINES[number % len(LINES)],
        )  # fmt: skip
        if bold:
            low, high = (rows["log_loss"] + side * rows["standard_error"] for side in (-1, 1))
            axes.vlines(at, low, high, color=COLOURS[Choice.YES], linewidth=1.2)
    axes.set_xticks(years)
    if aside:
        axes.set_xlim(years[0] - 0.5, years[0] + 0.5)
    axes.margins(y=0.1)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("log loss, four choices", size=8.5)


def draw_misses(table: pd.DataFrame, axes: Axes) -> None:
    """Draw forecast and real yes counts, a row for each roll call, the first on top.

    Parameters
    ----------
    table : DataFrame
        As `sim.skill.worst_misses` gives it.
    axes : Axes
        Drawn on.

    Examples
    --------
    >>> axes = Figure().add_subplot()
    >>> miss = pd.DataFrame({"q05": [90], "q95": [120], "expected": [101.5], "actual": [7]})
    >>> draw_misses(miss, axes)
    >>> [text.get_text() for text in axes.texts]
    ['7']
    """
    rows = np.arange(len(table))
    axes.hlines(rows, table["q05"], table["q95"], color=faded(COLOURS[Choice.YES], 0.5), lw=7)
    axes.scatter(table["expected"], rows, marker="|", s=130, color=INK, linewidth=1.4, zorder=3)
    axes.scatter(table["actual"], rows, s=42, color=COLOURS[Choice.NO], edgecolor=INK, zorder=4)
    for row, actual in enumerate(table["actual"]):
        axes.annotate(
            str(actual), (actual, row), (0, 7), textcoords="offset points", size=8, ha="center"
        )
    axes.set(xlim=(-4, 197), ylim=(len(table) - 0.5, -0.5), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("yes votes", size=8.5)


def _other(result: BacktestResult) -> str:
    return RESCALED if result.model != RESCALED else BEST


def _panels(figure: Figure) -> dict[Choice, Axes]:
    found = {}
    for number, choice in enumerate(CHOICES):
        box = (0.75 + number * (PANEL + GAP), 1.35, PANEL, PANEL)
        found[choice] = place(figure, box)
        found[choice].set_title(choice.label, loc="left", size=12, weight="bold")
    return found


def _headed(result: BacktestResult, title: str, *, height: float) -> Figure:
    days, label = result.held.dates, result.judged[result.model].label
    about = f"{len(days)} roll calls, {days[0]} to {days[-1]}"
    given = f"position of the United States {result.us}"
    return headed(title, f"{label}  ·  {about}  ·  {given}", height=height)
