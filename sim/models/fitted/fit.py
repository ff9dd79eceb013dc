"""From a record to fitted parameters."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sim.models.dependence.fit import FittedDependence, fit_dependence
from sim.models.fitted.parameters import FittedParameters, RecordStamp
from sim.models.learned.model import fit_model, panel_before
from sim.models.learned.panel import Panel
from sim.models.learned.rolling import forecasts_from
from sim.models.learned.source import DAYS_IN_YEAR, Source, day_number
from sim.models.learned.titles import Texts, terms
from sim.record import Day, Record
from sim.record.cited import cited_roll_calls
from sim.record.value import ShortRecordError

YEARS_OF_FORECASTS = 5
"""Years of earlier forecasts that the dependence is fitted to [years]."""
LEAST_TEXTS = 30
"""Words in fewer texts are not kept, but for those of the roll calls that scenarios cite."""


def fit_parameters(
    record: Record,
    as_of: Day,
    *,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
    made_by: str = "unga-sim fit",
    sha256: str = "",
) -> FittedParameters:
    """Return everything a scenario needs, fitted to the roll calls before a day.

    Parameters
    ----------
    record : Record
    as_of : date or str
        Only strictly earlier days are used.
    jobs : int
        Workers.
    progress : callable, optional
        Told how many roll calls more are forecast, for the dependence to be fitted to.
    made_by : str
        The command, for the file.
    sha256 : str
        Of the record's file.

    Raises
    ------
    ShortRecordError
        If there is no titled roll call to fit to.

    Examples
    --------
    >>> fit_parameters(Record.empty(), "2025-02-22")
    Traceback (most recent call last):
    sim.record.value.ShortRecordError: no roll call before 2025-02-22 to fit to
    """
    known = record.before(as_of)
    if not len(known):
        raise ShortRecordError(f"no roll call before {as_of} to fit to")
    source, day = Source.of(known), day_number(as_of)
    if not source.titled.any():
        raise ShortRecordError(f"no titled roll call before {as_of} to fit to")
    since_titled = int(source.years[-1] - source.years[source.titled][-1])
    more_years = YEARS_OF_FORECASTS + since_titled
    panel = panel_before(source, day, more_years=more_years, jobs=jobs)
    model = fit_model(source, panel, day)
    cited = {term for words in Texts.of(cited_roll_calls()).words for term in terms(words)}
    first, last = (datetime.date.fromisoformat(str(known.dates[row])) for row in (0, -1))
    return FittedParameters(
        as_of=datetime.date.fromisoformat(str(np.datetime64(day, "D"))),
        made_by=made_by,
        record=RecordStamp(len(known), first, last, sha256),
        model=replace(model, vocabulary=model.vocabulary.common(LEAST_TEXTS, also=cited)),
        dependence=_dependence(panel, jobs=jobs, progress=progress),
    )


def _dependence(
    panel: Panel, *, jobs: int, progress: Callable[[int], None] | None
) -> FittedDependence:
    """Return the dependence fitted to forecasts of the last years with titled roll calls."""
    last = panel.days[panel.titled][-1]
    first = int(last + 1 - YEARS_OF_FORECASTS * DAYS_IN_YEAR)
    found = forecasts_from(panel, first, us="given", jobs=jobs, progress=progress)
    place = np.searchsorted(panel.rows, found.rows)
    titled = panel.titled[place]
    return fit_dependence(
        panel.votes[place][titled], found.probabilities[titled], found.novelty[titled]
    )
