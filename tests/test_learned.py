"""The learned model: its features, its logits, its file, and that it never looks ahead."""

from __future__ import annotations

import datetime as dt
import functools
import re
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from made_records import open_record

from sim import files
from sim.assembly.choices import CHOICES, Choice, FloatArray
from sim.assembly.draft import DraftResolution
from sim.assembly.members import Members
from sim.models import MODELS, Precedent, Question
from sim.models.dependence.fit import FittedDependence
from sim.models.fitted import FittedParameters, RecordStamp, read_parameters, write_parameters
from sim.models.fitted.tables import logits_from, logits_table, toml_lines
from sim.models.forecast import Stance
from sim.models.history import decayed_sums
from sim.models.learned import rolling
from sim.models.learned.alike import neighbours, vectors
from sim.models.learned.asking import forecast_parts, nearest_roll_calls, precedents_for
from sim.models.learned.bends import with_bends
from sim.models.learned.blocs import BlocEvidence
from sim.models.learned.explaining import GROUPS, POSITION
from sim.models.learned.features import Asked, Columns, columns_of, us_columns
from sim.models.learned.logits import (
    PENALTY,
    Logit,
    NestedLogits,
    choices_from,
    fit_logit,
    fit_nested,
)
from sim.models.learned.model import (
    LearnedModel,
    fit_model,
    fit_with_forecasts,
    panel_before,
    profile_of,
)
from sim.models.learned.panel import panel_of
from sim.models.learned.pooling import Precedents, latest, nearest, smoothed
from sim.models.learned.rolling import forecasts_from, rolling_forecasts
from sim.models.learned.source import Source, day_number
from sim.models.learned.stages import WARM_UP, YEARS, Logits, fit_stages, heeded
from sim.models.learned.states import StateProfile
from sim.models.learned.texts.linking import linked_titles
from sim.models.learned.texts.titles import COLUMNS as HASHED
from sim.models.learned.texts.titles import Texts, hashed, likeness
from sim.models.learned.texts.vocabulary import Vocabulary
from sim.models.rolling import RollingForecasts, Us
from sim.models.window import forecasts_between
from sim.record import COLUMNS, OTHERS, Record
from sim.scenario.case import resolve
from sim.scenario.schema import read_scenario
from sim.vote.dependence import Dependence, SizeLaw

STATES = len(Members.load())
US = Members.load().row("USA")
TOPICS = ("Syrian Golan", "nuclear disarmament", "right to development", "law of the sea")
YES, ABSTAIN, NO, AWAY = CHOICES


def record_of(rows: list[dict[str, str]], votes: np.ndarray) -> Record:
    """A record in order of date and key; what a row does not say is empty."""
    frame = pd.DataFrame([dict.fromkeys(COLUMNS, "") | row for row in rows])
    frame = frame.assign(
        date=pd.to_datetime(frame["date"]),
        important=False,
        kind=frame["kind"].where(frame["kind"] != "", "whole"),
        key=[f"{number:04}" for number in range(len(frame))],
    )
    return Record(frame, votes, pd.DataFrame({name: [] for name in OTHERS}))


@functools.cache
def small_record() -> Record:
    """Four roll calls on each of three days a year, 2010-2014; each state has its habits."""
    chance = np.random.default_rng(5)
    habit = chance.dirichlet([3, 1, 1, 0.5], size=(len(TOPICS), STATES)).cumsum(axis=2)
    rows, votes = [], []
    for year in range(2010, 2015):
        for day in ("01-01", "05-20", "12-10"):
            for topic, title in enumerate(TOPICS):
                rows.append({"date": f"{year}-{day}", "title": title, "symbol": f"A/RES/{topic}"})
                votes.append((chance.random((STATES, 1)) > habit[topic, :, :3]).sum(axis=1))
    return record_of(rows, np.array(votes, np.int8))


@functools.cache
def small_model() -> LearnedModel:
    source, day = Source.of(small_record().before("2014-01-01")), day_number("2014-01-01")
    return fit_model(source, panel_before(source, day), day)


def profile_on(day: str) -> StateProfile:
    source, number = Source.of(small_record().before(day)), day_number(day)
    return profile_of(source, panel_before(source, number), number)


def forecasts(record: Record, us: Us, *, first: str, last: str, jobs: int = 1) -> FloatArray:
    return rolling_forecasts(record, first, last, us=us, jobs=jobs).probabilities


# Sums, shares and weights, worked by hand


def test_older_votes_count_half_for_each_half_life() -> None:
    votes = np.array([1.0, 1.0, 1.0])
    found = decayed_sums(votes, np.array([0, 10, 30]), at=np.array([20, 40]), half_life=10)
    np.testing.assert_allclose(found, [1 / 4 + 1 / 2, 1 / 16 + 1 / 8 + 1 / 2])


def test_votes_of_the_same_day_do_not_count() -> None:
    assert decayed_sums(np.ones(2), np.array([7, 7]), at=np.array([7]), half_life=1.0) == 0


def test_shares_are_pulled_to_the_wider_ones_by_pseudo_votes() -> None:
    wide, close = np.array([[8.0], [1], [1], [0]]), np.array([[0.0], [0], [1], [0]])
    steps = smoothed([wide, close], np.full((4, 1), 0.25), [10.0, 1.0])
    first = (np.array([8, 1, 1, 0]) + 10 * 0.25) / 20
    np.testing.assert_allclose(steps[0][:, 0], first)
    np.testing.assert_allclose(steps[1][:, 0], (np.array([0, 0, 1, 0]) + first) / 2)


def test_the_weightiest_precedents_are_kept_with_their_ties() -> None:
    precedents = Precedents(
        choices=np.zeros((4, 4, 1), np.float32),
        us=np.zeros(4, np.int64),
        ages=np.array([4.0, 0.0, 0.0, 0.0]),
        likeness=np.array([[1.0, 0.5, 0.5, 0.01]], np.float32),
        same=np.zeros((1, 4), bool),
    )
    np.testing.assert_allclose(nearest(precedents, 2, 4.0), [[1 / 2, 1 / 8, 1 / 8, 0]])


def test_the_latest_three_votes_on_a_title_count_the_later_the_more() -> None:
    same = np.array([[True, True, False, True, True]])
    likes, none = same.astype(np.float32), np.zeros((5, 4, 1), np.float32)
    five = Precedents(none, np.zeros(5, np.int64), np.zeros(5), likes, same)
    np.testing.assert_allclose(latest(five, 3, 0.6), [[0, 0.36, 0, 0.6, 1]])


def test_a_precedent_on_which_the_us_took_another_position_counts_a_tenth() -> None:
    profile, none = small_model().profile, np.zeros(1, bool)
    everybody_yes, everybody_no = (
        np.repeat(np.eye(4, dtype=np.float32)[[choice]], STATES, axis=0).T for choice in (YES, NO)
    )

    def features(times: int, of_us: Choice) -> Columns:
        """One precedent on which the US said no, and some on which everybody did."""
        size = 1 + times
        precedents = Precedents(
            choices=np.stack([everybody_yes, *[everybody_no] * times]),
            us=np.array([NO, *[of_us] * times]),
            ages=np.zeros(size),
            likeness=np.ones((1, size), np.float32),
            same=np.ones((1, size), bool),
        )
        return us_columns(profile, precedents, shares, np.array([NO]))

    asked = Asked(none, none, np.zeros((STATES, 0), bool), republican=False)
    nothing = np.zeros((0, 4, STATES), np.float32)
    empty = np.zeros((1, 0), np.float32)
    shares = columns_of(
        profile, Precedents(nothing, np.zeros(0, int), np.zeros(0), empty, empty > 0), asked
    )[1]
    once, ten_others = features(1, NO), features(10, YES)
    assert once.keys() == ten_others.keys()
    for name, values in once.items():
        np.testing.assert_allclose(values, ten_others[name], atol=1e-6, err_msg=name)


@pytest.mark.parametrize(("republican", "apart"), [(False, 0.0), (True, 0.75)])
def test_a_us_no_on_a_new_text_is_a_sign_of_its_own_under_each_party(
    republican: bool, apart: float
) -> None:
    profile, none = small_model().profile, np.zeros(1, bool)
    quarter = np.full((1, 1), 0.25, np.float32)
    everybody_yes = np.repeat(np.eye(4, dtype=np.float32)[[YES]], STATES, axis=0).T[None]
    one = Precedents(everybody_yes, np.array([YES]), np.zeros(1), quarter, quarter > 1)
    asked = Asked(none, none, np.zeros((STATES, 0), bool), republican)
    shares = columns_of(profile, one, asked)[1]
    for position in CHOICES:
        found = us_columns(profile, one, shares, np.array([position]))
        says_no = position == NO
        np.testing.assert_allclose(found["u_newN"], 0.75 * says_no)
        np.testing.assert_allclose(found["u_newN_rep"], apart * says_no)


def test_states_heed_a_known_us_vote_by_seven_tenths_and_the_us_keeps_to_it() -> None:
    def always(odds: float) -> NestedLogits:
        """The same log odds of voting yes, and then of no, for every state; half are away."""
        stages = [Logit(("lr",), np.zeros(1), np.ones(1), np.zeros(1), x) for x in (0.0, odds, 0.0)]
        return NestedLogits(*stages)

    # yes if present: 4/5 once the position is given, 1/5 while it is not
    logits = Logits(given=always(np.log(4)), unknown=always(-np.log(4)))
    zero, one = np.zeros((1, 2), np.float32), np.ones((1, 2), np.float32)
    columns = {"lr": zero, "u_usY": one, "u_usA": zero, "u_usN": zero}
    us, other = heeded(logits, columns, 0)[0]
    assert other[YES] == pytest.approx(0.5 * (0.7 * 4 / 5 + 0.3 * 1 / 5))
    assert other[AWAY] == pytest.approx(0.5)
    assert us[YES] == pytest.approx(0.97 + 0.03 * 0.5 * 4 / 5)


def test_attendance_of_a_part_of_the_session_is_kept_apart() -> None:
    _, season, *_ = Source.of(small_record()).standing(np.array([day_number("2012-01-02")]))
    days = [f"{year}-{day}" for year in (2010, 2011) for day in ("01-01", "05-20")]
    ages = [day_number("2012-01-02") - day_number(day) for day in (*days, "2012-01-01")]
    assert season[0, 0].sum() == pytest.approx(
        len(TOPICS) * STATES * (0.5 ** (np.array(ages) / 730)).sum()
    )
    assert not season[0, [1, 2, 4]].any()


def test_states_that_vote_alike_look_at_each_other() -> None:
    votes = np.array([[0, 0, 2, 2, 3]] * 30, np.int8)
    found = neighbours(votes)
    # squared difference 0 against 4, both pulled to 1/2 by 5 pseudo-votes
    near, far = np.exp(-np.array([5 * 0.5, 30 * 4 + 5 * 0.5]) / 35 / 0.06)
    unknown = np.exp(-0.5 / 0.06)
    weights = np.array([0, near, far, far, unknown])
    np.testing.assert_allclose(found[0], weights / weights.sum())
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_states_that_vote_against_each_other_lie_apart() -> None:
    votes = np.repeat(np.array([[0, 2], [2, 0]] * 20, np.int8), 15, axis=1)
    first = vectors(votes)[:, 1]
    assert (np.sign(first[:15]) == -np.sign(first[15:])).all()


# Texts


def test_an_ending_that_tells_the_outcome_leaves_no_trace() -> None:
    titles = ("Syrian Golan", "Syrian Golan : resolution / adopted by the General Assembly")
    rows = [{"date": "2010-01-01", "title": title} for title in titles]
    texts = Texts.of(record_of(rows, np.zeros((2, STATES), np.int8)))
    assert texts.names[0] == texts.names[1] == "syrian golan|whole"
    assert texts.words[0] == texts.words[1]


def test_a_part_of_a_text_takes_the_title_of_the_text_of_its_day() -> None:
    spoken = "The President: I shall now put to the vote operative paragraph 2."
    rows = [
        {"date": "2010-01-01", "symbol": "R/64/1", "title": spoken, "kind": "paragraph"},
        {"date": "2010-01-01", "symbol": "R/64/1", "title": "Syrian Golan"},
        {"date": "2010-01-02", "symbol": "R/64/1", "title": spoken, "kind": "paragraph"},
    ]
    texts = Texts.of(record_of(rows, np.zeros((3, STATES), np.int8)))
    assert texts.names == ("syrian golan|paragraph", "syrian golan|whole", "")


def test_the_nearest_roll_calls_are_strictly_earlier_and_the_weightiest_first() -> None:
    found = nearest_roll_calls(small_record(), "The Syrian Golan", "2012-05-20", count=5)
    rows = [near.row for near in found]
    assert rows == [24, 20, 16, 12, 8]
    assert all(round(near.likeness, 5) == 1 for near in found)
    years = (day_number("2012-05-20") - day_number("2012-01-01")) / 365.25
    assert found[0].weight == pytest.approx(0.5 ** (years / 4), abs=1e-5)


def test_words_of_one_stem_make_texts_alike() -> None:
    even = np.ones(HASHED, np.float32)
    likes = likeness(hashed(["ukrainian ports"]), hashed(["ukraine", "golan"]), even)
    # "ukrai~" is one of four terms there and one of two here, all counted once
    np.testing.assert_allclose(likes, [[1 / np.sqrt(4 * 2), 0]], rtol=1e-6)


def test_texts_of_one_emergency_special_session_are_alike_without_a_shared_word() -> None:
    rows = [
        {"date": "2022-03-02", "symbol": "A/RES/ES-11/1", "title": "Aggression"},
        {"date": "2022-03-03", "symbol": "A/RES/76/300", "title": "Drinking water"},
    ]
    source = Source.of(record_of(rows, np.zeros((2, STATES), np.int8)))
    of_session, of_none = (
        precedents_for(source, "The path to peace", day_number("2025-02-24"), symbol=symbol)
        for symbol in ("A/ES-11/L.11", "A/79/L.1")
    )
    np.testing.assert_allclose(of_session.likeness, [[0.3, 0]], atol=1e-6)
    assert not of_none.likeness.any()


def test_words_that_are_not_listed_count_as_the_average_of_those_left_out() -> None:
    found = Vocabulary.of(["golan a", "golan b", "golan b"]).common(3, also={"sea"})
    assert dict(found.counts) == {"golan": 3, "sea": 0}
    # once: a, golan a; twice: b, golan b
    assert found.others == (1 + 1 + 2 + 2) / 4


def test_a_roll_call_without_title_is_linked_to_the_text_on_which_states_voted_alike() -> None:
    one, other = (np.arange(STATES) % 2 * 2, np.arange(STATES) % 3)
    rows = [{"date": "2010-01-01", "title": title} for title in TOPICS[:2]]
    rows += [{"date": "2011-01-01"}, {"date": "2011-01-02"}]
    votes = np.array([one, other, other, np.zeros(STATES)], np.int8)
    record = record_of(rows, votes)
    assert linked_titles(record, Texts.of(record)) == {2: 1}


# Logits


def with_ones(features: npt.NDArray[np.floating]) -> FloatArray:
    return np.column_stack([np.ones(len(features)), features])


def test_without_penalty_a_logit_on_one_mark_has_the_log_odds_of_its_two_groups() -> None:
    mark = np.repeat([0.0, 1.0], 40)[:, None].astype(np.float32)
    hit = np.concatenate([np.arange(40) < 10, np.arange(40) < 30])
    like = Logit(("mark",), np.zeros(1), np.ones(1), np.zeros(1), 0.0)
    found = fit_logit(with_ones(mark), hit, np.ones(80), like=like, penalty=1e-9)
    assert found.intercept == pytest.approx(np.log(10 / 30), abs=1e-4)
    assert found.weights[0] == pytest.approx(np.log(30 / 10) - np.log(10 / 30), abs=1e-4)


def test_where_a_fit_to_many_cells_begins_does_not_show_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(7)
    table = random.normal(size=(30_000, 3))
    hit = random.random(30_000) < 1 / (1 + np.exp(-table @ [2.0, -1.0, 0.0]))
    like = Logit(("a", "b", "c"), np.zeros(3), np.ones(3), np.zeros(3), 0.0)
    weights = random.random(30_000)
    near = fit_logit(with_ones(table), hit, weights, like=like)
    monkeypatch.setattr(sys.modules["sim.models.learned.logits"], "_LEAST", 10**9)
    np.testing.assert_allclose(
        near.weights,
        fit_logit(with_ones(table), hit, weights, like=like).weights,
        rtol=1e-6,
        atol=1e-8,
    )


def test_a_ridge_logit_is_that_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    chance = np.random.default_rng(3)
    table = chance.normal(size=(500, 3)).astype(np.float32)
    hit = chance.random(500) < 1 / (1 + np.exp(-table @ [1.0, -2.0, 0.0]))
    weights = chance.random(500)
    like = Logit(("a", "b", "c"), np.zeros(3), np.ones(3), np.zeros(3), 0.0)
    found = fit_logit(with_ones(table), hit, weights, like=like)
    theirs = LogisticRegression(C=1 / PENALTY, tol=1e-8).fit(table, hit, sample_weight=weights)
    np.testing.assert_allclose(found.weights, theirs.coef_[0], atol=1e-3)
    assert found.intercept == pytest.approx(theirs.intercept_[0], abs=1e-3)


def test_a_fit_does_not_hang_on_the_order_in_which_its_cells_are_summed() -> None:
    chance = np.random.default_rng(4)
    table = chance.normal(size=(20_000, 4)).astype(np.float32)
    hit = chance.random(20_000) < 1 / (1 + np.exp(-table @ [1.0, -2.0, 0.5, 0.0]))
    like = Logit(tuple("abcd"), np.zeros(4), np.ones(4), np.zeros(4), 0.0)
    one, other = (
        fit_logit(with_ones(table[order]), hit[order], np.ones(20_000), like=like)
        for order in (slice(None), chance.permutation(20_000))
    )
    np.testing.assert_allclose(one.weights, other.weights, atol=1e-9)
    # at the minimum the slope of the loss is none
    missed = hit - 1 / (1 + np.exp(-(table @ one.weights + one.intercept)))
    np.testing.assert_allclose(table.T @ missed, PENALTY * one.weights, atol=1e-6)


def test_the_three_steps_multiply() -> None:
    odds = (np.log(np.array(each)) for each in (1 / 4, 3.0, 1 / 2))
    np.testing.assert_allclose(
        choices_from(*odds), [4 / 5 * 3 / 4, 4 / 5 * 1 / 4 * 2 / 3, 4 / 5 * 1 / 4 * 1 / 3, 1 / 5]
    )


def test_a_feature_far_out_counts_as_six_standard_deviations() -> None:
    logit = Logit(("a",), np.array([1.0]), np.array([2.0]), np.array([0.5]), 0.25)
    column = {"a": np.array([3.0, 1e6])}
    np.testing.assert_allclose(logit.log_odds(column.__getitem__), [0.25 + 0.5, 0.25 + 3.0])


def test_an_effect_that_starts_at_a_bend_is_found_there() -> None:
    # log odds 0 up to the middle, then 1 for each step: a bend with coefficient 1, straight none
    x = np.tile(np.linspace(-3, 3, 61), 2000)
    hit = np.random.default_rng(1).random(len(x)) < 1 / (1 + np.exp(-np.maximum(x, 0)))
    votes = np.where(hit, Choice.YES, Choice.NO).astype(np.int64)
    column = {"lr": x}.__getitem__
    names = with_bends(column, ["lr"])
    found = fit_nested(column, votes, np.ones(len(x)), names=[["lr"], names, ["lr"]]).yes
    assert names == ["lr", "lr>-2.4", "lr>0", "lr>2.4"]
    steps = np.cumsum(found.weights / found.deviations)  # slope beyond each bend
    assert steps[1] == pytest.approx(0, abs=0.1)
    assert steps[2] == pytest.approx(1, abs=0.1)


def test_bends_are_pulled_to_nothing_harder_than_straight_effects() -> None:
    x = np.random.default_rng(2).normal(size=(400, 1)).astype(np.float32)
    hit = x[:, 0] > 0
    straight, bend = (
        fit_logit(
            with_ones(x),
            hit,
            np.ones(400),
            like=Logit((name,), np.zeros(1), np.ones(1), np.zeros(1), 0.0),
        )
        for name in ("lr", "lr>0.5")
    )
    assert 0 < bend.weights[0] < straight.weights[0] / 2


def test_logits_with_bends_are_read_back_as_they_were_written() -> None:
    bent = Logit(("lr", "lr>-0.25"), np.zeros(2), np.ones(2), np.array([1.0, -2.0]), 0.5)
    text = "\n".join(toml_lines(logits_table(NestedLogits(bent, bent, bent))))
    column = {"lr": np.array([-1.0, 0.75])}.__getitem__
    found = logits_from(tomllib.loads(text)).no.log_odds(column)
    np.testing.assert_allclose(found, [0.5 - 1.0, 0.5 + 0.75 - 2.0 * 1.0])


# No look ahead


@pytest.mark.parametrize("us", ["given", "unknown"])
@pytest.mark.parametrize("day", ["2013-01-01", "2013-05-20", "2014-12-10"])
def test_nothing_of_the_day_or_later_reaches_a_forecast(us: Us, day: str) -> None:
    record = small_record()
    frame, votes = record.roll_calls.copy(), record.votes.copy()
    later, ahead = record.dates > np.datetime64(day), record.dates >= np.datetime64(day)
    chance = np.random.default_rng(9)
    votes[ahead] = chance.integers(-2, 4, size=votes[ahead].shape)
    if us == "given":
        votes[ahead & ~later, US] = record.votes[ahead & ~later, US]
    frame.loc[later, ["title", "kind", "symbol"]] = ["garbage", "amendment", "R/1/1"]
    frame.loc[ahead, "important"] = True
    frame.loc[ahead, ["issues", "agenda"]] = ["me", ""]
    corrupted = Record(frame, votes, record.others)
    found = [forecasts(each, us, first=day, last=day) for each in (record, corrupted)]
    assert found[0].shape == (len(TOPICS), STATES, len(CHOICES))
    assert found[0].tobytes() == found[1].tobytes()


@pytest.mark.parametrize("us", ["given", "unknown"])
def test_later_days_in_the_record_change_no_byte_of_a_forecast(us: Us) -> None:
    record = small_record()
    whole = rolling_forecasts(record, "2012-01-01", "2014-12-31", us=us)
    part = rolling_forecasts(record.before("2013-06-01"), "2012-01-01", "2013-05-20", us=us)
    assert whole.probabilities[: len(part)].tobytes() == part.probabilities.tobytes()


def test_the_vote_of_the_united_states_counts_only_if_it_is_given() -> None:
    record, day = small_record(), "2014-01-01"
    votes = record.votes.copy()
    votes[record.dates == np.datetime64(day), US] = (votes[-1, US] + 1) % 3
    other = Record(record.roll_calls, votes, record.others)
    given, unknown = (
        [forecasts(each, us, first=day, last=day) for each in (record, other)]
        for us in ("given", "unknown")
    )
    assert given[0].tobytes() != given[1].tobytes()
    assert unknown[0].tobytes() == unknown[1].tobytes()


@pytest.mark.parametrize("us", ["given", "unknown"])
def test_two_workers_give_the_same_bytes_as_one(us: Us) -> None:
    found = [
        forecasts(small_record(), us, first="2012-01-01", last="2014-12-31", jobs=jobs)
        for jobs in (1, 2)
    ]
    assert found[0].tobytes() == found[1].tobytes()


def test_a_linked_title_never_serves_the_roll_call_itself() -> None:
    record = small_record()
    frame = record.roll_calls.copy()
    frame.loc[frame["date"] == "2013-05-20", "title"] = ""
    bare = Record(frame, record.votes, record.others)
    votes = bare.votes.copy()
    votes[record.dates == np.datetime64("2013-05-20")] = YES
    votes[:, US] = bare.votes[:, US]
    one, other = (
        rolling_forecasts(each, "2013-05-20", "2013-05-20", us="given")
        for each in (bare, Record(bare.roll_calls, votes, bare.others))
    )
    assert (one.novelty == 1).all()
    assert not one.recurring.any()
    assert one.probabilities.tobytes() == other.probabilities.tobytes()


def test_what_comes_up_again_is_told_from_what_is_new() -> None:
    found = rolling_forecasts(small_record(), "2011-01-01", "2011-01-01", us="given")
    assert found.recurring.all()
    np.testing.assert_allclose(found.novelty, 0, atol=1e-6)
    assert found.rows.tolist() == [12, 13, 14, 15]


def test_a_year_with_nothing_before_it_cannot_be_forecast() -> None:
    with pytest.raises(ValueError, match="no titled roll call in the 10 years before 2010-01-01"):
        rolling_forecasts(small_record(), "2010-01-01", "2010-12-31", us="given")


# Any model asked about the texts of a record


def test_a_model_is_asked_on_the_eve_of_a_vote_and_told_how_unfamiliar_the_text_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, asked = MODELS["bloc-shares"], []
    spied = replace(model, forecast=lambda question: asked.append(question) or model(question))  # type: ignore[func-returns-value]
    monkeypatch.setattr("sim.models.window.MODELS", {"bloc-shares": spied})
    day = "2014-01-01"
    given, unknown = (
        forecasts_between("bloc-shares", small_record(), day, day, us=us)
        for us in ("given", "unknown")
    )
    assert len(asked) == 2 * len(TOPICS)
    for question in asked:
        assert question.as_of == dt.date(2013, 12, 31)
        assert question.record.dates.max() == np.datetime64("2013-12-10")
    # every title has come up before, word for word
    assert given.novelty.tolist() == pytest.approx([0] * len(TOPICS), abs=1e-6)
    # a position that is given is taken for the vote with 97 %, and leaves the others as they were
    taken = np.eye(4)[small_record().votes[given.rows, US]]
    expected = 0.97 * taken + 0.03 * unknown.probabilities[:, US]
    np.testing.assert_allclose(given.probabilities[:, US], expected, atol=1e-9)


def test_the_learned_model_answers_where_nothing_is_cited_at_all() -> None:
    model, none = small_model(), Record.empty()
    question = Question(
        DraftResolution("A/1", "Law of the sea", dt.date(2014, 1, 1), "simple"),
        dt.date(2013, 12, 31),
        np.zeros((STATES, 0), bool),
        (),
        none,
        learned=model,
    )
    chances = MODELS["learned"](question).probabilities
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert (chances > 0).all()


@pytest.mark.parametrize(
    ("as_of", "republican"), [("2024-11-01", False), ("2024-11-06", True), ("2025-02-23", True)]
)
def test_who_will_govern_the_united_states_counts_once_it_is_known(
    as_of: str, republican: bool
) -> None:
    case = resolve(
        read_scenario("anniversary-2025").model_copy(
            update={
                "as_of": dt.date.fromisoformat(as_of),
                "parameters": "2023-01-01",
                "precedents": "auto",
                "model": "learned",
            }
        )
    )
    assert case.question.republican is republican
    # a no of the United States on a text that is like none means more yes under a Republican
    no = replace(case.question, us_vote=NO, precedents=(), record=Record.empty())
    under = [MODELS["learned"](replace(no, republican=one)) for one in (False, True)]
    assert under[0].probabilities[:, YES].sum() + 10 < under[1].probabilities[:, YES].sum()


# A profile in place of the record


@pytest.mark.parametrize("us", ["given", "unknown"])
def test_the_profile_gives_the_forecast_that_the_record_gives(us: Us) -> None:
    day = day_number("2014-01-01")
    source = Source.of(small_record())
    rolled = rolling_forecasts(small_record(), "2014-01-01", "2014-01-01", us=us)
    for place, row in enumerate(rolled.rows):
        title = small_record().roll_call(int(row)).title
        precedents = precedents_for(source, title, day, vocabulary=small_model().vocabulary)
        position = Choice(source.us[row]) if us == "given" else None
        model = small_model()
        parts = forecast_parts(model.logits, model.profile, precedents, us=position)
        assert set(parts) == {*GROUPS, POSITION}
        np.testing.assert_allclose(sum(parts.values()), rolled.probabilities[place], atol=1e-6)


def test_a_longer_panel_changes_neither_the_model_nor_its_earlier_forecasts() -> None:
    day, since = day_number("2014-01-01"), day_number("2013-12-01")
    source = Source.of(small_record().before("2014-01-01"))
    model, found = fit_with_forecasts(source, day, since=since)
    alone = fit_model(source, panel_before(source, day), day)
    for one, other in zip(model.logits.given.stages, alone.logits.given.stages, strict=True):
        assert one.weights.tobytes() == other.weights.tobytes()
    assert model.profile.drift.tobytes() == alone.profile.drift.tobytes()
    rolled = rolling_forecasts(small_record(), "2013-12-01", "2013-12-31", us="given")
    assert len(found) > 0
    np.testing.assert_array_equal(found.rows, rolled.rows)
    np.testing.assert_array_equal(found.probabilities, rolled.probabilities)


def test_a_profile_fades_as_votes_do() -> None:
    earlier, later = (profile_on(day) for day in ("2013-12-11", "2014-01-01"))
    faded = earlier.at(later.day)
    for name in ("attendance", "season", "by_us", "few_against", "drift"):
        np.testing.assert_allclose(getattr(faded, name), getattr(later, name), atol=1e-9)


def test_a_profile_is_not_turned_back() -> None:
    with pytest.raises(ValueError, match="2013-12-31 is earlier than the profile of the states"):
        small_model().profile.at(day_number("2013-12-31"))


def test_the_model_of_scenarios_finds_precedents_by_their_words_or_takes_those_named() -> None:
    question = Question(
        resolution=DraftResolution("A/1", "Law of the sea", dt.date(2014, 1, 1), "simple"),
        as_of=dt.date(2013, 12, 31),
        blocs=np.zeros((STATES, 0), bool),
        bloc_codes=(),
        record=small_record().before("2014-01-01"),
        learned=small_model(),
        us_vote=NO,
    )
    forecast = MODELS["learned"](question)
    assert [part.kind for part in forecast.parts] == [*GROUPS, POSITION]
    np.testing.assert_allclose(forecast.probabilities.sum(axis=1), 1)
    other = MODELS["learned"](replace(question, us_vote=YES))
    assert not np.allclose(other.probabilities, forecast.probabilities)
    with pytest.raises(ValueError, match="needs fitted parameters"):
        MODELS["learned"](replace(question, learned=None))


def test_a_vote_on_a_text_judged_half_alike_weighs_half_as_much_as_one_on_the_same_text() -> None:
    # the weight of a precedent is the third power of the likeness of titles, 0.5 = 0.7937^3
    question = replace(
        bloc_question(slice(0)),
        resolution=DraftResolution("A/1", "Rules for the seabed", dt.date(2014, 1, 1), "simple"),
    )
    cited = Precedent("A/2", row=3, likeness=0.5, age=1.0)
    judged = MODELS["learned"](replace(question, precedents=(cited,)))
    by_words = replace(cited, likeness=0.5 ** (1 / 3), judged=False)
    same = MODELS["learned"](replace(question, precedents=(by_words,)))
    np.testing.assert_allclose(judged.probabilities, same.probabilities, atol=1e-6)
    less = MODELS["learned"](replace(question, precedents=(replace(cited, judged=False),)))
    assert np.abs(judged.probabilities - less.probabilities).max() > 1e-3


# Blocs


def bloc_question(members: slice, **changes: object) -> Question:
    """A vote on the law of the sea; one bloc, which has these states."""
    blocs = np.zeros((STATES, 1), bool)
    blocs[members] = True
    return Question(
        resolution=DraftResolution("A/1", "Law of the sea", dt.date(2014, 1, 1), "simple"),
        as_of=dt.date(2013, 12, 31),
        blocs=blocs,
        bloc_codes=("SEA",),
        record=small_record().before("2014-01-01"),
        learned=small_model(),
        **changes,  # type: ignore[arg-type]
    )


def test_a_state_hears_the_other_members_of_its_bloc_and_not_itself() -> None:
    # three members, of which two say yes; one state beside the bloc; the assembly counts as two
    shares = np.zeros((1, 4, 4))
    shares[0, YES, :2] = shares[0, NO, 2:] = 1
    found = BlocEvidence.of(shares, np.array([[True], [True], [True], [False]]))
    yes = (np.array([1, 1, 2]) + 2 * 0.5) / (2 + 2)
    expected = np.log((yes + 1e-4) / (1 - yes + 1e-4))
    np.testing.assert_allclose(found.odds["bl_y"][0, :3, 1], expected)
    np.testing.assert_allclose(found.weights[0], [[0, 1], [0, 1], [0, 1], [1, 0]])


def test_a_bloc_whose_members_agree_counts_for_more_than_one_that_is_split() -> None:
    shares = np.zeros((1, 4, 9))
    shares[0, YES, :5] = 1
    shares[0, NO, 5:] = 1
    blocs = np.zeros((9, 2), bool)
    blocs[[0, 1, 2, 3], 0] = True
    blocs[[0, 4, 5, 6], 1] = True
    weights = BlocEvidence.of(shares, blocs).weights[0, 0]
    assert weights[1] > 3 * weights[2]


def test_another_membership_makes_another_forecast() -> None:
    one, other = (MODELS["learned"](bloc_question(slice(*ends))) for ends in ((0, 20), (0, 40)))
    moved = np.abs(one.probabilities - other.probabilities).max(axis=1)
    assert moved[20:40].min() > 1e-6


def test_what_each_bloc_adds_is_a_part_of_its_members_alone() -> None:
    parts = {
        (part.kind, part.name): part.adds
        for part in MODELS["learned"](bloc_question(slice(0, 20))).parts
    }
    adds = parts["bloc", "SEA"]
    assert np.abs(adds[:20]).max(axis=1).min() > 1e-6
    assert not adds[20:].any()


@pytest.mark.parametrize("discipline", [0.0, 0.5, 1.0])
def test_an_announced_line_moves_members_as_far_as_discipline_goes(discipline: float) -> None:
    line = Stance(np.array([0.0, 0.0, 1.0]), discipline)
    plain = MODELS["learned"](bloc_question(slice(0, 20))).probabilities
    moved = MODELS["learned"](bloc_question(slice(0, 20), stances={"SEA": line})).probabilities
    here = plain[:20, :AWAY].sum(axis=1)
    expected = (1 - discipline) * plain[:20, NO] + discipline * here
    np.testing.assert_allclose(moved[:20, NO], expected)
    np.testing.assert_allclose(moved[:, AWAY], plain[:, AWAY])
    np.testing.assert_allclose(moved[20:], plain[20:])


# The parameter file


@functools.cache
def parameters() -> FittedParameters:
    chance = np.random.default_rng(2)
    assembly, bloc, attendance = chance.random((3, STATES))
    groups = np.arange(STATES) % 2
    return FittedParameters(
        as_of=dt.date(2014, 1, 1),
        made_by='unga-sim fit "a record.parquet" --as-of 2014-01-01',
        record=RecordStamp(48, dt.date(2010, 1, 1), dt.date(2013, 12, 10), "0" * 64),
        model=small_model(),
        dependences={
            "learned": FittedDependence(
                Dependence(("east", "west"), groups, assembly, bloc, attendance),
                SizeLaw(-0.3, 0.7, 1.2, 0.2),
                SizeLaw(0.0, 0.0, 0.0, 0.0),
                40,
            )
        },
    )


def test_parameters_come_back_from_their_file(tmp_path: Path) -> None:
    place, again = tmp_path / "parameters.toml", tmp_path / "again.toml"
    write_parameters(parameters(), place)
    found = read_parameters(place)
    write_parameters(found, again)
    assert place.read_bytes() == again.read_bytes()
    assert (found.as_of, found.made_by, found.record) == (
        parameters().as_of,
        parameters().made_by,
        parameters().record,
    )
    assert found.model.vocabulary == parameters().model.vocabulary
    ours, theirs = (each.dependence_of("learned") for each in (parameters(), found))
    assert theirs.stance == ours.stance
    for name in ("attendance", "by_us", "few_against", "drift", "vectors", "neighbours"):
        mine = getattr(parameters().model.profile, name)
        np.testing.assert_allclose(getattr(found.model.profile, name), mine, rtol=1e-4, atol=1e-4)
    for mine, its in zip(
        parameters().model.logits.given.stages, found.model.logits.given.stages, strict=True
    ):
        assert its.names == mine.names
        np.testing.assert_allclose(its.weights, mine.weights, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(theirs.dependence.bloc, ours.dependence.bloc, atol=1e-4)
    assert theirs.dependence.groups == ("east", "west")


@pytest.mark.parametrize(
    ("pattern", "instead", "message"),
    [
        ("version = 4", "version = 9", "version: 9, 4 is wanted"),
        (r"\[states.AFG\]", "[states.XYZ]", "every member state must be listed once: AFG, XYZ"),
        ("made_by", "maid_by", "no 'made_by'"),
        (r"\[logits.given.yes\]", "[logits.given.maybe]", "no 'yes'"),
        (r"as_of = 2014-01-01", "as_of = 2014-13-01", "(at line 16,"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(
    tmp_path: Path, pattern: str, instead: str, message: str
) -> None:
    place = tmp_path / "parameters.toml"
    write_parameters(parameters(), place)
    text = place.read_text()
    assert re.search(pattern, text)
    place.write_text(re.sub(pattern, instead, text, count=1))
    with pytest.raises(files.FileError, match=f"parameters.toml: .*{re.escape(message)}"):
        read_parameters(place)


def test_even_logits_know_nothing() -> None:
    even = Logit((), np.empty(0), np.empty(0), np.empty(0), 0.0)
    columns: dict[str, FloatArray] = {}
    found = NestedLogits(even, even, even).probabilities(columns.__getitem__, shape=(2, 3))
    np.testing.assert_allclose(found, np.broadcast_to([0.25, 0.125, 0.125, 0.5], (2, 3, 4)))


# The real record


@pytest.fixture(scope="module")
def real_record(shared_data: Path) -> Record:
    """The roll calls of 2008-2019."""
    return open_record(shared_data).between("2008-01-01", "2019-12-31")


@pytest.fixture(scope="module")
def of_two_years(real_record: Record) -> dict[Us, RollingForecasts]:
    """Forecasts of 2018 and 2019 with and without the US vote, of one panel and one fit a year."""
    known = Source.of(real_record.before("2020-01-01"))
    first, until = 2018 - YEARS - WARM_UP, day_number("2020-01-01")
    panel, day = panel_of(known, first=first, until=until, supposed_from=2018), "2018-01-01"
    with pytest.MonkeyPatch.context() as patch:
        # the panel is one and the same
        fits = functools.cache(lambda day: fit_stages(panel, day))
        patch.setattr(rolling, "fit_stages", lambda _, day: fits(day))
        return {us: forecasts_from(panel, day_number(day), us=us) for us in get_args(Us)}


@pytest.mark.parametrize(("us", "asked"), [("given", 0.42), ("unknown", 0.45)])
def test_forecasts_of_2018_and_2019_are_as_good_as_asked(
    real_record: Record, of_two_years: dict[Us, RollingForecasts], us: Us, asked: float
) -> None:
    found = of_two_years[us]
    votes = real_record.votes[found.rows]
    member = votes >= 0
    hit = np.take_along_axis(found.probabilities, np.maximum(votes, 0)[..., None].astype(int), 2)
    assert -np.log(hit[..., 0][member]).mean() < asked
