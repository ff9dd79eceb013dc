"""How likely the counts of earlier roll calls were, for a few sizes of what is shared.

Likelihood looks at every state and may still leave the tally too narrow. So the size is judged by
the counts themselves: by the log of the chance that each was given, a proper score, which asks for
spread where it is needed and charges for it where it is not (Gneiting & Raftery 2007,
doi:10.1198/016214506000001437). The distributions are computed, not drawn, once for each of a few
sizes.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy.fft
from scipy.special import ndtr

from sim.assembly.choices import BoolArray, Choice, FloatArray, VoteArray
from sim.models.history import Float32Array
from sim.vote.ballot import thresholds
from sim.vote.dependence import LARGEST_SIZE, Dependence, SizeLaw
from sim.vote.exact.convolution import length_for, spectra
from sim.vote.exact.groups import Group
from sim.vote.exact.nodes import Conditional
from sim.vote.exact.quadrature import trapezoid
from sim.vote.exact.solve import ONE_HOT

COUNTED = (Choice.YES, Choice.ABSTAIN, Choice.NO)
"""The counts that the stance decides."""
LEAST = 1e-5
"""No chance of a count is taken to be less: one count that nobody foresaw does not decide alone."""
PRECISION = np.float32
"""Rounding is far below what the few points leave; double precision takes half as long again."""
POINTS = (11, 9)
"""Points for the factor of the assembly and for those of the groups. They move the mean log chance
of a count by some thousandths at usual sizes, by two hundredths at the largest."""


class Curves:
    """A smooth curve over the log of the size for every roll call.

    Parameters
    ----------
    sizes : array [size]
        Where the curves are known.
    values : array [size, roll call, ...]

    Examples
    --------
    >>> sizes = np.array([0.5, 1.0, 2.0, 4.0])
    >>> lines = Curves(sizes, np.log(sizes)[:, None] * np.array([1.0, 2.0]))
    >>> lines.at(np.log([2.0, 2.0])).round(3)
    array([0.693, 1.386])
    """

    def __init__(self, sizes: FloatArray, values: FloatArray) -> None:
        self._knots = np.log(sizes)
        self._pieces = np.asarray(scipy.interpolate.CubicSpline(self._knots, values, axis=0).c)

    def at(self, log_size: FloatArray) -> FloatArray:
        """Return each roll call's curve at its own size; beyond the ends it is as at the ends.

        Parameters
        ----------
        log_size : array [roll call]

        Returns
        -------
        array [roll call, ...]
        """
        inside = np.clip(log_size, self._knots[0], self._knots[-1])
        piece = np.clip(np.searchsorted(self._knots, inside) - 1, 0, len(self._knots) - 2)
        terms = self._pieces[:, piece, np.arange(len(piece))]
        along = (inside - self._knots[piece]).reshape(-1, *[1] * (terms.ndim - 2))
        return np.asarray(((terms[0] * along + terms[1]) * along + terms[2]) * along + terms[3])


def observed_chances(
    votes: VoteArray, probabilities: FloatArray, dependence: Dependence, *, sizes: FloatArray
) -> FloatArray:
    """Return how likely counts below, and up to, those of one roll call were.

    It is what `sim.vote.exact.solve` computes, coarser, but for many sizes of the stance factors in
    one go. Attendance is held at its root mean square size.

    Parameters
    ----------
    votes : array of int8 [state]
        Codes of `Choice`; states with a negative code are left out.
    probabilities : array [state, choice]
    dependence : Dependence
        Its stance sizes are not used.
    sizes : array [size]

    Returns
    -------
    array [size, count, 2]
        For yes, abstain and no, the chance of fewer and the chance of as many or fewer.

    Examples
    --------
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> one_each = np.array([0, 2], dtype=np.int8)
    >>> alone = Dependence.independent(2)
    >>> observed_chances(one_each, fair, alone, sizes=np.ones(1)).round(6)
    array([[[0.25, 0.75],
            [0.  , 1.  ],
            [0.25, 0.75]]])
    """
    scored = votes >= 0
    (_, wide), _ = (_points(count) for count in POINTS)
    _, away = _attendance_points()
    weight, states = np.outer(wide, away).ravel(), int(scored.sum())
    groups = [
        _conditional(probabilities, dependence, scored & (dependence.group == group), sizes)
        for group in np.unique(dependence.group[scored])
    ]
    mass = np.empty((len(COUNTED), len(sizes), states + 1))
    counts = [ONE_HOT[choice] for choice in COUNTED]
    for place, (counted, found) in enumerate(spectra(groups, counts, states)):
        of_size = weight @ found.reshape(len(sizes), len(weight), -1)
        mass[place] = scipy.fft.irfft(of_size, length_for(counted, states))[:, : states + 1]
    below = np.cumsum(np.maximum(mass, 0), axis=-1)
    below = np.concatenate([np.zeros_like(below[..., :1]), below / below[..., -1:]], axis=-1)
    seen = [int((votes == choice).sum()) for choice in COUNTED]
    return np.stack([of[:, n : n + 2] for of, n in zip(below, seen, strict=True)], axis=1)


def log_loss_of_counts(chances: FloatArray) -> float:
    """Return minus the log of the chance of what was counted, mean over roll calls.

    Parameters
    ----------
    chances : array [roll call, count, 2]
        As `observed_chances` gives them: of fewer, and of as many or fewer.

    Returns
    -------
    float
        Summed over the counts; the less the better.

    Examples
    --------
    One count that had a chance of one half, one that had a quarter: log 2 + log 4 = log 8.

    >>> loss = log_loss_of_counts(np.array([[[0.0, 0.5], [0.5, 0.75]]]))
    >>> round(float(np.exp(loss)), 9)
    8.0
    """
    given = np.maximum(chances[..., 1] - chances[..., 0], LEAST)
    return float(-np.log(given).mean(axis=0).sum())


def mean_curve(curves: Curves, law: SizeLaw, novelty: FloatArray) -> FloatArray:
    """Return the mean of the curves over the sizes that a law gives each roll call.

    Parameters
    ----------
    curves : Curves
    law : SizeLaw
    novelty : array [roll call]
        From 0 to 1.

    Examples
    --------
    >>> line = Curves(np.array([0.5, 1.0, 2.0]), np.array([[0.5], [1.0], [2.0]]))
    >>> mean_curve(line, SizeLaw(base=0.0, slope=1.0, step=0.0, surprise=0.0), np.zeros(1))
    array([1.])
    """
    usual = law.base + law.slope * novelty
    most = float(np.log(LARGEST_SIZE))
    common = (1 - law.surprise) * curves.at(np.minimum(usual, most))
    return np.asarray(common + law.surprise * curves.at(np.minimum(usual + law.step, most)))


def _conditional(
    probabilities: FloatArray, dependence: Dependence, inside: BoolArray, sizes: FloatArray
) -> Conditional:
    """Return a group's probabilities at the points of its own factor, which come to one node.

    Columns are sizes, points of the assembly's factor, and of attendance, the last fastest.
    """
    (wide, _), (near, weight) = (_points(count) for count in POINTS)
    away, _ = _attendance_points()
    shared = dependence.of(inside)
    own = np.stack([shared.own_stance(float(size)) for size in sizes], axis=1)
    moved = shared.assembly[:, None, None] * wide[:, None] + shared.bloc[:, None, None] * near
    support = ((own * sizes)[:, :, None, None, None] * moved[:, None, :, None, :]).astype(PRECISION)
    typical = float(np.sqrt(sum(one.chance * one.factor**2 for one in shared.attendance_sizes)))
    own_absence = shared.own_attendance(typical)
    absence = ((own_absence * typical * shared.attendance)[:, None] * away).astype(PRECISION)
    at, will, shape = thresholds(probabilities[inside]), shared.own_will, (-1, 1, 1, 1, 1)

    def above(edge: FloatArray, value: Float32Array, weight: Float32Array) -> Float32Array:
        mine, beyond = (each.reshape(shape).astype(PRECISION) for each in will.beyond(edge))
        follows = (1 - will.share).reshape(shape).astype(PRECISION)
        return np.asarray(mine + follows * ndtr((value - beyond) / weight))

    width = own[:, :, None, None, None].astype(PRECISION)
    yes = above(at.yes_above, support, width)
    no = above(-at.no_below, -support, width)
    away_from = absence[:, None, None, :, None]
    absent = above(at.absent_above, away_from, own_absence.reshape(shape).astype(PRECISION))
    stances = (yes, np.maximum(1 - yes - no, 0), no)
    present = [(1 - absent) * stance for stance in stances]
    found = np.stack([*present, np.broadcast_to(absent, present[0].shape)])
    found = found.reshape(*found.shape[:2], -1, len(near))
    group = Group(np.flatnonzero(inside), near[None], weight[:, None])
    return Conditional(group, found, found[Choice.NON_VOTING, :, :, 0])


@functools.cache
def _points(count: int) -> tuple[FloatArray, FloatArray]:
    """Return points on a stance factor and their weights, but for the ends, which weigh nothing."""
    value, weight, _ = trapezoid(count + 2)
    return value[1:-1], weight[1:-1] / weight[1:-1].sum()


@functools.cache
def _attendance_points() -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Hermite points, which need be few because little of attendance is shared."""
    value, weight = np.polynomial.hermite_e.hermegauss(3)
    return value, weight / weight.sum()
