"""Where the factors are held so that what they share can be integrated out.

Every factor is standard normal and is held at evenly spaced points, weighted by the normal density
(the trapezoidal rule, which converges geometrically for such integrands; Trefethen & Weideman 2014,
doi:10.1137/130932132). Gauss-Hermite points do worse here: where much is shared the integrand is
nearly a step. Leaving out every second point gives a coarser answer from the same work, and the
difference bounds the error. The uncertain effect is smooth and small: six points in two dimensions
(Stroud & Secrest 1963, doi:10.2307/2003846) or five in one suffice; they move an expected count by
about a hundredth of a vote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.assembly import Ballot
from sim.choices import FloatArray
from sim.dependence import Size
from sim.influence import Move

Strength = tuple[float, float, float, float]
"""Strength of the effect, distance of the position, and the weights, finer and coarser."""

HEXAGON: tuple[Strength, ...] = tuple(
    (
        float(np.sqrt(2) * np.cos(corner * np.pi / 3)),
        float(np.sqrt(2) * np.sin(corner * np.pi / 3)),
        1 / 6,
        (corner % 2) / 3,
    )
    for corner in range(6)
)
"""Points for two normal variables, exact for polynomials up to the third degree; every second
corner alone is exact up to the second."""
SPAN = 4.5
"""Factors are held within so many standard deviations; 7 in a million lie outside."""


@dataclass(frozen=True)
class Fineness:
    """How many points each factor is held at; odd numbers, one more than a multiple of 4.

    Attributes
    ----------
    assembly, bloc, attendance : int
        Points for the factors F, H and G.
    negligible : float
        Pairs of points whose weight is less than this part of the whole are left out.
    """

    assembly: int = 21
    bloc: int = 13
    attendance: int = 9
    negligible: float = 1e-5


FINE = Fineness()
"""Errors of some ten-thousandths in a chance at worst; a run uses it."""
QUICK = Fineness(assembly=13, bloc=9, attendance=7, negligible=1e-4)
"""Errors of some thousandths in a chance at worst; for thousands of roll calls."""


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


def line(sizes: tuple[Size, ...], points: int) -> Line:
    """Return the points on one factor for every size it may have.

    Parameters
    ----------
    sizes : tuple of Size
    points : int
        Points for each size; 1 if the factor moves nobody.

    Examples
    --------
    >>> line((Size(0.8, 1.0), Size(0.2, 3.0)), 9).value.shape
    (18,)
    """
    value, weight, coarse = trapezoid(points)
    return Line(
        np.concatenate([value * size.factor for size in sizes]),
        np.repeat([size.factor for size in sizes], points),
        np.concatenate([weight * size.chance for size in sizes]),
        np.concatenate([coarse * size.chance for size in sizes]),
    )


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
    for move in ballot.moves:
        if move.chance == 0:
            continue
        how_strong = bool(ballot.influence.effect_sd.any()) and bool(
            move.distance or move.distance_sd
        )
        how_far = bool(move.distance_sd) or bool(move.pressure_sd.any())
        hexagon = how_strong and how_far and not points
        strengths = HEXAGON if hexagon else _product(how_strong, how_far, points or 5)
        for effect, distance, weight, coarse in strengths:
            yield Held(move, effect, distance, weight * move.chance, coarse * move.chance)


def _product(how_strong: bool, how_far: bool, points: int) -> tuple[Strength, ...]:
    lines = []
    for uncertain in (how_strong, how_far):
        values, weights = np.polynomial.hermite_e.hermegauss(points if uncertain else 1)
        lines.append(list(zip(values.tolist(), (weights / weights.sum()).tolist(), strict=True)))
    return tuple((one, other, w * v, w * v) for one, w in lines[0] for other, v in lines[1])
