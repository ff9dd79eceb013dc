"""Where the factors are held so that what they share can be integrated out.

Every factor is standard normal and is held at evenly spaced points, weighted by the normal density
(the trapezoidal rule, which converges geometrically for such integrands; Trefethen & Weideman 2014,
doi:10.1137/130932132). Gauss-Hermite points do worse here: where much is shared the integrand is
nearly a step. Leaving out every second point gives a coarser answer from the same work, and the
difference bounds the error. The uncertain effect is smooth: a few points hold how strong it is and
how far the position lies, in a rule that is exact for polynomials of both up to degree 5 (Stroud
1971, Approximate Calculation of Multiple Integrals, E2-r2 5-1).

What the other strengths of the effect change is a small difference to the middle one, and takes
fewer points of the attendance factor: the answer is the middle strength held closely, plus all
strengths less the middle one held roughly (the combination technique of sparse grids; Gerstner &
Griebel 1998, doi:10.1023/A:1019129717644).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from sim.assembly.choices import FloatArray
from sim.vote.ballot import Ballot
from sim.vote.dependence import Dependence
from sim.vote.influence import Move

Strength = tuple[float, float, float, float]
"""Strength of the effect, distance of the position, and the weights, finer and coarser."""

SPAN = 4.0
"""Stance factors are held within so many standard deviations; what lies beyond, 6 in 100,000,
counts as the ends."""
WIDE = 2.0
"""How far one standard deviation of an uncertainty may move a state for few points to hold it, as
`uncertain` measures it. A wider one is no longer smooth, and is held at evenly spaced points."""
APART = 1.5
"""How far neighbouring points of a wide uncertainty may move a state, in the same measure."""
BLUR = (0.3, 0.7)
"""How much states share [standard deviations] for chances to follow an uncertainty smoothly, and
how much at least counts, for each state's own part blurs a count too. Once votes are known as much
has to be each state's own."""


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
        is uncertain; where both are, 5 stands for a rule of seven points. What is `WIDE` takes as
        many as it needs.
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


@dataclass(frozen=True)
class Held:
    """One position and one strength of the effect at which everything else is integrated.

    Attributes
    ----------
    move : Move
    effect, distance : float
        Where the two uncertainties are held [standard deviations].
    weight, coarse : float
        Negative where what is held roughly is taken off again.
    closely : bool
        Whether attendance is held closely, or as `Fineness.aside` says.
    """

    move: Move
    effect: float
    distance: float
    weight: float
    coarse: float
    closely: bool = True


@dataclass(frozen=True)
class HeldTwice(Held):
    """The same once votes are known: in the arm, and in the one in which they were announced.

    Attributes
    ----------
    said : Ballot
        The arm in which they were announced.
    said_move : Move
        The position taken there.
    """

    said: Ballot = field(kw_only=True)
    said_move: Move = field(kw_only=True)


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


def held(ballot: Ballot, fineness: Fineness = FINE) -> Iterator[Held]:
    """Yield every position of the arm at every strength of the effect that has to be looked at.

    Parameters
    ----------
    ballot : Ballot
    fineness : Fineness

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> len(list(held(Ballot(one, Dependence.independent(1), nobody, (Move.none(1),)))))
    1
    """
    for move in distinct(ballot):
        reach = uncertain(ballot, move)
        points = strengths(*reach, fineness.effect)
        # where absence is moved differences depend on attendance; wide ones are not small
        smooth = not move.absence.any()
        roughly = smooth and len(points) > 1 and fineness.aside > 0
        if roughly:
            yield Held(move, 0.0, 0.0, move.chance, move.chance)
        for effect, distance, weight, coarse in points:
            less = 1.0 if roughly and effect == distance == 0 else 0.0
            yield Held(
                move,
                effect,
                distance,
                (weight - less) * move.chance,
                (coarse - less) * move.chance,
                closely=not roughly,
            )


def held_twice(ballot: Ballot, fineness: Fineness) -> Iterator[HeldTwice]:
    """Yield every position and strength, in the arm and in those in which votes were announced.

    Strength and distance are the same in all arms, and one number decides on the positions.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> len(list(held_twice(Ballot(one, Dependence.independent(1), nobody, (Move.none(1),)), FINE)))
    1
    """
    here, sharp = _positions(ballot), _sharp(ballot.dependence)
    for chance, said in ballot.worlds:
        there = here if said is ballot else _positions(said)
        for share, move, said_move in _overlaps(here, there):
            both = uncertain(ballot, move), uncertain(said, said_move)
            strong, far = (sharp * max(each) for each in zip(*both, strict=True))
            for effect, distance, weight, coarse in strengths(strong, far, fineness.effect):
                yield HeldTwice(
                    move,
                    effect,
                    distance,
                    weight * chance * share,
                    coarse * chance * share,
                    said=said,
                    said_move=said_move,
                )


def _positions(ballot: Ballot) -> list[tuple[float, Move]]:
    """Return the positions that may be taken in order; of those that move nobody all are one."""
    follows = _follows(ballot)
    none = Move.none(len(ballot.probabilities))
    return [(move.chance, none if _still(move, follows) else move) for move in ballot.moves]


def _overlaps(
    here: Sequence[tuple[float, Move]], there: Sequence[tuple[float, Move]]
) -> list[tuple[float, Move, Move]]:
    """Return positions that one number gives two arms together, each pair with its chance."""
    ends, others = (np.cumsum([chance for chance, _ in arm]) for arm in (here, there))
    edges = np.union1d(ends, others)
    found: dict[tuple[int, int], tuple[float, Move, Move]] = {}
    for length, edge in zip(np.diff(edges, prepend=0), edges, strict=True):
        move, other = (
            arm[min(int(np.searchsorted(upto, edge - length / 2)), len(arm) - 1)][1]
            for arm, upto in ((here, ends), (there, others))
        )
        before = found.get((id(move), id(other)), (0.0,))[0]
        if length > 1e-12:
            found[id(move), id(other)] = (before + float(length), move, other)
    return list(found.values())


def uncertain(ballot: Ballot, move: Move) -> tuple[float, float]:
    """Return how far one standard deviation of strength and of distance moves a state at most.

    Returns
    -------
    strength, distance : float
        0 where nothing is uncertain [standard deviations; more where states share little, for a
        count then follows each uncertainty more closely].

    Examples
    --------
    See `held`.
    """
    influence, usual = ballot.influence, np.abs(ballot.influence.effect)
    how_far = move.distance_sd * (usual if usual.any() else influence.effect_sd) + move.pressure_sd
    most = abs(move.distance) + move.distance_sd
    blur = _blur(ballot.dependence)
    return most * float(influence.effect_sd.max()) / blur, float(how_far.max()) / blur


def _blur(dependence: Dependence) -> float:
    """Return how smoothly chances follow an uncertainty: 1 where states share enough."""
    shared = float(np.sqrt(np.mean(1 - _own(dependence) ** 2)))
    return min(1.0, max(BLUR[0], shared / BLUR[1]))


def _sharp(dependence: Dependence) -> float:
    """Return how much more sharply known votes tell strengths apart where little is a state's own.

    1 where enough is.
    """
    return max(1.0, BLUR[1] / float(_own(dependence).mean()))


def _own(dependence: Dependence) -> FloatArray:
    """Return the weight of each state's own part at the smallest size [state]."""
    size = min(size.factor for size in dependence.stance_sizes if size.chance > 0)
    return dependence.own_stance(size)


def _follows(ballot: Ballot) -> bool:
    return bool(ballot.influence.effect.any() or ballot.influence.effect_sd.any())


def _still(move: Move, follows: bool) -> bool:
    felt = follows or move.pressure.any() or move.pressure_sd.any() or move.absence.any()
    return bool(move.moves_nobody or not felt)


def distinct(ballot: Ballot) -> Iterator[Move]:
    """Yield the positions that may be taken, those that move nobody as one.

    Examples
    --------
    See `held`, which holds each of them.
    """
    follows, moves = _follows(ballot), ballot.moves
    still = [move for move in moves if _still(move, follows)]
    if chance := sum(move.chance for move in still):
        yield Move.none(len(moves[0].absence), chance=chance)
    yield from (move for move in moves if move.chance > 0 and all(move is not one for one in still))


def strengths(strong: float, far: float, points: int) -> list[Strength]:
    """Return where the two uncertainties of the effect are held.

    Parameters
    ----------
    strong, far : float
        How far each moves a state, as `uncertain` says.
    points : int
        As `Fineness.effect`.

    Examples
    --------
    >>> [len(strengths(1.0, far, points)) for far in (0.0, 0.5) for points in (3, 5)]
    [3, 5, 9, 7]
    >>> len(strengths(9.0, 0.0, 5))
    49
    """
    wide = max(strong, far) > WIDE
    if strong and far and points == 5 and not wide:
        return _hexagon()
    few = 3 if wide and points == 5 else points  # beside many points of the other one
    return [
        (effect, distance, weight * factor, coarse * coarser)
        for effect, weight, coarse in _one(strong, few)
        for distance, factor, coarser in _one(far, few)
    ]


def _one(reach: float, points: int) -> list[tuple[float, float, float]]:
    """Return where one uncertainty is held, and the weights, finer and coarser."""
    if reach == 0:
        return [(0.0, 1.0, 1.0)]
    if reach <= WIDE:
        values, fine = hermite(points)
        coarse = _inner(values, fine)
    else:
        values, fine, coarse = trapezoid(points_for(reach, points, APART))
    return list(zip(values.tolist(), fine.tolist(), coarse.tolist(), strict=True))


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
