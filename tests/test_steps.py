"""The way to the vote: paths of several steps, walked and computed."""

from __future__ import annotations

import datetime as dt
import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import ballots, probabilities

from sim import files
from sim.assembly.choices import CHOICES, Choice
from sim.assembly.rules import RULES
from sim.report.figures.path import flows_of
from sim.report.steps import _wrong, ends_table, steps_table
from sim.runs import read_result
from sim.runs.run import plan_of, run_scenario
from sim.runs.sentence import steps_sentence
from sim.runs.simulate import simulate
from sim.runs.steps import real_way, steps_of
from sim.scenario.case import resolve
from sim.scenario.path import path_of, shifted
from sim.scenario.schema import ScenarioError, read_scenario, scenario_of
from sim.scenario.steps import StepTable
from sim.vote.ballot import Ballot
from sim.vote.dependence import Dependence
from sim.vote.engine import Engine
from sim.vote.exact.path import ArmPath, mean_and_error, solve_path
from sim.vote.exact.path.held import count_of
from sim.vote.exact.path.points import POINTS
from sim.vote.influence import Influence, Move
from sim.vote.path import Path, Place, Step
from sim.vote.walk import Walk, walk

SIMPLE, TWO_THIRDS = RULES["simple"], RULES["two-thirds"]


def ballot_of(rows: list[list[float]], dependence: Dependence | None = None) -> Ballot:
    """Return a ballot in which the US moves nobody."""
    states = len(rows)
    still = Influence(np.zeros(states), np.zeros(states))
    tied = dependence or Dependence.independent(states)
    return Ballot(np.array(rows), tied, still, (Move.none(states),))


def tied(states: int) -> Dependence:
    """Return a dependence of two groups that share much."""
    half = np.arange(states) % 2
    return Dependence(("a", "b"), half, np.full(states, 1.2), np.full(states, 0.8), np.ones(states))


def walked(path: Path, draws: int = 20_000) -> Walk:
    """Walk a path in one thread."""
    with ThreadPoolExecutor(1) as pool:
        return walk(path, seed=11, draws=draws, pool=pool)


def ends_of(found: ArmPath) -> tuple[Any, Any]:
    """Return the chances of the ends and their errors."""
    return mean_and_error(found.ends, found.known)


AMENDMENT = [[0.5, 0.1, 0.3, 0.1], [0.2, 0.3, 0.4, 0.1], [0.6, 0.2, 0.1, 0.1]]
TEXT = [[0.7, 0.1, 0.1, 0.1], [0.3, 0.1, 0.5, 0.1], [0.4, 0.4, 0.1, 0.1]]
AMENDED = [[0.4, 0.3, 0.2, 0.1], [0.6, 0.1, 0.2, 0.1], [0.2, 0.3, 0.4, 0.1]]


def two_steps(
    put: float = 1.0, likeness: float = 1.0, dependence: Dependence | None = None
) -> Path:
    """Return an amendment that changes the text voted on after it."""
    forms = tuple(ballot_of(rows, dependence) for rows in (TEXT, AMENDED))
    return Path(
        (Step("amendment", put=put, likeness=likeness), Step("text")),
        (
            Place(0, 0, SIMPLE, 2, 1, 1),
            Place(1, 0, SIMPLE, "adopted", "rejected", "no vote"),
            Place(1, 1, SIMPLE, "adopted as amended", "rejected as amended", "no vote"),
        ),
        {"as-is": ((ballot_of(AMENDMENT, dependence),), forms)},
        quorum=0,
    )


def carried(rows: list[list[float]], rule: str = "simple") -> float:
    """Return the chance of a majority, by every way three states can vote."""
    total = 0.0
    for votes in itertools.product(CHOICES, repeat=len(rows)):
        yes, no = votes.count(Choice.YES), votes.count(Choice.NO)
        if (yes > no) if rule == "simple" else (yes >= 2 * no and yes > 0):
            total += np.prod([row[vote] for row, vote in zip(rows, votes, strict=True)])
    return total


def test_no_end_is_likelier_than_certain_or_less_likely_than_impossible() -> None:
    # sums over 193 states in single precision overshoot by some millionths
    place = Place(0, 0, SIMPLE, "adopted", "rejected", "no vote")
    sure = ((ballot_of([[0.999, 0.0, 0.001, 0.0]] * 193),),)
    path = Path((Step("text"),), (place,), {"as-is": sure}, quorum=97)
    ends = solve_path(path, seed=1, points=8)["as-is"].ends
    assert ends.min() >= 0
    assert ends.max() <= 1


@pytest.mark.parametrize("put", [1.0, 0.6])
def test_every_end_is_as_likely_as_counting_all_votes_says(put: float) -> None:
    path = two_steps(put=put)
    changes = put * carried(AMENDMENT)
    expected = {
        "adopted": (1 - changes) * carried(TEXT),
        "rejected": (1 - changes) * (1 - carried(TEXT)),
        "adopted as amended": changes * carried(AMENDED),
        "rejected as amended": changes * (1 - carried(AMENDED)),
        "no vote": 0.0,
    }
    wanted = [expected[end] for end in path.ends]
    computed, _ = ends_of(solve_path(path, seed=1, points=8)["as-is"])
    np.testing.assert_allclose(computed, wanted, atol=1e-5)
    drawn = walked(path)
    shares = drawn.arms["as-is"].ends / drawn.draws
    errors = np.sqrt(np.multiply(wanted, 1 - np.array(wanted)) / drawn.draws)
    assert (np.abs(shares - wanted) <= 4 * errors + 1e-12).all()


@given(
    st.lists(probabilities(3), min_size=3, max_size=3),
    st.sampled_from(["simple", "two-thirds"]),
    st.floats(0, 1),
)
@settings(max_examples=25, deadline=None)
def test_any_three_states_end_a_path_as_often_as_counting_all_votes_says(
    rows: list[np.ndarray], rule: str, put: float
) -> None:
    # a motion that stops the text; else an amendment decides which text is voted on
    motion, amendment, text = (ballot_of(one.tolist()) for one in rows)
    places = (
        Place(0, 0, SIMPLE, "stopped", 1, 1),
        Place(1, 0, RULES[rule], 2, "no vote", "no vote"),
        Place(2, 0, RULES[rule], "adopted", "rejected", "no vote"),
    )
    steps = (Step("motion", put=put), Step("amendment"), Step("text"))
    arms = {"x": ((motion,), (amendment,), (text,))}
    path = Path(steps, places, arms, quorum=0)
    first, second, third = (
        carried(one.tolist(), by) for one, by in zip(rows, ("simple", rule, rule), strict=True)
    )
    going_on = 1 - put * first
    expected = {
        "stopped": put * first,
        "no vote": going_on * (1 - second),
        "adopted": going_on * second * third,
        "rejected": going_on * second * (1 - third),
    }
    chances, _ = ends_of(solve_path(path, seed=1, points=2, repeats=2)["x"])
    np.testing.assert_allclose(chances, [expected[end] for end in path.ends], atol=2e-5)


@pytest.mark.parametrize("likeness", [1.0, 0.4, -1.0])
def test_walked_and_computed_agree_where_states_share_much(likeness: float) -> None:
    path = two_steps(put=0.8, likeness=likeness, dependence=tied(3))
    computed, error = ends_of(solve_path(path, seed=1)["as-is"])
    drawn = walked(path)
    shares = drawn.arms["as-is"].ends / drawn.draws
    of_draws = np.sqrt(shares * (1 - shares) / drawn.draws)
    assert (np.abs(shares - computed) <= 4 * np.hypot(error, of_draws) + 1e-9).all()


@pytest.mark.parametrize("likeness", [1.0, 0.4, -1.0])
def test_every_step_keeps_the_probabilities_of_its_model(likeness: float) -> None:
    path = two_steps(likeness=likeness, dependence=tied(3))
    tally = solve_path(path, seed=1)["as-is"].tallies[0]
    expected = np.array(AMENDMENT).sum(axis=0)
    np.testing.assert_allclose(tally @ np.arange(4), expected, atol=0.03)


def test_a_hostile_amendment_is_carried_where_the_text_is_lost() -> None:
    # ten states that move as one: what carries the one loses the other
    rows = [[0.5, 0.0, 0.5, 0.0]] * 9
    shared = Dependence(("a",), np.zeros(9, int), np.full(9, 6.0), np.zeros(9), np.zeros(9))
    both = {"as-is": ((ballot_of(rows, shared),), (ballot_of(rows, shared),))}
    places = (
        Place(0, 0, SIMPLE, 1, 2, 2),
        *(Place(1, 0, SIMPLE, e, f, "x") for e, f in ("ab", "cd")),
    )
    for likeness, least in ((1.0, "a"), (-1.0, "b")):
        path = Path((Step("one", likeness=likeness), Step("two")), places, both, quorum=0)
        chances, _ = ends_of(solve_path(path, seed=1)["as-is"])
        assert chances[path.ends.index(least)] > 0.4


def test_known_votes_of_an_earlier_step_condition_the_later_one() -> None:
    # all vote as one, so one yes to the amendment is a yes of all to a like text
    rows = [[0.5, 0.0, 0.5, 0.0]] * 5
    shared = Dependence(("a",), np.zeros(5, int), np.full(5, 6.0), np.zeros(5), np.zeros(5))
    free = ballot_of(rows, shared)
    first = replace(free, known={0: Choice.YES})
    places = (Place(0, 0, SIMPLE, 1, 1, 1), Place(1, 0, SIMPLE, "adopted", "rejected", "x"))
    path = Path((Step("one"), Step("two")), places, {"as-is": ((first,), (free,))}, quorum=0)
    computed, error = ends_of(solve_path(path, seed=1)["as-is"])
    drawn = walked(path)
    shares = drawn.arms["as-is"].ends / drawn.arms["as-is"].weight
    assert computed[0] > 0.8
    np.testing.assert_allclose(shares, computed, atol=4 * float(error.max()) + 0.02)


def test_known_votes_of_a_later_step_condition_the_earlier_one() -> None:
    # all vote as one, so one yes to the text is a yes of all to a like amendment, if it was put
    rows = [[0.5, 0.0, 0.5, 0.0]] * 5
    shared = Dependence(("a",), np.zeros(5, int), np.full(5, 6.0), np.zeros(5), np.zeros(5))
    free = ballot_of(rows, shared)
    last = replace(free, known={0: Choice.YES})
    places = (Place(0, 0, SIMPLE, 1, 1, 1), Place(1, 0, SIMPLE, "adopted", "rejected", "x"))
    both = {"as-is": ((free,), (last,))}
    path = Path((Step("one", put=0.6), Step("two")), places, both, quorum=0)
    solved, drawn = solve_path(path, seed=1)["as-is"], walked(path).arms["as-is"]
    flows, error = mean_and_error(solved.flows, solved.known)
    assert flows[0].sum() == pytest.approx(1)  # nothing that is known makes a step likelier than 1
    assert flows[0][:2].sum() == pytest.approx(0.6)  # what is known tells nothing of what is put
    assert flows[0][0] > 0.6 * 0.8
    np.testing.assert_allclose(
        drawn.flows / drawn.weight, flows, atol=4 * float(error.max()) + 0.02
    )
    yes = solved.tallies[0, Choice.YES] @ np.arange(6)
    of_draws = drawn.tallies[0, Choice.YES]
    assert yes == pytest.approx(of_draws @ np.arange(6) / of_draws.sum(), abs=0.15)


def test_what_is_known_of_a_step_tells_nothing_of_whether_it_is_put() -> None:
    one = replace(ballot_of([[0.5, 0.0, 0.5, 0.0]] * 3), known={0: Choice.YES})
    place = Place(0, 0, SIMPLE, "adopted", "rejected", "no vote")
    path = Path((Step("text", put=0.6),), (place,), {"as-is": ((one,),)}, quorum=0)
    solved, drawn = solve_path(path, seed=1)["as-is"], walked(path).arms["as-is"]
    ends, error = ends_of(solved)
    # of two others who say yes or no, no two say no three times of four: it is carried
    np.testing.assert_allclose(ends, [0.45, 0.15, 0.4], atol=1e-6 + 4 * float(error.max()))
    np.testing.assert_allclose(drawn.ends / drawn.weight, ends, atol=0.03)


@given(st.lists(probabilities(3), min_size=3, max_size=3), st.floats(0, 1), st.sampled_from(Choice))
@settings(max_examples=25, deadline=None)
def test_where_nothing_is_shared_a_known_vote_tells_of_its_own_step_alone(
    rows: list[np.ndarray], put: float, vote: Choice
) -> None:
    # a motion that stops the text; else an amendment decides in which form it is voted on
    assume(min(one[0][vote] for one in rows) > 1e-3)
    known = {0: vote}
    motion, *texts = (ballot_of(one.tolist()) for one in rows)
    as_tabled, amended = (replace(one, known=known) for one in texts)
    places = (
        Place(0, 0, SIMPLE, "stopped", 1, 1),
        Place(1, 0, SIMPLE, "adopted", "rejected", "no vote"),
    )
    steps = (Step("motion", put=put), Step("text", put=0.5))
    path = Path(steps, places, {"x": ((motion,), (as_tabled, amended))}, quorum=0)
    sure = rows[1].copy()
    sure[0] = np.eye(4)[vote]
    first, second = (carried(one.tolist(), "simple") for one in (rows[0], sure))
    going_on = 1 - put * first
    expected = {
        "stopped": put * first,
        "adopted": going_on * 0.5 * second,
        "rejected": going_on * 0.5 * (1 - second),
        "no vote": going_on * 0.5,
    }
    chances, _ = ends_of(solve_path(path, seed=1, points=2, repeats=2)["x"])
    np.testing.assert_allclose(chances, [expected[end] for end in path.ends], atol=2e-5)


def test_a_way_that_passes_a_text_by_reads_its_votes_on_the_text_unchanged() -> None:
    ends = {"on_carried": [{"end": "stopped"}]}
    changes = {"on_carried": [{"shift": 2.0}], "on_lost": [{"shift": -2.0}]}
    steps = [step("a", "amendment", **changes), step("m", "no-action", **ends), step("text")]
    tables = scenario_with(*steps) | {"known": {"BRA": "yes", "IND": "yes"}}
    path = path_of(resolve(scenario_of(tables, place=None)))
    arm, tabled = next(iter(path.ballots)), path.steps[2].tabled
    plain = path_of(resolve(scenario_of(tables | {"steps": [step("text")]}, place=None)))
    unchanged = plain.ballots[arm][0][0].probabilities
    assert (path.ballots[arm][2][tabled].probabilities == unchanged).all()
    # weighed by that in both: how likely it is stopped depends on nothing that the amendment does
    solved, drawn = solve_path(path, seed=1)[arm], walked(path, 4096).arms[arm]
    share = drawn.ends[0] / drawn.weight
    chances, errors = ends_of(solved)
    assert path.ends[0] == "stopped"
    error = np.hypot(errors[0], np.sqrt(share * (1 - share) * drawn.weight_squared) / drawn.weight)
    assert abs(chances[0] - share) < 4 * error


@pytest.mark.parametrize("likeness", [1.0, -0.5])
def test_averaged_over_what_a_state_may_announce_a_path_ends_as_before(likeness: float) -> None:
    free = two_steps(put=0.8, likeness=likeness, dependence=tied(3))
    stop = (replace(free.places[0], lost="stopped"), *free.places[1:])
    free = replace(free, places=stop)
    before = ends_of(solve_path(free, seed=1)["as-is"])[0]
    drawn = walked(free).arms["as-is"]
    averaged, of_draws = np.zeros((2, len(before)))
    for vote in Choice:
        [of_step, forms] = free.ballots["as-is"]
        told = (of_step, tuple(replace(one, known={1: vote}) for one in forms))
        path = replace(free, ballots={"as-is": told})
        solved, found = solve_path(path, seed=1, most=POINTS)["as-is"], walked(path).arms["as-is"]
        averaged += solved.ends.mean(axis=0)
        of_draws += found.ends / 20_000
    np.testing.assert_allclose(averaged, before, atol=1e-6)
    np.testing.assert_allclose(of_draws, drawn.ends / drawn.weight, atol=0.01)


def test_an_arm_always_ends_as_itself_however_probable_its_known_votes_are() -> None:
    rows = [[0.5, 0.0, 0.5, 0.0]] * 5
    shared = Dependence(("a",), np.zeros(5, int), np.full(5, 6.0), np.zeros(5), np.zeros(5))
    one = replace(ballot_of(rows, shared), known={0: Choice.YES})
    place = Place(0, 0, SIMPLE, "adopted", "rejected", "no vote")
    path = Path((Step("text"),), (place,), {"as-is": ((one,),)}, quorum=0)
    found = walked(path)
    np.testing.assert_allclose(
        found.together["as-is"], np.diag(found.arms["as-is"].ends), rtol=1e-9
    )


@pytest.mark.parametrize(
    ("name", "texts"),
    [("rival-draft-2022", {"first-draft"}), ("path-to-peace-path-2025", {"as-amended"})],
)
def test_what_was_announced_on_the_text_is_of_no_other_text(name: str, texts: set[str]) -> None:
    case = resolve(name)
    path = path_of(resolve(case.scenario.model_dump() | {"known": {"BRA": "yes"}}))
    held = next(iter(path.ballots.values()))
    told = {step.name for step, [form, *_] in zip(path.steps, held, strict=True) if form.known}
    assert told == texts


@pytest.mark.parametrize("limits", [[0.0, 0.0], [0.0, 0.5]])
def test_votes_announced_on_a_motion_that_may_never_be_made_break_nothing(
    limits: list[float],
) -> None:
    case = resolve("rival-draft-2022")
    tables = case.scenario.model_dump()
    tables["steps"] = list(tables["steps"])
    tables["steps"][1] |= {"put": limits[0], "put_range": limits, "known": {"FRA": "no"}}
    if limits[1] == 0:
        del tables["steps"][1]["put_range"]
    told = resolve(tables)
    found = steps_of(told, plan_of(told, draws=500))
    for arm in found["arms"].values():
        assert arm["steps"]["vote-on-rival"]["put"] == 0
    for one in found["ranges"]:
        assert np.isfinite(list(itertools.chain(*one["ends"].values()))).all()


@pytest.mark.parametrize("step", ["amendment-russia", "as-tabled"])
def test_votes_known_on_a_reversed_or_changed_text_are_read_by_it(step: str) -> None:
    case = resolve("path-to-peace-path-2025")
    tables = case.scenario.model_dump()
    number = next(n for n, one in enumerate(tables["steps"]) if one["name"] == step)
    tables["steps"][number]["known"] = {"BRA": "yes"}
    path = path_of(resolve(tables, record=case.record))
    for held in path.ballots["us-stands-by-it"][number]:
        [(chance, said)] = held.said_in
        assert chance == 1
        np.testing.assert_array_equal(said.probabilities, held.probabilities)


@given(ballots(states=3), ballots(states=3), st.floats(-1, 1), st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_the_chances_of_the_ends_sum_to_one(
    one: Ballot, other: Ballot, likeness: float, put: float
) -> None:
    arms = {"as-is": ((replace(one, known={}),), (_like(other, one),))}
    places = (*two_steps().places[:1], Place(1, 0, TWO_THIRDS, "a", "b", "c"))
    places = (replace(places[0], carried=1), places[1])
    path = Path((Step("m", put, likeness), Step("t")), places, arms, quorum=0)
    assert ends_of(solve_path(path, seed=1, points=4, repeats=2)["as-is"])[
        0
    ].sum() == pytest.approx(1)
    assert walked(path, 64).arms["as-is"].ends.sum() == pytest.approx(64)


def _like(one: Ballot, other: Ballot) -> Ballot:
    """Return a ballot with the dependence of another, and nothing known."""
    return replace(one, dependence=other.dependence, known={})


@given(ballots(states=3), ballots(states=3))
@settings(max_examples=15, deadline=None)
def test_a_step_that_is_never_put_changes_nothing(one: Ballot, other: Ballot) -> None:
    text = replace(one, known={})
    motion = Step("motion", put=0.0, likeness=0.3)
    alone = Path((Step("t"),), (Place(0, 0, SIMPLE, "a", "b", "c"),), {"x": ((text,),)}, quorum=0)
    places = (Place(0, 0, SIMPLE, "c", 1, 1), Place(1, 0, SIMPLE, "a", "b", "c"))
    both = {"x": ((_like(other, one),), (text,))}
    after = Path((motion, Step("t")), places, both, quorum=0)
    chances = [ends_of(solve_path(p, seed=1, points=64)["x"]) for p in (alone, after)]
    found = [
        (dict(zip(p.ends, c, strict=True)), dict(zip(p.ends, e, strict=True)))
        for p, (c, e) in zip((alone, after), chances, strict=True)
    ]
    for end in ("a", "b"):
        error = np.hypot(found[0][1][end], found[1][1][end])
        assert found[0][0][end] == pytest.approx(found[1][0][end], abs=6 * error + 0.02)


def test_the_order_of_two_independent_motions_does_not_matter() -> None:
    one, other = ballot_of(AMENDMENT), ballot_of(AMENDED)
    for rule in (SIMPLE, TWO_THIRDS):
        found = []
        for first, second, ends in ((one, other, ("a", "b")), (other, one, ("b", "a"))):
            # either motion, if carried, stops everything after it; each end named after its motion
            places = (
                Place(0, 0, rule, 1, 2, 2),
                Place(1, 0, rule, "both", ends[0], "x"),
                Place(1, 0, rule, ends[1], "neither", "x"),
            )
            path = Path((Step("1"), Step("2")), places, {"x": ((first,), (second,))}, quorum=0)
            chances, _ = ends_of(solve_path(path, seed=1, points=8)["x"])
            found.append(dict(zip(path.ends, chances, strict=True)))
        assert found[0] == pytest.approx(found[1], abs=1e-6)


def test_an_amendment_that_changes_nothing_leaves_the_texts_tally() -> None:
    path = two_steps(dependence=tied(3))
    places = (replace(path.places[0], carried=1), path.places[1])
    alone = replace(path, places=places)
    amended = solve_path(alone, seed=1)["as-is"].tallies[1]
    expected = np.array(TEXT).sum(axis=0)
    np.testing.assert_allclose(amended @ np.arange(4), expected, atol=0.03)


@given(ballots(states=3), st.floats(-1, 1))
@settings(max_examples=15, deadline=None)
def test_raising_a_majority_never_helps(one: Ballot, likeness: float) -> None:
    text, adopted = replace(one, known={}), []
    for rule in (SIMPLE, TWO_THIRDS):
        place = Place(0, 0, rule, "adopted", "rejected", "x")
        path = Path((Step("t", likeness=likeness),), (place,), {"x": ((text,),)}, quorum=0)
        drawn = walked(path, 4096).arms["x"].ends[0] / 4096
        adopted.append((drawn, ends_of(solve_path(path, seed=1, points=16)["x"])[0][0]))
    # two thirds of those voting with at least one yes is also a majority of them
    assert adopted[1][0] <= adopted[0][0]
    assert adopted[1][1] <= adopted[0][1] + 1e-6


def test_a_path_that_turns_back_is_refused() -> None:
    with pytest.raises(ValueError, match="leads to 0: only later"):
        Path((Step("t"),), (Place(0, 0, SIMPLE, 0, "b", "c"),), {})


def test_a_path_of_one_step_is_the_plain_scenario() -> None:
    case = resolve("jerusalem-2017")
    with ThreadPoolExecutor(1) as pool:
        found = walk(path_of(case), seed=case.scenario.seed, draws=4096, pool=pool)
    plain = simulate(case, engine="simulate", draws=4096)
    for arm, counts in plain.counts.items():
        assert (found.arms[arm].tallies[0] == counts.tallies).all()
        assert found.arms[arm].ends[0] == counts.adopted


def test_a_result_of_one_step_is_that_of_the_plain_scenario_steps_apart() -> None:
    plain = scenario_with()
    found = []
    for tables in (plain, plain | {"steps": [step("text", title="A draft")]}):
        case = resolve(scenario_of(tables, place=None))
        found.append(run_scenario(case, plan=plan_of(case, draws=500)).result)
    assert found[1].summary.pop("steps")["arms"].keys() == {"us-votes-yes", "us-votes-no"}
    assert found[0].summary == found[1].summary
    for name in ("distribution", "states", "differences"):
        one, other = (getattr(result, name) for result in found)
        assert one.to_csv() == other.to_csv()


def test_a_shift_of_support_leaves_absence() -> None:
    rows = np.array(TEXT)
    moved = shifted(rows, -0.5)
    np.testing.assert_allclose(moved[:, Choice.NON_VOTING], rows[:, Choice.NON_VOTING])
    assert (moved[:, Choice.YES] < rows[:, Choice.YES]).all()


def scenario_with(*steps: dict[str, Any]) -> dict[str, Any]:
    """Return the tables of a small scenario with steps."""
    return {
        "title": "A draft",
        "question": "Is it adopted?",
        "source": "made up",
        "as_of": dt.date(2025, 2, 23),
        "seed": 1,
        "model": "bloc-shares",
        "resolution": {
            "symbol": "A/1",
            "title": "A draft",
            "majority": "two-thirds",
            "date": dt.date(2025, 2, 24),
        },
        "us": {"reference": "yes"},
        "arms": {"us-votes-yes": {"us": "yes"}, "us-votes-no": {"us": "no"}},
        "steps": list(steps),
    }


def step(name: str, kind: str = "text", **fields: Any) -> dict[str, Any]:
    """Return a step that ends the path either way, unless it says otherwise."""
    usual: dict[str, Any] = {"name": name, "kind": kind, "title": name}
    if kind != "text":
        usual["likeness"] = 0.5
    if kind == "text":
        usual |= {"on_carried": [{"end": "adopted"}], "on_lost": [{"end": "rejected"}]}
    return usual | fields


def test_amendments_and_parts_need_the_texts_majority_and_motions_a_simple_one() -> None:
    kinds = ["amendment", "division", "no-action", "reconsideration", "text"]
    tables = scenario_with(*(step(kind, kind) for kind in kinds))
    path = path_of(resolve(scenario_of(tables, place=None)))
    rules = {path.steps[place.step].name: place.rule.name for place in path.places}
    assert rules == {
        "amendment": "two-thirds",  # rule 84
        "division": "two-thirds",  # also rule 84
        "no-action": "simple",
        "reconsideration": "two-thirds",  # rule 81
        "text": "two-thirds",
    }


def test_a_majority_from_here_on_holds_for_the_text() -> None:
    question = step("question", "important-question", on_carried=[{"majority": "two-thirds"}])
    tables = scenario_with(question, step("text"))
    tables["resolution"]["majority"] = "simple"
    path = path_of(resolve(scenario_of(tables, place=None)))
    after = [place.rule.name for place in path.places if place.step == 1]
    assert sorted(after) == ["simple", "two-thirds"]


def test_the_answer_says_which_steps_were_held_unlikely_to_go_as_they_went() -> None:
    tally = {"yes": {"mean": 60.2}}
    found = {"carried": 0.4, "tally": tally}
    arm = {"ends": {"adopted": {"exact": 1.0}}, "steps": {"motion": found, "text": found}}
    was = {"motion": ("60-18-81", "carried"), "text": ("31-71-59", "lost")}
    steps = {name: {"tally": tally, "way": way} for name, (tally, way) in was.items()}
    told = {"arms": {"x": arm}, "real": {"steps": steps, "end": "adopted"}}
    note = ends_table(told, {"x": "US votes no"}).note
    assert "Wrong: motion was carried, to which 40 % had been given." in note
    assert "text was" not in note  # lost, as was held likelier
    assert "Furthest off: text, 31 yes where 60 were expected." in note


@pytest.mark.parametrize(
    ("chance", "told"),
    [(0.494, "Wrong: text was"), (0.497, "A toss-up: text was"), (0.503, "A toss-up: text was")],
)
def test_an_outcome_that_was_even_is_not_told_as_wrong(chance: float, told: str) -> None:
    found = {"carried": chance, "tally": {"yes": {"mean": 60.0}}}
    arm = {"ends": {"adopted": {"exact": 1.0}}, "steps": {"text": found}}
    real = {"steps": {"text": {"tally": "93-8-73", "way": "carried"}}, "end": "adopted"}
    assert told in " ".join(_wrong({"arms": {"x": arm}, "real": real}))


def test_a_step_that_is_skipped_is_not_voted_on() -> None:
    first = step("first", on_carried=[{"skip": "second"}], on_lost=[])
    third = step("third")
    path = path_of(resolve(scenario_of(scenario_with(first, step("second"), third), place=None)))
    assert path.places[0].carried == 2
    assert path.steps[path.places[2].step].name == "third"


WRONG = [
    ([step("a", on_carried=[])], "steps.0.on_carried: nothing comes after it"),
    ([step("a"), step("b")], "steps.1: no way leads to 'b'"),
    ([step("a", on_carried=[{"skip": "a"}])], "must be a later step: none"),
    ([step("a", on_lost=[{"skip": "c"}]), step("b")], "'c': must be a later step: b"),
    ([step("a", on_lost=[]), step("a")], "steps.1.name: 'a': given twice"),
    ([step("a", majority="most")], "steps.0.majority: 'most': must be one of simple"),
    ([step("a", put=0.5)], "steps.0.put_range: expected the lowest and the highest"),
    ([step("a", put=0.5, put_range=[0.6, 0.9])], "must contain put, 0.5"),
    ([step("m", "amendment", likeness=None), step("a")], "steps.0.likeness: expected how alike"),
    (
        [step("a", us={"nobody": "no"})],
        "steps.0.us: 'nobody': must be one of the arms us-votes-yes",
    ),
    ([step("a", actual="93-8")], "expected yes-no-abstain"),
    ([step("a", on_lost=[{"end": "x", "shift": 0.1}])], "an effect does one thing"),
    ([step("a", on_lost=1)], "steps.0.on_lost: 1: "),
    ([step("a", on_lost=[{"end": "x"}, {"end": "y"}])], "steps.0.on_lost: ['x', 'y']: a path ends"),
    ([step("a", on_lost=[{"end": "a"}])], "steps.0.on_lost.0.end: 'a': is the name of a step"),
    ([step("a", on_lost=[{"end": ""}])], "steps.0.on_lost.0.end: '': must not be blank"),
    ([step("a", on_lost=[{"end": " \t"}])], "steps.0.on_lost.0.end: ' \\t': must not be blank"),
    ([step("a", on_lost=[{"end": "No vote"}])], "end: 'No vote': is how a path ends without"),
    ([step("a", asks=["x", "\x07"])], "steps.0.asks.1: '\\x07': control characters"),
    ([step("a", kind="vote")], "steps.0.kind: 'vote': must be 'text', 'amendment'"),
]


@pytest.mark.parametrize(("steps", "says"), WRONG, ids=[says for _, says in WRONG])
def test_what_cannot_be_a_path_is_refused_with_its_place(
    steps: list[dict[str, Any]], says: str
) -> None:
    with pytest.raises(ScenarioError) as error:
        scenario_of(scenario_with(*steps), place="mine.toml")
    assert says in str(error.value)
    assert all(line.startswith("mine.toml: steps.") for line in str(error.value).splitlines())


@pytest.mark.parametrize(
    "wrong",
    [
        {"put": 0.5, "put_range": [float("nan"), 1.0]},
        {"put": 0.5, "put_range": [-1.0, 1.0]},
        {"put": 0.5, "put_range": [0.1, 0.5, 0.9]},
        {"put": float("nan"), "put_range": [0.1, 0.9]},
        {"put": 2.0, "put_range": [0.1, 0.9]},
    ],
)
def test_one_fault_of_a_range_is_one_line(wrong: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError) as error:
        scenario_of(scenario_with(step("a", **wrong)), place="mine.toml")
    (line,) = str(error.value).splitlines()
    assert line.startswith("mine.toml: steps.0.put")
    assert "Tuple" not in line


def test_every_problem_of_a_path_is_told_at_once() -> None:
    steps = [step("a", majority="most", put=0.5), step("a", actual="?")]
    with pytest.raises(ScenarioError) as error:
        scenario_of(scenario_with(*steps), place="mine.toml")
    assert len(str(error.value).splitlines()) == 4  # majority, put_range, actual, name


def test_what_steps_name_and_is_not_there_is_told_with_what_the_text_names() -> None:
    missing = [{"symbol": "99/1", "likeness": 0.5}]
    amended = step("change", "amendment", precedents=missing, sponsors={"seed": "none"})
    tables = scenario_with(amended, step("text")) | {"precedents": [{"symbol": "99/2"}]}
    with pytest.raises(ScenarioError) as error:
        resolve(scenario_of(tables, place="mine.toml"))
    places = [line.split(" ")[1:3] for line in str(error.value).splitlines()]
    # what the last step takes from the text is told once, of the text
    assert places == [
        ["precedents.0.symbol:", "no"],
        ["steps.change:", "precedents.0.symbol:"],
        ["steps.change:", "sponsors.seed:"],
    ]


def test_a_dead_end_is_told_beside_other_problems_where_it_is_clear_what_is_skipped() -> None:
    def told(*steps: dict[str, Any]) -> list[str]:
        with pytest.raises(ScenarioError) as error:
            scenario_of(scenario_with(*steps), place=None)
        return [line.split(":")[0] for line in str(error.value).splitlines()]

    lost = step("b", on_lost=[], majority="most")
    assert told(step("a", put=0.5), lost) == [
        "steps.0.put_range",
        "steps.1.majority",
        "steps.1.on_lost",
    ]
    assert told(step("a", on_lost=[{"skip": "c"}]), lost) == [
        "steps.0.on_lost.0.skip",
        "steps.1.majority",
    ]


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(["two-thirds", "93-18-65", "not put", "auto", "text"]),
    st.lists(st.one_of(st.integers(), st.text(max_size=3)), max_size=3),
    st.sampled_from([{}, [{}], [[]], {"a": {"b": 1}}, dt.date(2025, 1, 1), [0.9, 0.1], ["a", 0.5]]),
    st.sampled_from(["skip", "end", "majority", "gains", "shift", "step", "symbol"]).flatmap(
        lambda field: st.sampled_from([1, "", "text", ["x"], 0.5]).map(lambda one: [{field: one}])
    ),
    st.sampled_from(["EU", "ZZ", "states", "seed", "FRA", "us-votes-no"]).flatmap(
        lambda field: st.sampled_from([1, "no", ["FRA"], {"yes": 0.5}]).map(
            lambda one: {field: one}
        )
    ),
)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([*StepTable.model_fields, "zzz"]), ODD),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=150, deadline=None)
def test_whatever_a_step_holds_is_used_or_refused_with_its_place(
    changes: list[tuple[int, str, Any]],
) -> None:
    stopped = step("motion", "no-action", on_carried=[{"end": "stopped"}])
    steps = [stopped, step("amendment", "amendment"), step("text")]
    for number, field, value in changes:
        steps[number][field] = value
    told = ""
    try:
        path_of(resolve(scenario_of(scenario_with(*steps), place="mine.toml")))
    except ScenarioError as error:
        told = str(error)
    assert all(line.startswith("mine.toml: steps.") for line in told.splitlines())


COMMITTED = [
    "chemical-weapons-2016",
    "crimea-rights-2018",
    "gaza-amendment-2023",
    "path-to-peace-path-2025",
    "rival-draft-2022",
]


def of_result(stem: str) -> dict[str, Any]:
    """Return the steps of a committed result."""
    found: dict[str, Any] = read_result(files.shipped("results") / stem).summary["steps"]
    return found


@pytest.mark.parametrize("stem", COMMITTED)
def test_both_ways_agree_on_every_end_of_a_committed_path(stem: str) -> None:
    for arm in of_result(stem)["arms"].values():
        for end in arm["ends"].values():
            error = np.hypot(end["standard_error"], end["exact_error"])
            assert abs(end["simulated"] - end["exact"]) <= 4 * error + 1e-6
        assert sum(end["exact"] for end in arm["ends"].values()) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("stem", COMMITTED)
def test_what_enters_a_step_leaves_it(stem: str) -> None:
    found = of_result(stem)
    arm = next(iter(found["arms"].values()))
    into: dict[str, float] = dict.fromkeys(arm["steps"], 0.0) | dict.fromkeys(arm["ends"], 0.0)
    out = dict.fromkeys(arm["steps"], 0.0)
    for (source, _, target), chance in flows_of(found["places"], arm["flows"]).items():
        out[source] += chance
        into[target] += chance
    for number, (name, step) in enumerate(arm["steps"].items()):
        assert out[name] == pytest.approx(step["reached"], abs=0.005)
        assert into[name] == pytest.approx(0 if number == 0 else step["reached"], abs=0.005)


def test_the_real_way_is_read_from_the_real_tallies() -> None:
    found = real_way(read_scenario("path-to-peace-path-2025"))
    assert {name: step["way"] for name, step in found["steps"].items()} == {
        "amendment-aggression": "carried",  # 60-18: two thirds of 78 is 52
        "amendment-territory": "carried",
        "amendment-charter": "carried",
        "amendment-russia": "lost",
        "as-tabled": "not put",
        "as-amended": "carried",
    }
    assert found["end"] == "adopted as amended"
    assert "as-tabled" not in {
        step["step"]
        for at, _ in found["taken"]
        for step in [of_result("path-to-peace-path-2025")["places"][at]]
    }
    gaza = real_way(read_scenario("gaza-amendment-2023"))
    assert (gaza["steps"]["amendment"]["way"], gaza["end"]) == ("lost", "adopted")


def test_the_real_way_is_judged_by_the_rule_that_earlier_steps_left() -> None:
    # 55-45 is a majority; once the question is held important it is not enough
    question = step("question", "important-question", on_carried=[{"majority": "two-thirds"}])
    for decided, end in (("60-40-0", "rejected"), ("40-60-0", "adopted")):
        tables = scenario_with(question | {"actual": decided}, step("text", actual="55-45-0"))
        tables["resolution"]["majority"] = "simple"
        assert real_way(scenario_of(tables, place=None))["end"] == end


def test_a_step_that_no_way_avoids_is_sure_to_be_put() -> None:
    path = two_steps()
    assert path.always(0)
    assert path.always(1)
    assert not two_steps(put=0.5).always(0)
    stopped = replace(path, places=(replace(path.places[0], carried="stopped"), *path.places[1:]))
    assert not stopped.always(1)


def test_a_run_tells_its_path_in_a_sentence_and_two_tables() -> None:
    steps, scenario = of_result("rival-draft-2022"), read_scenario("rival-draft-2022")
    labels = {name: arm.label or name for name, arm in scenario.arms.items()}
    assert steps_sentence(steps, labels).startswith("If the US co-sponsors Ukraine's draft: rival")
    table = ends_table(steps, labels)
    assert "What happened: rival not voted on." in table.note
    assert "Furthest off: first-draft, 140 yes where 111 were expected." in table.note
    ends = {row[0] for row in table.rows}
    assert ends == {"rival adopted", "rival rejected", "rival not voted on"}
    assert steps_table(steps, scenario).rows[1][-1] == "50-67-36"


def test_arms_are_called_by_their_labels() -> None:
    steps, scenario = of_result("path-to-peace-path-2025"), read_scenario("path-to-peace-path-2025")
    labels = {name: arm.label or name for name, arm in scenario.arms.items()}
    ends = ends_table(steps, labels)
    assert ends.columns == ("end", "US stands by it", "US abstains", "US votes no")
    assert "if the US stands by it, adopted as amended is then" in ends.note
    title = steps_table(steps, scenario, full=False).title
    assert title == "Each step, given that it is voted on, if the US stands by it"
    assert "us-stands-by-it" not in f"{ends.note}{title}"


@pytest.mark.parametrize("certain", [0.0, 1e-6, 0.02, 0.5])
def test_a_count_is_looked_for_wherever_it_may_lie(certain: float) -> None:
    chances = np.clip(np.random.default_rng(1).uniform(-1, 2, 193), certain, 1 - certain)
    by_hand = np.ones(1)
    for chance in chances:
        by_hand = np.convolve(by_hand, [1 - chance, 0, chance])  # counted by twos
    found = count_of({2: chances[:, None].astype(np.float32)}).summed(np.ones(1))
    np.testing.assert_allclose(found, by_hand, rtol=0, atol=1e-6)


def test_an_end_of_all_draws_has_an_error_too() -> None:
    case = resolve("jerusalem-2017")
    found = steps_of(case, replace(plan_of(case, engine=Engine.SIMULATE), draws=1000))
    ends = found["arms"]["us-votes-no"]["ends"]
    assert ends["adopted"]["simulated"] == 1.0
    # as for the vote alone: all of 1,000 draws may still be 999 of 1,000
    assert [end["standard_error"] for end in ends.values()] == pytest.approx([0.001] * 2, rel=0.01)
