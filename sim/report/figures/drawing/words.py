"""Short texts of one look as one artist; one by one they take longer to draw than all else."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.ft2font import Kerning, LoadFlags
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform, ScaledTranslation, Transform

from sim.assembly.choices import FloatArray
from sim.report.figures.drawing.style import FAMILIES, INK

Align = Literal["left", "center", "right"]
Pair = tuple[float, float]

CAPITAL, LINE = 0.729, 1.22
"""Height of a capital, and from line to line [sizes of the font]."""
SIMPLE = re.compile(
    "[ -~\xa0-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u22ff\n]*"
)
"""Latin, Greek, Cyrillic and signs: letters that stand beside each other as they are."""
ALIGNED: Mapping[Align, tuple[float, str]] = MappingProxyType(
    {"left": (0.0, "start"), "center": (0.5, "middle"), "right": (1.0, "end")}
)
"""How much of a word is left of its place, and what SVG calls that."""


@dataclass(frozen=True)
class Look:
    """How words are set.

    Attributes
    ----------
    size : float
        Of the font [points].
    bold : bool
    align : {"left", "center", "right"}
        Which part of a word is at its place.
    colour : str
        As matplotlib and SVG both take it.
    """

    size: float
    bold: bool = False
    align: Align = "left"
    colour: str = INK


class Words(Artist):
    """Lines of text of one look: text in an SVG figure, outlines of letters in any other.

    Parameters
    ----------
    look : Look
    places : Transform
        From places to pixels.

    Examples
    --------
    >>> words = Words(Look(8.0), IdentityTransform())
    >>> words.add("FRA", (20.0, 30.0))
    >>> words.lines
    ['FRA']
    """

    def __init__(self, look: Look, places: Transform) -> None:
        super().__init__()
        self.look = look
        self.lines: list[str] = []
        self._spots: list[Pair] = []
        self._shifts: list[Pair] = []
        self.set_transform(places)
        self.set_zorder(3)  # that of matplotlib's own text

    def add(self, line: str, spot: Pair, *, shift: Pair = (0.0, 0.0)) -> None:
        """Add a line: where its baseline is, and how far from there right and up [points]."""
        self.lines.append(line)
        self._spots.append(spot)
        self._shifts.append(shift)

    def draw(self, renderer: RendererBase) -> None:
        """Draw all lines, at one place in the order of artists."""
        dpi = self.figure.dpi
        spots = self.get_transform().transform(np.array(self._spots))
        spots = spots + dpi / 72 * np.array(self._shifts)
        # only what draws SVG has a writer
        if (writer := getattr(renderer, "writer", None)) is None:
            self._outlines(spots, dpi).draw(renderer)
        else:
            spots[:, 1] = renderer.get_canvas_width_height()[1] - spots[:, 1]
            self._write(spots, writer)

    def _outlines(self, spots: FloatArray, dpi: float) -> PathCollection:
        share, _ = ALIGNED[self.look.align]
        letters: list[Path] = []
        corners: list[Pair] = []
        for line, (across, up) in zip(self.lines, spots, strict=True):
            outlines, steps, width = _set(line, self.look.size, self.look.bold, dpi)
            letters += outlines
            # the outlines are fitted to rows of pixels, so a baseline has to be one
            corners += [(across - share * width + step, round(up)) for step in steps]
        drawn = PathCollection(
            letters, offsets=corners, facecolors=self.look.colour, linewidths=0, snap=False
        )
        drawn.set_transform(IdentityTransform())
        drawn.set_figure(self.figure)
        return drawn

    def _write(self, spots: FloatArray, writer: Any) -> None:
        names = ", ".join(f"'{name}'" for name in FAMILIES)
        weight = "font-weight: 700; " if self.look.bold else ""
        style = (
            f"{weight}font-size: {self.look.size:g}px; font-family: {names}, sans-serif; "
            f"text-anchor: {ALIGNED[self.look.align][1]}; fill: {self.look.colour}"
        )
        writer.start("g", attrib={"style": style, "xml:space": "preserve"})
        for line, (across, down) in zip(self.lines, spots, strict=True):
            writer.element("text", line, x=f"{across:.2f}", y=f"{down:.2f}")
        writer.end("g")


def write_on(
    canvas: Axes | Figure,
    text: str,
    spot: Pair,
    *,
    look: Look,
    places: Transform | None = None,
    shift: Pair = (0.0, 0.0),
    line: float = LINE,
) -> None:
    """Write lines of text whose middle is level with a spot.

    Parameters
    ----------
    canvas : Axes or Figure
        Written on.
    text : str
    spot : tuple of float
        Across and up, or down, as `places` counts.
    look : Look
    places : Transform, optional
        From places to pixels; by default the scales of axes, or parts of a figure.
    shift : tuple of float
        From the spot right and up [points].
    line : float
        From line to line [sizes of the font].

    Examples
    --------
    >>> axes = Figure().add_subplot()
    >>> write_on(axes, "expected 93", (0.5, 0.5), look=Look(8.0))
    >>> texts_on(axes)
    ['expected 93']
    """
    if places is None:
        places = canvas.transData if isinstance(canvas, Axes) else canvas.transFigure
    if SIMPLE.fullmatch(text):
        words, lines = _words_of(canvas, look, places), text.split("\n")
        for number, told in enumerate(lines):
            up = ((len(lines) - 1) / 2 - number) * line - CAPITAL / 2
            words.add(told, spot, shift=(shift[0], shift[1] + up * look.size))
        return
    # other scripts join letters or run from the right, which matplotlib's own text knows
    inches = canvas.figure.dpi_scale_trans
    canvas.text(
        *spot, text, transform=places + ScaledTranslation(shift[0] / 72, shift[1] / 72, inches),
        size=look.size, weight="bold" if look.bold else "normal", color=look.colour,
        ha=look.align, va="center", linespacing=line,
    )  # fmt: skip


def width_of(text: str, look: Look) -> float:
    """Return how wide words are [points].

    Examples
    --------
    >>> width_of("no", Look(8.0)) == 2 * width_of("no", Look(4.0)) > 4 * width_of("i", Look(4.0))
    True
    """
    return 0.01 * look.size * sum(_letter(each, _font_file(look.bold), 100, 72)[1] for each in text)


def texts_on(canvas: Axes | Figure) -> list[str]:
    r"""Return every line written on axes or on a figure, look by look.

    Examples
    --------
    >>> figure = Figure()
    >>> write_on(figure, "two\nlines", (0.5, 0.5), look=Look(8.0))
    >>> texts_on(figure)
    ['two', 'lines']
    """
    found = [line for words in canvas.artists if isinstance(words, Words) for line in words.lines]
    return found + [text.get_text() for text in canvas.texts]


def _words_of(canvas: Axes | Figure, look: Look, places: Transform) -> Words:
    for words in canvas.artists:
        if isinstance(words, Words) and words.look == look and words.get_transform() is places:
            return words
    words = Words(look, places)
    words.set_clip_on(False)
    canvas.add_artist(words)
    return words


@functools.lru_cache(maxsize=4096)
def _set(
    line: str, size: float, bold: bool, dpi: float
) -> tuple[tuple[Path, ...], tuple[float, ...], float]:
    """Return the outline of each visible letter, how far right it is, and the line's width."""
    name = _font_file(bold)
    font = font_manager.get_font(name)
    font.set_size(size, dpi)  # kerning is that of the size set last
    outlines, steps = [], []
    across, last = 0.0, None
    for letter in line:
        outline, advance = _letter(letter, name, size, dpi)
        index = font.get_char_index(ord(letter))
        if last is not None:
            across += font.get_kerning(last, index, Kerning.UNFITTED) / 64
        if not letter.isspace():
            outlines.append(outline)
            steps.append(across)
        across, last = across + advance, index
    return tuple(outlines), tuple(steps), across


@functools.cache
def _font_file(bold: bool) -> str:
    weight = "bold" if bold else "normal"
    wanted = font_manager.FontProperties(family=[*FAMILIES], weight=weight)
    return str(font_manager.findfont(wanted))


@functools.lru_cache(maxsize=1024)
def _letter(letter: str, name: str, size: float, dpi: float) -> tuple[Path, float]:
    """Return the outline of a letter and how far it moves the next one right [pixels]."""
    font = font_manager.get_font(name)
    font.set_size(size, dpi)
    glyph = font.load_char(ord(letter), flags=LoadFlags.DEFAULT)
    vertices, codes = font.get_path()
    return Path(vertices, codes), glyph.horiAdvance / 64
