"""What an arm comes to at each strength of the effect, at points that all arms share.

How strongly the others respond and how far the position lies are two standard normal
uncertainties, the same for all arms of a draw (`sim.vote.influence`).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.polynomial.hermite_e import hermegauss, hermevander
from scipy.special import log_ndtr, ndtr, ndtri_exp

from sim.assembly.choices import BoolArray, FloatArray, IntArray
from sim.assembly.rules import Rule
from sim.vote.ballot import Ballot, given_shared, thresholds
from sim.vote.exact import solve as exact
from sim.vote.exact.quadrature import FINE, QUICK, Fineness, trapezoid
from sim.vote.exact.solve import Solution
from sim.vote.influence import Influence, Move
from sim.vote.outcomes.tables import Threshold

POINTS = (65, 17)
"""Points of the shared grid on either uncertainty."""
SOLVED = (5, 2)
"""Strengths on either uncertainty at which the whole vote is solved; between them a polynomial."""
SUMMED = (7, 3)
"""The same for each state and for the known votes, which are sums and cost little."""
PART = 0.15
"""Part of the other uncertainty below which one is held at its middle where the vote is solved."""
FARTHEST = 3.5
"""Beyond it a polynomial stays as it is there [standard deviations]."""
SURE, LEAST = 1e-9, 1e-300
"""Chance of an outcome, and probability of known votes, that count as none."""


@dataclass(frozen=True)
class Goals:
    """The outcomes in question: adoption, and counts that reach a mark.

    Attributes
    ----------
    rule : Rule
    marks : tuple of Threshold

    Examples
    --------
    >>> from sim.assembly.choices import Choice
    >>> from sim.assembly.rules import RULES
    >>> Goals(RULES["simple"], (Threshold(Choice.YES, 97),)).labels
    ('adopted', 'yes >= 97')
    """

    rule: Rule
    marks: tuple[Threshold, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """What the outcomes are called."""
        return ("adopted", *(mark.label for mark in self.marks))

    def happened(self, tally: IntArray) -> BoolArray:
        """Return which outcomes some tallies [draw, choice] are [draw, outcome]."""
        reached = [tally[:, mark.choice] >= mark.at_least for mark in self.marks]
        return np.stack([self.rule(tally), *reached], axis=1)

    def solve(
        self, ballot: Ballot, *, fineness: Fineness | None = None
    ) -> tuple[FloatArray, Solution]:
        """Return the chance of each outcome [outcome], and the solution it was read from.

        By default quickly, or finely if votes are known: chances given what was unlikely take it.
        """
        how = fineness or (FINE if ballot.known else QUICK)
        counts = sorted({mark.choice for mark in self.marks})
        [found] = exact.solve_counts([ballot], counts, rule=self.rule, fineness=how)
        reached = [
            at.chance(at.values >= mark.at_least)[0]
            for mark in self.marks
            for at in (found.distributions[counts.index(mark.choice)],)
        ]
        return np.array([found.adopted, *reached]), found


@dataclass(frozen=True)
class Strengths:
    """What an arm comes to in one of its positions, at every point of the shared grid.

    Attributes
    ----------
    chance : float
        Of the position.
    known : array [point]
        Probability of the known votes; 1 if there are none.
    states : array [point, state, choice]
        Each state's probabilities, given the known votes.
    outcomes : array [point, outcome]
        Chance of each outcome asked for, given the known votes.
    """

    chance: float
    known: FloatArray
    states: FloatArray
    outcomes: FloatArray

    @property
    def counts(self) -> FloatArray:
        """Expected counts [point, choice]."""
        return np.asarray(self.states.sum(axis=1))


@functools.cache
def grid() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the points of the grid: both uncertainties, and what a point weighs [point].

    Examples
    --------
    >>> effect, distance, weight = grid()
    >>> round(float(weight @ effect**2), 3), round(float(weight @ (effect * distance) ** 2), 3)
    (1.0, 1.0)
    """
    (effect, one, _), (distance, other, _) = map(trapezoid, POINTS)
    found = np.meshgrid(effect, distance, indexing="ij")
    parts = (found[0].ravel(), found[1].ravel(), np.outer(one, other).ravel())
    for part in parts:
        part.flags.writeable = False
    return parts


def strengths_of(ballot: Ballot, asked: Goals | None = None) -> tuple[Strengths, ...]:
    """Return what an arm comes to at every strength, one for each position that it may take.

    Without known votes each state's probabilities are a formula. Outcomes, and everything once
    votes are known, are solved exactly at a few strengths.

    Parameters
    ----------
    ballot : Ballot
    asked : Goals, optional
        By default no outcome.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> still = Ballot(one, Dependence.independent(1), nobody, (Move.none(1),))
    >>> [found] = strengths_of(still)
    >>> found.counts.mean(axis=0).round(12)
    array([0.2, 0.3, 0.4, 0.1])
    """
    return tuple(_of_move(ballot, move, asked) for move in ballot.moves if move.chance > 0)


def held_at(ballot: Ballot, move: Move, effect: float, distance: float) -> Ballot:
    """Return the ballot in one position, both uncertainties held.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> one, none = np.array([[0.2, 0.3, 0.4, 0.1]]), np.zeros(1)
    >>> move = Move(1.0, -1.0, 0.0, pressure=none, pressure_sd=none, absence=none)
    >>> west = Influence(effect=np.array([0.9]), effect_sd=np.array([0.1]))
    >>> held = held_at(Ballot(one, Dependence.independent(1), west, (move,)), move, 1.0, 0.0)
    >>> held.moves[0].pressure
    array([-1.])
    """
    said_in = tuple(
        (chance, _held(said, said.moves, effect, distance)) for chance, said in ballot.said_in
    )
    alone = (replace(move, chance=1.0),)
    return replace(_held(ballot, alone, effect, distance), said_in=said_in)


def _held(ballot: Ballot, moves: Sequence[Move], effect: float, distance: float) -> Ballot:
    """Return the ballot with its positions as plain pushes."""
    none = np.zeros(len(ballot.probabilities))
    at = np.array(effect), np.array(distance)
    still = tuple(
        Move(
            move.chance,
            0.0,
            0.0,
            pressure=np.asarray(ballot.influence.support_shift(move, *at), dtype=float),
            pressure_sd=none,
            absence=move.absence,
        )
        for move in moves
    )
    return replace(ballot, influence=Influence(none, none), moves=still)


def _of_move(ballot: Ballot, move: Move, asked: Goals | None) -> Strengths:
    effect, _, _ = grid()
    known, outcomes = np.ones(len(effect)), np.empty((len(effect), 0))
    if asked is not None:
        strengths, between = _some(ballot, move, SOLVED)
        outcomes = _between(between, np.stack([asked.solve(one)[0] for one in strengths]))
    if not ballot.known:
        return Strengths(move.chance, known, _states(ballot, move), outcomes)
    strengths, between = _some(ballot, move, SUMMED)
    each, logs = zip(*map(exact.closely, strengths), strict=True)
    known = np.exp(log_ndtr(between @ probit(np.exp(logs), least=LEAST)))
    states = _between(between, np.stack(each))
    return Strengths(move.chance, known, states / states.sum(axis=-1, keepdims=True), outcomes)


def _some(ballot: Ballot, move: Move, points: tuple[int, int]) -> tuple[list[Ballot], FloatArray]:
    """Return the ballot at a few strengths, and what each weighs on the grid [point, strength]."""
    axes = [
        hermegauss(count)[0] if varies else np.zeros(1)
        for count, varies in zip(points, _varying(ballot, move), strict=True)
    ]
    effect, distance, _ = grid()
    between = np.einsum("pi,pj->pij", _onto(effect, axes[0]), _onto(distance, axes[1]))
    strengths = [held_at(ballot, move, one, other) for one in axes[0] for other in axes[1]]
    return strengths, between.reshape(len(effect), -1)


def probit(chances: FloatArray, *, least: float = SURE) -> FloatArray:
    """Return chances on the scale of normal quantiles, where they bend least.

    Parameters
    ----------
    chances : array
    least : float
        What no chance is less than.

    Examples
    --------
    >>> probit(np.array([0.5, 0.8])).round(4)
    array([0.    , 0.8416])
    """
    return np.asarray(ndtri_exp(np.log(np.clip(chances, least, 1 - SURE))))


def _between(weights: FloatArray, chances: FloatArray) -> FloatArray:
    """Return chances between strengths."""
    return np.asarray(ndtr(np.tensordot(weights, probit(chances), axes=1)))


def _states(ballot: Ballot, move: Move) -> FloatArray:
    """Return each state's probabilities at every point of the grid [point, state, choice]."""
    effect, distance, _ = grid()
    shift = np.asarray(ballot.influence.support_shift(move, effect, distance), dtype=float)
    own = np.ones(1), np.ones(1)
    found = given_shared(thresholds(ballot.probabilities), shift, move.absence, own=own)
    return np.moveaxis(found, 0, -1)


def _varying(ballot: Ballot, move: Move) -> tuple[bool, bool]:
    """Return whether it matters how strong the effect is, and how far the position lies.

    The one that shifts nobody as far as a part of what the other does is held at its middle.
    """

    def shift(effect: float, distance: float) -> FloatArray:
        found = ballot.influence.support_shift(move, np.array(effect), np.array(distance))
        return np.asarray(found, dtype=float)

    strong = max(np.abs(shift(1.0, far) - shift(0.0, far)).max() for far in (0.0, 1.0))
    far = max(np.abs(shift(strength, 1.0) - shift(strength, 0.0)).max() for strength in (0.0, 1.0))
    return bool(strong > PART * far), bool(far > PART * strong)


def _onto(points: FloatArray, nodes: FloatArray) -> FloatArray:
    """Return the weights of the polynomial through some nodes at other points [point, node]."""
    inside = np.clip(points, -FARTHEST, FARTHEST)
    degree = len(nodes) - 1
    return np.asarray(hermevander(inside, degree) @ np.linalg.inv(hermevander(nodes, degree)))
