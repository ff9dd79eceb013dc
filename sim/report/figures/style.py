"""Colours that survive grey printing, and numbers for narrow places."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
from matplotlib.colors import to_hex, to_rgb

from sim.assembly.choices import Choice

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


def signed(number: float, *, digits: int = 0) -> str:
    """Return a number with its sign, plus or a true minus; none before zero.

    Examples
    --------
    >>> signed(-9.31, digits=1), signed(4), signed(-0.2)
    ('−9.3', '+4', '0')
    """
    rounded = round(number, digits)
    sign = "" if rounded == 0 else "+" if rounded > 0 else "\N{MINUS SIGN}"
    return f"{sign}{abs(rounded):.{digits}f}"


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
