"""The member states that an arm moves most."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.choices import CHOICES, Choice
from sim.plots.page import LEFT, WIDTH, beside, footnote, label_of, note, page, place, votes_of
from sim.plots.style import ASSUMED, COLOURS, FAINT, PALE, short_chance, signed
from sim.results import Result

MOST = 15
"""Member states drawn."""
LEAST = 0.005
"""A state that moves less, as part of its probability, is not drawn."""
AT_MOST = 2
"""Panels beside each other."""
ROW, HEAD, FOOT = 0.29, 0.85, 0.75
"""Height of a state's row, and of what lies above and below the rows of a panel [inches]."""
NAMES, CHANGES = 1.75, 1.75
"""Width of what lies left and right of the rows [inches]."""
SETS_ITS_OWN = "USA"
"""The state whose position an arm sets: it is not moved by others."""
OTHERS: Mapping[Choice, float] = MappingProxyType(
    {Choice.ABSTAIN: 0.45, Choice.NO: 0.85, Choice.NON_VOTING: 1.55}
)
"""The other choices, and how far right of the axes the change of each ends [inches]."""


def movers_of(states: pd.DataFrame, arm: str, against: str) -> pd.DataFrame:
    """Return the states in order of how far `arm` moves them from `against`, as far as drawn.

    Parameters
    ----------
    states : DataFrame
        arm, iso3, name and p_yes ... p_non_voting.
    arm, against : str
        The two arms.

    Returns
    -------
    DataFrame
        Index iso3; name, before and after (chance of yes), moved (the part of the probability that
        lands on another choice) and the change of each choice by its column name.

    Raises
    ------
    ValueError
        If the table lacks one of the arms.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("a", "FRA", "France", 0.9, 0.1, 0, 0), ("b", "FRA", "France", 0.6, 0.3, 0.1, 0)],
    ...     columns=["arm", "iso3", "name", "p_yes", "p_abstain", "p_no", "p_non_voting"],
    ... )
    >>> movers_of(table, "b", "a")["moved"].round(3).to_dict()
    {'FRA': 0.3}
    """
    after, before = votes_of(states, arm), votes_of(states, against)
    columns = {f"p_{choice.column}": choice.column for choice in CHOICES}
    change = (after[list(columns)] - before[list(columns)]).rename(columns=columns)
    table = change.assign(
        name=after["name"],
        before=before["p_yes"],
        after=after["p_yes"],
        moved=change.abs().sum(axis=1) / 2,
    )
    order = table.sort_index().sort_values("moved", ascending=False, kind="stable")
    return order[order["moved"] >= LEAST].head(MOST)


def movers_page(result: Result) -> Figure:
    """Return the page of movers, a panel for each arm compared with the first.

    Parameters
    ----------
    result : Result
        Of two arms or more.
    """
    first, *others = result.summary["arms"]
    panel = HEAD + ROW * MOST + FOOT
    title = "The member states that move most: their chance of voting yes"
    figure = page(result, title, height=1.45 + panel * -(-len(others) // AT_MOST))
    step = (WIDTH - 2 * LEFT + 0.2) / min(len(others), AT_MOST)
    for number, arm in enumerate(others):
        line, column = divmod(number, AT_MOST)
        left, top = LEFT + step * column, 0.9 + panel * line
        box = (left + NAMES, top + HEAD, step - NAMES - CHANGES, ROW * MOST)
        axes = place(figure, box)
        draw_movers(result.states, axes, arm=arm, against=first)
        axes = place(figure, (left, top, step, 0.5))
        _draw_key(axes, before=label_of(result, first), after=label_of(result, arm))
    starred = any(SETS_ITS_OWN in movers_of(result.states, arm, first).index for arm in others)
    footnote(
        figure,
        f"{ASSUMED}{'  * The arm itself sets this vote.' if starred else ''}\n"
        "Order: by the part of a state's probability that lands on another choice. "
        "Right: change of the chance of each other choice [points].",
    )
    return figure


def draw_movers(states: pd.DataFrame, axes: Axes, *, arm: str, against: str) -> None:
    """Draw the chance of yes of the states that move most: from a ring to a point, a row each.

    Parameters
    ----------
    states : DataFrame
        arm, iso3, name and p_yes ... p_non_voting.
    axes : Axes
        Drawn on.
    arm, against : str
        Where the states move to, and from.

    Raises
    ------
    ValueError
        If the table lacks one of the arms.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("a", "FRA", "France", 0.9, 0.1, 0, 0), ("b", "FRA", "France", 0.6, 0.3, 0.1, 0)],
    ...     columns=["arm", "iso3", "name", "p_yes", "p_abstain", "p_no", "p_non_voting"],
    ... )
    >>> axes = Figure().add_subplot()
    >>> draw_movers(table, axes, arm="b", against="a")
    >>> axes.texts[0].get_text()
    'France'
    """
    table = movers_of(states, arm, against)
    axes.set_xlim(-13, 113)
    axes.set_ylim(MOST - 0.4, -0.6)
    for row, (iso3, told) in enumerate(table.iterrows()):
        _draw_row(axes, row, told.to_dict(), starred=iso3 == SETS_ITS_OWN)
    for choice, right in OTHERS.items():
        note(axes, (beside(axes, right), -0.9), choice.label, size=8, align="right", colour=FAINT)
    if table.empty:
        axes.text(50, MOST / 2, "no member state moves", ha="center", size=10, color=FAINT)
    axes.set_yticks([])
    axes.set_xticks(range(0, 101, 25))
    axes.grid(axis="x", color=PALE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("chance of voting yes [%]", size=8.5)


def _draw_row(axes: Axes, row: int, told: Mapping[Any, Any], *, starred: bool) -> None:
    name = textwrap.fill(f"{told['name']}{' *' if starred else ''}", 25)
    note(axes, (beside(axes, -0.08), row), name, size=8, align="right")
    before, after = 100 * told["before"], 100 * told["after"]
    axes.plot([before, after], [row, row], color=FAINT, linewidth=1.6)
    _draw_end(axes, (before, row), told["before"], filled=False, right=before >= after)
    _draw_end(axes, (after, row), told["after"], filled=True, right=before < after)
    for choice in OTHERS:
        note(
            axes,
            (beside(axes, OTHERS[choice]), row),
            signed(100 * told[choice.column]),
            size=8,
            align="right",
        )


def _draw_end(
    axes: Axes, spot: tuple[float, float], yes: float, *, filled: bool, right: bool
) -> None:
    _draw_dot(axes, spot, filled=filled)
    axes.annotate(
        short_chance(yes), spot, (6 if right else -6, 0), textcoords="offset points",
        size=8, weight="bold" if filled else "normal", ha="left" if right else "right", va="center",
    )  # fmt: skip


def _draw_dot(axes: Axes, spot: tuple[float, float], *, filled: bool) -> None:
    colour = COLOURS[Choice.YES]
    axes.plot(*spot, "o", markersize=7, color=colour, markerfacecolor=colour if filled else "white")


def _draw_key(axes: Axes, *, before: str, after: str) -> None:
    axes.set(xlim=(0, 1), ylim=(2, 0))
    axes.axis("off")
    for line, (label, filled) in enumerate(((before, False), (after, True))):
        _draw_dot(axes, (0.02, line + 0.5), filled=filled)
        note(axes, (0.04, line + 0.5), label, size=10, bold=filled)
