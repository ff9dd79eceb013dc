"""The distribution of the tally with no sampling of votes.

Given the factors states are independent, so a count is a sum of independent steps and its
distribution a product of polynomials. A group's own factors are integrated inside the group by
Gauss-Hermite quadrature; assembly-wide factors and the uncertain effect by a randomised Sobol net
(Owen 1997, doi:10.1214/aos/1031594731), whose repetitions give the error bound. A known vote is the
state's probability with the other choices struck out: what is left over is the probability of what
is known, and dividing by it conditions on it exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.fft
from scipy.special import ndtri

from sim.assembly import Ballot, given_factors
from sim.choices import Choice, FloatArray, IntArray
from sim.influence import Move
from sim.rules import QUORUM, Rule

REPETITIONS = 8
"""Independent randomisations of the net; their spread is the error."""
POINTS = 64
"""Points of the net in each repetition."""
GROUP_NODES = (7, 3)
"""Gauss-Hermite nodes for a group's stance and attendance factors."""
NEGLIGIBLE = 1e-3
"""Probability of no quorum up to which it is added to the error instead of computed."""
CELLS = 50_000_000
"""Numbers held at a time; bounds memory, changes no result."""

Weights = tuple[int, int, int, int]
ONE_HOT: tuple[Weights, ...] = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))


@dataclass(frozen=True)
class Nodes:
    """Points at which the assembly-wide factors and the effect are held.

    Attributes
    ----------
    factors : array [node, factor]
    effect, distance : array [node]
    repetition : array of int [node]
        Which randomisation a node belongs to; all nodes of one weigh the same.
    """

    factors: FloatArray
    effect: FloatArray
    distance: FloatArray
    repetition: IntArray

    def part(self, first: int, last: int) -> Nodes:
        """Return some of the nodes."""
        some = slice(first, last)
        return Nodes(
            self.factors[some], self.effect[some], self.distance[some], self.repetition[some]
        )

    def __len__(self) -> int:
        """Count the nodes."""
        return len(self.effect)


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

    def chance(self, holds: np.ndarray) -> tuple[float, float]:
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


def distribution(ballot: Ballot, weights: Weights, *, nodes: Nodes | None = None) -> Distribution:
    """Return the exact distribution of a weighted count.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    weights : tuple of int [choice]
        What each yes, abstention, no and non-voting adds: (1, 0, 0, 0) counts the yes votes,
        (1, 0, -1, 0) is the margin.
    nodes : Nodes, optional
        Where the assembly-wide factors are held; by default `net(ballot)`.

    Returns
    -------
    Distribution

    Examples
    --------
    Two states that say yes with probability one half, each on its own:

    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence, Move
    >>> stays = Move.none(2)
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (stays,))
    >>> distribution(two, (1, 0, 0, 0)).probability.round(12)
    array([0.25, 0.5 , 0.25])
    """
    return distributions(ballot, (weights,), nodes=nodes)[0]


def distributions(
    ballot: Ballot, statistics: Sequence[Weights], *, nodes: Nodes | None = None
) -> list[Distribution]:
    """Return the distributions of several weighted counts in one pass over the nodes.

    Examples
    --------
    See `distribution`, which is the same for one.
    """
    nodes = net(ballot) if nodes is None else nodes
    states = len(ballot.probabilities)
    spans = [(max(weights) - min(weights)) * states for weights in statistics]
    lengths = [scipy.fft.next_fast_len(span + 1, real=True) for span in spans]
    repetitions = int(nodes.repetition.max()) + 1
    spectra = [np.zeros((repetitions, length // 2 + 1), dtype=complex) for length in lengths]
    inner = GROUP_NODES[0] * GROUP_NODES[1] + len(ballot.dependence.groups)
    chunk = max(1, min(256, CELLS // (max(lengths) * inner)))
    for part, grids in _grids(ballot, nodes, chunk):
        for number, weights in enumerate(statistics):
            spectrum = _spectrum(grids, weights, lengths[number])
            spectra[number] += (part.repetition == np.arange(repetitions)[:, None]) @ spectrum
    per_repetition = len(nodes) // repetitions
    found = []
    for weights, span, length, spectrum in zip(statistics, spans, lengths, spectra, strict=True):
        mass = scipy.fft.irfft(spectrum / per_repetition, length, axis=1)[:, : span + 1]
        lowest = min(weights) * states
        values = np.arange(lowest, lowest + span + 1)
        found.append(Distribution(values, np.maximum(mass, 0)))
    return found


def stacked(counts: Sequence[Distribution]) -> FloatArray:
    """Return the probabilities of the four counts as one array [choice, votes]."""
    return np.stack([count.probability for count in counts])


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
        As in `distribution`.
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
    >>> stays = Move.none(2)
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (stays,))
    >>> round(adoption(two, RULES["simple"], quorum=1)[0], 12)
    0.25
    """
    nodes = net(ballot) if nodes is None else nodes
    states = len(ballot.probabilities)
    line: Weights = (rule.yes_weight, 0, rule.no_weight, 0)
    reached, absent, silent = distributions(
        ballot, (line, ONE_HOT[Choice.NON_VOTING], (1, 0, 1, 0)), nodes=nodes
    )
    # 0 >= 2 * 0 holds, but nothing is adopted that nobody says yes to
    empty = silent.chance(silent.values == 0)[0] if rule.at_least <= 0 else 0.0
    no_quorum = absent.chance(states - absent.values < quorum)[0]
    if no_quorum <= NEGLIGIBLE:
        chance, error = reached.chance(reached.values >= rule.at_least)
        return _probability(chance - empty), error + no_quorum
    chance, error = _quorate_chance(ballot, rule, nodes, quorum)
    return _probability(chance - empty), error + empty


def _quorate_chance(ballot: Ballot, rule: Rule, nodes: Nodes, quorum: int) -> tuple[float, float]:
    """Decide on the joint distribution of the line and of absence; slow, for thin assemblies."""
    states = len(ballot.probabilities)
    span = max(rule.yes_weight, 0) - min(rule.no_weight, 0)
    base = span * states + 1
    # one number for both: line + base * absent, with yes > 0 implied or put apart by the caller
    joint = distribution(ballot, (rule.yes_weight, 0, rule.no_weight, base), nodes=nodes)
    lowest = min(rule.no_weight, 0) * states
    absent, line = np.divmod(joint.values - lowest, base)
    line += lowest
    return joint.chance((line >= rule.at_least) & (states - absent >= quorum))


def marginals(ballot: Ballot, *, nodes: Nodes | None = None) -> FloatArray:
    """Return each state's probabilities in the arm, given the known votes.

    Returns
    -------
    array [state, choice]

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence, Move
    >>> stays = Move.none(1)
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> marginals(Ballot(one, Dependence.independent(1), nobody, (stays,))).round(12)
    array([[0.2, 0.3, 0.4, 0.1]])
    """
    nodes = net(ballot) if nodes is None else nodes
    total = np.zeros(ballot.probabilities.shape)
    for _, grids in _grids(ballot, nodes, 256):
        masses = np.array([_inside(grid) @ grid.weight for grid in grids])  # [group, node]
        for number, grid in enumerate(grids):
            elsewhere = np.delete(masses, number, axis=0).prod(axis=0)
            share = _inside(grid) * grid.weight * elsewhere[:, None] * grid.chance
            inside = grid.conditional / grid.conditional.sum(axis=-1, keepdims=True)
            total[grid.states] += np.einsum("nq,nqsc->sc", share, inside)
    return np.asarray(total / total.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class _Grid:
    """Conditional probabilities of one group [node, inner node, state, choice]."""

    states: IntArray
    conditional: FloatArray
    weight: FloatArray
    chance: float


def _inside(grid: _Grid) -> FloatArray:
    return np.asarray(grid.conditional.sum(axis=-1).prod(axis=-1))


def _grids(ballot: Ballot, nodes: Nodes, chunk: int) -> Iterator[tuple[Nodes, list[_Grid]]]:
    """Yield conditional probabilities of every group, a chunk of nodes and a position at a time."""
    for move in ballot.moves:
        if move.chance == 0:
            continue
        for first in range(0, len(nodes), chunk):
            part = nodes.part(first, first + chunk)
            yield (
                part,
                [
                    _grid(ballot, move, part, number)
                    for number in range(len(ballot.dependence.groups))
                    if (ballot.dependence.group == number).any()
                ],
            )


def _grid(ballot: Ballot, move: Move, nodes: Nodes, number: int) -> _Grid:
    dependence = ballot.dependence
    states = np.flatnonzero(dependence.group == number)
    stance, stance_weight = _hermite(GROUP_NODES[0] if dependence.group_stance[states].any() else 1)
    absence, absence_weight = _hermite(
        GROUP_NODES[1] if dependence.group_attendance[states].any() else 1
    )
    shift = ballot.influence.support_shift(move, nodes.effect, nodes.distance)[:, states]
    wide_support = nodes.factors @ dependence.stance[states].T + shift
    wide_absence = nodes.factors @ dependence.attendance[states].T + move.absence[states]
    conditional = given_factors(
        ballot,
        # [node, stance node, attendance node, state]
        wide_support[:, None, None] + stance[:, None, None] * dependence.group_stance[states],
        wide_absence[:, None, None] + absence[:, None] * dependence.group_attendance[states],
        states=states,
    )
    conditional = conditional.reshape(len(nodes), -1, len(states), len(Choice))
    for place, state in enumerate(states):
        if (said := ballot.known.get(int(state))) is not None:
            conditional[:, :, place, [choice for choice in Choice if choice != said]] = 0
    weight = np.outer(stance_weight, absence_weight).ravel()
    return _Grid(states, conditional, weight, move.chance)


def _spectrum(grids: list[_Grid], weights: Weights, length: int) -> np.ndarray:
    """Return the Fourier transform of the whole assembly's distribution [node, frequency]."""
    product: np.ndarray | float = grids[0].chance
    for grid in grids:
        polynomial = polynomial_of_group(grid.conditional, weights) @ grid.weight
        product = product * scipy.fft.rfft(polynomial, length, axis=0)
    return np.asarray(product).T


def polynomial_of_group(conditional: FloatArray, weights: Weights) -> FloatArray:
    """Return the distribution of a weighted count of a few independent states.

    Parameters
    ----------
    conditional : array [..., state, choice]
        Probabilities; a row may sum to less than 1 where choices are struck out.
    weights : tuple of int [choice]
        What each choice adds.

    Returns
    -------
    array [value, ...]
        Values count up from the lowest possible one.

    Examples
    --------
    >>> coins = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> polynomial_of_group(coins, (1, 0, 0, 0))
    array([0.25, 0.5 , 0.25])
    """
    steps = np.array(weights) - min(weights)
    *shape, states, _ = conditional.shape
    by_step = {
        int(step): np.moveaxis(conditional[..., steps == step].sum(axis=-1), -1, 0)
        for step in np.unique(steps)
    }
    polynomial = np.zeros((int(steps.max()) * states + 1, *shape))
    polynomial[0] = 1.0
    top = 1
    for state in range(states):
        before = polynomial[:top].copy()
        polynomial[:top] *= by_step[0][state]
        for step, probability in by_step.items():
            if step:
                polynomial[step : step + top] += before * probability[state]
        top += int(steps.max())
    return polynomial


def net(ballot: Ballot, *, points: int = POINTS, repetitions: int = REPETITIONS) -> Nodes:
    """Return the nodes for a ballot: a net over just the dimensions that matter to it.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    points : int
        Points in each repetition, a power of 2.
    repetitions : int
        Independent randomisations.

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Influence, Move
    >>> stays = Move.none(1)
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> len(net(Ballot(one, Dependence.independent(1), nobody, (stays,))))
    1
    """
    wide = len(ballot.dependence.factors)
    moved = [move for move in ballot.moves if move.chance > 0]
    effect = bool(ballot.influence.effect_sd.any()) and any(
        move.distance or move.distance_sd for move in moved
    )
    distance = any(move.distance_sd or move.pressure_sd.any() for move in moved)
    dimensions = wide + effect + distance
    if dimensions == 0:
        return Nodes(np.zeros((1, 0)), np.zeros(1), np.zeros(1), np.zeros(1, dtype=int))
    normal = _sobol(dimensions, points, repetitions)
    none = np.zeros(len(normal))
    return Nodes(
        factors=normal[:, :wide],
        effect=normal[:, wide] if effect else none,
        distance=normal[:, -1] if distance else none,
        repetition=np.repeat(np.arange(repetitions), points),
    )


@cache
def _sobol(dimensions: int, points: int, repetitions: int) -> FloatArray:
    from scipy.stats import qmc  # a quarter of a second that only this needs

    nets = [
        qmc.Sobol(dimensions, scramble=True, rng=repetition).random(points)
        for repetition in range(repetitions)
    ]
    normal = ndtri(np.concatenate(nets))
    normal.flags.writeable = False
    return np.asarray(normal)


@cache
def _hermite(points: int) -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(points)
    return nodes, weights / weights.sum()


def _probability(value: float) -> float:
    return float(min(max(value, 0.0), 1.0))
