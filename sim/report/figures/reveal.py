"""What announced votes are worth, drawn: how well the others are forecast the more is known."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.assembly.choices import Choice
from sim.report.figures.drawing.page import WIDTH, footnote, headed, place
from sim.report.figures.drawing.style import COLOURS, FAINT, INK, PALE
from sim.skill.backtest import BacktestResult
from sim.skill.backtest.reveal import LEAST, PICKED, RANDOM, REBELS, WITH_LEAST

TEN, NUMBERS = 10, {1: "one", 4: "four", 10: "ten", 30: "thirty"}
LINES = {
    "nothing": ("nothing learnt from them", PALE, "--"),
    "nearest": ("nearest texts, by who agreed", FAINT, ":"),
    "model": ("unga-sim", COLOURS[Choice.YES], "-"),
}
"""How each forecaster is named and drawn."""


def reveal_page(result: BacktestResult) -> Figure:
    """Return the page that shows what announced votes are worth.

    Parameters
    ----------
    result : BacktestResult
        In which votes were revealed.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.skill.backtest import run_backtest
    >>> plain = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> reveal_page(plain)
    Traceback (most recent call last):
    ValueError: no votes were revealed in this back-test
    """
    table = result.revealed
    if table is None:
        raise ValueError("no votes were revealed in this back-test")
    days = result.held.dates
    about = f"{len(days)} roll calls, {days[0]} to {days[-1]}"
    given = f"position of the United States {result.us}"
    figure = headed(_title(table), f"{about}  ·  {given}", height=5.2)
    draw_learning(table, place(figure, (0.9, 1.2, 4.4, 3.0)))
    draw_changes(table, place(figure, (8.1, 1.2, WIDTH - 8.5, 3.0)))
    footnote(
        figure,
        "Left: mean of minus the natural logarithm of the probability of what each state did whose "
        "vote was not revealed.\nRight: how much that changes by one vote hardly expected, "
        "by the four least expected, or by up to ten of one group. Bars: one standard error.",
    )
    return figure


def draw_learning(table: pd.DataFrame, axes: Axes) -> None:
    """Draw the log loss of the others against the number of votes revealed at random.

    Parameters
    ----------
    table : DataFrame
        As `sim.skill.backtest.reveal.revealed_table` returns it.
    axes : Axes
        Drawn on.

    Examples
    --------
    >>> axes, row = Figure().add_subplot(), {"nothing": 0.4, "model": 0.3, "nearest": 0.35}
    >>> draw_learning(pd.DataFrame([{"kind": "at random", "revealed": 3, **row}]), axes)
    >>> [line.get_label() for line in axes.get_lines()][-1]
    'unga-sim'
    """
    some = table[table["kind"] == RANDOM]
    for name, (label, colour, dashes) in LINES.items():
        axes.plot(
            some["revealed"], some[name], label=label, color=colour, linestyle=dashes, marker="o",
            markersize=4,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks(some["revealed"].tolist(), [str(each) for each in some["revealed"]])
    axes.minorticks_off()
    axes.set_ylim(0, None)
    axes.set(xlabel="votes revealed", ylabel="log loss of all others")
    axes.legend(frameon=False, loc="lower left")


def draw_changes(table: pd.DataFrame, axes: Axes) -> None:
    """Draw how other reveals change the log loss of the others.

    Parameters
    ----------
    table : DataFrame
    axes : Axes
        Drawn on.

    Examples
    --------
    >>> axes, row = Figure().add_subplot(), {"difference": -0.01, "standard_error": 0.002}
    >>> draw_changes(pd.DataFrame([{"kind": "sponsors", "revealed": 10, **row}]), axes)
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['ten sponsors']
    """
    first = {kind: place for place, kind in enumerate((*REBELS, LEAST, WITH_LEAST))}
    others = table[table["kind"] != RANDOM].sort_values(
        "kind", key=lambda kinds: kinds.map(first).fillna(len(first)), kind="stable"
    )
    places = range(len(others))
    axes.barh(
        places, others["difference"], xerr=others["standard_error"], color=COLOURS[Choice.YES],
        ecolor=INK, height=0.6,
    )  # fmt: skip
    names = [_named(row["kind"], row["revealed"]) for row in others.to_dict("records")]
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.set_xlabel("change of log loss")


def _named(kind: str, number: int) -> str:
    if kind == WITH_LEAST:
        return f"these and {NUMBERS[number - PICKED]} at random"
    return f"{NUMBERS.get(number, str(number))} {kind}"


def _title(table: pd.DataFrame) -> str:
    ten = table[(table["kind"] == RANDOM) & (table["revealed"] == TEN)]
    if not len(ten):
        return "What announced votes are worth"
    row = ten.iloc[0]
    less = 100 * (1 - row["model"] / row["nothing"])
    return f"What ten announced votes are worth: a log loss of all others {less:.0f} % lower"
