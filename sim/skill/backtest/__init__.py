"""Back-test: every roll call of some years forecast from what was known strictly before its day."""

from sim.skill.backtest.judged import Judged
from sim.skill.backtest.result import BacktestResult, write_backtest
from sim.skill.backtest.run import BEST, LABELS, RESCALED, Forecaster, run_backtest
from sim.skill.backtest.tallying import (
    CountLaw,
    counts_under,
    independent_counts,
    past_counts,
    rescaled_counts,
)

__all__ = [
    "BEST",
    "LABELS",
    "RESCALED",
    "BacktestResult",
    "CountLaw",
    "Forecaster",
    "Judged",
    "counts_under",
    "independent_counts",
    "past_counts",
    "rescaled_counts",
    "run_backtest",
    "write_backtest",
]
