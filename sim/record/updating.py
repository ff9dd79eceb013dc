"""The UN Digital Library's current voting file, made into the user's record.

An update replaces the record only by one that has at least as many roll calls and votes, nearly all
of its roll calls among them; the one before stays beside it.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from sim import files
from sim.record.fetching import Fetcher, FetchError, Told
from sim.record.importing import ImportReport, import_files
from sim.record.storage import read_record, write_record
from sim.record.value import Record

LIBRARY, MIRROR = "https://digitallibrary.un.org", "UNGA_SIM_UNDL"
"""Where the library is, and the environment variable that names a mirror in its place."""
PAGE = "/record/4060887"
_LINK = re.compile(
    r"""href\s*=\s*["']([^"'<>]*vot[^"'<>]*\.csv(?:\.gz|\.zip)?(?:\?[^"'<>]*)?)["']""",
    re.IGNORECASE,
)
FEW = 1 / 100
"""A new record may lack this share of the roll calls of the one before, at most."""
_DAY = re.compile(r"(\d{4})_(\d{1,2})_(\d{1,2})")


@dataclass(frozen=True)
class Update:
    """What an update did.

    Parameters
    ----------
    place : Path
        The record.
    source : str
        Address of the published file.
    before : int
        Roll calls of the record that was there; 0 if there was none.
    record : Record
        As it is now.
    report : ImportReport, optional
        What was read, and what could not be; nothing if the published file is the one already read.
    lacking : str
        How many roll calls of the record before are not in it, in a sentence; empty if none.
    """

    place: Path
    source: str
    before: int
    record: Record
    report: ImportReport | None = field(default=None, repr=False)
    lacking: str = ""


def update_record(
    place: Path, *, told: Told | None = None, fetcher: Fetcher | None = None
) -> Update:
    """Bring the library's current voting file and make it the record at `place`.

    Parameters
    ----------
    place : Path
        The record to replace, or to make.
    told : callable, optional
        Told of the bytes that are there, and of how many there will be if that is known.
    fetcher : Fetcher, optional
        How to fetch.

    Raises
    ------
    FetchError
        If the file cannot be had or read, or has less than the record or not what it has. The
        record is as it was; the message says how to bring the file by hand.

    Examples
    --------
    >>> os.environ[MIRROR] = "gopher://mirror"  # tests bring files from a server on loopback
    >>> update_record(Path("record.parquet"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    sim.record.fetching.FetchError: gopher://mirror/record/4060887: ... bring the file by hand: ...
    >>> del os.environ[MIRROR]
    """
    old = read_record(place) if place.is_file() else Record.empty()
    page = os.environ.get(MIRROR, LIBRARY).rstrip("/") + PAGE
    fetcher = fetcher or Fetcher()
    folder, stamp = place.with_name(f".{place.stem}-download"), place.with_suffix(".source.json")
    known = _known(stamp, place)
    try:
        source = current_file(*fetcher.page(page))
        part = folder / re.sub(r"[^\w.-]", "_", urlsplit(source).path.rsplit("/", 1)[-1])
        had = known.get("validator", "") if known.get("source") == source else ""
        validator = fetcher.file(source, part, told or (lambda _done, _total: None), had=had)
        digest = known["sha256"] if validator is None else files.sha256(part)
        if digest == known.get("sha256"):
            shutil.rmtree(folder, ignore_errors=True)
            return Update(place, source, len(old), old)
        report = _understood(part, source)
        lacking = _refuse_to_shrink(old, report.record, source)
    except FetchError as error:
        raise FetchError(
            f"{error}; bring the file by hand: download the CSV from {_said(page, str(error))} in "
            f"a browser, and give it to unga-sim record import FILE --out {place}"
        ) from None
    _put(report.record, place)
    known = {"source": source, "sha256": digest, "validator": validator or ""}
    known["record"] = files.sha256(place)
    files.write_text(stamp, json.dumps(known, indent=2) + "\n")
    shutil.rmtree(folder, ignore_errors=True)
    return Update(place, source, len(old), report.record, report, lacking)


def replace_record(new: Record, place: Path, *, source: str) -> str:
    """Make a record the one at `place`, beside which the one before stays; say what it lacks of it.

    Parameters
    ----------
    new : Record
    place : Path
        The record to replace, or to make.
    source : str
        Where the new one comes from, for the message.

    Raises
    ------
    files.FileError
        If the new one has fewer roll calls or votes, ends earlier, or lacks more than `FEW` of the
        roll calls. The record is as it was.

    Examples
    --------
    >>> import tempfile
    >>> from sim.record.cited import cited_roll_calls
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place, cited = Path(folder) / "record.parquet", cited_roll_calls()
    ...     lacking = [replace_record(cited, place, source="votes.csv") for _ in range(2)]
    ...     lacking, sorted(path.name for path in Path(folder).iterdir())
    (['', ''], ['record.parquet', 'record.previous.parquet'])
    """
    old = read_record(place) if place.is_file() else Record.empty()
    try:
        lacking = _refuse_to_shrink(old, new, source)
    except FetchError as error:
        raise files.FileError(f"{error}; to replace it all the same, give --out {place}") from None
    _put(new, place)
    return lacking


def _put(new: Record, place: Path) -> None:
    if place.is_file():
        previous = place.with_name(f"{place.stem}.previous{place.suffix}")
        files.write_whole(previous, lambda copy: shutil.copyfile(place, copy))
    write_record(new, place)


def current_file(page: str, url: str) -> str:
    """Return the address of the newest voting file that a page links to.

    Files are named by the day they were made; where none is, the last one named is taken.

    Raises
    ------
    FetchError
        If there is none.

    Examples
    --------
    >>> old, new = ("2025_9_19_voting.csv", "2026_02_06_voting.csv?ln=en")
    >>> current_file(f'<a href="/f/{old}"> <a href="/f/{new}">', "https://library/record/1")
    'https://library/f/2026_02_06_voting.csv?ln=en'
    """
    links = [html.unescape(link) for link in _LINK.findall(page)]
    if not links:
        raise FetchError(f"{url}: no voting file on the page; its layout may have changed")
    days = [tuple(map(int, day.groups())) if (day := _DAY.search(link)) else () for link in links]
    return urljoin(url, max(zip(days, range(len(links)), links, strict=True))[2])


def _understood(part: Path, source: str) -> ImportReport:
    """Return the import of what was fetched; no good file is gone for again."""
    try:
        report = import_files([part])
        if not len(report.record):
            raise files.FileError(f"{part}: no roll call of the General Assembly could be read")
    except files.FileError as error:
        shutil.rmtree(part.parent, ignore_errors=True)
        reason = str(error).splitlines()[0].removeprefix(f"{part}: ")[:300]
        raise FetchError(f"{source}: the file cannot be read ({reason})") from None
    return report


def _refuse_to_shrink(old: Record, new: Record, source: str) -> str:
    """Return which few roll calls the new record lacks, in a sentence; empty if none.

    Refuse one that has less than the old one, or not what it has.
    """
    for name, before, now in (
        ("roll calls", len(old), len(new)),
        ("votes", int((old.votes >= 0).sum()), int((new.votes >= 0).sum())),
    ):
        if now < before:
            raise FetchError(
                f"{source}: {now:,} {name}, where the record has {before:,}: it is kept as it is"
            )
    if len(old) and new.dates[-1] < old.dates[-1]:
        raise FetchError(
            f"{source}: it ends on {new.dates[-1]}, where the record ends on {old.dates[-1]}: "
            "it is kept as it is"
        )
    lost = old.without(new)
    if not len(lost):
        return ""
    lacking = (
        f"{len(lost):,} of the {len(old):,} roll calls of the record before are not in it, "
        f"such as {lost.roll_calls['key'].iloc[-1]} of {lost.dates[-1]}"
    )
    if len(lost) > FEW * len(old):
        raise FetchError(f"{source}: {lacking}: the record is kept as it is")
    return lacking


def _known(stamp: Path, place: Path) -> dict[str, str]:
    """Return which published file the record was made of; nothing if it was touched since."""
    try:
        known = {str(name): str(text) for name, text in json.loads(files.read_text(stamp)).items()}
        return known if known["record"] == files.sha256(place) and known["sha256"] else {}
    except (OSError, ValueError, KeyError, AttributeError):
        return {}


def _said(page: str, message: str) -> str:
    return "that page" if message.startswith(f"{page}:") else page
