"""Clocks: processor time, the best of several, so that other work on the machine counts least."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LAUNCHER = """
import json, os, subprocess, sys, time
start, quiet = time.perf_counter(), subprocess.DEVNULL
child = subprocess.Popen([sys.executable, *sys.argv[1:]], stdout=quiet, stderr=quiet)
_, status, usage = os.wait4(child.pid, 0)
elapsed = time.perf_counter() - start
print(json.dumps([status, usage.ru_utime + usage.ru_stime, elapsed, usage.ru_maxrss]))
"""
"""A small process in between: the peak of a child counts what its parent held when it began."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    what, asked, measured : str
    met : bool or None
        None where nothing is asked, or nothing could be measured.
    """

    what: str
    asked: str
    measured: str
    met: bool | None = None


@dataclass(frozen=True)
class Spent:
    """What a process took.

    Attributes
    ----------
    seconds : float
        Processor time of all its threads [s].
    elapsed : float
        By the clock on the wall [s].
    peak : float
        Most memory at a time [MB].
    """

    seconds: float
    elapsed: float
    peak: float


def best(work: Callable[[], object], *, times: int = 7) -> float:
    """Return the least processor time of several runs, after one that warms up [s]."""
    work()
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def best_of_each(works: Sequence[Callable[[], object]], *, times: int = 7) -> list[float]:
    """Return the least processor time of each work; they run in turns [s]."""
    for work in works:
        work()
    rounds = [[best_once(work) for work in works] for _ in range(times)]
    return [min(column) for column in zip(*rounds, strict=True)]


def best_once(work: Callable[[], object]) -> float:
    """Return the processor time of one run [s]."""
    start = time.process_time()
    work()
    return time.process_time() - start


def spent_by(arguments: Sequence[str], *, times: int = 1) -> Spent:
    """Return what Python takes with some arguments, in a process of its own: the best of several.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    found = [_spent_once(arguments) for _ in range(times)]
    return min(found, key=lambda spent: spent.seconds)


def _spent_once(arguments: Sequence[str]) -> Spent:
    told = subprocess.run(
        [sys.executable, "-c", LAUNCHER, *arguments],
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    code, seconds, elapsed, peak = json.loads(told)
    if code:
        raise RuntimeError(f"python {' '.join(arguments)}: ended with {code}")
    return Spent(seconds, elapsed, peak / 1024)
