"""Scores and calibration: worked by hand, against their definitions, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.assembly.choices import LOST, NOT_A_MEMBER, Choice, FloatArray
from sim.skill.scores import (
    Statistic,
    bin_edges,
    calibration_error,
    closed_coverage,
    coverage,
    crps,
    difference,
    estimate,
    expected_counts,
    pit_histogram,
    pit_limits,
    present_only,
    quantiles,
    reliability,
    resampled_days,
    score_cells,
)
from sim.skill.scores.states import FLOOR
from sim.vote.outcomes import QUANTILES, summary

YES, ABSTAIN, NO, AWAY = Choice


@st.composite
def distributions(draw: st.DrawFn) -> FloatArray:
    weights = draw(st.lists(st.integers(0, 6), min_size=2, max_size=12).filter(any))
    return np.array(weights) / sum(weights)


def one(chances: list[float], vote: int) -> tuple[FloatArray, np.ndarray]:
    return np.array([[chances]]), np.array([[vote]])


def test_log_loss_is_minus_the_logarithm_of_what_happened() -> None:
    scores = score_cells(*one([0.1, 0.2, 0.3, 0.4], NO))
    assert scores.log_loss[0, 0] == pytest.approx(-np.log(0.3))


def test_what_was_ruled_out_costs_no_more_than_one_in_a_million() -> None:
    assert score_cells(*one([1.0, 0.0, 0.0, 0.0], NO)).log_loss[0, 0] == pytest.approx(
        -np.log(FLOOR)
    )


def test_brier_sums_the_squared_errors_of_all_choices() -> None:
    scores = score_cells(*one([0.1, 0.2, 0.3, 0.4], NO))
    assert scores.brier[0, 0] == pytest.approx(0.1**2 + 0.2**2 + 0.7**2 + 0.4**2)


def test_the_ranked_score_of_those_present_is_that_of_the_order_yes_abstention_no() -> None:
    # cumulative forecast 0.6, 0.9; what happened, no: 0, 0
    assert score_cells(*one([0.6, 0.3, 0.1], NO)).ranked[0, 0] == pytest.approx(0.6**2 + 0.9**2)
    # an abstention is nearer to either end than they are to each other
    assert score_cells(*one([0.6, 0.3, 0.1], ABSTAIN)).ranked[0, 0] == pytest.approx(
        0.6**2 + 0.1**2
    )


def test_absence_is_a_question_of_its_own_in_the_ranked_score() -> None:
    scores = score_cells(*one([0.5, 0.1, 0.2, 0.2], AWAY))
    assert scores.ranked[0, 0] == pytest.approx(0.5**2 + 0.2**2 + 0.8**2)


def test_states_that_are_no_members_and_lost_votes_are_not_scored() -> None:
    chances = np.full((1, 3, 4), 0.25)
    scores = score_cells(chances, np.array([[YES, NOT_A_MEMBER, LOST]]))
    assert scores.scored.tolist() == [[True, False, False]]
    for name in ("log_loss", "brier", "ranked", "right"):
        assert getattr(scores, name)[0, 1:].tolist() == [0.0, 0.0]


def test_the_likeliest_choice_has_to_be_made_to_be_right() -> None:
    assert score_cells(*one([0.1, 0.2, 0.3, 0.4], AWAY)).right[0, 0] == 1
    assert score_cells(*one([0.1, 0.2, 0.3, 0.4], NO)).right[0, 0] == 0


def test_given_presence_the_other_three_choices_keep_their_proportions() -> None:
    chances, votes = present_only(*one([0.3, 0.2, 0.1, 0.4], NO))
    assert chances[0, 0] == pytest.approx([0.3 / 0.6, 0.2 / 0.6, 0.1 / 0.6])
    assert votes.tolist() == [[NO]]


def test_the_absent_are_not_scored_among_those_present() -> None:
    _, votes = present_only(np.full((1, 3, 4), 0.25), np.array([[AWAY, LOST, ABSTAIN]]))
    assert votes.tolist() == [[-1, -1, ABSTAIN]]


def test_presence_that_was_ruled_out_leaves_the_three_choices_even() -> None:
    chances, _ = present_only(*one([0.0, 0.0, 0.0, 1.0], YES))
    assert chances[0, 0] == pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_crps_of_a_count_is_the_squared_distance_of_the_cumulative_distributions() -> None:
    # cumulative 0.25, 0.75, 1 against 0, 0, 1
    found = crps(np.array([[0.25, 0.5, 0.25]]), np.array([2]))
    assert found[0] == pytest.approx(0.25**2 + 0.75**2)


@given(distributions(), st.data())
def test_crps_is_mean_distance_less_half_the_mean_distance_of_two_draws(
    chances: FloatArray, data: st.DataObject
) -> None:
    # Gneiting & Raftery 2007, equation 21
    actual = data.draw(st.integers(0, len(chances) - 1))
    values = np.arange(len(chances))
    apart = np.abs(values[:, None] - values)
    energy = chances @ np.abs(values - actual) - chances @ apart @ chances / 2
    assert crps(chances[None], np.array([actual]))[0] == pytest.approx(energy, abs=1e-12)


@given(distributions())
def test_quantiles_and_mean_are_those_of_the_tables_of_outcomes(chances: FloatArray) -> None:
    told = summary(chances)
    assert expected_counts(chances[None])[0] == pytest.approx(told["mean"])
    for name, share in QUANTILES.items():
        assert quantiles(chances[None], share)[0] == told[name]


def test_a_count_on_the_edge_of_an_interval_is_inside_by_the_part_that_is() -> None:
    even = np.full((10, 10), 0.1)
    inside = coverage(even, np.arange(10), 0.5)
    # from 0.25 to 0.75 of the probability: half of the counts 2 and 7, all of 3 to 6
    assert inside == pytest.approx([0, 0, 0.5, 1, 1, 1, 1, 0.5, 0, 0])


@given(distributions(), st.sampled_from([0.5, 0.9]))
def test_a_calibrated_forecast_covers_just_its_level(chances: FloatArray, level: float) -> None:
    actual = np.arange(len(chances))
    forecasts = np.tile(chances, (len(chances), 1))
    assert chances @ coverage(forecasts, actual, level) == pytest.approx(level)
    assert chances @ closed_coverage(forecasts, actual, level) >= level - 1e-9


@given(distributions())
def test_the_transform_of_a_calibrated_forecast_is_flat(chances: FloatArray) -> None:
    actual = np.arange(len(chances))
    lower, upper = pit_limits(np.tile(chances, (len(chances), 1)), actual)
    heights = [pit_histogram(lower[[n]], upper[[n]], bins=4) for n in actual if chances[n] > 0]
    assert chances[chances > 0] @ np.array(heights) == pytest.approx([1, 1, 1, 1])


def test_a_count_that_was_given_no_probability_is_inside_only_between_those_that_were() -> None:
    split = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    assert coverage(split, np.array([1, 3]), 0.9).tolist() == [1.0, 0.0]


def test_reliability_sets_forecast_against_frequency_by_bin() -> None:
    chances, happened = np.array([0.05, 0.15, 0.15, 0.95]), np.array([False, False, True, True])
    table = reliability(chances, happened, edges=bin_edges(chances, "equal_width"))
    assert table["count"].tolist() == [1, 2, 0, 0, 0, 0, 0, 0, 0, 1]
    assert table.loc[1].tolist() == pytest.approx([0.15, 0.5, 2])
    assert table["frequency"].isna().sum() == 7


def test_calibration_error_weighs_bins_by_how_much_they_hold() -> None:
    chances = np.array([[0.15, 0.15, 0.15, 0.95]])
    happened = np.array([[True, False, False, False]])
    error = calibration_error(chances, happened, np.full((1, 4), True), width="equal_width")
    # three forecasts of 0.15 of which one came, one of 0.95 which did not
    assert float(error.value) == pytest.approx(0.75 * (1 / 3 - 0.15) + 0.25 * 0.95)


def test_errors_within_a_bin_cancel_but_those_of_two_bins_do_not() -> None:
    happened, scored = np.array([[True, False]]), np.full((1, 2), True)
    together = calibration_error(np.array([[0.48, 0.42]]), happened, scored, width="equal_width")
    apart = calibration_error(np.array([[0.52, 0.42]]), happened, scored, width="equal_width")
    assert float(together.value) == pytest.approx(0.05)
    assert float(apart.value) == pytest.approx(0.5 * 0.48 + 0.5 * 0.42)


def test_bins_of_equal_mass_hold_equally_many() -> None:
    chances = np.linspace(0, 0.2, 50)
    table = reliability(chances, chances > 1, edges=bin_edges(chances, "equal_mass"))
    assert table["count"].tolist() == [5] * 10


def test_a_mean_is_over_votes_and_not_over_roll_calls() -> None:
    mean = Statistic.ratio(np.array([10.0, 1.0]), np.array([10.0, 2.0]))
    assert float(mean.value) == pytest.approx(11 / 12)


def test_balanced_accuracy_leaves_out_a_choice_that_nobody_made() -> None:
    mean = Statistic.mean_share(np.array([[8.0, 1.0, 0.0]]), np.array([[10.0, 2.0, 0.0]]))
    assert float(mean.value) == pytest.approx((0.8 + 0.5) / 2)


def test_a_figure_of_nothing_is_no_number() -> None:
    assert np.isnan(
        estimate(Statistic.ratio(np.zeros(2), np.zeros(2)), resampled_days(range(2))).value
    )


def test_the_standard_error_of_a_mean_is_the_usual_one() -> None:
    values = np.arange(100.0)
    found = estimate(Statistic.ratio(values, np.ones(100)), resampled_days(range(100)))
    assert found.standard_error == pytest.approx(values.std() / np.sqrt(100), rel=0.1)


def test_votes_of_one_roll_call_do_not_make_a_figure_surer() -> None:
    values = np.arange(50.0)
    alone = estimate(Statistic.ratio(values, np.ones(50)), resampled_days(range(50)))
    many = estimate(Statistic.ratio(193 * values, np.full(50, 193.0)), resampled_days(range(50)))
    assert many.standard_error == pytest.approx(alone.standard_error)


def test_roll_calls_of_one_day_do_not_make_a_figure_surer() -> None:
    values = np.arange(50.0)
    alone = estimate(Statistic.ratio(values, np.ones(50)), resampled_days(range(50)))
    days = np.repeat(np.arange(50), 3)
    many = estimate(Statistic.ratio(values[days], np.ones(150)), resampled_days(days))
    assert many.standard_error == pytest.approx(alone.standard_error)


def test_of_one_day_no_standard_error_is_known() -> None:
    values, days = np.arange(6.0), [1, 1, 1, 2, 2, 3]
    first, both = (np.arange(6) < last for last in (3, 5))
    times = resampled_days(days)
    assert np.isnan(estimate(Statistic.ratio(values * first, first * 1.0), times).standard_error)
    assert estimate(Statistic.ratio(values * both, both * 1.0), times).standard_error > 0


def test_a_difference_is_surer_than_the_two_figures() -> None:
    values, times = np.arange(50.0) ** 2, resampled_days(range(50))
    one, other = (Statistic.ratio(values + shift, np.ones(50)) for shift in (0.0, 3.0))
    apart = difference(one, other, times)
    assert apart.value == pytest.approx(-3)
    assert apart.standard_error == pytest.approx(0, abs=1e-9)
    assert (apart.q05, apart.q95) == pytest.approx((-3, -3))
    assert estimate(one, times).standard_error > 50


def test_resamples_are_the_same_every_time_and_draw_every_roll_call_alike() -> None:
    first = resampled_days(range(40)).copy()
    for seed in range(9):  # nothing is kept of so many
        assert (resampled_days(range(40), seed=seed) != first).any()
    assert (resampled_days(range(40)) == first).all()
    assert (first.sum(axis=1) == 40).all()
    assert first.mean(axis=0) == pytest.approx(np.ones(40), abs=0.15)
