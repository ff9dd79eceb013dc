"""A scenario in, its outcomes out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import reduce
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

Counted = tuple[dict[str, ArmCounts], dict[tuple[str, str], PairCounts]]
Keep = Callable[[Mapping[str, IntArray], Mapping[str, FloatArray | None]], None]


def simulate(
    scenario: Scenario,
    *,
    stem: str = "scenario",
    draws: int | None = None,
    seed: int | None = None,
    progress: Callable[[int], None] | None = None,
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
    blocks = []
    for noise in chance.blocks():
        blocks.append(count_block(arms, rule, noise, keep=keep))
        if progress is not None:
            progress(len(noise))
    counts, pairs = reduce(_together, blocks)
    return Outcomes(
        stem=stem,
        title=scenario.title,
        as_of=scenario.as_of,
        draws=chance.draws,
        seed=chance.seed,
        codes=members.codes,
        names=members.names,
        counts=counts,
        exact={arm: exact_arm(ballot, rule) for arm, ballot in arms.items()},
        pairs=pairs,
        thresholds=tuple(
            Threshold(Choice[table.count.upper()], table.at_least) for table in scenario.thresholds
        ),
    )


def count_block(
    arms: Mapping[str, Ballot], rule: Rule, noise: Noise, *, keep: Keep | None = None
) -> Counted:
    """Hold the vote of every arm in one block of draws, and count."""
    shared = latent(noise, next(iter(arms.values())).dependence)
    votes, tallies, weights, counts = {}, {}, {}, {}
    for arm, ballot in arms.items():
        votes[arm], weights[arm] = hold(ballot, shared, noise)
        tallies[arm] = count(votes[arm])
        counts[arm] = count_arm(votes[arm], tallies[arm], rule(tallies[arm]), weights[arm])
    if keep is not None:
        keep(tallies, weights)
    pairs = {
        (arm, against): count_pair(
            votes[arm], votes[against], tallies[arm], tallies[against], weights[against]
        )
        for against, arm in itertools.combinations(arms, 2)
    }
    return counts, pairs


def exact_arm(ballot: Ballot, rule: Rule) -> ExactArm:
    """Return the distribution of one arm with no sampling of votes."""
    solution = exact.solve(ballot, rule=rule)
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
