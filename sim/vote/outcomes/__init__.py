"""What came out: counts over the draws of a run, and every table made from them.

Start with `tables.Outcomes`, which is what a run gives; it alone makes DataFrames.
"""

from __future__ import annotations

from sim.vote.outcomes.chances import (
    QUANTILES,
    ArmChances,
    few,
    share_error,
    summary,
    supported,
    supported_shares,
)
from sim.vote.outcomes.counts import ArmCounts, PairCounts, count_arm, count_pair

__all__ = [
    "QUANTILES",
    "ArmChances",
    "ArmCounts",
    "PairCounts",
    "count_arm",
    "count_pair",
    "few",
    "share_error",
    "summary",
    "supported",
    "supported_shares",
]
