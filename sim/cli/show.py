"""How things look in the terminal: tables and paragraphs on stdout, progress on stderr."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.box import Box

    from sim.reporting import Table

WIDEST = 100
"""Columns that a paragraph takes at most."""
NOTHING, RULE = " " * 4, " -- "
PLAIN = (NOTHING, NOTHING, RULE, NOTHING, RULE, RULE, NOTHING, NOTHING)
"""Rules in ASCII below the head and above a total, for what is piped elsewhere."""


class Screen:
    """Where a command shows its results."""

    def __init__(self) -> None:
        """Look at stdout: how wide it is, and whether it is a terminal."""
        from rich.console import Console

        self.console = Console(highlight=False, emoji=False, markup=False)

    def paragraph(self, text: str, *, bold: bool = False) -> None:
        """Show a text, wrapped to the width of the terminal, and an empty line."""
        self._print(text, style="bold" if bold else None, width=self._narrow())
        self._print()

    def points(self, title: str, sentences: Iterable[str]) -> None:
        """Show sentences below a title, one a bullet."""
        from rich.table import Table as Grid

        grid = Grid.grid(padding=(0, 1, 0, 0))
        for sentence in sentences:
            grid.add_row("-", sentence)
        self._print(title, style="bold")
        self._print(grid, width=self._narrow())
        self._print()

    def table(self, table: Table) -> None:
        """Show a table, with its title above and its note below."""
        from rich.table import Table as Drawn

        drawn = Drawn(box=self._box(), show_edge=False, padding=(0, 1, 0, 0))
        for number, name in enumerate(table.columns):
            drawn.add_column(name, justify="right" if number else "left", overflow="fold")
        for row in table.rows:
            drawn.add_row(*row)
        if table.total:
            drawn.add_section()
            drawn.add_row(*table.total)
        self._print(table.title, style="bold", width=self._narrow())
        self._print(drawn)
        if table.note:
            self._print(table.note, style="dim", width=self._narrow())
        self._print()

    def _print(self, *what: Any, **how: Any) -> None:
        with self.console.capture() as captured:
            self.console.print(*what, **how)
        # rich fills every line with blanks
        typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))

    def _narrow(self) -> int:
        return min(self.console.width, WIDEST)

    def _box(self) -> Box:
        from rich import box

        if self.console.is_terminal:
            return box.SIMPLE_HEAD
        return box.Box("\n".join(PLAIN) + "\n", ascii=True)


@contextlib.contextmanager
def progress(
    title: str, total: int | None, *, quiet: bool = False
) -> Iterator[Callable[[int], None]]:
    """Give a function to be told of steps done; a bar follows it where stderr is a terminal.

    Parameters
    ----------
    title : str
        What is going on.
    total : int or None
        How many steps there are, if known; what comes after the last one is only timed.
    quiet : bool
        Whether to show nothing at all.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    hidden = quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task(title, total=total)

        def told(steps: int) -> None:
            bar.advance(task, steps)
            if bar.finished:
                bar.update(task, description=f"{title}: done, now computing")

        yield told
