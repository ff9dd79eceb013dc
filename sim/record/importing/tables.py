"""Text tables as they are published: whatever the packing, the encoding and the separator."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import files
from sim.files.rows import SEPARATOR, SEPARATORS

if TYPE_CHECKING:
    import pyarrow as pa

MOST = 100_000_000
"""Fields of a table, at most: some times those of all recorded votes [lines x columns]."""
_LONGEST_LINE, _START, _ABOVE = 1 << 20, 1 << 12, 100
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|title|body|meta|script)\b",
    re.IGNORECASE | re.DOTALL,
)
"""How a web page begins."""


def read_text_table(path: Path) -> tuple[int, pa.Table, list[tuple[int, list[str]]]]:
    """Return a big text table as coded columns of text, and the rows that do not fit its header.

    Each column holds every different text once, so a table of a million rows takes little room.

    Parameters
    ----------
    path : Path
        A CSV file, packed if it is gzip or a zip with one CSV file in it. UTF-8 or UTF-16, else
        taken for Windows-1252 or Latin-1. Its columns are parted by the comma, semicolon or tab
        that the header has most of, or that a line ``sep=;`` above it gives.

    Returns
    -------
    at : int
        Line of the header.
    table : pyarrow.Table
        The rows with as many fields as the header.
    misfits : list of tuple of int and list of str
        The others: row number, and fields.

    Raises
    ------
    files.FileError
        If the file cannot be read as a text table, is empty or a web page, or names a column twice.

    Examples
    --------
    >>> at, table, misfits = read_text_table(files.seed("sponsors.csv"))
    >>> at, table.column_names, table.num_rows, misfits
    (1, ['symbol', 'iso3', 'status', 'source'], 136, [])
    """
    import pyarrow as pa

    try:
        encoding, lines = _encoding(path)
        at, line, separator = _header(path, encoding)
        names = [name.strip() for name in _fields(line, separator)]
        if not any(names) or len(line) == _LONGEST_LINE:
            raise files.FileError(f"{path}: line {at}: no column names")
        if doubles := sorted({name for name in names if names.count(name) > 1}):
            raise files.FileError(
                f"{path}: line {at}: column {', '.join(map(repr, doubles))} is given twice"
            )
        if lines < at:
            raise files.FileError(f"{path}: no roll call in it, only a header")
        if lines * len(names) > MOST:
            raise files.FileError(
                f"{path}: {lines:,} lines of {len(names)} columns; at most {MOST:,} fields are read"
            )
        table, misfits = _read_coded(path, names, at, separator=separator, encoding=encoding)
    except UnicodeError as error:
        raise files.FileError(f"{path}: damaged: {error}") from None
    except pa.ArrowInvalid as error:
        raise files.FileError(f"{path}: {str(error).splitlines()[0][:200]}") from None
    return at, table, [(line, _fields(text, separator)) for line, text in misfits]


def _header(path: Path, encoding: str) -> tuple[int, str, str]:
    """Return the line of the header, its text, and what parts the columns.

    Lines without text stand above it in some files, and one by which Excel is told the separator.
    """
    told = None
    with files.unpacked(path) as stream:
        text = io.TextIOWrapper(stream, encoding=encoding.replace("utf-8", "utf-8-sig"))
        for at in range(1, _ABOVE + 1):
            line = text.readline(_LONGEST_LINE)
            if not line.strip(SEPARATORS + " \n"):
                continue
            if told is None and (told := SEPARATOR.fullmatch(line.strip(" \n"))):
                continue
            if _PAGE.match(line + text.read(_START)):
                raise files.FileError(f"{path}: a web page, not a table")
            return at, line, told["separator"] if told else max(SEPARATORS, key=line.count)
    raise files.FileError(f"{path}: line 1: no column names")


def _fields(line: str, separator: str) -> list[str]:
    """Return the fields of one row, however long."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


def _encoding(path: Path) -> tuple[str, int]:
    """Return the encoding of a text file, read to its end in small pieces, and its line breaks."""
    lines = 0

    def counted(piece: bytes) -> Iterator[bytes]:
        nonlocal lines
        while piece:
            lines += max(piece.count(b"\n"), piece.count(b"\r"))
            yield piece
            piece = stream.read(1 << 20)

    with files.unpacked(path) as stream:
        first = stream.read(1 << 16)
        pieces = counted(first)
        encoding = files.encoding_of(pieces)
        if b"\0" in first and not encoding.startswith("utf-16"):
            raise files.FileError(f"{path}: byte {first.index(0)}: not a text table")
        deque(pieces, maxlen=0)
        return encoding, lines


def _read_coded(
    path: Path, names: list[str], at: int, *, separator: str, encoding: str
) -> tuple[pa.Table, list[tuple[int, str]]]:
    import pyarrow as pa
    import pyarrow.csv as pc

    misfits: list[tuple[int, str]] = []

    def set_aside(row: Any) -> str:
        misfits.append((row.number, row.text))
        return "skip"

    coded = pa.dictionary(pa.int32(), pa.string())
    # One thread: only then does Arrow know the numbers of the rows that it sets aside.
    reading = pc.ReadOptions(
        use_threads=False, encoding=encoding, column_names=names, skip_rows=at, block_size=1 << 22
    )
    parsing = pc.ParseOptions(
        delimiter=separator,
        newlines_in_values=True,
        invalid_row_handler=set_aside,
        ignore_empty_lines=False,
    )
    converting = pc.ConvertOptions(column_types=dict.fromkeys(names, coded))
    with files.unpacked(path) as stream:
        table = pc.read_csv(
            stream, read_options=reading, parse_options=parsing, convert_options=converting
        )
    return table.unify_dictionaries().combine_chunks(), misfits
