"""The skill of the vote models of a back-test by kind of text and by how unfamiliar it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.assembly.choices import BoolArray, Choice
from sim.models import MODELS
from sim.models.measured import BANDS, COLUMNS, band_of
from sim.record import KINDS, Record
from sim.skill.backtest.judged import Judged
from sim.skill.backtest.scoring import count_scores
from sim.skill.scores import present_only, score_cells


def like_texts(held: Record, judged: Mapping[str, Judged], *, us: str) -> pd.DataFrame:
    """Return the skill of each vote model on like texts, a row a model, kind and familiarity.

    Parameters
    ----------
    held : Record
        The roll calls, with the votes as they were.
    judged : mapping of str to Judged
        On these roll calls; baselines are passed over.
    us : str
        Whether the models knew the position of the United States.

    Returns
    -------
    DataFrame
        The columns of ``seeds/skill.csv``, see `sim.models.measured`.

    Examples
    --------
    >>> like_texts(Record.empty(), {}, us="given").shape
    (0, 12)
    """
    rows = [
        {"model": name, "us": us, "first": held.dates[0], "last": held.dates[-1], **row}
        for name, each in judged.items()
        if name in MODELS
        for row in _rows(held, each)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(held: Record, judged: Judged) -> Iterator[dict[str, Any]]:
    kinds = held.roll_calls["kind"].to_numpy()
    bands = np.array([band_of(novelty) for novelty in judged.forecasts.novelty])
    for kind in KINDS:
        for band, _ in BANDS:
            inside = (kinds == kind) & (bands == band)
            if inside.any():
                yield {"kind": kind, "unfamiliar": band, **_figures(held, judged, inside)}


def _figures(held: Record, judged: Judged, inside: BoolArray) -> dict[str, float]:
    chances, votes = judged.forecasts.probabilities[inside], held.votes[inside]
    four, present = score_cells(chances, votes), score_cells(*present_only(chances, votes))
    yes = count_scores(held, judged.counts, Choice.YES)
    return {
        "roll_calls": int(inside.sum()),
        "log_loss": float(four.log_loss[four.scored].mean()),
        "log_loss_present": float(present.log_loss[present.scored].mean()),
        "yes_error": float(yes["absolute_error"][inside].mean()),
        "coverage_50": float(yes["coverage_50"][inside].mean()),
        "coverage_90": float(yes["coverage_90"][inside].mean()),
    }
