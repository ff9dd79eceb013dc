"""The page's engine under Node: how long one vote more takes, beside an earlier engine.

    python -m bench.page [--against FOLDER]

A path is followed with half of its points, as one of two workers has them. The folder holds the
scripts of another version, as `sim/report/page/static` does. Milliseconds of processor, the median
of votes set one after another; engines take turns in one process, so that ratios hold on a busy
machine.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from sim.assembly.members import US, Members
from sim.report.page import parameters_of
from sim.report.page.build import STATIC
from sim.report.page.way_parameters import way_parameters
from sim.scenario.ballots import ballots
from sim.scenario.case import resolve

SCENARIOS = ("anniversary-2025", "cuba-embargo-2016", "human-rights-council-2022", "rights-2024")
PATH = "path-to-peace-path-2025"
VOTES, SEED = 24, 1
RUNNER = Path(__file__).parent / "page.mjs"


def took(name: str, arm: int, folders: list[Path]) -> list[list[float]]:
    """Return what states and counts of one vote more take with each engine [ms]."""
    case, rng = resolve(name), np.random.default_rng(SEED)
    chances = list(ballots(case).values())[arm].probabilities
    rows = rng.permutation(np.delete(np.arange(len(chances)), Members.load().row(US)))[:VOTES]
    votes = [[row, int(rng.choice(4, p=chances[row]))] for row in rows.tolist()]
    asked = {"parameters": parameters_of(case), "arm": arm, "votes": votes}
    return _timed({**asked, "folders": [str(folder.resolve()) for folder in folders]})


def way_took(name: str) -> list[list[float]]:
    """Return what a first vote on each step of a path takes, and one more there [ms]."""
    case = resolve(name)
    asked = {"way": way_parameters(case), "parameters": parameters_of(case), "arm": 0}
    rows = [row for row in range(0, len(Members.load()), 31) if row != Members.load().row(US)]
    return _timed({**asked, "votes": [[row, 0] for row in rows], "folders": [str(STATIC)]})


def _timed(asked: dict[str, Any]) -> list[list[float]]:
    run = subprocess.run(
        ["node", str(RUNNER)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    found: list[list[float]] = json.loads(run.stdout)
    return found


def main() -> None:
    """Print a line for every arm."""
    parser = argparse.ArgumentParser(prog="python -m bench.page", description=__doc__)
    parser.add_argument("--against", type=Path, help="scripts of another version")
    against = parser.parse_args().against
    for name in SCENARIOS:
        for arm, label in enumerate(resolve(name).scenario.arms):
            times = took(name, arm, [STATIC, *([against] if against else [])])
            told = f"{name} {label}: states {times[0][0]:.0f} ms, counts {times[0][1]:.0f} ms"
            if against:
                ratios = (old / new for new, old in zip(*times, strict=True))
                told += "; {:.2f} and {:.2f} times as fast".format(*ratios)
            print(told, flush=True)
    for number, (first, more) in enumerate(way_took(PATH), start=1):
        print(f"{PATH}, step {number}: first vote {first:.0f} ms, one more {more:.0f} ms")


if __name__ == "__main__":
    main()
