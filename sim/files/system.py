"""What the operating system gives for writing safely: hidden names, locks, exchanges, syncing."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import re
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # not on every system; without it nothing is taken for left over
    fcntl = None  # type: ignore[assignment]

HIDDEN = re.compile(r"\.(?P<name>.+)-[0-9a-f]{8}\.(?P<state>part|old|full)(?P<suffix>(\.[^.]*)?)")
"""Names of ours: being written; the earlier folder while two are exchanged; complete and being
copied into a folder that cannot be renamed."""
AT_FDCWD, RENAME_EXCHANGE = -100, 2
PATIENCE = 20.0
"""For others who exchange or clear something in the same folder, which takes them no time [s]."""
MOUNTS = Path("/proc/self/mountinfo")


def is_mounted(path: Path) -> bool:
    """Return whether a path is a mount point, whose name cannot be changed.

    Examples
    --------
    >>> is_mounted(Path("/")), is_mounted(Path(__file__))
    (True, False)
    """
    if os.path.ismount(path):
        return True
    try:
        lines = MOUNTS.read_bytes().splitlines()
    except OSError:
        return False
    # blanks and the like are written in octal, as \040
    points = (re.sub(rb"\\(\d{3})", _from_octal, line.split()[4]) for line in lines)
    return os.fsencode(os.path.realpath(path)) in points


def _from_octal(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8)])


def hidden_beside(path: Path, *, folder: bool = False) -> Path:
    """Return a hidden name that nothing has, for what will take the place of a path.

    Examples
    --------
    >>> name = hidden_beside(Path("results") / "mine.csv").name
    >>> name.startswith(".mine-"), name.endswith(".part.csv")
    (True, True)
    """
    stem, suffix = (path.name, "") if folder else (path.stem, path.suffix)
    return path.with_name(f".{stem}-{uuid.uuid4().hex[:8]}.part{suffix}")


def shown(name: str) -> str:
    """Return the name that a hidden one stands for; other names as they are.

    Examples
    --------
    >>> shown(".mine-0123abcd.part.csv"), shown("points")
    ('mine.csv', 'points')
    """
    ours = HIDDEN.fullmatch(name)
    return name if ours is None else ours["name"] + ours["suffix"]


def hidden(folder: Path) -> list[Path]:
    """Return what programs at work, or killed, have in a folder.

    Examples
    --------
    >>> hidden(Path("nowhere"))
    []
    """
    try:
        return [each for each in folder.iterdir() if HIDDEN.fullmatch(each.name)]
    except OSError:
        return []


def lock(path: Path, *, patience: float = 0.0) -> int | None:
    """Return what holds a lock; None where there are no locks.

    Raises
    ------
    BlockingIOError
        If another one holds it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     held = lock(Path(folder))
    ...     in_use(Path(folder))
    True
    """
    if fcntl is None:
        return None
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(handle)
                raise
            time.sleep(0.005)
        except OSError:
            os.close(handle)
            return None
        else:
            return handle


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep others from exchanging or clearing anything in a folder that is not ours alone.

    Examples
    --------
    >>> with locked(Path(__file__).parent):
    ...     in_use(Path(__file__).parent)
    True
    """
    ours = HIDDEN.fullmatch(folder.name)
    handle = None if ours else lock(folder, patience=PATIENCE)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def in_use(path: Path) -> bool:
    """Return whether a living program holds a file or folder, or nobody can tell.

    Examples
    --------
    See `lock`.
    """
    try:
        handle = lock(path)
    except BlockingIOError:
        return True
    if handle is not None:
        os.close(handle)
    return handle is None


@functools.cache
def _renameat2() -> Any:
    """Return the call of the system that exchanges two names, if there is one."""
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where that cannot be done.

    Examples
    --------
    >>> exchange(Path("nowhere"), Path("neither"))
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'neither'
    """
    sys.audit("os.rename", str(one), str(other), -1, -1)
    call = _renameat2() if sys.platform == "linux" else None
    if call is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    if not call(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE):
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))


def sync(path: Path) -> None:
    """Have the system write a file or folder to the disk before going on.

    Examples
    --------
    >>> sync(Path(__file__))
    """
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno in (errno.EIO, errno.ENOSPC, errno.EDQUOT):
            raise
    finally:
        os.close(handle)


def discard_output(descriptor: int) -> None:
    """Have what is written to a descriptor from here on go nowhere.

    Examples
    --------
    >>> reading, writing = os.pipe()
    >>> discard_output(writing)
    >>> os.write(writing, b"unread"), os.close(writing), os.read(reading, 1)
    (6, None, b'')
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
