"""How good each vote model was found to be on texts like one: what ``seeds/skill.csv`` says.

``unga-sim skill DIR --seed`` writes that file from back-tests; nothing in it is typed in.
"""

from __future__ import annotations

import functools
from typing import Any

from sim import files

BANDS = (("familiar", 0.2), ("partly new", 0.5), ("new", 1.0))
"""How unfamiliar texts are, and up to which novelty."""
FIGURES = ("log_loss", "log_loss_present", "yes_error", "coverage_50", "coverage_90")
COLUMNS = ("model", "us", "first", "last", "kind", "unfamiliar", "roll_calls", *FIGURES)


def band_of(novelty: float) -> str:
    """Return how unfamiliar a text of some novelty is, in words.

    Examples
    --------
    >>> band_of(0.0), band_of(0.2), band_of(0.9)
    ('familiar', 'familiar', 'new')
    """
    return next(name for name, most in BANDS if novelty <= most + 1e-9)


def measured_skill(model: str, *, novelty: float, kind: str = "whole") -> dict[str, Any] | None:
    """Return what the largest back-test found of a model on like texts, None if there was none.

    Parameters
    ----------
    model : str
        One of `sim.models.MODELS`.
    novelty : float
        Of the text, from 0 to 1.
    kind : str
        What is put to the vote, one of `sim.record.KINDS`.

    Returns
    -------
    dict
        By the columns of ``seeds/skill.csv``; log losses of a vote, the yes error in votes, and the
        share of roll calls whose yes count was inside the 50 % and 90 % ranges.

    Examples
    --------
    >>> measured_skill("oracle", novelty=0.1) is None
    True
    """
    like = [
        row
        for row in _rows()
        if (row["model"], row["kind"], row["unfamiliar"]) == (model, kind, band_of(novelty))
    ]
    if not like:
        return None
    row = max(like, key=lambda each: int(each["roll_calls"]))
    figures = {name: float(row[name]) for name in FIGURES}
    return {**row, "roll_calls": int(row["roll_calls"]), **figures}


@functools.cache
def _rows() -> list[dict[str, str]]:
    return files.read_rows(files.seed("skill.csv"), COLUMNS)
