"""How a group is held once some of its stances are known: on a line, or in pairs of points."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class KnownStances:
    """Known stances of a group.

    Attributes
    ----------
    edges : tuple of array [state, likelihood]
        As `edges_at`.
    said : array of int [state]
    own, share : array [state]
        Weight of a state's own part, and chance that its vote is its own.
    """

    edges: tuple[FloatArray, ...]
    said: IntArray
    own: FloatArray
    share: FloatArray

    def log_chance(self, value: FloatArray) -> FloatArray:
        """Return their log probability, from what is shared [state, point]."""
        yes, no, own_yes, own_no = self.edges
        above = (yes / self.own[:, None])[:, :, None] + value[:, None]
        below = (no / self.own[:, None])[:, :, None] - value[:, None]
        chance = np.empty(above.shape)
        own_neither = self.share[:, None] - own_yes - own_no
        for said, mine in (
            (Choice.YES, own_yes),
            (Choice.NO, own_no),
            (Choice.ABSTAIN, own_neither),
        ):
            these = self.said == said
            if said == Choice.ABSTAIN:
                follows = _between(above[these], below[these])
            else:
                follows = ndtr((above if said == Choice.YES else below)[these])
            follows = (1 - self.share[these])[:, None, None] * follows
            chance[these] = follows + mine[these][:, :, None]
        return np.asarray(np.log(np.maximum(chance, LEAST)).sum(axis=0))


def _between(above: FloatArray, below: FloatArray) -> FloatArray:
    """Return the chance of neither, on the side where the difference loses no digits."""
    turned = below > 0
    found = ndtr(np.where(turned, -below, -above)) - ndtr(np.where(turned, above, below))
    return np.asarray(np.maximum(found, 0))


# Three kinds of group


class Untold:
    """A group none of whose stances is known."""

    def __init__(
        self,
        weights: FloatArray,
        rows: list[int],
        states: IntArray,
        votes: KnownStances,
        fineness: Fineness,
    ) -> None:
        del rows, votes
        self.states, self._weights, self._fineness = states, weights[states], fineness

    def log_known(self, node: FloatArray) -> FloatArray:
        """Return 0 at every node [1, node]."""
        return np.zeros((1, len(node)))

    def given(self, node: FloatArray) -> Group:
        """Return the group at some nodes."""
        return group_at(self.states, self._weights, node, self._fineness)


class OnLine:
    """A group that moves with one number U = a F + b H (`sim.vote.exact.groups`)."""

    def __init__(
        self,
        weights: FloatArray,
        rows: list[int],
        states: IntArray,
        votes: KnownStances,
        fineness: Fineness,
    ) -> None:
        everybody = weights[[*rows, *states]]
        self._assembly, self._bloc = direction(everybody).tolist()
        taken = weights @ np.array([self._assembly, self._bloc])
        self.states, self._taken = states, taken[states]
        known = taken[rows]
        where = room(lambda at: votes.log_chance(np.outer(known, at)) - at**2 / 2)
        told = 1 / np.sqrt(1 / self._bloc**2 + max(1 / where.sd**2 - 1, 0))
        usual = min(RELATIVE * abs(self._bloc), fineness.step / float(np.abs(taken).max()))
        self._at, self._step = where.points(min(usual, APART * told))
        self._logs = votes.log_chance(np.outer(known, self._at))  # [likelihood, point]

    def _density(self, node: FloatArray) -> FloatArray:
        """Return the log weight of each point at each node, before anything is known."""
        apart = (self._at[:, None] - self._assembly * node) / self._bloc
        return np.asarray(np.log(self._step / np.sqrt(2 * np.pi) / abs(self._bloc)) - apart**2 / 2)

    def log_known(self, node: FloatArray) -> FloatArray:
        """Return the log probability of the known stances [likelihood, node]."""
        top = self._logs.max(axis=1, keepdims=True)
        total = np.exp(self._logs - top) @ np.exp(self._density(node))
        if total.min() > LEAST:
            return np.asarray(np.log(total) + top)
        return log_sum(self._logs[:, :, None] + self._density(node), axis=1)

    def given(self, node: FloatArray) -> Group:
        """Return the group at some nodes, its factor given what is known."""
        logs = self._logs[:, :, None] + self._density(node)
        onto = np.exp(logs - log_sum(logs, axis=1)[:, None])
        kept = onto.max(axis=(0, 2)) > NEGLIGIBLE
        return Group(self.states, np.outer(self._taken, self._at[kept]), onto[:, kept])


class InPairs:
    """A group whose states take the two factors in different proportions."""

    def __init__(
        self,
        weights: FloatArray,
        rows: list[int],
        states: IntArray,
        votes: KnownStances,
        fineness: Fineness,
    ) -> None:
        self.states, self._free, self._known = states, weights[states], weights[rows]
        reach = float(np.abs(weights[[*rows, *states], 1]).max())
        told = 1 / np.sqrt(1 + (self._known[:, 1] ** 2).sum())
        far = max(PAIRS, fineness.far)
        count = points_for(reach, fineness.bloc, min(fineness.step, 1.5 * told * reach), far)
        self._at, self._weight, _ = trapezoid(count, far)
        self._votes = votes

    def _logs(self, node: FloatArray) -> FloatArray:
        """Return log weight and log probability together [likelihood, node, point]."""
        found = self._votes.log_chance(_pairs(self._known, node, self._at))
        density = np.log(np.maximum(self._weight, LEAST))
        return found.reshape(len(found), len(node), -1) + density

    def log_known(self, node: FloatArray) -> FloatArray:
        """Return the log probability of the known stances [likelihood, node]."""
        return log_sum(self._logs(node))

    def given(self, node: FloatArray) -> Group:
        """Return the group at some nodes, its own factor given what is known."""
        logs = self._logs(node)
        inside = np.exp(logs - log_sum(logs)[..., None])
        onto = np.einsum("lnp,nm->lnpm", inside, np.eye(len(node)))
        value = _pairs(self._free, node, self._at)
        return Group(self.states, value, onto.reshape(len(onto), -1, len(node)))


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
