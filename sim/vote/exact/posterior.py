"""What known votes say of what states share.

Given the strength of the effect, a known vote is as likely as its attendance, which the attendance
factor moves, times its stance, which the stance factors move. So the posteriors of the two
separate, and a known vote is a weight on the points at which factors are held: states, counts and
adoption are the same sums as without known votes, under other weights. All weights are kept as
logarithms until they are relative to the largest. Known votes may leave a factor little room; its
points are then moved to where the room is (adaptive quadrature; Naylor & Smith 1982,
doi:10.2307/2347995).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.vote.ballot import Ballot
from sim.vote.dependence import Dependence, Size
from sim.vote.exact.columns import edges_at
from sim.vote.exact.groups import Group, assembly_reach
from sim.vote.exact.known_attendance import KEPT, Attendance, attendances
from sim.vote.exact.known_stances import (
    LEAST,
    NEGLIGIBLE,
    Inside,
    Kind,
    KnownStances,
    Untold,
    group_kind,
)
from sim.vote.exact.quadrature import SPAN, Fineness, points_for
from sim.vote.exact.room import room
from sim.vote.exact.uncertainty import HeldTwice, held_twice


@dataclass(frozen=True)
class StancePosterior:
    """The posterior of the stance factors at one size of what is shared.

    Attributes
    ----------
    size : Size
    node : array [node]
        Where the factor of the assembly is held.
    weight, coarse : array [strength, node]
        Posterior of size, strength and factor of the assembly together.
    kinds : tuple of Kind
        The groups with states whose votes are not known.
    """

    size: Size
    node: FloatArray
    weight: FloatArray
    coarse: FloatArray
    kinds: tuple[Kind, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups at the nodes.

        `Group.onto` [likelihood, point, node], or [point, node] where nothing is known, is the
        posterior of the group's factor.
        """
        return tuple(kind.given(self.node) for kind in self.kinds)


@dataclass(frozen=True)
class Posterior:
    """What states share, given the known votes.

    Attributes
    ----------
    prior, held : tuple of HeldTwice
        Strengths of the effect, and those that known votes leave possible.
    place : array of int [strength]
        Which likelihood of the known votes a strength has: where nobody is moved all have one.
    attendance : tuple of tuple of Attendance
        For each likelihood.
    stance : tuple of StancePosterior
        For each size.
    log_known : float
        Log probability of the known votes.
    """

    prior: tuple[HeldTwice, ...]
    held: tuple[HeldTwice, ...]
    place: IntArray
    attendance: tuple[tuple[Attendance, ...], ...]
    stance: tuple[StancePosterior, ...]
    log_known: float

    @property
    def weight(self) -> FloatArray:
        """Posterior of the strengths [strength]."""
        return np.asarray(sum(stance.weight.sum(axis=1) for stance in self.stance))


def posterior_of(ballot: Ballot, fineness: Fineness) -> Posterior:
    """Return what states share, given the known votes of a ballot.

    Parameters
    ----------
    ballot : Ballot
    fineness : Fineness

    Examples
    --------
    Two states with even chances, independent: that one says yes has a chance of one half.

    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> fair, none = np.array([[0.5, 0.0, 0.5, 0.0]] * 2), Influence(np.zeros(2), np.zeros(2))
    >>> alone = Dependence.independent(2)
    >>> ballot = Ballot(fair, alone, none, (Move.none(2),), {0: Choice.YES})
    >>> round(float(np.exp(posterior_of(ballot, Fineness()).log_known)), 9)
    0.5
    """
    strengths = tuple(held_twice(ballot, fineness))
    return _posterior(ballot, strengths, strengths, fineness)


def _posterior(
    ballot: Ballot, prior: tuple[HeldTwice, ...], held: tuple[HeldTwice, ...], fineness: Fineness
) -> Posterior:
    distinct, place = _distinct(held)
    attends = attendances(ballot, distinct, fineness)
    evidence = np.array([logs for _, logs in attends])
    stances = _stances(ballot, distinct, fineness)
    weights, known = _joint(held, place, evidence, stances)
    mass = sum(fine.sum(axis=1) + coarse.sum(axis=1) for fine, coarse in weights)
    possible = np.flatnonzero(mass > NEGLIGIBLE)
    if 2 * len(possible) <= len(held):  # of many even points known votes leave few
        return _posterior(ballot, prior, tuple(held[at] for at in possible), fineness)
    return Posterior(
        prior,
        held,
        place,
        tuple(points for points, _ in attends),
        tuple(
            one.given(*weight)
            for one, weight in zip(stances, weights, strict=True)
            if weight[0].sum() > NEGLIGIBLE
        ),
        known,
    )


def _distinct(strengths: Sequence[HeldTwice]) -> tuple[list[HeldTwice], IntArray]:
    """Return strengths at which known votes differ in likelihood, and which each one is of."""
    found: dict[tuple[object, ...], int] = {}
    distinct: list[HeldTwice] = []
    place: list[int] = []
    for at in strengths:
        still = at.said_move.moves_nobody
        where = (id(at.said), id(at.said_move)) + (() if still else (at.effect, at.distance))
        if where not in found:
            found[where] = len(distinct)
            distinct.append(at)
        place.append(found[where])
    return distinct, np.array(place)


def _joint(
    strengths: Sequence[HeldTwice],
    place: IntArray,
    evidence: FloatArray,
    stances: Sequence[_Stance],
) -> tuple[list[tuple[FloatArray, FloatArray]], float]:
    """Return the posterior of size, strength and node, finer and coarser, and its log evidence."""
    logs = [
        (one.log_known + evidence[:, None])[place] + np.log(max(one.size.chance, LEAST))
        for one in stances
    ]
    top = max(float(each.max()) for each in logs)
    prior = [(np.array([at.weight for at in strengths])[:, None], "weight")]
    prior += [(np.array([at.coarse for at in strengths])[:, None], "coarse")]
    found = [
        [of * getattr(one, kind) * np.exp(each - top) for of, kind in prior]
        for one, each in zip(stances, logs, strict=True)
    ]
    fine, coarse = (sum(float(both[side].sum()) for both in found) for side in (0, 1))
    return [(both[0] / fine, both[1] / coarse) for both in found], float(np.log(fine) + top)


def _stances(ballot: Ballot, distinct: Sequence[HeldTwice], fineness: Fineness) -> list[_Stance]:
    """Return the stance factors at each size."""
    tied, known = ballot.dependence, ballot.known
    edges = _edges(distinct)
    votes: list[list[tuple[int, Choice]]] = [[] for _ in tied.groups]
    for row in sorted(known):
        votes[tied.group[row]].append((row, known[row]))
    told = [[row for row, said in some if said != Choice.NON_VOTING] for some in votes]
    of_group = [edges[:, rows].tobytes() for rows in told]
    found = []
    for size in tied.stance_sizes:
        kinds = (
            _kind(tied, size, number, tuple(votes[number]), of_group[number], fineness)
            for number in range(len(tied.groups))
        )
        some = tuple(kind for kind in kinds if kind is not None)
        found.append(_stance(tied, some, size, len(distinct), fineness))
    return found


@functools.lru_cache(maxsize=64 * KEPT)
def _kind(
    tied: Dependence,
    size: Size,
    number: int,
    votes: tuple[tuple[int, Choice], ...],
    edges: bytes,
    fineness: Fineness,
) -> Kind | None:
    """Return how a group is held given its known votes; None if it has nobody to ask."""
    weights, own, share, members = _weights(tied, size)
    inside = members[number]
    rows = [row for row, said in votes if said != Choice.NON_VOTING]
    spoken = {row for row, _ in votes}
    states = np.array([row for row in inside.tolist() if row not in spoken], dtype=int)
    if not len(states) and not rows:
        return None
    known = KnownStances(
        np.frombuffer(edges).reshape(4, len(rows), -1) if rows else np.empty((4, 0, 1)),
        np.array([said for _, said in votes if said != Choice.NON_VOTING], dtype=int),
        own[rows],
        share[rows],
    )
    kind = group_kind(weights[inside]) if rows else Untold
    return kind(Inside(weights[rows], weights[states], states, known, fineness))


@functools.lru_cache(maxsize=KEPT)
def _weights(
    tied: Dependence, size: Size
) -> tuple[FloatArray, FloatArray, FloatArray, tuple[IntArray, ...]]:
    """Return weights [state, factor], own parts, chances of own will, and who is in each group."""
    weights = size.factor * np.stack([tied.assembly, tied.bloc], axis=1)
    members = tuple(np.flatnonzero(tied.group == number) for number in range(len(tied.groups)))
    return weights, tied.own_stance(size.factor), tied.own_will.share, members


@functools.lru_cache(maxsize=2 * KEPT)
def _stance(
    tied: Dependence, kinds: tuple[Kind, ...], size: Size, likelihoods: int, fineness: Fineness
) -> _Stance:
    return _Stance(tied, kinds, size, likelihoods, fineness)


class _Stance:
    """The stance factors at one size: how probable the known votes are at each point."""

    def __init__(
        self,
        tied: Dependence,
        kinds: tuple[Kind, ...],
        size: Size,
        likelihoods: int,
        fineness: Fineness,
    ) -> None:
        self.size, self.kinds = size, kinds
        self.node, self.weight, self.coarse, log_known = self._nodes(tied, fineness)
        self.log_known = log_known + np.zeros((likelihoods, 1))

    def log_at(self, node: FloatArray) -> FloatArray:
        """Return the log probability of the known votes [likelihood, node]."""
        none = np.zeros((1, len(node)))
        return np.asarray(sum((kind.log_known(node) for kind in self.kinds), none))

    def _nodes(
        self, tied: Dependence, fineness: Fineness
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return points of the factor of the assembly, weights, finer and coarser, and logs."""
        reach = assembly_reach(tied, self.size)
        if reach == 0:
            return np.zeros(1), np.ones(1), np.ones(1), self.log_at(np.zeros(1))
        usual = 2 * SPAN / (points_for(reach, fineness.assembly, fineness.step) - 1)
        node, logs, step = room(lambda node: self.log_at(node) - node**2 / 2, step=usual)
        weight = np.exp(-(node**2) / 2) * step / np.sqrt(2 * np.pi)
        coarse = np.zeros(len(node))
        coarse[::2] = 2 * weight[::2]
        return node, weight, coarse, logs + node**2 / 2

    def given(self, weight: FloatArray, coarse: FloatArray) -> StancePosterior:
        """Return the posterior; nodes that weigh nothing are left out."""
        heaviest = weight.max(axis=0)
        kept = heaviest > NEGLIGIBLE * heaviest.max()
        kinds = tuple(kind for kind in self.kinds if len(kind.inside.states))
        return StancePosterior(self.size, self.node[kept], weight[:, kept], coarse[:, kept], kinds)


def _edges(distinct: Sequence[HeldTwice]) -> FloatArray:
    """Return `edges_at` where votes were announced [edge, state, likelihood]."""
    found: list[FloatArray] = []
    said = {id(at.said): at.said for at in distinct}
    for key, ballot in said.items():  # strengths come world by world
        held = [(at.said_move, at.effect, at.distance) for at in distinct if id(at.said) == key]
        found.append(np.stack(edges_at(ballot, held)))
    return np.concatenate(found, axis=2)
