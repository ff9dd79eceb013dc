"""Adoption and quorum at the nodes of the exact engine.

Given the factors, the line of a rule and the number of absent states are not quite independent;
node by node they are taken to be, which is a small part of a small part wherever a quorum is hardly
ever missed. How much it can be off is summed up too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from sim.assembly.choices import BoolArray, Choice, FloatArray
from sim.assembly.rules import Rule
from sim.vote.exact.convolution import (
    ComplexArray,
    Weights,
    absence_spectrum,
    added_by,
    silence,
    span,
)
from sim.vote.exact.nodes import Chunk

DECIDED = 8
"""Sums that `decide` returns."""
RELIABLE = 1e-9
"""A chance of no quorum above this, node by node, can be set right by the exact one."""


@dataclass(frozen=True)
class Decision:
    """What becomes of a proposal.

    Attributes
    ----------
    adopted, coarse : float
        Chance of adoption, and the same from fewer points.
    bound : float
        The most that taking majority and quorum to be independent at a node can be off.
    no_quorum : float
        Chance that too few are present.
    """

    adopted: float
    coarse: float
    bound: float
    no_quorum: float


def line_of(rule: Rule) -> Weights:
    """Return the weighted count that a rule looks at.

    Examples
    --------
    >>> from sim.assembly.rules import RULES
    >>> line_of(RULES["two-thirds"])
    (1, 0, -2, 0)
    """
    return (rule.yes_weight, 0, rule.no_weight, 0)


def decide(chunk: Chunk, found: ComplexArray, rule: Rule, arms: int, *, quorum: int) -> FloatArray:
    """Return what some nodes add to the chance of adoption.

    Parameters
    ----------
    chunk : Chunk
    found : array of complex [node, frequency]
        Transform of the rule's count, as `sim.vote.exact.convolution.spectra` gives it.
    rule : Rule
        The majority needed.
    arms : int
        How many there are.
    quorum : int
        Members that have to be present [states].

    Returns
    -------
    array [arm, DECIDED]
        The majority reached, and reached without a quorum, each with the finer and the coarser
        weights; about the most that the latter can be off; no quorum; and both weights.

    Examples
    --------
    See `sim.vote.exact.solve.solve`, which sums over all nodes.
    """
    line, free = line_of(rule), chunk.free
    values = span(line, free) + added_by(line, chunk.known)
    adopts = _chance_of(values >= rule.at_least, found.reshape(*chunk.weight.shape, -1))
    if rule.at_least <= 0:
        # 0 >= 2 * 0 holds, but nothing is adopted that nobody says yes to
        adopts = np.maximum(adopts - silence(chunk), 0)
    adopts = np.minimum(adopts, 1)
    here = free + len(chunk.known) - chunk.known.count(Choice.NON_VOTING)
    lost = np.minimum(_chance_of(here - np.arange(free + 1) < quorum, absence_spectrum(chunk)), 1)
    sums = (
        *(weight * part for part in (adopts, adopts * lost) for weight in chunk.weights),
        chunk.weight * _most_apart(adopts, lost),
        chunk.weight * lost,
        *chunk.weights,
    )
    by_column = (each.sum(axis=1) for each in sums)
    return np.stack([np.bincount(chunk.arm, each, minlength=arms) for each in by_column], axis=1)


def decision_of(decided: FloatArray, *, no_quorum: float | None = None) -> Decision:
    """Return the decision from the sums over all nodes.

    Parameters
    ----------
    decided : array [DECIDED]
        Summed over all nodes.
    no_quorum : float, optional
        The chance of it, computed more closely: the nodes of a tally are too far apart for it.

    Examples
    --------
    >>> round(decision_of(np.array([0.3, 0.3, 0.1, 0.1, 0.0, 0.1, 0.5, 0.5])).adopted, 12)
    0.4
    """
    reached, coarse, without, without_coarse, bound, lost, all_, every = decided.tolist()
    right = no_quorum * all_ / lost if no_quorum is not None and lost > RELIABLE else 1.0
    return Decision(
        (reached - right * without) / all_,
        (coarse - right * without_coarse) / every,
        right * bound / all_,
        lost / all_ if no_quorum is None else no_quorum,
    )


def _most_apart(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return how far the chance that both happen can be from that of independent events.

    Its bounds given the chance of each: Fréchet 1951.
    """
    both = one * other
    return np.maximum(np.minimum(one, other) - both, both - np.maximum(one + other - 1, 0))


def _chance_of(holds: BoolArray, found: ComplexArray) -> FloatArray:
    """Return the probability of the values marked, without transforming back.

    A sum over values is a sum over frequencies (Parseval).

    Parameters
    ----------
    holds : array of bool [value]
    found : array of complex [column, node, frequency]

    Returns
    -------
    array [column, node]
    """
    length = scipy.fft.next_fast_len(len(holds), real=True)
    weight = scipy.fft.rfft(holds.astype(float), length).conj() / length
    # all frequencies but the first, and the last of an even length, stand for two
    weight[1 : (length + 1) // 2] *= 2
    total = (found @ weight.astype(found.dtype)).real
    return np.asarray(np.maximum(total, 0), dtype=float)
