"""What a demand goes with in votes: on made-up texts whose true difference is known."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from made_records import record_of
from typer.testing import CliRunner, Result

from sim import files
from sim.assembly.choices import Choice
from sim.cli import app
from sim.record import Record
from sim.scenario.case import Case, resolve
from sim.studies.lever import Lever, wording_lever
from sim.studies.lever.effect import effect_of
from sim.studies.lever.texts import shipped_texts, texts_on_subject

STATES, RECORDS = 193, 60
TRUE = (-12.0, 25.0, 0.0)
"""What each demand brings in yes votes."""


def texts(
    chance: np.random.Generator, *, kinds: int, repeats: int = 2
) -> tuple[np.ndarray, np.ndarray, list[str], list[int]]:
    """Counts, demands, series and years of made-up texts."""
    asks = np.repeat((chance.random((kinds, len(TRUE))) < 0.5).astype(float), repeats, axis=0)
    series = np.repeat([f"kind {at}" for at in range(kinds)], repeats).tolist()
    years = chance.integers(2012, 2026, len(asks))
    shared = np.repeat(chance.normal(0, 7, kinds), repeats) + chance.normal(0, 5, 20)[years - 2012]
    counts = 110 + asks @ np.array(TRUE) + shared + chance.normal(0, 3, len(asks))
    return counts, asks, series, years.tolist()


@pytest.mark.parametrize("demand", [0, 1])
def test_nine_of_ten_ranges_hold_the_true_difference_and_estimates_do_not_lean(demand: int) -> None:
    chance, inside, errors = np.random.default_rng(demand), 0, []
    for _ in range(RECORDS):
        counts, asks, series, years = texts(chance, kinds=12)
        if len({*asks[:, demand]}) == 1:
            continue
        found = effect_of(counts, asks, demand=demand, series=series, years=years)
        inside += found.low <= TRUE[demand] <= found.high
        errors.append(found.mean - TRUE[demand])
    # 90 % of 60 is 54, with a standard deviation of 2.3
    assert 47 <= inside <= RECORDS
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(len(errors))


def test_a_text_that_returns_is_no_new_evidence_but_another_text_is() -> None:
    # eight texts of their own, then each six times in six years; and forty-eight texts
    chance = np.random.default_rng(5)
    kinds, base = np.arange(8), chance.normal(100, 10, 8)

    def width(which: np.ndarray, counts: np.ndarray) -> float:
        found = effect_of(
            counts,
            (which % 2.0)[:, None],
            demand=0,
            series=[str(at) for at in which],
            years=[2000 + at // 8 for at in range(len(which))],
        )
        return found.high - found.low

    once = width(kinds, base)
    again, new = np.tile(kinds, 6), np.arange(48)
    assert width(again, base[again] + chance.normal(0, 1, 48)) > 0.6 * once
    assert width(new, chance.normal(100, 10, 48)) < 0.6 * once


def test_a_demand_that_comes_with_another_has_a_wider_range() -> None:
    chance = np.random.default_rng(6)
    first = np.tile([0.0, 1.0], 10)
    alone = (chance.random(20) < 0.5).astype(float)
    alike = np.where(np.arange(20) < 18, first, 1 - first)
    names, years = [str(at) for at in range(20)], list(range(2000, 2020))
    counts = chance.normal(100, 5, 20)
    widths = []
    for other in (alone, alike):
        asks = np.stack([first, other], axis=1)
        found = effect_of(counts, asks, demand=0, series=names, years=years)
        widths.append(found.high - found.low)
    assert widths[1] > 1.3 * widths[0]


# Whole scenarios, of a made-up record


def made(asks: Sequence[str], yes: Sequence[int]) -> tuple[Record, str]:
    """A record of texts with so many yes votes, all others abstaining, and the table of demands."""
    votes = np.full((len(yes), STATES), Choice.ABSTAIN, np.int8)
    for row, count in zip(votes, yes, strict=True):
        row[:count] = Choice.YES
    rows = [
        {"symbol": f"A/RES/70/{at}", "date": f"{1990 + at}-12-01", "title": f"Matter number {at}"}
        for at in range(len(yes))
    ]
    lines = [f"A/RES/70/{at},{words}" for at, words in enumerate(asks)]
    return record_of(rows, votes), "\n".join(["symbol,asks", *lines, ""])


def lever_of(folder: Path, asks: Sequence[str], yes: Sequence[int], wanted: Sequence[str]) -> Lever:
    record, table = made(asks, yes)
    files.write_text(folder / "texts.csv", table)
    return lever_with(record, folder / "texts.csv", wanted, cited=["A/RES/70/0"])


def lever_with(
    record: Record, place: Path, wanted: Sequence[str], *, cited: Sequence[str]
) -> Lever:
    tables = {
        "title": "A draft",
        "question": "How?",
        "source": "made up",
        "as_of": datetime.date(2019, 12, 31),
        "seed": 1,
        "model": "bloc-shares",
        "precedents": [{"symbol": symbol, "likeness": 1.0} for symbol in cited],
        "resolution": {
            "symbol": "A/74/L.1",
            "title": "A draft",
            "date": datetime.date(2020, 1, 2),
            "majority": "simple",
            "asks": list(wanted),
        },
        "us": {"reference": "abstain"},
        "arms": {"as-is": {"us": "abstain"}},
    }
    return wording_lever(resolve(tables, record=record), texts=place)


def test_a_demand_that_costs_twelve_votes_is_worth_twelve_if_left_out(tmp_path: Path) -> None:
    asks = ["withdraw", "pay|withdraw", "pay", ""] * 4
    chance = np.random.default_rng(2)
    yes = [
        round(130 - 12 * ("withdraw" in one) - 30 * ("pay" in one) + chance.normal(0, 1))
        for one in asks
    ]
    withdraw, pay = lever_of(tmp_path, asks, yes, ["withdraw"]).demands
    assert (withdraw.asked, pay.asked) == (True, False)
    assert withdraw.changes[Choice.YES].low < 12 < withdraw.changes[Choice.YES].high
    assert withdraw.changes[Choice.YES].mean == pytest.approx(12, abs=1.5)
    assert withdraw.changes[Choice.ABSTAIN].mean == pytest.approx(-12, abs=1.5)
    assert pay.changes[Choice.YES].mean == pytest.approx(-30, abs=1.5)
    assert withdraw.clear
    assert pay.clear
    assert withdraw.sentence.startswith(
        "Without the demand withdraw: about 12 more yes (90 % range"
    )
    assert withdraw.sentence.endswith("8 texts of 8 kinds make it, 8 texts of 8 kinds do not.")


@pytest.mark.parametrize(
    ("asks", "reason"),
    [
        (["withdraw"] * 2 + [""] * 9, "only 2 kinds of like text make it, and 3 are needed"),
        (["withdraw"] * 9 + [""], "only 1 kind of like text does not make it, and 3 are needed"),
        (["withdraw"] * 9, "every like text makes it"),
        (["pay"] * 9 + [""], "no like text makes it"),
        (["withdraw|pay"] * 5 + [""] * 5, "it always comes with pay, and cannot be told from that"),
    ],
)
def test_where_texts_cannot_tell_there_is_no_number(
    tmp_path: Path, asks: list[str], reason: str
) -> None:
    found = lever_of(tmp_path, asks, [100 - 3 * at for at in range(len(asks))], ["withdraw"])
    assert (found.demands[0].reason, found.demands[0].changes) == (reason, {})
    assert found.table()["yes_mean"].isna()[0]


def test_texts_are_compared_with_those_of_their_own_subject(tmp_path: Path) -> None:
    # one subject is fifty votes more popular, and makes the demand more often: alone, the demand
    # brings ten
    subjects = ["a"] * 6 + ["b"] * 6
    asks = [[1.0], [1.0], [1.0], [1.0], [0.0], [0.0], [1.0], [1.0], [0.0], [0.0], [0.0], [0.0]]
    chance = np.random.default_rng(4)
    makes = np.array(asks)
    counts = 80 + 10 * makes[:, 0] + 50 * (np.array(subjects) == "a") + chance.normal(0, 1, 12)
    how = {"series": [str(at) for at in range(12)], "years": list(range(2000, 2012))}
    apart = effect_of(counts, makes, demand=0, subjects=subjects, **how)
    together = effect_of(counts, makes, demand=0, **how)
    assert apart.mean == pytest.approx(10, abs=2)
    assert together.mean > 20
    # and one subject alone that makes it tells nothing
    record, table = made(["withdraw"] * 4 + [""] * 4, [100] * 8)
    rows = [line + (",a," if "withdraw" in line else ",b,") for line in table.split()[1:]]
    files.write_text(tmp_path / "t.csv", "\n".join(["symbol,asks,subject,series", *rows, ""]))
    found = lever_with(record, tmp_path / "t.csv", ["withdraw"], cited=["A/RES/70/0", "A/RES/70/7"])
    assert found.demands[0].reason == "texts with it and texts without it are on different subjects"


def test_of_many_demands_without_effect_few_ranges_leave_out_zero() -> None:
    chance, clear, count = np.random.default_rng(9), 0, 0
    for _ in range(RECORDS):
        counts, asks, series, years = texts(chance, kinds=10)
        if len({*asks[:, 2]}) == 2:
            found = effect_of(counts, asks, demand=2, series=series, years=years)
            clear, count = clear + (not found.low <= 0 <= found.high), count + 1
    # one in ten, and three standard deviations
    assert clear <= 0.1 * count + 3 * np.sqrt(0.09 * count)


# What is shipped


@pytest.fixture(scope="module")
def anniversary() -> Case:
    return resolve("anniversary-2025")


def test_every_shipped_text_has_a_subject_and_a_series() -> None:
    totals = files.read_rows(files.seed("roll_call_totals.csv"), ("symbol",))
    assert {one.symbol for one in shipped_texts()} == {row["symbol"] for row in totals}
    assert all(one.subject and one.series for one in shipped_texts())


def test_no_text_voted_on_after_the_day_of_the_forecast_is_looked_at(anniversary: Case) -> None:
    found = {one.symbol for one in texts_on_subject(anniversary)}
    assert "79/184" in found
    assert not found & {"ES-11/7", "ES-11/8"}
    assert "ES-11/1" not in {one.symbol for one in texts_on_subject(resolve("crimea-rights-2018"))}


def test_an_own_row_takes_the_place_of_the_shipped_one(anniversary: Case, tmp_path: Path) -> None:
    files.write_text(
        tmp_path / "t.csv", "symbol,asks\nA/RES/ES-11/5,apologise\n67/19,recognition\n"
    )
    found = {one.symbol: one.asks for one in texts_on_subject(anniversary, tmp_path / "t.csv")}
    assert found["A/RES/ES-11/5"] == {"apologise"}
    assert "ES-11/5" not in found
    assert found["67/19"] == {"recognition"}


def unga_sim(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, [str(each) for each in arguments])


def test_the_command_answers_with_a_sentence_a_table_and_what_it_rests_on(tmp_path: Path) -> None:
    ended = unga_sim("lever", "anniversary-2025", "--out", tmp_path)
    assert ended.exit_code == 0, ended.stderr
    folder = tmp_path / "anniversary-2025-lever"
    told = json.loads(files.read_text(folder / "lever.json"))
    assert " ".join(ended.stdout.split()).startswith(told["sentence"])
    assert "without withdraw" in ended.stdout
    assert "pay: no number" in ended.stdout
    assert (folder / "lever.svg").is_file()
    inputs = json.loads(files.read_text(folder / "manifest.json"))["inputs"]
    assert any("text_series.csv" in name for name in inputs)
    again = unga_sim("plot", folder, "--size", "wide", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    assert (tmp_path / "again" / "lever-wide.png").is_file()
    printed = json.loads(unga_sim("lever", "anniversary-2025", "--json").stdout)
    assert printed == told
    (withdraw,) = [one for one in printed["demands"] if one["demand"] == "withdraw"]
    assert {text["symbol"] for text in withdraw["texts"]["with"]} >= {"ES-11/1", "ES-11/6"}


@pytest.mark.parametrize(
    ("stem", "table", "told"),
    [
        ("gaza-amendment-2023", None, "give texts with their demands"),
        ("anniversary-2025", "symbol\n79/1\n", "no column asks"),
        ("anniversary-2025", "symbol,asks\nES-99/1,pay\n", "ES-99/1"),
        ("anniversary-2025", "symbol,asks\n,pay\n", "line 2: names no symbol"),
    ],
)
def test_what_cannot_be_answered_ends_with_2_and_writes_nothing(
    tmp_path: Path, stem: str, table: str | None, told: str
) -> None:
    place = tmp_path / "texts.csv"
    files.write_text(place, table or "")
    given = () if table is None else ("--texts", place)
    ended = unga_sim("lever", stem, *given, "--out", tmp_path / "out")
    assert (ended.exit_code, (tmp_path / "out").exists()) == (2, False)
    assert told in ended.stderr
