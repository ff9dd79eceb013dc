"""How things look in the terminal: tables and paragraphs on stdout, progress on stderr."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import typer

if TYPE_CHECKING:
    from rich.box import Box
    from rich.progress import ProgressColumn

    from sim.report import Table
    from sim.scenario.case import Case

WIDEST = 100
"""Columns that a paragraph takes at most."""
GLUE = "\ue000"
"""Stands for a blank at which no line ends; rich ends lines at the no-break space, too."""
GAP, GAP_IN_FILES = 3, 2
"""Columns between two of a table, in a terminal and elsewhere."""
NOTHING, RULE = " " * 4, " -- "
PLAIN = (NOTHING, NOTHING, RULE, NOTHING, RULE, RULE, NOTHING, NOTHING)
"""Rules in ASCII below the head and above a total, for what is piped elsewhere."""


class Screen:
    """Where a command shows its results."""

    def __init__(self) -> None:
        """Look at stdout: how wide it is, and whether it is a terminal."""
        from rich.console import Console

        self.console = Console(highlight=False, emoji=False, markup=False)
        self._held: list[str] | None = None

    @contextlib.contextmanager
    def held(self) -> Iterator[list[str]]:
        """Keep back what is shown meanwhile, and give its lines."""
        lines: list[str] = []
        self._held = lines
        try:
            yield lines
        finally:
            self._held = None

    def paragraph(self, text: str, *, bold: bool = False) -> None:
        """Show a text, wrapped to the width of the terminal, and an empty line."""
        self._print(_glued(text), style="bold" if bold else None, width=self._narrow())
        self._print()

    def points(self, title: str, sentences: Iterable[str]) -> None:
        """Show sentences below a title, one a bullet."""
        from rich.table import Table as Grid

        grid = Grid.grid(padding=(0, 1, 0, 0))
        for sentence in sentences:
            grid.add_row("-", _glued(sentence))
        self._print(title, style="bold")
        self._print(grid, width=self._narrow())
        self._print()

    def table(self, table: Table) -> None:
        """Show a table, with its title above and its note below."""
        from rich.table import Table as Drawn

        drawn = Drawn(box=self._box(), show_edge=False, padding=(0, 1, 0, 0))
        gap = GAP if self.console.is_terminal else GAP_IN_FILES
        widths = _widths(table, self.console.width - gap * len(table.columns))
        for number, (name, width) in enumerate(zip(table.columns, widths, strict=True)):
            justify: Literal["left", "right"] = "right" if number else "left"
            drawn.add_column(_folded(name, width), justify=justify, overflow="fold", width=width)
        for row in table.rows:
            drawn.add_row(*map(_folded, row, widths))
        if table.total:
            drawn.add_section()
            drawn.add_row(*map(_folded, table.total, widths))
        if table.title:
            self._print(table.title, style="bold", width=self._narrow())
        self._print(drawn)
        if table.note:
            self._print(_glued(table.note), style="dim", width=self._narrow())
        self._print()

    def _print(self, *what: Any, **how: Any) -> None:
        with self.console.capture() as captured:
            self.console.print(*what, **how)
        # rich fills every line with blanks
        shown = captured.get().replace(GLUE, " ")
        lines = [line.rstrip() for line in shown.splitlines()]
        if self._held is None:
            typer.echo("\n".join(lines))
        else:
            self._held += lines or [""]

    def _narrow(self) -> int:
        return min(self.console.width, WIDEST)

    def _box(self) -> Box:
        from rich import box

        if self.console.is_terminal:
            return box.SIMPLE_HEAD
        return box.Box("\n".join(PLAIN) + "\n", ascii=True)


def show_doubts(screen: Screen, case: Case) -> None:
    """Show what may be a slip in a scenario, and what its forecast lacks."""
    from sim.scenario.doubts import doubts

    for sentence in doubts(case):
        screen.paragraph(sentence)


def caution(screen: Screen, case: Case, *arms: str) -> None:
    """Warn of known votes held unlikely in some arms, or that tell of the US, and of slips."""
    from sim.report import news_of_us, unlikely_votes
    from sim.scenario.ballots import ballots
    from sim.scenario.doubts import doubts
    from sim.vote.exact.solve import chance_of_known
    from sim.vote.surprise import surprising_below

    of_arm = ballots(case)
    first, chance = next(iter(of_arm.values())), min(chance_of_known(of_arm[arm]) for arm in arms)
    below = surprising_below(first.probabilities, first.known)
    for sentence in (*unlikely_votes(chance, below), *doubts(case), *news_of_us(case)):
        screen.paragraph(sentence)


def _widths(table: Table, room: int) -> list[int]:
    """Return how wide each column is.

    The one with the most to give way does so. Words break at their hyphens only where whole ones
    find no room, and elsewhere only where such parts find none either: then the longest.
    """
    rows = [row for row in (table.columns, *table.rows, table.total) if row]
    columns = [[_glued(cell) for cell in cells] for cells in zip(*rows, strict=True)]
    widths = [max(map(len, "\n".join(cells).split("\n"))) for cells in columns]
    words = [" ".join(cells).split() for cells in columns]
    least = [max(map(len, each), default=0) for each in words]
    if sum(least) > room:
        parts = [[part for word in each for part in _parts(word)] for each in words]
        least = [max(map(len, each), default=0) for each in parts]
    while sum(least) > max(room, len(least)):
        longest = max(least) - 1
        least = [min(each, longest) for each in least]
    while sum(widths) > max(room, sum(least)):
        slack = [width - part for width, part in zip(widths, least, strict=True)]
        widths[slack.index(max(slack))] -= 1
    return widths


def _parts(word: str) -> list[str]:
    """Return a word broken after each hyphen between letters; numbers keep theirs."""
    return textwrap.wrap(word, 1, break_long_words=False)


def _folded(text: str, width: int) -> str:
    r"""Return a text in lines of a width: broken at blanks, longer words at hyphens, else anywhere.

    Examples
    --------
    >>> _folded("US does not co-sponsor", 11), _folded("amendment-aggression", 12)
    ('US does not\nco-sponsor', 'amendment-\naggression')
    """
    lines = []
    for line in _glued(text).split("\n"):
        whole = textwrap.wrap(line, width, break_on_hyphens=False, break_long_words=False)
        lines += [part for words in whole or [""] for part in textwrap.wrap(words, width) or [""]]
    return "\n".join(lines)


def _glued(text: str) -> str:
    """Return a text in which no line ends between a number and its per-cent sign."""
    return text.replace(" %", f"{GLUE}%")


@contextlib.contextmanager
def progress(
    title: str,
    total: int | None,
    *,
    unit: str | None = None,
    before: int = 0,
    quiet: bool = False,
) -> Iterator[Callable[[int], None]]:
    """Give a function to be told of steps done; a bar follows it where stderr is a terminal.

    Parameters
    ----------
    title : str
        What is going on.
    total : int or None
        How many steps there are, if known; what comes after the last one is only timed.
    unit : str, optional
        What a step is; by default the title.
    before : int
        Steps that were done before.
    quiet : bool
        Whether to show nothing at all.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None  # a disabled bar of an older rich still ends a line
        return
    with Progress(*_columns(unit or title), console=console, transient=True) as bar:
        task = bar.add_task(title, total=total, completed=before)

        def told(steps: int) -> None:
            bar.advance(task, steps)
            if bar.finished:
                bar.update(task, description=f"{title}: done, now computing")

        yield told


@contextlib.contextmanager
def downloading(title: str) -> Iterator[Callable[[int, int | None], None]]:
    """Give a function to be told of bytes brought, and how many there will be if that is known."""
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _, __: None  # as in `progress`
        return
    columns = (TextColumn("{task.description}"), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _columns(unit: str) -> tuple[ProgressColumn, ...]:
    """Return what a bar shows: steps done, how many a second, and the time left."""
    from rich.progress import (
        BarColumn,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(rate(speed, unit), style="progress.data.speed")

    return (
        TextColumn("{task.description}"),
        BarColumn(bar_width=10),
        # of a hundred million draws both numbers have to fit into 80 columns
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        Rate(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )


def rate(speed: float | None, unit: str) -> str:
    """Return how many steps are done a second, in three digits or whole numbers."""
    if not speed:
        return f"- {unit}/s"
    return f"{speed:,.0f} {unit}/s" if speed >= 100 else f"{speed:.3g} {unit}/s"
