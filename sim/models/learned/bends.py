"""Effects that bend: beyond some values of a feature, the slope of its effect may be another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

BENDS = (0.1, 0.5, 0.9)
"""Quantiles of a column at which the slope of its effect may change."""
BEND = ">"
"""``x>k`` names the feature max(x - k, 0): with it the effect of x has another slope beyond k."""

Column = Callable[[str], npt.NDArray[np.floating]]


def feature(column: Column, name: str) -> npt.NDArray[np.floating]:
    """Return a column, or how far it is beyond a bend [...].

    Parameters
    ----------
    column : callable
        Gives a column by name [...].
    name : str
        ``x``, or ``x>k`` for max(x - k, 0).

    Examples
    --------
    >>> feature(lambda name: np.array([-1.0, 3.0]), "lr>0.5")
    array([0. , 2.5])
    """
    name, bent, bend = name.partition(BEND)
    return np.maximum(column(name) - np.float32(bend), 0) if bent else column(name)


def with_bends(
    column: Column, names: Sequence[str], *, straight: tuple[str, ...] = ()
) -> list[str]:
    """Return features, each followed by its bends.

    Bends are at the quantiles `BENDS` of the column, less those at its least or largest value; so a
    mark that is 0 or 1 has none.

    Parameters
    ----------
    column : callable
        Gives a column by name [cell].
    names : sequence of str
    straight : tuple of str
        How the names begin of those that get no bend.

    Examples
    --------
    >>> columns = {"am": np.repeat([0.0, 1.0], [9, 2]), "lr": np.arange(11.0)}
    >>> with_bends(columns.__getitem__, ["am", "lr"])
    ['am', 'lr', 'lr>1', 'lr>5', 'lr>9']
    """
    found = []
    for name in names:
        if name.startswith(straight):
            found.append(name)
            continue
        values = column(name)
        places = dict.fromkeys(f"{place:.4g}" for place in np.quantile(values, BENDS))
        within = [place for place in places if values.min() < float(place) < values.max()]
        found += [name, *(f"{name}{BEND}{place}" for place in within)]
    return found
