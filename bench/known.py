"""Known votes: how soon all states are conditioned on them, and what they add to a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from bench.timing import Row, best, best_of_each, best_once
from sim.assembly.choices import Choice
from sim.assembly.members import US, Members
from sim.record.cited import cited_roll_calls
from sim.runs.simulate import exact_arm
from sim.scenario.ballots import ballots
from sim.scenario.case import Case, resolve
from sim.vote.ballot import Ballot
from sim.vote.chance import order
from sim.vote.exact.solve import closely

VOTE, SEED = "ES-11/7", 1
"""The roll call whose votes are taken as known, and the seed of the order."""
STEPS, ADDED = (1, 3, 10, 30, 100), {3: 1.3, 100: 2.0}
"""Numbers of known votes, and how many times the run with none they may take."""
SOON = 0.010
"""All states, given known votes [s]."""


def rows(case: Case, arm: str) -> list[Row]:
    """Return the lines of the table.

    Parameters
    ----------
    case : Case
        Without known votes.
    arm : str
        The one whose states are conditioned.
    """
    known = {count: _arms(case, count) for count in (0, *STEPS)}
    each = {count: best(partial(_anew, known[count][arm])) for count in STEPS}
    more = {count: _one_more(known[count][arm]) for count in STEPS}
    times = best_of_each([partial(_run, case, known[count]) for count in (0, *ADDED)], times=5)
    ratios = dict(zip(ADDED, (took / times[0] for took in times[1:]), strict=True))
    return [
        Row(
            f"exact, all states of `{arm}` given 1 to 100 known votes",
            "≤ 10 ms",
            ", ".join(f"{count}: {seconds * 1e3:,.0f} ms" for count, seconds in each.items()),
            max(each.values()) <= SOON,
        ),
        Row(
            "the same where all but the last are conditioned on already",
            "≤ 10 ms",
            ", ".join(f"{count}: {seconds * 1e3:,.0f} ms" for count, seconds in more.items()),
            max(more.values()) <= SOON,
        ),
        *(
            Row(
                f"exact, a run of all arms with {count} votes known, against none",
                f"≤ {most} times",
                f"{ratios[count]:.2f} times ({times[0] * 1e3:,.0f} ms with none)",
                ratios[count] <= most,
            )
            for count, most in ADDED.items()
        ),
    ]


def _anew(ballot: Ballot) -> None:
    """Condition all states with nothing kept from before: what is kept is kept by dependence."""
    closely(replace(ballot, dependence=replace(ballot.dependence)))


def _one_more(ballot: Ballot) -> float:
    """Return how long the last known vote takes on top of the others [s]."""
    found = []
    for _ in range(7):
        anew = replace(ballot, dependence=replace(ballot.dependence))
        *before, _last = ballot.known.items()
        closely(replace(anew, known=dict(before)))
        found.append(best_once(partial(closely, anew)))
    return min(found)


def _run(case: Case, arms: Mapping[str, Ballot]) -> None:
    for ballot in arms.values():
        exact_arm(ballot, case.rule)


def _arms(case: Case, count: int) -> Mapping[str, Ballot]:
    """Return the arms with so many votes known, as they were cast."""
    record, codes = cited_roll_calls(), Members.load().codes
    votes = record.votes[record.row(VOTE)].tolist()
    shuffled = order(SEED, number=0, items=len(codes)).tolist()
    named = [row for row in shuffled if codes[row] != US and votes[row] >= 0][:count]
    known = {codes[row]: Choice(votes[row]).column for row in named}
    return ballots(resolve(case.scenario.model_copy(update={"known": known})))
