"""The distribution of the tally with no sampling of votes: see `sim.convolution` for how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft

from sim.assembly import Ballot
from sim.choices import BoolArray, Choice, FloatArray, IntArray
from sim.convolution import Weights, grids, spectrum, state_shares
from sim.quadrature import Nodes, net
from sim.rules import QUORUM, Rule

NEGLIGIBLE = 1e-3
"""Probability of no quorum up to which it is added to the error instead of computed."""
NODES_AT_A_TIME = 64
"""Nodes worked on at a time, so that a group's polynomials stay in the cache; changes no result."""
NODES_IF_THIN = 8
"""Nodes a repetition where the slow joint distribution with absence is needed."""
CELLS = 2_000_000
"""Numbers in one spectrum at a time; bounds memory, changes no result."""

ONE_HOT: tuple[Weights, ...] = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
"""The four counts."""


@dataclass(frozen=True)
class Distribution:
    """The distribution of one whole-number statistic of the vote.

    Attributes
    ----------
    values : array of int [value]
    by_repetition : array [repetition, value]
        Joint with the known votes, not yet divided by their probability.
    """

    values: IntArray
    by_repetition: FloatArray

    @property
    def mass(self) -> float:
        """Probability of the known votes; 1 if there are none."""
        return float(self.by_repetition.sum(axis=1).mean())

    @property
    def probability(self) -> FloatArray:
        """Probability of each value, given the known votes [value]."""
        return np.asarray(self.by_repetition.mean(axis=0) / self.mass)

    def chance(self, holds: BoolArray) -> tuple[float, float]:
        """Return the probability of the values marked, and its error bound.

        Parameters
        ----------
        holds : array of bool [value]

        Returns
        -------
        probability, error : float
            The error is three standard errors over the repetitions of the net.
        """
        repeated = self.by_repetition[:, holds].sum(axis=1) / self.mass
        spread = repeated.std(ddof=1) if len(repeated) > 1 else 0.0
        return _probability(repeated.mean()), float(3 * spread / np.sqrt(len(repeated)))


@dataclass(frozen=True)
class Solution:
    """Everything that one pass over the nodes finds.

    Attributes
    ----------
    distributions : tuple of Distribution
        One for each statistic asked for.
    states : array [state, choice]
        Each state's probabilities in the arm, given the known votes.
    """

    distributions: tuple[Distribution, ...]
    states: FloatArray


def solve(ballot: Ballot, statistics: Sequence[Weights], *, nodes: Nodes | None = None) -> Solution:
    """Return the exact distributions of several weighted counts, and each state's probabilities.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    statistics : sequence of (int, int, int, int)
        What each yes, abstention, no and non-voting adds: (1, 0, 0, 0) counts the yes votes,
        (1, 0, -1, 0) is the margin.
    nodes : Nodes, optional
        Where the assembly-wide factors are held; by default `net(ballot)`.

    Examples
    --------
    Two states that say yes with probability one half, each on its own:

    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence, Move
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),))
    >>> solve(two, [(1, 0, 0, 0)]).distributions[0].probability.round(12)
    array([0.25, 0.5 , 0.25])
    """
    nodes = net(ballot) if nodes is None else nodes
    states = len(ballot.probabilities)
    spans = [(max(weights) - min(weights)) * states for weights in statistics]
    lengths = [scipy.fft.next_fast_len(span + 1, real=True) for span in spans]
    repetitions = int(nodes.repetition.max()) + 1
    spectra = [np.zeros((repetitions, length // 2 + 1), dtype=complex) for length in lengths]
    shares = np.zeros((len(Choice), states))
    chunk = max(1, min(NODES_AT_A_TIME, CELLS // max(lengths, default=1)))
    for part, inside in grids(ballot, nodes, chunk):
        of_repetition = part.repetition == np.arange(repetitions)[:, None]
        for number, weights in enumerate(statistics):
            spectra[number] += of_repetition @ spectrum(inside, weights, lengths[number])
        for rows, share in state_shares(inside):
            shares[:, rows] += share
    found = []
    for weights, span, length, sums in zip(statistics, spans, lengths, spectra, strict=True):
        mass = scipy.fft.irfft(sums * repetitions / len(nodes), length, axis=1)[:, : span + 1]
        values = min(weights) * states + np.arange(span + 1)
        found.append(Distribution(values, np.maximum(mass, 0)))
    return Solution(tuple(found), np.asarray((shares / shares.sum(axis=0)).T))


def distribution(ballot: Ballot, weights: Weights, *, nodes: Nodes | None = None) -> Distribution:
    """Return the exact distribution of one weighted count; see `solve`.

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence, Move
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),))
    >>> distribution(two, (1, 0, -1, 0)).values
    array([-2, -1,  0,  1,  2])
    """
    return solve(ballot, (weights,), nodes=nodes).distributions[0]


def marginals(ballot: Ballot, *, nodes: Nodes | None = None) -> FloatArray:
    """Return each state's probabilities in the arm, given the known votes; see `solve`.

    Returns
    -------
    array [state, choice]

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence, Move
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> marginals(Ballot(one, Dependence.independent(1), nobody, (Move.none(1),))).round(12)
    array([[0.2, 0.3, 0.4, 0.1]])
    """
    return solve(ballot, (), nodes=nodes).states


def adoption(
    ballot: Ballot, rule: Rule, *, nodes: Nodes | None = None, quorum: int = QUORUM
) -> tuple[float, float]:
    """Return the probability that the proposal is adopted, and the bound of its error.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    rule : Rule
        The majority needed.
    nodes : Nodes, optional
        As in `solve`.
    quorum : int
        Members that have to be present [states].

    Returns
    -------
    probability, error : float

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence, Move
    >>> from sim.rules import RULES
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),))
    >>> round(adoption(two, RULES["simple"], quorum=1)[0], 12)
    0.25
    """
    nodes = net(ballot) if nodes is None else nodes
    found = solve(ballot, adoption_statistics(rule), nodes=nodes).distributions
    return adoption_in(ballot, rule, found, nodes=nodes, quorum=quorum)


def adoption_statistics(rule: Rule) -> tuple[Weights, ...]:
    """Return the statistics that `adoption_in` needs: the rule's line, absence, and silence."""
    return (
        (rule.yes_weight, 0, rule.no_weight, 0),
        ONE_HOT[Choice.NON_VOTING],
        (1, 0, 1, 0),
    )


def adoption_in(
    ballot: Ballot,
    rule: Rule,
    found: Sequence[Distribution],
    *,
    nodes: Nodes,
    quorum: int = QUORUM,
) -> tuple[float, float]:
    """Return the chance of adoption and its error bound from `adoption_statistics` solved.

    Examples
    --------
    See `adoption`, which solves them first.
    """
    states = len(ballot.probabilities)
    reached, absent, silent = found
    no_quorum = absent.chance(states - absent.values < quorum)[0]
    if no_quorum > NEGLIGIBLE:
        return _quorate_chance(ballot, rule, nodes, quorum)
    chance, error = reached.chance(reached.values >= rule.at_least)
    # 0 >= 2 * 0 holds, but nothing is adopted that nobody says yes to
    empty = silent.chance(silent.values == 0)[0] if rule.at_least <= 0 else 0.0
    return _probability(chance - empty), error + no_quorum


def _quorate_chance(ballot: Ballot, rule: Rule, nodes: Nodes, quorum: int) -> tuple[float, float]:
    """Decide on the joint distributions with absence: slow, so on fewer nodes."""
    states = len(ballot.probabilities)
    few = nodes.thinned(NODES_IF_THIN)
    base = (rule.yes_weight - min(rule.no_weight, 0)) * states + 1
    # one number for two counts: line + base * absent, and yes + no + base * absent
    weights: tuple[Weights, ...] = (
        (rule.yes_weight, 0, rule.no_weight, base),
        (1, 0, 1, base),
    )
    reached, silent = solve(ballot, weights, nodes=few).distributions
    lowest = min(rule.no_weight, 0) * states
    absent, line = np.divmod(reached.values - lowest, base)
    enough = states - absent >= quorum
    chance, error = reached.chance((line + lowest >= rule.at_least) & enough)
    if rule.at_least > 0:
        return chance, error
    absent, voting = np.divmod(silent.values, base)
    empty = silent.chance((voting == 0) & (states - absent >= quorum))[0]
    return _probability(chance - empty), error


def _probability(value: float) -> float:
    return float(min(max(value, 0.0), 1.0))
