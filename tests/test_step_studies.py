"""Which step of a path decides, whom to call for it, and what differs between arms at each."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_cli import unga_sim
from test_steps import AMENDED, AMENDMENT, TEXT, carried, two_steps

from sim.assembly.choices import Choice
from sim.assembly.rules import RULES
from sim.report.steps import step_contrast_table
from sim.scenario import read_scenario
from sim.scenario.case import resolve
from sim.studies import steps as studies
from sim.studies.calls import calls_of, look
from sim.studies.rank import rank_calls
from sim.studies.steps import contrast_steps, step_calls
from sim.studies.target import Target
from sim.vote.walk import blocks, follow

DRAWS = 20_000


def test_an_outcome_is_worth_what_counting_all_votes_says() -> None:
    path = two_steps(put=0.6)
    held = list(studies._followed(path, "as-is", seed=3, draws=DRAWS))
    table = studies._deciding(path, "as-is", "adopted as amended", held).set_index("step")
    wins, text = carried(AMENDMENT), carried(AMENDED)
    first = table.loc["amendment"]
    # the text is voted on as amended if the amendment is carried, else never
    expected = {"put": 0.6, "carried": wins, "if_carried": text, "if_lost": 0.0}
    for name, chance in expected.items():
        draws = DRAWS if name == "put" else 0.6 * DRAWS
        assert first[name] == pytest.approx(chance, abs=4 * np.sqrt(0.25 / draws))
    swing = 0.6 * text * np.sqrt(wins * (1 - wins))
    assert first["swing"] == pytest.approx(swing, abs=4 * first["standard_error"] + 0.005)


def test_a_step_that_is_sure_to_be_carried_decides_nothing() -> None:
    certain = [[1.0, 0.0, 0.0, 0.0]] * 3
    path = two_steps()
    forms = path.ballots["as-is"][1]
    sure = replace(path.ballots["as-is"][0][0], probabilities=np.array(certain))
    path = replace(path, ballots={"as-is": ((sure,), forms)})
    held = list(studies._followed(path, "as-is", seed=3, draws=500))
    table = studies._deciding(path, "as-is", "adopted as amended", held).set_index("step")
    assert table.loc["amendment", "swing"] == 0
    assert table.loc["text", "swing"] > 0.2


def test_forcing_an_outcome_leaves_every_other_vote() -> None:
    path = two_steps()
    for block in blocks(path, seed=5, draws=600):
        plain = follow(path, block, "as-is")
        for won in (True, False):
            forced = follow(path, block, "as-is", forced={0: won})
            same = plain.gone[0][0] == won  # draws in which it went so anyway
            assert (forced.final[same] == plain.final[same]).all()
            assert (forced.gone[0][0] == won).all()


def test_a_call_against_moves_a_state_from_yes_to_no() -> None:
    path = two_steps()
    ballot = path.ballots["as-is"][1][0]
    target = Target.of_defeat(RULES["simple"], label="lost")
    assert target.called_to == (Choice.NO,)
    seen = [look(ballot, block.noise[1], target, 3.0) for block in blocks(path, seed=1, draws=4000)]
    found = calls_of(seen, target, codes=("A", "B", "C"), names=("A", "B", "C"), reachable=0.0)
    assert found.chance == pytest.approx(1 - carried(TEXT), abs=0.04)
    assert (found.states["value"] > 0).all()
    assert (found.states["announced"] >= found.chance - 0.01).all()  # of a no


def test_a_step_is_looked_at_only_where_it_is_voted_on() -> None:
    case = resolve("rival-draft-2022")
    found = step_calls(case, arm="us-co-sponsors", step="rival-draft", draws=2000)
    decides = step_calls(case, arm="us-co-sponsors", target="rival adopted", draws=2000).decides
    row = decides.set_index("step").loc["rival-draft"]
    assert found.put == pytest.approx(row["put"])
    assert found.calls.chance == pytest.approx(row["carried"])


def test_the_wanted_end_chooses_the_step_and_whether_to_win_or_to_lose_it() -> None:
    case = resolve("rival-draft-2022")
    for end, label in (
        ("rival not voted on", "vote-on-rival lost"),
        ("rival adopted", "vote-on-rival carried"),
    ):
        found = step_calls(case, arm="us-co-sponsors", target=end, draws=2000)
        assert found.target.label == label


def test_no_call_is_named_for_a_committee_that_has_voted() -> None:
    tables = read_scenario("crimea-rights-2018").model_dump()
    committee, plenary = tables["steps"]
    ends = {"on_lost": [{"end": "lost in committee"}]}
    case = resolve({**tables, "steps": [{**committee, **ends}, plenary]})
    found = step_calls(case, arm="us-votes-yes", target="adopted", draws=1000)
    assert found.decides["swing"].abs().idxmax() == 0  # its outcome would decide
    assert found.step == "plenary"
    with pytest.raises(ValueError, match="third-committee': was voted on 2018-11-15: no call"):
        step_calls(case, arm="us-votes-yes", step="third-committee", draws=1000)


def test_a_scenario_without_steps_is_a_path_of_one_to_call_for() -> None:
    asked: dict[str, Any] = {"arm": "us-opposes", "draws": 500}
    one = step_calls("anniversary-2025", target="adopted", **asked)
    plain = rank_calls("anniversary-2025", "two-thirds", **asked)
    assert (one.step, one.put) == ("text", 1.0)
    assert 0 < one.calls.chance == plain.chance < 1
    assert one.calls.states.equals(plain.states)


def test_arms_are_paired_at_each_step() -> None:
    case = resolve("path-to-peace-path-2025")
    table = contrast_steps(case, draws=4096).set_index(["arm", "step"])
    alike = table.loc[("us-opposes", "amendment-charter")]
    # the United States opposes the amendments in every arm: nothing differs, in no draw
    assert (alike[["yes", "no", "abstain", "yes_error", "gained", "lost"]] == 0).all()
    text = table.loc[("us-opposes", "as-amended")]
    assert text["yes"] < -4 * text["yes_error"] < 0
    assert text[["yes", "abstain", "no", "non_voting"]].sum() == pytest.approx(0, abs=1e-9)
    pair = ("us-opposes", "us-stands-by-it")
    shown = step_contrast_table(table.reset_index(), pair, case.labels)
    assert shown.title == "Each step: “US votes no” compared with “US stands by it”"
    assert [row[0] for row in shown.rows][-1] == "as-amended"


def test_whom_writes_the_step_that_decides(tmp_path: Path) -> None:
    asked = ("whom", "rival-draft-2022", "--target", "rival adopted", "--draws", "500")
    ended = unga_sim(*asked, "--out", tmp_path)
    assert ended.exit_code == 0, ended.stderr
    assert "Which step decides: rival adopted" in ended.stdout
    told = json.loads((tmp_path / "rival-draft-2022-whom" / "whom.json").read_text("utf-8"))
    assert (told["step"], told["end"]) == ("vote-on-rival", "rival adopted")
    assert [row["step"] for row in told["decides"]][1] == "vote-on-rival"


def test_a_step_that_every_draw_comes_to_is_voted_on_in_all() -> None:
    ended = unga_sim("whom", "rival-draft-2022", "--step", "first-draft", "--draws", "50")
    assert "first-draft is voted on in 100 % of 50 draws" in " ".join(ended.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--step", "x"], "--step: 'x': must be one of first-draft, vote-on-rival, rival-draft"),
        (["--target", "adopted"], "ends of the path: rival not voted on, rival adopted"),
        (["--step", "rival-draft", "--target", "yes>=200"], "must be at most 193 votes"),
        ([], "--target: one is expected"),
    ],
)
def test_what_whom_cannot_use_is_refused(arguments: list[str], says: str) -> None:
    ended = unga_sim("whom", "rival-draft-2022", *arguments)
    assert ended.exit_code == 2
    assert says in " ".join(ended.stderr.split())


def test_a_step_of_a_scenario_without_steps_is_refused() -> None:
    ended = unga_sim("whom", "jerusalem-2017", "--step", "text")
    assert ended.exit_code == 2
    assert "the scenario has no steps" in ended.stderr
