"""The paired difference of each count between two arms that share all chance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.assembly.choices import CHOICES, FloatArray, IntArray
from sim.report.figures.drawing.page import (
    footnote,
    label_of,
    note,
    page,
    place,
    place_beside,
    room_on,
    scale,
)
from sim.report.figures.drawing.style import (
    ASSUMED,
    COLOURS,
    FAINT,
    INK,
    fill,
    steps,
    trace,
    with_sign,
)
from sim.report.figures.drawing.words import Look, write_on
from sim.report.findings import of_difference
from sim.report.words import whole_percent
from sim.runs import Result
from sim.vote.outcomes import summary

AT_MOST = 3
"""Panels beside each other; with more pairs, only those against the first arm are drawn."""
PANEL, GAP = 3.6, 1.4
"""Height of a panel, and between two [inches]."""
LETTERS = 90
"""Of a label, that all panels beside each other have room for."""
PEAK = 0.68
"""How much of its row a shape fills [rows]."""
UNSEEN = 2e-3
"""Probability below which a difference is left off the axis."""
ENDS = ("q05", -0.5), ("q95", 0.5)
"""Of the bar beneath a shape, and how far past each it is drawn [votes]."""
SHORTEST = 6
"""Least distance from zero to the end of the axis [votes]."""


def drawn_pairs(result: Result) -> list[tuple[str, str]]:
    """Return the pairs to draw, (arm, against): all of few, else those against the first arm.

    There are none where nothing was drawn, for arms differ draw by draw.

    Parameters
    ----------
    result : Result
        As made by a run or read from its folder.

    Examples
    --------
    >>> nothing, table = pd.DataFrame(), pd.DataFrame({"arm": ["b"], "against": ["a"]})
    >>> told = {"arms": {"a": {}, "b": {}}}
    >>> drawn_pairs(Result(told, nothing, table, nothing, nothing))
    [('b', 'a')]
    >>> drawn_pairs(Result(told, nothing, nothing, nothing, nothing))
    []
    """
    if result.differences.empty:
        return []
    each = result.differences[["arm", "against"]].drop_duplicates()
    pairs = [(str(arm), str(against)) for arm, against in each.itertuples(index=False)]
    first = next(iter(result.summary["arms"]))
    return pairs if len(pairs) <= AT_MOST else [pair for pair in pairs if pair[1] == first]


def difference_page(
    result: Result, *, title: str | None = None, shape: float | None = None
) -> Figure:
    """Return the page of paired differences, a panel for each pair of arms.

    Parameters
    ----------
    result : Result
        Of two arms or more.
    title : str, optional
        In place of the finding.
    shape : float, optional
        Width over height.

    Examples
    --------
    Two arms: in every draw three states abstain in the second that say yes in the first:

    >>> from sim.report.figures.drawing.words import texts_on
    >>> changes = zip(CHOICES, (-3, 3, 0, 0), strict=True)
    >>> rows = [("b", "a", choice.column, change, 1.0) for choice, change in changes]
    >>> columns = ["arm", "against", "choice", "difference", "probability"]
    >>> told = {"title": "A draft", "as_of": "2025-02-23", "draws": 1000, "seed": 1}
    >>> told["arms"] = {"a": {"label": "US votes yes"}, "b": {"label": "US votes no"}}
    >>> nothing = pd.DataFrame()
    >>> figure = difference_page(
    ...     Result(told, nothing, pd.DataFrame(rows, columns=columns), nothing, nothing)
    ... )
    >>> texts = texts_on(figure.axes[0])
    >>> [text for text in texts if text.startswith("mean")]
    ['mean −3.0', 'mean +3.0', 'mean 0.0', 'mean 0.0']
    >>> texts[-2:]
    ['US votes no', 'compared with: US votes yes']
    """
    pairs = drawn_pairs(result)
    lines, across = 1 + (len(pairs) - 1) // AT_MOST, min(len(pairs), AT_MOST)
    fixed = 2.85 + GAP * (lines - 1)
    height = fixed + PANEL * lines
    figure = page(
        result, title or of_difference(result), height=height, fixed=fixed, drawn=True, shape=shape
    )
    wide, times = room_on(figure, height, fixed)
    step, room, panel = (wide - 1.4) / across, LETTERS // across, times * PANEL
    limits = _limits(result.differences, pairs)
    for number, (arm, against) in enumerate(pairs):
        line, column = divmod(number, AT_MOST)
        box = (1.15 + step * column, 1.5 + (panel + GAP) * line, step - 1.45, panel)
        axes = place(figure, box)
        axes.set_xlim(*limits)
        draw_difference(
            result.differences, axes, arm=arm, against=against,
            draws=result.summary.get("draws"), named=column == 0,
        )  # fmt: skip
        heading = label_of(result, arm, width=room)
        compared = f"compared with: {label_of(result, against, width=room)}"
        for text, up, look in ((heading, 25, Look(11, bold=True)), (compared, 10, Look(9))):
            write_on(axes, text, (0, 1), look=look, places=axes.transAxes, shift=(0, up))
    footnote(
        figure,
        f"{ASSUMED}\nBoth arms meet the same chance in each draw, so a difference is due to the "
        "arm alone. Shapes: share of the draws, each drawn to its own height;\n"
        "point: mean; bar: the middle 90 % of the draws.",
    )
    return figure


def draw_difference(
    differences: pd.DataFrame,
    axes: Axes,
    *,
    arm: str,
    against: str,
    draws: int | None = None,
    named: bool = True,
) -> None:
    """Draw how each count of one arm differs from that of another, a row for each choice.

    Parameters
    ----------
    differences : DataFrame
        arm, against, choice, difference, probability.
    axes : Axes
        Drawn on.
    arm, against : str
        Their difference is the count of `arm` less that of `against`.
    draws : int, optional
        How many draws there were: what none of them shows may still happen.
    named : bool
        Whether the choices are named on the left.

    Raises
    ------
    ValueError
        If the table does not compare the two; the message names the pairs it has.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> rows = [("b", "a", choice.column, 0, 1.0) for choice in CHOICES]
    >>> columns = ["arm", "against", "choice", "difference", "probability"]
    >>> axes = Figure().add_subplot()
    >>> draw_difference(pd.DataFrame(rows, columns=columns), axes, arm="b", against="a")
    >>> texts_on(axes)[0]
    'mean 0.0'
    """
    pair = differences[(differences["arm"] == arm) & (differences["against"] == against)]
    if pair.empty:
        known = differences[["arm", "against"]].drop_duplicates().itertuples(index=False)
        has = ", ".join(f"{one} against {other}" for one, other in known)
        raise ValueError(f"{arm} against {against}: this result compares {has or 'no arms'}")
    axes.set_ylim(len(CHOICES) - 0.6, -0.85)
    axes.axvline(0, color=FAINT, linewidth=0.9)
    left = place_beside(axes, -0.1)
    means, outlines, bars = [], [], []
    for row, choice in enumerate(CHOICES):
        rows = pair[pair["choice"] == choice.column]
        changes, shares = rows["difference"].to_numpy(), rows["probability"].to_numpy()
        told, shape = _shape(changes, shares, row=row)
        fill(axes, [shape], facecolor=COLOURS[choice])
        outlines.append(shape[1:-1])
        bars.append(np.array([(told[end] + past, row + 0.1) for end, past in ENDS]))
        means.append((told["mean"], row + 0.1))
        _tell(axes, told, changes, shares, row=row, draws=draws)
        if named:
            note(axes, (left, row - 0.2), choice.label, look=Look(9.5, bold=True, align="right"))
    trace(axes, outlines, color=FAINT, linewidth=0.6)
    trace(axes, bars, color=INK, linewidth=1.8)
    axes.plot(*zip(*means, strict=True), "o", markersize=5, color=INK)
    scale(axes, "member states fewer (\N{MINUS SIGN}) or more (+)", told=with_sign)


def _shape(
    changes: IntArray, shares: FloatArray, *, row: int
) -> tuple[Mapping[str, float], FloatArray]:
    low, high = int(changes.min()), int(changes.max())
    weights = np.zeros(high - low + 1)  # [difference], from the lowest up
    weights[changes - low] = shares
    heights = row - PEAK * weights / weights.max()
    return summary(weights, lowest=low), steps(low, heights, base=row)


def _tell(
    axes: Axes,
    told: Mapping[str, float],
    changes: IntArray,
    shares: FloatArray,
    *,
    row: int,
    draws: int | None,
) -> None:
    right = place_beside(axes, 0.08)
    mean = f"mean {with_sign(told['mean'], digits=1)}"
    note(axes, (right, row - 0.18), mean, look=Look(9.5, bold=True), shift=(0, 11))
    fewer, more = float(shares[changes < 0].sum()), float(shares[changes > 0].sum())
    text = (
        f"90 %: {with_sign(told['q05'])} to {with_sign(told['q95'])}\n"
        f"fewer: {whole_percent(fewer, draws=draws)}\nmore: {whole_percent(more, draws=draws)}"
    )
    note(axes, (right, row - 0.18), text, look=Look(8), shift=(0, -11))


def _limits(differences: pd.DataFrame, pairs: list[tuple[str, str]]) -> tuple[float, float]:
    drawn = [pair in pairs for pair in zip(differences["arm"], differences["against"], strict=True)]
    seen = differences[np.array(drawn) & (differences["probability"] > UNSEEN)]["difference"]
    return min(int(seen.min()), -SHORTEST) - 1.0, max(int(seen.max()), SHORTEST) + 1.0
