"""What states did on earlier days, older votes counting for less."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.assembly.choices import CHOICES, Choice, FloatArray, IntArray, VoteArray

Float32Array = npt.NDArray[np.float32]


def choices_of(votes: VoteArray) -> Float32Array:
    """Return 1 where a state made a choice, else 0 [roll call, choice, state].

    Examples
    --------
    >>> choices_of(np.array([[0, 3, -1]], np.int8))[0, :, 1]
    array([0., 0., 0., 1.], dtype=float32)
    """
    return np.stack([votes == choice for choice in CHOICES], axis=1).astype(np.float32)


def decayed_sums(
    values: npt.NDArray[np.floating], days: IntArray, *, at: IntArray, half_life: float
) -> FloatArray:
    """Return sums over strictly earlier days, halved with every half-life of age [moment, ...].

    Parameters
    ----------
    values : array [row, ...]
        What is summed.
    days : array of int [row]
        Day of each row; never falling.
    at : array of int [moment]
        Days for which sums are wanted; never falling.
    half_life : float
        [days]

    Examples
    --------
    On day 10 two votes 10 days old count one half each, and one of the day itself not at all; on
    day 30 the two count an eighth each, and the other one fourth:

    >>> votes = np.ones(3)
    >>> decayed_sums(votes, np.array([0, 0, 10]), at=np.array([10, 30]), half_life=10)
    array([1. , 0.5])
    """
    sums = np.zeros((len(at), *values.shape[1:]))
    total = np.zeros(values.shape[1:])
    row = 0
    for moment, day in enumerate(at):
        if moment:
            total = total * 0.5 ** ((day - at[moment - 1]) / half_life)
        stop = int(np.searchsorted(days, day, side="left"))
        if stop > row:
            weights = 0.5 ** ((day - days[row:stop]) / half_life)
            total = total + np.tensordot(weights, values[row:stop], axes=1)
        sums[moment], row = total, stop
    return sums


def scores(votes: VoteArray) -> FloatArray:
    """Return yes as 1, no as -1 and all else as 0 [roll call, state].

    Examples
    --------
    >>> scores(np.array([[0, 1, 2, 3, -1]], np.int8))
    array([[ 1.,  0., -1.,  0.,  0.]])
    """
    return np.asarray((votes == Choice.YES) * 1.0 - (votes == Choice.NO) * 1.0)


def unix_days(dates: npt.NDArray[np.datetime64]) -> IntArray:
    """Return days as whole numbers.

    Examples
    --------
    >>> unix_days(np.array(["1970-01-02"], "datetime64[D]"))
    array([1])
    """
    return dates.astype("datetime64[D]").astype(np.int64)
