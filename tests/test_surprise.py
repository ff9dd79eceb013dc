"""Known votes surprise beside what votes of the same states ordinarily come to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.vote.surprise import UNLIKELY, surprising_below


@given(st.floats(1e-9, 1))
def test_one_vote_surprises_below_two_per_cent(chance: float) -> None:
    held = np.array([[chance, 1 - chance, 0.0, 0.0]])
    assert surprising_below(held, {0: 0}) == pytest.approx(0.02)


@pytest.mark.parametrize(("states", "spreads"), [(2, math.log(50)), (30, None)])
def test_of_many_votes_what_is_ordinary_is_allowed(states: int, spreads: float | None) -> None:
    held = np.tile([0.7, 0.0, 0.3, 0.0], (states, 1))
    known = dict.fromkeys(range(states), 0) | {0: 2}
    # worked by hand: entropy and variance of the log chance of one vote of 7 to 3
    entropy = -0.7 * math.log(0.7) - 0.3 * math.log(0.3)
    spread = math.sqrt((states - 1) * 0.7 * 0.3) * math.log(0.7 / 0.3)
    wanted = math.exp(-(states - 1) * entropy - (spreads or 2 * spread))
    assert surprising_below(held, known) == pytest.approx(wanted)


@given(st.integers(0, 2**32 - 1), st.sampled_from([5, 30, 100]))
def test_votes_that_come_as_they_were_held_seldom_surprise(seed: int, states: int) -> None:
    chance = np.random.default_rng(seed)
    held = chance.dirichlet([4.0, 0.6, 0.4, 0.3], size=states)
    surprised = 0
    for _ in range(100):
        votes = (chance.random((states, 1)) > held.cumsum(axis=1)).sum(axis=1).tolist()
        likely = math.prod(held[state, vote] for state, vote in enumerate(votes))
        surprised += likely < surprising_below(held, dict(enumerate(votes)))
    # far fewer than of single votes, of which any may surprise
    assert surprised <= 15


@pytest.mark.parametrize(("rebels", "warned"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_few_rebels_among_many_votes_surprise(rebels: int, warned: bool) -> None:
    # of forty votes one held at 1 in 500 is no surprise (1 - .998^40 = 8 %), two are (0.3 %)
    held = np.tile([0.968, 0.02, 0.002, 0.01], (40, 1))
    known = dict.fromkeys(range(40), 0) | dict.fromkeys(range(rebels), 2)
    chance = 0.968 ** (40 - rebels) * 0.002**rebels
    assert (chance < surprising_below(held, known)) is warned


def test_what_nobody_said_surprises_nobody() -> None:
    assert surprising_below(np.full((3, 4), 0.25), {}) == pytest.approx(UNLIKELY)
