"""The roll calls that were forecast worst, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.assembly.blocs import Blocs
from sim.assembly.choices import CHOICES, Choice, FloatArray
from sim.assembly.members import US, Members
from sim.skill.backtest import BacktestResult
from sim.skill.scores import crps, expected_counts, quantiles

UNLIKE = 0.6
"""A text at least so new is called unlike any before it."""
SMALLEST_BLOC = 8
"""Blocs with fewer members that day are not looked at [states]."""
WORTH_TELLING = 5.0
"""Fewer states than this are no reason [states]."""
SURPRISING = 0.5
"""Chance below which a position of the United States is a surprise."""
LEAST = 0.01
"""Least chance that is told."""


def worst_misses(result: BacktestResult, *, count: int = 10) -> pd.DataFrame:
    """Return the roll calls whose yes count the model forecast worst, the worst first.

    Parameters
    ----------
    result : BacktestResult
    count : int
        How many.

    Returns
    -------
    DataFrame
        key, symbol, date, title; expected, q05, q95 and actual yes count, crps [votes]; reason.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> list(worst_misses(result, count=2)["crps"].diff().dropna() <= 0)
    [True]
    """
    counts = result.judged[result.model].counts[:, Choice.YES]
    actual = result.held.tallies()[:, Choice.YES]
    scores = crps(counts, actual)
    about = result.held.roll_calls
    worst = np.lexsort((about["key"].to_numpy(str), -scores))[:count]
    low, high = quantiles(counts, 0.05), quantiles(counts, 0.95)
    return pd.DataFrame(
        {
            **{name: about[name].to_numpy()[worst] for name in ("key", "symbol")},
            "date": result.held.dates[worst].astype(str),
            "title": [_called(*pair) for pair in about[["title", "agenda"]].to_numpy()[worst]],
            "expected": expected_counts(counts)[worst],
            "q05": low[worst],
            "q95": high[worst],
            "actual": actual[worst],
            "crps": scores[worst],
            "reason": [why(result, int(row)) for row in worst],
        }
    )


def why(result: BacktestResult, row: int) -> str:
    """Return in words what a forecast of the model did not see, as far as the votes tell.

    Named are a text unlike any before, a vote on less than a whole text, a surprising position of
    the United States, states away, and the bloc whose votes were furthest from forecast.

    Parameters
    ----------
    result : BacktestResult
    row : int
        Of the window.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> isinstance(why(result, 0), str)
    True
    """
    forecasts, votes = result.judged[result.model].forecasts, result.held.votes[row]
    chances = np.where((votes >= 0)[:, None], forecasts.probabilities[row], 0)
    made = (votes[:, None] == np.arange(len(CHOICES))).astype(float)
    found = [
        _text(result, row),
        _united_states(chances, int(votes[Members.load().row(US)])),
        _away(chances, made),
        _bloc(result, row, chances, made),
    ]
    return "; ".join(filter(None, found)) or "many small shifts"


def _text(result: BacktestResult, row: int) -> str:
    forecasts = result.judged[result.model].forecasts
    kind = result.held.roll_calls["kind"].iloc[row]
    parts = [] if kind == "whole" else [f"on {'an' if kind == 'amendment' else 'a'} {kind}"]
    if forecasts.novelty[row] >= UNLIKE:
        parts.append(f"no text like it (likeness {1 - forecasts.novelty[row]:.2f})")
    elif not forecasts.recurring[row]:
        parts.append("new title")
    return ", ".join(parts)


def _united_states(chances: FloatArray, vote: int) -> str:
    chance = chances[Members.load().row(US), vote] if vote >= 0 else 1.0
    if chance >= SURPRISING:
        return ""
    likely = f"{100 * chance:.0f}" if chance >= LEAST else f"less than {100 * LEAST:.0f}"
    return f"United States: {Choice(vote).label} ({likely} % likely)"


def _away(chances: FloatArray, made: FloatArray) -> str:
    away, thought = made[:, Choice.NON_VOTING].sum(), chances[:, Choice.NON_VOTING].sum()
    if abs(away - thought) < 2 * WORTH_TELLING:
        return ""
    return f"{away:.0f} not voting, {thought:.0f} expected"


def _bloc(result: BacktestResult, row: int, chances: FloatArray, made: FloatArray) -> str:
    """Return the bloc whose yes votes were furthest from forecast, for its size."""
    blocs = Blocs.load()
    inside = blocs.matrix(result.held.dates[row].item()) & (result.held.votes[row] >= 0)[:, None]
    size = inside.sum(axis=0)
    yes, thought = (each[:, Choice.YES] @ inside for each in (made, chances))
    far = np.where(size >= SMALLEST_BLOC, np.abs(yes - thought), 0)
    worst = int(np.argmax(far / np.sqrt(np.maximum(size, 1))))
    if far[worst] < WORTH_TELLING:
        return ""
    moved = (made - chances)[inside[:, worst]].sum(axis=0)
    side = Choice(int(np.argmax(moved) if yes[worst] < thought[worst] else np.argmin(moved)))
    aimed = "to" if yes[worst] < thought[worst] else "from"
    return (
        f"{blocs.blocs[worst].name}: {yes[worst]:.0f} of {size[worst]} yes, "
        f"{thought[worst]:.0f} expected, {aimed} {side.label}"
    )


def _called(title: str, agenda: str) -> str:
    """Return what to call a roll call in a table: its title, or what stands in place of it."""
    catalogued = title[:2] == "A/" and agenda
    return " ".join((agenda if catalogued or not title else title).removesuffix("/").split())
