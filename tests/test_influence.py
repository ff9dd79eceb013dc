from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import influences, moves

from sim.vote.chance import BLOCK, Chance, Noise
from sim.vote.influence import Influence, Move, position_of_draw, shifts_of_draw

NONE = np.zeros(2)
FULL = Move(1.0, -1.0, 0.0, pressure=NONE, pressure_sd=NONE, absence=NONE)
WEST = Influence(effect=np.array([0.9, 0.0]), effect_sd=np.array([0.3, 0.0]))


def noise(*, draws: int = 64, states: int = 2, factors: int = 4) -> Noise:
    """A block of chance."""
    return Chance(seed=9, draws=draws, states=states, factors=factors).block(0)


def with_factors(effect: list[float], distance: list[float]) -> Noise:
    """Chance in which the two uncertainties are written down instead of drawn."""
    drawn = noise(draws=len(effect))
    factors = drawn.factors.copy()
    factors[:, -2], factors[:, -1] = effect, distance
    return replace(drawn, factors=factors)


def test_a_shift_is_effect_times_distance_plus_pressure() -> None:
    push = Move(1.0, -0.5, 0.2, np.array([-0.3, -0.1]), np.array([0.1, 0.0]), NONE)
    found = WEST.support_shift(push, np.array([0.0, 1.0]), np.array([0.0, 2.0]))
    # (0.9 + 0.3 * 0) * (-0.5 + 0.2 * 0) - 0.3 + 0.1 * 0 = -0.75
    # (0.9 + 0.3 * 1) * (-0.5 + 0.2 * 2) - 0.3 + 0.1 * 2 = -0.22
    np.testing.assert_allclose(found, [[-0.75, -0.1], [-0.22, -0.1]], atol=1e-12)


def test_a_shift_at_a_single_point_has_one_value_a_state() -> None:
    np.testing.assert_allclose(
        WEST.support_shift(FULL, np.array(1.0), np.array(0.0)), [-1.2, 0.0], atol=1e-12
    )


def test_a_shift_is_as_precise_as_what_is_drawn() -> None:
    single = np.zeros(3, dtype=np.float32)
    assert WEST.support_shift(FULL, single, single).dtype == np.float32
    assert WEST.support_shift(FULL, np.zeros(3), np.zeros(3)).dtype == np.float64


@pytest.mark.parametrize("field", ["distance", "distance_sd", "pressure", "pressure_sd", "absence"])
def test_a_position_moves_somebody_if_any_of_its_parts_does(field: str) -> None:
    still = Move.none(2)
    part: Any = 0.1 if field.startswith("distance") else np.array([0.0, 0.1])
    assert still.moves_nobody
    assert not replace(still, **{field: part}).moves_nobody


def test_the_reference_position_costs_and_changes_nothing() -> None:
    still = (Move.none(2, chance=0.5), Move.none(2, chance=0.5))
    assert shifts_of_draw(WEST, still, noise()) == (None, None)


def test_draws_are_shared_out_by_the_chances_of_the_positions() -> None:
    three = tuple(Move.none(2, chance=chance) for chance in (0.2, 0.0, 0.8))
    drawn = noise(draws=BLOCK)
    taken = position_of_draw(three, drawn)
    assert set(taken) == {0, 2}
    error = np.sqrt(0.2 * 0.8 / BLOCK)
    assert abs((taken == 0).mean() - 0.2) <= 4 * error


def test_a_position_is_taken_up_to_its_share_of_the_draw() -> None:
    # 0.25 itself belongs to the second position: [0, 0.25) and [0.25, 1)
    two = (Move.none(2, chance=0.25), Move.none(2, chance=0.75))
    uniform = np.array([0.0, np.nextafter(np.float32(0.25), 0), 0.25, 0.999999], dtype=np.float32)
    drawn = noise(draws=4)
    drawn = replace(drawn, uniform=np.repeat(uniform[:, None], 3, axis=1))
    assert position_of_draw(two, drawn).tolist() == [0, 0, 1, 1]


def test_each_draw_is_pushed_by_the_position_it_takes() -> None:
    away = np.array([0.0, 0.5])
    two = (replace(FULL, chance=0.5, absence=away), Move.none(2, chance=0.5))
    drawn = noise(draws=256)
    taken = position_of_draw(two, drawn)
    support, absence = shifts_of_draw(WEST, two, drawn)
    assert support is not None
    assert absence is not None
    effect = 0.9 + 0.3 * drawn.factors[:, -2]
    np.testing.assert_allclose(support[:, 0], np.where(taken == 0, -effect, 0), atol=1e-6)
    np.testing.assert_array_equal(support[:, 1], 0)
    absence = np.broadcast_to(absence, support.shape)
    np.testing.assert_array_equal(absence[:, 1], np.where(taken == 0, np.float32(0.5), 0))
    np.testing.assert_array_equal(absence[:, 0], 0)


def test_one_draw_makes_the_effect_strong_for_all_states_together() -> None:
    both = Influence(np.array([0.9, 0.5]), np.array([0.3, 0.1]))
    support, _ = shifts_of_draw(both, (FULL,), with_factors([-1.0, 0.0, 1.0], [0.0] * 3))
    assert support is not None
    np.testing.assert_allclose(support, [[-0.6, -0.4], [-0.9, -0.5], [-1.2, -0.6]], atol=1e-6)


def test_nobody_is_pushed_to_stay_away_by_a_position_that_does_not() -> None:
    _, absence = shifts_of_draw(WEST, (FULL,), noise())
    assert absence is None


@given(influence=influences(3), arm=moves(3), seed=st.integers(0, 1000))
@settings(max_examples=30)
def test_shifts_of_draws_are_those_of_the_formula(
    influence: Influence, arm: tuple[Move, ...], seed: int
) -> None:
    drawn = Chance(seed=seed, draws=16, states=3, factors=4).block(0)
    taken = position_of_draw(arm, drawn)
    support, absence = shifts_of_draw(influence, arm, drawn)
    up = np.broadcast_to(0.0 if support is None else support, (16, 3))
    away = np.broadcast_to(0.0 if absence is None else absence, (16, 3))
    for draw, number in enumerate(taken):
        move, (effect, far) = arm[number], drawn.factors[draw, -2:].astype(float)
        strength = influence.effect + influence.effect_sd * effect
        step = move.distance + move.distance_sd * far
        np.testing.assert_allclose(
            up[draw], strength * step + move.pressure + move.pressure_sd * far, atol=1e-5
        )
        np.testing.assert_allclose(away[draw], move.absence, atol=1e-6)
