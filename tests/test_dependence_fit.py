"""The fit of the dependence: it finds what was put in, and nothing where nothing was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import files
from sim.assembly.choices import LOST, NOT_A_MEMBER, Choice, FloatArray, VoteArray
from sim.assembly.members import Members
from sim.models.dependence.calibration import (
    Curves,
    log_loss_of_counts,
    mean_curve,
    observed_chances,
)
from sim.models.dependence.evidence import Evidence, Groups
from sim.models.dependence.fit import FittedDependence, fit_dependence
from sim.vote.ballot import Ballot, cast
from sim.vote.chance import Chance
from sim.vote.dependence import Dependence, Size
from sim.vote.exact.solve import ONE_HOT, marginals, solve
from sim.vote.influence import Influence, Move
from sim.vote.shared import latent

ROLL_CALLS, STATES = 400, 36
GROUPS = Groups.named(
    ["east"] * 12 + ["south"] * 8 + ["west"] * 16,
    ["east"] * 12 + ["south"] * 8 + ["Union"] * 8 + ["other west"] * 8,
)
WEST = ("Union", "other west")
ASSEMBLY = {"east": 0.6, "south": 0.9, "Union": 0.8, "other west": 0.32}
BLOC = {"east": 1.0, "south": 0.4, "Union": 2.0, "other west": 0.8}
ATTENDANCE = 0.5
TOGETHER = Dependence(
    GROUPS.names,
    GROUPS.group,
    np.array([ASSEMBLY[GROUPS.sets[number]] for number in GROUPS.set_of]),
    np.array([BLOC[GROUPS.sets[number]] for number in GROUPS.set_of]),
    np.full(STATES, ATTENDANCE),
)
APART = replace(Dependence.independent(STATES), groups=GROUPS.names, group=GROUPS.group)


def forecasts() -> FloatArray:
    """Return probabilities that differ from state to state [state, choice]."""
    leaning = np.linspace(0.15, 0.75, STATES)
    return np.stack([leaning, np.full(STATES, 0.1), 0.8 - leaning, np.full(STATES, 0.1)], axis=1)


def votes_of(dependence: Dependence, *, seed: int, roll_calls: int = ROLL_CALLS) -> VoteArray:
    chance = Chance(seed=seed, draws=roll_calls, states=STATES, factors=dependence.factor_count)
    return np.concatenate(
        [cast(forecasts(), latent(noise, dependence)) for noise in chance.blocks()]
    )


def fit(votes: VoteArray, *, novelty: FloatArray | None = None) -> FittedDependence:
    every = np.broadcast_to(forecasts(), (*votes.shape, len(Choice))).copy()
    new = np.full(len(votes), 0.5) if novelty is None else novelty
    return fit_dependence(votes, every, new, groups=GROUPS)


def bytes_of(fitted: FittedDependence) -> bytes:
    shared = fitted.dependence
    arrays = (shared.group, shared.assembly, shared.bloc, shared.attendance)
    laws = repr((fitted.stance, fitted.attendance, fitted.roll_calls))
    return b"".join(array.tobytes() for array in arrays) + laws.encode()


@pytest.fixture(scope="module")
def found() -> FittedDependence:
    return fit(votes_of(TOGETHER, seed=1))


@pytest.fixture(scope="module")
def few() -> VoteArray:
    return votes_of(TOGETHER, seed=2, roll_calls=30)


def test_the_weights_that_made_the_votes_are_found(found: FittedDependence) -> None:
    # about three standard errors, from the spread of the fits over seeds; with three groups the
    # two factors of a group are hard to tell apart, but what they come to together is not
    together = 1 - found.dependence.own_stance(1.0) ** 2
    np.testing.assert_allclose(together, 1 - TOGETHER.own_stance(1.0) ** 2, atol=0.06)
    np.testing.assert_allclose(found.dependence.assembly, TOGETHER.assembly, atol=0.35)
    np.testing.assert_allclose(found.dependence.attendance, ATTENDANCE, atol=0.15)


def test_states_of_a_set_have_their_weights_in_common(found: FittedDependence) -> None:
    for number in range(len(GROUPS.sets)):
        inside = GROUPS.set_of == number
        assert len(np.unique(found.dependence.bloc[inside])) == 1
    assert found.roll_calls == ROLL_CALLS


def test_sets_of_one_group_keep_one_proportion(found: FittedDependence) -> None:
    union, other = (int(np.argmax(GROUPS.set_of == GROUPS.sets.index(name))) for name in WEST)
    assembly, bloc = found.dependence.assembly, found.dependence.bloc
    assert abs(bloc[union] - bloc[other]) > 0.3  # they differ in size
    assert assembly[union] / bloc[union] == pytest.approx(assembly[other] / bloc[other])


def test_a_fit_keeps_every_state_s_own_probabilities(found: FittedDependence) -> None:
    nobody = Influence(np.zeros(STATES), np.zeros(STATES))
    ballot = Ballot(forecasts(), found.for_text(0.5), nobody, (Move.none(STATES),))
    np.testing.assert_allclose(marginals(ballot), forecasts(), atol=2e-3)


def test_nothing_shared_is_found_where_nothing_is() -> None:
    alone = fit(votes_of(APART, seed=3, roll_calls=200))
    at = alone.for_text(0.5)
    usual = at.stance_sizes[0].factor, at.attendance_sizes[0].factor
    # parts of the variance
    assert 1 - at.own_stance(usual[0]).min() ** 2 < 0.05
    assert 1 - at.own_attendance(usual[1]).min() ** 2 < 0.05


def test_counts_to_come_are_as_spread_as_the_fit_says() -> None:
    often, seldom = Size(0.75, 0.6), Size(0.25, 2.0)
    surprising = replace(TOGETHER, stance_sizes=(often, seldom))
    fitted = fit(votes_of(surprising, seed=4, roll_calls=250))
    later = votes_of(surprising, seed=5, roll_calls=200)
    novelty = np.full(len(later), 0.5)
    sizes = np.array([0.4, 0.8, 1.6, 3.2, 6.0])
    chances = np.array(
        [observed_chances(votes, forecasts(), fitted.for_text(0.5), sizes=sizes) for votes in later]
    )
    told = mean_curve(Curves(sizes, np.moveaxis(chances, 1, 0)), fitted.stance, novelty)
    middle = told.mean(axis=-1)
    within = ((middle > 0.05) & (middle < 0.95)).mean(axis=0)
    # three standard errors of 200 roll calls
    np.testing.assert_allclose(within, 0.9, atol=0.064)
    alone = np.array(
        [observed_chances(votes, forecasts(), APART, sizes=np.ones(1))[0] for votes in later]
    )
    # one bit a roll call over the three counts would be a modest gain
    assert log_loss_of_counts(told) < log_loss_of_counts(alone) - np.log(2)


def test_the_size_that_made_the_votes_makes_their_counts_likeliest() -> None:
    votes, sizes = votes_of(TOGETHER, seed=7, roll_calls=100), np.array([0.3, 1.0, 3.0])
    chances = [observed_chances(one, forecasts(), TOGETHER, sizes=sizes) for one in votes]
    losses = [log_loss_of_counts(each) for each in np.stack(chances, axis=1)]
    assert np.argmin(losses) == 1


def test_new_texts_share_more_if_they_did() -> None:
    sizes = (0.5, 1.5)
    votes = np.concatenate(
        [
            votes_of(replace(TOGETHER, stance_sizes=(Size(1.0, size),)), seed=6, roll_calls=100)
            for size in sizes
        ]
    )
    fitted = fit(votes, novelty=np.repeat([0.0, 1.0], 100))
    assert fitted.stance.slope == pytest.approx(np.log(sizes[1] / sizes[0]), abs=0.3)


def test_the_same_roll_calls_give_the_same_bytes(few: VoteArray) -> None:
    assert bytes_of(fit(few)) == bytes_of(fit(few))


def test_cells_that_are_no_votes_are_ignored(few: VoteArray) -> None:
    gone, lost = few.copy(), few.copy()
    gone[::2, 5], lost[::2, 5] = NOT_A_MEMBER, LOST
    every = np.broadcast_to(forecasts(), (*few.shape, len(Choice))).copy()
    unknown = every.copy()
    unknown[::2, 5] = np.nan
    new = np.full(len(few), 0.5)
    fits = [
        fit_dependence(votes, probabilities, new, groups=GROUPS)
        for votes, probabilities in ((gone, every), (lost, unknown))
    ]
    assert bytes_of(fits[0]) == bytes_of(fits[1])
    assert bytes_of(fits[0]) != bytes_of(fit(few))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda v, p, n: (v[:, 1:], p, n), r"votes \(30, 35\).*expected \(30, 36\)"),
        (lambda v, p, n: (np.full_like(v, -1), p, n), "no roll calls to learn"),
        (lambda v, p, n: (np.full_like(v, 4), p, n), "vote code 4: must be at most 3"),
        (lambda v, p, n: (v, p, np.where(np.arange(30) == 7, np.nan, n)), "novelty of roll call 7"),
        (
            lambda v, p, n: (v, p * 3, n),
            "probabilities of roll call 0, state 0: must be 0 to 1",
        ),
        (lambda v, p, n: (v, p * np.nan, n), "probabilities of roll call 0, state 0"),
    ],
)
def test_evidence_that_cannot_be_used_is_refused(few, spoil, message) -> None:  # type: ignore[no-untyped-def]
    every = np.broadcast_to(forecasts(), (*few.shape, len(Choice)))
    with pytest.raises(ValueError, match=message):
        Evidence.of(*spoil(few, every, np.full(len(few), 0.5)), groups=GROUPS)


def test_novelty_counts_from_nothing_to_all_and_no_further(few: VoteArray) -> None:
    every = np.broadcast_to(forecasts(), (*few.shape, len(Choice)))
    novelty = np.linspace(-0.5, 1.5, len(few))
    found = Evidence.of(few, every, novelty, groups=GROUPS).novelty
    assert (found[novelty < 0] == 0).all()
    assert (found[novelty > 1] == 1).all()
    between = (novelty >= 0) & (novelty <= 1)
    assert found[between].tolist() == novelty[between].tolist()


def test_every_member_state_is_in_one_of_the_shipped_groups() -> None:
    rows = files.read_rows(files.seed("groups.csv"), ("iso3",))
    assert [row["iso3"] for row in rows] == list(Members.load().codes)
    # the European Union has weights of its own, yet shares its group's factor with the others
    groups, members = Groups.load(), Members.load()
    union, other = (members.row(code) for code in ("FRA", "NOR"))
    assert groups.group[union] == groups.group[other]
    assert groups.set_of[union] != groups.set_of[other]


def test_counts_are_as_likely_as_the_exact_engine_says(few: VoteArray) -> None:
    # attendance at one size, as here, and at its mean are then the same
    sizes = np.array([0.5, 1.0, 2.0])
    nobody = Influence(np.zeros(STATES), np.zeros(STATES))
    rough = observed_chances(few[0], forecasts(), TOGETHER, sizes=sizes)
    for size, chances in zip(sizes, rough, strict=True):
        at = replace(TOGETHER, stance_sizes=(Size(1.0, float(size)),))
        ballot = Ballot(forecasts(), at, nobody, (Move.none(STATES),))
        exact = [found.probability.cumsum() for found in solve(ballot, ONE_HOT[:3]).distributions]
        upto = [chance[int((few[0] == choice).sum())] for choice, chance in enumerate(exact)]
        np.testing.assert_allclose(chances[:, 1], upto, atol=0.03)


def test_weights_used_in_two_groups_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_text("iso3,group,weights\nAAA,east,same\nBBB,west,same\n", encoding="utf-8")
    with pytest.raises(files.FileError, match="'same' are used in east, west: must belong to one"):
        Groups.read(path)


def test_a_state_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_text("iso3,group,weights\nAAA,east,a\nAAA,east,a\n", encoding="utf-8")
    with pytest.raises(files.FileError, match="listed twice: AAA"):
        Groups.read(path)
