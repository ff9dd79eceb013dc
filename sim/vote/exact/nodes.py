"""What every state does once all that states share is held at a point.

Points are pairs: a *node* is a point of the assembly's stance factor at one size, a *column* a
point of the attendance factor at one size, for one position of the arm and one strength of the
effect.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.vote.ballot import Ballot
from sim.vote.dependence import Dependence, Size
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
FAINT = 1e-11
"""A chance that is less is nothing in that precision, see `sim.vote.exact.convolution.LEAST`."""


Table = TypeVar("Table", FloatArray, npt.NDArray[np.complexfloating])


@dataclass(frozen=True)
class Conditional:
    """What the states of one group whose votes are not known do once what they share is given.

    Attributes
    ----------
    group : Group
    probability : array [choice, state, kind, point]
        Columns in which all of the group's states do the same are of one kind.
    absent : array [state, column]
        Absence alone, which no stance factor moves.
    place : array of int [kind]
        Which likelihood of the known votes a column has; needed if `Group.onto` has several.
    kind : array of int [column] or None
        Of which kind each column is; None where each is one of its own.
    """

    group: Group
    probability: FloatArray
    absent: FloatArray
    place: IntArray = field(default_factory=lambda: np.zeros(1, dtype=int))
    kind: IntArray | None = None

    def at_nodes(self, table: FloatArray) -> FloatArray:
        """Return a table at the points [..., kind, point] as one at the nodes [..., node]."""
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
        """What a node takes from each point [kind or 1, node, point]."""
        onto = self.group.onto
        return np.swapaxes(onto[None] if onto.ndim == 2 else onto[self.place % len(onto)], 1, 2)

    def of_columns(self, table: Table, axis: int) -> Table:
        """Return a table of kinds as one of columns, along an axis."""
        return table if self.kind is None else table.take(self.kind, axis)


@dataclass(frozen=True)
class Chunk:
    """Some of the nodes.

    Attributes
    ----------
    groups : tuple of Conditional
    weight, coarse : array [column, node]
        Those of an arm sum to 1 over all chunks.
    arm : array of int [column]
        Of which arm a column is.
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

    def by_arm(self, weight: FloatArray, arms: int) -> FloatArray:
        """Return weights, or what is weighted, with nothing at other arms [arm, column, node]."""
        return np.asarray((self.arm == np.arange(arms)[:, None])[:, :, None] * weight)

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
    kinds = _kinds(columns, ballot.dependence) if len(ballots) > 1 else []
    if kinds:
        # columns that most groups share come after each other
        order = np.lexsort(sorted(kinds, key=np.max, reverse=True))
        columns, kinds = columns.some(order), [kind[order] for kind in kinds]
    for size in ballot.dependence.stance_sizes:
        reach = assembly_reach(ballot.dependence, size)
        stance = line(reach, fewest=fineness.assembly, step=fineness.step, span=fineness.far)
        groups = groups_at(ballot.dependence, size.factor, stance.value, fineness)
        for which in _a_few(columns, groups):
            some = columns.some(which)
            yield Chunk(
                _conditionals(ballot, some, groups, size, [kind[which] for kind in kinds]),
                np.outer(some.weight, size.chance * stance.weight),
                np.outer(some.coarse, size.chance * stance.coarse),
                some.arm,
            )


def _given(ballot: Ballot, posterior: Posterior, fineness: Fineness) -> Iterator[Chunk]:
    columns, parts = columns_given(ballot, posterior, fineness)
    for stance in posterior.stance:
        weight, coarse = parts @ stance.weight, parts @ stance.coarse
        for which in _a_few(columns, stance.groups):
            some = columns.some(which)
            yield Chunk(
                _conditionals(ballot, some, stance.groups, stance.size),
                some.weight[:, None] * weight[some.held],
                some.weight[:, None] * coarse[some.held],
                some.arm,
                tuple(ballot.known.values()),
            )


def _kinds(columns: Columns, dependence: Dependence) -> list[IntArray]:
    """Return of which kind each column is for each group that has states [group][column]."""
    numbers = range(len(dependence.groups))
    inside = [np.flatnonzero(dependence.group == number) for number in numbers]
    return [columns.alike(states) for states in inside if len(states)]


def _a_few(columns: Columns, groups: Sequence[Group]) -> Iterator[IntArray]:
    """Yield so few columns at a time that their probabilities stay near the processor."""
    widest = max((group.value.size for group in groups), default=1)
    at_a_time = max(1, CELLS // widest)
    for first in range(0, len(columns.weight), at_a_time):
        yield np.arange(first, min(first + at_a_time, len(columns.weight)))


def _conditionals(
    ballot: Ballot,
    columns: Columns,
    groups: Sequence[Group],
    size: Size,
    kinds: Sequence[IntArray] = (),
) -> tuple[Conditional, ...]:
    tied = ballot.dependence
    own, follow = tied.own_stance(size.factor)[:, None], 1 - tied.own_will.share[:, None, None]
    integrated = len(columns.weight) > columns.yes.shape[1] or any(
        group.onto.shape[-1] > 1 for group in groups
    )
    precision = SUMMED if integrated else np.float64
    wilful = bool(tied.own_will.eps.any())

    def of(group: Group, kinds: IntArray | None) -> Conditional:
        states, some, kind = group.states, columns, None
        if kinds is not None:
            first, kind = _in_order(kinds)
            some = columns.some(first)
        yes = ndtr((some.yes[states] / own[states])[:, :, None] + group.value[:, None])
        no = ndtr((some.no[states] / own[states])[:, :, None] - group.value[:, None])
        if wilful:
            yes = some.own_yes[states, :, None] + follow[states] * yes
            no = some.own_no[states, :, None] + follow[states] * no
        stances = _as(precision, np.stack([yes, np.maximum(1 - yes - no, 0), no]))
        present, absent = (_as(precision, each[states]) for each in (some.present, some.absent))
        found = _joined(stances[:, :, some.strength], present, absent)
        away = absent if kind is None else _as(precision, columns.absent[states])
        return Conditional(group, found, away, some.place, kind)

    return tuple(map(of, groups, kinds or itertools.repeat(None)))


def _in_order(kinds: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first column of each kind, and the kinds numbered as they come [column]."""
    _, first, kind = np.unique(kinds, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return first[order], np.argsort(order)[kind]


def _as(precision: type, chances: FloatArray) -> FloatArray:
    found: FloatArray = np.asarray(chances, dtype=precision)
    return found * (found >= FAINT) if precision is SUMMED else found


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
