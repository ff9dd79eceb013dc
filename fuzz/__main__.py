"""Look for inputs that end in a traceback: ``python -m fuzz [--seconds N] [--target NAME]``.

What fails is printed with the seed it came from, and kept in fuzz/seeds, to be tried first the next
time. Exit 1 if anything failed.
"""

from __future__ import annotations

import argparse
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.strategies import SearchStrategy

from fuzz.targets import TARGETS

BATCH = 20
"""Cases of a target at a time; the next turn is that of the one that has had least time."""
SEEDS = DirectoryBasedExampleDatabase(Path(__file__).parent / "seeds")


def batch(strategy: SearchStrategy[object], check: Callable[[object], None], number: int) -> None:
    """Try some cases of a target.

    Raises
    ------
    Exception
        As the smallest case that fails does.
    """

    @seed(number)
    @settings(
        max_examples=BATCH,
        database=SEEDS,
        deadline=None,
        phases=(Phase.reuse, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(strategy)
    def tried(case: object) -> None:
        check(case)

    tried.hypothesis.inner_test.__qualname__ = f"fuzz {check.__name__}"  # type: ignore[attr-defined]
    tried()


def main() -> int:
    """Try all targets, each for as long, until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="Where to begin.")
    parser.add_argument("--target", choices=sorted(TARGETS), help="By default all.")
    asked = parser.parse_args()
    names = [asked.target] if asked.target else sorted(TARGETS)
    cases, spent, failed = dict.fromkeys(names, 0), dict.fromkeys(names, 0.0), set()
    end = time.monotonic() + asked.seconds
    while time.monotonic() < end and (left := [name for name in names if name not in failed]):
        name = min(left, key=spent.__getitem__)
        strategy, check = TARGETS[name]
        number, begun = asked.seed + cases[name] // BATCH, time.monotonic()
        try:
            batch(strategy, check, number)
            cases[name] += BATCH
        except Exception:
            failed.add(name)
            traceback.print_exc()
            print(f"{name}: failed; again with --target {name} --seed {number}")
        spent[name] += time.monotonic() - begun
    for name in names:
        print(f"{name}: {cases[name]:,} cases{', then a failure' if name in failed else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
