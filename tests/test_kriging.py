"""What earlier texts say of one when each counts for what it alone adds."""

from __future__ import annotations

import numpy as np
import pytest

from sim.assembly.choices import Choice, IntArray
from sim.models.learned.pooling import Precedents
from sim.models.learned.texts.kriging import COMMON, DOUBLES, NOISE, kriged

YES, ABSTAIN, NO, AWAY = Choice
EVEN = np.array([[0.4], [0.2], [0.2], [0.2]])
"""General record of one state: of votes cast half are yes, a quarter abstentions, a quarter no."""


def precedents(
    votes: list[Choice],
    likeness: list[float],
    *,
    ages: list[float] | None = None,
    between: np.ndarray | None = None,
) -> Precedents:
    """Votes of one state on some texts, as one text sees them."""
    choices = np.zeros((len(votes), 4, 1), np.float32)
    choices[np.arange(len(votes)), [int(vote) for vote in votes]] = 1
    like = np.array([likeness], np.float32)
    alike = np.eye(len(votes)) if between is None else between

    def some(rows: IntArray) -> np.ndarray:
        return np.asarray(alike[np.ix_(rows, rows)], np.float32)

    when = np.zeros(len(votes)) if ages is None else np.array(ages)
    return Precedents(choices, np.zeros(len(votes), np.int64), when, like, like > 2, some)


def score(given: Precedents) -> float:
    return float(kriged(given, EVEN)["kr_s"][0, 0])


def test_without_a_precedent_a_state_is_predicted_its_general_record() -> None:
    found = kriged(precedents([], []), EVEN)
    assert found["kr_s"][0, 0] == pytest.approx(0.25)
    assert found["kr_n"][0, 0] == pytest.approx(0.25)
    # nor does a text that is not alike say anything
    assert score(precedents([NO], [0.0])) == pytest.approx(0.25)


def test_it_is_the_best_linear_prediction() -> None:
    # of three jointly normal votes on texts and the one on this: by their joint covariance
    between = np.array([[1.0, 0.6, 0.1], [0.6, 1.0, 0.2], [0.1, 0.2, 1.0]])
    likeness, ages = np.array([0.9, 0.5, 0.3]), np.array([0.0, 0.75, 1.5])
    given = precedents([NO, YES, ABSTAIN], likeness.tolist(), ages=ages.tolist(), between=between)
    joint = np.full((4, 4), COMMON)
    joint[:3, :3] += between + np.diag(NOISE * 2 ** (ages / DOUBLES))
    joint[3, :3] += likeness
    joint[:3, 3] += likeness
    joint[3, 3] += 1
    precision = np.linalg.inv(joint)
    away = np.array([-1.0, 1.0, 0.0]) - 0.25
    # the conditional mean, from the inverse of the whole covariance
    expected = 0.25 - precision[3, :3] @ away / precision[3, 3]
    assert score(given) == pytest.approx(expected, abs=1e-6)


def test_five_texts_on_one_matter_do_not_outvote_another_five_times() -> None:
    one_matter = np.full((6, 6), 1.0)
    one_matter[5, :5] = one_matter[:5, 5] = 0.0
    votes, likeness = [NO] * 5 + [YES], [0.6] * 6
    alike = score(precedents(votes, likeness, between=one_matter))
    apart = score(precedents(votes, likeness))
    assert alike > apart + 0.3


def test_an_absence_says_nothing_of_a_stance_and_an_old_vote_less_than_a_new_one() -> None:
    assert score(precedents([AWAY], [1.0])) == pytest.approx(0.25)
    old, new = (score(precedents([NO], [1.0], ages=[age])) for age in (3.0, 0.0))
    assert new < old < 0.25


def test_a_prediction_of_a_no_is_that_of_its_own_share() -> None:
    weight = (1 + COMMON) / (1 + COMMON + NOISE)
    found = kriged(precedents([NO], [1.0]), EVEN)
    assert found["kr_n"][0, 0] == pytest.approx(0.25 + weight * 0.75)
    assert found["kr_s"][0, 0] == pytest.approx(0.25 - weight * 1.25)
    abstained = kriged(precedents([ABSTAIN], [1.0]), EVEN)
    assert abstained["kr_n"][0, 0] == pytest.approx(0.25 - weight * 0.25)
