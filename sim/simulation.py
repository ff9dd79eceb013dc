"""A scenario in, its outcomes out."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from operator import add

import numpy as np

from sim import exact
from sim.arms import ballots
from sim.assembly import Ballot, count, hold, latent
from sim.chance import Chance, Noise
from sim.choices import Choice, FloatArray, IntArray
from sim.influence import UNCERTAINTIES
from sim.members import Members
from sim.outcomes import (
    ArmCounts,
    ExactArm,
    Outcomes,
    PairCounts,
    Threshold,
    count_arm,
    count_pair,
)
from sim.rules import RULES, Rule
from sim.scenario import Scenario

BLOCKS_AT_A_TIME = 32
"""Blocks of draws in work together; bounds memory, changes no result."""

Counted = tuple[dict[str, ArmCounts], dict[tuple[str, str], PairCounts]]
Keep = Callable[[Mapping[str, IntArray], Mapping[str, FloatArray | None]], None]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class CountedBlock:
    """One block of draws, counted.

    Attributes
    ----------
    draws : int
    counted : tuple
        Counts by arm, and by pair of arms.
    tallies : mapping of arm to array [draw, choice]
    weights : mapping of arm to array [draw] or None
    """

    draws: int
    counted: Counted
    tallies: Mapping[str, IntArray]
    weights: Mapping[str, FloatArray | None]


def simulate(
    scenario: Scenario,
    *,
    stem: str = "scenario",
    draws: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> Outcomes:
    """Hold the vote of every arm, in every draw and exactly.

    Parameters
    ----------
    scenario : Scenario
        What to simulate.
    stem : str
        The scenario's short name.
    draws, seed : int, optional
        In place of the scenario's.
    workers : int, optional
        Threads; the result is the same for any number. By default one for each processor.
    progress : callable
        Told the number of draws after each block.
    keep : callable
        Given every block's tallies [draw, choice] and weights [draw], by arm.

    Returns
    -------
    Outcomes

    Raises
    ------
    ScenarioError
        If the scenario names what the record does not have.

    Examples
    --------
    >>> from sim.scenario import read_scenario
    >>> outcomes = simulate(read_scenario("anniversary-2025"), draws=100)
    >>> int(outcomes.distribution().query("arm == 'with-us' and choice == 'yes'").shape[0])
    194
    """
    arms, rule = ballots(scenario), RULES[scenario.resolution.majority]
    members = Members.load()
    chance = Chance(
        seed=scenario.seed if seed is None else seed,
        draws=scenario.draws if draws is None else draws,
        states=len(members),
        factors=next(iter(arms.values())).dependence.factor_count + UNCERTAINTIES,
    )
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        solved = {arm: pool.submit(exact_arm, ballot, rule) for arm, ballot in arms.items()}
        counts, pairs = _count_all(arms, rule, chance, pool, progress, keep)
        exact_arms = {arm: task.result() for arm, task in solved.items()}
    return Outcomes(
        stem=stem,
        title=scenario.title,
        as_of=scenario.as_of,
        draws=chance.draws,
        seed=chance.seed,
        codes=members.codes,
        names=members.names,
        counts=counts,
        exact=exact_arms,
        pairs=pairs,
        thresholds=tuple(
            Threshold(Choice[table.count.upper()], table.at_least) for table in scenario.thresholds
        ),
    )


def _count_all(
    arms: Mapping[str, Ballot],
    rule: Rule,
    chance: Chance,
    pool: Executor,
    progress: Progress | None,
    keep: Keep | None,
) -> Counted:
    """Count every block, a few at a time so that memory stays flat, and add up in their order."""
    total: Counted | None = None
    for first in range(0, chance.block_count, BLOCKS_AT_A_TIME):
        numbers = range(first, min(first + BLOCKS_AT_A_TIME, chance.block_count))
        for block in pool.map(lambda number: _count_number(arms, rule, chance, number), numbers):
            total = block.counted if total is None else _together(total, block.counted)
            if keep is not None:
                keep(block.tallies, block.weights)
            if progress is not None:
                progress(block.draws)
    assert total is not None  # a chance has at least one block
    return total


def _count_number(
    arms: Mapping[str, Ballot], rule: Rule, chance: Chance, number: int
) -> CountedBlock:
    return count_block(arms, rule, chance.block(number))


def count_block(arms: Mapping[str, Ballot], rule: Rule, noise: Noise) -> CountedBlock:
    """Hold the vote of every arm in one block of draws, and count."""
    shared = latent(noise, next(iter(arms.values())).dependence)
    votes, tallies, weights, counts = {}, {}, {}, {}
    for arm, ballot in arms.items():
        votes[arm], weights[arm] = hold(ballot, shared, noise)
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


def exact_arm(ballot: Ballot, rule: Rule) -> ExactArm:
    """Return the distribution of one arm with no sampling of votes."""
    solution = exact.solve_counts(ballot, rule=rule)
    return ExactArm(
        tallies=np.stack([count.probability for count in solution.distributions]),
        states=solution.states,
        adopted=solution.adopted,
        error=solution.error,
    )


def _together(one: Counted, other: Counted) -> Counted:
    return (
        {arm: add(one[0][arm], other[0][arm]) for arm in one[0]},
        {pair: add(one[1][pair], other[1][pair]) for pair in one[1]},
    )
