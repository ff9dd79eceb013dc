"""The distribution of each count, arm below arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.choices import Choice, FloatArray
from sim.outcomes import QUANTILES, summary
from sim.plots.page import WIDTH, beside, footnote, label_of, note, page, place
from sim.plots.style import COLOURS, FAINT, INK, faded, ink_on
from sim.reporting.phrasing import percent
from sim.results import Result

PEAK = 0.58
"""How much of its row the tallest shape fills; chances of thresholds stand above [rows]."""
TOP = -0.85
"""Upper edge of the rows, the base of the first shape being 0 [rows]."""
CROWDED = 0.11
"""A mark whose neighbour to the right is nearer is named to its left [widths of the axes]."""
UNSEEN = 1e-3
"""Probability below which a count is left off the axis."""
ROW, ROW_BELOW = 1.0, 0.75
"""Height of one arm's row, in the upper panel and in the three below it [inches]."""


def tallies_page(result: Result) -> Figure:
    """Return the page of distributions: yes across the page, the other counts beneath.

    Parameters
    ----------
    result : Result
        As made by a run or read from its folder.
    """
    arms = len(result.summary["arms"])
    title = "How many member states vote yes, abstain, vote no or do not vote"
    figure = page(result, title, height=3.15 + (ROW + ROW_BELOW) * arms)
    axes = place(figure, (2.0, 1.3, WIDTH - 3.75, ROW * arms))
    draw_tally(result.distribution, axes, choice=Choice.YES, thresholds=result.thresholds)
    _name_arms(axes, result, adopted=True)
    for column, choice in enumerate((Choice.ABSTAIN, Choice.NO, Choice.NON_VOTING)):
        box = (2.0 + 3.25 * column, 2.15 + ROW * arms, 1.8, ROW_BELOW * arms)
        axes = place(figure, box)
        draw_tally(result.distribution, axes, choice=choice)
        if column == 0:
            _name_arms(axes, result, adopted=False)
    footnote(
        figure,
        "Each shape is the distribution of a count over what may happen (computed, not sampled). "
        "Full colour: its middle half; bar beneath: its middle 90 %; upright line: the median.\n"
        "Beside a dashed line: the chance of at least so many.",
    )
    return figure


def draw_tally(
    distribution: pd.DataFrame,
    axes: Axes,
    *,
    choice: Choice,
    thresholds: pd.DataFrame | None = None,
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
        arm, choice, at_least, exact: marks to draw, with the chance of reaching each.

    Examples
    --------
    >>> votes = {"arm": "a", "choice": "no", "votes": [0, 1, 2], "probability": [0.2, 0.5, 0.3]}
    >>> axes = Figure().add_subplot()
    >>> draw_tally(pd.DataFrame(votes), axes, choice=Choice.NO)
    >>> axes.texts[0].get_text()
    'median 1'
    """
    rows = distribution[distribution["choice"] == choice.column]
    shares = {
        str(arm): table["probability"].to_numpy() for arm, table in rows.groupby("arm", sort=False)
    }
    scale = PEAK / max(share.max() for share in shares.values())
    marks = _marks(thresholds, choice)
    low, high = _limits(list(shares.values()), list(marks))
    axes.set(xlim=(low, high), ylim=(len(shares) - 0.8, TOP))
    for row, share in enumerate(shares.values()):
        _draw_row(axes, share, row, scale=scale, choice=choice)
    for mark, chances in marks.items():
        crowded = any(0 < other - mark < CROWDED * (high - low) for other in marks)
        _draw_mark(axes, mark, [chances[arm] for arm in shares], crowded=crowded)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title(choice.label, loc="left", size=12, weight="bold", pad=16 if marks else 4)
    axes.set_xlabel("member states", size=8.5)


def _draw_row(axes: Axes, share: FloatArray, row: int, *, scale: float, choice: Choice) -> None:
    ranges, colour = summary(share), COLOURS[choice]
    q05, q25, median, q75, q95 = (int(ranges[name]) for name in QUANTILES)
    edges, heights = np.arange(len(share) + 1) - 0.5, row - scale * share
    seen = np.flatnonzero(share > UNSEEN / 10)
    first, last = int(seen[0]), int(seen[-1]) + 1
    shape, sides = heights[first:last], edges[first : last + 1]
    axes.stairs(shape, sides, baseline=row, fill=True, color=faded(colour, 0.4))
    inner = heights[q25 : q75 + 1]
    axes.stairs(inner, edges[q25 : q75 + 2], baseline=row, fill=True, color=colour)
    axes.stairs(shape, sides, baseline=None, color=FAINT, linewidth=0.6)
    axes.vlines(median, heights[median], row, color=ink_on(colour), linewidth=1.5)
    axes.hlines(row + 0.07, q05 - 0.5, q95 + 0.5, color=INK, linewidth=1.8)
    right = beside(axes, 0.1)
    note(axes, (right, row - 0.42), f"median {median}", size=9.5, bold=True)
    note(axes, (right, row - 0.11), f"50 % range {q25}–{q75}\n90 % range {q05}–{q95}", size=8)


def _draw_mark(axes: Axes, mark: int, chances: Sequence[float], *, crowded: bool) -> None:
    at = mark - 0.5
    axes.axvline(at, color=FAINT, linewidth=0.9, linestyle=(0, (4, 2)))
    told = {TOP - 0.12: f"at least {mark}"}
    told |= {row - 0.7: percent(reached) for row, reached in enumerate(chances)}
    for row, text in told.items():
        axes.annotate(
            text, (at, row), (-4 if crowded else 4, 0), textcoords="offset points",
            annotation_clip=False, size=8.5, ha="right" if crowded else "left", va="center",
        )  # fmt: skip


def _marks(thresholds: pd.DataFrame | None, choice: Choice) -> Mapping[int, Mapping[str, float]]:
    marks: dict[int, dict[str, float]] = {}
    if thresholds is not None:
        for told in thresholds[thresholds["choice"] == choice.column].to_dict("records"):
            marks.setdefault(told["at_least"], {})[told["arm"]] = told["exact"]
    return marks


def _limits(shares: Sequence[FloatArray], marks: Sequence[int]) -> tuple[float, float]:
    seen = [np.flatnonzero(share > UNSEEN) for share in shares]
    low = min([*marks, *(int(votes[0]) for votes in seen)])
    high = max([*marks, *(int(votes[-1]) for votes in seen)])
    return low - 1.5, max(high, low + 8) + 1.5


def _name_arms(axes: Axes, result: Result, *, adopted: bool) -> None:
    left = beside(axes, -0.12)
    for row, (arm, told) in enumerate(result.summary["arms"].items()):
        label = label_of(result, arm, width=22, lines=3)
        note(axes, (left, row - 0.42), label, size=9, bold=True, align="right")
        if adopted:
            text = f"adopted: {percent(told['adopted']['exact'])}"
            note(axes, (left, row - 0.1), text, size=8.5, align="right")
