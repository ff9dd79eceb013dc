"""Any roll call can be cited: from the seeds, from a file beside the scenario, from a record."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from made_records import habits, votes_of
from typer.testing import CliRunner

from sim import files
from sim.assembly.choices import LOST, Choice
from sim.assembly.members import Members
from sim.cli import app
from sim.record import Record, write_record
from sim.record.cited import cited_roll_calls
from sim.record.own import read_own_roll_calls
from sim.scenario import ScenarioError, read_scenario, resolve
from sim.scenario.ballots import ballots
from sim.scenario.doubts import doubts
from sim.scenario.schema import scenario_of

HEAD = """
title = "A draft"
question = "Is it adopted?"
source = "made up"
as_of = 2025-02-23
seed = 1
{more}
[resolution]
symbol = "A/1"
title = "The law of the sea"
date = 2025-02-24
majority = "simple"
[us]
reference = "yes"
[arms.with-us]
us = "yes"
"""


def written(folder: Path, more: str = "", *precedents: str) -> Path:
    place = folder / "mine.toml"
    tables = "".join(f"[[precedents]]\nlikeness = 1.0\n{line}\n" for line in precedents)
    place.write_text(HEAD.format(more=more) + tables, encoding="utf-8")
    return place


def probabilities(place: Path | str, record: Path | Record | None = None) -> np.ndarray:
    return np.stack([one.probabilities for one in ballots(resolve(place, record=record)).values()])


@pytest.fixture(autouse=True)
def nobodys_record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("UNGA_SIM_RECORD", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def stored(place: Path) -> Path:
    write_record(habits(), place)
    return place


@pytest.mark.parametrize("how", ["option", "scenario", "variable", "data folder"])
def test_a_roll_call_of_a_record_can_be_cited(
    tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / ("home/unga-sim" if how == "data folder" else "") / "record.parquet"
    stored(record)
    symbol = str(habits().roll_calls["symbol"].iloc[-1])
    more = 'record = "record.parquet"' if how == "scenario" else ""
    place = written(tmp_path, more, f'symbol = "{symbol}"')
    if how == "variable":
        monkeypatch.setenv("UNGA_SIM_RECORD", str(record))
    case = resolve(place, record=record if how == "option" else None)
    np.testing.assert_array_equal(case.question.record.votes[0], habits().votes[-1])
    assert record in case.inputs


def test_the_scenarios_record_goes_before_the_variable_and_the_option_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("own", "option", "variable"):
        stored(tmp_path / name)
    place = written(tmp_path, 'record = "own"', 'symbol = "A/RES/68/1"', 'symbol = "68/262"')
    monkeypatch.setenv("UNGA_SIM_RECORD", str(tmp_path / "variable"))
    chosen = {}
    for name, option in (("own", None), ("option", tmp_path / "option")):
        with pytest.raises(ScenarioError, match="no roll call 'A/RES/68/1'"):
            resolve(place, record=option)
        (tmp_path / name).unlink()
        with pytest.raises(ScenarioError, match=f"record: .*{name}: No such file") as caught:
            resolve(place, record=option)
        chosen[name] = str(caught.value)
    assert len(chosen) == 2


def test_a_roll_call_is_cited_by_its_day_and_title(tmp_path: Path) -> None:
    record = stored(tmp_path / "r.parquet")
    last = (
        habits().roll_calls[habits().roll_calls["title"].str.startswith("Law of the sea")].iloc[-1]
    )
    day = f"{last['date']:%Y-%m-%d}"
    by_fields = written(tmp_path, "", f'day = {day}\ntitle = "The law of the sea of 2013"')
    with pytest.raises(ScenarioError, match="no roll call"):
        resolve(by_fields, record=record)
    for told in (f'day = {day}\ntitle = "Law of the SEA"', f'symbol = "{day} law of the sea"'):
        case = resolve(written(tmp_path, "", told), record=record)
        assert case.question.record.roll_calls["symbol"].tolist() == [last["symbol"]]


def test_automatic_precedents_are_looked_for_in_the_whole_record(tmp_path: Path) -> None:
    place = written(tmp_path, 'precedents = "auto"')
    record = stored(tmp_path / "r.parquet")
    symbols = {one.symbol for one in resolve(place, record=record).precedents}
    seas = habits().roll_calls["title"].str.startswith("Law of the sea")
    of_the_sea = set(habits().roll_calls["key"][seas])
    assert symbols & of_the_sea
    assert not {one.symbol for one in resolve(place).precedents} & of_the_sea


@pytest.mark.parametrize(
    ("later", "told"), [(120, False), (121, True)], ids=["within a third of a year", "later"]
)
def test_a_record_that_ends_long_before_the_forecast_is_told(
    tmp_path: Path, later: int, told: bool
) -> None:
    record = stored(tmp_path / "r.parquet")
    last = cited_roll_calls().dates.max().astype(dt.date)  # later than all of the record
    place = written(tmp_path, 'precedents = "auto"')
    scenario = read_scenario(place)
    day = last + dt.timedelta(days=later)
    vote = scenario.resolution.model_copy(update={"date": day + dt.timedelta(days=1)})
    moved = scenario.model_copy(update={"as_of": day, "resolution": vote})
    found = [one for one in doubts(resolve(moved, record=record)) if one.startswith("record: ")]
    assert bool(found) == told
    assert all(f"of {last}, {later} days before" in one for one in found)
    # a vote read from the press the day before makes the record no longer
    files.write_text(tmp_path / "press.csv", "state,vote\nBRA,yes\n")
    table = {"file": "press.csv", "day": day, "title": "Peace"}
    tables = {**moved.model_dump(exclude_unset=True), "roll_calls": [table]}
    beside = scenario_of(tables, place=None, file=place)
    assert [one for one in doubts(resolve(beside, record=record)) if "record: " in one] == found


def test_that_no_record_is_there_is_told_where_like_texts_are_looked_for(tmp_path: Path) -> None:
    [told] = [
        one
        for one in doubts(resolve(written(tmp_path, 'precedents = "auto"')))
        if one.startswith("record: ")
    ]
    assert "none of yours" in told
    named = written(tmp_path, "", 'symbol = "ES-11/1"')
    assert not [one for one in doubts(resolve(named)) if one.startswith("record: ")]


def test_roll_calls_of_ones_own_stand_in_a_small_file_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "committee.csv").write_text(
        "state,vote,day,title,us\nBrazil,yes,2024-11-20,A text,no\n"
        "FRA,Abstain,2024-11-20,A text,no\nFRA,N,2024-11-21,Another,\n",
        encoding="utf-8",
    )
    more = '[[roll_calls]]\nfile = "committee.csv"\nbody = "Third Committee"'
    place = written(tmp_path, "", 'day = 2024-11-20\ntitle = "A text"')
    place.write_text(place.read_text("utf-8") + more + "\n", encoding="utf-8")
    case = resolve(place)
    assert case.question.record.roll_call(0).body == "Third Committee"
    votes, row = case.question.record.votes[0], Members.load().row
    told = [votes[row(code)] for code in ("BRA", "FRA", "USA", "CHN")]
    assert told == [Choice.YES, Choice.ABSTAIN, Choice.NO, LOST]
    assert tmp_path / "committee.csv" in case.inputs
    assert len(case.record) == len(cited_roll_calls()) + 2


def test_a_bad_file_of_ones_own_is_told_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("state,vote\nAtlantis,yes\nFRA,yea\nBRA,yes\nBRA,no\n", encoding="utf-8")
    with pytest.raises(files.FileError) as caught:
        read_own_roll_calls(path, day="2024-11-20", title="A text")
    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == [
        "line 2",
        "line 3",
        "line 5",
    ]
    with pytest.raises(files.FileError, match="day '': expected a day like"):
        read_own_roll_calls(path, title="A text")


def test_rows_of_an_own_table_are_one_roll_call_however_day_and_title_are_spelt(
    tmp_path: Path,
) -> None:
    days = ("2024-11-20,A text", "2024-11-20 00:00:00,A  Text", "20241120,a text")
    rows = [
        f"{vote},{day}" for vote, day in zip(("FRA,yes", "BRA,no", "IND,no"), days, strict=True)
    ]
    path = tmp_path / "votes.csv"
    path.write_text("state,vote,day,title\n" + "\n".join(rows) + "\n", encoding="utf-8")
    for symbol in ("", "A/C.3/79/L.9"):
        own = read_own_roll_calls(path, symbol=symbol)
        assert own.tallies().tolist() == [[1, 0, 2, 0]]
        assert own.roll_call(0).key == (symbol or "2024-11-20 A text")


def test_the_lines_of_a_file_of_ones_own_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text('State;Vote;Title\n\nBRA;yes;"A\ntext"\nFRA;yea;"A\ntext"\n', "cp1252")
    with pytest.raises(files.FileError) as caught:
        read_own_roll_calls(path, day="2024-11-20")
    assert str(caught.value).startswith(f"{path}: line 5: vote 'yea'")
    assert "\n" not in str(caught.value)


def test_what_cites_a_file_that_cannot_be_read_is_not_looked_up(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("state,vote\nFRA,yea\n", encoding="utf-8")
    more = '[[roll_calls]]\nfile = "own.csv"\nsymbol = "A/C.3/79/L.1"\nday = 2024-11-20\n'
    place = written(tmp_path, 'actual = "A/C.3/79/L.1"', 'symbol = "A/C.3/79/L.1"')
    place.write_text(place.read_text("utf-8") + more, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        resolve(place)
    (line,) = str(caught.value).splitlines()
    assert "roll_calls.0.file" in line


@pytest.mark.parametrize("day", ["2025-02-24", "2025-03-01"])
def test_a_cited_roll_call_held_after_the_forecast_is_said_to_be(tmp_path: Path, day: str) -> None:
    (tmp_path / "own.csv").write_text("state,vote\nFRA,yes\n", encoding="utf-8")
    more = f'[[roll_calls]]\nfile = "own.csv"\nsymbol = "A/C.3/79/L.1"\nday = {day}\n'
    place = written(tmp_path, "", 'symbol = "A/C.3/79/L.1"')
    place.write_text(place.read_text("utf-8") + more, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        resolve(place)
    (line,) = str(caught.value).splitlines()
    says = f"'A/C.3/79/L.1': was held on {day}, must not be after as_of, 2025-02-23"
    assert f"precedents.0.symbol: {says}" in line


def test_two_more_cited_roll_calls_change_no_scenario_that_does_not_cite_them() -> None:
    seeds = cited_roll_calls()
    more = habits().take([60, 61])
    more = Record(more.roll_calls.assign(date=np.datetime64("2024-12-01")), more.votes, more.others)
    longer = seeds.joined(more)
    assert len(longer) == len(seeds) + 2
    for name in ("anniversary-2025", "path-to-peace-2025", "rights-2024"):
        np.testing.assert_array_equal(probabilities(name, seeds), probabilities(name, longer))


def test_a_roll_call_in_two_records_is_taken_from_the_first() -> None:
    record = habits().take([0, 1])
    flipped = Record(record.roll_calls, votes_of("YYYY", "NNNN"), record.others)
    joined = record.joined(Record(flipped.roll_calls, flipped.votes, flipped.others))
    np.testing.assert_array_equal(joined.votes, record.votes)
    assert record.joined(Record.empty()) is record


def test_every_command_that_reads_a_scenario_takes_a_record(tmp_path: Path) -> None:
    record = stored(tmp_path / "r.parquet")
    place = written(tmp_path, "", f'symbol = "{habits().roll_calls["symbol"].iloc[-1]}"')
    runner = CliRunner()
    assert runner.invoke(app, ["check", str(place)]).exit_code == 2
    assert runner.invoke(app, ["check", str(place), "--record", str(record)]).exit_code == 0
    for command in ("run", "explain", "contrast", "whom", "sweep"):
        assert "--record" in runner.invoke(app, [command, "--help"], env={"COLUMNS": "200"}).output


def cited_of(years: tuple[int, int], folder: Path, as_of: str = "2024-12-30") -> tuple[Path, Path]:
    """A scenario that cites the first roll call of a record of these years, and the record."""
    made = habits(*years)
    record = folder / "r.parquet"
    write_record(made, record)
    place = written(folder, "", f'symbol = "{made.roll_calls["symbol"].iloc[0]}"')
    text = place.read_text("utf-8").replace("as_of = 2025-02-23", f"as_of = {as_of}")
    place.write_text(text, encoding="utf-8")
    return place, record


def test_a_record_is_fitted_by_itself_once_and_kept_by_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place, record = cited_of((2017, 2024), tmp_path)
    found = resolve(place, record=record).fitted
    assert (found.as_of, found.record.sha256) == (dt.date(2024, 12, 5), files.sha256(record))
    assert "fitting precedents to r.parquet up to 2024-12-05" in caplog.text

    def again(*_args: object, **_options: object) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr("sim.models.fitted.kept.fit_parameters", again)
    assert resolve(place, record=record).fitted.as_of == found.as_of
    write_record(habits(2017, 2024).take(slice(0, 60)), record)
    with pytest.raises(AssertionError, match="fitted again"):
        resolve(place, record=record)


def test_a_record_is_fitted_to_nothing_after_the_day_of_the_forecast(tmp_path: Path) -> None:
    place, record = cited_of((2015, 2023), tmp_path, as_of="2022-10-20")
    found = resolve(place, record=record).fitted
    assert (found.as_of, found.record.last) == (dt.date(2022, 10, 20), dt.date(2022, 10, 20))


def test_a_scenario_that_cites_no_record_keeps_the_shipped_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, record = cited_of((2017, 2024), tmp_path)
    monkeypatch.setenv("UNGA_SIM_RECORD", str(record))
    case = resolve("anniversary-2025")
    assert case.fitted.as_of == dt.date(2025, 1, 1)
    assert record not in case.inputs


def test_a_vote_after_the_last_list_of_states_in_arrears_is_asked_about(tmp_path: Path) -> None:
    place = written(tmp_path, "", 'symbol = "68/262"')
    assert doubts(resolve(place)) == ()
    later = place.read_text("utf-8").replace("date = 2025-02-24", "date = 2025-12-01")
    place.write_text(later, encoding="utf-8")
    (asked,) = doubts(resolve(place))
    assert "end on 2025-09-09, before the vote" in asked
    assert 'above the tables of the scenario: suspended = ["VEN", ...], or suspended = []' in asked
    # either answer is one, and known votes take none back
    assert doubts(resolve(place, known={"BRA": "yes"})) == (asked,)
    for answer in ('["VEN"]', "[]"):
        place.write_text(f"suspended = {answer}\n{later}", encoding="utf-8")
        assert doubts(resolve(place)) == doubts(resolve(place, known={"BRA": "yes"})) == ()


def test_a_missing_record_that_is_named_is_one_line(tmp_path: Path) -> None:
    place = written(tmp_path, 'record = "none.parquet"', 'symbol = "68/262"')
    with pytest.raises(ScenarioError) as caught:
        resolve(place)
    assert str(caught.value).count("none.parquet") == 1
    assert read_scenario(place).record == "none.parquet"
