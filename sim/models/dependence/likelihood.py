"""How probable what the states did together is, given what they share.

Given the factors states are independent, so the probability of a roll call is a product over
states, integrated over each group's own factor and then over the factor of the whole assembly
(marginal maximum likelihood; Bock & Aitkin 1981, doi:10.1007/BF02293801).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import BoolArray, FloatArray, IntArray
from sim.models.dependence.cells import Cells
from sim.vote.exact.quadrature import trapezoid

LARGEST_WEIGHT = 4.0
"""Weights are kept within this; a state's own part is then a sixteenth of the variance."""
ENOUGH = 0.5
"""A round of the search that gains less log-likelihood than this is the last."""


@dataclass(frozen=True)
class Likelihood:
    """What some roll calls say of the weights.

    Attributes
    ----------
    cells : tuple of Cells
        One for each set of states that have their weights in common.
    group : tuple of int
        The group whose factor each set takes part in.
    points : tuple of int
        How many points the assembly's factor and the groups' factors are held at.
    """

    cells: tuple[Cells, ...]
    group: tuple[int, ...]
    points: tuple[int, int]

    def of_set(self, number: int, weights: FloatArray) -> FloatArray:
        """Return the log probability of one set at every node [roll call, assembly, group]."""
        wide, near = (trapezoid(points)[0] for points in self.points)
        shared = weights[0] * wide[:, None] + weights[1] * near
        spread = float(np.sqrt(1 + weights @ weights))
        return self.cells[number].log_chance(shared.ravel(), spread).reshape(-1, *shared.shape)

    def of_group(self, sets: Sequence[FloatArray]) -> FloatArray:
        """Return the log probability of a group from its sets' [roll call, assembly]."""
        return _log_mean(np.asarray(sum(sets)), trapezoid(self.points[1])[1])

    def of_roll_calls(self, groups: Sequence[FloatArray]) -> FloatArray:
        """Return the log probability of each roll call from its groups' [roll call]."""
        return _log_mean(np.asarray(sum(groups)), trapezoid(self.points[0])[1])

    def __call__(self, weights: FloatArray) -> FloatArray:
        """Return the log probability of each roll call.

        Parameters
        ----------
        weights : array [set, factor]
            What each set takes from the assembly's factor and from its group's.

        Returns
        -------
        array [roll call]

        Examples
        --------
        Two states that both said yes at even odds; with nothing shared the chance is a quarter:

        >>> yes = Cells.between(np.zeros((1, 2)), np.full((1, 2), np.inf), np.ones((1, 2), bool))
        >>> both = Likelihood((yes,), (0,), (21, 21))
        >>> np.exp(both(np.zeros((1, 2)))).round(3), np.exp(both(np.full((1, 2), 2.0))).round(2)
        (array([0.25]), array([0.42]))
        """
        sets = [self.of_set(number, row) for number, row in enumerate(weights)]
        return self.of_roll_calls([self.of_group(self.inside(sets, n)) for n in set(self.group)])

    def inside(self, sets: Sequence[FloatArray], group: int) -> list[FloatArray]:
        """Return those of one group."""
        return [one for one, of in zip(sets, self.group, strict=True) if of == group]


def climb(
    likelihood: Likelihood, start: FloatArray, *, free: BoolArray, rounds: int, step: float
) -> FloatArray:
    """Return the weights of greatest likelihood: one after the other, parabola by parabola.

    Sets of one group keep the same proportion of its two factors: a group shares one thing, of
    which some take more than others.

    Parameters
    ----------
    likelihood : Likelihood
    start : array [set, factor]
    free : array of bool [set, factor]
        The others stay as they are.
    rounds : int
        How often each is looked at, at most.
    step : float
        How far the first look goes.

    Returns
    -------
    array [set, factor]

    Examples
    --------
    Two states at even odds that agree in three of four roll calls: their supports are correlated
    by sin(pi / 4), as the formula for an orthant says.

    >>> edges = np.tile([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, -np.inf]], (100, 1))
    >>> tops = np.where(np.isinf(edges), 0.0, np.inf)
    >>> cells = Cells.between(edges, tops, np.ones(edges.shape, dtype=bool))
    >>> pair = Likelihood((cells,), (0,), (31, 1))
    >>> free = np.array([[True, False]])
    >>> weight = climb(pair, np.array([[0.6, 0.0]]), free=free, rounds=30, step=0.3)[0, 0]
    >>> bool(abs(weight**2 / (1 + weight**2) - np.sin(np.pi / 4)) < 0.01)
    True
    """
    return _Search(likelihood, start).run(np.argwhere(free), rounds, np.full(start.shape, step))


class _Search:
    """A place on the hill, with what need not be computed again."""

    def __init__(self, likelihood: Likelihood, start: FloatArray) -> None:
        self.likelihood, self.weights = likelihood, start.copy()
        self.sets = [likelihood.of_set(number, row) for number, row in enumerate(start)]
        self.groups = {
            group: likelihood.of_group(likelihood.inside(self.sets, group))
            for group in likelihood.group
        }
        self.best = float(likelihood.of_roll_calls(list(self.groups.values())).sum())

    def run(self, places: IntArray, rounds: int, steps: FloatArray) -> FloatArray:
        for _ in range(rounds):
            before = self.best
            for number, factor in places:
                moved = self.improve(number, factor, steps[number, factor])
                smaller = max(0.02, steps[number, factor] / 3)
                steps[number, factor] = np.clip(moved, 0.02, 0.6) if moved else smaller
            if self.best - before < ENOUGH:
                break
        return self.weights

    def improve(self, number: int, factor: int, step: float) -> float:
        """Try one weight on both sides and where a parabola peaks; return how far it moved."""
        here, at = self.weights[number, factor], self.best
        below, above = self.move(number, here, factor, -step), self.move(number, here, factor, step)
        bend = below + above - 2 * at
        if bend < 0:
            peak = np.clip(0.5 * step * (below - above) / bend, -2 * step, 2 * step)
            self.move(number, here, factor, float(peak))
        return abs(float(self.weights[number, factor] - here))

    def move(self, number: int, here: float, factor: int, by: float) -> float:
        """Return the log-likelihood at another weight, and stay there if it is the best so far."""
        lowest = 0.0 if factor else -LARGEST_WEIGHT
        weights, group = self.weights.copy(), self.likelihood.group[number]
        weights[number, factor] = np.clip(here + by, lowest, LARGEST_WEIGHT)
        sets = [*self.sets]
        for one, row in enumerate(_proportional(weights, number, np.array(self.likelihood.group))):
            if self.likelihood.group[one] == group and (row != self.weights[one]).any():
                weights[one], sets[one] = row, self.likelihood.of_set(one, row)
        groups = {
            **self.groups,
            group: self.likelihood.of_group(self.likelihood.inside(sets, group)),
        }
        found = float(self.likelihood.of_roll_calls(list(groups.values())).sum())
        if found > self.best:
            self.weights = weights
            self.sets, self.groups, self.best = sets, groups, found
        return found


def _proportional(weights: FloatArray, number: int, group: IntArray) -> FloatArray:
    """Return the weights with all sets of a group in the proportion of one of them, as large."""
    row, found = weights[number], weights.copy()
    others = (group == group[number]) & (np.arange(len(group)) != number)
    if row.any():
        found[others] = np.linalg.norm(weights[others], axis=1)[:, None] * row / np.linalg.norm(row)
    return found


def _log_mean(logs: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the log of the weighted mean over the last axis."""
    top = logs.max(axis=-1, keepdims=True)
    return np.asarray(top[..., 0] + np.log(np.exp(logs - top) @ weight))
