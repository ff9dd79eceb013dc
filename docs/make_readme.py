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
        name, summary = folder.name, _told(folder / "summary.json")
        real = _told(folder / "actual.json") if (folder / "actual.json").exists() else {}
        fits = real.get("arms_that_fit_the_us_vote") or [next(iter(summary["arms"]))]
        arm = NEAREST.get(name, fits[0])
        told = summary["arms"][arm]
        if "steps" in summary:
            yield from _steps(name, arm, summary)
        elif real:
            yield _compared(f"`{name}`", told["label"], told["tally"], real["tally"])
        else:
            expected = _range(told["tally"]["yes"])
            yield f"| `{name}` | {told['label']} | {expected} | - | never put in this form |"


def _steps(name: str, arm: str, summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield a row for each step that was voted on, but for committees, whose votes were known."""
    path, label = summary["steps"], summary["arms"][arm]["label"]
    known = {one["step"] for one in path["committees"]}
    for step, told in path["arms"][arm]["steps"].items():
        tally = path["real"]["steps"].get(step, {}).get("tally")
        if tally is not None and step not in known:
            real = dict(zip(("yes", "no", "abstain"), map(int, tally.split("-")), strict=True))
            yield _compared(f"`{name}`, {step}", label, told["tally"], real)


def _compared(
    name: str, label: str, told: Mapping[str, Mapping[str, float]], real: Mapping[str, int]
) -> str:
    ends = ", ".join(
        f"{NAMES[count]} {real[count]} outside {told[count]['q05']:.0f} to {told[count]['q95']:.0f}"
        for count in COUNTS
        if count in real and not told[count]["q05"] <= real[count] <= told[count]["q95"]
    )
    tally = "-".join(str(real[count]) for count in COUNTS[:3])
    return f"| {name} | {label} | {_range(told['yes'])} | {tally} | {ends or 'all inside'} |"


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
