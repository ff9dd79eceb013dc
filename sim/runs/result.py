"""The tables of a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

TABLES = ("distribution", "differences", "states", "thresholds")
"""What every result has."""
ON_DEMAND = ("margins", "joint")
"""What a result may have."""


@dataclass(frozen=True)
class Result:
    """The tables of a result folder, made by a run or read.

    Columns of what was not drawn, or not computed, are left out.

    Attributes
    ----------
    summary : dict
        As in ``summary.json``.
    distribution : DataFrame
        arm, choice, votes, probability, simulated.
    differences : DataFrame
        arm, against, choice, difference, probability; no rows where nothing was drawn.
    states : DataFrame
        arm, iso3, name, probabilities and changes.
    thresholds : DataFrame
        arm, threshold, choice, at_least, simulated, standard_error, exact, exact_error.
    margins : DataFrame or None
        arm, margin, probability, simulated; older results have none.
    joint : DataFrame or None
        arm, yes, no, probability, where it was asked for.
    actual : dict or None
        As in ``actual.json``: the real vote, looked up afterwards; for figures alone.
    """

    summary: dict[str, Any]
    distribution: pd.DataFrame
    differences: pd.DataFrame
    states: pd.DataFrame
    thresholds: pd.DataFrame
    margins: pd.DataFrame | None = None
    joint: pd.DataFrame | None = None
    actual: dict[str, Any] | None = None

    def __repr__(self) -> str:
        """Return which scenario it is of, and its arms."""
        about = self.summary
        return f"Result({about['title']!r}, as of {about['as_of']}, arms {list(about['arms'])})"

    @property
    def computed(self) -> bool:
        """Whether the chances are computed; else they are shares of the draws."""
        return all("exact" in told["adopted"] for told in self.summary["arms"].values())
