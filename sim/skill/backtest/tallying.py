"""The distributions of the four counts that forecasts of states imply: [roll call, choice, votes].

States that were no members that day, and votes lost in the source, are left out of every count.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from scipy.special import ndtr

from sim.assembly.choices import CHOICES, BoolArray, Choice, FloatArray, IntArray
from sim.models.rolling import RollingForecasts
from sim.models.years import each_year
from sim.record import Record
from sim.vote.ballot import Ballot
from sim.vote.dependence import Dependence
from sim.vote.exact import solve as exact
from sim.vote.exact.quadrature import QUICK, Fineness
from sim.vote.influence import Influence, Move

CountLaw = Callable[[Record, RollingForecasts, int], FloatArray]
"""Record, forecasts and number of workers in, distributions out."""
PAST_YEARS = 5
"""How far back past counts are looked at [years]."""
MEAN_DISTANCE = float(np.sqrt(2 / np.pi))
"""Mean distance of a normal from its mean [standard deviations]."""
_LEAST_SPREAD = 0.5
AT_A_TIME = 16
"""Roll calls that a worker is given at a time; changes no result."""


def counted(record: Record, forecasts: RollingForecasts) -> BoolArray:
    """Return which votes are in the counts [roll call, state].

    Examples
    --------
    >>> from sim.skill.baselines import forecast_baselines
    >>> empty = Record.empty()
    >>> found = forecast_baselines(empty, "2025-01-01", "2025-12-31", names=["state"])["state"]
    >>> counted(empty, found).shape
    (0, 193)
    """
    return np.asarray(record.votes[forecasts.rows] >= 0)


def independent_counts(record: Record, forecasts: RollingForecasts, jobs: int = 1) -> FloatArray:
    """Return the counts if every state votes on its own.

    The distribution of a sum of different coins is built up one state at a time, for all roll calls
    and choices at once.

    Examples
    --------
    >>> from sim.skill.baselines import forecast_baselines
    >>> from sim.record.cited import cited_roll_calls
    >>> record = cited_roll_calls()
    >>> found = forecast_baselines(record, "2025-01-01", "2025-12-31", names=["state"])["state"]
    >>> counts = independent_counts(record, found)
    >>> bool(np.allclose(counts.sum(axis=2), 1))
    True
    """
    del jobs  # too quick to share
    chances = forecasts.probabilities * counted(record, forecasts)[..., None]
    rolls, states, choices = chances.shape
    found = np.zeros((rolls, choices, states + 1))
    found[..., 0] = 1
    for number in range(states):
        chance = chances[:, number, :, None]
        more = found[..., :-1] * chance
        found *= 1 - chance
        found[..., 1:] += more
    return found


def past_counts(record: Record, forecasts: RollingForecasts, jobs: int = 1) -> FloatArray:
    """Return the counts of the five years before, each as likely; any count if there are none.

    Examples
    --------
    >>> from sim.skill.baselines import forecast_baselines
    >>> from sim.record.cited import cited_roll_calls
    >>> record = cited_roll_calls()
    >>> found = forecast_baselines(record, "2025-01-01", "2025-12-31", names=["state"])["state"]
    >>> counts = past_counts(record, found)
    >>> bool(np.allclose(counts.sum(axis=2), 1))
    True
    """
    del jobs
    tallies, years = record.tallies(), _years(record)
    states = record.votes.shape[1]
    found = np.empty((len(forecasts), len(CHOICES), states + 1))
    for year in np.unique(years[forecasts.rows]):
        late = (years < year) & (years >= year - PAST_YEARS)
        for choice in CHOICES:
            times = np.bincount(tallies[late, choice], minlength=states + 1) + 1e-6
            found[years[forecasts.rows] == year, choice] = times / times.sum()
    return found


def rescaled_counts(
    record: Record, forecasts: RollingForecasts, jobs: int = 1, *, earlier: RollingForecasts
) -> FloatArray:
    """Return normal counts, as much wider than of states on their own as earlier years were.

    Parameters
    ----------
    record : Record
    forecasts : RollingForecasts
    jobs : int
    earlier : RollingForecasts
        The same forecaster's, of this record, from some years before on; of each year only those
        before it are looked at.

    Examples
    --------
    >>> from sim.skill.baselines import forecast_baselines
    >>> from sim.record.cited import cited_roll_calls
    >>> record = cited_roll_calls()
    >>> found = forecast_baselines(record, "2025-01-01", "2025-12-31", names=["state"])["state"]
    >>> counts = rescaled_counts(record, found, earlier=found)
    >>> bool(np.allclose(counts.sum(axis=2), 1))
    True
    """
    del jobs
    mean, deviation = _moments(record, earlier)
    missed = np.abs(record.tallies()[earlier.rows] - mean)
    years = _years(record)
    widths = np.ones((len(forecasts), len(CHOICES)))
    for year in np.unique(years[forecasts.rows]):
        before = years[earlier.rows] < year
        if before.any():
            usual = np.maximum(deviation[before].sum(axis=0), 1e-9) * MEAN_DISTANCE
            widths[years[forecasts.rows] == year] = missed[before].sum(axis=0) / usual
    middle, spread = _moments(record, forecasts)
    states = counted(record, forecasts).sum(axis=1)
    wider = np.maximum(widths * spread, _LEAST_SPREAD)
    return _normal_counts(middle, wider, states, record.votes.shape[1])


def counts_under(
    record: Record,
    forecasts: RollingForecasts,
    dependences: Sequence[Dependence],
    *,
    jobs: int = 1,
    fineness: Fineness = QUICK,
) -> FloatArray:
    """Return the counts if states move together.

    Parameters
    ----------
    record : Record
    forecasts : RollingForecasts
    dependences : sequence of Dependence
        One a roll call, of all states.
    jobs : int
        Workers; the bytes are the same for any number.
    fineness : Fineness
        How many points the factors are held at.

    Examples
    --------
    >>> none = np.empty((0, 193, 4))
    >>> nothing = RollingForecasts(np.empty(0, int), none, np.empty(0), np.empty(0, bool))
    >>> counts_under(Record.empty(), nothing, []).shape
    (0, 4, 194)
    """
    inside = counted(record, forecasts)
    cases = list(zip(forecasts.probabilities, dependences, inside, strict=True))
    parts = [cases[first : first + AT_A_TIME] for first in range(0, len(cases), AT_A_TIME)]
    found = each_year(functools.partial(_solved, fineness), parts, jobs=jobs)
    none = np.empty((0, len(CHOICES), record.votes.shape[1] + 1))
    return np.concatenate([none, *found])


def _solved(
    fineness: Fineness, cases: Sequence[tuple[FloatArray, Dependence, BoolArray]]
) -> FloatArray:
    return np.stack([counts_given(*case, fineness=fineness) for case in cases])


def counts_given(
    probabilities: FloatArray,
    dependence: Dependence,
    inside: BoolArray,
    *,
    known: Mapping[int, Choice] = MappingProxyType({}),
    fineness: Fineness = QUICK,
) -> FloatArray:
    """Return the counts of one roll call, given some votes [choice, votes].

    Parameters
    ----------
    probabilities : array [state, choice]
    dependence : Dependence
        Of all states.
    inside : array of bool [state]
        Those that are counted.
    known : mapping of state row to Choice
        They are counted too.
    fineness : Fineness

    Examples
    --------
    >>> sure, alone = np.eye(4)[[0, 2]], Dependence.independent(2)
    >>> counts_given(sure, alone, np.array([True, False])).argmax(axis=1)
    array([1, 0, 0, 0])
    """
    found, states = np.zeros((len(CHOICES), len(inside) + 1)), int(inside.sum())
    if states == 0:
        found[:, 0] = 1
        return found
    row_of = np.cumsum(inside) - 1
    ballot = Ballot(
        probabilities[inside],
        dependence.of(inside),
        Influence(np.zeros(states), np.zeros(states)),
        (Move.none(states),),
        {int(row_of[state]): choice for state, choice in known.items()},
    )
    [solution] = exact.solve_counts([ballot], fineness=fineness)
    found[:, : states + 1] = [each.probability for each in solution.distributions]
    return found


def _moments(record: Record, forecasts: RollingForecasts) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of counts of states on their own [roll call, choice]."""
    chances = forecasts.probabilities * counted(record, forecasts)[..., None]
    return chances.sum(axis=1), np.sqrt((chances * (1 - chances)).sum(axis=1))


def _normal_counts(
    mean: FloatArray, deviation: FloatArray, most: IntArray, states: int
) -> FloatArray:
    """Return normal distributions over whole numbers; what lies outside is put on the ends."""
    edges = np.arange(states + 1) + 0.5
    upto = ndtr((edges - mean[..., None]) / deviation[..., None])
    upto[np.broadcast_to(edges > most[:, None, None], upto.shape)] = 1
    return np.diff(upto, axis=-1, prepend=0)


def _years(record: Record) -> IntArray:
    return np.asarray(record.dates.astype("datetime64[Y]").astype(np.int64) + 1970)
