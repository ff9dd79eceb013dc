"""Figures of a result: the only part of the project that draws."""

from __future__ import annotations

import functools
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

import sim.report.figures.drawing.backend  # noqa: F401 - before anything imports matplotlib
from sim import files
from sim.report.figures.assembly import assembly_page, draw_assembly
from sim.report.figures.cells import layout
from sim.report.figures.contrast import draw_contrasts
from sim.report.figures.difference import difference_page, draw_difference, drawn_pairs
from sim.report.figures.drawing.pictures import write
from sim.report.figures.drawing.style import style
from sim.report.figures.movers import draw_movers, movers_page
from sim.report.figures.path import path_page
from sim.report.figures.ranges import draw_lever
from sim.report.figures.sweep import draw_sensitivity, draw_sweep
from sim.report.figures.tallies import draw_tally, tallies_page
from sim.runs import Result, read_result
from sim.runs.folder import refuse_edited
from sim.runs.making import result_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.vote.outcomes.tables import Outcomes

__all__ = [
    "DRAWINGS",
    "SIZES",
    "Drawing",
    "assembly_page",
    "difference_page",
    "draw_assembly",
    "draw_difference",
    "draw_movers",
    "draw_result",
    "draw_stored",
    "draw_tally",
    "layout",
    "movers_page",
    "plot_tallies",
    "tallies_page",
]


@dataclass(frozen=True)
class Drawing:
    """A figure of a result.

    Attributes
    ----------
    page : callable
        Result, and where it is of one arm or may be `arm`, `title` and `shape`, to the figure.
    arms : str
        ``each`` for a file of each arm, ``one`` if an arm may be chosen, ``later`` if any but the
        first may be, else ``all``.
    shown : callable
        Whether a result has what it draws.
    file : str or None
        How its files begin; by default the name of the figure.
    """

    page: Callable[..., Figure]
    arms: str
    shown: Callable[[Result], bool]
    file: str | None = None


DRAWINGS: Mapping[str, Drawing] = MappingProxyType(
    {
        "tallies": Drawing(tallies_page, "all", lambda _: True),
        "difference": Drawing(difference_page, "all", lambda result: bool(drawn_pairs(result))),
        "movers": Drawing(movers_page, "later", lambda result: len(result.summary["arms"]) > 1),
        "map": Drawing(assembly_page, "each", lambda _: True, file="assembly"),
        "path": Drawing(path_page, "one", lambda result: "steps" in result.summary),
    }
)
"""Every figure of a result, by name."""
SIZES: Mapping[str, float | None] = MappingProxyType({"page": None, "wide": 16 / 9, "square": 1.0})
"""Width over height; a page is as high as what it shows."""


def draw_result(result: Result, folder: Path, **asked: Any) -> list[Path]:
    """Draw the figures of a result, as PNG and SVG.

    Parameters
    ----------
    result : Result
        As made by a run or read from its folder.
    folder : Path
        Written into, by default every figure of `DRAWINGS` that the result has.
    **asked
        figure, one of `DRAWINGS`; arm; size, one of `SIZES`; title, in place of the finding.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ValueError
        If the result has no such figure or arm; the message names those it has.

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
    ...     [path.name for path in draw_result(result, Path(folder), figure="tallies")]
    ['tallies.png', 'tallies.svg']
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in draw_result(result, Path(folder), figure="map", size="wide")]
    ['assembly-a-wide.png', 'assembly-a-wide.svg']
    """
    paths = []
    with style():
        for name, figure in _figures_of(result, **asked):
            size = asked.get("size") or "page"
            stem = name if size == "page" else f"{name}-{size}"
            paths += write(figure, folder / stem)
    return paths


def plot_tallies(
    outcomes: Outcomes, *, labels: Mapping[str, str] | None = None, title: str | None = None
) -> Figure:
    """Return the figure of the counts of a run.

    Parameters
    ----------
    outcomes : Outcomes
        As `sim.simulate` returns them.
    labels : mapping of arm to str, optional
        What the figure calls each arm.
    title : str, optional
        In place of the finding.

    Examples
    --------
    >>> from sim.runs.simulate import simulate
    >>> figure = plot_tallies(simulate("cuba-embargo-2016", engine="exact"), title="Mine")
    >>> len(figure.axes)
    4
    """
    with style():
        named = {arm: arm for arm in outcomes.arms} | dict(labels or {})
        return tallies_page(result_of(outcomes, named), title=title)


def _figures_of(
    result: Result,
    *,
    figure: str | None = None,
    arm: str | None = None,
    title: str | None = None,
    size: str | None = None,
) -> Iterator[tuple[str, Figure]]:
    how: dict[str, Any] = {"title": title, "shape": SIZES[size or "page"]}
    there = {name: one for name, one in DRAWINGS.items() if one.shown(result)}
    if figure is not None and figure not in there:
        raise ValueError(f"figure {figure!r}: this result has {', '.join(there)}")
    if arm is not None:
        if figure is not None and there[figure].arms == "all":
            raise ValueError(f"figure {figure!r}: shows all arms; leave the arm out")
        later = figure is not None and there[figure].arms == "later"
        arms = list(result.summary["arms"])[later:]
        if arm not in arms:
            raise ValueError(f"arm {arm!r}: this result has {', '.join(arms)}")
    for name, one in there.items():
        if (figure is not None and name != figure) or (arm is not None and one.arms == "all"):
            continue
        file = one.file or name
        if one.arms == "each":
            for each in result.summary["arms"] if arm is None else [arm]:
                yield f"{file}-{_plain(each)}", one.page(result, arm=each, **how)
        elif arm is None or (one.arms == "later" and arm == next(iter(result.summary["arms"]))):
            yield file, one.page(result, **how)
        else:
            yield f"{file}-{_plain(arm)}", one.page(result, arm=arm, **how)


def draw_stored(stored: Path, folder: Path, **asked: Any) -> list[Path]:
    """Draw the figures of a stored result, contrast or sweep again.

    Parameters
    ----------
    stored : Path
        Its folder.
    folder : Path
        Written into.
    **asked
        As `draw_result` takes it.

    Raises
    ------
    ValueError
        If there is no such figure, or the folder holds none.
    files.FileError
        If a file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> place = files.shipped("results") / "anniversary-2025-contrast"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in draw_stored(place, Path(folder), title="Why")]
    ['contrast.png', 'contrast.svg']
    """
    if (stored / "summary.json").is_file():
        return draw_result(read_result(stored), folder, **asked)
    refuse_edited(stored)
    kind = next((kind for kind in STUDIES if (stored / STUDIES[kind]).is_file()), None)
    if kind is None:
        raise ValueError(f"{stored}: nothing in it can be drawn")
    if asked.get("figure") not in (None, kind):
        raise ValueError(f"figure {asked['figure']!r}: this folder has {kind}")
    arm, size = asked.get("arm"), asked.get("size") or "page"
    if arm is not None and kind != "contrast":
        raise ValueError(f"figure {kind!r}: shows all arms; leave the arm out")
    named = [kind, *([] if arm is None else [_plain(arm)]), *([] if size == "page" else [size])]
    how: dict[str, Any] = {
        "title": asked.get("title"), "shape": SIZES[size], "name": "-".join(named)
    }  # fmt: skip
    table = functools.partial(_table, stored)
    if kind == "contrast":
        told = json.loads(files.read_text(stored / "contrast.json"))
        return draw_contrasts(told, table("curve.csv"), folder, arm=arm, **how)
    if kind == "lever":
        told, title = json.loads(files.read_text(stored / "lever.json")), how.pop("title")
        finding = title or told["finding"]
        return draw_lever(table("lever.csv"), folder, finding=finding, about=told["title"], **how)
    made = json.loads(files.read_text(stored / "manifest.json"))["sweep"]
    about = made.get("title", made["scenario"])
    if kind == "sweep":
        fields = [text.partition("=")[0].strip() for text in made["over"]]
        points = table("points.csv")
        names = {arm: arm for arm in points["arm"]} | made.get("labels", {})
        return draw_sweep(points, folder, fields=fields, about=about, arms=names, **how)
    rows = table("sensitivity.csv")
    names = {arm: arm for arm in {*rows["arm"], *rows["against"]}} | made.get("labels", {})
    return draw_sensitivity(rows, folder, about=about, arms=names, **how)


STUDIES = {
    "contrast": "contrast.json",
    "sensitivity": "sensitivity.csv",
    "sweep": "points.csv",
    "lever": "lever.json",
}
"""Figures of other folders than results, and the file by which they are known, the first found."""


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(files.read_text(folder / name)), keep_default_na=False)


def _plain(arm: str) -> str:
    # a result may come from anywhere, and its arms name files
    return re.sub(r"[^a-z0-9-]", "_", arm)
