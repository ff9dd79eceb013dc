"""Where commands may write: found out before any work is done."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from sim.cli.errors import BadInputError


def free_file(out: Path, *, inputs: Iterable[Path]) -> Path:
    """Return a file that can be written and is none of those that the command reads.

    Raises
    ------
    BadInputError
        If it is a folder, a device or an input, or cannot be written to.
    """
    _refuse_inputs(out, inputs)
    if out.is_dir():
        raise BadInputError(f"--out: {out}: is a folder; give the name of a file")
    refuse_unwritable(out.parent)
    _recovered(out)
    return out


def free_folder(folder: Path, *, mark: str, inputs: Iterable[Path]) -> Path:
    """Return a folder that can be made, or replaced because an earlier command left `mark` in it.

    What a killed command left of it is finished or cleared first.

    Raises
    ------
    BadInputError
        If it cannot be written to, or holds something else or an input of the command.
    """
    _refuse_inputs(folder, inputs)
    refuse_unwritable(folder)
    _recovered(folder)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / mark).exists():
        raise BadInputError(f"--out: {folder}: is there and holds no result; give another folder")
    return folder


def refuse_unwritable(target: Path) -> None:
    """Refuse a folder that cannot be made, before any work is done.

    Raises
    ------
    BadInputError
        If what is there is no folder or may not be written to.
    """
    import tempfile

    nearest = next(path for path in (target, *target.absolute().parents) if os.path.lexists(path))
    try:
        # without a name where the system can: a command that is killed leaves nothing
        tempfile.TemporaryFile(dir=nearest.resolve()).close()
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadInputError(f"--out: {nearest}: cannot be written to: {reason}") from None


def _refuse_inputs(out: Path, inputs: Iterable[Path]) -> None:
    for path in inputs:
        there = Path(os.path.realpath(path))
        over = out.exists() and path.exists() and out.samefile(path)
        if over or Path(os.path.realpath(out)) in (there, *there.parents):
            raise BadInputError(f"--out: {out}: would replace {path}, which the command reads")


def _recovered(out: Path) -> None:
    from sim import files

    try:
        files.recover(files.real_place(out))
    except OSError as error:
        raise BadInputError(f"--out: {out}: {error.strerror}") from None


def stem_of(title: str) -> str:
    """Return a title as the name of a file."""
    import re

    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].rstrip("-") or "scenario"
