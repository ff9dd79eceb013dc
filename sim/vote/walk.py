"""A path walked draw by draw."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import BoolArray, Choice, FloatArray, IntArray
from sim.vote.ballot import count, hold_together
from sim.vote.chance import Noise
from sim.vote.path import Path, rotated

AT_A_TIME = 16
"""Blocks of draws in work together; bounds memory, changes no result."""

Held = tuple[IntArray, FloatArray | None]
"""Tallies of a vote [draw, choice], and how probable its known votes were [draw]."""


@dataclass(frozen=True)
class ArmWalk:
    """What was counted over the draws of one arm.

    Attributes
    ----------
    weight, weight_squared : float
        Sums over the draws; a draw weighs as much as the known votes were probable in it.
    ends : array [end]
    flows : array [place, 3]
        Weight of the draws that leave each place carried, lost, and without a vote.
    tallies : array [step, choice, votes]
        Weight of the draws with each count, where the step is voted on.
    """

    weight: float
    weight_squared: float
    ends: FloatArray
    flows: FloatArray
    tallies: FloatArray

    def __add__(self, other: ArmWalk) -> ArmWalk:
        """Count the draws of two runs together."""
        mine, others = vars(self), vars(other)
        return ArmWalk(**{name: mine[name] + others[name] for name in mine})


@dataclass(frozen=True)
class Walk:
    """A path walked in some draws.

    Attributes
    ----------
    draws : int
    arms : mapping of arm to ArmWalk
    together : mapping of arm to array [end, end]
        Weight of the draws that end so in the first arm and so in this one.
    """

    draws: int
    arms: Mapping[str, ArmWalk]
    together: Mapping[str, FloatArray]

    def __add__(self, other: Walk) -> Walk:
        """Count the draws of two runs together."""
        return Walk(
            self.draws + other.draws,
            {arm: self.arms[arm] + other.arms[arm] for arm in self.arms},
            {arm: self.together[arm] + other.together[arm] for arm in self.together},
        )


def walk(path: Path, *, seed: int, draws: int, pool: Executor) -> Walk:
    """Walk a path draw by draw, all arms on the same chance.

    Parameters
    ----------
    path : Path
    seed, draws : int
    pool : Executor
        Of threads; the result is the same for any number.

    Examples
    --------
    A motion that is as likely to be carried as not, in an assembly of one:

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from sim.assembly.rules import RULES
    >>> from sim.vote.ballot import Ballot
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> from sim.vote.path import Place, Step
    >>> one = np.array([[0.5, 0.0, 0.5, 0.0]])
    >>> still = Influence(np.zeros(1), np.zeros(1))
    >>> ballot = Ballot(one, Dependence.independent(1), still, (Move.none(1),))
    >>> place = Place(0, 0, RULES["simple"], "adopted", "lost", "no vote")
    >>> path = Path((Step("text"),), (place,), {"as-is": ((ballot,),)}, quorum=1)
    >>> with ThreadPoolExecutor(1) as pool:
    ...     found = walk(path, seed=1, draws=4096, pool=pool)
    >>> (found.arms["as-is"].ends / found.draws).round(1).tolist()
    [0.5, 0.5, 0.0]
    """
    chances, total = path.chances(seed=seed, draws=draws), None

    def block(number: int) -> Walk:
        return _block(path, [chance.block(number) for chance in chances])

    for first in range(0, chances[0].block_count, AT_A_TIME):
        last = min(first + AT_A_TIME, chances[0].block_count)
        for one in pool.map(block, range(first, last)):
            total = one if total is None else total + one
    assert total is not None  # there is at least one draw
    return total


def _block(path: Path, noises: list[Noise]) -> Walk:
    day, *own = noises
    steps = zip(own, path.steps, strict=True)
    noise = [rotated(day, mine, step.likeness) for mine, step in steps]
    put = [mine.uniform[:, 0] < step.put for mine, step in zip(own, path.steps, strict=True)]
    held = {vote: _held(path, vote, noise[vote[0]]) for vote in path.votes}
    arms, ends, weights = {}, {}, {}
    for arm in path.ballots:
        of_arm = {vote: found[arm] for vote, found in held.items()}
        arms[arm], ends[arm], weights[arm] = _arm(path, of_arm, put)
    first, size = next(iter(arms)), len(path.ends)
    together = {
        arm: np.bincount(
            ends[first] * size + ends[arm],
            weights=np.sqrt(weights[first] * weights[arm]),
            minlength=size**2,
        )
        .reshape(size, size)
        .astype(float)
        for arm in arms
    }
    return Walk(len(day), arms, together)


def _arm(
    path: Path, held: Mapping[tuple[int, int], Held], put: list[BoolArray]
) -> tuple[ArmWalk, IntArray, FloatArray]:
    """Return what one arm counts, and the end and the weight of every draw."""
    draws, states = len(put[0]), int(next(iter(held.values()))[0][0].sum())
    weight = np.ones(draws)
    where, final = np.zeros(draws, dtype=np.int64), np.full(draws, -1, dtype=np.int64)
    gone: list[tuple[BoolArray, BoolArray, BoolArray]] = []
    for number, place in enumerate(path.places):
        tally, said = held[place.step, place.form]
        here = (where == number) & (final < 0)
        voted = here & put[place.step]
        carried = voted & place.rule(tally, quorum=path.quorum)
        if said is not None:  # its votes are known: it is put, and they are as probable as this
            weight *= np.where(voted, said, np.where(here, 0.0, 1.0))
        gone.append((carried, voted & ~carried, here & ~voted))
        for rows, after in zip(gone[-1], (place.carried, place.lost, place.passed), strict=True):
            if isinstance(after, str):
                final[rows] = path.ends.index(after)
            else:
                where[rows] = after
    flows = np.array([[weight[rows].sum() for rows in ways] for ways in gone])
    tallies = np.zeros((len(path.steps), len(Choice), states + 1))
    for place, (carried, lost, _) in zip(path.places, gone, strict=True):
        rows, tally = carried | lost, held[place.step, place.form][0]
        for choice in Choice:
            tallies[place.step, choice] += np.bincount(
                tally[rows, choice], weights=weight[rows], minlength=states + 1
            )
    ends = np.bincount(final, weights=weight, minlength=len(path.ends)).astype(float)
    sums = float(weight.sum()), float(weight @ weight)
    return ArmWalk(*sums, ends, flows, tallies), final, weight


def _held(path: Path, vote: tuple[int, int], noise: Noise) -> dict[str, Held]:
    """Hold one vote in every arm."""
    step, form = vote
    arms = {arm: ballots[step][form] for arm, ballots in path.ballots.items()}
    return {
        arm: (count(votes), None if log_weight is None else np.exp(log_weight))
        for arm, (votes, log_weight) in hold_together(arms, noise).items()
    }
