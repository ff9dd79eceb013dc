"""Why a state is where it is: the sentence says only what its probabilities support."""

from __future__ import annotations

import re

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.assembly.choices import Choice
from sim.assembly.members import Members
from sim.cli import app
from sim.report import short_explanation
from sim.scenario.case import resolve
from sim.scenario.path import path_of
from sim.scenario.schema import read_scenario
from sim.studies.explain import Explanation, Reason, explain
from sim.studies.why import by_ground, state_sentence, votes_in_words
from sim.vote.exact import solve as exact

STEMS = ("anniversary-2025", "rights-2024", "path-to-peace-2025")
"""One for each vote model."""


def made(*reasons: tuple[str, tuple[float, ...]], **of: object) -> Explanation:
    """An explanation whose parts are these."""
    parts = tuple(Reason(kind, "", np.array(adds)) for kind, adds in reasons)
    return Explanation("BRA", "Brazil", "as-is", parts, **of)  # type: ignore[arg-type]


def told(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["explain", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_state_that_always_abstained_is_told_so() -> None:
    found = made(
        ("bloc", (0.1, 0.1, 0.0, 0.0)), ("precedent", (0.0, 0.69, 0.0, 0.11)), votes=(0, 3, 0, 0)
    )
    assert (
        state_sentence(found)
        == "Brazil: likely to abstain, 79 %: it abstained on all three like texts."
    )


def test_votes_on_like_texts_are_no_ground_where_the_forecast_makes_no_use_of_them() -> None:
    found = made(("bloc", (0.2, 0.7, 0.1, 0.0)), votes=(0, 3, 0, 0))
    assert state_sentence(found) == "Brazil: likely to abstain, 70 %: its blocs lean that way."


def test_a_ground_that_leans_elsewhere_is_not_named() -> None:
    # each of the two adds more to another choice than to abstention, which wins by their sum
    found = made(("bloc", (0.3, 0.25, 0.0, 0.0)), ("record", (0.0, 0.2, 0.25, 0.0)))
    assert state_sentence(found).endswith("(30 % yes, 25 % no): no one ground decides.")


def test_two_choices_that_are_nearly_as_likely_are_called_open() -> None:
    found = made(("bloc", (0.48, 0.5, 0.02, 0.0)))
    assert "open between abstain (50 %) and yes (48 %)" in state_sentence(found)
    assert "likely" not in state_sentence(found)


def test_what_takes_much_from_the_likeliest_choice_is_told() -> None:
    parts = (("assembly", (0.9, 0.1, 0.0, 0.0)), ("precedent", (-0.2, 0.2, 0.0, 0.0)))
    found = made(*parts, votes=(0, 3, 0, 0))
    assert state_sentence(found).endswith(
        "most members do so on most texts; it abstained on all three like texts (-20 points)."
    )


def test_no_vote_on_a_like_text_is_not_told_as_votes_on_them() -> None:
    parts = (("assembly", (0.9, 0.1, 0.0, 0.0)), ("precedent", (-0.2, 0.2, 0.0, 0.0)))
    assert state_sentence(made(*parts, votes=(0, 0, 0, 0))).endswith(
        "no vote of its own on a like text (-20 points)."
    )


def test_a_state_that_stays_away_is_told_as_absent() -> None:
    away = made(("attendance", (0.0, 0.0, 0.0, 0.7)), ("bloc", (0.3, 0.0, 0.0, 0.0)))
    assert state_sentence(away).endswith(": it was often absent of late.")


def test_what_others_announced_is_the_ground_where_it_decides() -> None:
    found = made(("bloc", (0.3, 0.7, 0.0, 0.0)), ("known", (0.5, -0.5, 0.0, 0.0)))
    assert state_sentence(found).count("known votes of others") == 1
    assert state_sentence(found).endswith(": what the known votes of others tell (+50 points).")


def test_a_known_vote_is_taken_as_known_and_nothing_more() -> None:
    found = explain(resolve("anniversary-2025", known={"BRA": "no"}), "BRA", arm="us-opposes")
    assert state_sentence(found) == "Brazil: votes no; its vote is taken as known."


@pytest.mark.parametrize(
    ("votes", "first", "words"),
    [
        ((2, 0, 0, 0), Choice.YES, "it voted yes on both like texts"),
        ((0, 0, 0, 3), Choice.NON_VOTING, "it voted on none of the three like texts"),
        ((0, 0, 0, 2), Choice.NON_VOTING, "it voted on neither like text"),
        ((2, 1, 0, 1), Choice.YES, "it voted yes on two of four like texts, abstained on one "
         "and did not vote on one"),
        ((12, 0, 0, 1), Choice.YES, "it voted yes on 12 of 13 like texts, and did not vote on one"),
        ((1, 2, 0, 0), Choice.ABSTAIN, "it abstained on two of three like texts, "
         "and voted yes on one"),
    ],
)  # fmt: skip
def test_votes_on_like_texts_are_counted(votes: tuple[int, ...], first: Choice, words: str) -> None:
    assert votes_in_words(votes, first) == words


@pytest.mark.parametrize("stem", STEMS)
def test_the_sentence_holds_for_every_model(stem: str) -> None:
    case = resolve(stem, known={"ZAF": "no", "FRA": "abstain"})
    arm = list(case.scenario.arms)[-1]
    for iso3 in ("BRA", "VEN", "TUV"):
        found = explain(case, iso3, arm=arm)
        text, top = state_sentence(found), Choice(int(found.probabilities.argmax()))
        words = {"yes": "yes", "no": "vote no", "abstain": "abstain", "not voting": "not to vote"}
        first = text.split(": ", 1)[1]
        assert re.match(f"[^(:]*{words[top.label]}", first), text
        if counted := re.search(r"(it (?:voted|abstained|did not).*?like texts?)", text):
            assert votes_in_words(found.votes, top).startswith(counted[1]), text
        if "sponsors the draft" in text:
            assert iso3 in case.sponsors
        if "its blocs lean that way" in text:
            assert by_ground(found)["bloc"].argmax() == top


@pytest.mark.parametrize("stem", STEMS)
def test_the_short_table_adds_up_to_the_chances(stem: str) -> None:
    case = resolve(stem)
    found = [explain(case, "IND", arm=next(iter(case.scenario.arms)))]
    table = short_explanation(found, case.labels)[1]
    sums = np.array([[float(cell) for cell in row[1:]] for row in table.rows]).sum(axis=0)
    assert sums == pytest.approx([float(cell) for cell in table.total[1:]], abs=0.5)


def test_an_explanation_begins_with_the_sentence_and_has_one_table() -> None:
    output = told("anniversary-2025", "Brazil")
    assert output.startswith("Brazil, if the US co-sponsors: ")
    assert output.count("not voting") == 1
    assert len(output.splitlines()) <= 20
    assert output.rstrip().endswith("--full.")


def test_every_part_in_every_arm_is_behind_full() -> None:
    output = told("anniversary-2025", "Brazil", "--full")
    assert output.startswith("Brazil, if the US co-sponsors: ")
    assert output.count("what each part adds") == len(read_scenario("anniversary-2025").arms)


def test_a_vote_in_a_committee_is_told_beside_what_the_text_alone_rests_on() -> None:
    text = " ".join(told("crimea-rights-2018", "India").split())
    [india] = explain("crimea-rights-2018", "IND", arm="us-votes-yes").committees
    assert india.voted is Choice.NO
    # it votes again as it did with .95, if it votes at all
    assert 0.9 < india.chances[Choice.NO] < 0.96
    assert "It voted no in the step third-committee: given that, it is 94 % likely" in text
    assert explain("crimea-rights-2018", "BRA", arm="us-votes-yes").committees == ()


def test_an_absence_in_a_committee_and_the_united_states_are_not_told() -> None:
    tables = read_scenario("crimea-rights-2018").model_dump()
    tables["steps"][0]["known"] |= {"BRA": "non_voting", "USA": "yes"}
    for code in ("BRA", "USA"):
        assert explain(resolve(tables), code, arm="us-votes-yes").committees == ()


@pytest.mark.parametrize(
    ("stem", "step", "arm"),
    [
        ("crimea-rights-2018", "plenary", "us-votes-yes"),
        ("crimea-rights-2018", "third-committee", "us-abstains"),
        ("path-to-peace-path-2025", "amendment-russia", "us-abstains"),
        ("path-to-peace-path-2025", "as-tabled", "us-stands-by-it"),
    ],
)
def test_what_a_step_rests_on_adds_up_to_the_chances_it_is_voted_on_with(
    stem: str, step: str, arm: str
) -> None:
    case = resolve(stem)
    path = path_of(case)
    number = [one.name for one in path.steps].index(step)
    chances = exact.marginals(path.ballots[arm][number][path.steps[number].tabled])
    for code in ("CHN", "BRA", "RUS"):
        found = explain(case, code, arm=arm, step=step).probabilities
        assert found == pytest.approx(chances[Members.load().row(code)], abs=1e-12)


def test_a_vote_in_a_committee_is_a_part_of_what_the_later_step_rests_on() -> None:
    plenary = explain("crimea-rights-2018", "CHN", arm="us-votes-yes", step="plenary")
    assert by_ground(plenary)["committee"][Choice.NO] > 0.03
    assert plenary.committees == ()
    # it has voted there, so of the committee's own step no more is to be told
    voted = explain("crimea-rights-2018", "CHN", arm="us-votes-yes", step="third-committee")
    assert (voted.known, voted.probabilities[Choice.NO]) == (True, 1.0)


def test_a_no_to_the_texts_is_a_ground_for_a_yes_to_a_reversed_step() -> None:
    told_of = explain("path-to-peace-path-2025", "RUS", arm="us-abstains", step="amendment-russia")
    assert told_of.sentence == (
        "Russian Federation: very likely to vote yes, 95 %: it voted no on all five like texts (a "
        "yes is here what a no was there)."
    )


def test_a_step_is_explained_by_its_name() -> None:
    text = told("gaza-amendment-2023", "Brazil", "--step", "amendment")
    assert text.startswith("Step amendment. Brazil")
    assert "--step amendment|text" in told("gaza-amendment-2023", "Brazil")
    for stem, words in (
        ("gaza-amendment-2023", "--step: 'x': must be one of amendment, text"),
        ("rights-2024", "--step: 'x': the scenario has no steps"),
    ):
        ended = CliRunner().invoke(app, ["explain", stem, "Brazil", "--step", "x"])
        assert (ended.exit_code, words in ended.output) == (2, True)
