"""Commands lose nothing: not their inputs, not an earlier result, not the work before an end."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sim import files
from sim.cli import app
from sim.runs import read_result
from sim.runs.partial import read_partial

ROOT = Path(__file__).resolve().parents[1]
STEM = "jerusalem-2017"
VOTES = "symbol,date,title,iso3,vote\n1/1,2020-01-01,On peace,FRA,Y\n"


def unga_sim(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, [str(each) for each in arguments])


def started(*arguments: object, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", "from sim.cli import main; main()", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "reads"),
    [
        (["record", "import", "votes.csv", "--out", "votes.csv"], "votes.csv"),
        (["record", "import", "votes.csv", "--out", "./folder/../votes.csv"], "votes.csv"),
        (["record", "import", "votes.csv", "--out", "link.csv"], "votes.csv"),
        (["record", "import", "votes.csv", "--out", "hard.csv"], "votes.csv"),
        (["record", "import", "link.csv", "--out", "votes.csv"], "link.csv"),
        (["fit", "votes.csv", "--as-of", "2021-01-01", "--out", "votes.csv"], "votes.csv"),
        (
            [
                "backtest",
                "folder/in.csv",
                "--from",
                "2020-01-01",
                "--to",
                "2020-12-31",
                "--out",
                "folder",
            ],
            "folder/in.csv",
        ),
        (["skill", "folder", "--out", "folder/skill.md"], None),
        (["run", "mine/mine.toml", "--out", "."], "mine/mine.toml"),
        (["contrast", "mine-contrast/mine.toml", "--out", "."], "mine-contrast/mine.toml"),
        (["sweep", "mine.toml", "--over", "us.effect_scale=1", "--out", "mine.toml"], "mine.toml"),
    ],
)
def test_no_command_writes_over_what_it_reads(
    elsewhere: Path, arguments: list[str], reads: str | None
) -> None:
    scenario = files.read_text(files.shipped("scenarios") / f"{STEM}.toml")
    for folder, mark in (("folder", "scores.json"), ("mine", "summary.json")):
        files.write_text(elsewhere / folder / mark, "{}")
    files.write_text(elsewhere / "mine-contrast" / "contrast.json", "{}")
    for name in ("votes.csv", "folder/in.csv"):
        files.write_text(elsewhere / name, VOTES)
    files.write_text(elsewhere / "folder" / "skill.md", "# A page of another kind\n")
    for name in ("mine.toml", "mine/mine.toml", "mine-contrast/mine.toml"):
        files.write_text(elsewhere / name, scenario)
    (elsewhere / "link.csv").symlink_to("votes.csv")
    os.link(elsewhere / "votes.csv", elsewhere / "hard.csv")
    before = {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()}
    ended = unga_sim(*arguments)
    assert ended.exit_code == 2, ended.output
    if reads:
        assert f"would replace {reads}, which the command reads" in ended.stderr
    assert {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()} == before


def test_every_command_that_writes_looks_at_its_inputs_first() -> None:
    # the one guard of `sim.cli.writing`; figures of a result go into its own folder
    without = [
        path.name
        for path in (ROOT / "sim" / "cli").glob("*.py")
        if re.search(r'"--out"|\bout: ', text := path.read_text(encoding="utf-8"))
        and not re.search(r"free_file\(|free_folder\(", text)
    ]
    assert sorted({*without} - {"show.py", "results.py"}) == []


def test_a_backend_of_a_notebook_that_is_not_installed_changes_nothing(tmp_path: Path) -> None:
    for backend in ("module://of_a_notebook.backend_inline", "nonsense"):
        run = started("run", STEM, "--draws", 2, "-q", cwd=tmp_path, MPLBACKEND=backend)
        told, errors = run.communicate(timeout=60)
        assert (run.returncode, errors) == (0, "")
        assert (tmp_path / told.splitlines()[-1] / "tallies.png").is_file()
        shutil.rmtree(tmp_path / "results")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_request_to_end_is_the_first_interrupt(tmp_path: Path, name: str) -> None:
    run = started("run", STEM, "--draws", 10**8, "--engine", "simulate", cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("results/.*.part")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.5)
    run.send_signal(getattr(signal, name))
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 130, errors
    assert "--continue" in errors
    assert read_partial(tmp_path / "results" / STEM).drawn.draws > 0


def test_what_a_killed_run_left_breaks_nothing(elsewhere: Path) -> None:
    results = elsewhere / "results"
    shutil.copytree(files.shipped("results") / STEM, results / f".{STEM}-0123abcd.old")
    shutil.copytree(files.shipped("results") / STEM, results / f".{STEM}-x1y2z3w4")
    (results / f".{STEM}-0123ffff.part").mkdir()
    ended = unga_sim("reproduce")
    assert (ended.exit_code, ended.output) == (0, f"{STEM}: the same\n")
    assert sorted(path.name for path in results.iterdir()) == [f".{STEM}-x1y2z3w4", STEM]
    assert read_result(results / STEM).summary["scenario"] == STEM
