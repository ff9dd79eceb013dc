from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_records import open_record
from scipy.special import ndtr

from sim.assembly.choices import Choice, VoteArray
from sim.assembly.members import Members
from sim.models.judgements import influence_groups, influence_seeds
from sim.models.response.check import later_moves, log_loss
from sim.models.response.fit import GRID, log_likelihood, sharpness, shrunk
from sim.models.response.pairs import pairs_of
from sim.models.response.report import Response, fit_response
from sim.record import Record
from sim.record.roll_call import COLUMNS, OTHERS
from sim.studies.fall import fall_by_history, fall_of_support, united_states_part
from sim.vote.chance import resamples

YES, ABSTAIN, NO, AWAY = Choice
AS_OF = dt.date(2000, 1, 1)
GROUPS = {name: inside > 0 for name, inside in influence_groups(AS_OF).items()}
USA = Members.load().row("USA")
Row = tuple[str, str, VoteArray]


def votes(us: Choice, **of_group: Choice) -> VoteArray:
    """The votes of everybody; a group that is not named says yes."""
    cast = np.full(len(Members.load()), YES, dtype=np.int8)
    for group, choice in of_group.items():
        cast[GROUPS[group]] = choice
    cast[USA] = us
    return cast


def record_of(*rows: Row) -> Record:
    """A record of roll calls given as title, day and votes; the session is the year."""
    blank = dict.fromkeys(COLUMNS, "") | {"important": False, "kind": "whole"}
    ordered = sorted(enumerate(rows), key=lambda row: (row[1][1], row[0]))
    frame = pd.DataFrame(
        [
            blank
            | {"key": f"{place:03}", "title": title, "date": pd.Timestamp(day), "session": day[:4]}
            for place, (_, (title, day, _)) in enumerate(ordered)
        ]
    )
    cast = np.stack([row[2] for _, row in ordered])
    return Record(frame, cast, pd.DataFrame({name: [] for name in OTHERS}))


def estimate(response: Response, group: str, scale: str = "yes", design: str = "all") -> float:
    return response.estimate(group, design=design, scale=scale)


STILL: tuple[Row, ...] = (
    ("Still", "1995-12-01", votes(NO)),
    ("Still", "1996-12-01", votes(NO)),
)
FOLLOWED: tuple[Row, ...] = (
    ("Moved", "1995-12-02", votes(NO, west=ABSTAIN)),
    ("Moved", "1996-12-02", votes(YES)),
)


def test_who_follows_by_half_responds_by_one_half() -> None:
    response = fit_response(record_of(*STILL, *FOLLOWED), AS_OF)
    # the West goes from 0.5 to 1 when the US goes from 0 to 1; nobody else goes anywhere
    assert estimate(response, "west") == pytest.approx(0.5)
    assert estimate(response, "close") == 0
    assert estimate(response, "others") == 0


def test_moves_count_by_the_square_of_their_step() -> None:
    again: tuple[Row, ...] = (
        ("Half", "1995-12-03", votes(ABSTAIN, west=ABSTAIN)),
        ("Half", "1996-12-03", votes(YES)),
    )
    response = fit_response(record_of(*STILL, *FOLLOWED, *again), AS_OF)
    # least squares through the origin: (1 * 0.5 + 0.5 * 0.5) / (1 + 0.25) = 0.6
    assert estimate(response, "west") == pytest.approx(0.6)
    assert set(response.moves["step"]) == {0.5, 1.0}


def test_what_happens_without_a_move_is_no_response() -> None:
    drifting: tuple[Row, ...] = (
        ("Still", "1995-12-01", votes(NO, west=ABSTAIN)),
        ("Still", "1996-12-01", votes(NO)),
    )
    response = fit_response(record_of(*drifting, *FOLLOWED), AS_OF)
    assert estimate(response, "west") == pytest.approx(0)
    west = response.drift.set_index("group").loc["west"]
    assert west["drift"] == pytest.approx(0.5)


def test_drift_is_that_of_the_same_year() -> None:
    other_year: tuple[Row, ...] = (
        ("Older", "1993-12-01", votes(NO, west=ABSTAIN)),
        ("Older", "1994-12-01", votes(NO)),
    )
    response = fit_response(record_of(*STILL, *other_year, *FOLLOWED), AS_OF)
    assert estimate(response, "west") == pytest.approx(0.5)


def test_no_move_is_no_estimate() -> None:
    with pytest.raises(ValueError, match="USA changed its position on 0 texts and kept it on 1"):
        fit_response(record_of(*STILL), AS_OF)


def test_no_text_to_compare_with_is_no_estimate() -> None:
    with pytest.raises(ValueError, match="at least one of each is needed"):
        fit_response(record_of(*FOLLOWED), AS_OF)


def test_votes_of_the_day_and_later_change_nothing() -> None:
    later: tuple[Row, ...] = (
        ("Moved", "1997-12-01", votes(NO, west=NO, others=NO)),
        ("Still", "1998-12-01", votes(YES, close=NO)),
    )
    day = dt.date(1997, 12, 1)
    known = fit_response(record_of(*STILL, *FOLLOWED), day)
    more = fit_response(record_of(*STILL, *FOLLOWED, *later), day)
    pd.testing.assert_frame_equal(known.table, more.table)
    np.testing.assert_array_equal(known.effect, more.effect)


def test_a_title_used_twice_in_a_session_names_no_text() -> None:
    twin: Row = ("Moved", "1996-12-05", votes(NO))
    with pytest.raises(ValueError, match="on 0 texts"):
        fit_response(record_of(*STILL, *FOLLOWED, twin), AS_OF)


def test_a_roll_call_held_twice_in_the_record_counts_once() -> None:
    once = fit_response(record_of(*STILL, *FOLLOWED), AS_OF)
    twice = fit_response(record_of(*STILL, *FOLLOWED, FOLLOWED[1]), AS_OF)
    pd.testing.assert_frame_equal(once.table, twice.table)


def test_votes_far_apart_are_no_pair() -> None:
    far: tuple[Row, ...] = (FOLLOWED[0], ("Moved", "2001-12-01", votes(YES)))
    pairs = pairs_of(record_of(*far), "USA", since=dt.date(1991, 1, 1), longest=5.5)
    assert len(pairs.step) == 0


def test_a_vote_the_us_stays_away_from_is_no_pair() -> None:
    away: tuple[Row, ...] = (FOLLOWED[0], ("Moved", "1996-12-01", votes(AWAY)))
    pairs = pairs_of(record_of(*away), "USA", since=dt.date(1991, 1, 1), longest=5.5)
    assert len(pairs.step) == 0


def test_only_moves_across_a_change_of_government_are_in_that_design() -> None:
    across: tuple[Row, ...] = (
        ("Across", "1992-12-01", votes(NO)),
        ("Across", "1993-12-01", votes(YES)),
    )
    response = fit_response(record_of(*STILL, *FOLLOWED, *across), AS_OF)
    counts = response.table.groupby("design")["moves"].first()
    assert counts.to_dict() == {"all": 2, "changeover": 1}
    assert estimate(response, "west", design="changeover") == 0
    assert estimate(response, "west") == pytest.approx(0.25)  # (0.5 + 0) / 2


def test_staying_away_counts_when_the_us_goes_against_the_text() -> None:
    leaving: tuple[Row, ...] = (
        ("Moved", "1995-12-02", votes(YES)),
        ("Moved", "1996-12-02", votes(NO, close=AWAY)),
    )
    response = fit_response(record_of(*STILL, *leaving), AS_OF)
    assert estimate(response, "close", "absence") == pytest.approx(1)
    assert estimate(response, "others", "absence") == 0


def test_the_latent_effect_is_the_one_that_made_the_votes() -> None:
    thresholds = np.array([[-1.0, -2.0], [1.0, -1.0], [2.0, 1.0]])
    step = np.array([1.0, -1.0, 0.5])
    effect, voters = 0.7, 100_000
    moved = np.zeros((3, 3, 3), dtype=np.int64)
    for pair, size in enumerate(step):
        yes = ndtr(effect * size - thresholds[:, 0])
        no = ndtr(thresholds[:, 1] - effect * size)
        moved[pair] = np.round(voters * np.stack([yes, 1 - yes - no, no], axis=1))
    found = log_likelihood(moved, step, thresholds).sum(axis=0)
    assert GRID[found.argmax()] == pytest.approx(effect)


def test_a_state_is_drawn_to_its_group_as_far_as_little_is_known_of_it() -> None:
    # 40 states at 0 and 1, each known to 0.2, and one of which nothing is known
    means = np.repeat([0.0, 1.0], 20)
    known = -0.5 * ((GRID - means[:, None]) / 0.2) ** 2
    effect, sd, spread = shrunk(np.vstack([known, np.zeros(len(GRID))]), 0.5)
    assert spread == 0.5  # the states lie 0.5 about their mean
    weight = 0.5**2 / (0.5**2 + 0.2**2)
    np.testing.assert_allclose(effect[:20], 0.5 - 0.5 * weight, atol=1e-3)
    np.testing.assert_allclose(effect[20:40], 0.5 + 0.5 * weight, atol=1e-3)
    assert (effect[40], sd[40]) == pytest.approx((0.5, 0.5), abs=1e-3)
    assert (sd[:40] < 0.2).all()


def test_nobody_responds_to_itself() -> None:
    response = fit_response(record_of(*STILL, *FOLLOWED), AS_OF)
    assert (response.effect[USA], response.sd[USA]) == (0, 0)
    assert response.effect[GROUPS["west"]].min() > 0


def test_a_forecast_with_half_the_thresholds_is_half_as_sharp() -> None:
    thresholds = np.array([[-2.0, -3.0], [1.0, -1.0], [2.0, 1.0]])
    before = np.array([0, 1, 2, 3], dtype=np.int8)
    yes, no = ndtr(-thresholds[:, 0] / 2), ndtr(thresholds[:, 1] / 2)
    present = np.stack([yes, 1 - yes - no, no, np.zeros(3)], axis=1)
    away = np.eye(4)[[AWAY]]  # who was away last time, and is again, tells nothing
    found = sharpness(np.vstack([present, away]), before, thresholds, np.ones(4, dtype=bool))
    assert found == pytest.approx(0.5)


def test_resamples_depend_on_the_seed_alone() -> None:
    first, again, other = (resamples(seed, count=4, clusters=50) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first.sum(axis=1) == 50).all()


# The full record


@pytest.fixture(scope="module")
def full(shared_data: Path) -> Record:
    return open_record(shared_data)


def test_loose_pairs_give_the_response_that_was_measured_before(full: Record) -> None:
    loose = fit_response(full, dt.date(2019, 12, 31), same_session=True)
    # the list of facts: West 0.33 (0.23-0.44), five 0.36 (0.28-0.45), others 0.017 (-0.006-0.040)
    assert 0.23 < estimate(loose, "west") < 0.44
    assert 0.28 < estimate(loose, "close") < 0.45
    assert -0.006 < estimate(loose, "others") < 0.040


def test_fits_of_different_years_agree_within_their_error(full: Record) -> None:
    early, late = (fit_response(full, dt.date(*day)) for day in ((2016, 10, 1), (2019, 12, 31)))
    one, other = (fit.table.query("scale == 'latent'") for fit in (early, late))
    gap = np.abs(one["estimate"].to_numpy() - other["estimate"].to_numpy())
    assert (gap < one["sd"].to_numpy()).all()


def test_seeds_are_the_fit_of_a_day_before_every_scenario(full: Record) -> None:
    fit = fit_response(full, dt.date(2016, 10, 1)).table
    rows = fit.query("design == 'changeover' and scale == 'latent'").set_index("group")
    # forecasts of the others are 0.6 as sharp as the fit's scale; the range is widened by half
    for group, sharp in (("close", 1.0), ("west", 1.0), ("others", 0.6)):
        seeds, found = influence_seeds()["groups"][group], rows.loc[group]
        assert seeds["effect"] == pytest.approx(sharp * found["estimate"], abs=0.01)
        assert seeds["effect_sd"] == pytest.approx(1.5 * sharp * found["sd"], abs=0.01)


# The fall from 141 to 93


def test_the_parts_of_the_fall_add_up() -> None:
    parts = fall_of_support()
    assert parts["votes"].sum() == pytest.approx(93 - 141)
    assert parts["share"].sum() == pytest.approx(1)
    assert (parts["low"] <= parts["votes"]).all()
    assert (parts["votes"] <= parts["high"]).all()


def test_drift_is_what_the_annual_text_lost() -> None:
    drift = fall_of_support().set_index("part").loc["drift"]
    assert drift["votes"] == 81 - 82  # 79/184 and 77/229
    # nine states changed sides: 1.645 * sqrt(9) = 4.935
    assert (drift["low"], drift["high"]) == pytest.approx((-5.935, 3.935))


def test_everybody_that_left_has_one_history() -> None:
    assert fall_by_history()["states"].sum() == 141 - 93  # nobody said yes in 2025 alone


def test_bound_sponsors_make_the_part_of_the_united_states_smaller() -> None:
    free, bound = (united_states_part(sponsors_follow=follow) for follow in (True, False))
    assert free[0] < bound[0] < 0
    assert free[1] <= free[0] <= free[2]


# Later moves


def test_who_follows_again_is_foretold_by_the_effect_and_not_without_it() -> None:
    again: tuple[Row, ...] = (
        ("Later", "2001-12-03", votes(NO, west=ABSTAIN)),
        ("Later", "2002-12-03", votes(YES)),
    )
    found = later_moves(record_of(*STILL, *FOLLOWED, *again), AS_OF, dt.date(2003, 1, 1))
    west = found.set_index("group").loc["west"]
    assert (west["moves"], west["votes"]) == (1, GROUPS["west"].sum())
    assert west["group_effect"] < west["none"]


def test_a_move_after_the_last_day_is_not_foretold() -> None:
    later: Row = ("Moved", "2000-06-01", votes(NO, west=ABSTAIN))
    with pytest.raises(ValueError, match="no move of the United States from 2000-01-01"):
        later_moves(record_of(*STILL, *FOLLOWED, later), AS_OF, dt.date(2000, 6, 1))


def test_a_loss_is_that_of_the_shifted_thresholds() -> None:
    thresholds = np.array([[0.0, -9.0], [1.0, -1.0], [9.0, 0.0]])
    # an abstainer shifted by 1 says yes with 1/2, abstains with 1/2 - Phi(-2), says no with Phi(-2)
    shares = np.array([0.5, 0.5 - ndtr(-2.0), ndtr(-2.0)])
    for stance, share in enumerate(shares):
        found = log_loss(np.ones(1), thresholds, np.array([1]), np.array([stance]))
        assert found == pytest.approx(-np.log(share))


def test_a_states_own_effect_foretells_later_moves_no_better_than_its_groups(
    full: Record,
) -> None:
    # why the arms use the groups
    days = [dt.date(*day) for day in ((2005, 1, 1), (2009, 1, 1), (2013, 1, 1))]
    found = pd.concat([later_moves(full, a, b) for a, b in itertools.pairwise(days)])
    others = found[found["group"] == "others"]
    assert (others["own_effect"] > others["group_effect"]).all()
    assert (others["group_effect"] < others["none"]).all()
