"""Records on disk: one Parquet file each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import files
from sim.assembly.members import Members
from sim.record.roll_call import COLUMNS, OTHERS, TEXTS
from sim.record.value import Record

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = "1"
_VERSION, _STATES = b"unga_sim.record.version", b"unga_sim.record.states"


def write_record(record: Record, path: Path) -> None:
    """Write a record as one Parquet file, whole or not at all; the same record, the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_record(Record.empty(), Path(folder) / "record.parquet")
    ...     len(read_record(Path(folder) / "record.parquet"))
    0
    """
    import pyarrow as pa

    frame, others = record.roll_calls, record.others
    columns = {name: pa.array(frame[name], pa.string()) for name in TEXTS}
    columns["date"] = pa.array(record.dates, pa.date32())
    columns["important"] = pa.array(frame["important"].to_numpy(bool), pa.bool_())
    columns["votes"] = pa.FixedSizeListArray.from_arrays(
        pa.array(record.votes.ravel(), pa.int8()), record.votes.shape[1]
    )
    each = others["key"].value_counts().reindex(frame["key"], fill_value=0).to_numpy()
    offsets = pa.array(np.concatenate([[0], np.cumsum(each)]), pa.int32())
    for name, kind in zip(OTHERS[1:], (pa.string(), pa.string(), pa.int8()), strict=True):
        values = pa.array(others[name], kind)
        columns[f"others_{name}"] = pa.ListArray.from_arrays(offsets, values)
    names = (*COLUMNS, "votes", *(f"others_{name}" for name in OTHERS[1:]))
    metadata = {_VERSION: VERSION, _STATES: ",".join(Members.load().codes)}
    files.write_parquet(pa.table({name: columns[name] for name in names}, metadata=metadata), path)


def read_record(path: Path | str) -> Record:
    """Return the record in a file that `write_record` made.

    Parameters
    ----------
    path : Path or str

    Raises
    ------
    files.FileError
        If it is no such file, or one of another version or with other member states.

    Examples
    --------
    >>> read_record("none.parquet")
    Traceback (most recent call last):
    sim.files.FileError: none.parquet: No such file or directory
    """
    table = files.read_parquet(Path(path))
    metadata = table.schema.metadata or {}
    version = metadata.get(_VERSION, b"").decode()
    if version != VERSION:
        found = f"version {version!r}" if version else "no record of this project"
        raise files.FileError(
            f"{path}: {found}, version {VERSION!r} is wanted; make it again with record import"
        )
    if metadata.get(_STATES, b"").decode() != ",".join(Members.load().codes):
        raise files.FileError(f"{path}: other member states; make it again with record import")
    try:
        return _record(table)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise files.FileError(
            f"{path}: damaged ({str(error)[:200]}); make it again with record import"
        ) from None


def _record(table: pa.Table) -> Record:
    if "body" not in table.column_names:  # before other bodies could be read
        table = table.append_column("body", [[""] * len(table)])
    frame = pd.DataFrame({name: table.column(name).to_pylist() for name in COLUMNS})
    votes = table.column("votes").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    lists = {name: table.column(f"others_{name}").to_pylist() for name in OTHERS[1:]}
    each = [len(codes) for codes in lists["code"]]
    others = pd.DataFrame(
        {"key": np.repeat(frame["key"].to_numpy(object), each)}
        | {name: [value for values in column for value in values] for name, column in lists.items()}
    )
    return Record(frame, votes.reshape(len(frame), len(Members.load())), others)
