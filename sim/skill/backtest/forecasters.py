"""The vote models in a back-test: each refitted on the way, never on what it forecasts."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np

from sim.models.dependence.earlier import dependence_before, first_day
from sim.models.dependence.fit import FittedDependence
from sim.models.rolling import RollingForecasts, Us
from sim.models.window import forecasts_between
from sim.models.years import each_year
from sim.record import Record
from sim.skill.backtest.run import Forecaster
from sim.vote.dependence import Dependence


def contenders(us: Us, names: Sequence[str] = ("learned",)) -> Mapping[str, Forecaster]:
    """Return the vote models that a back-test compares with the baselines.

    Parameters
    ----------
    us : str
        Whether the position of the United States is ``given`` or ``unknown``.
    names : sequence of str
        Of `sim.models.MODELS`.

    Examples
    --------
    >>> [one.label for one in contenders("given", ["precedents"]).values()]
    ['precedents, United States given']
    """
    return {
        name: Forecaster(
            f"{name}, United States {us}",
            functools.partial(forecasts_between, name),
            dependences=functools.partial(dependences_of, name, us=us),
        )
        for name in names
    }


def dependences_of(
    name: str, record: Record, forecasts: RollingForecasts, jobs: int = 1, *, us: Us = "given"
) -> list[Dependence]:
    """Return how states move together in each roll call, as they did in earlier years.

    Parameters
    ----------
    name : str
        Of the model.
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
    >>> dependences_of("learned", Record.empty(), nothing)
    []
    """
    if not len(forecasts):
        return []
    years = record.dates[forecasts.rows].astype("datetime64[Y]")
    turns = np.unique(years).astype("datetime64[D]")
    start, day_before = first_day(record, turns[0]), record.dates[forecasts.rows[0]] - 1
    earlier = forecasts_between(name, record, start, day_before, us=us, jobs=jobs)
    known = earlier.followed_by(forecasts)
    fits = each_year(functools.partial(_fitted, record, known), turns.tolist(), jobs=jobs)
    fitted = dict(zip(turns.astype("datetime64[Y]"), fits, strict=True))
    return [
        fitted[year].for_text(float(novelty))
        for year, novelty in zip(years, forecasts.novelty, strict=True)
    ]


def _fitted(record: Record, known: RollingForecasts, day: object) -> FittedDependence:
    return dependence_before(record, known, str(day))
