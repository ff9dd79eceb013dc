"""Whom to call in one arm of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

from sim.assembly.choices import Choice
from sim.assembly.members import US, Members
from sim.runs.simulate import given_number
from sim.scenario.ballots import ballots
from sim.scenario.case import Resolvable, resolve
from sim.studies.calls import Calls, draws_factors, whom_to_call
from sim.studies.last_votes import last_votes
from sim.studies.target import Target
from sim.vote.chance import Chance

DRAWS = 20_000
"""Draws looked at by default."""


def rank_calls(
    scenario: Resolvable,
    target: Target | str,
    *,
    arm: str | None = None,
    known: Mapping[str, Choice | str] | None = None,
    push: float = 1.0,
    draws: int = DRAWS,
) -> Calls:
    """Return what one call is worth for each state, and the fewest that reach a target.

    Parameters
    ----------
    scenario : str, Path, Scenario, mapping or Case
        As `sim.scenario.resolve` takes it.
    target : Target or str
        As `sim.studies.target.Target.of` reads it, such as ``yes>=97``.
    arm : str, optional
        By default the first.
    known : mapping of ISO code to Choice or str, optional
        Votes taken as certain, besides the scenario's.
    push : float
        How far a call moves a state's latent support [standard deviations].
    draws : int
        How many are looked at.

    Raises
    ------
    ScenarioError
        If the scenario cannot be run.
    ValueError
        If there is no such target or arm, or draws are no such number.

    Examples
    --------
    >>> calls = rank_calls("jerusalem-2017", "yes>=120", draws=500)
    >>> bool(calls.states["value"].is_monotonic_decreasing), "USA" in set(calls.states["iso3"])
    (True, False)
    """
    case, members = resolve(scenario, known=known), Members.load()
    arms = ballots(case)
    ballot = next(iter(arms.values())) if arm is None else arms[case.arm_named(arm)]
    number = given_number("draws", draws, DRAWS)
    factors = draws_factors(ballot)
    return whom_to_call(
        ballot,
        target if isinstance(target, Target) else Target.of(target),
        Chance(seed=case.scenario.seed, draws=number, states=len(members), factors=factors),
        codes=members.codes,
        names=members.names,
        push=push,
        not_called={members.row(US)},
        last=last_votes(case.question),
    )
