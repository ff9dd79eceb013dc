"""The way to the vote from left to right: each band is as wide as it is likely."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from sim.assembly.choices import Choice
from sim.report.figures.drawing import page as pages
from sim.report.figures.drawing.page import LEFT, footnote, page
from sim.report.figures.drawing.style import COLOURS, INK, PALE
from sim.report.figures.drawing.words import Look, write_on
from sim.report.findings import of_path
from sim.report.words import short_chance
from sim.runs import Result

BOX, GAP, HEIGHT = 0.06, 0.16, 5.9
"""Width of a box [columns]; room between ends [of the height]; height of the page [inches]."""
UNDER = 1.05
"""Height of what is written under a step, four times that beside a small end [inches]."""
ENDS = 1.16
"""Width of all, with the names of the ends [widths of the steps]."""
PLATE = {"boxstyle": "square,pad=0.12", "facecolor": "white", "alpha": 0.82, "linewidth": 0}
"""What lies between words and a band below them; a halo would make outlines of the letters of an
SVG figure, which nobody can search."""
NARROWEST = 0.001
"""Bands less likely than this are not drawn."""
WAYS = {"carried": to_hex(COLOURS[Choice.YES]), "lost": to_hex(COLOURS[Choice.NO]), "not put": PALE}

Flows = dict[tuple[str, str, str], float]
"""Chance of each band, by where it comes from, how it left, and where it leads."""


def path_page(
    result: Result,
    *,
    arm: str | None = None,
    title: str | None = None,
    shape: float | None = None,
) -> Figure:
    """Return the path of one arm, by default the first, as a figure.

    Parameters
    ----------
    result : Result
        Of a scenario with steps.
    arm : str, optional
    title : str, optional
        In place of the finding.
    shape : float, optional
        Width over height.

    Raises
    ------
    ValueError
        If the result has no such arm.

    Examples
    --------
    See `sim.report.figures.draw_result`, which draws it where there are steps.
    """
    told = result.summary["steps"]
    name = next(iter(told["arms"])) if arm is None else arm
    if name not in told["arms"]:
        raise ValueError(f"arm {name!r}: this result has {', '.join(told['arms'])}")
    of_arm, steps = told["arms"][name], list(told["arms"][name]["steps"])
    ends, real = _chances(of_arm), told.get("real", {"steps": {}, "taken": [], "end": None})
    figure = page(
        result, title or of_path(result, ends, name), height=HEIGHT, steps=True, shape=shape
    )
    wide, tall = figure.get_size_inches()
    axes = pages.place(figure, (LEFT, 1.0, wide - 2 * LEFT, tall - 1.7))
    axes.set_axis_off()
    bottoms = _bottoms(of_arm, steps)
    really = bands_of(told["places"], real["taken"])
    _draw_bands(axes, flows_of(told["places"], of_arm["flows"]), steps, bottoms, really=really)
    for number, step in enumerate(steps):
        actual = real["steps"].get(step)
        _draw_step(axes, number, step, of_arm["steps"][step], bottoms[step], actual)
    for end, chance in ends.items():
        _draw_end(axes, len(steps), end, chance, bottoms[end], really=end == real["end"])
    axes.set_xlim(0, len(steps) * ENDS)
    top = 1.05 + GAP * max(len(ends) - 1, 1)
    under = ((bottoms[name], UNDER if name in steps else UNDER / 4) for name in bottoms)
    axes.set_ylim(top - max((top - low) / (1 - room / (tall - 1.7)) for low, room in under), top)
    _draw_key(figure)
    footnote(
        figure,
        "From left to right, step by step: each band is as wide as it is likely. Under a step: "
        "expected yes-no-abstain if voted on, the 90 % range of yes, how likely it is then carried."
        + ("\nOutlined and bold: what happened." if really else ""),
    )
    return figure


def _draw_key(figure: Figure) -> None:
    wide, tall = figure.get_size_inches()
    for number, (way, colour) in enumerate(WAYS.items()):
        left, up = 1 - (LEFT + 0.9 * (len(WAYS) - number)) / wide, 1 - 0.65 / tall
        write_on(figure, "■", (left, up), look=Look(9.5, colour=colour))
        write_on(figure, way, (left + 0.16 / wide, up), look=Look(9.5))


def flows_of(places: list[Mapping[str, Any]], flows: list[list[float]]) -> Flows:
    """Return the chance of every band, the forms of a step taken together.

    Parameters
    ----------
    places : list of mapping
        As `sim.runs.steps.steps_of` gives them.
    flows : list of list of float [place, way]

    Examples
    --------
    >>> place = {"step": "text", "carried": "adopted", "lost": "rejected", "not put": "rejected"}
    >>> flows_of([place], [[0.75, 0.25, 0.0]])
    {('text', 'carried', 'adopted'): 0.75, ('text', 'lost', 'rejected'): 0.25}
    """
    found: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for place, leaving in zip(places, flows, strict=True):
        for way, chance in zip(WAYS, leaving, strict=True):
            after = place[way]
            target = after if isinstance(after, str) else places[after]["step"]
            found[place["step"], way, target] += chance
    return {band: chance for band, chance in found.items() if chance >= NARROWEST}


def bands_of(
    places: list[Mapping[str, Any]], taken: list[tuple[int, str]]
) -> set[tuple[str, str, str]]:
    """Return the bands of the real way, from the places it came to and how it left each.

    Examples
    --------
    >>> place = {"step": "text", "carried": "adopted", "lost": "rejected", "not put": "rejected"}
    >>> bands_of([place], [(0, "lost")])
    {('text', 'lost', 'rejected')}
    """
    found = set()
    for at, way in taken:
        after = places[at][way]
        target = after if isinstance(after, str) else places[after]["step"]
        found.add((places[at]["step"], way, target))
    return found


def _chances(of_arm: Mapping[str, Any]) -> dict[str, float]:
    ends = of_arm["ends"].items()
    return {name: end.get("exact", end.get("simulated", 0.0)) for name, end in ends}


def _bottoms(of_arm: Mapping[str, Any], steps: list[str]) -> dict[str, float]:
    """Return where each box begins: steps in the middle, ends one above the other."""
    ends = _chances(of_arm)
    height = 1 + GAP * max(len(ends) - 1, 1)
    found = {step: (height - of_arm["steps"][step]["reached"]) / 2 for step in steps}
    at = height
    for end, chance in ends.items():
        at -= chance
        found[end] = at
        at -= GAP
    return found


def _draw_bands(
    axes: Axes,
    flows: Flows,
    steps: list[str],
    bottoms: Mapping[str, float],
    *,
    really: set[tuple[str, str, str]],
) -> None:
    column = {name: number for number, name in enumerate(steps)}
    leaving: defaultdict[str, float] = defaultdict(float)
    arriving: defaultdict[str, float] = defaultdict(float)
    last = len(steps)
    # the farthest first, so that nearer bands lie over them
    for (step, way, target), chance in sorted(
        flows.items(), key=lambda one: one[0][1], reverse=True
    ):
        x0, x1 = column[step] + BOX, column.get(target, last)
        y0, y1 = bottoms[step] + leaving[step], bottoms[target] + arriving[target]
        leaving[step] += chance
        arriving[target] += chance
        middle = (x0 + x1) / 2
        points = [(x0, y0), (middle, y0), (middle, y1), (x1, y1)]
        back = [(x, y + chance) for x, y in reversed(points)]
        codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3]
        outline = Outline(np.array(points + back), codes)
        axes.add_patch(PathPatch(outline, facecolor=WAYS[way], alpha=0.45, linewidth=0))
        if (step, way, target) in really:
            axes.add_patch(PathPatch(outline, fill=False, edgecolor=INK, linewidth=1.3, zorder=4))


def _draw_step(
    axes: Axes,
    number: int,
    name: str,
    step: Mapping[str, Any],
    bottom: float,
    actual: Mapping[str, Any] | None,
) -> None:
    height = max(step["reached"], 0.004)
    axes.add_patch(Rectangle((number, bottom), BOX, height, facecolor=INK, linewidth=0))
    words = ["\n".join(textwrap.wrap(name.replace("-", " "), 18))]
    if (tally := step["tally"]) is not None:
        counts = "-".join(f"{tally[one]['mean']:.0f}" for one in ("yes", "no", "abstain"))
        words.append(f"{counts}\nyes {tally['yes']['q05']:.0f} to {tally['yes']['q95']:.0f}")
        words.append(f"carried: {short_chance(step['carried'])} %")
    usual: dict[str, Any] = {"fontsize": 7.0, "va": "top", "linespacing": 1.25, "bbox": PLATE}
    lines = axes.text(number, bottom - 0.02, "\n".join(words), zorder=5, **usual)
    if actual is not None:
        told = f"actual: {actual['tally'] or actual['way']}"
        # below the last line, wherever that is
        below: dict[str, Any] = {
            "xycoords": lines,
            "textcoords": "offset points",
            "xytext": (0, -1.5),
        }
        axes.annotate(told, (0, 0), zorder=5, weight="bold", **below, **usual)


def _draw_end(
    axes: Axes, column: int, name: str, chance: float, bottom: float, *, really: bool
) -> None:
    axes.add_patch(Rectangle((column, bottom), BOX / 2, max(chance, 0.004), facecolor=INK))
    text = "\n".join([*textwrap.wrap(name, 18), f"{short_chance(chance)} %"])
    weight = "bold" if really else "normal"
    at = column + BOX
    axes.text(at, bottom + chance / 2, text, fontsize=8.5, va="center", weight=weight, bbox=PLATE)
