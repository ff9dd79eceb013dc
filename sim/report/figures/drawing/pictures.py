"""The two files of a figure: a PNG of at most 256 colours, and a short SVG."""

from __future__ import annotations

import functools
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

from sim import files
from sim.assembly.choices import FloatArray, IntArray

MAKER = "unga-sim"
"""Written into both files: no day and no version, so that the same figure gives the same bytes."""
DPI = 160
COLOURS, COMMON = 256, 64
"""Of a PNG at most, and how many of them are the commonest as they are."""
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold (https://www.w3.org/TR/xml/#charsets)."""
TAG, FINE = re.compile(r"<[^>]*>"), re.compile(r"(?<=\.\d\d)\d+")
"""In an SVG: what is no text, and decimals beyond a hundredth of a point."""

Pixels = npt.NDArray[np.uint8]


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
    png, svg = (stem.with_name(stem.name + ending) for ending in (".png", ".svg"))
    files.write_whole(png, functools.partial(_write_png, figure))
    files.write_text(svg, _svg(figure))
    return [png, svg]


def few_colours(picture: Pixels) -> tuple[Pixels, Pixels]:
    """Return a picture as numbers of colours, of which there are at most 256.

    Of more, the commonest stay as they are. The others are chosen one after the other, each the
    furthest from those before, so that even a colour of few pixels has one near it.

    Parameters
    ----------
    picture : array [down, across, 4]
        Red, green, blue and alpha; the alpha is dropped.

    Returns
    -------
    numbers : array [down, across]
    colours : array [number, 3]

    Examples
    --------
    >>> numbers, colours = few_colours(np.array([[[9, 8, 7, 255], [0, 0, 0, 255]]], dtype=np.uint8))
    >>> numbers.tolist(), colours.tolist()
    ([[1, 0]], [[0, 0, 0], [9, 8, 7]])
    """
    packed = np.ascontiguousarray(picture).view("<u4")[..., 0].ravel() & 0xFFFFFF
    # most neighbours are alike, so it pays to look at runs of pixels
    starts = np.flatnonzero(np.append(True, packed[1:] != packed[:-1]))
    lengths = np.diff(starts, append=len(packed))
    which, seen = pd.factorize(packed[starts], sort=True)  # by hash, faster than np.unique
    colours = seen.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3]
    chosen, number = _chosen(colours, np.bincount(which, weights=lengths))
    numbers = np.repeat(number[which], lengths).reshape(picture.shape[:2])
    return numbers, colours[chosen]


def _chosen(colours: Pixels, counts: IntArray | FloatArray) -> tuple[IntArray, Pixels]:
    """Return which colours are kept, and for each the number of the one that stands for it."""
    if len(colours) <= COLOURS:
        every = np.arange(len(colours))
        return every, every.astype(np.uint8)
    parts = colours.astype(np.float64)
    squares = (parts**2).sum(axis=1)
    chosen = list(np.argsort(-counts, kind="stable")[:COMMON])
    away = squares[:, None] - 2 * parts @ parts[chosen].T + squares[chosen]  # [colour, chosen]
    number, least = away.argmin(axis=1), away.min(axis=1)
    while len(chosen) < COLOURS:
        furthest = int(least.argmax())
        here = squares - 2 * parts @ parts[furthest] + squares[furthest]
        number[here < least] = len(chosen)
        least = np.minimum(least, here)
        chosen.append(furthest)
    return np.array(chosen), number.astype(np.uint8)


def _write_png(figure: Figure, path: Path) -> None:
    figure.set_dpi(DPI)
    canvas: Any = FigureCanvasAgg(figure)  # matplotlib tells no types of it
    canvas.draw()
    numbers, colours = few_colours(np.asarray(canvas.buffer_rgba()))
    down, across = numbers.shape
    picture = Image.frombytes("P", (across, down), numbers.tobytes())
    picture.putpalette(colours.tobytes())
    told = PngImagePlugin.PngInfo()
    told.add_text("Software", MAKER)
    picture.save(path, format="PNG", dpi=(DPI, DPI), pnginfo=told)


def _svg(figure: Figure) -> str:
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Creator": MAKER, "Date": None})
    text = NO_XML.sub("\N{REPLACEMENT CHARACTER}", drawn.getvalue())
    return TAG.sub(lambda tag: FINE.sub("", tag[0]), text)
