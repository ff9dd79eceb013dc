"""A command that is killed, or told that the disk is full, loses nothing, whenever it is.

What costs time is computed once, before: a child that meets a fault only writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults import at_each_operation, full, killed
from made_records import habits
from test_importing import UNDL, csv_text, undl_rows
from typer.testing import CliRunner

from sim import files
from sim.cli import app
from sim.models.fitted import write_parameters
from sim.report.page import computed, page_of
from sim.runs.ledger import first_touched, read_ledger
from sim.runs.run import Run
from sim.scenario.case import resolve
from sim.skill.backtest import run_backtest, write_backtest

NAME = "cuba-embargo-2016"


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

    def whole(self, before: dict[str, bytes]) -> bool:
        """Whether it is as the command writes it: the same again, or a ledger with more entries."""
        found = self.contents()
        if self.target.suffix == ".jsonl":
            return found[""].startswith(before[""]) and not first_touched(read_ledger(self.target))
        return found == before


def unga_sim(*arguments: object) -> None:
    ended = CliRunner().invoke(app, [str(each) for each in arguments])
    if ended.exit_code:
        raise OSError(ended.output)


@pytest.fixture(scope="module")
def run() -> Run:
    return computed(resolve(NAME))


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
    writer: Writer, fault: Callable[[], None]
) -> None:
    writer.write()
    before, met = writer.contents(), 0
    assert before
    for met in at_each_operation(writer.write, writer.folder, fault):
        assert writer.whole(before), met
    assert met >= 3
    writer.write()
    assert writer.whole(before)
    # a whole result that could not take its place is kept, and the message names it
    kept = [path for path in writer.folder.iterdir() if path.name != writer.target.name]
    for path in kept:
        if path.name != f".{writer.target.name}.lock":
            assert fault is full, path
            assert {each.name for each in path.iterdir()} == {*before}
