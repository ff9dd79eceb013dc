"""The tables of README.md and docs/skill.md on skill.

Scores come from docs/skill-tables.md, which has them by `unga-sim skill`; all else from
`seeds/skill.csv`, which that command writes too.

`docs/make_readme.py` puts them between their marks. What is typed in here is layout alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from sim.assembly.choices import CHOICES
from sim.models import MODELS
from sim.models.measured import ALL, window_of

ROOT = Path(__file__).resolve().parents[1]
FIRST = "learned"
HEAD = "log loss, 4 choices | log loss, present | accuracy, 4 / present | yes error | yes CRPS"
TITLES = (ALL, "recurring title", "new title")


def measured() -> pd.DataFrame:
    """Return the seed with the window of each row."""
    table = pd.read_csv(ROOT / "seeds" / "skill.csv", dtype={"first": str, "last": str})
    days = zip(table["first"], table["last"], strict=True)
    return table.assign(window=[window_of(*pair) for pair in days])


def tables() -> dict[str, list[str]]:
    """Return the lines of every table, by its mark."""
    table = measured()
    windows = list(dict.fromkeys(table["window"]))
    found = {f"skill {window}": list(_scores(table, window)) for window in windows}
    return {
        **found,
        "coverage": list(_coverage(table, windows)),
        "titles": list(_titles(table, windows)),
        "worse": list(_worse(table)),
    }


def _scores(table: pd.DataFrame, window: str) -> Iterator[str]:
    """Yield the scores of a window as docs/skill-tables.md has them, rounded once."""
    mine = table[(table["window"] == window) & (table["us"] == "given")].iloc[0]
    heading = f"## {mine['first']} to {mine['last']}, position of the United States given"
    yield f"| {window}, {mine['roll_calls']} roll calls | {HEAD} |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for row in _printed(heading):
        named = row["forecaster"].replace("United States given", "US position given")
        star = "**" if row["forecaster"].startswith(f"{FIRST},") else ""
        told = {name: cell.replace("0.", ".") for name, cell in row.items() if cell[:2] == "0."}
        alone = {name: cell.split(" ")[0] for name, cell in (row | told).items()}
        cells = (
            told["log loss 4"],
            alone["log loss 3"],
            f"{alone['accuracy 4']} / {alone['accuracy 3']}",
            row["yes error"],
            alone["yes CRPS"],
        )
        yield f"| {star}{named}{star} | {' | '.join(star + each + star for each in cells)} |"


def _printed(heading: str) -> Iterator[dict[str, str]]:
    """Yield the rows of the first table below a heading of docs/skill-tables.md, by column."""
    page = (ROOT / "docs" / "skill-tables.md").read_text(encoding="utf-8")
    below = page.split(f"{heading}\n")[1].splitlines()
    start = next(at for at, line in enumerate(below) if line.startswith("|"))
    names, _, *rows = itertools.takewhile(lambda line: line.startswith("|"), below[start:])
    for row in rows:
        yield dict(zip(*(map(str.strip, line.split("|")) for line in (names, row)), strict=True))


def _coverage(table: pd.DataFrame, windows: list[str]) -> Iterator[str]:
    yield f"| `{FIRST}` | texts | " + " | ".join(choice.label for choice in CHOICES) + " |"
    yield "| --- | --- |" + " ---: |" * len(CHOICES)
    for window in windows:
        for us in ("given", "unknown"):
            for texts in TITLES:
                for row in _rows(table, FIRST, window, us, ALL, texts):
                    shares = (
                        " / ".join(
                            f"{100 * row[f'coverage_{part}_{one.column}']:.0f}" for part in (90, 50)
                        )
                        for one in CHOICES
                    )
                    about = "all" if texts == ALL else f"{texts}s"
                    texts_told = f"{about}, {row['roll_calls']}"
                    yield f"| {window}, US {us} | {texts_told} | {' | '.join(shares)} |"


def _titles(table: pd.DataFrame, windows: list[str]) -> Iterator[str]:
    yield "| window | texts | log loss, 4 choices | best baseline | yes error | best baseline |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for window in windows:
        for texts in TITLES[1:]:
            for row in _rows(table, FIRST, window, "given", ALL, texts):
                loss, error = (_best(table, row, name) for name in ("log_loss", "yes_error"))
                yield (
                    f"| {window} | {texts}s, {row['roll_calls']} | {_least(row['log_loss'])} | "
                    f"{_least(loss)} | {row['yes_error']:.1f} | {error:.1f} |"
                )


def _worse(table: pd.DataFrame) -> Iterator[str]:
    """Yield every group of texts on which some baseline is better than the model."""
    yield "| window, US | texts | figure | learned | best baseline |"
    yield "| --- | --- | --- | ---: | ---: |"
    names = {"log_loss": "log loss, 4 choices", "log_loss_present": "log loss, present"}
    names |= {"yes_error": "yes error", "yes_crps": "yes CRPS"}
    for row in table[table["forecaster"] == FIRST].to_dict("records"):
        for name, label in names.items():
            best = _best(table, row, name)
            if row[name] > best:
                kind = {ALL: "", "whole": " text"}.get(str(row["kind"]), f" {row['kind']}")
                texts = f"{row['unfamiliar']}{kind}s"
                shown = _least if name.startswith("log") else "{:.1f}".format
                yield (
                    f"| {row['window']}, {row['us']} | {texts}, {row['roll_calls']} | {label} | "
                    f"{shown(row[name])} | {shown(best)} |"
                )


def _rows(
    table: pd.DataFrame, forecaster: str, window: str, us: str, kind: str, texts: str
) -> list[dict[str, object]]:
    keys = {"forecaster": forecaster, "window": window, "us": us, "kind": kind, "unfamiliar": texts}
    found = table
    for name, value in keys.items():
        found = found[found[name] == value]
    return found.to_dict("records")


def _best(table: pd.DataFrame, row: dict[str, object], name: str) -> float:
    same = table[~table["forecaster"].isin(list(MODELS))]
    for key in ("window", "us", "kind", "unfamiliar"):
        same = same[same[key] == row[key]]
    return float(same[name].min())


def _least(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
