"""Votes that were announced: written on the command line or kept in a file."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from sim import files
from sim.assembly.choices import Choice
from sim.cli import app
from sim.report.words import what_is_told
from sim.scenario.ballots import ballots
from sim.scenario.case import resolve
from sim.scenario.known import KnownVotesError, known_votes
from sim.scenario.schema import read_scenario
from sim.studies.telling import Telling, likeliest_arm, telling
from sim.vote.exact.solve import chance_of_known, solve

DAY = datetime.date(2025, 2, 22)


def unga_sim(*arguments: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, [str(each) for each in arguments])


@pytest.fixture
def announced(tmp_path: Path) -> Path:
    """A file with two announced votes, one of them told twice."""
    place = tmp_path / "announced.csv"
    rows = [
        "state,vote,source,day",
        "Brazil,yes,its ministry,2025-02-20",
        "bra,Yes,a newspaper,",
        "Türkiye,non-voting,,2025-02-22",
    ]
    place.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return place


def test_states_are_known_by_code_or_name_and_may_be_told_of_twice(announced: Path) -> None:
    found = known_votes("HUN=no, BRA=yes", announced, as_of=DAY)
    assert found == {"HUN": Choice.NO, "BRA": Choice.YES, "TUR": Choice.NON_VOTING}


def test_source_and_day_may_be_left_out(tmp_path: Path) -> None:
    place = tmp_path / "votes.csv"
    place.write_text("vote,state\nabstain,CHN\n", encoding="utf-8")
    assert known_votes(None, place, as_of=DAY) == {"CHN": Choice.ABSTAIN}


def test_all_problems_are_named_at_once_each_with_its_line(tmp_path: Path) -> None:
    place = tmp_path / "votes.csv"
    place.write_text(
        "state,vote,day\nBrasil,yes,\nFRA,maybe,soon\nHUN,no,2025-02-23\nIND,no,\nIndia,abstain,\n",
        encoding="utf-8",
    )
    with pytest.raises(KnownVotesError) as error:
        known_votes("CHN=si", place, as_of=DAY)
    lines = str(error.value).splitlines()
    assert lines[0] == "--known: vote 'si': must be one of yes, abstain, no, non_voting"
    assert lines[1].startswith(f"{place}: line 2: 'Brasil' names no member state; did you mean BRA")
    assert lines[2:4] == [
        f"{place}: line 3: day 'soon': expected a day like 2025-02-20",
        f"{place}: line 3: vote 'maybe': must be one of yes, abstain, no, non_voting",
    ]
    assert lines[4].startswith(
        f"{place}: line 4: day 2025-02-23: must not be after as_of, 2025-02-22"
    )
    assert lines[5:] == [f"{place}: line 6: IND=abstain: is no in {place}: line 5"]


def test_a_line_is_that_of_the_file_after_blank_lines_and_breaks_in_quotes(tmp_path: Path) -> None:
    place = tmp_path / "votes.csv"
    rows = 'State;Vote;Source\n\n\nBRA;yes;"a paper\nof two\nlines"\n\nFRA;maybe;\n'
    place.write_text(rows, encoding="utf-8")
    with pytest.raises(KnownVotesError, match=r"line 8: vote 'maybe'") as error:
        known_votes(None, place, as_of=DAY)
    assert len(str(error.value).splitlines()) == 1


def test_a_file_without_its_columns_is_refused_and_nothing_written(tmp_path: Path) -> None:
    place, out = tmp_path / "votes.csv", tmp_path / "out"
    place.write_text("country,vote\nBRA,yes\n", encoding="utf-8")
    for command in (("run", "jerusalem-2017"), ("contrast", "jerusalem-2017")):
        result = unga_sim(*command, "--known-file", place, "--out", out)
        assert (result.exit_code, out.exists()) == (2, False)
        assert f"{place}: line 1: no column state" in result.stderr


def test_a_vote_of_a_later_day_is_refused_by_the_command_too(announced: Path) -> None:
    result = unga_sim("whom", "jerusalem-2017", "--target", "majority", "--known-file", announced)
    assert result.exit_code == 2
    assert "line 2: day 2025-02-20: must not be after as_of, 2017-12-20" in result.stderr


def test_an_explanation_ends_with_what_the_known_votes_say(announced: Path) -> None:
    def last_row(*known: str | Path) -> list[str]:
        found = unga_sim(
            "explain", "anniversary-2025", "India", "--arm", "with-us", "--full", *known
        )
        assert found.exit_code == 0, found.stderr
        return [
            line
            for line in found.stdout.split("what each part")[1].splitlines()
            if line.startswith("known votes")
        ]

    assert last_row() == []
    assert len(last_row("--known-file", announced)) == 1


@pytest.mark.parametrize("known", ["ISR=no", "FRA=no"])
def test_a_run_says_where_known_votes_are_much_likelier(tmp_path: Path, known: str) -> None:
    asked = ("run", "anniversary-2025", "--engine", "exact", "--known", known)
    found = unga_sim(*asked, "--out", tmp_path)
    assert found.exit_code == 0
    said = "times as likely in the arm “US votes no”" in " ".join(found.output.split())
    # Israel follows the United States; France is bound by its word, wherever Washington stands
    assert said is (known == "ISR=no")


def test_votes_read_where_they_are_likeliest_are_as_likely_as_there() -> None:
    scenario = read_scenario("anniversary-2025").model_copy(update={"known": {"ISR": "no"}})
    arm, times = likeliest_arm(ballots(resolve(scenario)))
    there = ballots(resolve(scenario.model_copy(update={"known_in": arm})))
    assert likeliest_arm(there) == (arm, pytest.approx(1.0))
    chances = [chance_of_known(each[arm]) for each in (there, ballots(resolve(scenario)))]
    assert chances[0] / chances[1] == pytest.approx(times)


def test_a_sweep_takes_known_votes_as_its_base(announced: Path, tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    options = ("--over", "us.effect_scale=0,1", "--workers", "1", "--check", "0", "--out", out)
    result = unga_sim("sweep", "anniversary-2025", *options, "--known-file", announced)
    assert result.exit_code == 0, result.stderr
    manifest = json.loads(files.read_text(out / "manifest.json"))
    assert manifest["sweep"]["known"] == {"BRA": "yes", "TUR": "non_voting"}
    points = pd.read_csv(out / "points.csv")
    assert (points["yes"] > 0).all()


def test_known_votes_that_tell_much_of_others_are_said_to() -> None:
    # half of the standard deviation of yes, 15.0, is 7.5
    for told, much in ((7.4, False), (7.6, True), (-7.6, True)):
        found = Telling(before=100.0, after=100.5 + told, own=0.5, sd=15.0, chance=0.6)
        assert ("That is much, 0.5 of" in what_is_told(found)) is much


def test_the_spread_without_the_known_votes_is_that_of_the_forecast() -> None:
    case = resolve("anniversary-2025", known={"BRA": "yes"})
    found = telling(next(iter(ballots(case).values())))
    (without,) = solve(next(iter(ballots(resolve("anniversary-2025")).values()))).distributions[:1]
    spread = (without.probability @ (without.values - without.mean) ** 2) ** 0.5
    assert found.sd == pytest.approx(spread, rel=1e-6)


TITLE = (
    "Situation of human rights in the temporarily occupied territories of Ukraine, including the "
    "Autonomous Republic of Crimea and the city of Sevastopol"
)
FORECAST = ("forecast", TITLE, "--day", "2024-12-17", "--us", "no")


def test_a_forecast_from_a_title_takes_known_votes(tmp_path: Path) -> None:
    place = tmp_path / "votes.csv"
    place.write_text("state,vote,day\nHUN,no,2024-12-10\n", encoding="utf-8")
    plain = unga_sim(*FORECAST)
    told = unga_sim(*FORECAST, "--known", "POL=abstain", "--known-file", place)
    assert (plain.exit_code, told.exit_code) == (0, 0), told.output
    assert "The known votes move the expected yes votes from" in told.output
    assert "The known votes" not in plain.output
    assert plain.output.splitlines()[0] != told.output.splitlines()[0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--known", "XXX=no"], "--known: 'XXX' names no member state"),
        (["--known", "BRA=maybe"], "--known: vote 'maybe': must be one of yes, abstain, no"),
        (["--known", "USA=yes"], "known.USA: 'yes': each arm sets what the United States does"),
    ],
)
def test_a_forecast_refuses_known_votes_as_a_run_does(options: list[str], words: str) -> None:
    for command in (FORECAST, ("run", "rights-2024")):
        told = unga_sim(*command, *options)
        assert (told.exit_code, words in told.output) == (2, True), told.output


def test_a_vote_known_after_the_day_of_a_forecast_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "votes.csv"
    place.write_text("state,vote,day\nHUN,no,2024-12-17\n", encoding="utf-8")
    told = unga_sim(*FORECAST, "--known-file", place)
    assert (told.exit_code, "must not be after as_of, 2024-12-16" in told.output) == (2, True)


def test_known_votes_are_on_one_text_not_on_an_agenda(tmp_path: Path) -> None:
    told = unga_sim("forecast", "--agenda", tmp_path / "texts.csv", "--known", "HUN=no")
    assert told.exit_code == 2
    assert "--agenda: known votes are on one text; leave out --known" in told.output
