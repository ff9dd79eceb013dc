"""How good each vote model was found to be on texts like one: what ``seeds/skill.csv`` says.

``unga-sim skill DIR --seed`` writes that file from back-tests; nothing in it is typed in. It has a
row a forecaster, models and baselines alike, a window and a group of texts.
"""

from __future__ import annotations

import datetime
import functools
from typing import Any

from sim import files
from sim.assembly.choices import CHOICES

BANDS = (("familiar", 0.2), ("partly new", 0.5), ("new", 1.0))
"""How new texts are, and up to which novelty."""
ALL = "all"
"""Kind, and how new, of a row on texts of every kind, or however new."""
COVERAGE = tuple(f"coverage_{part}_{choice.column}" for choice in CHOICES for part in (50, 90))
FIGURES = (
    *("log_loss", "log_loss_se", "log_loss_present", "accuracy", "accuracy_present"),
    *("yes_error", "yes_error_se", "yes_crps", *COVERAGE),
)
COLUMNS = ("forecaster", "us", "first", "last", "kind", "unfamiliar", "roll_calls", *FIGURES)
PLACE = ("us", "first", "last", "kind", "unfamiliar")
"""What rows that can be compared have in common."""


def band_of(novelty: float) -> str:
    """Return how new a text of some novelty is, in words.

    Examples
    --------
    >>> band_of(0.0), band_of(0.2), band_of(0.9)
    ('familiar', 'familiar', 'new')
    """
    return next(name for name, most in BANDS if novelty <= most + 1e-9)


def window_of(first: str, last: str, *, short: bool = False) -> str:
    """Return the window of a back-test by the days of its first and last roll call.

    Whole years are named by themselves: the Assembly seldom votes in January.

    Parameters
    ----------
    first, last : str
        ISO dates.
    short : bool
        Whether months are digits, for narrow places.

    Examples
    --------
    >>> window_of("2012-02-16", "2019-12-27"), window_of("2024-06-04", "2025-09-19")
    ('2012-2019', 'June 2024 to September 2025')
    >>> window_of("2025-02-24", "2025-12-30"), window_of("2024-06-04", "2025-09-19", short=True)
    ('2025', '2024-06 to 2025-09')
    """
    one, other = (datetime.date.fromisoformat(day) for day in (first, last))
    if one.month <= 2 and other.month == 12:
        return f"{one.year}" if one.year == other.year else f"{one.year}-{other.year}"
    if short:
        return f"{one:%Y-%m} to {other:%Y-%m}"
    return f"{one:%B %Y} to {other:%B %Y}"


def measured_skill(model: str, *, novelty: float, kind: str = "whole") -> list[dict[str, Any]]:
    """Return what back-tests found of a model on like texts, a row a window, in order of time.

    Parameters
    ----------
    model : str
        One of `sim.models.MODELS`, the position of the United States given.
    novelty : float
        Of the text, from 0 to 1.
    kind : str
        What is put to the vote, one of `sim.record.KINDS`.

    Returns
    -------
    list of dict
        By the columns of ``seeds/skill.csv``: log losses of a vote, errors in votes, and the share
        of roll calls whose counts were inside the 50 % and 90 % ranges; and the least log loss and
        yes error of a baseline on the same roll calls, ``best_log_loss`` and ``best_yes_error``.

    Examples
    --------
    >>> measured_skill("oracle", novelty=0.1)
    []
    """
    from sim.models import MODELS

    wanted = ("given", kind, band_of(novelty))
    like = [row for row in measured_rows() if (row["us"], row["kind"], row["unfamiliar"]) == wanted]
    found = []
    for row in like:
        if row["forecaster"] != model:
            continue
        others = [
            other
            for other in like
            if other["forecaster"] not in MODELS and all(other[key] == row[key] for key in PLACE)
        ]
        best = {
            f"best_{name}": min((float(other[name]) for other in others), default=None)
            for name in ("log_loss", "yes_error")
        }
        figures = {name: float(row[name]) if row[name] else None for name in FIGURES}
        found.append({**row, "roll_calls": int(row["roll_calls"]), **figures, **best})
    return sorted(found, key=lambda row: str(row["first"]))


@functools.cache
def measured_rows() -> list[dict[str, str]]:
    """Return every row of ``seeds/skill.csv``.

    Examples
    --------
    >>> all(set(row) == set(COLUMNS) for row in measured_rows())
    True
    """
    return files.read_rows(files.seed("skill.csv"), COLUMNS)
