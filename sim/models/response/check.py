"""Whether a fitted response foretells votes at later moves: of a group, and of each state."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sim.assembly.choices import FloatArray, IntArray
from sim.assembly.members import US
from sim.models.judgements import influence_groups, influence_seeds
from sim.models.response.pairs import SCORE, pairs_of
from sim.models.response.report import fit_response
from sim.record import Record
from sim.record.value import ShortRecordError

LEAST = 1e-12
"""Probability below which a vote that was cast is not taken."""


def later_moves(record: Record, as_of: datetime.date, until: datetime.date) -> pd.DataFrame:
    """Return how well a response fitted before a day foretells the votes at moves after it.

    Each vote of a state that took a stance before and after a move of the United States is given
    its probability three times: as if nobody responded, with the effect on its group, and with the
    effect on the state itself (`sim.models.response.report.Response.effect`).

    Parameters
    ----------
    record : Record
    as_of : date
        The response is fitted to earlier votes.
    until : date
        Moves completed from `as_of` up to, not including, this day are foretold.

    Returns
    -------
    DataFrame
        group; moves, votes; none, group_effect and own_effect, the mean log loss of a vote with
        either: less is better.

    Raises
    ------
    ValueError
        If there is no move to fit, or none to foretell.

    Examples
    --------
    >>> later_moves(Record.empty(), datetime.date(2000, 1, 1), datetime.date(2010, 1, 1))
    Traceback (most recent call last):
    ValueError: USA changed its position on 0 texts and kept it on 0 before 2000-01-01; at least one
    of each is needed: bring a longer record
    """
    fit, seeds = fit_response(record, as_of), influence_seeds()["fit"]
    pairs = pairs_of(record, US, since=seeds["since"], longest=seeds["longest_gap"])
    first, last = np.datetime64(as_of), np.datetime64(until)
    chosen = (pairs.step != 0) & (pairs.second >= first) & (pairs.second < last)
    if not chosen.any():
        raise ShortRecordError(f"no move of the United States from {as_of} to {until}")
    later = pairs.take(chosen)
    rows = []
    for group, inside in influence_groups(as_of).items():
        states = np.flatnonzero(inside)
        pair, place = np.nonzero(
            (SCORE[later.before[:, states]] >= 0) & (SCORE[later.after[:, states]] >= 0)
        )
        state = states[place]
        before, after = (votes[pair, state].astype(int) for votes in (later.before, later.after))
        losses = [
            log_loss(effect * later.step[pair], fit.thresholds[group], before, after)
            for effect in (np.zeros(1), np.full(1, _of_group(fit.table, group)), fit.effect[state])
        ]
        rows.append((group, int(chosen.sum()), len(state), *losses))
    columns = ["group", "moves", "votes", "none", "group_effect", "own_effect"]
    return pd.DataFrame(rows, columns=columns)


def log_loss(shift: FloatArray, thresholds: FloatArray, before: IntArray, after: IntArray) -> float:
    """Return the mean log loss of later stances, given the earlier ones and shifts of support.

    Parameters
    ----------
    shift : array [vote]
        [standard deviations]
    thresholds : array [before, 2]
        As in `sim.models.response.fit.thresholds_of`.
    before, after : array of int [vote]
        Stances.

    Examples
    --------
    A state that is as likely to say yes as not, and says yes: -log(1/2).

    >>> even = np.array([[0.0, -9.0], [0.0, 0.0], [0.0, 0.0]])
    >>> round(log_loss(np.zeros(1), even, np.array([0]), np.array([0])), 3)
    0.693
    """
    yes, no = ndtr(shift - thresholds[before, 0]), ndtr(thresholds[before, 1] - shift)
    chances = np.stack([yes, 1 - yes - no, no], axis=1)[np.arange(len(after)), after]
    return float(-np.log(np.maximum(chances, LEAST)).mean())


def _of_group(table: pd.DataFrame, group: str) -> float:
    """Return the latent effect on a group, from the better design there is."""
    rows = table[(table["group"] == group) & (table["scale"] == "latent")].set_index("design")
    return float(rows["estimate"].iloc[-1]) if len(rows) else 0.0
