"""What a study leaves on disk: its tables for people and for programs, its figure, its inputs."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import files
from sim.assembly.choices import CHOICES
from sim.report.studies import lever_finding, lever_told
from sim.report.sweep import sweep_answer
from sim.report.table import Table
from sim.runs import manifest
from sim.runs.folder import write_manifest
from sim.runs.run import Run, save_run
from sim.scenario.case import Case
from sim.studies.calls import Calls
from sim.studies.contrast import Contrasts
from sim.studies.lever import Lever
from sim.studies.sweep import Sweep, save_sweep
from sim.studies.turnover import Turnover

SWEPT = (
    "points.csv", "sensitivity.csv", "answer.json", "sensitivity.png", "sensitivity.svg",
    "sweep.png", "sweep.svg", "manifest.json",
)  # fmt: skip
"""Made from the points of a sweep, whenever it is asked for."""
TOP = 10
"""Movers of each contrast in the file that holds everything else."""
MOST_DRAWN = 10_000
"""Points of a sweep that are drawn at most."""
DIGITS = 10
"""Decimals written."""


def save_run_with_figures(run: Run, folder: Path) -> None:
    """Write everything a run leaves into a folder that exists: its tables, then its figures.

    Parameters
    ----------
    run : Run
    folder : Path
        As `files.whole_folder` gives it.

    Examples
    --------
    See `sim.runs.run.save_run`, which writes the tables.
    """
    from sim.report.figures import draw_result  # matplotlib takes half a second

    save_run(run, folder)
    draw_result(run.result, folder)


def save_sweep_with_figures(sweep: Sweep, folder: Path) -> list[Path]:
    """Write the tables of a sweep whose points are all there, and its answer drawn.

    Of a Saltelli design that is what drives the answer; else what the answer comes to. They take
    the place of another sweep's when all are there; points stay.

    Parameters
    ----------
    sweep : Sweep
    folder : Path
        As given to `sim.studies.sweep.run_sweep`.

    Returns
    -------
    list of Path
        What was written.

    Examples
    --------
    See `sim.studies.sweep.save_sweep`, which writes the tables.
    """
    with files.whole_folder(folder, only=SWEPT) as made:
        save_sweep(sweep, made, points=folder)
        _draw_answer(sweep, made)
        names = {path.name for path in made.iterdir()}
    return [folder / name for name in SWEPT if name in names]


def _draw_answer(sweep: Sweep, folder: Path) -> None:
    """Add the answer of a sweep, and its figure, to a folder with its tables."""
    from sim.report.figures.sweep import draw_sensitivity, draw_sweep  # matplotlib takes a while

    sentence, table = answer_of(sweep, folder)
    answer = {"sentence": sentence, "columns": table.columns, "rows": table.rows}
    _write_json(answer, folder / "answer.json")
    about, arms = sweep.case.scenario.title, sweep.case.labels
    if (folder / "sensitivity.csv").is_file():
        drivers = pd.read_csv(folder / "sensitivity.csv", keep_default_na=False)
        draw_sensitivity(drivers, folder, about=about, arms=arms)
    elif len(sweep.design.points) <= MOST_DRAWN:
        points = stored_points(folder)
        draw_sweep(points, folder, fields=sweep.design.fields, about=about, arms=arms)


def answer_of(sweep: Sweep, folder: Path) -> tuple[str, Table]:
    """Return the sentence and the table that a finished sweep comes to.

    Examples
    --------
    See `sim.report.sweep.sweep_answer`, which makes them.
    """
    design, labels = sweep.design, sweep.case.labels
    grid = design.kind == "grid"
    return sweep_answer(stored_points(folder), design.fields, labels=labels, grid=grid)


def stored_points(folder: Path) -> pd.DataFrame:
    """Return the table of a sweep's points, as it was written.

    Examples
    --------
    See `sim.studies.sweep.save_sweep`, which writes it.
    """
    return pd.read_csv(io.StringIO(files.read_text(folder / "points.csv")), keep_default_na=False)


def save_contrasts(
    contrasts: Contrasts, folder: Path, *, steps: pd.DataFrame | None = None
) -> None:
    """Write a scenario's contrasts into a folder that exists.

    ``contrast.json`` holds everything, ``contrast.csv`` a row for each count and outcome,
    ``movers.csv`` every state, ``curve.csv`` the chances against the multiple of the effect,
    ``contrast.png`` and ``contrast.svg`` the figure, ``manifest.json`` what it was made from.

    Parameters
    ----------
    contrasts : Contrasts
    folder : Path
    steps : DataFrame, optional
        As `sim.studies.steps.contrast_steps` gives it; into ``contrast.json`` and ``steps.csv``.

    Examples
    --------
    >>> import tempfile
    >>> from sim.studies.contrast import contrast
    >>> from sim.scenario.schema import read_scenario
    >>> cuba = read_scenario("cuba-embargo-2016")
    >>> still = cuba.us.model_copy(update={"effect_scale": 0.0})
    >>> cuba = cuba.model_copy(update={"thresholds": (), "us": still})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_contrasts(contrast(cuba, draws=10), Path(folder))
    ...     sorted(path.name for path in Path(folder).glob("*.csv"))
    ['contrast.csv', 'curve.csv', 'movers.csv']
    """
    from sim.report.figures.contrast import draw_contrasts  # matplotlib takes half a second

    told = contrast_table(contrasts)
    if steps is not None:
        _write_csv(steps, folder / "steps.csv")
        told["steps"] = records(steps)
    _write_json(told, folder / "contrast.json")
    _write_csv(rows_of(contrasts), folder / "contrast.csv")
    for name in ("movers", "curve"):
        frames = [
            frame.assign(arm=one.arm, against=one.against)[["arm", "against", *frame.columns]]
            for one in contrasts.each
            for frame in (one.movers if name == "movers" else one.curve.frame(),)
        ]
        _write_csv(pd.concat(frames, ignore_index=True), folder / f"{name}.csv")
    curves = [one.curve.frame().assign(arm=one.arm, against=one.against) for one in contrasts.each]
    draw_contrasts(told, pd.concat(curves), folder)
    write_manifest(manifest(contrasts.outcomes.seed, contrasts.case.inputs), folder)


def save_calls(calls: Calls, folder: Path, *, case: Case, asked: Mapping[str, Any]) -> None:
    """Write whom to call into a folder that exists: ``whom.json``, ``whom.csv`` and the manifest.

    Parameters
    ----------
    calls : Calls
    folder : Path
    case : Case
    asked : mapping
        What else was asked: arm, target and so on.

    Examples
    --------
    >>> import tempfile
    >>> from sim.scenario.case import resolve
    >>> none = pd.DataFrame({"iso3": [], "chance": []})
    >>> calls, told = Calls(0.9, none, none, 0.9, 0), {"target": "yes>=97"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = Path(folder)
    ...     save_calls(calls, made, case=resolve("jerusalem-2017"), asked=told)
    ...     json.loads((made / "whom.json").read_text())["reached"]
    True
    """
    found = {
        "scenario": case.stem,
        **asked,
        "seed": case.scenario.seed,
        "known": dict(case.scenario.known),
        "chance": round(calls.chance, DIGITS),
        "wanted": calls.wanted,
        "reached": calls.reached,
        "at_least": calls.at_least,
        "route": records(calls.route),
        "states": records(calls.states),
    }
    _write_json(found, folder / "whom.json")
    _write_csv(calls.states, folder / "whom.csv")
    write_manifest(manifest(case.scenario.seed, case.inputs), folder)


def save_fall(parts: pd.DataFrame, history: pd.DataFrame, folder: Path) -> None:
    """Write the parts of the fall in support into a folder: ``fall.json`` and ``fall.csv``.

    Examples
    --------
    >>> import tempfile
    >>> parts = pd.DataFrame({"part": ["drift"], "votes": [-1.0]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_fall(parts, parts, Path(folder))
    ...     print((Path(folder) / "fall.csv").read_text(), end="")
    part,votes
    drift,-1.0000000000
    """
    _write_json({"parts": records(parts), "history": records(history)}, folder / "fall.json")
    _write_csv(parts, folder / "fall.csv")


def save_turnover(found: Turnover, folder: Path) -> None:
    """Write who changed its vote into a folder: ``fall.json`` and ``fall.csv``.

    Examples
    --------
    >>> import tempfile
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.studies.turnover import turnover
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_turnover(turnover(cited_roll_calls(), "ES-11/6", "ES-11/7"), Path(folder))
    ...     print((Path(folder) / "fall.csv").read_text().splitlines()[1])
    AFG,Afghanistan,Asia-Pacific,yes,non_voting
    """
    table = {
        "first": found.first.key,
        "last": found.last.key,
        "choices": [choice.column for choice in CHOICES],
        "states": found.table().tolist(),
        "moved": records(found.moved()),
    }
    _write_json(table, folder / "fall.json")
    _write_csv(found.moved(), folder / "fall.csv")


def save_lever(lever: Lever, folder: Path, *, inputs: Sequence[Path] = ()) -> None:
    """Write the wording lever into a folder: JSON, CSV, the figure and the manifest.

    Parameters
    ----------
    lever : Lever
    folder : Path
    inputs : sequence of Path
        Files that it rests on besides those of the case.

    Examples
    --------
    >>> import tempfile
    >>> from sim.studies.lever import wording_lever
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_lever(wording_lever("jerusalem-2017"), Path(folder))
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['lever.csv', 'lever.json', 'lever.png', 'lever.svg', 'manifest.json']
    """
    from sim.report.figures.ranges import draw_lever  # matplotlib takes half a second

    scenario = lever.case.scenario
    _write_json(lever_told(lever), folder / "lever.json")
    _write_csv(lever.table(), folder / "lever.csv")
    draw_lever(lever.table(), folder, finding=lever_finding(lever), about=scenario.title)
    files_used = [*lever.case.inputs, files.seed("text_series.csv"), *inputs]
    write_manifest(manifest(scenario.seed, files_used), folder)


def contrast_table(contrasts: Contrasts) -> dict[str, Any]:
    """Return everything as ``contrast.json`` has it.

    Examples
    --------
    >>> from sim.studies.contrast import contrast
    >>> from sim.scenario.schema import read_scenario
    >>> cuba = read_scenario("cuba-embargo-2016")
    >>> still = cuba.us.model_copy(update={"effect_scale": 0.0})
    >>> cuba = cuba.model_copy(update={"thresholds": (), "us": still})
    >>> told = contrast_table(contrast(cuba, draws=10))
    >>> told["against"], [each["arm"] for each in told["contrasts"]]
    ('us-votes-no', ['us-abstains'])
    """
    outcomes = contrasts.outcomes
    return {
        "scenario": outcomes.stem,
        "title": outcomes.title,
        "as_of": outcomes.as_of.isoformat(),
        "draws": outcomes.draws,
        "seed": outcomes.seed,
        "known": dict(contrasts.case.scenario.known),
        "labels": contrasts.labels,
        "against": next(iter(contrasts.labels)),
        "contrasts": [
            {
                "arm": one.arm,
                "counts": records(one.counts),
                "chances": records(one.chances),
                "break_even": records(one.break_even),
                "movers": records(one.movers.head(TOP)),
            }
            for one in contrasts.each
        ],
    }


def rows_of(contrasts: Contrasts) -> pd.DataFrame:
    """Return a row for each count and each outcome of each contrast, as ``contrast.csv`` has it.

    Examples
    --------
    >>> from sim.studies.contrast import contrast
    >>> from sim.scenario.schema import read_scenario
    >>> cuba = read_scenario("cuba-embargo-2016")
    >>> still = cuba.us.model_copy(update={"effect_scale": 0.0})
    >>> cuba = cuba.model_copy(update={"thresholds": (), "us": still})
    >>> rows_of(contrast(cuba, draws=10))["of"].tolist()
    ['yes', 'abstain', 'no', 'non_voting', 'adopted']
    """
    frames = []
    for one in contrasts.each:
        counts = one.counts.rename(columns={"choice": "of"}).assign(unit="votes")
        evens = one.break_even.drop(columns="assumed")
        chances = one.chances.merge(evens, on="outcome").rename(
            columns={"outcome": "of", "arm": "chance", "against": "chance_against"}
        )
        both = pd.concat([counts, chances.assign(unit="chance")], ignore_index=True)
        frames.append(both.assign(arm=one.arm, against=one.against))
    found = pd.concat(frames, ignore_index=True)
    heads = ["arm", "against", "of", "unit", "chance_against", "chance"]
    return found[[*heads, *(name for name in found.columns if name not in heads)]]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON can hold them: rounded, and null for what is no number.

    Examples
    --------
    >>> records(pd.DataFrame({"times": [1 / 3, float("nan")]}))
    [{'times': 0.3333333333}, {'times': None}]
    """
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS) if np.isfinite(value) else None
    return value


def _write_json(table: Mapping[str, Any], path: Path) -> None:
    files.write_text(path, json.dumps(table, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    files.write_text(path, files.csv_text(frame, digits=DIGITS, fixed=True))
