"""Where a path is held: even points of what states share, more of them where known votes weigh.

Known votes leave weight to few of the points that are even under the forecast. Then many more are
looked at for the known votes alone, which is cheap, and the path is held at as many as before,
picked by that weight: each counts for the weight it was picked by (sampling importance resampling,
Rubin 1988).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from sim.assembly.choices import FloatArray, IntArray
from sim.vote.ballot import log_weights_of_known
from sim.vote.chance import Noise, evenly
from sim.vote.path import Path

REPEATS, POINTS = 8, 256
"""Sets of points, and points in each: errors of about 0.002 in a chance near one half."""
ENOUGH = 0.25
"""Part of a set's points that is to carry the weight of known votes; else more are looked at."""
FACTOR, MOST = 4, 2**15
"""How many times as many at once, and the most in a set."""
EVEN = 0.1
"""Part of the picks that goes by the forecast, whatever known votes say."""


@dataclass(frozen=True)
class Points:
    """A set of points.

    Attributes
    ----------
    noise : tuple of Noise [step]
    weight : array [point]
        Of each under the forecast; they sum to about 1.
    """

    noise: tuple[Noise, ...]
    weight: FloatArray

    def __len__(self) -> int:
        """Count the points."""
        return len(self.weight)


def sets_of(path: Path, *, seed: int, points: int, repeats: int, most: int = MOST) -> list[Points]:
    """Return sets of points at which to hold a path.

    Parameters
    ----------
    path : Path
    seed : int
    points, repeats : int
        A power of 2 in each of at least two sets.
    most : int
        Points of a set that may be looked at for known votes.

    Examples
    --------
    >>> from sim.assembly.rules import RULES
    >>> from sim.vote.ballot import Ballot
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> from sim.vote.path import Place, Step
    >>> still = Influence(np.zeros(1), np.zeros(1))
    >>> ballot = Ballot(np.eye(4)[:1], Dependence.independent(1), still, (Move.none(1),))
    >>> place = Place(0, 0, RULES["simple"], "adopted", "lost", "no vote")
    >>> path = Path((Step("text"),), (place,), {"as-is": ((ballot,),)}, quorum=1)
    >>> [one.weight.tolist() for one in sets_of(path, seed=1, points=2, repeats=2)]
    [[0.5, 0.5], [0.5, 0.5]]
    """
    seeds = [seed * repeats + number for number in range(repeats)]
    looked = points
    while looked < most:  # one set tells for all
        shares = _shares_of_known(path, _even(path, seeds[0], looked))
        if all(1 / (share**2).sum() >= ENOUGH * points for share in shares):
            break
        looked *= FACTOR
    return [_set(path, one, points=points, looked=max(points, min(looked, most))) for one in seeds]


def _even(path: Path, seed: int, points: int) -> tuple[Noise, ...]:
    """Return the noise of every step at one set of points."""
    factors = path.day(seed=0, draws=1).factors
    turned = [step for step in path.steps if step.turned]
    cube = evenly(seed % 2**63, points=points, dimensions=3 + factors * (1 + len(turned)))
    normal = ndtri(cube[:, 3:]).astype(np.float32).reshape(points, -1, factors)
    level, uniform = np.zeros((points, 0), dtype=np.uint16), cube[:, :3].astype(np.float32)
    day, *own = (Noise(normal[:, at], level, level, uniform) for at in range(normal.shape[1]))
    rest = iter(own)
    return path.noise(day, [next(rest) if step.turned else day for step in path.steps])


def _shares_of_known(path: Path, noise: tuple[Noise, ...]) -> list[FloatArray]:
    """Return how the weight of known votes lies over points, for each form of the texts.

    All arms read known votes alike, so the first tells.
    """
    told = [
        [log_weights_of_known(form, at) for form in forms if form.known]
        for forms, at in zip(next(iter(path.ballots.values())), noise, strict=True)
    ]
    found = []
    for held in itertools.product(*filter(None, told)):
        if held:
            log = np.sum(held, axis=0)
            weight = np.exp(log - log.max())
            found.append(weight / weight.sum())
    return found


def _set(path: Path, seed: int, *, points: int, looked: int) -> Points:
    noise = _even(path, seed, looked)
    if looked == points:
        return Points(noise, np.full(points, 1 / points))
    shares = _shares_of_known(path, noise)
    chance = EVEN / looked + (1 - EVEN) * np.mean(shares, axis=0)
    rows, times = _picked(chance, points)
    return Points(tuple(_at(one, rows) for one in noise), times / (points * looked * chance[rows]))


def _picked(chance: FloatArray, points: int) -> tuple[IntArray, IntArray]:
    """Return which are picked, and how often, at even steps of the summed chance."""
    marks = (np.arange(points) + 0.5) / points * chance.sum()
    places = np.minimum(np.searchsorted(chance.cumsum(), marks), len(chance) - 1)
    rows, times = np.unique(places, return_counts=True)
    return rows, times


def _at(noise: Noise, rows: IntArray) -> Noise:
    return replace(
        noise,
        factors=noise.factors[rows],
        stance_level=noise.stance_level[rows],
        attendance_level=noise.attendance_level[rows],
        uniform=noise.uniform[rows],
    )
