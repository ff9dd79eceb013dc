"""Few draws: what words, ranges and errors then claim."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from test_cli_study import straight
from typer.testing import CliRunner

from sim.cli import app
from sim.report import contrast_tables
from sim.runs.run import plan_of, run_scenario
from sim.runs.sentence import in_words, steps_sentence
from sim.scenario.case import resolve
from sim.studies.contrast import contrast
from sim.vote.engine import Engine
from sim.vote.outcomes import supported, supported_shares


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without break-evens, which take most of the time and no draws."""
    monkeypatch.setattr(import_module("sim.studies.contrast"), "curve_of", straight)


@pytest.mark.parametrize(
    ("draws", "words"),
    [
        # lower ends of the 95 % interval of Wilson (1927), all draws alike: n / (n + 1.96 squared)
        (1, "about as likely to be adopted as not"),  # .21
        (10, "likely to be adopted"),  # .72
        (100, "very likely to be adopted"),  # .963
        (999, "virtually certain to be adopted"),  # .996
    ],
)
def test_words_of_chance_claim_no_more_than_the_draws_support(draws: int, words: str) -> None:
    assert in_words(supported(1.0, draws)) == words


@pytest.mark.parametrize("draws", [1, 10])
def test_the_answer_of_few_draws_says_how_few(draws: int) -> None:
    case = resolve("anniversary-2025")
    drawn = run_scenario(case, plan=plan_of(case, draws=draws, engine=Engine.SIMULATE))
    told = drawn.result.summary["sentence"]
    tell = "1 draw tells" if draws == 1 else "10 draws tell"
    assert told.startswith(f"As far as {tell}, if the US co-sponsors, the draft is ")
    assert "virtually certain" not in told
    # what is computed takes no draws
    both = run_scenario(case, plan=plan_of(case, draws=draws)).result.summary["sentence"]
    assert "draw" not in both


@pytest.mark.parametrize(
    ("stem", "unlikely"),
    [("anniversary-2025", {"PRK": "yes"}), ("jerusalem-november-2017", {"ISR": "yes"})],
)
@pytest.mark.parametrize("engine", [Engine.SIMULATE, Engine.EXACT])
def test_the_answer_keeps_to_forty_words(
    stem: str, unlikely: dict[str, str], engine: Engine
) -> None:
    for known in ({}, unlikely):
        case = resolve(stem, known=known)
        plan = plan_of(case, draws=10, engine=engine)
        told = run_scenario(case, plan=plan).result.summary["sentence"]
        assert told.startswith("After votes held hardly possible") is bool(known)
        assert len(told.split()) <= 40


def test_a_path_of_few_draws_says_how_few() -> None:
    case = resolve("path-to-peace-path-2025")
    drawn = run_scenario(case, plan=plan_of(case, draws=1, engine=Engine.SIMULATE))
    told = drawn.result.summary["sentence"]
    assert told.startswith("As far as 1 draw tells, if the US stands by it: ")
    assert "in about 4 of 10 cases" in told  # of one draw, and four ends


@pytest.mark.parametrize("draws", [1, 3, 30, 999])
def test_the_ends_of_few_draws_are_told_in_the_order_and_sum_that_they_have(draws: int) -> None:
    shares = np.array([0.63, 0.24, 0.13, 0.0])
    found = supported_shares(shares, draws)
    assert found.sum() == pytest.approx(1)
    assert (np.diff(found) < 0).all()
    assert (np.abs(found - 0.25) < np.abs(shares - 0.25)).all()  # never surer than what was drawn
    ends = {name: {"simulated": share} for name, share in zip("abcd", shares, strict=True)}
    told = steps_sentence({"arms": {"x": {"ends": ends}}}, {"x": "US abstains"}, draws=draws)
    tenths = f"about {10 * found[0]:.0f} of 10 cases, b in about {10 * found[1]:.0f}"
    assert told.endswith(f"if the US abstains: a in {tenths}.")


@pytest.mark.usefixtures("quick")
def test_draws_that_all_agree_leave_an_error() -> None:
    one = contrast("anniversary-2025", draws=1).each[0]
    # one draw pulled by one each way: a third, and the root of 2/9 is .47
    assert one.chances["standard_error"].tolist() == pytest.approx([0.4714] * 4, abs=1e-4)
    labels = {one.arm: "US is silent", one.against: "US co-sponsors"}
    counts, chances = contrast_tables(one, labels)[:2]
    pair = "“US is silent” compared with “US co-sponsors”"
    assert all(pair in table.title for table in (counts, chances))
    assert {row[3].split("\n")[1] for row in chances.rows} == {"± 47.1"}
    # the mean of the draws is said, and no error where they do not differ
    means = dict(zip(one.counts["choice"], one.counts["mean"], strict=True))
    assert next(row[2] for row in counts.rows) == f"{means['yes']:+.1f}"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["run", "jerusalem-2017", "--full"], "rely on what is computed"),
        (["contrast", "jerusalem-2017"], "rely on what is computed"),
        (["whom", "jerusalem-2017", "--target", "majority"], "read chances, ranges and diff"),
    ],
)
def test_every_command_that_draws_says_where_draws_are_few(
    tmp_path: Path, command: list[str], told: str
) -> None:
    folder = [] if command[0] == "whom" else ["--out", str(tmp_path)]
    for draws, few in (("10", True), ("1000", False)):
        shown = CliRunner(env={"COLUMNS": "300"}).invoke(app, [*command, "--draws", draws, *folder])
        assert shown.exit_code == 0, shown.output
        assert (f"Only 10 draws: {told}" in re.sub(r"\s+", " ", shown.output)) is few
