"""A stored result made again from its scenario, and compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim import files
from sim.assembly.choices import COLUMNS, Choice
from sim.runs import Result, differences_between, read_result
from sim.runs.folder import edited, named_inputs
from sim.runs.run import Run, run_scenario
from sim.scenario.case import resolve
from sim.vote.engine import Engine, Plan


@dataclass(frozen=True)
class Stored:
    """A stored result, with what it takes to make it again.

    Attributes
    ----------
    folder : Path
    result : Result
    plan : Plan
    hashes : mapping of str to str
        SHA-256 of every input, by file name.
    known : mapping of ISO code to Choice
        The known votes, the scenario's and those that were added.
    edited : tuple of str
        Tables that are not as the run wrote them.
    """

    folder: Path
    result: Result
    plan: Plan
    hashes: Mapping[str, str]
    known: Mapping[str, Choice] = field(default_factory=dict)
    edited: tuple[str, ...] = ()


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
        If the folder holds no result, or that of a run that was interrupted.

    Examples
    --------
    >>> read_stored(Path("nowhere"))
    Traceback (most recent call last):
    sim.files.FileError: nowhere/summary.json: No such file or directory
    """
    result = read_result(folder, as_written=False)
    text = files.read_text(folder / "manifest.json")
    try:
        manifest, summary = json.loads(text), result.summary
        if (asked := summary.get("draws_asked")) is not None:
            raise files.FileError(
                f"{folder}: was interrupted after {summary['draws']:,} of {asked:,} draws; first "
                f"unga-sim run {summary['scenario']} --continue"
            )
        known = summary.get("known", {})
        return Stored(
            folder,
            result,
            Plan(
                draws=int(summary["draws"]),
                seed=int(summary["seed"]),
                engine=Engine(manifest.get("engine", Engine.BOTH)),
                joint=result.joint is not None,
            ),
            hashes=dict(manifest["inputs"]),
            known={code: Choice(COLUMNS.index(vote)) for code, vote in known.items()},
            edited=tuple(edited(folder)),
        )
    except files.FileError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise files.FileError(f"{folder}: not a result folder: {error!r}") from None


def reproduce(
    stored: Stored, place: Path, *, progress: Callable[[int], None] | None = None
) -> Reproduction:
    """Run the scenario of a stored result again, and compare.

    Parameters
    ----------
    stored : Stored
        It is run again as it was.
    place : Path
        The scenario's file.
    progress : callable
        As `sim.runs.simulate.simulate` takes it.

    Raises
    ------
    ScenarioError
        If the scenario cannot be run.

    Examples
    --------
    >>> import pandas as pd
    >>> nothing = pd.DataFrame()
    >>> stored = Stored(Path("old"), Result({}, *[nothing] * 4), Plan(draws=9, seed=1), hashes={})
    >>> reproduce(stored, Path("nowhere.toml"))
    Traceback (most recent call last):
    sim.scenario.schema.ScenarioError: nowhere.toml: No such file or directory
    """
    case = resolve(place, known=stored.known)
    run = run_scenario(case, plan=stored.plan, progress=progress)
    changed = [
        name
        for name, path in named_inputs(case.inputs).items()
        # before 0.2 manifests named files without their folders
        if stored.hashes.get(name, stored.hashes.get(path.name)) != files.sha256(path)
    ]
    differences = [f"{name}: not as it was written" for name in stored.edited]
    differences += differences_between(stored.result, run.result)
    return Reproduction(stored, run, tuple(differences), tuple(changed))
