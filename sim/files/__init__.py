"""The disk: the only module that opens files.

It knows no vote and no scenario. It finds what the project ships, reads tables, and writes a folder
whole or not at all.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import re
import stat
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.files.rows import UNSEEN, Row, RowsError, decoded, encoding_of, rows_in
from sim.files.whole import alone, real_place, recover, recover_in, whole_folder, write_whole

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa


__all__ = [
    "SOURCE",
    "UNSEEN",
    "FileError",
    "alone",
    "appending",
    "csv_text",
    "encoding_of",
    "numbered_rows",
    "parquet_groups",
    "parquet_writer",
    "read_arrays",
    "read_parquet",
    "read_rows",
    "read_text",
    "read_toml",
    "real_place",
    "recover",
    "recover_in",
    "refuse_irregular",
    "seed",
    "sha256",
    "shipped",
    "unpacked",
    "whole_folder",
    "write_arrays",
    "write_parquet",
    "write_text",
    "write_whole",
]

LARGEST = 64 << 20
"""Of a text that is read as a whole, such as a scenario [bytes]."""
CHECKSUM = "checksum"
"""Name of the array that holds the hash of the others."""
PARTS = 100
"""Of a key in TOML; reading takes time and memory with their square."""
LONG_KEY = re.compile(
    rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{PARTS}}}"""
)
SOURCE = Path(__file__).parents[1]
"""The folder of the package."""


class FileError(ValueError):
    """A file that cannot be used; the message names the file, the place and what is allowed."""


def shipped(folder: str) -> Path:
    """Return the path of a folder that the project ships: seeds, scenarios or results.

    An installed wheel carries them inside the package; a checkout has them beside it.

    Examples
    --------
    >>> (shipped("seeds") / "members.csv").exists()
    True
    """
    inside = SOURCE / "shipped" / folder
    return inside if inside.is_dir() else SOURCE.parent / folder


def seed(name: str) -> Path:
    """Return the path of one file in ``seeds/``.

    Examples
    --------
    >>> seed("members.csv").name
    'members.csv'
    """
    return shipped("seeds") / name


def read_text(path: Path) -> str:
    """Return the text of a file, unpacked if its name ends in ``.gz``.

    Raises
    ------
    FileError
        If the file is missing, unreadable or not UTF-8.

    Examples
    --------
    >>> read_text(seed("members.csv")).split(",")[0]
    'iso3'
    """
    refuse_irregular(path)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
        _refuse_large(content, path)
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error) or "cannot be read"
        raise FileError(f"{path}: {reason}") from None
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: byte {error.start}: not UTF-8 text") from None


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Any]:
    """Give the bytes of a file, unpacked if it is gzip or a zip with one CSV file in it.

    Raises
    ------
    FileError
        If it is a zip with no or several CSV files, or it cannot be unpacked, or read.

    Examples
    --------
    >>> with unpacked(seed("members.csv")) as stream:
    ...     stream.read(4)
    b'iso3'
    """
    refuse_irregular(path)
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
            stream.seek(0)
            if start[:2] == b"\x1f\x8b" or path.suffix == ".gz":
                with gzip.open(stream) as unpacked:
                    yield unpacked
            elif start == b"PK\x03\x04":
                with zipfile.ZipFile(stream) as packed:
                    names = [name for name in packed.namelist() if not name.startswith("__MACOSX/")]
                    endings = ((".csv", ".tsv"), ".txt")
                    found_by = ([n for n in names if n.lower().endswith(e)] for e in endings)
                    tables = next(filter(None, found_by), [])
                    if len(tables) != 1:
                        found = ", ".join(tables[:5]) or "none"
                        raise FileError(
                            f"{path}: expected a zip with one CSV file; it holds: {found}"
                        )
                    with packed.open(tables[0]) as unpacked:
                        yield unpacked
            else:
                yield stream
    except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or f"damaged: {error}"
        raise FileError(f"{path}: {reason}") from None


def refuse_irregular(path: Path) -> None:
    """Refuse what is no file on a disk: a device or a pipe may have no end.

    Raises
    ------
    FileError
        If it is missing or no regular file.

    Examples
    --------
    >>> refuse_irregular(Path("/dev/zero"))
    Traceback (most recent call last):
    sim.files.FileError: /dev/zero: is a device or a pipe; give a file
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise FileError(f"{path}: is a device or a pipe; give a file")


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV file, each a dict by column name.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        The columns that have to be there; further ones are kept.

    Raises
    ------
    FileError
        As `numbered_rows`.

    Examples
    --------
    >>> len(read_rows(seed("members.csv"), ("iso3",)))
    193
    """
    return [row for _, row in numbered_rows(path, columns)]


def numbered_rows(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """Return the rows of a CSV file, each with the line that it begins on.

    Packing, encoding and what parts its columns may be any that `unpacked` and `rows_in` know.

    Parameters
    ----------
    path : Path
        The file.
    columns, optional : sequence of str
        The columns that have to be there, and those that may be; further ones are kept.

    Raises
    ------
    FileError
        If the file cannot be read, has a control character, lacks a column or has one twice, or a
        row is longer or shorter than the header.

    Examples
    --------
    >>> line, row = numbered_rows(seed("members.csv"), ("iso3",))[0]
    >>> line, row["iso3"]
    (2, 'AFG')
    """
    with unpacked(path) as stream:
        content = stream.read(LARGEST + 1)
    _refuse_large(content, path)
    try:
        return rows_in(decoded(content), columns, optional)
    except RowsError as error:
        raise FileError(f"{path}: {error}") from None


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises
    ------
    FileError
        If the file is missing or is not TOML; the message gives line and column.

    Examples
    --------
    >>> sorted(read_toml(seed("models.toml")))[0]
    'bloc-shares'
    """
    text = read_text(path)
    if (long := LONG_KEY.search(text)) is not None:
        line = text.count("\n", 0, long.start()) + 1
        raise FileError(f"{path}: line {line}: a key of more than {PARTS} parts")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number too long is a plain ValueError
        raise FileError(f"{path}: not TOML: {error}") from None


def read_parquet(path: Path) -> pa.Table:
    """Return the table in a Parquet file, with its metadata.

    Raises
    ------
    FileError
        If the file is missing or is not Parquet.

    Examples
    --------
    See `write_parquet`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    refuse_irregular(path)
    try:
        with path.open("rb") as stream:
            return pq.read_table(stream)
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or 'not a Parquet file'}") from None
    except pa.ArrowInvalid:
        raise FileError(f"{path}: not a Parquet file") from None


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table and its metadata as a Parquet file, whole or not at all.

    Examples
    --------
    >>> import pyarrow as pa
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_parquet(pa.table({"yes": [93]}), Path(folder) / "tallies.parquet")
    ...     read_parquet(Path(folder) / "tallies.parquet").to_pylist()
    [{'yes': 93}]
    """
    import pyarrow.parquet as pq

    write_whole(path, lambda part: pq.write_table(table, part, compression="zstd"))


@contextlib.contextmanager
def parquet_writer(path: Path, schema: pa.Schema) -> Iterator[Callable[[pa.Table], None]]:
    """Give a function that adds a table to a new Parquet file, each as one row group.

    Tables need not be in memory together. The bytes depend on the tables alone.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    schema : pyarrow.Schema

    Examples
    --------
    >>> import pyarrow as pa
    >>> some = pa.table({"yes": [93, 141]})
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "tallies.parquet"
    ...     with parquet_writer(path, some.schema) as add:
    ...         add(some)
    ...         add(some.slice(1))
    ...     [len(group) for group in parquet_groups(path)]
    [2, 1]
    """
    import pyarrow.parquet as pq

    with pq.ParquetWriter(
        str(path), schema, compression="zstd", write_page_checksum=True
    ) as writer:
        # in one piece, for where pages end depends on the pieces of a table
        yield lambda table: writer.write_table(table.combine_chunks(), row_group_size=len(table))


def parquet_groups(path: Path) -> Iterator[pa.Table]:
    """Yield the row groups of a Parquet file, one at a time.

    Raises
    ------
    FileError
        If the file is missing or is not Parquet.

    Examples
    --------
    See `parquet_writer`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(str(path), page_checksum_verification=True) as stored:
            for number in range(stored.num_row_groups):
                yield stored.read_row_group(number)
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or 'not a Parquet file'}") from None
    except pa.ArrowInvalid:
        raise FileError(f"{path}: not a Parquet file") from None


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write named arrays into one compressed file, whole or not at all.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_arrays(Path(folder) / "counts.npz", {"yes": [93, 141]})
    ...     read_arrays(Path(folder) / "counts.npz")["yes"].tolist()
    [93, 141]
    """
    import numpy as np

    signed = {**arrays, CHECKSUM: np.array(_checksum(arrays))}
    write_whole(path, lambda part: np.savez_compressed(part, **signed))


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays in a file that `write_arrays` wrote.

    Raises
    ------
    FileError
        If the file is missing, is not such a file, or is not as it was written.

    Examples
    --------
    See `write_arrays`.
    """
    import numpy as np

    refuse_irregular(path)

    try:
        with path.open("rb") as file, np.load(file) as stored:
            arrays = dict(stored)
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or 'not a file of arrays'}") from None
    # RuntimeError: a zip file that says it is encrypted, or of a version there is none of yet
    except (ValueError, AttributeError, TypeError, EOFError, RuntimeError):
        raise FileError(f"{path}: not a file of arrays") from None
    except (zipfile.BadZipFile, zlib.error):
        raise FileError(f"{path}: not a file of arrays") from None
    if str(arrays.pop(CHECKSUM, "")) != _checksum(arrays):
        raise FileError(f"{path}: damaged: it does not fit its checksum")
    return arrays


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text(Path(folder) / "empty", "")
    ...     sha256(Path(folder) / "empty")[:8]  # FIPS 180-4: of no bytes at all
    'e3b0c442'
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Write a text file whole or not at all, as `write_whole` does.

    Examples
    --------
    See `sha256`.
    """
    write_whole(
        path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"), durable=durable
    )


def csv_text(frame: pd.DataFrame, *, digits: int, fixed: bool = False) -> str:
    r"""Return a table as the text of a CSV file, the same on every machine.

    Parameters
    ----------
    frame : DataFrame
    digits : int
        Significant digits of a number that is not whole.
    fixed : bool
        Whether they are its decimals.

    Examples
    --------
    >>> import pandas as pd
    >>> csv_text(pd.DataFrame({"choice": ["yes"], "mean": [2 / 3], "error": [-0.0]}), digits=3)
    'choice,mean,error\nyes,0.667,0\n'
    """
    numbers = frame.select_dtypes("float")
    if fixed:
        numbers = numbers.round(digits)
    unsigned = {str(name): column + 0.0 for name, column in numbers.items()}  # no minus zero
    form = f"%.{digits}{'f' if fixed else 'g'}"
    return frame.assign(**unsigned).to_csv(index=False, float_format=form, lineterminator="\n")


@contextlib.contextmanager
def appending(path: Path, *, keep: int = 0) -> Iterator[Callable[[bytes], object]]:
    """Give a function that writes bytes after the first `keep` of a file; all others are dropped.

    What is written stays if the block fails: it is for a file that is brought piece by piece.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for keep, piece in ((0, b"halfx"), (4, b"way")):
    ...         with appending(Path(folder) / "part", keep=keep) as write:
    ...             _ = write(piece)
    ...     read_text(Path(folder) / "part")
    'halfway'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        stream.truncate(keep)
        yield stream.write


def _refuse_large(content: bytes, path: Path) -> None:
    if len(content) > LARGEST:
        raise FileError(f"{path}: larger than {LARGEST >> 20} MB, which no file of this kind is")


def _checksum(arrays: Mapping[str, Any]) -> str:
    """Return a hash of arrays: of their names, kinds, shapes and numbers."""
    import numpy as np

    made = hashlib.sha256()
    for name, values in sorted(arrays.items()):
        array = np.ascontiguousarray(values)
        made.update(f"{name} {array.dtype.str} {np.shape(values)}\n".encode())
        made.update(array.tobytes())
    return made.hexdigest()
