"""What every state does once all that states share is held at a point.

Points are pairs: a *node* is a point of the assembly's stance factor at one size, a *column* a
point of the attendance factor at one size, for one position of the arm and one strength of the
effect.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.vote.ballot import Ballot
from sim.vote.dependence import Size
from sim.vote.exact.columns import Columns, columns_of
from sim.vote.exact.groups import Group, groups_at
from sim.vote.exact.quadrature import Fineness, Line, line

CELLS = 300_000
"""Most probabilities of one choice in one group at a time, so that they stay near the processor;
changes no result beyond rounding."""


@dataclass(frozen=True)
class Conditional:
    """What the states of one group do once what they share is given.

    Attributes
    ----------
    group : Group
    probability : array [choice, state, column, point]
        Those of a state sum to less than 1 where choices are struck out.
    absent : array [state, column]
        Absence alone, which no stance factor moves and from which nothing is struck out.
    """

    group: Group
    probability: FloatArray
    absent: FloatArray

    def at_nodes(self, table: FloatArray) -> FloatArray:
        """Return a table at the points [..., point] as one at the nodes [..., node]."""
        return np.asarray(table @ self.group.onto.astype(table.dtype))

    def said(self) -> FloatArray:
        """Return the probability of the group's known votes [column, point]."""
        return np.asarray(self.probability.sum(axis=0).prod(axis=0))


@dataclass(frozen=True)
class Chunk:
    """Some of the nodes.

    Attributes
    ----------
    groups : tuple of Conditional
    weight, coarse : array [column, node]
        Those of an arm sum to 1 over all chunks.
    arm : array of int [column]
        Of which arm a column is, never falling.
    any_known : bool
        Whether votes are known, so that probabilities do not sum to 1.
    """

    groups: tuple[Conditional, ...]
    weight: FloatArray
    coarse: FloatArray
    arm: IntArray
    any_known: bool

    @property
    def weights(self) -> tuple[FloatArray, FloatArray]:
        """The finer and the coarser weights."""
        return self.weight, self.coarse

    @property
    def arms(self) -> range:
        """The arms that have columns here."""
        return range(int(self.arm[0]), int(self.arm[-1]) + 1)

    @property
    def columns_of_arms(self) -> list[slice]:
        """Which columns are of each of these arms."""
        edges = np.searchsorted(self.arm, [*self.arms, self.arms.stop]).tolist()
        return [slice(first, last) for first, last in itertools.pairwise(edges)]

    @property
    def states(self) -> int:
        """How many states there are."""
        return sum(len(each.group.states) for each in self.groups)


def chunks(ballots: Sequence[Ballot], fineness: Fineness) -> Iterator[Chunk]:
    """Yield the conditional probabilities of every group, some columns at a time.

    Parameters
    ----------
    ballots : sequence of Ballot
        Arms that have the dependence and the known votes in common.
    fineness : Fineness

    Raises
    ------
    ValueError
        If they have not.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> alone = Ballot(one, Dependence.independent(1), nobody, (Move.none(1),))
    >>> [chunk] = chunks([alone], Fineness())
    >>> chunk.groups[0].probability.ravel().round(12)
    array([0.2, 0.3, 0.4, 0.1])
    """
    ballot = ballots[0]
    if any(one.dependence is not ballot.dependence or one.known != ballot.known for one in ballots):
        raise ValueError("arms solved together have to share dependence and known votes")
    columns = columns_of(ballots, fineness)
    for size in ballot.dependence.stance_sizes:
        stance = _stance(ballot, size, fineness)
        groups = groups_at(ballot.dependence, size.factor, stance.value, fineness)
        widest = max((group.value.size for group in groups), default=1)
        at_a_time = max(1, CELLS // widest)
        for first in range(0, len(columns.weight), at_a_time):
            yield _chunk(ballot, columns.some(first, first + at_a_time), groups, size, stance)


def _stance(ballot: Ballot, size: Size, fineness: Fineness) -> Line:
    """Return points of the assembly's factor, as close as what else moves a state allows."""
    dependence = ballot.dependence
    rest = np.hypot(1, size.factor * dependence.bloc)
    reach = float(np.abs(size.factor * dependence.assembly / rest).max(initial=0.0))
    return line(reach, fewest=fineness.assembly, step=fineness.step)


def _chunk(
    ballot: Ballot, columns: Columns, groups: Sequence[Group], size: Size, stance: Line
) -> Chunk:
    own = ballot.dependence.own_stance(size.factor)[:, None]
    alone = len(stance.value) == 1 and len(columns.weight) == columns.yes.shape[1]
    # single precision is far finer than any quadrature, and half the work
    precision = np.float64 if alone else np.float32
    present, absent = _as(precision, columns.present), _as(precision, columns.absent)

    def of(group: Group) -> Conditional:
        states = group.states
        yes = ndtr((columns.yes / own)[states, :, None] + group.value[:, None])
        no = ndtr((columns.no / own)[states, :, None] - group.value[:, None])
        stances = _as(precision, np.stack([yes, np.maximum(1 - yes - no, 0), no]))
        found = _joined(stances[:, :, columns.strength], present[states], absent[states])
        for place, state in enumerate(states.tolist()):
            if (said := ballot.known.get(state)) is not None:
                found[[choice for choice in Choice if choice != said], place] = 0
        return Conditional(group, found, absent[states])

    return Chunk(
        tuple(map(of, groups)),
        np.outer(columns.weight, size.chance * stance.weight),
        np.outer(columns.coarse, size.chance * stance.coarse),
        columns.arm,
        bool(ballot.known),
    )


def _as(precision: type, numbers: FloatArray) -> FloatArray:
    return np.asarray(numbers, dtype=precision)


def _joined(stances: FloatArray, present: FloatArray, absent: FloatArray) -> FloatArray:
    """Return all four probabilities [choice, state, column, point].

    Parameters
    ----------
    stances : array [stance, state, column, point]
        Of those present.
    present, absent : array [state, column]
    """
    found = np.empty((len(Choice), *stances.shape[1:]), dtype=stances.dtype)
    np.multiply(stances, present[:, :, None], out=found[: Choice.NON_VOTING])
    found[Choice.NON_VOTING] = absent[:, :, None]
    return found
