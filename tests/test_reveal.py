"""What some votes say of all others, and how a back-test scores it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.assembly.choices import CHOICES, Choice
from sim.models.dependence import learning
from sim.models.dependence.learning import Learning
from sim.models.rolling import RollingForecasts
from sim.skill.backtest import Judged
from sim.skill.backtest.reveal import LEAST, RANDOM, REBELS, WITH_LEAST, reveal, revealed_table
from sim.vote.ballot import Ballot
from sim.vote.dependence import Dependence, Size
from sim.vote.exact import solve as exact
from sim.vote.influence import Influence, Move
from tests.made_records import US, habits
from tests.strategies import dependences, probabilities

VOTES = np.array([[0, 0.5, 0.5, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
SHARED = Dependence(
    ("x",),
    np.zeros(4, int),
    np.zeros(4),
    np.array([0.75, 0.75, 0.0, 1.0]),
    np.zeros(4),
    (Size(1.0, 2.0),),
    (Size(1.0, 0.0),),
)


@pytest.mark.parametrize(
    ("steps", "off"), [(1, 4e-3), (2, 2e-4)], ids=["some-thousandths", "with-half-steps-far-less"]
)
@settings(max_examples=20)
@given(votes=probabilities(states=4), shared=dependences(states=4), said=st.sampled_from(CHOICES))
@example(votes=VOTES, shared=SHARED, said=Choice.NO)  # .0023 off, by the steps alone
def test_known_votes_say_what_the_exact_engine_computes(
    steps: int, off: float, votes: np.ndarray, shared: Dependence, said: Choice
) -> None:
    votes = 0.9 * votes + 0.1 / 4
    known = {1: said, 3: Choice.YES}
    nobody = Influence(np.zeros(4), np.zeros(4))
    ballot = Ballot(votes, shared, nobody, (Move.none(4),), known)
    found = exact.marginals(ballot)
    finer = replace(learning.FINE, step=learning.FINE.step / steps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learning, "FINE", finer)
        others = learning.Learning(votes, shared).given(known)[[0, 2]]
    np.testing.assert_allclose(others, found[[0, 2]], atol=off)


@settings(max_examples=20)
@given(votes=probabilities(states=3), shared=dependences(states=3))
def test_the_average_over_what_may_be_announced_is_the_forecast(
    votes: np.ndarray, shared: Dependence
) -> None:
    votes = 0.9 * votes + 0.1 / 4
    learning = Learning(votes, shared)
    before = learning.given({})
    after = sum(before[1, choice] * learning.given({1: choice}) for choice in CHOICES)
    np.testing.assert_allclose(np.asarray(after)[[0, 2]], before[[0, 2]], atol=1e-9)


def judged(rows: np.ndarray, shared: Dependence) -> Judged:
    """Forecasts that give every choice of every state a chance of its own."""
    parts = np.array([4.0, 3.0, 2.0, 1.0]) + np.arange(193)[:, None] % 5
    one = parts / parts.sum(axis=1, keepdims=True)
    forecasts = RollingForecasts(
        rows, np.tile(one, (len(rows), 1, 1)), np.zeros(len(rows)), np.zeros(len(rows), bool)
    )
    return Judged("made", forecasts, np.zeros((len(rows), 4, 194)), (shared,) * len(rows))


def test_nothing_is_learnt_where_states_share_nothing() -> None:
    record = habits(2010, 2013)
    rows = np.arange(len(record) - 2, len(record))
    cases = reveal(record, judged(rows, Dependence.independent(193)), [3], subsets=2)
    np.testing.assert_allclose(cases["model"], cases["nothing"], rtol=1e-9)
    random = cases[cases["kind"] == RANDOM]
    assert random.groupby("roll_call").size().tolist() == [2, 2]
    members = (record.votes[rows] >= 0).sum(axis=1)
    assert random["votes"].tolist() == np.repeat(members - 3, 2).tolist()
    # counts are scored in the first order alone, and nothing learnt is nothing gained there too
    scored = random["crps_yes"].notna()
    assert scored.tolist() == [True, False] * 2
    np.testing.assert_allclose(random["crps_yes"], random["crps_nothing_yes"], atol=1e-6)


def test_what_all_share_is_learnt_from_a_few() -> None:
    record = habits(2010, 2013)
    rows = np.arange(len(record) - 4, len(record))
    every = np.ones(193)
    together = Dependence(("all",), np.zeros(193, int), every, np.zeros(193), 0 * every)
    table = revealed_table(reveal(record, judged(rows, together), [1, 30], subsets=1))
    random = table[table["kind"] == RANDOM].set_index("revealed")
    assert random.loc[30, "model"] < random.loc[30, "nothing"]
    assert random.loc[30, "roll_calls"] == 4


def test_the_vote_of_the_united_states_is_never_revealed_nor_a_rebel_that_was_expected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = habits(2010, 2013)
    rows = np.arange(len(record) - 2, len(record))
    seen = []
    given = Learning.given

    def kept(self: Learning, known: dict[int, Choice]) -> np.ndarray:
        seen.append(set(known))
        return given(self, known)

    monkeypatch.setattr(Learning, "given", kept)
    cases = reveal(record, judged(rows, Dependence.independent(193)), [100], subsets=3)
    assert seen
    assert not any(US in known for known in seen)
    # the least likely choice of the forecasts above has a chance of 5 % or more
    assert set(cases["kind"]) <= {RANDOM, "of all", list(REBELS)[1], LEAST, WITH_LEAST}


def test_the_same_votes_are_revealed_each_time() -> None:
    record = habits(2010, 2013)
    made = judged(np.array([len(record) - 1]), Dependence.independent(193))
    pd.testing.assert_frame_equal(reveal(record, made, [3]), reveal(record, made, [3]))


def test_the_least_expected_votes_are_revealed_together_and_with_others_beside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = habits(2010, 2013)
    rows = np.array([len(record) - 1])
    votes = record.votes[rows[0]]
    members = np.flatnonzero((votes >= 0) & (np.arange(193) != US))
    rebels = members[[3, 50, 77, 110]]
    held = np.full(193, 0.9)
    held[rebels] = [0.01, 0.05, 0.002, 0.09]
    one = np.tile(((1 - held) / 3)[:, None], 4)
    one[np.arange(193), np.maximum(votes, 0)] = held
    plain = judged(rows, Dependence.independent(193))
    made = replace(plain, forecasts=replace(plain.forecasts, probabilities=one[None]))
    seen = []
    learn = Learning.given

    def kept(self: Learning, known: dict[int, Choice]) -> np.ndarray:
        seen.append(set(known))
        return learn(self, known)

    monkeypatch.setattr(Learning, "given", kept)
    cases = reveal(record, made, [3], subsets=1)
    inside = np.flatnonzero(votes >= 0)
    wanted = set(np.searchsorted(inside, rebels).tolist())
    together = [known for known in seen if wanted <= known]
    assert [len(known) for known in together] == [4, 14, 34]
    assert together[0] == wanted
    assert together[1] < together[2]
    picked = cases[cases["kind"].isin([LEAST, WITH_LEAST])]
    assert picked["revealed"].tolist() == [4, 14, 34]
    assert (picked["votes"] == len(inside) - picked["revealed"]).all()
