"""From a committee to the plenary: two votes on one text, weeks apart."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_records import record_of, votes_of
from strategies import probabilities
from test_steps import scenario_with, step

from sim.assembly.choices import Choice
from sim.assembly.members import Members
from sim.models.holding import fitted_holding
from sim.record import Record
from sim.scenario.case import resolve
from sim.scenario.committee import held_to, holding
from sim.scenario.path import path_of
from sim.scenario.schema import ScenarioError, scenario_of
from sim.vote.chance import Noise
from sim.vote.path import rotated

THIRD = "Third Committee"


def committee(**fields: Any) -> dict[str, Any]:
    """Return a committee's vote five weeks before the text's."""
    usual = {"day": dt.date(2025, 1, 20), "likeness": 0.9, "on_lost": [{"end": "not recommended"}]}
    return step("committee", "committee", **(usual | fields))


def both_votes(plenary: str = "YYNAX") -> Record:
    """Return one title voted on in the committee and then in the plenary."""
    rows = [
        {"date": "2023-11-15", "title": "Rights", "body": THIRD},
        {"date": "2023-12-19", "title": "Rights", "body": ""},
    ]
    return record_of(rows, votes_of("YYYAN", plenary))


def test_how_often_votes_hold_is_counted_over_states_that_vote_both_times() -> None:
    found = fitted_holding(both_votes())
    assert found is not None
    # five voted in the committee, one of them not in the plenary; three of four said the same
    assert (found.often, found.pairs) == (0.75, 1)
    assert found.low < 0.75 < found.high


def test_a_range_comes_from_how_titles_differ() -> None:
    rows = [
        {"date": f"2023-{month}-15", "title": title, "body": body}
        for title in ("Rights", "Food")
        for month, body in (("11", THIRD), ("12", ""))
    ]
    order = sorted(range(4), key=lambda at: rows[at]["date"])
    votes = ["YYYY", "YYYN", "NNNN", "NNNA"]  # both titles hold three times of four
    found = fitted_holding(
        record_of([rows[at] for at in order], votes_of(*(votes[at] for at in order)))
    )
    assert found is not None
    assert (found.often, found.low, found.high, found.pairs) == (0.75, 0.75, 0.75, 2)


def test_the_range_of_two_titles_is_that_of_a_sample() -> None:
    rows = [
        {"date": "2023-11-15", "title": "Rights", "body": THIRD},
        {"date": "2023-11-15", "title": "Food", "body": THIRD},
        {"date": "2023-12-15", "title": "Rights", "body": ""},
        {"date": "2023-12-15", "title": "Food", "body": ""},
    ]
    # one title holds four times of four, the other twice: 1 off and -1 off of 3 expected
    found = fitted_holding(record_of(rows, votes_of("YYYY", "NNNN", "YYYY", "NNYA")))
    assert found is not None
    error = np.sqrt((1 + 1) * 2 / (2 - 1)) / 8  # of a share of 8 votes, two clusters
    assert found.often == 0.75
    assert found.low == pytest.approx(0.75 - 1.645 * error, abs=1e-3)
    assert found.high == 1


def test_votes_a_year_apart_or_of_one_body_are_no_pair() -> None:
    rows = [
        {"date": "2022-11-15", "title": "Rights", "body": THIRD},
        {"date": "2023-12-19", "title": "Rights", "body": ""},
    ]
    assert fitted_holding(record_of(rows, votes_of("YY", "YY"))) is None
    rows[0] |= {"date": "2023-11-15", "body": ""}
    assert fitted_holding(record_of(rows, votes_of("YY", "YY"))) is None


@given(probabilities(1), st.sampled_from([Choice.YES, Choice.ABSTAIN, Choice.NO]), st.floats(0, 1))
def test_a_vote_that_holds_leaves_absence_and_the_sum(
    row: np.ndarray, choice: Choice, often: float
) -> None:
    held = held_to(row[0], choice, often)
    assert held.sum() == pytest.approx(1)
    assert held[Choice.NON_VOTING] == pytest.approx(row[0][Choice.NON_VOTING])
    present = 1 - held[Choice.NON_VOTING]
    assert held[choice] >= often * present - 1e-12
    assert held[choice] >= row[0][choice] - 1e-12  # having voted so never makes it less likely


def test_a_committees_votes_hold_in_the_plenary_and_move_nobody_else() -> None:
    known = {"FRA": "no", "BRA": "yes"}
    plain = scenario_with(committee(holds=0.9, holds_range=[0.8, 0.95]), step("text"))
    told = scenario_with(committee(holds=0.9, holds_range=[0.8, 0.95], known=known), step("text"))
    ballots = [
        path_of(resolve(scenario_of(tables, place=None))).ballots["us-votes-yes"]
        for tables in (plain, told)
    ]
    row = Members.load().row
    in_committee, on_text = (ballots[1][at][0].probabilities for at in (0, 1))
    assert in_committee[row("FRA"), Choice.NO] == pytest.approx(
        1 - in_committee[row("FRA"), Choice.NON_VOTING]
    )
    assert on_text[row("FRA"), Choice.NO] == pytest.approx(
        0.9 * (1 - on_text[row("FRA"), Choice.NON_VOTING])
    )
    others = np.ones(len(on_text), bool)
    others[[row("FRA"), row("BRA")]] = False
    # noes alone, as the press names them, are no wind against the text
    assert (on_text[others] == ballots[0][1][0].probabilities[others]).all()
    assert not ballots[1][0][0].known


def test_a_committees_votes_say_nothing_of_a_motion_or_of_the_united_states() -> None:
    given = {"holds": 0.9, "holds_range": [0.8, 0.95]}
    motion = step("motion", "no-action", on_carried=[{"end": "stopped"}])
    plain, told = (
        path_of(
            resolve(
                scenario_of(
                    scenario_with(committee(known=known, **given), motion, step("text")), place=None
                )
            )
        ).ballots["us-votes-yes"]
        for known in ({}, {"FRA": "no", "USA": "no"})
    )
    row = Members.load().row
    assert (told[1][0].probabilities == plain[1][0].probabilities).all()
    for at in (1, 2):
        united_states = (ballots[at][0].probabilities[row("USA")] for ballots in (plain, told))
        np.testing.assert_array_equal(*united_states)
    assert told[0][0].probabilities[row("USA"), Choice.NO] == 1  # what it did there is known
    assert (told[2][0].probabilities != plain[2][0].probabilities).any()


def test_sponsors_of_a_text_are_none_of_a_motion_against_it() -> None:
    motion = step("motion", "no-action", on_carried=[{"end": "stopped"}])
    plain = scenario_with(motion, step("text"))
    bound = plain | {"sponsors": {"states": ["BRA"]}}
    one, other = (
        path_of(resolve(scenario_of(tables, place=None))).ballots["us-votes-yes"]
        for tables in (plain, bound)
    )
    assert (one[0][0].probabilities == other[0][0].probabilities).all()
    row = Members.load().row("BRA")
    assert other[1][0].probabilities[row, Choice.YES] > one[1][0].probabilities[row, Choice.YES]


def test_who_attends_a_committee_says_nothing_of_another_day() -> None:
    level = np.zeros((1, 1), dtype=np.uint16)
    day, own = (
        Noise(np.full((1, 5), value, np.float32), level, level, np.zeros((1, 3), np.float32))
        for value in (1.0, 7.0)
    )
    same, other = (rotated(day, own, 1.0, same_day=one).factors[0, 1] for one in (True, False))
    assert (same, other) == (1.0, 7.0)


def test_how_votes_hold_is_from_the_record_where_it_is_not_given() -> None:
    tables = scenario_with(committee(known={"FRA": "no"}), step("text"))
    case = resolve(scenario_of(tables, place=None), record=both_votes())
    assert holding(case, case.scenario.steps[0]).often == 0.75
    with pytest.raises(ScenarioError, match=r"steps\.committee\.holds: expected how often"):
        path_of(resolve(scenario_of(tables, place=None)))


@pytest.mark.parametrize(("day", "known"), [("2025-02-23", True), ("2025-02-24", False)])
def test_how_votes_hold_is_from_what_was_known_at_the_end_of_the_day(day: str, known: bool) -> None:
    rows = [
        {"date": "2025-01-20", "title": "Rights", "body": THIRD},
        {"date": day, "title": "Rights", "body": ""},
    ]
    tables = scenario_with(committee(known={"FRA": "no"}), step("text"))  # as of 23 February
    case = resolve(
        scenario_of(tables, place=None), record=record_of(rows, votes_of("YYYN", "YYYY"))
    )
    if known:
        assert holding(case, case.scenario.steps[0]).often == 0.75
    else:
        with pytest.raises(ScenarioError, match=r"steps\.committee\.holds: expected how often"):
            holding(case, case.scenario.steps[0])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"day": None}, "steps.0.day: expected the day"),
        ({"day": dt.date(2025, 3, 1)}, "must be earlier than resolution.date, 2025-02-24"),
        ({"holds": 0.9}, "steps.0.holds_range: expected the lowest and the highest"),
        ({"holds": 0.9, "holds_range": [0.95, 1.0]}, "must contain holds, 0.9"),
        ({"holds_range": [0.8, 0.9]}, "steps.0.holds: expected how often a vote holds, with"),
        ({"holds": "often"}, "steps.0.holds: 'often'"),
        ({"put": 0.5, "put_range": [0.4, 0.6], "known": {"FRA": "no"}}, "steps.0.put: 0.5: a comm"),
    ],
)
def test_what_is_wrong_with_a_committee_is_told(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ScenarioError) as error:
        scenario_of(scenario_with(committee(**fields), step("text")), place="mine.toml")
    assert says in str(error.value)


CITED = {"holds": 0.9, "holds_range": [0.8, 0.95], "roll_call": "A/C.3/79/L.1"}


def citing(tmp_path: Path, **fields: Any) -> dict[str, Any]:
    """Return a scenario whose committee cites a recorded vote in a file of its own."""
    place = tmp_path / "committee.csv"
    place.write_text("state,vote\nFRA,no\nBRA,yes\nDEU,X\n", encoding="utf-8")
    own = {"file": str(place), "body": THIRD, "symbol": "A/C.3/79/L.1", "title": "Rights"}
    tables = scenario_with(committee(**CITED | fields), step("text"))
    return tables | {"roll_calls": [own | {"day": dt.date(2025, 1, 20)}]}


def test_a_committees_recorded_vote_is_as_good_as_its_votes_typed_in(tmp_path: Path) -> None:
    typed = {"known": {"FRA": "no", "BRA": "yes", "DEU": "non_voting"}, "roll_call": None}
    cited, told = (
        path_of(resolve(scenario_of(citing(tmp_path, **fields), place=None))).ballots
        for fields in ({}, typed)
    )
    for arm, steps in cited.items():
        for at, forms in enumerate(steps):
            assert np.array_equal(forms[0].probabilities, told[arm][at][0].probabilities)
    # and what is typed beside it counts
    more = resolve(scenario_of(citing(tmp_path, known={"FRA": "yes", "POL": "no"}), place=None))
    assert more.scenario.steps[0].known == {
        "FRA": "yes", "BRA": "yes", "DEU": "non_voting", "POL": "no",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"roll_call": "A/C.3/79/L.2"}, "no roll call 'A/C.3/79/L.2'"),
        ({"day": dt.date(2025, 1, 19)}, "was held on 2025-01-20, not on 2025-01-19"),
    ],
)
def test_a_roll_call_that_is_not_the_committees_is_refused(
    tmp_path: Path, fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(ScenarioError) as error:
        resolve(scenario_of(citing(tmp_path, **fields), place="mine.toml"))
    (line,) = str(error.value).splitlines()
    assert line.startswith("mine.toml: steps.committee.roll_call: ")
    assert says in line


def test_a_roll_call_known_too_late_is_refused_and_no_other_kind_of_step_has_one(
    tmp_path: Path,
) -> None:
    late = citing(tmp_path) | {"as_of": dt.date(2025, 1, 19)}
    with pytest.raises(ScenarioError, match="was held on 2025-01-20, must not be after as_of"):
        resolve(scenario_of(late, place=None))
    with pytest.raises(ScenarioError, match="roll_call: is of a committee's vote"):
        scenario_of(scenario_with(step("text", roll_call="72/190")), place=None)


@pytest.mark.parametrize(
    "before",
    [
        step("text", on_carried=[]),
        step("motion", "no-action", on_carried=[]),
        committee(day=dt.date(2025, 1, 21), on_lost=[]) | {"name": "other"},
    ],
)
def test_a_committee_stands_before_all_that_is_later(before: dict[str, Any]) -> None:
    tables = scenario_with(before, committee(), step("last"))
    with pytest.raises(ScenarioError) as error:
        scenario_of(tables, place=None)
    says = f"steps.1.day: 2025-01-20: must stand before {before['name']!r}, which is later"
    assert says in str(error.value).splitlines()


def test_votes_of_a_committee_after_the_forecast_are_refused() -> None:
    tables = scenario_with(committee(known={"FRA": "no"}), step("text"))
    tables["as_of"] = dt.date(2025, 1, 19)
    with pytest.raises(ScenarioError, match="known: votes of 2025-01-20: are later than as_of"):
        scenario_of(tables, place=None)


def test_a_step_of_another_kind_has_no_day_of_its_own() -> None:
    tables = scenario_with(step("motion", "no-action", day=dt.date(2025, 1, 20)), step("text"))
    with pytest.raises(ScenarioError, match=r"steps\.0\.day: is of a committee's vote alone"):
        scenario_of(tables, place=None)
