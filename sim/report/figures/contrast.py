"""What each difference to the first arm rests on, and where outcomes break even, on one page."""

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

from sim.assembly.choices import CHOICES, Choice, FloatArray
from sim.report.contrast import short_share
from sim.report.figures.page import LEFT, WIDTH, footnote, headed, note, place, place_beside, scale
from sim.report.figures.pictures import write
from sim.report.figures.style import ASSUMED, COLOURS, FAINT, INK, PALE, style, with_sign
from sim.report.figures.words import Look, write_on
from sim.report.forecast import SHOWN
from sim.report.words import percent
from sim.studies.break_even import LARGEST_EFFECT, LEVEL, Curve
from sim.studies.contrast import Contrast, Contrasts
from sim.vote.outcomes.chances import NINETY

HEAD, FOOT, BLOCK, TITLES, PANEL = 1.0, 1.05, 3.6, 0.72, 2.3
"""Heights of the head and the foot of the page, of an arm's block, of the titles in it, and of its
panels [inches]."""
COUNTS, CHANCES, CURVE = (1.15, 2.1), (5.5, 1.6), (8.95, 1.85)
"""Left edge and width of the three panels [inches]."""
WIDE, NARROW, THIN, BELOW = 0.46, 0.24, 0.08, 0.3
"""Heights of the bars of all draws, of the effect alone, and of draws lost and gained, and how far
below its row the last of them is [rows, of which there are `ROWS`]."""
ROWS = 4
EFFECT = COLOURS[Choice.NO]
"""Of the bar of the effect: in grey halfway between the pale one and ink."""
LINES: Sequence[tuple[Any, Any]] = (
    (INK, "-"),
    (COLOURS[Choice.YES], (0, (5, 1.5))),
    (EFFECT, (0, (1.2, 1.2))),
    (FAINT, (0, (6, 1.5, 1.2, 1.5))),
)
"""Colour and dashes of the outcomes' curves: told apart without colour."""
APART = 0.095
"""Least distance of the names of two curves [chance]."""
SHORTEST = 4.0
"""Least end of the scale of multiples, and of votes and points on either side of zero."""
Limits = tuple[float, float]


def contrast_page(contrasts: Contrasts) -> Figure:
    """Return the page: a block of three panels for each arm but the first.

    Parameters
    ----------
    contrasts : Contrasts

    Examples
    --------
    >>> from sim.studies.contrast import contrast
    >>> from sim.scenario.schema import read_scenario
    >>> cuba = read_scenario("cuba-embargo-2016")
    >>> still = cuba.us.model_copy(update={"effect_scale": 0.0})
    >>> cuba = cuba.model_copy(update={"thresholds": (), "us": still})
    >>> len(contrast_page(contrast(cuba, draws=10)).axes)
    3
    """
    outcomes, labels = contrasts.outcomes, contrasts.labels
    height = HEAD + BLOCK * len(contrasts.each) + FOOT
    known = ", ".join(f"{code} {vote}" for code, vote in contrasts.case.scenario.known.items())
    about = (
        f"{outcomes.title}  ·  as of {outcomes.as_of}  ·  {outcomes.draws:,} draws, "
        f"seed {outcomes.seed}{f'  ·  known: {known}' if known else ''}"
    )
    figure = headed("What the differences rest on, and where they break even", about, height=height)
    votes = limits_of([one.counts for one in contrasts.each], ("q05", "q95"))
    points = limits_of([in_points(one.chances) for one in contrasts.each], ("low", "high"))
    times = _last_of([one.break_even for one in contrasts.each])
    for number, one in enumerate(contrasts.each):
        top = HEAD + BLOCK * number + TITLES
        title = f"{labels[one.arm]}, compared with: {labels[one.against]}"
        spot = LEFT / WIDTH, 1 - (top - TITLES + 0.14) / height
        write_on(figure, title, spot, look=Look(11, bold=True))
        _draw_block(figure, one, top=top, limits=(votes, points, (0.0, times)))
    footnote(
        figure,
        f"{ASSUMED}\nUpright line: computed difference; lying on it: drawn, with its 90 % interval "
        "of sampling. Orange bar: where the difference is expected in 90 % of all strengths of the "
        "effect and places of the position. Pale bar: 90 % of the draws. Thin bar below a chance: "
        "of 100 draws, those in which the outcome is lost (left) and gained (right). ±: standard "
        "error of what is drawn. Effect and else: shares of the variance over the draws, from the "
        "uncertain effect and position, and from which states stand at the fence that day.",
    )
    return figure


def draw_contrasts(contrasts: Contrasts, folder: Path) -> list[Path]:
    """Draw the page as ``contrast.png`` and ``contrast.svg``; see `contrast_page`.

    Examples
    --------
    >>> import tempfile
    >>> from sim.studies.contrast import contrast
    >>> from sim.scenario.schema import read_scenario
    >>> cuba = read_scenario("cuba-embargo-2016")
    >>> still = cuba.us.model_copy(update={"effect_scale": 0.0})
    >>> cuba = cuba.model_copy(update={"thresholds": (), "us": still})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in draw_contrasts(contrast(cuba, draws=10), Path(folder))]
    ['contrast.png', 'contrast.svg']
    """
    with style():
        return write(contrast_page(contrasts), folder / "contrast")


def draw_split(table: pd.DataFrame, axes: Axes) -> None:
    """Draw what some differences rest on, a row each.

    Parameters
    ----------
    table : DataFrame
        label; low and high, of a bar, and whether it is thin; effect_q05, effect_q95, computed,
        mean, standard_error; told, what is written beside it.
    axes : Axes
        With their limits across set.

    Examples
    --------
    >>> from sim.report.figures.words import texts_on
    >>> row = {"label": "yes", "low": -9, "high": 2, "thin": False, "told": "effect 60 %"}
    >>> row |= {"effect_q05": -6, "effect_q95": 0.5, "computed": -3.0, "mean": -3.1}
    >>> axes = Figure().add_subplot()
    >>> draw_split(pd.DataFrame([row | {"standard_error": 0.1}]), axes)
    >>> texts_on(axes)
    ['yes', '−3.0 ± 0.1', 'effect 60 %']
    """
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.axvline(0, color=FAINT, linewidth=0.9)
    left, right = place_beside(axes, -0.1), place_beside(axes, 0.08)
    wide, narrow, thin, lower = len(table) / ROWS * np.array([WIDE, NARROW, THIN, BELOW])
    for down, row in enumerate(table.to_dict("records")):
        tall, below, shade = (thin, lower, FAINT) if row["thin"] else (wide, 0.0, PALE)
        effect = row["effect_q95"] - row["effect_q05"]
        axes.barh(down + below, row["high"] - row["low"], left=row["low"], height=tall, color=shade)
        axes.barh(down, effect, left=row["effect_q05"], height=narrow, color=EFFECT)
        error = NINETY * row["standard_error"]
        axes.hlines(down, row["mean"] - error, row["mean"] + error, color=INK, linewidth=2.2)
        axes.vlines(
            row["computed"], down - 0.75 * narrow, down + 0.75 * narrow, color=INK, linewidth=1.6
        )
        note(axes, (left, down), row["label"], look=Look(9, bold=True, align="right"))
        number = with_sign(row["computed"], digits=1) + _error(row["standard_error"])
        lines = str(row["told"]).count("\n")
        note(axes, (right, down), number, look=Look(9, bold=True), shift=(0, 6 + 4 * lines))
        note(axes, (right, down), row["told"], look=Look(7.5), shift=(0, -6))


def draw_curve(curve: Curve, evens: pd.DataFrame, axes: Axes) -> None:
    """Draw the chances against the multiple of the effect, and mark where they are even.

    Parameters
    ----------
    curve : Curve
    evens : DataFrame
        As `sim.studies.break_even.evens_of` gives it.
    axes : Axes
        With their limits across set.

    Examples
    --------
    >>> from sim.studies.break_even import evens_of
    >>> from sim.report.figures.words import texts_on
    >>> falls = Curve(("adopted",), np.array([0.0, 1.0, 4.0]), np.array([[0.9], [0.8], [0.2]]))
    >>> axes = Figure().add_subplot()
    >>> axes.set_xlim(0, 4)
    (0.0, 4.0)
    >>> draw_curve(falls, evens_of(falls), axes)
    >>> [text for text in texts_on(axes) if "×" in text]
    ['2.5×']
    """
    axes.set_ylim(0, 1)
    last = axes.get_xlim()[1]
    axes.axhline(LEVEL, color=PALE, linewidth=0.9)
    axes.axvline(1, color=PALE, linewidth=0.9)
    axes.axvline(0, color=FAINT, linewidth=0.9)
    across = np.linspace(0, last, 81)
    chances = np.stack([curve.at(times) for times in across])
    for number, (label, up) in enumerate(zip(curve.labels, _spread(chances[-1]), strict=True)):
        colour, dashes = LINES[number % len(LINES)]
        axes.plot(across, chances[:, number], color=colour, linestyle=dashes, linewidth=1.6)
        look, spot = Look(8, colour=to_hex(colour)), (place_beside(axes, 0.08), up)
        named = label.replace(">=", "≥")
        write_on(axes, named, spot, look=look, places=axes.get_yaxis_transform())
    for row in evens.to_dict("records"):
        if row["times"] <= last:
            axes.plot(row["times"], LEVEL, "o", color=INK, markersize=5)
            look, up = Look(8.5, bold=True), 8 if row["what"] == "falls" else -8
            write_on(axes, f"{row['times']:.1f}×", (row["times"], LEVEL), look=look, shift=(3, up))
    for chance in (0.0, 0.5, 1.0):
        spot = place_beside(axes, -0.08), chance
        look = Look(8.5, align="right")
        write_on(axes, f"{chance:g}", spot, look=look, places=axes.get_yaxis_transform())


def limits_of(tables: Sequence[pd.DataFrame], ends: tuple[str, str]) -> Limits:
    """Return the limits that panels of several arms share, zero well inside.

    Examples
    --------
    >>> ranges = pd.DataFrame({"q05": [-9.0], "q95": [2.0], "effect_q05": -3.0, "effect_q95": 2.5})
    >>> limits_of([ranges], ("q05", "q95"))
    (-10.0, 5.0)
    """
    low = min(float(table[[ends[0], "effect_q05"]].min().min()) for table in tables)
    high = max(float(table[[ends[1], "effect_q95"]].max().max()) for table in tables)
    return min(low, -SHORTEST) - 1.0, max(high, SHORTEST) + 1.0


def _draw_block(
    figure: Figure, one: Contrast, *, top: float, limits: tuple[Limits, Limits, Limits]
) -> None:
    panels = (
        (COUNTS, "Counts [votes]", "fewer (\N{MINUS SIGN}) or more (+)"),
        (CHANCES, "Chances [percentage points]", "lower (\N{MINUS SIGN}) or higher (+)"),
        (CURVE, "Chance as the effect grows", "times the assumed effect"),
    )
    for ((left, width), title, counted), (low, high) in zip(panels, limits, strict=True):
        axes = place(figure, (left, top, width, PANEL))
        axes.set_xlim(low, high)
        look = Look(9, colour=FAINT)
        write_on(axes, title, (0, 1), look=look, places=axes.transAxes, shift=(0, 10))
        if title.startswith("Counts"):
            draw_split(_of_counts(one.counts), axes)
        elif title.startswith("Chances"):
            draw_split(in_points(one.chances), axes)
        else:
            draw_curve(one.curve, one.break_even, axes)
        scale(axes, counted, told=with_sign if counted.endswith("(+)") else "{:.0f}".format)


def _of_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts in the order in which the United Nations publishes them."""
    rows = counts.set_index("choice").loc[[choice.column for choice in SHOWN]].reset_index()
    labels = {choice.column: choice.label for choice in CHOICES}
    told = [_shares(row) for row in rows.to_dict("records")]
    table = rows.rename(columns={"q05": "low", "q95": "high"})
    return table.assign(label=rows["choice"].map(labels), thin=False, told=told)


def in_points(chances: pd.DataFrame) -> pd.DataFrame:
    r"""Return changes of chances in percentage points, lost to the left and gained to the right.

    Examples
    --------
    >>> row = {"outcome": ["adopted"], "against": 0.5, "arm": 0.4, "computed": -0.1, "mean": -0.1}
    >>> row |= {"standard_error": 0.01, "gained": 0.02, "lost": 0.12, "effect_q05": -0.2}
    >>> row |= {"effect_q95": 0.1, "effect": 0.25, "everything_else": 0.75}
    >>> found = in_points(pd.DataFrame(row)).iloc[0]
    >>> float(found["low"]), float(found["high"]), found["told"]
    (-12.0, 2.0, '50.0 % to 40.0 %\neffect 25 %, else 75 %')
    """
    names = ["computed", "mean", "standard_error", "effect_q05", "effect_q95"]
    table = chances.assign(low=-100 * chances["lost"], high=100 * chances["gained"], thin=True)
    table[names] = 100 * table[names]
    told = [
        f"{percent(row['against'])} to {percent(row['arm'])}\n{_shares(row)}"
        for row in chances.to_dict("records")
    ]
    return table.assign(label=chances["outcome"].str.replace(">=", "≥"), told=told)


def _shares(row: Mapping[Any, Any]) -> str:
    if not row["effect"] and not row["everything_else"]:
        return "no draw differs"
    effect, other = (short_share(row[name]) for name in ("effect", "everything_else"))
    return f"effect {effect} %, else {other} %"


def _error(size: float) -> str:
    """Return a standard error with as many decimals as it takes to see it."""
    if not size:
        return ""
    if size < 0.005:
        return " ± <0.01"
    return f" ± {size:.1f}" if size >= 0.05 else f" ± {size:.2f}"


def _last_of(tables: Sequence[pd.DataFrame]) -> float:
    """Return the multiple at which the scale ends: past every break-even."""
    found = [float(times) for table in tables for times in table["times"] if times == times]
    return min(max([1.25 * times for times in found] + [SHORTEST]), LARGEST_EFFECT)


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
