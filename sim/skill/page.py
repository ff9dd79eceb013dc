"""The page on skill, written from back-tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES
from sim.skill.backtest import BacktestResult
from sim.skill.joining import INTRODUCTION
from sim.skill.misses import worst_misses
from sim.skill.tables import GROUPINGS, by_group

SHOWN = 10
"""Member states shown at each end, and misses."""
PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "log loss 4": ("four_choices", "log_loss"),
        "accuracy 4": ("four_choices", "accuracy"),
        "Brier 4": ("four_choices", "brier"),
        "ranked 4": ("four_choices", "ranked"),
        "log loss 3": ("present_only", "log_loss"),
        "accuracy 3": ("present_only", "accuracy"),
        "balanced 3": ("present_only", "balanced_accuracy"),
        "ranked 3": ("present_only", "ranked"),
        "yes error": ("counts", "yes", "absolute_error"),
        "yes CRPS": ("counts", "yes", "crps"),
    }
)
"""Columns of the first table, and where the figures stand in ``scores.json``."""
OF_STATES = tuple(name for name, place in PLACES.items() if place[0] != "counts")
COMPARED = ("log loss 4", "accuracy 4", "log loss 3", "accuracy 3", "yes error", "yes CRPS")
REVEALED = """\
### What announced votes are worth

Some votes of each roll call are taken as known (drawn with a fixed seed, but for those least
expected), and all others are scored. Log loss of four choices: with nothing learnt from the known
votes; by the model; by the nearest texts, weighed anew by who agreed. Difference: model less
nothing. Worse: share of cases in which the others are forecast worse. CRPS of the yes count with
nothing learnt, and by the model; inside: coverage of 90 % by the model.
"""
COUNTS = (
    "absolute error",
    "CRPS",
    "coverage 50",
    "coverage 90",
    "closed 50",
    "closed 90",
    "calibration error",
)


def skill_page(results: Sequence[BacktestResult]) -> str:
    """Return the page on skill, in Markdown.

    Parameters
    ----------
    results : sequence of BacktestResult
        One section each.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> skill_page([result]).splitlines()[0]
    '# Skill'
    """
    parts = [INTRODUCTION]
    for result in results:
        parts += _section(result)
    return "\n".join(parts).rstrip() + "\n"


def _section(result: BacktestResult) -> Iterator[str]:
    scores = result.scores
    position = {
        "given": "position of the United States given",
        "unknown": "position of the United States unknown",
    }[result.us]
    yield f"## {scores['first']} to {scores['last']}, {position}\n"
    votes, roll_calls = f"{scores['state_votes']:,}", scores["roll_calls"]
    yield f"{roll_calls} roll calls, {votes} state votes.\n"
    yield _headlines(scores, "all", tuple(PLACES))
    if result.us == "given":
        yield "Without the votes of the United States, which models may know in this section:\n"
        yield _headlines(scores, "without_us", OF_STATES)
    yield from _model_tables(result)
    against = _best_other(scores)
    yield f"In what follows the baseline is the best: {result.judged[against].label}.\n"
    for name, grouping in GROUPINGS.items():
        table = by_group(result, grouping, against=against)
        yield f"### {grouping.title}\n"
        if name == "state":
            table = _ends(table)
            yield f"The {SHOWN} forecast worst and the {SHOWN} forecast best.\n"
        yield _group_table(table)
    if result.revealed is not None:
        yield REVEALED
        yield _revealed_table(result.revealed)
    yield "### Worst misses\n"
    yield _misses(worst_misses(result, count=SHOWN))


def _best_other(scores: Mapping[str, Any]) -> str:
    """Return the forecaster of least log loss but the first; of two alike that of less CRPS."""
    others = [str(name) for name in scores["forecasters"] if name != scores["model"]]
    places = (PLACES["log loss 4"], PLACES["yes CRPS"])
    figures = {name: scores["forecasters"][name]["all"] for name in others}
    return min(others, key=lambda name: [_at(figures[name], at)["value"] for at in places])


def _headlines(scores: Mapping[str, Any], group: str, columns: Sequence[str]) -> str:
    rows = []
    for told in scores["forecasters"].values():
        figures = [(_at(told[group], PLACES[name]), _digits(name)) for name in columns]
        cells = [
            f"{each['value']:.{digits}f}{_error(each['standard_error'], digits)}"
            for each, digits in figures
        ]
        rows.append([told["label"], *cells])
    return _table("forecaster", columns, rows)


def _digits(column: str) -> int:
    return 1 if column.startswith("yes") else 3


def _model_tables(result: BacktestResult) -> Iterator[str]:
    label = result.judged[result.model].label
    yield f"### Differences: {label}\n"
    rows = []
    for other, told in result.scores["differences"][result.model].items():
        cells = []
        for name in COMPARED:
            each, digits = _at(told["all"], PLACES[name]), _digits(name)
            low, high = (f"{each[end]:+z.{digits}f}" for end in ("q05", "q95"))
            cells.append(f"{each['value']:+z.{digits}f} ({low} to {high})")
        rows.append([result.judged[other].label, *cells])
    yield _table("against", COMPARED, rows)
    yield f"### Counts and calibration: {label}\n"
    yield _count_table(result.scores["forecasters"][result.model]["all"])


def _count_table(told: Mapping[str, Any]) -> str:
    rows = []
    for choice in CHOICES:
        count, error = told["counts"][choice.column], told["calibration_error"][choice.column]
        shares = ("coverage_50", "coverage_90", "closed_50", "closed_90")
        rows.append(
            [
                choice.label,
                *(f"{count[name]['value']:.1f}" for name in ("absolute_error", "crps")),
                *(_share(count[name]) for name in shares),
                f"{error['equal_width']['value']:.3f} ({error['equal_mass']['value']:.3f})",
            ]
        )
    return _table("count", COUNTS, rows)


def _share(told: Mapping[str, float]) -> str:
    return f"{100 * told['value']:.0f} %{_error(100 * told['standard_error'], 0)}"


def _error(size: float, digits: int) -> str:
    """Return a standard error in words; of what is all of one day none is known."""
    return f" ± {size:.{digits}f}" if np.isfinite(size) else ""


def _group_table(table: pd.DataFrame) -> str:
    whole = "crps" in table
    columns = ["roll calls", "votes", "log loss 4", "baseline", "difference"]
    columns += ["accuracy 4", "log loss 3", "accuracy 3"]
    columns += ["yes error", "yes CRPS", "baseline's CRPS"] if whole else []
    rows = []
    for row in table.to_dict("records"):
        cells = [f"{row['roll_calls']:,}", f"{row['votes']:,}"]
        cells += [f"{row[name]:.3f}" for name in ("log_loss", "baseline_log_loss")]
        cells.append(f"{row['difference']:+z.3f}{_error(row['standard_error'], 3)}")
        shares = ("accuracy", "present_log_loss", "present_accuracy")
        cells += ["–" if np.isnan(row[name]) else f"{row[name]:.3f}" for name in shares]
        if whole:
            cells += [f"{row[name]:.1f}" for name in ("absolute_error", "crps", "baseline_crps")]
        rows.append([str(row["group"]), *cells])
    return _table("", columns, rows)


def _revealed_table(table: pd.DataFrame) -> str:
    columns = ("known", "cases", "nothing learnt", "model", "nearest texts", "difference", "worse")
    counted = ("yes CRPS, nothing", "yes CRPS", *(f"{c.label} inside" for c in CHOICES))
    rows = []
    for row in table.to_dict("records"):
        shares = [f"{100 * row[f'coverage_90_{choice.column}']:.0f} %" for choice in CHOICES]
        counts = [f"{row[f'crps{name}_yes']:.1f}" for name in ("_nothing", "")] + shares
        rows.append(
            [
                f"{row['revealed']} {row['kind']}",
                f"{row['cases']:,}",
                *(f"{row[name]:.3f}" for name in ("nothing", "model", "nearest")),
                f"{row['difference']:+z.4f}{_error(row['standard_error'], 4)}",
                f"{100 * row['worse']:.0f} %",
                *(["–" if text.startswith("nan") else text for text in counts]),
            ]
        )
    return _table(columns[0], (*columns[1:], *counted), rows)


def _ends(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.sort_values(["log_loss", "group"], ascending=[False, True])
    if len(ordered) <= 2 * SHOWN:
        return ordered
    return pd.concat([ordered.head(SHOWN), ordered.tail(SHOWN)])


def _misses(table: pd.DataFrame) -> str:
    rows = [
        [
            f"{row['symbol']}, {row['date']}: {str(row['title'])[:90]}",
            f"{row['expected']:.0f} ({row['q05']}–{row['q95']})",
            str(row["actual"]),
            f"{row['crps']:.0f}",
            str(row["reason"]),
        ]
        for row in table.to_dict("records")
    ]
    return _table("roll call", ["yes expected (90 %)", "yes", "CRPS", "reason"], rows)


def _at(figures: Mapping[str, Any], place: tuple[str, ...]) -> Any:
    found: Any = figures
    for name in place:
        found = found[name]
    return found


def _table(first: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [[first, *columns], ["---", *["---:"] * len(columns)], *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)
