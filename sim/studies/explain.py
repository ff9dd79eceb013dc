"""Where one member state's probabilities come from: parts that add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.assembly.members import US, Members
from sim.models import Part
from sim.scenario.ballots import arm_forecast, ballots
from sim.scenario.case import Case, Resolvable, resolve
from sim.scenario.path import case_of_step, path_of
from sim.studies.why import state_sentence
from sim.vote.ballot import Ballot
from sim.vote.exact import solve as exact

SMALL = 0.01
"""Share of a bloc below which it is folded into the other blocs."""


@dataclass(frozen=True)
class Reason:
    """One part of a state's probabilities.

    Attributes
    ----------
    kind, name : str
        As in `sim.models.Part`; also ``us`` for what the position of the United States moves,
        ``committee`` for what its vote in a committee does, and ``known`` for what the known votes
        say.
    adds : array [choice]
        What it adds to each probability; a reason that only moves adds up to 0.
    """

    kind: str
    name: str
    adds: FloatArray

    @property
    def share(self) -> float:
        """How much of the state's probability comes from here; the shares sum to 1."""
        return float(self.adds.sum())


@dataclass(frozen=True)
class InCommittee:
    """A state's known vote in a committee, and its chances on a later text given that vote.

    Attributes
    ----------
    committee, text : str
        Names of the two steps.
    voted : Choice
    chances : array [choice]
        On the text.
    """

    committee: str
    text: str
    voted: Choice
    chances: FloatArray


@dataclass(frozen=True)
class Explanation:
    """One state's probabilities in one arm, with their reasons.

    Attributes
    ----------
    iso3, name : str
        The state.
    arm : str
    reasons : tuple of Reason
    votes : tuple of int [choice]
        On how many of the like texts that the forecast uses it made each choice.
    known, sponsors : bool
        Whether its vote is taken as known, and whether it is certain to sponsor the draft.
    committees : tuple of InCommittee
        Its known votes in committees, which the reasons leave out: they are of a path's steps.
    turned : bool
        Whether a yes is what a no on the like texts was.
    """

    iso3: str
    name: str
    arm: str
    reasons: tuple[Reason, ...]
    votes: tuple[int, ...] = ()
    known: bool = False
    sponsors: bool = False
    committees: tuple[InCommittee, ...] = ()
    turned: bool = False

    @property
    def sentence(self) -> str:
        """What the state is likely to do, how likely, and the ground that decides it."""
        return state_sentence(self)

    @property
    def probabilities(self) -> FloatArray:
        """Sum of the reasons [choice]."""
        return np.asarray(sum(reason.adds for reason in self.reasons))


def explain(scenario: Resolvable, iso3: str, *, arm: str, step: str | None = None) -> Explanation:
    """Return where a state's probabilities in an arm come from.

    Parameters
    ----------
    scenario : str, Path, Scenario, mapping or Case
        As `sim.scenario.resolve` takes it.
    iso3 : str
        ISO code of the state.
    arm : str
        One of the scenario's.
    step : str, optional
        One of its steps, as tabled; by default the text, whatever the steps say.

    Raises
    ------
    ScenarioError
        If the scenario cannot be run.
    ValueError
        If there is no such state, arm or step.

    Examples
    --------
    >>> brazil = explain("anniversary-2025", "BRA", arm="with-us")
    >>> round(float(brazil.probabilities.sum()), 9)
    1.0
    >>> brazil.sentence.split("; ")[1]
    'it voted yes on three of six like texts, and abstained on three (-42 points).'
    """
    members, whole = Members.load(), resolve(scenario)
    case = whole if step is None else case_of_step(whole, step)
    row, ballot = members.row(iso3), ballots(case)[case.arm_named(arm)]
    held = ballot if step is None else _on_the_way(whole, arm, step)
    forecast, alone = arm_forecast(case, arm), exact.marginals(replace(ballot, known={}))
    unknown = alone if held is ballot else exact.marginals(replace(held, known={}))
    final = exact.marginals(held) if held.known else unknown
    parts = (
        *forecast.parts,
        Part("us", arm, alone - forecast.probabilities),
        Part("committee", "its vote there", unknown - alone),
        Part("known", "votes", final - unknown),
    )
    reasons = [Reason(part.kind, part.name, part.adds[row]) for part in parts]
    shown = [reason for reason in reasons if np.abs(reason.adds).max() > 0]
    announced = [one.known or {} for one in whole.scenario.steps if one.name == step]
    return Explanation(
        iso3,
        members.names[row],
        arm,
        tuple(_folded(shown)),
        votes=_like_votes(case, row),
        known=any(iso3 in votes for votes in (case.scenario.known, *announced)),
        sponsors=iso3 in case.sponsors,
        committees=tuple(_in_committees(case, iso3, arm)),
        turned=case.turned,
    )


def _on_the_way(case: Case, arm: str, step: str) -> Ballot:
    """Return the ballot of a step, of its text as tabled, with what committees have voted."""
    path = path_of(case)
    number = [one.name for one in path.steps].index(step)
    return path.ballots[arm][number][path.steps[number].tabled]


def _in_committees(case: Case, iso3: str, arm: str) -> Iterator[InCommittee]:
    # an absence tells nothing there, and the United States vote as the arm says
    steps = case.scenario.steps
    votes = {
        at: Choice[one.known[iso3].upper()]
        for at, one in enumerate(steps)
        if one.kind == "committee" and one.known and iso3 in one.known and iso3 != US
    }
    told = {at: voted for at, voted in votes.items() if voted != Choice.NON_VOTING}
    held, row = path_of(case).ballots[arm] if told else (), Members.load().row(iso3)
    for at, voted in told.items():
        for number, text in enumerate(steps):
            if number > at and text.kind == "text":
                chances = exact.marginals(held[number][0])[row]
                yield InCommittee(steps[at].name, text.name, voted, chances)


def _like_votes(case: Case, row: int) -> tuple[int, ...]:
    votes = case.question.record.votes[[one.row for one in case.question.precedents], row]
    return tuple(int((votes == choice).sum()) for choice in Choice)


def _folded(reasons: Sequence[Reason]) -> list[Reason]:
    """Put blocs with a small share into one reason, in the place of the first of them."""
    small = [reason for reason in reasons if reason.kind == "bloc" and reason.share < SMALL]
    if len(small) < 2:
        return list(reasons)
    together = Reason("bloc", f"{len(small)} others", np.sum([each.adds for each in small], axis=0))
    return [
        together if reason is small[0] else reason
        for reason in reasons
        if reason is small[0] or not any(reason is other for other in small)
    ]


def moved(reason: Reason) -> float:
    """Return how much of the probability a reason moves from one choice to another.

    Examples
    --------
    >>> moved(Reason("us", "no", np.array([-0.75, 0.5, 0.25, 0.0])))
    0.75
    """
    return float(np.abs(reason.adds).sum() / 2)


def main_choice(reason: Reason) -> Choice:
    """Return the choice that a reason adds most to.

    Examples
    --------
    >>> main_choice(Reason("precedent", "ES-11/6", np.array([0.0, 0.3, 0.0, 0.0])))
    <Choice.ABSTAIN: 1>
    """
    return Choice(int(reason.adds.argmax()))
