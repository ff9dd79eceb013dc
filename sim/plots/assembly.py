"""All 193 member states at a glance: a map of equal cells, one block for each regional group."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from sim.choices import CHOICES, Choice, FloatArray
from sim.members import SIZE_OF_GROUP, Members
from sim.plots.cells import layout
from sim.plots.page import LEFT, footnote, label_of, page, place, votes_of
from sim.plots.style import ASSUMED, COLOURS, FAINT, INK, faded, ink_on, short_chance
from sim.results import Result

FADES = (
    (0.9, 1.0, "90 % and up"),
    (0.7, 0.72, "70–90 %"),
    (0.5, 0.46, "50–70 %"),
    (0.0, 0.24, "below 50 %"),
)
"""From which chance of the likeliest choice, how strong its colour is, and what the key says."""
HATCHES: Mapping[Choice, str | None] = MappingProxyType(
    {Choice.YES: None, Choice.ABSTAIN: "------", Choice.NO: "xxxxxx", Choice.NON_VOTING: "//////"}
)
"""Round the letters, so that a pale yes and an abstention are told apart in grey."""
LINES = (0.35, 0.35, 0.35)
"""Colour of hatches and of the edges of cells."""
CELL, MARGIN, PLATE = 0.43, 0.04, 0.17
"""Side of a cell [inches]; how far inside it its colour begins and its hatch ends [cells]."""
MOVED = 0.1
"""Change of the chance of yes from which a state is marked."""
KEY_ROW, KEY_COLUMN, KEY_WIDTH, KEY_HEIGHT = 11.9, 18.7, 1.5, 0.62
"""Where the key is, and how far its swatches lie apart [cells]."""


def assembly_page(result: Result, arm: str) -> Figure:
    """Return the page of all member states in one arm, marked against the first arm.

    Parameters
    ----------
    result : Result
        As made by a run or read from its folder.
    arm : str
        Which arm.

    Raises
    ------
    ValueError
        If the result has no such arm.
    """
    title = f"How each member state is likeliest to vote: {label_of(result, arm)}"
    figure = page(result, title, height=8.27)
    rows, columns = np.max(list(layout().values()), axis=0) + 1
    axes = place(figure, (LEFT + 0.05, 0.83, CELL * columns, CELL * rows))
    first = next(iter(result.summary["arms"]))
    draw_assembly(result.states, axes, arm=arm, against=None if arm == first else first)
    text = (
        "Letter: likeliest choice; number: its chance in percent; under each group: expected "
        "votes. The United States belongs to no group and stands with Western European and Others."
    )
    if arm != first:
        text += (
            f"\nCompared with “{label_of(result, first)}”. Bold frame: another choice is likeliest "
            f"(Y›A: abstain in place of yes). Triangle: the chance of yes rises or falls by "
            f"{100 * MOVED:.0f} points or more.\n{ASSUMED}"
        )
    footnote(figure, text)
    return figure


def draw_assembly(
    states: pd.DataFrame, axes: Axes, *, arm: str, against: str | None = None
) -> None:
    """Draw a cell for each member state: colour and hatch its likeliest choice, paler with doubt.

    Parameters
    ----------
    states : DataFrame
        arm, iso3, name and p_yes ... p_non_voting.
    axes : Axes
        Drawn on; one unit is one cell.
    arm : str
        Which arm.
    against : str, optional
        Arm to compare with: the states that it moves are marked.

    Raises
    ------
    ValueError
        If the table lacks an arm.

    Examples
    --------
    >>> states = {"arm": "a", "iso3": list(layout()), "name": "", "p_yes": 0.9}
    >>> states |= {"p_abstain": 0.1, "p_no": 0.0, "p_non_voting": 0.0}
    >>> axes = Figure().add_subplot()
    >>> draw_assembly(pd.DataFrame(states), axes, arm="a")
    >>> [text.get_text() for text in axes.texts[:2]]
    ['AFG', 'Y 90']
    """
    votes = votes_of(states, arm)
    columns = [f"p_{choice.column}" for choice in CHOICES]
    before = votes_of(states, arm if against is None else against).loc[votes.index]
    chances, earlier = votes[columns].to_numpy(), before[columns].to_numpy()
    corners = np.array([layout()[iso3][::-1] for iso3 in votes.index], dtype=float)
    rows, across = np.max(list(layout().values()), axis=0) + 1
    axes.set(xlim=(0, across), ylim=(rows, 0), aspect="equal")
    axes.axis("off")
    _draw_cells(axes, corners, chances)
    _letter_cells(axes, corners, votes[columns], earlier)
    _mark_moved(axes, corners, chances, earlier)
    for group in SIZE_OF_GROUP:
        _name_group(axes, votes[columns], group)
    _draw_key(axes)


def fade_of(probability: float) -> float:
    """Return how strong the colour of a likeliest choice of that chance is.

    Examples
    --------
    >>> fade_of(0.95), fade_of(0.3)
    (1.0, 0.24)
    """
    return next(strength for least, strength, _ in FADES if probability >= least)


def _draw_cells(axes: Axes, corners: FloatArray, chances: FloatArray) -> None:
    likeliest = chances.argmax(axis=1)
    fades = np.array([fade_of(top) for top in chances.max(axis=1)])
    for choice, (_, strength, _) in itertools.product(CHOICES, FADES):
        inside = corners[(likeliest == choice) & (fades == strength)]
        _fill(axes, inside, choice, strength=strength)


def _letter_cells(
    axes: Axes, corners: FloatArray, votes: pd.DataFrame, earlier: FloatArray
) -> None:
    chances = votes.to_numpy()
    for iso3, (across, down), now, then in zip(votes.index, corners, chances, earlier, strict=True):
        choice, came = Choice(int(now.argmax())), Choice(int(then.argmax()))
        ink = ink_on(faded(COLOURS[choice], fade_of(now.max())))
        turned = "" if choice is came else f"{came.letter}›"
        told = f"{turned}{choice.letter} {short_chance(now.max())}"
        middle: dict[str, Any] = {"color": ink, "ha": "center", "va": "center_baseline"}
        axes.text(across + 0.5, down + 0.34, iso3, size=7.6, weight="bold", **middle)
        axes.text(across + 0.5, down + 0.69, told, size=6.4, **middle)


def _fill(
    axes: Axes,
    corners: FloatArray,
    choice: Choice,
    *,
    strength: float,
    width: float = 1.0,
    height: float = 1.0,
) -> None:
    colour, hatch = faded(COLOURS[choice], strength), HATCHES[choice]
    cells = PolyCollection(
        _boxes(corners, width, height, MARGIN),
        facecolor=colour,
        edgecolor=LINES,
        hatch=hatch,
        linewidth=0.3,
    )
    axes.add_collection(cells, autolim=False)
    if hatch:
        plates = PolyCollection(
            _boxes(corners, width, height, PLATE), facecolor=colour, linewidth=0
        )
        axes.add_collection(plates, autolim=False)


def _boxes(corners: FloatArray, width: float, height: float, margin: float) -> list[FloatArray]:
    right, low = width - margin, height - margin
    box = np.array([(margin, margin), (margin, low), (right, low), (right, margin)])
    return [corner + box for corner in corners]


def _mark_moved(axes: Axes, corners: FloatArray, chances: FloatArray, earlier: FloatArray) -> None:
    other = chances.argmax(axis=1) != earlier.argmax(axis=1)
    boxes = _boxes(corners[other], 1.0, 1.0, MARGIN)
    axes.add_collection(
        PolyCollection(boxes, facecolor="none", edgecolor=INK, linewidth=1.9), autolim=False
    )
    rise = chances[:, Choice.YES] - earlier[:, Choice.YES]
    for marker, moved in (("^", rise >= MOVED), ("v", rise <= -MOVED)):
        axes.plot(
            *(corners[moved] + [0.86, 0.14]).T,
            linestyle="", marker=marker, markersize=4.5, color="white", markeredgecolor=INK,
            markeredgewidth=0.7,
        )  # fmt: skip


def _name_group(axes: Axes, chances: pd.DataFrame, group: str) -> None:
    codes = [
        state.iso3
        for state in Members.load().states
        if state.regional_group == group and state.iso3 in chances.index
    ]
    row, column = np.min([layout()[iso3] for iso3 in codes], axis=0)
    expected = chances.loc[codes].sum()
    counts = ", ".join(
        f"{votes:.0f} {choice.label}" if votes >= 0.5 else f"<1 {choice.label}"
        for choice, votes in zip(CHOICES, expected, strict=True)
    )
    title = f"{group} · {len(codes)}"
    axes.text(column + MARGIN, row - 0.5, title, size=9.5, weight="bold", va="center")
    axes.text(column + MARGIN, row - 0.15, counts, size=7.5, va="center", color=FAINT)


def _draw_key(axes: Axes) -> None:
    title = "likeliest choice, paler where in doubt"
    axes.text(KEY_COLUMN, KEY_ROW - 0.3, title, size=8.5, weight="bold")
    for line, choice in enumerate(CHOICES):
        row = KEY_ROW + 0.4 + KEY_HEIGHT * line
        text = f"{choice.letter}  {choice.label}"
        axes.text(KEY_COLUMN - 0.12, row + 0.3, text, size=8, ha="right", va="center")
        for number, (_, strength, _) in enumerate(FADES):
            corner = np.array([(KEY_COLUMN + KEY_WIDTH * number, row)])
            _fill(axes, corner, choice, strength=strength, width=KEY_WIDTH, height=KEY_HEIGHT)
    for number, (_, _, told) in enumerate(FADES):
        middle = KEY_COLUMN + KEY_WIDTH * (number + 0.5)
        axes.text(middle, KEY_ROW + 0.2, told, size=6.5, ha="center", va="center")
