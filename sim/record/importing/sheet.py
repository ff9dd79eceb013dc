"""A published table in memory: every column as codes and its different texts."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim import files
from sim.assembly.choices import IntArray

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Column:
    """One column of text.

    Parameters
    ----------
    codes : IntArray
        Which of `texts` a row holds, [row].
    texts : tuple of str
        The different texts, without spaces around them.
    """

    codes: IntArray
    texts: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Column:
        """Return a column that holds these texts, one a row.

        Examples
        --------
        >>> Column.of(["Y", "N", "Y"]).codes.tolist()
        [0, 1, 0]
        """
        places: dict[str, int] = {}
        codes = [places.setdefault(text, len(places)) for text in texts]
        return cls(np.array(codes, np.int64), tuple(places))

    def each(self, function: Callable[[str], Any], dtype: npt.DTypeLike = object) -> Any:
        """Return a function of the text of each row, worked out once for each different text.

        Examples
        --------
        >>> Column.of(["Y", "N", "Y"]).each(str.lower).tolist()
        ['y', 'n', 'y']
        """
        values = np.empty(len(self.texts), dtype)
        values[:] = [function(text) for text in self.texts]
        return values[self.codes]

    @property
    def values(self) -> Texts:
        """The text of each row, [row]."""
        values: Texts = self.each(str)
        return values


@dataclass(frozen=True)
class Sheet:
    """One file, read but not yet understood.

    Parameters
    ----------
    path : Path
        The file.
    columns : dict of str to Column
        The columns by the name that the header gives them.
    lines : IntArray
        Number of each row in the file, the header being 1, [row].
    ragged : IntArray
        Rows that had more or fewer fields than the header; what they have is in the columns.
    """

    path: Path
    columns: dict[str, Column]
    lines: IntArray
    ragged: IntArray

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[str]]) -> Sheet:
        """Return a sheet that was in no file, for trying things out.

        Examples
        --------
        >>> len(Sheet.of({"iso3": ["AFG", "AGO"]}))
        2
        """
        coded = {name: Column.of(texts) for name, texts in columns.items()}
        rows = max((len(column.codes) for column in coded.values()), default=0)
        return cls(Path("table.csv"), coded, np.arange(2, 2 + rows), np.empty(0, np.int64))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lines)


def read_sheet(path: Path) -> Sheet:
    """Return the table in a file; rows without any text are left out.

    Raises
    ------
    files.FileError
        If it cannot be read as a table with a header.

    Examples
    --------
    >>> sheet = read_sheet(files.seed("members.csv"))
    >>> len(sheet), sheet.columns["iso3"].texts[0]
    (193, 'AFG')
    """
    names, separator = files.read_header(path)
    table, misfits = files.read_text_table(path, names, separator=separator)
    odd = [next(csv.reader([text], delimiter=separator)) for _, text in misfits]
    odd_lines = np.array([line for line, _ in misfits], np.int64)
    lines = np.arange(2, 2 + len(table) + len(odd))
    lines = np.concatenate([np.setdiff1d(lines, odd_lines), odd_lines])
    columns = {
        name: _with(_column(table.column(name)), [(*row, *[""] * len(names))[at] for row in odd])
        for at, name in enumerate(names)
    }
    said = np.any([column.each(bool, bool) for column in columns.values()], axis=0)
    order = np.flatnonzero(said)[np.argsort(lines[said], kind="stable")]
    columns = {name: Column(each.codes[order], each.texts) for name, each in columns.items()}
    ragged = np.flatnonzero(np.isin(lines[order], odd_lines))
    return Sheet(path, columns, lines[order], ragged)


def _column(chunked: Any) -> Column:
    """Return an Arrow column, whose texts may still have spaces around them."""
    if chunked.num_chunks == 0:
        return Column(np.empty(0, np.int64), ())
    array = chunked.chunk(0)
    codes = array.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    trimmed = Column.of([text.strip() for text in array.dictionary.to_pylist()])
    return Column(trimmed.codes[codes], trimmed.texts)


def _with(column: Column, texts: list[str]) -> Column:
    """Return a column with these texts in further rows."""
    if not texts:
        return column
    more = Column.of([*column.texts, *(text.strip() for text in texts)])
    known = len(column.texts)
    return Column(np.concatenate([column.codes, more.codes[known:]]), more.texts)
