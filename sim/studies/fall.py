"""What the fall in support for Ukraine's anniversary text, from 2023 to 2025, can be put down to.

141 members said yes to ES-11/6 on 23 February 2023 and 93 to ES-11/7 on 24 February 2025. Between
them lie two years, another text and another position of the United States. The four parts here add
up to the fall; that does not make them causes.
"""

from __future__ import annotations

import pandas as pd

from sim.assembly.choices import Choice
from sim.record.cited import cited_roll_calls
from sim.scenario.ballots import ballots
from sim.scenario.case import resolve
from sim.scenario.schema import Scenario, read_scenario
from sim.studies.beside import PairedArms
from sim.studies.strengths import strengths_of
from sim.vote.ballot import Ballot
from sim.vote.outcomes.chances import NINETY

FIRST, LAST = "ES-11/6", "ES-11/7"
BEFORE, AFTER = "77/229", "79/184"
"""One annual text, ten weeks before each of the two; the United States said yes to both."""
SCENARIO, WITH_US, AGAINST_US = "anniversary-2025", "with-us", "us-opposes"


def fall_of_support() -> pd.DataFrame:
    """Return four parts that add up to the fall from 141 to 93, with ranges.

    Returns
    -------
    DataFrame
        part, votes, low, high [yes votes], share of the fall. Parts: `drift`, what the same annual
        text lost over the two years while the United States kept saying yes, the range as if
        states had changed their minds each on its own; `text or drift`, what the model foresees
        beyond that with the United States as before, which it cannot divide, because its later
        precedents are both later and other texts (low without those, high with them);
        `united states`, the arm in which it says no less the one in which it co-sponsors, the range
        from its uncertain effect alone; `cannot tell`, the real tally less that arm.

    Examples
    --------
    >>> parts = fall_of_support()
    >>> round(float(parts["votes"].sum()), 6)  # 93 - 141
    -48.0
    """
    asked = read_scenario(SCENARIO)
    record = cited_roll_calls()
    yes = dict(zip(record.roll_calls["symbol"], record.tallies()[:, Choice.YES], strict=True))
    arms = ballots(resolve(asked))
    with_us, opposed = (_expected(arms[arm]) for arm in (WITH_US, AGAINST_US))
    drift, drift_error = _drift()
    _, low, high = _change(arms[AGAINST_US], arms[WITH_US])
    known_first = _expected(ballots(resolve(_of_first_years(asked)))[WITH_US])
    text = sorted((known_first - yes[FIRST] - drift, with_us - yes[FIRST] - drift))
    rest = yes[LAST] - opposed
    rows = [
        ("drift", drift, drift - NINETY * drift_error, drift + NINETY * drift_error),
        ("text or drift", with_us - yes[FIRST] - drift, *text),
        ("united states", opposed - with_us, low, high),
        ("cannot tell", rest, rest + opposed - with_us - high, rest + opposed - with_us - low),
    ]
    frame = pd.DataFrame(rows, columns=["part", "votes", "low", "high"])
    return frame.assign(share=frame["votes"] / float(yes[LAST] - yes[FIRST]))


def united_states_part(*, sponsors_follow: bool) -> tuple[float, float, float]:
    """Return the part of the United States, and whether sponsors follow it like everybody else.

    A sponsor has bound itself in public; the record behind the effect does not say who sponsored.
    If sponsors follow only as far as sponsoring does not decide their vote, the West hardly moves.

    Returns
    -------
    votes, low, high : float
        [yes votes]

    Examples
    --------
    >>> bound, free = (united_states_part(sponsors_follow=follow)[0] for follow in (False, True))
    >>> free < bound < 0
    True
    """
    asked = read_scenario(SCENARIO)
    us = asked.us.model_copy(update={"sponsors_follow": float(sponsors_follow)})
    arms = ballots(resolve(asked.model_copy(update={"us": us})))
    return _change(arms[AGAINST_US], arms[WITH_US])


def fall_by_history() -> pd.DataFrame:
    """Return how the members that said yes in 2023 and not in 2025 had voted in between: no model.

    Returns
    -------
    DataFrame
        before, after (the vote on 77/229 and on 79/184: yes or not), states, reading. Who still
        said yes in December 2024 left within ten weeks; who had never said yes to the harder text
        may have been lost to the text, to time or to the United States.

    Examples
    --------
    >>> found = fall_by_history()
    >>> int(found["states"].sum())  # 141 - 93: nobody joined
    48
    """
    record = cited_roll_calls()
    said_yes = {
        symbol: record.votes[record.row(symbol)] == Choice.YES
        for symbol in (FIRST, LAST, BEFORE, AFTER)
    }
    left = said_yes[FIRST] & ~said_yes[LAST]
    rows = []
    for before, after, reading in (
        (True, True, "left within ten weeks: the United States, or this text"),
        (True, False, "left the annual text before: drift"),
        (False, True, "came to the annual text and left this one"),
        (False, False, "never on the annual text: cannot tell"),
    ):
        count = left & (said_yes[BEFORE] == before) & (said_yes[AFTER] == after)
        rows.append(("yes" if before else "not", "yes" if after else "not", count.sum(), reading))
    return pd.DataFrame(rows, columns=["before", "after", "states", "reading"])


def _drift() -> tuple[float, float]:
    """Return the change in yes votes on the annual text, and its error if states act alone."""
    record = cited_roll_calls()
    before, after = (record.votes[record.row(s)] == Choice.YES for s in (BEFORE, AFTER))
    switched = int((before != after).sum())
    return float(after.sum() - before.sum()), switched**0.5


def _of_first_years(scenario: Scenario) -> Scenario:
    """Return the scenario with the precedents up to the first text alone."""
    record = cited_roll_calls()
    last = record.dates[record.row(FIRST)]
    named = () if scenario.precedents == "auto" else scenario.precedents
    early = tuple(table for table in named if record.dates[record.row(table.symbol)] <= last)
    return scenario.model_copy(update={"precedents": early})


def _expected(ballot: Ballot) -> float:
    """Return how many say yes, the effect integrated out [votes]."""
    at_each = strengths_of(ballot)
    joint = PairedArms.of(at_each, at_each)
    return float(joint.weight @ joint.sides(lambda at: at.counts)[0][:, Choice.YES])


def _change(ballot: Ballot, against: Ballot) -> tuple[float, float, float]:
    """Return how many more say yes than in another arm, and the range from the effect [votes]."""
    joint = PairedArms.of(strengths_of(ballot), strengths_of(against))
    mean, _, low, high = joint.difference(lambda at: at.counts)
    return float(mean[Choice.YES]), float(low[Choice.YES]), float(high[Choice.YES])
