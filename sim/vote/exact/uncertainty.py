"""Where the uncertain effect of the United States is held, in strength and in distance.

As a rule chances follow it smoothly: a few points hold how strong it is and how far the position
lies, in a rule that is exact for polynomials of both up to degree 5 (Stroud 1971, Approximate
Calculation of Multiple Integrals, E2-r2 5-1). Where it moves states far, even points do.

What the other strengths of the effect change is a small difference to the middle one, and takes
fewer points of the attendance factor: the answer is the middle strength held closely, plus all
strengths less the middle one held roughly (the combination technique of sparse grids; Gerstner &
Griebel 1998, doi:10.1023/A:1019129717644).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.assembly.choices import FloatArray
from sim.vote.ballot import Ballot
from sim.vote.dependence import Dependence
from sim.vote.exact.quadrature import FINE, Fineness, hermite, points_for, trapezoid
from sim.vote.influence import Move

Strength = tuple[float, float, float, float]
"""Strength of the effect, distance of the position, and the weights, finer and coarser."""

WIDE = 2.0
"""How far one standard deviation of an uncertainty may move a state for few points to hold it, as
`uncertain` measures it. A wider one is no longer smooth, and is held at evenly spaced points."""
APART = 1.5
"""How far neighbouring points of a wide uncertainty may move a state, in the same measure."""
BESIDE = 3
"""Points for the other uncertainty beside them, where five would be usual."""
BLUR = (0.3, 0.7)
"""How much states share [standard deviations] for chances to follow an uncertainty smoothly, and
how much at least counts, for each state's own part blurs a count too. Once votes are known as much
has to be each state's own."""


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
    few = BESIDE if wide and points == 5 else points
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
