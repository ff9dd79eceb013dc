"""The result folder: what a run leaves on disk, and how it is read and compared again."""

from __future__ import annotations

from sim.runs.compare import differences_between
from sim.runs.folder import manifest, read_result, write_result
from sim.runs.making import differences_of, result_of, summary_of
from sim.runs.result import ON_DEMAND, TABLES, Result
from sim.runs.simulate import simulate

__all__ = [
    "ON_DEMAND",
    "TABLES",
    "Result",
    "differences_between",
    "differences_of",
    "manifest",
    "read_result",
    "result_of",
    "simulate",
    "summary_of",
    "write_result",
]
