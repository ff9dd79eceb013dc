"""How good forecasts were: proper scores, calibration, and how sure each figure is.

Nothing here knows a model or a file: probabilities and what happened in, figures out.
"""

from sim.skill.scores.calibration import (
    BINS,
    bin_edges,
    calibration_error,
    pit_histogram,
    reliability,
)
from sim.skill.scores.counts import (
    LEVELS,
    closed_coverage,
    coverage,
    crps,
    expected_counts,
    pit_limits,
    quantiles,
)
from sim.skill.scores.errors import (
    Difference,
    Estimate,
    Statistic,
    difference,
    estimate,
    resampled_days,
)
from sim.skill.scores.states import CellScores, present_only, score_cells

__all__ = [
    "BINS",
    "LEVELS",
    "CellScores",
    "Difference",
    "Estimate",
    "Statistic",
    "bin_edges",
    "calibration_error",
    "closed_coverage",
    "coverage",
    "crps",
    "difference",
    "estimate",
    "expected_counts",
    "pit_histogram",
    "pit_limits",
    "present_only",
    "quantiles",
    "reliability",
    "resampled_days",
    "score_cells",
]
