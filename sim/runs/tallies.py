"""The tally of every draw on disk, written block by block so that memory stays flat."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim import files
from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.vote.chance import BLOCK
from sim.vote.counting import Keep

if TYPE_CHECKING:
    import pyarrow as pa

PUBLISHED = (Choice.YES, Choice.NO, Choice.ABSTAIN, Choice.NON_VOTING)
DRAWS_IN_GROUP = 32 * BLOCK
"""Draws of each arm in one row group of the file; bounds memory, and fixes the file's bytes."""


@dataclass
class _Rows:
    """Rows that wait until they fill a row group."""

    add: Callable[[pa.Table], None]
    group: int
    taken: int = 0
    waiting: list[pa.Table] = field(default_factory=list)

    def take(self, table: pa.Table) -> None:
        self.taken += len(table)
        self.waiting.append(table)
        if sum(map(len, self.waiting)) >= self.group:
            self.write()

    def write(self) -> None:
        import pyarrow as pa

        if self.waiting:
            self.add(pa.concat_tables(self.waiting))
        self.waiting = []


@contextlib.contextmanager
def kept_tallies(
    path: Path,
    arms: int,
    *,
    weighted: bool = False,
    earlier: Path | None = None,
    before: int = 0,
) -> Iterator[Keep]:
    """Give a function that writes the tallies of each block of draws into a Parquet file.

    Its columns: arm, draw, yes, no, abstain, non_voting and, where some votes are known,
    log_weight. In
    each block one arm follows the other.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    arms : int
        How many there are.
    weighted : bool
        Whether draws have weights.
    earlier : Path, optional
        Such a file with the draws that were counted before; the file begins with them.
    before : int
        How many those are.

    Raises
    ------
    files.FileError
        If the earlier file does not hold those draws.

    Examples
    --------
    >>> import tempfile
    >>> tally = np.array([[93, 65, 18, 17]])  # yes, abstain, no, non-voting
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "tallies.parquet"
    ...     with kept_tallies(path, 1) as keep:
    ...         keep({"us-opposes": tally}, {"us-opposes": None})
    ...     files.read_parquet(path).to_pylist()
    [{'arm': 'us-opposes', 'draw': 0, 'yes': 93, 'no': 18, 'abstain': 65, 'non_voting': 17}]
    """
    with files.parquet_writer(path, _schema(weighted=weighted)) as add:
        rows = _Rows(add, arms * DRAWS_IN_GROUP)
        for table in files.parquet_groups(earlier) if earlier is not None else ():
            rows.take(table)
        if rows.taken != arms * before:
            raise files.FileError(f"{earlier}: does not hold the {before:,} draws so far")

        def keep(tallies: Mapping[str, IntArray], weights: Mapping[str, FloatArray | None]) -> None:
            first = rows.taken // arms
            for arm, tally in tallies.items():
                rows.take(_table(arm, tally, weights[arm], first))

        yield keep
        rows.write()


def _schema(*, weighted: bool) -> pa.Schema:
    import pyarrow as pa

    columns = [("arm", pa.string()), ("draw", pa.int64())]
    columns += [(choice.column, pa.int16()) for choice in PUBLISHED]
    return pa.schema([*columns, ("log_weight", pa.float64())] if weighted else columns)


def _table(arm: str, tally: IntArray, weight: FloatArray | None, first: int) -> pa.Table:
    import pyarrow as pa

    columns = {"arm": [arm] * len(tally), "draw": np.arange(first, first + len(tally))}
    columns |= {choice.column: tally[:, choice] for choice in PUBLISHED}
    if weight is not None:
        columns["log_weight"] = weight
    return pa.table(columns, schema=_schema(weighted=weight is not None))
