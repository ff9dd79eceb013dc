"""The back-test: its counts, its tables and files, its page and its figures."""

from __future__ import annotations

import datetime as dt
import functools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_records import STATES, US, habits, record_of, votes_of

from sim.assembly.blocs import Blocs
from sim.assembly.choices import CHOICES, COLUMNS, LOST, FloatArray
from sim.assembly.draft import DraftResolution
from sim.models import MODELS, Precedent, Question
from sim.models.dependence import earlier
from sim.models.judgements import model_seeds, settings_of
from sim.models.learned.asking import nearest_roll_calls
from sim.models.measured import COLUMNS as SKILL
from sim.models.measured import measured_skill
from sim.models.rolling import RollingForecasts, Us
from sim.models.window import forecasts_between
from sim.record import Day, Record
from sim.record.value import ShortRecordError
from sim.report.figures.backtest import draw_backtest, pit_page, years_page
from sim.skill import GROUPINGS, by_group, joined_pages, skill_page, why, worst_misses
from sim.skill.backtest import (
    BEST,
    RESCALED,
    BacktestResult,
    Forecaster,
    counts_under,
    independent_counts,
    past_counts,
    rescaled_counts,
    run_backtest,
    write_backtest,
)
from sim.skill.backtest.forecasters import contenders
from sim.skill.backtest.like import like_texts
from sim.skill.backtest.run import LABELS
from sim.skill.baselines import forecast_baselines
from sim.vote.dependence import Dependence, Size

YES, ABSTAIN, NO, AWAY = CHOICES


@functools.cache
def result(us: Us = "given") -> BacktestResult:
    """The baselines on two years of habits."""
    return run_backtest(habits(), "2012-01-01", "2013-12-31", us=us)


def clairvoyant(record: Record, first: Day, last: Day, *, us: Us, jobs: int) -> RollingForecasts:
    """Knows the votes, and is nearly sure of them."""
    del us, jobs
    known = next(iter(forecast_baselines(record, first, last, names=["overall"]).values()))
    made = record.votes[known.rows][..., None] == np.arange(4)
    chances = np.where(made.any(axis=2, keepdims=True), 0.02 + 0.92 * made, 0.25)
    return RollingForecasts(known.rows, chances, known.novelty, known.recurring)


SEER = Forecaster("clairvoyant", clairvoyant, independent_counts)


def forecasts_of(record: Record, chances: FloatArray) -> RollingForecasts:
    """The same chances for every state in every roll call."""
    rolls = len(record)
    each = np.broadcast_to(chances, (rolls, STATES, 4))
    return RollingForecasts(np.arange(rolls), each, np.zeros(rolls), np.zeros(rolls, bool))


def test_counts_of_two_states_on_their_own_are_those_of_two_coins() -> None:
    record = record_of([{"date": "2019-01-01"}], votes_of("YN"))
    counts = independent_counts(record, forecasts_of(record, np.array([0.3, 0.0, 0.7, 0.0])))
    assert counts[0, YES, :4] == pytest.approx([0.49, 0.42, 0.09, 0])
    assert counts[0, AWAY, 0] == 1


def test_states_that_are_no_members_and_lost_votes_are_in_no_count() -> None:
    votes = votes_of("YNY")
    votes[0, 2] = LOST
    record = record_of([{"date": "2019-01-01"}], votes)
    counts = independent_counts(record, forecasts_of(record, np.array([1.0, 0, 0, 0])))
    assert counts[0, YES].argmax() == 2
    assert counts[0, YES, 2] == 1


def test_the_two_ways_to_count_agree_if_nothing_is_shared() -> None:
    record = habits().between("2013-01-01", "2013-12-31")
    shares = np.random.default_rng(3).dirichlet(np.ones(4), size=(len(record), STATES))
    forecasts = RollingForecasts(
        np.arange(len(record)), shares, np.zeros(len(record)), np.zeros(len(record), bool)
    )
    alone = [Dependence.independent(STATES)] * len(record)
    exactly = counts_under(record, forecasts, alone)
    assert exactly == pytest.approx(independent_counts(record, forecasts), abs=1e-9)


def test_states_that_move_together_make_counts_less_sure() -> None:
    record = habits().between("2013-01-01", "2013-10-31")
    forecasts = forecasts_of(record, np.array([0.6, 0.2, 0.1, 0.1]))
    weights = np.full(STATES, 0.8)
    shared = Dependence(
        ("all",), np.zeros(STATES, int), weights, 0 * weights, weights, (Size(1.0, 1.0),)
    )
    together = counts_under(record, forecasts, [shared] * len(record))
    alone = independent_counts(record, forecasts)
    votes = np.arange(STATES + 1)
    for choice in CHOICES:
        means = [counts[0, choice] @ votes for counts in (together, alone)]
        assert means[0] == pytest.approx(means[1], abs=0.5)
        spreads = [
            counts[0, choice] @ (votes - mean) ** 2
            for counts, mean in zip((together, alone), means, strict=True)
        ]
        assert spreads[0] > 4 * spreads[1]


def test_a_state_that_was_no_member_is_left_out_of_what_is_shared() -> None:
    record = habits().between("2006-01-01", "2006-10-31")  # the first state was no member
    forecasts = forecasts_of(record, np.array([1.0, 0, 0, 0]))
    counts = counts_under(record, forecasts, [Dependence.independent(STATES)] * len(record))
    assert (counts[:, YES].argmax(axis=1) == STATES - 1).all()


def test_the_number_of_workers_changes_no_count() -> None:
    record = habits().between("2010-01-01", "2013-12-31")
    forecasts = forecasts_of(record, np.array([0.6, 0.2, 0.1, 0.1]))
    alone = [Dependence.independent(STATES)] * len(record)
    one, two = (counts_under(record, forecasts, alone, jobs=jobs) for jobs in (1, 2))
    assert one.tobytes() == two.tobytes()


def test_past_counts_are_those_of_the_five_years_before() -> None:
    days = ("2013-01-01", "2015-01-01", "2016-01-01", "2019-01-01")
    record = record_of([{"date": day} for day in days], votes_of("NNN", "YNN", "YYN", "YYY"))
    counts = past_counts(record, forecasts_of(record, np.full(4, 0.25)))
    assert counts[3, YES, :4] == pytest.approx([0, 0.5, 0.5, 0], abs=1e-3)


def test_the_spread_is_rescaled_by_how_far_off_earlier_years_were() -> None:
    # three earlier roll calls in which all 100 states did what 6 in 10 were expected to
    letters = ["Y" * 100, "Y" * 100, "N" * 100, "Y" * 60 + "N" * 40]
    days = ("2016-01-01", "2017-01-01", "2018-01-01", "2019-01-01")
    record = record_of([{"date": day} for day in days], votes_of(*letters))
    forecasts = forecasts_of(record, np.array([0.6, 0.0, 0.4, 0.0]))
    counts = rescaled_counts(record, forecasts, earlier=forecasts)
    # on their own sd = sqrt(100 * 0.24) = 4.9; missed by 40, 40 and 60, so 46.7 on average;
    # a normal is sqrt(2 / pi) = 0.798 sd from its mean on average: sd = 46.7 / 0.798 = 58.5
    upto = counts[3, YES].cumsum()
    assert upto[60 - 29] == pytest.approx(0.312, abs=0.005)  # half a sd below the mean
    assert upto[99] < 1 - 0.2
    assert upto[100] == pytest.approx(1)


def test_of_a_year_only_earlier_years_rescale_the_spread() -> None:
    days = ("2018-01-01", "2018-06-01")
    record = record_of([{"date": day} for day in days], votes_of("Y" * 100, "N" * 100))
    forecasts = forecasts_of(record, np.array([0.6, 0.0, 0.4, 0.0]))
    counts = rescaled_counts(record, forecasts, earlier=forecasts)
    alone = independent_counts(record, forecasts)
    assert counts[0, YES] == pytest.approx(alone[0, YES], abs=0.002)


def test_every_state_vote_of_the_window_has_one_row_that_sums_to_one() -> None:
    table = result().forecasts
    chances = table[[f"p_{column}" for column in COLUMNS]].to_numpy()
    assert chances.sum(axis=1) == pytest.approx(np.ones(len(table)))
    assert len(table) == (result().held.votes >= 0).sum()
    assert list(table)[:3] == ["symbol", "date", "iso3"]
    assert not table.duplicated(["key", "iso3"]).any()


def test_tallies_have_the_real_counts_beside_the_forecast() -> None:
    table = result().tallies
    head = ["symbol", "date", "choice", "mean", "sd", "q05", "q25", "q50", "q75", "q95"]
    assert list(table)[:12] == [*head, "actual", "crps"]
    actual = table["actual"].to_numpy().reshape(-1, len(CHOICES))
    assert (actual == result().held.tallies()).all()
    assert (table["q05"] <= table["q50"]).all()


def test_every_forecaster_is_judged_on_the_same_rows() -> None:
    told = result().scores
    assert told["roll_calls"] == 16
    assert told["state_votes"] == (result().held.votes >= 0).sum()
    assert set(told["forecasters"]) == set(LABELS)
    for each in told["forecasters"].values():
        assert {"all", "without_us", "recurring", "new"} < set(each)


def test_scores_are_means_over_the_votes_of_the_window() -> None:
    judged, held = result().judged["state"], result().held
    made = held.votes[..., None] == np.arange(4)
    chance = judged.forecasts.probabilities[made]
    told = result().scores["forecasters"]["state"]["all"]["four_choices"]
    assert told["log_loss"]["value"] == pytest.approx(-np.log(chance).mean())
    assert told["log_loss"]["standard_error"] > 0


def test_without_the_united_states_its_votes_do_not_count() -> None:
    tested = run_backtest(habits(), "2013-01-01", "2013-12-31", models={"seer": SEER})
    told = tested.scores["forecasters"]["state"]
    votes = np.delete(tested.held.votes, US, axis=1)
    chances = np.delete(tested.judged["state"].forecasts.probabilities, US, axis=1)
    chance = chances[votes[..., None] == np.arange(4)]
    assert told["without_us"]["four_choices"]["log_loss"]["value"] == pytest.approx(
        -np.log(chance).mean()
    )


def test_a_difference_is_the_model_less_the_other() -> None:
    tested = run_backtest(habits(), "2013-01-01", "2013-12-31", models={"seer": SEER})
    assert tested.model == "seer"
    scores = tested.scores
    apart = scores["differences"]["seer"][BEST]["all"]["four_choices"]["log_loss"]
    one, other = (
        scores["forecasters"][name]["all"]["four_choices"]["log_loss"]["value"]
        for name in ("seer", BEST)
    )
    assert apart["value"] == pytest.approx(one - other)
    assert apart["q95"] < 0


def test_counts_scores_and_calibration_are_told_of_every_choice() -> None:
    told = result().scores["forecasters"][RESCALED]["all"]
    for part in ("counts", "calibration_error"):
        assert set(told[part]) == set(COLUMNS)
    for name in ("absolute_error", "crps", "coverage_50", "coverage_90", "closed_90"):
        assert np.isfinite(told["counts"]["yes"][name]["value"])


def test_the_files_hold_what_the_tables_do(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    write_backtest(result(), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "forecasts.csv", "tallies.csv", "scores.json", "skill.csv", "mine.txt",
    }  # fmt: skip
    forecasts = pd.read_csv(tmp_path / "forecasts.csv")
    pd.testing.assert_frame_equal(
        forecasts.drop(columns="key"), result().forecasts.drop(columns="key"), rtol=1e-9
    )
    chances = forecasts[[f"p_{column}" for column in COLUMNS]].sum(axis=1)
    assert chances.to_numpy() == pytest.approx(np.ones(len(forecasts)), abs=1e-9)
    told = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert told["forecasters"].keys() == result().judged.keys()


def test_the_same_back_test_writes_the_same_bytes(tmp_path: Path) -> None:
    for name, jobs in (("one", 1), ("two", 2)):
        again = run_backtest(habits(), "2013-01-01", "2013-12-31", jobs=jobs)
        write_backtest(again, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_window_without_a_roll_call_is_refused() -> None:
    with pytest.raises(ValueError, match="no roll call from 2030-01-01 to 2030-12-31"):
        run_backtest(habits(), "2030-01-01", "2030-12-31")


def test_a_model_that_forecasts_other_roll_calls_is_refused() -> None:
    def late(record: Record, first: Day, last: Day, *, us: Us, jobs: int) -> RollingForecasts:
        del first
        return clairvoyant(record, "2013-12-01", last, us=us, jobs=jobs)

    with pytest.raises(ValueError, match="'late': its roll calls are not those of the window"):
        run_backtest(
            habits(), "2013-01-01", "2013-12-31",
            models={"late": Forecaster("late", late, independent_counts)},
        )  # fmt: skip


def test_any_model_of_scenarios_is_judged_on_the_rows_of_the_baselines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(earlier, "FEWEST", 1000)  # states share nothing: quick
    names = ["bloc-shares", "precedents"]
    tested = run_backtest(
        habits(), "2013-01-01", "2013-12-31", us="unknown", models=contenders("unknown", names)
    )
    assert list(tested.judged)[:2] == names
    for name in names:
        told = tested.scores["forecasters"][name]["all"]["four_choices"]["log_loss"]["value"]
        overall = tested.scores["forecasters"]["overall"]["all"]["four_choices"]["log_loss"]
        # states of habits vote alike on a text each year, which both models see
        assert told < overall["value"]
    assert tested.judged["precedents"].forecasts.recurring.any()


def test_skill_on_like_texts_adds_up_to_the_skill_on_all() -> None:
    tested = run_backtest(habits(), "2013-01-01", "2013-12-31", models={"learned": SEER})
    table = like_texts(tested.held, tested.judged, us="given")
    assert set(table["forecaster"]) == {"learned", *LABELS}
    mine = table[table["forecaster"] == "learned"]
    parts, whole = mine[mine["kind"] != "all"], mine[mine["unfamiliar"] == "all"].iloc[0]
    assert parts["roll_calls"].sum() == whole["roll_calls"] == len(tested.held)
    told = tested.scores["forecasters"]["learned"]["all"]
    places = {"yes_error": ("yes", "absolute_error"), "coverage_90_no": ("no", "coverage_90")}
    for name, (choice, place) in places.items():
        mean = np.average(parts[name], weights=parts["roll_calls"])
        assert mean == pytest.approx(whole[name])
        assert mean == pytest.approx(told["counts"][choice][place]["value"])
    loss = told["four_choices"]["log_loss"]
    assert whole["log_loss"] == pytest.approx(loss["value"])
    assert whole["log_loss_se"] == pytest.approx(loss["standard_error"])
    # every roll call of habits has as many votes, so the mean over roll calls is that over votes
    mean = np.average(parts["log_loss"], weights=parts["roll_calls"])
    assert mean == pytest.approx(whole["log_loss"], abs=1e-3)


def test_a_run_is_told_of_every_window_and_of_the_best_baseline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def row(forecaster: str, first: str, loss: float, **other: str) -> dict[str, str]:
        blank = dict.fromkeys(SKILL, "0.5")
        place = {"us": "given", "kind": "whole", "unfamiliar": "new", "first": first, "last": "2"}
        return (
            blank
            | place
            | {"forecaster": forecaster, "log_loss": str(loss)}
            | {"roll_calls": "7", **other}
        )

    rows = [
        row("learned", "2024", 0.4), row("learned", "2012", 0.3), row("precedents", "2012", 0.1),
        row("learned", "2012", 0.9, us="unknown"), row("learned", "2012", 0.8, kind="amendment"),
        row("state", "2012", 0.7), row("overall", "2012", 0.6), row("overall", "2024", 0.2),
    ]  # fmt: skip
    monkeypatch.setattr("sim.models.measured.measured_rows", lambda: rows)
    found = measured_skill("learned", novelty=0.8)
    told = [(each["first"], each["log_loss"], each["best_log_loss"]) for each in found]
    assert told == [("2012", 0.3, 0.6), ("2024", 0.4, 0.2)]
    assert measured_skill("learned", novelty=0.1) == []


def test_some_roll_calls_alone_are_scored_as_they_are_among_all() -> None:
    record, years = habits(), ("2013-01-01", "2013-12-31")
    whole = run_backtest(record, *years, models={"learned": SEER})
    chosen = whole.held.roll_calls["symbol"].iloc[[1, 3]].tolist()
    some = run_backtest(record, *years, models={"learned": SEER}, only=chosen)
    assert some.held.roll_calls["symbol"].tolist() == chosen
    both = whole.tallies[whole.tallies["symbol"].isin(chosen)].reset_index(drop=True)
    pd.testing.assert_frame_equal(some.tallies, both)
    with pytest.raises(ShortRecordError, match="NOWHERE"):
        run_backtest(record, *years, only=[*chosen, "NOWHERE"])


def test_a_model_that_is_given_the_position_of_the_united_states_uses_it() -> None:
    record = habits()
    given, unknown = (
        forecasts_between("precedents", record, "2013-12-05", "2013-12-05", us=us)
        for us in ("given", "unknown")
    )
    rows = np.arange(len(given))
    taken = record.votes[given.rows, US]
    assert (given.probabilities[rows, US, taken] > 0.96).all()
    others = np.arange(STATES) != US
    assert (given.probabilities[:, others] == unknown.probabilities[:, others]).all()


def test_a_model_is_asked_as_a_scenario_with_found_precedents_asks_it() -> None:
    record, day = habits(), "2013-12-05"
    found = forecasts_between("precedents", record, day, day, us="unknown")
    row = int(found.rows[0])
    title = record.roll_call(row).title
    near = nearest_roll_calls(record, title, day, vocabulary=None)
    known = record.before(day)
    asked = Question(
        DraftResolution("A/1", title, dt.date(2013, 12, 5), "simple"),
        dt.date(2013, 12, 4),
        Blocs.load().matrix(dt.date(2013, 12, 5)),
        Blocs.load().codes,
        known,
        precedents=tuple(
            Precedent("A/1", one.row, one.likeness, float(age) / 365.25)
            for one in near
            for age in [(np.datetime64(day) - known.dates[one.row]).astype(int)]
        ),
        discipline=model_seeds()["discipline"],
        settings=settings_of("precedents"),
    )
    expected = MODELS["precedents"](asked).floored(settings_of("precedents")["floor"])
    np.testing.assert_allclose(found.probabilities[0], expected.probabilities, atol=2e-3)


def test_progress_is_told_of_every_forecaster() -> None:
    told: list[str] = []
    run_backtest(habits(), "2013-12-01", "2013-12-31", models={"seer": SEER}, progress=told.append)
    assert told == ["seer", *LABELS]


@pytest.mark.parametrize("name", ["title", "kind", "issue", "year"])
def test_groups_of_whole_roll_calls_hold_every_vote(name: str) -> None:
    groups = GROUPINGS[name].groups(result())
    assert np.any(list(groups.values()), axis=0).all()


def test_parts_of_a_back_test_have_the_scores_of_their_votes() -> None:
    table = by_group(result(), GROUPINGS["year"], against="state").set_index("group")
    assert table.index.tolist() == ["2012", "2013"]
    whole = result().scores["forecasters"]
    mean = np.average(table["log_loss"], weights=table["votes"])
    assert mean == pytest.approx(whole[RESCALED]["all"]["four_choices"]["log_loss"]["value"])
    mean = np.average(table["baseline_crps"], weights=table["roll_calls"])
    assert mean == pytest.approx(whole["state"]["all"]["counts"]["yes"]["crps"]["value"])


def test_a_bloc_has_its_members_of_the_day() -> None:
    table = by_group(result(), GROUPINGS["bloc"], against="state").set_index("group")
    # 28 members from the accession of Croatia in July 2013, which the last eight roll calls saw
    assert table.loc["European Union", "votes"] == 8 * 27 + 8 * 28


def test_a_state_has_one_vote_a_roll_call() -> None:
    table = by_group(result(), GROUPINGS["state"], against="state")
    assert len(table) == STATES
    assert (table["votes"] == table["roll_calls"]).all()


def surprised(chances: list[float], letters: str, **about: str) -> BacktestResult:
    """One roll call of 2019 that a model forecast alike for all states."""

    def even(record: Record, first: Day, last: Day, *, us: Us, jobs: int) -> RollingForecasts:
        known = clairvoyant(record, first, last, us=us, jobs=jobs)
        each = np.broadcast_to(np.array(chances), known.probabilities.shape)
        return RollingForecasts(known.rows, each, known.novelty, known.recurring)

    record = record_of([{"date": "2019-06-01", **about}], votes_of(letters))
    model = Forecaster("even", even, independent_counts)
    return run_backtest(record, "2019-01-01", "2019-12-31", models={"even": model})


def test_a_miss_is_put_down_to_a_text_unlike_any_before() -> None:
    told = why(surprised([0.9, 0.0, 0.1, 0.0], "N" * STATES, kind="amendment"), 0)
    assert "on an amendment, no text like it (likeness 0.00)" in told


def test_a_miss_is_put_down_to_states_that_stayed_away() -> None:
    told = why(surprised([0.9, 0.0, 0.05, 0.05], "X" * 60 + "Y" * (STATES - 60)), 0)
    assert "60 not voting, 10 expected" in told


def test_a_miss_is_put_down_to_the_bloc_that_was_furthest_off() -> None:
    letters = ["Y"] * STATES
    inside = GROUPINGS["bloc"].groups(surprised([1.0, 0, 0, 0], "Y" * STATES))["European Union"]
    for row in np.flatnonzero(inside[0]):
        letters[row] = "A"
    told = why(surprised([0.97, 0.01, 0.01, 0.01], "".join(letters)), 0)
    assert "European Union: 0 of 28 yes, 27 expected, to abstain" in told


def test_a_miss_is_put_down_to_a_surprising_position_of_the_united_states() -> None:
    letters = "".join("N" if row == US else "Y" for row in range(STATES))
    assert "United States: no (1 % likely)" in why(surprised([0.97, 0.01, 0.01, 0.01], letters), 0)


def test_the_worst_misses_come_first() -> None:
    table = worst_misses(result(), count=5)
    assert len(table) == 5
    assert table["crps"].is_monotonic_decreasing
    scores = result().tallies.query("choice == 'yes'")["crps"]
    assert table["crps"].iloc[0] == pytest.approx(scores.max())


def test_the_page_has_a_section_for_every_back_test() -> None:
    page = skill_page([result("given"), result("unknown")])
    assert page.count("\n## 2012-10-20 to 2013-12-05") == 2
    for grouping in GROUPINGS.values():
        assert f"### {grouping.title}" in page
    assert "nan" not in page


def test_pages_joined_are_the_page_of_all() -> None:
    results = {us: result(us) for us in ("given", "unknown")}
    joined = joined_pages({us: skill_page([each]) for us, each in results.items()})
    assert joined == skill_page(list(results.values()))


def test_forecasters_can_be_told_apart_where_one_year_leaves_no_line() -> None:
    (axes,) = years_page(result()).axes
    lines = [(line.get_linestyle(), line.get_marker()) for line in axes.get_lines()]
    assert len(lines) > 3
    assert len({mark for _, mark in lines}) == len(lines)


def test_histograms_beside_each_other_have_one_scale() -> None:
    panels = pit_page(result()).axes
    assert len({axes.get_ylim() for axes in panels}) == 1


def test_the_figures_are_drawn_the_same_every_time(tmp_path: Path) -> None:
    names = sorted(path.name for path in draw_backtest(result(), tmp_path / "one"))
    assert names == [
        f"{stem}.{ending}"
        for stem in ("misses", "pit", "reliability", "years")
        for ending in ("png", "svg")
    ]
    draw_backtest(result(), tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
