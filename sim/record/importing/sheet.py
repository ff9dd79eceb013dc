"""A published table in memory: every column a categorical of its different texts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import files
from sim.assembly.choices import IntArray
from sim.record.importing.tables import read_text_table

MISSING = frozenset(("", "na", "n/a", "#n/a", "n.a.", "<na>", "nan", "null", "none", "nil"))
MISSING |= frozenset(("nat", "(null)", "(none)", "#null!", "\\n"))
"""Spellings of nothing, in small letters. A code or name of a state may be ``NA``: Namibia."""
LONGEST = 1 << 17
"""Characters of a field, at most; a longer one is a table that has lost a quotation mark."""


@dataclass(frozen=True)
class Sheet:
    """One file, read but not yet understood.

    Parameters
    ----------
    path : Path
        The file.
    columns : dict of str to Categorical
        The columns by the name that the header gives them; texts without spaces around them,
        missing where there is none.
    lines : IntArray
        Number of each row in the file, the header being 1, [row].
    ragged : IntArray
        Rows that had more or fewer fields than the header; what they have is in the columns.
    """

    path: Path
    columns: dict[str, pd.Categorical]
    lines: IntArray
    ragged: IntArray

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[str]]) -> Sheet:
        """Return a sheet that was in no file, for trying things out."""
        coded = {name: categorical(texts) for name, texts in columns.items()}
        rows = max((len(column) for column in coded.values()), default=0)
        return cls(Path("table.csv"), coded, np.arange(2, 2 + rows), np.empty(0, np.int64))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lines)

    def each(
        self,
        name: str | None,
        function: Callable[[str], Any] = str,
        dtype: npt.DTypeLike = object,
    ) -> Any:
        """Return a function of each row's text, [row], worked out once for each different text.

        The text is empty where it is missing, or where there is no such column.
        """
        column = self.columns[name] if name in self.columns else categorical([""] * len(self))
        values = np.empty(len(column.categories) + 1, dtype)
        values[:] = [*map(function, column.categories), function("")]
        return values[column.codes]

    def codes(self, name: str) -> IntArray:
        """Return which of its column's different texts each row holds, [row]; -1 if none."""
        return self.columns[name].codes.astype(np.int64)

    def without_missing(self, but: Collection[str | None], texts: Collection[str]) -> Sheet:
        """Return the sheet with every spelling of nothing read as nothing, but in these columns.

        In columns of texts that is also what has no letter and no digit: a dash.
        """
        columns = {}
        for name, column in self.columns.items():
            none = set(MISSING)
            if name in texts:
                none |= {text for text in column.categories if not any(map(str.isalnum, text))}
            told = column if name in but else categorical(column.categories, column.codes, none)
            columns[name] = told
        return replace(self, columns=columns)


def categorical(
    texts: Iterable[str], codes: IntArray | None = None, missing: Collection[str] = ("",)
) -> pd.Categorical:
    """Return texts as a categorical, without spaces around them and without those of `missing`.

    Parameters
    ----------
    texts : iterable of str
        One a row, or those that `codes` choose from.
    codes : IntArray, optional
        Which text each row holds, [row]; -1 for none.
    missing : collection of str
        Texts to take for none, in small letters.

    Examples
    --------
    >>> categorical(["Y", " N", "n/a"], np.array([1, 0, 1, 2, -1]), MISSING).codes.tolist()
    [1, 0, 1, -1, -1]
    """
    bare = [text.strip() for text in texts]
    told = [None if text.casefold() in missing else text for text in bare]
    places, kept = pd.factorize(np.array([*told, None], object))
    chosen = places[:-1] if codes is None else places[codes]
    column: pd.Categorical = pd.Categorical.from_codes(
        chosen, categories=pd.Index(kept, dtype=object)
    )
    return column


def read_sheet(path: Path) -> Sheet:
    """Return the table in a file; rows without any text are left out.

    Raises
    ------
    files.FileError
        If it cannot be read as a table with a header, or has a header alone.

    Examples
    --------
    >>> sheet = read_sheet(files.seed("members.csv"))
    >>> len(sheet), sheet.columns["iso3"].categories[0]
    (193, 'AFG')
    """
    at, table, misfits = read_text_table(path)
    odd_lines = np.array([line for line, _ in misfits], np.int64)
    lines = np.arange(at + 1, at + 1 + len(table) + len(misfits))
    lines = np.concatenate([np.setdiff1d(lines, odd_lines), odd_lines])
    columns = {}
    for at, name in enumerate(table.column_names):
        coded = table.column(name).combine_chunks()
        texts = [
            *coded.dictionary.to_pylist(),
            *((*row, *[""] * (at + 1))[at] for _, row in misfits),
        ]
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        more = np.arange(len(texts) - len(misfits), len(texts))
        columns[name] = categorical(texts, np.concatenate([codes, more]))
    told = np.any([column.codes >= 0 for column in columns.values()], axis=0)
    if not told.any():
        raise files.FileError(f"{path}: no roll call in it, only a header")
    order = np.flatnonzero(told)[np.argsort(lines[told], kind="stable")]
    columns = {name: column[order] for name, column in columns.items()}
    return Sheet(path, columns, lines[order], np.flatnonzero(np.isin(lines[order], odd_lines)))
