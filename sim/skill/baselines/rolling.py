"""The baselines on every roll call of some years, each from the years before its own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from sim.assembly.choices import CHOICES, BoolArray, FloatArray, IntArray
from sim.models.learned.texts.titles import Texts
from sim.models.rolling import RollingForecasts
from sim.models.years import each_year
from sim.record import Day, Record
from sim.skill.baselines import shares
from sim.skill.baselines.year import Year

Baseline = Callable[[Year], FloatArray]
"""Gives shares [asked, choice, state]."""

BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        "overall": shares.overall,
        "state": shares.state,
        "state-issue": shares.state_issue,
        "same-title": shares.same_title_shares,
        "nearest-texts": shares.nearest_texts,
    }
)
"""Every baseline, from the plainest to the best."""


def forecast_baselines(
    record: Record,
    first: Day,
    last: Day,
    *,
    names: Sequence[str] = tuple(BASELINES),
    jobs: int = 1,
) -> dict[str, RollingForecasts]:
    """Return what baselines forecast for the roll calls from one day to another, both included.

    Parameters
    ----------
    record : Record
    first, last : date or str
    names : sequence of str
        Of `BASELINES`.
    jobs : int
        Workers; the bytes are the same for any number.

    Examples
    --------
    >>> found = forecast_baselines(Record.empty(), "2012-01-01", "2019-12-31", names=["state"])
    >>> {name: len(forecasts) for name, forecasts in found.items()}
    {'state': 0}
    """
    rows = rows_between(record, first, last)
    years = record.dates[rows].astype("datetime64[Y]")
    tasks = [Year.of(record, rows[years == year]) for year in np.unique(years)]
    found = each_year(functools.partial(_forecast, tuple(names)), tasks, jobs=jobs)
    none = np.empty((0, record.votes.shape[1], len(CHOICES)))
    novelty = np.concatenate([np.zeros(0), *(novelty for novelty, _ in found)])
    recurring = recurs(record, rows)
    return {
        name: RollingForecasts(
            rows, np.concatenate([none, *(each[name] for _, each in found)]), novelty, recurring
        )
        for name in names
    }


def rows_between(record: Record, first: Day, last: Day) -> IntArray:
    """Return the rows of the roll calls from one day to another, both included.

    Examples
    --------
    >>> len(rows_between(Record.empty(), "2012-01-01", "2019-12-31"))
    0
    """
    start = len(record.before(first))
    return np.arange(start, start + len(record.between(first, last)))


def recurs(record: Record, rows: IntArray) -> BoolArray:
    """Return whether a roll call with the same title and kind was held on an earlier day.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> bool(recurs(cited_roll_calls(), np.array([0]))[0])
    False
    """
    names = Texts.of(record.take(slice(0, int(rows.max(initial=-1)) + 1))).names
    held: dict[str, np.datetime64] = {}
    for name, day in zip(names, record.dates, strict=False):
        held.setdefault(name, day)
    found = [names[row] != "" and held[names[row]] < record.dates[row] for row in rows]
    return np.array(found, bool)


def _forecast(names: tuple[str, ...], year: Year) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Return how new each text is, and each baseline's probabilities [asked, state, choice]."""
    novelty = 1 - np.clip(year.likeness.max(axis=1, initial=0), 0, 1)
    found = {name: np.moveaxis(BASELINES[name](year), 1, 2) for name in names}
    return novelty, {name: each / each.sum(axis=2, keepdims=True) for name, each in found.items()}
