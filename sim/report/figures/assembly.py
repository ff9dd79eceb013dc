"""All 193 member states at a glance: a map of equal cells, one block for each regional group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2DBase, AffineDeltaTransform

from sim.assembly.choices import CHOICES, Choice, FloatArray
from sim.assembly.members import SIZE_OF_GROUP, Members
from sim.report.figures.cells import layout
from sim.report.figures.drawing.page import LEFT, footnote, label_of, page, place, size_on, votes_of
from sim.report.figures.drawing.style import ASSUMED, COLOURS, FAINT, INK, faded, ink_on
from sim.report.figures.drawing.words import Look, width_of, write_on
from sim.report.findings import of_assembly
from sim.report.words import short_chance
from sim.runs import Result

FADES = (
    (0.9, 1.0, "90 % and up"),
    (0.7, 0.72, "70–90 %"),
    (0.5, 0.46, "50–70 %"),
    (0.0, 0.24, "below 50 %"),
)
"""From which chance of the likeliest choice, how strong its colour is, and what the key says."""
HATCHES: Mapping[Choice, str | None] = MappingProxyType(
    {Choice.YES: None, Choice.ABSTAIN: "------", Choice.NO: "xxxxxx", Choice.NON_VOTING: "//////"}
)
"""Round the letters, so that a pale yes and an abstention are told apart in grey."""
LINES = (0.35, 0.35, 0.35)
"""Colour of hatches and of the edges of cells."""
HEIGHT, ASIDE, ABOVE = 8.27, 0.94, 1.82
"""Of the page, and what of its width and height is not cells [inches]."""
MARGIN, PLATE = 0.04, 0.14
"""How far inside a cell its colour begins and its hatch ends [cells]."""
NAMES, PLAIN, HATCHED = (4.3, 3.9), 0.82, 0.69
"""Sizes of names of states [points], and the room for one in a cell, plain or hatched [cells]."""
MOVED = 0.1
"""Change of the chance of yes from which a state is marked."""
KEY_ROW, KEY_COLUMN, KEY_WIDTH, KEY_HEIGHT = 11.9, 18.7, 1.5, 0.62
"""Where the key is, and how far its swatches lie apart [cells]."""


def assembly_page(
    result: Result, arm: str, *, title: str | None = None, shape: float | None = None
) -> Figure:
    """Return the page of all member states in one arm, marked against the first arm.

    Parameters
    ----------
    result : Result
        As made by a run or read from its folder.
    arm : str
        Which arm.
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
    One state of each regional group, each of which says yes with a chance of 0.9:

    >>> from sim.report.figures.drawing.words import texts_on
    >>> states = {"arm": "a", "iso3": ["AGO", "CHN", "POL", "BRA", "FRA"], "name": ""}
    >>> states |= {"p_yes": 0.9, "p_abstain": 0.1, "p_no": 0.0, "p_non_voting": 0.0}
    >>> told = {"title": "A draft", "as_of": "2025-02-23", "draws": 1000, "seed": 1}
    >>> told["arms"] = {"a": {"label": "US votes no", "adopted": {"exact": 0.5}}}
    >>> nothing = pd.DataFrame()
    >>> figure = assembly_page(Result(told, nothing, nothing, pd.DataFrame(states), nothing), "a")
    >>> texts_on(figure)[0]
    'About 4 yes, 0 abstentions and 0 no expected if the US votes no'
    >>> texts_on(figure.axes[0]).count("Y 90")
    5
    """
    label_of(result, arm)
    figure = page(result, title or of_assembly(result, arm), height=HEIGHT, shape=shape)
    wide, tall = figure.get_size_inches()
    axes = place(figure, (LEFT + 0.05, 0.83, wide - ASIDE, tall - ABOVE))
    first = next(iter(result.summary["arms"]))
    draw_assembly(result.states, axes, arm=arm, against=None if arm == first else first)
    text = (
        "Letter: likeliest choice; number: its chance in percent; under each group: expected "
        "votes. The United States belongs to no group and stands with Western European and Others."
    )
    if arm != first:
        text += (
            f"\nCompared with “{label_of(result, first)}”. Bold frame: another choice is likeliest "
            f"(Y›A: abstain in place of yes). Triangle: the chance of yes rises or falls by "
            f"{100 * MOVED:.0f} points or more.\n{ASSUMED}"
        )
    footnote(figure, text)
    return figure


def draw_assembly(
    states: pd.DataFrame, axes: Axes, *, arm: str, against: str | None = None
) -> None:
    """Draw a cell for each member state: colour and hatch its likeliest choice, paler with doubt.

    Parameters
    ----------
    states : DataFrame
        arm, iso3, name and p_yes ... p_non_voting.
    axes : Axes
        Drawn on; one unit is one cell.
    arm : str
        Which arm.
    against : str, optional
        Arm to compare with: the states that it moves are marked.

    Raises
    ------
    ValueError
        If the table lacks an arm.

    Examples
    --------
    >>> from sim.report.figures.drawing.words import texts_on
    >>> states = {"arm": "a", "iso3": list(layout()), "name": "", "p_yes": 0.9}
    >>> states |= {"p_abstain": 0.1, "p_no": 0.0, "p_non_voting": 0.0}
    >>> axes = Figure().add_subplot()
    >>> draw_assembly(pd.DataFrame(states), axes, arm="a")
    >>> texts_on(axes)[:2]
    ['AFG', 'AGO']
    """
    votes = votes_of(states, arm)
    columns = [f"p_{choice.column}" for choice in CHOICES]
    before = votes_of(states, arm if against is None else against).loc[votes.index]
    chances, earlier = votes[columns].to_numpy(), before[columns].to_numpy()
    corners = np.array([layout()[iso3][::-1] for iso3 in votes.index], dtype=float)
    rows, across = np.max(list(layout().values()), axis=0) + 1
    axes.set(xlim=(0, across), ylim=(rows, 0))
    axes.axis("off")
    _draw_cells(axes, corners, chances)
    _letter_cells(axes, corners, votes[columns], earlier)
    _mark_moved(axes, corners, chances, earlier)
    for group in SIZE_OF_GROUP:
        _name_group(axes, votes[columns], group)
    _draw_key(axes)


def fade_of(probability: float) -> float:
    """Return how strong the colour of a likeliest choice of that chance is.

    Examples
    --------
    >>> fade_of(0.95), fade_of(0.3)
    (1.0, 0.24)
    """
    return next(strength for least, strength, _ in FADES if probability >= least)


def _draw_cells(axes: Axes, corners: FloatArray, chances: FloatArray) -> None:
    choices = [Choice(int(choice)) for choice in chances.argmax(axis=1)]
    strengths = [fade_of(sure) for sure in chances.max(axis=1)]
    _fill(axes, corners, choices, strengths, size=(1.0, 1.0))


def _fill(
    axes: Axes,
    corners: FloatArray,
    choices: Sequence[Choice],
    strengths: Sequence[float],
    *,
    size: tuple[float, float],
) -> None:
    """Draw boxes, each in its colour and hatched round a plate for letters."""
    shades = np.array([faded(COLOURS[c], s) for c, s in zip(choices, strengths, strict=True)])
    boxes = _boxes(axes, corners, size, MARGIN)
    boxes.set(facecolor=shades, edgecolor=LINES, linewidth=0.3)
    for choice, hatch in HATCHES.items():
        here = np.array([each == choice for each in choices])
        if hatch is None or not here.any():
            continue
        _hatch(axes, corners[here], size, hatch)
        _boxes(axes, corners[here], size, PLATE).set(facecolor=shades[here], linewidth=0)


def _boxes(
    axes: Axes, corners: FloatArray, size: tuple[float, float], margin: float
) -> PolyCollection:
    # one box in many places is told once in an SVG; the scales of a map are plain
    scales = cast(Affine2DBase, axes.transData)
    boxes = PolyCollection(
        [_box(size, margin)], offsets=corners, offset_transform=axes.transData, clip_on=False
    )
    boxes.set_transform(AffineDeltaTransform(scales))
    axes.add_collection(boxes, autolim=False)
    return boxes


def _hatch(axes: Axes, corners: FloatArray, size: tuple[float, float], hatch: str) -> None:
    # one path, because a hatch is made anew for each
    box = _box(size, MARGIN)
    around = (corners[:, None] + [*box, box[0]]).reshape(-1, 2)
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    whole = Path(around, codes * len(corners))
    axes.add_artist(
        PathPatch(whole, facecolor="none", edgecolor=LINES, linewidth=0, hatch=hatch)
    ).set_clip_on(False)


def _box(size: tuple[float, float], margin: float) -> list[tuple[float, float]]:
    right, low = size[0] - margin, size[1] - margin
    return [(margin, margin), (margin, low), (right, low), (right, margin)]


def _letter_cells(
    axes: Axes, corners: FloatArray, votes: pd.DataFrame, earlier: FloatArray
) -> None:
    chances, members = votes.to_numpy(), Members.load()
    names = dict(zip(members.codes, members.names, strict=True))
    cell = 72 * size_on(axes)[0] / axes.get_xlim()[1]
    for iso3, (across, down), now, then in zip(votes.index, corners, chances, earlier, strict=True):
        choice, came = Choice(int(now.argmax())), Choice(int(then.argmax()))
        sure = float(now.max())
        ink = ink_on(faded(COLOURS[choice], fade_of(sure)))
        turned = "" if choice is came else f"{came.letter}›"
        told = f"{turned}{choice.letter} {short_chance(sure)}"
        code = Look(7.6, bold=True, align="center", colour=ink)
        room = cell * (PLAIN if HATCHES[choice] is None else HATCHED)
        name, size = _name_in(names[iso3], room)
        up = 0.04 * name.count("\n") if name else -0.06
        write_on(axes, iso3, (across + 0.5, down + 0.28 - up), look=code)
        if name:
            look = Look(size, align="center", colour=ink)
            write_on(axes, name, (across + 0.5, down + 0.54 - up / 3), look=look)
        chance = Look(6.4, align="center", colour=ink)
        write_on(axes, told, (across + 0.5, down + (0.77 + up / 3 if name else 0.69)), look=chance)


def _name_in(name: str, room: float) -> tuple[str, float]:
    """Return a name in one line or two that are as wide as that, and its size; "" if it is not."""
    parted = [name, *(f"{name[:at]}\n{name[at + 1 :]}" for at in _indices(name, " "))]
    parted += [f"{name[: at + 1]}\n{name[at + 1 :]}" for at in _indices(name, "-")]
    for size in NAMES:
        look = Look(size)
        width, lines = min(
            (max(width_of(line, look) for line in lines.split("\n")), lines) for lines in parted
        )
        whole = width_of(name, look)
        if min(whole, width) <= room:
            return (name if whole <= room else lines), size
    return "", NAMES[-1]


def _indices(text: str, letter: str) -> list[int]:
    return [at for at, each in enumerate(text) if each == letter]


def _mark_moved(axes: Axes, corners: FloatArray, chances: FloatArray, earlier: FloatArray) -> None:
    other = chances.argmax(axis=1) != earlier.argmax(axis=1)
    if other.any():
        frames = _boxes(axes, corners[other], (1.0, 1.0), MARGIN)
        frames.set(facecolor="none", edgecolor=INK, linewidth=1.9)
    rise = chances[:, Choice.YES] - earlier[:, Choice.YES]
    for marker, moved in (("^", rise >= MOVED), ("v", rise <= -MOVED)):
        if moved.any():
            axes.plot(
                *(corners[moved] + [0.86, 0.14]).T,
                linestyle="", marker=marker, markersize=4.5, color="white", markeredgecolor=INK,
                markeredgewidth=0.7,
            )  # fmt: skip


def _name_group(axes: Axes, votes: pd.DataFrame, group: str) -> None:
    codes = [
        state.iso3
        for state in Members.load().states
        if state.regional_group == group and state.iso3 in votes.index
    ]
    row, column = np.min([layout()[iso3] for iso3 in codes], axis=0)
    expected = votes.loc[codes].to_numpy().sum(axis=0)
    counts = ", ".join(
        f"{count:.0f} {choice.label}" if count >= 0.5 else f"<1 {choice.label}"
        for choice, count in zip(CHOICES, expected, strict=True)
    )
    left = column + MARGIN
    write_on(axes, f"{group} · {len(codes)}", (left, row - 0.53), look=Look(9.5, bold=True))
    write_on(axes, counts, (left, row - 0.19), look=Look(7.5, colour=FAINT))


def _draw_key(axes: Axes) -> None:
    title = "likeliest choice, paler where in doubt"
    write_on(axes, title, (KEY_COLUMN, KEY_ROW - 0.35), look=Look(8.5, bold=True))
    columns = KEY_COLUMN + KEY_WIDTH * np.arange(len(FADES))
    rows = KEY_ROW + 0.4 + KEY_HEIGHT * np.arange(len(CHOICES))
    for row, choice in zip(rows, CHOICES, strict=True):
        text = f"{choice.letter}  {choice.label}"
        write_on(axes, text, (KEY_COLUMN - 0.12, row + 0.3), look=Look(8, align="right"))
    for left, (_, _, told) in zip(columns, FADES, strict=True):
        middle = left + KEY_WIDTH / 2
        write_on(axes, told, (middle, KEY_ROW + 0.17), look=Look(6.5, align="center"))
    corners = np.array([(left, row) for row in rows for left in columns])
    choices = np.repeat(CHOICES, len(FADES))
    strengths = [strength for _, strength, _ in FADES] * len(CHOICES)
    _fill(axes, corners, [Choice(c) for c in choices], strengths, size=(KEY_WIDTH, KEY_HEIGHT))
