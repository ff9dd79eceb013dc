"""Small tables of text: their encoding, what parts their columns, and the line of each row."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
"""Control characters, besides line feed and tab, and those that turn the direction of a text."""
SEPARATORS = ",;\t"
SEPARATOR = re.compile(r"\"?sep=(?P<separator>[,;\t])\"?[,;\t]*", re.IGNORECASE)
"""A line above the header by which Excel is told what parts the columns."""
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""Marks of a text in UTF-16."""
_UNMARKED = {
    "utf-16-le": re.compile(b"(?:[\t\n\r -~]\0){2}"),
    "utf-16-be": re.compile(b"(?:\0[\t\n\r -~]){2}"),
}
"""How a text in UTF-16 begins that has no mark."""
_UNDEFINED = re.compile(b"[\x81\x8d\x8f\x90\x9d]")
"""Bytes that mean nothing in Windows-1252."""

Row = tuple[int, dict[str, str]]
"""The line of the file that a row begins on, and its fields by column."""


class RowsError(ValueError):
    """A table that cannot be used; the message begins with the line."""


def decoded(content: bytes) -> str:
    r"""Return the text in bytes: UTF-8, UTF-16, else Windows-1252 or Latin-1.

    Examples
    --------
    >>> decoded(b"T\xfcrkiye"), decoded("Türkiye".encode("utf-16")), decoded(b"\xef\xbb\xbfvote")
    ('Türkiye', 'Türkiye', 'vote')
    """
    encoding = encoding_of([content])
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise RowsError(f"byte {error.start}: not UTF-16 text, as it begins") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encoding_of(pieces: Iterable[bytes]) -> str:
    r"""Return the encoding of the bytes of a text: UTF-8, UTF-16, else a Latin one.

    UTF-16 is told by its mark, or by the first two characters, if they are of ASCII.

    Parameters
    ----------
    pieces : iterable of bytes
        In order; the first holds the mark, if there is one.

    Examples
    --------
    >>> [encoding_of(pieces) for pieces in ([b"T\xc3", b"\xbcrk"], [b"T\xfcrk"], [b"\x81\xfc"])]
    ['utf-8', 'cp1252', 'latin-1']
    """
    decoder, odd, latin = codecs.getincrementaldecoder("utf-8")(), False, False
    for number, piece in enumerate(itertools.chain(pieces, [b""])):
        if not number and piece[:2] in UTF16:
            return "utf-16"
        if not number and (found := [name for name in _UNMARKED if _UNMARKED[name].match(piece)]):
            return found[0]
        latin = latin or bool(_UNDEFINED.search(piece))
        if not odd:
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError:
                odd = True
    return ("latin-1" if latin else "cp1252") if odd else "utf-8"


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
    lines = (line for line in text.splitlines() if line.strip(SEPARATORS + " "))
    start = next(lines, "")
    told = SEPARATOR.fullmatch(start.strip(" "))
    separator = told["separator"] if told else max(SEPARATORS, key=start.count)
    if told:
        text = text.replace(start, "", 1)  # its line stays, so that lines keep their numbers
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
