"""Forecasts of record: frozen before the vote, chained by hashes, never edited.

Each line of a ledger is one forecast as JSON. It holds the hash of the line before, so a line that
is changed, dropped or put in later breaks the chain. A correction is a new line.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim import files
from sim.assembly.choices import CHOICES, FloatArray
from sim.assembly.members import Members
from sim.runs.folder import manifest
from sim.runs.run import Run
from sim.scenario.case import Case

START = "0" * 64
"""The hash before the first entry."""
PLACES = 5
"""Decimals of a frozen probability."""
LAST = 3
"""Precedents behind the simple forecast that is frozen beside each entry."""


@dataclass(frozen=True)
class Entry:
    """One frozen forecast.

    Attributes
    ----------
    content : mapping
        What was frozen, `previous` (the hash before it) included.
    hash : str
        As written in the ledger.

    Examples
    --------
    >>> entry = Entry.after([], {"title": "A draft"})
    >>> entry.content["previous"] == START, entry.intact
    (True, True)
    >>> Entry({**entry.content, "title": "Another"}, entry.hash).intact
    False
    """

    content: Mapping[str, Any]
    hash: str

    @classmethod
    def after(cls, entries: Sequence[Entry], content: Mapping[str, Any]) -> Entry:
        """Return the entry that follows others."""
        last = entries[-1].hash if entries else START
        whole = {**content, "number": len(entries) + 1, "previous": last}
        return cls(whole, _hash(whole))

    @property
    def intact(self) -> bool:
        """Whether the content is what was hashed."""
        return _hash(self.content) == self.hash

    @property
    def line(self) -> str:
        """The entry as it stands in the file."""
        return _canonical({**self.content, "hash": self.hash})


def first_touched(entries: Iterable[Entry]) -> int | None:
    """Return the number of the first entry that is not as it was added, if any.

    An entry that was dropped shows at the one that followed it. That the last ones were cut off
    shows only against a hash noted elsewhere.

    Examples
    --------
    >>> one = Entry.after([], {"title": "A"})
    >>> two = Entry.after([one], {"title": "B"})
    >>> first_touched([one, two]), first_touched([two])
    (None, 1)
    """
    last = START
    for number, entry in enumerate(entries, start=1):
        chained = (entry.content.get("previous"), entry.content.get("number")) == (last, number)
        if not (chained and entry.intact):
            return number
        last = entry.hash
    return None


def read_ledger(path: Path) -> tuple[Entry, ...]:
    """Return the entries of a ledger; none if there is no such file yet.

    Raises
    ------
    files.FileError
        If a line is no entry.

    Examples
    --------
    >>> read_ledger(Path("nowhere.jsonl"))
    ()
    """
    if not path.exists():
        return ()
    entries = []
    for number, line in enumerate(files.read_text(path).splitlines(), start=1):
        try:
            content = json.loads(line)
            entries.append(Entry(content, content.pop("hash")))
        except (ValueError, KeyError, AttributeError, TypeError):
            raise files.FileError(f"{path}: line {number}: not an entry of a ledger") from None
    return tuple(entries)


def add_entry(path: Path, content: Mapping[str, Any]) -> Entry:
    """Append a frozen forecast to a ledger.

    Raises
    ------
    files.FileError
        If the ledger was touched: nothing is added to a chain that is broken.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder) / "ledger.jsonl"
    ...     made = [add_entry(place, {"title": title}) for title in "AB"]
    ...     [entry.content["number"] for entry in read_ledger(place)], first_touched(made)
    ([1, 2], None)
    """
    with files.alone(path):
        entries = read_ledger(path)
        touched = first_touched(entries)
        if touched is not None:
            raise files.FileError(
                f"{path}: entry {touched} is not as it was added; start a new ledger, and keep "
                "this one"
            )
        entry = Entry.after(entries, content)
        files.write_text(path, "".join(f"{one.line}\n" for one in (*entries, entry)))
    return entry


def frozen(run: Run, *, made: datetime.date) -> dict[str, Any]:
    """Return what a ledger keeps of a run: the forecast, and all that it was made from.

    Parameters
    ----------
    run : Run
    made : date
        The day it is added. On or after the day of the vote the entry says so.

    Examples
    --------
    >>> from sim.runs.run import plan_of, run_scenario
    >>> from sim.scenario.case import resolve
    >>> from sim.vote.engine import Engine
    >>> case = resolve("cuba-embargo-2016")
    >>> run = run_scenario(case, plan=plan_of(case, engine=Engine.EXACT))
    >>> content = frozen(run, made=datetime.date(2016, 10, 25))
    >>> content["symbol"], content["made_before_the_vote"], len(content["simple"])
    ('71/5', True, 193)
    """
    scenario = run.case.scenario
    vote = scenario.resolution.date
    return {
        "scenario": run.case.stem,
        "title": scenario.title,
        "symbol": scenario.actual or scenario.resolution.symbol,
        "majority": scenario.resolution.majority,
        "vote": vote.isoformat(),
        "as_of": scenario.as_of.isoformat(),
        "made": made.isoformat(),
        "made_before_the_vote": made < vote,
        "text": "" if scenario.file is None else files.read_text(scenario.file),
        **manifest(run.outcomes.seed, run.case.inputs),
        "states": list(Members.load().codes),
        "order": list(scenario.arms),
        "us": {name: str(arm.us) for name, arm in scenario.arms.items()},
        "arms": {
            arm: {
                "adopted": round(float(found.adopted), PLACES),
                "probabilities": np.round(found.states, PLACES).tolist(),
                "counts": {choice.column: _trimmed(found.tallies[choice]) for choice in CHOICES},
            }
            for arm, found in run.outcomes.exact.items()
        },
        "simple": np.round(simple_forecast(run.case), PLACES).tolist(),
    }


def simple_forecast(case: Case) -> FloatArray:
    """Return a forecast anybody could make: each state's votes on the last three precedents.

    One vote more is shared out as all states together voted on them, each choice counted half a
    vote too often so that none is impossible.

    Returns
    -------
    array [state, choice]

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> simple = simple_forecast(resolve("anniversary-2025"))
    >>> simple[Members.load().row("RUS")].argmax().item()  # three times no
    2
    """
    newest = sorted(case.precedents, key=lambda one: one.age)[:LAST]
    votes = case.question.record.votes[[one.row for one in newest]]  # [precedent, state]
    counts = np.stack([(votes == choice).sum(axis=0) for choice in CHOICES], axis=1)
    overall = counts.sum(axis=0) + 0.5
    weights = counts + overall / overall.sum()
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def stored_counts(stored: Mapping[str, Any], states: int) -> FloatArray:
    """Return the distribution of a count as a ledger stores it [votes].

    Examples
    --------
    >>> stored_counts({"from": 1, "probability": [0.25, 0.75]}, 3)
    array([0.  , 0.25, 0.75, 0.  ])
    """
    found = np.zeros(states + 1)
    found[stored["from"] : stored["from"] + len(stored["probability"])] = stored["probability"]
    return np.asarray(found / found.sum())


def _trimmed(distribution: FloatArray) -> dict[str, Any]:
    rounded = np.round(distribution, PLACES)
    there = np.flatnonzero(rounded)
    first, last = int(there[0]), int(there[-1])
    return {"from": first, "probability": rounded[first : last + 1].tolist()}


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(content).encode()).hexdigest()
