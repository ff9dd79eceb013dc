"""The distribution of a weighted count when the factors are given: products of polynomials.

Given the factors states are independent, so the distribution of a count within a group is a product
of small polynomials, one a state. The groups' own factors are integrated inside each group, and the
groups are multiplied together as Fourier transforms. A known vote is the state's probability with
the other choices struck out: what is left over is the probability of what is known, and dividing by
it conditions on it exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from scipy.special import ndtr

from sim.assembly import Ballot, thresholds
from sim.choices import Choice, FloatArray, IntArray
from sim.quadrature import Fineness, Held, Line, held, line, trapezoid

Weights = tuple[int, int, int, int]
"""What each yes, abstention, no and non-voting adds to a count."""


@dataclass(frozen=True)
class GroupGrid:
    """Conditional probabilities of one group.

    Attributes
    ----------
    states : array of int [state]
    conditional : array [choice, state, node * bloc node]
        Choice first, so that every step of a polynomial runs through memory in order.
    weight : array [bloc node]
    """

    states: IntArray
    conditional: FloatArray
    weight: FloatArray

    def known(self) -> FloatArray:
        """Return the probability of the group's known votes [node, bloc node]."""
        mass = self.conditional.sum(axis=0).prod(axis=0)
        return np.asarray(mass.reshape(-1, len(self.weight)))


@dataclass(frozen=True)
class Chunk:
    """Some of the nodes: pairs of a stance point and an attendance point.

    Attributes
    ----------
    groups : tuple of GroupGrid
    weight, coarse : array [node]
        Of the pairs; over all chunks each sums to 1.
    left_out : float
        Weight of the pairs that were too light to look at.
    """

    groups: tuple[GroupGrid, ...]
    weight: FloatArray
    coarse: FloatArray
    left_out: float


def chunks(ballot: Ballot, fineness: Fineness, nodes: int) -> Iterator[Chunk]:
    """Yield the conditional probabilities of every group, some nodes at a time.

    Parameters
    ----------
    ballot : Ballot
    fineness : Fineness
    nodes : int
        How many at a time.
    """
    dependence = ballot.dependence
    groups = [
        np.flatnonzero(dependence.group == number) for number in range(len(dependence.groups))
    ]
    groups = [states for states in groups if len(states)]
    stance = line(
        dependence.stance_sizes,
        dependence.assembly,
        fewest=fineness.assembly,
        step=fineness.step,
    )
    absence = line(
        dependence.attendance_sizes,
        dependence.attendance,
        fewest=fineness.attendance,
        step=fineness.step,
    )
    weight = np.outer(stance.weight, absence.weight)
    kept = np.argwhere(weight > fineness.negligible * weight.max())
    coarse = np.outer(stance.coarse, absence.coarse)[tuple(kept.T)]
    fine = weight[tuple(kept.T)]
    left_out = max(1 - float(fine.sum()), 0.0)
    fine, coarse = fine / fine.sum(), coarse / coarse.sum()
    for at in held(ballot):
        probabilities = [_group(ballot, at, states, stance, absence, fineness) for states in groups]
        for first in range(0, len(kept), nodes):
            some = slice(first, first + nodes)
            yield Chunk(
                tuple(group.at(kept[some]) for group in probabilities),
                at.weight * fine[some],
                at.coarse * coarse[some],
                left_out,
            )


def state_shares(chunk: Chunk) -> Iterator[tuple[IntArray, FloatArray]]:
    """Yield each group's states and their probabilities, joint with all known votes.

    Yields
    ------
    states : array of int [state]
    shares : array [choice, state]
        Summed over the nodes.
    """
    known = [group.known() for group in chunk.groups]
    masses = np.array(
        [mass @ group.weight for mass, group in zip(known, chunk.groups, strict=True)]
    )
    for number, (mass, group) in enumerate(zip(known, chunk.groups, strict=True)):
        elsewhere = np.delete(masses, number, axis=0).prod(axis=0) * chunk.weight
        share = (mass * group.weight * elsewhere[:, None]).ravel()
        said = group.conditional.sum(axis=0)
        inside = np.divide(
            group.conditional, said, out=np.zeros_like(group.conditional), where=said > 0
        )
        yield group.states, np.asarray(inside @ share)


def spectrum(chunk: Chunk, weights: Weights, length: int) -> np.ndarray:
    """Return the Fourier transform of the whole assembly's distribution [node, frequency]."""
    product: np.ndarray | float = 1.0
    for group in chunk.groups:
        polynomial = polynomial_of_group(group.conditional, weights)
        by_node = _over_bloc(polynomial, group)
        product = product * scipy.fft.rfft(np.ascontiguousarray(by_node.T), length, axis=1)
    return np.asarray(product)


def _over_bloc(polynomial: FloatArray, group: GroupGrid) -> FloatArray:
    by_point = polynomial.reshape(len(polynomial), -1, len(group.weight))
    return np.asarray(by_point @ group.weight.astype(polynomial.dtype), dtype=float)


def absence_spectrum(chunk: Chunk, length: int) -> np.ndarray:
    """Return the Fourier transform of the number of absent states [node, frequency].

    A group's own factor moves its stance alone, so one bloc node tells all, unless votes are known.
    """
    product: np.ndarray | float = 1.0
    for group in chunk.groups:
        points = len(group.weight)
        known = group.known()
        if np.allclose(known, 1.0):
            by_node = polynomial_of_group(group.conditional[..., ::points], (0, 0, 0, 1))
        else:
            by_node = polynomial_of_group(group.conditional, (0, 0, 0, 1))
            by_node = _over_bloc(by_node, group)
        product = product * scipy.fft.rfft(np.ascontiguousarray(by_node.T), length, axis=1)
    return np.asarray(product)


def silence(chunk: Chunk) -> FloatArray:
    """Return the probability that nobody says yes or no [node]."""
    product: FloatArray = np.ones(len(chunk.weight))
    for group in chunk.groups:
        mute = group.conditional[[Choice.ABSTAIN, Choice.NON_VOTING]].sum(axis=0).prod(axis=0)
        product = product * (mute.reshape(-1, len(group.weight)) @ group.weight)
    return product


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
    polynomial = np.zeros((widest * states + 1, nodes), dtype=conditional.dtype)
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


@dataclass(frozen=True)
class _Group:
    """What a group does at every stance point and at every attendance point, apart."""

    states: IntArray
    said: dict[int, Choice]
    present: FloatArray  # [state, attendance point]
    yes: FloatArray  # [state, stance point, bloc point]
    no: FloatArray
    weight: FloatArray

    def at(self, pairs: IntArray) -> GroupGrid:
        """Return the probabilities at pairs of a stance point and an attendance point."""
        yes, no = self.yes[:, pairs[:, 0]], self.no[:, pairs[:, 0]]
        present = self.present[:, pairs[:, 1], None]
        found = np.empty((len(Choice), *yes.shape), dtype=yes.dtype)
        np.multiply(present, yes, out=found[Choice.YES])
        np.multiply(present, no, out=found[Choice.NO])
        np.multiply(present, np.maximum(1 - yes - no, 0), out=found[Choice.ABSTAIN])
        found[Choice.NON_VOTING] = 1 - present
        for place, said in self.said.items():
            found[[choice for choice in Choice if choice != said], place] = 0
        return GroupGrid(self.states, found.reshape(len(Choice), len(self.states), -1), self.weight)


def _group(
    ballot: Ballot, at: Held, states: IntArray, stance: Line, absence: Line, fineness: Fineness
) -> _Group:
    dependence, move = ballot.dependence, at.move
    bounds = thresholds(ballot.probabilities[states])
    bloc = dependence.bloc[states]
    points, weight, _ = trapezoid(fineness.bloc if bloc.any() else 1)
    own = np.stack([dependence.own_stance(size)[states] for size in stance.size], axis=1)
    shift = ballot.influence.support_shift(move, np.array(at.effect), np.array(at.distance))
    wide = (dependence.assembly[states, None] * stance.value)[:, :, None]
    near = (bloc[:, None, None] * stance.size[:, None]) * points
    # single precision is far finer than any quadrature, and half the work
    kind = np.float64 if wide.size * len(points) == len(states) else np.float32
    # [state, stance point, bloc point], in units of the own part
    support = wide + near + shift[states, None, None] / own[:, :, None]
    own_absence = np.stack([dependence.own_attendance(size)[states] for size in absence.size], 1)
    away = dependence.attendance[states, None] * absence.value
    away = away + (move.absence[states] - bounds.absent_above)[:, None] / own_absence
    return _Group(
        states=states,
        said={
            place: ballot.known[int(state)]
            for place, state in enumerate(states)
            if int(state) in ballot.known
        },
        present=ndtr(-away).astype(kind),
        yes=ndtr(support - bounds.yes_above[:, None, None] / own[:, :, None]).astype(kind),
        no=ndtr(bounds.no_below[:, None, None] / own[:, :, None] - support).astype(kind),
        weight=weight,
    )
