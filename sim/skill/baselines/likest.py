"""Each state's vote on the likest text of an earlier day: what a reader with an archive says."""

from __future__ import annotations

import functools

import numpy as np

from sim.assembly.choices import CHOICES, FloatArray, IntArray
from sim.models.history import choices_of
from sim.models.learned.source import Source
from sim.models.learned.texts.titles import likeness
from sim.models.rolling import RollingForecasts
from sim.models.years import each_year
from sim.record import Day, Record
from sim.skill.baselines.rolling import recurs, rows_between
from sim.skill.baselines.shares import state_issue
from sim.skill.baselines.year import Year

PSEUDO_VOTES = 1.0
"""With which the one vote is pulled towards the state's shares on the issue: the best of .1, .2,
.3, .5, .7, 1 and 1.5 in log loss on 2003-2011 [votes]."""


def likest_text(record: Record, first: Day, last: Day, *, jobs: int = 1) -> RollingForecasts:
    """Return each state's vote on the likest text of an earlier day, pulled towards the issue.

    It alone of the baselines sees the votes of the roll call's own year. Of texts as like the
    newest counts.

    Parameters
    ----------
    record : Record
    first, last : date or str
        Both included.
    jobs : int
        Workers; the bytes are the same for any number.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> found = likest_text(cited_roll_calls(), "2025-02-24", "2025-02-24")
    >>> found.probabilities.shape
    (2, 193, 4)
    """
    rows = rows_between(record, first, last)
    years = record.dates[rows].astype("datetime64[Y]")
    tasks = [rows[years == year] for year in np.unique(years)]
    task = functools.partial(_year, record, Source.of(record))
    found = each_year(task, tasks, jobs=jobs)
    none = np.empty((0, record.votes.shape[1], len(CHOICES)))
    chances = np.concatenate([none, *(each for each, _ in found)])
    novelty = np.concatenate([np.zeros(0), *(each for _, each in found)])
    return RollingForecasts(rows, chances, np.clip(novelty, 0, 1), recurs(record, rows))


def _year(record: Record, source: Source, rows: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the probabilities of one year's roll calls, and how new each text is."""
    alike = likeness(source.asked[rows], source.known[: rows[-1]], source.rarity(int(rows[0])))
    earlier = source.days[: rows[-1]] < source.days[rows, None]
    alike = np.where(earlier, alike, -1.0)
    shares = np.moveaxis(state_issue(Year.of(record, rows)), 1, 2)
    if not alike.shape[1]:
        return shares, np.ones(len(rows))
    newest_first = alike[:, ::-1]
    likest = alike.shape[1] - 1 - newest_first.argmax(axis=1)
    best = alike[np.arange(len(rows)), likest]
    voted = np.moveaxis(choices_of(record.votes[likest]), 1, 2) * (best > 0)[:, None, None]
    counts = voted + PSEUDO_VOTES * shares
    return np.asarray(counts / counts.sum(axis=2, keepdims=True)), 1 - np.maximum(best, 0)
