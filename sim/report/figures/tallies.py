"""The distribution of each count, arm below arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.assembly.choices import Choice, FloatArray
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
    faded,
    fill,
    ink_on,
    steps,
    trace,
)
from sim.report.figures.drawing.words import Look, write_on
from sim.report.findings import of_tallies
from sim.report.words import whole_percent
from sim.runs import Result
from sim.vote.outcomes import QUANTILES, summary

PEAK = 0.58
"""How much of its row the tallest shape fills; chances of thresholds stand above [rows]."""
TOP = -0.85
"""Upper edge of the rows, the base of the first shape being 0 [rows]."""
CROWDED = 0.11
"""A mark whose neighbour to the right is nearer is named to its left [widths of the axes]."""
UNSEEN = 1e-3
"""Probability below which a count is left off the axis."""
ROW, ROW_BELOW, FIXED = 1.0, 0.75, 3.4
"""Height of one arm's row, in the upper panel and in the three below it, and of all else on the
page [inches]."""


def tallies_page(result: Result, *, title: str | None = None, shape: float | None = None) -> Figure:
    """Return the page of distributions: yes across the page, the other counts beneath.

    Parameters
    ----------
    result : Result
        As made by a run or read from its folder.
    title : str, optional
        In place of the finding.
    shape : float, optional
        Width over height.

    Examples
    --------
    One arm, whose counts are all 10 or 11:

    >>> from sim.report.figures.drawing.words import texts_on
    >>> rows = [("a", choice.column, votes, 0.5) for choice in Choice for votes in (10, 11)]
    >>> columns = ["arm", "choice", "votes", "probability"]
    >>> told = {"title": "A draft", "as_of": "2025-02-23", "draws": 1000, "seed": 1}
    >>> told["arms"] = {"a": {"label": "US votes no", "adopted": {"exact": 0.25}}}
    >>> nothing = pd.DataFrame()
    >>> figure = tallies_page(
    ...     Result(told, pd.DataFrame(rows, columns=columns), nothing, nothing, nothing)
    ... )
    >>> [[text for text in texts_on(axes) if text in ("yes", "abstain", "no", "not voting")]
    ...  for axes in figure.axes]
    [['yes'], ['abstain'], ['no'], ['not voting']]
    >>> [text for text in texts_on(figure.axes[0]) if text.startswith("adopted")]
    ['adopted: 25 %']
    """
    arms = len(result.summary["arms"])
    height = FIXED + (ROW + ROW_BELOW) * arms
    figure = page(result, title or of_tallies(result), height=height, fixed=FIXED, shape=shape)
    wide, times = room_on(figure, height, FIXED)
    above, below = (times * row * arms for row in (ROW, ROW_BELOW))
    axes = place(figure, (2.0, 1.3, wide - 3.75, above))
    real = result.actual["tally"] if result.actual else {}
    draw_tally(
        result.distribution, axes, choice=Choice.YES, thresholds=result.thresholds,
        real=real.get(Choice.YES.column),
    )  # fmt: skip
    _name_arms(axes, result, adopted=True)
    for column, choice in enumerate((Choice.ABSTAIN, Choice.NO, Choice.NON_VOTING)):
        step = (wide - 2.0) / 3
        axes = place(figure, (2.0 + step * column, 2.15 + above, step - 1.42, below))
        draw_tally(result.distribution, axes, choice=choice, real=real.get(choice.column))
        if column == 0:
            _name_arms(axes, result, adopted=False)
    how = "computed, not sampled" if result.computed else "shares of the draws"
    assumed = f"{ASSUMED}\n" if arms > 1 else ""
    told = f"Diamond: the real vote, {result.actual['symbol']}. " if result.actual else ""
    footnote(
        figure,
        f"{assumed}Each shape is the distribution of a count over what may happen ({how}). "
        "Full colour: its middle half; bar: its middle 90 %; upright line: what is expected.\n"
        f"{told}Beside a dashed line: the chance of at least so many. Thin ends are cut.",
    )
    return figure


def draw_tally(
    distribution: pd.DataFrame,
    axes: Axes,
    *,
    choice: Choice,
    thresholds: pd.DataFrame | None = None,
    real: int | None = None,
) -> None:
    """Draw the distribution of one count, a row for each arm, the first arm on top.

    Parameters
    ----------
    distribution : DataFrame
        arm, choice, votes, probability.
    axes : Axes
        Drawn on.
    choice : Choice
        Which count.
    thresholds : DataFrame, optional
        arm, choice, at_least, exact or simulated: marks to draw, with the chance of reaching each.
    real : int, optional
        The count of the real vote, marked in every row.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> votes = {"arm": "a", "choice": "no", "votes": [0, 1, 2], "probability": [0.2, 0.5, 0.3]}
    >>> axes = Figure().add_subplot()
    >>> draw_tally(pd.DataFrame(votes), axes, choice=Choice.NO)
    >>> texts_on(axes)[0]
    'expected 1'
    """
    rows = distribution[distribution["choice"] == choice.column]
    shares = {
        str(arm): table["probability"].to_numpy() for arm, table in rows.groupby("arm", sort=False)
    }
    marks = _marks(thresholds, choice)
    low, high = _limits(list(shares.values()), [*marks, *([] if real is None else [real])])
    axes.set(xlim=(low, high), ylim=(len(shares) - 0.8, TOP))
    _draw_shapes(axes, list(shares.values()), choice=choice)
    for mark, chances in marks.items():
        crowded = any(0 < other - mark < CROWDED * (high - low) for other in marks)
        _draw_mark(axes, mark, [chances[arm] for arm in shares], crowded=crowded)
    if real is not None:
        axes.plot(
            [real] * len(shares), np.arange(len(shares)) + 0.07, "D", color=COLOURS[Choice.NO],
            markeredgecolor="white", markersize=7, clip_on=False, zorder=4,
        )  # fmt: skip
    scale(axes, "member states")
    write_on(
        axes, choice.label, (0, 1), places=axes.transAxes,
        look=Look(12, bold=True), shift=(0, 20 if marks else 8),
    )  # fmt: skip


def _draw_shapes(axes: Axes, shares: Sequence[FloatArray], *, choice: Choice) -> None:
    colour, unit = COLOURS[choice], PEAK / max(share.max() for share in shares)
    wholes, halves, means, bars = [], [], [], []
    for row, share in enumerate(shares):
        ranges, heights = summary(share), row - unit * share
        q05, q25, _, q75, q95 = (int(ranges[name]) for name in QUANTILES)
        mean = ranges["mean"]
        first, last = np.flatnonzero(share > UNSEEN / 10)[[0, -1]]
        wholes.append(steps(first, heights[first : last + 1], base=row))
        halves.append(steps(q25, heights[q25 : q75 + 1], base=row))
        means.append(np.array([(mean, heights[round(mean)]), (mean, row)]))
        bars.append(np.array([(q05 - 0.5, row + 0.07), (q95 + 0.5, row + 0.07)]))
        spot = place_beside(axes, 0.1), row - 0.25
        note(axes, spot, f"expected {mean:.0f}", look=Look(9.5, bold=True), shift=(0, 10))
        told = f"50 % range {q25}–{q75}\n90 % range {q05}–{q95}"
        note(axes, spot, told, look=Look(8), shift=(0, -8))
    fill(axes, wholes, facecolor=faded(colour, 0.4))
    fill(axes, halves, facecolor=colour)
    trace(axes, [whole[1:-1] for whole in wholes], color=FAINT, linewidth=0.6)
    trace(axes, means, color=ink_on(colour), linewidth=1.5)
    trace(axes, bars, color=INK, linewidth=1.8)


def _draw_mark(axes: Axes, mark: int, chances: Sequence[float], *, crowded: bool) -> None:
    at = mark - 0.5
    axes.axvline(at, color=FAINT, linewidth=0.9, linestyle=(0, (4, 2)))
    told = {TOP - 0.12: f"at least {mark}"}
    told |= {row - 0.7: whole_percent(reached) for row, reached in enumerate(chances)}
    look = Look(8.5, align="right" if crowded else "left")
    for row, text in told.items():
        write_on(axes, text, (at, row), look=look, shift=(-4 if crowded else 4, 0))


def _marks(thresholds: pd.DataFrame | None, choice: Choice) -> Mapping[int, Mapping[str, float]]:
    marks: dict[int, dict[str, float]] = {}
    if thresholds is not None and not thresholds.empty:
        kind = "exact" if "exact" in thresholds else "simulated"
        for told in thresholds[thresholds["choice"] == choice.column].to_dict("records"):
            marks.setdefault(told["at_least"], {})[told["arm"]] = told[kind]
    return marks


def _limits(shares: Sequence[FloatArray], marks: Sequence[int]) -> tuple[float, float]:
    seen = [np.flatnonzero(share > UNSEEN) for share in shares]
    low = min([*marks, *(int(votes[0]) for votes in seen)])
    high = max([*marks, *(int(votes[-1]) for votes in seen)])
    return low - 1.5, max(high, low + 8) + 1.5


def _name_arms(axes: Axes, result: Result, *, adopted: bool) -> None:
    left, up = place_beside(axes, -0.12), 10 if adopted else 0
    for row, (arm, told) in enumerate(result.summary["arms"].items()):
        label, spot = label_of(result, arm, width=22, lines=3), (left, row - 0.25)
        note(axes, spot, label, look=Look(9, bold=True, align="right"), shift=(0, up))
        if adopted:
            chance = told["adopted"]["exact" if result.computed else "simulated"]
            draws = None if result.computed else result.summary["draws"]
            text = f"adopted: {whole_percent(chance, draws=draws)}"
            beneath = up - 12 - 6 * len(label.splitlines())
            note(axes, spot, text, look=Look(8.5, align="right"), shift=(0, beneath))
