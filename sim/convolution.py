"""The distribution of a weighted count when the factors are given: products of polynomials.

Given the factors states are independent, so the distribution of a count within a group is a product
of small polynomials, one a state. The groups' own factors are integrated inside each group, and the
groups are multiplied together as Fourier transforms. A known vote is the state's probability with
the other choices struck out: what is left over is the probability of what is known, and dividing by
it conditions on it exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft

from sim.assembly import Ballot, Thresholds, given_shared, thresholds
from sim.choices import Choice, FloatArray, IntArray
from sim.influence import Move
from sim.quadrature import Nodes, hermite

GROUP_NODES = (7, 3)
"""Gauss-Hermite nodes for a group's stance and attendance factors."""

Weights = tuple[int, int, int, int]
"""What each yes, abstention, no and non-voting adds to a count."""


@dataclass(frozen=True)
class GroupGrid:
    """Conditional probabilities of one group.

    Attributes
    ----------
    states : array of int [state]
    conditional : array [choice, state, node * inner node]
        Choice first, so that every step of a polynomial runs through memory in order.
    weight : array [inner node]
    chance : float
        Of the position.
    """

    states: IntArray
    conditional: FloatArray
    weight: FloatArray
    chance: float

    def known(self) -> FloatArray:
        """Return the probability of the group's known votes [node, inner node]."""
        mass = self.conditional.sum(axis=0).prod(axis=0)
        return np.asarray(mass.reshape(-1, len(self.weight)))


def grids(ballot: Ballot, nodes: Nodes, chunk: int) -> Iterator[tuple[Nodes, list[GroupGrid]]]:
    """Yield conditional probabilities of every group, a chunk of nodes and a position at a time."""
    at = thresholds(ballot.probabilities)
    groups = [
        np.flatnonzero(ballot.dependence.group == number)
        for number in range(len(ballot.dependence.groups))
    ]
    for move in ballot.moves:
        for first in range(0, len(nodes) if move.chance else 0, chunk):
            part = nodes.part(first, first + chunk)
            yield (
                part,
                [_grid(ballot, at, move, part, states) for states in groups if len(states)],
            )


def state_shares(inside: Sequence[GroupGrid]) -> Iterator[tuple[IntArray, FloatArray]]:
    """Yield each group's states and their probabilities, joint with all known votes.

    Yields
    ------
    states : array of int [state]
    shares : array [choice, state]
        Summed over the nodes.
    """
    known = [grid.known() for grid in inside]
    masses = np.array([mass @ grid.weight for mass, grid in zip(known, inside, strict=True)])
    for number, (mass, grid) in enumerate(zip(known, inside, strict=True)):
        elsewhere = np.delete(masses, number, axis=0).prod(axis=0)
        share = (mass * grid.weight * elsewhere[:, None] * grid.chance).ravel()
        yield grid.states, np.asarray((grid.conditional / grid.conditional.sum(axis=0)) @ share)


def spectrum(inside: Sequence[GroupGrid], weights: Weights, length: int) -> np.ndarray:
    """Return the Fourier transform of the whole assembly's distribution [node, frequency]."""
    product: np.ndarray | float = inside[0].chance
    for grid in inside:
        polynomial = polynomial_of_group(grid.conditional, weights)
        by_node = polynomial.reshape(len(polynomial), -1, len(grid.weight)) @ grid.weight
        product = product * scipy.fft.rfft(np.ascontiguousarray(by_node.T), length, axis=1)
    return np.asarray(product)


def polynomial_of_group(conditional: FloatArray, weights: Weights) -> FloatArray:
    """Return the distribution of a weighted count of a few independent states.

    Parameters
    ----------
    conditional : array [choice, state, node]
        Probabilities; those of a state may sum to less than 1 where choices are struck out.
    weights : tuple of int [choice]
        What each choice adds.

    Returns
    -------
    array [value, node]
        Values count up from the lowest possible one.

    Examples
    --------
    >>> coins = np.array([[[0.5], [0.5]], [[0.0], [0.0]], [[0.5], [0.5]], [[0.0], [0.0]]])
    >>> polynomial_of_group(coins, (1, 0, 0, 0)).ravel()
    array([0.25, 0.5 , 0.25])
    """
    steps = np.array(weights) - min(weights)
    _, states, nodes = conditional.shape
    widest = int(steps.max())
    by_step = {int(step): conditional[steps == step].sum(axis=0) for step in np.unique(steps)}
    polynomial = np.zeros((widest * states + 1, nodes))
    polynomial[0] = 1.0
    before, added = np.empty_like(polynomial), np.empty_like(polynomial)
    for state in range(states):
        top = widest * state + 1
        before[:top] = polynomial[:top]
        polynomial[:top] *= by_step[0][state]
        for step, probability in by_step.items():
            if step:
                np.multiply(before[:top], probability[state], out=added[:top])
                polynomial[step : step + top] += added[:top]
    return polynomial


def _grid(ballot: Ballot, at: Thresholds, move: Move, nodes: Nodes, states: IntArray) -> GroupGrid:
    dependence = ballot.dependence
    stance, stance_weight = hermite(GROUP_NODES[0] if dependence.group_stance[states].any() else 1)
    absence, absence_weight = hermite(
        GROUP_NODES[1] if dependence.group_attendance[states].any() else 1
    )
    shift = ballot.influence.support_shift(move, nodes.effect, nodes.distance)[:, states]
    support = (nodes.factors @ dependence.stance[states].T + shift).T
    absent = (nodes.factors @ dependence.attendance[states].T + move.absence[states]).T
    # [state, node, stance node, attendance node]
    conditional = given_shared(
        at.of(states),
        support[:, :, None, None] + stance[:, None] * _column(dependence.group_stance[states]),
        absent[:, :, None, None] + absence * _column(dependence.group_attendance[states]),
        own=(
            _column(dependence.own_stance[states]),
            _column(dependence.own_attendance[states]),
        ),
    ).reshape(len(Choice), len(states), -1)
    for place, state in enumerate(states):
        if (said := ballot.known.get(int(state))) is not None:
            conditional[[choice for choice in Choice if choice != said], place] = 0
    weight = np.outer(stance_weight, absence_weight).ravel()
    return GroupGrid(states, conditional, weight, move.chance)


def _column(of_states: FloatArray) -> FloatArray:
    return of_states[:, None, None, None]
