from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr
from strategies import assembly_of, ballots, moved_by, probabilities

from sim.assembly.choices import Choice, FloatArray
from sim.vote.ballot import (
    TOLERANCE,
    Ballot,
    cast,
    check_probabilities,
    count,
    given_shared,
    hold,
    hold_together,
    thresholds,
)
from sim.vote.chance import BLOCK, Chance, Float32Array, Noise
from sim.vote.dependence import Dependence, Size
from sim.vote.influence import UNCERTAINTIES
from sim.vote.shared import Latent, latent

YES, ABSTAIN, NO, ABSENT = Choice


def noise_for(dependence: Dependence, *, draws: int = 64) -> Noise:
    """A block of chance for an assembly."""
    factors = dependence.factor_count + UNCERTAINTIES
    return Chance(seed=5, draws=draws, states=len(dependence.group), factors=factors).block(0)


def at(support: list[list[float]], absence: list[list[float]]) -> Latent:
    """Latent values that are written down instead of drawn."""
    up, away = np.array(support, dtype=np.float32), np.array(absence, dtype=np.float32)
    return Latent(up, away)


# What probabilities may be


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ([[0.5, 0.5, 0.0]], r"shape \(1, 3\): expected \[state, choice\]"),
        ([0.25, 0.25, 0.25, 0.25], r"shape \(4,\)"),
        ([[1.5, -0.5, 0.0, 0.0]], "outside 0 to 1"),
        ([[np.nan, 0.5, 0.5, 0.0]], "outside 0 to 1"),
        ([[1, 0, 0, 0], [0.5, 0.4, 0.0, 0.0]], "probabilities of state 1 sum to"),
    ],
)
def test_what_are_no_probabilities_is_refused(table: list[list[float]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check_probabilities(np.array(table, dtype=float))
    with pytest.raises(ValueError, match=says):
        thresholds(np.array(table, dtype=float))


def test_the_message_gives_the_sum_itself() -> None:
    with pytest.raises(ValueError, match=r"state 0 sum to 0\.9"):
        check_probabilities(np.array([[0.3, 0.3, 0.3, 0.0]]))


def test_a_sum_may_be_off_by_rounding_and_no_states_are_no_problem() -> None:
    check_probabilities(np.array([[0.5 + TOLERANCE / 2, 0.5, 0.0, 0.0]]))
    check_probabilities(np.zeros((0, 4)))


# Thresholds


def test_thresholds_are_normal_quantiles_of_the_probabilities() -> None:
    # absent 0.1587 = P(Z > 1); of those present half yes, and P(Z < -1) no
    away, against = 1 - ndtr(1.0), ndtr(-1.0)
    row = [(1 - away) * 0.5, (1 - away) * (0.5 - against), (1 - away) * against, away]
    found = thresholds(np.array([row]))
    np.testing.assert_allclose(
        [found.absent_above[0], found.yes_above[0], found.no_below[0]], [1.0, 0.0, -1.0], atol=1e-12
    )


@given(chances=probabilities(3))
def test_yes_lies_above_no_and_what_is_impossible_has_no_room(chances: FloatArray) -> None:
    found = thresholds(chances)
    present = chances[:, ABSENT] < 1
    # rounding may put the two a hair the wrong way round where nobody abstains
    assert (found.yes_above >= found.no_below - 1e-12)[present].all()
    assert (found.absent_above[chances[:, ABSENT] == 0] == np.inf).all()
    assert (found.absent_above[chances[:, ABSENT] == 1] == -np.inf).all()
    assert (found.yes_above[chances[:, YES] == 0] == np.inf).all()
    assert (found.no_below[chances[:, NO] == 0] == -np.inf).all()


@given(chances=probabilities(3))
def test_an_unmoved_state_that_shares_nothing_has_its_own_probabilities(
    chances: FloatArray,
) -> None:
    found = given_shared(thresholds(chances), np.zeros(3), np.zeros(3), own=(np.ones(3),) * 2)
    np.testing.assert_allclose(found.T, chances, atol=1e-12)


# Casting


def test_support_decides_between_yes_abstention_and_no() -> None:
    # a quarter yes, half abstain, a quarter no, nobody absent: thresholds at +-0.6745
    row = np.array([[0.25, 0.5, 0.25, 0.0]])
    drawn = at([[0.7], [0.6], [0.0], [-0.6], [-0.7]], [[9.0]] * 5)
    assert cast(row, drawn).ravel().tolist() == [YES, ABSTAIN, ABSTAIN, ABSTAIN, NO]


def test_whoever_stays_away_does_not_vote_whatever_the_support() -> None:
    row = np.array([[0.25, 0.0, 0.25, 0.5]])
    drawn = at([[3.0], [-3.0], [3.0], [-3.0]], [[0.1], [0.1], [-0.1], [-0.1]])
    assert cast(row, drawn).ravel().tolist() == [ABSENT, ABSENT, YES, NO]


@pytest.mark.parametrize("choice", Choice)
def test_a_certain_vote_is_cast_in_every_draw_and_under_any_push(choice: Choice) -> None:
    dependence = Dependence.independent(2)
    drawn = latent(noise_for(dependence, draws=BLOCK), dependence)
    certain = np.eye(len(Choice))[[choice, choice]]
    push: Float32Array = np.full(drawn.support.shape, 2.0, dtype=np.float32)
    for shift in (None, push, -push):
        votes = cast(certain, drawn, support_shift=shift, absence_shift=shift)
        assert (votes == choice).all()


@given(chances=probabilities(2))
@settings(max_examples=30)
def test_what_has_no_probability_is_never_cast(chances: FloatArray) -> None:
    dependence = Dependence(("all",), np.zeros(2, int), *np.full((3, 2), 0.7))
    votes = cast(chances, latent(noise_for(dependence, draws=512), dependence))
    for state, choice in np.argwhere(chances == 0):
        # where nobody abstains the two thresholds may differ by one unit of rounding
        assert (votes[:, state] == choice).mean() <= (1 / 512 if choice == ABSTAIN else 0)


def test_a_push_moves_a_state_across_its_thresholds() -> None:
    row = np.array([[0.25, 0.5, 0.25, 0.0]])
    drawn = at([[0.0]] * 3, [[0.0]] * 3)
    push = np.array([[1.0], [0.5], [-1.0]], dtype=np.float32)
    assert cast(row, drawn, support_shift=push).ravel().tolist() == [YES, ABSTAIN, NO]
    away = np.array([[0.5, 0.0, 0.0, 0.5]])
    assert cast(away, drawn, absence_shift=push).ravel().tolist() == [ABSENT, ABSENT, YES]


# Counting


def test_a_tally_counts_each_choice() -> None:
    votes = np.array([[0, 0, 1, 2, 3], [3, 3, 3, 3, 3], [0, 0, 0, 0, 0]], dtype=np.int8)
    assert count(votes).tolist() == [[2, 1, 1, 1], [0, 0, 0, 5], [5, 0, 0, 0]]
    assert count(votes[0]).tolist() == [2, 1, 1, 1]
    assert count(np.zeros((2, 0), dtype=np.int8)).tolist() == [[0] * 4] * 2


# Latent values


def test_latent_support_and_absence_are_standard_normal_whatever_is_shared() -> None:
    ballot = assembly_of(8, assembly=1.0, bloc=0.7, attendance=0.8, surprise=0.3)
    drawn = latent(noise_for(ballot.dependence, draws=BLOCK), ballot.dependence)
    for values in (drawn.support, drawn.absence):
        # of a mean 1 / sqrt(n), of a variance sqrt(2 / n) at least, more where sizes are mixed
        assert np.abs(values.mean(axis=0)).max() <= 4 / np.sqrt(BLOCK)
        assert np.abs(values.var(axis=0) - 1).max() <= 4 * np.sqrt(2 / BLOCK)


def test_states_move_together_as_their_weights_say() -> None:
    # corr = m^2 (x_i x_j + y_i y_j if in one group) / (norm_i norm_j)
    x, y = np.array([0.8, 0.8, -0.5]), np.array([0.6, 0.6, 0.0])
    tied = Dependence(("a", "b"), np.array([0, 0, 1]), x, y, np.zeros(3), (Size(1.0, 1.5),))
    support = latent(noise_for(tied, draws=BLOCK), tied).support
    norm = np.sqrt(1 + 1.5**2 * (x**2 + y**2))
    wanted = 1.5**2 * np.array(
        [
            (x[0] * x[1] + y[0] * y[1]) / (norm[0] * norm[1]),
            x[0] * x[2] / (norm[0] * norm[2]),
            x[1] * x[2] / (norm[1] * norm[2]),
        ]
    )
    found = np.asarray(np.corrcoef(support.T))[[0, 0, 1], [1, 2, 2]]
    error = (1 - wanted**2) / np.sqrt(BLOCK)
    assert (np.abs(found - wanted) <= 4 * error).all()


def test_support_and_absence_share_nothing() -> None:
    # so that who stays away says nothing of how the others would have voted
    tied = assembly_of(4, assembly=1.0, bloc=0.7, attendance=1.0).dependence
    drawn = latent(noise_for(tied, draws=BLOCK), tied)
    across = np.asarray(np.corrcoef(drawn.support.T, drawn.absence.T))[:4, 4:]
    assert np.abs(across).max() <= 4 / np.sqrt(BLOCK)


# Holding the vote


def test_without_known_votes_no_draw_has_a_weight() -> None:
    ballot = assembly_of(3)
    noise = noise_for(ballot.dependence)
    votes, weight = hold(ballot, latent(noise, ballot.dependence), noise)
    assert weight is None
    np.testing.assert_array_equal(
        votes, cast(ballot.probabilities, latent(noise, ballot.dependence))
    )


@given(ballot=ballots(states=3, known=True))
@settings(max_examples=30)
def test_arms_held_together_vote_as_each_alone(ballot: Ballot) -> None:
    arms = {"one": ballot, "pushed": moved_by(ballot, -0.5)}
    noise = noise_for(ballot.dependence, draws=700)
    for arm, (votes, weight) in hold_together(arms, noise).items():
        alone, weight_alone = hold(arms[arm], latent(noise, arms[arm].dependence), noise)
        np.testing.assert_array_equal(votes, alone)
        np.testing.assert_array_equal(weight, weight_alone)


def test_a_known_vote_is_cast_and_weighs_a_draw_by_its_probability() -> None:
    ballot = replace(assembly_of(3), known={0: YES, 2: ABSENT})
    noise = noise_for(ballot.dependence)
    votes, weight = hold(ballot, latent(noise, ballot.dependence), noise)
    assert (votes[:, 0] == YES).all()
    assert (votes[:, 2] == ABSENT).all()
    assert weight is not None
    # the states share nothing, so each draw weighs the product of the two probabilities
    product = ballot.probabilities[0, YES] * ballot.probabilities[2, ABSENT]
    np.testing.assert_allclose(np.exp(weight), product, rtol=1e-6)


def test_the_average_weight_is_the_probability_of_what_is_known() -> None:
    ballot = replace(
        assembly_of(4, assembly=0.8, bloc=0.5, attendance=0.6, surprise=0.3), known={1: NO}
    )
    noise = noise_for(ballot.dependence, draws=BLOCK)
    _, weight = hold(ballot, latent(noise, ballot.dependence), noise)
    assert weight is not None
    weight = np.exp(weight)
    error = weight.std() / np.sqrt(BLOCK)
    assert abs(weight.mean() - ballot.probabilities[1, NO]) <= 4 * error


def test_a_friend_that_says_no_makes_draws_against_the_draft_weigh_more() -> None:
    still = assembly_of(6, assembly=0.9, bloc=0.5)
    ballot = replace(still, known={5: NO})
    noise = noise_for(ballot.dependence, draws=BLOCK)
    drawn = latent(noise, ballot.dependence)
    before = count(hold(still, drawn, noise)[0])[:, YES]
    votes, weight = hold(ballot, drawn, noise)
    assert weight is not None
    weight = np.exp(weight)
    without = count(votes[:, :5])[:, YES]
    assert weight @ without / weight.sum() < (before - 1).mean()


@given(ballot=ballots(states=3), known=st.sampled_from(list(Choice)))
@settings(max_examples=20)
def test_a_known_vote_changes_no_other_states_vote_in_a_draw(ballot: Ballot, known: Choice) -> None:
    noise = noise_for(ballot.dependence)
    drawn = latent(noise, ballot.dependence)
    votes, weight = hold(replace(ballot, known={1: known}), drawn, noise)
    np.testing.assert_array_equal(votes[:, [0, 2]], hold(ballot, drawn, noise)[0][:, [0, 2]])
    assert weight is not None
    assert (weight <= 0).all()


def test_a_moved_arm_is_the_unmoved_one_pushed() -> None:
    still = assembly_of(6, assembly=0.6)
    moved = moved_by(still, -1.0)
    [move] = moved.moves
    noise = noise_for(still.dependence)
    drawn = latent(noise, still.dependence)
    push = moved.influence.support_shift(move, noise.factors[:, -2], noise.factors[:, -1])
    away = np.broadcast_to(move.absence, push.shape)
    np.testing.assert_array_equal(
        hold(moved, drawn, noise)[0],
        cast(
            still.probabilities,
            drawn,
            support_shift=push.astype(np.float32),
            absence_shift=away.astype(np.float32),
        ),
    )
