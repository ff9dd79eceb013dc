"""Columns: points of attendance, at every position of some arms and every strength of the effect.

Nothing of a column depends on the factors of stance, so all points of those share one set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.assembly.choices import FloatArray, IntArray
from sim.vote.ballot import Ballot, thresholds
from sim.vote.dependence import Dependence, Size
from sim.vote.exact.quadrature import Fineness, Line, held, hermite, line
from sim.vote.influence import Move


@dataclass(frozen=True)
class Columns:
    """What the columns of some arms are, in the order of the arms.

    Attributes
    ----------
    yes, no : array [state, strength]
        How far support lies above what a yes takes, and below what a no takes, if nothing is shared
        [standard deviations].
    own_yes, own_no : array [state, strength]
        Chances that it lies there by a state's own will.
    strength, arm : array of int [column]
        At which strength, and of which arm, a column is.
    present, absent : array [state, column]
        Chances.
    weight, coarse : array [column]
        Those of an arm sum to 1, or, once votes are known, of a strength.
    place : array of int [column]
        Which likelihood of the known votes a column has.
    held : array of int [column]
        Number of the strength among all that are held.
    """

    yes: FloatArray
    no: FloatArray
    own_yes: FloatArray
    own_no: FloatArray
    strength: IntArray
    arm: IntArray
    present: FloatArray
    absent: FloatArray
    weight: FloatArray
    coarse: FloatArray
    place: IntArray
    held: IntArray

    def some(self, first: int, last: int) -> Columns:
        """Return a part of the columns."""
        which = slice(first, last)
        used, strength = np.unique(self.strength[which], return_inverse=True)
        return Columns(
            self.yes[:, used],
            self.no[:, used],
            self.own_yes[:, used],
            self.own_no[:, used],
            strength,
            self.arm[which],
            self.present[:, which],
            self.absent[:, which],
            self.weight[which],
            self.coarse[which],
            self.place[which],
            self.held[which],
        )


def columns_of_arms(ballots: Sequence[Ballot], fineness: Fineness) -> Columns:
    """Return the columns of some arms that share what states share.

    Parameters
    ----------
    ballots : sequence of Ballot
    fineness : Fineness

    Examples
    --------
    >>> from sim.vote.influence import Influence, Move
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> alone = Ballot(one, Dependence.independent(1), nobody, (Move.none(1),))
    >>> columns_of_arms([alone, alone], Fineness()).absent.round(12)
    array([[0.1, 0.1]])
    """
    stances: list[tuple[FloatArray, ...]] = []
    strength, arm, away, weight, coarse = [], [], [], [], []
    for number, ballot in enumerate(ballots):
        dependence = ballot.dependence
        for at in held(ballot, fineness):
            for size, points in _attendance(dependence, fineness, at.closely):
                strength += [len(stances)] * len(points.value)
                arm += [number] * len(points.value)
                away.append(absent_at(ballot, at.move, size, points.value))
                weight.append(at.weight * size.chance * points.weight)
                coarse.append(at.coarse * size.chance * points.coarse)
            stances.append(edges_at(ballot, at.move, at.effect, at.distance))
    absent = np.concatenate(away, axis=1)
    yes, no, own_yes, own_no = (np.stack(each, axis=1) for each in zip(*stances, strict=True))
    return Columns(
        yes,
        no,
        own_yes,
        own_no,
        np.array(strength),
        np.array(arm),
        1 - absent,
        absent,
        np.concatenate(weight),
        np.concatenate(coarse),
        np.zeros(len(strength), dtype=int),
        np.array(strength),
    )


def edges_at(
    ballot: Ballot, move: Move, effect: float, distance: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return `Columns.yes`, `no`, `own_yes` and `own_no` at one strength [state].

    Examples
    --------
    See `columns_of_arms`, which holds an arm at every strength.
    """
    bounds, will = thresholds(ballot.probabilities), ballot.dependence.own_will
    shift = ballot.influence.support_shift(move, np.array(effect), np.array(distance))
    own_yes, above = will.beyond(np.asarray(bounds.yes_above - shift))
    own_no, below = will.beyond(np.asarray(shift - bounds.no_below))
    return -above, -below, own_yes, own_no


def absent_at(ballot: Ballot, move: Move, size: Size, factor: FloatArray) -> FloatArray:
    """Return the chance of absence of each state at points of the attendance factor.

    Returns
    -------
    array [state, point]

    Examples
    --------
    >>> from sim.vote.influence import Influence
    >>> half, alone = np.array([[0.5, 0.0, 0.0, 0.5]]), Dependence.independent(1)
    >>> ballot = Ballot(half, alone, Influence(np.zeros(1), np.zeros(1)), (Move.none(1),))
    >>> absent_at(ballot, Move.none(1), Size(1.0, 1.0), np.zeros(1))
    array([[0.5]])
    """
    dependence = ballot.dependence
    edge = thresholds(ballot.probabilities).absent_above - move.absence
    own, above = dependence.own_will.beyond(edge)
    shared = dependence.attendance[:, None] * (size.factor * factor)
    followed = ndtr(shared - (above / dependence.own_attendance(size.factor))[:, None])
    return np.asarray(own[:, None] + (1 - dependence.own_will.share)[:, None] * followed)


def _attendance(
    dependence: Dependence, fineness: Fineness, closely: bool
) -> list[tuple[Size, Line]]:
    """Return the sizes of what attendance shares, with points of its factor."""
    sizes = dependence.attendance_sizes
    if closely:
        return [(size, _line(dependence, size, fineness)) for size in sizes]
    if fineness.aside == 1:  # as if nothing were shared
        return [(Size(1.0, 0.0), line(0.0, fewest=1, step=1.0))]
    value, weight = hermite(fineness.aside)
    coarse = np.where(value == 0, 1.0, 0.0) if len(value) % 2 else weight
    return [(size, Line(value, weight, coarse)) for size in sizes]


def _line(dependence: Dependence, size: Size, fineness: Fineness) -> Line:
    reach = size.factor * float(np.abs(dependence.attendance).max(initial=0.0))
    step, span = fineness.step / 3, fineness.span
    return line(reach, fewest=fineness.attendance, step=step, span=span)
