"""The nearest texts, weighed anew by who agreed: what a plain reader makes of announced votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.record import Record
from sim.skill.baselines.shares import PSEUDO_VOTES, nearest_weights, state_issue
from sim.skill.baselines.year import REACH, Year

STRAY = 0.6
"""Share of states taken to vote otherwise than on the very text it comes down to; the best of .05,
.1, .2 ... .7 in mean log loss over 1 to 100 known votes on every sixth roll call of 2007-2011."""


@dataclass(frozen=True)
class Agreeing:
    """The nearest texts of one roll call.

    Attributes
    ----------
    weights : array [text]
        What each counts before any vote is known.
    choices : array [text, choice, state]
        1 where a state made a choice.
    towards : array [choice, state]
        Shares that they are pulled to by a few pseudo-votes.
    """

    weights: FloatArray
    choices: FloatArray
    towards: FloatArray

    def given(self, known: Mapping[int, Choice]) -> FloatArray:
        """Return the probabilities of all states, given some votes [state, choice].

        A text counts for as much more as it is likelier, one vote in `STRAY` astray, that the known
        votes were cast on it; a state that did not vote on it says nothing.

        Examples
        --------
        Two texts on which the second state voted yes and no; the first agrees on the one with yes:

        >>> votes = np.zeros((2, 4, 2))
        >>> votes[0, Choice.YES] = votes[1, Choice.NO] = 1
        >>> both = Agreeing(np.ones(2), votes, np.full((4, 2), 0.25))
        >>> even, told = both.given({})[1], both.given({0: Choice.YES})[1]
        >>> bool(even[Choice.YES] == even[Choice.NO]), bool(told[Choice.YES] > told[Choice.NO])
        (True, True)
        """
        rows, said = list(known), [int(choice) for choice in known.values()]
        there = self.choices[:, :, rows].sum(axis=1)
        agreed = self.choices[:, said, rows]
        each = there * (agreed * np.log(1 - STRAY) + (1 - agreed) * np.log(STRAY / 3))
        likely = each.sum(axis=1)
        weights = self.weights * np.exp(
            likely - likely.max(initial=-np.inf, where=self.weights > 0)
        )
        weights *= self.weights.sum() / max(weights.sum(), 1e-300)
        counts = np.tensordot(weights, self.choices, axes=1) + PSEUDO_VOTES * self.towards
        return np.asarray((counts / counts.sum(axis=0)).T)


def agreeing_texts(record: Record, rows: IntArray) -> list[Agreeing]:
    """Return the nearest texts of some roll calls of a record, each as of its year's beginning.

    Parameters
    ----------
    record : Record
    rows : array of int
        In order.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> cited = cited_roll_calls()
    >>> [last] = agreeing_texts(cited, np.array([len(cited) - 1]))
    >>> last.given({}).shape
    (193, 4)
    """
    years = record.dates[rows].astype("datetime64[Y]")
    found = []
    for each in np.unique(years):
        year = Year.of(record, rows[years == each])
        weights, towards = nearest_weights(year), state_issue(year)
        late = year.ages <= REACH
        for place in range(len(weights)):
            used = np.flatnonzero((weights[place] > 0) & late)
            found.append(Agreeing(weights[place, used], year.choices[used], towards[place]))
    return found
