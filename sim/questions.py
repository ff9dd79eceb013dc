"""From a scenario to the question that a vote model is asked: all that is known on its day."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from sim import files
from sim.blocs import Blocs
from sim.choices import Choice
from sim.fitting import FittedParameters, read_parameters
from sim.learned.asking import nearest_roll_calls
from sim.models import Precedent, Question, Stance
from sim.parameters import model_seeds, settings_of
from sim.record import Record
from sim.record.cited import cited_asks, cited_roll_calls
from sim.resolution import DraftResolution
from sim.scenario import Scenario, ScenarioError

DAYS_IN_YEAR = 365.25
SHARES = ("floor", "discipline")
"""Settings that are shares."""


def question_of(scenario: Scenario) -> Question:
    """Return all that is known on the day of the forecast."""
    check_actual(scenario)
    blocs, day = Blocs.load(), scenario.as_of
    record = cited_roll_calls().before(np.datetime64(day) + 1)
    return Question(
        resolution=DraftResolution(
            symbol=scenario.resolution.symbol,
            title=scenario.resolution.title,
            date=scenario.resolution.date,
            majority=scenario.resolution.majority,
            sponsors=sponsors(scenario),
        ),
        as_of=day,
        blocs=blocs.matrix(day),
        bloc_codes=blocs.codes,
        record=record,
        precedents=tuple(_precedents(scenario, record)),
        stances=_stances(scenario, blocs),
        discipline=model_seeds()["discipline"],
        settings=settings_for(scenario),
        learned=fitted_parameters(scenario).model,
        us_vote=_vote_at(scenario.us.reference),
    )


def fitted_parameters(scenario: Scenario) -> FittedParameters:
    """Return the fitted parameters that the scenario names, or the newest shipped that it may use.

    Raises
    ------
    ScenarioError
        If there are none, they cannot be read, or they are later than the day of the forecast.
    """
    named = scenario.parameters
    shipped = {path.stem: path for path in files.shipped("seeds").glob("parameters/*.toml")}
    if named is None:
        early = [stem for stem in sorted(shipped) if stem <= scenario.as_of.isoformat()]
        if not early:
            raise ScenarioError(
                f"parameters: none shipped is as early as as_of, {scenario.as_of}; fit some with "
                "unga-sim fit and name their file"
            )
        return _read_parameters(shipped[early[-1]])
    try:
        found = _read_parameters(shipped.get(named, Path(named)))
    except files.FileError as error:
        raise ScenarioError(
            f"parameters: {named!r}: {error}; shipped are {', '.join(sorted(shipped))}"
        ) from None
    if found.as_of > scenario.as_of:
        raise ScenarioError(
            f"parameters: {named!r}: fitted as of {found.as_of}, allowed is up to as_of, "
            f"{scenario.as_of}: a forecast must not know what came later"
        )
    return found


@functools.cache
def _read_parameters(path: Path) -> FittedParameters:
    return read_parameters(path)


def _vote_at(position: str) -> Choice | None:
    # of a silent sponsor nothing is known, and a rival text is opposed
    known = {"silent": None, "abstain": Choice.ABSTAIN, "co-sponsor": Choice.YES, "yes": Choice.YES}
    return known.get(position, Choice.NO)


def sponsors(scenario: Scenario) -> tuple[str, ...]:
    """Return the ISO codes of the sponsors: those of the seed list and those the scenario adds.

    Raises
    ------
    ScenarioError
        If the scenario names a seed list that is not there.
    """
    rows = files.read_rows(files.seed("sponsors.csv"), ("symbol", "iso3"))
    listed = {row["iso3"] for row in rows if row["symbol"] == scenario.sponsors.seed}
    if scenario.sponsors.seed is not None and not listed:
        known = ", ".join(sorted({row["symbol"] for row in rows}))
        raise ScenarioError(f"sponsors.seed: {scenario.sponsors.seed!r}: allowed are {known}")
    return tuple(sorted(listed | set(scenario.sponsors.states)))


def check_actual(scenario: Scenario) -> None:
    """Refuse a real vote that is not among the cited roll calls.

    Raises
    ------
    ScenarioError
        The message says which there are.
    """
    cited = cited_roll_calls()
    try:
        if scenario.actual is not None:
            cited.row(scenario.actual)
    except ValueError:
        known = ", ".join(cited.roll_calls["symbol"])
        raise ScenarioError(f"actual: {scenario.actual!r}: allowed are {known}") from None


def settings_for(scenario: Scenario) -> dict[str, float]:
    """Return the model's parameters: the seeds', with the scenario's in their place.

    Raises
    ------
    ScenarioError
        If the scenario sets one that the model does not have.
    """
    settings = settings_of(scenario.model)
    if unknown := sorted(set(scenario.settings) - set(settings)):
        raise ScenarioError(
            f"settings: {', '.join(unknown)}: the model {scenario.model} has "
            f"{', '.join(sorted(settings))}"
        )
    for name, value in scenario.settings.items():
        positive = name not in ("floor", "discipline", "discipline_power", "size_power")
        if value < 0 or (positive and value == 0) or (name in SHARES and value >= 1):
            allowed = (
                "0 to 1, 1 left out" if name in SHARES else "above 0" if positive else "0 or more"
            )
            raise ScenarioError(f"settings.{name}: {value}: allowed is {allowed}")
    return {**settings, **scenario.settings}


def _precedents(scenario: Scenario, record: Record) -> list[Precedent]:
    if scenario.precedents == "auto":
        return _likest(scenario, record)
    found = []
    for number, table in enumerate(scenario.precedents):
        try:
            row = record.row(table.symbol)
        except ValueError as error:
            raise ScenarioError(
                f"precedents.{number}.symbol: {error}; of roll calls up to {scenario.as_of}"
            ) from None
        likeness = table.likeness
        if likeness is None:
            asks = cited_asks()[record.roll_calls["symbol"][row]]
            likeness = _likeness(set(scenario.resolution.asks), set(asks))
        found.append(Precedent(table.symbol, row, likeness, _age(scenario, record, row)))
    return found


def _likest(scenario: Scenario, record: Record) -> list[Precedent]:
    vocabulary = fitted_parameters(scenario).model.vocabulary
    near = nearest_roll_calls(
        record, scenario.resolution.title, scenario.resolution.date, vocabulary=vocabulary
    )
    symbols = record.roll_calls["symbol"]
    return [
        Precedent(symbols[one.row], one.row, one.likeness, _age(scenario, record, one.row))
        for one in near
        if one.likeness > 0
    ]


def _age(scenario: Scenario, record: Record, row: int) -> float:
    days = (np.datetime64(scenario.as_of) - record.dates[row]).astype(int)
    return float(days / DAYS_IN_YEAR)


def novelty(scenario: Scenario) -> float:
    """Return how new the text is: as the scenario says, or 1 less the best likeness."""
    if scenario.dependence.novelty is not None:
        return scenario.dependence.novelty
    likest = max((precedent.likeness for precedent in question_of(scenario).precedents), default=0)
    return 1 - likest


def _likeness(asks: set[str], other: set[str]) -> float:
    # shared demands over all demands of the two texts (Jaccard)
    return len(asks & other) / len(asks | other) if asks | other else 0.0


def _stances(scenario: Scenario, blocs: Blocs) -> dict[str, Stance]:
    if unknown := sorted(set(scenario.blocs) - set(blocs.codes)):
        raise ScenarioError(f"blocs: {', '.join(unknown)}: allowed are {', '.join(blocs.codes)}")
    return {
        code: Stance(np.array([table.yes, table.abstain, table.no]), table.discipline)
        for code, table in scenario.blocs.items()
    }
