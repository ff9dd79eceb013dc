"""Where the user's record is, and what is kept for it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from sim import files

VARIABLE = "UNGA_SIM_RECORD"
"""Environment variable that names a record in place of the one in the user's data folder."""
APP = "unga-sim"


def record_place() -> Path:
    """Return where the user's record is, or would be: `UNGA_SIM_RECORD`, or the data folder.

    Raises
    ------
    FileError
        If it is no text in UTF-8: a manifest names the place.

    Examples
    --------
    >>> record_place().suffix
    '.parquet'
    """
    named = os.environ.get(VARIABLE)
    place = Path(named) if named else platformdirs.user_data_path(APP) / "record.parquet"
    if any("\ud800" <= one <= "\udfff" for one in str(place)):
        raise files.FileError(f"{VARIABLE if named else 'your data folder'}: not UTF-8 text")
    return place


def users_record() -> Path | None:
    """Return the user's record; nothing if there is none. One that is named has to be there.

    Examples
    --------
    >>> place = users_record()
    >>> place is None or place == record_place()
    True
    """
    place = record_place()
    return place if os.environ.get(VARIABLE) or place.is_file() else None


def cache_place(*parts: str) -> Path:
    """Return a place in the user's cache folder.

    Examples
    --------
    >>> cache_place("parameters", "a.toml").name
    'a.toml'
    """
    return platformdirs.user_cache_path(APP).joinpath(*parts)
