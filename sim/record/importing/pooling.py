"""Roll calls of several files, put together and named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.assembly.choices import LOST, VoteArray
from sim.record import COLUMNS, OTHERS, Record, canonical_symbol
from sim.record.importing.assembling import Whole, state_code
from sim.record.importing.merging import Votes, same_roll_calls
from sim.record.importing.successions import UNKNOWN, Successions

FILLED = ("symbol", "session", "title", "agenda", "subjects", "issues")
DUPLICATES = ("row", "file", "kept_from", "differing", "filled", "date")


@dataclass(frozen=True)
class Pool:
    """What the files read so far hold.

    Parameters
    ----------
    roll_calls : DataFrame
        As in `Whole`, with kind and source.
    votes : VoteArray
        Codes [roll call, state].
    others : DataFrame
        Row of the roll call, number of the state that is no longer there, vote.
    duplicates : DataFrame
        Roll calls that more than one file has, columns `DUPLICATES`.
    """

    roll_calls: pd.DataFrame
    votes: VoteArray
    others: pd.DataFrame
    duplicates: pd.DataFrame


def empty_pool(whole: Whole) -> Pool:
    """Return a pool without roll calls, with the columns of a file's.

    Examples
    --------
    See `sim.record.importing.imports.import_files`, which pools.
    """
    none = pd.DataFrame({name: [] for name in DUPLICATES})
    none = none.astype(dict.fromkeys(("row", "differing", "filled"), np.int64))
    return Pool(whole.roll_calls[:0], whole.votes[:0], whole.others[:0], none)


def pooled(pool: Pool, whole: Whole, file: str) -> Pool:
    """Return a pool with the roll calls of one more file.

    Of a roll call that is there already, only what the pool does not know is taken.

    Examples
    --------
    See `sim.record.importing.imports.import_files`, which pools.
    """
    known = Votes.of(pool.roll_calls, pool.votes)
    same = same_roll_calls(known, Votes.of(whole.roll_calls, whole.votes))
    rows, ours = np.flatnonzero(same >= 0), same[same >= 0]
    votes, duplicates = _filled_votes(pool, whole, rows, ours)
    place = np.where(same >= 0, same, len(pool.votes) + np.cumsum(same < 0) - 1)
    others = whole.others.assign(row=place[whole.others["row"].to_numpy(np.int64)])
    others = others[~_under_heir(votes, others)]
    both = pd.concat([pool.others, others], ignore_index=True).astype(np.int64)
    frame = _filled_texts(pool.roll_calls, whole.roll_calls.iloc[rows], ours)
    return Pool(
        pd.concat([frame, whole.roll_calls[same < 0]], ignore_index=True),
        np.concatenate([votes, whole.votes[same < 0]]),
        both.drop_duplicates(["row", "state"], ignore_index=True),
        pd.concat([pool.duplicates, duplicates.assign(file=file)], ignore_index=True),
    )


def _under_heir(votes: VoteArray, others: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which votes of states no longer there the pool has under the state that came after."""
    heir = Successions.load().heirs[others["state"].to_numpy(np.int64)]
    row = others["row"].to_numpy(np.int64)
    there: npt.NDArray[np.bool_] = (heir != UNKNOWN) & (row < len(votes))
    there[there] = votes[row[there], heir[there]] >= 0
    return there


def _filled_votes(
    pool: Pool, whole: Whole, rows: npt.NDArray[np.int64], ours: npt.NDArray[np.int64]
) -> tuple[VoteArray, pd.DataFrame]:
    """Return the pool's votes, filled where it has none, and what the duplicates are like."""
    before, new = pool.votes[ours], whole.votes[rows]
    fills = (before == LOST) & (new >= 0)
    votes = pool.votes.copy()
    votes[ours] = np.where(fills, new, before)
    duplicates = pd.DataFrame(
        {
            "row": ours,
            "file": "",
            "kept_from": pool.roll_calls["source"].to_numpy(object)[ours],
            "differing": ((before >= 0) & (new >= 0) & (before != new)).sum(axis=1),
            "filled": fills.sum(axis=1),
            "date": whole.roll_calls["date"].to_numpy()[rows],
        }
    )
    return votes, duplicates


def _filled_texts(
    frame: pd.DataFrame, new: pd.DataFrame, ours: npt.NDArray[np.int64]
) -> pd.DataFrame:
    """Return descriptions in which empty texts are those of the same roll calls elsewhere."""
    filled = frame.copy()
    for name in FILLED:
        texts = filled[name].to_numpy(object).copy()
        texts[ours] = np.where(texts[ours] == "", new[name].to_numpy(object), texts[ours])
        filled[name] = texts
    important = filled["important"].to_numpy(bool).copy()
    important[ours] |= new["important"].to_numpy(bool)
    source = filled["source"].to_numpy(object).copy()
    source[ours] = source[ours] + "|" + new["source"].to_numpy(object)
    return filled.assign(important=important, source=source)


def as_record(pool: Pool) -> tuple[Record, pd.Series]:
    """Return the record of a pool, and the key of each of the pool's rows.

    Examples
    --------
    See `sim.record.importing.imports.import_files`, which pools.
    """
    keys = _keys(pool.roll_calls)
    frame = pool.roll_calls.assign(key=keys)[list(COLUMNS)]
    order = frame.sort_values(["date", "key"]).index.to_numpy()
    number = pool.others["state"].to_numpy(np.int64)
    codes = [state_code(each) for each in number]
    others = pd.DataFrame(
        {
            "key": keys.to_numpy(object)[pool.others["row"].to_numpy(np.int64)],
            "code": [code for code, _ in codes],
            "name": [name for _, name in codes],
            "vote": pool.others["vote"].to_numpy(np.int8),
        },
        columns=list(OTHERS),
    )
    return Record(frame.loc[order], pool.votes[order], others), keys


def _keys(roll_calls: pd.DataFrame) -> pd.Series:
    """Return a name for each roll call: symbol or day, what was voted on, a number where needed."""
    symbols = [canonical_symbol(text) for text in roll_calls["symbol"]]
    day = roll_calls["date"].dt.strftime("%Y-%m-%d")
    names = pd.Series(symbols, index=roll_calls.index, dtype=object)
    names = names.where(names != "", day)
    whole = roll_calls["kind"] == "whole"
    names = names.where(whole, names + "/" + roll_calls["kind"].astype(object))
    earlier = names[roll_calls.sort_values("date", kind="stable").index].groupby(names).cumcount()
    number = (earlier.reindex(names.index) + 1).astype(str)
    return names.where(number == "1", names + "#" + number)
