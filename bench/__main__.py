"""Measure, print one table, and keep it in the documentation if asked."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from threadpoolctl import threadpool_limits

from bench import curves, exactly, known, montecarlo, paths, processes
from bench.timing import Row
from sim.scenario.ballots import ballots
from sim.scenario.case import resolve

DOCS = Path(__file__).parent.parent / "docs"
SCENARIO = "anniversary-2025"
STILL, MOVED = "with-us", "without-us"
PACKAGES = ("unga-sim", "numpy", "scipy", "pandas")
NOTES = (Path(__file__).parent / "notes.md").read_text(encoding="utf-8")


def machine() -> str:
    """Return what was measured on: the processor, the system and the versions."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.machine()}; Python {platform.python_version()}, {versions}"
    )


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    verdict = {True: "yes", False: "**no**", None: ""}
    lines = ["| | asked | measured | met |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.asked} | {row.measured} | {verdict[row.met]} |" for row in rows]
    return "\n".join(lines)


def curve_table(found: list[curves.Curve]) -> str:
    """Return the curves as a Markdown table."""
    lines = ["| cost | as there are more | | slope at the end (1 is linear) |", "|---|---|---|---|"]
    for curve in found:
        points = ", ".join(
            f"{at:,}: {cost:,.3g}" for at, cost in zip(curve.at, curve.seconds, strict=True)
        )
        lines.append(
            f"| {curve.name} [{curve.unit}] | {curve.grows} | {points} | {curve.exponent:.2f} |"
        )
    return "\n".join(lines)


def told(part: str) -> None:
    """Say that a part is measured."""
    print(f"measured: {part}", file=sys.stderr)


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help="write docs/performance.md and its figure"
    )
    parser.add_argument("--record", type=Path, help="a record for the back-test")
    parser.add_argument("--numpyro", type=Path, help="a Python that has NumPyro")
    asked = parser.parse_args()
    case = resolve(SCENARIO)
    arms, rule = ballots(case), case.rule
    # processor time is compared, and waiting threads of the linear algebra would count
    with threadpool_limits(1):
        rows = montecarlo.rows(arms, STILL, MOVED, asked.numpyro)
        told("Monte Carlo")
        rows += exactly.rows(case.scenario, arms, STILL, MOVED, rule)
        rows += known.rows(case, MOVED)
        told("exact")
        rows += paths.rows(arms)
        told("paths")
    rows += processes.rows(asked.record)
    told("commands")
    with threadpool_limits(1):
        found = curves.curves(arms[MOVED]) + paths.curves(arms)
    text = f"{table(rows)}\n\n{curve_table(found)}\n"
    day = datetime.datetime.now(tz=datetime.UTC).date()
    print(f"{machine()}\n\n{text}")
    if asked.write:
        curves.draw(found, DOCS / "performance-curves.png")
        page = f"# Performance\n\nMeasured {day} by `python -m bench --write` on {machine()}.\n\n"
        grown = "![Cost as draws, states, groups and steps grow](performance-curves.png)"
        page += f"{text}\n{grown}\n\n{NOTES}"
        (DOCS / "performance.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
