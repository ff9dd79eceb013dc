"""How commands end: 0, 1 where results differ, 2 on bad input, 130 when interrupted."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from sim.cli.outlet import Outlet, printable

if TYPE_CHECKING:
    import datetime

DIFFERENT = 1
BAD_INPUT = 2
INTERRUPTED = 130
MOST_LINES = 50
"""Of one message."""


class BadInputError(ValueError):
    """Something on the command line that cannot be used; the message says what is allowed."""


class Commands(TyperGroup):
    """A group of commands in which a mistake of the user is one clear message.

    A mistake in the code still shows its traceback.
    """

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Read the command line and run what it asks for."""
        if os.environ.get("COLUMNS", "").strip() == "0":
            del os.environ["COLUMNS"]  # what some shells say when they do not know
        outlet: Any = Outlet(sys.stdout or io.StringIO())  # there is none if it was closed
        with contextlib.redirect_stdout(outlet):
            try:
                return super().main(*args, **kwargs)
            finally:
                outlet.flush()
                if outlet.failure is not None:
                    warn(f"standard output: {outlet.failure.strerror}")
                    sys.exit(BAD_INPUT)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse what no shell passes on, but a caller of this may: no path can hold it."""
        if any("\0" in each for each in args):
            fail("a null character is not allowed on a command line")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that the context names."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # not every terminal knows every letter
        try:
            return super().invoke(ctx)
        except ValueError as error:
            if not _of_the_user(error):
                raise
            fail(str(error))
        except OSError as error:
            fail(f"{error.filename or 'a file'}: {error.strerror or error}")
        except KeyboardInterrupt:
            typer.echo("interrupted; nothing is half-written", err=True)
            raise typer.Exit(INTERRUPTED) from None


class Command(TyperCommand):
    """A command that is given no text and no path but what can be written again."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a shell passes on any bytes, a file of ours is UTF-8."""
        for each in self.params:
            given = ctx.params.get(each.name)
            for text in given if isinstance(given, (list, tuple)) else (given,):
                written = str(text) if isinstance(text, (str, os.PathLike)) else ""
                if any("\ud800" <= one <= "\udfff" for one in written):
                    name = each.metavar if each.opts[0] == each.name else each.opts[0]
                    fail(f"{name}: not UTF-8 text")
        return super().invoke(ctx)


def warn(message: str) -> None:
    """Say something on stderr, and go on."""
    typer.echo(printable(message), err=True)


def fail(message: str) -> NoReturn:
    """Say on stderr what is wrong with the input, and end."""
    lines = message.splitlines()
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"... and {len(lines) - MOST_LINES:,} more problems"]
    warn("\n".join(lines))
    raise typer.Exit(BAD_INPUT)


def possible_day(option: str, day: datetime.date) -> datetime.date:
    """Return the day given to an option.

    Raises
    ------
    BadInputError
        If no vote can have it.
    """
    from sim.scenario.tables import day_problem

    if problem := day_problem(day):
        raise BadInputError(f"{option}: {problem}")
    return day


def _of_the_user(error: ValueError) -> bool:
    from sim.files import FileError
    from sim.scenario.schema import ScenarioError

    return isinstance(error, (BadInputError, FileError, ScenarioError))
