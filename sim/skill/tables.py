"""Scores of parts of a back-test: the model against a baseline on the same votes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from sim.assembly.blocs import Blocs
from sim.assembly.choices import BoolArray, Choice, FloatArray
from sim.assembly.members import Members
from sim.record import KINDS
from sim.skill.backtest import BacktestResult
from sim.skill.backtest.scoring import count_scores
from sim.skill.scores import (
    CellScores,
    Statistic,
    difference,
    estimate,
    present_only,
    resampled_days,
    score_cells,
)

ISSUES: Mapping[str, str] = MappingProxyType(
    {
        "me": "Middle East",
        "nu": "nuclear",
        "di": "disarmament",
        "hr": "human rights",
        "co": "colonialism",
        "ec": "economic development",
        "": "none marked",
    }
)
"""The issues that records mark."""

Groups = dict[str, BoolArray]
"""Which votes are in each group [roll call, state]."""


@dataclass(frozen=True)
class Grouping:
    """A way to part the votes of a back-test.

    Attributes
    ----------
    title : str
        In plain words.
    groups : callable
        Gives the groups of a result.
    whole : bool
        Whether groups are of whole roll calls, so that counts can be scored.
    """

    title: str
    groups: Callable[[BacktestResult], Groups]
    whole: bool


def by_group(result: BacktestResult, grouping: Grouping, *, against: str) -> pd.DataFrame:
    """Return the scores of the model by group, and against a baseline.

    Parameters
    ----------
    result : BacktestResult
    grouping : Grouping
        One of `GROUPINGS`.
    against : str
        Name of the baseline.

    Returns
    -------
    DataFrame
        group; roll_calls, votes; log_loss, baseline_log_loss and their difference with its
        standard_error; accuracy; present_log_loss and present_accuracy; of whole roll calls also
        absolute_error, crps and baseline_crps of the yes count [votes]. Empty groups are left out.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> table = by_group(result, GROUPINGS["kind"], against="overall")
    >>> sorted(table["group"]) == sorted({*result.held.roll_calls["kind"]})
    True
    """
    scores = {name: _cells(result, name) for name in (result.model, against)}
    rows, times = [], resampled_days(result.held.dates)
    for group, member in grouping.groups(result).items():
        inside = member & (result.held.votes >= 0)
        if not inside.any():
            continue
        row = {"group": group, **_row(scores[result.model], scores[against], inside, times)}
        if grouping.whole:
            row |= _count_row(result, np.asarray(inside.any(axis=1)), against)
        rows.append(row)
    return pd.DataFrame(rows)


def figures_by_year(result: BacktestResult) -> pd.DataFrame:
    """Return every forecaster's log loss of four choices by calendar year.

    Columns: forecaster, year, log_loss, standard_error.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2024-01-01", "2025-12-31")
    >>> sorted(set(figures_by_year(result)["year"]))
    [2024, 2025]
    """
    rows, times = [], resampled_days(result.held.dates)
    for name in result.judged:
        four, _ = _cells(result, name)
        for year, inside in _years(result).items():
            found = estimate(_mean(four, "log_loss", inside), times)
            rows.append((name, int(year), found.value, found.standard_error))
    return pd.DataFrame(rows, columns=["forecaster", "year", "log_loss", "standard_error"])


def _cells(result: BacktestResult, name: str) -> tuple[CellScores, CellScores]:
    """Return the scores of votes, of four choices and given presence."""
    chances, votes = result.judged[name].forecasts.probabilities, result.held.votes
    return score_cells(chances, votes), score_cells(*present_only(chances, votes))


def _row(
    model: tuple[CellScores, CellScores],
    other: tuple[CellScores, CellScores],
    inside: BoolArray,
    times: FloatArray,
) -> dict[str, float]:
    loss, baseline = (_mean(four, "log_loss", inside) for four, _ in (model, other))
    apart = difference(loss, baseline, times)
    return {
        "roll_calls": int(inside.any(axis=1).sum()),
        "votes": int(inside.sum()),
        "log_loss": float(loss.value),
        "baseline_log_loss": float(baseline.value),
        "difference": apart.value,
        "standard_error": apart.standard_error,
        "accuracy": float(_mean(model[0], "right", inside).value),
        "present_log_loss": float(_mean(model[1], "log_loss", inside).value),
        "present_accuracy": float(_mean(model[1], "right", inside).value),
    }


def _count_row(result: BacktestResult, inside: BoolArray, against: str) -> dict[str, float]:
    yes, other = (
        count_scores(result.held, result.judged[name].counts, Choice.YES)
        for name in (result.model, against)
    )
    return {
        "absolute_error": float(yes["absolute_error"][inside].mean()),
        "crps": float(yes["crps"][inside].mean()),
        "baseline_crps": float(other["crps"][inside].mean()),
    }


def _mean(cells: CellScores, name: str, inside: BoolArray) -> Statistic:
    counted = (cells.scored & inside).sum(axis=1).astype(float)
    return Statistic.ratio((getattr(cells, name) * inside).sum(axis=1), counted)


def _everywhere(result: BacktestResult, roll_calls: BoolArray) -> BoolArray:
    return np.broadcast_to(roll_calls[:, None], result.held.votes.shape)


def _titles(result: BacktestResult) -> Groups:
    recurring = result.judged[result.model].forecasts.recurring
    return {
        "recurring title": _everywhere(result, recurring),
        "new title": _everywhere(result, ~recurring),
    }


def _kinds(result: BacktestResult) -> Groups:
    kinds = result.held.roll_calls["kind"].to_numpy()
    return {kind: _everywhere(result, kinds == kind) for kind in KINDS}


def _issues(result: BacktestResult) -> Groups:
    marked = [text.split("|") for text in result.held.roll_calls["issues"]]
    return {
        label: _everywhere(result, np.array([issue in each for each in marked], bool))
        for issue, label in ISSUES.items()
    }


def _years(result: BacktestResult) -> Groups:
    years = result.held.dates.astype("datetime64[Y]")
    return {str(year): _everywhere(result, years == year) for year in np.unique(years)}


def _blocs(result: BacktestResult) -> Groups:
    blocs = Blocs.load()
    days, place = np.unique(result.held.dates, return_inverse=True)
    inside = np.stack([blocs.matrix(day.item()) for day in days])[place]
    return {bloc.name: inside[:, :, number] for number, bloc in enumerate(blocs.blocs)}


def _states(result: BacktestResult) -> Groups:
    members = Members.load()
    each = np.eye(len(members), dtype=bool)
    return {
        name: np.broadcast_to(each[row], result.held.votes.shape)
        for row, name in enumerate(members.names)
    }


GROUPINGS: Mapping[str, Grouping] = MappingProxyType(
    {
        "title": Grouping("By kind of title", _titles, whole=True),
        "kind": Grouping("By what was put to the vote", _kinds, whole=True),
        "issue": Grouping("By issue", _issues, whole=True),
        "year": Grouping("By year", _years, whole=True),
        "bloc": Grouping("By bloc", _blocs, whole=False),
        "state": Grouping("By member state", _states, whole=False),
    }
)
"""Every way in which a back-test is parted."""
