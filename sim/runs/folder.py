"""A result on disk: written, and read again."""

from __future__ import annotations

import io
import json
import os
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, cast

import pandas as pd

from sim import __version__, files
from sim.runs.result import ON_DEMAND, TABLES, Result
from sim.vote.engine import Engine

DIGITS = 10
"""Significant digits written; further ones differ between machines."""
MANIFEST = "manifest.json"
HASHED = (".csv", ".json", ".parquet")
"""Endings of tables; figures are drawn from them, and may be drawn again."""
LIBRARIES = ("numpy", "scipy", "pandas")


def write_result(
    result: Result, folder: Path, *, inputs: Iterable[Path], engine: Engine = Engine.BOTH
) -> None:
    """Write the tables of a result into a folder that exists.

    Parameters
    ----------
    result : Result
    folder : Path
    inputs : iterable of Path
        The files the result was made from, the scenario's first; their hashes go into
        ``manifest.json``.
    engine : Engine
        What made it; named there too.

    Examples
    --------
    >>> import tempfile
    >>> made = read_result(files.shipped("results") / "jerusalem-2017")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_result(made, Path(folder), inputs=())
    ...     read_result(Path(folder)).summary == made.summary
    True
    """
    files.write_text(folder / "summary.json", _json(_rounded(result.summary)))
    for name in (*TABLES, *ON_DEMAND):
        table = getattr(result, name)
        if table is not None:
            files.write_text(folder / f"{name}.csv", files.csv_text(table, digits=DIGITS))
    if result.actual is not None:  # no part of the forecast, and so in a file of its own
        files.write_text(folder / "actual.json", _json(result.actual))
    write_manifest({**manifest(result.summary["seed"], inputs), "engine": engine.value}, folder)


def manifest(seed: int, inputs: Iterable[Path]) -> dict[str, Any]:
    """Return versions, seed and the hash of every input.

    Examples
    --------
    >>> sorted(manifest(7, []))
    ['inputs', 'seed', 'versions']
    """
    return {
        "versions": {
            "unga-sim": __version__,
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in LIBRARIES},
        },
        "seed": seed,
        "inputs": {name: files.sha256(path) for name, path in sorted(named_inputs(inputs).items())},
    }


def write_manifest(made_of: Mapping[str, Any], folder: Path) -> None:
    """Write ``manifest.json`` into a folder that has all its tables, with the hash of each.

    Parameters
    ----------
    made_of : mapping
        As `manifest` gives it, perhaps with more.
    folder : Path

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as made:
    ...     files.write_text(Path(made) / "states.csv", "arm")
    ...     write_manifest(manifest(7, []), Path(made))
    ...     print(json.loads(files.read_text(Path(made) / "manifest.json"))["files"])
    {'states.csv': 'ddf7ff5ebd9d66ce161466c1c0262430fa04de32b0e420ee3f489e2e2112e386'}
    """
    tables = sorted(path for path in folder.iterdir() if path.suffix in HASHED)
    hashes = {path.name: files.sha256(path) for path in tables if path.name != MANIFEST}
    files.write_text(folder / MANIFEST, _json({**made_of, "files": hashes}))


def edited(folder: Path) -> list[str]:
    """Return the tables of a folder that are not as they were written, by its manifest.

    Folders of versions before 0.2 have no hashes; of these nothing is known.

    Raises
    ------
    files.FileError
        If the manifest is none.

    Examples
    --------
    >>> edited(files.shipped("results") / "jerusalem-2017"), edited(Path("nowhere"))
    ([], [])
    """
    if not (folder / MANIFEST).is_file():
        return []
    try:
        hashes = dict(json.loads(files.read_text(folder / MANIFEST)).get("files", {}))
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise files.FileError(f"{folder / MANIFEST}: not a manifest: {error}") from None
    # a name from outside leads to no other folder
    there = {path.name: path for path in folder.iterdir() if path.is_file()}
    return [
        name
        for name, told in hashes.items()
        if name not in there or files.sha256(there[name]) != told
    ]


def refuse_edited(folder: Path) -> None:
    """Refuse a folder with a table that is not as it was written.

    Raises
    ------
    files.FileError
        If there is one; the message names it.

    Examples
    --------
    >>> refuse_edited(files.shipped("results") / "jerusalem-2017")
    """
    for name in edited(folder):
        raise files.FileError(
            f"{folder / name}: not as it was written, by {MANIFEST}; run it again"
        )


def named_inputs(inputs: Iterable[Path]) -> dict[str, Path]:
    """Return files by what a manifest calls them, on every machine.

    Parameters
    ----------
    inputs : iterable of Path
        What the project ships is named from its top; all else from the folder of the first.

    Examples
    --------
    >>> list(named_inputs([Path("mine/a.toml"), Path("mine/votes/b.csv"), files.seed("blocs.csv")]))
    ['a.toml', 'votes/b.csv', 'seeds/blocs.csv']
    """
    listed = list(inputs)
    base = listed[0].resolve().parent if listed else Path()
    return {_input_name(path.resolve(), base): path for path in listed}


def _input_name(path: Path, base: Path) -> str:
    for folder in ("seeds", "scenarios"):
        if (top := files.shipped(folder).resolve()) in path.parents:
            return f"{folder}/{path.relative_to(top).as_posix()}"
    try:
        return Path(os.path.relpath(path, base)).as_posix()
    except ValueError:  # on another drive
        return path.as_posix()


def read_result(folder: Path, *, as_written: bool = True) -> Result:
    """Return a result folder.

    Parameters
    ----------
    folder : Path
    as_written : bool
        Whether tables that were edited after the run are refused.

    Raises
    ------
    files.FileError
        If a file is missing or cannot be read, or is not as the run wrote it.

    Examples
    --------
    >>> list(read_result(files.shipped("results") / "jerusalem-2017").summary["arms"])
    ['us-votes-no', 'us-lobbies']
    """
    files.recover(folder)
    there = (*TABLES, *(name for name in ON_DEMAND if (folder / f"{name}.csv").is_file()))
    try:
        stored = read_summary(folder)
        real = folder / "actual.json"
        actual = json.loads(files.read_text(real)) if real.is_file() else None
        tables = {
            name: pd.read_csv(
                io.StringIO(files.read_text(folder / f"{name}.csv")),
                keep_default_na=False,
                na_values=[""],
            )
            for name in there
        }
        if "arm" not in tables["states"] or _rows_by_arm(tables["states"]) != {*stored["arms"]}:
            raise ValueError("states.csv has not every state of every arm")
    except ValueError as error:
        if isinstance(error, files.FileError):
            raise
        raise files.FileError(f"{folder}: not a result folder: {error}") from None
    if as_written:
        refuse_edited(folder)
    return Result(stored, **tables, actual=actual)


def read_summary(folder: Path) -> dict[str, Any]:
    """Return what ``summary.json`` of a result folder says.

    Raises
    ------
    files.FileError
        If it is missing or not that of a result.

    Examples
    --------
    >>> list(read_summary(files.shipped("results") / "jerusalem-2017")["arms"])
    ['us-votes-no', 'us-lobbies']
    """
    text = files.read_text(folder / "summary.json")
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise files.FileError(f"{folder}: not a result folder: {error}") from None
    kinds = {"scenario": str, "arms": dict, "known": dict}
    told = {"known": {}, **stored} if isinstance(stored, dict) else {}
    if wrong := [name for name, kind in kinds.items() if not isinstance(told.get(name), kind)]:
        reason = f"summary.json does not say: {', '.join(wrong)}"
        raise files.FileError(f"{folder}: not a result folder: {reason}")
    return cast(dict[str, Any], stored)


def _rows_by_arm(states: pd.DataFrame) -> set[str]:
    """Return the arms that have as many states as the one with most."""
    rows = states["arm"].value_counts()
    return set(rows.index[rows == rows.max()])


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
