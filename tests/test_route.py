"""The fewest calls that reach a target, against every set of calls there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.studies.route import Missed, at_least, exchanged, shortest


@st.composite
def missed_draws(draw: st.DrawFn) -> Missed:
    """Some draws of a few states; a call adds up to three, as from no to yes at two thirds."""
    draws, states = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    gains = st.lists(st.integers(0, 3), min_size=states, max_size=states)
    parts = np.array(draw(st.lists(st.integers(1, 5), min_size=draws, max_size=draws)), dtype=float)
    return Missed(
        np.array(draw(st.lists(st.integers(-2, 6), min_size=draws, max_size=draws))),
        np.array(draw(st.lists(gains, min_size=draws, max_size=draws))),
        parts / parts.sum(),
    )


def fewest(missed: Missed, wanted: float) -> int | None:
    """How many calls it takes, by trying every set."""
    states = range(missed.gain.shape[1])
    for calls in range(len(states) + 1):
        if any(missed.chance(some) >= wanted for some in itertools.combinations(states, calls)):
            return calls
    return None


@example(  # nine tenths of the weights, which add up to 0.8999999999999999
    missed=Missed(
        short=np.array([0, 1, 0, 0, 0]),
        gain=np.zeros((5, 4), int),
        weight=np.array([0.1, 0.1, 0.3, 0.3, 0.2]),
    ),
    wanted=0.9,
)
@given(missed=missed_draws(), wanted=st.sampled_from([0.3, 0.6, 0.9, 0.999]))
def test_no_fewer_calls_than_proved_and_no_route_shorter_than_the_shortest(
    missed: Missed, wanted: float
) -> None:
    states = list(range(missed.gain.shape[1]))
    needed = fewest(missed, wanted)
    proved = at_least(missed, states, wanted=wanted)
    route = shortest(missed, states, most=len(states), wanted=wanted)
    if needed is None:
        assert proved is None
        assert missed.chance(route) < wanted
        return
    assert proved is not None
    assert proved <= needed <= len(route)
    assert missed.chance(route) >= wanted
    # in the order of what each adds to those before it
    for place in range(len(route)):
        best = missed.with_each(route[:place], route[place:]).max()
        assert missed.chance(route[: place + 1]) == pytest.approx(best)


@given(missed=missed_draws())
def test_after_all_exchanges_none_is_left_that_helps(missed: Missed) -> None:
    states = list(range(missed.gain.shape[1]))
    for calls in range(1, len(states) + 1):
        found = exchanged(missed, states[:calls], states)
        assert len(set(found)) == calls
        assert missed.chance(found) >= missed.chance(states[:calls])
        for out in found:
            others = [one for one in found if one != out]
            free = [state for state in states if state not in others]
            assert missed.with_each(others, free).max() <= missed.chance(found) + 1e-9


def test_one_call_is_proved_to_be_enough_and_needed() -> None:
    # one vote is missing in half of the draws, and the second state brings it
    missed = Missed(np.array([1, 0]), np.array([[0, 1], [0, 0]]), np.full(2, 0.5))
    assert shortest(missed, [0, 1], most=2, wanted=0.9) == [1]
    assert at_least(missed, [0, 1], wanted=0.9) == 1


def test_a_target_that_is_reached_needs_no_call() -> None:
    missed = Missed(np.array([0, -3]), np.zeros((2, 1), dtype=int), np.full(2, 0.5))
    assert shortest(missed, [0], most=1, wanted=0.9) == []
    assert at_least(missed, [0], wanted=0.9) == 0


def test_a_limit_on_calls_ends_the_route_short() -> None:
    gain = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    missed = Missed(np.ones(3, dtype=int), gain, np.full(3, 1 / 3))
    assert len(shortest(missed, [0, 1, 2], most=2, wanted=0.9)) == 2
    assert at_least(missed, [0, 1, 2], wanted=0.9) == 3
