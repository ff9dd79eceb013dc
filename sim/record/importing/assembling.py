"""From what a file says to whole roll calls: nothing half-read, every row accounted for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, LOST, NOT_A_MEMBER, BoolArray, IntArray, VoteArray
from sim.assembly.members import Members
from sim.record.importing.reading import PROBLEMS, TOTALS, Reading
from sim.record.importing.successions import Successions


@dataclass(frozen=True)
class Whole:
    """The roll calls of one file that can be used.

    Parameters
    ----------
    roll_calls : DataFrame
        As in `Reading`, only those that can be used.
    votes : VoteArray
        Codes [roll call, state].
    others : DataFrame
        Votes of states that are no longer there: row of the roll call, number of the state, vote.
    problems : DataFrame
        Those of the reading and those found when it was put together.
    totals : DataFrame
        Stated totals that the rows do not add up to: symbol, date, choice, stated, counted, lost.
    rows, used, left_out, doubled : int
        Rows that were read, or fields with a vote of a wide table; of these, those that are in
        `votes` or `others` or say that a state was no member, those of roll calls that cannot be
        used, and those that repeat another. The last three add up to the first.
    unusable : int
        Roll calls that cannot be used.
    """

    roll_calls: pd.DataFrame
    votes: VoteArray
    others: pd.DataFrame
    problems: pd.DataFrame
    totals: pd.DataFrame
    rows: int
    used: int
    left_out: int
    doubled: int
    unusable: int


def assemble(reading: Reading) -> Whole:
    """Return the roll calls of a reading that can be used.

    A roll call is left out as a whole if any of its rows has the wrong number of fields, no day, a
    day or symbol other than its first row's, no known state, or no known vote. A vote that is told
    twice, and differently, is lost.

    Examples
    --------
    >>> from sim import files
    >>> from sim.record.importing.readers import read_long
    >>> from sim.record.importing.sheet import read_sheet
    >>> whole = assemble(read_long(read_sheet(files.seed("roll_calls.csv")), "letters"))
    >>> whole.used == whole.rows, whole.left_out, len(whole.totals)
    (True, 0, 0)
    """
    repeats, lost, clashes = _doubles(reading)
    clashes["roll_call"] = reading.roll_calls["symbol"].to_numpy(object)[clashes["roll"]]
    told = np.where(lost, LOST, reading.vote)
    problems = pd.concat([reading.problems, clashes], ignore_index=True)
    bad = np.zeros(len(reading.roll_calls), bool)
    bad[problems.loc[problems["left_out"].astype(bool) & (problems["roll"] >= 0), "roll"]] = True
    out = bad[reading.roll]
    kept = ~out & ~repeats & (reading.vote != NOT_A_MEMBER)
    place = np.cumsum(~bad) - 1
    roll_calls = reading.roll_calls[~bad].reset_index(drop=True)
    roll, state, vote = place[reading.roll[kept]], reading.state[kept], told[kept]
    votes = np.full((len(roll_calls), len(Members.load())), NOT_A_MEMBER, np.int8)
    ours = state < votes.shape[1]
    votes[roll[ours], state[ours]] = vote[ours]
    listed = votes != NOT_A_MEMBER
    denied = ~out & (reading.vote == NOT_A_MEMBER) & (reading.state < votes.shape[1])
    listed[place[reading.roll[denied]], reading.state[denied]] = True
    others = pd.DataFrame({"row": roll[~ours], "state": state[~ours], "vote": vote[~ours]})
    _mark_lost(votes, roll_calls, listed, np.bincount(roll, minlength=len(roll_calls)))
    return Whole(
        roll_calls,
        votes,
        others,
        problems.sort_values(["line", "column"], kind="stable", ignore_index=True),
        _wrong_totals(roll_calls, (votes == LOST).sum(axis=1), roll, vote),
        rows=len(reading.vote),
        used=int((~out & ~repeats).sum()),
        left_out=int(out.sum()),
        doubled=int((~out & repeats).sum()),
        unusable=int(bad.sum()),
    )


def state_code(number: int) -> tuple[str, str]:
    """Return the code and name of a state that is no longer there, by its number.

    Examples
    --------
    >>> state_code(193)
    ('CSK', 'Czechoslovakia')
    """
    code = Successions.load().codes[number]
    return code, Successions.load().gone[code]


def _doubles(reading: Reading) -> tuple[BoolArray, BoolArray, pd.DataFrame]:
    """Return the votes that repeat one, and those told otherwise later, [vote]; both named."""
    states = len(Successions.load().codes)
    place = reading.roll * states + reading.state
    voted = np.flatnonzero((reading.state >= 0) & (reading.vote != NOT_A_MEMBER))
    _, first, back = np.unique(place[voted], return_index=True, return_inverse=True)
    again = np.arange(len(voted)) != first[back]
    differs = again & (reading.vote[voted] != reading.vote[voted][first][back])
    repeats, lost = np.zeros((2, len(reading.vote)), bool)
    repeats[voted[again]] = True
    lost[voted[first[back[differs]]]] = True
    rows = voted[again]
    frame = pd.DataFrame({"line": reading.line[rows], "roll": reading.roll[rows], "column": ""})
    frame["value"] = [Successions.load().codes[number] for number in reading.state[rows]]
    reasons = ("the state's vote a second time", "another vote of the state; both are lost")
    frame["reason"] = np.where(differs[again], reasons[1], reasons[0])
    return repeats, lost, frame.assign(left_out=False)[list(PROBLEMS)]


def _mark_lost(
    votes: VoteArray, roll_calls: pd.DataFrame, listed: BoolArray, rows: IntArray
) -> None:
    """Mark as lost the votes of member states that a list leaves out although it is not full.

    A list is full if it has as many rows as it states members, or if its layout lists everyone.
    """
    stated = roll_calls["total_ms"].to_numpy(float)
    full = np.where(np.isnan(stated), roll_calls["complete"].to_numpy(bool), rows == stated)
    since = np.array([state.un_since for state in Members.load().states])
    year = roll_calls["date"].dt.year.to_numpy()
    # In the year of its admission a state may not have been there yet.
    member = since[None, :] < year[:, None]
    votes[~listed & member & ~full[:, None]] = LOST


def _wrong_totals(
    roll_calls: pd.DataFrame, lost: IntArray, roll: IntArray, vote: IntArray
) -> pd.DataFrame:
    """Return the stated totals that all votes, also of states no longer there, do not reach."""
    counts = np.zeros((len(roll_calls), len(CHOICES)), np.int64)
    cast = vote >= 0
    np.add.at(counts, (roll[cast], vote[cast]), 1)
    found = []
    for choice, name in zip(CHOICES, TOTALS, strict=False):
        stated = roll_calls[name].to_numpy(float)
        wrong = ~np.isnan(stated) & (stated != counts[:, choice])
        frame = roll_calls.loc[wrong, ["symbol", "date"]].assign(choice=choice.column)
        frame["stated"], frame["counted"] = stated[wrong].astype(int), counts[wrong, choice]
        found.append(frame.assign(lost=lost[wrong]))
    totals: pd.DataFrame = pd.concat(found).sort_index(kind="stable")
    return totals.reset_index(drop=True)
