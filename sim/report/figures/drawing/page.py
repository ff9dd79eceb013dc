"""Pages: what a figure is of, and where things stand on it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.assembly.choices import CHOICES
from sim.report.figures.drawing.style import FAINT, trace
from sim.report.figures.drawing.words import Look, Pair, write_on
from sim.report.findings import LONGEST
from sim.runs import Result

WIDTH, LEFT = 11.69, 0.3
"""Of a page, A4 on its side, and of its left margin [inches]."""
LOWEST = 0.75
"""How many times as high the rows of a page are at least that is given a shape."""
TICKS, TICK, TICK_DOWN, LABEL_DOWN = 0.9, 3.5, 11, 24
"""Beneath axes: ticks an inch; how long they are, and how far down the middle of what is written at
them, and of what they count [points]."""
FOOT_LINE = 1.37
"""From line to line at the foot of a page [sizes of the font]."""
TITLES = ((78, 15.0), (96, 12.5), (LONGEST, 10.5))
"""Letters of a title up to which it is set in a size [points]."""
CREDIT = "Figure: unga-sim, a forecast from published roll calls"


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


def page(
    result: Result,
    title: str,
    *,
    height: float,
    fixed: float | None = None,
    shape: float | None = None,
    drawn: bool | None = None,
    steps: bool = False,
) -> Figure:
    """Return an empty page that says what it shows, of what, as of when, from how many draws.

    Parameters
    ----------
    result : Result
        As made by a run or read from its folder.
    title : str
        What the figure shows, in plain words.
    height, fixed, shape : float
        As `headed` takes them.
    drawn : bool, optional
        Whether the figure shows draws; by default if the result's chances are not computed.
    steps : bool
        Whether it shows the steps of a path; if not, it is of the text alone.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> nothing = pd.DataFrame()
    >>> told = {"title": "A draft", "as_of": "2025-02-23", "draws": 1000, "seed": 1}
    >>> told["arms"] = {"one": {"adopted": {"simulated": 0.5}}}
    >>> texts_on(page(Result(told, nothing, nothing, nothing, nothing), "Title", height=4.0))[:2]
    ['Title', 'A draft  ·  as of 2025-02-23  ·  1,000 draws, seed 1']
    """
    told = result.summary
    scenario = textwrap.shorten(told["title"], 90, placeholder=" …")
    if "steps" in told and not steps:
        scenario += "  ·  the text alone, without its steps"
    shown = not result.computed if drawn is None else drawn
    made = f"{told['draws']:,} draws, seed {told['seed']}" if shown else "computed without draws"
    about = f"{scenario}  ·  as of {told['as_of']}  ·  {made}"
    return headed(title, about, height=height, fixed=fixed, shape=shape)


def headed(
    title: str,
    about: str,
    *,
    height: float,
    fixed: float | None = None,
    shape: float | None = None,
) -> Figure:
    """Return an empty page with two lines at its head, and who made it at its foot.

    Parameters
    ----------
    title, about : str
        The two lines.
    height : float
        Of the page as wide as `WIDTH` [inches].
    fixed : float, optional
        Of what on it is always as high [inches]; by default of all.
    shape : float, optional
        Width over height: a page too high is made lower and then wider, one too low higher.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> texts_on(headed("Title", "A draft", height=4.0))
    ['Title', 'A draft', 'Figure: unga-sim, a forecast from published roll calls']
    """
    wide, height = (WIDTH, height) if shape is None else size_of(height, fixed, shape)
    figure = Figure(figsize=(wide, height))
    left = LEFT / wide
    title = textwrap.shorten(title, TITLES[-1][0], placeholder=" …")
    size = next(size for most, size in TITLES if len(title) <= most)
    write_on(figure, title, (left, 1 - 0.33 / height), look=Look(size, bold=True))
    write_on(figure, about, (left, 1 - 0.65 / height), look=Look(9.5, colour=FAINT))
    write_on(figure, CREDIT, (left, 0.13 / height), look=Look(7, colour=FAINT))
    return figure


def size_of(height: float, fixed: float | None, shape: float) -> Pair:
    """Return width and height of a page in a shape, at least `WIDTH` wide [inches].

    Examples
    --------
    >>> size_of(WIDTH / 2, None, 1.0) == (WIDTH, WIDTH)
    True
    >>> size_of(20.0, None, 2.0), size_of(20.0, 8.0, 2.0)
    ((40.0, 20.0), (34.0, 17.0))
    """
    least = height if fixed is None else fixed + LOWEST * (height - fixed)
    return max(WIDTH, shape * least), max(least, WIDTH / shape)


def room_on(figure: Figure, height: float, fixed: float) -> Pair:
    """Return how wide a page is [inches], and how many times as high its rows may be.

    Parameters
    ----------
    figure : Figure
    height, fixed : float
        Of the page before it was given a shape, and of what on it is always as high [inches].

    Examples
    --------
    >>> round(room_on(headed("Title", "A draft", height=5.0, shape=1.0), 5.0, 1.0)[1], 4)
    2.6725
    """
    wide, tall = (float(inches) for inches in figure.get_size_inches())
    return wide, (tall - fixed) / (height - fixed)


def footnote(figure: Figure, text: str) -> None:
    """Write lines at the foot of a page.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> figure = Figure()
    >>> footnote(figure, "One line.")
    >>> texts_on(figure)
    ['One line.']
    """
    wide, height = (float(inches) for inches in figure.get_size_inches())
    letters = int(180 * wide / WIDTH)
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, letters)]
    look = Look(8, colour=FAINT)
    middle = 0.33 + (len(lines) - 1) / 2 * FOOT_LINE * look.size / 72
    spot = LEFT / wide, middle / height
    write_on(figure, "\n".join(lines), spot, look=look, line=FOOT_LINE)


def place(figure: Figure, box: tuple[float, float, float, float]) -> Axes:
    """Return axes at a place on a page: left, top, width, height from its upper left [inches].

    Examples
    --------
    >>> axes = place(Figure(figsize=(WIDTH, 4.0)), (0.0, 1.0, WIDTH / 2, 3.0))
    >>> [round(float(edge), 2) for edge in axes.get_position().bounds]
    [0.0, 0.0, 0.5, 0.75]
    """
    left, top, width, height = box
    wide, whole = (float(inches) for inches in figure.get_size_inches())
    return figure.add_axes((left / wide, 1 - (top + height) / whole, width / wide, height / whole))


def size_on(axes: Axes) -> Pair:
    """Return how wide and how high axes are on their page [inches].

    Examples
    --------
    >>> axes = place(Figure(figsize=(WIDTH, 4.0)), (1.0, 1.0, 3.0, 2.0))
    >>> [round(inches, 3) for inches in size_on(axes)]
    [3.0, 2.0]
    """
    dpi = axes.figure.dpi
    return float(axes.bbox.width / dpi), float(axes.bbox.height / dpi)


def place_beside(axes: Axes, inches: float) -> float:
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
    >>> round(place_beside(axes, 0.5), 3), round(place_beside(axes, -0.5), 3)
    (1.25, -0.25)
    """
    return float((inches > 0) + inches / size_on(axes)[0])


def note(
    axes: Axes, spot: tuple[float, float], text: str, *, look: Look, shift: Pair = (0.0, 0.0)
) -> None:
    """Write beside a row: across in widths of the axes, down in rows.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> axes = Figure().add_subplot()
    >>> note(axes, (1.02, 0.0), "expected 93", look=Look(8.0))
    >>> texts_on(axes)
    ['expected 93']
    """
    write_on(axes, text, spot, look=look, places=axes.get_yaxis_transform(), shift=shift)


def scale(
    axes: Axes,
    label: str,
    *,
    ticks: Iterable[float] | None = None,
    told: Callable[[float], str] = "{:.0f}".format,
) -> None:
    """Draw the scale beneath axes and say what it counts, in place of matplotlib's own axes.

    Parameters
    ----------
    axes : Axes
        On a page, with their limits set.
    label : str
        What is counted.
    ticks : iterable of float, optional
        By default round whole numbers, as many as there is room for.
    told : callable
        How a tick is written.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> axes = place(Figure(figsize=(WIDTH, 4.0)), (1.0, 1.0, 3.0, 2.0))
    >>> axes.set(xlim=(0, 44))  # doctest: +ELLIPSIS
    [...]
    >>> scale(axes, "member states")
    >>> texts_on(axes)
    ['0', '20', '40', 'member states']
    """
    axes.axis("off")
    low, high = axes.get_xlim()
    width, height = size_on(axes)
    if ticks is None:
        most = max(4, round(TICKS * width))
        ticks = MaxNLocator(most, integer=True, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    shown = [float(tick) for tick in ticks if low <= tick <= high]
    beneath = axes.get_xaxis_transform()
    down = -TICK / 72 / height
    lines = [((low, 0.0), (high, 0.0)), *(((tick, 0.0), (tick, down)) for tick in shown)]
    trace(axes, lines, color=FAINT, linewidth=0.8, transform=beneath, clip_on=False)
    look = Look(9, align="center")
    for tick in shown:
        write_on(axes, told(tick), (tick, 0), look=look, places=beneath, shift=(0, -TICK_DOWN))
    look, middle = Look(8.5, align="center"), ((low + high) / 2, 0)
    write_on(axes, label, middle, look=look, places=beneath, shift=(0, -LABEL_DOWN))
