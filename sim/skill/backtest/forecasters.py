"""The project's own model in a back-test: refitted on the way, never on what it forecasts."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping

import numpy as np

from sim.assembly.choices import BoolArray, IntArray
from sim.models.dependence.fit import FittedDependence, fit_dependence
from sim.models.learned.rolling import Us, rolling_forecasts
from sim.models.learned.years import each_year
from sim.models.rolling import RollingForecasts
from sim.record import Record
from sim.skill.backtest.run import Forecaster
from sim.vote.dependence import Dependence, SizeLaw

EARLIER = 5
"""Years of earlier forecasts that the dependence is fitted to [years]."""
FEWEST = 40
"""Roll calls without which a fit would be noise; states then share nothing."""


def contenders(us: Us) -> Mapping[str, Forecaster]:
    """Return the models that a back-test compares with the baselines.

    Parameters
    ----------
    us : str
        Whether the position of the United States is ``given`` or ``unknown``.

    Examples
    --------
    >>> list(contenders("given"))
    ['learned']
    """
    label = f"unga-sim, United States {us}"
    forecast = functools.partial(rolling_forecasts, link_untitled=True)
    shared = functools.partial(learned_dependences, us=us)
    return {"learned": Forecaster(label, forecast, dependences=shared)}


def learned_dependences(
    record: Record, forecasts: RollingForecasts, jobs: int = 1, *, us: Us = "given"
) -> list[Dependence]:
    """Return how states move together in each roll call, as they did in earlier years.

    Parameters
    ----------
    record : Record
    forecasts : RollingForecasts
        The model's own, in order of date.
    jobs : int
        Workers; the bytes are the same for any number.
    us : str
        As for `forecasts`.

    Examples
    --------
    >>> none = np.empty((0, 193, 4))
    >>> nothing = RollingForecasts(np.empty(0, int), none, np.empty(0), np.empty(0, bool))
    >>> learned_dependences(Record.empty(), nothing)
    []
    """
    if not len(forecasts.rows):
        return []
    years = _years(record)
    first = int(years[forecasts.rows].min())
    start = datetime.date(_latest(record, first) - EARLIER + 1, 1, 1)
    end = datetime.date(first - 1, 12, 31)
    earlier = rolling_forecasts(record, start, end, us=us, jobs=jobs, link_untitled=True)
    known, when = _joined(earlier, forecasts), years[forecasts.rows].tolist()
    turns = sorted(set(when))
    fits = each_year(functools.partial(_fitted, record, known), turns, jobs=jobs)
    fitted = dict(zip(turns, fits, strict=True))
    return [
        fitted[year].for_text(float(novelty))
        for year, novelty in zip(when, forecasts.novelty, strict=True)
    ]


def _fitted(record: Record, known: RollingForecasts, year: int) -> FittedDependence:
    """Return the dependence fitted to the last years with titles before one, as `fit` does it."""
    years, latest = _years(record)[known.rows], _latest(record, year)
    late = (years <= latest) & (years > latest - EARLIER)
    titled = late & _titled(record)[known.rows]
    used = titled if titled.sum() >= FEWEST else late
    if used.sum() < FEWEST:
        alone = SizeLaw(base=0.0, slope=0.0, step=0.0, surprise=0.0)
        return FittedDependence(Dependence.independent(record.votes.shape[1]), alone, alone, 0)
    return fit_dependence(
        record.votes[known.rows[used]], known.probabilities[used], known.novelty[used]
    )


def _latest(record: Record, year: int) -> int:
    """Return the last year before one that has a title; if none has, just the year before."""
    years = _years(record)
    found = years[_titled(record) & (years < year)]
    return int(found.max()) if len(found) else year - 1


def _titled(record: Record) -> BoolArray:
    return np.asarray(record.roll_calls["title"].to_numpy() != "")


def _joined(earlier: RollingForecasts, later: RollingForecasts) -> RollingForecasts:
    fresh = earlier.rows < later.rows.min()
    return RollingForecasts(
        np.concatenate([earlier.rows[fresh], later.rows]),
        np.concatenate([earlier.probabilities[fresh], later.probabilities]),
        np.concatenate([earlier.novelty[fresh], later.novelty]),
        np.concatenate([earlier.recurring[fresh], later.recurring]),
    )


def _years(record: Record) -> IntArray:
    return np.asarray(record.dates.astype("datetime64[Y]").astype(np.int64) + 1970)
