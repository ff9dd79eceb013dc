"""The answer of a sweep: a sentence, and one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sim.report.table import Table
from sim.report.words import joined, percent
from sim.runs.sentence import case

MOST = 12
"""Points shown one by one; of more, the means by value, or the ends."""
ENDS = 3
"""Points shown at either end where a range was filled."""


def sweep_answer(
    points: pd.DataFrame, fields: Sequence[str], *, labels: Mapping[str, str], grid: bool
) -> tuple[str, Table]:
    """Return in a sentence what the fields change, and a table of expected yes and adoption.

    The sentence is on the arm in which expected yes moves most.

    Parameters
    ----------
    points : DataFrame
        Columns point, one for each field, arm, yes and adopted, as ``points.csv``.
    fields : sequence of str
        Those that were swept.
    labels : mapping of arm to str
        What each arm is called.
    grid : bool
        Whether every combination of the fields' values is there, so that means by value compare.

    Examples
    --------
    >>> rows = [(1, "in", "a", 110.0, 0.91), (2, "out", "a", 114.2, 0.95)]
    >>> table = pd.DataFrame(rows, columns=["point", "precedents.ES-11/5", "arm", "yes", "adopted"])
    >>> text, shown = sweep_answer(
    ...     table, ["precedents.ES-11/5"], labels={"a": "US votes no"}, grid=True
    ... )
    >>> print(text)
    If the US votes no, expected yes is 110.0 with precedents.ES-11/5 = in and 114.2 with
    precedents.ES-11/5 = out: 4.2 apart; adoption is 91.0 % and 95.0 % likely.
    >>> shown.rows
    (('in', '110.0 (91.0 %)'), ('out', '114.2 (95.0 %)'))
    """
    arm = most_moved(points)
    mine = points[points["arm"] == arm].reset_index(drop=True)
    low, high = mine.iloc[int(mine["yes"].argmin())], mine.iloc[int(mine["yes"].argmax())]
    start = case(labels[arm], arm)
    text = (
        f"{start[0].upper()}{start[1:]}, expected yes is {low['yes']:.1f} with "
        f"{_at(low, fields)} and {high['yes']:.1f} with {_at(high, fields)}: "
        f"{high['yes'] - low['yes']:.1f} apart; adoption is {percent(low['adopted'])} and "
        f"{percent(high['adopted'])} likely."
    )
    if len(mine) == 1:
        text = (
            f"{start[0].upper()}{start[1:]}, expected yes is {low['yes']:.1f} with "
            f"{_at(low, fields)}; adoption is {percent(low['adopted'])} likely."
        )
    if grid and len(fields) > 1:
        spread = {name: _spread(mine, name) for name in fields}
        order = sorted(fields, key=lambda name: -spread[name])
        told = [f"{name} by {spread[name]:.1f}" for name in order]
        text += f" Averaged over the other fields, yes moves most with {joined(told)}."
    return text, _table(points, fields, arm, grid=grid)


def most_moved(points: pd.DataFrame) -> str:
    """Return the arm in which expected yes moves most over the points, the first of equals.

    Examples
    --------
    >>> most_moved(pd.DataFrame({"arm": ["a", "b", "a", "b"], "yes": [1.0, 1.0, 2.0, 4.0]}))
    'b'
    """
    spread = points.groupby("arm", sort=False)["yes"].agg(
        lambda yes: round(yes.max() - yes.min(), 6)
    )
    return str(spread.idxmax())


def by_value(points: pd.DataFrame, field: str) -> pd.DataFrame:
    """Return the means over all points that share a value of a field, in the order of the points.

    Returns
    -------
    DataFrame
        Columns arm, the field, yes, adopted.

    Examples
    --------
    >>> rows = [("a", 0.0, 10.0, 0.5), ("a", 0.0, 12.0, 0.7), ("a", 1.0, 9.0, 0.1)]
    >>> by_value(pd.DataFrame(rows, columns=["arm", "x", "yes", "adopted"]), "x")["yes"].tolist()
    [11.0, 9.0]
    """
    return points.groupby(["arm", field], sort=False)[["yes", "adopted"]].mean().reset_index()


def _spread(mine: pd.DataFrame, field: str) -> float:
    means = by_value(mine, field)["yes"]
    return float(means.max() - means.min())


def _at(row: pd.Series, fields: Sequence[str]) -> str:
    return joined([f"{name} = {_value(row[name])}" for name in fields])


def _value(value: object) -> str:
    return f"{value:zg}" if isinstance(value, float) else str(value)


def _table(points: pd.DataFrame, fields: Sequence[str], arm: str, *, grid: bool) -> Table:
    arms = list(dict.fromkeys(points["arm"]))
    count = points["point"].nunique()
    title = "Expected yes votes (chance of adoption)"
    if grid and count > MOST:
        rows = [
            (f"{name} = {_value(value)}", *_cells(found, arms))
            for name in fields
            for value, found in by_value(points, name).groupby(name, sort=False)
        ]
        return Table(f"{title}, mean over the other fields", ("value", *arms), tuple(rows))
    shown = list(dict.fromkeys(points["point"]))
    if count > MOST:
        order = list(points[points["arm"] == arm].sort_values("yes", kind="stable")["point"])
        shown = [*order[:ENDS], *order[-ENDS:]]
        title += f": the points with the fewest and the most yes in {arm}"
    rows = []
    for number in shown:
        found = points[points["point"] == number]
        named = tuple(_value(found.iloc[0][name]) for name in fields)
        rows.append((*named, *_cells(found, arms)))
    return Table(title, (*fields, *arms), tuple(rows))


def _cells(found: pd.DataFrame, arms: Sequence[str]) -> list[str]:
    by_arm = found.set_index("arm")
    return [f"{by_arm['yes'][arm]:.1f} ({percent(by_arm['adopted'][arm])})" for arm in arms]
