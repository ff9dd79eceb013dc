"""Figures of a result: the only part of the project that draws."""

from __future__ import annotations

import re
from pathlib import Path

import sim.report.figures.backend  # noqa: F401 - before anything imports matplotlib
from sim.report.figures.assembly import assembly_page, draw_assembly
from sim.report.figures.cells import layout
from sim.report.figures.difference import difference_page, draw_difference, drawn_pairs
from sim.report.figures.movers import draw_movers, movers_page
from sim.report.figures.path import path_page
from sim.report.figures.pictures import write
from sim.report.figures.style import style
from sim.report.figures.tallies import draw_tally, tallies_page
from sim.runs import Result

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

    Examples
    --------
    One arm, and a state of each regional group:

    >>> import tempfile
    >>> import pandas as pd
    >>> from sim.assembly.choices import Choice
    >>> rows = [("a", choice.column, votes, 0.5) for choice in Choice for votes in (10, 11)]
    >>> counts = pd.DataFrame(rows, columns=["arm", "choice", "votes", "probability"])
    >>> states = {"arm": "a", "iso3": ["AGO", "CHN", "POL", "BRA", "FRA"], "name": ""}
    >>> states |= {"p_yes": 0.9, "p_abstain": 0.1, "p_no": 0.0, "p_non_voting": 0.0}
    >>> told = {"title": "A draft", "as_of": "2025-02-23", "draws": 1000, "seed": 1}
    >>> told["arms"] = {"a": {"label": "US votes no", "adopted": {"exact": 0.25}}}
    >>> nothing = pd.DataFrame()
    >>> result = Result(told, counts, nothing, pd.DataFrame(states), nothing)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in draw_result(result, Path(folder))]
    ['tallies.png', 'tallies.svg', 'assembly-a.png', 'assembly-a.svg']
    """
    paths = []
    with style():
        figures = {"tallies": tallies_page(result)}
        if drawn_pairs(result):
            figures["difference"] = difference_page(result)
        if len(result.summary["arms"]) > 1:
            figures["movers"] = movers_page(result)
        for arm in result.summary["arms"]:
            figures[f"assembly-{_plain(arm)}"] = assembly_page(result, arm)
        if "steps" in result.summary:
            figures["path"] = path_page(result)
        for name, figure in figures.items():
            paths += write(figure, folder / name)
    return paths


def _plain(arm: str) -> str:
    # a result may come from anywhere, and its arms name files
    return re.sub(r"[^a-z0-9-]", "_", arm)
