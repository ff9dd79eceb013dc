"""What every state does once all that states share is held at a point.

Points are pairs: a *node* is a point of the assembly's stance factor at one size, a *column* a
point of the attendance factor at one size, for one position of the arm and one strength of the
effect.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.vote.ballot import Ballot
from sim.vote.dependence import Size
from sim.vote.exact.columns import Columns, columns_of_arms
from sim.vote.exact.groups import Group, assembly_reach, groups_at
from sim.vote.exact.posterior import Posterior
from sim.vote.exact.quadrature import Fineness, line
from sim.vote.exact.states import columns_given

CELLS = 300_000
"""Most probabilities of one choice in one group at a time, so that they stay near the processor;
changes no result beyond rounding."""
SUMMED: type = np.float32
"""Precision of what is summed over points: far finer than any quadrature, and half the work."""


@dataclass(frozen=True)
class Conditional:
    """What the states of one group whose votes are not known do once what they share is given.

    Attributes
    ----------
    group : Group
    probability : array [choice, state, column, point]
    absent : array [state, column]
        Absence alone, which no stance factor moves.
    place : array of int [column]
        Which likelihood of the known votes a column has; needed if `Group.onto` has several.
    """

    group: Group
    probability: FloatArray
    absent: FloatArray
    place: IntArray = field(default_factory=lambda: np.zeros(1, dtype=int))

    def at_nodes(self, table: FloatArray) -> FloatArray:
        """Return a table at the points [..., column, point] as one at the nodes [..., node]."""
        onto = self.group.onto.astype(table.dtype)
        if onto.ndim == 2 or len(onto) == 1:
            return np.asarray(table @ onto.reshape(onto.shape[-2:]))
        found = np.empty((*table.shape[:-1], onto.shape[2]), dtype=table.dtype)
        for place in np.unique(self.place):
            columns = self.place == place
            found[..., columns, :] = table[..., columns, :] @ onto[place]
        return found

    @property
    def to_nodes(self) -> FloatArray:
        """What a node takes from each point [column or 1, node, point]."""
        onto = self.group.onto
        return np.swapaxes(onto[None] if onto.ndim == 2 else onto[self.place % len(onto)], 1, 2)


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
    known : tuple of Choice
        The known votes, of states that are in no group.
    """

    groups: tuple[Conditional, ...]
    weight: FloatArray
    coarse: FloatArray
    arm: IntArray
    known: tuple[Choice, ...] = ()

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
    def free(self) -> int:
        """How many states there are whose votes are not known."""
        return sum(len(each.group.states) for each in self.groups)


def chunks(
    ballots: Sequence[Ballot], fineness: Fineness, *, posterior: Posterior | None = None
) -> Iterator[Chunk]:
    """Yield the conditional probabilities of every group, some columns at a time.

    Parameters
    ----------
    ballots : sequence of Ballot
        Arms that have the dependence in common; a single one if votes are known.
    fineness : Fineness
    posterior : Posterior, optional
        What the known votes say, if there are any.

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
    if any(one.dependence is not ballot.dependence for one in ballots):
        raise ValueError("arms solved together must share dependence and known votes")
    if posterior is not None:
        yield from _given(ballot, posterior, fineness)
        return
    columns = columns_of_arms(ballots, fineness)
    for size in ballot.dependence.stance_sizes:
        reach = assembly_reach(ballot.dependence, size)
        stance = line(reach, fewest=fineness.assembly, step=fineness.step, span=fineness.far)
        groups = groups_at(ballot.dependence, size.factor, stance.value, fineness)
        for some in _a_few(columns, groups):
            yield Chunk(
                _conditionals(ballot, some, groups, size),
                np.outer(some.weight, size.chance * stance.weight),
                np.outer(some.coarse, size.chance * stance.coarse),
                some.arm,
            )


def _given(ballot: Ballot, posterior: Posterior, fineness: Fineness) -> Iterator[Chunk]:
    columns, parts = columns_given(ballot, posterior, fineness)
    for stance in posterior.stance:
        weight, coarse = parts @ stance.weight, parts @ stance.coarse
        for some in _a_few(columns, stance.groups):
            yield Chunk(
                _conditionals(ballot, some, stance.groups, stance.size),
                some.weight[:, None] * weight[some.held],
                some.weight[:, None] * coarse[some.held],
                some.arm,
                tuple(ballot.known.values()),
            )


def _a_few(columns: Columns, groups: Sequence[Group]) -> Iterator[Columns]:
    """Yield so few columns at a time that their probabilities stay near the processor."""
    widest = max((group.value.size for group in groups), default=1)
    at_a_time = max(1, CELLS // widest)
    for first in range(0, len(columns.weight), at_a_time):
        yield columns.some(first, first + at_a_time)


def _conditionals(
    ballot: Ballot, columns: Columns, groups: Sequence[Group], size: Size
) -> tuple[Conditional, ...]:
    tied = ballot.dependence
    own, follow = tied.own_stance(size.factor)[:, None], 1 - tied.own_will.share[:, None, None]
    integrated = len(columns.weight) > columns.yes.shape[1] or any(
        group.onto.shape[-1] > 1 for group in groups
    )
    precision = SUMMED if integrated else np.float64
    present, absent = _as(precision, columns.present), _as(precision, columns.absent)
    wilful = bool(tied.own_will.eps.any())

    def of(group: Group) -> Conditional:
        states = group.states
        yes = ndtr((columns.yes / own)[states, :, None] + group.value[:, None])
        no = ndtr((columns.no / own)[states, :, None] - group.value[:, None])
        if wilful:
            yes = columns.own_yes[states, :, None] + follow[states] * yes
            no = columns.own_no[states, :, None] + follow[states] * no
        stances = _as(precision, np.stack([yes, np.maximum(1 - yes - no, 0), no]))
        found = _joined(stances[:, :, columns.strength], present[states], absent[states])
        return Conditional(group, found, absent[states], columns.place)

    return tuple(map(of, groups))


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
