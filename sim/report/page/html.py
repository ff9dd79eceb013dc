"""HTML in small pieces: everything that comes from outside is text, never markup."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Container, Iterable, Sequence
from typing import Any

from sim.report.table import Table

LONG = 14
"""Letters of the longest word of a heading that is never broken."""
SWIPE = "The table goes on to the right: swipe it, or use the arrow keys."


def text(value: object) -> str:
    """Return a value as text of a page, whatever is in it; no line ends before a per cent sign.

    Examples
    --------
    >>> text('<script>"')
    '&lt;script&gt;&quot;'
    """
    return html.escape(str(value), quote=True).replace(" %", "\N{NO-BREAK SPACE}%")


def element(tag: str, *content: str, **attributes: object) -> str:
    """Return an element; names of attributes have `_` for `-`, and a trailing one is dropped.

    Parameters
    ----------
    tag : str
    *content : str
        Markup, made by these functions.
    **attributes : object
        Text; left out where None or False, without a value where True.

    Examples
    --------
    >>> element("td", text("a < b"), class_="left", data_state=3)
    '<td class="left" data-state="3">a &lt; b</td>'
    """
    parts = [tag]
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        written = name.rstrip("_").replace("_", "-")
        parts.append(written if value is True else f'{written}="{text(value)}"')
    opening = f"<{' '.join(parts)}>"
    return opening if tag in ("input", "meta") else f"{opening}{''.join(content)}</{tag}>"


def bullets(sentences: Iterable[str]) -> str:
    """Return sentences as a list.

    Examples
    --------
    >>> bullets(["one"])
    '<ul><li>one</li></ul>'
    """
    return element("ul", *(element("li", text(sentence)) for sentence in sentences))


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    wide: Container[int] = (),
    **more: object,
) -> str:
    """Return a table of text whose first column names the rows; line breaks become ranges.

    Columns in `wide` are left out on a narrow screen.

    Examples
    --------
    >>> table("t", ["a"], [["x"]]).count("<th")
    3
    """
    hidden = ["wide" if place in wide else None for place in range(len(columns))]
    heads = zip(columns, hidden, strict=True)
    head = (element("th", _unbroken(name), scope="col", class_=kind) for name, kind in heads)
    body = (
        element(
            "tr",
            element("th", text(first), scope="row"),
            *(
                element("td", _lines(cell), class_=kind)
                for cell, kind in zip(rest, hidden[1:], strict=True)
            ),
        )
        for first, *rest in rows
    )
    return element(
        "table",
        element("caption", text(caption)),
        element("thead", element("tr", *head)),
        element("tbody", *body),
        **more,
    )


def sideways(told: Table, name: str | None = None, *, fits: bool = False) -> str:
    """Return a table that a narrow screen moves under, a line that says so, and its note.

    Parameters
    ----------
    told : Table
    name : str, optional
        By which the page's script finds it.
    fits : bool
        Whether a narrow screen has room for it: nothing is said then.

    Examples
    --------
    >>> told = Table("t", ("a", "b"), (("x", "y"),))
    >>> [SWIPE in sideways(told, fits=fits) for fits in (False, True)]
    [True, False]
    """
    inside = table(told.title, told.columns, told.rows, id=name, class_="fits" if fits else None)
    how: dict[str, object] = {"tabindex": 0, "role": "region", "aria_label": told.title}
    sign = "" if fits else element("p", SWIPE, class_="note swipe")
    note = element("p", text(told.note), class_="note") if told.note else ""
    return sign + element("div", inside, class_="sideways", **how) + note


def _unbroken(name: str) -> str:
    """Return a heading whose words stay whole on a narrow screen, unless they are very long."""
    words = (
        element("span", text(word), class_="word") if LONG >= len(word) > 0 else text(word)
        for word in name.split(" ")
    )
    return " ".join(words)


def _lines(cell: str) -> str:
    first, *rest = cell.split("\n")
    return text(first) + "".join(element("span", text(line), class_="range") for line in rest)


def embedded(value: Any, name: str) -> str:
    """Return a value as JSON that the page's script reads; no text in it can end the element.

    Examples
    --------
    >>> embedded({"a": "</script>"}, "x").count("</script>")
    1
    """
    written = json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return element("script", written, type="application/json", id=name)


def csp_hash(source: str) -> str:
    """Return the hash of a script or style as a Content-Security-Policy names it.

    Examples
    --------
    >>> csp_hash("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    found = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    return f"'sha256-{found}'"
