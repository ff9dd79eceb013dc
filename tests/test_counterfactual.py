"""What a difference between two arms rests on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from strategies import assembly_of, ballots, moved_by

from sim.assembly.choices import Choice, FloatArray
from sim.assembly.rules import RULES
from sim.record.cited import cited_roll_calls
from sim.scenario import ballots as arms
from sim.scenario.case import resolve
from sim.scenario.schema import read_scenario
from sim.studies.beside import PairedArms
from sim.studies.break_even import TIMES, Curve, curve_of, curve_through, evens_of
from sim.studies.contrast import asked_of, contrast
from sim.studies.fall import fall_of_support
from sim.studies.strengths import Goals, Strengths, grid, strengths_of
from sim.vote.ballot import Ballot, count, hold
from sim.vote.chance import BLOCK, POSITION, Chance, Noise
from sim.vote.dependence import Dependence
from sim.vote.exact import solve as exact
from sim.vote.influence import UNCERTAINTIES, Influence, Move
from sim.vote.outcomes.pairing import coupled, pair_sums
from sim.vote.outcomes.tables import Threshold
from sim.vote.shared import latent

NONE = np.zeros(1)
MANY = 150
MAJORITY = Goals(RULES["two-thirds"], (Threshold(Choice.YES, 60), Threshold(Choice.NO, 40)))


def alone(*moves: Move, effect: float = 1.0, effect_sd: float = 0.0, yes: float = 0.5) -> Ballot:
    """One state that says yes or no and shares nothing."""
    return Ballot(
        np.array([[yes, 0.0, 1 - yes, 0.0]]),
        Dependence.independent(1),
        Influence(np.array([effect]), np.array([effect_sd])),
        moves,
    )


def step(distance: float, *, chance: float = 1.0, distance_sd: float = 0.0) -> Move:
    """A position so far from the reference."""
    return replace(Move.none(1), chance=chance, distance=distance, distance_sd=distance_sd)


def joint(one: Ballot, other: Ballot, asked: Goals | None = None) -> PairedArms:
    """Two arms beside each other."""
    return PairedArms.of(strengths_of(one, asked), strengths_of(other, asked))


def yes_difference(one: Ballot, other: Ballot) -> list[float]:
    """Mean, variance, 5 % and 95 % quantile of the difference of the chance of a yes."""
    found = joint(one, other).difference(lambda at: at.counts)
    return [float(part[Choice.YES]) for part in found]


# Over the strengths of the effect, worked by hand


def test_what_two_arms_have_in_common_is_no_difference() -> None:
    # both at the same distance: the effect, though uncertain, is the same in either
    one, other = (alone(step(-1.0, distance_sd=0.3), effect_sd=0.5) for _ in range(2))
    assert yes_difference(one, other) == [0.0] * 4


def test_arms_on_either_side_of_the_reference_vary_together() -> None:
    # shifts -z and +z: P(yes) is 1 - U and U with U uniform, their difference 1 - 2U:
    # mean 0, variance 4/12, quantiles -0.9 and 0.9; the two variances alone add up to 2/12
    one, other = (alone(step(side), effect=0.0, effect_sd=1.0) for side in (-1.0, 1.0))
    mean, variance, low, high = yes_difference(one, other)
    assert mean == pytest.approx(0, abs=1e-6)
    assert variance == pytest.approx(1 / 3, abs=1e-4)
    assert (low, high) == (pytest.approx(-0.9, abs=0.02), pytest.approx(0.9, abs=0.02))


def test_against_an_arm_at_the_reference_the_variance_is_that_of_the_arm() -> None:
    # P(yes) = U is uniform
    moved = alone(step(1.0), effect=0.0, effect_sd=1.0)
    _, variance, low, high = yes_difference(moved, alone(Move.none(1)))
    assert variance == pytest.approx(1 / 12, abs=1e-4)
    assert (low, high) == (pytest.approx(-0.45, abs=0.01), pytest.approx(0.45, abs=0.01))


def test_positions_are_those_of_one_and_the_same_draw() -> None:
    # draws below 0.5 take the first position of either arm, those above the second
    near, far = step(0.0, chance=0.5), step(1.0, chance=0.5)
    same = yes_difference(alone(near, far), alone(near, far))
    assert same == [0.0] * 4
    turned = yes_difference(alone(near, far), alone(far, near))
    gap = ndtr(1.0) - 0.5  # 0.341: the one arm is ahead in half of the draws, the other in the rest
    assert turned == pytest.approx([0, gap**2, -gap, gap], abs=1e-9)


def test_a_position_of_a_third_of_the_draws_is_paired_with_those_draws() -> None:
    # [0, 1/3) near and [1/3, 1) far, against [0, 1/2) near and [1/2, 1) far: a sixth differs
    one = alone(step(0.0, chance=1 / 3), step(1.0, chance=2 / 3))
    other = alone(step(0.0, chance=0.5), step(1.0, chance=0.5))
    gap = ndtr(1.0) - 0.5
    mean, variance, *_ = yes_difference(one, other)
    assert mean == pytest.approx(gap / 6)
    assert variance == pytest.approx(gap**2 * (1 / 6) * (5 / 6))


def test_an_outcome_hangs_on_the_effect_as_its_chance_does() -> None:
    # adopted if the one state says yes: P = U
    asked = Goals(RULES["simple"], (Threshold(Choice.YES, 1),))
    moved = alone(step(1.0), effect=0.0, effect_sd=1.0)
    found = joint(moved, alone(Move.none(1)), asked).difference(lambda at: at.outcomes)
    mean, variance, low, high = (part[1] for part in found)
    assert mean == pytest.approx(0, abs=1e-3)
    assert variance == pytest.approx(1 / 12, rel=0.005)
    assert (low, high) == (pytest.approx(-0.45, abs=0.01), pytest.approx(0.45, abs=0.01))


# The same from draws


def opposed() -> Ballot:
    """An assembly in which one half follows a sponsor that turns."""
    return moved_by(assembly_of(MANY, assembly=0.3, bloc=0.4, attendance=0.2), -1.0)


def mixed() -> Ballot:
    """The same, with a position that is open, and with pressure."""
    base = opposed()
    push = np.linspace(-0.4, 0.1, MANY)
    [turns] = base.moves
    lobbies = replace(turns, chance=0.4, distance=-0.5, pressure=push, pressure_sd=np.abs(push))
    return replace(base, moves=(lobbies, Move.none(MANY, chance=0.6)))


def figures(ballot: Ballot, noise: Noise) -> FloatArray:
    """The counts and outcomes of each draw."""
    tally = count(hold(ballot, latent(noise, ballot.dependence), noise)[0])
    return np.concatenate([tally, MAJORITY.happened(tally)], axis=1).astype(float)


def twins(seed: int, blocks: int) -> tuple[FloatArray, FloatArray]:
    """Differences of two arms in two sets of draws that share the effect and nothing else."""
    one, other = mixed(), opposed()
    factors = one.dependence.factor_count + UNCERTAINTIES
    chance = Chance(seed=seed, draws=2 * blocks * BLOCK, states=MANY, factors=factors)
    found: list[list[FloatArray]] = [[], []]
    for number in range(blocks):
        first, second = chance.block(2 * number), chance.block(2 * number + 1)
        drawn, uniform = second.factors.copy(), second.uniform.copy()
        drawn[:, -UNCERTAINTIES:] = first.factors[:, -UNCERTAINTIES:]
        uniform[:, POSITION] = first.uniform[:, POSITION]
        twin = replace(second, factors=drawn, uniform=uniform)
        for noise, kept in zip((first, twin), found, strict=True):
            kept.append(figures(one, noise) - figures(other, noise))
    return np.concatenate(found[0]), np.concatenate(found[1])


def test_the_variance_by_the_effect_is_what_draws_of_one_effect_have_in_common() -> None:
    one, other = twins(seed=5, blocks=24)
    middle = (one.mean(axis=0) + other.mean(axis=0)) / 2
    common = (one - middle) * (other - middle)  # its mean is the variance given the effect
    error = common.std(axis=0) / np.sqrt(len(common))
    beside = joint(mixed(), opposed(), MAJORITY)
    counts = beside.difference(lambda at: at.counts)
    outcomes = beside.difference(lambda at: at.outcomes)
    mean, variance = (np.concatenate(both) for both in zip(counts[:2], outcomes[:2], strict=True))
    assert (np.abs(common.mean(axis=0) - variance) <= 4 * error + 1e-5).all()
    spread = one.std(axis=0) / np.sqrt(len(one))
    assert (np.abs(one.mean(axis=0) - mean) <= 4 * spread + 1e-3).all()
    # the arms move together: their variances alone would add up to another number
    still = replace(opposed(), moves=(Move.none(MANY),))
    apart = sum(
        joint(arm, still).difference(lambda at: at.counts)[1] for arm in (mixed(), opposed())
    )
    assert (np.abs(common.mean(axis=0)[:3] - apart[:3]) > 10 * error[:3]).all()


@pytest.mark.parametrize("known", [{}, {20: Choice.NO, 100: Choice.YES}])
def test_means_over_the_strengths_are_the_exact_answers(known: dict[int, Choice]) -> None:
    one, other = (replace(ballot, known=known) for ballot in (mixed(), opposed()))
    beside = joint(one, other, MAJORITY)
    counts, outcomes = (
        beside.difference(lambda at: at.counts)[0],
        beside.difference(lambda at: at.outcomes)[0],
    )
    finely = [MAJORITY.solve(ballot, fineness=exact.FINE) for ballot in (one, other)]
    expected = [solution.states.sum(axis=0) for _, solution in finely]
    assert counts == pytest.approx(expected[0] - expected[1], abs=0.01)
    assert outcomes == pytest.approx(finely[0][0] - finely[1][0], abs=0.005)


def test_a_known_vote_tells_how_strong_the_effect_is() -> None:
    # two states alike, shift -z: P(no) = U, uniform. The first has said no, so U has density 2u:
    # mean 2/3, variance 1/2 - 4/9; the other says yes with 1 - U, and with 1/2 if nobody moves
    none = np.zeros(2)
    two = Ballot(
        np.array([[0.5, 0.0, 0.5, 0.0]] * 2),
        Dependence.independent(2),
        Influence(none, np.ones(2)),
        (Move(1.0, -1.0, 0.0, pressure=none, pressure_sd=none, absence=none),),
        {0: Choice.NO},
    )
    mean, variance, low, high = yes_difference(two, replace(two, moves=(Move.none(2),)))
    assert mean == pytest.approx(1 / 3 - 1 / 2, abs=0.002)
    assert variance == pytest.approx(1 / 18, rel=0.01)
    # the quantiles of U are the roots of 0.05 and 0.95
    ends = 0.5 - np.sqrt([0.95, 0.05])
    assert (low, high) == (pytest.approx(ends[0], abs=0.01), pytest.approx(ends[1], abs=0.02))


@given(ballot=ballots(known=True))
@settings(max_examples=15)
def test_a_difference_to_itself_is_nothing(ballot: Ballot) -> None:
    asked = Goals(RULES["simple"])
    beside = joint(ballot, ballot, asked)
    for what in (lambda at: at.counts, lambda at: at.outcomes):
        for part in beside.difference(what):
            assert not part.any()


def test_without_an_effect_a_contrast_moves_nobody_but_the_united_states() -> None:
    scenario = read_scenario("jerusalem-2017")
    none = scenario.us.model_copy(update={"effect_scale": 0.0, "pressure_scale": 0.0})
    [one] = contrast(scenario.model_copy(update={"us": none}), draws=200).each
    others = one.movers.set_index("iso3").drop("USA")
    assert not others[["mean", "q05", "q95"]].to_numpy().any()
    assert not one.counts["effect"].any()
    assert not one.chances["effect"].any()
    assert np.ptp(one.curve.chances, axis=0) == pytest.approx(0)
    assert set(one.break_even["what"]) == {"above"}


# Pairs of draws


def test_the_error_of_a_paired_difference_is_that_of_the_differences() -> None:
    # differences 1, 0, -1, 1, 0: mean 0.2, variance 0.56, over five draws
    one, other = np.array([[1], [1], [0], [1], [0]]), np.array([[0], [1], [1], [0], [0]])
    sums = pair_sums(one[:3], other[:3]) + pair_sums(one[3:], other[3:])
    assert sums.mean[0] == pytest.approx(0.2)
    assert sums.standard_error[0] == pytest.approx((0.56 / 5) ** 0.5)
    assert (sums.higher[0], sums.lower[0], sums.weight) == (2, 1, 5)


def test_the_error_of_weighted_draws_is_that_of_leaving_each_out() -> None:
    noise = Chance(seed=3, draws=400, states=2, factors=4).block(0)
    weights = noise.uniform[:, 0].astype(float), noise.uniform[:, 1].astype(float)
    one = (noise.stance[:, :1] > 0.3).astype(int)
    other = (noise.stance[:, :1] + noise.stance[:, 1:] > 0.5).astype(int)

    def mean(rows: FloatArray) -> float:
        parts = [
            (w * rows) @ x[:, 0] / (w @ rows) for w, x in zip(weights, (one, other), strict=True)
        ]
        return float(parts[0] - parts[1])

    left_out = np.array([mean(np.arange(400) != row) for row in range(400)])
    jackknife = np.sqrt(399 / 400 * ((left_out - left_out.mean()) ** 2).sum())
    sums = pair_sums(one, other, (np.log(weights[0]), np.log(weights[1])))
    assert sums.mean[0] == pytest.approx(mean(np.ones(400)))
    assert sums.standard_error[0] == pytest.approx(jackknife, rel=0.02)


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)), min_size=1, max_size=8))
def test_each_side_of_a_pair_weighs_as_its_arm_does(weights: list[tuple[float, float]]) -> None:
    one, other = (np.array(side) / sum(side) for side in zip(*weights, strict=True))
    first, second, weight = coupled(one, other)
    assert np.bincount(first, weight, len(one)) == pytest.approx(one)
    assert np.bincount(second, weight, len(one)) == pytest.approx(other)
    assert weight[first == second].sum() >= np.minimum(one, other).sum() - 1e-12


# Break-even


def one_yes(yes: float, distance: float, effect_sd: float = 0.0) -> tuple[Ballot, Goals]:
    """One state, and whether it says yes."""
    ballot = alone(step(distance), yes=yes, effect_sd=effect_sd)
    return ballot, Goals(RULES["simple"], (Threshold(Choice.YES, 1),))


@pytest.mark.parametrize(
    ("yes", "distance", "what", "times"),
    [
        (0.8, -1.0, "falls", ndtri(0.8)),
        (0.2, 1.0, "rises", ndtri(0.8)),
        (0.2, -1.0, "below", np.nan),
        (0.8, 1.0, "above", np.nan),
    ],
)
def test_one_state_breaks_even_where_its_support_is_used_up(
    yes: float, distance: float, what: str, times: float
) -> None:
    found = evens_of(curve_of(*one_yes(yes, distance))).set_index("outcome")
    row = found.loc["yes >= 1"]
    assert row["what"] == what
    assert row["no_effect"] == pytest.approx(yes, abs=1e-6)
    assert row["times"] == pytest.approx(times, abs=0.005, nan_ok=True)


def test_an_uncertain_effect_flattens_the_curve_and_leaves_its_middle() -> None:
    # shift -s (1 + 0.5 z): support stays above it with Phi((ndtri(0.8) - s) / root(1 + s^2 / 4))
    curve = curve_of(*one_yes(0.8, -1.0, effect_sd=0.5))
    assert curve.even(1) == pytest.approx(ndtri(0.8), abs=0.01)
    for times in (0.0, 0.5, 1.0, 3.0, 6.0):
        expected = ndtr((ndtri(0.8) - times) / np.sqrt(1 + times**2 / 4))
        assert curve.at(times)[1] == pytest.approx(expected, abs=0.003)


def through(*chances: float) -> Curve:
    """A curve through chances at the multiples that are solved."""
    points = len(grid()[2])
    each = [
        (Strengths(1.0, np.ones(points), np.ones((1, 1, 4)), np.full((points, 1), chance)),)
        for chance in chances
    ]
    return curve_through(("x",), each)


def test_the_first_of_two_break_evens_is_told() -> None:
    assert TIMES == (0.0, 1.0, 2.0, 4.0, 8.0, 20.0)
    [row] = evens_of(through(0.9, 0.7, 0.5, 0.3, 0.5, 0.8)).to_dict("records")
    assert row["what"] == "falls"
    assert row["times"] == pytest.approx(2.0, abs=0.01)


def test_each_known_vote_weighs_the_strengths_it_speaks_for() -> None:
    # two states alike, shift -s z, one of which has said no: with weight 2 U, U = Phi(s z)
    none = np.zeros(2)
    two = Ballot(
        np.array([[0.5, 0.0, 0.5, 0.0]] * 2),
        Dependence.independent(2),
        Influence(none, np.ones(2)),
        (Move(1.0, -1.0, 0.0, pressure=none, pressure_sd=none, absence=none),),
        {0: Choice.NO},
    )
    asked = Goals(RULES["simple"], (Threshold(Choice.YES, 1),))
    curve = curve_of(two, asked)
    for times in (0.0, 1.0, 2.0):
        # E[2 U (1 - U)] = 1 - 2 E[U^2] with E[U^2] = 1/4 + arcsin(s^2 / (1 + s^2)) / (2 pi)
        squared = 0.25 + np.arcsin(times**2 / (1 + times**2)) / (2 * np.pi)
        assert curve.at(times)[1] == pytest.approx(1 - 2 * squared, abs=0.004)


def test_without_an_effect_the_curve_is_flat_and_solved_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    solved = []

    def counted(ballot: Ballot, asked: Goals) -> tuple[Strengths, ...]:
        solved.append(ballot)
        return strengths_of(ballot, asked)

    monkeypatch.setattr("sim.studies.break_even.strengths_of", counted)
    asked = one_yes(0.7, -1.0)[1]
    for still in (alone(Move.none(1), yes=0.7), alone(step(-1.0), effect=0.0, yes=0.7)):
        solved.clear()
        assert curve_of(still, asked).chances[:, 1] == pytest.approx(0.7)
        assert len(solved) == 1


def test_nothing_of_lobbying_is_left_at_no_effect() -> None:
    case = resolve("jerusalem-2017")
    found, asked = arms.ballots(case), asked_of(case)
    still = strengths_of(found["us-votes-no"], asked)
    lobbied = curve_of(found["us-lobbies"], asked)
    assert found["us-lobbies"].moves[0].absence.any()
    np.testing.assert_allclose(
        lobbied.at(0.0), curve_through(asked.labels, [still] * len(TIMES)).at(0.0), atol=2e-4
    )


def test_what_is_known_at_the_assumed_effect_is_not_solved_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ballot, asked = one_yes(0.8, -1.0, effect_sd=0.2)
    assumed, solved = strengths_of(ballot, asked), []
    monkeypatch.setattr(
        "sim.studies.break_even.strengths_of",
        lambda *told: solved.append(told) or strengths_of(*told),  # type: ignore[func-returns-value]
    )
    curve = curve_of(ballot, asked, assumed=assumed)
    assert len(solved) == len(TIMES) - 1
    assert curve.at(1.0) == pytest.approx(curve_of(ballot, asked).at(1.0))


def test_the_range_of_the_drift_is_its_middle_90_per_cent() -> None:
    drift = fall_of_support().set_index("part").loc["drift"]
    spread = (drift["high"] - drift["low"]) / 2
    # states that changed their mind each on its own: the variance of a sum of +1 and -1
    record = cited_roll_calls()
    one, other = (record.votes[record.row(symbol)] == Choice.YES for symbol in ("77/229", "79/184"))
    changed = int((one != other).sum())
    assert spread == pytest.approx(ndtri(0.95) * changed**0.5, rel=1e-3)
