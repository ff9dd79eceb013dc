"""From a scenario to the question that a vote model is asked: all that is known on its day."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sim import files
from sim.assembly.blocs import Blocs
from sim.assembly.choices import Choice
from sim.assembly.draft import DraftResolution
from sim.models import Precedent, Question, Stance
from sim.models.fitted import FittedParameters, read_parameters
from sim.models.judgements import model_seeds, settings_of
from sim.models.learned.asking import nearest_roll_calls
from sim.record import Record
from sim.record.cited import cited_asks, cited_roll_calls
from sim.scenario.schema import Scenario, ScenarioError

DAYS_IN_YEAR = 365.25
SHARES = ("floor", "discipline")
"""Settings that are shares."""


def question_of(scenario: Scenario) -> Question:
    """Return all that is known on the day of the forecast.

    Raises
    ------
    ScenarioError
        If the scenario names what is not there; `question_problems` finds all that it does.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> [one.symbol for one in question_of(read_scenario("jerusalem-2017")).precedents][:2]
    ['70/16', '71/25']
    """
    check_actual(scenario)
    blocs, day = Blocs.load(), scenario.as_of
    record = _known_record(day)
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


def question_problems(scenario: Scenario) -> list[str]:
    """Return everything that a scenario names and that is not there, one line each.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> wrong = {"actual": "ES-99/1", "settings": {"floor": 2.0}}
    >>> found = question_problems(read_scenario("anniversary-2025").model_copy(update=wrong))
    >>> [line.split(": ")[1] for line in found]
    ['actual', 'settings.floor']
    """

    def precedents(scenario: Scenario) -> None:
        if scenario.precedents != "auto":
            _precedents(scenario, _known_record(scenario.as_of))

    def stances(scenario: Scenario) -> None:
        _stances(scenario, Blocs.load())

    found = []
    for check in (check_actual, fitted_parameters, settings_for, precedents, stances, sponsors):
        try:
            check(scenario)
        except ScenarioError as error:
            found += str(error).splitlines()
    return found


@functools.lru_cache(maxsize=16)
def _known_record(as_of: datetime.date) -> Record:
    return cited_roll_calls().before(np.datetime64(as_of) + 1)


def fitted_parameters(scenario: Scenario) -> FittedParameters:
    """Return the fitted parameters that the scenario names, or the newest shipped that it may use.

    Raises
    ------
    ScenarioError
        If there are none, they cannot be read, or they are later than the day of the forecast.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> fitted_parameters(read_scenario("anniversary-2025")).as_of.isoformat()
    '2020-01-01'
    """
    named = scenario.parameters
    shipped = {path.stem: path for path in files.shipped("seeds").glob("parameters/*.toml")}
    if named is None:
        early = [stem for stem in sorted(shipped) if stem <= scenario.as_of.isoformat()]
        if not early:
            raise scenario.refusal(
                f"parameters: none shipped is as early as as_of, {scenario.as_of}; fit some with "
                "unga-sim fit and name their file"
            )
        return _read_parameters(shipped[early[-1]])
    try:
        found = _read_parameters(shipped.get(named, Path(named)))
    except files.FileError as error:
        raise scenario.refusal(
            f"parameters: {named!r}: {error}; shipped are {', '.join(sorted(shipped))}"
        ) from None
    if found.as_of > scenario.as_of:
        raise scenario.refusal(
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

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> len(sponsors(read_scenario("anniversary-2025")))
    48
    """
    seeds, named = _sponsor_seeds(), scenario.sponsors.seed
    if named is not None and named not in seeds:
        known = ", ".join(sorted(seeds))
        raise scenario.refusal(f"sponsors.seed: {named!r}: allowed are {known}")
    listed = () if named is None else seeds[named]
    return tuple(sorted({*listed, *scenario.sponsors.states}))


@functools.cache
def _sponsor_seeds() -> Mapping[str, tuple[str, ...]]:
    seeds: dict[str, tuple[str, ...]] = {}
    for row in files.read_rows(files.seed("sponsors.csv"), ("symbol", "iso3")):
        seeds[row["symbol"]] = (*seeds.get(row["symbol"], ()), row["iso3"])
    return seeds


def check_actual(scenario: Scenario) -> None:
    """Refuse a real vote that is not among the cited roll calls.

    Raises
    ------
    ScenarioError
        The message says which there are.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> check_actual(read_scenario("anniversary-2025"))
    """
    cited = cited_roll_calls()
    try:
        if scenario.actual is not None:
            cited.row(scenario.actual)
    except ValueError:
        known = ", ".join(cited.roll_calls["symbol"])
        raise scenario.refusal(f"actual: {scenario.actual!r}: allowed are {known}") from None


def settings_for(scenario: Scenario) -> dict[str, float]:
    """Return the model's parameters: the seeds', with the scenario's in their place.

    Raises
    ------
    ScenarioError
        If the scenario sets one that the model does not have, or one to what it cannot be.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> sorted(settings_for(read_scenario("anniversary-2025")))[-2:]
    ['half_life', 'size_power']
    """
    settings, problems = settings_of(scenario.model), []
    for name, value in scenario.settings.items():
        positive = name not in ("floor", "discipline", "discipline_power", "size_power")
        if name not in settings:
            allowed = ", ".join(sorted(settings))
            problems.append(f"settings.{name}: the model {scenario.model} has {allowed}")
        elif value < 0 or (positive and value == 0) or (name in SHARES and value >= 1):
            allowed = (
                "0 to 1, 1 left out" if name in SHARES else "above 0" if positive else "0 or more"
            )
            problems.append(f"settings.{name}: {value}: allowed is {allowed}")
    if problems:
        raise scenario.refusal(*problems)
    return {**settings, **scenario.settings}


def _precedents(scenario: Scenario, record: Record) -> list[Precedent]:
    if scenario.precedents == "auto":
        return _likest(scenario, record)
    found, problems = [], []
    for number, table in enumerate(scenario.precedents):
        try:
            row = record.row(table.symbol)
        except ValueError as error:
            problems.append(
                f"precedents.{number}.symbol: {error}; allowed are those of "
                f"seeds/roll_calls.csv up to as_of, {scenario.as_of}"
            )
            continue
        likeness = table.likeness
        if likeness is None:
            asks = cited_asks()[record.roll_calls["symbol"][row]]
            likeness = _likeness(set(scenario.resolution.asks), set(asks))
        found.append(Precedent(table.symbol, row, likeness, _age(scenario, record, row)))
    if problems:
        raise scenario.refusal(*problems)
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
    """Return how new the text is: as the scenario says, or 1 less the best likeness.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> round(novelty(read_scenario("anniversary-2025")), 3)
    0.2
    """
    if scenario.dependence.novelty is not None:
        return scenario.dependence.novelty
    found = _precedents(scenario, _known_record(scenario.as_of))
    return 1 - max((precedent.likeness for precedent in found), default=0)


def doubts(scenario: Scenario) -> tuple[str, ...]:
    """Return what may be a slip though it can be run, one a line, with its place.

    A demand that no cited text makes is new, or misspelt; a sponsor that is there twice may stand
    for another. A precedent that is not alike at all counts for nothing, one that is there twice
    counts twice.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> doubts(read_scenario("anniversary-2025"))
    ()
    """
    heard = {word for asks in cited_asks().values() for word in asks}
    found = [
        f"resolution.asks: {word!r}: no cited text asks this; is it meant?"
        for word in scenario.resolution.asks
        if word not in heard
    ]
    listed = scenario.sponsors.states
    for number, code in enumerate(listed):
        if code in listed[:number]:
            found.append(f"sponsors.states.{number}: {code!r}: there twice; is another meant?")
    if scenario.precedents != "auto":
        seen: set[int] = set()
        for number, precedent in enumerate(question_of(scenario).precedents):
            place = f"precedents.{number}.symbol: {precedent.symbol!r}"
            if precedent.row in seen:
                found.append(f"{place}: there twice, so it counts twice; is it meant?")
            if precedent.likeness == 0:
                found.append(
                    f"{place}: not alike at all, so it counts for nothing; give its likeness, or "
                    "asks in [resolution] that it shares"
                )
            seen.add(precedent.row)
    return tuple(found)


def _likeness(asks: set[str], other: set[str]) -> float:
    # shared demands over all demands of the two texts (Jaccard)
    return len(asks & other) / len(asks | other) if asks | other else 0.0


def _stances(scenario: Scenario, blocs: Blocs) -> dict[str, Stance]:
    if unknown := sorted(set(scenario.blocs) - set(blocs.codes)):
        allowed = ", ".join(blocs.codes)
        raise scenario.refusal(*(f"blocs.{code}: allowed are {allowed}" for code in unknown))
    return {
        code: Stance(np.array([table.yes, table.abstain, table.no]), table.discipline)
        for code, table in scenario.blocs.items()
    }
