"""A command that is killed, or told that the disk is full, loses nothing, whenever it is.

What costs time is computed once, before: a child that meets a fault only writes.
"""

from __future__ import annotations

import functools
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from faults import Fault, at_each_operation, full, killed, left_at_each_operation
from made_records import habits
from matplotlib.figure import Figure
from test_importing import UNDL, csv_text, undl_rows
from typer.testing import CliRunner

from sim import files
from sim.cli import app
from sim.files.system import HIDDEN
from sim.models.fitted import write_parameters
from sim.record import importing
from sim.report.page import computed, page_of
from sim.runs.ledger import first_touched, read_ledger
from sim.runs.run import Run
from sim.scenario.case import Case, resolve
from sim.skill.backtest import run_backtest, write_backtest
from sim.skill.backtest.like import like_texts
from sim.skill.backtest.result import _plain
from sim.studies.sweep.workers import Solved, Task, solve_task

NAME = "cuba-embargo-2016"
BACKTEST = "sim.skill.backtest.result"
MODULE = import_module("sim.studies.sweep.sweep")  # the package has a function of that name


@dataclass(frozen=True)
class Writer:
    """What writes a file or a folder, and the name of it."""

    write: Callable[[], object]
    target: Path

    @property
    def folder(self) -> Path:
        return self.target.parent

    def contents(self) -> dict[str, bytes]:
        """Every file by name; nothing where there is none."""
        if self.target.is_file():
            return {"": self.target.read_bytes()}
        return {
            path.relative_to(self.target).as_posix(): path.read_bytes()
            for path in self.target.rglob("*")
            if path.is_file() and not any(part.startswith(".") for part in path.parts)
        }

    def others(self) -> list[Path]:
        """What is there besides it and its lock."""
        names = (self.target.name, f".{self.target.name}.lock")
        return [path for path in self.folder.iterdir() if path.name not in names]

    def whole(self, before: dict[str, bytes]) -> bool:
        """Whether it is as the command writes it: the same again, or a ledger with more entries."""
        found = self.contents()
        if self.target.suffix == ".jsonl":
            return found[""].startswith(before[""]) and not first_touched(read_ledger(self.target))
        return found == before


def faults_of(
    work: Callable[[], object], folder: Path, fault: Fault, *, least: int, rounds: int = 1
) -> Iterator[int]:
    """Yield after each fault, of a program that was killed or of one that had to see to it."""
    if fault is killed:
        return left_at_each_operation(work, folder, least=least, rounds=rounds)
    return at_each_operation(work, folder, fault, least=least)


def unga_sim(*arguments: object) -> None:
    ended = CliRunner().invoke(app, [str(each) for each in arguments])
    if ended.exit_code:
        raise OSError(ended.output)


@pytest.fixture(scope="module")
def run() -> Run:
    return computed(resolve(NAME))


@pytest.fixture(autouse=True)
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of inputs, versions and texts of tables are the same in every child: made once."""
    monkeypatch.setattr("sim.runs.folder.metadata.version", functools.cache(metadata.version))
    sha256, csv = files.sha256, files.csv_text
    made: dict[tuple[Path, int], str] = {}

    def hashed(path: Path) -> str:
        key = (path, path.stat().st_mtime_ns)
        if key not in made:
            made[key] = sha256(path)
        return made[key]

    texts: dict[int, tuple[object, str]] = {}

    def text_of(frame: pd.DataFrame, *, digits: int) -> str:
        if id(frame) not in texts:  # the table is held, so that no other gets its number
            texts[id(frame)] = frame, csv(frame, digits=digits)
        return texts[id(frame)][1]

    monkeypatch.setattr(files, "sha256", hashed)
    monkeypatch.setattr(files, "csv_text", text_of)


@pytest.fixture(params=["run", "page", "import", "fit", "backtest", "ledger"])
def writer(
    request: pytest.FixtureRequest, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Writer:
    """Each command that writes, with what it computes at hand."""
    folder = tmp_path / "out"
    folder.mkdir()
    if request.param == "run":
        monkeypatch.setattr("sim.runs.run.simulate", lambda *_, **__: run.outcomes)
        monkeypatch.setattr("sim.report.figures.draw_result", lambda *_: [])
        monkeypatch.setattr(Run, "result", run.result)
        arguments = ("run", NAME, "--engine", "exact", "--out", folder, "-q")
        return Writer(lambda: unga_sim(*arguments), folder / NAME)
    if request.param == "page":
        text = page_of(run)
        monkeypatch.setattr("sim.report.page.computed", lambda _: run)
        monkeypatch.setattr("sim.report.page.page_of", lambda _: text)
        place = folder / "page.html"
        return Writer(lambda: unga_sim("page", NAME, "--out", place), place)
    if request.param == "import":
        source, place = tmp_path / "votes.csv", folder / "votes.parquet"
        source.write_text(csv_text(UNDL, undl_rows()), encoding="utf-8")
        report = importing.import_files([source])
        monkeypatch.setattr(importing, "import_files", lambda *_, **__: report)
        return Writer(lambda: unga_sim("record", "import", source, "--out", place), place)
    if request.param == "fit":
        place, fitted = folder / "fitted.toml", resolve(NAME).fitted
        return Writer(lambda: write_parameters(fitted, place), place)
    if request.param == "backtest":
        found = run_backtest(
            habits(1994, 2013),
            "2013-01-01",
            "2013-12-31",
        )
        scores = _plain(found.scores)
        like = like_texts(found.held, found.judged, us=found.us)
        monkeypatch.setattr(f"{BACKTEST}.like_texts", lambda *_, **__: like)
        monkeypatch.setattr(f"{BACKTEST}._plain", lambda _: scores)
        place = folder / "test"

        def write() -> None:
            with files.whole_folder(place) as part:
                write_backtest(found, part)

        return Writer(write, place)
    monkeypatch.setattr("sim.runs.run.run_scenario", lambda *_, **__: run)
    place = folder / "ledger.jsonl"
    return Writer(lambda: unga_sim("ledger", "add", NAME, "--afterwards", "--ledger", place), place)


@pytest.mark.parametrize("fault", [killed, full])
def test_after_a_fault_at_any_operation_of_a_command_nothing_is_lost(
    writer: Writer, fault: Fault
) -> None:
    writer.write()
    before = writer.contents()
    assert before
    for met in faults_of(writer.write, writer.folder, fault, least=3, rounds=4):
        assert writer.whole(before), met
        if fault is full:
            writer.write()
            # a whole result that could not take its place is kept, and the message names it
            for kept in writer.others():
                assert {each.name for each in kept.iterdir()} == {*before}, met
    writer.write()
    assert writer.whole(before)
    assert not writer.others()


class Sweep:
    """A sweep as it is typed, of points that are computed once for all children."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.solved: dict[str, dict[str, Any]] = {}

    def points(self, case: Case, tasks: Iterable[Task], **_: object) -> Iterator[Solved]:
        """In place of the workers of this machine."""
        for task in tasks:
            if task[0] not in self.solved:
                (_, self.solved[task[0]]), _ = solve_task(case.scenario, task)
            yield task[0], self.solved[task[0]]

    def typed(self, *design: str) -> int:
        """How many points it had to compute."""
        asked = ("sweep", NAME, "--over", *design, "--check", "1", "--out", str(self.folder))
        ended = CliRunner().invoke(app, asked)
        if ended.exit_code:
            raise OSError(ended.output)
        [computed] = re.findall(r"(\d+) computed", ended.output)
        return int(computed)

    def contents(self, *, hidden: bool = False) -> dict[str, bytes]:
        """Every file by name."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and (hidden or not any(map(HIDDEN.fullmatch, path.parts)))
        }

    def tables(self) -> dict[str, bytes]:
        """Every file but the points."""
        found = self.contents()
        return {name: content for name, content in found.items() if "/" not in name}


GRID = ("us.effect_scale=1",)
SALTELLI = ("us.effect_scale=0:1", "--design", "saltelli", "--points", "6")


@pytest.fixture
def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sweep:
    found = Sweep(tmp_path / "out" / "swept")
    monkeypatch.setattr(MODULE, "on_this_machine", found.points)
    for page in ("sensitivity_page", "sweep_page"):
        monkeypatch.setattr(f"sim.report.figures.sweep.{page}", lambda *_, **__: Figure((0.1, 0.1)))
    return found


@pytest.mark.parametrize("fault", [killed, full])
def test_a_sweep_goes_on_after_a_fault_at_any_operation(sweep: Sweep, fault: Fault) -> None:
    def typed() -> int:
        return sweep.typed(*GRID)

    every = typed()
    whole = sweep.contents(hidden=True)
    shutil.rmtree(sweep.folder)
    for met in faults_of(typed, sweep.folder.parent, fault, least=3 * every):
        left = sweep.contents()
        assert left.items() <= whole.items(), met
        if fault is full:
            files.recover(sweep.folder)
            assert sweep.contents(hidden=True) == sweep.contents(), met
        assert typed() == every - sum(name.startswith("points/") for name in left), met
        assert sweep.contents(hidden=True) == whole, met


@pytest.mark.parametrize(("design", "fault"), [(GRID, killed), (SALTELLI, full)])
def test_a_sweep_asked_for_again_loses_no_table_to_a_fault(
    sweep: Sweep, design: tuple[str, ...], fault: Fault
) -> None:
    if design == SALTELLI:
        pytest.importorskip("SALib")

    def typed() -> int:
        return sweep.typed(*design)

    typed()
    whole = sweep.contents(hidden=True)
    assert len(sweep.tables()) >= 4
    for met in faults_of(typed, sweep.folder.parent, fault, least=15, rounds=4):
        assert sweep.contents().items() <= whole.items(), met
        files.recover(sweep.folder)  # as each command that reads it begins
        assert sweep.contents() == whole, met
    typed()
    assert sweep.contents(hidden=True) == whole


@pytest.mark.parametrize("fault", [killed, full])
def test_a_sweep_into_the_folder_of_another_takes_its_place_at_once(
    sweep: Sweep, fault: Fault
) -> None:
    pytest.importorskip("SALib")
    sweep.typed(*GRID)
    (sweep.folder / "notes.md").write_text("the user's own", encoding="utf-8")
    wanted = sweep.tables()
    sweep.typed(*SALTELLI)
    first = sweep.tables()
    assert {"notes.md", "sweep.png"} <= {*wanted}
    assert "sensitivity.png" in first

    def typed() -> int:
        return sweep.typed(*GRID)

    for met in faults_of(typed, sweep.folder.parent, fault, least=10):
        found = sweep.tables()
        assert found.items() <= first.items() or found.items() <= wanted.items(), met
        files.recover(sweep.folder)  # as each command that reads it begins
        assert sweep.tables() in (first, wanted), met
        typed()
        assert sweep.tables() == wanted, met
        assert sweep.contents(hidden=True) == sweep.contents(), met
