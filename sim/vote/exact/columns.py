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
from sim.vote.exact.quadrature import Fineness, Line, hermite, line
from sim.vote.exact.uncertainty import held
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

    def some(self, which: IntArray) -> Columns:
        """Return some of the columns, by their numbers."""
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

    def alike(self, states: IntArray) -> IntArray:
        """Return a number for each column, the same where some states do the same [column].

        Examples
        --------
        Two states, one of which differs between two arms:

        >>> one, also = np.array([[0.2, 0.3]]), np.array([[0.2, 0.2]])
        >>> edges, own, both = np.concatenate([one, also]), np.zeros((2, 2)), np.arange(2)
        >>> away, weight, place = np.zeros((2, 2)), np.ones(2), np.zeros(2, dtype=int)
        >>> columns = Columns(
        ...     edges, edges, own, own, both, both, 1 - away, away, weight, weight, place, both
        ... )
        >>> [len(set(columns.alike(np.array([state])))) for state in (0, 1)]
        [2, 1]
        """
        edges = np.concatenate(
            [each[states] for each in (self.yes, self.no, self.own_yes, self.own_no)]
        )
        parts = (_numbered(edges)[self.strength], _numbered(self.absent[states]), self.place)
        return _numbered(np.stack(parts))


def _numbered(table: np.ndarray) -> IntArray:
    """Return a number for each column of a table, the same where columns are [column]."""
    rows = np.ascontiguousarray(table.T)
    whole = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel()
    return np.asarray(np.unique(whole, return_inverse=True)[1])


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
    strengths = 0
    for number, ballot in enumerate(ballots):
        dependence, all_held = ballot.dependence, list(held(ballot, fineness))
        stances.append(edges_at(ballot, [(at.move, at.effect, at.distance) for at in all_held]))
        absence = {id(at.move): Away.of(ballot, at.move) for at in all_held}
        for place, at in enumerate(all_held):
            for size, points in _attendance(dependence, fineness, at.closely):
                strength += [strengths + place] * len(points.value)
                arm += [number] * len(points.value)
                away.append(absence[id(at.move)].at(size, points.value))
                weight.append(at.weight * size.chance * points.weight)
                coarse.append(at.coarse * size.chance * points.coarse)
        strengths += len(all_held)
    absent = np.concatenate(away, axis=1)
    yes, no, own_yes, own_no = (np.concatenate(each, axis=1) for each in zip(*stances, strict=True))
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
    ballot: Ballot, held: Sequence[tuple[Move, float, float]]
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return `Columns.yes`, `no`, `own_yes` and `own_no` [state, strength].

    Parameters
    ----------
    ballot : Ballot
    held : sequence of (Move, float, float)
        Positions, each with the strength and the distance that it is held at.

    Examples
    --------
    See `columns_of_arms`, which holds an arm at every strength.
    """
    bounds, will = thresholds(ballot.probabilities), ballot.dependence.own_will
    shift = shifts_at(ballot, held)
    own_yes, above = will.beyond(bounds.yes_above[:, None] - shift)
    own_no, below = will.beyond(shift - bounds.no_below[:, None])
    return -above, -below, own_yes, own_no


def shifts_at(ballot: Ballot, held: Sequence[tuple[Move, float, float]]) -> FloatArray:
    """Return how far support is shifted [state, strength]; see `edges_at`.

    Examples
    --------
    >>> from sim.vote.influence import Influence
    >>> one, alone = np.ones(1), Dependence.independent(1)
    >>> ballot = Ballot(np.eye(4)[:1], alone, Influence(one, one), ())
    >>> up = Move(1.0, 1.0, 0.0, np.zeros(1), np.zeros(1), np.zeros(1))
    >>> shifts_at(ballot, [(up, 0.0, 0.0), (up, 0.5, 0.0)])
    array([[1. , 1.5]])
    """
    found = np.empty((len(ballot.probabilities), len(held)))
    of_move: dict[int, list[int]] = {}
    for place, (move, _, _) in enumerate(held):
        of_move.setdefault(id(move), []).append(place)
    for places in of_move.values():
        effect, distance = (np.array([held[place][of] for place in places]) for of in (1, 2))
        found[:, places] = ballot.influence.support_shift(held[places[0]][0], effect, distance).T
    return found


@dataclass(frozen=True)
class Away:
    """What decides on absence in an arm at one position, for some states.

    Attributes
    ----------
    own, edge : array [state]
        Absence that is the state's own, and how far what follows the factor has to go.
    attendance, share : array [state]
        Weight of the factor, and chance that absence is the state's own.
    """

    own: FloatArray
    edge: FloatArray
    attendance: FloatArray
    share: FloatArray

    @classmethod
    def of(cls, ballot: Ballot, move: Move) -> Away:
        """Return that of all states."""
        tied, will = ballot.dependence, ballot.dependence.own_will
        own, edge = will.beyond(thresholds(ballot.probabilities).absent_above - move.absence)
        return cls(own, edge, tied.attendance, will.share)

    def some(self, rows: Sequence[int]) -> Away:
        """Return that of some of the states."""
        return Away(self.own[rows], self.edge[rows], self.attendance[rows], self.share[rows])

    def at(self, size: Size, factor: FloatArray) -> FloatArray:
        """Return the chance of absence at points of the attendance factor [state, point]."""
        taken = (size.factor * self.attendance)[:, None]
        followed = ndtr(taken * factor - self.edge[:, None] * np.sqrt(1 + taken**2))
        return np.asarray(self.own[:, None] + (1 - self.share)[:, None] * followed)


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
    return Away.of(ballot, move).at(size, factor)


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
