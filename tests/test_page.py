"""The page and its command, without a browser."""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.assembly.choices import Choice
from sim.assembly.members import Members
from sim.cli import app
from sim.report.page import computed, page_of
from sim.report.page.build import ENGINE, STATIC, script
from sim.report.page.gallery import entry_of, skill_tables, tables_page
from sim.report.page.html import csp_hash
from sim.report.page.way import way
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
    # a page carries its modules as one script; top-level names alone are not indented
    for others in (("tree", "view"), ("worker",)):
        names = []
        for module in (*ENGINE, *others):
            source = (STATIC / f"{module}.js").read_text(encoding="utf-8")
            assert script(module).strip() in page
            given = re.findall(
                r"^(?:export )?(?:function\*?|const|let|class) (\w+|\[[^\]]*\])", source, re.M
            )
            names += [name for each in given for name in re.findall(r"\w+", each)]
        assert len(names) == len(set(names)) > 100


def test_what_it_computes_from_is_short(page: str) -> None:
    [parameters] = re.findall(r'id="parameters">(.*?)</script>', page, flags=re.DOTALL)
    assert len(parameters) < 40_000


def test_a_site_links_every_result_the_ledger_and_the_measured_skill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["sim.cli.page"], "stored_names", lambda: [NAME])
    done = CliRunner().invoke(app, ["page", "--all", "--out", str(tmp_path / "site")])
    assert done.exit_code == 0, done.output
    index = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    linked = re.findall(r'href="([^"]*)"', index)
    assert linked == [f"{NAME}.html", "ledger.html", "skill.html"]
    for name in linked:
        page = (tmp_path / "site" / name).read_text(encoding="utf-8")
        assert page.startswith("<!doctype html>")
        assert page.count('href="index.html"') == 1  # the way back
    ledger = (tmp_path / "site" / "ledger.html").read_text(encoding="utf-8")
    assert "Forecasts whose votes have come" in ledger
    assert "roll calls, " in (tmp_path / "site" / "skill.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "happened"),
    [
        ("anniversary-2025", "What happened: adopted 93\u201118\u201165"),
        ("path-to-peace-path-2025", "What happened: adopted as amended"),
        ("path-to-peace-2025", None),
    ],
)
def test_the_index_says_what_happened(name: str, happened: str | None) -> None:
    about = entry_of(computed(resolve(name))).about
    assert about.partition(". ")[2] == (happened or "")


def test_what_was_not_measured_is_said_so() -> None:
    assert skill_tables([]) == []
    assert "Nothing here yet." in tables_page("Measured skill", [])


def test_news_of_the_united_states_is_told_to_a_reader_who_changes_no_scenario() -> None:
    case = resolve("anniversary-2025", known={"ISR": Choice.NO})
    [said] = re.findall(r"<p>(The known votes are [^<]*)</p>", page_of(computed(case)))
    assert "times as likely in the arm “US votes no” as" in said
    assert said.endswith("they may tell what the United States will do.")


def test_who_moves_is_told_of_the_arm_that_the_answer_names() -> None:
    page = page_of(computed(resolve("anniversary-2025")))
    [answer] = re.findall(r'class="answer">([^<]*)<', page)
    assert "; if the US votes no," in answer
    movers = page.split('id="movers"')[1].split("</section>")[0]
    assert "those that move most if “US votes no”" in movers
    hidden = re.findall(r'<th scope="col" class="wide">(.*?)</th>', movers)
    assert [re.sub("<[^>]*>", "", one) for one in hidden] == [
        "US does not co-sponsor",
        "US acts as foreseen",
    ]


def test_states_are_called_by_their_names_in_what_a_forecast_rests_on() -> None:
    page = page_of(computed(resolve("anniversary-2025", known={"HUN": Choice.NO})))
    told = page.split("<h2>What it rests on</h2>")[1].split("</section>")[0]
    assert "Art. 19): Afghanistan, Bolivia" in told
    assert "Taken as certain: Hungary no." in told
    assert "how sponsors vote (24 February 2025)" in told
    allowed = {"EU", "NATO", "WEOG", "US"}  # blocs go by their names
    assert set(re.findall(r"\b[A-Z]{2,4}\b", told)) - allowed == {"ES"}  # symbols of texts


def test_the_way_stands_before_the_text_alone() -> None:
    page = page_of(computed(resolve("gaza-amendment-2023")))
    titles = re.findall(r"<h2>([^<]*)</h2>", page)
    assert titles[:2] == ["The way to the vote", "The text alone, arm by arm"]
    assert "none of the steps of the way above" in page


def section_of_the_way(name: str) -> str:
    """What the page of a scenario with steps says of the way to the vote."""
    page = page_of(computed(resolve(name)))
    return page.split("<h2>The way to the vote</h2>")[1].split("</section>")[0]


def test_the_page_of_a_path_shows_its_steps_and_its_ends() -> None:
    shown = section_of_the_way("gaza-amendment-2023")
    assert "amendment" in shown
    assert re.search(r"<desc>In the arm US votes no: adopted \d", shown)
    assert shown.count("<table") == 2
    [row] = re.findall(r'<th scope="row">text</th>(.*?)</tr>', shown)
    ranges = re.findall(r'(\d+)<span class="range">(\d+) to (\d+)</span>', row)
    assert len(ranges) == 4  # yes, no, abstain, not voting
    assert all(int(low) <= int(mean) <= int(high) for mean, low, high in ranges)


def test_the_real_way_is_marked_and_no_other() -> None:
    shown = section_of_the_way("gaza-amendment-2023")
    marked = re.findall(r'<path d="[^"]*" class="\w+ real"[^>]*><title>(.*?):', shown)
    assert marked == ["amendment lost, then text", "text carried, then adopted"]
    assert "what happened" in shown


def test_bands_begin_and_end_where_their_boxes_do() -> None:
    leads = {"carried": "adopted", "lost": "lost", "not put": "lost"}
    arm = {
        "ends": {"adopted": {"exact": 0.75}, "lost": {"exact": 0.25}},
        "steps": {"text": {"reached": 1.0, "tally": None}},
        "flows": [[0.75, 0.25, 0.0]],
    }
    drawn = way({"arms": {"a": arm}, "places": [{"step": "text", **leads}]}, "US votes no")
    rects = re.findall(r'<rect x="([\d.]+)" .*?width="([\d.]+)"', drawn)
    boxes = [(float(left), float(width)) for left, width in rects]
    text, adopted, lost = boxes
    bands = re.findall(r'd="M([\d.]+),.*?H([\d.]+)C', drawn)
    starts = [float(start) for start, _ in bands]
    assert starts == pytest.approx([text[0], text[0] + 0.75 * text[1]], abs=0.1)
    ends = [float(end) for _, end in bands]
    assert ends == pytest.approx([adopted[0] + adopted[1], lost[0] + lost[1]], abs=0.1)
