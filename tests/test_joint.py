"""Yes and no together: against counting by hand, single counts, margins and rules."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import assembly_of, ballots, moved_by

from sim.assembly.choices import Choice, FloatArray
from sim.assembly.rules import RULES
from sim.runs.making import joint_table
from sim.vote.ballot import Ballot
from sim.vote.dependence import Dependence
from sim.vote.exact.joint import joint
from sim.vote.exact.solve import ONE_HOT, adoption, distribution

MARGIN = (1, 0, -1, 0)
TIED = assembly_of(12, assembly=0.6, bloc=0.4, attendance=0.5, surprise=0.2)
ASSEMBLIES = {
    "each on its own": assembly_of(9),
    "tied": TIED,
    "moved": moved_by(TIED, -1.0),
    "votes known": replace(TIED, known={0: Choice.NO, 5: Choice.YES, 11: Choice.NON_VOTING}),
}

SINGLE = float(np.finfo(np.float32).eps)
ROUNDING = {name: 1e-12 if name == "each on its own" else SINGLE for name in ASSEMBLIES}
"""Where groups' factors are integrated, the engine works in single precision inside; how much of
its rounding is seen depends on the processor."""


def by_hand(ballot: Ballot) -> FloatArray:
    """How likely so many yes and so many no are [yes, no], of states that share nothing."""
    states = len(ballot.probabilities)
    found = np.zeros((states + 1, states + 1))
    for votes in itertools.product(range(len(Choice)), repeat=states):
        if all(votes[state] == said for state, said in ballot.known.items()):
            chance = ballot.probabilities[range(states), votes].prod()
            found[votes.count(Choice.YES), votes.count(Choice.NO)] += chance
    return found / found.sum()


@given(ballots(states=4, alone=True, moved=False, known=True))
@settings(max_examples=30)
def test_independent_states_are_counted_as_by_hand(ballot: Ballot) -> None:
    np.testing.assert_allclose(joint(ballot).probability, by_hand(ballot), rtol=0, atol=1e-12)


def test_two_states_that_share_half_of_their_support() -> None:
    # Sheppard 1898: two normal variables of correlation 1/2 are of one sign with probability
    # 1/2 + asin(1/2) / pi = 2/3, so both yes, both no and one of each are a third each
    fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    half = Dependence(
        ("all",), np.zeros(2), assembly=np.ones(2), bloc=np.zeros(2), attendance=np.zeros(2)
    )
    found = joint(replace(assembly_of(2), probabilities=fair, dependence=half))
    for yes, no in ((2, 0), (1, 1), (0, 2)):
        assert found.probability[yes, no] == pytest.approx(1 / 3, abs=1e-4)


@pytest.mark.parametrize("name", ASSEMBLIES)
def test_each_count_by_itself_is_as_when_it_is_computed_alone(name: str) -> None:
    ballot = ASSEMBLIES[name]
    found = joint(ballot)
    yes, no = (distribution(ballot, ONE_HOT[choice]) for choice in (Choice.YES, Choice.NO))
    np.testing.assert_allclose(found.yes, yes.probability, rtol=0, atol=ROUNDING[name])
    np.testing.assert_allclose(found.no, no.probability, rtol=0, atol=ROUNDING[name])
    # summed up independently, before either is brought to means that are known better
    np.testing.assert_allclose(found.coarse.sum(axis=1), yes.coarse, rtol=0, atol=ROUNDING[name])
    np.testing.assert_allclose(found.coarse.sum(axis=0), no.coarse, rtol=0, atol=ROUNDING[name])


@pytest.mark.parametrize("name", ASSEMBLIES)
def test_the_margin_is_as_when_it_is_computed_alone(name: str) -> None:
    ballot = ASSEMBLIES[name]
    alone = distribution(ballot, MARGIN)
    found = joint(ballot)
    summed = replace(found, probability=found.coarse).margin
    np.testing.assert_allclose(summed, alone.coarse, rtol=0, atol=ROUNDING[name])
    assert found.margin @ alone.values == pytest.approx(alone.mean, abs=1e-9)
    # two means are mended in the one, their difference in the other: that is 3e-7 apart
    np.testing.assert_allclose(found.margin, alone.probability, rtol=0, atol=5e-7)
    assert alone.values[0] == -len(ballot.probabilities)


@pytest.mark.parametrize("name", ASSEMBLIES)
def test_a_rule_adopts_as_often_as_its_pairs_of_counts_come_up(name: str) -> None:
    # without a quorum a rule looks at yes and no alone: A/520/Rev.20, rules 85 and 86
    ballot = ASSEMBLIES[name]
    found, (yes, no) = joint(ballot), np.indices((len(ballot.probabilities) + 1,) * 2)
    for rule, adopts in (
        ("simple", yes > no),
        ("two-thirds", (yes >= 2 * no) & (yes > 0)),
    ):
        chance, error = found.chance(adopts)
        wanted, bound = adoption(ballot, RULES[rule], quorum=0)
        assert abs(chance - wanted) <= error + bound + 1e-12


@pytest.mark.parametrize("name", ASSEMBLIES)
def test_no_more_states_vote_than_there_are(name: str) -> None:
    ballot = ASSEMBLIES[name]
    found, counts = joint(ballot), np.arange(len(ballot.probabilities) + 1)
    assert found.probability.sum() == pytest.approx(1, abs=1e-12)
    assert found.probability[np.add.outer(counts, counts) > counts[-1]].sum() < 1e-12
    table = joint_table({"a": found, "b": found})
    assert (table["yes"] + table["no"]).max() == counts[-1]
    assert table.groupby("arm")["probability"].sum().tolist() == pytest.approx([1, 1])
