"""What may be a slip in a scenario though it can be run, and a record that is too short for it."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np

from sim.assembly.choices import Choice
from sim.assembly.members import US, Members
from sim.models import MODELS
from sim.models.asked import WHOLE
from sim.models.learned.texts.titles import Texts, name_of, plain_words, spelling_key
from sim.record import cut_titles
from sim.record.cited import cited_asks
from sim.scenario import lookups
from sim.scenario.case import Case
from sim.scenario.tables import BY_VOTE, WITHOUT_A_VOTE

LIKEST = 5
"""Precedents whose titles are looked at."""
STALE = 120
"""A record that ends so long before a forecast lacks a part of a session [days]."""


def doubts(case: Case) -> tuple[str, ...]:
    """Return what may be a slip though it can be run, one a line, with its place.

    A demand that no cited text makes is new, or misspelt; a sponsor given twice may stand for
    another. A precedent that is not alike at all counts for nothing, one given twice counts twice.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> doubts(resolve("anniversary-2025"))
    ()
    """
    scenario = case.scenario
    heard = {word for asks in cited_asks().values() for word in asks}
    found = [
        f"resolution.asks: {word!r}: no cited text asks this; is it meant?"
        for word in scenario.resolution.asks
        if word not in heard
    ]
    found += _record_that_ends_early(case)
    listed = scenario.sponsors.states
    for number, code in enumerate(listed):
        if code in listed[:number]:
            found.append(f"sponsors.states.{number}: {code!r}: listed twice; is another meant?")
    if ends := _lists_that_end(case):
        place = "the scenario" if scenario.file else "a scenario (unga-sim new writes one)"
        found.append(
            f"suspended: the lists of Article 19 end on {ends}, before the vote. Name the states "
            f"without a vote on that day, above the tables of {place}: "
            'suspended = ["VEN", ...], or suspended = [] if there are none'
        )
    if otherwise := _us_otherwise(case):
        found.append(
            f"us.reference: {scenario.us.reference!r}: the United States voted otherwise on "
            f"{', '.join(otherwise)}; is it meant?"
        )
    found += _last_otherwise(case)
    if cut := _cut_short(case):
        found.append(
            f"precedents: the source cut the title of {', '.join(cut)} short. Likeness goes by the "
            "words that are left; if you know better, give a number as its likeness in a scenario"
        )
    seen: set[int] = set()
    for number, precedent in enumerate(() if scenario.precedents == "auto" else case.precedents):
        place = f"precedents.{number}.symbol: {precedent.symbol!r}"
        if precedent.row in seen:
            found.append(f"{place}: listed twice, so it counts twice; is that meant?")
        if precedent.likeness == 0:
            found.append(
                f"{place}: not alike at all, so it counts for nothing; give its likeness, or "
                "asks in [resolution] that it shares"
            )
        seen.add(precedent.row)
    return tuple(found)


def for_readers(case: Case) -> tuple[str, ...]:
    """Return what a reader of the forecast, who cannot change it, should know that it lacks.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> for_readers(resolve("anniversary-2025"))
    ()
    """
    found = []
    if early := _early_end(case):
        found.append(f"No votes after {_in_words(early[0])} were at hand.")
    if ends := _lists_that_end(case):
        found.append(
            "It is not known which members have no vote that day for unpaid contributions "
            f"(Charter, Art. 19): the lists at hand end on {_in_words(ends)}."
        )
    return tuple(found)


def _in_words(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _lists_that_end(case: Case) -> datetime.date | None:
    """Return the last day of the lists of Article 19 where they end before the vote."""
    scenario, ends = case.scenario, lookups.suspended_until()
    early = scenario.resolution.date >= ends and "suspended" not in scenario.model_fields_set
    return ends if early else None


def _early_end(case: Case) -> tuple[datetime.date, int] | None:
    """Return the last day of a record that ends long before the forecast, and how long [days]."""
    if not any(place.suffix == ".parquet" for place in case.inputs):
        return None
    as_of, known = case.scenario.as_of, case.record.before(np.datetime64(case.scenario.as_of) + 1)
    # a vote of one's own says nothing of how far the record goes
    own = {Path(table.file).name for table in case.scenario.roll_calls}
    others = ~known.roll_calls["source"].isin(own).to_numpy()
    if not others.any():
        return None
    last = known.dates[others].max().astype(object)
    return (last, days) if (days := (as_of - last).days) > STALE else None


def _record_that_ends_early(case: Case) -> list[str]:
    """Say where like texts are looked for in no record, or in one that ends long before."""
    if not any(place.suffix == ".parquet" for place in case.inputs):
        if case.scenario.precedents != "auto":
            return []
        return [
            "record: there is none of yours, so like texts are looked for among "
            f"{len(case.record)} roll calls alone. All of them: unga-sim record update"
        ]
    return [
        f"record: its last roll call is of {last}, {days} days before the forecast. Later ones: "
        "unga-sim record update"
        for last, days in filter(None, [_early_end(case)])
    ]


def _last_otherwise(case: Case) -> list[str]:
    """Ask where what is said of the last adoption does not go with the record, or tells nothing."""
    scenario, last = case.scenario, case.scenario.resolution.last
    if last is None:
        return []
    if last == WITHOUT_A_VOTE and "without_a_vote" not in MODELS[scenario.model].settings:
        return [f"resolution.last: the model {scenario.model} makes no use of it; learned does"]
    known = case.record.before(np.datetime64(scenario.as_of) + 1)
    title = spelling_key(name_of(plain_words(scenario.resolution.title), WHOLE))
    votes = np.flatnonzero([spelling_key(name) == title for name in Texts.of(known).names])
    if last == BY_VOTE and not len(votes):
        return [
            "resolution.last: no vote on this title is known, so it tells nothing; cite one, of "
            "the record or of a file of your own ([[roll_calls]])"
        ]
    if last != BY_VOTE and len(votes):
        day = known.dates[votes[-1]]
        told = "was it adopted without one since" if last == WITHOUT_A_VOTE else "is it new"
        return [f"resolution.last: {last!r}, but a vote was held on this title on {day}; {told}?"]
    return []


def _cut_short(case: Case) -> list[str]:
    """Return the likest precedents, alike by their words, whose titles the source cut short."""
    likest = [one for one in case.likest[:LIKEST] if not one.judged]
    if not likest:
        return []
    titles = case.question.record.roll_calls["title"]
    cut = set(case.record.roll_calls["title"][cut_titles(case.record)])
    return [one.symbol for one in likest if titles.iloc[one.row] in cut]


def _us_otherwise(case: Case) -> list[str]:
    """Return the roll calls cited by judgement on which the United States voted otherwise."""
    if (assumed := case.question.us_vote) is None:
        return []
    row, votes = Members.load().row(US), case.question.record.votes
    cast = [(one.symbol, int(votes[one.row, row])) for one in case.precedents if one.judged]
    spoke = range(Choice.NON_VOTING)
    return [symbol for symbol, vote in cast if vote in spoke and vote != assumed]
