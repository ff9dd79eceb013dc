"""Who voted otherwise on a later roll call than on an earlier one: no model, and no causes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, BoolArray, Choice, IntArray
from sim.assembly.members import US, Members
from sim.record import Record, RollCall


@dataclass(frozen=True)
class Turnover:
    """The votes of two roll calls beside each other.

    Attributes
    ----------
    first, last : RollCall
    before, after : array of int [state]
        Codes of votes; below 0 where a state was no member or its vote is lost.
    """

    first: RollCall
    last: RollCall
    before: IntArray
    after: IntArray

    @property
    def voting(self) -> BoolArray:
        """Which states took part in both, with any vote or with none [state]."""
        return np.asarray((self.before >= 0) & (self.after >= 0))

    def table(self) -> IntArray:
        """Return how many states went from each choice to each [before, after]."""
        found = np.zeros((len(CHOICES), len(CHOICES)), np.int64)
        np.add.at(found, (self.before[self.voting], self.after[self.voting]), 1)
        return found

    def moved(self) -> pd.DataFrame:
        """Return the states whose vote is another: iso3, name, group, before, after."""
        members = Members.load()
        rows = np.flatnonzero(self.voting & (self.before != self.after))
        found = {
            "iso3": [members.codes[row] for row in rows],
            "name": [members.names[row] for row in rows],
            "group": [members.regional_groups[row] for row in rows],
            "before": [Choice(self.before[row]).column for row in rows],
            "after": [Choice(self.after[row]).column for row in rows],
        }
        return pd.DataFrame(found)

    def with_us(self) -> tuple[int, int] | None:
        """Return how many others moved as the United States did, and how many the other way.

        A move is one on the scale from no over abstention to yes; whoever did not vote on either
        day has none. None if the United States itself did not move.
        """
        scale = np.array([1, 0, -1, 0])
        stood = self.voting & (np.maximum(self.before, self.after) < Choice.NON_VOTING)
        move = np.where(stood, scale[self.after] - scale[self.before], 0)
        us = Members.load().row(US)
        if not (way := np.sign(move[us])):
            return None
        others = np.delete(np.sign(move), us)
        return int((others == way).sum()), int((others == -way).sum())


def turnover(record: Record, first: str, last: str) -> Turnover:
    """Return the votes of two roll calls beside each other, the earlier one first.

    Parameters
    ----------
    record : Record
    first, last : str
        As `Record.row` takes them.

    Raises
    ------
    ValueError
        If one is not in the record, or both are the same.

    Examples
    --------
    Support for Ukraine's text fell from 141 to 93:

    >>> from sim.record.cited import cited_roll_calls
    >>> found = turnover(cited_roll_calls(), "ES-11/6", "ES-11/7")
    >>> table = found.table()
    >>> int(table[Choice.YES].sum()), int(table[:, Choice.YES].sum()), len(found.moved())
    (141, 93, 60)
    """
    rows = sorted((record.row(first), record.row(last)))
    if rows[0] == rows[1]:
        raise ValueError(f"{first!r} and {last!r} are the same roll call; give two")
    one, other = (record.roll_call(row) for row in rows)
    return Turnover(one, other, *(record.votes[row].astype(np.int64) for row in rows))
