"""The way to the vote: what a path takes, computed and drawn, and how that grows with its steps."""

from __future__ import annotations

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
DRAWS, ARMS = 100_000, 3
COMPUTED, DRAWN = 2.0, 5.0
"""Asked of eight steps in so many arms, and of so many draws of them, on one core [s]."""


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
    ballots = {arm: ((ballot,),) * steps for arm, ballot in [*arms.items()][:ARMS]}
    return Path((*amendments, Step("text")), (*places, last), ballots)


def rows(arms: Mapping[str, Ballot]) -> list[Row]:
    """Return the lines of the table."""
    path = path_of(arms, STEPS[-1])
    computed, drawn = _computed(path), _drawn(path)
    return [
        Row(
            f"a path of {STEPS[-1]} steps, {ARMS} arms, computed",
            f"≤ {COMPUTED:.0f} s on one core",
            f"{computed:.2f} s of processor time",
            computed <= COMPUTED,
        ),
        Row(
            f"the same, {DRAWS:,} draws",
            f"≤ {DRAWN:.0f} s on one core",
            f"{drawn:.2f} s of processor time",
            drawn <= DRAWN,
        ),
    ]


def curves(arms: Mapping[str, Ballot]) -> list[Curve]:
    """Return how the cost grows with the steps."""
    paths = [path_of(arms, steps) for steps in STEPS]
    title = f"path, {ARMS} arms"
    return [
        Curve(f"{title}, computed", "steps", "s", STEPS, tuple(map(_computed, paths))),
        Curve(f"{title}, {DRAWS:,} draws", "steps", "s", STEPS, tuple(map(_drawn, paths))),
    ]


def _computed(path: Path) -> float:
    return best(partial(solve_path, path, seed=1), times=3)


def _drawn(path: Path) -> float:
    with ThreadPoolExecutor(1) as pool:
        return best(partial(walk, path, seed=1, draws=DRAWS, pool=pool), times=2)
