"""What a back-test found, its tables, and the three files that it leaves."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import files
from sim.assembly.choices import CHOICES, NOT_A_MEMBER
from sim.assembly.members import Members
from sim.record import Record
from sim.skill.backtest.judged import Judged
from sim.skill.backtest.like import like_texts
from sim.skill.backtest.reveal import revealed_table
from sim.skill.backtest.scoring import scores_of
from sim.skill.scores import crps
from sim.vote.outcomes import summary

DIGITS = 10
"""Significant digits written; further ones differ between machines."""


@dataclass(frozen=True)
class BacktestResult:
    """Forecasters on the same roll calls.

    Attributes
    ----------
    held : Record
        The roll calls of the window, with the votes as they were.
    us : str
        Whether the position of the United States was ``given`` or ``unknown`` to the models.
    judged : mapping of str to Judged
        By name; the first is the one that the tables are of.
    cases : DataFrame or None
        What `sim.skill.backtest.reveal.reveal` found, if votes were revealed.
    """

    held: Record
    us: str
    judged: Mapping[str, Judged]
    cases: pd.DataFrame | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        """Return how many roll calls, and which forecasters."""
        return f"BacktestResult({len(self.held)} roll calls, US {self.us}, {list(self.judged)})"

    @property
    def model(self) -> str:
        """Name of the forecaster that the tables are of."""
        return next(iter(self.judged))

    @functools.cached_property
    def forecasts(self) -> pd.DataFrame:
        """One row a member state and roll call: symbol, date, iso3, p_yes, ..., and the key.

        The probabilities of a row sum to 1. States that were no members that day are left out; a
        vote lost in the source was forecast like any other.
        """
        about, codes = self.held.roll_calls, np.array(Members.load().codes)
        row, state = np.nonzero(self.held.votes != NOT_A_MEMBER)
        chances = self.judged[self.model].forecasts.probabilities[row, state]
        return pd.DataFrame(
            {
                "symbol": about["symbol"].to_numpy()[row],
                "date": self.held.dates.astype(str)[row],
                "iso3": codes[state],
                **{f"p_{choice.column}": chances[:, choice] for choice in CHOICES},
                "key": about["key"].to_numpy()[row],
            }
        )

    @functools.cached_property
    def tallies(self) -> pd.DataFrame:
        """One row a roll call and choice: symbol, date, choice, mean ... actual, crps, and key."""
        return self.tallies_of(self.model)

    def tallies_of(self, name: str) -> pd.DataFrame:
        """Return the forecast counts of a forecaster against the actual ones [votes]."""
        counts, actual = self.judged[name].counts, self.held.tallies()
        scores = crps(counts, actual)
        rows = [
            {
                "symbol": about["symbol"],
                "date": str(self.held.dates[row]),
                "choice": choice.column,
                **summary(counts[row, choice]),
                "actual": int(actual[row, choice]),
                "crps": scores[row, choice],
                "key": about["key"],
            }
            for row, about in enumerate(self.held.roll_calls.to_dict("records"))
            for choice in CHOICES
        ]
        return pd.DataFrame(rows)

    @functools.cached_property
    def revealed(self) -> pd.DataFrame | None:
        """Scores of the votes not revealed; see `sim.skill.backtest.reveal.revealed_table`."""
        return None if self.cases is None else revealed_table(self.cases)

    @functools.cached_property
    def scores(self) -> dict[str, Any]:
        """Every figure of every forecaster, on the same rows; see `sim.skill.backtest.scoring`."""
        days = self.held.dates
        return {
            "first": str(days[0]) if len(days) else None,
            "last": str(days[-1]) if len(days) else None,
            "roll_calls": len(days),
            "state_votes": int((self.held.votes >= 0).sum()),
            "us": self.us,
            "model": self.model,
            **scores_of(self.held, self.judged),
            **({} if self.revealed is None else {"reveal": self.revealed.to_dict("records")}),
        }


def write_backtest(result: BacktestResult, folder: Path) -> None:
    """Write ``forecasts.csv``, ``tallies.csv``, ``scores.json``, ``skill.csv``; ``reveal.csv``.

    The last if votes were revealed.

    Parameters
    ----------
    result : BacktestResult
    folder : Path
        Made if it is not there. All is computed before the first file is touched.

    Examples
    --------
    >>> import tempfile
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_backtest(result, Path(folder))
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['forecasts.csv', 'scores.json', 'skill.csv', 'tallies.csv']
    """
    texts = {
        "forecasts.csv": files.csv_text(result.forecasts, digits=DIGITS),
        "tallies.csv": files.csv_text(result.tallies, digits=DIGITS),
        "scores.json": json.dumps(_plain(result.scores), indent=2, allow_nan=False) + "\n",
    }
    if result.revealed is not None:
        texts["reveal.csv"] = files.csv_text(result.revealed, digits=DIGITS)
    like = like_texts(result.held, result.judged, us=result.us)
    texts["skill.csv"] = like.to_csv(index=False, float_format="%.4f", lineterminator="\n")
    for name, text in texts.items():
        files.write_text(folder / name, text)


def _plain(value: Any) -> Any:
    """Return the value as JSON can hold it: rounded, and nothing for what is no number."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
    return value
