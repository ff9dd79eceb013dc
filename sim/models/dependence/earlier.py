"""What states share, fitted to a model's own forecasts of the years before a day."""

from __future__ import annotations

import datetime

import numpy as np

from sim.models.dependence.fit import FittedDependence, fit_dependence
from sim.models.rolling import RollingForecasts
from sim.record import Day, Record
from sim.vote.dependence import Dependence, SizeLaw

YEARS = 5
"""How far back from the last titled roll call forecasts are looked at [years]."""
FEWEST = 40
"""Roll calls without which a fit would be noise; states then share nothing."""


def first_day(record: Record, day: Day) -> datetime.date:
    """Return from which day on forecasts are needed to fit the dependence before a day.

    Without titles all texts are new and forecasts are vague, so what is learned does not carry over
    to texts with titles: the years end with the last titled roll call, if there is one.

    Parameters
    ----------
    record : Record
    day : date or str
        Only strictly earlier days are used.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> first_day(cited_roll_calls(), "2023-01-01")
    datetime.date(2017, 12, 16)
    """
    known = record.before(day)
    dates = known.dates[known.titled] if known.titled.any() else known.dates
    last = datetime.date.fromisoformat(
        str(dates[-1] if len(dates) else np.datetime64(str(day), "D"))
    )
    return last + datetime.timedelta(days=1 - round(365.25 * YEARS))


def dependence_before(
    record: Record,
    forecasts: RollingForecasts,
    day: Day,
    *,
    own_will: bool = False,
    jobs: int = 1,
) -> FittedDependence:
    """Return the dependence fitted to the forecasts of the last years with titles before a day.

    Parameters
    ----------
    record : Record
    forecasts : RollingForecasts
        Of this record, in order of date; from `first_day` on, those of later days are left alone.
    day : date or str
        Only strictly earlier days are used.
    own_will : bool
        Whether own will is fitted too, which takes minutes.
    jobs : int
        Workers; the bytes are the same for any number.

    Examples
    --------
    >>> none = np.empty((0, 193, 4))
    >>> nothing = RollingForecasts(np.empty(0, int), none, np.empty(0), np.empty(0, bool))
    >>> dependence_before(Record.empty(), nothing, "2012-01-01").roll_calls
    0
    """
    dates = record.dates[forecasts.rows]
    since, until = (np.datetime64(str(each)[:10], "D") for each in (first_day(record, day), day))
    late = (dates >= since) & (dates < until)
    titled = late & record.titled[forecasts.rows]
    used = titled if titled.sum() >= FEWEST else late
    if used.sum() < FEWEST:
        alone = SizeLaw(base=0.0, slope=0.0, step=0.0, surprise=0.0)
        return FittedDependence(Dependence.independent(record.votes.shape[1]), alone, alone, 0)
    return fit_dependence(
        record.votes[forecasts.rows[used]],
        forecasts.probabilities[used],
        forecasts.novelty[used],
        own_will=own_will,
        jobs=jobs,
    )
