"""Where the factors are held so that what they share can be integrated out.

Assembly-wide factors and the uncertain effect are integrated over a randomised Sobol net (Owen
1997, doi:10.1214/aos/1031594731), whose independent repetitions give the error; a group's own
factors by Gauss-Hermite quadrature.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import ndtri

from sim.assembly import Ballot
from sim.choices import FloatArray, IntArray

REPETITIONS = 8
"""Independent randomisations of the net; their spread is the error."""
POINTS = 64
"""Points of the net in each repetition."""


@dataclass(frozen=True)
class Nodes:
    """Points at which the assembly-wide factors and the effect are held.

    Attributes
    ----------
    factors : array [node, factor]
    effect, distance : array [node]
    repetition : array of int [node]
        Which randomisation a node belongs to; all nodes weigh the same.
    """

    factors: FloatArray
    effect: FloatArray
    distance: FloatArray
    repetition: IntArray

    def part(self, first: int, last: int) -> Nodes:
        """Return the nodes from `first` up to, not including, `last`."""
        some = slice(first, last)
        return Nodes(
            self.factors[some], self.effect[some], self.distance[some], self.repetition[some]
        )

    def thinned(self, points: int) -> Nodes:
        """Return the first points of every repetition, which are a net of their own."""
        starts = np.searchsorted(self.repetition, np.arange(self.repetition[-1] + 1))
        size = min(points, len(self) // len(starts))
        rows = (starts[:, None] + np.arange(size)).ravel()
        return Nodes(
            self.factors[rows], self.effect[rows], self.distance[rows], self.repetition[rows]
        )

    def __len__(self) -> int:
        """Count the nodes."""
        return len(self.effect)


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
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> len(net(Ballot(one, Dependence.independent(1), nobody, (Move.none(1),))))
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
def hermite(points: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of Gauss-Hermite quadrature for a standard normal factor.

    Examples
    --------
    >>> nodes, weights = hermite(5)
    >>> round(float(weights @ nodes**4), 9)
    3.0
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(points)
    return nodes, weights / weights.sum()


@cache
def _sobol(dimensions: int, points: int, repetitions: int) -> FloatArray:
    from scipy.stats import qmc  # half a second that only this needs

    nets = [
        qmc.Sobol(dimensions, scramble=True, rng=repetition).random(points)
        for repetition in range(repetitions)
    ]
    normal = ndtri(np.concatenate(nets))
    normal.flags.writeable = False
    return np.asarray(normal)
