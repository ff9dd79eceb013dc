"""Every figure of a back-test, as `sim.skill.scores` defines them.

``forecasters`` has for each the figures on ``all`` rows, ``without_us`` (models may be given what
the United States does), and on ``recurring`` and ``new`` titles. Counts are of whole roll calls::

    {"four_choices": {"log_loss", "brier", "ranked", "accuracy", "balanced_accuracy"},
     "present_only": the same,
     "counts": {"yes"|"abstain"|"no"|"non_voting":
                {"absolute_error", "crps", "coverage_50", "coverage_90", "closed_50", "closed_90"}},
     "calibration_error": {"yes"|...: {"equal_width", "equal_mass"}}}

and, on all rows, ``pit`` (heights of the histogram of each count) and ``reliability`` (forecast,
frequency and count in ten bins of each choice).

A figure comes as ``value`` and ``standard_error``. ``differences`` has the first forecaster less
each other one, with the middle 90 % of the resamples. Coverage is of intervals cut through the
probability of their ends (`sim.skill.scores.coverage`); closed intervals are those of whole numbers
that are printed, which hold more (`sim.skill.scores.closed_coverage`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from sim.assembly.choices import CHOICES, BoolArray, FloatArray
from sim.assembly.members import US, Members
from sim.record import Record
from sim.skill.backtest.judged import Judged
from sim.skill.scores import (
    LEVELS,
    CellScores,
    Statistic,
    calibration_error,
    closed_coverage,
    coverage,
    crps,
    difference,
    estimate,
    expected_counts,
    present_only,
    resampled_days,
    score_cells,
)

Place = tuple[str, ...]
"""Where a figure stands: ``("four_choices", "log_loss")``."""


def scores_of(held: Record, judged: Mapping[str, Judged]) -> dict[str, Any]:
    """Return the figures of all forecasters, and the differences of the first to each other.

    Parameters
    ----------
    held : Record
        The roll calls, with the votes as they were.
    judged : mapping of str to Judged
        On these roll calls.

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> list(scores_of(result.held, result.judged))
    ['forecasters', 'differences']
    """
    groups = groups_of(held, next(iter(judged.values())).forecasts.recurring)
    found = {
        name: {group: dict(statistics_of(held, each, inside)) for group, inside in groups.items()}
        for name, each in judged.items()
    }
    times = resampled_days(held.dates)
    return {
        "forecasters": {
            name: {
                "label": judged[name].label,
                **{group: _estimates(each, times) for group, each in by.items()},
                **_histograms(held, judged[name]),
            }
            for name, by in found.items()
        },
        "differences": _differences(found, times),
    }


def groups_of(held: Record, recurring: BoolArray) -> dict[str, BoolArray]:
    """Return the votes of each group of ``scores.json`` [roll call, state].

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> held = cited_roll_calls()
    >>> groups = groups_of(held, np.zeros(len(held), bool))
    >>> bool((groups["all"] == groups["new"]).all()), int(groups["recurring"].sum())
    (True, 0)
    """
    everyone = held.votes >= 0
    others = everyone.copy()
    others[:, Members.load().row(US)] = False
    return {
        "all": everyone,
        "without_us": others,
        "recurring": everyone & recurring[:, None],
        "new": everyone & ~recurring[:, None],
    }


def statistics_of(
    held: Record, judged: Judged, inside: BoolArray
) -> Iterator[tuple[Place, Statistic]]:
    """Yield every figure of a forecaster on some of the votes; counts are of whole roll calls.

    Parameters
    ----------
    held : Record
    judged : Judged
    inside : array of bool [roll call, state]

    Examples
    --------
    >>> from sim.skill.backtest import run_backtest
    >>> from sim.record.cited import cited_roll_calls
    >>> result = run_backtest(cited_roll_calls(), "2025-01-01", "2025-12-31")
    >>> found = statistics_of(result.held, result.judged["state"], result.held.votes >= 0)
    >>> next(found)[0]
    ('four_choices', 'log_loss')
    """
    chances, votes = judged.forecasts.probabilities, np.where(inside, held.votes, -1)
    for kind, cells in (
        ("four_choices", score_cells(chances, votes)),
        ("present_only", score_cells(*present_only(chances, votes))),
    ):
        for name, statistic in cell_statistics(cells).items():
            yield (kind, name), statistic
    whole = inside.any(axis=1)
    for choice in CHOICES:
        for name, each in count_scores(held, judged.counts, choice).items():
            yield (
                ("counts", choice.column, name),
                Statistic.ratio(each * whole, whole.astype(float)),
            )
    for choice in CHOICES:
        for width in ("equal_width", "equal_mass"):
            error = calibration_error(chances[..., choice], votes == choice, inside, width=width)
            yield ("calibration_error", choice.column, width), error


def cell_statistics(cells: CellScores) -> dict[str, Statistic]:
    """Return the means of scores of votes, by name.

    Examples
    --------
    >>> sure = score_cells(np.array([[[1.0, 0.0, 0.0, 0.0]]]), np.array([[0]]))
    >>> {name: float(each.value) for name, each in cell_statistics(sure).items()}
    {'log_loss': 0.0, 'brier': 0.0, 'ranked': 0.0, 'accuracy': 1.0, 'balanced_accuracy': 1.0}
    """
    scored = cells.scored.sum(axis=1).astype(float)
    means = {
        name: Statistic.ratio(getattr(cells, attribute).sum(axis=1), scored)
        for name, attribute in (
            ("log_loss", "log_loss"),
            ("brier", "brier"),
            ("ranked", "ranked"),
            ("accuracy", "right"),
        )
    }
    made = [cells.votes == choice for choice in CHOICES]
    cases = np.stack([each.sum(axis=1) for each in made], axis=1).astype(float)
    hits = np.stack([(each * cells.right).sum(axis=1) for each in made], axis=1)
    return {**means, "balanced_accuracy": Statistic.mean_share(hits, cases)}


def count_scores(held: Record, counts: FloatArray, choice: int) -> dict[str, FloatArray]:
    """Return the scores of one count [roll call], by name.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> held = cited_roll_calls().take([0])
    >>> sure = (held.tallies()[:, :, None] == np.arange(194)).astype(float)
    >>> {name: round(float(score[0]), 9) for name, score in count_scores(held, sure, 0).items()}
    {'absolute_error': 0.0, 'crps': 0.0, 'coverage_50': 0.5, 'coverage_90': 0.9, 'closed_50': 1.0,
     'closed_90': 1.0}
    """
    distributions, actual = counts[:, choice], held.tallies()[:, choice]
    found = {
        "absolute_error": np.abs(expected_counts(distributions) - actual),
        "crps": crps(distributions, actual),
    }
    for level in LEVELS:
        found[f"coverage_{100 * level:.0f}"] = coverage(distributions, actual, level)
    for level in LEVELS:
        closed = closed_coverage(distributions, actual, level)
        found[f"closed_{100 * level:.0f}"] = closed.astype(float)
    return found


def _histograms(held: Record, judged: Judged) -> dict[str, Any]:
    return {
        "pit": {choice.column: judged.pit(held, choice).tolist() for choice in CHOICES},
        "reliability": {
            choice.column: judged.reliability(held, choice).to_dict("records") for choice in CHOICES
        },
    }


def _estimates(statistics: Mapping[Place, Statistic], times: FloatArray) -> dict[str, Any]:
    return nested({place: asdict(estimate(each, times)) for place, each in statistics.items()})


def _differences(
    found: Mapping[str, Mapping[str, Mapping[Place, Statistic]]], times: FloatArray
) -> dict[str, Any]:
    model, *rest = found
    apart: dict[str, Any] = {}
    for name in rest:
        apart[name] = {}
        for group, statistics in found[model].items():
            each = {
                place: asdict(difference(one, found[name][group][place], times))
                for place, one in statistics.items()
            }
            apart[name][group] = nested(each)
    return {model: apart}


def nested(figures: Mapping[Place, Any]) -> dict[str, Any]:
    """Return figures by place as dicts in dicts.

    Examples
    --------
    >>> nested({("counts", "yes"): 1, ("counts", "no"): 2})
    {'counts': {'yes': 1, 'no': 2}}
    """
    tree: dict[str, Any] = {}
    for (*path, last), figure in figures.items():
        node = tree
        for name in path:
            node = node.setdefault(name, {})
        node[last] = figure
    return tree
