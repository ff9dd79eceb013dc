"""Where the factors are held so that what they share can be integrated out.

Every factor is standard normal and is held at evenly spaced points, weighted by the normal density
(the trapezoidal rule, which converges geometrically for such integrands; Trefethen & Weideman 2014,
doi:10.1137/130932132). Gauss-Hermite points do worse here: where much is shared the integrand is
nearly a step. Leaving out every second point gives a coarser answer from the same work, and the
difference bounds the error. The uncertain effect is smooth: seven
Gauss-Hermite points for how strong it is and two for how far the position lies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.assembly import Ballot
from sim.choices import FloatArray
from sim.dependence import Size
from sim.influence import Move

Strength = tuple[float, float, float, float]
"""Strength of the effect, distance of the position, and the weights, finer and coarser."""

SPAN = 4.5
"""Factors are held within so many standard deviations; 7 in a million lie outside."""


@dataclass(frozen=True)
class Fineness:
    """How closely each factor is held.

    Attributes
    ----------
    assembly, attendance : int
        The fewest points for the factors F and G.
    bloc : int
        Points for the factors H of the groups.
    step : float
        The farthest that neighbouring points of F or G may move a state [its own standard
        deviations]: the more is shared, the more points it takes.
    negligible : float
        Pairs of points whose weight is less than this part of the largest are left out.
    """

    assembly: int = 17
    bloc: int = 13
    attendance: int = 9
    step: float = 1.0
    negligible: float = 1e-5


FINE = Fineness()
"""Errors of some ten-thousandths in a chance, of two thousandths at worst; a run uses it."""
QUICK = Fineness(assembly=13, bloc=9, attendance=9, step=1.6, negligible=1e-4)
"""Errors of some thousandths in a chance at worst; for thousands of roll calls."""
VERY_FINE = Fineness(assembly=41, bloc=41, attendance=25, step=0.5, negligible=1e-8)
"""To check the others by."""


@dataclass(frozen=True)
class Line:
    """Points on one factor, over all its sizes.

    Attributes
    ----------
    value : array [node]
        Value of the factor times its size.
    size : array [node]
    weight, coarse : array [node]
        Weights that sum to 1: with all points, and with every second.
    """

    value: FloatArray
    size: FloatArray
    weight: FloatArray
    coarse: FloatArray


@dataclass(frozen=True)
class Held:
    """One position and one strength of the effect at which everything else is integrated.

    Attributes
    ----------
    move : Move
    effect, distance : float
        Where the two uncertainties are held [standard deviations].
    weight, coarse : float
    """

    move: Move
    effect: float
    distance: float
    weight: float
    coarse: float


@cache
def trapezoid(points: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return points on a standard normal factor, their weights, and the coarser weights.

    Examples
    --------
    >>> value, weight, coarse = trapezoid(21)
    >>> round(float(weight @ value**2), 3), round(float(coarse @ value**2), 3)
    (1.0, 1.0)
    """
    if points == 1:
        return np.zeros(1), np.ones(1), np.ones(1)
    value = np.linspace(-SPAN, SPAN, points)
    weight = np.exp(-(value**2) / 2)
    coarse = np.where(np.arange(points) % 2 == 0, weight, 0)
    return value, weight / weight.sum(), coarse / coarse.sum()


def line(sizes: tuple[Size, ...], weights: FloatArray, *, fewest: int, step: float) -> Line:
    """Return the points on one factor for every size it may have.

    Parameters
    ----------
    sizes : tuple of Size
    weights : array [state]
        What each state takes from the factor at size 1.
    fewest : int
        Points at least.
    step : float
        The farthest that neighbouring points may move a state [its own standard deviations].

    Examples
    --------
    >>> line((Size(0.8, 1.0), Size(0.2, 3.0)), np.ones(1), fewest=9, step=2.0).value.shape
    (26,)
    """
    most = float(np.abs(weights).max(initial=0.0))
    parts = []
    for size in sizes:
        value, weight, coarse = trapezoid(_points(most * size.factor, fewest, step))
        held_at = np.full(len(value), size.factor)
        parts.append((value * size.factor, held_at, weight * size.chance, coarse * size.chance))
    return Line(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _points(reach: float, fewest: int, step: float) -> int:
    """Return a number of points, one more than a multiple of 4: every second is a rule too."""
    if reach == 0:
        return 1
    needed = max(2 * SPAN * reach / step, fewest - 1)
    return 4 * int(np.ceil(needed / 4)) + 1


def held(ballot: Ballot, *, points: int = 0) -> Iterator[Held]:
    """Yield every position of the arm at every strength of the effect that has to be looked at.

    Parameters
    ----------
    ballot : Ballot
    points : int
        Points for each uncertainty, where a distribution over the effect itself is wanted; by
        default as few as the tally needs.

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> len(list(held(Ballot(one, Dependence.independent(1), nobody, (Move.none(1),)))))
    1
    """
    influence = ballot.influence
    follows = bool(influence.effect.any() or influence.effect_sd.any())
    for move in _distinct(ballot.moves, follows):
        how_strong = bool(influence.effect_sd.any()) and bool(move.distance or move.distance_sd)
        how_far = (follows and bool(move.distance_sd)) or bool(move.pressure_sd.any())
        strengths = _product(
            _normal((points or 7) if how_strong else 1), _normal((points or 2) if how_far else 1)
        )
        for effect, distance, weight, coarse in strengths:
            yield Held(move, effect, distance, weight * move.chance, coarse * move.chance)


def _distinct(moves: Sequence[Move], follows: bool) -> Iterator[Move]:
    """Yield the positions that may be taken, those that move nobody as one."""
    still = [
        move
        for move in moves
        if move.moves_nobody or not (follows or move.pressure.any() or move.absence.any())
    ]
    if chance := sum(move.chance for move in still):
        yield Move.none(len(moves[0].absence), chance=chance)
    yield from (move for move in moves if move.chance > 0 and all(move is not one for one in still))


Weighted = tuple[float, float, float]
"""A point and its weights, finer and coarser."""


def _product(one: list[Weighted], other: list[Weighted]) -> Iterator[Strength]:
    for effect, weight, coarse in one:
        for distance, factor, coarser in other:
            yield effect, distance, weight * factor, coarse * coarser


def _normal(points: int) -> list[Weighted]:
    """Return Gauss-Hermite points; of seven the inner five alone are the coarser rule."""
    values, weights = np.polynomial.hermite_e.hermegauss(points)
    weights = weights / weights.sum()
    coarse = weights
    if points == 7:
        # the weights that integrate 1, x^2 and x^4 at 0 and the two inner pairs
        one, two = values[4] ** 2, values[5] ** 2
        inner, outer = np.linalg.solve([[2 * one, 2 * two], [2 * one**2, 2 * two**2]], [1, 3])
        coarse = np.array([0, outer, inner, 1 - 2 * inner - 2 * outer, inner, outer, 0])
    return list(zip(values.tolist(), weights.tolist(), coarse.tolist(), strict=True))
