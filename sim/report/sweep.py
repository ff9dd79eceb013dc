"""The answer of a sweep: a sentence, and one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sim.report.table import Table
from sim.report.words import joined, percent
from sim.runs.sentence import capitalised, case
from sim.studies.sweep.point import END

MOST = 12
"""Points shown one by one; of more, the means by value, or the ends."""
ENDS = 3
"""Points shown at either end where a range was filled."""
YES, ADOPTED = "yes", "adopted"


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
    told = answers_of(points)[0]
    arm = most_moved(points, told)
    mine = points[points["arm"] == arm].reset_index(drop=True)
    low, high = mine.iloc[int(mine[told].argmin())], mine.iloc[int(mine[told].argmax())]
    start = case(labels[arm], arm)
    start = f"{capitalised(start)}, {called(told)} is {in_figures(told, low[told])}"
    also = [f"adoption is {percent(low[ADOPTED])}"] if told == YES else []
    if len(mine) == 1:
        text = f"{'; '.join([f'{start} with {_at(low, fields)}', *also])}"
        text += " likely." if also else "."
    else:
        text = (
            f"{start} with {_at(low, fields)} and {in_figures(told, high[told])} with "
            f"{_at(high, fields)}: {_apart(told, high[told] - low[told])} apart"
        )
        text += f"; {also[0]} and {percent(high[ADOPTED])} likely." if also else "."
    if grid and len(fields) > 1:
        spread = {name: _spread(mine, name, told) for name in fields}
        order = sorted(fields, key=lambda name: -spread[name])
        moves = [f"{name} by {_apart(told, spread[name])}" for name in order]
        what = YES if told == YES else "it"
        text += f" Averaged over the other fields, {what} moves most with {joined(moves)}."
    return text, _table(points, fields, arm, grid=grid)


def answers_of(points: pd.DataFrame) -> list[str]:
    """Return the columns of answers, the one that tells most first.

    Of a path that is the chance of the end that moves most; else expected yes, unless it stays.

    Examples
    --------
    >>> rows = [("a", 10.0, 0.5, 0.5, 0.2), ("a", 10.0, 0.5, 0.6, 0.4)]
    >>> columns = ["arm", "yes", "adopted", "end: adopted", "end: amended"]
    >>> answers_of(pd.DataFrame(rows, columns=columns))
    ['end: amended', 'end: adopted']
    >>> answers_of(pd.DataFrame(rows, columns=columns).drop(columns=columns[3:]))
    ['yes', 'adopted']
    """
    ends = [name for name in points.columns if name.startswith(END)]
    found = ends or [name for name in (YES, ADOPTED) if name in points.columns]
    moves = {name: _spreads(points, name).max() for name in found}
    first = YES if moves.get(YES) else None
    return sorted(found, key=lambda name: (name != first, -moves[name]))


def called(answer: str) -> str:
    """Return what an answer is called.

    Examples
    --------
    >>> called("adopted"), called("end: adopted as amended")
    ('the chance of adoption', 'the chance of the end "adopted as amended"')
    """
    plain = {YES: "expected yes", ADOPTED: "the chance of adoption"}
    return plain.get(answer, f'the chance of the end "{answer.removeprefix(END)}"')


def most_moved(points: pd.DataFrame, answer: str = YES) -> str:
    """Return the arm in which an answer moves most over the points, the first of equals.

    Examples
    --------
    >>> most_moved(pd.DataFrame({"arm": ["a", "b", "a", "b"], "yes": [1.0, 1.0, 2.0, 4.0]}))
    'b'
    """
    return str(_spreads(points, answer).idxmax())


def _spreads(points: pd.DataFrame, answer: str) -> pd.Series:
    return points.groupby("arm", sort=False)[answer].agg(
        lambda found: round(found.max() - found.min(), 6)
    )


def by_value(points: pd.DataFrame, field: str) -> pd.DataFrame:
    """Return the means over all points that share a value of a field, in the order of the points.

    Returns
    -------
    DataFrame
        Columns arm, the field, and the answers.

    Examples
    --------
    >>> rows = [("a", 0.0, 10.0, 0.5), ("a", 0.0, 12.0, 0.7), ("a", 1.0, 9.0, 0.1)]
    >>> by_value(pd.DataFrame(rows, columns=["arm", "x", "yes", "adopted"]), "x")["yes"].tolist()
    [11.0, 9.0]
    """
    named = [name for name in points.columns if name in (YES, ADOPTED) or name.startswith(END)]
    return points.groupby(["arm", field], sort=False)[named].mean().reset_index()


def _spread(mine: pd.DataFrame, field: str, answer: str) -> float:
    means = by_value(mine, field)[answer]
    return float(means.max() - means.min())


def in_figures(answer: str, value: float) -> str:
    """Return an answer as text: votes, or a chance in per cent.

    Examples
    --------
    >>> in_figures("yes", 97.25), in_figures("end: adopted", 0.9725)
    ('97.2', '97.2 %')
    """
    return f"{value:.1f}" if answer == YES else percent(value)


def _apart(answer: str, difference: float) -> str:
    return f"{difference:.1f}" if answer == YES else f"{100 * difference:.1f} points"


def _at(row: pd.Series, fields: Sequence[str]) -> str:
    return joined([f"{name} = {_value(row[name])}" for name in fields])


def _value(value: object) -> str:
    return f"{value:zg}" if isinstance(value, float) else str(value)


def _table(points: pd.DataFrame, fields: Sequence[str], arm: str, *, grid: bool) -> Table:
    arms = list(dict.fromkeys(points["arm"]))
    count = points["point"].nunique()
    told, note = answers_of(points)[0], ""
    title = "Expected yes votes (chance of adoption)"
    if told.startswith(END):
        title, note = f'Chance of the end "{told.removeprefix(END)}"', "All ends: points.csv."
    if grid and count > MOST:
        rows = [
            (f"{name} = {_value(value)}", *_cells(found, arms, told))
            for name in fields
            for value, found in by_value(points, name).groupby(name, sort=False)
        ]
        return Table(
            f"{title}, mean over the other fields", ("value", *arms), tuple(rows), note=note
        )
    shown = list(dict.fromkeys(points["point"]))
    if count > MOST:
        order = list(points[points["arm"] == arm].sort_values(told, kind="stable")["point"])
        shown = [*order[:ENDS], *order[-ENDS:]]
        least, most = ("fewest", "most yes") if told == YES else ("least", "most")
        title += f": the points with the {least} and the {most} in {arm}"
    rows = []
    for number in shown:
        found = points[points["point"] == number]
        named = tuple(_value(found.iloc[0][name]) for name in fields)
        rows.append((*named, *_cells(found, arms, told)))
    return Table(title, (*fields, *arms), tuple(rows), note=note)


def _cells(found: pd.DataFrame, arms: Sequence[str], told: str) -> list[str]:
    by_arm = found.set_index("arm")
    if told.startswith(END):
        return [percent(by_arm[told][arm]) for arm in arms]
    return [f"{by_arm['yes'][arm]:.1f} ({percent(by_arm['adopted'][arm])})" for arm in arms]
