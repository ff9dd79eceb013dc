"""Where the factors are held so that what they share can be integrated out.

Every factor is standard normal and is held at evenly spaced points, weighted by the normal density
(the trapezoidal rule, which converges geometrically for such integrands; Trefethen & Weideman 2014,
doi:10.1137/130932132). Gauss-Hermite points do worse here: where much is shared the integrand is
nearly a step. Leaving out every second point gives a coarser answer from the same work, and the
difference bounds the error. The uncertain effect is smooth: a few points hold how strong it is and
how far the position lies, in a rule that is exact for polynomials of both up to degree 3 or 5
(Stroud 1971, Approximate Calculation of Multiple Integrals, E2-r2 3-1 and 5-1).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.assembly import Ballot
from sim.choices import FloatArray
from sim.influence import Move

Strength = tuple[float, float, float, float]
"""Strength of the effect, distance of the position, and the weights, finer and coarser."""

SPAN, ATTENDANCE_SPAN = 4.0, 3.5
"""Stance factors, and the attendance factor, are held within so many standard deviations; what lies
beyond, 6 in 100,000 and 5 in 10,000, counts as the ends. Attendance moves counts less, so that
points nearer to each other are worth more than points farther out."""


@dataclass(frozen=True)
class Fineness:
    """How closely each factor is held.

    Attributes
    ----------
    assembly, attendance : int
        The fewest points for the factors F and G.
    bloc : int
        The fewest points for the factors H of the groups.
    step : float
        The farthest that neighbouring points of a stance factor may move a state, and three times
        the farthest that those of the attendance factor may [standard deviations of what is not
        held]: the more is shared, the more points it takes.
    effect : int
        Points for the uncertain effect, where either its strength or its distance is uncertain;
        where both are, 3 stands for a rule of four points, 5 for one of seven.
    """

    assembly: int = 17
    bloc: int = 13
    attendance: int = 9
    step: float = 1.5
    effect: int = 5


FINE = Fineness()
"""Errors of some ten-thousandths in a chance, of a few thousandths at worst; a run uses it."""
QUICK = Fineness(assembly=13, bloc=9, attendance=7, step=2.5, effect=3)
"""Errors of some thousandths in a chance at worst; for thousands of roll calls."""
VERY_FINE = Fineness(assembly=41, bloc=41, attendance=25, step=0.5, effect=9)
"""To check the others by."""


@dataclass(frozen=True)
class Line:
    """Points on one factor.

    Attributes
    ----------
    value : array [node]
    weight, coarse : array [node]
        Weights that sum to 1: with all points, and with every second.
    """

    value: FloatArray
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
def trapezoid(points: int, span: float = SPAN) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return points on a standard normal factor, their weights, and the coarser weights.

    Examples
    --------
    >>> value, weight, coarse = trapezoid(21)
    >>> round(float(weight @ value**2), 3), round(float(coarse @ value**2), 3)
    (1.0, 1.0)
    """
    if points == 1:
        return np.zeros(1), np.ones(1), np.ones(1)
    value = np.linspace(-span, span, points)
    coarse = np.zeros(points)
    coarse[::2] = _at_even_points(value[::2])
    return value, _at_even_points(value), coarse


def _at_even_points(value: FloatArray) -> FloatArray:
    """Return the weights of evenly spaced points; those beyond the ends are put on the ends."""
    weight = np.exp(-(value**2) / 2)
    if len(value) > 1:
        beyond = value[-1] + (value[1] - value[0]) * np.arange(1, 30)
        weight[[0, -1]] += np.exp(-(beyond**2) / 2).sum()
    return np.asarray(weight / weight.sum())


def line(reach: float, *, fewest: int, step: float, span: float = SPAN) -> Line:
    """Return the points on one factor.

    Parameters
    ----------
    reach : float
        The most that one standard deviation of the factor moves a state [standard deviations of
        what is not held].
    fewest : int
        Points at least.
    step : float
        The farthest that neighbouring points may move a state, in the same unit.
    span : float
        How far out the factor is held [standard deviations].

    Examples
    --------
    >>> len(line(1.0, fewest=9, step=2.0).value), len(line(0.0, fewest=9, step=2.0).value)
    (9, 1)
    """
    return Line(*trapezoid(points_for(reach, fewest, step, span), span))


def points_for(reach: float, fewest: int, step: float, span: float = SPAN) -> int:
    """Return an odd number of points: every second, the ends among them, is a rule too.

    Examples
    --------
    >>> points_for(1.0, 9, 0.5)
    17
    """
    if reach == 0:
        return 1
    needed = max(2 * span * reach / step, fewest - 1)
    return 2 * int(np.ceil(needed / 2)) + 1


def held(ballot: Ballot, fineness: Fineness = FINE) -> Iterator[Held]:
    """Yield every position of the arm at every strength of the effect that has to be looked at.

    Parameters
    ----------
    ballot : Ballot
    fineness : Fineness

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
        for effect, distance, weight, coarse in strengths(how_strong, how_far, fineness.effect):
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


def strengths(how_strong: bool, how_far: bool, points: int) -> list[Strength]:
    """Return where the two uncertainties of the effect are held.

    Parameters
    ----------
    how_strong, how_far : bool
        Which of them there are.
    points : int
        As `Fineness.effect`.

    Examples
    --------
    >>> [len(strengths(True, far, points)) for far in (False, True) for points in (3, 5)]
    [3, 5, 4, 7]
    """
    if how_strong and how_far and points in (3, 5):
        return _cross() if points == 3 else _hexagon()
    values, weights = np.polynomial.hermite_e.hermegauss(points)
    fine = weights / weights.sum()
    one = list(zip(values.tolist(), fine.tolist(), _inner(values, fine).tolist(), strict=True))
    none = [(0.0, 1.0, 1.0)]
    return [
        (effect, distance, weight * factor, coarse * coarser)
        for effect, weight, coarse in (one if how_strong else none)
        for distance, factor, coarser in (one if how_far else none)
    ]


def _cross() -> list[Strength]:
    """Return four points, exact up to degree 3; two of them alone up to degree 1."""
    far = 2**0.5
    return [
        (far, 0.0, 0.25, 0.5),
        (-far, 0.0, 0.25, 0.5),
        (0.0, far, 0.25, 0.0),
        (0.0, -far, 0.25, 0.0),
    ]


def _hexagon() -> list[Strength]:
    """Return the middle and six points around it, exact up to degree 5; every second up to 2."""
    corners = [
        (2 * math.cos(turn * math.pi / 3), 2 * math.sin(turn * math.pi / 3), 1 / 12, even / 6)
        for turn, even in enumerate((1, 0, 1, 0, 1, 0))
    ]
    return [(0.0, 0.0, 0.5, 0.5), *corners]


def _inner(values: FloatArray, fine: FloatArray) -> FloatArray:
    """Return coarser weights: of five points the inner three, exact up to degree 3."""
    if len(values) != 5:
        return fine
    side = 1 / (2 * float(values[3]) ** 2)
    return np.array([0, side, 1 - 2 * side, side, 0])
