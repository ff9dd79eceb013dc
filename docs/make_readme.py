"""The tables of README.md and docs/skill.md, made from `results/` and `seeds/skill.csv`.

``python docs/make_readme.py`` in a checkout writes them between their marks; a test says when they
are not those of what is committed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from runpy import run_path
from typing import Any

import pandas as pd

from sim import files

ROOT = Path(__file__).resolve().parents[1]
FIRST = "anniversary-2025"
COUNTS = ("yes", "no", "abstain", "non_voting")
NAMES = {"yes": "yes", "no": "no", "abstain": "abstentions", "non_voting": "absences"}
NEAREST = {"jerusalem-2017": "us-lobbies"}
"""Arm nearest to what the United States did, where two fit its vote: it threatened."""


PAGES = ("README.md", "docs/skill.md")


def filled(page: str) -> str:
    """Return a page with its tables as the results and the back-tests have them."""
    skill = run_path(str(Path(__file__).with_name("make_skill.py")))["tables"]()
    for name, rows in {"headline": headline(), "hindsight": hindsight(), **skill}.items():
        block = "".join(f"{row}\n" for row in rows)
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
        page = mark.sub(lambda found, block=block: found[1] + block + found[2], page)
    return page


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
    for name in PAGES:
        files.write_text(ROOT / name, filled(files.read_text(ROOT / name)))
