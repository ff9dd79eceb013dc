"""The back-test itself: who forecasts, and in which order."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
import pandas as pd

from sim.models.rolling import RollingForecasts, Us
from sim.record import Day, Record
from sim.record.value import ShortRecordError
from sim.skill.backtest.judged import Judged
from sim.skill.backtest.result import BacktestResult
from sim.skill.backtest.reveal import reveal
from sim.skill.backtest.tallying import (
    CountLaw,
    counts_under,
    independent_counts,
    past_counts,
    rescaled_counts,
)
from sim.skill.baselines import BASELINES, forecast_baselines, likest_text, rows_between
from sim.vote.dependence import Dependence

BEST, RESCALED, LIKEST = "nearest-texts", "nearest-texts-rescaled", "likest-text"
EARLIER = 3
"""Years of earlier forecasts that the rescaled spread is learned from [years]."""
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "overall": "overall frequencies; past counts",
        "state": "state's own frequencies, 3 years",
        "state-issue": "state × issue, 5 years",
        "same-title": "last three votes on the same title, else state × issue",
        BEST: "nearest texts (TF-IDF, 25 neighbours)",
        LIKEST: "state's vote on the likest earlier text",
        RESCALED: "nearest texts, spread of counts rescaled",
    }
)
"""The baselines in plain words."""


class ForecastFunction(Protocol):
    """Forecasts each roll call of a record from what was known strictly before its day."""

    def __call__(
        self, record: Record, first: Day, last: Day, *, us: Us, jobs: int
    ) -> RollingForecasts:
        """Return the forecasts of all roll calls from one day to another, both included."""
        ...


@dataclass(frozen=True)
class Forecaster:
    """A model that can be tested.

    Attributes
    ----------
    label : str
        In plain words.
    forecast : callable
        Gives the states' probabilities.
    counts : callable
        Makes the distributions of the counts of them.
    dependences : callable, optional
        Says how states move together in each roll call, and so makes the counts in its stead.
    """

    label: str
    forecast: ForecastFunction
    counts: CountLaw = independent_counts
    dependences: Callable[[Record, RollingForecasts, int], Sequence[Dependence]] | None = None

    def judged(self, record: Record, forecasts: RollingForecasts, *, jobs: int) -> Judged:
        """Return its forecasts with the distributions of their counts."""
        if self.dependences is None:
            return Judged(self.label, forecasts, self.counts(record, forecasts, jobs))
        shared = tuple(self.dependences(record, forecasts, jobs))
        return Judged(
            self.label, forecasts, counts_under(record, forecasts, shared, jobs=jobs), shared
        )


def run_backtest(
    record: Record,
    first: Day,
    last: Day,
    *,
    us: Us = "given",
    models: Mapping[str, Forecaster] = MappingProxyType({}),
    only: Collection[str] = (),
    levels: Sequence[int] = (),
    jobs: int = 1,
    progress: Callable[[str], None] | None = None,
) -> BacktestResult:
    """Forecast each roll call from what was known strictly before its day, and judge.

    Parameters
    ----------
    record : Record
        As long before the first day as the models need.
    first, last : date or str
        Both included.
    us : str
        ``given`` or ``unknown``: whether models may know the position of the United States.
        Baselines never use it.
    models : mapping of str to Forecaster
        Tested beside the baselines; the tables are of the first, of the best baseline if none.
    only : collection of str
        Symbols of the roll calls that are scored; all if there is none.
    levels : sequence of int
        So many votes are revealed and the others scored, if the first model says how states move
        together.
    jobs : int
        Workers; the bytes are the same for any number.
    progress : callable, optional
        Told the name of each forecaster when it is done.

    Raises
    ------
    ValueError
        If no roll call was held in the window, or one that is asked for.

    Examples
    --------
    >>> run_backtest(Record.empty(), "2012-01-01", "2019-12-31")
    Traceback (most recent call last):
    sim.record.value.ShortRecordError: no roll call from 2012-01-01 to 2019-12-31 in the record;
    it is empty
    """
    rows = rows_between(record, first, last)
    if not len(rows):
        span = f"it has {record.dates[0]} to {record.dates[-1]}" if len(record) else "it is empty"
        raise ShortRecordError(f"no roll call from {first} to {last} in the record; {span}")
    symbols = record.roll_calls["symbol"].iloc[rows]
    if missing := set(only) - set(symbols):
        raise ShortRecordError(f"{', '.join(sorted(missing))}: not from {first} to {last}")
    judged: dict[str, Judged] = {}
    for name, model in models.items():
        forecasts = model.forecast(record, first, last, us=us, jobs=jobs)
        judged[name] = model.judged(record, forecasts, jobs=jobs)
        _told(progress, name)
    for name, each in _baselines(record, first, last, jobs=jobs).items():
        judged[name] = each
        _told(progress, name)
    for name, each in judged.items():
        if not np.array_equal(each.forecasts.rows, rows):
            raise ValueError(f"forecaster {name!r}: its roll calls are not those of the window")
    if not models:
        judged = {RESCALED: judged.pop(RESCALED), **judged}
    if only:
        kept = symbols.isin(only).to_numpy()
        rows, judged = rows[kept], {name: each.part(kept) for name, each in judged.items()}
    first_one = next(iter(judged.values()))
    cases = reveal(record, first_one, levels, jobs=jobs) if levels and models else None
    return BacktestResult(record.take(rows), us, judged, cases)


def _baselines(record: Record, first: Day, last: Day, *, jobs: int) -> dict[str, Judged]:
    start = pd.Timestamp(first).date()
    before = datetime.date(start.year - EARLIER, 1, 1)
    plain = [name for name in BASELINES if name != BEST]
    found = forecast_baselines(record, first, last, names=plain, jobs=jobs)
    earlier = forecast_baselines(record, before, last, names=[BEST], jobs=jobs)[BEST]
    found[BEST] = earlier.part(earlier.rows >= len(record.before(start)))
    found[LIKEST] = likest_text(record, first, last, jobs=jobs)
    laws: dict[str, CountLaw] = {
        "overall": past_counts,
        RESCALED: functools.partial(rescaled_counts, earlier=earlier),
    }
    found[RESCALED] = found[BEST]
    return {
        name: Judged(
            LABELS[name], forecasts, laws.get(name, independent_counts)(record, forecasts, jobs)
        )
        for name, forecasts in found.items()
    }


def _told(progress: Callable[[str], None] | None, name: str) -> None:
    if progress is not None:
        progress(name)
