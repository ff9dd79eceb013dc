"""What studies found, as tables: back-tests, calls, contrasts and the fall of support."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.contrasts import Contrast
from sim.counterfactual import LARGEST_EFFECT
from sim.reporting.forecast import SHOWN
from sim.reporting.phrasing import percent, points, signed
from sim.reporting.table import Table
from sim.whom import Calls

TOP = 10


def backtest_table(scores: Mapping[str, Any]) -> Table:
    """Return the scores of the model and the baselines on the same roll calls, a row each.

    Parameters
    ----------
    scores : mapping
        As `sim.backtest.BacktestResult.scores`.

    Examples
    --------
    >>> from sim.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> found = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> backtest_table(found.scores).columns[:3]
    ('forecaster', 'log loss', 'present')
    """
    rows = tuple(_forecaster(each) for each in scores["forecasters"].values())
    return Table(
        f"{scores['roll_calls']:,} roll calls of {scores['first']} to {scores['last']}, "
        f"{scores['state_votes']:,} state votes; position of the United States {scores['us']}",
        ("forecaster", "log loss", "present", "right", "balanced", "MAE", "CRPS", "50 %", "90 %"),
        rows,
        note="Log loss of four choices and, present, of the votes cast; right and balanced: shares "
        "of votes called right, and their mean over choices [%]; of the yes count: absolute error "
        "of the mean and CRPS [votes], and how often the 50 % and 90 % ranges held it [%].",
    )


def _forecaster(told: Mapping[str, Any]) -> tuple[str, ...]:
    cells, yes = told["all"], told["all"]["counts"]["yes"]
    four, present = cells["four_choices"], cells["present_only"]
    return (
        told["label"],
        f"{four['log_loss']['value']:.3f}",
        f"{present['log_loss']['value']:.3f}",
        *(f"{100 * four[name]['value']:.1f}" for name in ("accuracy", "balanced_accuracy")),
        *(f"{yes[name]['value']:.1f}" for name in ("absolute_error", "crps")),
        *(f"{100 * yes[name]['value']:.0f}" for name in ("coverage_50", "coverage_90")),
    )


def call_tables(calls: Calls, *, target: str, wanted: float) -> list[Table]:
    """Return the states worth most a call, and the route to a target.

    Parameters
    ----------
    calls : Calls
    target : str
    wanted : float
        Chance at which the route ends.

    Examples
    --------
    >>> one = {"iso3": ["BRA"], "name": ["Brazil"], "p_yes": 0.5, "pivotal": 0.1}
    >>> states = pd.DataFrame(one).assign(value=0.08, standard_error=0.001)
    >>> route = pd.DataFrame({"iso3": ["BRA"], "name": ["Brazil"], "chance": [0.6]})
    >>> tables = call_tables(Calls(0.52, states, route), target="yes>=97", wanted=0.9)
    >>> tables[0].rows[0]
    ('Brazil', '50.0 %', '10.0 %', '+8.0', '0.1')
    """
    states = tuple(
        (
            row["name"],
            percent(row["p_yes"]),
            percent(row["pivotal"]),
            points(row["value"]),
            f"{100 * row['standard_error']:.1f}",
        )
        for row in calls.states.head(TOP).to_dict("records")
    )
    found = [
        Table(
            f"What one call adds to the chance of {target}",
            ("state", "yes uncalled", "yes would decide", "one call adds", "error"),
            states,
            note="One call adds: percentage points, with the standard error from sampling.",
        )
    ]
    if len(calls.route):
        steps = calls.route.to_dict("records")
        rows = ((f"{at}. {row['name']}", percent(row["chance"])) for at, row in enumerate(steps, 1))
        found.append(
            Table(
                f"The route: each the best call after those before it, ten or to {percent(wanted)}",
                ("call", f"chance of {target}"),
                tuple(rows),
            )
        )
    return found


def contrast_tables(contrast: Contrast) -> list[Table]:
    """Return what a difference rests on, who moves and where outcomes break even.

    Examples
    --------
    >>> breaks = {"outcome": ["adopted"], "no_effect": 0.98, "assumed": 0.95, "times": 7.64}
    >>> even = pd.DataFrame(breaks).assign(what="falls")
    >>> rests = pd.DataFrame({"choice": []})
    >>> movers = pd.DataFrame({"name": []})
    >>> found = contrast_tables(Contrast("no", "yes", rests, movers, even))
    >>> found[2].rows
    (('adopted', '98.0 %', '95.0 %', 'even at 7.6 times'),)
    """
    pair = f"{contrast.arm} less {contrast.against}"
    return [
        _rests_on(contrast.rests_on, pair),
        _movers(contrast.movers.head(TOP), pair),
        _break_even(contrast.break_even, contrast.arm),
    ]


def fall_tables(parts: pd.DataFrame, history: pd.DataFrame) -> list[Table]:
    """Return what the fall from 141 to 93 yes votes can be put down to, and how leavers had voted.

    Examples
    --------
    >>> from sim.fall import fall_by_history, fall_of_support
    >>> fall_tables(fall_of_support(), fall_by_history())[0].total[1]
    '-48.0'
    """
    rows = tuple(
        (
            row["part"],
            signed(row["votes"]),
            f"{signed(row['low'])} to {signed(row['high'])}",
            f"{100 * row['share']:.0f} %",
        )
        for row in parts.to_dict("records")
    )
    ways = tuple(
        (row["reading"], row["before"], row["after"], str(row["states"]))
        for row in history.to_dict("records")
    )
    return [
        Table(
            "From ES-11/6 (2023) to ES-11/7 (2025): parts of the fall in yes votes",
            ("part", "votes", "range", "share"),
            rows,
            total=("together", signed(float(parts["votes"].sum())), "", "100 %"),
            note="Parts add up by construction; that does not make them causes. Text and drift "
            "cannot be told apart by the record.",
        ),
        Table(
            "Members that said yes in 2023 and not in 2025, by their votes on the annual text",
            ("reading", "77/229", "79/184", "states"),
            ways,
            total=("together", "", "", str(history["states"].sum())),
        ),
    ]


def _rests_on(table: pd.DataFrame, pair: str) -> Table:
    by = {row["choice"]: row for row in table.to_dict("records")}
    shown = [(choice.label, by[choice.column]) for choice in SHOWN if choice.column in by]
    return Table(
        f"What the difference rests on: {pair}",
        ("count", "votes", "sd", "sampling error", "the effect", "everything else"),
        tuple(
            (
                label,
                signed(row["mean"]),
                f"{row['sd']:.1f}",
                f"{row['standard_error']:.2f}",
                f"{100 * row['effect']:.0f} %" if row["sd"] else "",
                f"{100 * row['everything_else']:.0f} %" if row["sd"] else "",
            )
            for label, row in shown
        ),
        note="Sampling error: of the mean [votes]. Shares of the variance: that the size of the "
        "assumed effect and the position are uncertain, and which states stand at the fence.",
    )


def _movers(table: pd.DataFrame, pair: str) -> Table:
    return Table(
        f"States that move most: {pair}, chance of a yes [percentage points]",
        ("state", "mean", "90 % range"),
        tuple(
            (row["name"], points(row["mean"]), f"{points(row['q05'])} to {points(row['q95'])}")
            for row in table.to_dict("records")
        ),
        note="Range: from the uncertain effect alone.",
    )


def _break_even(table: pd.DataFrame, arm: str) -> Table:
    return Table(
        f"How much larger the assumed effect would have to be, in {arm}",
        ("outcome", "no effect", "as assumed", "even chance"),
        tuple(
            (row["outcome"], percent(row["no_effect"]), percent(row["assumed"]), _when(row))
            for row in table.to_dict("records")
        ),
        note="Multiples of the assumed effect and pressure at which the chance is 50 %; 1 is as "
        "assumed. No effect: the United States itself still votes as the arm has it.",
    )


def _when(row: Mapping[Any, Any]) -> str:
    if row["what"] == "falls":
        return f"even at {row['times']:.1f} times"
    if row["what"] == "rises":
        return f"already below at no effect; rises to even at {row['times']:.1f} times"
    if row["what"] == "below":
        return f"already below at no effect, and still at {LARGEST_EFFECT:.0f} times"
    return f"not within {LARGEST_EFFECT:.0f} times"
