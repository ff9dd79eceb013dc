"""Whether what was called 30 % likely happens 30 % of the time."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sim.assembly.choices import BoolArray, FloatArray
from sim.skill.scores.errors import Statistic

BINS = 10
Width = Literal["equal_width", "equal_mass"]


def bin_edges(probabilities: FloatArray, width: Width, *, bins: int = BINS) -> FloatArray:
    """Return the inner edges of bins of probability [edge].

    Parameters
    ----------
    probabilities : array [forecast]
    width : str
        ``equal_width``: tenths of the scale; ``equal_mass``: as many forecasts in each.
    bins : int

    Examples
    --------
    >>> bin_edges(np.array([0.1, 0.2, 0.8, 0.9]), "equal_mass", bins=2)
    array([0.5])
    """
    shares = np.arange(1, bins) / bins
    return shares if width == "equal_width" else np.quantile(probabilities, shares)


def reliability(
    probabilities: FloatArray, happened: BoolArray, *, edges: FloatArray
) -> pd.DataFrame:
    """Return forecast probability and frequency by bin: forecast, frequency, count.

    Parameters
    ----------
    probabilities : array [forecast]
    happened : array of bool [forecast]
    edges : array [edge]
        As `bin_edges` gives them; a bin holds its lower edge.

    Examples
    --------
    >>> table = reliability(np.array([0.1, 0.3]), np.array([False, True]), edges=np.array([0.5]))
    >>> table.iloc[0].to_dict()
    {'forecast': 0.2, 'frequency': 0.5, 'count': 2.0}
    """
    place = np.searchsorted(edges, probabilities, side="right")
    bins = len(edges) + 1
    count = np.bincount(place, minlength=bins).astype(float)
    empty = np.full(bins, np.nan)
    forecast, frequency = (
        np.divide(np.bincount(place, values, bins), count, out=empty.copy(), where=count > 0)
        for values in (probabilities, happened.astype(float))
    )
    return pd.DataFrame({"forecast": forecast, "frequency": frequency, "count": count})


def calibration_error(
    probabilities: FloatArray, happened: BoolArray, scored: BoolArray, *, width: Width
) -> Statistic:
    """Return the expected calibration error: mean distance of forecast and frequency over bins.

    Bins weigh as many forecasts as they hold (Naeini et al. 2015, doi:10.1609/aaai.v29i1.9602).

    Parameters
    ----------
    probabilities : array [roll call, state]
        Of one choice.
    happened, scored : array of bool [roll call, state]
    width : str
        As for `bin_edges`.

    Examples
    --------
    >>> from sim.skill.scores.errors import estimate, resampled_days
    >>> yes, all_scored = np.array([[True, False]]), np.array([[True, True]])
    >>> error = calibration_error(np.full((1, 2), 0.75), yes, all_scored, width="equal_width")
    >>> estimate(error, resampled_days([0], count=2)).value
    0.25
    """
    row, state = np.nonzero(scored)
    chance = probabilities[row, state]
    place = np.searchsorted(bin_edges(chance, width), chance, side="right") if len(chance) else row
    shape = (len(scored), BINS)
    sums = [
        np.bincount(row * BINS + place, values, len(scored) * BINS).reshape(shape)
        for values in (chance - happened[row, state], np.ones(len(chance)))
    ]
    return Statistic(np.concatenate(sums, axis=1), _mean_distance)


def pit_histogram(lower: FloatArray, upper: FloatArray, *, bins: int = BINS) -> FloatArray:
    """Return the heights of a histogram of the probability integral transform of counts [bin].

    Nothing is drawn at random: a count fills evenly the range of its transform (Czado, Gneiting &
    Held 2009, doi:10.1111/j.1541-0420.2009.01191.x). All heights are 1 if forecasts are calibrated.

    Parameters
    ----------
    lower, upper : array [forecast]
        As `sim.skill.scores.pit_limits` gives them.
    bins : int

    Examples
    --------
    >>> pit_histogram(np.array([0.25]), np.array([0.75]), bins=4)
    array([0., 2., 2., 0.])
    """
    edges = np.linspace(0, 1, bins + 1)
    width = np.maximum(upper - lower, 1e-12)[:, None]
    filled = np.clip((edges - lower[:, None]) / width, 0, 1)
    return np.asarray(np.diff(filled.mean(axis=0)) * bins)


def _mean_distance(sums: FloatArray) -> FloatArray:
    apart, count = np.split(sums, 2, axis=-1)
    total = count.sum(axis=-1)
    none = np.full(np.shape(total), np.nan)
    return np.asarray(np.divide(np.abs(apart).sum(axis=-1), total, out=none, where=total > 0))
