"""Forecasts of every roll call of some years from what was known strictly before its day."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.assembly.members import US, Members
from sim.models.learned.panel import Panel, panel_of
from sim.models.learned.source import Source, day_number
from sim.models.learned.stages import first_year, fit_stages, heeded, mixed
from sim.models.rolling import RollingForecasts, Us
from sim.models.years import each_year
from sim.record import Day, Record


def rolling_forecasts(
    record: Record,
    first: Day,
    last: Day,
    *,
    us: Us,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> RollingForecasts:
    """Return forecasts of the roll calls from one day to another, both included.

    The model is fitted anew for each year, to earlier years only; likeness of texts and of states
    is as of the year's first day; all else is as of the day before the roll call. Of the roll call
    itself only title, kind, symbol, day and, if given, the position of the United States are used,
    and of others of its day the title of the text that a part or an amendment belongs to.

    Parameters
    ----------
    record : Record
    first, last : date or str
    us : str
        ``given``: the position of the United States is known; ``unknown``: it is forecast, too.
    jobs : int
        Workers; the bytes are the same for any number.
    progress : callable, optional
        Told how many roll calls more are forecast.

    Raises
    ------
    ValueError
        If a year to forecast has no earlier titled roll call to be fitted to.

    Examples
    --------
    >>> len(rolling_forecasts(Record.empty(), "2012-01-01", "2019-12-31", us="given"))
    0
    """
    start, stop = day_number(first), day_number(last)
    known = record.before(np.datetime64(stop + 1, "D"))
    if not len(known) or day_number(known.dates[-1]) < start:
        none = np.empty((0, len(Members.load()), 4))
        return RollingForecasts(np.empty(0, int), none, np.empty(0), np.empty(0, bool))
    year = int(str(np.datetime64(start, "D"))[:4])
    panel = panel_of(
        Source.of(known),
        first=first_year(start),
        until=stop + 1,
        supposed_from=year if us == "unknown" else None,
        jobs=jobs,
    )
    return forecasts_from(panel, start, us=us, jobs=jobs, progress=progress)


def forecasts_from(
    panel: Panel,
    first: int,
    *,
    us: Us,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> RollingForecasts:
    """Return the forecasts of the roll calls of a panel from a day on.

    Parameters
    ----------
    panel : Panel
        With enough earlier years to fit.
    first : int
        [days since 1970-01-01]
    us, jobs, progress
        As for `rolling_forecasts`.

    Examples
    --------
    >>> from sim.models.learned.panel import panel_of
    >>> from sim.record.cited import cited_roll_calls
    >>> panel = panel_of(Source.of(cited_roll_calls()), first=2012, until=day_number("2023-01-01"))
    >>> len(forecasts_from(panel, day_number("2022-10-01"), us="given"))
    3
    """
    wanted = panel.days >= first
    years = panel.days.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    tasks = [np.flatnonzero(wanted & (years == year)) for year in np.unique(years[wanted])]
    task = functools.partial(_forecast, panel, us)
    tell = progress or (lambda _: None)
    found = each_year(task, tasks, jobs=jobs, done=lambda answer: tell(len(answer)))
    return RollingForecasts(
        panel.rows[wanted],
        np.concatenate([np.empty((0, *panel.votes.shape[1:], len(Choice))), *found]),
        np.clip(panel.novelty[wanted], 0, 1),
        panel.recurring[wanted],
    )


def _forecast(panel: Panel, us: Us, rows: IntArray) -> FloatArray:
    """Return the probabilities of one year's roll calls [roll call, state, choice]."""
    year = str(np.datetime64(int(panel.days[rows[0]]), "D"))[:4]
    day = day_number(f"{year}-01-01")
    logits = fit_stages(panel, day)
    columns = {name: column[rows] for name, column in panel.columns.items()}
    mover = Members.load().row(US)
    if us == "given":
        return heeded(logits, columns, mover)
    offset = len(panel.rows) - len(panel.supposed[0]["u_lr"])
    supposed = tuple(
        {name: column[rows - offset] for name, column in each.items()} for each in panel.supposed
    )
    return mixed(logits, columns, supposed, mover)
