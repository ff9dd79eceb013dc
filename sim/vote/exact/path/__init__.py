"""A path with no sampling of votes: given what states share, every step's tally is computed.

What the votes of a day share has a dozen factors or more, of which the groups' own take part in
every step; a grid of all would be too large. So they are held at points that fill their space
evenly (`sim.vote.exact.path.points`), several times over: the spread of the repeats is the standard
error. At a point states are independent, also from step to step, so a step's tally is a product of
polynomials and the chance of a way is the product of its steps' chances.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.vote.ballot import Ballot, absent_given
from sim.vote.chance import Noise
from sim.vote.exact.path.held import HeldVote, count_of
from sim.vote.exact.path.points import MOST, POINTS, REPEATS, Points, sets_of
from sim.vote.path import Leaving, Path, Place

Made = TypeVar("Made")


@dataclass(frozen=True)
class ArmPath:
    """What becomes of a path in one arm; every chance once for each set of points.

    Attributes
    ----------
    known : array [repeat]
        Chance of the known votes; 1 if there are none.
    ends : array [repeat, end]
    flows : array [repeat, place, 3]
        Chance to leave each place carried, lost, and without a vote.
    tallies : array [step, choice, votes]
        Chance of each count, given that the step is voted on; zero where it never is.
    at_puts : array [asked, repeat, end]
        As `ends`, at each chance to be put that was asked about.
    """

    known: FloatArray
    ends: FloatArray
    flows: FloatArray
    tallies: FloatArray
    at_puts: FloatArray


def mean_and_error(chances: FloatArray, known: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return chances given the known votes, and their standard errors over the repeats.

    Parameters
    ----------
    chances : array [repeat, ...]
        Joint with the known votes.
    known : array [repeat]

    Examples
    --------
    >>> mean_and_error(np.array([[0.2], [0.4]]), np.ones(2))
    (array([0.3]), array([0.1]))
    """
    mean, apart = _mean_and_rest(chances, known)
    return mean, _error(apart)


def difference_and_error(
    one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Return how chances differ at the same points, and its standard error over the repeats.

    Parameters
    ----------
    one, other : (array [repeat, ...], array [repeat])
        As for `mean_and_error`.

    Examples
    --------
    >>> same = np.array([[0.2], [0.4]]), np.ones(2)
    >>> difference_and_error(same, same)
    (array([0.]), array([0.]))
    """
    (mean, apart), (mean_of_other, apart_of_other) = _mean_and_rest(*one), _mean_and_rest(*other)
    return mean - mean_of_other, _error(apart - apart_of_other)


def _mean_and_rest(chances: FloatArray, known: FloatArray) -> tuple[FloatArray, FloatArray]:
    mean = chances.sum(axis=0) / known.sum()
    apart = (chances - mean * known.reshape(-1, *[1] * (chances.ndim - 1))) / known.mean()
    return np.asarray(mean), np.asarray(apart)


def _error(apart: FloatArray) -> FloatArray:
    repeats = len(apart)
    return np.asarray(np.sqrt((apart**2).sum(axis=0) / (repeats * (repeats - 1))))


def solve_path(
    path: Path,
    *,
    seed: int,
    points: int = POINTS,
    repeats: int = REPEATS,
    most: int = MOST,
    puts: Sequence[tuple[int, float]] = (),
    ends_alone: bool = False,
    pool: Executor | None = None,
) -> dict[str, ArmPath]:
    """Return every end's chance and each step's tally given that it is voted on, by arm.

    Parameters
    ----------
    path : Path
    seed : int
    points, repeats : int
        A power of 2 in each of at least two sets.
    most : int
        Points of a set that may be looked at for known votes; `points` as a page has them.
    puts : sequence of (int, float)
        Steps, each with a chance to be put at which the ends are wanted too.
    ends_alone : bool
        Whether flows and tallies, which take nearly half of the time, are left out: zeros.
    pool : Executor, optional
        Of threads; the result is the same for any number.

    Examples
    --------
    >>> from sim.assembly.rules import RULES
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> from sim.vote.path import Place, Step
    >>> one = np.array([[0.3, 0.0, 0.7, 0.0]])
    >>> still = Influence(np.zeros(1), np.zeros(1))
    >>> ballot = Ballot(one, Dependence.independent(1), still, (Move.none(1),))
    >>> place = Place(0, 0, RULES["simple"], "adopted", "lost", "no vote")
    >>> path = Path((Step("text"),), (place,), {"as-is": ((ballot,),)}, quorum=1)
    >>> found = solve_path(path, seed=1, puts=[(0, 0.5)])["as-is"]
    >>> found.ends.mean(axis=0).round(6), found.at_puts.mean(axis=1).round(6)
    (array([0.3, 0.7, 0. ]), array([[0.15, 0.35, 0.5 ]]))
    """
    sets = sets_of(path, seed=seed, points=points, repeats=repeats, most=most)
    chances = [step.put for step in path.steps]
    asked = [[*chances[:step], put, *chances[step + 1 :]] for step, put in puts]

    alike = {
        (arm, step, form): pickle.dumps(ballot)
        for arm, ballots in path.ballots.items()
        for step, forms in enumerate(ballots)
        for form, ballot in enumerate(forms)
    }

    def solve(points: Points) -> dict[str, ArmPath]:
        votes = _Votes(path, points, alike)
        return {arm: _solve(path, arm, votes, asked, ends_alone) for arm in path.ballots}

    solved = list(map(solve, sets) if pool is None else pool.map(solve, sets))
    return {arm: _together([one[arm] for one in solved]) for arm in path.ballots}


def _together(sets: list[ArmPath]) -> ArmPath:
    """Return what is known from every set of points."""
    tallies = np.sum([one.tallies for one in sets], axis=0)
    total = tallies.sum(axis=2, keepdims=True)
    given = np.divide(tallies, total, out=np.zeros_like(tallies), where=total > 0)
    known, ends, flows = (
        np.concatenate([getattr(one, name) for one in sets]) for name in ("known", "ends", "flows")
    )
    return ArmPath(known, ends, flows, given, np.concatenate([one.at_puts for one in sets], axis=1))


@dataclass
class _Votes:
    """The votes at one set of points, each held once however many arms hold it alike."""

    path: Path
    points: Points
    alike: Mapping[tuple[str, int, int], bytes]
    seen: dict[Any, Any] = field(default_factory=dict)

    def held(self, arm: str, step: int, form: int) -> HeldVote:
        """Return one vote."""
        ballot, noise = self.path.ballots[arm][step][form], self.points.noise[step]
        key = step, self.alike[arm, step, form]
        return self._once(key, lambda: HeldVote.of(ballot, noise, self._absent(ballot, noise)))

    def _absent(self, ballot: Ballot, noise: Noise) -> FloatArray:
        """Return who is absent at each point: alike at most steps of a day, and in most arms."""
        moved = any(move.absence.any() for move in ballot.moves)
        moves = tuple((move.chance, move.absence.tobytes()) for move in ballot.moves)
        key = (
            ballot.dependence,
            noise.factors[:, 1].tobytes(),
            ballot.probabilities[:, Choice.NON_VOTING].tobytes(),
            moves if moved else (),
        )
        return self._once(key, lambda: absent_given(ballot, noise))

    def carried(self, arm: str, place: Place) -> FloatArray:
        """Return the chance that what is voted on at a place is carried [point]."""
        vote, rule = self.held(arm, place.step, place.form), place.rule
        key = place.step, self.alike[arm, place.step, place.form], rule
        return self._once(key, lambda: vote.carried(rule, self.path.quorum))

    def tallies(self, arm: str, step: int, form: int, weight: FloatArray) -> FloatArray:
        """Return the tallies of one vote under weights [choice, votes]."""
        found = []
        for choice, chance in zip(Choice, self.held(arm, step, form).probability, strict=True):
            vote = step, self.alike[arm, step, form], choice
            # who is absent is the day's: the same at most steps
            key = chance.tobytes() if choice == Choice.NON_VOTING else vote
            count = self._once(key, functools.partial(count_of, {1: chance}))
            found.append(count.summed(weight))
        return np.stack(found)

    def _once(self, key: Any, made: Callable[[], Made]) -> Made:
        if key not in self.seen:
            self.seen[key] = made()
        found: Made = self.seen[key]
        return found


def _solve(
    path: Path, arm: str, votes: _Votes, asked: list[list[float]], ends_alone: bool
) -> ArmPath:
    """Follow every way of an arm at one set of points; tallies are not yet given the vote."""
    held = [votes.held(arm, place.step, place.form) for place in path.places]
    carried = [votes.carried(arm, place) for place in path.places]
    chances = [step.put for step in path.steps]
    start = votes.points.weight
    beside = _beside(path, arm, votes)
    gone, ends = _follow(path, held, carried, beside, chances, start)
    if ends_alone:
        gone = ((np.zeros(1),) * 3,) * len(path.places)
    elif any(vote.any_known for vote in held):
        gone = _given_later(path, gone, held, carried, beside, chances)
    tallies = np.zeros((len(path.steps), len(Choice), held[0].probability.shape[1] + 1))
    weights: dict[tuple[int, int], FloatArray] = {}
    for place, (won, lost, _) in zip(path.places, gone, strict=True):
        vote = place.step, place.form
        weights[vote] = weights.get(vote, 0.0) + won + lost
    for (step, form), weight in ({} if ends_alone else weights).items():
        tallies[step] += votes.tallies(arm, step, form, weight)
    at_puts = [_follow(path, held, carried, beside, puts, start)[1].sum(axis=1) for puts in asked]
    return ArmPath(
        ends.sum(keepdims=True)[0],
        ends.sum(axis=1)[None],
        np.array([[mass.sum() for mass in leaving] for leaving in gone])[None],
        tallies,
        np.reshape(at_puts, (len(asked), 1, len(ends))),
    )


def _beside(path: Path, arm: str, votes: _Votes) -> list[Leaving[FloatArray]]:
    """Return how probable the known votes are of steps that each way out of a place passes by."""
    known = [np.ones(len(votes.points))] * len(path.steps)
    for number, step in enumerate(path.steps):
        if path.ballots[arm][number][step.tabled].known:
            known[number] = votes.held(arm, number, step.tabled).known

    def product(number: int, way: int) -> FloatArray:
        passed = [known[step] for step in path.passed_by(number, way)]
        return np.asarray(np.prod([np.ones(len(votes.points)), *passed], axis=0))

    return [
        (product(number, 0), product(number, 1), product(number, 2))
        for number in range(len(path.places))
    ]


def _follow(
    path: Path,
    votes: list[HeldVote],
    carried: list[FloatArray],
    beside: list[Leaving[FloatArray]],
    puts: Sequence[float],
    start: FloatArray,
) -> tuple[tuple[Leaving[FloatArray], ...], FloatArray]:
    """Return the chance to leave each place each way, and to come to each end [end, point]."""

    def leave(number: int, here: FloatArray) -> Leaving[FloatArray]:
        put, (on, off, passed) = puts[path.places[number].step], beside[number]
        here = here * votes[number].known
        voted = here * put
        won = voted * carried[number]
        return won * on, (voted - won) * off, here * (1 - put) * passed

    return path.follow(start, leave)


def _given_later(
    path: Path,
    gone: Sequence[Leaving[FloatArray]],
    votes: list[HeldVote],
    carried: list[FloatArray],
    beside: list[Leaving[FloatArray]],
    puts: Sequence[float],
) -> tuple[Leaving[FloatArray], ...]:
    """Return the chance to leave each place joint with the votes that are known further on.

    At a point a step's tally is taken to be as it is whatever comes later: how it went tells what
    follows, but is all that follows tells of it.
    """
    sure = np.ones_like(carried[0])
    ahead, found = [sure] * len(path.places), list(gone)
    for number in reversed(range(len(path.places))):
        place, won = path.places[number], carried[number]
        after = [ahead[way] if isinstance(way, int) else sure for way in place.after]
        put = puts[place.step]
        onward = np.zeros_like(sure)
        shares = (put * won, put * (1 - won), np.full_like(sure, 1 - put))
        for share, by, then in zip(shares, beside[number], after, strict=True):
            onward += share * by * then
        ahead[number] = votes[number].known * onward
        on, off, passed = gone[number]
        found[number] = (on * after[0], off * after[1], passed * after[2])
    return tuple(found)
