"""Where the skill lies: a back-test by title, issue, bloc, state and year, and its worst misses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.skill.joining import joined_pages
from sim.skill.misses import why, worst_misses
from sim.skill.page import skill_page
from sim.skill.tables import GROUPINGS, Grouping, by_group, figures_by_year

if TYPE_CHECKING:
    from sim.skill.backtest import run_backtest

__all__ = [
    "GROUPINGS",
    "Grouping",
    "by_group",
    "figures_by_year",
    "joined_pages",
    "run_backtest",
    "skill_page",
    "why",
    "worst_misses",
]


def __getattr__(name: str) -> Any:
    if name != "run_backtest":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sim.skill.backtest import run_backtest  # heavy

    return run_backtest
