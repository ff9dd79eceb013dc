"""A text that was last adopted without a vote: whom the forecast expects to oppose it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.assembly.choices import Choice
from sim.assembly.members import US, Members
from sim.cli import app
from sim.models import MODELS
from sim.models.learned.consensus import STANCES, few_against, stances_if_few_oppose
from sim.models.learned.source import Source, day_number
from sim.record.cited import cited_roll_calls
from sim.scenario.case import resolve
from sim.scenario.doubts import doubts
from tests.made_records import record_of

HORSES, CUBA = (
    "World Horse Day",
    "Necessity of ending the economic, commercial and financial embargo imposed by the United "
    "States of America against Cuba",
)
STATES = len(Members.load())


def scenario(title: str = HORSES, **resolution: Any) -> dict[str, Any]:
    given = {"symbol": "A/79/L.1", "title": title, "majority": "simple", **resolution}
    return {
        "title": title,
        "question": "Who opposes it?",
        "source": "made up",
        "as_of": dt.date(2025, 3, 1),
        "seed": 1,
        "model": "learned",
        "precedents": "auto",
        "resolution": {"date": dt.date(2025, 3, 2), **given},
        "us": {"reference": "no"},
        "arms": {"us-no": {"us": "no"}},
    }


def forecast(settings: dict[str, float] | None = None, **resolution: Any) -> np.ndarray:
    case = resolve(scenario(**resolution) | {"settings": settings or {}})
    return MODELS["learned"](case.question).probabilities


def test_what_is_left_of_a_text_is_what_states_did_on_texts_that_few_opposed() -> None:
    model = resolve(scenario()).question.learned
    assert model is not None
    counts = model.profile.at(day_number("2025-03-02")).few_against
    stances = stances_if_few_oppose(counts, Choice.NO)
    plain, mixed = forecast(), forecast({"without_a_vote": 0.75}, last="without-a-vote")
    here = 1 - plain[:, Choice.NON_VOTING :]
    others = np.arange(STATES) != Members.load().row(US)
    np.testing.assert_allclose(
        mixed[others, :STANCES], (0.25 * plain[:, :STANCES] + 0.75 * here * stances)[others]
    )
    # who comes, and the United States, are as they were
    np.testing.assert_allclose(mixed[:, Choice.NON_VOTING], plain[:, Choice.NON_VOTING])
    np.testing.assert_allclose(mixed[~others], plain[~others])
    assert mixed[:, Choice.YES].sum() > plain[:, Choice.YES].sum() + 5


@pytest.mark.parametrize("last", ["by-vote", "new"])
def test_what_else_is_said_of_the_last_adoption_changes_no_number(last: str) -> None:
    np.testing.assert_array_equal(forecast(last=last), forecast())


def test_a_state_that_joined_the_united_states_is_expected_to_join_it_again() -> None:
    counts = np.zeros((4, STANCES, 3))
    counts[:, Choice.YES] = 20.0
    counts[Choice.NO, :, 1] = [0.0, 0.0, 20.0]
    no, yes, unknown = (
        stances_if_few_oppose(counts, us)[:, Choice.NO] for us in (Choice.NO, Choice.YES, None)
    )
    assert no[1] > 0.7 > 0.3 > unknown[1] > yes[1]
    assert no[0] == no[2] < 0.06
    # by hand: of all votes 220 yes and 20 no, and 1, 1/2 and 1/2 before any
    own = (20 + 10 * 20.5 / 242) / (80 + 10)
    assert unknown[1] == pytest.approx(own)
    assert no[1] == pytest.approx((20 + 10 * own) / (20 + 10))


def test_only_earlier_whole_texts_with_few_noes_and_abstentions_count() -> None:
    usual = np.zeros(STATES, np.int8)
    usual[Members.load().row("ISR")] = Choice.NO
    many = usual.copy()
    many[:4] = Choice.NO
    days = ("2012-05-01", "2012-06-01", "2012-06-01", "2012-07-01")
    rows = [
        {"symbol": f"66/{row}", "date": day, "title": f"Text {row}", "kind": kind}
        for row, (day, kind) in enumerate(
            zip(days, ("whole", "whole", "amendment", "whole"), strict=True)
        )
    ]
    source = Source.of(record_of(rows, np.stack([usual, many, usual, usual])))
    at = np.array([day_number("2012-07-01")])
    found = source.standing(at)[3][0]
    faded = 0.5 ** (61 / 1096)
    assert found.shape == (4, STANCES, STATES)
    assert found[Choice.YES, Choice.NO, Members.load().row("ISR")] == pytest.approx(faded)
    assert found.sum() == pytest.approx(faded * STATES)


def test_a_text_that_fails_is_not_one_that_few_opposed() -> None:
    votes = np.full((2, STATES), Choice.NON_VOTING, np.int8)
    votes[0, :3] = Choice.NO
    votes[1, :3], votes[1, 3:7] = Choice.NO, Choice.YES
    assert few_against(votes).tolist() == [False, True]


@pytest.mark.parametrize(
    ("title", "last", "asked"),
    [
        (HORSES, "without-a-vote", ""),
        (HORSES, "new", ""),
        (HORSES, "by-vote", "no vote on this title is known"),
        (CUBA, "by-vote", ""),
        (CUBA, "new", "a vote was held on this title on 2017-11-01; is it new?"),
        (CUBA, "without-a-vote", "was it adopted without one since?"),
    ],
)
def test_what_does_not_go_with_the_record_is_asked(title: str, last: str, asked: str) -> None:
    record = cited_roll_calls()
    assert CUBA in set(record.roll_calls["title"].str.split(" : ").str[0])
    told = [one for one in doubts(resolve(scenario(title, last=last))) if "resolution.last" in one]
    assert len(told) == bool(asked)
    assert all(asked in one for one in told)


def test_a_model_that_makes_no_use_of_it_says_so() -> None:
    tables = scenario(last="without-a-vote") | {"model": "precedents"}
    assert "resolution.last: the model precedents makes no use of it; learned does" in doubts(
        resolve(tables)
    )


def test_the_judgement_is_told_as_hindsight_before_its_day() -> None:
    assert "without_a_vote" in resolve(scenario(last="without-a-vote")).hindsight
    assert "without_a_vote" not in resolve(scenario()).hindsight
    own = scenario(last="without-a-vote") | {"settings": {"without_a_vote": 0.9}}
    assert "without_a_vote" not in resolve(own).hindsight


def test_a_forecast_and_a_proposed_file_take_it(tmp_path: Path) -> None:
    place = tmp_path / "horses.toml"
    asked = [HORSES, "--us", "no", "--day", "2025-03-25"]
    for command in (["forecast", *asked], ["new", *asked, "--out", str(place)]):
        told = CliRunner().invoke(app, [*command, "--last", "without-a-vote"])
        assert told.exit_code == 0, told.output
    assert resolve(place).question.without_a_vote
    wrong = CliRunner().invoke(app, ["forecast", *asked, "--last", "unknown"])
    assert wrong.exit_code == 2
    assert "resolution.last" in wrong.output
    assert "without-a-vote" in wrong.output


def test_each_text_of_an_agenda_may_say_it(tmp_path: Path) -> None:
    agenda = tmp_path / "texts.csv"
    agenda.write_text(f"title,us,last\n{HORSES},no,without-a-vote\n{HORSES},no,\n")
    told = CliRunner().invoke(app, ["forecast", "--agenda", str(agenda), "--day", "2025-03-25"])
    assert told.exit_code == 0, told.output
    yes = [line for line in told.output.splitlines() if "World" in line]
    assert len(yes) == 2
    assert yes[0] != yes[1]


def test_the_part_is_named_in_an_explanation() -> None:
    case = resolve(scenario(last="without-a-vote"))
    kinds = [part.kind for part in MODELS["learned"](case.question).parts]
    assert kinds[-1] == "last"
    assert "last" not in [
        part.kind for part in MODELS["learned"](replace(case.question, without_a_vote=False)).parts
    ]
