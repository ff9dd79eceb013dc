"""An interrupt (Ctrl-C) that ends long work between two steps, with what was done so far.

A request to end (SIGTERM) and a terminal that is closed (SIGHUP) count as interrupts.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

INTERRUPTS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


def as_interrupts() -> None:
    """From now on take every request to end for an interrupt, unless it is ignored (nohup)."""
    for each in INTERRUPTS:
        if signal.getsignal(each) == signal.SIG_DFL:
            signal.signal(each, signal.default_int_handler)


@contextlib.contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether to stop; work that can be stopped asks it at each step.

    Until it is first asked, and from the second interrupt on, an interrupt ends the command as it
    always does. In between, the first one is noted: the work ends at its next step.
    """
    asked, noted = threading.Event(), threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        if noted.is_set() or not asked.is_set():
            raise KeyboardInterrupt
        noted.set()

    def stop() -> bool:
        asked.set()
        return noted.is_set()

    heeded = [each for each in INTERRUPTS if signal.getsignal(each) != signal.SIG_IGN]
    earlier = {each: signal.signal(each, note) for each in heeded}
    try:
        yield stop
    finally:
        for each, handler in earlier.items():
            signal.signal(each, handler)
