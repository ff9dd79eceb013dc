"""How a group is held once some of its stances are known: on a line, or in pairs of points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import ndtr

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.vote.exact.groups import RELATIVE, Group, direction, group_at, on_line
from sim.vote.exact.quadrature import Fineness, points_for, trapezoid
from sim.vote.exact.room import APART, log_sum, room

LEAST = 1e-300
"""No probability of a known vote is taken to be less."""
PAIRS = 5.0
"""How far out a group's own factor is held in pairs at least [standard deviations]."""
NEGLIGIBLE = 1e-10
"""A part of the posterior that counts as nothing."""


class KnownStances:
    """Known stances of a group.

    Parameters
    ----------
    edges : array [edge, state, likelihood]
        As `edges_at`.
    said : array of int [state]
    own, share : array [state]
        Weight of a state's own part, and chance that its vote is its own.
    """

    def __init__(
        self, edges: FloatArray, said: IntArray, own: FloatArray, share: FloatArray
    ) -> None:
        yes, no, own_yes, own_no = edges
        above, below, share = yes / own[:, None], no / own[:, None], share[:, None]
        up, self._aside = (said == Choice.YES)[:, None], np.flatnonzero(said == Choice.ABSTAIN)
        mine = np.where(up, own_yes, own_no)
        mine[self._aside] = (share - own_yes - own_no)[self._aside]
        self._side = np.where(up, 1.0, -1.0)
        self._edge, self._mine = np.where(up, above, below)[:, :, None], mine[:, :, None]
        self._above, self._follow = above[self._aside, :, None], 1 - share[:, :, None]

    def log_chance(self, value: FloatArray) -> FloatArray:
        """Return their log probability, from what is shared [likelihood, point].

        Parameters
        ----------
        value : array [state, point]
        """
        follows = ndtr(self._edge + (self._side * value)[:, None])
        if len(self._aside):
            shared = value[self._aside, None]
            below = self._edge[self._aside] - shared
            follows[self._aside] = _between(self._above + shared, below)
        follows *= self._follow
        follows += self._mine
        return np.asarray(np.log(np.maximum(follows, LEAST)).sum(axis=0))


def _between(above: FloatArray, below: FloatArray) -> FloatArray:
    """Return the chance of neither, on the side where the difference loses no digits."""
    turned = below > 0
    found = ndtr(np.where(turned, -below, -above)) - ndtr(np.where(turned, above, below))
    return np.asarray(np.maximum(found, 0))


@dataclass(frozen=True)
class Spots:
    """Where sums over what some states share are taken.

    Attributes
    ----------
    states : array of int [state]
    value : array [state, point]
        What is shared.
    spread : array [state]
        Standard deviation of what is left beside it, own part and what is integrated out.
    weight : array [strength, point]
        Posterior.
    """

    states: IntArray
    value: FloatArray
    spread: FloatArray
    weight: FloatArray


@dataclass(frozen=True)
class Inside:
    """The states of one group, and what is known of it.

    Attributes
    ----------
    known, free : array [state, factor]
        What states take of the factor of the assembly and of their own, with the size in it: those
        whose stances are known, and those whose votes are not.
    states : array of int [state]
        The latter.
    votes : KnownStances
        Of the former.
    fineness : Fineness
    """

    known: FloatArray
    free: FloatArray
    states: IntArray
    votes: KnownStances
    fineness: Fineness


class Kind(Protocol):
    """How a group is held."""

    inside: Inside

    def log_known(self, node: FloatArray) -> FloatArray:
        """Return the log probability of the known stances [likelihood or 1, node]."""

    def given(self, node: FloatArray) -> Group:
        """Return the group at some nodes, its factor given what is known."""

    def spots(self, node: FloatArray, weight: FloatArray, place: IntArray) -> Spots:
        """Return where sums are taken.

        Parameters
        ----------
        node : array [node]
        weight : array [strength, node]
            Posterior of the factor of the assembly.
        place : array of int [strength]
            Which likelihood a strength has.
        """


# Three kinds of group


class Untold:
    """A group none of whose stances is known."""

    def __init__(self, inside: Inside) -> None:
        self.inside = inside

    def log_known(self, node: FloatArray) -> FloatArray:
        """Return 0 at every node [1, node]."""
        return np.zeros((1, len(node)))

    def given(self, node: FloatArray) -> Group:
        """Return the group at some nodes."""
        return group_at(self.inside.states, self.inside.free, node, self.inside.fineness)

    def spots(self, node: FloatArray, weight: FloatArray, place: IntArray) -> Spots:
        """Return the nodes themselves: the group's own factor is normal still."""
        del place
        assembly, bloc = self.inside.free.T
        return Spots(self.inside.states, np.outer(assembly, node), np.sqrt(1 + bloc**2), weight)


class OnLine:
    """A group that moves with one number U = a F + b H (`sim.vote.exact.groups`)."""

    def __init__(self, inside: Inside) -> None:
        self.inside, votes = inside, inside.votes
        everybody = np.concatenate([inside.known, inside.free])
        self._assembly, self._bloc = direction(everybody).tolist()
        proportion = np.array([self._assembly, self._bloc])
        known, self._taken = inside.known @ proportion, inside.free @ proportion
        farthest = float(np.abs(everybody @ proportion).max())
        prior = 1 / self._bloc**2
        at, logs, self._step = room(
            lambda at: votes.log_chance(np.outer(known, at)) - at**2 / 2,
            step=min(RELATIVE * abs(self._bloc), inside.fineness.step / farthest),
            apart=lambda sd: APART / math.sqrt(prior + max(1 / sd**2 - 1, 0)),
        )
        self._at, logs = at, logs + at**2 / 2
        self._top = logs.max(axis=1, keepdims=True)
        self._likelihood = np.exp(logs - self._top)  # [likelihood, point]
        self._logs = logs

    def _log_density(self, node: FloatArray) -> FloatArray:
        """Return the log weight of each point at each node, before anything is known."""
        apart = (self._at[:, None] - self._assembly * node) / self._bloc
        return np.asarray(np.log(self._step / np.sqrt(2 * np.pi) / abs(self._bloc)) - apart**2 / 2)

    def log_known(self, node: FloatArray) -> FloatArray:
        """Return the log probability of the known stances [likelihood, node]."""
        total = self._likelihood @ np.exp(self._log_density(node))
        if total.min() > LEAST:
            return np.asarray(np.log(total) + self._top)
        return log_sum(self._logs[:, :, None] + self._log_density(node), axis=1)

    def _onto(self, node: FloatArray) -> FloatArray:
        """Return what each point weighs at each node [likelihood, point, node]."""
        density = np.exp(self._log_density(node))
        total = self._likelihood @ density
        if total.min() > LEAST:
            return np.asarray(self._likelihood[:, :, None] * density / total[:, None])
        logs = self._logs[:, :, None] + self._log_density(node)
        return np.asarray(np.exp(logs - log_sum(logs, axis=1)[:, None]))

    def given(self, node: FloatArray) -> Group:
        """Return the group at some nodes, its factor given what is known."""
        onto = self._onto(node)
        kept = onto.max(axis=(0, 2)) > NEGLIGIBLE
        return Group(self.inside.states, np.outer(self._taken, self._at[kept]), onto[:, kept])

    def spots(self, node: FloatArray, weight: FloatArray, place: IntArray) -> Spots:
        """Return the points on the line that weigh anything."""
        density = np.exp(self._log_density(node))
        likelihood = self._likelihood[place % len(self._likelihood)]
        total = likelihood @ density
        if total.min() > LEAST:
            at_points = ((weight / total) @ density.T) * likelihood
        else:
            onto = self._onto(node)[place % len(self._likelihood)]
            at_points = np.einsum("hn,hpn->hp", weight, onto)
        kept = at_points.max(axis=0) > NEGLIGIBLE * at_points.max()
        value = np.outer(self._taken, self._at[kept])
        return Spots(self.inside.states, value, np.ones(len(value)), at_points[:, kept])


class InPairs:
    """A group whose states take the two factors in different proportions."""

    def __init__(self, inside: Inside) -> None:
        self.inside, fineness = inside, inside.fineness
        reach = float(np.abs(np.concatenate([inside.known, inside.free])[:, 1]).max())
        told = 1 / np.sqrt(1 + (inside.known[:, 1] ** 2).sum())
        far = max(PAIRS, fineness.far)
        count = points_for(reach, fineness.bloc, min(fineness.step, 1.5 * told * reach), far)
        self._at, self._weight, _ = trapezoid(count, far)

    def _logs(self, node: FloatArray) -> FloatArray:
        """Return log weight and log probability together [likelihood, node, point]."""
        found = self.inside.votes.log_chance(_pairs(self.inside.known, node, self._at))
        density = np.log(np.maximum(self._weight, LEAST))
        return found.reshape(len(found), len(node), -1) + density

    def log_known(self, node: FloatArray) -> FloatArray:
        """Return the log probability of the known stances [likelihood, node]."""
        return log_sum(self._logs(node))

    def _posterior(self, node: FloatArray) -> FloatArray:
        """Return the posterior of the group's factor at each node [likelihood, node, point]."""
        logs = self._logs(node)
        return np.asarray(np.exp(logs - log_sum(logs)[..., None]))

    def given(self, node: FloatArray) -> Group:
        """Return the group at some nodes, its own factor given what is known."""
        onto = np.einsum("lnp,nm->lnpm", self._posterior(node), np.eye(len(node)))
        value = _pairs(self.inside.free, node, self._at)
        return Group(self.inside.states, value, onto.reshape(len(onto), -1, len(node)))

    def spots(self, node: FloatArray, weight: FloatArray, place: IntArray) -> Spots:
        """Return all pairs of points."""
        inside = self._posterior(node)
        at_pairs = weight[:, :, None] * inside[place % len(inside)]
        value = _pairs(self.inside.free, node, self._at)
        return Spots(
            self.inside.states, value, np.ones(len(value)), at_pairs.reshape(len(weight), -1)
        )


def _pairs(weights: FloatArray, node: FloatArray, at: FloatArray) -> FloatArray:
    """Return what is shared at every pair of points [state, node * point]."""
    shared = weights[:, :1, None] * node[:, None] + weights[:, 1:, None] * at
    return np.asarray(shared.reshape(len(weights), -1))


def group_kind(weights: FloatArray) -> type[OnLine | InPairs]:
    """Return how a group with known stances is held, from its weights [state, factor].

    Examples
    --------
    >>> group_kind(np.array([[0.6, 0.4], [0.4, 0.6]])).__name__
    'InPairs'
    """
    return OnLine if on_line(weights) else InPairs
