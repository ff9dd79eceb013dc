"""Every draw held and counted, block by block, from where it was left."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from operator import add

from sim.assembly.choices import FloatArray, IntArray
from sim.assembly.rules import Rule
from sim.vote.ballot import Ballot, count, hold_together
from sim.vote.chance import BLOCK, Chance, Noise
from sim.vote.outcomes import ArmCounts, PairCounts, count_arm, count_pair

BLOCKS_AT_A_TIME = 32
"""Blocks of draws in work together; bounds memory, changes no result."""

Counted = tuple[Mapping[str, ArmCounts], Mapping[tuple[str, str], PairCounts]]
"""Counts by arm, and by pair of arms."""


@dataclass(frozen=True)
class CountedBlock:
    """One block of draws, counted.

    Attributes
    ----------
    draws : int
    counted : tuple
        Counts by arm, and by pair of arms.
    tallies : mapping of arm to array [draw, choice]
    log_weights : mapping of arm to array [draw] or None
    """

    draws: int
    counted: Counted
    tallies: Mapping[str, IntArray]
    log_weights: Mapping[str, FloatArray | None]


@dataclass(frozen=True)
class Drawn:
    """What was counted over the first draws of a run, so far.

    Attributes
    ----------
    draws : int
        Whole blocks, unless they are all.
    counts : mapping of arm to ArmCounts
    pairs : mapping of (arm, against) to PairCounts
    """

    draws: int = 0
    counts: Mapping[str, ArmCounts] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], PairCounts] = field(default_factory=dict)

    def with_block(self, block: CountedBlock) -> Drawn:
        """Return the same with the next block added; blocks are added up in their order."""
        counts, pairs = block.counted
        if not self.counts:
            return Drawn(block.draws, counts, pairs)
        return Drawn(
            self.draws + block.draws,
            {arm: add(self.counts[arm], counts[arm]) for arm in counts},
            {pair: add(self.pairs[pair], pairs[pair]) for pair in pairs},
        )


Keep = Callable[[Mapping[str, IntArray], Mapping[str, FloatArray | None]], None]
Progress = Callable[[int], None]
Stop = Callable[[], bool]


def count_draws(
    arms: Mapping[str, Ballot],
    rule: Rule,
    chance: Chance,
    pool: Executor,
    *,
    begun: Drawn | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
    stop: Stop | None = None,
) -> Drawn:
    """Count every block of draws, a few at a time so that memory stays flat.

    Parameters
    ----------
    arms : mapping of arm to Ballot
    rule : Rule
    chance : Chance
    pool : Executor
        Of threads; the result is the same for any number.
    begun : Drawn, optional
        What was counted before: only the blocks after it are.
    progress, keep : callable, optional
        Told the draws of each block; given its tallies [draw, choice] and the logs of its weights
        [draw], by arm.
    stop : callable, optional
        Asked after each block whether to leave it at that.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> import numpy as np
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import UNCERTAINTIES, Influence, Move
    >>> from sim.assembly.rules import RULES
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> still = Influence(np.zeros(2), np.zeros(2))
    >>> arms = {"one": Ballot(fair, Dependence.independent(2), still, (Move.none(2),))}
    >>> factors = arms["one"].dependence.factor_count + UNCERTAINTIES
    >>> chance = Chance(seed=1, draws=9000, states=2, factors=factors)
    >>> with ThreadPoolExecutor(2) as pool:
    ...     some = count_draws(arms, RULES["simple"], chance, pool, stop=lambda: True)
    ...     rest = count_draws(arms, RULES["simple"], chance, pool, begun=some)
    >>> some.draws, rest.draws
    (4096, 9000)
    """

    def counted(number: int) -> CountedBlock:
        return count_block(arms, rule, chance.block(number))

    drawn = begun or Drawn()
    with contextlib.closing(_in_order(counted, drawn.draws // BLOCK, chance, pool)) as blocks:
        for block in blocks:
            drawn = drawn.with_block(block)
            if keep is not None:
                keep(block.tallies, block.log_weights)
            if progress is not None:
                progress(block.draws)
            if stop is not None and stop():
                break
    return drawn


def _in_order(
    counted: Callable[[int], CountedBlock], first: int, chance: Chance, pool: Executor
) -> Generator[CountedBlock, None, None]:
    """Yield the blocks in their order; those begun are cancelled when nobody takes more."""
    for start in range(first, chance.block_count, BLOCKS_AT_A_TIME):
        yield from pool.map(
            counted, range(start, min(start + BLOCKS_AT_A_TIME, chance.block_count))
        )


def count_block(arms: Mapping[str, Ballot], rule: Rule, noise: Noise) -> CountedBlock:
    """Hold the vote of every arm in one block of draws, and count.

    Parameters
    ----------
    arms : mapping of arm to Ballot
        They share the noise.
    rule : Rule
    noise : Noise

    Examples
    --------
    See `count_draws`.
    """
    votes, tallies, weights, counts = {}, {}, {}, {}
    for arm, (votes[arm], weights[arm]) in hold_together(arms, noise).items():
        tallies[arm] = count(votes[arm])
        counts[arm] = count_arm(votes[arm], tallies[arm], rule(tallies[arm]), weights[arm])
    pairs = {
        (arm, against): count_pair(
            votes[arm],
            votes[against],
            tallies[arm],
            tallies[against],
            _both(weights[arm], weights[against]),
        )
        for against, arm in itertools.combinations(arms, 2)
    }
    return CountedBlock(len(noise), (counts, pairs), tallies, weights)


def _both(one: FloatArray | None, other: FloatArray | None) -> tuple[FloatArray, FloatArray] | None:
    return None if one is None or other is None else (one, other)
