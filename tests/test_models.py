"""Each model by hand; what holds for all of them is in the laws."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import CODES, questions

from sim.assembly.choices import NOT_A_MEMBER, Choice, FloatArray
from sim.assembly.draft import DraftResolution
from sim.models import MODELS, Forecast, Part, Precedent, Question, Stance
from sim.models.bloc_shares import absence_rates, bloc_shares
from sim.models.forecast import weighted_choices
from sim.models.learned.states import ATTENDANCE, StateProfile
from sim.models.precedents import precedents
from sim.record import Record
from sim.record.cited import cited_roll_calls

YES, ABSTAIN, NO, ABSENT = Choice
STATES = len(CODES)
AS_OF = dt.date(2012, 11, 29)  # the day of the record's first roll call, so that its age is 0
SETTINGS = {
    "discipline": 0.5,
    "discipline_power": 2.0,
    "size_power": 0.5,
    "bloc_prior": 4.0,
    "half_life": 2.0,
    "absence_half_life": 1.5,
    "absence_prior": 0.0,
    "floor": 0.0,
    "bloc_weight": 0.5,
}


def record_of(*rows: dict[int, int]) -> Record:
    """Roll calls in which everybody votes yes but the states named."""
    votes = np.zeros((len(rows), STATES), dtype=np.int8)
    for number, row in enumerate(rows):
        votes[number, list(row)] = list(row.values())
    return replace(cited_roll_calls().take(slice(0, len(rows))), votes=votes)


def question(record: Record | None = None, **changed: object) -> Question:
    """Three states in two blocs: A of the first two, B of the second and the third."""
    blocs = np.zeros((STATES, 2), dtype=bool)
    blocs[[0, 1], 0] = blocs[[1, 2], 1] = True
    asked = Question(
        resolution=DraftResolution("A/L.1", "A draft", dt.date(2012, 11, 30), "simple"),
        as_of=AS_OF,
        blocs=blocs,
        bloc_codes=("A", "B"),
        record=record_of({}) if record is None else record,
        settings=SETTINGS,
    )
    return replace(asked, **changed)  # type: ignore[arg-type]


def precedent(row: int = 0, *, likeness: float = 1.0, age: float = 0.0) -> Precedent:
    return Precedent(f"text {row}", row, likeness, age)


def stances(**shares: tuple[float, float, float, float]) -> dict[str, Stance]:
    """Yes, abstain, no and discipline of each bloc."""
    return {code: Stance(np.array(given_[:3]), given_[3]) for code, given_ in shares.items()}


# Bloc shares

DECLARED = stances(A=(1.0, 0.0, 0.0, 1.0), B=(0.0, 0.0, 1.0, 0.5))


def test_a_state_is_a_mix_of_its_blocs() -> None:
    found = bloc_shares(question(stances=DECLARED)).probabilities
    # the assembly's stance is the mean of those declared: (0.5, 0, 0.5)
    # A votes as one: (1, 0, 0); half of B goes its own way: (0, 0, 1) / 2 + (0.5, 0, 0.5) / 2
    np.testing.assert_allclose(found[0], [1.0, 0.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(found[2], [0.25, 0.0, 0.75, 0.0], atol=1e-12)
    # both blocs have two members, so they count by discipline squared: 1 to 0.25, 0.8 to 0.2
    np.testing.assert_allclose(found[1], [0.85, 0.0, 0.15, 0.0], atol=1e-12)


def test_a_state_in_no_bloc_votes_like_the_assembly() -> None:
    found = bloc_shares(question(stances=DECLARED)).probabilities
    np.testing.assert_allclose(found[3:], [[0.5, 0.0, 0.5, 0.0]] * (STATES - 3), atol=1e-12)


def test_a_small_bloc_counts_for_more_than_a_large_one() -> None:
    blocs = np.zeros((STATES, 2), dtype=bool)
    blocs[:16, 0] = blocs[[0], 1] = True
    equal = stances(A=(1.0, 0.0, 0.0, 1.0), B=(0.0, 0.0, 1.0, 1.0))
    found = bloc_shares(question(blocs=blocs, stances=equal)).probabilities
    # sizes 16 and 1 to the power -1/2: a quarter to one
    np.testing.assert_allclose(found[0], [0.2, 0.0, 0.8, 0.0], atol=1e-12)


def test_a_bloc_without_members_that_day_changes_nothing() -> None:
    blocs = np.zeros((STATES, 2), dtype=bool)
    blocs[:3, 0] = True
    alone = question(blocs=blocs[:, :1], bloc_codes=("A",), stances=stances(A=(1, 0, 0, 1)))
    beside = question(blocs=blocs, stances=stances(A=(1, 0, 0, 1)))
    np.testing.assert_allclose(
        bloc_shares(beside).probabilities[:3], bloc_shares(alone).probabilities[:3], atol=1e-12
    )


def test_without_stances_and_precedents_all_vote_as_the_assembly_did_of_late() -> None:
    found = bloc_shares(question(record_of({0: NO}))).probabilities
    # 192 yes, one no, and a third of a vote for each stance
    expected = np.array([192 + 1 / 3, 1 / 3, 1 + 1 / 3, 0]) / 194
    np.testing.assert_allclose(found, [expected] * STATES, atol=1e-12)


def test_where_nothing_is_known_every_stance_is_as_likely() -> None:
    settings_ = {**SETTINGS, "absence_prior": 3.0}
    found = bloc_shares(question(Record.empty(), settings=settings_)).probabilities
    found = found[:, :3] / found[:, :3].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, [[1 / 3] * 3] * STATES, atol=1e-12)


def test_a_blocs_own_votes_on_the_precedents_are_pulled_towards_the_assembly() -> None:
    record = record_of({0: NO, 1: NO})
    alone = question(record, precedents=(precedent(),), discipline={"A": 1.0, "B": 0.0})
    found = bloc_shares(alone).probabilities
    # assembly: 191 yes, 2 no and a third each; bloc A: 2 no and 4 pseudo-votes of the assembly
    assembly = np.array([191 + 1 / 3, 1 / 3, 2 + 1 / 3]) / 194
    bloc = (np.array([0, 0, 2]) + 4 * assembly) / 6
    np.testing.assert_allclose(found[0, :3], bloc, atol=1e-12)


def test_a_precedent_counts_by_likeness_and_half_after_each_half_life() -> None:
    # no on a text of 4 years ago (two half-lives: a quarter) that is half alike: an eighth of a yes
    record = record_of({0: NO}, {})
    asked = question(
        record, precedents=(precedent(0, likeness=0.5, age=4.0), precedent(1)), as_of=AS_OF
    )
    expected = (0.125 * 1 + 0.5 * bloc_shares(asked).probabilities[0, NO]) / (0.5 + 1.125)
    assert precedents(asked).probabilities[0, NO] == pytest.approx(expected)


# Attendance


def test_absence_is_a_states_own_rate_pulled_towards_the_assemblys() -> None:
    day = cited_roll_calls().roll_call(0).date
    asked = question(
        record_of({0: ABSENT, 1: ABSENT}),
        as_of=day,
        settings={**SETTINGS, "absence_prior": 3.0},
    )
    # one roll call of today: two of 193 away; the assembly's rate has 1 in 20 beside
    rate = (2 + 1) / (193 + 20)
    np.testing.assert_allclose(absence_rates(asked)[:2], (1 + 3 * rate) / (1 + 3))
    np.testing.assert_allclose(absence_rates(asked)[2:], 3 * rate / (1 + 3))


def test_absence_of_late_counts_for_more() -> None:
    first, last = (cited_roll_calls().roll_call(row).date for row in (0, 1))
    years = (last - first).days / 365.25
    settings_ = {**SETTINGS, "absence_prior": 0.0, "absence_half_life": years}
    asked = question(record_of({0: ABSENT}, {1: ABSENT}), as_of=last, settings=settings_)
    # the earlier roll call is one half-life old: 0.5 / 1.5 and 1 / 1.5
    np.testing.assert_allclose(absence_rates(asked)[:3], [1 / 3, 2 / 3, 0.0], atol=1e-12)


def test_where_parameters_are_fitted_absence_is_pulled_to_the_state_s_own_rate_of_that_year() -> (
    None
):
    # ten votes each: all were absent from 2 of them, the first state from all
    attendance = np.zeros((len(ATTENDANCE), 2, STATES))
    attendance[ATTENDANCE.index(365.0)] = [
        [0.0] + [8.0] * (STATES - 1),
        [10.0] + [2.0] * (STATES - 1),
    ]
    rest = {field.name: np.zeros(0) for field in fields(StateProfile)[1:]}
    profile = StateProfile(0, **rest | {"attendance": attendance})
    asked = question(
        Record.empty(),
        settings=SETTINGS | {"absence_prior": 3.0},
        learned=SimpleNamespace(profile=profile),
    )
    everyone = (10 + 2 * 192) / (10 * 193)
    # nothing has been seen since, so that only the pull is left
    found = absence_rates(asked)
    assert found[0] == pytest.approx((10 + 3 * everyone) / (10 + 3))
    np.testing.assert_allclose(found[1:], (2 + 3 * everyone) / (10 + 3))


def test_a_state_that_was_not_yet_a_member_is_absent_as_the_assembly_is() -> None:
    settings_ = {**SETTINGS, "absence_prior": 3.0}
    asked = question(record_of({0: NOT_A_MEMBER}), settings=settings_)
    rate = 1 / (192 + 20)
    assert absence_rates(asked)[0] == pytest.approx(rate, rel=1e-6)


# Precedents


def test_a_states_own_votes_update_what_its_blocs_say() -> None:
    record = record_of({0: NO, 1: ABSTAIN})
    asked = question(record, precedents=(precedent(),))
    found, prior = precedents(asked).probabilities, bloc_shares(asked).probabilities
    own = np.eye(4)[[NO, ABSTAIN, YES]]
    # half a pseudo-vote of the blocs beside one vote of its own
    np.testing.assert_allclose(found[:3], (0.5 * prior[:3] + own) / 1.5, atol=1e-12)


@pytest.mark.parametrize("code", [ABSENT, NOT_A_MEMBER])
def test_a_state_silent_on_every_precedent_is_forecast_from_its_blocs(code: int) -> None:
    asked = question(record_of({0: code}), precedents=(precedent(),))
    asked = replace(asked, settings={**SETTINGS, "absence_prior": 1.0})
    np.testing.assert_allclose(
        precedents(asked).probabilities[0], bloc_shares(asked).probabilities[0], atol=1e-12
    )


def test_without_a_precedent_a_state_votes_as_its_blocs_do() -> None:
    asked = question(stances=DECLARED)
    found = precedents(asked).probabilities
    np.testing.assert_allclose(found, bloc_shares(asked).probabilities, atol=1e-12)


@pytest.mark.parametrize("model", ["bloc-shares", "precedents"])
@given(asked=questions(), state=st.integers(0, STATES - 1))
@settings(max_examples=15)
def test_a_no_turned_into_a_yes_makes_no_state_less_likely_to_say_yes(
    model: str, asked: Question, state: int
) -> None:
    likely = []
    for choice in (NO, YES):
        votes = asked.record.votes.copy()
        votes[asked.precedents[0].row, state] = choice
        turned = replace(asked, record=replace(asked.record, votes=votes))
        likely.append(MODELS[model](turned).probabilities[:, YES])
    assert (likely[1] >= likely[0] - 1e-12).all()


# Forecasts and their parts


def half(choice: Choice) -> FloatArray:
    """Half of one state's probability on one choice."""
    return np.eye(4)[[choice]] / 2


def test_parts_add_up_to_the_probabilities() -> None:
    forecast = Forecast((Part("bloc", "A", half(YES)), Part("attendance", "", half(ABSENT))))
    assert forecast.probabilities.tolist() == [[0.5, 0.0, 0.0, 0.5]]


@pytest.mark.parametrize(
    "adds",
    [
        [[0.5, 0.0, 0.0, 0.0]],
        [[0.5, 0.5, 0.5, 0.0]],
        [[1.5, -0.5, 0.0, 0.0]],
        [[np.nan, 0.5, 0.5, 0.0]],
    ],
    ids=["too little", "too much", "negative", "not a number"],
)
def test_parts_that_make_no_probabilities_are_refused(adds: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="state 0"):
        Forecast((Part("bloc", "A", np.array(adds)),))


def test_a_share_of_a_forecast_may_be_taken_from_elsewhere() -> None:
    forecast = Forecast((Part("bloc", "A", np.eye(4)[[YES, NO]]),))
    mixed = forecast.mixed("sponsor", "", np.array([0.0, 0.75]), np.array([0.8, 0.2, 0.0, 0.0]))
    np.testing.assert_allclose(mixed.probabilities, [[1.0, 0, 0, 0], [0.6, 0.15, 0.25, 0]])
    assert [part.kind for part in mixed.parts] == ["bloc", "sponsor"]
    # what was there before is scaled, so that the parts still add up
    np.testing.assert_allclose(mixed.parts[0].adds[1], [0, 0, 0.25, 0])
    np.testing.assert_allclose(forecast.probabilities, np.eye(4)[[YES, NO]])


def test_a_move_is_one_part_more() -> None:
    forecast = Forecast((Part("bloc", "A", np.eye(4)[[YES]]),))
    moved = forecast.moved("position", "the United States", np.array([[0.7, 0.3, 0.0, 0.0]]))
    np.testing.assert_allclose(moved.parts[1].adds, [[-0.3, 0.3, 0.0, 0.0]])


def test_choices_are_counted_by_weight_and_lost_votes_not_at_all() -> None:
    votes = np.array([[YES, NO, -1], [YES, ABSTAIN, -2], [NO, ABSENT, YES]], dtype=np.int8)
    found = weighted_choices(votes, [1.0, 0.5, 0.25])
    np.testing.assert_allclose(
        found, [[1.5, 0, 0.25, 0], [0, 0.5, 1.0, 0.25], [0.25, 0, 0, 0]], atol=1e-12
    )
