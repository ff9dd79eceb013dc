"""What whole commands take: time, memory, and what is imported before anything is done."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.timing import Row, Spent, spent_by

COMMAND = "from sim.cli import main; main()"
SIMULATE = (
    "import sim; sim.simulate(sim.read_scenario('anniversary-2025'), draws={draws}, workers=1)"
)
FEW, MANY = 100_000, 1_000_000
YEAR = 2012
SWEPT = 2000
"""Points of the sweep that is timed."""
MINUTES, OF_POINTS = 5, 10_000
"""Asked of a sweep."""


def rows(record: Path | None) -> list[Row]:
    """Return the lines of the table.

    Parameters
    ----------
    record : Path, optional
        A record to back-test on, as `unga-sim record import` writes it.
    """
    return [_imports(), _help(), _run(), *_memory(), _sweep(), _backtest(record)]


def _imports() -> Row:
    bare, ours = (spent_by(["-c", text], times=7) for text in ("pass", "import sim"))
    return _quick("`import sim`", 0.2, ours, bare)


def _help() -> Row:
    bare = spent_by(["-c", "pass"], times=7)
    return _quick("`unga-sim --help`", 0.3, spent_by(["-c", COMMAND, "--help"], times=7), bare)


def _quick(what: str, asked: float, ours: Spent, bare: Spent) -> Row:
    return Row(
        what,
        f"{asked} s",
        f"{ours.seconds:.2f} s, of which Python itself {bare.seconds:.2f} s",
        ours.seconds <= asked,
    )


def _run() -> Row:
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["-c", COMMAND, "run", "anniversary-2025", "--quiet", "--out", folder]
        spent = min(
            (spent_by([*arguments, "--draws", str(FEW)]) for _ in range(3)),
            key=lambda each: each.elapsed,
        )
    return Row(
        f"`run anniversary-2025`, {FEW:,} draws, figures too",
        "about 5 s, 400 MB",
        _told(spent),
        spent.elapsed <= 5.5 and spent.peak <= 400,
    )


def _memory() -> list[Row]:
    few, many = (spent_by(["-c", SIMULATE.format(draws=draws)]) for draws in (FEW, MANY))
    flat = many.peak <= 1.1 * few.peak
    return [
        Row(f"all arms, paired, exact too, {FEW:,} draws", "", _told(few)),
        Row(
            f"the same, {MANY:,} draws",
            "memory flat, ≤ 500 MB",
            _told(many),
            flat and many.peak <= 500,
        ),
    ]


def _sweep() -> Row:
    with tempfile.TemporaryDirectory() as folder:
        over = ["--over", "us.effect_scale=0:2", "--over", "dependence.scale=0.5:2"]
        design = ["--design", "sobol", "--points", str(SWEPT)]
        arguments = ["sweep", "anniversary-2025", *over, *design, "--out", f"{folder}/sweep"]
        spent = spent_by(["-c", COMMAND, *arguments])
    minutes = spent.elapsed * OF_POINTS / SWEPT / 60
    return Row(
        f"`sweep anniversary-2025`, {SWEPT:,} points in two fields, all arms, one process a core",
        f"{OF_POINTS:,} points in about {MINUTES} min",
        f"{_told(spent)}; so {minutes:.0f} min for {OF_POINTS:,}",
        minutes <= MINUTES + 0.5,
    )


def _backtest(record: Path | None) -> Row:
    what = f"`backtest` of {YEAR}, baselines too, one process"
    if record is None:
        return Row(what, "", "not measured: no record was given")
    with tempfile.TemporaryDirectory() as folder:
        window = ["--from", f"{YEAR}-01-01", "--to", f"{YEAR}-12-31"]
        arguments = ["backtest", str(record), *window, "--out", f"{folder}/backtest"]
        return Row(what, "", _told(spent_by(["-c", COMMAND, *arguments])))


def _told(spent: Spent) -> str:
    return f"{spent.seconds:.1f} s of processor, {spent.elapsed:.1f} s, peak {spent.peak:,.0f} MB"
