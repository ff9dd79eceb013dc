"""Whether a field means anything: a sweep over one that changes no ballot would mislead."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from sim.scenario.ballots import ballots
from sim.scenario.case import Case, resolve
from sim.scenario.path import path_of
from sim.scenario.schema import Scenario, scenario_of
from sim.scenario.tables import WORDS
from sim.studies.sweep.fields import SweepError, Value, with_values
from sim.studies.sweep.shorthand import IN_OUT, LIKENESS
from sim.vote.ballot import Ballot
from sim.vote.path import Path


def named_precedents(case: Case) -> Case:
    """Return the same case with the precedents that were found written down, so that one can go.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> auto = read_scenario("rights-2024").model_copy(update={"precedents": "auto"})
    >>> len(named_precedents(resolve(auto)).scenario.precedents) > 5
    True
    """
    cited = [
        {"symbol": one.symbol, "likeness": one.likeness if one.judged else WORDS}
        for one in case.precedents
    ]
    # what is in no way alike counts for nothing, so the forecast is the same
    return resolve(with_tables(case.scenario, {"precedents": tuple(cited)}))


def with_tables(scenario: Scenario, tables: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some of its tables in place of its own.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> with_tables(read_scenario("rights-2024"), {"precedents": ()}).precedents
    ()
    """
    return scenario_of(
        {**scenario.model_dump(), **tables}, place=scenario.place, file=scenario.file
    )


def check_meaning(
    case: Case, name: str, values: Sequence[Value], *, others: Sequence[str] = ()
) -> None:
    """Try every value of a field alone; refuse a field whose values all make the same ballots.

    The likeness of a precedent is tried with that precedent cited.

    Parameters
    ----------
    case : Case
    name : str
        Dotted, as in `sim.studies.sweep.fields`.
    values : sequence
        Each once.
    others : sequence of str
        Further fields that are swept.

    Raises
    ------
    ScenarioError
        If a value is not allowed.
    SweepError
        If there are two or more, and they change nothing.

    Examples
    --------
    >>> check_meaning(resolve("gaza-amendment-2023"), "us.effect_scale", [0.0, 2.0])
    Traceback (most recent call last):
        ...
    sim.studies.sweep.fields.SweepError: --over: 'us.effect_scale': means nothing here: all of its
    values make the same forecast (model bloc-shares); leave it out
    """
    seen: set[Hashable] = set()
    partner = name.removesuffix(LIKENESS)
    cited = {partner: IN_OUT[0]} if partner != name and partner in others else {}
    for value in values:
        varied = resolve(with_values(case.scenario, {**cited, name: value}))
        if len(values) > 1 and len(seen) < 2:
            felt = {arm: _felt(ballot) for arm, ballot in ballots(varied).items()}
            seen.add(_content((varied.rule.name, felt, _felt_on_the_way(varied))))
    if len(values) > 1 and len(seen) == 1:
        raise SweepError(
            f"--over: {name!r}: means nothing here: all of its values make the same forecast "
            f"(model {case.scenario.model}); leave it out"
        )


def _felt(ballot: Ballot) -> Ballot:
    """Return a ballot without what moves nobody: how others respond to no move at all."""
    if any(not move.moves_nobody for move in ballot.moves):
        return ballot
    return replace(
        ballot, influence=ballot.influence.weakened(np.zeros(len(ballot.influence.effect)))
    )


def _felt_on_the_way(case: Case) -> Path | None:
    if not case.scenario.steps:
        return None
    path = path_of(case)
    felt = {
        arm: tuple(tuple(map(_felt, forms)) for forms in steps)
        for arm, steps in path.ballots.items()
    }
    return replace(path, ballots=felt)


def _content(value: Any) -> Hashable:
    """Return all that a value holds, to be compared."""
    if isinstance(value, np.ndarray):
        return (value.shape, value.tobytes())
    if is_dataclass(value):
        return tuple(_content(getattr(value, each.name)) for each in fields(value))
    if isinstance(value, Mapping):
        return tuple((key, _content(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(_content(each) for each in value)
    return value if isinstance(value, Hashable) else repr(value)
