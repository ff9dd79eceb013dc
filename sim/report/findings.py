"""What a figure found, as its title: made from the numbers that it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, Choice
from sim.assembly.members import US
from sim.report.sweep import answers_of, called, in_figures, most_moved
from sim.runs import Result
from sim.runs.sentence import capitalised, case, in_words
from sim.vote.outcomes import summary, supported

LONGEST = 118
"""Letters of a title that a figure has room for."""
FAR = 0.1
"""A state that moves at least so far is counted [part of its probability]."""
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_word(number: int) -> str:
    """Return a whole number as a sentence has it.

    Examples
    --------
    >>> number_word(7), number_word(24)
    ('seven', '24')
    """
    return COUNTS[number] if number < len(COUNTS) else str(number)


def fewer_yes(mean: float, low: float, high: float, *, if_so: str) -> str:
    """Return a difference of yes votes as a finding, hedged where its 90 % range holds none.

    Examples
    --------
    >>> fewer_yes(-7.3, -24, 6, if_so="if the US votes no")
    'About seven fewer yes votes if the US votes no, though perhaps none'
    >>> fewer_yes(0.2, -1, 1, if_so="if the US votes no")
    'About as many yes votes if the US votes no'
    """
    votes = round(abs(mean))
    if votes == 0:
        return f"About as many yes votes {if_so}"
    start = f"About {number_word(votes)} {'fewer' if mean < 0 else 'more'} yes"
    hedge = ", though perhaps none" if low <= 0 <= high else ""
    return f"{start} {'vote' if votes == 1 else 'votes'} {if_so}{hedge}"


def adoption_then(before: float, after: float) -> str:
    """Return what becomes of adoption between two arms.

    Examples
    --------
    >>> adoption_then(0.96, 0.93), adoption_then(0.96, 0.7)
    ('adoption still very likely', 'adoption goes from very likely to likely')
    """
    one, other = _likely(before), _likely(after)
    return f"adoption still {one}" if one == other else f"adoption goes from {one} to {other}"


def furthest(result: Result) -> str:
    """Return the arm whose expected yes votes are furthest from those of the first.

    Examples
    --------
    >>> told = {name: {"tally": {"yes": {"mean": mean}}} for name, mean in zip("abc", (9, 5, 8))}
    >>> nothing = pd.DataFrame()
    >>> furthest(Result({"arms": told}, nothing, nothing, nothing, nothing))
    'b'
    """
    arms = result.summary["arms"]
    first, *others = arms
    if len(others) < 2:
        return others[0] if others else str(first)
    yes = {name: arm["tally"]["yes"]["mean"] for name, arm in arms.items()}
    return str(max(others, key=lambda arm: abs(yes[arm] - yes[first])))


def of_tallies(result: Result) -> str:
    """Return the finding of the distributions of counts.

    Examples
    --------
    >>> rows = [("a", "yes", 10, 0.4), ("a", "yes", 11, 0.6)]
    >>> votes = pd.DataFrame(rows, columns=["arm", "choice", "votes", "probability"])
    >>> told = {"arms": {"a": {"label": "US votes no", "adopted": {"exact": 0.95}}}}
    >>> nothing = pd.DataFrame()
    >>> of_tallies(Result(told, votes, nothing, nothing, nothing))
    'About 11 yes votes if the US votes no; adoption very likely'
    """
    one, other = next(iter(result.summary["arms"])), furthest(result)
    votes = {arm: _expected(result.distribution, arm) for arm in (one, other)}
    start = f"About {votes[one]:.0f} yes votes {_if(result, one)}"
    if one == other:
        return f"{start}; adoption {_likely(_adopted(result, one))}"
    then = adoption_then(_adopted(result, one), _adopted(result, other))
    return _with(f"{start}, {votes[other]:.0f} {_if(result, other)}", then)


def of_difference(result: Result) -> str:
    """Return the finding of the differences between arms: of the furthest against the first.

    Examples
    --------
    >>> rows = [("b", "a", "yes", -3, 1.0)]
    >>> columns = ["arm", "against", "choice", "difference", "probability"]
    >>> told = {"arms": {"a": {"label": "A"}, "b": {"label": "US votes no"}}}
    >>> nothing, table = pd.DataFrame(), pd.DataFrame(rows, columns=columns)
    >>> of_difference(Result(told, nothing, table, nothing, nothing))
    'About three fewer yes votes if the US votes no'
    """
    one, other = next(iter(result.summary["arms"])), furthest(result)
    table = result.differences
    table = table[
        (table["arm"] == other) & (table["against"] == one) & (table["choice"] == Choice.YES.column)
    ]
    lowest = int(table["difference"].min())
    weights = np.zeros(int(table["difference"].max()) - lowest + 1)
    weights[table["difference"].to_numpy() - lowest] = table["probability"]
    told = summary(weights, lowest=lowest)
    return fewer_yes(told["mean"], told["q05"], told["q95"], if_so=_if(result, other))


def of_movers(result: Result, arm: str) -> str:
    """Return the finding of the states that move most.

    Examples
    --------
    >>> chances = {"p_abstain": 0.0, "p_no": 0.0, "p_non_voting": [0.1, 0.4]}
    >>> states = {"arm": ["a", "b"], "iso3": "FRA", "name": "France", "p_yes": [0.9, 0.6]}
    >>> told = {"arms": {"a": {"label": "A"}, "b": {"label": "US votes no"}}}
    >>> nothing = pd.DataFrame()
    >>> of_movers(Result(told, nothing, nothing, pd.DataFrame(states | chances), nothing), "b")
    'If the US votes no, one other state moves by ten points or more: France'
    """
    after = _states(result, arm)
    before = _states(result, next(iter(result.summary["arms"]))).loc[after.index]
    columns = [f"p_{choice.column}" for choice in CHOICES]
    moved = (after[columns] - before[columns]).abs().sum(axis=1).drop(US, errors="ignore") / 2
    far = moved[moved.round(6) >= FAR]
    start = _if(result, arm)
    start = f"{capitalised(start)}, {number_word(len(far))} other "
    if not len(far):
        return f"{start}state moves by as much as ten points"
    most = after["name"][str(far.idxmax())]
    return (
        f"{start}{'state moves' if len(far) == 1 else 'states move'} by ten points or more"
        f"{':' if len(far) == 1 else ', most of all'} {most}"
    )


def of_assembly(result: Result, arm: str) -> str:
    """Return the finding of the map: the votes that all its chances add up to.

    How many states are likeliest to say yes is no forecast of the yes votes: it is often far above.

    Examples
    --------
    >>> states = {"arm": ["a"], "iso3": "FRA", "name": "France", "p_yes": 0.9, "p_no": 0.0}
    >>> states |= {"p_abstain": 0.1, "p_non_voting": 0.0}
    >>> told = {"arms": {"a": {"label": "US votes no"}}}
    >>> nothing = pd.DataFrame()
    >>> of_assembly(Result(told, nothing, nothing, pd.DataFrame(states), nothing), "a")
    'About 1 yes, 0 abstentions and 0 no expected if the US votes no'
    """
    votes = _states(result, arm)
    yes, abstain, no = (
        round(votes[f"p_{choice.column}"].sum())
        for choice in (Choice.YES, Choice.ABSTAIN, Choice.NO)
    )
    abstentions = "abstention" if abstain == 1 else "abstentions"
    return f"About {yes} yes, {abstain} {abstentions} and {no} no expected {_if(result, arm)}"


def of_path(result: Result, ends: Mapping[str, float], arm: str) -> str:
    """Return the finding of a path: where it likeliest ends.

    Examples
    --------
    >>> told = {"arms": {"a": {"label": "US stands by it"}}}
    >>> nothing = pd.DataFrame()
    >>> made = Result(told, nothing, nothing, nothing, nothing)
    >>> of_path(made, {"adopted": 0.73, "rejected": 0.27}, "a")
    'Likeliest end if the US stands by it: adopted, in about 73 of 100 cases'
    """
    end = max(ends, key=lambda name: ends[name])
    share = f"{min(max(round(100 * ends[end]), 1), 99)}"
    more = "more than " if ends[end] > 0.99 else "about "
    return f"Likeliest end {_if(result, arm)}: {end}, in {more}{share} of 100 cases"


def of_contrast(told: Mapping[str, Any]) -> str:
    """Return the finding of a contrast: of the arm whose yes count differs most.

    Parameters
    ----------
    told : mapping
        As ``contrast.json`` has it.

    Examples
    --------
    >>> yes = {"choice": "yes", "computed": -7.3, "q05": -24, "q95": 6}
    >>> chance = {"outcome": "adopted", "against": 0.8, "arm": 0.7}
    >>> each = {"arm": "b", "counts": [yes], "chances": [chance]}
    >>> of_contrast({"labels": {"b": "US votes no"}, "contrasts": [each]})
    'About seven fewer yes votes if the US votes no, though perhaps none; adoption still likely'
    """
    found = []
    for one in told["contrasts"]:
        yes = next(row for row in one["counts"] if row["choice"] == Choice.YES.column)
        adopted = next(row for row in one["chances"] if row["outcome"] == "adopted")
        found.append((abs(yes["computed"]), one["arm"], yes, adopted))
    _, arm, yes, adopted = max(found, key=lambda each: each[0])
    votes = fewer_yes(yes["computed"], yes["q05"], yes["q95"], if_so=case(told["labels"][arm], arm))
    return _with(votes, adoption_then(adopted["against"], adopted["arm"]))


def of_sensitivity(table: pd.DataFrame) -> str:
    """Return the finding of a sweep: what drives the first answer most, hedged in some cases.

    That is where its range overlaps with that of another field.

    Examples
    --------
    >>> rows = [("adopted", "us.effect_scale", 0.8, 0.1), ("adopted", "rule", 0.3, 0.1)]
    >>> columns = ["answer", "field", "total", "total_confidence"]
    >>> of_sensitivity(pd.DataFrame(rows, columns=columns))
    'us.effect_scale drives the chance of adoption most'
    """
    if table.empty:
        return "Which assumption drives the answer"
    answer = table["answer"].iloc[0]
    rows = table[table["answer"] == answer].sort_values("total", ascending=False)
    top, others = rows.iloc[0], rows[rows["field"] != rows.iloc[0]["field"]]
    least = top["total"] - top["total_confidence"]
    beaten = (others["total"] + others["total_confidence"] < least).all()
    hedge = "" if beaten else "may "
    return f"{top['field']} {hedge}{'drives' if beaten else 'drive'} {called(answer)} most"


def of_sweep(points: pd.DataFrame, fields: Sequence[str], arms: Mapping[str, str]) -> str:
    """Return the finding of a sweep: between which numbers the answer moves that tells most.

    Parameters
    ----------
    points : DataFrame
        With arm and yes.
    fields : sequence of str
    arms : mapping of arm to what it is called

    Examples
    --------
    >>> rows = [("in", "a", 110.0), ("out", "a", 114.2), ("in", "b", 99.0), ("out", "b", 99.0)]
    >>> points = pd.DataFrame(rows, columns=["x", "arm", "yes"])
    >>> of_sweep(points, ["x"], {"a": "US votes no", "b": "US abstains"})
    'If the US votes no, expected yes moves between 110.0 and 114.2 with x'
    """
    told = answers_of(points)[0]
    arm = most_moved(points, told)
    mine = points[points["arm"] == arm][told]
    named = fields[0] if len(fields) == 1 else f"{len(fields)} fields"
    low, high = (in_figures(told, value) for value in (mine.min(), mine.max()))
    said = f"{called(told)} moves between {low} and {high} with {named}"
    said = f"{_called(arms[arm], arm)}, {said}" if len(set(points["arm"])) > 1 else said
    return capitalised(said)


def _states(result: Result, arm: str) -> pd.DataFrame:
    return result.states[result.states["arm"] == arm].set_index("iso3")


def _adopted(result: Result, arm: str) -> float:
    told = result.summary["arms"][arm]["adopted"]
    if "exact" in told:
        return float(told["exact"])
    return supported(float(told["simulated"]), result.summary["draws"])


def _expected(distribution: pd.DataFrame, arm: str) -> float:
    yes = (distribution["arm"] == arm) & (distribution["choice"] == Choice.YES.column)
    shares = np.zeros(int(distribution["votes"].max()) + 1)
    shares[distribution[yes]["votes"].to_numpy()] = distribution[yes]["probability"]
    return summary(shares)["mean"]


def _likely(chance: float) -> str:
    return in_words(chance).replace(" to be adopted", "")


def _if(result: Result, arm: str) -> str:
    return _called(str(result.summary["arms"][arm].get("label", arm)), arm)


def _called(label: str, arm: str) -> str:
    return case(label if len(label) <= 30 else f"{label[:29]}…", arm)


def _with(finding: str, more: str) -> str:
    """Return a finding with another, or alone where both are too long for a title."""
    both = f"{finding}; {more}"
    return both if len(both) <= LONGEST else finding
