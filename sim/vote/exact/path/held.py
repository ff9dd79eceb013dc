"""One vote at many points of what states share, where every state is on its own.

A count is a product of polynomials, and is told where it is likely to lie.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.fft

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.assembly.rules import Rule
from sim.vote.ballot import Ballot, given_factors, log_weights_of_known
from sim.vote.chance import Noise
from sim.vote.exact.convolution import Weights, of_independent

MISSED = 1e-7
"""Chance beyond which a count, given the factors, is not looked for."""


@dataclass(frozen=True)
class HeldVote:
    """One vote at every point.

    Attributes
    ----------
    probability : array [choice, state, point]
        Of known votes 0 or 1.
    known : array [point]
        Chance of the known votes; 1 if there are none.
    any_known : bool
    """

    probability: npt.NDArray[Any]
    known: FloatArray
    any_known: bool

    @classmethod
    def of(cls, ballot: Ballot, noise: Noise, absent: FloatArray) -> HeldVote:
        """Return a vote held where `absent_given` says so [point, state]."""
        chances = given_factors(ballot, noise, absent=absent)
        found = np.array(chances.swapaxes(1, 2), dtype=np.float32)
        known = np.exp(log_weights_of_known(ballot, noise)) if ballot.known else np.ones(len(noise))
        for state, choice in ballot.known.items():
            found[:, state] = (np.arange(len(Choice)) == choice)[:, None]
        return cls(np.asarray(found), known, bool(ballot.known))

    def carried(self, rule: Rule, quorum: int) -> FloatArray:
        """Return the chance that the rule adopts [point]."""
        reached = self.at_least((rule.yes_weight, 0, rule.no_weight, 0), rule.at_least)
        if rule.at_least <= 0:  # nothing is adopted that nobody says yes to
            voting = self.probability[Choice.YES] + self.probability[Choice.NO]
            reached = reached - (1 - voting).prod(axis=0)
        # majority and quorum are taken to be independent at a point, as in `adoption`
        present = self.at_least((1, 1, 1, 0), quorum)
        return np.asarray(np.clip(reached * present, 0, 1))

    def at_least(self, weights: Weights, mark: int) -> FloatArray:
        """Return the chance that a weighted count reaches a mark [point]; far from it, 0 or 1."""
        low, more = min(weights) * self.probability.shape[1], self._more(weights)
        mean, reach = _where(more)
        found = (low + mean > mark).astype(float)
        near = np.flatnonzero(np.abs(mark - low - mean) <= reach)
        if len(near):
            some = count_of({step: np.take(of, near, axis=1) for step, of in more.items()})
            found[near] = np.where(low + some.value >= mark, some.mass, 0).sum(axis=1)
        return np.asarray(found)

    def _more(self, weights: Weights) -> dict[int, FloatArray]:
        """Return the chance that a state adds so much more than the least [state, point]."""
        found: dict[int, FloatArray] = {}
        for weight, of in zip(weights, self.probability, strict=True):
            if step := weight - min(weights):
                found[step] = found[step] + of if step in found else of
        return found


@dataclass(frozen=True)
class Count:
    """A sum over independent states at every point, where it is likely to lie.

    Attributes
    ----------
    value : array of int [point, place]
    mass : array [point, place]
    most : int
        The largest value that there is.
    """

    value: IntArray
    mass: FloatArray
    most: int

    def summed(self, weight: FloatArray) -> FloatArray:
        """Return the sum of the distributions under weights [value]."""
        mass = self.mass * weight[:, None]
        return np.bincount(self.value.ravel(), mass.ravel(), self.most + 1).astype(float)


def count_of(more: Mapping[int, FloatArray]) -> Count:
    """Return the distribution of a sum of steps that independent states take.

    Parameters
    ----------
    more : mapping of int to array [state, point]
        Chance of each step but none.

    Examples
    --------
    >>> count_of({1: np.full((2, 1), 0.5)}).summed(np.ones(1)).round(12)
    array([0.25, 0.5 , 0.25])
    """
    mean, reach = _where(more)
    most = max(more) * len(more[max(more)])
    # a transform just long enough: sums wrap round to where nothing else is likely
    length = min(most, 2 * int(np.ceil(reach.max()))) + 1
    length = int(scipy.fft.next_fast_len(length, real=True))
    none = 1 - functools.reduce(np.add, more.values())
    wrapped = scipy.fft.irfft(of_independent({0: none, **more}, length), length, axis=1)
    first = np.rint(mean).astype(int) - length // 2
    first = np.clip(first, 0, max(most + 1 - length, 0))
    value = first[:, None] + np.arange(min(length, most + 1))
    mass = np.take_along_axis(wrapped, value % length, axis=1)
    return Count(value, np.maximum(mass, 0), most)


def _where(more: Mapping[int, FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return mean of a sum of independent steps [point], and how far from it it is at most.

    But for `MISSED`: the nearer of the bounds of Hoeffding and of Bernstein, which knows how much
    the sum varies (Boucheron, Lugosi & Massart 2013, Concentration Inequalities, ch. 2).
    """
    mean = functools.reduce(np.add, [step * of if step > 1 else of for step, of in more.items()])
    square = np.sum([step**2 * of.sum(axis=0) for step, of in more.items()], axis=0)
    variance = square - np.einsum("sp,sp->p", mean, mean)
    widest, rare = max(more), float(np.log(2 / MISSED))
    bernstein = widest * rare / 3 + np.sqrt((widest * rare / 3) ** 2 + 2 * variance * rare)
    return mean.sum(axis=0), np.minimum(bernstein, widest * np.sqrt(len(mean) * rare / 2))
