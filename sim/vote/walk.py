"""A path walked draw by draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import BoolArray, Choice, FloatArray, IntArray
from sim.vote.ballot import count, hold_together
from sim.vote.chance import Noise
from sim.vote.path import Leaving, Path

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
        Sums over the draws; the weight of a draw is the probability of the known votes in it.
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


@dataclass(frozen=True)
class Block:
    """Every vote of a path held in one block of draws.

    Attributes
    ----------
    noise : tuple [step] of Noise
    put : tuple [step] of array [draw]
    held : mapping of arm to mapping of (step, form) to Held
    """

    noise: tuple[Noise, ...]
    put: tuple[BoolArray, ...]
    held: Mapping[str, Mapping[tuple[int, int], Held]]


def blocks(path: Path, *, seed: int, draws: int) -> Iterator[Block]:
    """Yield every block of draws, all arms held on the same chance.

    Examples
    --------
    See `walk`, which counts them.
    """
    chances = path.chances(seed=seed, draws=draws)
    for number in range(chances[0].block_count):
        yield _held_block(path, [chance.block(number) for chance in chances])


def _held_block(path: Path, noises: list[Noise]) -> Block:
    day, *own = noises
    noise = path.noise(day, own)
    put = tuple(mine.uniform[:, 0] < step.put for mine, step in zip(own, path.steps, strict=True))
    held: dict[str, dict[tuple[int, int], Held]] = {arm: {} for arm in path.ballots}
    for vote in path.votes:
        for arm, found in _held(path, vote, noise[vote[0]]).items():
            held[arm][vote] = found
    return Block(noise, put, held)


def _block(path: Path, noises: list[Noise]) -> Walk:
    block = _held_block(path, noises)
    ways = {arm: follow(path, block, arm) for arm in path.ballots}
    arms = {arm: _counted(path, block, arm, way) for arm, way in ways.items()}
    first, size = next(iter(ways.values())), len(path.ends)
    together = {
        arm: np.bincount(
            first.final * size + way.final,
            weights=np.sqrt(first.weight * way.weight),
            minlength=size**2,
        )
        .reshape(size, size)
        .astype(float)
        for arm, way in ways.items()
    }
    return Walk(len(noises[0]), arms, together)


@dataclass(frozen=True)
class Ways:
    """What becomes of each draw of a block in one arm.

    Attributes
    ----------
    weight : array [draw]
        How probable the known votes of all steps are.
    final : array [draw]
        Number of its end.
    gone : tuple [place] of three arrays [draw]
        Whether it leaves the place carried, lost, and without a vote.
    """

    weight: FloatArray
    final: IntArray
    gone: tuple[Leaving[BoolArray], ...]

    def voted(self, place: int) -> BoolArray:
        """Return in which draws a vote is held at a place [draw]."""
        carried, lost, _ = self.gone[place]
        return carried | lost


def follow(path: Path, block: Block, arm: str, *, forced: Mapping[int, bool] | None = None) -> Ways:
    """Follow every draw of a block through a path.

    Parameters
    ----------
    path : Path
    block : Block
    arm : str
    forced : mapping of step to bool, optional
        Steps that are taken to be carried, or lost, whatever the vote.

    Examples
    --------
    See `walk`, which counts where they end.
    """
    held, put, draws = block.held[arm], block.put, len(block.noise[0])
    weight = np.ones(draws)
    passed_by = np.ones((len(path.steps), draws), dtype=bool)

    def leave(number: int, here: BoolArray) -> Leaving[BoolArray]:
        place = path.places[number]
        tally, said = held[place.step, place.form]
        voted = here & put[place.step]
        outcome = (forced or {}).get(place.step)
        won = place.rule(tally, quorum=path.quorum) if outcome is None else np.full(draws, outcome)
        passed_by[place.step] &= ~here
        if said is not None:
            weight[here] *= said[here]
        return voted & won, voted & ~won, here & ~voted

    gone, ends = path.follow(np.ones(draws, dtype=bool), leave)
    for number, (step, rows) in enumerate(zip(path.steps, passed_by, strict=True)):
        _, said = held.get((number, step.tabled), (None, None))
        if said is not None:
            weight[rows] *= said[rows]
    return Ways(weight, ends.argmax(axis=0), gone)


def _counted(path: Path, block: Block, arm: str, ways: Ways) -> ArmWalk:
    """Return what one arm counts."""
    held, weight = block.held[arm], ways.weight
    states = int(next(iter(held.values()))[0][0].sum())
    flows = np.array([[weight[rows].sum() for rows in leaving] for leaving in ways.gone])
    tallies = np.zeros((len(path.steps), len(Choice), states + 1))
    for number, place in enumerate(path.places):
        rows, tally = ways.voted(number), held[place.step, place.form][0]
        for choice in Choice:
            tallies[place.step, choice] += np.bincount(
                tally[rows, choice], weights=weight[rows], minlength=states + 1
            )
    ends = np.bincount(ways.final, weights=weight, minlength=len(path.ends)).astype(float)
    return ArmWalk(float(weight.sum()), float(weight @ weight), ends, flows, tallies)


def _held(path: Path, vote: tuple[int, int], noise: Noise) -> dict[str, Held]:
    """Hold one vote in every arm."""
    step, form = vote
    arms = {arm: ballots[step][form] for arm, ballots in path.ballots.items()}
    return {
        arm: (count(votes), None if log_weight is None else np.exp(log_weight))
        for arm, (votes, log_weight) in hold_together(arms, noise).items()
    }
