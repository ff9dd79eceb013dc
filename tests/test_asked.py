"""Whether a recorded vote is asked for, from the sessions that had one."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import replace

import numpy as np
import pytest
from made_records import record_of, votes_of

from sim.cli.run import show
from sim.cli.show import Screen
from sim.models.asked import VoteAsked, session_of, vote_asked
from sim.models.learned.asking import precedents_for
from sim.models.learned.source import Source, day_number
from sim.record import Record
from sim.report.brief import asked_for
from sim.report.page import computed, page_of
from sim.report.page.html import text
from sim.runs.run import plan_of, run_scenario
from sim.scenario.case import resolve
from sim.scenario.proposal import propose
from sim.vote.engine import Engine

DAY = dt.date(2020, 12, 10)  # session 75
ANNUAL, BIENNIAL, GONE, ONCE = "Fish", "Trees", "Coal", "Stone"


@functools.cache
def record(last: int = 74, topics: int = 24, day: str = "12-20") -> Record:
    """Return sessions 60 to `last`, with many topics of every year and a few that are special."""
    rows = []
    for session in range(60, last + 1):
        titles = [f"Topic {chr(97 + number) * 4}" for number in range(topics)]
        titles += [ANNUAL] if session != 70 else []
        titles += [BIENNIAL] if session % 2 else []
        titles += [GONE] if session < 66 else []
        titles += [ONCE] if session == 72 else []
        held = f"{session + 1945}-{day}"
        rows += [{"date": held, "title": title, "session": str(session)} for title in titles]
    return record_of(rows, votes_of(*["YNA"] * len(rows)))


def asked(title: str) -> VoteAsked:
    """Return what is found of a title."""
    found = vote_asked(record(), title, DAY)
    assert found is not None
    return found


def test_a_session_opens_in_september() -> None:
    assert [session_of(dt.date(2020, month, 15)) for month in (8, 9)] == [74, 75]


def test_a_title_of_every_year_is_likely_voted_on_again_and_its_gap_is_told() -> None:
    found = asked(ANNUAL)
    assert found.gaps == (70,)
    assert found.voted == (*range(60, 70), *range(71, 75))
    assert found.low < found.chance < found.high < 1
    assert found.chance > 0.9


def test_a_title_of_every_other_year_is_likelier_in_its_year() -> None:
    # voted on in 73 and not in 74; 75 is its year
    assert asked(BIENNIAL).chance > 0.6
    after = vote_asked(record(last=75), BIENNIAL, dt.date(2021, 12, 10))
    assert after is not None
    assert after.chance < 0.4


def test_a_title_that_is_gone_is_unlikely() -> None:
    assert asked(GONE).chance < 0.2


@pytest.mark.parametrize("title", [ONCE, "Never heard of", ""])
def test_of_a_title_that_does_not_return_nothing_is_said(title: str) -> None:
    assert vote_asked(record(), title, DAY) is None


def test_a_record_of_few_roll_calls_says_nothing_of_a_gap() -> None:
    assert vote_asked(record(topics=3), ANNUAL, DAY) is None


def test_a_record_that_ends_before_a_session_has_voted_says_nothing_of_its_gaps() -> None:
    # the last session had its vote on fish later in December than the record goes
    assert vote_asked(record(day="12-19"), ANNUAL, DAY) is None
    assert vote_asked(record(day="12-20"), ANNUAL, DAY) is not None


def test_votes_of_the_session_itself_and_later_change_nothing() -> None:
    assert vote_asked(record(last=80), ANNUAL, DAY) == asked(ANNUAL)


def test_rates_are_counted_by_hand_where_titles_do_not_differ() -> None:
    # one pattern: every topic every year. From the third session on a vote always followed
    rows = [
        {
            "date": f"{year}-12-20",
            "title": f"Topic {chr(97 + number) * 4}",
            "session": str(year - 1945),
        }
        for year in range(2005, 2020)
        for number in range(24)
    ]
    found = vote_asked(record_of(rows, votes_of(*["YNA"] * len(rows))), "Topic aaaa", DAY)
    assert found is not None
    after = 24 * 13  # topics times sessions after the second
    pooled = (after + 1) / (after + 2)
    assert pooled < found.chance < 1  # its own 13 of 13 can only add
    assert found.gaps == ()


def test_a_title_of_a_single_session_says_nothing_of_those_that_return() -> None:
    whole = record()
    frame = whole.roll_calls
    several = [
        {"date": f"{year}-12-20", "title": f"Once {letter * 4}", "session": str(year - 1945)}
        for year, letter in zip(range(2005, 2020), "abcdefghijklmno", strict=True)
    ]
    told = frame[["date", "title", "session"]].astype({"date": str}).to_dict("records")
    rows = sorted([*told, *several], key=lambda row: str(row["date"]))
    more = record_of(rows, votes_of(*["YNA"] * len(rows)))
    assert vote_asked(more, ANNUAL, DAY) == vote_asked(whole, ANNUAL, DAY)


def test_a_forecast_asks_only_of_votes_up_to_its_day() -> None:
    # all votes of session 74 are of 20 December 2019
    before, after = (
        propose(ANNUAL, vote=DAY, as_of=dt.date(2019, 12, day), us=("yes",), record=record()).asked
        for day in (19, 20)
    )
    assert before == vote_asked(record(last=73), ANNUAL, DAY)
    assert after == asked(ANNUAL) != before


def test_the_answer_says_what_a_gap_may_be_and_never_none_or_all() -> None:
    [told] = asked_for(VoteAsked(79, 0.97, 0.9, 0.999, (75, 76, 78), (70, 77)))
    assert "97 % (90 to 99 %)" in told
    assert "not in 77 (no vote, no text, another title, or not in the record)" in told
    assert "Not part of the tally" in told
    assert asked_for(None) == []


def test_a_forecast_reports_it_beside_the_tally() -> None:
    case = propose(ANNUAL, vote=DAY, as_of=DAY - dt.timedelta(1), us=("yes",), record=record())
    run = run_scenario(case, plan=plan_of(case, engine=Engine.EXACT))
    told = run.result.summary["vote_asked"]
    assert told["chance"] == asked(ANNUAL).chance
    assert np.isclose(run.outcomes.arms["us-yes"].tallies.sum(), 4)  # four counts, each whole


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("path", [False, True])
def test_every_answer_of_a_run_says_so_once(
    path: bool, full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = propose(ANNUAL, vote=DAY, as_of=DAY - dt.timedelta(1), us=("yes",)).scenario
    ends = {"on_carried": [{"end": "adopted"}], "on_lost": [{"end": "rejected"}]}
    text = {"name": "text", "kind": "text", "title": ANNUAL, **ends}
    tables = scenario.model_dump() | {"steps": [text] if path else []}
    case = resolve(tables, record=record())
    run = run_scenario(case, plan=plan_of(case, engine=Engine.EXACT))
    show(run, Screen(), full=full, quiet=False)
    told = " ".join(capsys.readouterr().out.split())
    assert told.count(asked_for(case.asked)[0]) == 1


def test_the_page_says_so_once_beneath_its_day() -> None:
    case = propose(ANNUAL, vote=DAY, as_of=DAY - dt.timedelta(1), us=("yes",), record=record())
    page = page_of(computed(case))
    told = text(asked_for(case.asked)[0])
    assert page.count(told) == 1
    assert page.index("Forecast as of") < page.index(told) < page.index("<h2>")


def test_a_title_spelt_otherwise_in_one_year_is_no_gap() -> None:
    title = "Fuelling our road map organisation"
    titles = record().roll_calls["title"].replace("Topic aaaa", title)
    last = titles.index[titles == title][-1]
    titles[last] = "Fueling our roadmap organization"
    known = replace(record(), roll_calls=record().roll_calls.assign(title=titles))
    found = vote_asked(known, title, DAY)
    assert found is not None
    assert (found.voted, found.gaps) == (tuple(range(60, 75)), ())
    # and it is the likest of all
    precedents = precedents_for(Source.of(known), title, day_number(DAY))
    assert (precedents.likeness[0, last], bool(precedents.same[0, last])) == (1.0, True)
    assert int(precedents.same.sum()) == 15
