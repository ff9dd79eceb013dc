"""A stored result made again from its scenario, and compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim import files
from sim.results import Result, differences_between, read_result
from sim.runs import Run, checked_scenario, inputs_of, run_scenario


@dataclass(frozen=True)
class Stored:
    """A stored result, with what it takes to make it again.

    Attributes
    ----------
    folder : Path
    result : Result
    draws, seed : int
    hashes : mapping of str to str
        SHA-256 of every input, by file name.
    """

    folder: Path
    result: Result
    draws: int
    seed: int
    hashes: Mapping[str, str]


@dataclass(frozen=True)
class Reproduction:
    """A stored result beside the same run made again.

    Attributes
    ----------
    stored : Stored
    run : Run
        Made again.
    differences : tuple of str
        Where the two differ; empty if they do not.
    inputs : tuple of str
        Inputs that are not what they were, whether or not that made a difference.
    """

    stored: Stored
    run: Run
    differences: tuple[str, ...]
    inputs: tuple[str, ...]


def read_stored(folder: Path) -> Stored:
    """Return the stored result in a folder.

    Raises
    ------
    files.FileError
        If the folder holds no result.

    Examples
    --------
    >>> read_stored(Path("nowhere"))
    Traceback (most recent call last):
    sim.files.FileError: nowhere/summary.json: No such file or directory
    """
    result = read_result(folder)
    manifest = files.read_text(folder / "manifest.json")
    try:
        hashes = dict(json.loads(manifest)["inputs"])
        return Stored(
            folder, result, int(result.summary["draws"]), int(result.summary["seed"]), hashes
        )
    except (KeyError, TypeError, ValueError) as error:
        raise files.FileError(f"{folder}: not a result folder: {error!r}") from None


def reproduce(
    stored: Stored, place: Path, *, progress: Callable[[int], None] | None = None
) -> Reproduction:
    """Run the scenario of a stored result again, and compare.

    Parameters
    ----------
    stored : Stored
        Its number of draws and its seed are used again.
    place : Path
        The scenario's file.
    progress : callable
        Told the number of draws after each block.

    Raises
    ------
    ScenarioError
        If the scenario cannot be run.

    Examples
    --------
    >>> import pandas as pd
    >>> nothing = pd.DataFrame()
    >>> stored = Stored(Path("old"), Result({}, *[nothing] * 4), draws=9, seed=1, hashes={})
    >>> reproduce(stored, Path("nowhere.toml"))
    Traceback (most recent call last):
    sim.scenario.ScenarioError: nowhere.toml: No such file or directory
    """
    scenario = checked_scenario(place)
    run = run_scenario(scenario, place, draws=stored.draws, seed=stored.seed, progress=progress)
    changed = [
        path.name
        for path in inputs_of(scenario, place)
        if stored.hashes.get(path.name) != files.sha256(path)
    ]
    return Reproduction(
        stored, run, tuple(differences_between(stored.result, run.result)), tuple(changed)
    )
