"""Judgements in ``seeds/``: parameters of the vote models, and of influence."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from sim import files
from sim.assembly.blocs import Blocs
from sim.assembly.choices import FloatArray
from sim.assembly.members import US, Members
from sim.models import MODELS
from sim.vote.influence import Influence

LOBBIED = ("close", "west")
"""Groups of ``seeds/influence.toml`` that feel `pressure_west` in place of `pressure`."""


@dataclass(frozen=True)
class Position:
    """A position of the United States.

    Attributes
    ----------
    value, value_sd : float
        Where it lies on the scale yes 1, abstention 0.5, no 0.
    pressure, pressure_sd : array [state]
        What lobbying adds to latent support, mean and standard deviation [standard deviations].
    absence : float
        What it adds to latent absence [standard deviations].
    vote : array [choice]
        How the United States then votes.
    """

    value: float
    value_sd: float
    pressure: FloatArray
    pressure_sd: FloatArray
    absence: float
    vote: FloatArray


@functools.cache
def model_seeds() -> Mapping[str, Any]:
    """Return the tables of ``seeds/models.toml``.

    Examples
    --------
    >>> sorted(model_seeds())
    ['bloc-shares', 'dated', 'discipline', 'learned', 'own_will', 'precedents', 'sponsors']
    """
    return files.read_toml(files.seed("models.toml"))


def settings_of(model: str) -> dict[str, float]:
    """Return the settings of a vote model; what the seeds do not set is as for bloc shares.

    Examples
    --------
    >>> settings_of("precedents")["bloc_weight"] > 0, list(settings_of("learned"))
    (True, ['without_a_vote', 'floor'])
    """
    seeds = model_seeds()
    judged = {**seeds["bloc-shares"], **seeds.get(model, {})}
    return {
        name: judged[name] if setting.default is None else setting.default
        for name, setting in MODELS[model].all_settings.items()
    }


def settings_problems(model: str, given: Mapping[str, float]) -> list[str]:
    """Return what is wrong with settings given to a model, one line each.

    Examples
    --------
    >>> settings_problems("learned", {"floor": 2.0})
    ['settings.floor: 2.0: must be at least 0 and less than 1']
    """
    known, problems = MODELS[model].all_settings, []
    for name, value in given.items():
        if name not in known:
            problems.append(f"settings.{name}: the model {model} has {', '.join(sorted(known))}")
        elif not known[name].allows(value):
            problems.append(f"settings.{name}: {value}: must be {known[name].allowed}")
    return problems


@functools.cache
def influence_seeds() -> Mapping[str, Any]:
    """Return the tables of ``seeds/influence.toml``.

    Examples
    --------
    >>> list(influence_seeds()["groups"])
    ['close', 'west', 'others']
    >>> [influence_seeds()["positions"][name]["value"] for name in ("no", "abstain", "yes")]
    [0.0, 0.5, 1.0]
    """
    return files.read_toml(files.seed("influence.toml"))


def set_after(day: datetime.date) -> dict[str, datetime.date]:
    """Return the shipped judgements that were made after a day, with their own day.

    Examples
    --------
    >>> sorted(set_after(datetime.date(2024, 12, 16))), set_after(datetime.date(2025, 9, 20))
    (['positions', 'sponsors', 'without_a_vote'], {})
    """
    dated = {**model_seeds()["dated"], **influence_seeds()["dated"]}
    return {name: made for name, made in dated.items() if made > day}


@functools.cache
def influence_groups(day: datetime.date) -> Mapping[str, FloatArray]:
    """Return which group of responders each state is in, read-only: one indicator a group [state].

    A state is in the first group that names it or a bloc of its; the United States is in none.

    Examples
    --------
    >>> groups = influence_groups(datetime.date(2025, 2, 24))
    >>> int(groups["close"].sum()), int(sum(groups.values()).sum())
    (5, 192)
    """
    members, blocs = Members.load(), Blocs.load()
    matrix, free = blocs.matrix(day), np.ones(len(members), dtype=bool)
    free[members.row(US)] = False
    found = {}
    for name, group in influence_seeds()["groups"].items():
        inside = np.zeros(len(members), dtype=bool)
        inside[[members.row(code) for code in group.get("states", ())]] = True
        for code in group.get("blocs", ()):
            inside |= matrix[:, blocs.codes.index(code)]
        if name == "others":
            inside[:] = True
        found[name] = (inside & free).astype(float)
        found[name].flags.writeable = False
        free &= ~inside
    return MappingProxyType(found)


def influence_on(day: datetime.date, *, scale: float = 1.0) -> Influence:
    """Return how every state responds to a full move of the United States.

    Parameters
    ----------
    day : date
        Decides who is in which bloc.
    scale : float
        Multiplies every effect.

    Examples
    --------
    >>> response = influence_on(datetime.date(2025, 2, 24))
    >>> float(response.effect[Members.load().row("USA")])
    0.0
    """
    effect = np.zeros(len(Members.load()))
    effect_sd = effect.copy()
    for name, inside in influence_groups(day).items():
        group = influence_seeds()["groups"][name]
        effect += scale * group["effect"] * inside
        effect_sd += scale * group["effect_sd"] * inside
    return Influence(effect, effect_sd)


def position(name: str, day: datetime.date) -> Position:
    """Return what a position of the United States means.

    Examples
    --------
    >>> position("no", datetime.date(2025, 2, 24)).value
    0.0
    """
    table = influence_seeds()["positions"][name]
    groups = influence_groups(day)
    near = np.asarray(sum(groups[group] for group in LOBBIED))
    pressure = table.get("pressure", 0.0) * groups["others"]
    pressure = pressure + table.get("pressure_west", 0.0) * near
    return Position(
        table["value"],
        table["value_sd"],
        pressure,
        np.abs(pressure) * table.get("pressure_spread", 0.0),
        table.get("absence", 0.0),
        np.array(table["vote"]),
    )
