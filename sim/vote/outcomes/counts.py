"""Counts over the draws of a run, arm by arm and of arms in pairs; counts of blocks add up."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.assembly.choices import CHOICES, Choice, FloatArray, VoteArray
from sim.vote.outcomes.chances import ArmChances, share_error
from sim.vote.outcomes.pairing import coupled, in_one_unit, relative


@dataclass(frozen=True)
class ArmCounts:
    """What was counted over the draws of one arm.

    Without known votes every draw weighs 1; with them its weight is the probability of the
    known votes in it, over `exp(log_scale)`.

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
    log_scale : float
        Log of the unit of all weights.
    """

    weight: float
    weight_squared: float
    tallies: FloatArray
    margins: FloatArray
    states: FloatArray
    adopted: float
    log_scale: float = 0.0

    def __add__(self, other: ArmCounts) -> ArmCounts:
        """Count the draws of two runs of the same arm together."""
        one, two, log_scale = in_one_unit(self.log_scale, other.log_scale)
        return ArmCounts(
            one * self.weight + two * other.weight,
            one**2 * self.weight_squared + two**2 * other.weight_squared,
            one * self.tallies + two * other.tallies,
            one * self.margins + two * other.margins,
            one * self.states + two * other.states,
            one * self.adopted + two * other.adopted,
            log_scale,
        )

    def known(self, draws: int) -> float:
        """Return the probability of the known votes: the mean weight of a draw."""
        return self.weight / draws * math.exp(self.log_scale)

    @property
    def effective(self) -> float:
        """As many draws of equal weight would tell as much (Kish 1965, Survey sampling)."""
        return self.weight**2 / self.weight_squared

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
            effective=self.effective,
        )

    @property
    def standard_error(self) -> float:
        """Of `chance`, from the effective draws (`share_error`)."""
        return float(share_error(self.chance, self.effective))


@dataclass(frozen=True)
class PairCounts:
    """What was counted over the draws of two arms that share their chance.

    Attributes
    ----------
    differences : array [choice, difference]
        Weight of the draws with each difference of counts, from minus all states to all.
    switched : array [state]
        Weight of the draws in which the state votes otherwise.
    log_scale : float
        Log of the unit of all weights.
    """

    differences: FloatArray
    switched: FloatArray
    log_scale: float = 0.0

    def __add__(self, other: PairCounts) -> PairCounts:
        """Count the draws of two runs of the same pair together."""
        one, two, log_scale = in_one_unit(self.log_scale, other.log_scale)
        return PairCounts(
            one * self.differences + two * other.differences,
            one * self.switched + two * other.switched,
            log_scale,
        )


def count_arm(
    votes: VoteArray,
    tally: npt.NDArray[np.int64],
    adopted: npt.NDArray[np.bool_],
    log_weight: FloatArray | None = None,
) -> ArmCounts:
    """Count a block of draws.

    Parameters
    ----------
    votes : array of int8 [draw, state]
    tally : array of int [draw, choice]
    adopted : array of bool [draw]
    log_weight : array [draw], optional
        0 each by default.

    Examples
    --------
    >>> votes = np.array([[0, 2], [0, 0]], dtype=np.int8)
    >>> tally = np.array([[1, 0, 1, 0], [2, 0, 0, 0]])
    >>> count_arm(votes, tally, np.array([False, True])).chance
    0.5
    """
    draws, states = votes.shape
    weight, log_scale = relative(log_weight)
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
        log_scale=log_scale,
    )


def count_pair(
    votes: VoteArray,
    against: VoteArray,
    tally: npt.NDArray[np.int64],
    tally_against: npt.NDArray[np.int64],
    log_weights: tuple[FloatArray, FloatArray] | None = None,
) -> PairCounts:
    """Count how two arms differ in a block of draws.

    Parameters
    ----------
    votes, against : array of int8 [draw, state]
    tally, tally_against : array of int [draw, choice]
    log_weights : tuple of array [draw], optional
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
    weight, log_scale = None, 0.0
    if log_weights is not None:
        first, _ = relative(log_weights[0])
        second, log_scale = relative(log_weights[1])
        assert first is not None
        assert second is not None
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
    return PairCounts(np.array(differences, dtype=float), moved.astype(float), log_scale)
