"""How far latent support is shifted by a move: likelihoods on a grid of effects.

Thresholds come from texts on which the mover kept its position; they hold all that changes votes
without it. An effect times the mover's step then shifts latent support against them.
"""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp, ndtr, ndtri

from sim.assembly.choices import BoolArray, FloatArray, IntArray, VoteArray
from sim.models.response.pairs import SCORE, Pairs

STANCES = 3
GRID = np.linspace(-4.0, 4.0, 801)
"""Latent effects that are looked at [standard deviations]."""
SPREADS = np.array([0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5])
"""Spreads of states about their group that are looked at [standard deviations]."""
SHARPNESSES = np.linspace(0.05, 1.5, 146)
"""Sharpnesses that are looked at."""


def transitions(pairs: Pairs, inside: BoolArray) -> IntArray:
    """Count how some states went from one stance to the next [pair, before, after].

    Only votes of states that took a stance both times count.

    Examples
    --------
    See `log_likelihood`.
    """
    counts = np.zeros((len(pairs.step), STANCES, STANCES), dtype=np.int64)
    before, after = pairs.before[:, inside], pairs.after[:, inside]
    pair, state = np.nonzero((SCORE[before] >= 0) & (SCORE[after] >= 0))
    np.add.at(counts, (pair, before[pair, state], after[pair, state]), 1)
    return counts


def thresholds_of(still: IntArray) -> FloatArray:
    """Return the two thresholds by earlier stance, from texts the mover did not move on.

    Parameters
    ----------
    still : array of int [before, after]
        Transitions, half a vote is added to each so that none is impossible.

    Returns
    -------
    array [before, 2]
        Latent support above which a state says yes, and below which no [standard deviations].

    Examples
    --------
    >>> thresholds_of(np.full((3, 3), 10))[0].round(3)  # a third each
    array([ 0.431, -0.431])
    """
    share = (still + 0.5) / (still + 0.5).sum(axis=1, keepdims=True)
    return np.stack([ndtri(1 - share[:, 0]), ndtri(share[:, 2])], axis=1)


def log_likelihood(moved: IntArray, step: FloatArray, thresholds: FloatArray) -> FloatArray:
    """Return the log likelihood of each effect on `GRID`, one row a pair [pair, effect].

    A latent support shifted by effect times step is cut at the thresholds of the earlier stance.

    Parameters
    ----------
    moved : array of int [pair, before, after]
    step : array [pair]
    thresholds : array [before, 2]

    Examples
    --------
    Half of 1,000 abstainers with thresholds at 1 and -1 say yes after a full move: effect 1.

    >>> stance = np.zeros((1, 3, 3), dtype=np.int64)
    >>> stance[0, 1] = [500, 477, 23]  # 1 - Phi(0), and Phi(-2) = 0.023 say no
    >>> found = log_likelihood(stance, np.ones(1), np.array([[0, 0], [1, -1], [0, 0]]))
    >>> float(GRID[found[0].argmax()].round(2))
    1.0
    """
    found = np.zeros((len(step), len(GRID)))
    for size in np.unique(step):
        shift = GRID * size
        yes = ndtr(shift - thresholds[:, :1])
        no = ndtr(thresholds[:, 1:] - shift)
        chances = np.stack([yes, 1 - yes - no, no], axis=1)  # [before, after, effect]
        logs = np.log(np.maximum(chances, 1e-12))
        rows = step == size
        found[rows] = np.tensordot(moved[rows], logs, axes=2)
    return found


def shrunk(by_state: FloatArray, mean: float) -> tuple[FloatArray, FloatArray, float]:
    """Return each state's effect, drawn towards its group's, and how sure it is (empirical Bayes).

    Parameters
    ----------
    by_state : array [state, effect]
        Log likelihoods on `GRID`.
    mean : float
        Effect of the group [standard deviations].

    Returns
    -------
    effect, sd : array [state]
        Posterior means and standard deviations.
    spread : float
        Of states about their group; the likeliest of `SPREADS`.

    Examples
    --------
    >>> effect, sd, spread = shrunk(np.zeros((2, len(GRID))), 0.5)  # nothing known of either
    >>> effect.round(2).tolist()
    [0.5, 0.5]
    """
    priors = -0.5 * ((GRID - mean) / SPREADS[:, None]) ** 2
    priors -= logsumexp(priors, axis=1, keepdims=True)
    evidence = [logsumexp(by_state + prior, axis=1).sum() for prior in priors]
    best = int(np.argmax(evidence))
    logs = by_state + priors[best]
    weight = np.exp(logs - logsumexp(logs, axis=1, keepdims=True))
    effect = weight @ GRID
    return effect, np.sqrt(np.maximum(weight @ GRID**2 - effect**2, 0)), float(SPREADS[best])


def sharpness(
    probabilities: FloatArray, before: VoteArray, thresholds: FloatArray, inside: BoolArray
) -> float:
    """Return how sharp a forecast is beside one from the last vote on the same, unchanged text.

    The latent scale of `sim.models.response.report.Response` is that of unchanged texts. A forecast
    for a newer text has more to be unsure of, so the same response is a smaller part of its
    standard deviation: multiply by this.

    Parameters
    ----------
    probabilities : array [state, choice]
    before : array of vote codes [state]
        The last vote on the likest text.
    thresholds : array [before, 2]
        Of the group, from `sim.models.response.report.Response`.
    inside : array of bool [state]
        The group.

    Examples
    --------
    A forecast that gives just the shares of the thresholds is as sharp as they are.

    >>> third = np.array([[0.431, -0.431]] * 3)
    >>> even = np.array([[1 / 3, 1 / 3, 1 / 3, 0.0]])
    >>> round(sharpness(even, np.array([0], np.int8), third, np.array([True])), 2)
    1.0
    """
    rows = inside & (SCORE[before] >= 0) & (probabilities[:, :3].sum(axis=1) > 0)
    stance = probabilities[rows, :3] / probabilities[rows, :3].sum(axis=1, keepdims=True)
    at = thresholds[before[rows]][..., None] * SHARPNESSES  # [state, 2, sharpness]
    yes, no = ndtr(-at[:, 0]), ndtr(at[:, 1])
    logs = np.log(np.maximum(np.stack([yes, 1 - yes - no, no], axis=1), 1e-12))
    return float(SHARPNESSES[np.einsum("sc,sck->k", stance, logs).argmax()])
