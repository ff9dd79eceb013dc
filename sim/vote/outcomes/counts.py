"""Counts over the draws of a run, arm by arm and of arms in pairs; counts of blocks add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.assembly.choices import CHOICES, Choice, FloatArray, VoteArray
from sim.vote.outcomes.chances import ArmChances
from sim.vote.outcomes.pairing import coupled


@dataclass(frozen=True)
class ArmCounts:
    """What was counted over the draws of one arm.

    Without known votes every draw weighs 1; with them a draw weighs as much as the known votes were
    probable in it.

    Attributes
    ----------
    weight, weight_squared : float
        Sums over the draws.
    tallies : array [choice, votes]
        Weight of the draws with each count.
    margins : array [margin]
        Weight of the draws with each margin, yes less no, from minus all states to all.
    states : array [state, choice]
        Weight of the draws with each vote.
    adopted : float
        Weight of the draws that adopt.
    """

    weight: float
    weight_squared: float
    tallies: FloatArray
    margins: FloatArray
    states: FloatArray
    adopted: float

    def __add__(self, other: ArmCounts) -> ArmCounts:
        """Count the draws of two runs of the same arm together."""
        return ArmCounts(
            self.weight + other.weight,
            self.weight_squared + other.weight_squared,
            self.tallies + other.tallies,
            self.margins + other.margins,
            self.states + other.states,
            self.adopted + other.adopted,
        )

    @property
    def chance(self) -> float:
        """Share of the draws that adopt."""
        return self.adopted / self.weight

    @property
    def chances(self) -> ArmChances:
        """Shares of the draws."""
        return ArmChances(
            tallies=self.tallies / self.weight,
            margins=self.margins / self.weight,
            states=self.states / self.weight,
            adopted=self.chance,
            error=self.standard_error,
        )

    @property
    def standard_error(self) -> float:
        """Of `chance`; never 0, for a chance seen in all of n draws may still be 1 - 1/n.

        The share is pulled by one pseudo-draw each way before its error is taken.
        """
        share = (self.adopted + 1) / (self.weight + 2)
        effective = self.weight**2 / self.weight_squared
        return float(np.sqrt(share * (1 - share) / effective))


@dataclass(frozen=True)
class PairCounts:
    """What was counted over the draws of two arms that share their chance.

    Attributes
    ----------
    differences : array [choice, difference]
        Weight of the draws with each difference of counts, from minus all states to all.
    switched : array [state]
        Weight of the draws in which the state votes otherwise.
    """

    differences: FloatArray
    switched: FloatArray

    def __add__(self, other: PairCounts) -> PairCounts:
        """Count the draws of two runs of the same pair together."""
        return PairCounts(self.differences + other.differences, self.switched + other.switched)


def count_arm(
    votes: VoteArray,
    tally: npt.NDArray[np.int64],
    adopted: npt.NDArray[np.bool_],
    weight: FloatArray | None = None,
) -> ArmCounts:
    """Count a block of draws.

    Parameters
    ----------
    votes : array of int8 [draw, state]
    tally : array of int [draw, choice]
    adopted : array of bool [draw]
    weight : array [draw], optional
        One each by default.

    Examples
    --------
    >>> votes = np.array([[0, 2], [0, 0]], dtype=np.int8)
    >>> tally = np.array([[1, 0, 1, 0], [2, 0, 0, 0]])
    >>> count_arm(votes, tally, np.array([False, True])).chance
    0.5
    """
    draws, states = votes.shape
    each = np.ones(draws) if weight is None else weight
    by_choice = [
        np.bincount(tally[:, choice], weights=weight, minlength=states + 1) for choice in CHOICES
    ]
    by_state = [
        (votes == choice).sum(axis=0) if weight is None else each @ (votes == choice)
        for choice in CHOICES
    ]
    margin = tally[:, Choice.YES] - tally[:, Choice.NO] + states
    return ArmCounts(
        weight=float(each.sum()),
        weight_squared=float((each**2).sum()),
        tallies=np.array(by_choice, dtype=float),
        margins=np.bincount(margin, weights=weight, minlength=2 * states + 1).astype(float),
        states=np.stack(by_state, axis=-1).astype(float),
        adopted=float(each[adopted].sum()),
    )


def count_pair(
    votes: VoteArray,
    against: VoteArray,
    tally: npt.NDArray[np.int64],
    tally_against: npt.NDArray[np.int64],
    weights: tuple[FloatArray, FloatArray] | None = None,
) -> PairCounts:
    """Count how two arms differ in a block of draws.

    Parameters
    ----------
    votes, against : array of int8 [draw, state]
    tally, tally_against : array of int [draw, choice]
    weights : tuple of array [draw], optional
        Of the draws in each arm, where votes are known: each draw is then compared with itself as
        far as both arms weigh it, and what is left over of each with what is left of the other.

    Examples
    --------
    >>> votes = np.array([[0, 2]], dtype=np.int8)
    >>> tally = np.array([[1, 0, 1, 0]])
    >>> count_pair(votes, votes, tally, tally).switched
    array([0., 0.])
    """
    states = votes.shape[1]
    weight = None
    if weights is not None:
        first, second = weights
        total = second.sum()
        one, other, share = coupled(first / first.sum(), second / total)
        weight = total * share
        votes, tally = votes[one], tally[one]
        against, tally_against = against[other], tally_against[other]
    steps = tally - tally_against + states
    differences = [
        np.bincount(steps[:, choice], weights=weight, minlength=2 * states + 1)
        for choice in CHOICES
    ]
    switched = votes != against
    moved = switched.sum(axis=0) if weight is None else weight @ switched
    return PairCounts(np.array(differences, dtype=float), moved.astype(float))
