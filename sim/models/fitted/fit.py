"""From a record to fitted parameters."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from sim.models import MODELS
from sim.models.dependence.earlier import dependence_before, first_day
from sim.models.fitted.parameters import FittedParameters, RecordStamp
from sim.models.learned.model import fit_with_forecasts
from sim.models.learned.source import Source, day_number
from sim.models.learned.texts.titles import Texts, terms
from sim.models.window import forecasts_between
from sim.record import Day, Record
from sim.record.cited import cited_roll_calls
from sim.record.value import ShortRecordError

LEAST_TEXTS = 30
"""Words in fewer texts are not kept, but for those of the roll calls that scenarios cite."""


def fit_parameters(
    record: Record,
    as_of: Day,
    *,
    models: Iterable[str] = tuple(MODELS),
    jobs: int = 1,
    own_will: bool = False,
    progress: Callable[[int], None] | None = None,
    made_by: str = "unga-sim fit",
    sha256: str = "",
) -> FittedParameters:
    """Return everything a scenario needs, fitted to the roll calls up to a day.

    Parameters
    ----------
    record : Record
    as_of : date or str
        The last day whose roll calls are used.
    models : iterable of str
        Those whose errors the dependence is fitted to; the learned model is fitted in any case.
    jobs : int
        Workers.
    own_will : bool
        Whether it is looked for how much of an improbable vote is a state's own: takes minutes.
    progress : callable, optional
        Told how many roll calls the dependence of each model was fitted to.
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
    sim.record.value.ShortRecordError: no roll call before 2025-02-23 to fit to
    """
    last_day = np.datetime64(day_number(as_of), "D")
    after = last_day + 1
    known = record.before(after)
    if not len(known):
        raise ShortRecordError(f"no roll call before {after} to fit to")
    source, day = Source.of(known), day_number(after)
    if not source.titled.any():
        raise ShortRecordError(f"no titled roll call before {after} to fit to")
    since = first_day(known, after)
    model, own = fit_with_forecasts(source, day, since=day_number(since), jobs=jobs)
    cited = {term for words in Texts.of(cited_roll_calls()).words for term in terms(words)}
    dependences = {}
    for name in models:
        if name == "learned":
            found = own
        else:
            found = forecasts_between(name, known, since, last_day, us="given", jobs=jobs)
        dependences[name] = dependence_before(known, found, after, own_will=own_will, jobs=jobs)
        if progress is not None:
            progress(dependences[name].roll_calls)
    first, last = (datetime.date.fromisoformat(str(known.dates[row])) for row in (0, -1))
    return FittedParameters(
        as_of=datetime.date.fromisoformat(str(last_day)),
        made_by=made_by,
        record=RecordStamp(len(known), first, last, sha256),
        model=replace(model, vocabulary=model.vocabulary.common(LEAST_TEXTS, also=cited)),
        dependences=MappingProxyType(dependences),
    )
