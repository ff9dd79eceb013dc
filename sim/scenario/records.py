"""Where the roll calls are that a scenario cites: seeds, files of its own, the user's record."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path

from sim import files
from sim.models.fitted.kept import kept_parameters
from sim.record import Record, read_record, users_record
from sim.record.cited import cited_roll_calls
from sim.record.own import read_own_roll_calls
from sim.scenario.schema import Scenario
from sim.scenario.tables import RollCallsTable


def citable(
    scenario: Scenario, given: Record | None, problems: list[str]
) -> tuple[Record, tuple[Path, ...], Path | None]:
    """Return the roll calls that a scenario may cite, the files they are from, and the record.

    A roll call that is in several is taken from the seeds, then from the scenario's own files, then
    from the record: the one it names, else the user's, which is opened only if it is needed.

    Parameters
    ----------
    scenario : Scenario
    given : Record or None
        In place of the seeds.
    problems : list of str
        What cannot be read is added.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> found, *read = citable(read_scenario("anniversary-2025"), None, [])
    >>> len(found) == len(cited_roll_calls()), read
    (True, [(), None])
    """
    found = cited_roll_calls() if given is None else given
    read: list[Path] = []
    for number, table in enumerate(scenario.roll_calls):
        place = path_beside(scenario, table.file)
        try:
            found = found.joined(_own(place, table))
            read.append(place)
        except (files.FileError, ValueError) as error:
            problems += [f"roll_calls.{number}.file: {line}" for line in str(error).splitlines()]
    named = None if scenario.record is None else path_beside(scenario, scenario.record)
    place_of_all = named or (users_record() if given is None and _lacks(scenario, found) else None)
    if place_of_all is not None:
        try:
            digest = files.sha256(place_of_all)
            seeds_alone = found is cited_roll_calls()
            found = (
                _with_seeds(place_of_all, digest)
                if seeds_alone
                else found.joined(_read(place_of_all, digest))
            )
            read.append(place_of_all)
        except (files.FileError, OSError) as error:
            reason = f"{place_of_all}: {getattr(error, 'strerror', None) or error}"
            problems.append(f"record: {reason.removeprefix(f'{place_of_all}: {place_of_all}: ')}")
    return found, tuple(read), place_of_all


def fitted_to(scenario: Scenario, place: Path, newest: datetime.date) -> Path | None:
    """Return the parameters fitted to a record, if it has votes after the newest shipped ones.

    Parameters
    ----------
    scenario : Scenario
        Nothing after its day is used.
    place : Path
        The record.
    newest : date
        Day of the newest shipped parameters that the scenario may use.

    Examples
    --------
    >>> import tempfile
    >>> from sim.record import write_record
    >>> from sim.scenario.schema import read_scenario
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_record(Record.empty(), Path(folder) / "r.parquet")
    ...     day = datetime.date(2020, 1, 1)
    ...     fitted_to(read_scenario("anniversary-2025"), Path(folder) / "r.parquet", day)
    """
    digest = files.sha256(place)
    record = _read(place, digest)
    if not len(record.between(newest + datetime.timedelta(1), scenario.as_of)):
        return None
    model, as_of = scenario.model, scenario.as_of
    return kept_parameters(record, place.name, model=model, sha256=digest, as_of=as_of)


def path_beside(scenario: Scenario, name: str) -> Path:
    """Return the path of a file that a scenario names, relative to the scenario's own.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> path_beside(read_scenario("anniversary-2025"), "votes.csv").parent.name
    'scenarios'
    """
    return (scenario.file.parent if scenario.file else Path()) / Path(name).expanduser()


def _lacks(scenario: Scenario, found: Record) -> bool:
    """Return whether the scenario or a step of it cites a roll call that is not there yet."""
    if scenario.precedents == "auto":
        return True
    tables = (scenario.precedents, *(step.precedents or () for step in scenario.steps))
    cited = [table.symbol for of_text in tables for table in of_text]
    cited += [step.roll_call for step in scenario.steps if step.roll_call]
    for symbol in [*cited, *([scenario.actual] if scenario.actual else [])]:
        try:
            found.row(symbol)
        except ValueError:
            return True
    return False


def _own(place: Path, table: RollCallsTable) -> Record:
    told = {"symbol": table.symbol, "title": table.title, "us": table.us or ""}
    day = "" if table.day is None else table.day.isoformat()
    return read_own_roll_calls(place, body=table.body, day=day, **told)


@functools.lru_cache(maxsize=2)
def _read(place: Path, _digest: str) -> Record:
    return read_record(place)


@functools.lru_cache(maxsize=2)
def _with_seeds(place: Path, digest: str) -> Record:
    """Return the seeds with a record behind them, put together once for all points of a sweep."""
    return cited_roll_calls().joined(_read(place, digest))
