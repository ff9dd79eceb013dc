"""A path with no sampling of votes: given what states share, every step's tally is computed.

What the votes of a day share has a dozen factors or more, of which the groups' own take part in
every step; a grid of all would be too large. So they are held at points that fill their space
evenly (`sim.vote.chance.evenly`), several times over: the spread of the repeats is the standard
error. At a point states are independent, also from step to step, so a step's tally is a product of
polynomials and the chance of a way is the product of its steps' chances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy.special import ndtri

from sim.assembly.choices import CHOICES, Choice, FloatArray
from sim.assembly.rules import Rule
from sim.vote.ballot import Ballot, given_factors, log_weights_of_known
from sim.vote.chance import Noise, evenly
from sim.vote.exact.convolution import Weights, length_for, of_independent, span
from sim.vote.path import Path, rotated

REPEATS, POINTS = 8, 256
"""Sets of points, and points in each: errors of about 0.002 in a chance near one half."""
FAR = 3.0
"""So many times the root of the states below what a quorum allows, absence misses none: the chance
is below exp(-2 * 3^2), 2 in 100 million (Hoeffding 1963)."""


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
    """

    known: FloatArray
    ends: FloatArray
    flows: FloatArray
    tallies: FloatArray


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
    tallies: bool = True,
) -> dict[str, ArmPath]:
    """Return every end's chance and each step's tally given that it is voted on, by arm.

    Parameters
    ----------
    path : Path
    seed : int
    points, repeats : int
        A power of 2 in each of at least two sets.
    tallies : bool
        Whether tallies are wanted too, which take most of the time.

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
    >>> found = solve_path(path, seed=1)["as-is"]
    >>> found.ends.mean(axis=0).round(6)
    array([0.3, 0.7, 0. ])
    """
    sets = [_points(path, seed * repeats + number, points) for number in range(repeats)]
    return {arm: _arm(path, arm, sets, wanted=tallies) for arm in path.ballots}


def _points(path: Path, seed: int, points: int) -> list[Noise]:
    """Return the noise of every step at one set of points."""
    factors = path.day(seed=0, draws=1).factors
    turned = [step for step in path.steps if abs(step.likeness) < 1]
    cube = evenly(seed % 2**63, points=points, dimensions=3 + factors * (1 + len(turned)))
    normal = ndtri(cube[:, 3:]).astype(np.float32).reshape(points, -1, factors)
    level, uniform = np.zeros((points, 0), dtype=np.uint16), cube[:, :3].astype(np.float32)
    day, *own = (Noise(normal[:, at], level, level, uniform) for at in range(normal.shape[1]))
    rest = iter(own)
    return [
        rotated(day, next(rest) if abs(step.likeness) < 1 else day, step.likeness)
        for step in path.steps
    ]


def _arm(path: Path, arm: str, sets: list[list[Noise]], *, wanted: bool) -> ArmPath:
    states = len(path.ballots[arm][0][0].probabilities)
    tallies = np.zeros((len(path.steps), len(Choice), states + 1))
    rows = [_ways(path, arm, noise, tallies if wanted else None) for noise in sets]
    known, ends, flows = (np.array(column) for column in zip(*rows, strict=True))
    total = tallies.sum(axis=2, keepdims=True)
    given = np.divide(tallies, total, out=np.zeros_like(tallies), where=total > 0)
    return ArmPath(known, ends, flows, given)


def _ways(
    path: Path, arm: str, noise: list[Noise], tallies: FloatArray | None
) -> tuple[float, FloatArray, FloatArray]:
    """Follow every way at one set of points; adds to the tallies."""
    points = len(noise[0])
    held = {
        (step, form): _Held.of(path.ballots[arm][step][form], noise[step])
        for step, form in path.votes
    }
    at, ends = np.zeros((len(path.places), points)), np.zeros(len(path.ends))
    at[0], flows = 1 / points, np.zeros((len(path.places), 3))
    for number, place in enumerate(path.places):
        vote, put = held[place.step, place.form], path.steps[place.step].put
        voted = at[number] * put * vote.known
        passed = at[number] * (1 - put) * (not vote.any_known)
        carried = voted * vote.carried(place.rule, path.quorum)
        ways = (carried, voted - carried, passed)
        for mass, after in zip(ways, (place.carried, place.lost, place.passed), strict=True):
            if isinstance(after, str):
                ends[path.ends.index(after)] += mass.sum()
            else:
                at[after] += mass
        flows[number] = [mass.sum() for mass in ways]
        if tallies is not None and voted.any():
            tallies[place.step] += vote.tallies(voted)
    return float(ends.sum()), ends, flows


@dataclass(frozen=True)
class _Held:
    """One vote at every point: probabilities [choice, state, point]; of known votes 0 or 1."""

    probability: npt.NDArray[Any]
    known: FloatArray
    any_known: bool

    @classmethod
    def of(cls, ballot: Ballot, noise: Noise) -> _Held:
        found = np.array(given_factors(ballot, noise).swapaxes(1, 2), dtype=np.float32)
        known = np.exp(log_weights_of_known(ballot, noise)) if ballot.known else np.ones(len(noise))
        for state, choice in ballot.known.items():
            found[:, state] = (np.arange(len(Choice)) == choice)[:, None]
        return cls(np.asarray(found), known, bool(ballot.known))

    def count(self, weights: Weights) -> FloatArray:
        """Return the distribution of a weighted count at each point [point, value]."""
        states, length = self.probability.shape[1], length_for(weights, self.probability.shape[1])
        lowest, by_step = min(weights), dict[int, FloatArray]()
        for choice in CHOICES:
            step, of = weights[choice] - lowest, self.probability[choice]
            by_step[step] = by_step[step] + of if step in by_step else of
        mass = scipy.fft.irfft(of_independent(by_step, length), length, axis=1)
        return np.asarray(np.maximum(mass[:, : len(span(weights, states))], 0))

    def carried(self, rule: Rule, quorum: int) -> FloatArray:
        """Return the chance that the rule adopts [point]."""
        weights, states = (rule.yes_weight, 0, rule.no_weight, 0), self.probability.shape[1]
        reached = self.count(weights)[:, span(weights, states) >= rule.at_least].sum(axis=1)
        if rule.at_least <= 0:  # nothing is adopted that nobody says yes to
            voting = self.probability[Choice.YES] + self.probability[Choice.NO]
            reached = np.maximum(reached - (1 - voting).prod(axis=0), 0)
        room = self.probability.shape[1] - quorum
        away = self.probability[Choice.NON_VOTING].sum(axis=0)
        if not (away < room - FAR * np.sqrt(len(self.probability[0]))).all():
            # majority and quorum are taken to be independent at a point, as in `adoption`
            reached *= self.count((0, 0, 0, 1))[:, : max(room + 1, 0)].sum(axis=1)
        return np.asarray(np.clip(reached, 0, 1))

    def tallies(self, weight: FloatArray) -> FloatArray:
        """Return the sum of each count's distribution under weights [choice, votes]."""
        one_hot = np.eye(len(Choice), dtype=int)
        return np.stack([weight @ self.count(tuple(one_hot[choice])) for choice in CHOICES])
