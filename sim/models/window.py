"""A model asked about every roll call of some days, each from what was known before its day."""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass

import numpy as np

from sim.assembly.blocs import Blocs
from sim.assembly.choices import CHOICES, Choice, FloatArray, IntArray
from sim.assembly.draft import DraftResolution
from sim.assembly.members import US, Members
from sim.models import MODELS
from sim.models.forecast import Forecast, Precedent, Question, VoteModel
from sim.models.history import Float32Array
from sim.models.judgements import model_seeds, settings_of
from sim.models.learned.pooling import HALF_LIFE_NEAR, Precedents, nearest
from sim.models.learned.source import DAYS_IN_YEAR, Source
from sim.models.learned.stages import SURE
from sim.models.learned.texts.titles import likeness
from sim.models.rolling import RollingForecasts, Us
from sim.models.years import each_year
from sim.record import Day, Record

NEIGHBOURS = 25
"""Precedents that a text is given: the likest earlier ones, as a scenario finds them."""


def forecasts_between(
    name: str, record: Record, first: Day, last: Day, *, us: Us, jobs: int = 1
) -> RollingForecasts:
    """Return a model's forecasts of the roll calls from one day to another, both included.

    Parameters
    ----------
    name : str
        Of the model, one of `sim.models.MODELS`.
    record : Record
    first, last : date or str
    us : str
        ``given``: the position of the United States is known; ``unknown``: it is forecast, too.
    jobs : int
        Workers; the bytes are the same for any number.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> day = "2025-02-24"
    >>> found = forecasts_between("precedents", cited_roll_calls(), day, day, us="given")
    >>> found.probabilities.shape, bool((found.novelty < 1).all())
    ((2, 193, 4), True)
    """
    model = MODELS[name]
    if model.window is not None:
        return model.window(record, first, last, us=us, jobs=jobs)
    start, known = len(record.before(first)), record.before(np.datetime64(str(last), "D") + 1)
    rows, source = np.arange(start, len(known)), Source.of(known)
    tasks = [rows[source.years[rows] == year] for year in np.unique(source.years[rows])]
    task = functools.partial(_year, _Asking(name, model, known, source, us))
    found = each_year(task, tasks, jobs=jobs)
    none = np.empty((0, len(Members.load()), len(CHOICES)))
    return RollingForecasts(
        rows,
        np.concatenate([none, *(each for each, _ in found)]),
        np.concatenate([np.zeros(0), *(novelty for _, novelty in found)]),
        source.recurs(rows),
    )


@dataclass(frozen=True)
class _Asking:
    """Who is asked, about the roll calls of which record."""

    name: str
    model: VoteModel
    record: Record
    source: Source
    us: Us


def _year(asking: _Asking, rows: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the probabilities of a year's roll calls, and how unfamiliar each text is."""
    source, days = asking.source, asking.source.days
    alike = likeness(source.asked[rows], source.known[: rows[-1]], source.rarity(int(rows[0])))
    floor = settings_of(asking.name)["floor"]
    found, novelty = [], []
    for day in np.unique(days[rows]):
        known = asking.record.before(np.datetime64(int(day), "D"))
        for place in np.flatnonzero(days[rows] == day):
            row, like = int(rows[place]), alike[place : place + 1, : len(known)]
            forecast = asking.model(_question(asking, known, row, like)).floored(floor)
            found.append(_own_position(forecast, asking, row).probabilities)
            novelty.append(1 - float(like.max(initial=0)))
    return np.array(found), np.array(novelty)


def _question(asking: _Asking, known: Record, row: int, like: Float32Array) -> Question:
    """Return the question about one roll call: its text, and what was known before its day."""
    about, blocs = asking.record.roll_call(row), Blocs.load()
    return Question(
        resolution=DraftResolution(about.symbol, about.title, about.date, "simple"),
        as_of=about.date - datetime.timedelta(days=1),
        blocs=blocs.matrix(about.date),
        bloc_codes=blocs.codes,
        record=known,
        precedents=_precedents(asking, known, row, like),
        discipline=model_seeds()["discipline"],
        settings=settings_of(asking.name),
        us_vote=Choice(asking.source.us[row]) if asking.us == "given" else None,
        kind=about.kind,
    )


def _precedents(
    asking: _Asking, known: Record, row: int, like: Float32Array
) -> tuple[Precedent, ...]:
    source = asking.source
    ages = (source.days[row] - source.days[: len(known)]) / DAYS_IN_YEAR
    same = np.zeros(like.shape, bool)
    seen = Precedents(source.choices[: len(known)], source.us[: len(known)], ages, like, same)
    weights = nearest(seen, NEIGHBOURS, HALF_LIFE_NEAR)[0]
    order = np.lexsort((-np.arange(len(weights)), -weights))[:NEIGHBOURS]
    symbols = known.roll_calls["symbol"].to_numpy()
    return tuple(
        Precedent(symbols[one], int(one), float(like[0, one]), float(ages[one]), judged=False)
        for one in order
        if weights[one] > 0
    )


def _own_position(forecast: Forecast, asking: _Asking, row: int) -> Forecast:
    """Return the forecast with the United States voting as its position says, if it is known."""
    if asking.us == "unknown":
        return forecast
    sure = SURE * (np.arange(len(Members.load())) == Members.load().row(US))
    return forecast.mixed(
        "position", "own position", sure, np.eye(len(Choice))[asking.source.us[row]]
    )
