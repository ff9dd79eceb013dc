"""The published file is brought over bad lines, checked, and never makes the record worse."""

from __future__ import annotations

import contextlib
import datetime
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.record import (
    Record,
    read_record,
    record_conclusion,
    record_place,
    users_record,
    write_record,
)
from sim.record.fetching import Fetcher, FetchError
from sim.record.updating import MIRROR, PAGE, update_record

HEADER = "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,title\n"
NAME = "/record/4060887/files/2026_02_06_ga_voting.csv"
LINKS = (
    '<a href="/record/4060887/files/2025_9_19_ga_voting.csv?ln=en">old</a>'
    f'<a href="{NAME}?ln=en&amp;v=1">new</a><a href="/files/2026_02_06_ga_voting_md.md">about</a>'
)


def table(roll_calls: int = 3, pad: int = 0, vote: str = "Y") -> bytes:
    """A voting file of so many roll calls, a day apart."""
    rows = [
        f"{number},{code},,{vote},2025-03-{number:02},79,A/RES/79/{number},{'x' * pad}A text\n"
        for number in range(1, roll_calls + 1)
        for code in ("USA", "FRA")
    ]
    return (HEADER + "".join(rows)).encode()


class Library(ThreadingHTTPServer):
    """The library on loopback, with a file and the ways in which it misbehaves."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.page, self.content, self.etag = LINKS, table(), '"1"'
        self.cuts: list[int] = []  # bytes after which each answer breaks off
        self.before: Callable[[Answers], bool] = lambda _answer: False
        self.asked: list[tuple[str, str | None]] = []
        self.pause = 0.0


class Answers(BaseHTTPRequestHandler):
    """Answers of the library."""

    server: Library
    protocol_version = "HTTP/1.1"

    def log_message(self, *_told: object) -> None:
        """Say nothing."""

    def give(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who has seen enough hangs up
            self.wfile.write(content)

    def do_GET(self) -> None:
        library = self.server
        library.asked.append((self.path, self.headers.get("Range")))
        if library.before(self):
            return
        if self.path == PAGE:
            self.give(200, library.page.encode(), Content_Type="text/html")
        elif self.path.startswith(NAME):
            self.file()
        else:
            self.give(404, b"")

    def file(self) -> None:
        library, start = self.server, 0
        if self.headers.get("If-None-Match") == library.etag:
            self.send_response(304)
            self.end_headers()
            return
        whole = len(library.content)
        told = {"ETag": library.etag, "Content_Type": "text/csv"}
        if (asked := self.headers.get("Range")) and self.headers.get("If-Range") == library.etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            told["Content_Range"] = f"bytes {start}-{whole - 1}/{whole}"
        content = library.content[start:]
        if library.cuts:
            cut = library.cuts.pop(0)
            told["Content_Length"] = str(len(content))
            self.close_connection = True
            content = content[:cut]
        time.sleep(library.pause)
        self.give(206 if start else 200, content, **told)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Library]:
    with Library() as server:
        monkeypatch.setenv(MIRROR, f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("UNGA_SIM_RECORD", str(tmp_path / "data" / "record.parquet"))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


FAST = Fetcher(patience=0.5, pause=0.01)


def test_the_newest_file_on_the_page_becomes_the_record(library: Library) -> None:
    told: list[tuple[int, int | None]] = []
    update = update_record(record_place(), fetcher=FAST, told=lambda *bytes_: told.append(bytes_))
    assert update.source.endswith(f"{NAME}?ln=en&v=1")
    assert told[-1] == (len(library.content), len(library.content))
    record = read_record(record_place())
    assert record.tallies().tolist() == [[2, 0, 0, 0]] * 3
    assert record.roll_call(0).source == "2026_02_06_ga_voting.csv"
    left = {path.name for path in record_place().parent.iterdir()}
    assert left == {"record.parquet", "record.source.json"}


def test_a_download_that_breaks_off_is_gone_on_with_where_it_broke(library: Library) -> None:
    library.content, library.cuts = table(9, pad=20_000), [100_000, 70_000]
    update_record(record_place(), fetcher=FAST)
    ranges = [asked for path, asked in library.asked if path != PAGE]
    assert ranges[0] is None
    starts = [int(asked.removeprefix("bytes=")[:-1]) for asked in ranges[1:] if asked]
    assert len(starts) == 2
    assert 0 < starts[0] <= 100_000
    assert starts[0] < starts[1] <= starts[0] + 70_000
    assert len(read_record(record_place())) == 9


def test_what_was_brought_before_giving_up_is_there_for_the_next_update(library: Library) -> None:
    library.content, library.cuts = table(9, pad=20_000), [90_000, 0, 0, 0, 0, 0, 0, 0]
    with pytest.raises(FetchError, match=r"voting\.csv.*bring the file by hand"):
        update_record(record_place(), fetcher=FAST)
    assert not record_place().exists()
    library.cuts.clear()
    library.asked.clear()
    update_record(record_place(), fetcher=FAST)
    assert library.asked[-1][1] is not None
    assert len(read_record(record_place())) == 9


def test_a_file_that_changes_on_the_way_is_brought_anew(library: Library) -> None:
    library.content, library.cuts = table(9, pad=20_000), [90_000]
    other = table(8, pad=20_000, vote="N")

    def change(answer: Answers) -> bool:
        if answer.headers.get("Range"):
            library.content, library.etag = other, '"2"'
        return False

    library.before = change
    update_record(record_place(), fetcher=FAST)
    assert read_record(record_place()).tallies().tolist() == [[0, 0, 2, 0]] * 8


@pytest.mark.parametrize("told", ["ETag", "Last-Modified", "size"])
def test_a_server_that_goes_on_with_another_edition_is_asked_for_it_from_the_start(
    library: Library, told: str
) -> None:
    first, other = table(9, pad=20_000), table(8 if told == "size" else 9, pad=20_000, vote="N")
    name, marks = {"ETag": ("ETag", ('"1"', '"2"'))}.get(
        told,
        ("Last-Modified", ("Fri, 06 Feb 2026 10:00:00 GMT", "Sat, 07 Feb 2026 10:00:00 GMT")),
    )
    begun: list[str] = []

    def ignore_the_condition(answer: Answers) -> bool:
        if not answer.path.startswith(NAME):
            return False
        if not begun:
            begun.append(answer.path)
            answer.close_connection = True
            told_first = {"Content_Length": str(len(first)), name: marks[0]}
            answer.give(200, first[:90_000], **told_first)
        elif asked := answer.headers.get("Range"):
            start = int(asked.removeprefix("bytes=")[:-1])
            span = f"bytes {start}-{len(other) - 1}/{len(other)}"
            mark = {} if told == "size" else {name: marks[1]}
            answer.give(206, other[start:], Content_Range=span, **mark)
        else:
            answer.give(200, other, **{name: marks[1]})
        return True

    library.before = ignore_the_condition
    update_record(record_place(), fetcher=FAST)
    tallies = read_record(record_place()).tallies().tolist()
    assert tallies == [[0, 0, 2, 0]] * (8 if told == "size" else 9)


def test_redirections_are_followed_and_a_ring_of_them_is_one_sentence(library: Library) -> None:
    def moved(answer: Answers) -> bool:
        if answer.path.startswith("/new"):
            answer.path = answer.path.removeprefix("/new")
            return False
        answer.give(302, b"", Location=f"/new{answer.path}")
        return True

    library.before = moved
    update_record(record_place(), fetcher=FAST)
    assert len(read_record(record_place())) == 3

    def ring(answer: Answers) -> bool:
        answer.give(302, b"", Location=answer.path)
        return True

    library.before = ring
    with pytest.raises(FetchError, match=r"redirect.*bring the file by hand"):
        update_record(record_place(), fetcher=FAST)


def test_a_slow_server_is_waited_for_and_a_silent_one_is_not(library: Library) -> None:
    library.pause = 0.2
    update_record(record_place(), fetcher=FAST)
    library.pause, library.etag = 1.0, '"2"'
    with pytest.raises(FetchError, match="no answer in time"):
        update_record(record_place(), fetcher=FAST)
    assert len(read_record(record_place())) == 3


@pytest.mark.parametrize("told", [True, False])
def test_a_file_that_is_too_big_is_not_brought(library: Library, told: bool) -> None:
    library.content = table(9, pad=20_000)

    def unending(answer: Answers) -> bool:
        if told or not answer.path.startswith(NAME):
            return False
        answer.send_response(200)
        answer.send_header("Connection", "close")
        answer.end_headers()
        answer.close_connection = True
        answer.wfile.write(library.content)
        return True

    library.before = unending
    with pytest.raises(FetchError, match="more than 100,000"):
        update_record(record_place(), fetcher=Fetcher(patience=0.5, pause=0.01, most=100_000))
    assert not list(record_place().parent.rglob("*.csv"))


@pytest.mark.parametrize("shrunk", ["roll calls", "votes", "ends"])
def test_a_file_with_less_than_the_record_is_refused_and_the_record_kept(
    library: Library, shrunk: str
) -> None:
    update_record(record_place(), fetcher=FAST)
    before = record_place().read_bytes()
    library.etag = '"2"'
    if shrunk == "roll calls":
        library.content = table(2)
    elif shrunk == "votes":
        library.content = b"".join(
            line for line in table(3).splitlines(True) if not line.startswith(b"3,FRA")
        )
    else:
        library.content = table(4).replace(b"2025-03", b"2024-03")
    with pytest.raises(FetchError, match=rf"{shrunk}.*kept as it is.*by hand"):
        update_record(record_place(), fetcher=FAST)
    assert record_place().read_bytes() == before


@pytest.mark.parametrize(("other", "refused"), [(2, True), (1, False)])
def test_a_file_without_the_roll_calls_of_the_record_is_refused_and_few_are_counted(
    library: Library, other: int, refused: bool
) -> None:
    days = [f"{year}-03-{day:02}" for year in (2021, 2022, 2023, 2024) for day in range(1, 26)]
    rows = [f"{n},USA,,Y,{day},75,A/RES/75/{n},A text\n" for n, day in enumerate(days)]
    library.content = (HEADER + "".join(rows)).encode()
    update_record(record_place(), fetcher=FAST)
    before = record_place().read_bytes()
    rows[:other] = [row.replace("A/RES/75/", "A/RES/74/") for row in rows[:other]]
    rows[50] = rows[50].replace("A/RES/75/50", "a/res/75/50").replace("A text", "A text :")
    library.content, library.etag = (HEADER + "".join(rows)).encode(), '"2"'
    found = CliRunner().invoke(app, ["record", "update"])
    lacking = f"{other} of the 100 roll calls of the record before are not in it, such as "
    lacking += f"A/RES/75/{other - 1} of 2021-03-0{other}"
    assert found.exit_code == (2 if refused else 0)
    assert (record_place().read_bytes() == before) == refused
    if refused:
        (sentence,) = found.stderr.splitlines()
        assert f"{lacking}: the record is kept as it is; bring the file by hand" in sentence
    else:
        assert lacking in found.stdout.splitlines()
    by_hand = record_place().with_name("votes.csv")
    by_hand.write_bytes(library.content)
    again = CliRunner().invoke(app, ["record", "import", str(by_hand)])
    assert again.exit_code == (2 if refused else 0)
    assert (f"to replace it all the same, give --out {record_place()}" in again.output) == refused
    put = CliRunner().invoke(app, ["record", "import", str(by_hand), "--out", str(record_place())])
    assert put.exit_code == 0


def test_the_record_before_stays_beside_the_new_one(library: Library) -> None:
    update_record(record_place(), fetcher=FAST)
    library.content, library.etag = table(5), '"2"'
    update = update_record(record_place(), fetcher=FAST)
    assert (update.before, len(update.record)) == (3, 5)
    assert len(read_record(record_place().with_name("record.previous.parquet"))) == 3


@pytest.mark.usefixtures("library")
def test_a_file_that_was_read_already_is_not_brought_again() -> None:
    update_record(record_place(), fetcher=FAST)
    update = update_record(record_place(), fetcher=FAST)
    assert update.report is None
    # but a record that something else was written over is made anew
    write_record(Record.empty(), record_place())
    assert update_record(record_place(), fetcher=FAST).report is not None
    assert len(read_record(record_place())) == 3


@pytest.mark.parametrize(
    ("page", "content", "reason"),
    [
        ("<html>Votes are elsewhere now</html>", table(), "no voting file on the page"),
        ("", table(), "no voting file on the page"),
        (LINKS, b"<html>Are you a human?</html>", "cannot be read (a web page, not a table)"),
        (LINKS, b"country;resolution\nUSA;A/RES/79/1\n", "no known layout"),
        (LINKS, b"", "cannot be read"),
        (LINKS, table().replace(b"A/RES/", b"S/RES/"), "no roll call of the General Assembly"),
    ],
)
def test_a_changed_layout_is_one_sentence_that_says_how_to_bring_the_file_by_hand(
    library: Library, page: str, content: bytes, reason: str
) -> None:
    library.page, library.content = page, content
    found = CliRunner().invoke(app, ["record", "update"])
    assert found.exit_code == 2
    (sentence,) = found.stderr.splitlines()
    assert reason in sentence
    assert f"unga-sim record import FILE --out {record_place()}" in sentence
    assert not record_place().exists()


def test_a_page_that_asks_for_a_human_says_so(library: Library) -> None:
    library.before = lambda answer: answer.give(202, b"challenge") is None
    with pytest.raises(FetchError, match=r"202 \(it may want to see a human\)"):
        update_record(record_place(), fetcher=FAST)


@pytest.mark.usefixtures("library")
def test_offline_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv(MIRROR, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        found = CliRunner().invoke(app, ["record", "update"])
    assert found.exit_code == 2
    (sentence,) = found.stderr.splitlines()
    assert "by hand" in sentence


@pytest.mark.usefixtures("library")
def test_update_and_info_speak_of_the_users_record() -> None:
    assert users_record() == record_place()  # named by the variable, so it has to be there
    found = CliRunner().invoke(app, ["record", "update"])
    assert found.exit_code == 0, found.output
    assert "3 roll calls, 2025-03-01 to 2025-03-03; 3 more than before" in found.output
    again = CliRunner().invoke(app, ["record", "update"])
    assert "up to date with" in again.output
    assert (
        "The last roll call is of 2025-03-03" in CliRunner().invoke(app, ["record", "info"]).output
    )


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("today", "good"),
    [("2025-09-30", "up to today"), ("2025-11-01", "up to 2025-10-01; a later one")],
)
def test_a_record_is_good_until_the_next_main_part_of_a_session(today: str, good: str) -> None:
    update_record(record_place(), fetcher=FAST)
    held = read_record(record_place())
    assert good in record_conclusion(held, datetime.date.fromisoformat(today))
    assert "0 roll calls have no title" in record_conclusion(held, datetime.date(2025, 4, 1))


def test_files_that_are_brought_by_hand_become_the_record_and_never_shrink_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNGA_SIM_RECORD", str(tmp_path / "mine.parquet"))
    files_at = [tmp_path / f"rows-{rows}.csv" for rows in (3, 5, 2)]
    for path, rows in zip(files_at, (3, 5, 2), strict=True):
        path.write_bytes(table(rows))
    for path in files_at[:2]:
        assert CliRunner().invoke(app, ["record", "import", str(path)]).exit_code == 0
    place = record_place()
    assert len(read_record(place)) == 5
    assert len(read_record(place.with_name(f"{place.stem}.previous.parquet"))) == 3
    refused = CliRunner().invoke(app, ["record", "import", str(files_at[2])])
    assert (refused.exit_code, len(read_record(place))) == (2, 5)
    assert "rows-2.csv: 2 roll calls, where the record has 5: it is kept as it is" in refused.output
    other = CliRunner().invoke(
        app, ["record", "import", str(files_at[0]), "--body", "Third Committee"]
    )
    assert (other.exit_code, len(read_record(place))) == (2, 5)
