"""A path with no sampling of votes: given what states share, every step's tally is computed.

What the votes of a day share has a dozen factors or more, of which the groups' own take part in
every step; a grid of all would be too large. So they are held at points that fill their space
evenly (`sim.vote.chance.evenly`), several times over: the spread of the repeats is the standard
error. At a point states are independent, also from step to step, so a step's tally is a product of
polynomials and the chance of a way is the product of its steps' chances.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy.special import ndtri

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.assembly.rules import Rule
from sim.vote.ballot import Ballot, absent_given, given_factors, log_weights_of_known
from sim.vote.chance import Noise, evenly
from sim.vote.exact.convolution import Weights, of_independent
from sim.vote.path import Path, Place, rotated

Made = TypeVar("Made")
REPEATS, POINTS = 8, 256
"""Sets of points, and points in each: errors of about 0.002 in a chance near one half."""
MISSED = 1e-7
"""Chance beyond which a count, given the factors, is not looked for (Hoeffding 1963)."""


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
    mean = chances.sum(axis=0) / known.sum()
    apart = (chances - mean * known.reshape(-1, *[1] * (chances.ndim - 1))) / known.mean()
    repeats = len(known)
    return np.asarray(mean), np.asarray(np.sqrt((apart**2).sum(axis=0) / (repeats * (repeats - 1))))


def solve_path(
    path: Path,
    *,
    seed: int,
    points: int = POINTS,
    repeats: int = REPEATS,
    puts: Sequence[tuple[int, float]] = (),
    pool: Executor | None = None,
) -> dict[str, ArmPath]:
    """Return every end's chance and each step's tally given that it is voted on, by arm.

    Parameters
    ----------
    path : Path
    seed : int
    points, repeats : int
        A power of 2 in each of at least two sets.
    puts : sequence of (int, float)
        Steps, each with a chance to be put at which the ends are wanted too.
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
    sets = [_points(path, seed * repeats + number, points) for number in range(repeats)]
    chances = [step.put for step in path.steps]
    asked = [[*chances[:step], put, *chances[step + 1 :]] for step, put in puts]

    alike = {
        (arm, step, form): pickle.dumps(path.ballots[arm][step][form])
        for arm in path.ballots
        for step, form in path.votes
    }

    def solve(noise: list[Noise]) -> dict[str, ArmPath]:
        votes = _Votes(path, noise, alike)
        return {arm: _solve(path, arm, votes, asked) for arm in path.ballots}

    solved = list(map(solve, sets) if pool is None else pool.map(solve, sets))
    return {arm: _together([one[arm] for one in solved]) for arm in path.ballots}


def _points(path: Path, seed: int, points: int) -> list[Noise]:
    """Return the noise of every step at one set of points."""
    factors = path.day(seed=0, draws=1).factors
    turned = [step for step in path.steps if step.turned]
    cube = evenly(seed % 2**63, points=points, dimensions=3 + factors * (1 + len(turned)))
    normal = ndtri(cube[:, 3:]).astype(np.float32).reshape(points, -1, factors)
    level, uniform = np.zeros((points, 0), dtype=np.uint16), cube[:, :3].astype(np.float32)
    day, *own = (Noise(normal[:, at], level, level, uniform) for at in range(normal.shape[1]))
    rest = iter(own)
    return [
        rotated(day, next(rest) if step.turned else day, step.likeness, same_day=step.same_day)
        for step in path.steps
    ]


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
    noise: list[Noise]
    alike: Mapping[tuple[str, int, int], bytes]
    seen: dict[Any, Any] = field(default_factory=dict)

    def held(self, arm: str, step: int, form: int) -> _Held:
        """Return one vote."""
        ballot, noise = self.path.ballots[arm][step][form], self.noise[step]
        key = step, self.alike[arm, step, form]
        return self._once(key, lambda: _Held.of(ballot, noise, self._absent(ballot, noise)))

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
        key = step, self.alike[arm, step, form], weight.tobytes()
        return self._once(key, lambda: self.held(arm, step, form).tallies(weight))

    def _once(self, key: Any, made: Callable[[], Made]) -> Made:
        if key not in self.seen:
            self.seen[key] = made()
        found: Made = self.seen[key]
        return found


def _solve(path: Path, arm: str, votes: _Votes, asked: list[list[float]]) -> ArmPath:
    """Follow every way of an arm at one set of points; tallies are not yet given the vote."""
    held = [votes.held(arm, place.step, place.form) for place in path.places]
    carried = [votes.carried(arm, place) for place in path.places]
    ways = _follow(path, held, carried, [step.put for step in path.steps])
    tallies = np.zeros((len(path.steps), len(Choice), held[0].probability.shape[1] + 1))
    weights: dict[tuple[int, int], FloatArray] = {}
    for place, (won, lost, _) in zip(path.places, ways, strict=True):
        vote = place.step, place.form
        weights[vote] = weights.get(vote, 0.0) + won + lost
    for (step, form), weight in weights.items():
        tallies[step] += votes.tallies(arm, step, form, weight)
    ends = _ends(path, ways)
    at_puts = [_ends(path, _follow(path, held, carried, puts)) for puts in asked]
    return ArmPath(
        ends.sum(keepdims=True),
        ends[None],
        np.array([[mass.sum() for mass in leaving] for leaving in ways])[None],
        tallies,
        np.reshape(at_puts, (len(asked), 1, len(ends))),
    )


Leaving = tuple[FloatArray, FloatArray, FloatArray]
"""Chance to leave a place carried, lost, and without a vote [point]."""


def _follow(
    path: Path, votes: list[_Held], carried: list[FloatArray], puts: Sequence[float]
) -> list[Leaving]:
    """Return the chance to leave each place each way."""
    at = np.zeros((len(path.places), len(carried[0])))
    at[0], ways = 1 / len(carried[0]), []
    for number, (place, vote) in enumerate(zip(path.places, votes, strict=True)):
        put = puts[place.step]
        voted = at[number] * put * vote.known
        won = voted * carried[number]
        ways.append((won, voted - won, at[number] * (1 - put) * (not vote.any_known)))
        for mass, after in zip(ways[-1], (place.carried, place.lost, place.passed), strict=True):
            if isinstance(after, int):
                at[after] += mass
    return ways


def _ends(path: Path, ways: list[Leaving]) -> FloatArray:
    ends = dict.fromkeys(path.ends, 0.0)
    for place, leaving in zip(path.places, ways, strict=True):
        for mass, after in zip(leaving, (place.carried, place.lost, place.passed), strict=True):
            if isinstance(after, str):
                ends[after] += float(mass.sum())
    return np.array(list(ends.values()))


@dataclass(frozen=True)
class _Held:
    """One vote at every point: probabilities [choice, state, point]; of known votes 0 or 1."""

    probability: npt.NDArray[Any]
    known: FloatArray
    any_known: bool

    @classmethod
    def of(cls, ballot: Ballot, noise: Noise, absent: FloatArray) -> _Held:
        chances = given_factors(ballot, noise, absent=absent)
        found = np.array(chances.swapaxes(1, 2), dtype=np.float32)
        known = np.exp(log_weights_of_known(ballot, noise)) if ballot.known else np.ones(len(noise))
        for state, choice in ballot.known.items():
            found[:, state] = (np.arange(len(Choice)) == choice)[:, None]
        return cls(np.asarray(found), known, bool(ballot.known))

    def carried(self, rule: Rule, quorum: int) -> FloatArray:
        """Return the chance that the rule adopts [point]."""
        reached = self.at_least((rule.yes_weight, 0, rule.no_weight, 0), rule.at_least)
        if rule.at_least <= 0:  # nothing is adopted that nobody says yes to
            voting = self.probability[Choice.YES] + self.probability[Choice.NO]
            reached = reached - (1 - voting).prod(axis=0)
        # majority and quorum are taken to be independent at a point, as in `adoption`
        present = self.at_least((1, 1, 1, 0), quorum)
        return np.asarray(np.clip(reached * present, 0, 1))

    def at_least(self, weights: Weights, mark: int) -> FloatArray:
        """Return the chance that a weighted count reaches a mark [point]; far from it, 0 or 1."""
        states = self.probability.shape[1]
        steps = np.array(weights) - min(weights)
        mean = np.einsum("c,csp->p", steps.astype(np.float32), self.probability)
        away = np.asarray(mark - min(weights) * states - mean, float)
        near = np.flatnonzero(np.abs(away) <= _reach(states, int(steps.max())))
        found = (away < 0).astype(float)
        if len(near):
            some = _Held(self.probability[:, :, near], self.known[near], self.any_known)
            first, mass = some.count(weights)
            value = min(weights) * states + first[:, None] + np.arange(mass.shape[1])
            found[near] = np.where(value >= mark, mass, 0).sum(axis=1)
        return found

    def count(self, weights: Weights) -> tuple[IntArray, FloatArray]:
        """Return the distribution of a weighted count at each point, where it is likely to be.

        Returns
        -------
        first : array [point]
            The first count told, less the least possible.
        mass : array [point, count]
        """
        by_step: dict[int, FloatArray] = {}
        for weight, of in zip(weights, self.probability, strict=True):
            step = weight - min(weights)
            by_step[step] = by_step[step] + of if step in by_step else of
        return _likely(by_step)

    def tallies(self, weight: FloatArray) -> FloatArray:
        """Return the sum of each count's distribution under weights [choice, votes]."""
        choices, states, _ = self.probability.shape
        some = np.flatnonzero(weight > MISSED * weight.sum() / len(weight))
        if not len(some):
            return np.zeros((choices, states + 1))
        # each choice counted at the points, side by side
        of = self.probability[:, :, some].swapaxes(0, 1).reshape(states, -1)
        first, mass = _likely({0: 1 - of, 1: of})
        of_choice = np.repeat(np.arange(choices) * (states + 1), len(some))
        at = (of_choice + first)[:, None] + np.arange(mass.shape[1])
        mass = mass * np.tile(weight[some], choices)[:, None]
        sums = np.bincount(at.ravel(), mass.ravel(), choices * (states + 1))
        return np.asarray(sums.reshape(choices, -1), float)


def _likely(by_step: Mapping[int, FloatArray]) -> tuple[IntArray, FloatArray]:
    """Return the first likely value [point] and the chances from there [point, value] of a sum."""
    states, most = len(by_step[0]), max(by_step) * len(by_step[0])
    # a transform just long enough: sums wrap round to where nothing else is likely
    length = min(most + 1, 2 * int(np.ceil(_reach(states, max(by_step)))) + 1)
    length = int(scipy.fft.next_fast_len(length, real=True))
    wrapped = scipy.fft.irfft(of_independent(by_step, length), length, axis=1)
    mean = np.sum([step * of.sum(axis=0) for step, of in by_step.items()], axis=0)
    first = np.clip(np.rint(mean).astype(int) - length // 2, 0, max(most + 1 - length, 0))
    at = (first[:, None] + np.arange(min(length, most + 1))) % length
    return first, np.maximum(np.take_along_axis(wrapped, at, axis=1), 0)


def _reach(states: int, step: int) -> float:
    """Return how far a sum of independent steps is from its mean at most, but for `MISSED`."""
    return step * float(np.sqrt(states * np.log(2 / MISSED) / 2))
