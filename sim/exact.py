"""The distribution of the tally with no sampling of votes: see `sim.convolution` for how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.fft

from sim.assembly import Ballot
from sim.choices import BoolArray, Choice, FloatArray, IntArray
from sim.convolution import Weights, chunks, spectrum, state_shares
from sim.decision import DECIDED, decide, given_known
from sim.quadrature import FINE, Fineness
from sim.rules import QUORUM, Rule

NEGLIGIBLE, PLAUSIBLE, FEW_STATES = 1e-12, 0.05, 40
"""Chances of no quorum: one below the first is none; beyond the second, or where states are so few,
it is computed jointly with the vote instead of node by node."""
SAFETY = 2.0
"""Multiplies the difference to the coarser quadrature in the bound of adoption, where the uncertain
effect adds to it."""
NODES_AT_A_TIME = 64
"""Nodes worked on at a time, so that a group's polynomials stay in the cache; changes no result."""
THIN = Fineness(assembly=13, bloc=9, attendance=13, step=1.0, negligible=1e-4)
"""Where the slow joint distribution with absence is needed."""
CELLS = 2_000_000
"""Numbers in one spectrum at a time; bounds memory, changes no result."""

ONE_HOT: tuple[Weights, ...] = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
"""The four counts."""
CLOSE = Fineness(attendance=33, step=0.15, negligible=1e-9)
"""For absence alone."""


@dataclass(frozen=True)
class Distribution:
    """The distribution of one whole-number statistic of the vote.

    Attributes
    ----------
    values : array of int [value]
    mass : array [value]
        Joint with the known votes, not yet divided by their probability.
    coarse : array [value]
        The same from every second point of the quadrature.
    """

    values: IntArray
    mass: FloatArray
    coarse: FloatArray

    @property
    def known(self) -> float:
        """Probability of the known votes; 1 if there are none."""
        return float(self.mass.sum())

    @property
    def probability(self) -> FloatArray:
        """Probability of each value, given the known votes [value]."""
        return np.asarray(self.mass / self.known)

    def chance(self, holds: BoolArray) -> tuple[float, float]:
        """Return the probability of the values marked, and its error bound.

        Parameters
        ----------
        holds : array of bool [value]

        Returns
        -------
        probability, error : float
            The error is the difference to the coarser quadrature: more than the true one.
        """
        chance = float(self.mass[holds].sum() / self.known)
        coarse = float(self.coarse[holds].sum() / self.coarse.sum())
        return _probability(chance), abs(chance - coarse)


@dataclass(frozen=True)
class Solution:
    """Everything that one pass over the nodes finds.

    Attributes
    ----------
    distributions : tuple of Distribution
        One for each statistic asked for.
    states : array [state, choice]
        Each state's probabilities in the arm, given the known votes.
    adopted, error : float
        Chance of adoption and the bound of its error; nan if no rule was given.
    """

    distributions: tuple[Distribution, ...]
    states: FloatArray
    adopted: float
    error: float


def solve(
    ballot: Ballot,
    statistics: Sequence[Weights] = ONE_HOT,
    *,
    rule: Rule | None = None,
    quorum: int = QUORUM,
    fineness: Fineness = FINE,
) -> Solution:
    """Return the exact distributions of weighted counts, each state's probabilities, and adoption.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    statistics : sequence of (int, int, int, int)
        What each yes, abstention, no and non-voting adds: (1, 0, 0, 0) counts the yes votes,
        (1, 0, -1, 0) is the margin. By default the four counts.
    rule : Rule, optional
        The majority needed.
    quorum : int
        Members that have to be present [states].
    fineness : Fineness
        How many points the factors are held at.

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
    states = len(ballot.probabilities)
    spectra = {
        weights: np.zeros((2, _length(weights, states) // 2 + 1), dtype=complex)
        for weights in statistics
    }
    shares, decided = np.zeros((len(Choice), states)), np.zeros(DECIDED)
    longest = max((_length(weights, states) for weights in spectra), default=1)
    for chunk in chunks(ballot, fineness, max(1, min(NODES_AT_A_TIME, CELLS // longest))):
        both = np.stack([chunk.weight, chunk.coarse])
        for weights, sums in spectra.items():
            sums += both @ spectrum(chunk, weights, _length(weights, states))
        for rows, share in state_shares(chunk):
            shares[:, rows] += share
        if rule is not None:
            decided += decide(chunk, rule, quorum)
    found = tuple(_inverted(spectra[weights], weights, states) for weights in statistics)
    nothing = (float("nan"), float("nan"))
    adopted, error = nothing if rule is None else _adoption(ballot, rule, quorum, decided)
    return Solution(found, np.asarray((shares / shares.sum(axis=0)).T), adopted, error)


def _length(weights: Weights, states: int) -> int:
    return int(scipy.fft.next_fast_len((max(weights) - min(weights)) * states + 1, real=True))


def _inverted(sums: np.ndarray, weights: Weights, states: int) -> Distribution:
    values = np.arange(min(weights) * states, max(weights) * states + 1)
    mass = scipy.fft.irfft(sums, _length(weights, states), axis=1)[:, : len(values)]
    fine, coarse = np.maximum(mass, 0)
    return Distribution(values, fine, coarse)


def solve_counts(
    ballot: Ballot, *, rule: Rule | None = None, fineness: Fineness = FINE
) -> Solution:
    """Return the four counts, and all else that `solve` finds, with absence integrated closely.

    All states move with the one factor of absence, and a count of them with it: more than other
    counts it takes many points, and by itself they cost little.

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence, Move
    >>> fair = np.array([[0.4, 0.0, 0.4, 0.2]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),))
    >>> solve_counts(two).distributions[3].probability.round(12)
    array([0.64, 0.32, 0.04])
    """
    together = ONE_HOT if ballot.known else ONE_HOT[: Choice.NON_VOTING]
    solution = solve(ballot, together, rule=rule, fineness=fineness)
    if ballot.known:
        return solution
    alone = distribution(absence_alone(ballot), ONE_HOT[Choice.NON_VOTING], fineness=CLOSE)
    return replace(solution, distributions=(*solution.distributions, alone))


def absence_alone(ballot: Ballot) -> Ballot:
    """Return a ballot with the same distribution of absence, in which stance is not shared.

    Absence has a factor of its own, so it can be integrated by itself, and closely: all states move
    with that one factor, and a count of them with it.

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence, Move
    >>> fair = np.array([[0.4, 0.0, 0.4, 0.2]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),))
    >>> distribution(absence_alone(two), (0, 0, 0, 1)).probability.round(12)
    array([0.64, 0.32, 0.04])
    """
    none = np.zeros(len(ballot.probabilities))
    return replace(
        ballot,
        dependence=replace(ballot.dependence, assembly=none, bloc=none),
        moves=tuple(
            replace(move, distance=0.0, distance_sd=0.0, pressure=none, pressure_sd=none)
            for move in ballot.moves
        ),
    )


def distribution(ballot: Ballot, weights: Weights, *, fineness: Fineness = FINE) -> Distribution:
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
    return solve(ballot, (weights,), fineness=fineness).distributions[0]


def marginals(ballot: Ballot, *, fineness: Fineness = FINE) -> FloatArray:
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
    return solve(ballot, (), fineness=fineness).states


def adoption(
    ballot: Ballot, rule: Rule, *, quorum: int = QUORUM, fineness: Fineness = FINE
) -> tuple[float, float]:
    """Return the probability that the proposal is adopted, and the bound of its error.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    rule : Rule
        The majority needed.
    quorum : int
        Members that have to be present [states].
    fineness : Fineness
        As in `solve`.

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
    solution = solve(ballot, (), rule=rule, quorum=quorum, fineness=fineness)
    return solution.adopted, solution.error


def _adoption(ballot: Ballot, rule: Rule, quorum: int, decided: FloatArray) -> tuple[float, float]:
    fine, coarse, bound, no_quorum = given_known(decided)
    few = len(ballot.probabilities) <= FEW_STATES
    if no_quorum > PLAUSIBLE or (few and no_quorum > NEGLIGIBLE):
        return _quorate_chance(ballot, rule, quorum)
    return _probability(fine), SAFETY * abs(fine - coarse) + bound


def _quorate_chance(ballot: Ballot, rule: Rule, quorum: int) -> tuple[float, float]:
    """Decide on the joint distributions with absence: slow, so on fewer nodes."""
    states = len(ballot.probabilities)
    base = (rule.yes_weight - min(rule.no_weight, 0)) * states + 1
    # one number for two counts: line + base * absent, and yes + no + base * absent
    weights: tuple[Weights, ...] = (
        (rule.yes_weight, 0, rule.no_weight, base),
        (1, 0, 1, base),
    )
    reached, silent = solve(ballot, weights, fineness=THIN).distributions
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
