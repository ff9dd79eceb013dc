"""The result folder: what a run leaves on disk, and how it is read and compared again."""

from __future__ import annotations

import io
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import files
from sim.choices import CHOICES
from sim.outcomes import Outcomes, summary

DIGITS = 10
"""Significant digits written; further ones differ between machines."""
LARGE = 20.0
"""Numbers above this are compared relative to their size."""
LIBRARIES = ("numpy", "scipy", "pandas")
TABLES = ("distribution", "differences", "states", "thresholds")


@dataclass(frozen=True)
class Result:
    """A result folder that was read.

    Attributes
    ----------
    summary : dict
        As in ``summary.json``.
    distribution : DataFrame
        arm, choice, votes, probability, simulated.
    differences : DataFrame
        arm, against, choice, difference, probability.
    states : DataFrame
        arm, iso3, name, probabilities and changes.
    thresholds : DataFrame
        arm, threshold, choice, at_least, simulated, exact.
    """

    summary: dict[str, Any]
    distribution: pd.DataFrame
    differences: pd.DataFrame
    states: pd.DataFrame
    thresholds: pd.DataFrame


def result_of(outcomes: Outcomes, labels: Mapping[str, str]) -> Result:
    """Return the outcomes as the tables of a result folder.

    Parameters
    ----------
    outcomes : Outcomes
    labels : mapping of arm to str
        How figures name each arm.
    """
    return Result(
        summary_of(outcomes, labels),
        outcomes.distribution(),
        differences_of(outcomes),
        outcomes.states(),
        outcomes.reached(),
    )


def summary_of(outcomes: Outcomes, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the content of ``summary.json``."""
    arms: dict[str, Any] = {}
    for arm, counts in outcomes.counts.items():
        exact = outcomes.exact[arm]
        arms[arm] = {
            "label": labels[arm],
            "adopted": {
                "simulated": counts.chance,
                "standard_error": counts.standard_error,
                "exact": exact.adopted,
                "exact_error": exact.error,
            },
            "tally": {choice.column: summary(exact.tallies[choice]) for choice in CHOICES},
        }
    contrasts = [
        {
            "arm": arm,
            "against": against,
            "adopted": {
                "simulated": outcomes.counts[arm].chance - outcomes.counts[against].chance,
                "exact": outcomes.exact[arm].adopted - outcomes.exact[against].adopted,
            },
            "tally": {
                row["choice"]: {name: row[name] for name in row if name != "choice"}
                for row in outcomes.contrast(arm, against).to_dict("records")
            },
        }
        for arm, against in outcomes.pairs
    ]
    return {
        "scenario": outcomes.stem,
        "title": outcomes.title,
        "as_of": outcomes.as_of.isoformat(),
        "draws": outcomes.draws,
        "seed": outcomes.seed,
        "arms": arms,
        "contrasts": contrasts,
    }


def differences_of(outcomes: Outcomes) -> pd.DataFrame:
    """Return the paired differences seen: arm, against, choice, difference, probability."""
    frames = []
    for (arm, against), pair in outcomes.pairs.items():
        for choice in CHOICES:
            weights = pair.differences[choice]
            seen = np.flatnonzero(weights)
            frames.append(
                pd.DataFrame(
                    {
                        "arm": arm,
                        "against": against,
                        "choice": choice.column,
                        "difference": seen - len(outcomes.codes),
                        "probability": weights[seen] / weights.sum(),
                    }
                )
            )
    columns = ["arm", "against", "choice", "difference", "probability"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def write_result(result: Result, folder: Path, *, inputs: Iterable[Path]) -> None:
    """Write the tables of a result into a folder that exists.

    Parameters
    ----------
    result : Result
    folder : Path
    inputs : iterable of Path
        The files the result was made from; their hashes go into ``manifest.json``.
    """
    files.write_text(folder / "summary.json", _json(_rounded(result.summary)))
    for name in TABLES:
        files.write_text(folder / f"{name}.csv", _csv(getattr(result, name)))
    files.write_text(folder / "manifest.json", _json(manifest(result.summary["seed"], inputs)))


def manifest(seed: int, inputs: Iterable[Path]) -> dict[str, Any]:
    """Return versions, seed and the hash of every input."""
    return {
        "versions": {
            "unga-sim": metadata.version("unga-sim"),
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in LIBRARIES},
        },
        "seed": seed,
        "inputs": {path.name: files.sha256(path) for path in sorted(inputs)},
    }


def read_result(folder: Path) -> Result:
    """Return a result folder.

    Raises
    ------
    files.FileError
        If a file is missing or cannot be read.
    """
    try:
        stored = json.loads(files.read_text(folder / "summary.json"))
        tables = {
            name: pd.read_csv(
                io.StringIO(files.read_text(folder / f"{name}.csv")),
                keep_default_na=False,
                na_values=[""],
            )
            for name in TABLES
        }
    except ValueError as error:
        if isinstance(error, files.FileError):
            raise
        raise files.FileError(f"{folder}: not a result folder: {error}") from None
    return Result(stored, **tables)


def differences_between(one: Result, other: Result, *, tolerance: float = 1e-5) -> list[str]:
    """Return where two results are not the same, a line each; empty if they are.

    Parameters
    ----------
    one, other : Result
        What was stored, and what was made again.
    tolerance : float
        Difference of numbers that is let pass, relative to floats above `LARGE`: single precision
        adds up a little differently on another processor.
    """
    found = _unlike(one.summary, other.summary, "summary.json", tolerance)
    for name in TABLES:
        stored, made = getattr(one, name), getattr(other, name)
        try:
            pd.testing.assert_frame_equal(
                stored,
                made,
                check_dtype=False,
                rtol=tolerance / LARGE,
                atol=tolerance,
                check_like=True,
            )
        except AssertionError as error:
            reason = " ".join(str(error).split())
            found.append(f"{name}.csv: {reason:.200}")
    return found


def _unlike(one: Any, other: Any, place: str, tolerance: float) -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [
            line
            for key in one
            for line in _unlike(one[key], other[key], f"{place}: {key}", tolerance)
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            line
            for number, pair in enumerate(zip(one, other, strict=True))
            for line in _unlike(*pair, f"{place}: {number}", tolerance)
        ]
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        size = max(1.0, abs(one) / LARGE) if isinstance(one, float) else 1.0
        alike = abs(one - other) <= tolerance * size
        return [] if alike else [f"{place}: {one} became {other}"]
    return [] if one == other else [f"{place}: {one!r:.80} became {other!r:.80}"]


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _csv(frame: pd.DataFrame) -> str:
    text: str = frame.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")
    return text
