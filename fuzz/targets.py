"""What is tried: scenarios, command lines, voting files, records, and stored pieces."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import typer.testing
from hypothesis import strategies as st
from typer.testing import CliRunner

from sim import files
from sim.cli import app
from sim.models.fitted import read_parameters
from sim.record import read_record
from sim.record.importing import import_files
from sim.runs import read_result
from sim.runs.ledger import read_ledger
from sim.runs.partial import read_partial
from sim.runs.reproduce import read_stored
from sim.scenario import ScenarioError, resolve
from sim.studies.sweep.stored import place_of, stored_point

# Half the time of a command line went into making the commands from their functions again.
typer.testing._get_command = functools.cache(typer.testing._get_command)  # type: ignore[attr-defined]

REFUSALS = (files.FileError, ScenarioError)
ODD = ["", "\0", "\x1b[2J", "\u202e", "\ud7ff", "NA", "nan", "inf", "-1", "1e999", "0", "9" * 400]
ODD += [
    "2024-02-30",
    "2024-02-24",
    "[" * 200,
    "{",
    '"',
    "'",
    '"""',
    "a.b",
    "=",
    "#",
    ",",
    ";",
    "\n",
]
VOTES = """symbol,date,title,iso3,vote
A/RES/1/1,1950-01-02,On peace,FRA,Y
A/RES/1/1,1950-01-02,On peace,USA,N
A/RES/1/2,1950-01-03,"On peace, again",FRA,A
"""
CODES = ["FRA", "USA", "BRA", "XXX"]


@functools.cache
def texts() -> tuple[str, ...]:
    """Every scenario that is shipped."""
    return tuple(map(files.read_text, sorted(files.shipped("scenarios").glob("*.toml"))))


@st.composite
def mangled(draw: st.DrawFn, originals: st.SearchStrategy[bytes]) -> bytes:
    """A few changes to bytes that are right: pieces dropped, doubled, replaced, moved."""
    content = draw(originals)
    for _ in range(draw(st.integers(0, 4))):
        first = draw(st.integers(0, len(content)))
        last = min(len(content), first + draw(st.sampled_from([0, 1, 2, 7, 40, 4000])))
        odd = st.one_of(st.sampled_from(ODD).map(str.encode), st.binary(max_size=6))
        put = draw(st.one_of(st.just(b""), odd, st.just(content[first:last] * 2)))
        content = content[:first] + put + content[last:]
    return content


@st.composite
def scenarios(draw: st.DrawFn) -> bytes:
    """A shipped scenario with other values in some lines, or its bytes mangled."""
    lines = draw(st.sampled_from(texts())).splitlines()
    right = ["true", "[]", "{}", "[1]", "{a = 1}", '"yes"', '"no"', '["FRA"]', "2025-02-24"]
    numbers = st.one_of(st.integers(), st.floats()).map(str)
    words = st.text(max_size=8).map(json.dumps)
    values = st.one_of(st.sampled_from(ODD), st.sampled_from(right), numbers, words)
    for _ in range(draw(st.integers(0, 3))):
        number = draw(st.integers(0, len(lines) - 1))
        name, sign, _ = lines[number].partition(" = ")
        lines[number] = f"{name} = {draw(values)}" if sign else draw(values)
    return draw(mangled(st.just("\n".join(lines).encode("utf-8", "surrogatepass"))))


ARGUMENTS = [
    "jerusalem-2017",
    "anniversary-2025",
    "FRA",
    "nowhere",
    "votes.csv",
    "mine.toml",
    ".",
    *ODD,
]
OPTIONS = ["--draws", "--seed", "--engine", "--known", "--known-file", "--out", "--arm", "--over"]
OPTIONS += [
    "--design",
    "--points",
    "--target",
    "--push",
    "--as-of",
    "--from",
    "--to",
    "--us",
    "--jobs",
]
OPTIONS += ["--joint", "--keep-draws", "--continue", "-q", "--yes", "--check", "--help", "--ledger"]
VALUES = ["2", "yes>=97", "us.effect_scale=1", "exact", "simulate", "us-opposes", "BRA=yes", "out"]
COMMANDS = ["check", "explain", "run", "contrast", "whom", "sweep", "fit", "backtest", "skill"]
COMMANDS += ["plot", "reproduce", "record", "ledger", "import", "info", "add", "score", "verify"]
LINES = st.lists(st.sampled_from([*ARGUMENTS, *OPTIONS, *VALUES]), max_size=5).flatmap(
    lambda rest: st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=2).map(
        lambda c: [*c, *rest]
    )
)


@contextlib.contextmanager
def somewhere() -> Iterator[Path]:
    """An empty folder to work in."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(before)


def allowed(call: Callable[[], object]) -> None:
    """Let a call answer, or refuse in words that steer no terminal."""
    try:
        call()
    except REFUSALS as error:
        assert str(error).strip(), "an empty message"


def scenario(content: bytes) -> None:
    """A file of a scenario is resolved or refused."""
    with somewhere() as folder:
        (folder / "mine.toml").write_bytes(content)
        allowed(lambda: resolve(folder / "mine.toml"))


def command_line(arguments: list[str]) -> None:
    """A command line ends with 0, 1, 2 or 130; few draws, for there are many of them."""
    slow = {"run", "whom", "contrast", "sweep", "reproduce", "ledger"} & set(arguments)
    if slow and not {"nowhere", "mine.toml", "--help", *ODD} & set(arguments):
        return
    with somewhere() as folder:
        (folder / "votes.csv").write_text(VOTES, encoding="utf-8")
        (folder / "mine.toml").write_text('title = "a"\n', encoding="utf-8")
        ended = CliRunner().invoke(app, arguments)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        assert ended.exit_code in (0, 1, 2), ended.exit_code
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", ended.output), "steers the terminal"


def voting_file(content: bytes) -> None:
    """A published file is imported or refused."""
    with somewhere() as folder:
        (folder / "votes.csv").write_bytes(content)
        allowed(lambda: import_files([folder / "votes.csv"]).describe())


COLUMNS = st.sampled_from(["symbol", "date", "title", "iso3", "vote", "rcid", "session", "x"])
CELLS = st.one_of(st.none(), st.text(max_size=5), st.integers(-5, 2100), st.sampled_from(CODES))
TABLES = st.dictionaries(
    COLUMNS, st.lists(CELLS.map(lambda c: None if c is None else str(c)), max_size=4), max_size=7
)


def parquet(columns: dict[str, list[Any]]) -> None:
    """A Parquet file is a record, a table of votes, or refused."""
    length = max(map(len, columns.values()), default=0)
    padded = {name: cells + [None] * (length - len(cells)) for name, cells in columns.items()}
    with somewhere() as folder:
        place = folder / "r.parquet"
        pq.write_table(
            pa.table({name: pa.array(cells, pa.string()) for name, cells in padded.items()}), place
        )
        allowed(lambda: read_record(place))
        allowed(lambda: import_files([place]).describe())


@functools.cache
def pieces() -> dict[str, bytes]:
    """One right piece of every kind that is stored, by its file."""
    stored = files.shipped("results") / "jerusalem-2017"
    found = {
        name: (stored / name).read_bytes()
        for name in ("summary.json", "manifest.json", "states.csv")
    }
    parameters = min(files.shipped("seeds").glob("parameters/*.toml"))
    with tempfile.TemporaryDirectory() as folder:
        files.write_arrays(
            Path(folder) / "partial.npz", {"about": np.array("{}"), "a": np.arange(3)}
        )
        found["partial.npz"] = (Path(folder) / "partial.npz").read_bytes()
    point = b'{"point": {"a": 1.0}, "arms": {"x": {"yes": 1.0}}, "checksum": "0"}'
    lines = b'{"content": {"number": 1}, "before": "", "hash": "0"}\n'
    return {
        **found,
        "point.json": point,
        "ledger.jsonl": lines,
        "p.toml": parameters.read_bytes()[:20_000],
    }


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A stored piece with some changes."""
    name = draw(st.sampled_from(sorted(pieces())))
    return name, draw(mangled(st.just(pieces()[name])))


def piece(case: tuple[str, bytes]) -> None:
    """A damaged piece is read, passed over or refused."""
    name, content = case
    with somewhere() as folder:
        for other in (
            "summary.json",
            "manifest.json",
            "states.csv",
            "distribution.csv",
            "contrasts.csv",
        ):
            source = files.shipped("results") / "jerusalem-2017" / other
            if source.is_file():
                (folder / other).write_bytes(source.read_bytes())
        place = folder / name if name != "point.json" else place_of(folder, "ab")
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
        for call in (read_result, read_stored, read_partial):
            allowed(functools.partial(call, folder))
        allowed(lambda: read_ledger(folder / "ledger.jsonl"))
        allowed(lambda: read_parameters(folder / "p.toml"))
        assert stored_point(folder, "ab") is None


TARGETS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], None]]] = {
    "scenario": (scenarios(), scenario),
    "command-line": (LINES, command_line),
    "voting-file": (mangled(st.just(VOTES.encode())), voting_file),
    "parquet": (TABLES, parquet),
    "piece": (damaged(), piece),
}
