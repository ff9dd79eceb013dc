"""What each step of a path is asked: its text, its sponsors, the record and the parameters."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_records import habits
from typer.testing import CliRunner

from sim.assembly.choices import Choice, FloatArray
from sim.assembly.members import US, Members
from sim.cli import app
from sim.record import write_record
from sim.scenario import ScenarioError, resolve
from sim.scenario.ballots import ballots
from sim.scenario.path import check_steps, path_of
from sim.scenario.schema import Scenario, read_scenario, scenario_of

FLAGSHIP = read_scenario("anniversary-2025")
OTHERS = np.arange(len(Members.load())) != Members.load().row(US)


def before_the_text(*steps: dict[str, Any], **tables: Any) -> Scenario:
    """Return the first scenario with steps before its text, and other tables in place of its."""
    given = FLAGSHIP.model_dump(exclude_defaults=True, exclude={"actual"})
    ends = {"on_carried": [{"end": "adopted"}], "on_lost": [{"end": "rejected"}]}
    text = {"name": "text", "kind": "text", "title": FLAGSHIP.resolution.title, **ends}
    return scenario_of({**given, **tables, "steps": [*steps, text]}, place=None)


def amendment(name: str = "am", **more: Any) -> dict[str, Any]:
    title = FLAGSHIP.resolution.title
    return {"name": name, "kind": "amendment", "title": title, "likeness": -0.8, **more}


def probabilities(scenario: Scenario, arm: str = "with-us") -> list[list[FloatArray]]:
    """Return those of every form of every step."""
    path = path_of(resolve(scenario))
    return [[form.probabilities for form in step] for step in path.ballots[arm]]


@pytest.mark.parametrize("model", ["learned", "precedents"])
def test_the_opposite_of_a_text_has_its_votes_turned_round(model: str) -> None:
    turned = amendment(reversed=True, reference="no", us={"with-us": "no"})
    # without sponsors: who sponsors a text does not sponsor its opposite
    [[opposite], [text]] = probabilities(before_the_text(turned, model=model, sponsors={}))
    order = [choice.opposite for choice in Choice]
    np.testing.assert_allclose(opposite[OTHERS][:, order], text[OTHERS], rtol=0, atol=1e-12)


def test_sponsors_of_the_opposite_of_a_text_vote_for_it() -> None:
    movers = ["RUS", "BLR", "NIC"]
    by_them = amendment("by-them", reversed=True, sponsors={"states": movers})
    [[alone], [theirs], _] = probabilities(before_the_text(amendment(reversed=True), by_them))
    rows = [Members.load().row(code) for code in movers]
    assert (theirs[rows, Choice.YES] > alone[rows, Choice.YES]).all()
    assert (theirs[rows, Choice.YES] > 0.8).all()


def test_a_demand_that_is_lost_and_regained_is_in_the_text() -> None:
    demands = ["withdraw", "territorial-integrity"]
    lost = amendment("drop", on_carried=[{"loses": demands}])
    back = amendment("restore", on_carried=[{"gains": demands}])
    # every likeness by demands, so that a demand more or less shows
    cited = [{"symbol": one.symbol} for one in FLAGSHIP.precedents]
    *_, forms = probabilities(before_the_text(lost, back, model="precedents", precedents=cited))
    [[plain]] = probabilities(before_the_text(model="precedents", precedents=cited))
    same = [np.array_equal(form, plain) for form in forms]
    assert sorted(same) == [False, *[True] * (len(forms) - 1)]
    assert len(forms) >= 3  # as it is, lost, lost and regained


def test_steps_have_the_parameters_of_the_scenario() -> None:
    scenario = before_the_text()
    # as where they are fitted to the user's record, and no name of shipped ones leads to them
    older = resolve(scenario.model_copy(update={"parameters": "2022-01-01"}))
    [[step]] = path_of(replace(older, scenario=scenario)).ballots["with-us"]
    np.testing.assert_array_equal(step.probabilities, ballots(older)["with-us"].probabilities)
    newer = ballots(resolve(scenario))["with-us"].probabilities
    assert not np.array_equal(step.probabilities, newer)


def test_a_step_cites_the_users_record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    record = habits()
    write_record(record, tmp_path / "r.parquet")
    monkeypatch.setenv("UNGA_SIM_RECORD", str(tmp_path / "r.parquet"))
    cited = {"symbol": str(record.roll_calls["symbol"].iloc[-1]), "likeness": 0.5}
    scenario = before_the_text(
        amendment(model="precedents", precedents=[cited]), parameters="2025-01-01"
    )
    check_steps(resolve(scenario))


def test_settings_of_another_model_are_left_to_the_text() -> None:
    scenario = before_the_text(
        amendment(model="learned"), model="precedents", settings={"half_life": 2.0}
    )
    check_steps(resolve(scenario))


def test_check_tells_what_is_wrong_with_every_step(tmp_path: Path) -> None:
    stance = {"yes": 1.0, "abstain": 0.0, "no": 0.0, "discipline": 0.9}
    scenario = before_the_text(
        amendment("one", sponsors={"states": ["ZZZ"]}), amendment("two", blocs={"XX": stance})
    )
    with pytest.raises(ScenarioError) as refused:
        check_steps(resolve(scenario))
    lines = str(refused.value).splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["steps.one", "sponsors.states"],
        ["steps.two", "blocs.XX"],
    ]
    place = tmp_path / "mine.toml"
    text = (read_scenario("path-to-peace-path-2025").file or place).read_text(encoding="utf-8")
    place.write_text(text.replace('"AUT", "BEL"', '"AUT", "ZZZ"'), encoding="utf-8")
    ended = CliRunner().invoke(app, ["check", str(place)])
    assert ended.exit_code == 2
    assert "sponsors.states: 'ZZZ'" in ended.output


def test_votes_known_of_a_committee_are_certain_there() -> None:
    known = {"BRA": "yes", "CHN": "non_voting", "USA": "yes"}
    committee = {
        "name": "committee",
        "kind": "committee",
        "title": FLAGSHIP.resolution.title,
        "likeness": 0.9,
        "day": dt.date(2025, 2, 3),
        "holds": 0.9,
        "holds_range": [0.8, 0.95],
        "known": known,
    }
    [[found], [text]] = probabilities(before_the_text(committee), "us-opposes")
    for code, vote in known.items():
        assert found[Members.load().row(code), Choice[vote.upper()]] == 1
    # in plenary a state votes as it did there nine times in ten, the United States as its arm says
    brazil = text[Members.load().row("BRA")]
    assert brazil[Choice.YES] == pytest.approx(0.9 * (1 - brazil[Choice.NON_VOTING]))
    assert text[Members.load().row(US), Choice.NO] > 0.9
