"""What decides a point, wherever it is computed: the code of whole rooms, and the seeds."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim import files

ROOMS = ("assembly", "files", "models", "record", "scenario", "studies/sweep", "vote")
"""Every room that a point goes through: wherever one of their files changes, so may the point."""


@functools.cache
def origin() -> Mapping[str, str]:
    """Return the SHA-256 of every file that decides a point here, by its path in the project.

    Examples
    --------
    >>> {"sim/vote/chance.py", "seeds/members.csv"} <= origin().keys()
    True
    """
    code = [path for room in ROOMS for path in (files.SOURCE / room).rglob("*.py")]
    seeds = [path for path in files.shipped("seeds").rglob("*") if path.is_file()]
    bases = {"sim": files.SOURCE, "seeds": files.shipped("seeds")}
    return {
        f"{name}/{path.relative_to(bases[name]).as_posix()}": files.sha256(path)
        for name, paths in (("sim", code), ("seeds", seeds))
        for path in sorted(paths)
        if _counts(path)
    }


def fingerprint(inputs: Sequence[Path] = ()) -> str:
    """Return one hash of all that decides a point here, files of the user's included.

    Parameters
    ----------
    inputs : sequence of Path
        Files besides the seeds, such as a record; one that is not there counts too.

    Examples
    --------
    >>> fingerprint() == fingerprint(), fingerprint() == fingerprint([Path("nowhere")])
    (True, False)
    """
    others = [files.sha256(path) if path.is_file() else "missing" for path in inputs]
    return digest([dict(origin()), others])


def differing(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return the names of files that are not the same in two places.

    Examples
    --------
    >>> differing({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"})
    ['b', 'c']
    """
    return [name for name in sorted({*here, *there}) if here.get(name) != there.get(name)]


def digest(content: Any) -> str:
    """Return the SHA-256 of anything that JSON can hold.

    Examples
    --------
    >>> digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _counts(path: Path) -> bool:
    """Return whether a file is part of the code or the seeds, and no left-over."""
    return not path.name.startswith(".") and path.suffix in (".py", ".csv", ".toml", ".gz", ".json")
