"""Figures of a result: the only part of the project that draws."""

from __future__ import annotations

import re
from pathlib import Path

from sim.plots.assembly import assembly_page, draw_assembly
from sim.plots.cells import layout
from sim.plots.difference import difference_page, draw_difference, pairs_of
from sim.plots.movers import draw_movers, movers_page
from sim.plots.pictures import write
from sim.plots.style import style
from sim.plots.tallies import draw_tally, tallies_page
from sim.results import Result

__all__ = [
    "assembly_page",
    "difference_page",
    "draw_assembly",
    "draw_difference",
    "draw_movers",
    "draw_result",
    "draw_tally",
    "layout",
    "movers_page",
    "tallies_page",
]


def draw_result(result: Result, folder: Path) -> list[Path]:
    """Draw every figure of a result, as PNG and SVG.

    Parameters
    ----------
    result : Result
        As made by a run or read from its folder.
    folder : Path
        Written into: ``tallies``, ``assembly-ARM`` for each arm and, of two arms or more,
        ``movers`` and, if any votes were drawn, ``difference``.

    Returns
    -------
    list of Path
        What was written.
    """
    paths = []
    with style():
        figures = {"tallies": tallies_page(result)}
        if pairs_of(result):
            figures["difference"] = difference_page(result)
        if len(result.summary["arms"]) > 1:
            figures["movers"] = movers_page(result)
        for arm in result.summary["arms"]:
            figures[f"assembly-{_plain(arm)}"] = assembly_page(result, arm)
        for name, figure in figures.items():
            paths += write(figure, folder / name)
    return paths


def _plain(arm: str) -> str:
    # a result may come from anywhere, and its arms name files
    return re.sub(r"[^a-z0-9-]", "_", arm)
