"""No forecast knows anything that was not known before its day.

Everything dated on or after the day is corrupted: every vote, every vote of states that are no
longer there (and with them every total), every title, symbol, issue and mark of later days, and the
marks that are made afterwards. Left is what is asked: the texts of the day itself and, where it is
given, what the United States does. The forecasts have to be the same bytes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_records import US, habits, open_record

from sim.assembly.choices import Choice, VoteArray
from sim.models import MODELS
from sim.models.dependence import earlier as dependence_earlier
from sim.models.dependence import fit as dependence_fit
from sim.models.dependence.fit import FittedDependence
from sim.models.rolling import RollingForecasts, Us
from sim.models.window import forecasts_between
from sim.record import OTHERS, Day, Record
from sim.skill.backtest import Forecaster, independent_counts, run_backtest
from sim.skill.backtest import forecasters as contenders
from sim.skill.backtest.run import LABELS
from sim.skill.backtest.tallying import counts_under
from sim.skill.baselines import BASELINES, forecast_baselines
from sim.vote.dependence import Dependence, SizeLaw

GARBAGE = {
    "title": "aggression against everything",
    "agenda": "question of nothing",
    "subjects": "GARBAGE",
    "issues": "co",
    "symbol": "A/RES/1/1",
    "session": "1",
    "kind": "amendment",
    "source": "nowhere",
}

Corruption = Callable[[Record, str], Record]


def other_votes(record: Record, day: str, *, us: Us = "unknown") -> np.ndarray:
    """Every vote from the day on turned into another one."""
    votes = np.array(record.votes)
    after = record.dates >= np.datetime64(day)
    votes[after] = np.where(votes[after] >= 0, (votes[after] + 1) % len(Choice), votes[after])
    if us == "given":
        today = record.dates == np.datetime64(day)
        votes[today, US] = record.votes[today, US]
    return votes


def corrupted(record: Record, day: str, *, us: Us = "unknown") -> Record:
    """Everything from the day on, but what is asked, turned into something else."""
    frame = record.roll_calls.copy()
    later = record.dates > np.datetime64(day)
    for name, text in GARBAGE.items():
        frame.loc[later, name] = text
    frame.loc[record.dates >= np.datetime64(day), "important"] ^= True
    gone = pd.DataFrame(
        {"key": frame["key"][later], "code": "YUG", "name": "Yugoslavia", "vote": Choice.NO}
    )
    others = gone if len(gone) else pd.DataFrame({name: [] for name in OTHERS})
    return Record(frame, other_votes(record, day, us=us), others)


def only_later_gone(record: Record, day: str, *, us: Us = "unknown") -> Record:
    """Nothing is left of later days; of the day itself the votes are turned into others."""
    return Record(record.roll_calls, other_votes(record, day, us=us), record.others).before(
        np.datetime64(day) + 1
    )


def same(one: RollingForecasts, other: RollingForecasts) -> bool:
    return all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes()
        for name in ("rows", "probabilities", "novelty", "recurring")
    )


@pytest.mark.parametrize("day", ["2010-10-20", "2012-12-05", "2013-12-05"])
@pytest.mark.parametrize("spoil", [corrupted, only_later_gone])
def test_no_baseline_knows_the_day_it_forecasts(day: str, spoil: Corruption) -> None:
    clean = forecast_baselines(habits(), day, day)
    spoilt = forecast_baselines(spoil(habits(), day), day, day)
    for name in BASELINES:
        assert same(clean[name], spoilt[name]), name


@pytest.mark.parametrize("day", ["2012-10-20", "2013-10-20"])
def test_no_baseline_knows_a_later_day_of_the_window_it_forecasts(day: str) -> None:
    record = habits()
    early = record.dates[record.dates >= np.datetime64("2012-01-01")] <= np.datetime64(day)
    clean = forecast_baselines(record, "2012-01-01", "2013-12-31")
    spoilt = forecast_baselines(corrupted(record, day), "2012-01-01", "2013-12-31")
    for name in BASELINES:
        one, other = (found[name].probabilities[early] for found in (clean, spoilt))
        assert one.tobytes() == other.tobytes(), name


def test_no_distribution_of_counts_knows_the_day_it_forecasts() -> None:
    day = "2013-12-05"
    clean = run_backtest(habits(), day, day)
    spoilt = run_backtest(corrupted(habits(), day), day, day)
    for name in LABELS:
        assert clean.judged[name].counts.tobytes() == spoilt.judged[name].counts.tobytes(), name


@functools.cache
def of_habits(model: str, day: str, us: Us) -> RollingForecasts:
    """What a model says of a day of a record that is as it was."""
    return forecasts_between(model, habits(), day, day, us=us)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("us", ["given", "unknown"])
@pytest.mark.parametrize("spoil", [corrupted, only_later_gone])
def test_no_model_knows_the_day_it_forecasts(model: str, us: Us, spoil: Corruption) -> None:
    for day in ("2012-12-05", "2013-12-05"):
        clean = of_habits(model, day, us)
        spoilt = forecasts_between(model, spoil(habits(), day, us=us), day, day, us=us)
        assert same(clean, spoilt), day


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("us", ["given", "unknown"])
def test_no_model_knows_a_later_day_of_the_window(model: str, us: Us) -> None:
    record, day = habits(), "2012-12-05"
    early = record.dates[record.dates >= np.datetime64("2012-01-01")] <= np.datetime64(day)
    clean, spoilt = (
        forecasts_between(model, each, "2012-01-01", "2013-12-31", us=us).probabilities[early]
        for each in (record, corrupted(record, day, us=us))
    )
    assert clean.tobytes() == spoilt.tobytes()


@pytest.mark.parametrize("us", ["given", "unknown"])
def test_a_model_in_the_back_test_is_asked_in_the_same_way(us: Us) -> None:
    day = "2013-12-05"
    forecast = functools.partial(forecasts_between, "learned")
    learned = {"learned": Forecaster("learned", forecast, independent_counts)}
    clean = run_backtest(habits(), day, day, us=us, models=learned)
    spoilt = run_backtest(corrupted(habits(), day, us=us), day, day, us=us, models=learned)
    pd.testing.assert_frame_equal(clean.forecasts, spoilt.forecasts, check_exact=True)
    assert clean.judged["learned"].counts.tobytes() == spoilt.judged["learned"].counts.tobytes()


def test_what_states_share_is_not_learned_from_the_day_it_forecasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # a quick model and a quick fit: what it is fitted to is looked at, not how well
    monkeypatch.setattr(contenders, "forecasts_between", by_issue)
    monkeypatch.setattr(dependence_fit, "FOR_WEIGHTS", 20)
    monkeypatch.setattr(dependence_fit, "FOR_COUNTS", 8)
    day = "2013-12-05"
    forecasts = by_issue("learned", habits(), day, day)
    clean, spoilt, earlier = (
        counts_under(record, forecasts, contenders.dependences_of("learned", record, forecasts))
        for record in (habits(), corrupted(habits(), day), corrupted(habits(), "2011-12-05"))
    )
    assert clean.tobytes() == spoilt.tobytes()
    assert clean.tobytes() != earlier.tobytes()


def test_what_states_share_is_learned_from_the_last_years_with_titles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fitted_to, law = [], SizeLaw(base=0.0, slope=0.0, step=0.0, surprise=0.0)

    def kept(votes: VoteArray, *_: object, **__: object) -> FittedDependence:
        fitted_to.append(votes)
        return FittedDependence(Dependence.independent(votes.shape[1]), law, law, len(votes))

    monkeypatch.setattr(contenders, "forecasts_between", by_issue)
    monkeypatch.setattr(dependence_earlier, "fit_dependence", kept)
    frame = habits().roll_calls.copy()
    years = frame["date"].dt.year
    frame.loc[years.isin([2012, 2013]), "title"] = ""
    record = Record(frame, habits().votes, habits().others)
    window = by_issue("learned", record, "2013-01-01", "2013-12-31")
    contenders.dependences_of("learned", record, window)
    last = record.dates[record.titled].max()
    kept_days = (record.dates > last - 1826) & (record.dates <= last)
    expected = record.votes[kept_days]
    assert {int(year) for year in years[kept_days]} == {2007, 2008, 2009, 2010, 2011}
    np.testing.assert_array_equal(fitted_to, [expected])


def by_issue(_model: str, record: Record, first: Day, last: Day, **_: object) -> RollingForecasts:
    """The baseline by issue in place of the model."""
    return forecast_baselines(record, first, last, names=["state-issue"])["state-issue"]


def peeping(record: Record, first: Day, last: Day, *, us: Us, jobs: int) -> RollingForecasts:
    """A forecaster that looks at the share of yes votes of the day itself."""
    del us, jobs
    known = forecast_baselines(record, first, last, names=["state"])["state"]
    yes = (record.votes[known.rows] == Choice.YES).mean()
    mixed = 0.99 * known.probabilities + 0.01 * np.array([yes, 0, 0, 1 - yes])
    return RollingForecasts(known.rows, mixed, known.novelty, known.recurring)


def test_a_model_that_looks_at_the_day_itself_would_be_caught() -> None:
    day = "2013-12-05"
    clean, spoilt = (
        peeping(record, day, day, us="unknown", jobs=1)
        for record in (habits(), corrupted(habits(), day))
    )
    assert not same(clean, spoilt)


def test_a_change_on_the_day_before_is_seen() -> None:
    day, before = "2013-12-05", "2012-12-05"
    for name, clean in forecast_baselines(habits(), day, day).items():
        spoilt = forecast_baselines(corrupted(habits(), before), day, day)[name]
        assert not same(clean, spoilt), name


@functools.cache
def short(folder: Path) -> Record:
    """The open record of some years, for the model to learn from."""
    return open_record(folder).between("2006-01-01", "2012-12-31")


@pytest.mark.parametrize("day", ["2012-04-09", "2012-12-03", "2012-12-20"])
def test_of_the_open_record_no_baseline_knows_the_day_it_forecasts(
    day: str, shared_data: Path
) -> None:
    record = short(shared_data)
    clean = run_backtest(record, day, day)
    spoilt = run_backtest(corrupted(record, day), day, day)
    for name in LABELS:
        one, other = (tested.judged[name] for tested in (clean, spoilt))
        assert same(one.forecasts, other.forecasts), name
        assert one.counts.tobytes() == other.counts.tobytes(), name


@pytest.mark.parametrize("us", ["given", "unknown"])
def test_of_the_open_record_the_learned_model_does_not_know_the_day_it_forecasts(
    us: Us, shared_data: Path
) -> None:
    record, day = short(shared_data), "2012-12-03"
    clean = forecasts_between("learned", record, day, day, us=us)
    assert len(clean) > 10
    spoilt = forecasts_between("learned", corrupted(record, day, us=us), day, day, us=us)
    assert same(clean, spoilt)
