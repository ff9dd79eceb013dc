"""The library as its users write it: at a prompt and in a notebook."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.assembly.choices import Choice
from sim.runs.run import plan_of
from sim.studies.steps import contrast_steps, step_calls
from sim.studies.sweep import design_of
from sim.vote.outcomes.tables import Outcomes

ROOT = Path(__file__).resolve().parents[1]

TABLES = {
    "title": "A draft",
    "question": "Is it adopted?",
    "source": "made up",
    "as_of": datetime.date(2025, 2, 23),
    "seed": 1,
    "model": "bloc-shares",
    "resolution": {
        "symbol": "A/1",
        "title": "A draft",
        "majority": "simple",
        "date": datetime.date(2025, 2, 24),
        "asks": ["condemn", "negotiate"],
    },
    "us": {"reference": "yes"},
    "arms": {"us-votes-no": {"us": "no"}},
    "suspended": ["AFG"],
}


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    return sim.simulate("cuba-embargo-2016", engine="exact", known={"BRA": "yes"})


def test_every_public_name_is_offered_and_is_there() -> None:
    assert set(sim.__all__) <= set(dir(sim))
    assert all(getattr(sim, name) is not None for name in sim.__all__)


def test_what_is_shown_at_a_prompt_is_short() -> None:
    shown = [
        sim.read_scenario("anniversary-2025"),
        sim.resolve("cuba-embargo-2016"),
        sim.resolve("cuba-embargo-2016").fitted,
        sim.read_result(ROOT / "results" / "cuba-embargo-2016"),
    ]
    for each in shown:
        assert len(repr(each)) < 400
        assert "\n" not in repr(each)
    assert "2025-02-24" in repr(shown[0])


def test_outcomes_show_an_arm_a_line(outcomes: Outcomes) -> None:
    lines = repr(outcomes).splitlines()
    assert lines[0] == "Outcomes: Embargo against Cuba, October 2016, as of 2016-10-25, " + (
        "computed without draws"
    )
    assert [line.split()[0] for line in lines[2:]] == ["us-votes-no", "us-abstains"]
    mean = outcomes.tally.query("arm == 'us-abstains' and choice == 'yes'")["mean"].item()
    assert f"{mean:.0f} (" in lines[3]
    assert " 100.0 %" not in lines[3]


def test_a_notebook_is_given_a_table_and_titles_stay_text(outcomes: Outcomes) -> None:
    assert outcomes._repr_html_().count("<tr") == 3
    hostile = sim.simulate(TABLES | {"title": "<script>"}, engine="exact")
    assert "<script>" not in hostile._repr_html_()


def test_outcomes_draw_their_counts(outcomes: Outcomes, tmp_path: Path) -> None:
    figure = outcomes.plot(title="Mine")
    figure.savefig(tmp_path / "mine.png")
    assert (tmp_path / "mine.png").stat().st_size > 10_000


def test_a_scenario_is_made_of_plain_lists_and_dicts() -> None:
    scenario = sim.Scenario.model_validate(TABLES)
    assert scenario.resolution.asks == ("condemn", "negotiate")
    assert scenario == sim.Scenario.model_validate(scenario.model_dump())
    assert sim.simulate(scenario, engine="exact", known={"FRA": Choice.NO}).draws == 0


def test_a_list_may_be_put_into_the_tables_of_a_scenario() -> None:
    tables = sim.resolve("gaza-amendment-2023").scenario.model_dump()
    tables["steps"][0]["on_carried"] = [{"shift": -1.0}]  # among tuples
    (effect,) = sim.Scenario.model_validate(tables).steps[0].on_carried
    assert effect.shift == -1


NAME, PATH = "jerusalem-2017", "rival-draft-2022"


def whom_first(**given: Any) -> object:
    """Ask whom to call for the first step of a path."""
    usual: dict[str, Any] = {"arm": "us-co-sponsors", "step": "first-draft", "draws": 9}
    return step_calls(PATH, **{**usual, **given})


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: sim.simulate(NAME, draws="500"), "draws: '500': must be a whole number of at"),
        (lambda: sim.simulate(NAME, draws=1.5), "draws: 1.5: must be a whole number of at least 1"),
        (lambda: sim.simulate(NAME, draws=True), "draws: True: must be a whole number"),
        (lambda: sim.simulate(NAME, draws=0), "draws: 0: must be a whole number of at least 1"),
        (lambda: sim.simulate(NAME, draws=9, seed="x"), "seed: 'x': must be a whole number of at"),
        (lambda: sim.contrast(NAME, draws="2"), "draws: '2': must be a whole number"),
        (lambda: sim.rank_calls(NAME, "yes>=97", draws="2"), "draws: '2': must be a whole number"),
        (lambda: sim.rank_calls(NAME, "yes>=97", draws=9, push=float("nan")), "push: nan: must be"),
        (lambda: sim.rank_calls(NAME, "yes>=97", draws=9, push="1"), "push: '1': must be a number"),
        (lambda: whom_first(draws="9"), "draws: '9': must be a whole number of at least 1"),
        (lambda: whom_first(draws=0), "draws: 0: must be a whole number of at least 1"),
        (lambda: whom_first(push=-1), "push: -1: must be a number above 0"),
        (lambda: whom_first(arm="z"), "arm 'z': must be one of us-co-sponsors"),
        (lambda: contrast_steps(PATH, draws=True), "draws: True: must be a whole number"),
        (lambda: contrast_steps(PATH, draws=0), "draws: 0: must be a whole number of at least 1"),
        (lambda: plan_of(sim.resolve(NAME), draws=True), "draws: True: must be a whole number"),
        (lambda: sim.rank_calls(NAME, 97), "target 97: must be one of yes>=N, "),
        (lambda: sim.explain(NAME, "BRA", arm="z"), "arm 'z': must be one of us-votes-no, us-lob"),
        (
            lambda: sim.simulate(NAME, known="BRA=yes"),
            "known: 'BRA=yes': must be a mapping such as",
        ),
        (lambda: sim.simulate(None), "scenario: None: must be a file, the name of a shipped"),
    ],
)
def test_a_value_of_a_wrong_kind_is_refused_by_its_name(
    call: Callable[[], object], says: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(says)):
        call()


def test_one_text_is_one_range_of_a_sweep() -> None:
    assert design_of("us.effect_scale=0,1") == design_of(["us.effect_scale=0,1"])
