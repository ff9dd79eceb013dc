"""Adoption and quorum at the nodes of the exact engine.

Given the factors, the line of a rule and the number of absent states are not quite independent;
node by node they are taken to be, which is a small part of a small part wherever a quorum is hardly
ever missed. How much it can be off is summed up too.
"""

from __future__ import annotations

import numpy as np
import scipy.fft

from sim.choices import FloatArray
from sim.convolution import Chunk, Weights, absence_spectrum, silence, spectrum
from sim.rules import Rule

DECIDED = 6
"""Sums that `decide` returns."""


def decide(chunk: Chunk, rule: Rule, quorum: int) -> FloatArray:
    """Return what some nodes add to the chance of adoption.

    Parameters
    ----------
    chunk : Chunk
    rule : Rule
        The majority needed.
    quorum : int
        Members that have to be present [states].

    Returns
    -------
    array [DECIDED]
        Adoption with the finer and with the coarser weights, what its bound is, no quorum, and the
        known votes with both weights; all joint with the known votes.

    Examples
    --------
    See `sim.exact.solve`, which sums over all nodes.
    """
    states = sum(len(group.states) for group in chunk.groups)
    line: Weights = (rule.yes_weight, 0, rule.no_weight, 0)
    values = np.arange(min(line) * states, max(line) * states + 1)
    by_value = _by_value(chunk, line, len(values))
    known = by_value.sum(axis=1)
    adopts = by_value[:, values >= rule.at_least].sum(axis=1)
    if rule.at_least <= 0:
        # 0 >= 2 * 0 holds, but nothing is adopted that nobody says yes to
        adopts = np.maximum(adopts - silence(chunk), 0)
    length = scipy.fft.next_fast_len(states + 1, real=True)
    absent = scipy.fft.irfft(absence_spectrum(chunk, length), length, axis=1)[:, : states + 1]
    missed = states - np.arange(states + 1) < quorum
    lost = np.maximum(absent[:, missed].sum(axis=1), 0)
    share = np.divide(adopts, known, out=np.zeros_like(known), where=known > 0)
    quorate = share * np.maximum(known - lost, 0)
    return np.array(
        [
            chunk.weight @ quorate,
            chunk.coarse @ quorate,
            chunk.weight @ (lost * np.maximum(share, 1 - share) + chunk.left_out * known),
            chunk.weight @ lost,
            chunk.weight @ known,
            chunk.coarse @ known,
        ]
    )


def given_known(decided: FloatArray) -> tuple[float, float, float, float]:
    """Return adoption, the coarser figure of it, its bound and no quorum, given the known votes.

    Examples
    --------
    >>> given_known(np.array([0.2, 0.2, 0.0, 0.1, 0.5, 0.5]))
    (0.4, 0.4, 0.0, 0.2)
    """
    fine, coarse, bound, lost, known, known_coarse = decided.tolist()
    return fine / known, coarse / known_coarse, bound / known, lost / known


def _by_value(chunk: Chunk, weights: Weights, values: int) -> FloatArray:
    length = scipy.fft.next_fast_len(values, real=True)
    found = scipy.fft.irfft(spectrum(chunk, weights, length), length, axis=1)[:, :values]
    return np.asarray(np.maximum(found, 0))
