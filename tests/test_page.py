"""The page and its command, without a browser."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.assembly.members import Members
from sim.cli import app
from sim.report.page import computed, page_of
from sim.report.page.html import csp_hash
from sim.scenario.case import resolve

NAME = "jerusalem-2017"
HOSTILE = "</script><script>alert(1)</script>\"'&"


@pytest.fixture(scope="module")
def page() -> str:
    tables = resolve(NAME).scenario.model_dump()
    tables["title"] = tables["question"] = HOSTILE
    for table in tables["arms"].values():
        table["label"] = HOSTILE
    return page_of(computed(resolve(tables)))


def test_the_command_writes_one_file(tmp_path: Path) -> None:
    out = tmp_path / "answer.html"
    done = CliRunner().invoke(app, ["page", NAME, "--known", "BRA=yes", "--out", str(out)])
    assert done.exit_code == 0, done.output
    written = out.read_text(encoding="utf-8")
    assert written.startswith("<!doctype html>")
    assert [path.name for path in tmp_path.iterdir()] == ["answer.html"]
    shown = json.loads(re.search(r'id="shown">(.*?)</script>', written)[1])  # type: ignore[index]
    assert shown["initial"] == {str(Members.load().row("BRA")): 0}


@pytest.mark.parametrize("words", [[], [NAME, "--all"]])
def test_a_scenario_or_all_alone_has_to_be_given(words: list[str]) -> None:
    done = CliRunner().invoke(app, ["page", *words])
    assert done.exit_code == 2


def test_nothing_in_a_scenario_becomes_markup(page: str) -> None:
    assert "<script>alert" not in page
    assert html.escape(HOSTILE) in page


def test_only_its_own_scripts_and_style_may_run(page: str) -> None:
    policy = html.unescape(re.search(r'Policy" content="(.*?)"', page)[1])  # type: ignore[index]
    scripts = re.findall(r"<script(?: id=\"engine\")?>(.*?)</script>", page, flags=re.DOTALL)
    [style] = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    assert len(scripts) == 2
    assert all(csp_hash(each) in policy for each in (*scripts, style))
    assert "unsafe" not in policy
    assert not re.search(r" (style|on[a-z]+)=", page.split("</style>")[1].split("<script")[0])


def test_names_in_its_scripts_are_given_once(page: str) -> None:
    engine, view = re.findall(r"<script(?: id=\"engine\")?>(.*?)</script>", page, flags=re.DOTALL)
    [worker] = re.findall(r'<script id="worker"[^>]*>(.*?)</script>', page, flags=re.DOTALL)
    for other in (view, worker):
        names = re.findall(r"^(?:function|const|let) (\w+)", engine + "\n" + other, re.MULTILINE)
        assert len(names) == len(set(names))


def test_what_it_computes_from_is_short(page: str) -> None:
    [parameters] = re.findall(r'id="parameters">(.*?)</script>', page, flags=re.DOTALL)
    assert len(parameters) < 40_000
