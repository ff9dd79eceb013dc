"""The terminal: commands that fit, test and study the model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from sim import files
from sim.assembly import Ballot
from sim.choices import Choice
from sim.cli import app
from sim.contrasts import _evens as evens
from sim.counterfactual import chance_of
from sim.dependence import Dependence
from sim.fitting import read_parameters
from sim.influence import Influence, Move
from sim.record import write_record
from sim.reporting.studies import _when as when
from tests.made_records import habits

WHOM = ("whom", "anniversary-2025", "--draws", "500", "--target")
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
    monkeypatch.setattr("sim.fitting.fit_parameters", interrupted)
    result = unga_sim("fit", record, "--as-of", "2013-06-01", "--out", out)
    assert result.exit_code == 130
    assert out.read_text(encoding="utf-8") == "earlier"
    assert list(tmp_path.iterdir()) == [out]


# Back-test


@pytest.fixture(scope="module")
def tested(record: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a back-test of one year, and what was printed."""
    out = tmp_path_factory.mktemp("tested") / "2013"
    result = unga_sim("backtest", record, *YEAR, "--us", "unknown", "--out", out)
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


def test_an_interrupted_back_test_leaves_the_earlier_one(
    record: Path, tested: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    folder, _ = tested
    before = sorted(folder.parent.rglob("*"))
    monkeypatch.setattr("sim.backtest.run_backtest", interrupted)
    result = unga_sim("backtest", record, *YEAR, "--out", folder)
    assert result.exit_code == 130
    assert sorted(folder.parent.rglob("*")) == before


# Whom to call


def test_calls_are_worth_more_the_harder_they_push() -> None:
    def best(push: str) -> float:
        result = unga_sim(*WHOM, "yes>=97", "--arm", "us-opposes", "--push", push)
        assert result.exit_code == 0, result.stderr
        rows = result.stdout.split("\n\n")[1].splitlines()[3:]
        return max(float(row.split()[-2]) for row in rows if re.search(r"\d$", row))

    assert best("0.2") < best("3")


def test_who_is_known_is_not_called_and_every_call_is_an_assumption() -> None:
    found = unga_sim(*WHOM, "two-thirds", "--arm", "us-opposes").stdout
    assert "In the arm us-opposes, the chance of two-thirds is" in found
    assert "A call is an assumption" in found
    first = found.split("\n\n")[1].splitlines()[3].split("  ")[0]
    known = unga_sim(*WHOM, "two-thirds", "--arm", "us-opposes", "--known", f"{first}=no").stdout
    assert first not in known


def test_a_route_that_is_not_needed_is_not_shown() -> None:
    found = unga_sim(*WHOM, "yes>=1").stdout
    assert "The route" not in found
    assert "is >99.8 % with no call" in found


# Contrasts


@pytest.fixture
def even_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No exact solutions: every outcome is even at twice the effect."""
    monkeypatch.setattr("sim.contrasts._evens", lambda *_: EVEN)


EVEN = {"no_effect": 0.9, "assumed": 0.8, "times": 2.0, "what": "falls"}


@pytest.mark.usefixtures("even_at_once")
def test_a_contrast_shows_what_it_rests_on_and_writes_it(tmp_path: Path) -> None:
    out = tmp_path / "apart"
    result = unga_sim("contrast", "jerusalem-2017", "--draws", "300", "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("even at 2.0 times") == 3  # adoption and two thresholds
    written = json.loads((out / "contrasts.json").read_text(encoding="utf-8"))
    assert [one["arm"] for one in written] == ["us-lobbies"]
    for one in written:
        for row in one["rests_on"]:
            if row["sd"]:
                assert row["effect"] + row["everything_else"] == pytest.approx(1, abs=1e-9)
        assert len(one["movers"]) == 10
        assert all(row["q05"] <= row["q95"] for row in one["movers"])
    movers = pd.read_csv(out / "movers.csv")
    assert len(movers) == 193


def test_a_break_even_is_named_for_what_it_is() -> None:
    told = [when({"what": what, "times": 2.3}) for what in ("falls", "rises", "below", "above")]
    assert told == [
        "even at 2.3 times",
        "already below at no effect; rises to even at 2.3 times",
        "already below at no effect, and still at 20 times",
        "not within 20 times",
    ]


@pytest.mark.parametrize(
    ("yes", "distance", "what", "times"),
    [
        (0.8, -1.0, "falls", 0.8416),  # the 80 % quantile of the normal distribution
        (0.2, 1.0, "rises", 0.8416),
        (0.2, -1.0, "below", None),
        (0.8, 1.0, "above", None),
    ],
)
def test_one_state_breaks_even_where_its_support_is_used_up(
    yes: float, distance: float, what: str, times: float | None
) -> None:
    alone = Ballot(
        np.array([[yes, 0.0, 1 - yes, 0.0]]),
        Dependence.independent(1),
        Influence(np.ones(1), np.zeros(1)),
        (replace(Move.none(1), distance=distance),),
    )
    found = evens(alone, chance_of(Choice.YES, 1))
    assert found["what"] == what
    assert found["no_effect"] == pytest.approx(yes, abs=1e-6)
    assert found["times"] == (None if times is None else pytest.approx(times, abs=0.002))


def test_no_strength_of_an_effect_is_solved_twice() -> None:
    asked = []

    def reached(ballot: Ballot) -> float:
        asked.append(float(ballot.influence.effect[0]))
        return 0.9 - 0.2 * asked[-1]

    one = Ballot(
        np.array([[0.5, 0.0, 0.5, 0.0]]),
        Dependence.independent(1),
        Influence(np.ones(1), np.zeros(1)),
        (Move.none(1),),
    )
    assert evens(one, reached)["times"] == pytest.approx(2, abs=0.01)  # 0.9 - 0.4 = 0.5
    assert len(asked) == len(set(asked))


def test_the_parts_of_the_fall_add_up_to_it() -> None:
    found = unga_sim("fall").stdout
    parts = [first_numbers(found, name)[0] for name in ("drift", "text or", "united", "cannot")]
    assert sum(parts) == pytest.approx(93 - 141, abs=0.2)
    assert "does not make them causes" in found


# Explanations of the fitted model


def test_parts_of_the_fitted_model_that_only_move_have_no_share() -> None:
    found = unga_sim("explain", "cuba-embargo-2016", "BRA", "--arm", "us-votes-no").stdout
    for part in ("own record", "own votes on like texts", "states that vote alike"):
        assert re.search(rf"^{part} +moves \d", found, re.MULTILINE)
    assert not re.search(r"(?<!\S)-0\.0", found)
    assert first_numbers(found, "together")[0] == 100


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["whom", "anniversary-2025", "--target", "no>=3"], "--target: target 'no>=3': allowed"),
        (["whom", "anniversary-2025", "--target", "yes>=200"], "allowed are up to 193 votes"),
        (["whom", "anniversary-2025", "--target", "yes>=9", "--arm", "x"], "with-us, without-us"),
        (["whom", "anniversary-2025", "--target", "yes>=9", "--push", "-1"], "--push"),
        (["whom", "nowhere", "--target", "yes>=9"], "no such file and no shipped scenario"),
        (["contrast", "nowhere"], "no such file and no shipped scenario"),
        (["fit", "none.parquet", "--as-of", "2020-01-01", "--out", "x"], "none.parquet"),
        (["fit", "none.parquet", "--as-of", "soon", "--out", "x"], "--as-of"),
        (["backtest", "none.parquet", *YEAR, "--out", "x"], "none.parquet"),
        (["backtest", "none.parquet", *YEAR, "--out", "x", "--us", "maybe"], "--us"),
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


def test_a_record_is_never_overwritten_by_its_fit(record: Path) -> None:
    before = files.sha256(record)
    result = unga_sim("fit", record, "--as-of", "2013-01-01", "--out", record)
    assert result.exit_code == 2
    assert files.sha256(record) == before


def test_a_folder_of_something_else_is_never_replaced(record: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    for arguments in (("backtest", record, *YEAR), ("contrast", "anniversary-2025")):
        result = unga_sim(*arguments, "--out", tmp_path)
        assert (result.exit_code, "holds no result" in result.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
