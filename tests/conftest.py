"""What all tests share: the folder of full voting records, and how Hypothesis runs."""

from __future__ import annotations

import atexit
import functools
import os
import signal
import tempfile
import threading
from pathlib import Path

import pytest
import typer.testing
from hypothesis import settings

# Tests that a shell starts in the background would ignore interrupts, as what they start would.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGHUP", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)

# Machines differ in speed, so no example may fail for being slow; CI has to be repeatable.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# No test cuts the power, so none waits for the disk; what is synced has to be open all the same.
os.fsync = os.fstat  # type: ignore[assignment]


# The record of whoever runs the tests is none of theirs, nor do they write one there.
os.environ.pop("UNGA_SIM_RECORD", None)
nowhere = tempfile.TemporaryDirectory(prefix="no-record-")
os.environ["XDG_DATA_HOME"] = nowhere.name
atexit.register(nowhere.cleanup)


# As in a process of a command, where the commands are made from their functions once.
typer.testing._get_command = functools.cache(typer.testing._get_command)  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of full voting records that lies beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the full voting records (folder shared/data beside the checkout) are not here")
    return folder
