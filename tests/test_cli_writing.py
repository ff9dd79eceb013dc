"""Commands lose nothing: not their inputs, not an earlier result, not the work before an end."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from sim import files
from sim.cli import app
from sim.runs import read_result
from sim.runs.partial import read_partial
from sim.scenario.schema import read_scenario

ROOT = Path(__file__).resolve().parents[1]
STEM = "jerusalem-2017"
VOTES = "symbol,date,title,iso3,vote\n1/1,2020-01-01,On peace,FRA,Y\n"


def unga_sim(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, [str(each) for each in arguments])


MAIN = "from sim.cli import main; main()"
TELLS = """
import sim.runs.run
from sim.cli import main
simulate = sim.runs.run.simulate
def telling(*arguments, progress, **options):
    def told(draws):
        progress(draws)
        print("a block", flush=True)
    return simulate(*arguments, progress=told, **options)
sim.runs.run.simulate = telling
main()
"""
"""A run that says when draws of its forecast are done, and goes on."""


EACH = """
import json, sys
from sim.cli import main
for arguments in json.loads(sys.argv[1]):
    sys.argv[1:] = arguments
    try:
        main()
    except SystemExit as ended:
        print("ended with", ended.code or 0)
"""
"""Commands one after the other in one process."""


def started(
    *arguments: object, cwd: Path, program: str = MAIN, **environment: str
) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
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
        arguments = (
            "plot",
            files.shipped("results") / STEM,
            "--figure",
            "tallies",
            "--out",
            backend,
        )
        run = started(*arguments, cwd=tmp_path, MPLBACKEND=backend)
        _, errors = run.communicate(timeout=60)
        assert (run.returncode, errors) == (0, "")
        assert (tmp_path / backend / "tallies.png").is_file()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_request_to_end_is_the_first_interrupt(tmp_path: Path, name: str) -> None:
    options = ("--draws", 10**8, "--engine", "simulate")
    run = started("run", STEM, *options, cwd=tmp_path, program=TELLS)
    assert run.stdout is not None
    for _ in range(2):  # by the second one the run has asked whether to stop
        assert run.stdout.readline() == "a block\n"
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
    assert (ended.exit_code, ended.output.splitlines()[-1]) == (0, f"{STEM}: the same")
    assert sorted(path.name for path in results.iterdir()) == [f".{STEM}-x1y2z3w4", STEM]
    assert read_result(results / STEM).summary["scenario"] == STEM


# Text that no reader sees, and what nobody reads


def scenario_with(text: str, place: Path, **instead: str) -> Path:
    """A scenario with other lines."""
    for old, new in instead.items():
        before, line, after = re.split(rf"(?m)^({old} = .*)$", text, maxsplit=1)
        text = before + new + after if line else text
    files.write_text(place, text)
    return place


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (r'title = "a\u0000b"', r"title: 'a\x00b': control characters are not allowed"),
        (r'title = "a\u001b[31mb"', r"title: 'a\x1b[31mb'"),
        (r'title = "a\u202Eb"', r"title: 'a\u202eb'"),
        ('title = "a"\n"b\\u0007" = 1', r"'b\x07': 'b\x07': control characters"),
    ],
)
def test_a_control_character_in_a_scenario_is_refused_with_place_and_value(
    tmp_path: Path, line: str, told: str
) -> None:
    text = files.read_text(files.shipped("scenarios") / f"{STEM}.toml")
    place = scenario_with(text, tmp_path / "mine.toml", title=line)
    ended = unga_sim("check", place)
    assert ended.exit_code == 2
    assert told in ended.stderr
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", ended.stderr)


def test_a_control_character_on_the_command_line_is_written_out() -> None:
    ended = unga_sim("check", "a\x1b]0;title\x07b")
    assert ended.exit_code == 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", ended.stderr)


@pytest.mark.parametrize("command", [["plot"], ["skill"], ["record", "info"], ["run"]])
def test_a_null_character_on_the_command_line_is_refused(command: list[str]) -> None:
    ended = unga_sim(*command, "a\0b")
    assert ended.exit_code == 2
    assert ended.stderr == "a null character is not allowed on a command line\n"


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["new"], "TITLE"),
        (["forecast"], "TITLE"),
        (["forecast", "A title", "--us"], "--us"),
        (["explain", "jerusalem-2017"], "STATE"),
        (["run", "jerusalem-2017", "--known"], "--known"),
        (["check", "jerusalem-2017"], "SCENARIO"),
        (["run", "jerusalem-2017", "--out"], "--out"),
        (["whom", "jerusalem-2017", "--target", "majority", "--out"], "--out"),
        (["sweep", "jerusalem-2017", "--over", "us.effect_scale=1", "--out"], "--out"),
        (["forecast", "A title", "--record"], "--record"),
        (["forecast", "--agenda"], "--agenda"),
        (["run", "jerusalem-2017", "--known-file"], "--known-file"),
        (["record", "info"], "RECORD"),
        (["record", "import", "votes.csv"], "FILE"),
    ],
)
def test_a_text_that_is_not_utf_8_is_refused(command: list[str], name: str) -> None:
    ended = unga_sim(*command, "bad \udcff text")
    assert (ended.exit_code, ended.stderr) == (2, f"{name}: not UTF-8 text\n")


def test_a_record_named_by_what_is_not_utf_8_is_refused(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNGA_SIM_RECORD", str(elsewhere / "bad \udcff.parquet"))
    ended = unga_sim("new", "Peace", "--out", "peace.toml")
    assert (ended.exit_code, ended.stderr) == (2, "UNGA_SIM_RECORD: not UTF-8 text\n")
    assert not (elsewhere / "peace.toml").exists()


def test_a_title_of_a_record_cannot_steer_the_terminal(elsewhere: Path) -> None:
    text = VOTES.replace("On peace", "On \x1b]0;owned\x07peace\x1b[2J")
    files.write_text(elsewhere / "votes.csv", text + "1/2,2020-01-01,\x1b[2J,FRA,Q\n")
    ended = unga_sim("record", "import", "votes.csv", "--out", "r.parquet")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", ended.output)


def test_a_figure_is_well_formed_whatever_its_title(tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    from sim.report.figures.drawing.pictures import write as write_figure
    from sim.report.figures.drawing.style import style

    with style(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that no font has
        figure = Figure()
        figure.text(0.1, 0.5, "<a> & 'b' \x07 \x1b \ufffe")
        write_figure(figure, tmp_path / "odd")
    root = ElementTree.parse(tmp_path / "odd.svg").getroot()
    assert "<a> & 'b' \ufffd \ufffd \ufffd" in "".join(root.itertext())


def test_an_unknown_width_of_the_terminal_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for columns in ("0", None, "80"):
        monkeypatch.delenv("COLUMNS", raising=False)
        if columns is not None:
            monkeypatch.setenv("COLUMNS", columns)
        found.append(CliRunner().invoke(app, ["explain", STEM, "BRA"]).output)
    assert found[0] == found[1] == found[2]
    assert len(found[0].splitlines()) > 10


def test_a_reader_that_stops_reading_is_no_failure_and_the_work_is_done(tmp_path: Path) -> None:
    files.write_text(tmp_path / "votes.csv", VOTES)
    for arguments in (
        ("record", "import", "votes.csv", "--out", "r.parquet"),
        ("explain", STEM, "BRA"),
        ("--help",),
    ):
        command = started(*arguments, cwd=tmp_path)
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.close()
        errors = command.stderr.read()
        assert (command.wait(timeout=60), errors) == (0, "")
        command.stderr.close()
    assert (tmp_path / "r.parquet").is_file()


def test_help_and_a_check_work_without_docstrings(tmp_path: Path) -> None:
    asked = {
        ("--help",): "backtest",
        ("run", "--help"): "--draws",
        ("record", "import", "--help"): "--out",
        ("check", STEM): STEM,
    }
    ended = subprocess.run(
        [sys.executable, "-OO", "-c", EACH, json.dumps([*asked])],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    told = ended.stdout.split("ended with 0\n")
    assert told.pop() == ""
    for wanted, shown in zip(asked.values(), told, strict=True):
        assert wanted in shown


# Limits that a message names


def test_a_key_of_very_many_parts_is_refused_at_once(tmp_path: Path) -> None:
    place = tmp_path / "mine.toml"
    files.write_text(place, "title = 1\n" + ".".join(["a"] * 20_000) + " = 1\n")
    begun = time.monotonic()
    ended = unga_sim("check", place)
    assert time.monotonic() - begun < 2
    assert (ended.exit_code, ended.stderr) == (
        2,
        f"{place}: line 2: a key of more than 100 parts\n",
    )


@pytest.mark.parametrize("text", ['title = "' + "a.b " * 500 + '"\n', "# " + "a. " * 99 + "\n"])
def test_a_text_with_many_points_is_no_key(tmp_path: Path, text: str) -> None:
    files.write_text(tmp_path / "mine.toml", text)
    value = text.partition('"')[2].rpartition('"')[0]
    assert files.read_toml(tmp_path / "mine.toml") == ({"title": value} if value else {})


def test_a_hundred_thousand_wrong_codes_are_told_in_seconds(tmp_path: Path) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    codes = [f"{a}{b}{c}" for a in letters for b in letters for c in letters]
    wrong = "\n".join(f'"{code}{len(codes)}" = "yes"' for code in codes)
    text = files.read_text(files.shipped("scenarios") / f"{STEM}.toml")
    files.write_text(tmp_path / "mine.toml", f"{text}\n[known]\n{wrong}\n")
    begun = time.monotonic()
    ended = unga_sim("check", tmp_path / "mine.toml")
    assert time.monotonic() - begun < 20
    assert ended.exit_code == 2
    assert ended.stderr.splitlines()[-1] == f"... and {len(codes) - 50:,} more problems"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("line", [["--help"], ["run", STEM, "--draws", "100", "--out", "results"]])
def test_output_that_cannot_be_written_is_told_and_loses_no_work(
    tmp_path: Path, line: list[str]
) -> None:
    code = "import sys, sim.cli; sys.argv[0] = 'unga-sim'; sim.cli.main()"
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", code, *line],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1] == "standard output: No space left on device"
    assert line == ["--help"] or (tmp_path / "results" / STEM / "summary.json").exists()


def test_a_command_needs_no_standard_output() -> None:
    code = "import sys; sys.stdout = None; sys.argv = ['', 'list']; import sim.cli; sim.cli.main()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize("kind", ["pipe", "device", "link"])
def test_parameters_that_have_no_end_are_refused(tmp_path: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(tmp_path / "endless.toml")
    elif kind == "link":
        (tmp_path / "endless.toml").symlink_to("/dev/zero")
    place = tmp_path / "endless.toml" if kind != "device" else Path("/dev/zero")
    with pytest.raises(files.FileError, match="is a device or a pipe; give a file"):
        files.read_toml(place)


def test_a_file_too_large_to_be_a_scenario_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 1 << 20)
    with gzip.open(tmp_path / "bomb.toml.gz", "wb") as stream:
        stream.write(b"#" * (1 << 21))
    with pytest.raises(files.FileError, match="larger than 1 MB"):
        files.read_toml(tmp_path / "bomb.toml.gz")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")
def test_new_asks_in_a_terminal_for_what_no_option_gives(tmp_path: Path) -> None:
    import pty

    screen, terminal = pty.openpty()
    place = tmp_path / "mine.toml"
    command = ["new", "Peace", "--symbol", "A/L.7", "--out", place.name]
    with subprocess.Popen(
        [sys.executable, "-m", "sim", *command],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path)},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    ) as asking:
        os.close(terminal)
        told = b""
        # a day that is none and a position that is none are asked for again
        for answer in ("2025-13-01", "2025-11-03", "perhaps", "no, abstain", "two-thirds", ""):
            while not told.endswith(b": "):
                told += os.read(screen, 1000)
            told += b"\n"
            os.write(screen, f"{answer}\n".encode())
        while asking.poll() is None:
            with contextlib.suppress(OSError):
                told += os.read(screen, 1000)
    os.close(screen)
    assert asking.returncode == 0, told.decode()
    scenario = read_scenario(place)
    assert scenario.resolution.symbol == "A/L.7"
    assert f"{scenario.resolution.date} {scenario.resolution.majority}" == "2025-11-03 two-thirds"
    assert [list(arm.positions) for arm in scenario.arms.values()] == [["no"], ["abstain"]]
    assert scenario.resolution.last is None
