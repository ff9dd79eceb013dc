"""A scenario in, its outcomes out."""

from __future__ import annotations

import contextlib
import numbers
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_limits

from sim.assembly.choices import Choice
from sim.assembly.members import Members
from sim.assembly.rules import Rule
from sim.scenario.ballots import ballots
from sim.scenario.case import Resolvable, resolve
from sim.vote.ballot import Ballot
from sim.vote.chance import Chance
from sim.vote.counting import (
    Drawn,
    Keep,
    Progress,
    Stop,
    count_block,
    count_draws,
)
from sim.vote.engine import Engine
from sim.vote.exact import solve as exact
from sim.vote.influence import UNCERTAINTIES
from sim.vote.outcomes import ArmChances
from sim.vote.outcomes.tables import Outcomes, Threshold
from sim.vote.surprise import surprising_below

__all__ = ["count_block", "exact_arm", "given_number", "simulate", "threads"]

MARGIN = (1, 0, -1, 0)
"""What each yes, abstention, no and non-voting adds to the margin."""


def simulate(
    scenario: Resolvable,
    *,
    known: Mapping[str, Choice | str] | None = None,
    engine: Engine | str = Engine.BOTH,
    draws: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    begun: Drawn | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
    stop: Stop | None = None,
) -> Outcomes:
    """Hold the vote of every arm, in every draw and exactly.

    Parameters
    ----------
    scenario : str, Path, Scenario, mapping or Case
        What to simulate: the name of a shipped scenario, a file, or as `sim.scenario.resolve` says.
    known : mapping of ISO code to Choice or str, optional
        Votes taken as certain, besides the scenario's.
    engine : Engine or str
        ``simulate`` draws only, ``exact`` computes only, ``both`` does both.
    draws, seed : int, optional
        In place of the scenario's.
    workers : int, optional
        Threads; the result is the same for any number. By default one for each processor.
    begun : Drawn, optional
        The first draws, counted before; the outcomes are those of one run.
    progress : callable
        Told the number of draws after each block; where nothing is drawn, 1 after each arm.
    keep : callable
        Given every block's tallies [draw, choice] and weights [draw], by arm.
    stop : callable
        Asked after each block of draws whether to leave it at those that are counted.

    Returns
    -------
    Outcomes
        Of as many draws as were counted.

    Raises
    ------
    ScenarioError
        If the scenario cannot be run; one line a problem.
    ValueError
        If there is no such engine, or draws or seed are no such numbers.

    Examples
    --------
    >>> outcomes = simulate("anniversary-2025", draws=100, engine="simulate")
    >>> int(outcomes.distribution().query("arm == 'with-us' and choice == 'yes'").shape[0])
    194
    """
    by, case = Engine(engine), resolve(scenario, known=known)
    drawn_from = given_number("seed", seed, case.scenario.seed, least=0)
    number = given_number("draws", draws, case.scenario.draws, least=int(by.draws))
    arms, rule, asked = ballots(case), case.rule, case.scenario
    first = next(iter(arms.values()))
    members, drawn, told = Members.load(), Drawn(), None if by.draws else progress
    with threads(workers) as pool:
        solved = _solving(arms, rule, pool, told) if by.computes else {}
        if by.draws:
            chance = _chance(arms, drawn_from, number)
            drawn = count_draws(
                arms, rule, chance, pool, begun=begun, progress=progress, keep=keep, stop=stop
            )
        exact_arms = {arm: task.result() for arm, task in solved.items()}
    return Outcomes(
        stem=case.stem,
        title=asked.title,
        as_of=asked.as_of,
        draws=drawn.draws,
        seed=drawn_from,
        codes=members.codes,
        names=members.names,
        counts=drawn.counts,
        exact=exact_arms,
        pairs=drawn.pairs,
        thresholds=tuple(
            Threshold(Choice[table.count.upper()], table.at_least) for table in asked.thresholds
        ),
        surprising_below=surprising_below(first.probabilities, first.known),
    )


def given_number(name: str, given: int | None, usual: int, *, least: int = 1) -> int:
    """Return a whole number that a caller may have given.

    Parameters
    ----------
    name : str
        What it is called.
    given : int or None
    usual : int
        Where none is given.
    least : int

    Raises
    ------
    ValueError
        If it is no whole number, or less than that.

    Examples
    --------
    >>> given_number("draws", None, 20_000), given_number("draws", 500, 20_000)
    (20000, 500)
    >>> given_number("draws", "500", 20_000)
    Traceback (most recent call last):
    ValueError: draws: '500': must be a whole number of at least 1
    """
    if given is None:
        return usual
    if not isinstance(given, numbers.Integral) or isinstance(given, bool) or given < least:
        raise ValueError(f"{name}: {given!r}: must be a whole number of at least {least}")
    return int(given)


def exact_arm(ballot: Ballot, rule: Rule) -> ArmChances:
    """Return the distributions of one arm with no sampling of votes.

    Examples
    --------
    >>> arms = ballots(resolve("jerusalem-2017"))
    >>> found = exact_arm(arms["us-votes-no"], resolve("jerusalem-2017").rule)
    >>> found.tallies.shape, found.margins.shape, found.lowest_margin
    ((4, 194), (387,), -193)
    """
    [solution] = exact.solve_counts([ballot], also=[MARGIN], rule=rule)
    *tallies, margins = solution.distributions
    return ArmChances(
        tallies=np.stack([count.probability for count in tallies]),
        margins=margins.probability,
        states=solution.states,
        adopted=solution.adopted,
        error=solution.error,
        known=solution.known,
        other=np.stack(
            [
                count.probability + exact.SAFETY * (count.coarse - count.probability)
                for count in tallies
            ]
        ),
    )


def _chance(arms: Mapping[str, Ballot], seed: int, draws: int) -> Chance:
    return Chance(
        seed=seed,
        draws=draws,
        states=len(Members.load()),
        factors=next(iter(arms.values())).dependence.factor_count + UNCERTAINTIES,
    )


@contextlib.contextmanager
def threads(count: int | None = None) -> Iterator[Executor]:
    """Give threads to work in; what has not begun when the work fails is not begun any more.

    Parameters
    ----------
    count : int, optional
        By default one for each processor.

    Examples
    --------
    >>> with threads(2) as pool:
    ...     list(pool.map(abs, [-1, 2]))
    [1, 2]
    """
    # threads of the linear algebra would only get in the way of these
    with threadpool_limits(1), ThreadPoolExecutor(count or os.cpu_count()) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _solving(
    arms: Mapping[str, Ballot], rule: Rule, pool: Executor, told: Progress | None
) -> dict[str, Future[ArmChances]]:
    """Begin to compute every arm."""

    def solved(ballot: Ballot) -> ArmChances:
        found = exact_arm(ballot, rule)
        if told is not None:
            told(1)
        return found

    return {arm: pool.submit(solved, ballot) for arm, ballot in arms.items()}
