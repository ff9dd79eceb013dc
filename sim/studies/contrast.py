"""Every difference to a scenario's first arm taken apart: what it rests on, and where it breaks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import add

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.runs.simulate import simulate
from sim.scenario.ballots import ballots
from sim.scenario.case import Case, Resolvable, resolve
from sim.studies.beside import PairedArms
from sim.studies.break_even import TIMES, Curve, curve_of, evens_of
from sim.studies.counterfactual import chance_shares, mover_intervals, variance_shares
from sim.studies.strengths import Goals, strengths_of
from sim.vote.outcomes.pairing import PairSums, pair_sums
from sim.vote.outcomes.tables import Outcomes, Threshold


@dataclass(frozen=True)
class Contrast:
    """What the difference between an arm and the first one rests on.

    Attributes
    ----------
    arm, against : str
    counts : DataFrame
        As `sim.studies.counterfactual.variance_shares` gives it.
    chances : DataFrame
        As `sim.studies.counterfactual.chance_shares` gives it.
    movers : DataFrame
        As `sim.studies.counterfactual.mover_intervals` gives it.
    break_even : DataFrame
        As `sim.studies.break_even.evens_of` gives it.
    curve : Curve
        Chances against the multiple of the assumed effect.
    """

    arm: str
    against: str
    counts: pd.DataFrame
    chances: pd.DataFrame
    movers: pd.DataFrame
    break_even: pd.DataFrame
    curve: Curve


@dataclass(frozen=True)
class Contrasts:
    """All contrasts of a scenario.

    Attributes
    ----------
    case : Case
    outcomes : Outcomes
        Of the draws they rest on.
    each : tuple of Contrast
        One for each arm but the first.
    """

    case: Case
    outcomes: Outcomes
    each: tuple[Contrast, ...]

    @property
    def labels(self) -> dict[str, str]:
        """What each arm is called."""
        return self.case.labels


def contrast(
    scenario: Resolvable,
    *,
    draws: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Contrasts:
    """Simulate a scenario, and take each difference to the first arm apart.

    Parameters
    ----------
    scenario : str, Path, Scenario, mapping or Case
        As `sim.scenario.resolve` takes it.
    draws : int, optional
        In place of the scenario's.
    progress : callable, optional
        Told 1 after each strength of each arm, of which there are `steps_in`.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> cuba = read_scenario("cuba-embargo-2016")
    >>> still = cuba.us.model_copy(update={"effect_scale": 0.0})
    >>> cuba = cuba.model_copy(update={"thresholds": (), "us": still})
    >>> [abstains] = contrast(cuba, draws=20).each
    >>> abstains.arm, abstains.against, list(abstains.break_even["outcome"])
    ('us-abstains', 'us-votes-no', ['adopted'])
    """
    case = resolve(scenario)
    asked = asked_of(case)
    blocks: list[dict[str, PairSums]] = []

    def keep(tallies: Mapping[str, IntArray], weights: Mapping[str, FloatArray | None]) -> None:
        blocks.append(_paired(asked, tallies, weights))

    arms = ballots(case)
    first, *others = arms
    # threads of the linear algebra sum in another order, and take longer over small matrices
    with threadpool_limits(1):
        outcomes = simulate(case, draws=draws, keep=keep)
        base, apart = strengths_of(arms[first], asked), {}
        for arm in others:
            at_each = strengths_of(arms[arm], asked)
            curve = curve_of(arms[arm], asked, assumed=at_each, progress=progress)
            apart[arm] = PairedArms.of(at_each, base), curve
    return Contrasts(
        case,
        outcomes,
        tuple(
            _contrast(outcomes, (arm, first), joint, _sum([block[arm] for block in blocks]), curve)
            for arm, (joint, curve) in apart.items()
        ),
    )


def steps_in(case: Case) -> int:
    """Return at how many strengths all arms are solved.

    Examples
    --------
    >>> steps_in(resolve("anniversary-2025")) == 3 * len(TIMES)  # three and the first
    True
    """
    return (len(case.scenario.arms) - 1) * len(TIMES)


def asked_of(case: Case) -> Goals:
    """Return the outcomes that a case asks for: adoption and its thresholds.

    Examples
    --------
    >>> asked_of(resolve("anniversary-2025")).labels
    ('adopted', 'yes >= 97', 'yes >= 129', 'yes >= 141')
    """
    marks = (
        Threshold(Choice[mark.count.upper()], mark.at_least) for mark in case.scenario.thresholds
    )
    return Goals(case.rule, tuple(marks))


def _contrast(
    outcomes: Outcomes, pair: tuple[str, str], joint: PairedArms, sums: PairSums, curve: Curve
) -> Contrast:
    return Contrast(
        *pair,
        variance_shares(outcomes, pair, joint, sums),
        chance_shares(outcomes, pair, joint, sums),
        mover_intervals(joint, outcomes.codes, outcomes.names),
        evens_of(curve),
        curve,
    )


def _sum(blocks: list[PairSums]) -> PairSums:
    return functools.reduce(add, blocks)


def _paired(
    asked: Goals,
    tallies: Mapping[str, IntArray],
    weights: Mapping[str, FloatArray | None],
) -> dict[str, PairSums]:
    """Return the sums of a block of draws for each arm and the first: counts, then outcomes."""
    first, *others = tallies
    each = {
        arm: np.concatenate([tally, asked.happened(tally).astype(int)], axis=1)
        for arm, tally in tallies.items()
    }
    found = {}
    for arm in others:
        one, other = weights[arm], weights[first]
        both = None if one is None or other is None else (one, other)
        found[arm] = pair_sums(each[arm], each[first], both)
    return found
