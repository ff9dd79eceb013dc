"""A big file over a bad line: streamed, resumed where it broke off, and checked."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import httpx

from sim import files

PATIENCE = 30.0
"""Seconds without a byte before a connection counts as broken."""
TRIES = 5
MOST = 2 << 30
"""Bytes of a file, at most; the published one has about 400 million."""
MOST_OF_A_PAGE = 8 << 20
T = TypeVar("T")
Told = Callable[[int, int | None], None]
"""Told of the bytes that are there, and of how many there will be if that is known."""


class FetchError(files.FileError):
    """A file that cannot be had; the message is half a sentence that begins with its address."""


@dataclass(frozen=True)
class Fetcher:
    """How files are fetched.

    Parameters
    ----------
    patience : float
        Seconds without a byte before a connection counts as broken [s].
    pause : float
        Seconds before the second try, twice as long before each further one [s].
    most : int
        Bytes of a file, at most.
    """

    patience: float = PATIENCE
    pause: float = 1.0
    most: int = MOST

    def page(self, url: str) -> tuple[str, str]:
        """Return a page's text, and its address after redirections."""
        return self._tried(url, lambda client: self._page(client, url), patient=lambda: False)

    def file(self, url: str, part: Path, told: Told, *, had: str = "") -> str | None:
        """Bring a file to `part`; what an earlier try left there is gone on with.

        Parameters
        ----------
        url : str
        part : Path
        told : callable
            Told of the bytes that are there, and of how many there will be if that is known.
        had : str
            By what the server knows the file that was brought before.

        Returns
        -------
        str or None
            By what the server knows the file; nothing if it is the one that was `had`.

        Raises
        ------
        FetchError
            If it cannot be had, is a web page, or is too big. What was brought stays, for the next
            time, unless it is no good.
        """
        return self._tried(
            url,
            lambda client: self._once(client, url, part, told, had),
            patient=lambda: _size(part) > 0,
        )

    def _tried(
        self, url: str, attempt: Callable[[httpx.Client], T], *, patient: Callable[[], bool]
    ) -> T:
        """Return what an attempt brings, made again after a broken connection.

        One that never came about is not tried again unless `patient` says so.
        """
        agent = {"User-Agent": "unga-sim: one file at a time"}
        timeout = httpx.Timeout(self.patience)
        with httpx.Client(
            follow_redirects=True, max_redirects=5, timeout=timeout, headers=agent
        ) as client:
            for wait in (*(self.pause * 2**number for number in range(TRIES - 1)), None):
                try:
                    return attempt(client)
                except (_BrokenOffError, httpx.TransportError) as error:
                    never = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
                    odd = isinstance(error, httpx.UnsupportedProtocol)
                    if wait is None or odd or (never and not patient()):
                        raise FetchError(f"{url}: {_words(error)}") from None
                    time.sleep(wait)
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    raise FetchError(f"{url}: {_words(error)}") from None
        raise AssertionError("the last try returns or raises")

    def _page(self, client: httpx.Client, url: str) -> tuple[str, str]:
        text = b""
        with client.stream("GET", url) as answer:
            _refuse(answer, url)
            for piece in answer.iter_bytes():
                text += piece
                if len(text) > MOST_OF_A_PAGE:
                    raise FetchError(f"{url}: a page too big to be the library's")
            return text.decode("utf-8", "replace"), str(answer.url)

    def _once(self, client: httpx.Client, url: str, part: Path, told: Told, had: str) -> str | None:
        """Bring what is missing of a file, in one go."""
        mark, have = part.with_suffix(".json"), _size(part)
        begun = _begun(mark, url) if have else None
        headers = {"Accept-Encoding": "identity"}
        if begun is not None and begun.validator:
            headers |= {"Range": f"bytes={have}-", "If-Range": begun.validator}
        elif had:
            headers["If-None-Match" if had.strip("W/").startswith('"') else "If-Modified-Since"] = (
                had
            )
        with client.stream("GET", url, headers=headers) as answer:
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink(missing_ok=True)
                raise _BrokenOffError("the file changed on the way")
            if had and answer.status_code == httpx.codes.NOT_MODIFIED:
                return None
            _refuse(answer, url)
            start, edition = _told(answer, url)
            if start not in (0, have):
                part.unlink(missing_ok=True)
                raise _BrokenOffError("another part of the file than asked for")
            if start and begun is not None:
                if begun.contradicts(edition):
                    part.unlink(missing_ok=True)
                    raise _BrokenOffError("the file changed on the way")
                edition = edition.filled(begun)
            total = edition.total
            if (total or 0) > self.most:
                raise FetchError(f"{url}: {total:,} bytes, more than {self.most:,}")
            files.write_text(mark, json.dumps(asdict(edition)))
            done = self._written(answer, part, start, lambda done: told(done, total))
        if done > self.most:
            part.unlink()
            raise FetchError(f"{url}: more than {self.most:,} bytes")
        if total is not None and done != total:
            raise _BrokenOffError(f"cut after {done:,} of {total:,} bytes")
        return edition.validator

    def _written(
        self, answer: httpx.Response, part: Path, start: int, told: Callable[[int], None]
    ) -> int:
        """Write an answer's bytes after the first `start`, and return how many there are then."""
        done = start
        with files.appending(part, keep=start) as write:
            for piece in answer.iter_raw():
                write(piece)
                done += len(piece)
                told(done)
                if done > self.most:
                    break
        return done


@dataclass(frozen=True)
class _Edition:
    """What a server says of one edition of a file; nothing where it does not say."""

    url: str
    etag: str = ""
    modified: str = ""
    total: int | None = None

    @property
    def validator(self) -> str:
        """By what the server knows the edition."""
        return self.etag or self.modified

    def contradicts(self, other: _Edition) -> bool:
        """Return whether the other is another edition: of another mark, day or size."""
        pairs = (
            (self.etag, other.etag),
            (self.modified, other.modified),
            (self.total, other.total),
        )
        return any(one and two and one != two for one, two in pairs)

    def filled(self, other: _Edition) -> _Edition:
        """Return the edition with what the other says where it does not say."""
        return _Edition(
            self.url,
            self.etag or other.etag,
            self.modified or other.modified,
            self.total if self.total is not None else other.total,
        )


class _BrokenOffError(Exception):
    """A connection that may do better at the next try."""


def _refuse(answer: httpx.Response, url: str) -> None:
    """Refuse an answer that is not what was asked for, or say that it is worth another try."""
    if answer.status_code in (429, 500, 502, 503, 504):
        raise _BrokenOffError(f"the server answers {answer.status_code}")
    if answer.status_code not in (200, 206):
        human = " (it may want to see a human)" if answer.status_code in (202, 401, 403) else ""
        raise FetchError(f"{url}: the server answers {answer.status_code}{human}")


def _told(answer: httpx.Response, url: str) -> tuple[int, _Edition]:
    """Return the first byte that an answer brings, and what it says of the whole file."""
    start, total = 0, answer.headers.get("content-length", "")
    if answer.status_code == httpx.codes.PARTIAL_CONTENT:
        found = re.match(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("content-range", ""))
        start, total = (int(found[1]), found[2]) if found else (-1, "")
    size = int(total) if total.isascii() and total.isdigit() else None
    etag, modified = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
    return start, _Edition(url, etag, modified, size)


def _begun(mark: Path, url: str) -> _Edition | None:
    """Return what the server said of the file that was begun; nothing if it is another."""
    try:
        known = json.loads(files.read_text(mark))
        total = known["total"]
        edition = _Edition(
            str(known["url"]),
            str(known["etag"]),
            str(known["modified"]),
            None if total is None else int(total),
        )
    except (files.FileError, ValueError, KeyError, TypeError):
        return None
    return edition if edition.url == url else None


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _words(error: Exception) -> str:
    """Return what happened, in a line."""
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return " ".join(str(error).split()) or type(error).__name__
