"""What something holds, as a key: of a cache whose values depend on that and on nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd


def content_of(thing: Any) -> Hashable:
    """Return a key that two things share only where they hold the same.

    What can be hashed stands for itself; arrays, tables, mappings, sequences and other dataclasses
    for all that is in them.

    Raises
    ------
    TypeError
        If it holds something that is none of these.

    Examples
    --------
    >>> one, same, other = ({"a": np.array([1.0, last])} for last in (2.0, 2.0, 3.0))
    >>> content_of(one) == content_of(same), content_of(one) == content_of(other)
    (True, False)
    >>> content_of({1})
    Traceback (most recent call last):
    TypeError: no key for a set
    """
    try:
        hash(thing)
    except TypeError:
        return type(thing).__name__, *_inside(thing)
    found: Hashable = thing
    return found


def _inside(thing: Any) -> tuple[Hashable, ...]:
    if isinstance(thing, np.ndarray):
        held = tuple(thing.ravel().tolist()) if thing.dtype.hasobject else thing.tobytes()
        return thing.shape, thing.dtype.str, held
    if isinstance(thing, pd.DataFrame):
        return tuple((name, content_of(thing[name].to_numpy())) for name in thing)
    if isinstance(thing, Mapping):
        return tuple((name, content_of(value)) for name, value in thing.items())
    if isinstance(thing, tuple | list):
        return tuple(map(content_of, thing))
    if dataclasses.is_dataclass(thing):
        named = (each.name for each in dataclasses.fields(thing))
        return tuple((name, content_of(getattr(thing, name))) for name in named)
    raise TypeError(f"no key for a {type(thing).__name__}")
