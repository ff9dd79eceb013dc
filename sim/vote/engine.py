"""How a scenario is run: by drawing, by computing, or both side by side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Engine(StrEnum):
    """What makes the outcomes of a run.

    Examples
    --------
    >>> Engine("exact").draws, Engine("both").draws, Engine("simulate").computes
    (False, True, False)
    """

    SIMULATE = "simulate"
    EXACT = "exact"
    BOTH = "both"

    @property
    def draws(self) -> bool:
        """Whether votes are drawn."""
        return self is not Engine.EXACT

    @property
    def computes(self) -> bool:
        """Whether distributions are computed with no sampling."""
        return self is not Engine.SIMULATE


@dataclass(frozen=True)
class Plan:
    """How a scenario is run.

    Attributes
    ----------
    draws, seed : int
        Draws are asked for; where the engine draws nothing, neither counts.
    engine : Engine
    keep_draws : bool
        Whether the tally of every draw is written.
    joint : bool
        Whether the joint distribution of yes and no is computed and written.
    """

    draws: int
    seed: int
    engine: Engine = Engine.BOTH
    keep_draws: bool = False
    joint: bool = False

    def steps(self, arms: int) -> tuple[int, str]:
        """Return how many steps a run has, and what they are: draws, or arms if none is drawn."""
        return (self.draws, "draws") if self.engine.draws else (arms, "arms")
