"""Sweeps: the same results wherever they are computed, and nothing computed twice."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from sim import files
from sim.assembly.members import Members
from sim.cli import app
from sim.report.folders import save_sweep_with_figures
from sim.report.sweep import most_moved, sweep_answer
from sim.runs.run import plan_of
from sim.runs.steps import steps_of
from sim.scenario.ballots import ballots
from sim.scenario.case import resolve
from sim.studies import sweep
from sim.studies.sweep import Sweep, SweepError, design_of, run_sweep, sweep_of
from sim.studies.sweep.fields import with_values
from sim.studies.sweep.meaning import named_precedents
from sim.studies.sweep.origin import ROOMS, fingerprint, origin
from sim.studies.sweep.point import solve_point
from sim.studies.sweep.stored import stored_point
from sim.studies.sweep.workers import on_cluster
from sim.vote.engine import Engine

ROOT = Path(__file__).resolve().parents[1]
WORKERS = import_module("sim.studies.sweep.workers")
SCENARIO = files.shipped("scenarios") / "anniversary-2025.toml"
POINTS = 12
SCALES = "us.effect_scale=" + ",".join(str(round(0.2 * step, 1)) for step in range(POINTS))


def unga_sim(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def two_arms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped scenario with two of its arms: half the work."""
    text = files.read_text(SCENARIO)
    place = tmp_path_factory.mktemp("scenario") / "two.toml"
    files.write_text(place, text[: text.index("[arms.us-opposes]")])
    return place


@pytest.fixture(scope="module")
def scales(two_arms: Path) -> Sweep:
    return sweep_of(two_arms, design_of([SCALES]))


@pytest.fixture(scope="module")
def swept(scales: Sweep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sweep by two processes of this machine."""
    folder = tmp_path_factory.mktemp("swept")
    assert run_sweep(scales, folder, workers=2) == (0, POINTS)
    save_sweep_with_figures(scales, folder)
    return folder


def test_a_grid_is_every_combination_in_order() -> None:
    design = design_of(["a=1,2", "b=x,y"])
    assert design.points == ((1, "x"), (1, "y"), (2, "x"), (2, "y"))


def test_a_list_takes_values_together() -> None:
    assert design_of(["a=1,2", "b=x,y"], kind="list").points == ((1, "x"), (2, "y"))


def test_a_sobol_design_fills_the_ranges_evenly() -> None:
    first, second = np.array(
        design_of(["a=0:1", "b=-2:2"], kind="sobol", points=64).points, dtype=float
    ).T
    # one point in each 64th of either range
    assert sorted(np.floor(64 * first)) == sorted(np.floor(16 * (second + 2))) == list(range(64))


@pytest.mark.parametrize(
    ("over", "kind", "points", "told"),
    [
        (["a"], "grid", None, "FIELD=V1,V2"),
        (["a=1,,2"], "grid", None, "empty"),
        (["a=0:1"], "grid", None, "needs --design sobol or saltelli"),
        (["a=1", "a=2"], "grid", None, "twice"),
        (["a=1,2", "b=1"], "list", None, "a 2, b 1"),
        (["a=1,2"], "sobol", None, "LOW:HIGH"),
        (["a=2:1"], "sobol", None, "less than HIGH"),
        (["a=0:inf"], "sobol", None, "less than HIGH"),
        (["a=1"], "cube", None, "grid, list, sobol, saltelli"),
        (["a=1"], "grid", 7, "leave it out"),
    ],
)
def test_a_design_that_cannot_be_read_is_told(
    over: list[str], kind: str, points: int | None, told: str
) -> None:
    with pytest.raises(SweepError, match=told.replace("(", r"\(")):
        design_of(over, kind=kind, points=points)


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ("us.efect_scale=1", "us.effect_scale, us.pressure_scale"),
        ("nothing.here=1", "us.effect_scale, us.pressure_scale"),
        ("title=x", "must be one of"),
        ("us.effect_scale=-1", "greater than or equal to 0"),
        ("us.reference=perhaps", "'co-sponsor'"),
        ("settings.flor=1", "floor"),
    ],
)
def test_a_field_or_value_that_is_not_allowed_ends_with_2_and_writes_nothing(
    tmp_path: Path, over: str, told: str
) -> None:
    ended = unga_sim("sweep", "anniversary-2025", "--over", over, "--out", tmp_path / "out")
    assert ended.exit_code == 2
    assert told in ended.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    files.write_text(tmp_path / "letter.txt", "Dear")
    ended = unga_sim("sweep", "anniversary-2025", "--over", "us.effect_scale=1", "--out", tmp_path)
    assert (ended.exit_code, "holds no result" in ended.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_point_is_close_to_what_a_run_finds(scales: Sweep) -> None:
    scenario = scales.case.scenario
    quick = solve_point(scenario, {"us.effect_scale": 1.0})["arms"]
    fine = solve_point(scenario, {"us.effect_scale": 1.0}, fine=True)["arms"]
    for arm, told in quick.items():
        assert told["adopted"] == pytest.approx(fine[arm]["adopted"], abs=0.01)
        assert told["yes_at_least_129"] == pytest.approx(fine[arm]["yes_at_least_129"], abs=0.015)
        assert told["yes"] == pytest.approx(fine[arm]["yes"], abs=0.6)
        moved = told["yes"] - quick["with-us"]["yes"]
        assert moved == pytest.approx(fine[arm]["yes"] - fine["with-us"]["yes"], abs=0.15)


def test_rows_are_in_the_order_of_the_design_and_differences_are_to_the_first_arm(
    swept: Path,
) -> None:
    table = pd.read_csv(swept / "points.csv")
    assert table["point"].tolist() == [number for number in range(1, POINTS + 1) for _ in range(2)]
    assert table["us.effect_scale"].iloc[::2].tolist() == [
        round(0.2 * step, 1) for step in range(POINTS)
    ]
    one, other = table.iloc[-2], table.iloc[-1]
    assert (one["arm"], other["arm"]) == ("with-us", "without-us")
    assert one["difference_yes"] == 0
    assert other["difference_yes"] == pytest.approx(other["yes"] - one["yes"], abs=1e-6)
    counts = table[["yes", "abstain", "no", "non_voting"]].sum(axis=1)
    np.testing.assert_allclose(counts, 193, atol=1e-5)
    # the stronger the effect, the fewer follow a sponsor that is gone
    assert (np.diff(table["difference_yes"].iloc[1::2]) < 0).all()


def test_one_process_gives_the_bytes_of_two(scales: Sweep, swept: Path, tmp_path: Path) -> None:
    run_sweep(scales, tmp_path, workers=1)
    save_sweep_with_figures(scales, tmp_path)
    assert contents(tmp_path) == contents(swept)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a sweep."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


class Late:
    """A result of a cluster that does not come in time."""

    def __init__(self, status: str) -> None:
        self.status = status

    def result(self, timeout: float) -> None:
        raise TimeoutError(f"timed out after {timeout:.0f} s.")


def test_a_result_that_was_lost_is_waited_for_and_one_that_failed_is_told() -> None:
    assert WORKERS._result(Late("pending"), "tcp://here") is None
    with pytest.raises(SweepError, match="a worker failed: TimeoutError: timed out after 10 s"):
        WORKERS._result(Late("error"), "tcp://here")


@pytest.fixture
def scheduler() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A Dask scheduler in a process of its own."""
    pytest.importorskip("distributed")
    program = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    started = subprocess.Popen(
        [*program, "--port", "0", "--no-dashboard"], stderr=subprocess.PIPE, text=True
    )
    assert started.stderr is not None
    address = ""
    while not address.startswith("tcp://"):
        address = started.stderr.readline().rpartition(" ")[2].strip()
    reader = threading.Thread(target=started.stderr.read, daemon=True)
    reader.start()
    yield address, started
    started.kill()
    started.wait()
    reader.join()
    started.stderr.close()


def worker_of(address: str, tree: Path) -> subprocess.Popen[bytes]:
    """A Dask worker that computes with the code and the seeds of a tree."""
    program = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-dashboard"]
    return subprocess.Popen(
        [*program, "--no-nanny", "--nthreads", "1"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        stderr=subprocess.DEVNULL,
    )


def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(
    scales: Sweep, swept: Path, tmp_path: Path, scheduler: tuple[str, subprocess.Popen[str]]
) -> None:
    address, _ = scheduler
    workers = [worker_of(address, ROOT) for _ in range(2)]
    lost: list[int] = []

    def lose_a_worker(done: int) -> None:
        if done and len(list(tmp_path.glob("points/*.json"))) >= 3 and not lost:
            lost.append(workers[0].pid)
            os.kill(workers[0].pid, signal.SIGKILL)

    try:
        with pytest.importorskip("distributed").Client(address) as client:
            client.wait_for_workers(2, timeout=60)
        counts = run_sweep(scales, tmp_path, scheduler=address, progress=lose_a_worker)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert (counts, len(lost)) == ((0, POINTS), 1)
    save_sweep_with_figures(scales, tmp_path)
    assert contents(tmp_path) == contents(swept)


def test_a_worker_with_other_seeds_is_refused_by_name_and_file(
    scales: Sweep, tmp_path: Path, scheduler: tuple[str, subprocess.Popen[str]]
) -> None:
    other = tmp_path / "other"
    for name in ("sim", "seeds", "scenarios"):
        shutil.copytree(ROOT / name, other / name, ignore=shutil.ignore_patterns("__pycache__"))
    changed = other / "seeds" / "influence.toml"
    files.write_text(changed, files.read_text(changed) + "# one line more\n")
    worker = worker_of(scheduler[0], other)
    try:
        with pytest.raises(SweepError, match=r"worker tcp://.*: seeds/influence\.toml$"):
            run_sweep(scales, tmp_path / "out", scheduler=scheduler[0])
    finally:
        worker.kill()
        worker.wait()
    assert not (tmp_path / "out" / "points").exists()


def test_a_point_that_comes_from_other_code_is_refused_when_it_comes(
    scales: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WORKERS, "fingerprint", lambda _: "of another day")
    with pytest.raises(SweepError, match="changed meanwhile"):
        run_sweep(scales, tmp_path, workers=2)
    assert not list(tmp_path.glob("points/*"))


def test_a_scheduler_that_is_killed_is_told_in_a_sentence_and_points_are_kept(
    scales: Sweep,
    tmp_path: Path,
    scheduler: tuple[str, subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, started = scheduler
    worker = worker_of(address, ROOT)

    def kill(done: int) -> None:
        if done and len(list(tmp_path.glob("points/*.json"))) == 2:
            monkeypatch.setattr(WORKERS, "PATIENCE", 2)  # for nobody is to come back
            started.kill()

    begun = time.monotonic()
    with pytest.raises(SweepError, match=r"is gone.*points so far are kept"):
        run_sweep(scales, tmp_path, scheduler=address, progress=kill)
    assert time.monotonic() - begun < 60
    worker.kill()
    worker.wait()
    kept = len(list(tmp_path.glob("points/*.json")))
    assert 2 <= kept < POINTS
    assert run_sweep(scales, tmp_path, workers=1) == (kept, POINTS - kept)


def test_what_is_no_scheduler_is_told_in_one_sentence(
    scales: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(WORKERS, "PATIENCE", 1)
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    port = web.server_address[1]
    for address in ("tcp://127.0.0.1:9", f"tcp://127.0.0.1:{port}", f"http://127.0.0.1:{port}"):
        begun = time.monotonic()
        with pytest.raises(SweepError, match="no scheduler with workers answered") as told:
            list(on_cluster(scales.case, [], address))
        assert "\n" not in str(told.value)
        assert time.monotonic() - begun < 6
    web.shutdown()
    web.server_close()


@pytest.mark.parametrize(
    "damaged",
    ["", "{}", "[]", "null", "not JSON", "[" * 9000, '{"point": {}, "arms": {}}', None],
    ids=["empty", "no-table", "list", "null", "text", "deep", "unsigned", "forged"],
)
def test_a_stored_point_that_does_not_fit_is_computed_again_with_a_word(
    scales: Sweep, swept: Path, tmp_path: Path, damaged: str | None
) -> None:
    shutil.copytree(swept, tmp_path / "out")
    place = min((tmp_path / "out" / "points").glob("*.json"))
    if damaged is None:
        found = json.loads(files.read_text(place))
        found["arms"]["with-us"]["yes"] += 1
        damaged = json.dumps(found)
    place.write_text(damaged, encoding="utf-8")
    said: list[str] = []
    counts = run_sweep(scales, tmp_path / "out", workers=1, say=said.append)
    assert (counts, len(said)) == ((POINTS - 1, 1), 1)
    assert "damaged" in said[0]
    save_sweep_with_figures(scales, tmp_path / "out")
    assert contents(tmp_path / "out") == contents(swept)


def test_a_point_of_another_place_is_no_point_of_this(scales: Sweep, swept: Path) -> None:
    one, other = (stored_point(swept, scales.key(number)) for number in (0, 1))
    assert one is not None
    assert one != other
    text = files.read_text(swept / "points" / f"{scales.key(0)}.json")
    elsewhere = swept.with_name("elsewhere")
    files.write_text(elsewhere / "points" / f"{scales.key(1)}.json", text)
    assert stored_point(elsewhere, scales.key(1)) is None


ROOMS_OF_A_POINT = """
import sys
from sim.scenario.schema import read_scenario
from sim.studies.sweep.point import solve_point
used = set()
sys.settrace(lambda frame, *_: used.add(frame.f_code.co_filename))
for scenario in ("jerusalem-2017", "rights-2024"):
    solve_point(read_scenario(scenario), {"us.effect_scale": 1.0})
sys.settrace(None)
print(*sorted(name for name in used if "/sim/" in name), sep="\\n")
"""


def test_every_module_that_a_point_goes_through_counts_for_its_key() -> None:
    made = subprocess.run(
        [sys.executable, "-c", ROOMS_OF_A_POINT],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    used = {Path(line).relative_to(ROOT).as_posix() for line in made.stdout.splitlines()}
    assert len(used) > 25
    assert used <= origin().keys()
    # what another scenario may use of the same rooms counts too
    whole = {path for room in ROOMS for path in (ROOT / "sim" / room).rglob("*.py")}
    assert {path.relative_to(ROOT).as_posix() for path in whole} <= origin().keys()


@pytest.mark.parametrize("room", ROOMS)
def test_a_changed_module_in_any_room_changes_the_key(
    room: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / "sim"
    shutil.copytree(ROOT / "sim", copied, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("sim.files.SOURCE", copied)
    keys = []
    for module in (None, *sorted((copied / room).rglob("*.py"))[-2:], copied / "cli" / "run.py"):
        if module is not None:
            files.write_text(module, files.read_text(module) + "\n")
        origin.cache_clear()
        keys.append(fingerprint())
    origin.cache_clear()
    assert len(set(keys)) == 3  # as it was; one module changed; two
    assert keys[-1] == keys[-2]  # the terminal decides nothing


def test_a_changed_seed_or_record_changes_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.setattr(files, "shipped", lambda name: tmp_path / name)
    origin.cache_clear()
    keys = [fingerprint([tmp_path / "mine.csv"])]
    files.write_text(tmp_path / "mine.csv", "a")
    keys.append(fingerprint([tmp_path / "mine.csv"]))
    seed = min((tmp_path / "seeds" / "parameters").iterdir())
    files.write_text(seed, files.read_text(seed) + "\n")
    origin.cache_clear()
    keys.append(fingerprint([tmp_path / "mine.csv"]))
    origin.cache_clear()
    assert len(set(keys)) == 3


def test_a_grid_too_large_is_refused_before_it_is_made_and_a_large_one_asks(tmp_path: Path) -> None:
    ten = ",".join(map(str, range(10)))
    with pytest.raises(SweepError, match=r"10,000,000,000 points; must be at most 1,000,000"):
        design_of([f"a{number}={ten}" for number in range(10)])
    hundred = ",".join(str(number / 100) for number in range(101))
    over = ["--over", f"us.effect_scale={hundred}", "--over", f"us.sponsors_follow={hundred}"]
    ended = unga_sim("sweep", "anniversary-2025", *over, "--out", tmp_path / "out")
    assert ended.exit_code == 2
    assert "10,201 points; to compute more than 10,000, add --yes" in ended.stderr


@pytest.mark.parametrize(
    ("missing", "arguments", "told"),
    [
        (
            "distributed",
            ["--over", "us.effect_scale=1", "--scheduler", "tcp://127.0.0.1:9"],
            "cluster",
        ),
        ("SALib", ["--over", "us.effect_scale=0:1", "--design", "saltelli"], "sensitivity"),
    ],
)
def test_an_extra_that_is_missing_is_named(
    missing: str, arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    ended = unga_sim("sweep", "anniversary-2025", *arguments, "--check", 0, "--out", tmp_path / "x")
    assert ended.exit_code == 2
    assert f".[{told}]" in ended.stderr


def test_a_killed_sweep_goes_on_where_it_was(two_arms: Path, swept: Path, tmp_path: Path) -> None:
    options = ["--check", 0, "--workers", 1, "--out", tmp_path]
    arguments = ["sweep", two_arms, "--over", SCALES, *options]
    started = subprocess.Popen(
        [sys.executable, "-c", "from sim.cli import main; main()", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("points/[0-9a-f]*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("points/[0-9a-f]*.json")}
    assert 3 <= len(kept) < POINTS
    assert not (tmp_path / "points.csv").exists()
    ended = unga_sim(*arguments)
    assert ended.output.startswith(
        f"{len(kept)} points kept from before, {POINTS - len(kept)} computed"
    )
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert contents(tmp_path) == contents(swept)


def test_an_interrupted_sweep_ends_with_130_and_keeps_its_points(
    two_arms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    run_sweep(sweep_of(two_arms, design_of(["us.effect_scale=1"])), tmp_path, workers=1)
    monkeypatch.setattr(import_module("sim.studies.sweep.sweep"), "on_this_machine", stop)
    arguments = ["--over", "us.effect_scale=1,2", "--check", 0, "--out", tmp_path]
    assert unga_sim("sweep", two_arms, *arguments).exit_code == 130
    assert len(list(tmp_path.glob("points/*.json"))) == 1


def test_another_scenario_shares_no_point(two_arms: Path, scales: Sweep) -> None:
    text = files.read_text(two_arms).replace("likeness = 0.2", "likeness = 0.3")
    other = two_arms.with_name("other.toml")
    files.write_text(other, text)
    again = two_arms.with_name("again.toml")
    files.write_text(again, "# a comment changes nothing\n" + files.read_text(two_arms))
    assert sweep_of(other, scales.design).base != scales.base
    assert sweep_of(again, scales.design).base == scales.base


def test_sensitivity_names_what_drives_the_answer(two_arms: Path, tmp_path: Path) -> None:
    pytest.importorskip("SALib")
    ended = unga_sim(
        "sweep", two_arms, "--design", "saltelli", "--points", 32, "--out", tmp_path, "--check", 0,
        "--over", "us.effect_scale=0:3", "--over", "us.sponsors_follow=0:0.01", "--workers", 1,
    )  # fmt: skip
    assert ended.exit_code == 0, ended.output
    table = pd.read_csv(tmp_path / "sensitivity.csv", keep_default_na=False)
    moved = table.query("answer == 'yes' and against == 'with-us'")
    total = dict(zip(moved["field"], moved["total"], strict=True))
    # the second hardly varies: all of the change comes from the first
    assert total["us.effect_scale"] > 0.8
    assert total["us.sponsors_follow"] < 0.05
    assert (tmp_path / "sensitivity.png").read_bytes().startswith(b"\x89PNG")
    assert b"us.effect_scale" in (tmp_path / "sensitivity.svg").read_bytes()
    manifest = json.loads(files.read_text(tmp_path / "manifest.json"))
    assert manifest["sweep"]["points"] == 32


# Fields that stand for more than one entry, and the answer


def yes_at(stem: str | Path, *over: str, arm: str) -> list[float]:
    found = sweep(stem, list(over), workers=1)
    return found[found["arm"] == arm]["yes"].tolist()


def test_a_precedent_left_out_is_as_if_it_were_never_cited(two_arms: Path, tmp_path: Path) -> None:
    text = files.read_text(two_arms)
    cut = text.index('[[precedents]]\nsymbol = "ES-11/5"')
    files.write_text(
        tmp_path / "cut.toml", text[:cut] + text[text.index("[[precedents]]", cut + 5) :]
    )
    out = yes_at(two_arms, "precedents.ES-11/5=out", arm="with-us")
    scale = "us.effect_scale=1"
    assert out == pytest.approx(yes_at(tmp_path / "cut.toml", scale, arm="with-us"))
    # cited again by another spelling, it has the likeness of what both ask: nothing
    again = yes_at(tmp_path / "cut.toml", "precedents.A/RES/ES-11/5=in", arm="with-us")
    none = yes_at(two_arms, "precedents.ES-11/5.likeness=0", arm="with-us")
    assert again == pytest.approx(none)


def test_the_chance_of_a_us_position_takes_from_the_others(two_arms: Path) -> None:
    scenario = resolve(two_arms).scenario
    changed = with_values(scenario, {"arms.without-us.us.no": 0.25})
    assert dict(changed.arms["without-us"].positions) == {"silent": 0.75, "no": 0.25}
    again = with_values(changed, {"arms.without-us.us.yes": 0.2})
    assert again.arms["without-us"].positions == pytest.approx(
        {"silent": 0.6, "no": 0.2, "yes": 0.2}
    )
    # expected votes are linear in the chances of positions
    low, middle, high = yes_at(two_arms, "arms.without-us.us.no=0,0.5,1", arm="without-us")
    assert middle == pytest.approx((low + high) / 2, abs=0.02)


def test_a_sponsor_in_or_out_is_no_longer_one_that_may_join(two_arms: Path) -> None:
    scenario = resolve(two_arms).scenario
    for value, there in (("in", True), ("out", False)):
        for code in ("CHL", "FRA", "BRA"):
            table = with_values(scenario, {f"sponsors.{code}": value}).sponsors
            assert (code in table.states, code in table.joining) == (there, False)
    low, high = yes_at(two_arms, "sponsors.BRA=out,in", arm="with-us")
    assert 0 < high - low < 1


def test_one_of_a_shipped_list_of_sponsors_can_be_left_out() -> None:
    case = resolve("anniversary-2023")
    seeded = case.scenario.sponsors.model_copy(update={"seed": "ES-11/1"})
    scenario = case.scenario.model_copy(update={"sponsors": seeded})
    before = set(resolve(scenario).sponsors)
    after = set(resolve(with_values(scenario, {"sponsors.FRA": "out"})).sponsors)
    assert before - after == {"FRA"}
    assert not after - before


def test_precedents_that_were_found_can_be_left_out_with_no_other_change() -> None:
    auto = resolve("rights-2024").scenario.model_copy(update={"precedents": "auto"})
    written = named_precedents(resolve(auto))
    before, after = (next(iter(ballots(case).values())) for case in (resolve(auto), written))
    assert after.probabilities == pytest.approx(before.probabilities, abs=1e-12)
    first = written.precedents[0].symbol
    assert len(set(yes_at(auto, f"precedents.{first}=in,out", arm="us-votes-yes"))) == 2


@pytest.mark.parametrize(
    ("stem", "over", "told"),
    [
        ("anniversary-2025", "precedents.ES-11/5=perhaps", "must be in or out"),
        ("anniversary-2025", "precedents.79/7.likeness=0.5", "precedents.79/7=in cites it"),
        ("anniversary-2025", "precedents.ES-99/1=in", "ES-99/1"),
        ("anniversary-2025", "sponsors.BRA=1", "must be in or out"),
        ("anniversary-2025", "arms.without-us.us.silent=0.5", "no other position"),
        ("anniversary-2025", "arms.without-us.us.no=1.5", "a chance from 0 to 1"),
        ("anniversary-2025", "arms.elsewhere.us.no=0.5", "with-us, without-us, us-opposes"),
        ("gaza-amendment-2023", "us.effect_scale=0,1", "means nothing here"),
        ("anniversary-2025", "dependence.own_will=0,0.5", "means nothing here"),
        ("rights-2024", "settings.bloc_weight=1,2", "the model learned has"),
    ],
)
def test_a_value_that_means_nothing_ends_with_2_and_writes_nothing(
    tmp_path: Path, stem: str, over: str, told: str
) -> None:
    ended = unga_sim("sweep", stem, "--over", over, "--out", tmp_path / "out")
    assert ended.exit_code == 2
    assert told in ended.stderr
    assert not (tmp_path / "out").exists()


def test_a_sweep_answers_with_a_sentence_a_table_and_a_figure(
    two_arms: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    over = ("--over", "precedents.ES-11/5=in,out", "--workers", "1", "--check", "0")
    ended = unga_sim("sweep", two_arms, *over, "--out", out)
    assert ended.exit_code == 0, ended.stderr
    points = pd.read_csv(out / "points.csv")
    printed = " ".join(ended.stdout.split())
    mine = points[points["arm"] == most_moved(points)].sort_values("yes")["yes"].round(1).tolist()
    assert f"expected yes is {mine[0]} with" in printed
    assert f"and {mine[1]} with" in printed
    assert (out / "sweep.png").is_file()
    again = unga_sim(
        "plot", out, "--figure", "sweep", "--size", "wide", "--out", tmp_path / "again"
    )
    assert again.exit_code == 0, again.stderr
    assert (tmp_path / "again" / "sweep-wide.svg").is_file()


def test_a_grid_names_the_field_that_moves_yes_most() -> None:
    rows = [
        (1 + 2 * x + y, float(x), float(y), "a", 100.0 + 10 * x - y, 0.5)
        for x in (0, 1)
        for y in (0, 1)
    ]
    points = pd.DataFrame(rows, columns=["point", "large", "small", "arm", "yes", "adopted"])
    text, _ = sweep_answer(points, ["small", "large"], labels={"a": "a"}, grid=True)
    assert text.endswith("yes moves most with large by 10.0 and small by 1.0.")
    assert "99.0 with small = 1 and large = 0 and 110.0 with small = 0 and large = 1" in text


def ends_at(stem: str, *over: str) -> pd.DataFrame:
    found = sweep(stem, over, workers=1)
    return found[[name for name in found if str(name).startswith("end: ")]]


def test_the_chance_of_an_end_is_in_proportion_to_the_chance_that_a_step_is_put() -> None:
    # P(end) = put P(end | put) + (1 - put) P(end | not put), at the same points
    none, half, sure = ends_at("gaza-amendment-2023", "steps.amendment.put=0,0.5,1").to_numpy()
    assert half == pytest.approx((none + sure) / 2, abs=1e-8)
    assert none.sum() == pytest.approx(1, abs=1e-8)
    # the amendment, where it carries, turns some against the text: shift is below 0
    assert none[0] > sure[0] + 0.05


def test_a_point_of_a_path_has_the_ends_of_a_run() -> None:
    case = resolve("gaza-amendment-2023")
    steps = steps_of(case, plan_of(case, engine=Engine.EXACT))
    ends = {name: end["exact"] for name, end in steps["arms"]["us-votes-no"]["ends"].items()}
    found = ends_at("gaza-amendment-2023", "steps.amendment.put=0.95").iloc[0]
    assert {f"end: {name}": chance for name, chance in ends.items()} == pytest.approx(
        found.to_dict(), abs=1e-6
    )


@pytest.mark.parametrize(
    "over",
    [
        "steps.amendment.likeness=-0.7,0.7",
        "steps.amendment.majority=simple,two-thirds",
        "steps.amendment.us.us-votes-no=yes,no",
        "steps.amendment.known.BRA=yes,no",
        "steps.amendment.blocs.OIC.discipline=0,1",
        "steps.amendment.precedents.ES-11/6=in,out",
        "steps.amendment.on_carried.0.shift=-1,0",
        "resolution.majority=simple,two-thirds",
    ],
)
def test_what_a_step_is_given_moves_the_ends(over: str) -> None:
    one, other = ends_at("gaza-amendment-2023", over).to_numpy()
    assert abs(one - other).max() > 0.002


@pytest.mark.parametrize("field", ["name", "title", "actual", "put_range", "on_carried.1.shift"])
def test_other_fields_of_a_step_are_not_swept(field: str) -> None:
    over = [f"steps.amendment.{field}=a,b"]
    with pytest.raises(SweepError, match=r"must be one of .*steps\.amendment\.put, "):
        sweep("gaza-amendment-2023", over)
    with pytest.raises(SweepError, match="less than or equal to 1"):
        sweep("gaza-amendment-2023", ["steps.text.put=0.5,1.5"])


def test_an_answer_that_only_adoption_gives_is_told() -> None:
    rows = [(1, "simple", "a", 100.0, 0.9), (2, "two-thirds", "a", 100.0, 0.4)]
    points = pd.DataFrame(rows, columns=["point", "rule", "arm", "yes", "adopted"])
    text, table = sweep_answer(points, ["rule"], labels={"a": "a"}, grid=True)
    assert "the chance of adoption is 40.0 % with rule = two-thirds and 90.0 %" in text
    assert text.endswith("50.0 points apart.")
    assert table.rows == (("simple", "100.0 (90.0 %)"), ("two-thirds", "100.0 (40.0 %)"))


def test_the_answer_on_a_path_is_the_end_that_moves_most(tmp_path: Path) -> None:
    out = tmp_path / "out"
    over = ("--over", "steps.amendment.put=0,1", "--workers", "1", "--check", "0")
    ended = unga_sim("sweep", "gaza-amendment-2023", *over, "--out", out)
    assert ended.exit_code == 0, ended.stderr
    sure, none = (
        f"{100 * p:.1f} %" for p in sorted(pd.read_csv(out / "points.csv")["end: adopted"])
    )
    printed = " ".join(ended.stdout.split())
    assert f'the chance of the end "adopted" is {sure} with steps.amendment.put = 1' in printed
    assert f"and {none} with steps.amendment.put = 0: " in printed
    assert (out / "sweep.png").is_file()


def test_roll_calls_beside_the_scenario_are_found_from_elsewhere(
    two_arms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = (
        '[[roll_calls]]\nfile = "mine.csv"\nsymbol = "A/1"\nday = 2025-01-10\ntitle = "Peace"\n'
    )
    files.write_text(tmp_path / "place" / "two.toml", f"{files.read_text(two_arms)}\n{beside}")
    rows = [f"{code},{'no' if code == 'BRA' else 'yes'}" for code in Members.load().codes]
    files.write_text(tmp_path / "place" / "mine.csv", "\n".join(["state,vote", *rows, ""]))
    monkeypatch.chdir(tmp_path)
    over = "precedents.A/1.likeness=0.1,0.9"
    low, high = yes_at("place/two.toml", "precedents.A/1=in", over, arm="with-us")
    assert high > low
