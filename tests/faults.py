"""Faults at file operations: a child process that is killed, or told of an error, at the n-th."""

from __future__ import annotations

import errno
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
Fault = Callable[[], None]


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
    work: Callable[[], object], folder: Path, fault: Fault, *, most: int = 2000
) -> Iterator[int]:
    """Yield after each child that met the fault at its first, second, ... operation in a folder."""
    for number in range(1, most):
        if _child(work, folder, fault, number):
            return
        yield number
    raise AssertionError("never came to its end")


def _child(work: Callable[[], object], folder: Path, fault: Fault, number: int) -> bool:
    """Return whether the work ended before the fault was met."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads: the child only writes files
        child = os.fork()
    if not child:
        gc.disable()  # to look at all that the parent made would copy its memory
        met: list[str] = []

        def count(event: str, arguments: tuple[Any, ...]) -> None:
            if event != "open" and event not in CHANGES:
                return
            if str(folder) in str(arguments[0]):
                met.append(event)
                if len(met) == number:
                    fault()

        sys.addaudithook(count)
        try:
            work()
        except BaseException:
            os._exit(9)
        os._exit(0 if len(met) < number else 9)
    _, status = os.waitpid(child, 0)
    return status == 0
