"""The way to the vote: what a path takes, computed and drawn, and how that grows with its steps."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bench.curves import Curve
from bench.timing import Row, best
from sim.assembly.rules import RULES
from sim.vote.ballot import Ballot
from sim.vote.exact.path import solve_path
from sim.vote.path import Path, Place, Step
from sim.vote.walk import walk

STEPS = (1, 2, 4, 8)
DRAWS = 100_000
COMPUTED, DRAWN = 2.0, 5.0
"""Asked of eight steps in three arms, and of so many draws of them [s]."""


def path_of(arms: Mapping[str, Ballot], steps: int) -> Path:
    """Return a path of amendments, each somewhat alike to the text, and the text.

    A US that moves others makes every arm another ballot, so nothing is held once for all arms.
    """
    likeness = [round(0.9 - 0.2 * number, 1) for number in range(steps - 1)]
    places = [
        Place(number, 0, RULES["two-thirds"], number + 1, number + 1, number + 1)
        for number in range(steps - 1)
    ]
    last = Place(steps - 1, 0, RULES["two-thirds"], "adopted", "rejected", "no vote")
    amendments = (Step(f"amendment {k}", 0.9, r) for k, r in enumerate(likeness))
    ballots = {arm: ((ballot,),) * steps for arm, ballot in arms.items()}
    return Path((*amendments, Step("text")), (*places, last), ballots)


def rows(arms: Mapping[str, Ballot]) -> list[Row]:
    """Return the lines of the table; there are three arms."""
    path = path_of(arms, STEPS[-1])
    computed, drawn = _computed(path), _drawn(path)
    cores = os.cpu_count() or 1
    return [
        Row(
            f"a path of {STEPS[-1]} steps, {len(arms)} arms, computed",
            f"≤ {COMPUTED:.0f} s",
            _told(computed, cores),
            computed / cores <= COMPUTED,
        ),
        Row(
            f"the same, {DRAWS:,} draws",
            f"≤ {DRAWN:.0f} s",
            _told(drawn, cores),
            drawn / cores <= DRAWN,
        ),
    ]


def curves(arms: Mapping[str, Ballot]) -> list[Curve]:
    """Return how the cost grows with the steps."""
    paths = [path_of(arms, steps) for steps in STEPS]
    title = f"path, {len(arms)} arms"
    return [
        Curve(f"{title}, computed", "steps", "s", STEPS, tuple(map(_computed, paths))),
        Curve(f"{title}, {DRAWS:,} draws", "steps", "s", STEPS, tuple(map(_drawn, paths))),
    ]


def _told(seconds: float, cores: int) -> str:
    return f"{seconds:.2f} s of processor time; {seconds / cores:.2f} s if {cores} cores share it"


def _computed(path: Path) -> float:
    return best(partial(solve_path, path, seed=1), times=3)


def _drawn(path: Path) -> float:
    with ThreadPoolExecutor(1) as pool:
        return best(partial(walk, path, seed=1, draws=DRAWS, pool=pool), times=2)
