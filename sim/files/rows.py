"""Small tables of text: their encoding, what parts their columns, and the line of each row."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
"""Control characters, besides line feed and tab, and those that turn the direction of a text."""
SEPARATORS = ",;\t"
_UNDEFINED = re.compile(b"[\x81\x8d\x8f\x90\x9d]")
"""Bytes that mean nothing in Windows-1252."""

Row = tuple[int, dict[str, str]]
"""The line of the file that a row begins on, and its fields by column."""


class RowsError(ValueError):
    """A table that cannot be used; the message begins with the line."""


def decoded(content: bytes) -> str:
    r"""Return the text in bytes: UTF-8, UTF-16 with its mark, else Windows-1252 or Latin-1.

    Examples
    --------
    >>> decoded(b"T\xfcrkiye"), decoded("Türkiye".encode("utf-16")), decoded(b"\xef\xbb\xbfvote")
    ('Türkiye', 'Türkiye', 'vote')
    """
    try:
        if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise RowsError(f"byte {error.start}: not UTF-16 text, as its mark says") from None
        text = content.decode("latin-1" if _UNDEFINED.search(content) else "cp1252")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def rows_in(text: str, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    r"""Return the rows of a table, each with its line; rows without any text are left out.

    Parameters
    ----------
    text : str
        Its columns are parted by the comma, semicolon or tab that its first line has most of.
    columns : sequence of str
        Those that have to be there, in small or capital letters.
    optional : sequence of str
        Further ones that have a meaning; others are kept as they are named.

    Raises
    ------
    RowsError
        If it has a control character, lacks a column or has one twice, or a row does not fit.

    Examples
    --------
    >>> rows_in("State;Vote\n\nBRA;yes\n", ("state", "vote"))
    [(3, {'state': 'BRA', 'vote': 'yes'})]
    """
    if (unseen := UNSEEN.search(text)) is not None:
        line = text.count("\n", 0, unseen.start()) + 1
        raise RowsError(f"line {line}: {unseen[0]!r}: control characters are not allowed")
    rows = _rows(text)
    first, header = next(rows, (1, []))
    spelt = {name.casefold(): name for name in (*optional, *columns)}
    bare = [name.strip() for name in header]
    names = [spelt.get(name.casefold(), name) for name in bare]
    if doubles := sorted({name for name in names if names.count(name) > 1}):
        raise RowsError(f"line {first}: column {', '.join(map(repr, doubles))} is given twice")
    if missing := [name for name in columns if name not in names]:
        raise RowsError(f"line {first}: no column {', '.join(missing)}")
    found = []
    for line, row in rows:
        if len(row) != len(names):
            raise RowsError(f"line {line}: not as many fields as the header has")
        found.append((line, dict(zip(names, row, strict=True))))
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that have some text, each with the line that it begins on."""
    start = text.lstrip("\n").partition("\n")[0]
    separator = max(SEPARATORS, key=start.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise RowsError(f"line {line}: {error}") from None
        if row is None:
            return
        if any(field.strip() for field in row):
            yield line, row
