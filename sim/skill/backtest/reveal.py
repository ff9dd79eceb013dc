"""What announced votes are worth: some votes of each roll call are revealed, the others scored.

Three forecasters see the same votes: the model, the model that learns nothing from them, and the
nearest texts, weighed anew by who agreed (`sim.skill.baselines.agreeing`). Revealed are

- so many votes at random, in several orders, of which the first ones are taken;
- each of the least expected votes alone, by how likely it was held;
- the least expected ones together, as news picks them, alone and with others at random;
- some members of one group of states that vote together, and some sponsors where they are listed.

The vote of the United States is never revealed: with its position given the model knows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, BoolArray, Choice, FloatArray, IntArray, VoteArray
from sim.assembly.members import Members
from sim.models.dependence.learning import Learning
from sim.models.judgements import model_seeds
from sim.models.years import each_year
from sim.record import Record
from sim.record.cited import sponsor_lists
from sim.skill.backtest.judged import Judged
from sim.skill.backtest.tallying import AT_A_TIME, counts_given
from sim.skill.baselines.agreeing import Agreeing, agreeing_texts
from sim.skill.scores import Statistic, coverage, crps, difference, resampled_days
from sim.skill.scores.states import FLOOR
from sim.vote import chance
from sim.vote.dependence import Dependence
from sim.vote.own_will import OwnWill

SEED, SUBSETS = 20250224, 3
"""Random orders of each roll call."""
LEAST_EXPECTED, TOGETHER = 6, 10
"""Votes looked at alone, and members of a group revealed together, at most."""
PICKED, BESIDE = 4, (10, 30)
"""Votes picked because they surprise, and how many at random are known beside them."""
LEFT = 20
"""Votes that are never revealed, so that there is something to score."""
REBELS = {"held under 2 %": (0.0, 0.02), "held 2 to 10 %": (0.02, 0.1)}
"""Kinds of votes that were hardly expected, by their probability."""
RANDOM, LEAST = "at random", "least expected together"
WITH_LEAST = f"with the {PICKED} least expected"
FORECASTERS = ("nothing", "model", "nearest")
"""Those whose log loss is told."""


@dataclass(frozen=True)
class RevealedVotes:
    """Some votes of a roll call that are revealed.

    Attributes
    ----------
    kind : str
    revealed : int
        How many were asked for.
    states : array of int
    counted : bool
        Whether the distributions of the counts are scored too.
    """

    kind: str
    revealed: int
    states: IntArray
    counted: bool = False


Task = tuple[int, FloatArray, VoteArray, Dependence, Agreeing, Sequence[RevealedVotes]]
"""A roll call: its place, probabilities, votes, dependence, like texts and cases."""


def reveal(
    record: Record, judged: Judged, levels: Sequence[int], *, subsets: int = SUBSETS, jobs: int = 1
) -> pd.DataFrame:
    """Return how well all votes that are not revealed are forecast, a row a case.

    Parameters
    ----------
    record : Record
        The one that `judged` forecasts some roll calls of.
    judged : Judged
        A forecaster that says how states move together.
    levels : sequence of int
        How many votes are revealed at random.
    subsets : int
        Random orders of each roll call.
    jobs : int
        Workers; the result is the same for any number.

    Returns
    -------
    DataFrame
        roll_call, day, kind, revealed, votes; of each of `FORECASTERS` the log loss summed over
        these votes; where counts are scored, of model and nothing, the CRPS of each and whether
        the 90 % range held it.

    Examples
    --------
    >>> from sim.models.rolling import RollingForecasts
    >>> none = RollingForecasts(np.empty(0, int), np.empty((0, 193, 4)), np.empty(0), np.empty(0))
    >>> len(reveal(Record.empty(), Judged("none", none, np.empty((0, 4, 194))), [1, 3]))
    0
    """
    rows = judged.forecasts.rows
    texts = agreeing_texts(record, rows)
    own = model_seeds()["own_will"]
    will = OwnWill.of_all(record.votes.shape[1], eps=own["eps"], cap=own["cap"])
    tasks: list[Task] = []
    for place, row in enumerate(rows):
        votes, forecast = record.votes[row], judged.forecasts.probabilities[place]
        shared = replace(judged.dependences[place], will=will)
        symbol = str(record.roll_calls["symbol"].iloc[row])
        cases = [
            *_at_random(votes, levels, int(row), subsets),
            *_unexpected(votes, forecast),
            *_picked(votes, forecast, int(row)),
            *_together(votes, shared, symbol, int(row)),
        ]
        tasks.append((place, forecast, votes, shared, texts[place], cases))
    parts = [tasks[first : first + AT_A_TIME] for first in range(0, len(tasks), AT_A_TIME)]
    scored = [each for part in each_year(_scored, parts, jobs=jobs) for each in part]
    return pd.DataFrame(scored).assign(
        day=lambda table: record.dates[rows[table["roll_call"]]] if len(table) else []
    )


def revealed_table(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the scores by kind and number of revealed votes.

    Parameters
    ----------
    cases : DataFrame
        As `reveal` returns it.

    Returns
    -------
    DataFrame
        kind, revealed, roll_calls, cases, votes; log loss of ``nothing``, ``model`` and
        ``nearest``; difference of model and nothing with its standard_error, from drawing days
        again; worse, the share of cases in which it is above 0; then of each count
        crps, crps_nothing and coverage_90, nan where counts are not scored.

    Examples
    --------
    One case of two votes, where what was learnt halves the log loss:

    >>> day = np.datetime64("2025-02-24")
    >>> one = {"roll_call": 0, "day": day, "kind": "at random", "revealed": 1, "votes": 2}
    >>> losses = {"nothing": 2.0, "model": 1.0, "nearest": 3.0}
    >>> table = revealed_table(pd.DataFrame([{**one, **losses}]))
    >>> table[["nothing", "model", "nearest", "difference", "worse"]].to_numpy().tolist()
    [[1.0, 0.5, 1.5, -0.5, 0.0]]
    """
    days = cases.groupby("roll_call")["day"].first()
    times = resampled_days(days.to_numpy())
    rows = []
    for (kind, revealed), inside in cases.groupby(["kind", "revealed"], sort=False):
        sums = inside.groupby("roll_call")[["votes", *FORECASTERS]].sum()
        sums = sums.reindex(days.index, fill_value=0).astype(float)
        votes = sums["votes"].to_numpy()
        means = {n: Statistic.ratio(sums[n].to_numpy(), votes) for n in FORECASTERS}
        apart = difference(means["model"], means["nothing"], times)
        counted = inside.filter(regex="^(crps|coverage)").mean()
        rows.append(
            {
                "kind": kind,
                "revealed": revealed,
                "roll_calls": inside["roll_call"].nunique(),
                "cases": len(inside),
                "votes": int(inside["votes"].sum()),
                **{name: float(mean.value) for name, mean in means.items()},
                "difference": apart.value,
                "standard_error": apart.standard_error,
                "worse": float((inside["model"] > inside["nothing"]).mean()),
                **{str(name): float(value) for name, value in counted.items()},
            }
        )
    return pd.DataFrame(rows)


def _free(votes: VoteArray) -> BoolArray:
    """Return which votes may be revealed [state]."""
    free = votes >= 0
    free[Members.load().row("USA")] = False
    return np.asarray(free)


def _at_random(
    votes: VoteArray, levels: Sequence[int], number: int, subsets: int
) -> Iterator[RevealedVotes]:
    free = np.flatnonzero(_free(votes))
    for turn in range(subsets):
        shuffled = free[chance.order(SEED + turn, number=number, items=len(free))]
        for level in levels:
            if level <= len(free) - LEFT:
                yield RevealedVotes(RANDOM, level, shuffled[:level], counted=turn == 0)


def _held(votes: VoteArray, forecast: FloatArray) -> FloatArray:
    """Return how likely each vote that may be revealed was, infinite for others [state]."""
    return np.where(_free(votes), forecast[np.arange(len(votes)), votes], np.inf)


def _picked(votes: VoteArray, forecast: FloatArray, number: int) -> Iterator[RevealedVotes]:
    """Yield the least expected votes together, if all were rebels, and with others beside them."""
    held = _held(votes, forecast)
    order = np.argsort(held, kind="stable")
    if held[order[PICKED - 1]] >= max(high for _, high in REBELS.values()):
        return
    yield RevealedVotes(LEAST, PICKED, order[:PICKED])
    others = order[PICKED : np.isfinite(held).sum()]
    shuffled = np.sort(others)[chance.order(SEED, number=number, items=len(others))]
    for beside in BESIDE:
        if beside <= len(others) - LEFT:
            some = np.concatenate([order[:PICKED], shuffled[:beside]])
            yield RevealedVotes(WITH_LEAST, len(some), some)


def _unexpected(votes: VoteArray, forecast: FloatArray) -> Iterator[RevealedVotes]:
    held = _held(votes, forecast)
    for state in np.argsort(held, kind="stable")[:LEAST_EXPECTED]:
        for kind, (low, high) in REBELS.items():
            if low <= held[state] < high:
                yield RevealedVotes(kind, 1, np.array([state]))


def _together(
    votes: VoteArray, shared: Dependence, symbol: str, number: int
) -> Iterator[RevealedVotes]:
    free, members = _free(votes), Members.load()
    sets = {
        f"{'voting' if name.startswith('with ') else 'of'} {name}": shared.group == at
        for at, name in enumerate(shared.groups)
    }
    sets["sponsors"] = np.isin(
        members.codes, sponsor_lists().get(symbol.removeprefix("A/RES/"), ())
    )
    shuffled = chance.order(SEED, number=number, items=len(votes))
    for kind, inside in sets.items():
        some = shuffled[(free & inside)[shuffled]][:TOGETHER]
        if len(some):
            yield RevealedVotes(kind, TOGETHER, some)


def _scored(tasks: Sequence[Task]) -> list[dict[str, object]]:
    return [
        {"roll_call": place, "kind": case.kind, "revealed": case.revealed, **scores}
        for place, forecast, votes, shared, texts, cases in tasks
        for case, scores in zip(cases, _cases(forecast, votes, shared, texts, cases), strict=True)
    ]


def _cases(
    forecast: FloatArray,
    votes: VoteArray,
    shared: Dependence,
    texts: Agreeing,
    cases: Sequence[RevealedVotes],
) -> Iterator[dict[str, float]]:
    inside = np.flatnonzero(votes >= 0)
    row_of = {int(state): row for row, state in enumerate(inside)}
    learning = Learning(forecast[inside], shared.of(inside.tolist()))
    for case in cases:
        said = {int(state): Choice(int(votes[state])) for state in case.states}
        learnt = forecast.copy()
        learnt[inside] = learning.given({row_of[state]: choice for state, choice in said.items()})
        others = np.setdiff1d(inside, case.states)
        chances = (forecast, learnt, texts.given(said))
        found = {
            name: float(-np.log(np.maximum(each[others, votes[others]], FLOOR)).sum())
            for name, each in zip(FORECASTERS, chances, strict=True)
        }
        counts = _counts(forecast, votes, shared, said) if case.counted else {}
        yield {"votes": len(others), **found, **counts}


def _counts(
    forecast: FloatArray, votes: VoteArray, shared: Dependence, said: Mapping[int, Choice]
) -> dict[str, float]:
    """Return the scores of the counts of all, the known votes among them."""
    inside = votes >= 0
    actual = np.bincount(votes[inside], minlength=len(CHOICES))
    learnt = counts_given(forecast, shared, inside, known=said)
    others = inside & ~np.isin(np.arange(len(votes)), list(said))
    rest = np.bincount(votes[others], minlength=len(CHOICES))
    plain = counts_given(forecast, replace(shared, will=None), others)
    scores = {
        "crps": crps(learnt, actual),
        "crps_nothing": crps(plain, rest),
        "coverage_90": coverage(learnt, actual, 0.9),
    }
    return {
        f"{name}_{choice.column}": float(each[choice])
        for name, each in scores.items()
        for choice in CHOICES
    }
