"""What studies found, as tables: back-tests, calls and the fall of support."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, Choice
from sim.record import RollCall
from sim.report.table import Table
from sim.report.words import day, percent, points, signed, signed_whole
from sim.studies.calls import MOST, Calls
from sim.studies.lever import Lever
from sim.studies.lever.wording import COUNTS as LEVER_COUNTS
from sim.studies.turnover import Turnover

LEAST_WORTH = 0.0005
"""A call that adds less is not shown: it would read 0.0 points."""
TOP = 10
LEVER_NOTE = (
    "What like texts that make a demand have more or fewer of than those that do not, their other "
    "demands, series and years allowed for; ranges integrate over how much each of these matters. "
    "An association: texts that differ in a demand differ in more, and drafters chose them. The "
    "position of the United States is not allowed for."
)
WIDE = 44
"""Letters of a line of codes."""


def backtest_table(scores: Mapping[str, Any]) -> Table:
    """Return the scores of the model and the baselines on the same roll calls, a row each.

    Parameters
    ----------
    scores : mapping
        As `sim.skill.backtest.BacktestResult.scores`.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
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
        note="Log loss of four choices and, present, of the votes cast; right: share of votes "
        "called right, of four choices; balanced: its mean over the choices of those present [%]; "
        "of the yes count: absolute error of the mean and CRPS [votes], and how often the 50 % and "
        "90 % ranges held it [%].",
    )


def _forecaster(told: Mapping[str, Any]) -> tuple[str, ...]:
    cells, yes = told["all"], told["all"]["counts"]["yes"]
    four, present = cells["four_choices"], cells["present_only"]
    return (
        told["label"],
        f"{four['log_loss']['value']:.3f}",
        f"{present['log_loss']['value']:.3f}",
        f"{100 * four['accuracy']['value']:.1f}",
        f"{100 * present['balanced_accuracy']['value']:.1f}",
        *(f"{yes[name]['value']:.1f}" for name in ("absolute_error", "crps")),
        *(f"{100 * yes[name]['value']:.0f}" for name in ("coverage_50", "coverage_90")),
    )


def call_tables(calls: Calls, *, target: str, vote: str = "yes") -> list[Table]:
    """Return the states worth most a call, and the fewest calls found that reach a target.

    The first table is left out where no call is worth a tenth of a point. The vote that serves the
    target best is yes, or no.

    Examples
    --------
    >>> one = {"iso3": ["BRA"], "name": ["Brazil"], "p_yes": 0.5, "announced": 0.9}
    >>> found = {"value": 0.08, "standard_error": 0.001, "rank_from": 1, "rank_to": 1}
    >>> states = pd.DataFrame({**one, **found, "last_votes": "YA"})
    >>> route = pd.DataFrame({"iso3": ["BRA"], "name": ["Brazil"], "chance": [0.6]})
    >>> calls = Calls(0.52, states, route, 0.55, 1, ("ES-11/6", "79/184"))
    >>> tables = call_tables(calls, target="yes>=97")
    >>> tables[0].rows[0]
    ('Brazil', 'YA', '50.0 %', '90.0 %', '+8.0', '0.1', '1')
    >>> tables[1].note.splitlines()[-1]
    'In these draws no fewer calls reach 55.0 %.'
    """
    best = calls.states.head(TOP).to_dict("records")
    states = tuple(
        (
            row["name"],
            row["last_votes"],
            percent(row["p_yes"]),
            percent(row["announced"]),
            points(row["value"]),
            f"{100 * row['standard_error']:.1f}",
            _places(row["rank_from"], row["rank_to"]),
        )
        for row in best
        if row["value"] >= LEAST_WORTH
    )
    said = f"if it announced {vote}"
    heads = ("state", "last votes", "yes uncalled", said, "one call adds", "error")
    found = []
    if states:
        note = (
            "One call adds: percentage points, with the standard error from sampling. If it "
            f"announced {vote}: the chance then, for what its vote tells about all others; a call "
            "moves that state alone and tells nothing. "
            f"{_ties(calls)}{_looked_back(calls.precedents)}"
        )
        title = f"What one call adds to the chance of {target}"
        found.append(Table(title, (*heads, "place"), states, note=note))
    if len(calls.route):
        steps = calls.route.to_dict("records")
        rows = ((f"{at}. {row['name']}", percent(row["chance"])) for at, row in enumerate(steps, 1))
        found.append(
            Table(
                f"The fewest calls found, at most {MOST} or to {percent(calls.wanted)}",
                ("call", f"chance of {target}"),
                tuple(rows),
                note="Each is the best after those before it, and no exchange of one of them for "
                f"another does better.\n{_fewest(calls)}",
            )
        )
    return found


def _places(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}-{last}"


def _ties(calls: Calls) -> str:
    """Say what a place means, and how many states that are not shown may have one of those."""
    more = int(calls.states["rank_to"].iloc[0] if len(calls.states) else 0) - TOP
    tied = f"; {more} states further down tie with the first" if more > 0 else ""
    return f"Place: where a state may stand; those that share places are tied{tied}."


def _looked_back(symbols: Sequence[str]) -> str:
    if not symbols:
        return ""
    named = ", ".join(symbols)
    return f"\nLast votes, newest first: {named} (Y yes, A abstained, N no, X not voting)."


def _fewest(calls: Calls) -> str:
    wanted, found = percent(calls.wanted), len(calls.route)
    if calls.at_least is None:
        return f"In these draws no set of calls reaches {wanted}."
    if calls.reached and found == calls.at_least:
        return f"In these draws no fewer calls reach {wanted}."
    few = f"In these draws at least {calls.at_least} calls are needed for {wanted}"
    return (
        f"{few}; that fewer than {found} do not do is not proved." if calls.reached else f"{few}."
    )


def lever_table(lever: Lever) -> Table:
    """Return what each demand goes with in votes, a row a demand; those with no number say why.

    Examples
    --------
    >>> from sim.studies.lever import wording_lever
    >>> table = lever_table(wording_lever("jerusalem-2017"))
    >>> table.columns
    ('change', 'yes', '90 % range', 'no', 'abstain', 'texts with', 'texts without')
    """
    rows: list[tuple[str, ...]] = []
    for one in lever.demands:
        counts = (str(len(one.having)), str(len(one.lacking)))
        name = f"{'without' if one.asked else 'with'} {one.name}"
        if not one.changes:
            rows.append((name, "", "no number", "", "", *counts))
            continue
        yes, no, abstain = (one.changes[choice] for choice in LEVER_COUNTS)
        ends = f"{signed_whole(yes.low)} to {signed_whole(yes.high)}"
        means = (signed_whole(found.mean) for found in (no, abstain))
        rows.append((name, signed_whole(yes.mean), ends, *means, *counts))
    return Table(
        "What each demand goes with [votes]",
        ("change", "yes", "90 % range", "no", "abstain", "texts with", "texts without"),
        tuple(rows),
        note=LEVER_NOTE,
    )


def lever_finding(lever: Lever) -> str:
    """Return the finding of the lever, as a title.

    Examples
    --------
    >>> from sim.studies.lever import wording_lever
    >>> lever_finding(wording_lever("jerusalem-2017"))
    'Too few like texts to tell what any demand costs or brings'
    """
    told = [one for one in lever.demands if one.changes]
    clear = sum(one.clear for one in told)
    if not told:
        return "Too few like texts to tell what any demand costs or brings"
    if not clear:
        return f"None of {len(told)} demands can be told from no effect"
    return f"{clear} of {len(told)} demands can be told from no effect; one in ten would by chance"


def lever_told(lever: Lever) -> dict[str, Any]:
    """Return everything as ``lever.json`` has it.

    Examples
    --------
    >>> from sim.studies.lever import wording_lever
    >>> lever_told(wording_lever("jerusalem-2017"))["demands"][0]["asked"]
    True
    """
    demands = []
    for one in lever.demands:
        changes = {choice.column: asdict(found) for choice, found in one.changes.items()}
        texts = {
            name: [{"symbol": text.symbol, "series": text.series} for text in found]
            for name, found in (("with", one.having), ("without", one.lacking))
        }
        demands.append(
            {
                "demand": one.name,
                "asked": one.asked,
                "sentence": one.sentence,
                "changes": changes,
                "texts": texts,
                "reason": one.reason,
            }
        )
    scenario = lever.case.scenario
    return {
        "scenario": lever.case.stem,
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "sentence": lever.sentence,
        "finding": lever_finding(lever),
        "demands": demands,
        "assumptions": LEVER_NOTE,
    }


def fall_tables(parts: pd.DataFrame, history: pd.DataFrame) -> list[Table]:
    """Return what the fall from 141 to 93 yes votes can be put down to, and how leavers had voted.

    Examples
    --------
    >>> from sim.studies.fall import fall_by_history, fall_of_support
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


def turnover_tables(found: Turnover) -> list[Table]:
    """Return how votes changed from one roll call to another, and who changed its.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.studies.turnover import turnover
    >>> first, second = turnover_tables(turnover(cited_roll_calls(), "ES-11/6", "ES-11/7"))
    >>> first.rows[0], first.total
    (('yes', '93', '33', '7', '8', '141'), ('together', '93', '65', '18', '17', '193'))
    >>> second.rows[0][:2]
    ('yes to abstain', '33')
    """
    counts, moved = found.table(), found.moved()
    labels = [choice.label for choice in CHOICES]
    rows = [
        (label, *map(str, counts[choice]), str(counts[choice].sum()))
        for label, choice in zip(labels, CHOICES, strict=True)
    ]
    ways = [
        (f"{Choice(before).label} to {Choice(after).label}", str(counts[before, after]), who)
        for before, after in np.argwhere(counts * (1 - np.eye(len(CHOICES), dtype=int)))
        if (who := _codes(moved, Choice(before), Choice(after)))
    ]
    return [
        Table(
            f"From {_named(found.first)} (rows) to {_named(found.last)} (columns)",
            ("states", *labels, "together"),
            tuple(rows),
            total=("together", *map(str, counts.sum(axis=0)), str(counts.sum())),
            note=f"{_beside_us(found)} Who changed its vote says nothing of why.",
        ),
        Table("Members whose vote is another", ("way", "states", "which"), tuple(ways)),
    ]


def _codes(moved: pd.DataFrame, before: Choice, after: Choice) -> str:
    which = (moved["before"] == before.column) & (moved["after"] == after.column)
    return textwrap.fill(" ".join(moved.loc[which, "iso3"]), WIDE)


def _named(roll_call: RollCall) -> str:
    return f"{roll_call.symbol or roll_call.key} ({day(roll_call.date)})"


def _beside_us(found: Turnover) -> str:
    moved = found.with_us()
    if moved is None:
        return "The United States did not move between yes, abstention and no."
    way, other = moved
    others = "other" if way == 1 else "others"
    return f"{way} {others} moved the way that the United States did, {other} the other way."
