"""The distribution of yes and no together, with no sampling of votes.

Yes and no alone say how many vote each way; only the two together say how likely any rule, margin
or share is. As in `sim.vote.exact.convolution`, states are independent once what they share is held
at a point, so the two counts of a group are a product of small polynomials, here in two variables,
and groups are multiplied as Fourier transforms. There are a hundred times as many pairs of counts
as counts, so a run makes this on demand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft

from sim.assembly.choices import BoolArray, Choice, FloatArray
from sim.vote.ballot import Ballot
from sim.vote.exact.convolution import LEAST
from sim.vote.exact.nodes import SUMMED, Chunk, Conditional, chunks
from sim.vote.exact.posterior import posterior_of
from sim.vote.exact.quadrature import FINE, Fineness
from sim.vote.exact.solve import ONE_HOT, solve

POINTS = 256
"""Points worked on at a time: bounds memory, changes no result."""
TURNS = 50
"""How often rows and columns are scaled at most."""
ComplexArray = npt.NDArray[np.complexfloating]


@dataclass(frozen=True)
class Joint:
    """How likely so many yes and so many no are together.

    Attributes
    ----------
    probability : array [yes, no]
        Given the known votes, from none to all states each.
    coarse : array [yes, no]
        From every second point of the quadrature, as it is summed up.
    """

    probability: FloatArray
    coarse: FloatArray

    @property
    def yes(self) -> FloatArray:
        """Probability of each count of yes [votes]."""
        return np.asarray(self.probability.sum(axis=1))

    @property
    def no(self) -> FloatArray:
        """Probability of each count of no [votes]."""
        return np.asarray(self.probability.sum(axis=0))

    @property
    def margin(self) -> FloatArray:
        """Probability of each margin, yes less no, from minus all states to all [margin]."""
        states = len(self.probability) - 1
        margins = np.subtract.outer(np.arange(states + 1), np.arange(states + 1)) + states
        weights = self.probability.ravel()
        counted = np.bincount(margins.ravel(), weights=weights, minlength=2 * states + 1)
        return counted.astype(float)

    def chance(self, holds: BoolArray) -> tuple[float, float]:
        """Return the probability of the pairs of counts marked, and its error bound.

        Parameters
        ----------
        holds : array of bool [yes, no]

        Returns
        -------
        probability, error : float
            The error is an estimate, the difference to the coarser quadrature: as a rule more than
            the true one.
        """
        chance, coarse = float(self.probability[holds].sum()), float(self.coarse[holds].sum())
        return min(chance, 1.0), abs(chance - coarse)


def joint(ballot: Ballot, *, fineness: Fineness = FINE) -> Joint:
    """Return the exact distribution of yes and no together, given the known votes.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    fineness : Fineness
        As in `sim.vote.exact.solve.solve`.

    Examples
    --------
    Two states that say yes with probability one half, and else no:

    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> both = joint(Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),)))
    >>> both.probability.round(12)
    array([[0.  , 0.  , 0.25],
           [0.  , 0.5 , 0.  ],
           [0.25, 0.  , 0.  ]])
    >>> yes, no = np.indices((3, 3))
    >>> round(both.chance(yes >= 2 * no)[0], 12)
    0.25
    """
    known = tuple(ballot.known.values())
    counts = len(ballot.probabilities) - len(known) + 1
    posterior = posterior_of(ballot, fineness) if known else None
    length = int(scipy.fft.next_fast_len(counts, real=True))
    sums = np.zeros((2, length, length // 2 + 1), dtype=complex)
    for chunk in chunks([ballot], fineness, posterior=posterior):
        for column, transform in enumerate(_transforms(chunk, length)):
            for one, weight in zip(sums, chunk.weights, strict=True):
                one += transform @ weight[column]
    yes, no = known.count(Choice.YES), known.count(Choice.NO)
    after = [(yes, len(known) - yes), (no, len(known) - no)]
    fine, coarse = (np.pad(_inverted(one, counts, length), after) for one in sums)
    alone = solve(ballot, (ONE_HOT[Choice.YES], ONE_HOT[Choice.NO]), fineness=fineness)
    return Joint(raked(fine, *(each.probability for each in alone.distributions)), coarse)


def raked(table: FloatArray, yes: FloatArray, no: FloatArray) -> FloatArray:
    """Return a table changed as little as brings both counts to what each is by itself.

    Single counts have the means that states add up to. Rows and columns are scaled in turn, which
    ends at the least change that does it (Csiszar 1975, doi:10.1214/aop/1176996454).

    Parameters
    ----------
    table : array [yes, no]
    yes, no : array [votes]

    Examples
    --------
    >>> raked(np.full((2, 2), 0.25), np.array([0.4, 0.6]), np.array([0.5, 0.5])).round(12)
    array([[0.2, 0.2],
           [0.3, 0.3]])
    """
    for _ in range(TURNS):
        for wanted, axis in ((yes[:, None], 1), (no[None], 0)):
            found = table.sum(axis=axis, keepdims=True)
            table = table * np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)
        if np.abs(table.sum(axis=1) - yes).max() < 1e-14:
            break
    return table


def _transforms(chunk: Chunk, length: int) -> Iterator[ComplexArray]:
    """Yield the transform of the assembly's two counts, column by column [yes, no, node]."""
    for column in range(len(chunk.weight)):
        product = np.ones((length, length // 2 + 1, chunk.weight.shape[1]), dtype=complex)
        for group in chunk.groups:
            onto = group.to_nodes[column % len(group.to_nodes)].T
            product *= _transform(_counts(group, column) @ onto, length)
        yield product


def _counts(group: Conditional, column: int) -> FloatArray:
    """Return the distribution of a group's two counts at every point [yes, no, point]."""
    of = group.probability[:, :, column]
    yes, no, rest = of[Choice.YES], of[Choice.NO], of[Choice.ABSTAIN] + of[Choice.NON_VOTING]
    states, points = yes.shape
    found = np.empty((states + 1, states + 1, points), dtype=yes.dtype)
    for first in range(0, points, POINTS):
        some = slice(first, first + POINTS)
        found[:, :, some] = _counted(yes[:, some], no[:, some], rest[:, some])
    return found


def _counted(yes: FloatArray, no: FloatArray, rest: FloatArray) -> FloatArray:
    """Return the distribution of two counts of independent states [yes, no, point]."""
    states, points = yes.shape
    before = np.zeros((states + 1, states + 1, points), dtype=yes.dtype)
    before[0, 0] = 1
    after, part = np.empty_like(before), np.empty_like(before)
    for state in range(states):
        top = state + 1
        held, more = before[:top, :top], part[:top, :top]
        np.multiply(held, rest[state], out=after[:top, :top])
        after[top, : top + 1] = after[:top, top] = 0
        for chance, reached in (
            (yes[state], after[1 : top + 1, :top]),
            (no[state], after[:top, 1 : top + 1]),
        ):
            np.multiply(held, chance, out=more)
            np.add(reached, more, out=reached)
        if before.dtype == SUMMED:
            after[: top + 1, : top + 1] += LEAST
        before, after = after, before
    return before


def _transform(table: FloatArray, length: int) -> ComplexArray:
    """Return the Fourier transform over both counts [yes, no, node]."""
    kind, (counts, _, nodes) = np.result_type(table.dtype, np.complex64), table.shape
    turns = np.outer(np.arange(length), np.arange(counts)) % length
    factors = np.exp(-2j * np.pi * turns / length).astype(kind)  # [frequency, count]
    by_no = factors[: length // 2 + 1] @ table.astype(kind)
    by_both = factors @ by_no.reshape(counts, -1)
    return np.asarray(by_both.reshape(length, -1, nodes))


def _inverted(sums: ComplexArray, counts: int, length: int) -> FloatArray:
    mass = scipy.fft.irfft2(sums, (length, length))[:counts, :counts]
    # beyond what can be nothing is left but rounding
    table = np.where(_possible(counts), np.maximum(mass, 0), 0)
    return np.asarray(table / table.sum())


def _possible(counts: int) -> BoolArray:
    """Return which pairs of counts are of no more states than there are [yes, no]."""
    return np.add.outer(np.arange(counts), np.arange(counts)) < counts
