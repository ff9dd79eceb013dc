"""How much of an improbable vote is a state's own: what it leaves alone, and how it is fitted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.assembly.choices import CHOICES, Choice
from sim.models.dependence.evidence import Evidence, Groups
from sim.models.dependence.fit import FittedDependence
from sim.models.dependence.learning import Learning
from sim.models.dependence.will import CANDIDATES, badness, fit_own_will
from sim.models.fitted.tables import dependence_from, dependence_table
from sim.models.judgements import model_seeds
from sim.scenario.ballots import ballots, bound_by_sponsoring, own_will_of
from sim.scenario.case import Case, resolve
from sim.vote import chance
from sim.vote.dependence import Dependence, SizeLaw
from sim.vote.exact.solve import marginals
from sim.vote.own_will import OwnWill
from tests.strategies import probabilities

STATES, EVERY = 40, np.ones(len(CANDIDATES))


def together(states: int, *, eps: float = 0.0, cap: float = 0.0) -> Dependence:
    """States that share two thirds of their support, with some own will."""
    none = np.zeros(states)
    will = OwnWill.of_all(states, eps=eps, cap=cap)
    return Dependence(("all",), none.astype(int), none + 1.4, none, none, will=will)


@settings(max_examples=20)
@given(
    votes=probabilities(states=3),
    eps=st.sampled_from([0.05, 0.2, 0.4]),
    cap=st.sampled_from([0.6, 0.8]),
)
def test_own_will_leaves_every_state_its_probabilities(
    votes: np.ndarray, eps: float, cap: float
) -> None:
    votes = 0.9 * votes + 0.1 / 4
    learning = Learning(votes, together(3, eps=eps, cap=cap))
    np.testing.assert_allclose(learning.given({}), votes, atol=2e-3)
    after = sum(votes[1, choice] * learning.given({1: choice}) for choice in CHOICES)
    np.testing.assert_allclose(np.asarray(after)[[0, 2]], votes[[0, 2]], atol=5e-3)


def test_a_rebel_with_a_will_of_its_own_says_less_of_the_others() -> None:
    # a state that says no with a chance of 3 % does
    votes = np.tile([0.9, 0.07, 0.03, 0.0], (3, 1))
    said = {0: Choice.NO}
    trend = Learning(votes, together(3)).given(said)[1, Choice.YES]
    rebel = Learning(votes, together(3, eps=0.2, cap=0.8)).given(said)[1, Choice.YES]
    assert trend < rebel < 0.9


def held(rebels: float, *, number: int) -> np.ndarray:
    """Votes of states that share much, of which some go their own way."""
    shared, own, stray = (
        chance.Chance(seed=seed, draws=120, states=STATES, factors=1).block(0)
        for seed in (number, number + 1, number + 2)
    )
    support = (1.4 * shared.factors + own.stance) / np.sqrt(1 + 1.4**2)
    lonely = stray.stance_level < rebels * 2**16
    support = np.where(lonely, stray.attendance, support)
    # yes above the 20 % quantile, no below the 5 % one
    return np.where(support > -0.8416, 0, np.where(support < -1.6449, 2, 1)).astype(np.int8)


@pytest.mark.parametrize(("rebels", "some"), [(0.0, False), (0.12, True)])
def test_own_will_is_found_where_states_had_one(rebels: float, *, some: bool) -> None:
    votes = held(rebels, number=11)
    forecast = np.tile([0.8, 0.15, 0.05, 0.0], (len(votes), STATES, 1))
    groups = Groups.named(["all"] * STATES, ["all"] * STATES)
    earlier = Evidence.of(votes, forecast, np.zeros(len(votes)), groups=groups)
    will = fit_own_will(earlier, [together(STATES)] * len(votes), of_counts=0 * EVERY)
    assert will.eps.min() == will.eps.max()
    if some:
        assert will.eps[0] >= 0.1
    else:
        assert will.eps[0] <= 0.1


def test_own_will_that_makes_the_counts_unlikely_is_not_taken() -> None:
    votes = held(0.12, number=11)
    forecast = np.tile([0.8, 0.15, 0.05, 0.0], (len(votes), STATES, 1))
    groups = Groups.named(["all"] * STATES, ["all"] * STATES)
    earlier = Evidence.of(votes, forecast, np.zeros(len(votes)), groups=groups)
    unlikely = np.array([0.0, *[9.0] * (len(CANDIDATES) - 1)])
    will = fit_own_will(earlier, [together(STATES)] * len(votes), of_counts=unlikely)
    assert not will.share.any()


def test_harm_of_one_period_is_not_made_up_for_by_gains_of_another() -> None:
    gains = [(1, place, np.array([0.0, 0.1 if place == 0 else -1.0])) for place in range(5)]
    # a fifth of the periods is worse by 0.1
    assert badness(gains, 5).tolist() == [0.0, pytest.approx(0.02)]


def test_parameters_keep_own_will_and_older_files_have_none() -> None:
    law, shared = SizeLaw(0.0, 0.0, 0.0, 0.0), Dependence.independent(193)
    size, cap = CANDIDATES[-1]
    will = OwnWill.of_all(193, eps=size, cap=cap)
    made = FittedDependence(replace(shared, will=will), law, law, 9)
    table = dependence_table(made)
    assert table["own_will"] == {"eps": size, "cap": cap}
    assert dependence_from(table).dependence.own_will.eps.tolist() == will.eps.tolist()
    del table["own_will"]
    assert not dependence_from(table).dependence.own_will.eps.any()


def test_a_sponsor_that_breaks_its_word_moves_others_less_than_by_the_will_of_all() -> None:
    sponsors, known = resolve("anniversary-2025"), {"HUN": "no"}
    own = model_seeds()["own_will"]
    alike = sponsors.scenario.dependence.model_copy(update={"own_will": own["eps"]})
    plain = resolve(sponsors.scenario.model_copy(update={"dependence": alike}), known=known)

    def others(case: Case) -> float:
        return float(marginals(ballots(case)["with-us"])[1:, Choice.YES].sum())

    usual, told, before = others(plain), others(resolve(sponsors, known=known)), others(sponsors)
    assert usual < told < before
    # what a scenario sets holds for all states alike
    assert set(own_will_of(plain).eps) == {own["eps"]}


def test_who_does_not_sponsor_has_the_will_of_all() -> None:
    will, bound = own_will_of(case := resolve("anniversary-2025")), bound_by_sponsoring(case)
    own = model_seeds()["own_will"]
    assert set(will.eps[bound == 0]) == {own["eps"]}
    assert set(will.eps[bound > 0]) == {own["sponsors"]["eps"]}
