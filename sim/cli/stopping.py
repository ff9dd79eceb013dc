"""An interrupt (Ctrl-C) that ends long work between two steps, with what was done so far."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType


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

    earlier = signal.signal(signal.SIGINT, note)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, earlier)
