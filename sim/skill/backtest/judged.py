"""One forecaster on every roll call of a window, and how its probabilities came out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.assembly.choices import BoolArray, Choice, FloatArray
from sim.models.rolling import RollingForecasts
from sim.record import Record
from sim.skill.scores import bin_edges, pit_histogram, pit_limits, reliability
from sim.vote.dependence import Dependence


@dataclass(frozen=True)
class Judged:
    """One forecaster on every roll call of a window.

    Attributes
    ----------
    label : str
        In plain words.
    forecasts : RollingForecasts
        Rows are those of the window.
    counts : array [roll call, choice, votes]
        Distributions of the four counts; read-only.
    dependences : tuple of Dependence [roll call]
        How states move together; none if the forecaster does not say.
    """

    label: str
    forecasts: RollingForecasts = field(repr=False)
    counts: FloatArray = field(repr=False)
    dependences: tuple[Dependence, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Check the distributions and make them read-only."""
        rolls, states, choices = self.forecasts.probabilities.shape
        if self.counts.shape != (rolls, choices, states + 1):
            wanted = f"{(rolls, choices, states + 1)} [roll call, choice, votes]"
            raise ValueError(f"{self.label}: counts are {self.counts.shape}, {wanted} is wanted")
        self.counts.flags.writeable = False

    def part(self, kept: BoolArray) -> Judged:
        """Return it on some of the roll calls."""
        shared = tuple(one for one, here in zip(self.dependences, kept, strict=False) if here)
        return Judged(self.label, self.forecasts.part(kept), self.counts[kept], shared)

    def pit(self, held: Record, choice: Choice) -> FloatArray:
        """Return the heights of the histogram of the transform of one count [bin]."""
        return pit_histogram(*pit_limits(self.counts[:, choice], held.tallies()[:, choice]))

    def reliability(self, held: Record, choice: Choice) -> pd.DataFrame:
        """Return forecast, frequency and count of one choice in ten bins of equal width."""
        scored = held.votes >= 0
        chances = self.forecasts.probabilities[scored][:, choice]
        happened = np.asarray(held.votes[scored] == choice)
        return reliability(chances, happened, edges=bin_edges(chances, "equal_width"))
