"""What a run says, on an assembly of three states whose numbers can be worked by hand."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from sim.assembly.choices import CHOICES, Choice
from sim.assembly.members import US, Members
from sim.assembly.rules import RULES
from sim.cli.show import Screen
from sim.models.judgements import influence_seeds
from sim.record.cited import cited_roll_calls
from sim.report import (
    Report,
    assumptions,
    explanation_table,
    percent,
    real_vote,
    real_vote_table,
)
from sim.report.sweep import _value
from sim.report.table import Table
from sim.report.words import (
    change_of_votes,
    error,
    joined,
    signed,
    unlikely_votes,
    whole_percent,
)
from sim.runs.hindsight import actual_table, fall, hindsight
from sim.runs.sentence import case, in_words, sentence
from sim.runs.simulate import simulate
from sim.scenario.ballots import ballots
from sim.scenario.case import resolve
from sim.scenario.schema import Scenario, ScenarioError, read_scenario
from sim.studies.explain import Explanation, Reason, explain
from sim.vote import chance
from sim.vote.exact.solve import marginals
from sim.vote.outcomes import ArmChances, ArmCounts, PairCounts
from sim.vote.outcomes.tables import Outcomes, Threshold
from sim.vote.surprise import UNLIKELY

LABELS = {"with-us": "US co-sponsors", "without-us": "US does not co-sponsor"}


NOBODY = [1.0, 0.0, 0.0, 0.0]


def arm(states: list[list[float]], yes: list[float], *, adopted: float) -> ArmChances:
    """An arm whose count of yes is given; nobody ever votes no, abstains or stays away."""
    tallies, margins = np.array([yes, NOBODY, NOBODY, NOBODY]), np.array([0, 0, 0, *yes])
    return ArmChances(tallies, margins, np.array(states), adopted, 0.0, other=tallies)


def counts(yes: list[float], *, adopted: float) -> ArmCounts:
    """What was counted over four draws."""
    tallies = np.array([yes, *[[4 * share for share in NOBODY]] * 3])
    return ArmCounts(4.0, 4.0, tallies, np.array([0, 0, 0, *yes]), np.zeros((3, 4)), adopted)


@pytest.fixture
def outcomes() -> Outcomes:
    """Two arms: without the US, one yes fewer in half of the draws."""
    sure, even = [1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]
    differences = np.zeros((4, 7))
    differences[:, 3] = 4.0  # no difference ...
    differences[Choice.YES] = [0.0, 0.0, 2.0, 2.0, 0.0, 0.0, 0.0]  # ... but in yes: -1 or 0
    return Outcomes(
        stem="small",
        title="A small assembly",
        as_of=dt.date(2025, 2, 23),
        draws=4,
        seed=1,
        codes=("BRA", "PLW", "USA"),
        names=("Brazil", "Palau", "United States"),
        counts={
            "with-us": counts([0, 0, 0, 4], adopted=4.0),
            "without-us": counts([0, 0, 2, 2], adopted=2.0),
        },
        exact={
            "with-us": arm([sure, sure, sure], [0, 0, 0, 1], adopted=1.0),
            "without-us": arm([sure, even, even], [0, 0.25, 0.5, 0.25], adopted=0.25),
        },
        pairs={("without-us", "with-us"): PairCounts(differences, np.zeros(3))},
        thresholds=(Threshold(Choice.YES, 2),),
    )


def test_a_chance_that_is_neither_is_never_shown_as_certain() -> None:
    assert percent(1e-9) == "<0.1 %"
    assert [whole_percent(chance) for chance in (0.0099, 0.01, 0.99, 0.9901)] == [
        "<1 %", "1 %", "99 %", ">99 %",
    ]  # fmt: skip
    assert percent(0.99951) == ">99.9 %"
    assert percent(0.99949) == "99.9 %"
    for thousandths in range(100_001):
        assert percent(thousandths / 100_000) not in ("0.0 %", "100.0 %", "0 %", "100 %")


def test_what_is_so_by_rule_is_shown_as_certain() -> None:
    assert percent(1.0, certain=True) == "100 %"
    assert percent(1 - 1e-12, certain=True) == ">99.9 %"


def test_few_draws_claim_no_more_than_they_can() -> None:
    assert percent(0.0, draws=50) == "<2 %"
    assert percent(1.0, draws=50) == ">98 %"


def test_minus_zero_is_zero(outcomes: Outcomes) -> None:
    assert signed(-0.001) == "0.0"
    little = Reason("bloc", "a bloc", np.array([0.6, 0.4, -1e-9, 0.0]))
    less = Reason("attendance", "absence", np.array([0.0, 0.0, 1e-10, 0.0]))
    shown = explanation_table(Explanation("BRA", "Brazil", "with-us", (little, less)), "US is in")
    assert "-0.0" not in shown.total
    even = {
        name: replace(of, margins=np.array([0, 0, 0.5, 0.01, 0.49, 0, 0]))
        for name, of in outcomes.exact.items()
    }
    margins = Report(replace(outcomes, exact=even), LABELS).margin()
    assert [row[1] for row in margins.rows] == ["0.0", "0.0"]
    assert _value(-0.0) == "0"


def test_an_error_is_never_shown_as_none() -> None:
    assert error(0.0) == "± <0.01"
    assert error(0.0, bound=True) == "within <0.01"


def test_a_computed_threshold_is_as_far_off_as_its_counts_may_be() -> None:
    found, other = (np.array([yes] * 4) for yes in ([0.5, 0.5, 0.0], [0.5, 0.2, 0.3]))
    chances = ArmChances(found, np.zeros(5), np.zeros((2, 4)), 0.5, 0.0, other=other)
    assert chances.reaching(Choice.YES, 2) == (0.0, pytest.approx(0.3))
    assert chances.reaching(Choice.YES, 1) == (0.5, pytest.approx(0.0))
    # the 75 % and 95 % quantiles are 1, or else 2
    assert chances.off(Choice.YES) == 1


def test_a_drawn_range_is_off_by_what_its_standard_error_spans() -> None:
    # of 100 draws the standard error at 50 % is 5 %: on counts as likely each, 5 of 100 counts
    even = np.full((4, 100), 0.01)
    chances = ArmChances(even, np.zeros(5), np.zeros((2, 4)), 0.5, 0.0, effective=100.0)
    assert chances.off(Choice.YES) == 5
    # one draw each way before the error is taken: (50 + 1) / 102 is one half
    assert chances.reaching(Choice.YES, 50) == (pytest.approx(0.5), pytest.approx(0.05))


def test_a_difference_reads_as_more_or_fewer() -> None:
    assert change_of_votes(3.04, -1, 7) == "3.0 more yes votes (90 % range: 1 fewer to 7 more)"


def test_every_chance_has_words() -> None:
    assert in_words(0.0) == "virtually certain to fail"
    assert in_words(1.0) == "virtually certain to be adopted"


def test_an_arm_without_a_label_is_named_as_it_is() -> None:
    assert case("later", "later") == "in the arm later"


def test_a_list_of_nothing_is_empty() -> None:
    assert joined([]) == ""


def test_the_answer_says_who_how_likely_how_many_and_what_is_assumed(outcomes: Outcomes) -> None:
    many = {name: of + of for name, of in outcomes.counts.items()}
    for _ in range(9):  # of 4096 draws, which are not few
        many = {name: of + of for name, of in many.items()}
    outcomes = replace(outcomes, counts=many, draws=4096)
    assert Report(outcomes, LABELS).answer() == (
        "If the US co-sponsors, the draft is virtually certain to be adopted (chance >99.9 %), "
        "with about 3 yes (90 % range: 3 to 3), 0 no and 0 abstentions; "
        "if the US does not co-sponsor, the chance is 25.0 %, "
        "with 0.5 fewer yes votes (90 % range: 1 fewer to none); "
        "how far the US moves others is an assumption, not a measured effect."
    )


def test_the_table_of_adoption_has_drawn_and_computed_chances(outcomes: Outcomes) -> None:
    table = Report(outcomes, LABELS).adoption()
    # four draws: a share of 2/4 has the standard error sqrt(0.5 * 0.5 / 4) = 0.25
    assert table.rows[1] == (
        "US does not co-sponsor\n(without-us)",
        "50.0 %\n± 25.0",
        "25.0 %\nwithin <0.01",
        "75.0 %\nwithin <0.01",
    )
    assert table.columns == ("arm", "drawn", "computed", "yes >= 2")


def test_the_expected_tally_has_both_ranges(outcomes: Outcomes) -> None:
    row = Report(outcomes, LABELS).tally().rows[1]
    # yes is 1, 2 or 3 with chances 1/4, 1/2, 1/4: mean 2, quartiles 1 and 2, 5 % and 95 % 1 and 3
    assert row[2] == "2.0\n1 to 2\n1 to 3"


def test_the_difference_says_how_much_is_the_vote_of_the_us_itself(outcomes: Outcomes) -> None:
    table = Report(outcomes, LABELS).differences()
    assert table.rows[0][:3] == (
        "US does not co-sponsor,\ncompared with: US\nco-sponsors",
        "-75.0",
        "-0.5\n-1 to 0",
    )
    assert "own makes up -0.5 if the US does not co-sponsor" in table.note


def test_movers_leave_out_the_us_and_say_where_states_move_to(outcomes: Outcomes) -> None:
    table = Report(outcomes, LABELS).movers()
    assert table.rows[0] == ("Palau", ">99.9 %", "50.0 %", "abstain")
    assert "United States" not in [row[0] for row in table.rows]


def test_a_single_arm_has_no_table_of_differences(outcomes: Outcomes) -> None:
    alone = Outcomes(
        **{
            **vars(outcomes),
            "counts": {"with-us": outcomes.counts["with-us"]},
            "exact": {"with-us": outcomes.exact["with-us"]},
            "pairs": {},
        }
    )
    report = Report(alone, LABELS)
    assert len(report.tables()) == 4
    assert "assumption" not in report.answer()


def test_every_row_of_every_table_has_all_its_columns(outcomes: Outcomes) -> None:
    for table in Report(outcomes, LABELS).tables():
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_a_percentile_counts_half_of_its_own_count() -> None:
    found = fall(np.array([0.1, 0.2, 0.4, 0.3]), 2)
    assert found.percentile == pytest.approx(10 + 20 + 40 / 2)


def whole_assembly(yes: int) -> Outcomes:
    """Exactly so many of 193 states say yes, each as likely as the others; the rest says no."""
    chance = yes / 193
    tallies = np.zeros((4, 194))
    tallies[Choice.YES, yes] = tallies[Choice.NO, 193 - yes] = 1.0
    tallies[[Choice.ABSTAIN, Choice.NON_VOTING], 0] = 1.0
    margins = np.eye(387)[2 * yes]  # yes less no is 2 yes less 193, the lowest being -193
    states = np.tile([chance, 0.0, 1 - chance, 0.0], (193, 1))
    return Outcomes(
        stem="x",
        title="x",
        as_of=dt.date(2025, 2, 23),
        draws=1,
        seed=0,
        codes=(),
        names=(),
        counts={},
        exact={"only": ArmChances(tallies, margins, states, 1.0, 0.0, other=tallies)},
        pairs={},
    )


def test_the_real_vote_is_looked_up_and_placed() -> None:
    real = hindsight(whole_assembly(93), "ES-11/7", rule=RULES["two-thirds"])
    # FACTS: 93-18-65, 17 not voting; a forecast of 93 yes and 100 no is right on yes alone
    assert [real.falls["only"][choice].within_90 for choice in CHOICES] == [
        True,
        False,
        False,
        False,
    ]
    # the likeliest choice is no for every state, and 18 voted no, the United States among them
    assert (real.states["only"].right, real.states["only"].states) == (18, 193)
    assert real.fits == ("only",)


def test_the_real_vote_is_told_right_or_wrong() -> None:
    real = hindsight(whole_assembly(150), "ES-11/7", rule=RULES["two-thirds"])
    sentences = real_vote(real, {"only": "US votes no"})
    outside = "yes, no, abstain and not voting in “US votes no”"
    assert sentences[1] == f"Outside the 90 % range: {outside}."
    # of 150 the percentile of 93 is 0
    assert real_vote_table(real, {"only": "US votes no"}).rows[0][:2] == (
        "US votes no",
        "below 1\noutside",
    )


def test_hindsight_says_in_its_file_that_it_is_no_input() -> None:
    stored = json.loads(
        json.dumps(actual_table(hindsight(whole_assembly(93), "ES-11/7", rule=RULES["simple"])))
    )
    assert "nothing here is an input" in stored["note"]
    assert stored["tally"] == {"yes": 93, "abstain": 65, "no": 18, "non_voting": 17}


def test_an_explanation_adds_up() -> None:
    reasons = (
        Reason("precedent", "ES-11/6", np.array([0.0, 0.7, 0.0, 0.0])),
        Reason("attendance", "own record of late", np.array([0.0, 0.0, 0.0, 0.3])),
        Reason("us", "without-us", np.array([0.0, -0.1, 0.1, 0.0])),
    )
    table = explanation_table(Explanation("BRA", "Brazil", "without-us", reasons), "US is silent")
    assert table.rows[0] == ("own vote on ES-11/6: abstain", "70.0", "", "", "70.0", "")
    assert table.rows[2] == (
        "US position in this arm",
        "moves 10.0",
        "0.0",
        "+10.0",
        "-10.0",
        "0.0",
    )
    assert table.total == ("together", "100.0", "0.0", "10.0", "60.0", "30.0")


@pytest.fixture(scope="module")
def anniversary() -> Scenario:
    """The first scenario."""
    return read_scenario("anniversary-2025")


@pytest.mark.parametrize("iso3", ["BRA", "HUN", "USA", "VEN"])
def test_the_reasons_of_a_state_add_up_to_certainty(anniversary: Scenario, iso3: str) -> None:
    explanation = explain(anniversary, iso3, arm="us-opposes")
    assert explanation.probabilities.sum() == pytest.approx(1)
    assert sum(reason.share for reason in explanation.reasons) == pytest.approx(1)


def test_a_known_vote_explains_itself(anniversary: Scenario) -> None:
    known = anniversary.model_copy(update={"known": {"BRA": "no"}})
    explanation = explain(known, "BRA", arm="with-us")
    assert explanation.probabilities == pytest.approx([0, 0, 1, 0])
    assert explanation.reasons[-1].kind == "known"


def test_blocs_that_hardly_count_are_put_together(anniversary: Scenario) -> None:
    blocs = [
        reason
        for reason in explain(anniversary, "HUN", arm="with-us").reasons
        if reason.kind == "bloc"
    ]
    assert sum(reason.share < 0.01 for reason in blocs) <= 1


def test_assumptions_name_the_source_of_the_us_effect(anniversary: Scenario) -> None:
    (effect,) = [
        line for line in assumptions(resolve(anniversary)) if "seeds/influence.toml" in line
    ]
    assert "an assumption with a range, not a measured cause" in effect
    west = influence_seeds()["groups"]["west"]
    middle, half = west["effect"], 1.645 * west["effect_sd"]  # 90 % of a normal distribution
    assert f"{middle:.2f} ({middle - half:.2f} to {middle + half:.2f}) for west" in effect


@pytest.mark.parametrize("precedents", ["auto", None])
def test_assumptions_say_how_alike_each_precedent_is(precedents: str | None) -> None:
    scenario = read_scenario("rights-2024")
    if precedents:
        scenario = scenario.model_copy(update={"precedents": precedents})
    (grounds,) = [line for line in assumptions(resolve(scenario)) if line.startswith("Model ")]
    found = resolve(scenario).precedents
    assert "77/229" in {each.symbol for each in found}
    assert grounds.count(" alike)") == len(found)
    for each in found:
        assert f"{each.symbol} ({each.likeness:.2f} alike)" in grounds


def test_assumptions_name_what_is_taken_as_certain(anniversary: Scenario) -> None:
    known = anniversary.model_copy(update={"known": {"BRA": "yes", "HUN": "no"}})
    assert "Taken as certain: Brazil yes and Hungary no." in assumptions(resolve(known))


def test_a_run_warns_where_known_votes_were_held_unlikely() -> None:
    scenario = read_scenario("anniversary-2025")
    arm = {"with-us": scenario.arms["with-us"]}
    unlikely, likely = (
        simulate(scenario.model_copy(update={"arms": arm, "known": known}), draws=4096)
        for known in ({"HUN": "no", "MHL": "no", "PLW": "no"}, {"FRA": "yes"})
    )
    warned = Report(unlikely, {"with-us": "US co-sponsors"}).cautions()
    assert "had a chance of" in warned[0]
    assert "draws" in warned[1]
    assert Report(likely, {"with-us": "US co-sponsors"}).cautions() == []


def test_the_united_states_votes_as_its_arm_says_whatever_is_known_of_others() -> None:
    scenario = read_scenario("anniversary-2025")
    alone, given = (
        ballots(resolve(scenario, known=known))["with-us"] for known in ({}, {"HUN": "no"})
    )
    us = Members.load().row("USA")
    found = marginals(given)[us]
    np.testing.assert_allclose(found, alone.probabilities[us], atol=1e-5)


def test_a_known_vote_of_the_united_states_is_refused() -> None:
    known = read_scenario("anniversary-2025").model_copy(update={"known": {"USA": "no"}})
    with pytest.raises(ScenarioError, match=r"known\.USA: 'no': each arm sets what the United"):
        resolve(known)


def test_known_votes_are_warned_of_below_two_per_cent() -> None:
    assert unlikely_votes(0.0201) == []
    assert len(unlikely_votes(0.0199)) == 1


def test_many_votes_as_expected_are_not_warned_of_and_a_few_rebels_among_them_are() -> None:
    # what happened on the text itself, which was forecast well: 81-14-80
    record, members = cited_roll_calls(), Members.load()
    votes = record.votes[record.row("79/184")]
    may = np.flatnonzero(np.array(members.codes) != US)
    some = may[chance.order(1, number=1, items=len(may))][:40]
    real = {members.codes[row]: Choice(int(votes[row])) for row in some}
    rebels = {**real, "FRA": Choice.NO, "NOR": Choice.NO, "JPN": Choice.NO}
    expected, broken = (
        simulate("rights-2024", known=known, engine="exact") for known in (real, rebels)
    )
    assert expected.known < UNLIKELY
    assert Report(expected, {}).cautions() == []
    assert "give those announced as expected" in Report(broken, {}).cautions()[0]


@pytest.mark.parametrize(("vote", "begins"), [("yes", "After votes held"), ("no", "If the US")])
def test_the_sentence_warns_where_known_votes_were_hardly_possible(vote: str, begins: str) -> None:
    # Israel votes as the United States does on Jerusalem: no
    given = read_scenario("jerusalem-2017").model_copy(update={"known": {"ISR": vote}})
    outcomes = simulate(given, engine="exact")
    us = {arm: table.us for arm, table in given.arms.items()}
    told = sentence(outcomes, {arm: arm for arm in given.arms}, us=us)
    told_as_us = sentence(outcomes, dict.fromkeys(given.arms, "US votes no"), us=us)
    assert told_as_us.startswith(begins)
    assert len(told.split()) <= 40
    assert (outcomes.known < 0.02) is (vote == "yes")
    assert told.endswith(", on an assumed US effect.")
    # arms in which it does the same differ by something else
    same = dict.fromkeys(given.arms, "no")
    assert "assumed" not in sentence(outcomes, same, us=same)


LEDGER = ("scenario, arm", "made", "yes: 90 % range", "real", "log loss", "CRPS")
TABLES = [
    (
        ("scenario", "made", "yes", "adopted", "CRPS"),
        ("path-to-peace-amended-2025\nus-stands-by-it", "2025-02-23", "42 to 132", "0.5 %", "12.5"),
    ),
    (
        LEDGER,
        (
            "rival-draft-2022\nus",
            "2026-11-28\nafter the vote",
            "4 to 9",
            "3",
            "0.8 (0.8)",
            "5.0 (4)",
        ),
    ),
]


@pytest.mark.parametrize("width", ["30", "40", "60", "72", "80", "120"])
@pytest.mark.parametrize(("columns", "row"), TABLES)
def test_a_table_keeps_every_cell_however_narrow_the_screen(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    columns: tuple[str, ...],
    row: tuple[str, ...],
    width: str,
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    Screen().table(Table("", columns, (row,)))
    shown = "".join(capsys.readouterr().out.split()).replace("-", "")
    wanted = "".join("".join((*columns, *row)).split()).replace("-", "")
    assert sorted(shown) == sorted(wanted)


STEP = ("amendment-aggression", "us-stands-by-it", "90.0 %", "74-21-71", "41 to 113", "60-18-81")


@pytest.mark.parametrize("width", ["60", "80", "100"])
def test_a_long_name_breaks_at_its_hyphens_and_a_tally_never(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    columns = ("step", "arm", "put", "yes-no-abstain", "yes: 90 %", "real")
    long = "the-united-states-co-sponsors-the-draft\nUS does not co-sponsor"
    Screen().table(Table("", columns, (STEP, (long, *STEP[1:]))))
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= int(width)
    whole = " ".join((*columns, *STEP, long)).split()
    parts = {part for word in whole for part in re.findall(r"[^-]+-?", word)}
    for word in out.split():
        # a line of a cell is a name, or some of its parts in a row
        pieces = re.findall(r"[^-]+-?", word)
        assert word in whole or set(word) == {"-"} or set(pieces) <= parts, word
        if word[0].isdigit() and "-" in word:
            assert word in STEP
