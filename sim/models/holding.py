"""How often a state votes in the plenary as in the committee, from both votes of titles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import Choice
from sim.record import Record
from sim.record.texts import clean_title

DAYS = 150
"""The plenary takes a committee's texts up in the same part of the session, within so many days."""
VOTES = (Choice.YES, Choice.ABSTAIN, Choice.NO)
NINETY = 1.645
"""Standard errors either side of a mean that hold 90 % of a normal."""


@dataclass(frozen=True)
class Holding:
    """How often votes of a committee hold.

    Attributes
    ----------
    often, low, high : float
        Share of the states that vote both times, and its range (90 %, or as a scenario gives it).
    pairs : int
        Titles that it is from; 0 if it is an assumption.
    """

    often: float
    low: float = 0.0
    high: float = 1.0
    pairs: int = 0


def fitted_holding(record: Record) -> Holding | None:
    """Return how often votes held, over all titles of which a record has both votes.

    States that vote both times count, whatever they say; the range is from how titles differ.

    Parameters
    ----------
    record : Record
        With votes of committees; all of it is used.

    Returns
    -------
    Holding or None
        None where it has no such pair.

    Examples
    --------
    >>> fitted_holding(Record.empty()) is None
    True
    """
    frame, days = record.roll_calls, record.dates
    whole = frame["kind"] == "whole"
    named = [
        clean_title(title) if one else "" for title, one in zip(frame["title"], whole, strict=True)
    ]
    latest: dict[str, int] = {}
    same, both = [], []
    for row, (title, body) in enumerate(zip(named, frame["body"], strict=True)):
        if title and body:
            latest[title] = row
            continue
        earlier = latest.pop(title, None)
        if earlier is None or (days[row] - days[earlier]).astype(int) > DAYS:
            continue
        then, now = record.votes[earlier], record.votes[row]
        voted = np.isin(then, VOTES) & np.isin(now, VOTES)
        same.append(int((then == now)[voted].sum()))
        both.append(int(voted.sum()))
    if not sum(both):
        return None
    often = sum(same) / sum(both)
    off = np.array(same) - often * np.array(both)
    # of one title alone nothing is known of how titles differ
    error = np.sqrt((off**2).sum() * len(off) / max(len(off) - 1, 1)) / sum(both)
    width = NINETY * float(error) if len(off) > 1 else min(often, 1 - often)
    return Holding(often, max(often - width, 0.0), min(often + width, 1.0), len(off))
