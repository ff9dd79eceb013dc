"""What a tutorial tells to type is typed."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

TUTORIALS = sorted((Path(__file__).resolve().parents[1] / "docs" / "tutorials").glob("*.md"))
BLOCK = re.compile(r"^```(sh|csv [\w.-]+)\n(.*?)^```$", re.M | re.S)


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_every_command_of_a_tutorial_works(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind != "sh":
            Path(kind.split()[1]).write_text(text, encoding="utf-8")
            continue
        for line in text.replace("\\\n", " ").splitlines():
            told = CliRunner().invoke(app, shlex.split(line)[1:])
            assert told.exit_code == 0, f"{line}\n{told.output}"


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_every_python_example_of_a_tutorial_gives_what_it_says(page: Path) -> None:
    assert doctest.testfile(str(page), module_relative=False).failed == 0
