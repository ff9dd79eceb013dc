"""What a committee's votes say of the vote on the text."""

from __future__ import annotations

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.assembly.members import US, Members
from sim.models.holding import Holding, fitted_holding
from sim.scenario.ballots import with_probabilities
from sim.scenario.case import Case
from sim.scenario.steps import StepTable
from sim.vote.ballot import Ballot


def holding(case: Case, committee: StepTable) -> Holding:
    """Return how often votes of a committee hold: as given, or as in the record of the case.

    Raises
    ------
    ScenarioError
        If it is not given, and the record has no two votes of a title.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> case = resolve("crimea-rights-2018")
    >>> holding(case, case.scenario.steps[0]).often
    0.95
    """
    if committee.holds is not None:
        low, high = committee.holds_range or (committee.holds, committee.holds)
        return Holding(committee.holds, low, high)
    day = np.datetime64(case.scenario.as_of) + 1
    found = fitted_holding(case.record.before(day))
    if found is None:
        raise case.scenario.refusal(
            f"steps.{committee.name}.holds: expected how often a state votes on the text as it did "
            "in the committee, 0 to 1, with holds_range; or a record with both votes of a title"
        )
    return found


def as_before(held: dict[str, Ballot], committee: StepTable, often: float) -> dict[str, Ballot]:
    """Return ballots in which states vote as they voted in a committee, as often as that.

    What states share is not inferred from these votes: the press names noes and not the rest, and
    noes alone would be read as a wind against the text.

    Examples
    --------
    See `sim.scenario.path.path_of`, whose texts they are.
    """
    row = Members.load().row
    voted = {
        row(code): Choice[vote.upper()]
        for code, vote in (committee.known or {}).items()
        if vote != Choice.NON_VOTING.column and code != US
    }

    def again(probabilities: FloatArray) -> FloatArray:
        for state, choice in voted.items():
            probabilities[state] = held_to(probabilities[state], choice, often)
        return probabilities

    return {arm: with_probabilities(ballot, again) for arm, ballot in held.items()}


def as_voted(held: dict[str, Ballot], committee: StepTable) -> dict[str, Ballot]:
    """Return ballots of a committee in which what is known of its votes is certain.

    Examples
    --------
    See `sim.scenario.path.path_of`, whose committee it is.
    """
    rows = {Members.load().row(code): vote for code, vote in (committee.known or {}).items()}

    def certain(probabilities: FloatArray) -> FloatArray:
        for state, vote in rows.items():
            probabilities[state] = np.eye(len(Choice))[Choice[vote.upper()]]
        return probabilities

    return {arm: with_probabilities(ballot, certain) for arm, ballot in held.items()}


def held_to(probabilities: FloatArray, choice: Choice, often: float) -> FloatArray:
    """Return a state's probabilities if, present, it votes in one way at least so often.

    Examples
    --------
    >>> held_to(np.array([0.2, 0.3, 0.3, 0.2]), Choice.YES, 0.9).round(3)
    array([0.72, 0.04, 0.04, 0.2 ])
    """
    present = 1 - probabilities[Choice.NON_VOTING]
    if present <= 0 or probabilities[choice] >= often * present:
        return probabilities
    found = probabilities * (1 - often) * present / (present - probabilities[choice])
    found[choice], found[Choice.NON_VOTING] = often * present, 1 - present
    return np.asarray(found)
