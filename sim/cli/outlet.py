"""What is shown in a terminal: nothing that steers it, and no failure when nobody reads on."""

from __future__ import annotations

import re
from typing import Any, TextIO

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
"""Characters that steer a terminal or turn the direction of a text, besides line feed and tab."""
STYLED = re.compile(r"(\x1b\[[\d;]*m)")
"""Colours and the like, as `rich` sets them."""


def printable(text: str) -> str:
    """Return a text with its control characters written out as a programmer would."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class Outlet:
    """Standard output, for as long as somebody reads it.

    If it cannot be written to, the command goes on, and the failure is kept to be told at its end.
    """

    def __init__(self, stream: TextIO) -> None:
        """Take the place of a stream."""
        self._stream = stream
        self.failure: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        """Be like the stream in everything else."""
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text; colours are left in it."""
        parts = STYLED.split(text)
        parts[::2] = map(printable, parts[::2])
        self._try(self._stream.write, "".join(parts))
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        self._try(self._stream.flush)

    def _try(self, call: Any, *arguments: Any) -> None:
        try:
            call(*arguments)
        except OSError as error:
            from sim.files.system import discard_output

            discard_output(self._stream.fileno())
            if not isinstance(error, BrokenPipeError):  # as from | head: the rest is for nobody
                self.failure = error
