"""What the documentation names has to be there."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from sim import files
from sim.models.fitted import read_parameters
from sim.models.measured import BANDS
from sim.scenario.schema import Scenario, read_scenario

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "seeds" / "SOURCES.md",
]
CHAIN = [
    "scenario.case.resolve",
    "models.bloc_shares.bloc_shares",
    "models.precedents.precedents",
    "models.learned.forecast.learned",
    "scenario.ballots.base_forecast",
    "scenario.ballots.bound_by_sponsoring",
    "scenario.ballots.arm_forecast",
    "scenario.ballots.moves",
    "vote.influence.Influence.support_shift",
    "vote.dependence.Dependence",
    "vote.dependence.SizeLaw.sizes",
    "vote.shared.latent",
    "vote.ballot.thresholds",
    "vote.ballot.cast",
    "vote.ballot.hold",
    "vote.ballot.count",
    "assembly.rules.Rule",
    "assembly.rules.RULES",
    "vote.outcomes.tables.Outcomes",
    "vote.exact.solve.solve",
    "models.dependence.fit.fit_dependence",
    "studies.counterfactual.variance_shares",
    "studies.calls.whom_to_call",
    "runs.simulate.simulate",
]
"""Every step from a question to an outcome."""


def text_of(page: Path) -> str:
    """A page's text."""
    return page.read_text(encoding="utf-8")


def resolve(name: str) -> Any:
    """What a dotted name stands for: modules as far as they go, then attributes."""
    first, *rest = name.split(".")
    found, path = import_module(first), first
    for part in rest:
        path = f"{path}.{part}"
        if (ROOT / path.replace(".", "/")).is_dir() or (
            ROOT / f"{path.replace('.', '/')}.py"
        ).is_file():
            found = import_module(path)
        else:
            found = getattr(found, part)
    return found


def paths_in(text: str) -> Iterator[str]:
    """The files and folders of this project that are named in backticks."""
    tops = {path.name for path in ROOT.iterdir()}
    for span in re.findall(r"`([^`\s]+)`", text):
        if not re.fullmatch(r"[\w./-]+", span) or "NAME" in span:
            continue
        if span.split("/")[0] in tops or re.fullmatch(r"[A-Z]+\.md|\w+\.toml", span):
            yield span


def holder(annotation: Any) -> type[BaseModel] | None:
    """The table inside the type of a field, whatever it is wrapped in."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = [holder(argument) for argument in get_args(annotation)]
    return next((found for found in inner if found is not None), None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_of_the_package_that_a_page_mentions_exists(page: Path) -> None:
    missing = []
    for name in set(re.findall(r"(?<![\w./-])sim(?:\.[A-Za-z_]\w*)+", text_of(page))):
        try:
            resolve(name)
        except (ImportError, AttributeError):
            missing.append(name)
    assert not missing, f"{page.name}: {', '.join(sorted(missing))}: no such name"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_mentions_exists(page: Path) -> None:
    near = (ROOT, page.parent)
    missing = [
        path for path in paths_in(text_of(page)) if not any((at / path).exists() for at in near)
    ]
    assert not missing, f"{page.name}: {', '.join(missing)}: no such file or folder"


def test_the_model_page_has_every_step_beside_its_function() -> None:
    text = text_of(ROOT / "docs" / "model.md")
    assert [name for name in CHAIN if f"`sim.{name}`" not in text] == []


@pytest.mark.parametrize("page", ["README.md", "docs/skill.md"])
def test_the_tables_of_a_page_are_those_of_what_is_committed(page: str) -> None:
    filled = runpy.run_path(str(ROOT / "docs" / "make_readme.py"))["filled"]
    text = text_of(ROOT / page)
    assert filled(text) == text, f"run `python docs/make_readme.py` and commit {page}"


def test_the_gallery_shows_every_committed_result() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_gallery.py"))["gallery"]()
    again = "run `python docs/make_gallery.py` and commit docs/gallery.md"
    assert text_of(ROOT / "docs" / "gallery.md") == made, again
    results = {path.parent.name for path in (ROOT / "results").glob("*/summary.json")}
    assert set(re.findall(r"^## (.+)$", made, re.MULTILINE)) == results


def test_a_result_has_its_real_vote_where_its_scenario_names_one() -> None:
    names = {path.parent.name for path in (ROOT / "results").glob("*/summary.json")}
    scored = {name for name in names if (ROOT / "results" / name / "actual.json").is_file()}
    assert scored == {
        name for name in names if read_scenario(ROOT / "scenarios" / f"{name}.toml").actual
    }
    told = text_of(ROOT / "docs" / "tutorials" / "journalist.md").split("ship do not: ")[1]
    assert set(re.findall(r"`([\w-]+)`", told)) == names - scored


def test_the_readme_and_the_page_of_all_tables_show_one_number_for_one_score() -> None:
    tables = runpy.run_path(str(ROOT / "docs" / "make_skill.py"))["tables"]()
    # .4765 to four digits is neither .476 nor .477: scores are rounded once, from what was measured
    printed = text_of(ROOT / "docs" / "skill-tables.md").replace("| 0.", "| .")
    for window in ("2012-2019", "June 2024 to September 2025"):
        rows = [line.split("|") for line in tables[f"skill {window}"] if "±" in line]
        assert rows
        for row in rows:
            label = row[1].strip(" *").replace("US position", "United States")
            loss = row[2].strip(" *").replace("± .", "± 0.")
            assert f"| {label} | {loss} |" in printed


def test_a_window_is_named_by_its_months_unless_it_is_of_whole_years() -> None:
    page = text_of(ROOT / "README.md")
    assert "2024-2025" not in page
    assert "June 2024 to September 2025, 124 roll calls" in page


def test_the_glossary_has_each_word_for_how_new_a_text_is() -> None:
    words = [line.split("|")[1] for line in text_of(ROOT / "docs" / "glossary.md").splitlines()
             if line.startswith("| ")]  # fmt: skip
    for name, _ in BANDS:
        assert any(name in word for word in words), name
    assert {"recurring title", "new title"} <= {
        one.strip() for word in words for one in word.split(",")
    }


def test_each_seed_has_its_source() -> None:
    text = text_of(ROOT / "seeds" / "SOURCES.md")
    headings = " ".join(line for line in text.splitlines() if line.startswith("## "))
    seeds = {path.name for path in (ROOT / "seeds").iterdir() if path.name != "SOURCES.md"}
    told = {name.strip("/") for name in re.findall(r"[\w.]+", headings)}
    assert seeds <= told, f"SOURCES.md says nothing of {', '.join(sorted(seeds - told))}"
    assert told <= seeds, f"SOURCES.md tells of {', '.join(sorted(told - seeds))}, which are gone"


def test_the_table_of_parameters_says_what_they_were_fitted_to() -> None:
    text = text_of(ROOT / "seeds" / "SOURCES.md")
    for path in (ROOT / "seeds" / "parameters").glob("*.toml"):
        parameters = read_parameters(path)
        last = parameters.record.last
        day = f"{last.day} {last:%B %Y}"
        fitted_to = parameters.dependence_of("learned").roll_calls
        row = f"| {path.name} | {parameters.record.roll_calls} | {day} | {fitted_to} |"
        assert row in text


def test_every_dependency_earns_its_place() -> None:
    project = files.read_toml(ROOT / "pyproject.toml")["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["cluster"], *extras["docs"], *extras["sensitivity"]]
    text = text_of(ROOT / "docs" / "decisions.md").split("## Structure")[0]
    names = {re.split(r"[<>=]", line)[0] for line in needed}
    assert {name for name in names if name not in text} == set()


def test_every_claim_of_the_report_informs_a_field_that_scenarios_have() -> None:
    for claim in files.read_toml(files.seed("report.toml"))["claims"]:
        table: type[BaseModel] | None = Scenario
        for part in claim["scenario_field"].split("."):
            assert table is not None, claim["id"]
            assert part in table.model_fields, f"{claim['id']}: {part}"
            table = holder(table.model_fields[part].annotation)


def test_the_page_on_the_counterfactual_has_the_figures_of_the_committed_contrast() -> None:
    page = text_of(ROOT / "docs" / "counterfactual.md")
    table = page[page.index("| us-opposes less with-us") :].split("\n\n")[0].splitlines()[2:]
    cells = {row.split(" | ")[0].removeprefix("| "): row.split(" | ")[1:] for row in table}
    place = files.shipped("results") / "anniversary-2025-contrast" / "contrast.csv"
    rows = {
        row["of"]: row
        for row in files.read_rows(place, ("arm", "against", "of"))
        if (row["arm"], row["against"]) == ("us-opposes", "with-us")
    }
    for of, (difference, sampling, _, rest, effect, *_) in cells.items():
        found = {name: float(value) for name, value in rows[of].items() if _is_number(value)}
        votes = rows[of]["unit"] == "votes"
        scale = 1 if votes else 100
        assert difference.startswith(f"{scale * found['computed']:+.1f}"), of
        assert sampling == f"± {scale * found['standard_error']:.{2 if votes else 1}f}", of
        assert effect == f"{100 * found['effect']:.0f} %", of
        told = [int(part) for part in re.findall(r"[-+]\d+", rest)]
        if votes:
            assert told == [found["q05"], found["q95"]], of
        else:
            lost, gained = (float(part) for part in re.findall(r"\d+\.\d", rest))
            assert abs(lost - 100 * found["lost"]) < 0.051, of
            assert abs(gained - 100 * found["gained"]) < 0.051, of


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", text))
