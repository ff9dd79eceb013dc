from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from sim import files
from sim.assembly.choices import Choice
from sim.assembly.members import Members
from sim.models import MODELS
from sim.models.fitted import read_parameters
from sim.models.judgements import (
    influence_groups,
    influence_on,
    influence_seeds,
    model_seeds,
    position,
    settings_of,
    settings_problems,
)
from sim.scenario.tables import PositionName

ANNIVERSARY = dt.date(2025, 2, 24)
CODES = Members.load().codes
GROUPS = influence_seeds()["groups"]


def group_of(code: str, day: dt.date = ANNIVERSARY) -> str:
    """The group of responders that a state is in."""
    row = Members.load().row(code)
    [name] = [name for name, inside in influence_groups(day).items() if inside[row]]
    return name


# Who responds how


def test_every_state_but_the_united_states_responds_in_one_group() -> None:
    total = np.sum(list(influence_groups(ANNIVERSARY).values()), axis=0)
    assert total[Members.load().row("USA")] == 0
    assert np.delete(total, Members.load().row("USA")).tolist() == [1.0] * 192


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("ISR", "close"),  # FACTS, section 3: five states follow most closely
        ("NRU", "close"),
        ("JPN", "west"),
        ("KOR", "west"),
        ("POL", "west"),  # Eastern European, but of the EU and NATO
        ("CHE", "west"),  # in neither, but of the regional group
        ("BRA", "others"),
        ("RUS", "others"),
    ],
)
def test_a_state_responds_with_its_group(code: str, group: str) -> None:
    assert group_of(code) == group


def test_groups_are_those_of_the_day() -> None:
    # Albania joined NATO on 1 April 2009 and is in no other bloc of the West
    assert group_of("ALB", dt.date(2009, 3, 31)) == "others"
    assert group_of("ALB", dt.date(2009, 4, 1)) == "west"


def test_the_effect_is_the_groups_and_the_united_states_do_not_follow_themselves() -> None:
    found = influence_on(ANNIVERSARY)
    for code, group in (("ISR", "close"), ("FRA", "west"), ("BRA", "others")):
        row = Members.load().row(code)
        assert found.effect[row] == GROUPS[group]["effect"]
        assert found.effect_sd[row] == GROUPS[group]["effect_sd"]
    usa = Members.load().row("USA")
    assert (found.effect[usa], found.effect_sd[usa]) == (0.0, 0.0)


@pytest.mark.parametrize("scale", [0.0, 0.5, 2.0])
def test_a_scale_multiplies_effect_and_uncertainty(scale: float) -> None:
    one, scaled = influence_on(ANNIVERSARY), influence_on(ANNIVERSARY, scale=scale)
    np.testing.assert_allclose(scaled.effect, scale * one.effect)
    np.testing.assert_allclose(scaled.effect_sd, scale * one.effect_sd)


# Positions


@pytest.mark.parametrize("name", get_args(PositionName))
def test_every_position_a_scenario_can_name_has_a_meaning(name: str) -> None:
    found = position(name, ANNIVERSARY)
    assert 0 <= found.value <= 1.5
    assert found.value_sd >= 0
    assert found.vote.sum() == pytest.approx(1)
    assert (found.vote > 0).all()  # no vote is certain before it is cast
    assert (found.pressure_sd >= 0).all()


def test_no_position_has_a_meaning_that_no_scenario_can_name() -> None:
    assert set(influence_seeds()["positions"]) == set(get_args(PositionName))


def test_positions_lie_in_the_order_of_their_support() -> None:
    order = ["co-sponsor", "yes", "silent", "abstain", "no"]
    values = [position(name, ANNIVERSARY).value for name in order]
    assert values == sorted(values, reverse=True)
    assert values[1] == 1.0
    assert values[3] == 0.5
    assert values[4] == 0.0


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("co-sponsor", Choice.YES),
        ("yes", Choice.YES),
        ("abstain", Choice.ABSTAIN),
        ("no", Choice.NO),
        ("no-and-lobbies", Choice.NO),
    ],
)
def test_the_united_states_most_likely_vote_as_they_say(name: str, choice: Choice) -> None:
    vote = position(name, ANNIVERSARY).vote
    assert vote.argmax() == choice
    assert vote[choice] > 0.9


def test_lobbying_presses_others_and_the_west_apart_and_nobody_at_home() -> None:
    table = influence_seeds()["positions"]["no-and-lobbies"]
    found = position("no-and-lobbies", ANNIVERSARY)
    rows = [Members.load().row(code) for code in ("BRA", "FRA", "ISR", "USA")]
    west = table["pressure_west"]
    assert found.pressure[rows].tolist() == [table["pressure"], west, west, 0.0]
    np.testing.assert_allclose(found.pressure_sd, np.abs(found.pressure) * table["pressure_spread"])
    assert found.absence == table["absence"]


@pytest.mark.parametrize("name", ["co-sponsor", "yes", "silent", "abstain", "no"])
def test_a_position_without_lobbying_presses_nobody(name: str) -> None:
    found = position(name, ANNIVERSARY)
    assert not found.pressure.any()
    assert not found.pressure_sd.any()
    assert found.absence == 0.0


# Parameters of the models


@pytest.mark.parametrize("model", MODELS)
def test_every_setting_of_a_model_is_set_to_what_it_may_be(model: str) -> None:
    found = settings_of(model)
    assert settings_problems(model, found) == []
    assert 0 < found["floor"] < 0.05


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("wrong", [-0.5, float("nan"), float("inf")])
def test_no_setting_may_be_negative_or_no_number(model: str, wrong: float) -> None:
    for name in settings_of(model):
        [problem] = settings_problems(model, {name: wrong})
        assert problem.startswith(f"settings.{name}: {wrong}: must be ")


def test_what_a_model_does_not_set_is_as_for_bloc_shares() -> None:
    shares, of_precedents = settings_of("bloc-shares"), settings_of("precedents")
    assert set(shares) < set(of_precedents)
    assert of_precedents["half_life"] == model_seeds()["precedents"].get(
        "half_life", shares["half_life"]
    )


def test_a_sponsor_most_likely_votes_yes_and_is_not_certain_to() -> None:
    seeds = model_seeds()["sponsors"]
    assert sum(seeds["vote"]) == pytest.approx(1)
    assert 0.9 < seeds["vote"][Choice.YES] < 1
    assert 0 < seeds["share"] < 1


# Fitted parameters

SHIPPED = sorted(files.shipped("seeds").glob("parameters/*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_parameters_are_named_for_their_day_and_know_nothing_later(path: Path) -> None:
    fitted = read_parameters(path)
    assert fitted.as_of.isoformat() == path.stem
    assert fitted.record.last <= fitted.as_of
    # the first day that was not known is the one after the last that was
    assert fitted.model.profile.day == (fitted.as_of - dt.date(1970, 1, 1)).days + 1


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_dependence_has_every_state_and_no_empty_group(path: Path) -> None:
    found = read_parameters(path).dependence_of("learned").for_text(0.3)
    assert len(found.group) == len(CODES)
    assert set(found.group.tolist()) == set(range(len(found.groups)))
    shared = 1 - found.own_stance(found.stance_sizes[0].factor) ** 2
    # independent draws are badly wrong (FACTS, section 4), and no state is a mere echo
    assert 0.02 < shared.mean() < 0.95
    assert shared.max() < 0.995


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_newer_the_text_the_more_is_shared(path: Path) -> None:
    fitted = read_parameters(path).dependence_of("learned")
    sizes = [fitted.for_text(novelty).stance_sizes[0].factor for novelty in (0.0, 0.5, 1.0)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]
