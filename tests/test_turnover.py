"""Who changed its vote between two roll calls."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from sim.assembly.choices import CHOICES, NOT_A_MEMBER, Choice
from sim.assembly.members import Members
from sim.cli import app
from sim.record import Record, write_record
from sim.record.cited import cited_roll_calls
from sim.studies.turnover import turnover

YES, ABSTAIN, NO, AWAY = CHOICES
MEMBERS = Members.load()


def unga_sim(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, [str(each) for each in arguments])


def record_of(before: dict[str, int], after: dict[str, int]) -> Record:
    """Two roll calls in which everybody says yes but the states named."""
    votes = np.zeros((2, len(MEMBERS)), np.int8)
    for row, named in enumerate((before, after)):
        votes[row, [MEMBERS.row(code) for code in named]] = list(named.values())
    frame = (
        cited_roll_calls()
        .roll_calls.iloc[:2]
        .assign(
            key=["one", "two"],
            symbol=["A/1", "A/2"],
            date=pd.to_datetime(["2040-01-01", "2041-01-01"]),
        )
    )
    return replace(cited_roll_calls().take(slice(0, 2)), roll_calls=frame, votes=votes)


def test_every_state_goes_from_its_vote_to_its_vote() -> None:
    record = record_of(
        {"BRA": NO, "CHN": ABSTAIN, "FRA": AWAY, "SSD": NOT_A_MEMBER}, {"BRA": ABSTAIN, "IND": NO}
    )
    found = turnover(record, "one", "two")
    expected = np.zeros((4, 4), int)
    # of 193 one was no member yet, and Brazil, China, France and India moved
    expected[YES, YES], expected[YES, NO] = 193 - 5, 1
    expected[NO, ABSTAIN] = expected[ABSTAIN, YES] = expected[AWAY, YES] = 1
    assert found.table().tolist() == expected.tolist()
    assert found.moved().to_numpy().tolist() == [
        ["BRA", "Brazil", "Latin American and Caribbean", "no", "abstain"],
        ["CHN", "China", "Asia-Pacific", "abstain", "yes"],
        ["FRA", "France", "Western European and Others", "non_voting", "yes"],
        ["IND", "India", "Asia-Pacific", "yes", "no"],
    ]


def test_moves_are_counted_along_with_and_against_that_of_the_united_states() -> None:
    # from yes to abstention: China goes along, as does India by two steps; Brazil goes the other
    # way, and who did not vote, before or after, has no move
    before = {"BRA": NO, "FRA": AWAY}
    after = {"USA": ABSTAIN, "CHN": ABSTAIN, "IND": NO, "FRA": NO, "MEX": AWAY}
    assert turnover(record_of(before, after), "one", "two").with_us() == (2, 1)


@pytest.mark.parametrize("us", [YES, AWAY])
def test_nobody_moves_with_the_united_states_if_it_does_not_move(us: Choice) -> None:
    assert turnover(record_of({}, {"USA": us, "CHN": NO}), "one", "two").with_us() is None


def test_the_earlier_roll_call_is_the_first() -> None:
    found = turnover(cited_roll_calls(), "ES-11/7", "ES-11/6")
    assert (found.first.key, found.last.key) == ("ES-11/6", "ES-11/7")


def test_one_roll_call_is_not_two() -> None:
    with pytest.raises(ValueError, match="are the same roll call"):
        turnover(cited_roll_calls(), "ES-11/6", "A/RES/ES-11/6")


def test_the_command_takes_any_two_roll_calls_of_a_record(tmp_path: Path) -> None:
    place = tmp_path / "mine.parquet"
    write_record(record_of({}, {"USA": NO, "CHN": NO}), place)
    ended = unga_sim("fall", "one", "two", "--record", place, "--out", tmp_path)
    assert ended.exit_code == 0, ended.stderr
    assert "1 others moved" not in ended.stdout
    assert "1 other moved the way that the United States did, 0 the other way" in " ".join(
        ended.stdout.split()
    )
    told = json.loads((tmp_path / "fall" / "fall.json").read_text(encoding="utf-8"))
    assert [row["iso3"] for row in told["moved"]] == ["CHN", "USA"]
    assert told["states"][YES] == [191, 0, 2, 0]
    assert pd.read_csv(tmp_path / "fall" / "fall.csv")["after"].tolist() == ["no", "no"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ES-11/6"], "LAST: missing"),
        (["ES-11/6", "ES-99/1"], "no roll call 'ES-99/1'"),
        (["ES-11/6", "ES-11/6"], "are the same roll call"),
    ],
)
def test_roll_calls_that_are_not_two_are_refused_and_nothing_is_written(
    arguments: list[str], says: str, tmp_path: Path
) -> None:
    ended = unga_sim("fall", *arguments, "--out", tmp_path)
    assert (ended.exit_code, says in ended.stderr) == (2, True)
    assert not list(tmp_path.iterdir())
