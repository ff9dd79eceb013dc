"""Faults at file operations: a program that is killed, or told of an error, at the n-th."""

from __future__ import annotations

import contextlib
import errno
import functools
import gc
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

CHANGES = {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod", "os.link", "shutil.rmtree"}
"""Audit events that change a folder, besides opening a file."""
MOST = 2000
"""Operations of any work."""
Fault = Callable[[], None]

watching: list[tuple[str, Fault]] = []
"""A folder that is looked at, and what is called before each operation in it."""


def killed() -> None:
    """As by ``kill -9``, or as when the power fails."""
    os.kill(os.getpid(), signal.SIGKILL)


def full() -> None:
    """As when the disk is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def terminated() -> None:
    """As by Ctrl-C."""
    raise KeyboardInterrupt


def at_each_operation(
    work: Callable[[], object], folder: Path, fault: Fault, *, least: int
) -> Iterator[int]:
    """Yield after work met the fault at its first, second, ... operation, wherever that differs.

    It differs if the folder is not as another fault left it. Each time the work finds the folder as
    it was at first; it does at least so many operations there.
    """
    ended = _ended_in_a_child if fault is killed else _ended
    first, seen = State.of(folder), set[State]()
    for number in range(1, MOST):
        if ended(work, folder, fault, number):
            assert number > least
            return
        left = State.of(folder)
        if left not in seen:
            seen.add(left)
            yield number
        first.put_back(folder)
    raise AssertionError("never came to its end")


def left_at_each_operation(
    work: Callable[[], object], folder: Path, *, least: int, rounds: int = 1
) -> Iterator[int]:
    """Yield when a folder is as work leaves it that is killed at any operation, where that differs.

    It is as it was before the operation, so that the work is done once for all of them. In each
    round after the first, the work finds what it left when it was killed on its way in the last.
    """
    before = 0
    for turn in range(rounds):
        states: list[State] = []
        with watched(folder, lambda states=states: states.append(State.of(folder))):
            work()
        assert len(states) >= least
        states.append(State.of(folder))
        seen = set[State]()
        for number, state in enumerate(states[:-1], before + 1):
            if state not in seen:
                seen.add(state)
                state.put_back(folder)
                yield number
        before += len(states) - 1
        states[len(states) * (turn + 1) // rounds - 1].put_back(folder)


class State(frozenset[tuple[str, int, bytes | None]]):
    """All that is in a folder: names, modes and contents; folders have none."""

    @classmethod
    def of(cls, folder: Path) -> State:
        found = []
        for path in folder.rglob("*"):
            content = None if path.is_dir() else path.read_bytes()
            found.append((path.relative_to(folder).as_posix(), path.stat().st_mode, content))
        return cls(found)

    def put_back(self, folder: Path) -> None:
        """Have a folder hold this and nothing else."""
        now = State.of(folder)
        for name, _, content in sorted(now - self, reverse=True):
            (folder / name).rmdir() if content is None else (folder / name).unlink()
        for name, mode, content in sorted(self - now):
            (folder / name).mkdir() if content is None else (folder / name).write_bytes(content)
            (folder / name).chmod(mode)


@functools.cache
def _hooked() -> None:
    """Hear of all operations from here on, for what hears of them cannot be taken away."""

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and (event == "open" or event in CHANGES):
            folder, watch = watching[-1]
            if folder in str(arguments[0]):
                told = watching.pop()  # what it does itself is no operation of the work
                try:
                    watch()
                finally:
                    watching.append(told)

    sys.addaudithook(heard)


@contextlib.contextmanager
def watched(folder: Path, watch: Fault) -> Iterator[None]:
    """Call `watch` before each operation in a folder."""
    _hooked()
    watching.append((str(folder), watch))
    try:
        yield
    finally:
        watching.pop()


def _ended(work: Callable[[], object], folder: Path, fault: Fault, number: int) -> bool:
    """Return whether the work ended before the fault was met."""
    met = 0

    def count() -> None:
        nonlocal met
        met += 1
        if met == number:
            fault()

    with watched(folder, count):
        try:
            work()
        except BaseException:
            if met < number:
                raise
    return met < number


def _ended_in_a_child(work: Callable[[], object], folder: Path, fault: Fault, number: int) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads: the child only writes files
        child = os.fork()
    if not child:
        gc.disable()  # to look at all that the parent made would copy its memory
        try:
            ended = _ended(work, folder, fault, number)
        except BaseException:
            os._exit(9)
        os._exit(0 if ended else 9)
    _, status = os.waitpid(child, 0)
    return status == 0
