"""Pages: what a figure is of, where things stand on it, and its two files."""

from __future__ import annotations

import functools
import textwrap
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim import files
from sim.choices import CHOICES
from sim.plots.style import FAINT, INK
from sim.results import Result

DPI = 160
WIDTH, LEFT = 11.69, 0.3
"""Of a page, A4 on its side, and of its left margin [inches]."""
KINDS: dict[str, dict[str, Any]] = {
    ".png": {"dpi": DPI, "metadata": {"Software": "unga-sim"}},
    ".svg": {"metadata": {"Creator": "unga-sim", "Date": None}},
}
"""What is written, and how: no day and no version, so that the same figure gives the same bytes."""


def label_of(result: Result, arm: str, *, width: int = 55, lines: int = 1) -> str:
    """Return how figures name an arm, in so many lines of at most `width` letters.

    Raises
    ------
    ValueError
        If the result has no such arm; the message names those it has.

    Examples
    --------
    >>> nothing = pd.DataFrame()
    >>> told = {"arms": {"with-us": {"label": "US co-sponsors"}}}
    >>> label_of(Result(told, nothing, nothing, nothing, nothing), "with-us")
    'US co-sponsors'
    """
    arms = result.summary["arms"]
    if arm not in arms:
        raise ValueError(f"arm {arm!r}: this result has {', '.join(arms)}")
    label = str(arms[arm]["label"])
    return textwrap.fill(label, width, max_lines=lines, placeholder=" …", break_on_hyphens=False)


def votes_of(states: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Return each state's probabilities in one arm: index iso3, columns name and p_yes and so on.

    Raises
    ------
    ValueError
        If the table has no such arm; the message names those it has.

    Examples
    --------
    >>> votes_of(pd.DataFrame({"arm": ["with-us"]}), "without-us")
    Traceback (most recent call last):
        ...
    ValueError: arm 'without-us': this result has with-us
    """
    rows = states[states["arm"] == arm]
    if rows.empty:
        raise ValueError(f"arm {arm!r}: this result has {', '.join(states['arm'].unique())}")
    columns = ["name", *(f"p_{choice.column}" for choice in CHOICES)]
    return rows.set_index("iso3")[columns]


def page(result: Result, title: str, *, height: float) -> Figure:
    """Return an empty page that says what it shows, of what, as of when, from how many draws.

    Parameters
    ----------
    result : Result
        As made by a run or read from its folder.
    title : str
        What the figure shows, in plain words.
    height : float
        Of the page [inches].

    Examples
    --------
    >>> nothing = pd.DataFrame()
    >>> told = {"title": "A draft", "as_of": "2025-02-23", "draws": 1000, "seed": 1}
    >>> empty = page(Result(told, nothing, nothing, nothing, nothing), "Title", height=4.0)
    >>> empty.texts[1].get_text()
    'A draft  ·  as of 2025-02-23  ·  1,000 draws, seed 1'
    """
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(figure)
    told = result.summary
    scenario = textwrap.shorten(told["title"], 90, placeholder=" …")
    about = f"as of {told['as_of']}  ·  {told['draws']:,} draws, seed {told['seed']}"
    for down, text, size, weight, colour in (
        (0.25, textwrap.shorten(title, 84, placeholder=" …"), 15, "bold", INK),
        (0.6, f"{scenario}  ·  {about}", 9.5, "normal", FAINT),
    ):
        spot = LEFT / WIDTH, 1 - down / height
        figure.text(*spot, text, size=size, weight=weight, color=colour, va="top")
    return figure


def footnote(figure: Figure, text: str) -> None:
    """Write lines at the foot of a page.

    Examples
    --------
    >>> figure = Figure()
    >>> footnote(figure, "One line.")
    >>> figure.texts[0].get_text()
    'One line.'
    """
    height = figure.get_size_inches()[1]
    wrapped = "\n".join(textwrap.fill(line, 180) for line in text.splitlines())
    figure.text(
        LEFT / WIDTH, 0.18 / height, wrapped, size=8, color=FAINT, va="bottom", linespacing=1.35
    )


def place(figure: Figure, box: tuple[float, float, float, float]) -> Axes:
    """Return axes at a place on a page: left, top, width, height from its upper left [inches].

    Examples
    --------
    >>> axes = place(Figure(figsize=(WIDTH, 4.0)), (0.0, 1.0, WIDTH / 2, 3.0))
    >>> [round(float(edge), 2) for edge in axes.get_position().bounds]
    [0.0, 0.0, 0.5, 0.75]
    """
    left, top, width, height = box
    whole = float(figure.get_size_inches()[1])
    return figure.add_axes(
        (left / WIDTH, 1 - (top + height) / whole, width / WIDTH, height / whole)
    )


def beside(axes: Axes, inches: float) -> float:
    """Return where that is across the axes: right of their right edge, or, below 0, of their left.

    Parameters
    ----------
    axes : Axes
        On a page.
    inches : float
        Distance from the edge [inches].

    Returns
    -------
    float
        [widths of the axes]

    Examples
    --------
    >>> axes = place(Figure(figsize=(WIDTH, 2.0)), (1.0, 0.5, 2.0, 1.0))
    >>> round(beside(axes, 0.5), 3), round(beside(axes, -0.5), 3)
    (1.25, -0.25)
    """
    return float((inches > 0) + inches / (axes.get_position().width * WIDTH))


def note(
    axes: Axes,
    spot: tuple[float, float],
    text: str,
    *,
    size: float,
    bold: bool = False,
    align: Literal["left", "center", "right"] = "left",
    colour: str = INK,
) -> None:
    """Write beside a row: across in widths of the axes, down in rows.

    Examples
    --------
    >>> axes = Figure().add_subplot()
    >>> note(axes, (1.02, 0.0), "median 93", size=8)
    >>> axes.texts[0].get_text()
    'median 93'
    """
    axes.text(
        *spot,
        text,
        transform=axes.get_yaxis_transform(),
        size=size,
        weight="bold" if bold else "normal",
        color=colour,
        ha=align,
        va="center",
        linespacing=1.2,
    )


def write(figure: Figure, stem: Path) -> list[Path]:
    """Write a figure as PNG and as SVG; the same figure gives the same bytes.

    Parameters
    ----------
    figure : Figure
    stem : Path
        The two files without their endings.

    Returns
    -------
    list of Path
        What was written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write(Figure(), Path(folder) / "empty")]
    ['empty.png', 'empty.svg']
    """
    paths = [stem.with_name(stem.name + ending) for ending in KINDS]
    for path in paths:
        how = {"format": path.suffix[1:], **KINDS[path.suffix]}
        files.write_whole(path, functools.partial(figure.savefig, **how))
    return paths
