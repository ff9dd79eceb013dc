"""A small table of strings, however it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table of strings.

    Attributes
    ----------
    title : str
    columns : tuple of str
        The first is aligned left, the others right.
    rows : tuple of tuple of str
        A cell may have several lines.
    total : tuple of str
        A last row that stands apart.
    note : str
        Below the table.

    Examples
    --------
    >>> Table("Counts", ("arm", "yes"), (("with-us", "112"),)).columns
    ('arm', 'yes')
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    note: str = ""
