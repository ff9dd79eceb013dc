"""The terminal: commands that fit, test and study the model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from sim import files
from sim.cli import app
from sim.cli.study import _levels, _names
from sim.models.fitted import read_parameters
from sim.record import write_record
from sim.report import call_tables
from sim.report.contrast import _when as when
from sim.report.figures.drawing.style import ASSUMED
from sim.runs.simulate import simulate
from sim.scenario.schema import read_scenario
from sim.studies.break_even import Curve
from sim.studies.calls import Calls
from sim.studies.strengths import Goals
from sim.vote.ballot import Ballot
from tests.made_records import habits

WHOM = ("whom", "anniversary-2025", "--draws", "1000", "--target")
YEAR = ("--from", "2013-01-01", "--to", "2013-12-31")


def unga_sim(*arguments: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up record that reaches back as far as a back-test of 2013 needs."""
    place = tmp_path_factory.mktemp("records") / "habits.parquet"
    write_record(habits(1994, 2013), place)
    return place


def first_numbers(output: str, name: str) -> list[float]:
    """The numbers in the row that begins with a name."""
    line = next(line for line in output.splitlines() if line.startswith(name))
    return [float(number) for number in re.findall(r"[-+]?\d+\.\d+", line)]


# Fit


def test_a_fit_writes_parameters_that_say_what_they_are_of(record: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "mine.toml"
    result = unga_sim("fit", record, "--as-of", "2013-06-01", "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith(f"fitted in\n{out}\n")
    found = read_parameters(out)
    # 19 whole years of 8 roll calls
    assert (found.record.roll_calls, str(found.record.last)) == (152, "2012-12-05")
    assert found.record.sha256 == files.sha256(record)
    assert found.made_by == "unga-sim fit habits.parquet --as-of 2013-06-01"
    assert str(record.parent) not in out.read_text(encoding="utf-8")


def test_an_interrupted_fit_ends_with_130_and_keeps_the_earlier_file(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    out = tmp_path / "mine.toml"
    out.write_text("earlier", encoding="utf-8")
    monkeypatch.setattr("sim.models.fitted.fit_parameters", interrupted)
    result = unga_sim("fit", record, "--as-of", "2013-06-01", "--out", out)
    assert result.exit_code == 130
    assert out.read_text(encoding="utf-8") == "earlier"
    assert list(tmp_path.iterdir()) == [out]


# Back-test


@pytest.fixture(scope="module")
def tested(record: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a back-test of one year, and what was printed."""
    out = tmp_path_factory.mktemp("tested") / "2013"
    options = ("--us", "unknown", "--reveal", "3,1", "--out", out)
    result = unga_sim("backtest", record, *YEAR, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    return out, result.stdout


def test_a_back_test_prints_the_scores_that_it_writes(tested: tuple[Path, str]) -> None:
    folder, printed = tested
    scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    assert (scores["model"], scores["us"], scores["roll_calls"]) == ("learned", "unknown", 8)
    for told in scores["forecasters"].values():
        start = told["label"][:12]
        loss, present, right = first_numbers(printed, start)[:3]
        assert loss == pytest.approx(told["all"]["four_choices"]["log_loss"]["value"], abs=6e-4)
        assert present == pytest.approx(told["all"]["present_only"]["log_loss"]["value"], abs=6e-4)
        assert 0 < right < 100
        break  # labels of baselines are alike at their start


def test_a_back_test_leaves_every_forecast_and_figure(tested: tuple[Path, str]) -> None:
    folder, printed = tested
    assert printed.splitlines()[-1] == str(folder)
    forecasts = pd.read_csv(folder / "forecasts.csv")
    assert len(forecasts) == 8 * 193
    names = {path.name for path in folder.iterdir()}
    assert {f"{name}.png" for name in ("reliability", "pit", "years", "misses")} <= names


def test_a_back_test_says_what_announced_votes_are_worth(tested: tuple[Path, str]) -> None:
    folder, _ = tested
    table = pd.read_csv(folder / "reveal.csv")
    assert table["revealed"][table["kind"] == "at random"].tolist() == [1, 3]
    scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    assert scores["reveal"][0]["model"] == pytest.approx(table["model"][0])
    page = (folder / "skill.md").read_text(encoding="utf-8")
    assert "### What announced votes are worth" in page
    assert "| 3 at random |" in page
    assert (folder / "reveal.png").is_file()


@pytest.mark.parametrize("levels", ["0", "1,x", "151", "-3"])
def test_a_number_of_votes_that_cannot_be_revealed_is_refused(
    levels: str, record: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = unga_sim("backtest", record, *YEAR, "--reveal", levels, "--out", out)
    assert (result.exit_code, out.exists()) == (2, False)
    assert "--reveal: " in result.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("symbol\nNOWHERE\n", "NOWHERE: not from 2013-01-01 to 2013-12-31"),
        ("name\nA\n", "no column symbol"),
    ],
)
def test_roll_calls_that_the_window_has_not_are_refused_before_any_forecast(
    text: str, message: str, record: Path, tmp_path: Path
) -> None:
    only, out = tmp_path / "only.csv", tmp_path / "out"
    only.write_text(text, encoding="utf-8")
    result = unga_sim("backtest", record, *YEAR, "--only", only, "--out", out)
    assert (result.exit_code, out.exists()) == (2, False)
    assert message in result.stderr


def test_an_interrupted_back_test_leaves_the_earlier_one(
    record: Path, tested: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    folder, _ = tested
    before = sorted(folder.parent.rglob("*"))
    monkeypatch.setattr("sim.skill.backtest.run_backtest", interrupted)
    result = unga_sim("backtest", record, *YEAR, "--out", folder)
    assert result.exit_code == 130
    assert sorted(folder.parent.rglob("*")) == before


# The page on skill


def test_the_pages_of_back_tests_are_joined_in_the_order_given(
    tested: tuple[Path, str], tmp_path: Path
) -> None:
    folder, _ = tested
    page = (folder / "skill.md").read_text(encoding="utf-8")
    assert page.count("\n## 2013-10-20 to 2013-12-05, position of the United States unknown") == 1
    other, out = tmp_path / "other", tmp_path / "made" / "skill.md"
    other.mkdir()
    (other / "skill.md").write_text(page.replace("\n## 2013-", "\n## 1913-"), encoding="utf-8")
    result = unga_sim("skill", other, folder, "--out", out)
    assert (result.exit_code, result.stdout) == (0, f"{out}\n")
    joined = out.read_text(encoding="utf-8")
    assert re.findall(r"^## (\d{4})", joined, re.MULTILINE) == ["1913", "2013"]
    assert joined.count("# Skill") == page.count("# Skill")
    assert unga_sim("skill", folder, "--out", out).exit_code == 0
    assert out.read_text(encoding="utf-8") == page


def test_a_page_that_cannot_be_joined_is_refused(tested: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = tested
    copy, odd, out = tmp_path / "copy", tmp_path / "odd", tmp_path / "out.md"
    for made, page in (
        (copy, (folder / "skill.md").read_text(encoding="utf-8")),
        (odd, "# Another page\n"),
    ):
        made.mkdir()
        (made / "skill.md").write_text(page, encoding="utf-8")
    for second, message in (
        (copy, "2013-12-05, position of the United States unknown: there already"),
        (odd, "no page of this version; run unga-sim backtest again"),
        (tmp_path / "none", "skill.md: No such file or directory"),
    ):
        result = unga_sim("skill", folder, second, "--out", out)
        assert (result.exit_code, out.exists()) == (2, False)
        assert str(second) in result.stderr
        assert message in result.stderr


# Whom to call


def test_calls_are_worth_more_the_harder_they_push() -> None:
    def best(push: str) -> float:
        options = ("--arm", "us-opposes", "--push", push, "--draws", "2000")
        result = unga_sim(*WHOM, "yes>=97", *options)
        assert result.exit_code == 0, result.stderr
        rows = result.stdout.split("\n\n")[1].splitlines()[3:]
        return max(float(row.split()[-3]) for row in rows if re.search(r"\d$", row))

    assert best("0.2") < best("3")


def test_who_is_known_is_not_called_and_every_call_is_an_assumption() -> None:
    found = unga_sim(*WHOM, "two-thirds", "--arm", "us-opposes").stdout
    assert "If the US votes no, the chance of two-thirds is" in found
    assert "A call is an assumption" in found
    first = found.split("\n\n")[1].splitlines()[3].split("  ")[0]
    known = unga_sim(*WHOM, "two-thirds", "--arm", "us-opposes", "--known", f"{first}=no").stdout
    assert first not in known


def test_a_route_that_is_not_needed_is_not_shown() -> None:
    found = unga_sim(*WHOM, "yes>=1").stdout
    assert "The route" not in found
    assert "is >99.9 % with no call" in found


def test_where_no_call_matters_no_state_is_listed() -> None:
    asked = ["whom", "cuba-embargo-2016", "--target", "majority", "--draws", "400"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert "No one call adds as much as 0.1 points to it." in told.output
    assert "What one call adds" not in told.output


def test_of_the_fewest_calls_is_said_what_is_proved() -> None:
    def said(found: int, at_least: int | None, *, reached: bool) -> str:
        chance = 0.95 if reached else 0.6
        route = pd.DataFrame({"iso3": "BRA", "name": "Brazil", "chance": chance}, range(found))
        states = pd.DataFrame(columns=["name", "rank_from", "rank_to"])
        calls = Calls(0.5, states, route, 0.9, at_least)
        return call_tables(calls, target="yes>=97")[-1].note.splitlines()[-1]

    assert said(2, 2, reached=True) == "In these draws no fewer calls reach 90.0 %."
    assert said(3, 2, reached=True) == (
        "In these draws at least 2 calls are needed for 90.0 %; that fewer than 3 do not do is not "
        "proved."
    )
    assert said(10, 25, reached=False) == (
        "In these draws at least 25 calls are needed for 90.0 %."
    )
    assert said(10, None, reached=False) == ("In these draws no set of calls reaches 90.0 %.")


# Contrasts


CONTRAST = ("contrast", "jerusalem-2017", "--draws", "300")


def straight(_: Ballot, asked: Goals, **__: object) -> Curve:
    """A curve that is not solved for: every outcome is even at twice the effect."""
    times = np.array([0.0, 1.0, 2.0, 4.0])
    return Curve(asked.labels, times, np.tile((0.9 - 0.2 * times)[:, None], len(asked.labels)))


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a contrast, and what was printed."""
    out = tmp_path_factory.mktemp("apart")
    folder = out / "jerusalem-2017-contrast"
    folder.mkdir()
    (folder / "contrast.json").write_text("an earlier one", encoding="utf-8")
    (folder / "old.png").write_text("of it", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("sim.studies.contrast"), "curve_of", straight)
        result = unga_sim(*CONTRAST, "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    return folder, result.stdout


def test_a_contrast_leaves_tables_and_a_figure(apart: tuple[Path, str]) -> None:
    folder, printed = apart
    assert printed.splitlines()[-1] == str(folder)
    assert printed.count("even at 2.0 times") == 3  # adoption and two thresholds
    assert sorted(path.name for path in folder.iterdir()) == [
        "contrast.csv", "contrast.json", "contrast.png", "contrast.svg", "curve.csv",
        "manifest.json", "movers.csv",
    ]  # fmt: skip
    assert len(pd.read_csv(folder / "movers.csv")) == 193
    inputs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    assert "scenarios/jerusalem-2017.toml" in inputs


def test_a_contrast_begins_with_a_sentence(apart: tuple[Path, str]) -> None:
    folder, printed = apart
    [one] = json.loads((folder / "contrast.json").read_text(encoding="utf-8"))["contrasts"]
    yes = next(row for row in one["counts"] if row["choice"] == "yes")
    assert yes["computed"] < 0
    text = " ".join(printed.split())
    assert text.startswith(
        f"If the US votes no and threatens, {-yes['computed']:.1f} fewer yes votes than if the US "
    )


def test_a_contrast_says_in_its_files_what_a_run_would(apart: tuple[Path, str]) -> None:
    folder, _ = apart
    written = json.loads((folder / "contrast.json").read_text(encoding="utf-8"))
    outcomes = simulate(read_scenario("jerusalem-2017"), draws=300)
    [one] = written["contrasts"]
    assert (written["against"], one["arm"]) == ("us-votes-no", "us-lobbies")
    drawn = outcomes.contrast("us-lobbies", "us-votes-no").set_index("choice")
    for row in one["counts"]:
        for name in ("mean", "sd", "q05", "q95"):
            assert row[name] == pytest.approx(drawn.loc[row["choice"], name])
        assert row["standard_error"] == pytest.approx(row["sd"] / 300**0.5)
        assert row["effect"] + row["everything_else"] == pytest.approx(1 if row["sd"] else 0)
    reached = outcomes.reached().set_index(["threshold", "arm"])["exact"]
    for row in one["chances"][1:]:
        assert row["arm"] == pytest.approx(reached[row["outcome"], "us-lobbies"])
        assert row["computed"] == pytest.approx(row["arm"] - row["against"])
        assert row["mean"] == pytest.approx(row["gained"] - row["lost"])
    assert len(one["movers"]) == 10
    assert all(row["q05"] <= row["q95"] for row in one["movers"])
    table = pd.read_csv(folder / "contrast.csv").set_index("of")
    assert table.loc["yes", "computed"] == pytest.approx(one["counts"][0]["computed"])
    assert table.loc["adopted", "times"] == pytest.approx(2.0)
    assert list(table["unit"]) == ["votes"] * 4 + ["chance"] * 3


def test_the_figure_of_a_contrast_says_what_is_assumed(apart: tuple[Path, str]) -> None:
    text = (apart[0] / "contrast.svg").read_text(encoding="utf-8")
    assert ASSUMED in text
    assert "2.0×" in text
    assert "US votes no and threatens, compared with: US votes no, as before" in text


def test_known_votes_are_known_in_a_contrast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("sim.studies.contrast"), "curve_of", straight)
    result = unga_sim(*CONTRAST, "--known", "Canada=no,GBR=yes", "--out", tmp_path)
    assert (result.exit_code, result.stderr) == (0, "")
    folder = tmp_path / "jerusalem-2017-contrast"
    written = json.loads((folder / "contrast.json").read_text(encoding="utf-8"))
    assert written["known"] == {"CAN": "no", "GBR": "yes"}
    movers = pd.read_csv(folder / "movers.csv").set_index("iso3")
    assert (movers.loc[["CAN", "GBR"], ["mean", "q05", "q95"]].abs() < 1e-6).all(axis=None)
    assert "known: CAN no, GBR yes" in (folder / "contrast.svg").read_text(encoding="utf-8")
    refused = unga_sim(*CONTRAST, "--known", "Canada=perhaps", "--out", tmp_path)
    assert (refused.exit_code, "must be one of yes" in refused.stderr) == (2, True)


def test_a_break_even_is_named_for_what_it_is() -> None:
    told = [when({"what": what, "times": 2.3}) for what in ("falls", "rises", "below", "above")]
    assert told == [
        "even at 2.3 times",
        "already below at no effect; rises to even at 2.3 times",
        "already below at no effect, and still at 20 times",
        "not within 20 times",
    ]


def test_the_parts_of_the_fall_add_up_to_it() -> None:
    found = unga_sim("fall").stdout
    parts = [first_numbers(found, name)[0] for name in ("drift", "text or", "united", "cannot")]
    assert sum(parts) == pytest.approx(93 - 141, abs=0.2)
    assert "does not make them causes" in found


def test_a_fall_and_calls_are_written_where_asked(tmp_path: Path) -> None:
    assert unga_sim("fall", "--out", tmp_path).stdout.splitlines()[-1] == str(tmp_path / "fall")
    told = json.loads((tmp_path / "fall" / "fall.json").read_text(encoding="utf-8"))
    assert sum(part["votes"] for part in told["parts"]) == pytest.approx(93 - 141)
    assert len(pd.read_csv(tmp_path / "fall" / "fall.csv")) == len(told["parts"])
    printed = unga_sim(*WHOM, "yes>=97", "--known", "BRA=no", "--out", tmp_path).stdout
    folder = tmp_path / "anniversary-2025-whom"
    assert printed.splitlines()[-1] == str(folder)
    told = json.loads((folder / "whom.json").read_text(encoding="utf-8"))
    assert (told["target"], told["arm"], told["known"]) == ("yes>=97", "with-us", {"BRA": "no"})
    assert [call["chance"] for call in told["route"]] == sorted(c["chance"] for c in told["route"])
    assert told["reached"] == (told["route"][-1]["chance"] >= told["wanted"])
    assert len(pd.read_csv(folder / "whom.csv")) == len(told["states"])


# Explanations of the fitted model


def test_parts_of_the_fitted_model_that_only_move_have_no_share() -> None:
    found = unga_sim("explain", "cuba-embargo-2016", "BRA", "--arm", "us-votes-no", "--full").stdout
    found = found.split("what each part adds")[1]
    for part in ("own record", "own votes on like texts", "states that vote alike"):
        assert re.search(rf"^{part} +moves \d", found, re.MULTILINE)
    assert not re.search(r"(?<!\S)-0\.0", found)
    assert first_numbers(found, "together")[0] == 100


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["whom", "anniversary-2025", "--target", "no>=3"],
            "--target: target 'no>=3': must be one of",
        ),
        (["whom", "anniversary-2025", "--target", "yes>=200"], "must be at most 193 votes"),
        (["whom", "anniversary-2025", "--target", "yes>=9", "--arm", "x"], "with-us, without-us"),
        (["whom", "anniversary-2025", "--target", "yes>=9", "--push", "-1"], "--push"),
        (["whom", "nowhere", "--target", "yes>=9"], "no such file and no shipped scenario"),
        (["contrast", "nowhere"], "no such file and no shipped scenario"),
        (["fit", "none.parquet", "--as-of", "2020-01-01", "--out", "x"], "none.parquet"),
        (["fit", "none.parquet", "--as-of", "soon", "--out", "x"], "--as-of"),
        (["backtest", "none.parquet", *YEAR, "--out", "x"], "none.parquet"),
        (["backtest", "none.parquet", *YEAR, "--out", "x", "--us", "maybe"], "--us"),
        (
            ["backtest", "none.parquet", *YEAR, "--out", "x", "--model", "oracle"],
            "--model: 'oracle': must be one of",
        ),
        (
            ["backtest", "x", "--from", "2013-01-01", "--to", "2012-01-01", "--out", "x"],
            "is later than --to",
        ),
    ],
)
def test_bad_input_is_one_clear_message_and_writes_nothing(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = unga_sim(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert not list(tmp_path.iterdir())


def refused(record: Path, folder: Path) -> Iterator[tuple[Result, str]]:
    """Commands on a record that it cannot serve, with what they should say."""
    out = folder / "out"
    yield unga_sim("fit", record, "--as-of", "1980-01-01", "--out", out), "no roll call before"
    yield (
        unga_sim("backtest", record, "--from", "1990-01-01", "--to", "1990-12-31", "--out", out),
        "no roll call from 1990-01-01 to 1990-12-31",
    )
    yield (  # the first of all roll calls: nothing to learn from
        unga_sim("backtest", record, "--from", "1994-01-01", "--to", "1994-12-31", "--out", out),
        "no titled roll call in the 10 years before 1994-01-01",
    )


def test_a_record_with_too_little_is_refused(record: Path, tmp_path: Path) -> None:
    for result, message in refused(record, tmp_path):
        assert result.exit_code == 2
        assert result.stderr.startswith("RECORD: no ")
        assert message in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("fit", "--as-of", "9999-12-31"), "--as-of"),
        (("backtest", "--from", "9999-12-30", "--to", "9999-12-31"), "--from"),
        (("backtest", "--from", "1994-01-01", "--to", "9999-12-31"), "--to"),
    ],
)
def test_a_day_that_no_vote_can_have_is_refused(
    record: Path, tmp_path: Path, arguments: tuple[str, ...], option: str
) -> None:
    command, *options = arguments
    result = unga_sim(command, record, *options, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert f"{option}: 9999-12-3" in result.stderr
    assert "must be a day from 1945-10-24 to 2100-01-01" in result.stderr


def test_a_record_is_never_overwritten_by_its_fit(record: Path) -> None:
    before = files.sha256(record)
    result = unga_sim("fit", record, "--as-of", "2013-01-01", "--out", record)
    assert result.exit_code == 2
    assert files.sha256(record) == before


def test_a_folder_of_something_else_is_never_replaced(record: Path, tmp_path: Path) -> None:
    for arguments, name in (
        (("backtest", record, *YEAR), "."),
        (("contrast", "anniversary-2025"), "anniversary-2025-contrast"),
        ((*WHOM, "yes>=97"), "anniversary-2025-whom"),
        (("fall",), "fall"),
    ):
        folder = tmp_path / "mine" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "letter.txt").write_text("dear", encoding="utf-8")
        result = unga_sim(*arguments, "--out", folder if name == "." else folder.parent)
        assert (result.exit_code, "holds no result" in result.stderr) == (2, True)
        assert (folder / "letter.txt").is_file()


# Known votes


@pytest.mark.parametrize(("vote", "warned"), [("HUN=no", True), ("FRA=yes", False)])
def test_studies_warn_of_known_votes_that_were_held_unlikely(
    vote: str, warned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("sim.studies.contrast"), "curve_of", straight)
    for command in (
        (*WHOM, "yes>=97"),
        ("contrast", "cuba-embargo-2016", "--draws", "500", "--out", tmp_path),
    ):
        result = unga_sim(*command, "--known", vote)
        assert result.exit_code == 0
        assert ("The known votes had a chance of" in result.stdout) == warned


def test_models_and_levels_are_given_with_commas_or_one_at_a_time() -> None:
    assert _names(None) == ["learned"]
    assert _names(["precedents", "learned,bloc-shares", "learned"]) == [
        "precedents",
        "learned",
        "bloc-shares",
    ]
    assert _levels(["10", "1,3"]) == (1, 3, 10)
    assert _levels(None) == ()
