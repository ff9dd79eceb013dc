"""Files and folders written whole or not at all, whatever ends the program in between.

What is being written has a hidden name, ``.NAME-xxxxxxxx.part``, and the writer holds a lock on it
that ends with its process; so what a killed program left can be told from work in progress.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from sim.files.system import (
    HIDDEN,
    PATIENCE,
    exchange,
    hidden,
    hidden_beside,
    in_use,
    is_mounted,
    lock,
    locked,
    shown,
    sync,
)

IN_PLACE = (errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS)
"""Why a name cannot be changed though what it names may be written to."""


def write_whole(path: Path, write: Callable[[Path], object], *, durable: bool = True) -> None:
    """Let `write` fill a hidden file beside `path`, then rename it over `path`.

    A link is written through.

    Parameters
    ----------
    path : Path
    write : callable
        Given the path of the hidden file.
    durable : bool
        Whether the file has to outlast a power failure; what can be made again need not.

    Raises
    ------
    OSError
        With `path` as its file name, if anything fails; `path` is as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "new", lambda part: part.write_text("all of it"))
    ...     [path.name for path in Path(folder).iterdir()]
    ['new']
    """
    with _named(path):
        target = real_place(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        # a hidden folder is synced as a whole
        durable = durable and not HIDDEN.fullmatch(target.parent.name)
        if durable:
            recover(target)
        with _claimed(target, folder=False) as part:
            write(part)
            if target.exists():
                shutil.copymode(target, part)
            if durable:
                sync(part)
            try:
                part.replace(target)
            except OSError as error:
                if error.errno != errno.EBUSY:
                    raise
                shutil.copyfile(part, target)  # a mount point keeps its name
            if durable:
                sync(target.parent)


@contextlib.contextmanager
def whole_folder(path: Path, *, only: Collection[str] | None = None) -> Iterator[Path]:
    """Give a hidden folder that takes the place of `path`, in one step, if the block ends well.

    Files of an earlier `path` that the block did not write are gone afterwards; if the block fails
    or is interrupted, the earlier `path` is untouched. A link is written through; a mount point
    gets its new files one by one. What killed programs left in the same place is cleared first.

    Parameters
    ----------
    path : Path
    only : collection of str, optional
        Names whose place is taken; all else that an earlier `path` holds stays, and the new files
        are put there one by one. If that is not done to its end, the next command does it.

    Raises
    ------
    OSError
        If `path` is a file, cannot be written to, or anything fails.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with whole_folder(Path(parent) / "result") as folder:
    ...         write_whole(folder / "summary.json", lambda part: part.write_text("{}"))
    ...     [path.relative_to(parent).as_posix() for path in Path(parent).rglob("*.json")]
    ['result/summary.json']
    """
    with _named(path):
        target = real_place(path)
        if target.is_file():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        recover(target)
        fixed = only is not None or is_mounted(target) or not os.access(target.parent, os.W_OK)
        inside = target.is_dir() and fixed
        place = target / target.name if inside else target
        with _claimed(place, folder=True) as part:
            yield part
            for name in _staying(target, only) if inside else ():
                (part / name).mkdir()
            for each in (*part.rglob("*"), part):
                sync(each)
            try:
                if inside:
                    with locked(target):
                        _copy_into(part, target)
                else:
                    _take_place(part, target)
            except OSError as error:
                kept = _kept(part, target)
                reason = f"{error.strerror}; all is in {kept}"
                raise OSError(error.errno, reason, str(path)) from None


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep out others who ask for the same, while a file is read, changed and written whole.

    The lock is on an empty hidden file beside it, which stays: to delete it would let two in.

    Raises
    ------
    OSError
        If another program is at it all the time.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with alone(Path(folder) / "ledger.jsonl"):
    ...         write_whole(Path(folder) / "ledger.jsonl", lambda part: part.write_text("one"))
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['.ledger.jsonl.lock', 'ledger.jsonl']
    """
    with _named(path):
        place = real_place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        guard = place.with_name(f".{place.name}.lock")
        guard.touch()
        held = lock(guard, patience=PATIENCE)
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


def recover(path: Path) -> None:
    """Finish what killed programs left of a folder, or take it back.

    A folder that lost its name while two were exchanged is brought back; half-written ones are
    deleted. Work of living programs is left alone.

    Parameters
    ----------
    path : Path
        The folder, which need not be there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     (Path(parent) / ".result-0123abcd.old").mkdir()
    ...     recover(Path(parent) / "result")
    ...     [path.name for path in Path(parent).iterdir()]
    ['result']
    """
    target = Path(os.path.realpath(path))
    for folder in (target.parent, target):
        left = [each for each in hidden(folder) if shown(each.name) == target.name]
        if not left:
            continue
        with contextlib.suppress(OSError), locked(folder):
            for each in sorted(left):  # .full and .old come before .part
                _recover(each, target)


def recover_in(folder: Path) -> None:
    """Recover every file and folder in a folder that a killed program left something of.

    Examples
    --------
    >>> recover_in(Path("nowhere"))
    """
    for name in sorted({shown(left.name) for left in hidden(folder)}):
        recover(folder / name)


def real_place(path: Path) -> Path:
    """Return where a path leads, if something can be written there.

    Raises
    ------
    OSError
        If it leads round in a circle, or to a device or the like.

    Examples
    --------
    >>> real_place(Path("results"))
    PosixPath('results')
    """
    place = Path(os.path.realpath(path)) if path.is_symlink() else path
    if place.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if place.exists() and not (place.is_file() or place.is_dir()):
        raise OSError(errno.EINVAL, "is neither a file nor a folder", str(path))
    return place


def _take_place(part: Path, target: Path) -> None:
    """Put a complete folder in the place of another one, or of nothing."""
    old = part.with_suffix(".old")
    try:
        with locked(target.parent):
            if not target.exists():
                part.rename(target)
            elif not exchange(part, target):
                try:
                    target.rename(old)
                    part.rename(target)
                except BaseException:
                    if old.exists() and not target.exists():
                        old.rename(target)
                    raise
            sync(target.parent)
    except OSError as error:
        if error.errno not in IN_PLACE or not target.is_dir():
            raise
        part = Path(shutil.copytree(part, target / part.name))
        with locked(target):
            _copy_into(part, target)
    if old.exists():
        _discard(old)


def _staying(target: Path, only: Collection[str] | None) -> list[str]:
    """Return what stays in a folder of which only some names are replaced."""
    names = () if only is None else (each.name for each in target.iterdir())
    return [name for name in names if name not in (only or ()) and not HIDDEN.fullmatch(name)]


def _copy_into(part: Path, target: Path) -> None:
    """Give a folder, which is locked, the files of a complete one inside it.

    An empty folder in it stands for what stays. Interrupted, it can be done again; files of both
    never lie side by side.
    """
    if part.suffix != ".full":
        part = part.rename(part.with_suffix(".full"))
    copy = hidden_beside(target / target.name, folder=True)
    try:
        shutil.copytree(part, copy)
        for each in copy.rglob("*"):
            sync(each)
        new = [each for each in copy.iterdir() if each.is_file() or any(each.iterdir())]
        staying = {each.name for each in copy.iterdir()} - {each.name for each in new}
        for each in target.iterdir():
            if each.name not in staying and not HIDDEN.fullmatch(each.name):
                _delete(each)
        for each in new:
            each.rename(target / each.name)
        sync(target)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    _discard(part)


def _delete(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _recover(left: Path, target: Path) -> None:
    ours = HIDDEN.fullmatch(left.name)
    state = ours["state"] if ours else ""
    if not left.exists() or (state != "old" and in_use(left)):
        return
    if state == "full" and left.parent == target:
        _copy_into(left, target)
    elif state == "old" and not target.exists():
        new = left.with_suffix(".part")
        (new if new.exists() else left).rename(target)
    if left.is_dir():
        _discard(left)
    else:
        left.unlink(missing_ok=True)


def _discard(folder: Path) -> None:
    """Delete a folder of ours that was whole; half of it must not be taken for the whole."""
    with contextlib.suppress(OSError):
        if folder.suffix != ".part":
            folder = folder.rename(folder.with_suffix(".part"))
        shutil.rmtree(folder)


@contextlib.contextmanager
def _claimed(target: Path, *, folder: bool) -> Iterator[Path]:
    """Make a hidden file or folder beside a path, hold it, and delete what is left of it."""
    part, held = hidden_beside(target, folder=folder), None
    try:
        with locked(target.parent):
            if folder:
                part.mkdir()
            else:
                os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            held = lock(part)
        yield part
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)
        if held is not None:
            os.close(held)


def _kept(part: Path, target: Path) -> Path:
    """Return where a complete folder is that could not take its place."""
    complete = target / part.with_suffix(".full").name
    if complete.exists():
        return complete  # its files are copied by the next command
    kept = target.with_name(part.stem.lstrip("."))
    try:
        return part.rename(kept)
    except OSError:
        return Path(shutil.copytree(part, tempfile.mkdtemp() / Path(kept.name)))


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Have errors name the path that was asked for, in place of none or of a hidden one."""
    try:
        yield
    except OSError as error:
        name = path if error.filename is None else Path(os.fsdecode(error.filename))
        reason = error.strerror or str(error)
        asked = str(Path(*map(shown, name.parts)))
        raise OSError(error.errno or errno.EIO, reason, asked) from None
