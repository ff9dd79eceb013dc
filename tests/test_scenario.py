from __future__ import annotations

import datetime as dt
import itertools
import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import (
    CODES,
    SHIPPED,
    damaged_scenarios,
    damaged_texts,
    scenario_file,
    scenario_text,
    scenarios,
    texts,
    toml_tables,
)

from sim import files
from sim.assembly.members import Members
from sim.models.judgements import set_after
from sim.report.background import assumptions
from sim.scenario.ballots import arm_forecast, ballots, moves
from sim.scenario.case import resolve
from sim.scenario.doubts import doubts
from sim.scenario.lookups import known_problems, parameter_file, positions, suspended
from sim.scenario.messages import MARKS
from sim.scenario.schema import (
    DependenceTable,
    ResolutionTable,
    Scenario,
    ScenarioError,
    StanceTable,
    read_scenario,
    scenario_of,
    scenario_path,
)

PAGE = runpy.run_path(str(Path(__file__).parent.parent / "docs" / "make_scenarios.py"))
SMALLEST, schema_page = PAGE["SMALLEST"], PAGE["schema_page"]
FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY = dt.date(2025, 2, 24)


def tables(**changed: Any) -> dict[str, Any]:
    """The smallest scenario there is, with some tables changed, added or (None) left out."""
    found = {**tomllib.loads(SMALLEST), **changed}
    return {key: value for key, value in found.items() if value is not None}


def problems_of(given_tables: dict[str, Any]) -> list[str]:
    """What the loader has to say, a line a problem."""
    with pytest.raises(ScenarioError) as refused:
        scenario_of(given_tables, place="a.toml")
    return str(refused.value).splitlines()


def shipped(stem: str = "anniversary-2025", **changed: Any) -> Scenario:
    """A shipped scenario with some fields changed."""
    found = files.read_toml(files.shipped("scenarios") / f"{stem}.toml")
    return scenario_of({**found, **changed}, place="a.toml")


# Shipped scenarios


def test_there_are_five_scenarios_to_begin_with() -> None:
    first = {
        "anniversary-2023",
        "anniversary-2025",
        "human-rights-council-2022",
        "jerusalem-2017",
        "path-to-peace-2025",
    }
    assert first <= set(SHIPPED)


@pytest.mark.parametrize("stem", SHIPPED)
def test_a_shipped_scenario_says_what_why_and_as_of_when(stem: str) -> None:
    scenario = read_scenario(stem)
    for text in (scenario.title, scenario.question, scenario.source):
        assert text.strip()
    header = files.read_text(scenario_path(stem)).split("\n\n")[0]
    assert all(line.startswith("#") for line in header.splitlines())
    for word in ("Question", "Source", "As of"):
        assert word in header


def test_the_first_scenario_has_the_arms_that_scripts_rely_on() -> None:
    arms = list(read_scenario("anniversary-2025").arms)
    assert arms == ["with-us", "without-us", "us-opposes", "as-foreseen"]


@pytest.mark.parametrize("stem", SHIPPED)
def test_no_state_is_certain_but_by_rule(stem: str) -> None:
    case = resolve(stem)
    may_vote = ~np.isin(CODES, case.suspended)
    for arm in case.scenario.arms:
        chances = arm_forecast(case, arm).probabilities
        assert ((chances[may_vote] > 0) & (chances[may_vote] < 1)).all()
        assert (chances[~may_vote] == [0, 0, 0, 1]).all()


@pytest.mark.parametrize("stem", SHIPPED)
def test_nothing_later_than_the_day_of_the_forecast_is_used(stem: str) -> None:
    case = resolve(stem)
    question = case.question
    assert (question.record.dates <= np.datetime64(case.scenario.as_of)).all()
    assert all(precedent.age >= 0 for precedent in question.precedents)


# Where a scenario is


def test_a_stem_names_a_shipped_scenario_and_a_path_a_file(tmp_path: Path) -> None:
    assert read_scenario("jerusalem-2017").actual == "ES-10/19"
    assert read_scenario(scenario_file(tmp_path, SMALLEST)).title == "Two blocs"


@pytest.mark.parametrize(
    "path", ["no-such-scenario", "no/such/folder/a.toml", "", ".", "a" * 5000, "a\0b", "~"]
)
def test_a_path_that_is_no_file_is_a_scenario_error(path: str) -> None:
    with pytest.raises(ScenarioError):
        read_scenario(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    place = tmp_path / "missing.toml"
    with pytest.raises(ScenarioError, match=re.escape(f"{place}: No such file")):
        read_scenario(place)


# Scenario -> file -> scenario


@given(scenario=scenarios())
@settings(FILES, max_examples=60)
def test_a_scenario_that_was_written_reads_as_it_was(scenario: Scenario, tmp_path: Path) -> None:
    again = read_scenario(scenario_file(tmp_path, scenario_text(scenario)))
    assert again == scenario
    # arms are compared, and positions taken, in the order they are written in
    assert list(again.arms) == list(scenario.arms)
    for arm, table in again.arms.items():
        assert list(table.positions) == list(scenario.arms[arm].positions)
    assert scenario_text(again) == scenario_text(scenario)


@pytest.mark.parametrize("stem", SHIPPED)
def test_a_shipped_scenario_survives_being_written(stem: str, tmp_path: Path) -> None:
    scenario = read_scenario(stem)
    assert read_scenario(scenario_file(tmp_path, scenario_text(scenario))) == scenario


# Nothing crashes the loader


@given(text=st.text() | st.binary() | texts().map(lambda text: f"title = {text}"))
@settings(FILES, max_examples=150)
def test_no_text_crashes_the_loader(text: str | bytes, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError):
        read_scenario(scenario_file(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "draws = " + "9" * 5000,
        "draws = 0x" + "f" * 5000,
        "draws = " + "[" * 5000,
        ".".join("a" * 3000) + " = 1",
        "as_of = 2025-02-30",
        "as_of = 0000-01-01",
        "as_of = 2025-02-23T24:00:00Z",
        "seed = 1e999",
        'title = "\\ud800"',
        "\ufefftitle = 1",
        "title = 1\ntitle = 2",
    ],
    ids=lambda text: f"{text:.24}",
)
def test_an_awkward_file_is_a_scenario_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError):
        read_scenario(scenario_file(tmp_path, text))


@given(found=toml_tables())
@settings(max_examples=100)
def test_no_tables_crash_the_loader(found: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError, match=re.escape("a.toml: ")):
        scenario_of(found, place="a.toml")


@given(found=damaged_scenarios())
@settings(max_examples=150)
def test_a_scenario_with_one_value_wrong_is_read_or_refused(found: dict[str, Any]) -> None:
    try:
        scenario = scenario_of(found, place="a.toml")
    except ScenarioError as error:
        assert str(error).startswith("a.toml: ")  # noqa: PT017 - either outcome is right
    else:
        assert scenario.as_of < scenario.resolution.date


@given(text=damaged_texts())
@settings(FILES, max_examples=100)
def test_a_damaged_file_is_read_or_refused(text: str, tmp_path: Path) -> None:
    place = scenario_file(tmp_path, text)
    try:
        read_scenario(place)
    except ScenarioError as error:
        assert str(error).startswith(f"{place}: ")  # noqa: PT017 - either outcome is right


# Messages


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        # place, value and what is allowed
        ({"draws": 0}, ["draws", "0", "greater than or equal to 1"]),
        ({"draws": 1.5}, ["draws", "1.5", "integer"]),
        ({"draws": "many"}, ["draws", "'many'", "integer"]),
        ({"seed": -1}, ["seed", "-1", "greater than or equal to 0"]),
        ({"seed": 2**63}, ["seed", str(2**63), "less than"]),
        ({"as_of": "2025-02-23"}, ["as_of", "'2025-02-23'", "date"]),
        ({"as_of": dt.datetime(2025, 2, 23)}, ["as_of", "date"]),
        ({"as_of": dt.date(1, 1, 1)}, ["as_of", "0001-01-01", "from 1945-10-24 to 2100-01-01"]),
        ({"as_of": dt.date(9999, 12, 31)}, ["as_of", "9999-12-31", "must be a day from"]),
        (
            {"roll_calls": [{"file": "own.csv", "day": dt.date(9999, 12, 31)}]},
            ["roll_calls.0.day", "9999-12-31", "must be a day from"],
        ),
        ({"as_of": DAY}, ["as_of", "2025-02-24", "earlier than resolution.date"]),
        ({"title": 7}, ["title", "7", "string"]),
        ({"model": "oracle"}, ["model", "'oracle'", "bloc-shares"]),
        ({"model": "precedents"}, ["precedents", "at least one"]),
        ({"colour": "blue"}, ["colour", "'blue'", "unknown field"]),
        ({"title": None}, ["title", "required"]),
        ({"us": {"reference": "maybe"}}, ["us.reference", "'maybe'", "'co-sponsor'", "'no'"]),
        ({"us": {"reference": "no", "effect_scale": -1.0}}, ["us.effect_scale", "-1", "0"]),
        (
            {"us": {"reference": "no", "effect_scale": float("nan")}},
            ["us.effect_scale", "nan", "finite"],
        ),
        ({"known": {"BRA": "aye"}}, ["known.BRA", "'aye'", "'yes'", "'non_voting'"]),
        ({"known": {"bra": "yes"}}, ["known", "'bra'"]),
        ({"known": {"XXX": "yes"}}, ["known", "'XXX'", "ISO code of a member state"]),
        ({"suspended": ["ZZZ"]}, ["suspended", "'ZZZ'", "ISO code of a member state"]),
        ({"sponsors": {"states": ["EUR"]}}, ["sponsors.states", "'EUR'", "ISO code"]),
        ({"sponsors": {"joining": {"BRA": 1.5}}}, ["sponsors.joining.BRA", "1.5", "1"]),
        ({"arms": {}}, ["arms", "at least 1"]),
        ({"arms": {"With US": {"us": "yes"}}}, ["arms", "'With US'"]),
        ({"arms": {"a": {"us": {"yes": 0.5}}}}, ["arms.a", "sum to 1"]),
        ({"arms": {"a": {"us": "yes", "joining": {"QQQ": 0.5}}}}, ["arms.a.joining", "'QQQ'"]),
        ({"thresholds": [{"at_least": 194}]}, ["thresholds.0.at_least", "194", "193"]),
        (
            {"blocs": {"EU": {"yes": 0.5, "abstain": 0.1, "no": 0.1, "discipline": 1.0}}},
            ["blocs.EU", "sum to 1"],
        ),
        (
            {"resolution": {"symbol": "A", "title": "", "date": DAY, "majority": "most"}},
            ["resolution.majority", "'most'", "simple, two-thirds, two-thirds-of-members"],
        ),
        ({"dependence": {"scale": 51.0}}, ["dependence.scale", "51", "50"]),
        ({"arms": {"a": {"us": "against"}}}, ["arms.a.us", "'against'", "'yes'", "or a table"]),
        ({"arms": {"a": {"us": {"no": 1.4}}}}, ["arms.a.us.no", "1.4", "equal to 1"]),
        ({"arms": {"a": {"us": {"mo": 1.0}}}}, ["arms.a.us.mo: 'mo'", "or 'rival-text'\n"]),
        ({"arms": {"a": {"us": {"no": 0.4, "yes": 0.4}}}}, ["arms.a: us", "sum to 1, not 0.8"]),
        ({"precedents": "ES-11/1"}, ["precedents", "'ES-11/1'", "'auto', or a list"]),
        (
            {"precedents": [{"symbol": "ES-11/1", "likeness": 1.5}]},
            ["precedents.0.likeness", "1.5", "equal to 1"],
        ),
        ({"known": {"Brazil": "yes"}}, ["known.Brazil", "ISO code", "did you mean BRA?"]),
        ({"sponsors": {"states": ["POLND"]}}, ["sponsors.states.0", "ISO code", "POL (Poland)"]),
        ({"us": {"reference": "no", "efect_scale": 1.0}}, ["us.efect_scale", "effect_scale"]),
        ({"thresholds": {"at_least": 97}}, ["thresholds", "a list"]),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_message_names_file_place_value_and_what_is_allowed(
    changed: dict[str, Any], says: list[str]
) -> None:
    lines = problems_of(tables(**changed))
    assert all(line.startswith("a.toml: ") for line in lines)
    [line] = [f"{line}\n" for line in lines if says[0] in line]
    for words in says:
        assert words in line


@pytest.mark.parametrize("name", [*MARKS, "tuple[", ""])
def test_an_unknown_field_is_named_whatever_it_is_called(name: str) -> None:
    [line] = problems_of(tables(**{name: 1}))
    assert line == f"a.toml: {name}: 1: unknown field"


def test_all_wrong_values_are_named_at_once() -> None:
    lines = problems_of(tables(draws=0, seed=-1, colour="blue", title=None))
    assert len(lines) == 4
    assert {line.split(": ")[1] for line in lines} == {"draws", "seed", "colour", "title"}


def test_all_wrong_names_and_days_are_named_at_once() -> None:
    wrong = {"symbol": "A", "title": "", "date": DAY, "majority": "most"}
    lines = problems_of(tables(resolution=wrong, model="oracle", as_of=DAY, known={"XXX": "yes"}))
    assert len(lines) == 4


def test_wrong_values_do_not_hide_wrong_names() -> None:
    wrong = {"symbol": "A", "title": "", "date": DAY, "majority": "most"}
    lines = problems_of(tables(draws=0, resolution=wrong, as_of=DAY, known={"XXX": "yes"}))
    places = {line.split(": ")[1] for line in lines}
    assert {"draws", "resolution.majority", "as_of", "known"} <= places


# What only shows beside the seeds


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"settings": {"half_lives": 1.0}}, "half_lives"),
        ({"settings": {"half_life": 0.0}}, "half_life"),
        ({"settings": {"half_life": -1.0}}, "half_life"),
        ({"settings": {"floor": 2.0}}, "floor"),
        ({"settings": {"floor": -0.1}}, "floor"),
        (
            {"blocs": {"ATLANTIS": {"yes": 1.0, "abstain": 0.0, "no": 0.0, "discipline": 1.0}}},
            "ATLANTIS",
        ),
        ({"precedents": [{"symbol": "ES-99/1"}]}, "ES-99/1"),
        ({"precedents": [{"symbol": "ES-11/7"}]}, "ES-11/7"),  # of the day after
        ({"sponsors": {"seed": "ES-99/1"}}, "ES-99/1"),
        ({"actual": "ES-99/7"}, "ES-99/7"),
        ({"suspended": ["BRA"], "known": {"BRA": "yes"}}, "BRA"),
    ],
    ids=str,
)
def test_what_cannot_be_run_is_a_scenario_error(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(says)):
        resolve(shipped(**changed))


@pytest.mark.parametrize("symbol", ["ES-11/6", "A/RES/ES-11/6", "RES/ES-11/6"])
def test_a_precedent_is_found_however_its_symbol_is_spelt(symbol: str) -> None:
    plain = shipped(precedents=[{"symbol": "ES-11/6"}])
    spelt = shipped(precedents=[{"symbol": symbol}])
    np.testing.assert_array_equal(
        ballots(resolve(spelt))["with-us"].probabilities,
        ballots(resolve(plain))["with-us"].probabilities,
    )


def test_a_suspended_state_has_no_vote_to_give() -> None:
    ballot = ballots(resolve(shipped(suspended=["BRA"])))["with-us"]
    assert ballot.probabilities[CODES.index("BRA")].tolist() == [0, 0, 0, 1]


def test_a_suspended_state_may_be_known_not_to_vote_and_nothing_else() -> None:
    def wrong(vote: str) -> list[str]:
        return known_problems(shipped(known={"VEN": vote}), ["VEN"])

    assert wrong("non_voting") == []
    assert wrong("yes") == [
        "known.VEN: 'yes': has no vote that day (Charter, Art. 19); leave it out"
    ]


def test_a_precedent_is_as_old_as_on_the_day_of_the_forecast() -> None:
    told = shipped(as_of=dt.date(2024, 2, 23), precedents=[{"symbol": "ES-11/6"}])
    [found] = resolve(told).question.precedents
    assert found.age == 365 / 365.25  # 23 February 2023, with no leap day in between


def test_co_sponsoring_lies_a_step_of_its_own_beyond_a_yes() -> None:
    us = {**shipped().us.model_dump(exclude_defaults=True), "co_sponsor_step": 0.25}
    assert positions(shipped(us=us))["co-sponsor"].value == 1 + 0.25


def test_a_suspension_that_begins_after_the_day_of_the_forecast_is_not_foreseen() -> None:
    # Antigua and Barbuda had no vote from 11 to 24 January 2022 (A/76/636 and its addenda)
    def away(as_of: str, day: str) -> bool:
        resolution = {**tables()["resolution"], "date": dt.date.fromisoformat(day)}
        told = tables(as_of=dt.date.fromisoformat(as_of), resolution=resolution)
        return "ATG" in suspended(scenario_of(told, place="a.toml"))

    assert not away("2022-01-10", "2022-01-15")
    assert away("2022-01-11", "2022-01-15")
    assert not away("2022-01-15", "2022-01-24")


# The page made from the schema


def test_what_may_be_a_slip_is_asked_though_it_can_be_run() -> None:
    twice = [{"symbol": "ES-11/6", "likeness": 0.5}, {"symbol": "ES-11/6"}, {"symbol": "ES-11/1"}]
    resolution = {**tables()["resolution"], "asks": ["withdrawal"]}
    sponsors = {"states": ["POL", "FRA", "POL"]}
    asked = doubts(resolve(shipped(precedents=twice, resolution=resolution, sponsors=sponsors)))
    assert [doubt.split(": ")[0] for doubt in asked] == [
        "resolution.asks", "sponsors.states.2", "precedents.1.symbol",
        "precedents.1.symbol", "precedents.2.symbol",
    ]  # fmt: skip
    assert "'withdrawal': no cited text asks this" in asked[0]
    assert all("listed twice" in doubt for doubt in asked[1:3])
    assert all("not alike at all" in doubt for doubt in asked[3:])


@pytest.mark.parametrize(
    ("reference", "likeness", "asked"),
    [("yes", 0.5, ["ES-11/7"]), ("no", 0.5, ["ES-11/6"]), ("silent", 0.5, []), ("no", "words", [])],
)
def test_a_reference_is_asked_about_where_the_united_states_voted_otherwise(
    reference: str, likeness: float | str, asked: list[str]
) -> None:
    # it voted yes on ES-11/6 and no on ES-11/7
    cited = [{"symbol": name, "likeness": likeness} for name in ("ES-11/6", "ES-11/7")]
    resolution = {**tables()["resolution"], "date": dt.date(2025, 9, 8)}
    case = resolve(
        shipped(
            precedents=cited,
            resolution=resolution,
            as_of=dt.date(2025, 9, 7),
            us={"reference": reference},
        )
    )
    told = [one for one in doubts(case) if one.startswith("us.reference: ")]
    assert [one.split("otherwise on ")[1].split(";")[0].split(", ") for one in told] == (
        [asked] if asked else []
    )


@pytest.mark.parametrize("chance", [0.3, 1.0])
def test_joining_in_an_arm_binds_as_joining_in_all_does(chance: float) -> None:
    found = files.read_toml(files.shipped("scenarios") / "anniversary-2025.toml")
    sponsors, arms, joins = found["sponsors"], found["arms"], {"BRA": chance}
    in_all = {**sponsors, "joining": {**sponsors["joining"], **joins}}
    in_one = {**arms, "us-opposes": {**arms["us-opposes"], "joining": joins}}
    one = ballots(resolve(shipped(sponsors=in_all)))["us-opposes"]
    other = ballots(resolve(shipped(arms=in_one)))["us-opposes"]
    np.testing.assert_allclose(other.probabilities, one.probabilities, atol=1e-12)
    np.testing.assert_allclose(other.influence.effect, one.influence.effect, atol=1e-12)
    # and nowhere else
    plain = ballots(resolve(shipped()))
    for arm in ("with-us", "without-us"):
        untouched = ballots(resolve(shipped(arms=in_one)))[arm]
        np.testing.assert_array_equal(untouched.probabilities, plain[arm].probabilities)
        np.testing.assert_array_equal(untouched.influence.effect, plain[arm].influence.effect)


def test_who_sponsors_already_is_not_bound_further_by_joining() -> None:
    arms = files.read_toml(files.shipped("scenarios") / "anniversary-2025.toml")["arms"]
    again = {**arms, "us-opposes": {**arms["us-opposes"], "joining": {"FRA": 1.0, "CHL": 0.5}}}
    plain, twice = (
        ballots(resolve(shipped()))["us-opposes"],
        ballots(resolve(shipped(arms=again)))["us-opposes"],
    )
    np.testing.assert_allclose(twice.probabilities, plain.probabilities, atol=1e-12)


def test_a_sponsor_moves_with_others_as_far_as_its_word_does_not_decide_its_vote() -> None:
    tables = files.read_toml(files.shipped("scenarios") / "anniversary-2025.toml")
    free = {**tables["sponsors"], "share": 0.0}
    bound, loose = (
        ballots(resolve(made))["with-us"].dependence for made in (shipped(), shipped(sponsors=free))
    )
    row = Members.load().row
    for code, left in (("FRA", 0.15), ("CHL", 0.575), ("BRA", 1.0)):
        for name in ("assembly", "bloc"):
            whole = getattr(loose, name)[row(code)]
            assert getattr(bound, name)[row(code)] == pytest.approx(left * whole)
        assert getattr(bound, name)[row("USA")] == 0
    np.testing.assert_array_equal(bound.attendance, loose.attendance)
    assert bound.attendance[row("USA")] == 0


def test_parameters_serve_from_their_day_on_and_not_the_day_before() -> None:
    # those fitted as of a day know strictly earlier days alone
    scenario = read_scenario("anniversary-2025")
    stems = sorted(place.stem for place in files.shipped("seeds").glob("parameters/*.toml"))
    for before, stem in itertools.pairwise(stems):
        day = dt.date.fromisoformat(stem)
        for as_of, wanted in ((day, stem), (day - dt.timedelta(1), before)):
            found = parameter_file(scenario.model_copy(update={"as_of": as_of}), [])
            assert found is not None
            assert found.stem == wanted


def test_a_scale_of_pressure_scales_all_that_pressure_does() -> None:
    scenario = read_scenario("jerusalem-2017")
    whole, half, none = (
        moves(
            resolve(
                scenario.model_copy(
                    update={"us": scenario.us.model_copy(update={"pressure_scale": scale})}
                )
            ),
            "us-lobbies",
        )[0]
        for scale in (1.0, 0.5, 0.0)
    )
    for name in ("pressure", "pressure_sd", "absence"):
        assert getattr(whole, name).any()
        np.testing.assert_allclose(2 * getattr(half, name), getattr(whole, name))
        assert not getattr(none, name).any()


def test_a_move_and_the_move_back_are_as_far_and_as_uncertain() -> None:
    arms = {"abstains": {"us": "abstain"}, "joins": {"us": "co-sponsor"}, "no": {"us": "no"}}
    away = {
        (reference, arm): moves(resolve(tables(us={"reference": reference}, arms=arms)), arm)[0]
        for reference, arm in itertools.product(("abstain", "co-sponsor"), arms)
    }
    there, back = away["abstain", "joins"], away["co-sponsor", "abstains"]
    assert there.distance == -back.distance > 0
    assert there.distance_sd == back.distance_sd > 0


def test_the_committed_page_is_the_one_the_schema_makes() -> None:
    committed = Path(__file__).parent.parent / "docs" / "scenarios.md"
    again = "run `python docs/make_scenarios.py` and commit docs/scenarios.md"
    assert committed.read_text(encoding="utf-8") == schema_page(), again


def test_what_was_judged_after_the_day_of_a_forecast_is_said_to_be_hindsight() -> None:
    case = resolve(read_scenario("jerusalem-2017").model_copy(update={"model": "precedents"}))
    assert list(case.hindsight) == ["discipline", "positions"]  # it names no sponsor
    assert list(resolve("jerusalem-2017").hindsight) == ["positions"]
    assert "sponsors" in resolve("rights-2024").hindsight or not resolve("rights-2024").sponsors
    assert list(resolve("anniversary-2025").hindsight) == ["sponsors"]
    shown = " ".join(assumptions(case))
    assert "Set with hindsight, after the day of the forecast: how closely blocs vote" in shown
    early = ["discipline", "own_will", "positions", "sponsors", "without_a_vote"]
    days = (("2025-09-19", []), ("2025-02-24", early[-1:]), ("2023-12-30", early))
    for day, late in days:
        assert sorted(set_after(dt.date.fromisoformat(day))) == late


def test_the_page_names_every_field_of_every_table() -> None:
    page = schema_page()
    for table in (Scenario, ResolutionTable, StanceTable, DependenceTable):
        for name in table.model_fields:
            assert f"`{name}`" in page or f".{name}]" in page or f"[{name}" in page


def test_every_field_says_what_it_means() -> None:
    rows = [line for line in schema_page().splitlines() if line.startswith("| `")]
    assert rows
    assert [row for row in rows if not row.split("|")[4].strip()] == []


def test_the_smallest_scenario_on_the_page_is_one() -> None:
    assert SMALLEST in schema_page()
    scenario = scenario_of(tomllib.loads(SMALLEST), place="a.toml")
    assert list(ballots(resolve(scenario))) == ["as-it-is"]
    for name in tomllib.loads(SMALLEST):
        if name != "model":  # the default needs a precedent
            assert problems_of(tables(**{name: None}))
