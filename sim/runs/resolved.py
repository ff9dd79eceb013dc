"""The forecasts of a ledger whose votes have come, scored."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, Choice, FloatArray, VoteArray
from sim.assembly.members import Members
from sim.record.value import Record
from sim.runs.hindsight import fall
from sim.runs.ledger import Entry, stored_counts
from sim.skill.scores import crps, score_cells
from sim.vote.outcomes import summary

_OF_ENTRY = ("number", "scenario", "symbol", "vote", "made", "before", "arm", "states")
_OF_COUNT = ("log_loss", "log_loss_simple", "choice", "expected", "q05", "q95", "actual")
_RANGES = ("crps", "crps_simple", "inside_50", "inside_90")
COLUMNS = (*_OF_ENTRY, *_OF_COUNT, *_RANGES)


def score_ledger(entries: Sequence[Entry], record: Record) -> pd.DataFrame:
    """Return the scores of each entry whose roll call is in a record, a row a count.

    The arm that is scored is the one in which the likeliest vote of the United States was its real
    one; the first such, or the first of all. `log_loss` is the mean over states with a vote;
    `crps` is in votes. The simple forecast is the one frozen beside the entry, its states
    independent.

    Parameters
    ----------
    entries : sequence of Entry
    record : Record

    Returns
    -------
    DataFrame
        No row where nothing has come yet.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> score_ledger([], cited_roll_calls()).empty
    True
    """
    rows = [row for entry in entries for row in _scored(entry, record)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _scored(entry: Entry, record: Record) -> Iterator[dict[str, Any]]:
    told = entry.content
    try:
        place = record.row(told["symbol"])
    except ValueError:
        return  # not voted on yet, as far as the record goes
    rows = [Members.load().row(code) for code in told["states"]]
    votes = record.votes[place][rows]
    arm = _arm(told, votes)
    found = told["arms"][arm]
    simple = np.array(told["simple"])
    head = {
        **{name: told[name] for name in ("number", "scenario", "symbol", "vote", "made")},
        "before": told["made_before_the_vote"],
        "arm": arm,
        "states": int(np.isin(votes, CHOICES).sum()),
        "log_loss": _log_loss(np.array(found["probabilities"]), votes),
        "log_loss_simple": _log_loss(simple, votes),
    }
    for choice in CHOICES:
        counts = stored_counts(found["counts"][choice.column], len(votes))
        yield {**head, **_count_scores(counts, simple[:, choice], votes, choice)}


def _count_scores(
    counts: FloatArray, simple: FloatArray, votes: VoteArray, choice: Choice
) -> dict[str, Any]:
    actual, ranges = int((votes == choice).sum()), summary(counts)
    independent = functools.reduce(np.convolve, np.stack([1 - simple, simple], axis=1))
    ours, theirs = crps(np.stack([counts, independent]), np.array([actual, actual]))
    where = fall(counts, actual)
    return {
        "choice": choice.column,
        "expected": ranges["mean"],
        "q05": ranges["q05"],
        "q95": ranges["q95"],
        "actual": actual,
        "crps": float(ours),
        "crps_simple": float(theirs),
        "inside_50": where.within_50,
        "inside_90": where.within_90,
    }


def _arm(told: Any, votes: VoteArray) -> str:
    us = told["states"].index(Members.load().codes[Members.load().row("USA")])
    for arm in told["order"]:
        if int(np.argmax(told["arms"][arm]["probabilities"][us])) == votes[us]:
            return str(arm)
    return str(told["order"][0])


def _log_loss(probabilities: FloatArray, votes: VoteArray) -> float:
    scores = score_cells(probabilities[None], votes[None])
    return float(scores.log_loss.sum() / scores.scored.sum())
