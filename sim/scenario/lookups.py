"""What a scenario names, looked up: each function adds what it does not find to `problems`."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim import files
from sim.assembly.blocs import Blocs
from sim.assembly.choices import Choice, FloatArray
from sim.assembly.members import US, Members
from sim.models import Precedent, Stance
from sim.models.fitted import FittedParameters, read_parameters
from sim.models.judgements import Position, position, settings_of, settings_problems
from sim.models.learned.asking import nearest_roll_calls, precedents_for
from sim.models.learned.source import Source, day_number
from sim.record import Record
from sim.record.cited import cited_asks, sponsor_lists
from sim.scenario.schema import Scenario
from sim.scenario.tables import WORDS

DAYS_IN_YEAR = 365.25
ALLOWED = (
    "must be one of the roll calls up to as_of in seeds/roll_calls.csv, in the scenario's "
    "roll_calls, and in its record or yours, which unga-sim record update makes"
)


def parameter_file(scenario: Scenario, problems: list[str]) -> Path | None:
    """Return the file of the parameters that the scenario names, or of the newest it may use.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> parameter_file(read_scenario("anniversary-2025"), []).name
    '2025-01-01.toml'
    """
    named = scenario.parameters
    shipped = {path.stem: path for path in files.shipped("seeds").glob("parameters/*.toml")}
    if named is not None:
        return shipped.get(named, Path(named))
    early = [stem for stem in sorted(shipped) if stem <= scenario.as_of.isoformat()]
    if early:
        return shipped[early[-1]]
    problems.append(
        f"parameters: none shipped is as early as as_of, {scenario.as_of}; fit some with "
        "unga-sim fit and name their file"
    )
    return None


def fitted_parameters(
    scenario: Scenario, place: Path | None, problems: list[str]
) -> FittedParameters | None:
    """Return the fitted parameters in a file, unless they know what came after the forecast.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> anniversary, problems = read_scenario("anniversary-2025"), []
    >>> fitted_parameters(anniversary, Path("none.toml"), problems)
    >>> problems[0].split(":")[:2]
    ['parameters', ' None']
    """
    if place is None:
        return None
    try:
        found = _read_parameters(place)
    except files.FileError as error:
        shipped = sorted(path.stem for path in files.shipped("seeds").glob("parameters/*.toml"))
        problems.append(
            f"parameters: {scenario.parameters!r}: {error}; shipped are {', '.join(shipped)}"
        )
        return None
    if found.as_of > scenario.as_of:
        problems.append(
            f"parameters: {scenario.parameters!r}: fitted as of {found.as_of}, must not be "
            f"after as_of, {scenario.as_of}: a forecast must not know what came later"
        )
    return found


@functools.cache
def _read_parameters(path: Path) -> FittedParameters:
    return read_parameters(path)


def sponsors(scenario: Scenario, problems: list[str]) -> tuple[str, ...]:
    """Return the ISO codes of the sponsors: those of the seed list and those the scenario adds.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> len(sponsors(read_scenario("anniversary-2025"), []))
    48
    """
    seeds, named = sponsor_lists(), scenario.sponsors.seed
    if named is not None and named not in seeds:
        problems.append(f"sponsors.seed: {named!r}: must be one of {', '.join(sorted(seeds))}")
    listed = () if named is None else seeds.get(named, ())
    return tuple(sorted({*listed, *scenario.sponsors.states}))


def settings(scenario: Scenario, problems: list[str]) -> dict[str, float]:
    """Return the model's parameters: the seeds', with the scenario's in their place.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> sorted(settings(read_scenario("gaza-amendment-2023"), []))[-2:]
    ['half_life', 'size_power']
    """
    problems += settings_problems(scenario.model, scenario.settings)
    return {**settings_of(scenario.model), **scenario.settings}


def find_precedents(
    scenario: Scenario,
    record: Record,
    fitted: FittedParameters | None,
    problems: list[str],
    *,
    later: Record | None = None,
) -> tuple[Precedent, ...]:
    """Return the roll calls that the scenario cites, or those of the likest titles.

    Parameters
    ----------
    scenario : Scenario
    record : Record
        Of nothing later than the day of the forecast.
    fitted : FittedParameters or None
        Their vocabulary says how alike titles are.
    problems : list of str
    later : Record, optional
        With what came later too, so that it can be said which roll call cited did.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.scenario.schema import read_scenario
    >>> jerusalem, cited = read_scenario("jerusalem-2017"), cited_roll_calls()
    >>> [one.symbol for one in find_precedents(jerusalem, cited, None, [])][:2]
    ['70/16', '71/25']
    """
    if scenario.precedents == "auto":
        return () if fitted is None else _likest(scenario, record, fitted)
    words = _title_likeness(scenario, record, fitted)
    found = []
    for number, table in enumerate(scenario.precedents):
        place = f"precedents.{number}.symbol"
        row = _row_of(table.symbol, scenario, record, problems, place=place, later=later)
        if row is None:
            continue
        likeness = words[row] if table.likeness == WORDS else table.likeness
        if likeness is None:
            asks = cited_asks().get(str(record.roll_calls["symbol"][row]), ())
            likeness = _likeness(set(scenario.resolution.asks), set(asks))
        age, judged = _age(scenario, record, row), table.likeness != WORDS
        found.append(Precedent(table.symbol, row, float(likeness), age, judged=judged))
    return tuple(found)


def actual_problems(scenario: Scenario, record: Record) -> list[str]:
    """Return that the real vote is not there, if one is named.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> actual_problems(read_scenario("rights-2024"), Record.empty())[0].split(":")[0]
    'actual'
    """
    try:
        if scenario.actual is not None:
            record.row(scenario.actual)
    except ValueError as error:
        return [f"actual: {error}; {ALLOWED}"]
    return []


def with_committees(
    scenario: Scenario, record: Record, problems: list[str], *, later: Record | None = None
) -> Scenario:
    """Return a scenario in which the votes of roll calls that committees cite are known.

    Parameters
    ----------
    scenario : Scenario
    record : Record
        Of nothing later than the day of the forecast.
    problems : list of str
    later : Record, optional
        As for `find_precedents`.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.scenario.schema import read_scenario
    >>> crimea = read_scenario("crimea-rights-2018")
    >>> with_committees(crimea, cited_roll_calls(), []) is crimea
    True
    """
    if not any(step.roll_call for step in scenario.steps):
        return scenario
    steps = []
    for step in scenario.steps:
        steps.append(step)
        if step.roll_call is None:
            continue
        place = f"steps.{step.name}.roll_call"
        row = _row_of(step.roll_call, scenario, record, problems, place=place, later=later)
        if row is None:
            continue
        if (day := record.dates[row].astype(object)) != step.day:
            problems.append(f"{place}: {step.roll_call!r}: was held on {day}, not on {step.day}")
        votes = zip(Members.load().codes, record.votes[row].tolist(), strict=True)
        cast = {code: Choice(vote).column for code, vote in votes if vote in list(Choice)}
        steps[-1] = step.model_copy(update={"known": {**cast, **(step.known or {})}})
    return scenario.model_copy(update={"steps": tuple(steps)})


def _row_of(
    symbol: str,
    scenario: Scenario,
    record: Record,
    problems: list[str],
    *,
    place: str,
    later: Record | None,
) -> int | None:
    """Return the row of a roll call that a scenario cites; None, and the problem, if it may not."""
    try:
        return record.row(symbol)
    except ValueError as error:
        why = _held_later(scenario, later, symbol) or f"{error}; {ALLOWED}"
        problems.append(f"{place}: {why}")
        return None


def _held_later(scenario: Scenario, record: Record | None, symbol: str) -> str:
    """Say that a roll call was held after the day of the forecast; nothing if there is none."""
    try:
        day = None if record is None else record.dates[record.row(symbol)]
    except ValueError:
        day = None
    if day is None:
        return ""
    return (
        f"{symbol!r}: was held on {day}, must not be after as_of, {scenario.as_of}: "
        "a forecast must not know what came later"
    )


def _title_likeness(
    scenario: Scenario, record: Record, fitted: FittedParameters | None
) -> FloatArray:
    """Return how alike each title is [roll call]; zeros where no precedent asks for it."""
    cited = () if scenario.precedents == "auto" else scenario.precedents
    if fitted is None or all(table.likeness != WORDS for table in cited):
        return np.zeros(len(record))
    draft = scenario.resolution
    found = precedents_for(
        Source.of(record),
        draft.title,
        day_number(draft.date),
        symbol=draft.symbol,
        vocabulary=fitted.model.vocabulary,
    )
    return np.asarray(found.likeness[0], float)


def _likest(scenario: Scenario, record: Record, fitted: FittedParameters) -> tuple[Precedent, ...]:
    draft = scenario.resolution
    near = nearest_roll_calls(
        record,
        draft.title,
        draft.date,
        symbol=draft.symbol,
        vocabulary=fitted.model.vocabulary,
    )
    keys = record.roll_calls["key"]
    return tuple(
        Precedent(
            keys[one.row], one.row, one.likeness, _age(scenario, record, one.row), judged=False
        )
        for one in near
        if one.likeness > 0
    )


def _age(scenario: Scenario, record: Record, row: int) -> float:
    days = (np.datetime64(scenario.as_of) - record.dates[row]).astype(int)
    return float(days / DAYS_IN_YEAR)


def _likeness(asks: set[str], other: set[str]) -> float:
    # shared demands over all demands of the two texts (Jaccard)
    return len(asks & other) / len(asks | other) if asks | other else 0.0


def stances(scenario: Scenario, problems: list[str]) -> dict[str, Stance]:
    """Return what the scenario says of blocs, by code.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> stances(read_scenario("anniversary-2025"), [])
    {}
    """
    codes = Blocs.load().codes
    allowed = ", ".join(codes)
    unknown = sorted(scenario.blocs.keys() - codes)
    problems += [f"blocs.{code}: must be one of {allowed}" for code in unknown]
    return {
        code: Stance(np.array([table.yes, table.abstain, table.no]), table.discipline)
        for code, table in scenario.blocs.items()
    }


def suspended(scenario: Scenario) -> tuple[str, ...]:
    """Return the states without a vote on the day (Charter, Art. 19), exempted ones left out.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> suspended(read_scenario("anniversary-2025"))
    ('AFG', 'BOL', 'COG', 'GNB', 'VEN')
    """
    day, as_of = scenario.resolution.date.isoformat(), scenario.as_of.isoformat()
    listed = {
        row["iso3"]
        for row in _article19()
        if row["from"] <= as_of and (not row["until"] or day < row["until"])
        if row["exempt"] == "no"
    }
    return tuple(sorted(listed | set(scenario.suspended)))


def suspended_until() -> datetime.date:
    """Return the day on which the shipped lists of states without a vote end.

    Examples
    --------
    >>> suspended_until().isoformat()
    '2025-09-09'
    """
    return datetime.date.fromisoformat(max(row["until"] for row in _article19()))


@functools.cache
def _article19() -> list[dict[str, str]]:
    return files.read_rows(files.seed("article19.csv"), ("iso3", "from", "until", "exempt"))


def positions(scenario: Scenario) -> dict[str, Position]:
    """Return what each position of the United States in the scenario means, by name.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> sorted(positions(read_scenario("jerusalem-2017")))
    ['no', 'no-and-lobbies']
    """
    names = {scenario.us.reference, *(n for arm in scenario.arms.values() for n in arm.positions)}
    return {name: _position(scenario, name) for name in sorted(names)}


def _position(scenario: Scenario, name: str) -> Position:
    found, step = position(name, scenario.resolution.date), scenario.us.co_sponsor_step
    return found if name != "co-sponsor" or step is None else replace(found, value=1 + step)


def us_vote(reference: str) -> Choice | None:
    """Return the vote that goes with the position that the forecast assumes, where one does.

    Examples
    --------
    >>> us_vote("silent"), us_vote("rival-text")
    (None, <Choice.NO: 2>)
    """
    # of a silent sponsor nothing is known, and a rival text is opposed
    known = {"silent": None, "abstain": Choice.ABSTAIN, "co-sponsor": Choice.YES, "yes": Choice.YES}
    return known.get(reference, Choice.NO)


def known_problems(scenario: Scenario, away: Sequence[str]) -> list[str]:
    """Return which known votes cannot be, one line each.

    Parameters
    ----------
    scenario : Scenario
    away : sequence of str
        States without a vote that day.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> wrong = read_scenario("anniversary-2025").model_copy(update={"known": {"VEN": "yes"}})
    >>> known_problems(wrong, ["VEN"])
    ["known.VEN: 'yes': has no vote that day (Charter, Art. 19); leave it out"]
    """
    found = [
        f"known.{code}: {vote!r}: has no vote that day (Charter, Art. 19); leave it out"
        for code, vote in scenario.known.items()
        if code in away and vote != Choice.NON_VOTING.column
    ]
    if (vote := scenario.known.get(US)) is not None:
        found.append(
            f"known.{US}: {vote!r}: each arm sets what the United States does; leave it out"
        )
    return found
