"""Files and folders are written whole or not at all, whatever happens in between."""

from __future__ import annotations

import codecs
import errno
import gzip
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from faults import at_each_operation, full, killed, terminated

from sim import files
from sim.files import system, whole

OLD, NEW = {"a": "old", "b": "old"}, {"a": "new", "c": "new"}


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder; hidden ones of ours are no part of it."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and not any(each.startswith(".") for each in path.parts)
    }


def write(target: Path, texts: dict[str, str]) -> None:
    """Write a folder of files."""
    with files.whole_folder(target) as part:
        for name, text in texts.items():
            files.write_text(part / name, text)


@pytest.fixture(params=["exchange", "rename", "mount"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way in which a folder takes the place of another one."""
    if request.param == "rename":
        monkeypatch.setattr(system, "_renameat2", lambda: None)
    if request.param == "mount":
        monkeypatch.setattr(whole, "is_mounted", lambda path: path.name == "result")
    return str(request.param)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder with an earlier result."""
    write(tmp_path / "result", OLD)
    return tmp_path / "result"


def test_a_folder_takes_the_place_of_another_with_nothing_left(way: str, target: Path) -> None:
    write(target, NEW)
    assert contents(target) == NEW, way
    assert [path.name for path in target.parent.iterdir()] == ["result"]
    assert {path.name for path in target.iterdir()} == {*NEW}


@pytest.mark.parametrize("fault", [killed, full, terminated])
def test_after_a_fault_at_any_operation_all_is_old_or_all_is_new(
    way: str, target: Path, fault: Callable[[], None]
) -> None:
    for met in at_each_operation(lambda: write(target, NEW), target.parent, fault, least=11):
        if way == "exchange":
            assert contents(target) in (OLD, NEW), met  # at once, before anything is recovered
        files.recover(target)
        found = contents(target)
        assert found in (OLD, NEW), (met, found)
        write(target, OLD)
        for kept in target.parent.glob("result-*"):  # what could not take its place
            assert contents(kept) == NEW, met
            shutil.rmtree(kept)
        assert [path.name for path in target.parent.iterdir()] == ["result"], met
        assert {path.name for path in target.iterdir()} == {*OLD}, met
    assert contents(target) == NEW


@pytest.mark.parametrize("fault", [killed, full, terminated])
def test_after_a_fault_at_any_operation_a_file_is_old_or_new(
    tmp_path: Path, fault: Callable[[], None]
) -> None:
    place = tmp_path / "one.csv"
    files.write_text(place, "old")
    for met in at_each_operation(lambda: files.write_text(place, "new"), tmp_path, fault, least=5):
        assert place.read_text(encoding="utf-8") in ("old", "new"), met
        files.recover(place)
        assert [path.name for path in tmp_path.iterdir()] == ["one.csv"]
        files.write_text(place, "old")
    assert place.read_text(encoding="utf-8") == "new"


WRITER = """
import sys
from pathlib import Path
from sim import files
for number in range(150):
    with files.whole_folder(Path(sys.argv[1])) as part:
        files.write_text(part / "summary.json", f"{sys.argv[2]} {number}")
"""


def test_two_writers_at_once_never_leave_the_target_missing(tmp_path: Path) -> None:
    target = tmp_path / "result"
    write(target, {"summary.json": "first"})
    environment = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[2])}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(target), name], env=environment)
        for name in ("one", "two")
    ]
    looks = missing = 0
    while any(writer.poll() is None for writer in writers):
        looks, missing = looks + 1, missing + (not target.is_dir())
    assert [writer.returncode for writer in writers] == [0, 0]
    assert (missing, looks > 100) == (0, True)
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_work_of_a_living_program_is_left_alone(target: Path) -> None:
    with files.whole_folder(target) as part:
        files.write_text(part / "a", "new")
        files.recover(target)
        assert (part / "a").is_file()
    assert contents(target) == {"a": "new"}


def test_a_folder_that_lost_its_name_comes_back(target: Path) -> None:
    target.rename(target.with_name(".result-0123abcd.old"))
    files.recover(target)
    assert contents(target) == OLD


def test_a_folder_of_somebody_else_is_not_taken_for_a_left_over(target: Path) -> None:
    others = [".result-backup", ".result-0123abcd", ".result-0123ABCD.old"]
    for name in others:
        (target.parent / name).mkdir()
    write(target, NEW)
    assert sorted(path.name for path in target.parent.iterdir()) == sorted([*others, "result"])


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", NEW)
    files.write_text(tmp_path / "one", "old")
    (tmp_path / "other").symlink_to("one")
    files.write_text(tmp_path / "other", "new")
    assert (tmp_path / "link").is_symlink()
    assert contents(tmp_path / "real") == NEW
    assert (tmp_path / "other").is_symlink()
    assert (tmp_path / "one").read_text(encoding="utf-8") == "new"


def test_a_link_to_itself_and_a_device_are_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    (tmp_path / "round").symlink_to("round")
    os.mkfifo(tmp_path / "pipe")
    for name in ("round", "pipe"):
        with pytest.raises(OSError, match=name):
            write(tmp_path / name, NEW)
        with pytest.raises(OSError, match=name):
            files.write_text(tmp_path / name, "text")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipe", "round"]


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EXDEV, errno.EACCES])
def test_a_folder_that_cannot_be_renamed_after_all_gets_its_files_one_by_one(
    target: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refused(_one: Path, other: Path) -> bool:
        raise OSError(code, os.strerror(code), str(other))

    monkeypatch.setattr(whole, "exchange", refused)
    write(target, NEW)
    assert contents(target) == NEW
    assert [path.name for path in target.parent.iterdir()] == ["result"]


def test_a_result_that_cannot_take_its_place_is_kept_and_named(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_one: Path, other: Path) -> bool:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(other))

    monkeypatch.setattr(whole, "exchange", refused)
    with pytest.raises(OSError, match="all is in") as told:
        write(target, NEW)
    kept = Path(str(told.value.strerror).rpartition("all is in ")[2])
    assert contents(target) == OLD
    assert contents(kept) == NEW


def test_a_mount_point_is_known_by_the_list_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = tmp_path / "my volume"
    volume.mkdir()
    listed = tmp_path / "mountinfo"
    shown = str(volume).replace(" ", "\\040")
    listed.write_text(f"36 35 98:0 /mnt1 {shown} rw - ext3 /dev/root rw\n", encoding="utf-8")
    monkeypatch.setattr(system, "MOUNTS", listed)
    assert system.is_mounted(volume)
    assert not system.is_mounted(tmp_path)


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_the_umask_is_heeded(tmp_path: Path, mask: int) -> None:
    earlier = os.umask(mask)
    try:
        write(tmp_path / "result", {"a": ""})
    finally:
        os.umask(earlier)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("result", "result/a")]
    assert modes == [0o777 & ~mask, 0o666 & ~mask]


def test_a_full_disk_is_told_with_the_name_of_the_file(target: Path) -> None:
    def nothing_fits(_part: Path) -> None:
        full()

    def written() -> None:
        with files.whole_folder(target) as part:
            files.write_whole(part / "summary.json", nothing_fits)

    with pytest.raises(OSError, match="No space left on device") as told:
        written()
    assert told.value.filename == str(target / "summary.json")
    assert contents(target) == OLD


def test_what_is_written_is_synced_before_it_takes_its_place(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    exchange = system.exchange

    def exchanged(one: Path, other: Path) -> bool:
        done.append("exchanged")
        return exchange(one, other)

    monkeypatch.setattr(whole, "sync", lambda path: done.append(path.name))
    monkeypatch.setattr(whole, "exchange", exchanged)
    write(target, NEW)
    before = done[: done.index("exchanged")]
    assert {"a", "c"} <= set(before)
    assert done[-1] == target.parent.name


@pytest.mark.parametrize(("at", "byte"), [(6, 123), (8, 1)])
def test_an_archive_of_arrays_of_a_version_to_come_or_encrypted_is_named(
    tmp_path: Path, at: int, byte: int
) -> None:
    # of the entry in the central directory: the version that is needed, and the flags
    place = tmp_path / "some.npz"
    files.write_arrays(place, {"votes": np.arange(3)})
    packed = bytearray(place.read_bytes())
    packed[packed.index(b"PK\x01\x02") + at] = byte
    place.write_bytes(packed)
    with pytest.raises(files.FileError, match="not a file of arrays"):
        files.read_arrays(place)


PLAIN = "state,vote\nTürkiye,yes\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.encode("cp1252"),
        PLAIN.replace("\n", "\r\n").encode("utf-8-sig"),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("state,vote", " State,VOTE").encode(),
        PLAIN.encode() + b",\n,\n",
        gzip.compress(PLAIN.encode(), mtime=0),
    ],
)
def test_a_small_table_is_read_as_excel_and_others_write_it(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "votes.csv"
    place.write_bytes(content)
    assert files.numbered_rows(place, ("state", "vote")) == [
        (2, {"state": "Türkiye", "vote": "yes"})
    ]


@pytest.mark.parametrize("above", ["sep=;\n\n", '\n"sep=;"\n', ";;\n\n"])
def test_lines_keep_their_numbers_below_what_excel_writes_above_the_header(
    tmp_path: Path, above: str
) -> None:
    place = tmp_path / "votes.csv"
    place.write_text(above + PLAIN.replace(",", ";"), encoding="utf-8")
    assert files.numbered_rows(place, ("state", "vote")) == [
        (4, {"state": "Türkiye", "vote": "yes"})
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("state,vote,vote\nBRA,yes,no\n", "line 1: column 'vote' is given twice"),
        ("\nstate,Vote,vote\nBRA,yes,no\n", "line 2: column 'vote' is given twice"),
        ("state,vote\nBRA,yes\nFR\0A,no\n", "line 3: '\\x00': control characters are not allowed"),
        ('state,vote\n"B\n\x1bA",yes\n', "line 3: '\\x1b': control characters are not allowed"),
        ("state,vote\n\n\nBRA,yes,no\n", "line 4: not as many fields as the header has"),
        ('state,vote\n"B\n\nA",yes\nFRA\n', "line 5: not as many fields as the header has"),
        ('state,vote\nBRA,yes\n\n"FRA,no\n', "line 4: unexpected end of data"),
        ("", "line 1: no column state, vote"),
    ],
)
def test_a_small_table_that_cannot_be_is_refused_with_its_line(
    tmp_path: Path, text: str, words: str
) -> None:
    place = tmp_path / "votes.csv"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(files.FileError) as caught:
        files.read_rows(place, ("state", "vote"))
    assert str(caught.value) == f"{place}: {words}"
