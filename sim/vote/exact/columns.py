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


@dataclass(frozen=True)
class Columns:
    """What the columns of some arms are, in the order of the arms.

    Attributes
    ----------
    yes, no : array [state, strength]
        How far support lies above what a yes takes, and below what a no takes, if nothing is shared
        [standard deviations].
    strength, arm : array of int [column]
        At which strength, and of which arm, a column is.
    present, absent : array [state, column]
        Chances.
    weight, coarse : array [column]
        Those of an arm sum to 1.
    """

    yes: FloatArray
    no: FloatArray
    strength: IntArray
    arm: IntArray
    present: FloatArray
    absent: FloatArray
    weight: FloatArray
    coarse: FloatArray

    def some(self, first: int, last: int) -> Columns:
        """Return a part of the columns."""
        which = slice(first, last)
        used, strength = np.unique(self.strength[which], return_inverse=True)
        return Columns(
            self.yes[:, used],
            self.no[:, used],
            strength,
            self.arm[which],
            self.present[:, which],
            self.absent[:, which],
            self.weight[which],
            self.coarse[which],
        )


def columns_of(ballots: Sequence[Ballot], fineness: Fineness) -> Columns:
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
    >>> columns_of([alone, alone], Fineness()).absent.round(12)
    array([[0.1, 0.1]])
    """
    yes: list[FloatArray] = []
    no, strength, arm, away, weight, coarse = [], [], [], [], [], []
    for number, ballot in enumerate(ballots):
        dependence, bounds = ballot.dependence, thresholds(ballot.probabilities)
        for at in held(ballot, fineness):
            drawn = np.array(at.effect), np.array(at.distance)
            shift = ballot.influence.support_shift(at.move, *drawn)
            usual = (at.move.absence - bounds.absent_above)[:, None]
            for size, points in _attendance(dependence, fineness, at.closely):
                shared = dependence.attendance[:, None] * (size.factor * points.value)
                strength += [len(yes)] * len(points.value)
                arm += [number] * len(points.value)
                away.append(shared + usual / dependence.own_attendance(size.factor)[:, None])
                weight.append(at.weight * size.chance * points.weight)
                coarse.append(at.coarse * size.chance * points.coarse)
            yes.append(shift - bounds.yes_above)
            no.append(bounds.no_below - shift)
    absence = np.concatenate(away, axis=1)
    return Columns(
        np.stack(yes, axis=1),
        np.stack(no, axis=1),
        np.array(strength),
        np.array(arm),
        ndtr(-absence),
        ndtr(absence),
        np.concatenate(weight),
        np.concatenate(coarse),
    )


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
