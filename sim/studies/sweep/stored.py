"""The points of a sweep on disk, each with a checksum: what does not fit is not believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim import files
from sim.studies.sweep.origin import digest


def place_of(folder: Path, key: str) -> Path:
    """Return where a point is kept.

    Examples
    --------
    >>> place_of(Path("effects"), "ab").as_posix()
    'effects/points/ab.json'
    """
    return folder / "points" / f"{key}.json"


def store_point(folder: Path, key: str, found: dict[str, Any]) -> None:
    """Keep a point; one that a power failure damages is computed again.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store_point(Path(folder), "ab", {"arms": {}})
    ...     stored_point(Path(folder), "ab"), stored_point(Path(folder), "cd")
    ({'arms': {}}, None)
    """
    content = {**found, "checksum": digest([key, found])}
    files.write_text(place_of(folder, key), json.dumps(content) + "\n", durable=False)


def stored_point(folder: Path, key: str) -> dict[str, Any] | None:
    """Return a point that was kept; None if there is none, or not as it was written.

    Examples
    --------
    See `store_point`.
    """
    try:
        found = json.loads(files.read_text(place_of(folder, key)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    checksum = found.pop("checksum", None)
    return found if checksum == digest([key, found]) else None
