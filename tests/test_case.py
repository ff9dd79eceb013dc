"""A scenario is looked up once, and everything that is wrong with it is told at once."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim import files
from sim.assembly.choices import Choice
from sim.assembly.members import Members
from sim.cli import app
from sim.models import MODELS
from sim.record import Record
from sim.record.cited import cited_roll_calls
from sim.report import assumptions
from sim.runs.run import joints_of, plan_of, run_scenario
from sim.scenario import Case, ScenarioError, lookups, read_scenario, resolve
from sim.scenario import ballots as ballots_module
from sim.scenario.ballots import ballots, base_forecast
from sim.studies.explain import explain
from sim.studies.sweep.fields import Point, with_values
from sim.vote.exact.joint import Joint

STEM = "jerusalem-2017"
PLACE = files.shipped("scenarios") / f"{STEM}.toml"
LOOKED_UP = ("parameter_file", "fitted_parameters", "find_precedents", "sponsors", "settings")


def counting(name: str, function: Callable[..., Any], times: Counter[str]) -> Callable[..., Any]:
    """The same function, counted."""

    def counted(*arguments: Any, **options: Any) -> Any:
        times[name] += 1
        return function(*arguments, **options)

    return counted


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each look-up was made since the test began."""
    found: Counter[str] = Counter()
    for name in (*LOOKED_UP, "stances", "suspended", "positions"):
        monkeypatch.setattr(lookups, name, counting(name, getattr(lookups, name), found))
    monkeypatch.setattr(Members, "row", counting("row", Members.row, found))
    even = np.array([[0.5, 0.25], [0.25, 0.0]])
    monkeypatch.setattr("sim.runs.run.joint", lambda _: Joint(even, even))
    monkeypatch.setattr("sim.report.figures.draw_result", lambda *_: [])
    return found


def test_a_run_looks_up_everything_once(times: Counter[str], tmp_path: Path) -> None:
    drawn_up, forecast = ballots.cache_info().misses, base_forecast.cache_info().misses
    command = ["run", STEM, "--draws", "10", "--joint", "--out", str(tmp_path)]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert {name: times[name] for name in LOOKED_UP} == dict.fromkeys(LOOKED_UP, 1)
    assert (times["stances"], times["suspended"], times["positions"]) == (1, 1, 1)
    assert ballots.cache_info().misses - drawn_up == 1
    assert base_forecast.cache_info().misses - forecast == 1


@pytest.mark.parametrize(
    ("point", "anew"),
    [
        ({"us.effect_scale": 0.5, "dependence.scale": 0.5}, False),
        ({"sponsors.share": 0.5, "arms.as-foreseen.us.no": 0.4}, False),
        ({"precedents.ES-11/5.likeness": 0.3}, True),
        ({"us.reference": "abstain"}, True),
    ],
)
def test_a_forecast_is_made_again_only_where_its_question_differs(
    monkeypatch: pytest.MonkeyPatch, point: Point, anew: bool
) -> None:
    times: Counter[str] = Counter()
    counted = counting("forecast", MODELS["learned"].forecast, times)
    model = replace(MODELS["learned"], forecast=counted)
    monkeypatch.setattr("sim.scenario.ballots.MODELS", {"learned": model})
    scenario = read_scenario("anniversary-2025")
    base_forecast(resolve(scenario))
    case = resolve(with_values(scenario, point))
    found = base_forecast(case)
    assert times["forecast"] == 1 + anew
    # and is what the model says of this question
    ballots_module._forecast.cache_clear()
    again = base_forecast(resolve(case.scenario))
    assert times["forecast"] == 2 + anew
    assert np.array_equal(found.probabilities, again.probabilities)


def test_what_is_asked_of_a_case_looks_nothing_up_again(times: Counter[str]) -> None:
    case = resolve(STEM)
    times.clear()
    plan = plan_of(case, draws=2, joint=True)
    assert run_scenario(case, plan=plan, joints=joints_of(case)).case is case
    assumptions(case)
    explain(case, "BRA", arm="us-lobbies")
    assert {name: times[name] for name in LOOKED_UP} == dict.fromkeys(LOOKED_UP, 0)


# Whatever can be resolved


@pytest.mark.parametrize(
    "given",
    [STEM, PLACE, str(PLACE), read_scenario(STEM), tomllib.loads(PLACE.read_text("utf-8"))],
    ids=["name", "path", "text", "scenario", "mapping"],
)
def test_a_scenario_is_the_same_however_it_is_given(given: Any) -> None:
    case = resolve(given)
    assert case.scenario == read_scenario(STEM)
    assert case.stem == ("scenario" if isinstance(given, dict) else STEM)
    again = resolve(case)
    assert again is case


def test_known_votes_are_added_to_those_of_the_scenario() -> None:
    case = resolve(resolve(STEM, known={"BRA": "no"}), known={"TGO": Choice.YES})
    assert dict(case.scenario.known) == {"BRA": "no", "TGO": "yes"}
    row = Members.load().row
    assert case.known == {row("BRA"): Choice.NO, row("TGO"): Choice.YES}
    assert case.inputs[0] == PLACE


def test_a_known_vote_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(ScenarioError) as refused:
        resolve(STEM, known={"BRA": "maybe", "XXX": "no"})
    lines = str(refused.value).splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        [str(PLACE), "known.BRA"],
        [str(PLACE), "known"],
    ]


# Everything that is wrong, at once


def wrong() -> Case:
    """A scenario in which every look-up finds a mistake."""
    stance = {"yes": 1.0, "abstain": 0.0, "no": 0.0, "discipline": 1.0}
    tables = tomllib.loads(PLACE.read_text("utf-8")) | {
        "known": {"USA": "yes"},
        "actual": "ES-99/1",
        "parameters": "nowhere.toml",
        "settings": {"floor": 2.0, "height": 1.0},
        "precedents": [{"symbol": "ES-99/2"}, {"symbol": "ES-10/19"}],  # the last is of later
        "blocs": {"ATLANTIS": stance, "MU": stance},
        "sponsors": {"seed": "ES-99/3"},
    }
    return resolve(tables)


def test_every_problem_is_told_at_once_in_order() -> None:
    with pytest.raises(ScenarioError) as refused:
        wrong()
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == [
        "known.USA", "actual", "parameters", "settings.floor", "settings.height",
        "precedents.0.symbol", "precedents.1.symbol", "blocs.ATLANTIS", "blocs.MU", "sponsors.seed",
    ]  # fmt: skip


def test_check_and_run_refuse_with_the_same_words(tmp_path: Path) -> None:
    place = tmp_path / "mine.toml"
    text = PLACE.read_text("utf-8").replace('actual = "ES-10/19"', 'actual = "ES-99/1"')
    place.write_text(text.replace('symbol = "70/16"', 'symbol = "99/16"'), encoding="utf-8")
    told = [CliRunner().invoke(app, [command, str(place)]) for command in ("check", "run")]
    assert [one.exit_code for one in told] == [2, 2]
    assert told[0].stderr == told[1].stderr
    assert [line.split(": ")[1] for line in told[0].stderr.splitlines()] == [
        "actual", "precedents.0.symbol",
    ]  # fmt: skip


# Another record


def only(*symbols: str) -> Record:
    """A record of a few of the shipped roll calls."""
    cited = cited_roll_calls()
    return cited.take([cited.row(symbol) for symbol in symbols])


def test_roll_calls_are_cited_from_the_record_that_is_given() -> None:
    scenario = read_scenario(STEM)
    cited = [table.symbol for table in scenario.precedents]
    case = resolve(STEM, record=only(*cited, "ES-10/19"))
    assert [one.symbol for one in case.precedents] == cited
    assert len(case.question.record) == len(cited)  # what came later is not seen
    with pytest.raises(ScenarioError, match=f"precedents.0.symbol: .*{cited[0]}"):
        resolve(STEM, record=only(*cited[1:], "ES-10/19"))


# The names that scripts rely on


@pytest.mark.parametrize(
    ("room", "names"),
    [
        ("assembly", "Choice Members Blocs RULES"),
        ("record", "Record read_record import_files"),
        ("scenario", "Scenario ScenarioError read_scenario resolve"),
        ("runs", "simulate read_result"),
        ("studies", "contrast rank_calls explain sweep wording_lever"),
        ("models", "MODELS fit_parameters"),
        ("skill", "run_backtest"),
    ],
)
def test_a_room_gives_the_names_of_the_public_interface(room: str, names: str) -> None:
    found = importlib.import_module(f"sim.{room}")
    for name in names.split():
        assert name in found.__all__
        given = getattr(found, name)
        assert not isinstance(given, ModuleType)
        assert getattr(sim, name, given) is given


def test_the_package_gives_every_name_that_it_lists() -> None:
    program = (
        "import sim; print([name for name in sim.__all__ if not callable(getattr(sim, name))])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ended.stdout.strip() == b"[]"


def test_a_scenario_is_simulated_by_its_name_with_what_is_known() -> None:
    outcomes = sim.simulate(STEM, known={"BRA": "yes"}, draws=10, engine="exact")
    states = outcomes.states()
    assert states.loc[states["iso3"] == "BRA", "p_yes"].tolist() == [1.0, 1.0]
    assert outcomes.stem == STEM
