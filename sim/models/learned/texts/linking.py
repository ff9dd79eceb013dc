"""Titles for roll calls that have none, guessed from how states voted."""

from __future__ import annotations

import numpy as np

from sim.assembly.choices import CHOICES, FloatArray, IntArray
from sim.models.history import scores, unix_days
from sim.models.learned.texts.titles import Texts
from sim.record import Record

YEARS = 5
"""How old the roll call whose title is taken may be [years]."""
_NEAR, _LEAST_SPREAD = 0.12, 0.3


def linked_titles(record: Record, texts: Texts) -> dict[int, int]:
    """Return for roll calls without title the row of the earlier one they are likely to repeat.

    Each is paired, one to one within a day, with the titled text of the last `YEARS` years on which
    states voted most alike; pairs that are not close are left out. The pairing looks at the roll
    call's own votes, so a linked title serves when the roll call is a precedent of later ones, and
    never when it is forecast or fitted itself.

    Examples
    --------
    >>> linked_titles(Record.empty(), Texts((), ()))
    {}
    """
    days = unix_days(record.dates)
    whole = (record.roll_calls["kind"] == "whole").to_numpy(bool)
    titled = np.array([name != "" for name in texts.names], bool)
    found: dict[int, int] = {}
    for day in np.unique(days[~titled]):
        rows = np.flatnonzero((days == day) & ~titled)
        recent = np.flatnonzero(titled & whole & (days < day) & (days > day - YEARS * 366))
        latest = np.array(list({texts.names[row]: row for row in recent}.values()), np.int64)
        if len(latest):
            found |= _pairs(record, rows, latest)
    return found


def _pairs(record: Record, rows: IntArray, others: IntArray) -> dict[int, int]:
    from scipy.optimize import linear_sum_assignment

    ours, present = _scores(record, rows)
    theirs, there = _scores(record, others)
    squares = ours**2 @ there.T + present @ (theirs**2).T - 2 * ours @ theirs.T
    apart = squares / np.maximum(present @ there.T, 1)
    spread = np.std(ours, axis=1, where=present > 0)
    pairs = zip(*linear_sum_assignment(apart), strict=True)
    return {
        int(rows[row]): int(others[other])
        for row, other in pairs
        if apart[row, other] < _NEAR * max(spread[row], _LEAST_SPREAD)
        and apart[row, other] <= apart[row].min() + 1e-6
    }


def _scores(record: Record, rows: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return scores, and 1 where a state was there and voted [roll call, state]."""
    votes = record.votes[rows]
    return scores(votes), np.isin(votes, CHOICES[:3]).astype(float)
