"""What came out: counts over the draws of a run, and every table made from them."""

from __future__ import annotations

from sim.outcomes.chances import QUANTILES, ArmChances, summary
from sim.outcomes.counts import ArmCounts, PairCounts, count_arm, count_pair
from sim.outcomes.tables import Outcomes, Threshold

__all__ = [
    "QUANTILES",
    "ArmChances",
    "ArmCounts",
    "Outcomes",
    "PairCounts",
    "Threshold",
    "count_arm",
    "count_pair",
    "summary",
]
