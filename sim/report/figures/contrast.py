"""What an arm changes, how surely, and how strong the effect would have to be, on one page."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim.assembly.choices import Choice, FloatArray
from sim.report.figures.drawing.page import (
    LEFT,
    WIDTH,
    footnote,
    headed,
    note,
    place,
    place_beside,
    room_on,
    scale,
)
from sim.report.figures.drawing.pictures import write
from sim.report.figures.drawing.style import ASSUMED, COLOURS, FAINT, INK, PALE, style, with_sign
from sim.report.figures.drawing.words import Look, write_on
from sim.report.findings import of_contrast
from sim.report.forecast import SHOWN
from sim.report.words import short_chance
from sim.studies.break_even import LARGEST_EFFECT, LEVEL

HEAD, FOOT, BLOCK, TITLES, PANEL = 1.0, 1.0, 3.45, 0.8, 2.1
"""Heights of the head and the foot of the page, of an arm's block, of the titles in it, and of its
panels [inches]."""
COUNTS, CHANCES, CURVE = (1.15, 2.3), (5.85, 1.75), (9.05, 1.7)
"""Left edge and width of the three panels; a wide page has more for each [inches]."""
WIDE, NARROW = 0.46, 0.24
"""Heights of the bars of all draws and of the effect alone [rows]."""
EFFECT = COLOURS[Choice.NO]
"""Of the bar of the effect: in grey halfway between the pale one and ink."""
LINES: Sequence[tuple[Any, Any]] = (
    (INK, "-"),
    (COLOURS[Choice.YES], (0, (5, 1.5))),
    (EFFECT, (0, (1.2, 1.2))),
    (FAINT, (0, (6, 1.5, 1.2, 1.5))),
)
"""Colour and dashes of the outcomes' curves: told apart without colour."""
APART = 0.1
"""Least distance of the names of two curves [chance]."""
SHORTEST = 4.0
"""Least end of the scale of multiples, and of votes on either side of zero."""
HUNDREDTHS = (0, 50, 100)
"""Ticks of a chance [percent]."""


def contrast_page(
    told: Mapping[str, Any],
    curves: pd.DataFrame,
    *,
    arm: str | None = None,
    title: str | None = None,
    shape: float | None = None,
) -> Figure:
    """Return the page: a block of three panels for each arm but the first.

    Parameters
    ----------
    told : mapping
        As ``contrast.json`` has it.
    curves : DataFrame
        As ``curve.csv`` has it.
    arm : str, optional
        Drawn alone; by default all but the first.
    title : str, optional
        In place of the finding.
    shape : float, optional
        Width over height.

    Raises
    ------
    ValueError
        If the contrast has no such arm.

    Examples
    --------
    >>> import json
    >>> from sim import files
    >>> folder = files.shipped("results") / "anniversary-2025-contrast"
    >>> told = json.loads(files.read_text(folder / "contrast.json"))
    >>> len(contrast_page(told, pd.read_csv(folder / "curve.csv")).axes)
    9
    """
    each = [one for one in told["contrasts"] if arm in (None, one["arm"])]
    if not each:
        raise ValueError(
            f"arm {arm!r}: it has {', '.join(one['arm'] for one in told['contrasts'])}"
        )
    fixed = HEAD + (BLOCK - PANEL) * len(each) + FOOT
    height = fixed + PANEL * len(each)
    known = ", ".join(f"{code} {vote}" for code, vote in told["known"].items())
    about = (
        f"{told['title']}  ·  as of {told['as_of']}  ·  {told['draws']:,} draws, "
        f"seed {told['seed']}{f'  ·  known: {known}' if known else ''}"
    )
    found = title or of_contrast({**told, "contrasts": each})
    figure = headed(found, about, height=height, fixed=fixed, shape=shape)
    wide, times = room_on(figure, height, fixed)
    panel = times * PANEL
    limits = limits_of([pd.DataFrame(one["counts"]) for one in each])
    last = _last_of([row["times"] for one in each for row in one["break_even"]])
    for number, one in enumerate(each):
        top = HEAD + (BLOCK - PANEL + panel) * number + TITLES
        labels = told["labels"][one["arm"]], told["labels"][told["against"]]
        spot = LEFT / wide, 1 - (top - TITLES + 0.14) / figure.get_size_inches()[1]
        write_on(figure, f"{labels[0]}, compared with: {labels[1]}", spot, look=Look(11, bold=True))
        curve = curves[curves["arm"] == one["arm"]].drop(columns=["arm", "against"])
        _draw_block(figure, one, curve, (top, panel), limits=limits, last=last)
    footnote(
        figure,
        f"{ASSUMED}\nLeft: upright line, expected change; orange, where that lies in 90 % of the "
        "sizes of the effect taken as possible; pale, 90 % of all draws, in which the day's luck "
        "counts too. Middle: from the ring to the point.\nRight: the same chances if the effect is "
        "none (0), as assumed (1) or several times that; a point marks where a chance is even.",
    )
    return figure


def draw_contrasts(
    told: Mapping[str, Any],
    curves: pd.DataFrame,
    folder: Path,
    *,
    name: str = "contrast",
    **asked: Any,
) -> list[Path]:
    """Draw the page as PNG and SVG; what is asked is as `contrast_page` takes it.

    Examples
    --------
    See `contrast_page`.
    """
    with style():
        return write(contrast_page(told, curves, **asked), folder / name)


def draw_counts(table: pd.DataFrame, axes: Axes) -> None:
    """Draw by how much each count changes, a row each, in the order of the United Nations.

    Parameters
    ----------
    table : DataFrame
        choice, computed, q05, q95, effect_q05, effect_q95.
    axes : Axes
        With their limits across set.

    Examples
    --------
    >>> from sim.assembly.choices import CHOICES
    >>> from sim.report.figures.drawing.words import texts_on
    >>> row = {"computed": -3.0, "q05": -9, "q95": 2, "effect_q05": -6, "effect_q95": 0.5}
    >>> rows = pd.DataFrame([row | {"choice": choice.column} for choice in CHOICES])
    >>> axes = Figure().add_subplot()
    >>> draw_counts(rows, axes)
    >>> texts_on(axes)[0], texts_on(axes)[4], texts_on(axes)[8]
    ('yes', '−3', '90 %: −9 to +2')
    """
    axes.set_ylim(len(SHOWN) - 0.5, -0.5)
    axes.axvline(0, color=FAINT, linewidth=0.9)
    left, right = place_beside(axes, -0.1), place_beside(axes, 0.1)
    rows = {row["choice"]: row for row in table.to_dict("records")}
    for down, choice in enumerate(SHOWN):
        row = rows[choice.column]
        for low, high, tall, shade in (
            (row["q05"], row["q95"], WIDE, PALE),
            (row["effect_q05"], row["effect_q95"], NARROW, EFFECT),
        ):
            axes.barh(down, high - low, left=low, height=tall, color=shade)
        axes.vlines(row["computed"], down - 0.2, down + 0.2, color=INK, linewidth=1.8)
        note(axes, (left, down), choice.label, look=Look(9, bold=True, align="right"))
        note(
            axes, (right, down), with_sign(row["computed"]), look=Look(10, bold=True), shift=(0, 6)
        )
        told = f"90 %: {with_sign(row['q05'])} to {with_sign(row['q95'])}"
        note(axes, (right, down), told, look=Look(7.5), shift=(0, -6))


def draw_chances(table: pd.DataFrame, axes: Axes) -> None:
    """Draw each outcome's chance, from a ring without to a point with what the arm changes.

    Parameters
    ----------
    table : DataFrame
        outcome, against and arm.
    axes : Axes

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> axes = Figure().add_subplot()
    >>> row = {"outcome": "adopted", "against": 1.0, "arm": 0.4}
    >>> draw_chances(pd.DataFrame([row]), axes)
    >>> texts_on(axes)
    ['adopted', '>99 to 40']
    """
    axes.set(xlim=(-4, 104), ylim=(len(table) - 0.5, -0.5))
    colour = COLOURS[Choice.YES]
    for tick in HUNDREDTHS:
        axes.axvline(tick, color=PALE, linewidth=0.6, zorder=0)
    for down, row in enumerate(table.to_dict("records")):
        ends = 100 * np.array([row["against"], row["arm"]])
        axes.plot(ends, [down, down], color=FAINT, linewidth=1.6)
        axes.plot(ends[0], down, "o", markersize=7, color=colour, markerfacecolor="white")
        axes.plot(ends[1], down, "o", markersize=7, color=colour)
        named = str(row["outcome"]).replace(">=", "≥")
        note(axes, (place_beside(axes, -0.1), down), named, look=Look(9, bold=True, align="right"))
        told = f"{short_chance(row['against'])} to {short_chance(row['arm'])}"
        note(axes, (place_beside(axes, 0.1), down), told, look=Look(9, bold=True))


def draw_curve(curve: pd.DataFrame, evens: pd.DataFrame, axes: Axes) -> None:
    """Draw the chances against the multiple of the effect, and mark where they are even.

    Parameters
    ----------
    curve : DataFrame
        times, and a column for each outcome.
    evens : DataFrame
        times and what, as `sim.studies.break_even.evens_of` gives it.
    axes : Axes
        With their limits across set.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> falls = pd.DataFrame({"times": [0.0, 1.0, 4.0], "adopted": [0.9, 0.8, 0.2]})
    >>> axes = Figure().add_subplot()
    >>> axes.set_xlim(0, 4)
    (0.0, 4.0)
    >>> draw_curve(falls, pd.DataFrame({"times": [2.5], "what": "falls"}), axes)
    >>> [text for text in texts_on(axes) if "×" in text]
    ['2.5×']
    """
    axes.set_ylim(0, 1)
    last = axes.get_xlim()[1]
    axes.axhline(LEVEL, color=PALE, linewidth=0.9)
    axes.axvline(1, color=PALE, linewidth=0.9)
    axes.axvline(0, color=FAINT, linewidth=0.9)
    across = np.linspace(0, last, 81)
    labels = [name for name in curve.columns if name != "times"]
    chances = np.array([np.interp(across, curve["times"], curve[name]) for name in labels])
    for number, (label, up) in enumerate(zip(labels, _spread(chances[:, -1]), strict=True)):
        colour, dashes = LINES[number % len(LINES)]
        axes.plot(across, chances[number], color=colour, linestyle=dashes, linewidth=1.6)
        look, spot = Look(8, colour=to_hex(colour)), (place_beside(axes, 0.06), up)
        named = label.replace(">=", "≥")
        write_on(axes, named, spot, look=look, places=axes.get_yaxis_transform())
    for row in evens.to_dict("records"):
        if row["times"] is not None and row["times"] <= last:
            axes.plot(row["times"], LEVEL, "o", color=INK, markersize=5)
            look, up = Look(8.5, bold=True), 8 if row["what"] == "falls" else -8
            write_on(axes, f"{row['times']:.1f}×", (row["times"], LEVEL), look=look, shift=(3, up))
    for tick in HUNDREDTHS:
        spot, look = (place_beside(axes, -0.08), tick / 100), Look(8.5, align="right")
        write_on(axes, f"{tick}", spot, look=look, places=axes.get_yaxis_transform())


def limits_of(tables: Sequence[pd.DataFrame]) -> tuple[float, float]:
    """Return the limits that counts of several arms share, zero well inside.

    Examples
    --------
    >>> ranges = pd.DataFrame({"q05": [-9.0], "q95": [2.0], "effect_q05": -3.0, "effect_q95": 2.5})
    >>> limits_of([ranges])
    (-10.0, 5.0)
    """
    low = min(float(table[["q05", "effect_q05"]].min().min()) for table in tables)
    high = max(float(table[["q95", "effect_q95"]].max().max()) for table in tables)
    return min(low, -SHORTEST) - 1.0, max(high, SHORTEST) + 1.0


def _draw_block(
    figure: Figure,
    one: Mapping[str, Any],
    curve: pd.DataFrame,
    down: tuple[float, float],
    *,
    limits: tuple[float, float],
    last: float,
) -> None:
    more = (float(figure.get_size_inches()[0]) - WIDTH) / 3
    counts, chances, line = (
        place(figure, (left + more * number, down[0], width + more, down[1]))
        for number, (left, width) in enumerate((COUNTS, CHANCES, CURVE))
    )
    counts.set_xlim(*limits)
    line.set_xlim(0, last)
    draw_counts(pd.DataFrame(one["counts"]), counts)
    draw_chances(pd.DataFrame(one["chances"]), chances)
    draw_curve(curve, pd.DataFrame(one["break_even"]), line)
    scale(counts, "votes fewer (\N{MINUS SIGN}) or more (+)", told=with_sign)
    scale(chances, "chance [%]", ticks=HUNDREDTHS)
    scale(line, "times as strong as assumed")
    heads = ("How the votes change", "How chances change [%]", "If others follow more [%]")
    for axes, text in zip((counts, chances, line), heads, strict=True):
        look = Look(9, colour=FAINT)
        write_on(axes, text, (0, 1), look=look, places=axes.transAxes, shift=(0, 12))


def _last_of(evens: Sequence[float | None]) -> float:
    """Return the multiple at which the scale ends: past every break-even."""
    found = [1.25 * times for times in evens if times is not None and times == times]
    return min(max([*found, SHORTEST]), LARGEST_EFFECT)


def _spread(ends: FloatArray) -> FloatArray:
    """Return where the names of curves stand, near their ends and none on another."""
    places, order = np.array(ends, dtype=float), np.argsort(ends, kind="stable")
    for _ in range(len(ends) ** 2):
        for lower, upper in itertools.pairwise(order):
            overlap = APART - (places[upper] - places[lower])
            if overlap > 0:
                places[lower] -= overlap / 2
                places[upper] += overlap / 2
    return places
