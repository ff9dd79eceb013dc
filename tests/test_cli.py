"""The terminal: what commands print, write and end with."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import sim
from sim import files
from sim.cli import app
from sim.cli.show import progress, rate
from sim.cli.stopping import stoppable
from sim.runs import read_result
from sim.runs.folder import read_summary
from sim.scenario import resolve
from sim.vote.exact.joint import joint
from sim.vote.exact.quadrature import Fineness

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = sorted(path.stem for path in files.shipped("scenarios").glob("*.toml"))
COMMANDS = [
    ["list"],
    ["run"],
    ["check"],
    ["explain"],
    ["contrast"],
    ["whom"],
    ["lever"],
    ["fall"],
    ["plot"],
    ["reproduce"],
    ["fit"],
    ["backtest"],
    ["skill"],
    ["rule"],
    ["record", "import"],
    ["record", "info"],
]
ONE_ARM = """
[arms.as-before]
us = "no"
"""


def unga_sim(*arguments: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, [str(each) for each in arguments])


def process(
    *arguments: str | Path, cwd: Path, program: str = "from sim.cli import main; main()"
) -> subprocess.Popen[str]:
    """Start a command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONUTF8": "1"},
    )


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the runs of these tests leave their results."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def finished(elsewhere: Path) -> str:
    """What a run printed, piped, in a terminal of 80 columns."""
    started = process(
        "run", "anniversary-2025", "--draws", "1000", "--keep-draws", "--full", cwd=elsewhere
    )
    printed, complaints = started.communicate()
    assert (started.returncode, complaints) == (0, "")
    return printed


@pytest.fixture
def one_arm(tmp_path: Path) -> Path:
    """A scenario of one arm, quickly run."""
    text = files.read_text(files.shipped("scenarios") / "jerusalem-2017.toml")
    text = text[: text.index("[arms.us-votes-no]")]
    place = tmp_path / "mine.toml"
    place.write_text(f"{text}{ONE_ARM}", encoding="utf-8")
    return place


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing: for tests of everything else."""
    monkeypatch.setattr("sim.report.figures.draw_result", lambda *_: [])


# What is printed


def test_a_run_answers_the_question_in_one_sentence(finished: str) -> None:
    answer = " ".join(finished.split("\n\n")[1].split())
    assert re.match(r"If the US co-sponsors, the draft is .* to be adopted \(chance ", answer)
    assert "if the US does not co-sponsor, the chance is" in answer
    assert "fewer yes votes (90 % range: " in answer
    assert answer.endswith("is an assumption, not a measured effect.")
    assert answer.count(".\n") == 0


@pytest.mark.parametrize(
    "title",
    [
        "Chance of adoption, drawn 1,000 times and computed; thresholds",
        "Expected tally [votes]",
        "Difference between arms, paired draw by draw",
        "States that move most",
        "States nearest the fence",
        "What is assumed",
        "The real vote, looked up after the forecast",
    ],
)
def test_a_run_prints_every_table(finished: str, title: str) -> None:
    assert title in finished


def test_the_real_vote_comes_after_the_forecast(finished: str) -> None:
    assert finished.index("ES-11/7 of 24 February 2025 was adopted 93-18-65") > finished.index(
        "What is assumed"
    )


def test_tables_fit_into_80_columns_and_leave_no_cell_out(finished: str) -> None:
    assert max(len(line) for line in finished.splitlines()) <= 80
    assert "…" not in finished


def test_what_is_piped_has_no_colours_and_no_trailing_blanks(finished: str) -> None:
    assert "\x1b" not in finished
    assert not [line for line in finished.splitlines() if line != line.rstrip()]


def test_no_chance_is_printed_as_none_or_certain(finished: str) -> None:
    assert not re.search(r"(?<![\d.,<>])(0\.0|100\.0|0|100) %", finished)


def test_a_run_ends_with_where_its_result_is(finished: str, elsewhere: Path) -> None:
    assert (elsewhere / finished.splitlines()[-1] / "summary.json").is_file()


def test_quiet_prints_one_sentence_and_where_the_result_is(one_arm: Path, tmp_path: Path) -> None:
    result = unga_sim("run", one_arm, "--draws", "2", "--quiet", "--out", tmp_path / "out")
    sentence, folder = result.output.splitlines()
    stored = json.loads((tmp_path / "out" / "mine" / "summary.json").read_text(encoding="utf-8"))
    assert (sentence, folder) == (stored["sentence"], str(tmp_path / "out" / "mine"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_brief_has_at_most_25_lines(name: str, no_figures: None, tmp_path: Path) -> None:
    del no_figures
    result = unga_sim("run", name, "--engine", "simulate", "--draws", "50", "--out", tmp_path)
    lines = result.output.splitlines()
    assert len(lines) <= 25, result.output
    assert max(map(len, lines[:-1])) <= 80


@pytest.mark.parametrize("votes", ["BRA=yes", "BRA=yes,HUN=no", "HUN=no,MHL=no,PLW=no,MKD=abstain"])
def test_a_brief_has_room_for_what_known_votes_tell(
    votes: str, no_figures: None, tmp_path: Path
) -> None:
    del no_figures
    asked = ["--known", votes, "--engine", "exact", "--out", tmp_path]
    result = unga_sim("run", "anniversary-2025", *asked)
    told = " ".join(result.output.split())
    assert len(result.output.splitlines()) <= 25, result.output
    assert "is what they tell about all others." in told
    assert ("so give those announced as expected, too." in told) == ("HUN" in votes)
    assert "Back-test of learned" in told


@pytest.mark.parametrize("name", SHIPPED)
def test_the_committed_sentence_has_at_most_40_words(name: str) -> None:
    stored = files.shipped("results") / name / "summary.json"
    sentence = json.loads(stored.read_text(encoding="utf-8"))["sentence"]
    assert len(sentence.split()) <= 40
    assert (sentence[:3], sentence[-1]) == ("If ", ".")


# What is written


def test_a_result_folder_holds_what_the_contract_names(finished: str, elsewhere: Path) -> None:
    del finished
    folder = elsewhere / "results" / "anniversary-2025"
    names = {path.name for path in folder.iterdir()}
    assert {"summary.json", "distribution.csv", "states.csv", "manifest.json"} <= names
    assert {"margins.csv", "tallies.parquet", "actual.json"} <= names
    figures = [path for path in folder.iterdir() if path.suffix in (".png", ".svg")]
    assert {path.stem for path in figures if path.suffix == ".png"} == {
        path.stem for path in figures if path.suffix == ".svg"
    }


def test_the_tally_of_every_draw_counts_every_state(finished: str, elsewhere: Path) -> None:
    del finished
    drawn = pd.read_parquet(elsewhere / "results" / "anniversary-2025" / "tallies.parquet")
    assert list(drawn.columns) == ["arm", "draw", "yes", "no", "abstain", "non_voting"]
    assert set(drawn[["yes", "no", "abstain", "non_voting"]].sum(axis=1)) == {193}
    arms = len(resolve("anniversary-2025").scenario.arms)
    assert list(drawn.groupby("arm")["draw"].max()) == [999] * arms


def test_the_draws_kept_are_the_draws_counted(finished: str, elsewhere: Path) -> None:
    del finished
    folder = elsewhere / "results" / "anniversary-2025"
    drawn = pd.read_parquet(folder / "tallies.parquet")
    counted = read_result(folder).distribution
    some = counted[(counted["arm"] == "with-us") & (counted["choice"] == "yes")]
    mean = (some["votes"] * some["simulated"]).sum()
    assert drawn[drawn["arm"] == "with-us"]["yes"].mean() == pytest.approx(mean)


@pytest.mark.usefixtures("no_figures")
def test_known_votes_are_in_the_result_and_weigh_the_draws(one_arm: Path, tmp_path: Path) -> None:
    options = ("--known", "BRA=no", "--known", "Togo=yes", "--draws", "20", "--keep-draws")
    finished = unga_sim("run", one_arm, *options, "--out", tmp_path)
    assert finished.exit_code == 0
    assert "they tell about all others" in " ".join(finished.stdout.split())
    result = read_result(tmp_path / "mine")
    assert result.summary["known"] == {"BRA": "no", "TGO": "yes"}
    brazil = result.states[result.states["iso3"] == "BRA"].iloc[0]
    assert brazil["p_no"] == pytest.approx(1)
    assert "log_weight" in pd.read_parquet(tmp_path / "mine" / "tallies.parquet")


@pytest.mark.usefixtures("no_figures")
def test_another_seed_gives_other_draws(one_arm: Path, tmp_path: Path) -> None:
    kept = []
    for seed in ("1", "2", "1"):
        options = ("--engine", "simulate", "--draws", "50", "--seed", seed, "--keep-draws")
        assert unga_sim("run", one_arm, *options, "--out", tmp_path).exit_code == 0
        kept.append((tmp_path / "mine" / "tallies.parquet").read_bytes())
    assert kept[0] == kept[2] != kept[1]


def test_the_exact_engine_answers_with_nothing_sampled(one_arm: Path, tmp_path: Path) -> None:
    result = unga_sim("run", one_arm, "--engine", "exact", "--full", "--out", tmp_path)
    assert result.exit_code == 0
    stored = read_result(tmp_path / "mine")
    chance = f"(chance {100 * stored.summary['arms']['as-before']['adopted']['exact']:.1f} %)"
    for words in (chance, "Nothing was sampled", "within ", "90 % range", "nearest the fence"):
        assert words in " ".join(result.stdout.split())  # wherever a line ends
    assert " drawn" not in result.stdout
    assert (stored.summary["draws"], stored.differences.empty) == (0, True)
    assert not {"simulated"} & {*stored.distribution, *stored.thresholds, *stored.margins}
    assert set(stored.summary["arms"]["as-before"]["adopted"]) == {"exact", "exact_error"}
    drawn = {path.stem for path in (tmp_path / "mine").glob("*.png")}
    assert {"tallies", "assembly-as-before"} <= drawn
    assert not {"difference", "movers"} & drawn


def test_figures_need_nothing_computed(one_arm: Path, tmp_path: Path) -> None:
    options = ("--engine", "simulate", "--draws", "50", "--out", tmp_path)
    assert unga_sim("run", one_arm, *options).exit_code == 0
    assert (tmp_path / "mine" / "tallies.png").is_file()


@pytest.mark.usefixtures("no_figures")
def test_yes_and_no_together_are_written_if_asked_for(
    one_arm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Fineness(assembly=5, bloc=5, attendance=5, step=4.0)
    monkeypatch.setattr("sim.runs.run.joint", lambda ballot: joint(ballot, fineness=few))
    options = ("--engine", "exact", "--joint", "--out", tmp_path)
    assert unga_sim("run", one_arm, *options).exit_code == 0
    table = pd.read_csv(tmp_path / "mine" / "joint.csv")
    assert list(table) == ["arm", "yes", "no", "probability"]
    assert len(table) == 194 * 195 / 2  # every pair of counts of 193 states
    assert table["probability"].sum() == pytest.approx(1)
    monkeypatch.setattr("sim.cli.results.scenario_file", lambda _: one_arm)
    assert unga_sim("reproduce", tmp_path / "mine").output == "mine: the same\n"


@pytest.mark.parametrize("stem", ["anniversary-2025", "jerusalem-2017"])
def test_the_manifest_has_every_file_that_a_forecast_reads(stem: str) -> None:
    # Python says which files are opened; the process has opened none of these before
    program = f"""
import sys
opened = set()
sys.addaudithook(lambda event, about: opened.add(str(about[0])) if event == "open" else None)
from sim import files
from sim.scenario import resolve
from sim.runs.run import plan_of, run_scenario
from sim.vote.engine import Engine
case = resolve("{stem}")
run_scenario(case, plan=plan_of(case, draws=2, engine=Engine.SIMULATE)).result
folders = tuple(str(files.shipped(name)) for name in ("seeds", "scenarios"))
print(sorted(path for path in opened if path.startswith(folders)))
print(sorted(map(str, case.inputs)))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    opened, inputs = ended.stdout.splitlines()
    assert opened == inputs


def test_what_is_shipped_is_listed_with_its_title(elsewhere: Path) -> None:
    assert elsewhere.is_dir()
    lines = unga_sim("list").stdout.splitlines()
    scenarios = lines[1 : lines.index("Results:")]
    assert [line.split(":")[0].strip() for line in scenarios] == SHIPPED
    assert "  jerusalem-2017: Status of Jerusalem, December 2017" in scenarios
    assert len(lines) > len(scenarios) + 2


def test_the_version_is_told_by_the_command_and_by_the_module(tmp_path: Path) -> None:
    assert unga_sim("--version").output == f"unga-sim {sim.__version__}\n"
    told = subprocess.run(
        [sys.executable, "-m", "sim", "--version"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == f"unga-sim {sim.__version__}\n"


def test_a_shell_can_complete_commands(tmp_path: Path) -> None:
    asked = {"_UNGA_SIM_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    program = "import sys; sys.argv = ['unga-sim']; from sim.cli import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **asked, "COMP_WORDS": "unga-sim fo"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["forecast"]


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "aniversary-2025"], "did you mean anniversary-2025"),
        (["run", "aniversary-2025"], ", ".join(SHIPPED)),
        (["run", "jerusalem-2017", "--draws", "0"], "--draws"),
        (["run", "jerusalem-2017", "--seed", "-1"], "--seed"),
        (["run", "jerusalem-2017", "--known", "XXX=yes"], "--known: 'XXX' names no member state"),
        (
            ["run", "jerusalem-2017", "--known", "BRA=si"],
            "must be one of yes, abstain, no, non_voting",
        ),
        (
            ["run", "jerusalem-2017", "--known", "BRA=no,brazil=yes"],
            "--known: BRA=yes: is no in --known\n",
        ),
        (["run", "anniversary-2025", "--known", "VEN=yes"], "has no vote that day"),
        (["run", "jerusalem-2017", "--engine", "dice"], "--engine"),
        (
            ["run", "jerusalem-2017", "--engine", "exact", "--draws", "5", "--keep-draws"],
            "--engine exact: draws nothing; leave out --draws, --keep-draws\n",
        ),
        (
            ["run", "jerusalem-2017", "--engine", "simulate", "--joint"],
            "--engine simulate: computes nothing; leave out --joint\n",
        ),
        (
            ["run", "jerusalem-2017", "--continue", "--draws", "5", "--known", "BRA=no"],
            "leave out --draws, --known\n",
        ),
        (["run", "jerusalem-2017", "--continue"], "holds no run that was interrupted\n"),
        (["explain", "jerusalem-2017", "Narnia"], "STATE: 'Narnia' names no member state"),
        (["explain", "jerusalem-2017", "BRA", "--arm", "x"], "us-votes-no, us-lobbies"),
        (["check", "nowhere.toml"], "no such file and no shipped scenario"),
        (["plot", "nowhere"], "no result folder"),
        (["plot", "jerusalem-2017", "--size", "huge"], "one of page, wide, square"),
        (["plot", "jerusalem-2017", "--figure", "pie"], "this result has tallies"),
        (["reproduce", "nowhere"], "no result folder"),
        (["record", "info", "nowhere.parquet"], "nowhere.parquet"),
        (["record", "import", "nowhere.csv", "--out", "r.parquet"], "nowhere.csv"),
    ],
)
def test_bad_input_is_one_clear_message_and_writes_nothing(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = unga_sim(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())


def test_every_problem_of_every_scenario_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text("title = 3\n", encoding="utf-8")
    (tmp_path / "two.toml").write_text("=\n", encoding="utf-8")
    result = unga_sim("check", tmp_path / "one.toml", "jerusalem-2017", tmp_path / "two.toml")
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert all(line.startswith(str(tmp_path)) for line in lines)
    assert [line for line in lines if "one.toml: title: 3" in line]
    assert len([line for line in lines if "two.toml" in line]) == 1
    assert result.stdout.endswith("jerusalem-2017.toml: fine\n")


def test_all_that_a_scenario_names_and_that_is_not_there_is_told_at_once(
    one_arm: Path, tmp_path: Path
) -> None:
    text = one_arm.read_text(encoding="utf-8")
    text = text.replace('model = "learned"', 'model = "precedents"', 1)
    for there, wrong in (
        ('symbol = "71/25"', 'symbol = "71/2500"'),
        ('symbol = "72/15"', 'symbol = "72/1500"'),
        ('actual = "ES-10/19"', 'actual = "ES-10/1900"\nparameters = "1999-01-01"'),
        ("[us]\n", "[settings]\nhalf_life = -1.0\nfloors = 0.1\n[us]\n"),
        ("[us]\n", '[sponsors]\nseed = "72/1"\n[blocs.ATLANTIS]\nyes = 1.0\n[us]\n'),
    ):
        assert there in text
        text = text.replace(there, wrong, 1)
    text = text.replace("yes = 1.0\n", "yes = 1.0\nabstain = 0.0\nno = 0.0\ndiscipline = 1.0\n")
    one_arm.write_text(text, encoding="utf-8")
    result = unga_sim("check", one_arm)
    assert (result.exit_code, result.stdout) == (2, "")
    lines = [
        line.removeprefix(f"{tmp_path / 'mine.toml'}: ") for line in result.stderr.splitlines()
    ]
    assert [line.split(": ")[0] for line in lines] == [
        "actual",
        "parameters",
        "settings.half_life",
        "settings.floors",
        "precedents.1.symbol",
        "precedents.2.symbol",
        "blocs.ATLANTIS",
        "sponsors.seed",
    ]
    wrong = ("ES-10/1900", "1999-01-01", "-1.0", "floors", "71/2500", "72/1500", "ATLANTIS", "72/1")
    allowed = (
        "in seeds/roll_calls.csv",
        "2016-10-01",
        "above 0",
        "half_life",
        "up to as_of",
        "up to as_of",
        "EU",
        "ES-11/1",
    )
    for line, value, may in zip(lines, wrong, allowed, strict=True):
        assert value in line
        assert may in line


def test_a_precedent_that_is_not_in_the_record_is_found_before_any_run(
    one_arm: Path, tmp_path: Path
) -> None:
    text = one_arm.read_text(encoding="utf-8").replace('"71/25"', '"71/2500"')
    one_arm.write_text(text, encoding="utf-8")
    result = unga_sim("check", one_arm)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{tmp_path / 'mine.toml'}: precedents.1.symbol" in result.stderr


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scenario_is_fine(name: str) -> None:
    assert unga_sim("check", name).exit_code == 0


def test_a_folder_that_cannot_be_made_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = unga_sim("run", "anniversary-2025", "--out", tmp_path / "file" / "out")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"--out: {tmp_path / 'file'}: cannot be written to")


def test_a_folder_of_something_else_is_never_replaced(one_arm: Path, tmp_path: Path) -> None:
    letter = tmp_path / "out" / "mine" / "letter.txt"
    letter.parent.mkdir(parents=True)
    letter.write_text("dear", encoding="utf-8")
    result = unga_sim("run", one_arm, "--draws", "2", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "holds no result" in result.stderr
    assert letter.read_text(encoding="utf-8") == "dear"


STARTED = """
import time
import sim.runs.run
from sim.cli import main
simulate = sim.runs.run.simulate
def announced(*arguments, **options):
    print("started", flush=True)
    time.sleep(60)
    return simulate(*arguments, **options)
sim.runs.run.simulate = announced
main()
"""
WAITS = """
import time
import sim.report.figures
import sim.runs.run
from sim.cli import main
sim.report.figures.draw_result = lambda *_: []
simulate = sim.runs.run.simulate
def waiting(*arguments, progress, stop, **options):
    blocks = []
    def told(draws):
        progress(draws)
        blocks.append(draws)
        if len(blocks) == 2:
            print("two blocks", flush=True)
            while not stop():
                time.sleep(0.01)
    return simulate(*arguments, progress=told, stop=stop, **options)
sim.runs.run.simulate = waiting
main()
"""
"""Programs that say how far they are, and wait there for the interrupt."""
BY_DRAWS = ("run", "jerusalem-2017", "--engine", "simulate")


def interrupted_at(line: str, started: subprocess.Popen[str]) -> tuple[str, str]:
    """What a process printed and complained of that got an interrupt after printing a line."""
    assert started.stdout is not None
    assert started.stdout.readline() == f"{line}\n"
    started.send_signal(signal.SIGINT)
    return started.communicate(timeout=120)


def test_an_interrupt_before_anything_is_drawn_ends_with_130_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    started = process("run", "jerusalem-2017", cwd=tmp_path, program=STARTED)
    printed, complaints = interrupted_at("started", started)
    assert (started.returncode, printed) == (130, "")
    assert complaints == "interrupted; nothing is half-written\n"
    assert not list((tmp_path / "results").iterdir())


@pytest.mark.usefixtures("no_figures")
def test_an_interrupted_run_keeps_what_was_drawn_and_goes_on_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = ("--draws", "20000", "--keep-draws")
    assert unga_sim(*BY_DRAWS, *options, "--out", "whole").exit_code == 0
    started = process(*BY_DRAWS, *options, cwd=tmp_path, program=WAITS)
    printed, complaints = interrupted_at("two blocks", started)
    assert (started.returncode, printed) == (130, "")
    assert complaints.splitlines()[-1] == (
        "interrupted after 8,192 of 20,000 draws, which are in results/jerusalem-2017; to go on: "
        "unga-sim run jerusalem-2017 --continue"
    )
    folder = tmp_path / "results" / "jerusalem-2017"
    summary = read_result(folder).summary
    assert (summary["draws"], summary["draws_asked"]) == (8192, 20000)
    assert len(pd.read_parquet(folder / "tallies.parquet")) == 2 * 8192
    result = unga_sim("run", "jerusalem-2017", "--continue", "--quiet")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "results/jerusalem-2017")
    whole = sorted((tmp_path / "whole" / "jerusalem-2017").iterdir())
    assert [path.name for path in whole] == sorted(path.name for path in folder.iterdir())
    for path in whole:
        assert (folder / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_second_interrupt_ends_the_run_at_once() -> None:
    with stoppable() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_an_interrupt_of_work_that_does_not_ask_is_none_to_wait_for() -> None:
    with stoppable(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_while_writing_leaves_the_earlier_result(
    one_arm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    earlier = tmp_path / "out" / "mine"
    earlier.mkdir(parents=True)
    (earlier / "summary.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("sim.report.figures.draw_result", interrupted)
    result = unga_sim("run", one_arm, "--draws", "2", "--out", tmp_path / "out")
    assert result.exit_code == 130
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]
    assert [path.name for path in earlier.iterdir()] == ["summary.json"]


def test_nobody_reading_on_is_no_error_to_speak_of(tmp_path: Path) -> None:
    started = process("explain", "anniversary-2025", "BRA", cwd=tmp_path)
    assert started.stdout is not None
    started.stdout.close()
    assert started.stderr is not None
    assert started.stderr.read() == ""
    started.wait(timeout=60)
    started.stderr.close()


# Explain


def test_an_explanation_adds_up_to_its_last_row() -> None:
    result = unga_sim("explain", "anniversary-2025", "brazil", "--arm", "us-opposes", "--full")
    assert result.exit_code == 0
    parts_told = result.output.split("what each part adds")[1]
    rows = [line for line in parts_told.splitlines() if re.search(r"\d\.\d", line)]
    *parts, total = [
        [float(cell) for cell in re.findall(r"(?<!\S)[+-]?\d+\.\d(?!\S)", row)] for row in rows
    ]
    # the first number of a row is its share, which for what only moves is none
    shares = [row[0] for row, line in zip(parts, rows, strict=False) if "moves" not in line]
    assert sum(shares) == pytest.approx(total[0], abs=1)
    assert sum(total[1:]) == pytest.approx(100, abs=0.2)
    assert "US position" in rows[-2]


def test_an_explanation_has_every_arm_unless_one_is_named() -> None:
    printed = unga_sim("explain", "jerusalem-2017", "TGO", "--full").output
    assert "(TGO) if the US votes no, as before: what" in printed
    assert "(TGO) if the US votes no and threatens: what" in printed


# Stored results


@pytest.fixture
def stored(
    one_arm: Path, tmp_path: Path, no_figures: None, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder with the scenario and its result, as in a checkout; the work goes on there."""
    del no_figures
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.cli.results.scenario_file", lambda _: one_arm)
    assert unga_sim("run", one_arm, "--draws", "40").exit_code == 0
    return tmp_path / "results" / "mine"


def test_the_same_run_again_is_the_same(stored: Path) -> None:
    result = unga_sim("reproduce")
    assert (result.exit_code, result.output) == (0, "mine: the same\n")
    assert [path.name for path in stored.parent.iterdir()] == ["mine"]


def test_a_result_that_differs_is_written_beside_the_stored_one(stored: Path) -> None:
    place = stored / "summary.json"
    summary = json.loads(place.read_text(encoding="utf-8"))
    summary["arms"]["as-before"]["tally"]["yes"]["mean"] += 1
    place.write_text(json.dumps(summary), encoding="utf-8")
    result = unga_sim("reproduce", "mine")
    assert result.exit_code == 1
    assert "summary.json: arms: as-before: tally: yes: mean" in result.stdout
    assert "to accept it, say so in CHANGELOG.md" in result.stdout
    assert read_result(stored.with_name("mine.new")).summary["draws"] == 40
    assert read_summary(stored) == summary


@pytest.mark.parametrize("name", ["states.csv", "summary.json"])
def test_a_number_that_was_edited_after_the_run_is_noticed(stored: Path, name: str) -> None:
    place = stored / name
    text = place.read_text(encoding="utf-8")
    # in the eighth digit, which is less than a difference of results
    place.write_text(re.sub(r"(0\.\d{7})\d", r"\g<1>5", text, count=1), encoding="utf-8")
    assert place.read_text(encoding="utf-8") != text
    for command in (("plot", "mine"), ("page", stored, "--out", stored.parent / "page.html")):
        result = unga_sim(*command)
        assert result.exit_code == 2
        assert f"mine/{name}: not as it was written" in result.stderr
    assert [path.name for path in stored.parent.iterdir()] == ["mine"]
    result = unga_sim("reproduce", "mine")
    assert (result.exit_code, result.stderr) == (1, "different: mine\n")
    assert f"mine: {name}: not as it was written\n" in result.stdout


def test_an_input_that_changed_is_named_even_if_nothing_differs(stored: Path) -> None:
    place = stored / "manifest.json"
    manifest = json.loads(place.read_text(encoding="utf-8"))
    manifest["inputs"]["seeds/blocs.csv"] = "0"
    place.write_text(json.dumps(manifest), encoding="utf-8")
    result = unga_sim("reproduce")
    assert result.exit_code == 0
    assert "mine: inputs changed: seeds/blocs.csv\n" in result.output


def test_a_damaged_result_is_bad_input_and_no_difference(stored: Path) -> None:
    (stored / "summary.json").write_text("[]", encoding="utf-8")
    result = unga_sim("reproduce", "mine")
    assert result.exit_code == 2
    assert "mine" in result.stderr


def test_figures_of_a_stored_result_are_drawn_again(
    finished: str, elsewhere: Path, tmp_path: Path
) -> None:
    folder = elsewhere / finished.splitlines()[-1]
    result = unga_sim("plot", folder, "--out", tmp_path / "figures")
    assert result.exit_code == 0
    drawn = {Path(line).name for line in result.output.splitlines()}
    assert drawn == {path.name for path in folder.iterdir() if path.suffix in (".png", ".svg")}
    assert drawn == {path.name for path in (tmp_path / "figures").iterdir()}


# Records


def test_a_record_is_imported_and_looked_into(tmp_path: Path) -> None:
    record = tmp_path / "record.parquet"
    result = unga_sim("record", "import", files.seed("roll_calls.csv"), "--out", record)
    assert result.exit_code == 0
    assert "0 left out" in result.output
    shown = unga_sim("record", "info", record)
    assert shown.exit_code == 0
    # 67/19 of November 2012 is the earliest of the roll calls that scenarios cite
    assert "of 2012-11-29 to 2025-02-24" in shown.output
    assert "…" not in shown.output


def test_a_file_without_a_usable_vote_makes_no_record(tmp_path: Path) -> None:
    table = tmp_path / "votes.csv"
    table.write_text("symbol,date,iso3,vote\n1/1,2020-01-01,FRA,Q\n", encoding="utf-8")
    result = unga_sim("record", "import", table, "--out", tmp_path / "record.parquet")
    assert result.exit_code == 2
    assert not (tmp_path / "record.parquet").exists()


def test_check_asks_whether_a_demand_that_no_cited_text_makes_is_meant(tmp_path: Path) -> None:
    text = files.read_text(files.shipped("scenarios") / "anniversary-2025.toml")
    assert '"withdraw"' in text
    place = tmp_path / "misspelt.toml"
    place.write_text(text.replace('"withdraw"', '"wthdraw"'), encoding="utf-8")
    result = unga_sim("check", place)
    assert result.exit_code == 0
    assert "resolution.asks: 'wthdraw': no cited text asks this" in result.output
    assert "resolution.asks" not in unga_sim("check", "anniversary-2025").output


# Help


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_and_each_option(command: list[str]) -> None:
    result = unga_sim(*command, "--help")
    assert result.exit_code == 0
    entries = re.findall(r"^  (\S.*)$", result.output, flags=re.MULTILINE)
    bare = [entry for entry in entries if re.fullmatch(r"(-\S+ ?)+([A-Z]+)?\s*", entry)]
    assert not bare


def test_a_bar_shows_how_fast_and_how_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as in a terminal
    monkeypatch.setenv("COLUMNS", "80")
    with progress("draws", 40_000, before=10_000) as told:
        for _ in range(3):
            time.sleep(0.12)
            told(5_000)
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", capsys.readouterr().err)
    assert re.search(r"25,000/40,000 [\d,]+ draws/s left 0:00:0\d", shown)
    assert rate(None, "draws") == "- draws/s"
    assert (rate(12_345.6, "draws"), rate(0.0512, "arms")) == ("12,346 draws/s", "0.0512 arms/s")


def test_no_bar_is_shown_where_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("draws", 10) as told:
        told(10)
    assert capsys.readouterr().err == ""


def test_help_needs_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['unga-sim', '--help']\n"
        "from sim.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'pandas', 'rich', 'pydantic', 'matplotlib'} & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.splitlines()[-1] == "[]"


# Continuous integration


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("name", "ends"), [("main", "run anniversary-2025"), ("test", "pytest -n auto")]
)
def test_ci_runs_the_commands_of_the_readme(name: str, ends: str) -> None:
    ended = subprocess.run(
        ["bash", str(ROOT / ".ci" / "run"), "show", name],
        capture_output=True,
        text=True,
        check=True,
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"```sh\n{ended.stdout}```" in readme
    assert ended.stdout.strip().endswith(ends)


def test_constraints_pin_one_version_each_and_name_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9.]+", pin) for pin in pins)


def test_a_tally_is_decided_in_the_terminal() -> None:
    said = unga_sim("rule", "88-55-23", "--majority", "two-thirds")
    assert said.exit_code == 0
    assert said.stdout.startswith("Lost: 88-55-23, 61.5 %")  # 88 of 143
    assert "22 more yes, or 11 fewer no" in said.stdout  # 110-55, or 88-44
    assert unga_sim("rule", "88-55", "--majority", "most").exit_code == 2
