"""Laws that hold for every rule, every model and every assembly."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import ndtr
from strategies import (
    CODES,
    SHIPPED,
    arrays_in,
    assembly_of,
    ballots,
    close_tallies,
    dependences,
    influences,
    learned_model,
    moved_by,
    permuted,
    permuted_question,
    probabilities,
    questions,
    sealed,
    shifts,
    tallies,
)

from sim.assembly.choices import COLUMNS, Choice, FloatArray, IntArray, VoteArray
from sim.assembly.rules import QUORUM, RULES, quorate
from sim.models import MODELS, Question
from sim.models.learned.model import LearnedModel
from sim.runs.simulate import count_block
from sim.scenario.ballots import ballots as arms_of
from sim.scenario.case import resolve
from sim.scenario.schema import read_scenario
from sim.vote.ballot import Ballot, cast, check_probabilities, count, hold
from sim.vote.chance import BLOCK, Chance, Noise
from sim.vote.dependence import Dependence, Size
from sim.vote.exact.convolution import Weights
from sim.vote.exact.quadrature import QUICK, Fineness
from sim.vote.exact.solve import ONE_HOT, Solution, adoption, chance_of_known, marginals, solve
from sim.vote.influence import UNCERTAINTIES, Influence, Move
from sim.vote.outcomes import count_arm, count_pair
from sim.vote.own_will import OwnWill
from sim.vote.shared import latent

EXAMPLES = settings(max_examples=20)
"""For laws that solve or hold several votes in each example."""
COUNTS = (*ONE_HOT[: Choice.NON_VOTING], (1, 1, 1, 0))
"""Yes, abstentions, no, and all votes cast; the absent are the rest."""
ROUNDING = 1e-6
"""The exact engine holds what is conditional on the factors in single precision."""


@pytest.fixture(scope="module")
def fitted() -> LearnedModel:
    """Parameters for the model that learns."""
    return learned_model()


def noise_for(ballot: Ballot, *, draws: int = 64, seed: int = 11) -> Noise:
    """A block of chance for a ballot."""
    states, factors = len(ballot.probabilities), ballot.dependence.factor_count + UNCERTAINTIES
    return Chance(seed=seed, draws=draws, states=states, factors=factors).block(0)


def votes_of(ballot: Ballot, noise: Noise) -> VoteArray:
    """The votes of an arm [draw, state]."""
    return hold(ballot, latent(noise, ballot.dependence), noise)[0]


CONVERGED = Fineness(25, 25, 25, step=0.7, effect=13, aside=0, span=6.0, far=6.0)
"""Known votes move the points of the factors, so laws of them hold as closely as sums converge."""


def solved(
    ballot: Ballot, statistics: Sequence[Weights] = COUNTS, fineness: Fineness = QUICK
) -> Solution:
    """The exact counts, on few points: these laws hold on any."""
    return solve(ballot, statistics, fineness=fineness)


# Rules


@pytest.mark.parametrize("name", RULES)
@given(tally=tallies() | close_tallies(), data=st.data())
def test_a_favourable_move_of_one_state_never_defeats_a_draft(
    name: str, tally: IntArray, data: st.DataObject
) -> None:
    steps = [
        (Choice.NO, Choice.ABSTAIN),
        (Choice.ABSTAIN, Choice.YES),
        (Choice.NO, Choice.YES),
        (Choice.NON_VOTING, Choice.YES),
    ]
    possible = [step for step in steps if tally[step[0]]]
    assume(possible)
    before, after = data.draw(st.sampled_from(possible))
    moved = tally.copy()
    moved[before] -= 1
    moved[after] += 1
    assert RULES[name](moved) >= RULES[name](tally)


@pytest.mark.parametrize("name", RULES)
@given(tally=tallies() | close_tallies(), more=st.integers(0, 300))
def test_abstentions_do_not_decide(name: str, tally: IntArray, more: int) -> None:
    assume(quorate(tally))
    joined = tally + np.array(ONE_HOT[Choice.ABSTAIN]) * more
    assert RULES[name](joined) == RULES[name](tally)


@pytest.mark.parametrize("name", RULES)
@given(tally=tallies() | close_tallies(), data=st.data())
def test_staying_away_decides_no_more_than_abstaining(
    name: str, tally: IntArray, data: st.DataObject
) -> None:
    left = data.draw(st.integers(0, int(tally[Choice.ABSTAIN])))
    gone = tally + left * np.array([0, -1, 0, 1])
    assume(quorate(gone))
    assert RULES[name](gone) == RULES[name](tally)


@pytest.mark.parametrize("name", RULES)
@given(tally=tallies() | close_tallies())
def test_nothing_is_adopted_without_a_quorum_or_without_a_yes(name: str, tally: IntArray) -> None:
    adopted = RULES[name](tally)
    assert not (adopted and tally[Choice.YES] == 0)
    assert not (adopted and tally[: Choice.NON_VOTING].sum() < QUORUM)


@given(tally=tallies() | close_tallies())
def test_two_thirds_of_members_are_two_thirds_and_two_thirds_are_a_majority(
    tally: IntArray,
) -> None:
    of_members, of_voting, simple = (
        bool(RULES[name](tally)) for name in ("two-thirds-of-members", "two-thirds", "simple")
    )
    assert of_members <= of_voting <= simple


@pytest.mark.parametrize("name", RULES)
@given(ballot=ballots(), state=st.integers(0, 4), push=st.floats(0, 3))
@EXAMPLES
def test_more_support_of_one_state_never_defeats_a_draft_in_any_draw(
    name: str, ballot: Ballot, state: int, push: float
) -> None:
    noise = noise_for(ballot)
    drawn = latent(noise, ballot.dependence)
    shift = np.zeros(drawn.support.shape, dtype=np.float32)
    shift[:, state % len(ballot.probabilities)] = push
    before = count(cast(ballot.probabilities, drawn))
    after = count(cast(ballot.probabilities, drawn, support_shift=shift))
    rule = RULES[name]
    assert (rule(after, quorum=1) >= rule(before, quorum=1)).all()


# Everybody counts once, and everything sums to 1


@given(ballot=ballots(known=True))
@EXAMPLES
def test_every_member_is_counted_once_in_each_draw(ballot: Ballot) -> None:
    noise = noise_for(ballot)
    votes, weight = hold(ballot, latent(noise, ballot.dependence), noise)
    tally = count(votes)
    states = len(ballot.probabilities)
    assert votes.shape == (len(noise), states)
    assert (tally >= 0).all()
    assert (tally.sum(axis=1) == states).all()
    counted = count_arm(votes, tally, RULES["simple"](tally), weight)
    np.testing.assert_allclose(counted.states.sum(axis=1), counted.weight)
    np.testing.assert_allclose(counted.tallies.sum(axis=1), counted.weight)


@given(ballot=ballots())
@EXAMPLES
def test_exact_probabilities_sum_to_1_and_counts_to_the_members(ballot: Ballot) -> None:
    solution = solved(ballot)
    of_states = solution.states
    assert (of_states >= 0).all()
    np.testing.assert_allclose(of_states.sum(axis=1), 1, atol=1e-12)
    means = []
    for found in solution.distributions:
        assert (found.probability >= 0).all()
        np.testing.assert_allclose(found.probability.sum(), 1, atol=1e-12)
        means.append(found.probability @ found.values)
    *said, cast_ = means
    np.testing.assert_allclose(sum(said), cast_, atol=ROUNDING)
    np.testing.assert_allclose(said, of_states.sum(axis=0)[: len(said)], atol=ROUNDING)
    absent = of_states[:, Choice.NON_VOTING].sum()
    np.testing.assert_allclose(len(of_states) - absent, cast_, atol=ROUNDING)


@pytest.mark.parametrize("known", [{}, {0: Choice.YES}], ids=["nothing known", "a vote known"])
def test_who_is_absent_and_who_votes_add_up_to_all_in_every_chance(
    known: dict[int, Choice],
) -> None:
    tied = assembly_of(6, assembly=0.8, bloc=0.5, attendance=0.8, surprise=0.3)
    solution = solve(replace(tied, known=known), (ONE_HOT[Choice.NON_VOTING], (1, 1, 1, 0)))
    absent, present = solution.distributions
    np.testing.assert_allclose(absent.probability, present.probability[::-1], atol=ROUNDING)


@pytest.mark.parametrize("name", RULES)
@given(ballot=ballots(), quorum=st.integers(0, 5))
@settings(max_examples=10)
def test_the_chance_of_adoption_is_a_chance_and_falls_as_the_quorum_rises(
    name: str, ballot: Ballot, quorum: int
) -> None:
    chance, error = adoption(ballot, RULES[name], fineness=QUICK, quorum=quorum)
    stricter, other = adoption(ballot, RULES[name], fineness=QUICK, quorum=quorum + 1)
    assert 0 <= chance <= 1
    assert error >= 0
    assert stricter <= chance + error + other + 1e-9


def test_the_bound_of_adoption_counts_what_is_taken_off_for_a_vote_without_a_voice() -> None:
    # of one state that never says yes nothing is adopted, whatever the quadrature makes of it
    one = assembly_of(1, bloc=0.125)
    never = replace(one, probabilities=np.array([[0.0, 0.5, 0.25, 0.25]]))
    chance, error = adoption(never, RULES["two-thirds"], fineness=QUICK, quorum=1)
    assert chance <= error + 1e-12


# The order of states


@given(ballot=ballots(known=True), data=st.data())
@EXAMPLES
def test_the_order_of_states_does_not_matter_to_the_exact_engine(
    ballot: Ballot, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(ballot.probabilities))))
    found = solved(ballot, (*COUNTS, (1, 0, -2, 0)))
    other = solved(permuted(ballot, order), (*COUNTS, (1, 0, -2, 0)))
    np.testing.assert_allclose(other.states, found.states[order], atol=ROUNDING)
    for one, same in zip(found.distributions, other.distributions, strict=True):
        np.testing.assert_allclose(same.probability, one.probability, atol=ROUNDING)


@given(ballot=ballots(known=True), data=st.data())
@EXAMPLES
def test_the_order_of_states_does_not_matter_to_a_draw(ballot: Ballot, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(ballot.probabilities))))
    noise = noise_for(ballot)
    reordered = replace(
        noise,
        stance_level=noise.stance_level[:, order],
        attendance_level=noise.attendance_level[:, order],
    )
    np.testing.assert_array_equal(
        votes_of(permuted(ballot, order), reordered), votes_of(ballot, noise)[:, order]
    )


@pytest.mark.parametrize("model", MODELS)
@given(question=questions(), data=st.data())
@settings(max_examples=10)
def test_the_order_of_states_does_not_matter_to_a_model(
    model: str, fitted: LearnedModel, question: Question, data: st.DataObject
) -> None:
    question = replace(question, learned=fitted)
    # the United States keep their place: a model may ask where they stand
    others = [state for state, code in enumerate(CODES) if code != "USA"]
    swapped = data.draw(st.permutations(others[:6]))
    order = np.arange(len(CODES))
    order[others[:6]] = swapped
    order[others[6:]] = others[6:][::-1]
    other = permuted_question(question, order)
    np.testing.assert_allclose(
        MODELS[model](other).probabilities,
        MODELS[model](question).probabilities[order],
        atol=1e-9,
    )


# What is shared


@given(chances=probabilities(4), dependence=dependences(4, most=0.75))
@settings(max_examples=40)
def test_dependence_leaves_each_states_own_probabilities_as_they_are(
    chances: FloatArray, dependence: Dependence
) -> None:
    still = Influence(np.zeros(4), np.zeros(4))
    tied = Ballot(chances, dependence, still, (Move.none(4),))
    np.testing.assert_allclose(marginals(tied), chances, atol=2e-3)  # error of the quadrature


@pytest.mark.parametrize("stem", SHIPPED)
def test_dependence_leaves_the_shipped_forecasts_as_they_are(stem: str) -> None:
    ballot = next(iter(arms_of(resolve(stem)).values()))
    still = replace(ballot, moves=(Move.none(len(CODES)),), known={})
    np.testing.assert_allclose(marginals(still), ballot.probabilities, atol=1e-3)


@pytest.mark.parametrize("weight", [0.0, 0.6, 1.5])
def test_simulated_marginals_are_within_four_standard_errors(weight: float) -> None:
    draws = 4 * BLOCK
    ballot = assembly_of(16, assembly=weight, bloc=weight, attendance=weight, surprise=0.3)
    chance = Chance(
        seed=7, draws=draws, states=16, factors=ballot.dependence.factor_count + UNCERTAINTIES
    )
    votes = np.concatenate([votes_of(ballot, noise) for noise in chance.blocks()])
    shares = np.stack([(votes == choice).mean(axis=0) for choice in Choice], axis=1)
    error = np.sqrt(ballot.probabilities * (1 - ballot.probabilities) / draws)
    # what is a state's own takes 65,536 levels, single precision rounds the rest
    assert (np.abs(shares - ballot.probabilities) <= 4 * error + 2e-5).all()


@given(ballot=ballots(moved=False))
@EXAMPLES
def test_scaled_to_nothing_dependence_is_independence_of_stance(ballot: Ballot) -> None:
    attending = ballot.probabilities.copy()
    attending[:, Choice.ABSTAIN] += attending[:, Choice.NON_VOTING]
    attending[:, Choice.NON_VOTING] = 0
    alone = replace(ballot, probabilities=attending, dependence=ballot.dependence.scaled(0))
    apart = replace(alone, dependence=type(ballot.dependence).independent(len(attending)))
    for tied, free in zip(solved(alone).distributions, solved(apart).distributions, strict=True):
        np.testing.assert_allclose(tied.probability, free.probability, atol=ROUNDING)


# Influence


def moved_nowhere(states: int) -> tuple[Move, ...]:
    """Positions however far from the reference, which add nothing but the effect."""
    still = np.zeros(states)
    return (
        Move(0.4, -1.0, 0.25, pressure=still, pressure_sd=still, absence=still),
        Move(0.6, 0.5, 0.0, pressure=still, pressure_sd=still, absence=still),
    )


@given(ballot=ballots(moved=False, known=True))
@EXAMPLES
def test_without_influence_arms_are_the_same_to_the_last_bit(ballot: Ballot) -> None:
    states = len(ballot.probabilities)
    other = replace(ballot, moves=moved_nowhere(states))
    noise = noise_for(ballot)
    shared = latent(noise, ballot.dependence)
    votes, weight = hold(ballot, shared, noise)
    same, same_weight = hold(other, shared, noise)
    assert same.tobytes() == votes.tobytes()
    if weight is not None and same_weight is not None:
        assert same_weight.tobytes() == weight.tobytes()
    tally = count(votes)
    pair = count_pair(same, votes, count(same), tally, None if weight is None else (weight, weight))
    assert not np.delete(pair.differences, states, axis=1).any()
    assert not pair.switched.any()


@given(ballot=ballots(moved=False))
@EXAMPLES
def test_without_influence_exact_arms_differ_by_nothing_at_all(ballot: Ballot) -> None:
    one = replace(moved_nowhere(len(ballot.probabilities))[0], chance=1.0)
    found, other = solved(ballot), solved(replace(ballot, moves=(one,)))
    np.testing.assert_array_equal(other.states, found.states)
    for same, as_before in zip(other.distributions, found.distributions, strict=True):
        np.testing.assert_array_equal(same.probability, as_before.probability)


@pytest.mark.parametrize("stem", ["anniversary-2025"])
def test_a_scenario_without_effect_moves_nobody_but_the_united_states(stem: str) -> None:
    scenario = read_scenario(stem)
    none = scenario.us.model_copy(update={"effect_scale": 0.0, "pressure_scale": 0.0})
    arms = arms_of(resolve(scenario.model_copy(update={"us": none})))
    first = next(iter(arms.values()))
    noise = noise_for(first, draws=512)
    others = np.array(CODES) != "USA"
    votes = [votes_of(ballot, noise)[:, others].tobytes() for ballot in arms.values()]
    assert len(set(votes)) == 1


@given(ballot=ballots(moved=False), data=st.data())
@EXAMPLES
def test_the_expected_yes_count_rises_with_the_effect(ballot: Ballot, data: st.DataObject) -> None:
    states = len(ballot.probabilities)
    exposure, spread = data.draw(shifts(states, least=0.0)), data.draw(shifts(states, least=0.0))
    still = np.zeros(states)
    towards = Move(1.0, 0.5, 0.0, pressure=still, pressure_sd=still, absence=still)
    arms = [
        replace(ballot, influence=Influence(scale * exposure, spread), moves=(towards,))
        for scale in (0.0, 0.5, 1.0)
    ]
    expected = [solved(arm, ()).states[:, Choice.YES] for arm in arms]
    noise = noise_for(ballot)
    counted = [count(votes_of(arm, noise))[:, Choice.YES] for arm in arms]
    for weaker, stronger in itertools.pairwise(expected):
        assert (stronger >= weaker - ROUNDING).all()
    for fewer, more in itertools.pairwise(counted):
        assert (more >= fewer).all()
    # a state that is exposed and undecided does move
    yes, _, _, absent = ballot.probabilities.T
    open_ = (exposure > 0) & (yes > 0) & (yes + absent < 1)
    assert (expected[-1][open_] > expected[0][open_]).all()


# Known votes


def likely_votes(ballot: Ballot) -> list[tuple[int, Choice]]:
    """Every vote of a state that is not next to impossible."""
    chances = solved(replace(ballot, known={}), ()).states
    return [
        (state, choice)
        for state in range(len(chances))
        for choice in Choice
        if chances[state, choice] > 1e-3
    ]


@given(ballot=ballots(spread=False), state=st.integers(0, 4), choice=st.sampled_from(Choice))
@EXAMPLES
def test_what_is_certain_anyway_changes_nothing_when_it_is_known(
    ballot: Ballot, state: int, choice: Choice
) -> None:
    check_certain(ballot, state % len(ballot.probabilities), choice)


@pytest.mark.parametrize(("state", "choice"), [(0, Choice.NO), (3, Choice.NON_VOTING)])
def test_what_is_certain_anyway_changes_nothing_under_an_uncertain_effect_and_position(
    state: int, choice: Choice
) -> None:
    # drawn ballots of this kind take minutes: the two uncertainties make 13 x 13 pairs of points
    still = assembly_of(4, assembly=0.8, bloc=0.5, attendance=0.5, surprise=0.3)
    check_certain(moved_by(still, -0.6), state, choice)


def test_what_is_certain_anyway_changes_nothing_where_absence_is_nearly_a_step() -> None:
    # two states that attend together, or not: found by the law above
    none, shared = np.zeros(5), np.array([0, 0, 0, 1.0, 1.0])
    chances = np.array([[0, 0, 0, 1.0]] * 3 + [[0, 0, 0.5, 0.5]] * 2)
    tied = Dependence(
        ("x",), none.astype(int), none, none, shared, attendance_sizes=(Size(1.0, 2.0),)
    )
    check_certain(Ballot(chances, tied, Influence(none, none), (Move.none(5),)), 0, Choice.YES)


def check_certain(ballot: Ballot, row: int, choice: Choice) -> None:
    """A vote that is certain is the same known and unknown, computed and drawn."""
    chances = ballot.probabilities.copy()
    chances[row] = ONE_HOT[choice]
    before = replace(ballot, probabilities=chances)
    after = replace(before, known={row: choice})
    found, other = (solved(one, fineness=CONVERGED) for one in (before, after))
    np.testing.assert_allclose(other.states, found.states, atol=ROUNDING)
    np.testing.assert_allclose(other.known, 1, atol=1e-12)
    for same, as_before in zip(other.distributions, found.distributions, strict=True):
        np.testing.assert_allclose(same.probability, as_before.probability, atol=ROUNDING)
    noise = noise_for(before)
    votes, weight = hold(after, latent(noise, after.dependence), noise)
    np.testing.assert_array_equal(votes, votes_of(before, noise))
    assert weight is not None
    np.testing.assert_allclose(weight, 0, atol=1e-12)


@given(ballot=ballots(states=3, spread=False), data=st.data())
@EXAMPLES
def test_known_votes_are_certain_and_the_order_of_news_does_not_matter(
    ballot: Ballot, data: st.DataObject
) -> None:
    votes = likely_votes(ballot)
    first, said = data.draw(st.sampled_from(votes))
    second, also = data.draw(st.sampled_from([vote for vote in votes if vote[0] != first]))
    orders: list[dict[int, Choice]] = [
        {first: said},
        {second: also},
        {first: said, second: also},
        {second: also, first: said},
    ]
    one, other, both, reverse = (
        solved(replace(ballot, known=known), (), CONVERGED) for known in orders
    )
    np.testing.assert_allclose(both.states[first], ONE_HOT[said], atol=ROUNDING)
    np.testing.assert_allclose(both.states[second], ONE_HOT[also], atol=ROUNDING)
    np.testing.assert_allclose(reverse.states, both.states, atol=ROUNDING)
    # P(both) = P(one) P(other | one) = P(other) P(one | other)
    np.testing.assert_allclose(one.known * one.states[second, also], both.known, atol=ROUNDING)
    np.testing.assert_allclose(other.known * other.states[first, said], both.known, atol=ROUNDING)
    turned, straight = (solved(replace(ballot, known=known)) for known in orders[:1:-1])
    for same, wanted in zip(turned.distributions, straight.distributions, strict=True):
        np.testing.assert_allclose(same.probability, wanted.probability, atol=ROUNDING)


@given(ballot=ballots(states=3, known=True, spread=False), state=st.integers(0, 2))
@EXAMPLES
def test_averaged_over_what_a_state_may_announce_the_chances_are_as_before(
    ballot: Ballot, state: int
) -> None:
    assume(state not in ballot.known and chance_of_known(ballot) > 1e-6)
    check_averages(ballot, state, ())


@given(ballot=ballots(states=3, known=True, moved=False), state=st.integers(0, 2))
@settings(max_examples=6)
def test_averaged_over_what_a_state_may_announce_the_counts_are_as_before(
    ballot: Ballot, state: int
) -> None:
    assume(state not in ballot.known and chance_of_known(ballot) > 1e-6)
    check_averages(ballot, state)


@pytest.mark.parametrize("state", [0, 3])
def test_averaged_over_announcements_an_uncertain_effect_is_as_before(state: int) -> None:
    still = assembly_of(4, assembly=0.8, bloc=0.5, attendance=0.5, surprise=0.3)
    check_averages(moved_by(still, -0.6), state)


def check_averages(ballot: Ballot, state: int, statistics: Sequence[Weights] = COUNTS) -> None:
    """Chances averaged over what a state may announce are those before it does."""
    before = solved(ballot, statistics, CONVERGED)
    whole = before.known
    shares = np.zeros(len(Choice))
    averaged = [np.zeros(len(found.values)) for found in before.distributions]
    of_states = np.zeros(before.states.shape)
    for choice in Choice:
        if before.states[state, choice] < 1e-12:
            continue
        told = replace(ballot, known={**ballot.known, state: choice})
        after = solved(told, statistics, CONVERGED)
        shares[choice] = after.known / whole
        of_states += shares[choice] * after.states
        for average, found in zip(averaged, after.distributions, strict=True):
            average += shares[choice] * found.probability
    np.testing.assert_allclose(shares, before.states[state], atol=ROUNDING)
    np.testing.assert_allclose(of_states, before.states, atol=ROUNDING)
    for average, found in zip(averaged, before.distributions, strict=True):
        np.testing.assert_allclose(average, found.probability, atol=ROUNDING)


def test_averaged_over_announcements_own_will_leaves_all_others_as_they_were() -> None:
    # it counts once votes are known, and no state's own probabilities hang on it
    tied = assembly_of(4, assembly=0.8, bloc=0.5, attendance=0.5, surprise=0.3)
    wilful = replace(tied.dependence, will=OwnWill.of_all(4, eps=0.1, cap=0.7))
    averaged, total = np.zeros((4, len(Choice))), 0.0
    for choice in Choice:
        told = replace(tied, dependence=wilful, known={1: choice})
        after = solved(told, (), CONVERGED)
        assert np.abs(after.states - tied.probabilities)[[0, 2, 3]].max() > 1e-3
        averaged += after.known * after.states
        total += after.known
    np.testing.assert_allclose(averaged, tied.probabilities, atol=ROUNDING)
    assert total == pytest.approx(1, abs=ROUNDING)


@given(ballot=ballots(states=3, moved=False), data=st.data())
@EXAMPLES
def test_whatever_is_known_the_difference_between_arms_has_the_sign_of_the_effect(
    ballot: Ballot, data: st.DataObject
) -> None:
    still, exposure = np.zeros(3), data.draw(shifts(3, least=0.0))
    # the effect is never below 0 where it is looked at: a mean of 1 has a spread of at most 0.25
    influence = Influence(exposure, data.draw(st.sampled_from([0.0, 0.25])) * exposure)
    towards = Move(1.0, 0.5, 0.0, pressure=still, pressure_sd=still, absence=still)
    apart = [
        replace(ballot, influence=influence, moves=each) for each in (ballot.moves, (towards,))
    ]
    likely = likely_votes(apart[0])
    known = dict(data.draw(st.lists(st.sampled_from(likely), max_size=3)))
    said_in = ((1.0, data.draw(st.sampled_from(apart))),)
    before, after = (replace(arm, known=known, said_in=said_in if known else ()) for arm in apart)
    change = solved(after, ()).states - solved(before, ()).states
    assert change[:, Choice.YES].min() >= -ROUNDING
    assert change[:, Choice.NO].max() <= ROUNDING
    # nobody's absence hangs on the effect
    np.testing.assert_allclose(change[:, Choice.NON_VOTING], 0, atol=1e-12)
    assert not change[[*known]].any()
    noise = noise_for(ballot)
    drawn = latent(noise, ballot.dependence)
    (votes, weight), (moved, same) = (hold(arm, drawn, noise) for arm in (before, after))
    assert (count(moved)[:, Choice.YES] >= count(votes)[:, Choice.YES]).all()
    assert (count(moved)[:, Choice.NON_VOTING] == count(votes)[:, Choice.NON_VOTING]).all()
    if weight is not None and same is not None:
        assert same.tobytes() == weight.tobytes()


def figures(votes: VoteArray) -> FloatArray:
    """The four counts and whether the draft is adopted [draw, 5]."""
    tally = count(votes)
    return np.column_stack([tally, RULES["simple"](tally, quorum=8)]).astype(float)


@pytest.mark.parametrize("state", [0, 5, 9])
def test_averaged_over_announcements_simulated_chances_are_as_before(state: int) -> None:
    draws = 4 * BLOCK
    still = assembly_of(10, assembly=0.8, bloc=0.5, attendance=0.5, surprise=0.3)
    ballot = moved_by(still, -0.6)
    factors = ballot.dependence.factor_count + UNCERTAINTIES
    chance = Chance(seed=3, draws=draws, states=10, factors=factors)
    differences = []
    for noise in chance.blocks():
        drawn = latent(noise, ballot.dependence)
        difference = -figures(hold(ballot, drawn, noise)[0])
        for choice in Choice:
            after, weight = hold(replace(ballot, known={state: choice}), drawn, noise)
            assert weight is not None
            difference += np.exp(weight)[:, None] * figures(after)
        differences.append(difference)
    for difference in np.concatenate(differences).T:
        # paired: the standard error of a mean difference
        error = difference.std(ddof=1) / np.sqrt(draws)
        assert abs(difference.mean()) <= 4 * error + 1e-4


@pytest.mark.parametrize("known", [{}, {0: Choice.NO}, {0: Choice.NO, 9: Choice.YES}], ids=str)
def test_the_paired_difference_is_the_difference_of_the_arms(known: dict[int, Choice]) -> None:
    still = replace(assembly_of(10, assembly=0.8, bloc=0.5, surprise=0.3), known=known)
    arms = {"before": still, "after": moved_by(still, -1.0)}
    noise = noise_for(still, draws=BLOCK)
    counts, pairs = count_block(arms, RULES["simple"], noise).counted
    exact = {arm: solved(ballot) for arm, ballot in arms.items()}
    for choice in (Choice.YES, Choice.ABSTAIN, Choice.NO):
        steps = pairs["after", "before"].differences[choice]
        paired = steps @ np.arange(-10, 11) / steps.sum()
        before, after = (exact[arm].distributions[choice] for arm in ("before", "after"))
        wanted = after.probability @ after.values - before.probability @ before.values
        # no more than two counts that are drawn apart would differ by chance, and points by error
        draws = min(arm.weight**2 / arm.weight_squared for arm in counts.values())
        spread = sum(
            found.probability @ found.values**2.0 - (found.probability @ found.values) ** 2
            for found in (before, after)
        )
        assert abs(paired - wanted) <= 4 * np.sqrt(spread / draws) + 0.02


# The same seed


@given(seed=st.integers(0, 2**63 - 1), data=st.data())
@settings(max_examples=8)
def test_a_block_is_the_same_whatever_is_drawn_before_it(seed: int, data: st.DataObject) -> None:
    chance = Chance(seed=seed, draws=3 * BLOCK - 5, states=2, factors=4)
    in_turn = list(chance.blocks())
    for number in data.draw(st.permutations(range(3))):
        again = chance.block(number)
        assert as_bytes(again) == as_bytes(in_turn[number])
    # a longer run begins as the shorter one does, and a run may be cut anywhere
    longer = Chance(seed=seed, draws=9 * BLOCK, states=2, factors=4)
    assert as_bytes(longer.block(1)) == as_bytes(in_turn[1])
    few = data.draw(st.integers(1, BLOCK))
    assert as_bytes(longer.block(2).first(few)) == as_bytes(
        Chance(seed=seed, draws=2 * BLOCK + few, states=2, factors=4).block(2)
    )


def as_bytes(noise: Noise) -> list[bytes]:
    """Every number of a block."""
    return [array.tobytes() for array in arrays_in(noise)]


def test_blocks_and_seeds_share_no_numbers() -> None:
    chance = Chance(seed=1, draws=2 * BLOCK, states=3, factors=4)
    blocks = [chance.block(0), chance.block(1), replace(chance, seed=2).block(0)]
    firsts = [tuple(array.ravel()[:8]) for noise in blocks for array in arrays_in(noise)]
    assert len(set(firsts)) == len(firsts)


def test_a_states_own_part_is_the_middle_of_its_level() -> None:
    noise = Chance(seed=1, draws=64, states=5, factors=3).block(0)
    for normal, level in (
        (noise.stance, noise.stance_level),
        (noise.attendance, noise.attendance_level),
    ):
        np.testing.assert_allclose(ndtr(normal) * 65536, level + 0.5, atol=0.01)


def test_every_level_is_as_likely_as_the_others() -> None:
    noise = Chance(seed=1, draws=BLOCK, states=64, factors=3).block(0)
    for level in (noise.stance_level, noise.attendance_level):
        # chi-square of 65,535 degrees of freedom, with 4 numbers a level
        times = np.bincount(level.ravel(), minlength=65536)
        assert abs(((times - 4) ** 2 / 4).sum() - 65535) <= 4 * np.sqrt(2 * 65535)


def test_levels_are_the_words_of_their_stream_low_bits_first() -> None:
    noise = Chance(seed=3, draws=1, states=4, factors=3).block(0)
    word = int(np.random.Philox(key=[3, 1]).random_raw())
    assert noise.stance_level[0].tolist() == [word >> shift & 0xFFFF for shift in (0, 16, 32, 48)]


@given(ballot=ballots(known=True))
@EXAMPLES
def test_draws_do_not_depend_on_how_many_are_made_at_once(ballot: Ballot) -> None:
    noise = noise_for(ballot, draws=100)
    whole = votes_of(ballot, noise)
    np.testing.assert_array_equal(votes_of(ballot, noise.first(37)), whole[:37])


# What is given stays as it was


@given(ballot=ballots(known=True))
@EXAMPLES
def test_no_engine_changes_what_it_is_given(ballot: Ballot) -> None:
    noise = noise_for(ballot)
    drawn = latent(noise, ballot.dependence)
    copies = sealed(ballot, noise, drawn)
    known = dict(ballot.known)
    votes, weight = hold(ballot, drawn, noise)
    tally = count(votes)
    copies += sealed(votes, tally, weight)
    adopted = RULES["two-thirds"](tally, quorum=1)
    count_arm(votes, tally, adopted, weight)
    count_pair(votes, votes, tally, tally, None if weight is None else (weight, weight))
    latent(noise, ballot.dependence)
    solved(ballot)
    adoption(ballot, RULES["simple"], fineness=QUICK, quorum=1)
    kept = arrays_in((ballot, noise, drawn, votes, tally, weight))
    assert [array.tobytes() for array in kept] == [array.tobytes() for array in copies]
    assert ballot.known == known


@pytest.mark.parametrize("name", RULES)
@given(tally=tallies())
@EXAMPLES
def test_no_rule_changes_its_tally(name: str, tally: IntArray) -> None:
    [copy] = sealed(tally)
    RULES[name](tally)
    np.testing.assert_array_equal(tally, copy)


@given(influence=influences(3), effect=st.floats(-3, 3))
@EXAMPLES
def test_a_shift_changes_neither_influence_nor_move(influence: Influence, effect: float) -> None:
    still = np.zeros(3)
    move = Move(1.0, -0.5, 0.2, pressure=still - 0.1, pressure_sd=still + 0.1, absence=still)
    at = np.array([effect, 0.0])
    copies = sealed(influence, move, at)
    influence.support_shift(move, at, at)
    kept = arrays_in((influence, move, at))
    assert [array.tobytes() for array in kept] == [array.tobytes() for array in copies]


# Models


@pytest.mark.parametrize("model", MODELS)
@given(question=questions())
@settings(max_examples=10)
def test_every_model_gives_every_state_probabilities_and_changes_nothing(
    model: str, fitted: LearnedModel, question: Question
) -> None:
    question = replace(question, learned=fitted)
    copies = sealed(question)
    tables: Mapping[str, object] = {**question.settings, **question.discipline}
    forecast = MODELS[model](question)
    assert forecast.probabilities.shape == (len(CODES), len(COLUMNS))
    check_probabilities(forecast.probabilities)
    again = MODELS[model](question)
    np.testing.assert_array_equal(again.probabilities, forecast.probabilities)
    kept = arrays_in(question)
    assert [array.tobytes() for array in kept] == [array.tobytes() for array in copies]
    assert {**question.settings, **question.discipline} == tables


@pytest.mark.parametrize("model", MODELS)
@given(question=questions())
@settings(max_examples=10)
def test_the_order_of_precedents_does_not_matter(
    model: str, fitted: LearnedModel, question: Question
) -> None:
    question = replace(question, learned=fitted)
    turned = replace(question, precedents=question.precedents[::-1])
    np.testing.assert_allclose(
        MODELS[model](turned).probabilities, MODELS[model](question).probabilities, atol=1e-12
    )


@pytest.mark.parametrize("model", MODELS)
@given(question=questions())
@settings(max_examples=10)
def test_the_parts_of_a_forecast_add_up(
    model: str, fitted: LearnedModel, question: Question
) -> None:
    question = replace(question, learned=fitted)
    forecast = MODELS[model](question)
    total = np.sum([part.adds for part in forecast.parts], axis=0)
    np.testing.assert_allclose(total, forecast.probabilities, atol=1e-12)
    np.testing.assert_allclose(total.sum(axis=1), 1, atol=1e-9)
    assert all(part.kind for part in forecast.parts)
