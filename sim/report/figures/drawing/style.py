"""Colours that survive grey printing, numbers for narrow places, and stepped shapes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex, to_rgb

from sim.assembly.choices import Choice, FloatArray

Colour = tuple[float, float, float]

COLOURS: Mapping[Choice, Colour] = MappingProxyType(
    {
        Choice.YES: to_rgb("#17407a"),
        Choice.ABSTAIN: to_rgb("#f2d95c"),
        Choice.NO: to_rgb("#d55e00"),
        Choice.NON_VOTING: to_rgb("#a3a3a3"),
    }
)
"""Dark blue, yellow, vermilion, grey: told apart with any colour vision, and each lighter than the
next one by at least 10 on the scale of `lightness`."""

INK, FAINT, PALE = "#1a1a1a", "#5c5c5c", "#c8c8c8"
ASSUMED = (
    "How far the position of the United States moves the others is assumed, with a range, "
    "and not estimated from these votes."
)
FAMILIES = ("DejaVu Sans", "Verdana")
"""The first comes with matplotlib; the second, of the same widths, with most desktops."""
STYLE: Mapping[Any, Any] = MappingProxyType(
    {
        "font.family": "sans-serif",
        "font.sans-serif": [*FAMILIES],
        "font.size": 9,
        "text.color": INK,
        "axes.edgecolor": FAINT,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.color": FAINT,
        "xtick.labelcolor": INK,
        "hatch.linewidth": 0.6,
        "text.parse_math": False,
        "svg.hashsalt": "unga-sim",
        # text that can be found and read aloud, in a tenth of the bytes
        "svg.fonttype": "none",
    }
)


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draw with the same settings wherever the figures are drawn.

    Examples
    --------
    >>> with style():
    ...     mpl.rcParams["font.size"]
    9.0
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def lightness(colour: Colour) -> float:
    """Return how light a colour prints in grey, CIE L*: 0 black, 100 white.

    Parameters
    ----------
    colour : tuple of float
        sRGB, each 0 to 1.

    References
    ----------
    CIE 015:2018, L* of a colour of relative luminance Y; IEC 61966-2-1 for sRGB.

    Examples
    --------
    >>> lightness((0.0, 0.0, 0.0)), round(lightness((1.0, 1.0, 1.0)))
    (0.0, 100)
    """
    luminance = _luminance(colour)
    if luminance <= (6 / 29) ** 3:
        return luminance * (29 / 3) ** 3
    return float(116 * luminance ** (1 / 3) - 16)


def faded(colour: Colour, strength: float) -> Colour:
    """Return a colour mixed with white.

    Parameters
    ----------
    colour : tuple of float
        sRGB, each 0 to 1.
    strength : float
        1 leaves the colour, 0 gives white.

    Examples
    --------
    >>> faded((0.0, 0.0, 1.0), 0.5)
    (0.5, 0.5, 1.0)
    """
    red, green, blue = (1 - strength * (1 - part) for part in colour)
    return red, green, blue


def ink_on(colour: Colour) -> str:
    """Return black or white, whichever reads better on a colour.

    Examples
    --------
    >>> ink_on(COLOURS[Choice.YES]), ink_on(COLOURS[Choice.ABSTAIN])
    ('#ffffff', '#000000')
    """
    # by the contrast ratio of WCAG 2, (L1 + 0.05) / (L2 + 0.05), black and white are even at 0.179
    return to_hex("black" if _luminance(colour) > 0.179 else "white")


def with_sign(number: float, *, digits: int = 0) -> str:
    """Return a number with its sign, plus or a true minus; none before zero.

    Examples
    --------
    >>> with_sign(-9.31, digits=1), with_sign(4), with_sign(-0.2)
    ('−9.3', '+4', '0')
    """
    rounded = round(number, digits)
    sign = "" if rounded == 0 else "+" if rounded > 0 else "\N{MINUS SIGN}"
    return f"{sign}{abs(rounded):.{digits}f}"


def steps(first: int, heights: FloatArray, *, base: float) -> FloatArray:
    """Return the corners of a stepped shape: up from its base, along its steps, and down again.

    Parameters
    ----------
    first : int
        The whole number at the middle of the first step.
    heights : array [step]
        Where each step ends, on the scale of `base`.
    base : float
        Where the shape stands.

    Returns
    -------
    array [corner, 2]

    Examples
    --------
    >>> steps(3, np.array([5.0, 7.0]), base=0.0).tolist()
    [[2.5, 0.0], [2.5, 5.0], [3.5, 5.0], [3.5, 7.0], [4.5, 7.0], [4.5, 0.0]]
    """
    edges = first + np.arange(len(heights) + 1) - 0.5
    levels = np.pad(np.repeat(heights, 2), 1, constant_values=base)
    return np.column_stack([np.repeat(edges, 2), levels])


def fill(axes: Axes, shapes: Sequence[FloatArray], **look: Any) -> None:
    """Fill shapes as one artist, and leave the limits of the axes alone.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().add_subplot()
    >>> fill(axes, [steps(0, np.ones(2), base=0.0)], facecolor="black")
    >>> len(axes.collections), axes.get_xlim()
    (1, (np.float64(0.0), np.float64(1.0)))
    """
    axes.add_collection(PolyCollection(list(shapes), linewidth=0, **look), autolim=False)


def trace(axes: Axes, lines: Sequence[npt.ArrayLike], **look: Any) -> None:
    """Draw lines as one artist, and leave the limits of the axes alone.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().add_subplot()
    >>> trace(axes, [np.array([[0.0, 0.0], [1.0, 1.0]])], color="black")
    >>> len(axes.collections)
    1
    """
    axes.add_collection(LineCollection(list(lines), **look), autolim=False)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
