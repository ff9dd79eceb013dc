"""The record: recorded votes [roll call, state], what was voted on, and the file they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.record.places import cache_place, record_place, users_record
from sim.record.roll_call import COLUMNS, OTHERS, RollCall
from sim.record.storage import read_record, write_record
from sim.record.summary import cut_titles, record_conclusion, record_info
from sim.record.texts import KINDS, body_of, canonical_symbol, clean_title, kind_of, title_of
from sim.record.value import Day, Record, ShortRecordError

if TYPE_CHECKING:
    from sim.record.importing import import_files

__all__ = [
    "COLUMNS",
    "KINDS",
    "OTHERS",
    "Day",
    "Record",
    "RollCall",
    "ShortRecordError",
    "body_of",
    "cache_place",
    "canonical_symbol",
    "clean_title",
    "cut_titles",
    "import_files",
    "kind_of",
    "read_record",
    "record_conclusion",
    "record_info",
    "record_place",
    "title_of",
    "users_record",
    "write_record",
]


def __getattr__(name: str) -> Any:
    if name != "import_files":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sim.record.importing import import_files  # heavy

    return import_files
