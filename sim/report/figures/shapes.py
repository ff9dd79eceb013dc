"""Stepped shapes, many as one artist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from sim.assembly.choices import FloatArray


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
