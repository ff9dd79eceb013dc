"""The baselines: each gives the shares of the choices [asked, choice, state].

Shares are pulled towards those of a wider class by a few pseudo-votes (a Dirichlet prior), so that
nothing is ruled out for never having been seen. How far back each looks and how hard it is pulled
were searched for on 2012-2019 itself, for the values at which the baselines score what was
published of them there: they know that window as the models do not. The one by title alone was
searched for on 2003-2011. Nothing is set anew for other years.
"""

from __future__ import annotations

import numpy as np

from sim.assembly.choices import CHOICES, FloatArray
from sim.skill.baselines.year import REACH, Year

OVERALL_YEARS, STATE_YEARS, ISSUE_YEARS = 5, 3, 5
"""How far back each looks [years]."""
LAST, TITLE_HALF_LIFE, TITLE_PSEUDO_VOTES = 3, 2.0, 0.5
"""How many votes on the same title are looked at, in how many years a vote comes to count half, and
how hard they are pulled towards the issue: the best of 40 combinations on 2003-2011 [years]."""
NEIGHBOURS, POWER, HALF_LIFE = 25, 2, 6.0
"""Texts looked at; their weight: likeness to this power, halved with so many years of age."""
_OVERALL, _STATE, _ISSUE = 1.0, 5.0, 10.0
PSEUDO_VOTES = 0.3
"""With which votes on like texts are pulled towards those on the issue; the others alike."""


def overall(year: Year) -> FloatArray:
    """Return the shares of the choices among all votes of five years.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> record = cited_roll_calls()
    >>> last = Year.of(record, np.array([len(record) - 1]))
    >>> overall(last).shape
    (1, 4, 193)
    """
    return _for_each(year, _overall(year, OVERALL_YEARS))


def state(year: Year) -> FloatArray:
    """Return each state's own shares in three years.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> record = cited_roll_calls()
    >>> last = Year.of(record, np.array([len(record) - 1]))
    >>> state(last).shape
    (1, 4, 193)
    """
    return _for_each(year, _state(year, STATE_YEARS))


def state_issue(year: Year) -> FloatArray:
    """Return each state's shares by issue in five years, averaged over the roll call's issues.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> record = cited_roll_calls()
    >>> last = Year.of(record, np.array([len(record) - 1]))
    >>> state_issue(last).shape
    (1, 4, 193)
    """
    own = _state(year, ISSUE_YEARS)
    total = np.zeros((len(year.asked), *own.shape))
    issues = np.zeros((len(year.asked), 1, 1))
    for asked, known in year.issues.values():
        mark = asked[:, None, None]
        total += mark * _pulled(year.counts(ISSUE_YEARS, known), own, _ISSUE)
        issues += mark
    return total / issues


def same_title_shares(year: Year) -> FloatArray:
    """Return each state's shares in the last three votes on the same title, else by issue.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> record = cited_roll_calls()
    >>> last = Year.of(record, np.array([len(record) - 1]))
    >>> same_title_shares(last).shape
    (1, 4, 193)
    """
    weights = year.last_on_title(LAST) * 0.5 ** ((year.ages - 1) / TITLE_HALF_LIFE)
    return _pulled(year.counts(REACH, weights), state_issue(year), TITLE_PSEUDO_VOTES)


def nearest_texts(year: Year) -> FloatArray:
    """Return each state's shares on the 25 likest texts; like and new ones count for most.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> record = cited_roll_calls()
    >>> last = Year.of(record, np.array([len(record) - 1]))
    >>> nearest_texts(last).shape
    (1, 4, 193)
    """
    return _pulled(year.counts(REACH, nearest_weights(year)), state_issue(year), PSEUDO_VOTES)


def nearest_weights(year: Year) -> FloatArray:
    """Return what each known text counts for each asked one; 0 but for the likest [asked, known].

    Examples
    --------
    See `nearest_texts`.
    """
    like = year.likeness
    if like.shape[1] > NEIGHBOURS:
        least = np.partition(like, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS, None]
        like = np.where(like >= least, like, 0)
    return np.asarray(like**POWER * 0.5 ** (year.ages / HALF_LIFE))


def _pulled(counts: FloatArray, towards: FloatArray, pseudo_votes: float) -> FloatArray:
    """Return shares [..., choice, state], pulled towards others by some pseudo-votes."""
    total = counts.sum(axis=-2, keepdims=True)
    return np.asarray((counts + pseudo_votes * towards) / (total + pseudo_votes))


def _overall(year: Year, years: int) -> FloatArray:
    counts = year.counts(years)
    together = np.broadcast_to(counts.sum(axis=1, keepdims=True), counts.shape)
    return _pulled(together, np.full(counts.shape, 1 / len(CHOICES)), _OVERALL)


def _state(year: Year, years: int) -> FloatArray:
    return _pulled(year.counts(years), _overall(year, years), _STATE)


def _for_each(year: Year, shares: FloatArray) -> FloatArray:
    return np.broadcast_to(shares, (len(year.asked), *shares.shape))
