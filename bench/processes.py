"""What whole commands take: time, memory, and what is imported before anything is done."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.timing import Row, Spent, spent_by

COMMAND = "from sim.cli import main; main()"
SIMULATE = (
    "import sim; sim.simulate(sim.read_scenario('anniversary-2025'), draws={draws}, workers=1)"
)
BACKTEST = (
    "import sys; from sim.backtest import run_backtest; from sim.record.storage import read_record;"
    "run_backtest(read_record(__import__('pathlib').Path(sys.argv[1])), '{year}-01-01',"
    " '{year}-12-31')"
)
FEW, MANY = 100_000, 1_000_000
YEAR = 2012


def rows(record: Path | None) -> list[Row]:
    """Return the lines of the table.

    Parameters
    ----------
    record : Path, optional
        A record to back-test on, as `unga-sim record import` writes it.
    """
    return [_imports(), _help(), _run(), *_memory(), _backtest(record)]


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
        return Row(
            "`run anniversary-2025`, 20,000 draws, figures too", "", _told(spent_by(arguments))
        )


def _memory() -> list[Row]:
    few, many = (spent_by(["-c", SIMULATE.format(draws=draws)]) for draws in (FEW, MANY))
    flat = many.peak <= 1.1 * few.peak
    return [
        Row(f"three arms, paired, exact too, {FEW:,} draws", "", _told(few)),
        Row(
            f"the same, {MANY:,} draws",
            "memory flat, ≤ 500 MB",
            _told(many),
            flat and many.peak <= 500,
        ),
    ]


def _backtest(record: Path | None) -> Row:
    what = f"`backtest` of {YEAR}, baselines alone"
    if record is None:
        return Row(what, "", "not measured: no record was given")
    return Row(what, "", _told(spent_by(["-c", BACKTEST.format(year=YEAR), str(record)])))


def _told(spent: Spent) -> str:
    return f"{spent.seconds:.1f} s of processor, {spent.elapsed:.1f} s, peak {spent.peak:,.0f} MB"
