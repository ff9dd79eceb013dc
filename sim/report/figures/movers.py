"""The member states that an arm moves most."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.assembly.choices import CHOICES, Choice, FloatArray
from sim.assembly.members import US
from sim.report.figures.drawing.page import (
    LEFT,
    WIDTH,
    footnote,
    label_of,
    note,
    page,
    place,
    place_beside,
    room_on,
    scale,
    size_on,
    votes_of,
)
from sim.report.figures.drawing.style import ASSUMED, COLOURS, FAINT, PALE, trace, with_sign
from sim.report.figures.drawing.words import Look, write_on
from sim.report.findings import furthest, of_movers
from sim.report.words import short_chance
from sim.runs import Result

FEWEST, MOST = 3, 15
"""Rows of a panel."""
LEAST = 0.02
"""A state that moves less, as part of its probability, is not drawn."""
ALIKE = 6
"""Decimals to which states that move equally far are alike: they come by their codes."""
AT_MOST = 2
"""Panels beside each other."""
ROW, HEAD, FOOT = 0.29, 0.85, 0.75
"""Height of a state's row, and of what lies above and below the rows of a panel [inches]."""
NAMES, CHANGES = 1.75, 1.75
"""Width of what lies left and right of the rows [inches]."""
TICKS = range(0, 101, 25)
"""Of the chance of yes [percent]."""
OTHERS: Mapping[Choice, float] = MappingProxyType(
    {Choice.ABSTAIN: 0.45, Choice.NO: 0.85, Choice.NON_VOTING: 1.55}
)
"""The other choices, and how far right of the axes the change of each ends [inches]."""


def movers_of(states: pd.DataFrame, arm: str, against: str) -> pd.DataFrame:
    """Return the states in order of how far `arm` moves them from `against`, the far ones.

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
    # many states move alike in all but the last digits, which hang on the machine
    moved = table["moved"].round(ALIKE).sort_index().sort_values(ascending=False, kind="stable")
    return table.loc[moved[moved >= LEAST].index]


def movers_page(
    result: Result,
    *,
    arm: str | None = None,
    title: str | None = None,
    shape: float | None = None,
) -> Figure:
    """Return the page of movers, a panel for each arm compared with the first.

    Parameters
    ----------
    result : Result
        Of two arms or more.
    arm : str, optional
        Drawn alone; by default all but the first.
    title : str, optional
        In place of the finding.
    shape : float, optional
        Width over height.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> table = pd.DataFrame(
    ...     [("a", "FRA", "France", 0.9, 0.1, 0, 0), ("b", "FRA", "France", 0.6, 0.3, 0.1, 0)],
    ...     columns=["arm", "iso3", "name", "p_yes", "p_abstain", "p_no", "p_non_voting"],
    ... )
    >>> told = {"title": "A draft", "as_of": "2025-02-23", "draws": 1000, "seed": 1}
    >>> chance = {"adopted": {"exact": 0.5}}
    >>> told["arms"] = {arm: {"label": f"US: {arm}", **chance} for arm in ("a", "b")}
    >>> nothing = pd.DataFrame()
    >>> figure = movers_page(Result(told, nothing, nothing, table, nothing))
    >>> len(figure.axes)
    1
    >>> [text for text in texts_on(figure.axes[0]) if text in ("France", "US: b")]
    ['France', 'US: b']
    """
    first, *others = result.summary["arms"]
    others = others if arm is None else [arm]
    tables = {other: movers_of(result.states, other, first) for other in others}
    rows = max(min(max(len(table) for table in tables.values()), MOST), FEWEST)
    most = AT_MOST if shape is None or shape <= 1 or len(others) <= AT_MOST else AT_MOST + 1
    lines = -(-len(others) // most)
    fixed = 1.6 + (HEAD + FOOT) * lines
    height = fixed + ROW * rows * lines
    title = title or of_movers(result, arm or furthest(result))
    if shape is None or most == AT_MOST:
        figure = page(result, title, height=height, fixed=fixed, shape=shape)
    else:
        figure = page(result, title, height=WIDTH * most / AT_MOST / shape, shape=shape)
    wide, times = room_on(figure, height, fixed)
    step, tall = (wide - 2 * LEFT + 0.2) / min(len(others), most), times * ROW * rows
    for number, other in enumerate(others):
        line, column = divmod(number, most)
        left, top = LEFT + step * column + NAMES, 0.9 + (HEAD + tall + FOOT) * line + HEAD
        axes = place(figure, (left, top, step - NAMES - CHANGES, tall))
        draw_movers(result.states, axes, arm=other, against=first, rows=rows)
        _draw_key(axes, before=label_of(result, first), after=label_of(result, other))
    starred = any(US in table.index for table in tables.values())
    footnote(
        figure,
        f"{ASSUMED}{'  * The arm itself sets this vote.' if starred else ''}\n"
        "Ordered by how much the forecast changes. Right: change of the chance of each other "
        "choice [points].",
    )
    return figure


def draw_movers(
    states: pd.DataFrame, axes: Axes, *, arm: str, against: str, rows: int = MOST
) -> None:
    """Draw the chance of yes of the states that move most: from a ring to a point, a row each.

    Parameters
    ----------
    states : DataFrame
        arm, iso3, name and p_yes ... p_non_voting.
    axes : Axes
        Drawn on.
    arm, against : str
        Where the states move to, and from.
    rows : int
        How many there is room for.

    Raises
    ------
    ValueError
        If the table lacks one of the arms.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> table = pd.DataFrame(
    ...     [("a", "FRA", "France", 0.9, 0.1, 0, 0), ("b", "FRA", "France", 0.6, 0.3, 0.1, 0)],
    ...     columns=["arm", "iso3", "name", "p_yes", "p_abstain", "p_no", "p_non_voting"],
    ... )
    >>> axes = Figure().add_subplot()
    >>> draw_movers(table, axes, arm="b", against="a")
    >>> texts_on(axes)[0]
    'France'
    """
    far = movers_of(states, arm, against)
    table = far.head(rows)
    down = np.arange(float(len(table)))
    before, after = 100 * table["before"].to_numpy(), 100 * table["after"].to_numpy()
    axes.set(xlim=(-13, 113), ylim=(rows - 0.4, -0.6))
    grid = [np.array([(tick, rows - 0.4), (tick, -0.6)]) for tick in TICKS]
    trace(axes, grid, color=PALE, linewidth=0.5)
    ends = np.stack([np.column_stack([before, down]), np.column_stack([after, down])], axis=1)
    trace(axes, list(ends), color=FAINT, linewidth=1.6)
    _draw_dots(axes, before, down, filled=False)
    _draw_dots(axes, after, down, filled=True)
    for row, (iso3, told) in enumerate(table.iterrows()):
        _tell(axes, row, told.to_dict(), starred=iso3 == US)
    for choice, right in OTHERS.items():
        look = Look(8, align="right", colour=FAINT)
        note(axes, (place_beside(axes, right), -0.9), choice.label, look=look)
    if table.empty:
        look = Look(10, align="center", colour=FAINT)
        write_on(axes, "no member state moves so far", (50, (rows - 1) / 2), look=look)
    scale(axes, "chance of voting yes [%]", ticks=TICKS)
    _tell_rest(axes, len(table), len(far), states["iso3"].nunique())


def _tell_rest(axes: Axes, drawn: int, far: int, states: int) -> None:
    """Say how many states are left out, beneath the scale."""
    text = f"{states - far} others move by less than {100 * LEAST:.0f} points"
    if far > drawn:
        least = f"at least {100 * LEAST:.0f} points"
        text = f"{far - drawn} more move by {least}, {states - far} by less"
    look = Look(8, align="center", colour=FAINT)
    write_on(axes, text, (0.5, 0), look=look, places=axes.transAxes, shift=(0, -42))


def _tell(axes: Axes, row: int, told: Mapping[Any, Any], *, starred: bool) -> None:
    name = textwrap.fill(f"{told['name']}{' *' if starred else ''}", 25)
    note(axes, (place_beside(axes, -0.12), row), name, look=Look(8, align="right"))
    rises = told["before"] < told["after"]
    for end, right in (("before", not rises), ("after", rises)):
        look = Look(8, bold=end == "after", align="left" if right else "right")
        spot, shift = (100 * told[end], row), (6 if right else -6, 0)
        write_on(axes, short_chance(told[end]), spot, look=look, shift=shift)
    for choice, right in OTHERS.items():
        change = with_sign(100 * told[choice.column])
        note(axes, (place_beside(axes, right), row), change, look=Look(8, align="right"))


def _draw_dots(
    axes: Axes, across: FloatArray, down: FloatArray, *, filled: bool, **how: Any
) -> None:
    colour = COLOURS[Choice.YES]
    inside = colour if filled else "white"
    axes.plot(across, down, "o", markersize=7, color=colour, markerfacecolor=inside, **how)


def _draw_key(axes: Axes, *, before: str, after: str) -> None:
    frame = axes.transAxes
    for label, filled, up in ((before, False, 0.73), (after, True, 0.48)):
        down = 1 + up / size_on(axes)[1]
        dot = np.array([place_beside(axes, 0.12 - NAMES)]), np.array([down])
        _draw_dots(axes, *dot, filled=filled, transform=frame, clip_on=False)
        spot = place_beside(axes, 0.24 - NAMES), down
        write_on(axes, label, spot, look=Look(10, bold=filled), places=frame)
