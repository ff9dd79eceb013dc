"""A forecast of record is frozen, scored when its vote has come, and never changed unnoticed."""

from __future__ import annotations

import datetime
import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sim import files
from sim.assembly.choices import CHOICES, Choice
from sim.assembly.members import Members
from sim.cli import app
from sim.record.cited import cited_roll_calls
from sim.runs.ledger import (
    Entry,
    add_entry,
    first_touched,
    frozen,
    read_ledger,
    simple_forecast,
    stored_counts,
)
from sim.runs.resolved import score_ledger
from sim.runs.run import Run, plan_of, run_scenario
from sim.scenario.case import resolve
from sim.vote.engine import Engine

BEFORE, AFTER = datetime.date(2016, 10, 25), datetime.date(2026, 11, 26)


@pytest.fixture(scope="module")
def run() -> Run:
    """The embargo of 2016, computed."""
    case = resolve("cuba-embargo-2016")
    return run_scenario(case, plan=plan_of(case, engine=Engine.EXACT))


@pytest.fixture
def three(run: Run, tmp_path: Path) -> Path:
    """A ledger of three entries."""
    place = tmp_path / "ledger.jsonl"
    for _ in range(3):
        add_entry(place, frozen(run, made=BEFORE))
    return place


def lines_of(place: Path) -> list[str]:
    """The lines of a ledger."""
    return place.read_text(encoding="utf-8").splitlines()


def changed(lines: list[str]) -> list[str]:
    """The second forecast made better afterwards."""
    content = json.loads(lines[1])
    content["arms"]["us-abstains"]["adopted"] = 0.5
    return [lines[0], json.dumps(content), lines[2]]


@pytest.mark.parametrize(
    ("spoil", "number"),
    [
        (changed, 2),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [*lines, lines[2]], 4),
    ],
    ids=["changed", "dropped", "exchanged", "doubled"],
)
def test_the_first_entry_that_was_touched_is_named(
    three: Path, spoil: Callable[[list[str]], list[str]], number: int
) -> None:
    three.write_text("\n".join(spoil(lines_of(three))), encoding="utf-8")
    assert first_touched(read_ledger(three)) == number
    told = CliRunner().invoke(app, ["ledger", "verify", "--ledger", str(three)])
    assert (told.exit_code, f"entry {number} is not as it was added" in told.output) == (1, True)
    assert CliRunner().invoke(app, ["ledger", "score", "--ledger", str(three)]).exit_code == 2


def test_an_untouched_ledger_is_verified(three: Path) -> None:
    assert first_touched(read_ledger(three)) is None
    assert CliRunner().invoke(app, ["ledger", "verify", "--ledger", str(three)]).exit_code == 0


def test_nothing_is_added_to_a_ledger_that_was_touched(three: Path, run: Run) -> None:
    three.write_text("\n".join(lines_of(three)[1:]), encoding="utf-8")
    before = three.read_bytes()
    with pytest.raises(ValueError, match="entry 1 is not as it was added"):
        add_entry(three, frozen(run, made=BEFORE))
    assert three.read_bytes() == before


ADDS = """
import sys
from pathlib import Path
from sim.runs.ledger import add_entry
for number in range(25):
    add_entry(Path(sys.argv[1]), {"title": f"{sys.argv[2]} {number}"})
"""


def test_two_programs_that_add_at_once_lose_no_entry(tmp_path: Path) -> None:
    place = tmp_path / "ledger.jsonl"
    both = [subprocess.Popen([sys.executable, "-c", ADDS, str(place), name]) for name in "AB"]
    assert [each.wait(timeout=120) for each in both] == [0, 0]
    entries = read_ledger(place)
    assert first_touched(entries) is None
    wanted = {f"{name} {number}" for name in "AB" for number in range(25)}
    assert {entry.content["title"] for entry in entries} == wanted
    assert len(entries) == 50


def test_a_vote_that_is_over_is_added_only_as_made_afterwards(tmp_path: Path) -> None:
    place = tmp_path / "ledger.jsonl"
    asked = ["ledger", "add", "cuba-embargo-2016", "--ledger", str(place)]
    told = CliRunner().invoke(app, asked)
    assert (told.exit_code, place.exists()) == (2, False)
    assert CliRunner().invoke(app, [*asked, "--afterwards"]).exit_code == 0
    assert read_ledger(place)[0].content["made_before_the_vote"] is False


def test_what_is_frozen_is_the_forecast_and_all_it_was_made_from(run: Run) -> None:
    content = frozen(run, made=BEFORE)
    arm = content["arms"]["us-abstains"]
    np.testing.assert_allclose(
        arm["probabilities"], run.outcomes.exact["us-abstains"].states, atol=1e-5
    )
    for choice in CHOICES:
        counts = stored_counts(arm["counts"][choice.column], 193)
        exact = run.outcomes.exact["us-abstains"].tallies[choice]
        np.testing.assert_allclose(counts, exact, atol=2e-4)
    assert content["text"].startswith("#")
    assert {"inputs", "versions"} <= content.keys()


def test_the_simple_forecast_counts_the_last_three_precedents() -> None:
    case = resolve("anniversary-2025")
    newest = sorted(case.precedents, key=lambda one: one.age)[:3]
    votes = case.question.record.votes[[one.row for one in newest]]
    russia = Members.load().row("RUS")
    assert votes[:, russia].tolist() == [Choice.NO] * 3
    # three votes of its own, and one shared out as the three tallies together (+ 1/2 each)
    tally = [np.count_nonzero(votes == choice) + 0.5 for choice in CHOICES]
    shares = np.array(tally) / sum(tally)
    expected = (np.array([0, 0, 3, 0]) + shares) / 4
    np.testing.assert_allclose(simple_forecast(case)[russia], expected)


def test_scores_are_those_of_the_arm_that_the_united_states_chose() -> None:
    us = Members.load().row("USA")
    sure = np.full((193, 4), 0.1)
    sure[:, Choice.YES] = 0.7
    abstains = sure.copy()
    abstains[us] = [0.1, 0.7, 0.1, 0.1]
    record = cited_roll_calls()
    votes = record.votes[record.row("71/5")]
    counts = {
        choice.column: {"from": int((votes == choice).sum()), "probability": [1.0]}
        for choice in CHOICES
    }
    told = {
        "scenario": "made-up",
        "symbol": "71/5",
        "vote": "2016-10-26",
        "made": "2016-10-25",
        "made_before_the_vote": True,
        "states": list(Members.load().codes),
        "arms": {
            "us-votes-yes": {"probabilities": sure.tolist(), "counts": counts},
            "us-abstains": {"probabilities": abstains.tolist(), "counts": counts},
        },
        "order": ["us-votes-yes", "us-abstains"],
        "simple": np.full((193, 4), 0.25).tolist(),
    }
    scores = score_ledger([Entry.after([], told)], record)
    assert scores["arm"].unique().tolist() == ["us-abstains"]
    # 191 yes and the abstention of the US at .7, Israel's at .1
    expected = (192 * -math.log(0.7) - math.log(0.1)) / 193
    assert scores["log_loss"].iloc[0] == pytest.approx(expected)
    assert scores["log_loss_simple"].iloc[0] == pytest.approx(math.log(4))
    assert scores["crps"].tolist() == [0, 0, 0, 0]
    # a certain count k beside 193 coins of chance 1/4: mean 48.25, far from 191
    assert scores["crps_simple"].iloc[0] == pytest.approx(191 - 48.25, abs=4)
    assert scores["inside_90"].all()


def test_a_vote_that_has_not_come_is_not_scored(run: Run) -> None:
    content = {**frozen(run, made=BEFORE), "symbol": "A/RES/99/1"}
    assert score_ledger([Entry.after([], content)], cited_roll_calls()).empty


def test_scores_are_written_with_a_figure(three: Path, tmp_path: Path) -> None:
    out = tmp_path / "scored"
    told = CliRunner().invoke(app, ["ledger", "score", "--ledger", str(three), "--out", str(out)])
    assert told.exit_code == 0, told.output
    names = {path.name for path in out.iterdir()}
    assert names == {"ledger.csv", "ledger.png", "ledger.svg"}


def test_the_shipped_ledger_is_whole_and_has_every_scenario() -> None:
    entries = read_ledger(files.shipped("results") / "ledger.jsonl")
    assert first_touched(entries) is None
    scenarios = {path.stem for path in files.shipped("scenarios").glob("*.toml")}
    assert {entry.content["scenario"] for entry in entries} == scenarios
    # each vote was over, and the entry says so
    assert not any(entry.content["made_before_the_vote"] for entry in entries)
