"""A run by either engine, interrupted and gone on with, kept draw by draw, and made again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim.runs.tallies
from sim import files
from sim.assembly.choices import CHOICES, Choice
from sim.report import Report
from sim.report.folders import save_run_with_figures
from sim.runs import read_result
from sim.runs.making import summary_of
from sim.runs.partial import NAME, read_partial, write_partial
from sim.runs.reproduce import read_stored, reproduce
from sim.runs.run import (
    Run,
    continued,
    joints_of,
    partial_of,
    plan_of,
    run_scenario,
)
from sim.runs.sentence import if_sponsors_follow, sentence
from sim.runs.simulate import simulate
from sim.runs.tallies import kept_tallies
from sim.scenario.ballots import ballots
from sim.scenario.case import Case, resolve
from sim.scenario.schema import read_scenario
from sim.vote.chance import BLOCK
from sim.vote.counting import Drawn
from sim.vote.engine import Engine, Plan
from sim.vote.exact.joint import Joint
from sim.vote.exact.solve import marginals
from sim.vote.outcomes import ArmChances, ArmCounts, PairCounts
from sim.vote.outcomes.tables import Outcomes

STEM = "jerusalem-2017"
PLACE = files.shipped("scenarios") / f"{STEM}.toml"
DRAWS = 3 * BLOCK + 100
KNOWN = {"TGO": Choice.YES, "BRA": Choice.NO}


@pytest.fixture(autouse=True)
def _no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing: for tests of everything else."""
    monkeypatch.setattr("sim.report.figures.draw_result", lambda *_: [])


@pytest.fixture(scope="module")
def case() -> Case:
    """A scenario of two arms."""
    return resolve(PLACE)


@pytest.fixture(scope="module")
def known() -> Case:
    """The same with two votes taken as certain, so that draws have weights."""
    return resolve(PLACE, known=KNOWN)


@pytest.fixture(scope="module")
def both(case: Case) -> Outcomes:
    """Drawn and computed."""
    return simulate(case, draws=DRAWS)


def after(blocks: int) -> Callable[[], bool]:
    """An interrupt that comes in a certain block."""
    asked = itertools.count(1)
    return lambda: next(asked) >= blocks


def numbers_of(*each: Mapping[Any, ArmCounts | PairCounts | ArmChances]) -> list[bytes]:
    """Every number counted or computed, to the last bit, in order."""
    return [
        np.asarray(number).tobytes()
        for arms in each
        for counted in arms.values()
        for number in vars(counted).values()
    ]


def counted_in(found: Outcomes | Drawn) -> list[bytes]:
    """Every number counted over the draws."""
    return [np.asarray(found.draws).tobytes(), *numbers_of(found.counts, found.pairs)]


def interrupted(case: Case, folder: Path, *, blocks: int, keep: bool = False) -> Run:
    """A run that was interrupted, and its folder written."""
    plan = plan_of(case, draws=DRAWS, engine=Engine.SIMULATE, keep_draws=keep)
    with files.whole_folder(folder) as part:
        run = run_scenario(case, plan=plan, folder=part, stop=after(blocks))
        save_run_with_figures(run, part)
    return run


def saved(folder: Path, case: Case, plan: Plan) -> Run:
    """A run, and its folder written."""
    with files.whole_folder(folder) as part:
        run = run_scenario(case, plan=plan, folder=part)
        save_run_with_figures(run, part)
    return run


# Either engine, or both


def test_the_exact_engine_draws_nothing_and_computes_the_same(case: Case, both: Outcomes) -> None:
    exact = simulate(case, engine="exact")
    assert (exact.draws, dict(exact.counts), dict(exact.pairs)) == (0, {}, {})
    assert numbers_of(exact.exact) == numbers_of(both.exact)
    assert list(exact.adopted) == ["arm", "exact", "exact_error"]
    assert "simulated" not in {*exact.distribution(), *exact.margins(), *exact.reached()}
    for table in (exact.tally, exact.margin, exact.states(), exact.fence("us-lobbies")):
        assert not table.empty
    pd.testing.assert_frame_equal(exact.states(), both.states())


def test_each_threshold_is_kept_with_its_error_of_both_kinds(both: Outcomes) -> None:
    summary = summary_of(both, dict.fromkeys(both.arms, ""))
    table = both.reached()
    assert len(table) == len(both.thresholds) * len(both.arms) > 0
    for row in table.to_dict("records"):
        # a share of so many draws, pulled half a draw towards even so that none is certain
        share = (row["simulated"] * DRAWS + 1) / (DRAWS + 2)
        assert row["standard_error"] == pytest.approx(np.sqrt(share * (1 - share) / DRAWS))
        assert 0 <= row["exact_error"] < 0.02
        stored = summary["arms"][row["arm"]]["thresholds"]
        kept = {name: row[name] for name in row if name not in ("arm", "threshold")}
        assert kept in stored


def test_drawing_alone_computes_nothing_and_draws_the_same(case: Case, both: Outcomes) -> None:
    alone = simulate(case, draws=DRAWS, engine="simulate")
    assert dict(alone.exact) == {}
    assert counted_in(alone) == counted_in(both)
    assert list(alone.adopted) == ["arm", "simulated", "standard_error"]
    # with nothing computed, a chance is the share of the draws
    yes = alone.counts["us-lobbies"].tallies[Choice.YES]
    table = alone.distribution().query("arm == 'us-lobbies' and choice == 'yes'")
    np.testing.assert_array_equal(table["probability"], yes / DRAWS)


def test_there_is_no_other_engine(case: Case) -> None:
    with pytest.raises(ValueError, match="crystal-ball"):
        simulate(case, engine="crystal-ball")


def test_a_difference_without_draws_is_of_what_is_expected(both: Outcomes) -> None:
    exact = replace(both, counts={}, pairs={}, draws=0)
    table = exact.contrast("us-lobbies", "us-votes-no").set_index("choice")
    tally = exact.tally.set_index(["arm", "choice"])["mean"]
    for choice in CHOICES:
        change = tally["us-lobbies", choice.column] - tally["us-votes-no", choice.column]
        assert table.loc[choice.column, "mean"] == pytest.approx(change)
    assert list(table) == ["mean"]


@pytest.mark.parametrize("engine", list(Engine))
def test_a_report_says_what_was_drawn_and_what_was_computed(both: Outcomes, engine: Engine) -> None:
    counts, pairs = (both.counts, both.pairs) if engine.draws else ({}, {})
    found = replace(both, counts=counts, pairs=pairs, exact=both.exact if engine.computes else {})
    assert found.engine is engine
    report = Report(found, {arm: arm for arm in found.arms})
    adoption, differences = report.adoption(), report.differences()
    assert ("drawn" in adoption.columns) == engine.draws
    assert ("computed" in adoption.columns) == engine.computes
    assert ("Nothing was sampled" in adoption.note) == (engine is Engine.EXACT)
    assert (" to " in differences.rows[0][2]) == engine.draws
    for table in report.tables():
        assert {len(row) for row in table.rows} == {len(table.columns)}
    assert "fewer yes votes" in report.answer()


def test_the_margin_is_yes_less_no(both: Outcomes) -> None:
    means = both.tally.set_index(["arm", "choice"])["mean"]
    margin = both.margin.set_index("arm")["mean"]
    drawn = both.margins().assign(part=lambda table: table["margin"] * table["simulated"])
    for arm, counts in both.counts.items():
        # the engine works in single precision inside
        assert margin[arm] == pytest.approx(means[arm, "yes"] - means[arm, "no"], abs=1e-3)
        votes = np.arange(194)
        yes, no = (counts.tallies[choice] @ votes / DRAWS for choice in (Choice.YES, Choice.NO))
        assert drawn.groupby("arm")["part"].sum()[arm] == pytest.approx(yes - no)


# Interrupted


@pytest.mark.parametrize("blocks", [1, 2, 3])
@pytest.mark.parametrize("workers", [1, 3])
def test_a_run_that_goes_on_ends_as_if_it_had_never_stopped(
    known: Case, tmp_path: Path, blocks: int, workers: int
) -> None:
    whole = simulate(known, draws=DRAWS, engine="simulate")
    interrupted(known, tmp_path / STEM, blocks=blocks)
    case, plan, begun = continued(PLACE, tmp_path / STEM)
    assert begun.draws == blocks * BLOCK
    assert dict(case.known) == dict(known.known)
    rest = simulate(
        case, draws=plan.draws, seed=plan.seed, begun=begun, workers=workers, engine="simulate"
    )
    assert counted_in(rest) == counted_in(whole)
    assert rest.draws == DRAWS


def test_an_interrupted_run_holds_the_outcomes_of_what_was_drawn(
    case: Case, tmp_path: Path
) -> None:
    run = interrupted(case, tmp_path / STEM, blocks=2)
    few = simulate(case, draws=2 * BLOCK, engine="simulate")
    assert counted_in(run.outcomes) == counted_in(few)
    summary = read_result(tmp_path / STEM).summary
    assert (summary["draws"], summary["draws_asked"]) == (2 * BLOCK, DRAWS)


def test_nothing_tells_a_run_that_went_on_from_any_other(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim.runs.tallies, "DRAWS_IN_GROUP", 2 * BLOCK)  # to stop amid a row group
    plan = plan_of(case, draws=DRAWS, engine=Engine.SIMULATE, keep_draws=True)
    saved(tmp_path / "whole", case, plan)
    folder = tmp_path / STEM
    interrupted(case, folder, blocks=1, keep=True)
    for blocks in (2, 99):  # interrupted once more, and to the end
        again, plan, begun = continued(PLACE, folder)
        with files.whole_folder(folder) as part:
            run = run_scenario(
                again,
                plan=plan,
                begun=begun,
                folder=part,
                earlier=folder,
                stop=after(blocks),
            )
            save_run_with_figures(run, part)
    names = sorted(path.name for path in (tmp_path / "whole").iterdir())
    assert sorted(path.name for path in folder.iterdir()) == names
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_an_interrupt_in_the_last_block_is_none(case: Case, tmp_path: Path) -> None:
    run = interrupted(case, tmp_path / STEM, blocks=4)
    assert not run.interrupted
    assert not (tmp_path / STEM / NAME).exists()


def test_what_is_kept_of_an_interrupted_run_is_read_to_the_last_bit(
    known: Case, tmp_path: Path
) -> None:
    partial = partial_of(interrupted(known, tmp_path / STEM, blocks=1))
    found = read_partial(tmp_path / STEM)
    assert counted_in(found.drawn) == counted_in(partial.drawn)
    assert list(found.drawn.counts) == list(partial.drawn.counts)
    assert replace(found, drawn=partial.drawn) == partial


def test_a_run_does_not_go_on_with_other_inputs(case: Case, tmp_path: Path) -> None:
    partial = partial_of(interrupted(case, tmp_path / STEM, blocks=1))
    inputs = {**partial.made_of["inputs"], "blocs.csv": "0", f"{STEM}.toml": "0"}
    versions = {**partial.made_of["versions"], "numpy": "1.0"}
    other = replace(partial, made_of={"inputs": inputs, "versions": versions})
    write_partial(other, tmp_path / STEM)
    with pytest.raises(files.FileError) as refused:
        continued(PLACE, tmp_path / STEM)
    message = str(refused.value)
    assert "\n" not in message
    for words in (STEM, "blocs.csv", f"{STEM}.toml", "(was 1.0)", "without --continue"):
        assert words in message


@pytest.mark.parametrize("damage", [b"", b"PK", b"not an archive", None])
def test_counts_that_cannot_be_read_are_refused_by_name(
    case: Case, tmp_path: Path, damage: bytes | None
) -> None:
    interrupted(case, tmp_path / STEM, blocks=1)
    place = tmp_path / STEM / NAME
    if damage is None:
        files.write_arrays(place, {"about": np.array("{}")})
    else:
        place.write_bytes(damage)
    with pytest.raises(files.FileError, match=NAME):
        continued(PLACE, tmp_path / STEM)


def test_a_finished_run_cannot_be_gone_on_with(case: Case, tmp_path: Path) -> None:
    saved(tmp_path / STEM, case, plan_of(case, draws=9, engine=Engine.SIMULATE))
    with pytest.raises(files.FileError, match="holds no run that was interrupted"):
        continued(PLACE, tmp_path / STEM)


# Kept draw by draw


def test_tallies_are_written_some_blocks_at_a_time(
    known: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim.runs.tallies, "DRAWS_IN_GROUP", 2 * BLOCK)
    plan = plan_of(known, draws=DRAWS, engine=Engine.SIMULATE, keep_draws=True)
    run = saved(tmp_path / STEM, known, plan)
    stored = pq.ParquetFile(tmp_path / STEM / "tallies.parquet")
    sizes = [stored.metadata.row_group(number).num_rows for number in range(2)]
    assert (stored.num_row_groups, sizes) == (2, [2 * 2 * BLOCK, 2 * (BLOCK + 100)])
    table = stored.read().to_pandas()
    assert list(table) == ["arm", "draw", "yes", "no", "abstain", "non_voting", "log_weight"]
    for arm, counts in run.outcomes.counts.items():
        rows = table[table["arm"] == arm]
        assert rows["draw"].tolist() == list(range(DRAWS))
        assert (rows[[choice.column for choice in CHOICES]].sum(axis=1) == 193).all()
        for choice in CHOICES:
            weight = np.exp(rows["log_weight"] - counts.log_scale)
            counted = np.bincount(rows[choice.column], weights=weight, minlength=194)
            np.testing.assert_allclose(counted, counts.tallies[choice], atol=1e-12)


def test_kept_draws_that_are_not_those_counted_are_refused(tmp_path: Path) -> None:
    tally = {"one": np.array([[193, 0, 0, 0]])}
    with kept_tallies(tmp_path / "a.parquet", 1) as keep:
        keep(tally, {"one": None})
    again = kept_tallies(tmp_path / "b.parquet", 1, earlier=tmp_path / "a.parquet", before=2)
    with pytest.raises(files.FileError, match="does not hold the 2 draws"), again:
        pass


# Made again


def test_yes_and_no_together_are_of_every_arm(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    even = np.array([[0.5, 0.25], [0.25, 0.0]])
    monkeypatch.setattr("sim.runs.run.joint", lambda _: Joint(even, even))
    told: list[int] = []
    found = joints_of(case, progress=told.append)
    assert (list(found), told) == (["us-votes-no", "us-lobbies"], [1, 1])
    plan = plan_of(case, draws=5, engine=Engine.SIMULATE, joint=True)
    table = run_scenario(case, plan=plan).result.joint
    assert table is not None
    assert table.groupby("arm")["probability"].sum().tolist() == [1, 1]


@pytest.mark.parametrize("engine", list(Engine))
def test_the_result_of_any_engine_is_made_again(
    known: Case, tmp_path: Path, engine: Engine
) -> None:
    saved(tmp_path / STEM, known, plan_of(known, draws=50, engine=engine))
    stored = read_stored(tmp_path / STEM)
    assert (stored.plan.engine, dict(stored.known)) == (engine, KNOWN)
    made = reproduce(stored, PLACE)
    assert (made.differences, made.inputs) == ((), ())
    manifest = json.loads((tmp_path / STEM / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["engine"] == engine


def test_an_interrupted_run_is_first_to_be_finished(case: Case, tmp_path: Path) -> None:
    interrupted(case, tmp_path / STEM, blocks=1)
    with pytest.raises(files.FileError, match=r"4,096 of 12,388 draws; .* --continue"):
        read_stored(tmp_path / STEM)


def test_the_sentence_says_what_a_difference_is_if_sponsors_follow_as_a_scenario_sets_it() -> None:
    scenario = read_scenario("anniversary-2025")
    followed = if_sponsors_follow(resolve(scenario))
    free = scenario.us.model_copy(update={"sponsors_follow": 1.0})
    case = resolve(scenario.model_copy(update={"us": free}))
    for arm, ballot in ballots(case).items():
        assert followed[arm] == pytest.approx(marginals(ballot)[:, Choice.YES].sum(), abs=1e-9)
    assert if_sponsors_follow(case) == {}  # nobody is bound
    outcomes = simulate(resolve(scenario), engine="exact")
    us = {arm: table.us for arm, table in scenario.arms.items()}
    told = sentence(outcomes, resolve(scenario).labels, us=us, followed=followed)
    fewer = followed["with-us"] - followed["us-opposes"]
    assert f"or {fewer:.0f} fewer if sponsors follow it." in told
