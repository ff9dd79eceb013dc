"""The exact engine against counting by hand, other ways of computing, and simulation."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from strategies import assembly_of, ballots, known_votes, moved_by, moves, shifts

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.assembly.rules import RULES, Rule
from sim.runs.simulate import simulate
from sim.scenario.ballots import ballots as arms_of
from sim.scenario.case import resolve
from sim.scenario.schema import read_scenario
from sim.vote.ballot import Ballot, count, hold
from sim.vote.chance import Chance
from sim.vote.dependence import Dependence
from sim.vote.exact import groups as lattice
from sim.vote.exact import nodes as conditional
from sim.vote.exact import uncertainty
from sim.vote.exact.convolution import _by_step, polynomial
from sim.vote.exact.distribution import Distribution
from sim.vote.exact.quadrature import FINE, QUICK, VERY_FINE, Fineness
from sim.vote.exact.solve import (
    ONE_HOT,
    adoption,
    distribution,
    marginals,
    solve,
    solve_arms,
    solve_counts,
)
from sim.vote.exact.uncertainty import held, held_twice
from sim.vote.influence import UNCERTAINTIES, Influence, Move
from sim.vote.shared import latent

SHIPPED = sorted(path.stem for path in Path(__file__).parents[1].glob("scenarios/*.toml"))

MARGIN, TWICE, PARTICIPATION = (1, 0, -1, 0), (1, 0, -2, 0), (1, 1, 1, 0)
STATISTICS = (*ONE_HOT, MARGIN, TWICE, PARTICIPATION)

# The rules once more, as the rule book words them.
IN_WORDS: dict[str, Callable[[int, int], bool]] = {
    "simple": lambda yes, no: yes > no,
    "two-thirds": lambda yes, no: yes > 0 and 3 * yes >= 2 * (yes + no),
    "two-thirds-of-members": lambda yes, _: yes >= 129,
    "three of all": lambda yes, _: yes >= 3,
}
SMALL = {**RULES, "three of all": Rule("three of all", "as Art. 108, in a small body", 1, 0, 3)}


BEYOND = 6e-5
"""What lies beyond the points at which a stance factor is held: 2 ndtr(-4)."""
TRUNCATED = 2e-5
"""What that may move a chance: beyond the ends it counts as at the ends."""
ROUGH = {"FINE": 1e-4, "QUICK": 3e-4}
"""The same where strengths of the effect other than the middle one are held roughly."""

# Counting by hand


def outcomes(states: int) -> Iterator[tuple[int, ...]]:
    """Every way in which the states can vote."""
    return itertools.product(range(len(Choice)), repeat=states)


def stances(chances: FloatArray, push: FloatArray, own: FloatArray | float = 1.0) -> FloatArray:
    """Yes, abstain and no of those present [..., state, stance], their latent support pushed.

    A state says yes with probability Phi(y), and so with Phi((y + push) / own) where `own` is the
    weight of what is not pushed: the definition of the model.
    """
    yes, abstain, no, absent = chances.T
    present = np.where(absent < 1, yes + abstain + no, 1.0)
    in_favour = ndtr((ndtri(np.minimum(yes / present, 1)) + push) / own)
    against = ndtr((ndtri(np.minimum(no / present, 1)) - push) / own)
    return np.stack([in_favour, 1 - in_favour - against, against], axis=-1)


def absences(chances: FloatArray, push: FloatArray, own: FloatArray | float = 1.0) -> FloatArray:
    """Probability of staying away [..., state], their latent absence pushed."""
    return np.asarray(ndtr((ndtri(chances[:, Choice.NON_VOTING]) + push) / own))


def pushed(chances: FloatArray, support: FloatArray, absence: FloatArray) -> FloatArray:
    """Probabilities [state, choice] of states that share nothing but are pushed."""
    away = absences(chances, absence)
    return np.column_stack([(1 - away)[:, None] * stances(chances, support), away])


def by_hand(
    ballot: Ballot, mixture: list[tuple[float, FloatArray]]
) -> dict[tuple[int, ...], float]:
    """Probability of every outcome, given the known votes, of a mixture of independent votes."""
    found = {
        votes: sum(
            weight * float(np.prod(chances[range(len(votes)), votes]))
            for weight, chances in mixture
        )
        for votes in outcomes(len(ballot.probabilities))
        if all(votes[state] == said for state, said in ballot.known.items())
    }
    total = sum(found.values())
    return {votes: chance / total for votes, chance in found.items()}


def positions_of(ballot: Ballot) -> list[tuple[float, FloatArray]]:
    """The mixture over an arm's positions, for an effect that is certain."""
    mixture = []
    for move in ballot.moves:
        push = ballot.influence.effect * move.distance + move.pressure
        mixture.append((move.chance, pushed(ballot.probabilities, push, move.absence)))
    return mixture


def assert_agrees(ballot: Ballot, expected: dict[tuple[int, ...], float]) -> None:
    """Compare counts, marginals and adoption with an enumeration."""
    states = len(ballot.probabilities)
    solution = solve(ballot, STATISTICS)
    for weights, found in zip(STATISTICS, solution.distributions, strict=True):
        wanted = dict.fromkeys(found.values.tolist(), 0.0)
        for votes, chance in expected.items():
            wanted[sum(weights[vote] for vote in votes)] += chance
        np.testing.assert_allclose(found.probability, list(wanted.values()), rtol=0, atol=1e-12)
    of_states = np.zeros((states, len(Choice)))
    for votes, chance in expected.items():
        of_states[range(states), votes] += chance
    np.testing.assert_allclose(solution.states, of_states, rtol=0, atol=1e-12)
    for (name, rule), quorum in itertools.product(SMALL.items(), range(states + 1)):
        found_chance, error = adoption(ballot, rule, quorum=quorum)
        assert abs(found_chance - adopted_by_hand(expected, name, quorum)) <= error + 1e-12


def adopted_by_hand(expected: dict[tuple[int, ...], float], name: str, quorum: int) -> float:
    """Probability of the outcomes that adopt."""
    return sum(
        chance
        for votes, chance in expected.items()
        if IN_WORDS[name](votes.count(Choice.YES), votes.count(Choice.NO))
        and len(votes) - votes.count(Choice.NON_VOTING) >= quorum
    )


@given(ballots(states=3, alone=True, moved=False, known=True))
@settings(max_examples=40)
def test_independent_states_are_counted_as_by_hand(ballot: Ballot) -> None:
    assert_agrees(ballot, by_hand(ballot, [(1.0, ballot.probabilities)]))


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("quorum", range(6))
def test_adoption_in_an_assembly_of_five_is_exact_with_any_quorum(name: str, quorum: int) -> None:
    five = assembly_of(5)
    expected = by_hand(five, [(1.0, five.probabilities)])
    chance, error = adoption(five, SMALL[name], quorum=quorum)
    wanted = adopted_by_hand(expected, name, quorum)
    assert abs(chance - wanted) <= error + 1e-12
    assert error <= 1e-3


@given(data=st.data())
@settings(max_examples=30)
def test_the_positions_of_an_arm_are_mixed_as_by_hand(data: st.DataObject) -> None:
    still = data.draw(ballots(states=3, alone=True, moved=False))
    sure = Influence(data.draw(shifts(3)), np.zeros(3))
    ballot = replace(still, influence=sure, moves=data.draw(moves(3, spread=False)))
    known = {} if ballot.moves[0].absence.any() else data.draw(known_votes(ballot.probabilities))
    ballot = replace(ballot, known=known)
    assert_agrees(ballot, by_hand(ballot, positions_of(ballot)))


# Two independent routes


def shipped_independent() -> Ballot:
    """All 193 states of the first scenario, each on its own and moved by nobody."""
    arm = arms_of(resolve("anniversary-2025"))["with-us"]
    return replace(arm, dependence=Dependence.independent(193), moves=(Move.none(193),))


@pytest.mark.parametrize("weights", STATISTICS, ids=str)
def test_193_states_agree_with_the_product_of_characteristic_functions(
    weights: tuple[int, int, int, int],
) -> None:
    ballot = shipped_independent()
    found = distribution(ballot, weights)
    size = len(found.values)
    angle = 2j * np.pi * np.arange(size) / size
    steps = np.array(weights)
    of_states = np.einsum("sc,cf->sf", ballot.probabilities, np.exp(np.outer(steps, angle)))
    back = np.exp(-np.outer(found.values, angle)) / size
    wanted = (back @ of_states.prod(axis=0)).real
    np.testing.assert_allclose(found.probability, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("weights", STATISTICS, ids=str)
def test_193_states_agree_with_adding_one_state_after_the_other(
    weights: tuple[int, int, int, int],
) -> None:
    ballot = shipped_independent()
    steps = np.array(weights) - min(weights)
    wanted = np.ones(1)
    for row in ballot.probabilities:
        wanted = np.convolve(wanted, np.bincount(steps, weights=row))
    found = distribution(ballot, weights).probability
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("mean", [0.001, 1.0, 97.0, 190.0])
def test_a_mean_far_from_where_a_distribution_lies_is_reached(mean: float) -> None:
    # all but certain at one end, and what is tilted is between the two ends alone: a Bernoulli law
    values, probability = np.arange(194), np.zeros(194)
    probability[[0, 193]] = 1 - 1e-12, 1e-12
    found = Distribution(values, probability, probability).with_mean(mean)
    assert found.probability[193] == pytest.approx(mean / 193, rel=1e-9)
    assert found.probability[0] == pytest.approx(1 - mean / 193, rel=1e-9)


def test_193_equal_states_are_binomial() -> None:
    equal = np.tile([0.5, 0.2, 0.2, 0.1], (193, 1))
    still = np.zeros(193)
    nobody = Influence(still, still)
    ballot = Ballot(equal, Dependence.independent(193), nobody, (Move.none(193),))
    for choice, chance in enumerate(equal[0]):
        wanted = scipy.stats.binom.pmf(np.arange(194), 193, chance)
        found = distribution(ballot, ONE_HOT[choice]).probability
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)
    # present are binomial too, so the quorum is a binomial tail
    quorate = scipy.stats.binom.sf(96, 193, 0.9)
    at_all, error = adoption(ballot, Rule("any yes", "", 1, 0, 1))
    assert abs(at_all - quorate) <= error + 1e-12


@pytest.mark.parametrize("weight", [0.2, 0.5, 1.0, 2.0])
def test_equal_states_with_one_factor_are_a_mixture_of_binomials(weight: float) -> None:
    states, chance = 40, 0.6
    still = np.zeros(states)
    equal = np.tile([chance, 0.0, 1 - chance, 0.0], (states, 1))
    group = np.zeros(states, dtype=int)
    tied = Dependence(("all",), group, np.full(states, weight), still, still)
    ballot = Ballot(equal, tied, Influence(still, still), (Move.none(states),))

    def more_yes_than_no(factor: float) -> float:
        # support = (weight * factor + own) / sqrt(1 + weight**2), against a threshold
        given_factor = ndtr(np.sqrt(1 + weight**2) * ndtri(chance) + weight * factor)
        tail = scipy.stats.binom.sf(states // 2, states, given_factor)
        return float(tail * scipy.stats.norm.pdf(factor))

    wanted, _ = scipy.integrate.quad(more_yes_than_no, -9, 9, epsabs=1e-11, limit=400)
    found, error = adoption(ballot, RULES["simple"], quorum=1)
    assert abs(found - wanted) <= error + TRUNCATED
    # 40 states that share this much are nearly one vote, and the integrand nearly a step
    assert error < (0.05 if weight < 1 else 0.4)


def test_a_known_vote_is_conditioned_on_where_it_is_all_but_impossible() -> None:
    # at the far points of the factors the state says yes or no for certain, and 1 - 1 - 0 is 0
    still = np.zeros(2)
    tied = Dependence(("all",), np.zeros(2, dtype=int), still + 0.5, still + 0.5, still)
    undecided = np.array([[0.5, 0.5, 0.0, 0.0], [0.0, 0.5, 0.5, 0.0]])
    ballot = Ballot(undecided, tied.scaled(6.0), Influence(still, still), (Move.none(2),))
    solution = solve(replace(ballot, known={0: Choice.ABSTAIN, 1: Choice.ABSTAIN}), ONE_HOT)
    np.testing.assert_allclose(solution.states, [[0, 1, 0, 0]] * 2, atol=1e-12)
    assert solution.distributions[Choice.ABSTAIN].probability[2] == pytest.approx(1)


# What the error bound promises
def dense(ballot: Ballot, *, points: int = 40) -> dict[tuple[int, ...], float]:
    """Every outcome of a small assembly, by a product rule over all that is shared."""
    found = dict.fromkeys(outcomes(len(ballot.probabilities)), 0.0)
    uncertain = any(move.distance_sd or ballot.influence.effect_sd.any() for move in ballot.moves)
    at, weight = hermite(8 if uncertain else 1)
    for move in ballot.moves:
        for (effect, one), (distance, other) in itertools.product(
            zip(at, weight, strict=True), repeat=2
        ):
            strength = ballot.influence.effect + ballot.influence.effect_sd * effect
            push = strength * (move.distance + move.distance_sd * distance)
            push = push + move.pressure + move.pressure_sd * distance
            held = dense_if_pushed(ballot, push, move.absence, points)
            for votes, chance in held.items():
                found[votes] += move.chance * one * other * chance
    return found


def dense_if_pushed(
    ballot: Ballot, support: FloatArray, absence: FloatArray, points: int
) -> dict[tuple[int, ...], float]:
    """Every outcome for a push that is certain; support and absence share no factor."""
    at, weight = hermite(points)
    tied, chances = ballot.dependence, ballot.probabilities
    speaking, away = [], []
    for size in tied.stance_sizes:
        own = 1 / np.sqrt(1 + size.factor**2 * (tied.assembly**2 + tied.bloc**2))
        # [assembly, bloc, state]
        shared = at[:, None, None] * tied.assembly + at[:, None] * tied.bloc
        found = stances(chances, size.factor * shared * own + support, own)
        speaking.append((size.chance, found))
    for size in tied.attendance_sizes:
        own = 1 / np.sqrt(1 + (size.factor * tied.attendance) ** 2)
        shared = size.factor * at[:, None] * tied.attendance
        away.append((size.chance, absences(chances, shared * own + absence, own)))
    speech = sum(chance * _of_stances(tied, found, weight) for chance, found in speaking)
    silence = sum(chance * _of_absences(found, weight) for chance, found in away)
    return {votes: float(speech[votes] * silence[votes]) for votes in outcomes(len(chances))}


def _of_stances(tied: Dependence, found: FloatArray, weight: FloatArray) -> FloatArray:
    """Probability of what those present say [choice of each state]; who is not, says anything."""
    states, points = len(tied.group), len(weight)
    said = np.concatenate([found, np.ones((*found.shape[:-1], 1))], axis=-1)
    product = np.ones((points,) + states * (1,))
    for group in range(len(tied.groups)):
        inside = np.ones((points, points) + states * (1,))
        for state in np.flatnonzero(tied.group == group):
            inside = inside * _along(said[:, :, state], state, states)
        product = product * np.einsum("ab...,b->a...", inside, weight)
    return np.einsum("a...,a->...", product, weight)


def _of_absences(found: FloatArray, weight: FloatArray) -> FloatArray:
    """Probability of who is present [choice of each state]."""
    states = found.shape[-1]
    product = np.ones((len(weight),) + states * (1,))
    for state, away in enumerate(found.T):
        there = 1 - away
        each = np.stack([there, there, there, away], axis=-1)
        product = product * _along(each, state, states)
    return np.einsum("a...,a->...", product, weight)


def _along(table: FloatArray, state: int, states: int) -> FloatArray:
    """A table [..., choice] with the choice on the axis of a state."""
    return table.reshape(*table.shape[:-1], *np.where(np.arange(states) == state, 4, 1))


def hermite(points: int) -> tuple[FloatArray, FloatArray]:
    """Points on a standard normal factor and their weights, which sum to 1."""
    at, weight = np.polynomial.hermite_e.hermegauss(points)
    return at, weight / weight.sum()


SHARED: dict[str, dict[str, float]] = {
    "assembly": {"assembly": 0.7},
    "attendance": {"attendance": 0.7},
    "bloc": {"bloc": 0.7},
    "all": {"assembly": 0.6, "bloc": 0.45, "attendance": 0.4},
    "by surprise": {"assembly": 0.6, "bloc": 0.45, "attendance": 0.4, "surprise": 0.25},
    "closely tied": {"assembly": 1.2, "bloc": 1.0, "attendance": 0.8, "surprise": 0.25},
}


@pytest.mark.parametrize("shared", SHARED)
def test_the_dense_rule_keeps_the_marginals(shared: str) -> None:
    four = assembly_of(4, **SHARED[shared])  # type: ignore[arg-type]
    of_states = np.zeros((4, len(Choice)))
    for votes, chance in dense(four).items():
        of_states[range(4), votes] += chance
    np.testing.assert_allclose(of_states, four.probabilities, rtol=0, atol=1e-6)


@functools.cache
def three_states(shared: str, moved: float | None) -> tuple[Ballot, dict[tuple[int, ...], float]]:
    """A small assembly and its every outcome by the product rule."""
    ballot = assembly_of(3, **SHARED[shared])  # type: ignore[arg-type]
    if moved is not None:
        ballot = moved_by(ballot, 0.8, absence=moved)
    return ballot, dense(ballot)


@pytest.mark.parametrize("shared", SHARED)
@pytest.mark.parametrize("moved", [None, 0.2, 0.0], ids=["", "moved", "stance moved"])
@pytest.mark.parametrize(("known_as", "fineness"), [("FINE", FINE), ("QUICK", QUICK)])
def test_the_error_bound_is_honest(
    shared: str, moved: float | None, known_as: str, fineness: Fineness
) -> None:
    ballot, expected = three_states(shared, moved)
    allowed = ROUGH[known_as] if moved == 0.0 else TRUNCATED
    for (name, rule), quorum in itertools.product(SMALL.items(), (0, 2, 3)):
        chance, error = adoption(ballot, rule, quorum=quorum, fineness=fineness)
        off = abs(chance - adopted_by_hand(expected, name, quorum))
        assert off <= error + allowed, f"{name}, quorum {quorum}: {off} off, bound {error}"
    solution = solve(ballot, STATISTICS, fineness=fineness)
    for weights, found in zip(STATISTICS, solution.distributions, strict=True):
        counted = [sum(weights[vote] for vote in votes) for votes in expected]
        for value in found.values:
            chance, error = found.chance(found.values <= value)
            reached = np.array(counted) <= value
            off = abs(chance - np.array(list(expected.values())) @ reached)
            assert off <= error + allowed, f"{weights} <= {value}: {off} off, bound {error}"


@pytest.mark.parametrize("shared", SHARED)
@pytest.mark.parametrize("fineness", [FINE, QUICK], ids=["FINE", "QUICK"])
def test_what_other_strengths_change_may_be_held_roughly(shared: str, fineness: Fineness) -> None:
    ballot = moved_by(assembly_of(12, **SHARED[shared]), 0.8, absence=0.0)  # type: ignore[arg-type]
    roughly, closely = (
        solve(ballot, STATISTICS, fineness=one) for one in (fineness, replace(fineness, aside=0))
    )
    np.testing.assert_allclose(roughly.states, closely.states, atol=2e-4)
    for one, other in zip(roughly.distributions, closely.distributions, strict=True):
        assert one.probability.sum() == pytest.approx(1, abs=1e-6)
        np.testing.assert_allclose(one.probability.cumsum(), other.probability.cumsum(), atol=3e-3)


@pytest.mark.parametrize("known", [{}, {0: Choice.YES, 7: Choice.NO}], ids=["", "known"])
@pytest.mark.parametrize("cells", [300, conditional.CELLS])
def test_arms_solved_together_are_what_each_is_alone(
    known: dict[int, Choice], cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditional, "CELLS", cells)  # so few that one arm is in several chunks
    still = replace(assembly_of(12, **SHARED["all"]), known=known)  # type: ignore[arg-type]
    surer = replace(still, probabilities=still.probabilities[::-1])
    arms = [moved_by(still, 0.8), surer, moved_by(surer, -0.5)]
    asked = {"statistics": STATISTICS, "rule": RULES["simple"], "quorum": 3, "fineness": QUICK}
    for one, ballot in zip(solve_arms(arms, **asked), arms, strict=True):  # type: ignore[arg-type]
        alone = solve(ballot, **asked)  # type: ignore[arg-type]
        assert one.adopted == pytest.approx(alone.adopted, abs=1e-6)
        assert one.error == pytest.approx(alone.error, abs=1e-6)
        np.testing.assert_allclose(one.states, alone.states, atol=1e-6)
        for same, wanted in zip(one.distributions, alone.distributions, strict=True):
            np.testing.assert_allclose(same.probability, wanted.probability, atol=1e-6)


@pytest.mark.parametrize("choices", [[Choice.NON_VOTING], [Choice.YES, Choice.NON_VOTING]])
def test_non_voting_is_counted_closely_wherever_counts_are_asked_for(choices: list[Choice]) -> None:
    ballot = assembly_of(12, **SHARED["attendance"])  # type: ignore[arg-type]
    few = replace(QUICK, attendance=3)
    [close] = solve_counts([ballot], choices, fineness=few)
    wanted = solve(ballot, [ONE_HOT[each] for each in choices], fineness=VERY_FINE).distributions
    rough = solve(ballot, [ONE_HOT[Choice.NON_VOTING]], fineness=few).distributions[0]
    for found, closely in zip(close.distributions, wanted, strict=True):
        np.testing.assert_array_equal(found.values, closely.values)
    np.testing.assert_allclose(
        close.distributions[-1].probability, wanted[-1].probability, atol=1e-4
    )
    assert np.abs(rough.probability - wanted[-1].probability).max() > 1e-3
    known = replace(ballot, known={0: Choice.NO})
    [found] = solve_counts([known], choices, fineness=few)
    same = solve(known, [ONE_HOT[Choice.NON_VOTING]], fineness=VERY_FINE).distributions[0]
    np.testing.assert_allclose(found.distributions[-1].probability, same.probability, atol=1e-3)


def test_pressure_of_which_only_the_spread_is_known_is_not_left_out() -> None:
    still, none = assembly_of(3), np.zeros(3)
    pushed = Move(1.0, 0.0, 0.0, pressure=none, pressure_sd=np.full(3, 1.5), absence=none)
    ballot = replace(still, influence=Influence(none, none), moves=(pushed,))
    at, weight = np.polynomial.hermite_e.hermegauss(41)
    shift = {"pressure_sd": none}
    wanted = sum(
        chance
        * solve(
            replace(ballot, moves=(replace(pushed, pressure=1.5 * each + none, **shift),))
        ).states
        for each, chance in zip(at, weight / weight.sum(), strict=True)
    )
    closely = replace(FINE, effect=9)
    np.testing.assert_allclose(solve(ballot, fineness=closely).states, wanted, atol=1e-3)
    assert np.abs(solve(still).states - wanted).max() > 0.01


def test_what_states_do_in_several_arms_alike_is_counted_once() -> None:
    arms = tuple(arms_of(resolve("anniversary-2025")).values())
    together = list(conditional.chunks(arms, QUICK))
    alone = [list(conditional.chunks([arm], QUICK)) for arm in arms]
    every = sum(len(chunk.weight) for chunk in together)
    most = [max(len(each.place) for each in chunk.groups) for chunk in together]
    least = [min(len(each.place) for each in chunk.groups) for chunk in together]
    assert every == sum(len(chunk.weight) for arm in alone for chunk in arm)
    # all but the United States do the same at a position, whichever arm takes it
    assert sum(most) == every
    assert sum(least) < 0.6 * every


@pytest.mark.parametrize("weights", [(1, 0, 0, 0), TWICE])
def test_small_chances_stay_normal_numbers(weights: tuple[int, int, int, int]) -> None:
    chances = np.full((4, 8, 1, 3), 1e-7)
    chances[Choice.ABSTAIN] = 1 - 3e-7
    steps = _by_step(chances.astype(np.float32), [weights])
    single, double = polynomial(steps), polynomial(_by_step(chances, [weights]))
    assert np.abs(single).min() > 1e8 * np.finfo(np.float32).tiny
    assert double.min() < np.finfo(np.float32).tiny  # as they would else be
    assert single == pytest.approx(double, abs=1e-6)


def test_arms_that_share_nothing_are_not_solved_together() -> None:
    one, other = assembly_of(4), assembly_of(4)
    with pytest.raises(ValueError, match="must share dependence and known votes"):
        solve_arms([one, other])
    with pytest.raises(ValueError, match="must share dependence and known votes"):
        solve_arms([one, replace(one, known={0: Choice.NO})])


def test_every_strength_is_held_closely_where_absence_is_moved() -> None:
    ballot = moved_by(assembly_of(4, **SHARED["all"]), 0.8, absence=0.0)  # type: ignore[arg-type]
    assert not all(at.closely for at in held(ballot))
    assert all(at.closely for at in held(moved_by(ballot, 0.8)))  # absence is moved too
    for found in (list(held(ballot)), list(held_twice(replace(ballot, known=SAID), FINE))):
        assert sum(at.weight for at in found) == pytest.approx(1)
        assert sum(at.coarse for at in found) == pytest.approx(1)


def test_what_needs_no_integration_has_no_error_to_report() -> None:
    _, error = adoption(assembly_of(6), RULES["simple"], quorum=0)
    assert error <= 1e-12


# One number for a group, or every pair of its two factors


def of_two_sizes(ballot: Ballot) -> Ballot:
    """The ballot with weights of two sizes in each group, in one proportion."""
    tied = ballot.dependence
    size = np.where(np.arange(len(tied.group)) % 2, 1.0, 1.6)
    return replace(
        ballot,
        dependence=replace(tied, assembly=size * tied.assembly, bloc=size * tied.bloc),
    )


@pytest.mark.parametrize("shared", ["all", "closely tied"])
@pytest.mark.parametrize("known", [{}, {0: Choice.YES, 7: Choice.NO}], ids=["", "known"])
def test_a_group_on_a_line_is_what_it_is_pair_by_pair(
    shared: str, known: dict[int, Choice], monkeypatch: pytest.MonkeyPatch
) -> None:
    twelve = assembly_of(12, **SHARED[shared])  # type: ignore[arg-type]
    ballot = of_two_sizes(replace(twelve, known=known))
    points, solutions = [], []
    for tolerance in (1e-9, -1.0):
        monkeypatch.setattr(lattice, "PROPORTIONAL", tolerance)
        [group, *_] = lattice.groups_at(ballot.dependence, 1.0, np.zeros(9), FINE)
        points.append(group.value.shape[1])
        solutions.append(solve(ballot, STATISTICS, fineness=VERY_FINE))
    assert points[0] < points[1]
    one, other = solutions
    for same, wanted in zip(one.distributions, other.distributions, strict=True):
        np.testing.assert_allclose(same.probability, wanted.probability, atol=BEYOND)
    np.testing.assert_allclose(one.known, other.known, atol=BEYOND)
    np.testing.assert_allclose(one.states, other.states, atol=BEYOND)


# Against simulation, on fixed seeds

FREE = assembly_of(10)
TIED = assembly_of(10, assembly=0.6, bloc=0.45, attendance=0.4, surprise=0.25)
MOVED = moved_by(TIED, -0.6)
DIVIDED = replace(
    MOVED, moves=(replace(Move.none(10), chance=0.3), replace(MOVED.moves[0], chance=0.7))
)
SAID = {0: Choice.YES, 5: Choice.NON_VOTING, 9: Choice.NO}
ARMS = {
    "independent": FREE,
    "tied": TIED,
    "moved": MOVED,
    "one of two positions": DIVIDED,
    "known votes": replace(DIVIDED, known=SAID),
    "known votes, independent": replace(FREE, known=SAID),
}


TOLD = {"NPL": "yes", "PRY": "abstain", "BLZ": "yes", "KIR": "non_voting", "GRD": "yes"}
"""Votes that are known on Jerusalem."""


@functools.cache
def simulated(arm: str, *, draws: int = 20_000) -> tuple[IntArray, FloatArray]:
    """Tallies [draw, choice] and their weights [draw]."""
    ballot = ARMS[arm]
    factors = ballot.dependence.factor_count + UNCERTAINTIES
    chance = Chance(seed=20250224, draws=draws, states=len(ballot.probabilities), factors=factors)
    tallies: list[IntArray] = []
    weights: list[FloatArray] = []
    for noise in chance.blocks():
        votes, weight = hold(ballot, latent(noise, ballot.dependence), noise)
        tallies.append(count(votes))
        weights.append(np.ones(len(noise)) if weight is None else np.exp(weight))
    return np.concatenate(tallies), np.concatenate(weights)


def standard_error(exact: float, weights: FloatArray) -> float:
    """Of a chance that is estimated by weighted draws."""
    effective = weights.sum() ** 2 / (weights**2).sum()
    return float(np.sqrt(exact * (1 - exact) / effective))


@pytest.mark.parametrize("arm", ARMS)
def test_simulated_adoption_is_within_four_standard_errors_of_exact(arm: str) -> None:
    tallies, weights = simulated(arm)
    for name, rule in SMALL.items():
        exact, error = adoption(ARMS[arm], rule, quorum=8)
        share = weights @ rule(tallies, quorum=8) / weights.sum()
        assert abs(share - exact) <= 4 * standard_error(exact, weights) + error + 1e-12, name


@pytest.mark.parametrize("arm", ARMS)
def test_simulated_counts_are_within_four_standard_errors_of_exact(arm: str) -> None:
    tallies, weights = simulated(arm)
    for weights_of, name in zip(STATISTICS, [*Choice, "margin", "twice", "cast"], strict=True):
        found = distribution(ARMS[arm], weights_of)
        counted = tallies @ np.array(weights_of)
        for value in found.values:
            # chances up to a value: their errors are nearly normal where single cells' are not
            exact, error = found.chance(found.values <= value)
            share = weights @ (counted <= value) / weights.sum()
            bound = 4 * standard_error(exact, weights) + error + 1e-4
            assert abs(share - exact) <= bound, f"{name} <= {value}"


def test_the_first_scenario_agrees_with_its_simulation() -> None:
    draws = 4096
    scenario = read_scenario("anniversary-2025")
    two = {name: scenario.arms[name] for name in ("with-us", "us-opposes")}
    found = simulate(scenario.model_copy(update={"arms": two}), draws=draws)
    for arm, exact in found.exact.items():
        assert exact.error < 0.005
        bound = 4 * np.sqrt(exact.adopted * (1 - exact.adopted) / draws) + exact.error
        assert abs(found.counts[arm].chance - exact.adopted) <= bound, arm
        for choice in Choice:
            counted = found.counts[arm].tallies[choice] / draws
            votes = np.arange(len(counted))
            expected = exact.tallies[choice] @ votes
            sd = np.sqrt(exact.tallies[choice] @ (votes - expected) ** 2)
            off = abs(counted @ votes - expected)
            # the quadrature's own error of an expected count is far below a tenth of a vote
            assert off <= 4 * sd / np.sqrt(draws) + 0.1, (arm, choice)


@pytest.mark.parametrize(
    ("stem", "arm", "us", "shared", "known"),
    [
        ("anniversary-2025", "us-opposes", {"effect_scale": 10.0}, 1.0, {}),
        (
            "anniversary-2025",
            "us-opposes",
            {"effect_scale": 10.0},
            1.0,
            {"HUN": "no", "BRA": "yes"},
        ),
        # each on its own: the count follows the pressure closely
        ("jerusalem-2017", "us-lobbies", {"pressure_scale": 10.0}, 0.0, {}),
        ("jerusalem-november-2017", "us-lobbies", {"pressure_scale": 10.0}, 1.0, TOLD),
        ("rights-2024", "us-abstains", {"effect_scale": 5.0}, 0.0, {"BRA": "no", "MEX": "yes"}),
    ],
)
def test_a_strong_and_uncertain_effect_agrees_with_its_simulation(
    stem: str, arm: str, us: dict[str, float], shared: float, known: dict[str, str]
) -> None:
    draws = 20_000
    tables = read_scenario(stem).model_dump()
    tables["us"] |= us
    tables["arms"] = {arm: tables["arms"][arm]}
    tables["dependence"]["scale"] = shared
    found = simulate(tables | {"actual": None}, draws=draws, known=known)
    exact, counts = found.exact[arm], found.counts[arm]
    assert exact.error < 0.02
    bound = 4 * np.sqrt(max(exact.adopted * (1 - exact.adopted), 1 / draws) / counts.effective)
    assert abs(counts.chance - exact.adopted) <= bound + exact.error
    for choice in Choice:
        counted = counts.tallies[choice] / counts.tallies[choice].sum()
        votes = np.arange(len(counted))
        expected = exact.tallies[choice] @ votes
        sd = np.sqrt(exact.tallies[choice] @ (votes - expected) ** 2)
        off = abs(counted @ votes - expected)
        assert off <= 4 * sd / np.sqrt(counts.effective) + 0.1, choice
        below, computed = counted.cumsum(), exact.tallies[choice].cumsum()
        assert np.abs(below - computed).max() <= 2.5 / np.sqrt(counts.effective) + 0.005, choice


def test_strengths_are_told_apart_as_sharply_as_known_votes_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # nearly all is shared, so that five votes leave few strengths possible
    tables = read_scenario("human-rights-council-2022").model_dump()
    tables["arms"] = {"us-opposes": tables["arms"]["us-opposes"]}
    tables["us"]["effect_scale"] = 2.5
    tables["dependence"]["scale"] = 4.0
    told = {"MLT": "yes", "SLE": "abstain", "SVK": "yes", "SYR": "no", "PAK": "abstain"}
    ballot = arms_of(resolve(tables, known=told))["us-opposes"]
    usual = marginals(ballot).sum(axis=0)
    monkeypatch.setattr(uncertainty, "WIDE", 0.0)
    monkeypatch.setattr(uncertainty, "APART", 0.4)
    np.testing.assert_allclose(usual, marginals(ballot).sum(axis=0), atol=0.1)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_bound_of_adoption_holds_against_twice_as_many_points(name: str) -> None:
    closer = replace(
        FINE,
        assembly=2 * FINE.assembly - 1,
        bloc=2 * FINE.bloc - 1,
        attendance=2 * FINE.attendance - 1,
        step=FINE.step / 2,
        effect=7,
    )
    case = resolve(name)
    arms = arms_of(case)
    usual, twice = (
        solve_arms([*arms.values()], (), rule=case.rule, fineness=fineness)
        for fineness in (FINE, closer)
    )
    for arm, found, wanted in zip(arms, usual, twice, strict=True):
        assert abs(found.adopted - wanted.adopted) <= found.error, arm
        assert found.error < 0.005, arm
