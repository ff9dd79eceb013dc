"""Votes that were announced: in a text such as ``BRA=yes,HUN=no``, or in a file."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

from sim import files
from sim.assembly.choices import COLUMNS, Choice
from sim.assembly.members import Members
from sim.scenario.tables import day_problem

Announced = tuple[str, str, str, str]
"""Where it stands, the state, its vote and the day, as written."""


class KnownVotesError(ValueError):
    """Announced votes that cannot be used; a line a problem."""


def known_votes(text: str | None, path: Path | None, *, as_of: datetime.date) -> dict[str, Choice]:
    """Return announced votes by ISO code.

    Parameters
    ----------
    text : str or None
        Such as ``BRA=yes,HUN=no``.
    path : Path or None
        A CSV file with the columns state and vote, and if need be source and day.
    as_of : date
        The day of the forecast, which may not know what was announced later.

    Raises
    ------
    KnownVotesError
        If a state, a vote or a day is none, a day is too late, or a state is there with two votes.
    files.FileError
        If the file cannot be read.

    Examples
    --------
    >>> known_votes("BRA=yes,hungary=no", None, as_of=datetime.date(2025, 2, 22))
    {'BRA': <Choice.YES: 0>, 'HUN': <Choice.NO: 2>}
    """
    votes: dict[str, Choice] = {}
    places: dict[str, str] = {}
    problems = []
    for place, state, vote, day in [*_in_text(text or ""), *_in_file(path)]:
        found = [*_day_problems(day, as_of), *_vote_problems(vote)]
        try:
            iso3 = Members.load().find(state)
        except ValueError as error:
            found.append(str(error))
        if not found:
            choice = Choice(COLUMNS.index(_vote(vote)))
            if votes.setdefault(iso3, choice) != choice:
                found = [f"{iso3}={choice.column}: is {votes[iso3].column} in {places[iso3]}"]
            places.setdefault(iso3, place)
        problems += [f"{place}: {problem}" for problem in found]
    if problems:
        raise KnownVotesError("\n".join(problems))
    return votes


def _in_text(text: str) -> Iterator[Announced]:
    for part in filter(None, text.split(",")):
        state, _, vote = part.partition("=")
        yield "--known", state.strip(), vote, ""


def _in_file(path: Path | None) -> Iterable[Announced]:
    if path is None:
        return []
    return [
        (f"{path}: line {line}", row["state"], row["vote"], row.get("day", ""))
        for line, row in files.numbered_rows(path, ("state", "vote"), ("source", "day"))
    ]


def _vote(text: str) -> str:
    return text.strip().lower().replace("-", "_").replace(" ", "_")


def _vote_problems(vote: str) -> list[str]:
    allowed = ", ".join(COLUMNS)
    return [] if _vote(vote) in COLUMNS else [f"vote {vote.strip()!r}: must be one of {allowed}"]


def _day_problems(day: str, as_of: datetime.date) -> list[str]:
    if not day.strip():
        return []
    try:
        said = datetime.date.fromisoformat(day.strip())
    except ValueError:
        return [f"day {day.strip()!r}: expected a day like 2025-02-20"]
    if problem := day_problem(said):
        return [f"day {problem}"]
    late = f"day {said}: must not be after as_of, {as_of}: a forecast must not know what came later"
    return [late] if said > as_of else []
