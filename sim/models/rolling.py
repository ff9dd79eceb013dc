"""Forecasts of many roll calls, each made from what was known before its day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.assembly.choices import BoolArray, FloatArray, IntArray

Us = Literal["given", "unknown"]
"""Whether the position of the United States is known when a text is forecast."""


@dataclass(frozen=True)
class RollingForecasts:
    """Forecasts of roll calls of one record; all arrays read-only.

    Attributes
    ----------
    rows : array of int [roll call]
        Rows of the record.
    probabilities : array [roll call, state, choice]
        Each state's, also of states that were no members.
    novelty : array [roll call]
        1 less the likeness of the likest earlier text, from 0 to 1.
    recurring : array of bool [roll call]
        A roll call with the same title and kind was held on an earlier day.

    Raises
    ------
    ValueError
        If the arrays are not of one length, or probabilities do not sum to 1.

    Examples
    --------
    >>> even = np.full((1, 193, 4), 0.25)
    >>> len(RollingForecasts(np.array([7]), even, np.zeros(1), np.array([True])))
    1
    """

    rows: IntArray
    probabilities: FloatArray
    novelty: FloatArray
    recurring: BoolArray

    def __post_init__(self) -> None:
        """Check the arrays and make them read-only."""
        for name in ("rows", "probabilities", "novelty", "recurring"):
            kept = np.array(getattr(self, name))
            if len(kept) != len(self.rows):
                raise ValueError(f"{name}: {len(kept)} for {len(self.rows)} roll calls")
            kept.flags.writeable = False
            object.__setattr__(self, name, kept)
        if len(self.rows) and np.abs(self.probabilities.sum(axis=2) - 1).max() > 1e-9:
            raise ValueError("probabilities: those of a state in a roll call must sum to 1")

    def followed_by(self, later: RollingForecasts) -> RollingForecasts:
        """Return these forecasts and those of later roll calls."""
        names = ("rows", "probabilities", "novelty", "recurring")
        return RollingForecasts(
            *(np.concatenate([getattr(self, name), getattr(later, name)]) for name in names)
        )

    def part(self, kept: BoolArray) -> RollingForecasts:
        """Return the forecasts of some of the roll calls."""
        chances, novelty = self.probabilities[kept], self.novelty[kept]
        return RollingForecasts(self.rows[kept], chances, novelty, self.recurring[kept])

    def __len__(self) -> int:
        """Count the roll calls."""
        return len(self.rows)
