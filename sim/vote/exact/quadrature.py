"""Where the factors are held so that what they share can be integrated out.

Every factor is standard normal and is held at evenly spaced points, weighted by the normal density
(the trapezoidal rule, which converges geometrically for such integrands; Trefethen & Weideman 2014,
doi:10.1137/130932132). Gauss-Hermite points do worse here: where much is shared the integrand is
nearly a step. Leaving out every second point gives a coarser answer from the same work, and the
difference bounds the error.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from sim.assembly.choices import FloatArray

SPAN = 4.0
"""Stance factors are held within so many standard deviations; what lies beyond, 6 in 100,000,
counts as the ends."""


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
        Points for the uncertain effect, an odd number, where either its strength or its distance
        is uncertain; where both are, 5 stands for a rule of seven points. What is wide takes as
        many as it needs (`sim.vote.exact.uncertainty`).
    aside : int
        Points for G at all strengths but the middle one: with 1 absence is each state's own, 0 is
        for as many as there.
    span : float
        How far out G is held [standard deviations]. It moves counts less than the others, so that
        points nearer to each other are worth more than points farther out.
    far : float
        How far out stance factors are held [standard deviations].

    Raises
    ------
    ValueError
        If the points for the effect have no middle.

    Examples
    --------
    >>> Fineness(effect=4)
    Traceback (most recent call last):
    ValueError: effect: 4 points: must be odd, the middle among them
    """

    assembly: int = 17
    bloc: int = 13
    attendance: int = 9
    step: float = 1.5
    effect: int = 5
    aside: int = 3
    span: float = 3.5
    far: float = SPAN

    def __post_init__(self) -> None:
        """Refuse rules without a middle."""
        if self.effect % 2 == 0:
            raise ValueError(f"effect: {self.effect} points: must be odd, the middle among them")

    def and_finer(self, other: Fineness) -> Fineness:
        """Return what is as fine as both in all that sums given known votes take.

        Examples
        --------
        >>> QUICK.and_finer(FINE).step
        1.5
        """
        more = ("assembly", "bloc", "attendance", "effect", "span", "far")
        finest = {name: max(getattr(self, name), getattr(other, name)) for name in more}
        return replace(self, step=min(self.step, other.step), **finest)


FINE = Fineness()
"""Errors of some ten-thousandths in a chance, of a few thousandths at worst; a run uses it."""
QUICK = Fineness(assembly=13, bloc=9, attendance=5, step=2.5, aside=1, span=3.0)
"""Errors of some thousandths in a chance at worst; for thousands of roll calls."""
CLOSE = Fineness(assembly=13, bloc=33, attendance=25, step=0.9)
"""For what sums alone give, each state given known votes: to some 1e-8 where nobody is moved."""
VERY_FINE = Fineness(assembly=41, bloc=41, attendance=25, step=0.5, effect=9, aside=0)
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


@cache
def trapezoid(points: int, span: float = SPAN) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return points on a standard normal factor, their weights, and the coarser weights.

    Examples
    --------
    >>> value, weight, coarse = trapezoid(21)
    >>> round(float(weight @ value**2), 3), round(float(coarse @ value**2), 3)
    (1.0, 1.0)
    """
    value = np.linspace(-span, span, points) if points > 1 else np.zeros(1)
    weight, coarse = _at_even_points(value), np.zeros(points)
    coarse[::2] = _at_even_points(value[::2])
    for numbers in (value, weight, coarse):
        numbers.flags.writeable = False
    return value, weight, coarse


def _at_even_points(value: FloatArray) -> FloatArray:
    """Return the weights of evenly spaced points; those beyond the ends are put on the ends."""
    weight = np.exp(-(value**2) / 2)
    if len(value) > 1:
        beyond = value[-1] + (value[1] - value[0]) * np.arange(1, 30)
        weight[[0, -1]] += np.exp(-(beyond**2) / 2).sum()
    return np.asarray(weight / weight.sum())


@cache
def hermite(points: int) -> tuple[FloatArray, FloatArray]:
    """Return the points and weights that are exact for polynomials of a standard normal number.

    Examples
    --------
    >>> value, weight = hermite(3)
    >>> (weight @ value**4).round(12)
    np.float64(3.0)
    """
    value, weight = np.polynomial.hermite_e.hermegauss(points)
    value[np.abs(value) < 1e-12] = 0.0  # the middle, exactly
    weight /= weight.sum()
    value.flags.writeable = weight.flags.writeable = False
    return value, weight


def gauss(value: FloatArray, weight: FloatArray, points: int) -> tuple[FloatArray, FloatArray]:
    """Return the Gauss rule of a discrete measure: its first moments on few points.

    The three-term recurrence of its orthogonal polynomials gives the rule (Golub & Welsch 1969,
    doi:10.1090/S0025-5718-69-99647-1).

    Parameters
    ----------
    value, weight : array [place]
    points : int

    Examples
    --------
    >>> at, weight = gauss(np.linspace(-8, 8, 161), np.exp(-(np.linspace(-8, 8, 161) ** 2) / 2), 3)
    >>> (at**2).round(6), (weight / weight.sum()).round(6)
    (array([3., 0., 3.]), array([0.166667, 0.666667, 0.166667]))
    """
    total = float(weight.sum())
    middle: list[float] = []
    off: list[float] = []
    before, here = np.zeros(len(value)), np.sqrt(weight / total)
    for _ in range(min(points, int((weight > 1e-18 * total).sum()))):
        middle.append(float(here @ (value * here)))
        after = value * here - middle[-1] * here - (off[-1] if off else 0.0) * before
        length = float(np.linalg.norm(after))
        before, here = here, after / length if length > 1e-9 else here
        off.append(length)
        if length <= 1e-9:
            break
    jacobi = (
        np.diag(middle) + np.diag(off[: len(middle) - 1], 1) + np.diag(off[: len(middle) - 1], -1)
    )
    at, vectors = np.linalg.eigh(jacobi)
    return at, total * vectors[0] ** 2


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
