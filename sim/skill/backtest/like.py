"""The skill of the forecasters of a back-test by kind of text and by how new it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, BoolArray, Choice, FloatArray
from sim.models.measured import ALL, BANDS, COLUMNS, band_of
from sim.models.rolling import RollingForecasts
from sim.record import KINDS, Record
from sim.skill.backtest.judged import Judged
from sim.skill.backtest.scoring import count_scores
from sim.skill.scores import Statistic, estimate, present_only, resampled_days, score_cells


def like_texts(held: Record, judged: Mapping[str, Judged], *, us: str) -> pd.DataFrame:
    """Return the skill of each forecaster on like texts, a row a forecaster and group of texts.

    Parameters
    ----------
    held : Record
        The roll calls, with the votes as they were.
    judged : mapping of str to Judged
        On these roll calls. The groups are those of the first, so that rows can be compared.
    us : str
        Whether the models knew the position of the United States.

    Returns
    -------
    DataFrame
        The columns of ``seeds/skill.csv``, see `sim.models.measured`.

    Examples
    --------
    >>> like_texts(Record.empty(), {}, us="given").shape
    (0, 23)
    """
    rows = []
    if len(held):
        times, window = resampled_days(held.dates), {"first": held.dates[0], "last": held.dates[-1]}
        groups = list(_groups(held, next(iter(judged.values())).forecasts))
        for name, each in judged.items():
            terms = _terms(held, each)
            for kind, unfamiliar, inside in groups:
                group = {"kind": kind, "unfamiliar": unfamiliar, "roll_calls": int(inside.sum())}
                figures = _figures(terms, inside, times)
                rows.append({"forecaster": name, "us": us, **window, **group, **figures})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _groups(held: Record, first: RollingForecasts) -> Iterator[tuple[str, str, BoolArray]]:
    """Yield every group that has a roll call: kind, how new, and which roll calls."""
    kinds = held.roll_calls["kind"].to_numpy()
    bands = np.array([band_of(novelty) for novelty in first.novelty])
    yield ALL, ALL, np.ones(len(held), bool)
    for name, inside in (("recurring title", first.recurring), ("new title", ~first.recurring)):
        if inside.any():
            yield ALL, name, inside
    for kind in KINDS:
        for band, _ in BANDS:
            inside = (kinds == kind) & (bands == band)
            if inside.any():
                yield kind, band, inside


def _terms(held: Record, judged: Judged) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return of each figure what is summed and what it is divided by [roll call]."""
    chances, votes, terms = judged.forecasts.probabilities, held.votes, {}
    for ending, cells in (
        ("", score_cells(chances, votes)),
        ("_present", score_cells(*present_only(chances, votes))),
    ):
        scored = cells.scored.sum(axis=1).astype(float)
        terms[f"log_loss{ending}"] = cells.log_loss.sum(axis=1), scored
        terms[f"accuracy{ending}"] = cells.right.sum(axis=1), scored
    one = np.ones(len(held))
    for choice in CHOICES:
        counts = count_scores(held, judged.counts, choice)
        for part in (50, 90):
            terms[f"coverage_{part}_{choice.column}"] = counts[f"coverage_{part}"], one
        if choice == Choice.YES:
            terms |= {
                "yes_error": (counts["absolute_error"], one),
                "yes_crps": (counts["crps"], one),
            }
    return terms


def _figures(
    terms: Mapping[str, tuple[FloatArray, FloatArray]], inside: BoolArray, times: FloatArray
) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, (amount, count) in terms.items():
        statistic = Statistic.ratio(amount * inside, count * inside)
        found[name] = float(statistic.value)
        if f"{name}_se" in COLUMNS:
            found[f"{name}_se"] = estimate(statistic, times).standard_error
    return found
