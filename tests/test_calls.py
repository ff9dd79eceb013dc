"""Whom to call, against the votes recounted for every set of calls."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.assembly.choices import Choice
from sim.studies.calls import Calls, whom_to_call
from sim.studies.target import Target
from sim.vote.ballot import Ballot, cast, count, hold
from sim.vote.chance import Chance, Float32Array
from sim.vote.dependence import Dependence
from sim.vote.influence import UNCERTAINTIES, Influence, Move
from sim.vote.shared import latent
from tests.strategies import probabilities

# yes, abstentions and no
TARGETS: dict[str, Callable[[list[int]], bool]] = {
    "majority": lambda t: t[0] > t[2],
    "two-thirds": lambda t: t[0] > 0 and t[0] >= 2 * t[2],
    "yes>=2": lambda t: t[0] >= 2,
    "margin>=0": lambda t: t[0] - t[2] >= 0,
    "abstain<=1": lambda t: t[1] <= 1,
    "no<=1": lambda t: t[2] <= 1,
}
WANTED = 0.9
PUSH = 1.0


def ballot_of(votes: np.ndarray) -> Ballot:
    """States that share nothing and respond to nobody."""
    states = len(votes)
    nobody = Influence(np.zeros(states), np.zeros(states))
    return Ballot(votes, Dependence.independent(states), nobody, (Move.none(states),))


def chance_of(ballot: Ballot, draws: int) -> Chance:
    factors = ballot.dependence.factor_count + UNCERTAINTIES
    return Chance(seed=3, draws=draws, states=len(ballot.probabilities), factors=factors)


def called(ballot: Ballot, target: str, draws: int, **options: float) -> Calls:
    codes = tuple("ABCDEFGHI"[: len(ballot.probabilities)])
    return whom_to_call(
        ballot, Target.of(target), chance_of(ballot, draws), codes=codes, names=codes, push=PUSH,
        reachable=options.get("reachable", 0.0), wanted=options.get("wanted", WANTED),
    )  # fmt: skip


def recounted(ballot: Ballot, target: str, draws: int) -> dict[tuple[int, ...], float]:
    """The chance of a target for every set of calls, each draw counted again."""
    before, after = [], []
    for noise in chance_of(ballot, draws).blocks():
        shared = latent(noise, ballot.dependence)
        step: Float32Array = np.full((1, 1), PUSH, dtype=np.float32)
        before.append(hold(ballot, shared, noise)[0])
        after.append(cast(ballot.probabilities, shared, support_shift=step))
    plain, pushed = np.concatenate(before), np.concatenate(after)
    states = range(plain.shape[1])
    found = {}
    for size in range(len(states) + 1):
        for some in itertools.combinations(states, size):
            tally = count(np.where(np.isin(states, some), pushed, plain))
            found[some] = float(np.mean([TARGETS[target](row) for row in tally.tolist()]))
    return found


@given(votes=probabilities(states=4), target=st.sampled_from(sorted(TARGETS)))
def test_values_and_routes_are_those_of_every_set_of_calls_counted_again(
    votes: np.ndarray, target: str
) -> None:
    ballot, draws = ballot_of(votes), 60
    exact = recounted(ballot, target, draws)
    calls = called(ballot, target, draws)
    assert calls.chance == pytest.approx(exact[()])
    for row in calls.states.to_dict("records"):
        assert row["value"] == pytest.approx(exact["ABCD".index(row["iso3"]),] - exact[()])
    needed = min((len(some) for some in exact if exact[some] >= WANTED - 1e-9), default=None)
    route = tuple(sorted("ABCD".index(code) for code in calls.route["iso3"]))
    assert max([calls.chance, *calls.route["chance"]]) == pytest.approx(exact[route])
    if needed is None:
        assert not calls.reached
    else:
        assert calls.at_least is not None
        assert calls.at_least <= needed
        assert not calls.reached or len(route) >= needed


def test_one_call_does_not_win_a_majority_against_many_from_no_yes_at_all() -> None:
    # one state that may say yes, or no, and three that say no for certain
    votes = np.array([[0.5, 0.0, 0.5, 0.0], *[[0.0, 0.0, 1.0, 0.0]] * 3])
    calls = called(ballot_of(votes), "majority", 400)
    assert (calls.chance, calls.states["value"].abs().max(), calls.at_least) == (0, 0, None)


def test_a_call_is_worth_its_chance_to_turn_the_state_that_decides() -> None:
    votes = np.zeros((9, 4))
    votes[:, Choice.NO], votes[:, Choice.YES] = 0.5, 0.5
    ballot = ballot_of(votes)
    calls = called(ballot, "majority", 4000, wanted=0.999)
    # a tally of 4 to 5 turns with one call of a state that says no and is pushed over: it lies
    # below the middle by less than one deviation, which has a chance of .3413 / .5 given its no
    four_of_nine = 126 / 512
    expected = four_of_nine * 5 / 9 * 0.3413 / 0.5
    assert calls.states["value"].mean() == pytest.approx(expected, abs=0.006)


def test_two_thirds_are_not_reached_by_nobody() -> None:
    # 0 yes, 1 no: a call that turns the no into an abstention leaves 0 to 0, which adopts nothing
    votes = np.array([[0.0, 0.5, 0.5, 0.0]])
    calls = called(ballot_of(votes), "two-thirds", 400)
    assert (calls.chance, calls.states["value"].item()) == (0, 0)


def test_states_that_sampling_cannot_tell_apart_share_their_places() -> None:
    votes = np.array([[0.5, 0.0, 0.5, 0.0]] * 5 + [[0.0, 0.0, 0.0, 1.0]])
    calls = called(ballot_of(votes), "majority", 20_000)
    places = calls.states[["iso3", "rank_from", "rank_to"]].to_dict("records")
    assert all((row["rank_from"], row["rank_to"]) == (1, 5) for row in places[:5])
    assert places[5] == {"iso3": "F", "rank_from": 6, "rank_to": 6}


def test_for_few_no_votes_those_are_called_that_a_call_turns_from_no() -> None:
    votes = np.array([[0.1, 0.6, 0.3, 0.0], [0.1, 0.1, 0.8, 0.0], [0.9, 0.0, 0.1, 0.0]])
    assert set(called(ballot_of(votes), "no<=0", 500, reachable=0.3).states["iso3"]) == {"A", "C"}
    assert set(called(ballot_of(votes), "yes>=2", 500, reachable=0.3).states["iso3"]) == {"C"}


def test_a_target_that_is_none_is_refused_with_those_there_are() -> None:
    for text in ("abstain>=3", "yes<=3", "no<=-1", "unanimity", ""):
        with pytest.raises(ValueError, match=r"yes>=N, margin>=N, abstain<=N, no<=N, majority"):
            Target.of(text)


def test_an_announced_vote_tells_what_states_share_and_a_call_does_not() -> None:
    # three states with even chances that share half of their support: P(another yes | yes) is 2/3
    votes, none = np.array([[0.5, 0.0, 0.5, 0.0]] * 3), np.zeros(3)
    shared = Dependence(("all",), none.astype(int), np.ones(3), none, none)
    ballot = Ballot(votes, shared, Influence(none, none), (Move.none(3),))
    calls = called(ballot, "yes>=2", 20_000)
    # of two others with correlation 1/2 given the first: 1 - P(both no | yes) = 1 - 1/6 (orthants)
    assert calls.states["announced"].to_numpy() == pytest.approx(5 / 6, abs=0.02)
    alone = called(ballot_of(votes), "yes>=2", 20_000)
    assert alone.states["announced"].to_numpy() == pytest.approx(3 / 4, abs=0.02)
    # a call moves one vote: it adds less than what the announcement would tell
    gained = calls.chance + calls.states["value"]
    assert (gained < calls.states["announced"]).all()


def test_a_state_is_called_if_it_says_yes_at_least_in_three_cases_of_ten() -> None:
    votes = np.array([[0.2, 0, 0.8, 0], [0.4, 0, 0.6, 0], [0.9, 0, 0.1, 0]])
    found = whom_to_call(
        ballot_of(votes),
        Target.of("yes>=3"),
        chance_of(ballot_of(votes), 4000),
        codes=("A", "B", "C"),
        names=("A", "B", "C"),
    )
    assert set(found.states["iso3"]) == {"B", "C"}


def test_a_route_has_no_call_that_does_harm() -> None:
    # a call takes an abstention to yes, but a no to an abstention: here only the latter is left
    votes = np.array(
        [[0.25, 0.25, 0.5, 0.0], [0.25, 0.25, 0.5, 0.0], [0.0, 0.0, 0.0, 1.0], [0.0, 0.5, 0.0, 0.5]]
    )
    calls = called(ballot_of(votes), "abstain<=1", 60)
    assert calls.states["value"].max() == 0
    assert calls.route.empty
