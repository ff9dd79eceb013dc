"""The tables of README.md that hold results, made from `results/`.

``python docs/make_readme.py`` in a checkout writes them between their marks; a test says when they
are not those of the committed results.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim import files

ROOT = Path(__file__).resolve().parents[1]
FIRST = "anniversary-2025"
COUNTS = ("yes", "no", "abstain", "non_voting")
NAMES = {"yes": "yes", "no": "no", "abstain": "abstentions", "non_voting": "absences"}
NEAREST = {"jerusalem-2017": "us-lobbies"}
"""Arm nearest to what the United States did, where two fit its vote: it threatened."""


def filled(readme: str) -> str:
    """Return the README with its tables as the results have them."""
    for name, rows in (("headline", headline()), ("hindsight", hindsight())):
        block = "\n".join(rows)
        mark = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- end -->)", re.S)
        readme = mark.sub(lambda found, block=block: found[1] + block + found[2], readme)
    return readme


def headline() -> Iterator[str]:
    """Yield the table of the first scenario."""
    folder = ROOT / "results" / FIRST
    counts = pd.read_csv(folder / "distribution.csv")
    yield "| arm | adopted | yes: expected, 90 % range | no | abstain | at least 129 yes |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for arm, told in _told(folder / "summary.json")["arms"].items():
        mine = counts[(counts["arm"] == arm) & (counts["choice"] == "yes")]
        reached = mine[mine["votes"] >= 129]["probability"].sum()
        tally = told["tally"]
        yield (
            f"| {told['label']} | {_about(told['adopted']['exact'])} | {_range(tally['yes'])} | "
            f"{tally['no']['mean']:.0f} | {tally['abstain']['mean']:.0f} | {_about(reached)} |"
        )


def hindsight() -> Iterator[str]:
    """Yield the table of every scenario beside the real vote."""
    columns = "arm nearest to what the US did | yes: expected, 90 % range | real yes-no-abstain"
    yield f"| scenario | {columns} | |"
    yield "| --- | --- | ---: | ---: | --- |"
    for folder in sorted(path.parent for path in (ROOT / "results").glob("*/summary.json")):
        summary = _told(folder / "summary.json")
        if (folder / "actual.json").exists():
            yield _compared(folder.name, summary, _told(folder / "actual.json"))
            continue
        told = next(iter(summary["arms"].values()))
        yield (
            f"| `{folder.name}` | {told['label']} | {_range(told['tally']['yes'])} | - | "
            "never put in this form, or not a cited roll call |"
        )


def _compared(name: str, summary: Mapping[str, Any], real: Mapping[str, Any]) -> str:
    fits = real["arms_that_fit_the_us_vote"]
    arm = NEAREST.get(name) or (fits[0] if fits else next(iter(summary["arms"])))
    told, falls = summary["arms"][arm], real["arms"][arm]["tally"]
    outside = [count for count in COUNTS if not falls[count]["within_90"]]
    ends = ", ".join(
        f"{NAMES[count]} {real['tally'][count]} outside {told['tally'][count]['q05']:.0f} to "
        f"{told['tally'][count]['q95']:.0f}"
        for count in outside
    )
    tally = "-".join(str(real["tally"][count]) for count in COUNTS[:3])
    yes = _range(told["tally"]["yes"])
    return f"| `{name}` | {told['label']} | {yes} | {tally} | {ends or 'all inside'} |"


def _about(chance: float) -> str:
    """Return a chance with the digits that a model can support."""
    if chance < 0.01:
        return "below 1 %"
    return "above 99 %" if chance > 0.99 else f"{100 * chance:.0f} %"


def _range(tally: Mapping[str, float]) -> str:
    return f"{tally['mean']:.0f}, {tally['q05']:.0f} to {tally['q95']:.0f}"


def _told(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(files.read_text(path))
    return told


if __name__ == "__main__":
    page = ROOT / "README.md"
    files.write_text(page, filled(files.read_text(page)))
