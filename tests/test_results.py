from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import assembly_of, moved_by
from typer.testing import CliRunner

from sim import files
from sim.assembly.choices import COLUMNS, Choice
from sim.assembly.rules import Rule
from sim.cli import app
from sim.runs import (
    TABLES,
    Result,
    differences_between,
    manifest,
    read_result,
    result_of,
    write_result,
)
from sim.runs.simulate import count_block, exact_arm
from sim.vote.chance import Chance
from sim.vote.influence import UNCERTAINTIES
from sim.vote.outcomes.tables import Outcomes, Threshold

RULE = Rule("simple", "in a small body", 1, -1, 1)
LABELS = {"as-it-is": "As it is", "moved": 'Moved, "so to say"'}
NAMES = ("Türkiye", "Côte d'Ivoire", "Korea, Republic of", "Nauru", "Namibia")
STATES = 5


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    """Outcomes of two arms in an assembly of five."""
    still = assembly_of(STATES, assembly=0.5)
    arms = {"as-it-is": still, "moved": moved_by(still, -1.0)}
    factors = still.dependence.factor_count + UNCERTAINTIES
    chance = Chance(seed=4, draws=300, states=STATES, factors=factors)
    counts, pairs = count_block(arms, RULE, chance.block(0)).counted
    return Outcomes(
        stem="five",
        title="Five states",
        as_of=dt.date(2025, 2, 23),
        draws=300,
        seed=4,
        codes=("TUR", "CIV", "KOR", "NRU", "NAM"),
        names=NAMES,
        counts=counts,
        exact={arm: exact_arm(ballot, RULE) for arm, ballot in arms.items()},
        pairs=pairs,
        thresholds=(Threshold(Choice.YES, 2), Threshold(Choice.NON_VOTING, 1)),
    )


@pytest.fixture(scope="module")
def result(outcomes: Outcomes) -> Result:
    return result_of(outcomes, LABELS)


@pytest.fixture
def folder(result: Result, tmp_path: Path) -> Path:
    """The result on disk."""
    write_result(result, tmp_path, inputs=())
    return tmp_path


def numbers(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every number inside tables and lists."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(inner, (*place, key))
    elif isinstance(value, (int, float)):
        yield place


def changed_at(summary: dict[str, Any], place: tuple[Any, ...], by: float) -> dict[str, Any]:
    """A copy of the summary with one number changed."""
    copied = copy.deepcopy(summary)
    inner: Any = copied
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] += by
    return copied


def with_table(result: Result, name: str, table: pd.DataFrame) -> Result:
    """The result with another table in place of one of its own."""
    instead: Any = {name: table}
    return replace(result, **instead)


# What is written


def test_the_summary_has_the_fields_that_scripts_rely_on(result: Result) -> None:
    summary = result.summary
    for name in ("scenario", "title", "as_of", "draws", "seed", "arms", "contrasts"):
        assert name in summary
    assert (summary["scenario"], summary["as_of"]) == ("five", "2025-02-23")
    for arm in summary["arms"].values():
        assert {"simulated", "standard_error", "exact"} <= set(arm["adopted"])
        assert set(arm["tally"]) == set(COLUMNS)
        for count in arm["tally"].values():
            assert {"mean", "sd", "q05", "q25", "q50", "q75", "q95"} <= set(count)
    [contrast] = summary["contrasts"]
    assert (contrast["arm"], contrast["against"]) == ("moved", "as-it-is")
    assert {"simulated", "exact"} <= set(contrast["adopted"])
    assert set(contrast["tally"]) == set(COLUMNS)
    assert {"mean", "q05", "q95"} <= set(contrast["tally"]["yes"])


def test_the_tables_have_the_columns_that_scripts_rely_on(folder: Path) -> None:
    distribution = pd.read_csv(folder / "distribution.csv")
    assert {"arm", "choice", "votes", "probability"} <= set(distribution)
    assert len(distribution) == 2 * len(COLUMNS) * (STATES + 1)
    states = pd.read_csv(folder / "states.csv")
    wanted = {"arm", "iso3", "name", "p_yes", "p_abstain", "p_no", "p_non_voting"}
    assert wanted <= set(states)
    assert len(states) == 2 * STATES


def test_contrasts_are_the_differences_of_the_arms(result: Result) -> None:
    before, after = result.summary["arms"]["as-it-is"], result.summary["arms"]["moved"]
    [contrast] = result.summary["contrasts"]
    for kind in ("simulated", "exact"):
        assert contrast["adopted"][kind] == pytest.approx(
            after["adopted"][kind] - before["adopted"][kind]
        )


# Written and read again


def test_a_result_that_was_written_reads_as_it_was(result: Result, folder: Path) -> None:
    assert differences_between(result, read_result(folder), tolerance=1e-9) == []
    assert tuple(read_result(folder).states["name"][:STATES]) == NAMES
    assert read_result(folder).summary["arms"]["moved"]["label"] == LABELS["moved"]


def test_reading_and_writing_again_changes_not_a_byte(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    write_result(read_result(folder), again, inputs=())
    written = sorted(path.name for path in folder.iterdir() if path.is_file())
    assert written == sorted(path.name for path in again.iterdir())
    for name in written:
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_a_run_of_one_arm_has_nothing_to_compare_and_reads_as_it_was(
    outcomes: Outcomes, tmp_path: Path
) -> None:
    alone = replace(
        outcomes,
        counts={"moved": outcomes.counts["moved"]},
        exact={"moved": outcomes.exact["moved"]},
        pairs={},
        thresholds=(),
    )
    single = result_of(alone, LABELS)
    write_result(single, tmp_path, inputs=())
    assert single.summary["contrasts"] == []
    assert differences_between(single, read_result(tmp_path)) == []


def test_the_manifest_names_seed_versions_and_the_hash_of_every_input(tmp_path: Path) -> None:
    for name in ("b.csv", "a.toml"):
        (tmp_path / name).write_text(name)
    found = manifest(7, [tmp_path / "b.csv", tmp_path / "a.toml"])
    assert found["seed"] == 7
    assert {"unga-sim", "python", "numpy", "scipy"} <= set(found["versions"])
    assert list(found["inputs"]) == ["a.toml", "b.csv"]
    assert found["inputs"]["a.toml"] == hashlib.sha256(b"a.toml").hexdigest()


@pytest.mark.parametrize("place", sorted(files.shipped("results").glob("*/manifest.json")))
def test_every_committed_table_is_as_it_was_written(place: Path) -> None:
    told = json.loads(place.read_text(encoding="utf-8"))["files"]
    tables = [*place.parent.glob("*.csv"), *place.parent.glob("*.json")]
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tables}
    assert told == {name: told for name, told in hashes.items() if name != place.name}


# What is no result


@pytest.mark.parametrize("name", ["summary.json", *(f"{table}.csv" for table in TABLES)])
def test_a_result_with_a_file_missing_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(files.FileError, match=name):
        read_result(folder)


@pytest.mark.parametrize("text", ["", "{", "[1, 2", "\x00", "{}", "[]", "null", '{"arms": []}'])
def test_a_summary_that_is_no_json_is_refused(folder: Path, text: str) -> None:
    (folder / "summary.json").write_text(text)
    with pytest.raises(files.FileError, match="not a result folder"):
        read_result(folder)
    ended = CliRunner().invoke(app, ["page", str(folder), "--out", str(folder / "page.html")])
    assert (ended.exit_code, (folder / "page.html").exists()) == (2, False)
    assert "not a result folder" in ended.stderr


@pytest.mark.parametrize("text", ["", '"', "a,b\n1,2,3\n4\n1,2,3,4\n"])
def test_a_table_that_is_no_table_is_refused(folder: Path, text: str) -> None:
    (folder / "states.csv").write_text(text)
    with pytest.raises(files.FileError, match="not a result folder"):
        read_result(folder)


@pytest.mark.parametrize("lines", [1, 2, -1])
def test_a_table_of_states_that_is_cut_is_refused(folder: Path, lines: int) -> None:
    table = (folder / "states.csv").read_text().splitlines(keepends=True)
    (folder / "states.csv").write_text("".join(table[:lines]))
    with pytest.raises(files.FileError, match="has not every state of every arm"):
        read_result(folder)


# Comparing


def test_a_result_does_not_differ_from_itself(result: Result) -> None:
    assert differences_between(result, result, tolerance=0.0) == []


def test_a_change_of_any_number_in_the_summary_is_found(result: Result) -> None:
    places = list(numbers(result.summary))
    assert len(places) > 50
    for place in places:
        other = replace(result, summary=changed_at(result.summary, place, 1e-3))
        [line] = differences_between(result, other)
        assert "summary.json" in line
        assert str(place[-1]) in line


def test_a_change_within_the_tolerance_is_let_pass(result: Result) -> None:
    place = ("arms", "moved", "adopted", "exact")
    other = replace(result, summary=changed_at(result.summary, place, 1e-8))
    assert differences_between(result, other) == []
    assert differences_between(result, other, tolerance=1e-9) != []


def test_a_standard_deviation_may_differ_a_little_more_for_rounding_weighs_on_it(
    result: Result,
) -> None:
    for name, lets_pass in (("sd", True), ("mean", False)):
        place = ("arms", "moved", "tally", "yes", name)
        other = replace(result, summary=changed_at(result.summary, place, 1e-4))
        assert (differences_between(result, other) == []) == lets_pass


@pytest.mark.parametrize(
    ("key", "value"),
    [("title", "Another"), ("draws", 301), ("as_of", "2025-02-22"), ("contrasts", [])],
)
def test_a_change_of_any_field_is_found(result: Result, key: str, value: object) -> None:
    other = replace(result, summary={**result.summary, key: value})
    lines = differences_between(result, other)
    assert lines
    assert key in lines[0]


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_change_of_any_cell_of_any_table_is_found(result: Result, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(TABLES))
    table: pd.DataFrame = getattr(result, name).copy()
    row = data.draw(st.integers(0, len(table) - 1))
    column = data.draw(st.sampled_from(list(table.columns)))
    cells = table[column].tolist()
    if isinstance(cells[row], str):
        cells[row] += "!"
    else:
        cells[row] = 0.5 if pd.isna(cells[row]) else cells[row] + 1e-3
    [line] = differences_between(result, with_table(result, name, table.assign(**{column: cells})))
    assert f"{name}.csv" in line


@pytest.mark.parametrize("name", TABLES)
def test_a_row_or_column_more_or_less_is_found(result: Result, name: str) -> None:
    table: pd.DataFrame = getattr(result, name)
    for other in (table.iloc[:-1], table.iloc[:, :-1], table.assign(more=1)):
        assert differences_between(result, with_table(result, name, other))


def test_every_difference_is_named_at_once(result: Result) -> None:
    other = replace(
        result,
        summary={**result.summary, "title": "Another", "seed": 5},
        states=result.states.iloc[1:],
    )
    lines = differences_between(result, other)
    assert len(lines) == 3
    assert any("title" in line for line in lines)
    assert any("seed" in line for line in lines)
    assert any("states.csv" in line for line in lines)


def test_the_summary_is_plain_json(folder: Path) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is no JSON")

    text = (folder / "summary.json").read_text(encoding="utf-8")
    json.loads(text, parse_constant=refuse)
    assert "Infinity" not in text
