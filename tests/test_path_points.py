"""Points at which a path is held where votes are known that few points expect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from test_steps import SIMPLE, ballot_of, ends_of, tied

from sim.assembly.choices import Choice
from sim.vote.exact.path import difference_and_error, solve_path
from sim.vote.exact.path.points import POINTS, REPEATS, sets_of
from sim.vote.path import Path, Place, Step
from sim.vote.walk import walk

STATES = 40
AGAINST = dict.fromkeys(range(0, 24, 2), Choice.NO)


def told(known: dict[int, Choice]) -> Path:
    """Return an amendment on which one half votes together, and the text after it."""
    amendment = ballot_of([[0.7, 0.15, 0.1, 0.05]] * STATES, tied(STATES))
    text = ballot_of([[0.5, 0.1, 0.35, 0.05]] * STATES, tied(STATES))
    if known:
        amendment = replace(amendment, known=known, said_in=((1.0, amendment),))
    places = (
        Place(0, 0, SIMPLE, 1, 1, 1),
        Place(1, 0, SIMPLE, "adopted", "rejected", "no vote"),
    )
    steps = (Step("amendment", likeness=0.6), Step("text"))
    return Path(steps, places, {"as-is": ((amendment,), (text,))}, quorum=0)


def test_votes_that_few_points_expect_are_met_by_more_points() -> None:
    path = told(AGAINST)
    computed, error = ends_of(solve_path(path, seed=1)["as-is"])
    with ThreadPoolExecutor(2) as pool:
        drawn = walk(path, seed=11, draws=400_000, pool=pool).arms["as-is"]
    share, effective = drawn.ends / drawn.weight, drawn.weight**2 / drawn.weight_squared
    spread = np.sqrt(share * (1 - share) / effective)
    assert np.abs(computed - share).max() < 4 * np.hypot(error, spread).max()
    assert error.max() < 0.02
    _, without = ends_of(solve_path(path, seed=1, most=POINTS)["as-is"])
    assert without.max() > 2 * error.max()


def test_picked_points_weigh_what_they_stand_for() -> None:
    found = sets_of(told(AGAINST), seed=1, points=POINTS, repeats=REPEATS)
    assert all(len(one) < POINTS for one in found)  # some are picked twice, and held once
    total = np.array([one.weight.sum() for one in found])
    assert total.mean() == pytest.approx(1, abs=4 * total.std(ddof=1) / np.sqrt(REPEATS))
    factor = [one.weight @ one.noise[0].factors.astype(float) for one in found]
    off = np.mean(factor, axis=0) / (np.std(factor, axis=0, ddof=1) / np.sqrt(REPEATS))
    assert np.abs(off).max() < 6  # under the forecast what is shared is 0 on average


def test_points_are_even_where_nothing_is_known() -> None:
    for one in sets_of(told({}), seed=1, points=64, repeats=2):
        np.testing.assert_array_equal(one.weight, 1 / 64)


def test_arms_differ_by_the_difference_of_their_chances() -> None:
    generator = np.random.default_rng(3)
    known = generator.uniform(0.1, 2, (2, 8))
    ends = known * generator.uniform(size=(2, 8))
    change, _ = difference_and_error((ends[0], known[0]), (ends[1], known[1]))
    assert change == pytest.approx(np.diff(ends.sum(axis=1) / known.sum(axis=1))[0] * -1)


def test_ends_alone_are_the_ends_with_all_the_rest() -> None:
    path = told({0: Choice.YES})
    whole, alone = (solve_path(path, seed=1, ends_alone=one)["as-is"] for one in (False, True))
    assert np.array_equal(alone.ends, whole.ends)
    assert np.array_equal(alone.known, whole.known)
    assert whole.tallies.any()
    assert not alone.tallies.any()
