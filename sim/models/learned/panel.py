"""The features of many roll calls of a record, each from strictly earlier days."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.assembly.administrations import is_republican
from sim.assembly.choices import BoolArray, Choice, FloatArray, IntArray, VoteArray
from sim.models.history import Float32Array, decayed_sums, scores
from sim.models.learned.blocs import members_on
from sim.models.learned.features import Asked, Columns, columns_of, us_columns
from sim.models.learned.pooling import Precedents, novelty_of
from sim.models.learned.source import DAYS_IN_YEAR, Source
from sim.models.learned.states import DRIFTS, StateProfile, drift_columns
from sim.models.learned.texts.titles import likeness, together
from sim.models.years import each_year
from sim.record.value import ShortRecordError


@dataclass(frozen=True)
class Panel:
    """Features of some roll calls of a record, and what is known of them.

    Attributes
    ----------
    rows, days : array of int [roll call]
        Row in the record, and day.
    votes : array of int8 [roll call, state]
    titled, recurring : array of bool [roll call]
        Has words of its own; its title and kind came up on an earlier day.
    novelty : array [roll call]
        1 less the likeness of the likest earlier text.
    columns : dict of array [roll call, state]
        Features by name.
    supposed : tuple of dict of array [roll call, state]
        Those that use the position of the United States, were it to make each choice; of the last
        roll calls only.
    drift : array [drift, 2, state]
        As in `StateProfile`, after the last day.
    """

    rows: IntArray
    days: IntArray
    votes: VoteArray
    titled: BoolArray
    recurring: BoolArray
    novelty: FloatArray
    columns: Columns
    supposed: tuple[Columns, ...]
    drift: FloatArray

    def since(self, year: int, *, until: int) -> Panel:
        """Return the panel as it is if it begins with a later year [year].

        Drifts then start anew, so that a fit does not depend on how far back a panel goes.

        Parameters
        ----------
        year : int
        until : int
            Day after the last roll call [days since 1970-01-01].
        """
        kept = self.days.astype("datetime64[D]").astype("datetime64[Y]").astype(int) >= year - 1970
        columns = {name: column[kept] for name, column in self.columns.items()}
        return _with_drift(
            replace(
                self,
                rows=self.rows[kept],
                days=self.days[kept],
                votes=self.votes[kept],
                titled=self.titled[kept],
                recurring=self.recurring[kept],
                novelty=self.novelty[kept],
                columns=columns,
            ),
            until,
        )


@dataclass(frozen=True)
class _Block:
    """Features of the roll calls of one day or year."""

    columns: Columns
    supposed: tuple[Columns, ...]
    novelty: FloatArray
    recurring: BoolArray

    @classmethod
    def joined(cls, blocks: Sequence[_Block]) -> _Block:
        with_supposed = [block.supposed for block in blocks if block.supposed]
        return cls(
            _stacked([block.columns for block in blocks]),
            tuple(_stacked(list(each)) for each in zip(*with_supposed, strict=True)),
            np.concatenate([block.novelty for block in blocks]),
            np.concatenate([block.recurring for block in blocks]),
        )


@dataclass(frozen=True)
class _Task:
    """The roll calls of one year, and what states did before each of its days."""

    rows: IntArray
    standing: tuple[FloatArray, ...]
    suppose: bool


def panel_of(
    source: Source, *, first: int, until: int, supposed_from: int | None = None, jobs: int = 1
) -> Panel:
    """Return the features of the roll calls from a year on, up to a day.

    Parameters
    ----------
    source : Source
    first, until : int
        First year [year]; day after the last roll call [days since 1970-01-01].
    supposed_from : int, optional
        From this year on, features for each position of the United States are made, too [year].
    jobs : int
        Workers.

    Raises
    ------
    ValueError
        If there is no such roll call.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> panel = panel_of(Source.of(cited_roll_calls()), first=2022, until=19_358)
    >>> np.datetime64(19_358, "D"), len(panel.rows), panel.columns["gen_y"].shape
    (np.datetime64('2023-01-01'), 6, (6, 193))
    """
    rows = np.flatnonzero((source.years >= first) & (source.days < until))
    if not len(rows):
        day = np.datetime64(until, "D")
        raise ShortRecordError(
            f"no roll call from {first} to the day before {day}: use a longer record"
        )
    days = source.days[rows]
    at = np.unique(days)
    standing = source.standing(at)
    tasks = []
    for year in np.unique(source.years[rows]):
        mine = rows[source.years[rows] == year]
        place = np.isin(at, source.days[mine])
        suppose = supposed_from is not None and bool(year >= supposed_from)
        tasks.append(_Task(mine, tuple(each[place] for each in standing), suppose))
    block = _Block.joined(each_year(functools.partial(_year, source), tasks, jobs=jobs))
    known = (source.votes[rows], source.titled[rows], block.recurring, block.novelty)
    none = np.empty((len(DRIFTS), 2, 0))
    return _with_drift(Panel(rows, days, *known, block.columns, block.supposed, none), until)


def _with_drift(panel: Panel, until: int) -> Panel:
    """Return a panel with how states drifted since its first day."""
    at = np.append(np.unique(panel.days), until)
    drift = _drift(panel.columns, panel.votes, panel.days, panel.titled, at)
    columns = panel.columns | drift_columns(drift[np.searchsorted(at, panel.days)])
    return replace(panel, columns=columns, drift=drift[-1])


def _year(source: Source, task: _Task) -> _Block:
    """Return the features of one year: likeness of texts and of states as of its start."""
    start, stop = task.rows[0], task.rows[-1] + 1
    rare = source.rarity(start)
    like = likeness(
        source.asked[task.rows],
        source.known[:stop],
        rare,
        together=together(source.sessions[task.rows], source.sessions[:stop]),
    )
    vectors, neighbours = source.likes(int(source.days[start]))
    between = source.between(rare)
    days = source.days[task.rows]
    blocks = []
    for place, day in enumerate(np.unique(days)):
        nothing = np.zeros((len(DRIFTS), 2, source.votes.shape[1]))
        attendance, season, by_us, few = (each[place] for each in task.standing)
        stood = (attendance, season, by_us, few)
        profile = StateProfile(int(day), *stood, nothing, vectors, neighbours)
        here = days == day
        precedents = _precedents(source, int(day), task.rows[here], like[here], between)
        blocks.append(_day(source, profile, precedents, task.rows[here], task.suppose))
    return _Block.joined(blocks)


def _precedents(
    source: Source,
    day: int,
    rows: IntArray,
    like: Float32Array,
    between: Callable[[IntArray], Float32Array],
) -> Precedents:
    """Return the roll calls before a day as those of that day see them."""
    stop = int(np.searchsorted(source.days, day))
    return Precedents(
        source.choices[:stop],
        source.us[:stop],
        (day - source.days[:stop]) / DAYS_IN_YEAR,
        like[:, :stop],
        source.asked_name[rows][:, None] == source.known_name[:stop],
        between,
    )


def _day(
    source: Source, profile: StateProfile, precedents: Precedents, rows: IntArray, suppose: bool
) -> _Block:
    kinds = source.kinds[rows]
    republican = is_republican(datetime.date(1970, 1, 1) + datetime.timedelta(days=profile.day))
    members = members_on(profile.day)
    asked = Asked(kinds == "amendment", kinds == "paragraph", members, republican)
    columns, shares = columns_of(profile, precedents, asked)
    position = source.us[rows]
    columns |= us_columns(profile, precedents, shares, position)
    supposed = tuple(
        us_columns(profile, precedents, shares, np.full_like(position, choice))
        for choice in (Choice if suppose else ())
    )
    stop = len(precedents.ages)
    recurring = (source.asked_name[rows][:, None] == source.asked_name[:stop]).any(axis=1)
    recurring &= source.asked_name[rows] >= 0
    return _Block(columns, supposed, novelty_of(precedents), recurring)


def _drift(
    columns: Columns, votes: VoteArray, days: IntArray, titled: BoolArray, at: IntArray
) -> FloatArray:
    """Return the drifts of states before days [moment, drift, 2, state]."""
    absent, yes, no = (1 / (1 + np.exp(-columns[f"qe_{stage}"].astype(float))) for stage in "xyn")
    against = (1 - yes) * no
    expected = yes - against
    spoke = (votes >= 0) & (votes < Choice.NON_VOTING) & titled[:, None]
    member = votes >= 0
    stance = (
        np.where(spoke, scores(votes) - expected, 0),
        np.where(spoke, yes + against - expected**2 + 0.02, 0),
    )
    away = (
        np.where(member, (votes == Choice.NON_VOTING) - absent, 0),
        np.where(member, absent * (1 - absent) + 0.01, 0),
    )
    found = [
        [decayed_sums(each, days, at=at, half_life=half_life) for each in sums]
        for (_, half_life, _), sums in zip(DRIFTS, (stance, stance, away, away), strict=True)
    ]
    return np.moveaxis(np.array(found), 2, 0)


def _stacked(columns: Sequence[Columns]) -> Columns:
    return {name: np.concatenate([each[name] for each in columns]) for name in columns[0]}
