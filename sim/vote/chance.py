"""Every random number of a run, drawn once: the only module that uses ``numpy.random``.

Draws come in fixed blocks. Each block has counter-based streams of its own (Philox; Salmon et al.
2011, doi:10.1145/2063384.2063405), so a block is the same whichever worker makes it and whatever
was made before. Arms of a scenario share the chance and so are paired draw by draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

BLOCK = 4096
"""Draws in a block [draws]; part of what a seed means, so it never changes with the machine."""

POSITION, STANCE_SIZE, ATTENDANCE_SIZE = range(3)
"""Columns of `Noise.uniform`."""

_KINDS = 3
_FACTORS, _STANCE, _ATTENDANCE, _UNIFORM, _RESAMPLES, _ORDERS, _POINTS = range(7)
_LEVELS = 2**16

Float32Array = npt.NDArray[np.float32]
LevelArray = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Noise:
    """The random numbers of one block of draws.

    What is a state's own is one of 65,536 equally likely normal quantiles, kept by its number: that
    moves no probability by more than 1/131,072 and costs a sixth of a full normal.

    Attributes
    ----------
    factors : array [draw, factor]
        What states share, standard normal.
    stance_level, attendance_level : array of uint16 [draw, state]
        Numbers of the quantiles of a state's own part of stance and of attendance.
    uniform : array [draw, 3]
        Uniform on [0, 1): which position an undecided sponsor takes, and which size what is shared
        has for stance and for attendance.
    """

    factors: Float32Array
    stance_level: LevelArray
    attendance_level: LevelArray
    uniform: Float32Array

    @property
    def stance(self) -> Float32Array:
        """A state's own part of stance, standard normal [draw, state]."""
        return quantiles_at(self.stance_level)

    @property
    def attendance(self) -> Float32Array:
        """A state's own part of attendance, standard normal [draw, state]."""
        return quantiles_at(self.attendance_level)

    def __len__(self) -> int:
        """Count the draws."""
        return len(self.uniform)

    def pick(self, kind: int, chances: Sequence[float]) -> npt.NDArray[np.int64]:
        """Return which of several things happens in each draw [draw].

        Parameters
        ----------
        kind : int
            `POSITION`, `STANCE_SIZE` or `ATTENDANCE_SIZE`.
        chances : sequence of float
            They sum to 1.
        """
        edges = np.cumsum(chances)[:-1]
        return np.searchsorted(edges, self.uniform[:, kind], side="right")

    def first(self, draws: int) -> Noise:
        """Return the first draws of the block."""
        return self.part(slice(draws))

    def part(self, rows: slice) -> Noise:
        """Return some draws of the block."""
        return Noise(
            self.factors[rows],
            self.stance_level[rows],
            self.attendance_level[rows],
            self.uniform[rows],
        )


@dataclass(frozen=True)
class Chance:
    """The chance of a run: a seed, how many draws, and what is drawn in each.

    Chances of one seed and other `stream` have nothing to do with each other.

    Examples
    --------
    >>> chance = Chance(seed=7, draws=5000, states=193, factors=3)
    >>> [len(noise) for noise in chance.blocks()]
    [4096, 904]
    >>> bool((chance.block(1).stance == chance.block(1).stance).all())
    True
    """

    seed: int
    draws: int
    states: int
    factors: int
    stream: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"seed {self.seed}: must be a whole number from 0 to 2**63 - 1")
        if self.draws < 1:
            raise ValueError(f"draws {self.draws}: must be at least 1")

    @property
    def block_count(self) -> int:
        """How many blocks hold the draws; the last may be cut short."""
        return -(-self.draws // BLOCK)

    def block(self, number: int) -> Noise:
        """Return the random numbers of one block, always the same for a seed and a number."""
        factors = self._stream(_FACTORS, number).standard_normal(
            (BLOCK, self.factors), dtype=np.float32
        )
        uniform = self._stream(_UNIFORM, number).random((BLOCK, _KINDS), dtype=np.float32)
        stance, attendance = (self._levels(kind, number) for kind in (_STANCE, _ATTENDANCE))
        noise = Noise(factors, stance, attendance, uniform)
        return noise.first(min(BLOCK, self.draws - number * BLOCK))

    def blocks(self) -> Iterator[Noise]:
        """Yield the blocks in order."""
        for number in range(self.block_count):
            yield self.block(number)

    def _levels(self, kind: int, block: int) -> LevelArray:
        # four numbers of two bytes in each word of eight, the lowest first on every machine
        words = self._bits(kind, block).random_raw(BLOCK // 4 * self.states)
        return words.astype("<u8", copy=False).view("<u2").reshape(BLOCK, self.states)

    def _stream(self, kind: int, block: int) -> np.random.Generator:
        return np.random.Generator(self._bits(kind, block))

    def _bits(self, kind: int, block: int) -> np.random.Philox:
        return np.random.Philox(key=[self.seed, kind + 16 * self.stream], counter=[0, 0, 0, block])


def resamples(seed: int, *, count: int, clusters: int) -> npt.NDArray[np.int64]:
    """Return how often each cluster is drawn in each resample of a bootstrap.

    Parameters
    ----------
    seed : int
        The same seed, the same resamples.
    count, clusters : int
        How many resamples, and of how many clusters; both at least 1.

    Returns
    -------
    array of int [resample, cluster]
        Every row sums to the number of clusters.

    Examples
    --------
    >>> drawn = resamples(7, count=3, clusters=5)
    >>> drawn.shape, drawn.sum(axis=1).tolist()
    ((3, 5), [5, 5, 5])
    """
    stream = np.random.Generator(np.random.Philox(key=[seed, _RESAMPLES]))
    return stream.multinomial(clusters, np.full(clusters, 1 / clusters), size=count)


def order(seed: int, *, number: int, items: int) -> npt.NDArray[np.int64]:
    """Return some items in a random order.

    Parameters
    ----------
    seed, number : int
        The same seed and number, the same order.
    items : int

    Examples
    --------
    >>> sorted(order(7, number=1, items=4).tolist())
    [0, 1, 2, 3]
    """
    bits = np.random.Philox(key=[seed, _ORDERS], counter=[0, 0, 0, number])
    return np.random.Generator(bits).permutation(items)


def evenly(seed: int, *, points: int, dimensions: int) -> npt.NDArray[np.float64]:
    """Return points that fill a cube more evenly than chance does: a scrambled Sobol sequence.

    What is averaged over them comes closer to its mean than over as many draws, and is right on
    average over seeds (Owen 1998, doi:10.1006/jcom.1998.0487).

    Parameters
    ----------
    seed : int
        The same seed, the same points.
    points : int
        A power of 2.
    dimensions : int

    Returns
    -------
    array [point, dimension]
        In (0, 1).

    Examples
    --------
    >>> evenly(7, points=8, dimensions=2).mean(axis=0).round(1)
    array([0.5, 0.5])
    """
    from scipy.stats import qmc

    stream = np.random.default_rng(np.random.SeedSequence([seed, _POINTS]))
    found = qmc.Sobol(dimensions, scramble=True, seed=stream).random(points)
    tiny = 2.0**-40
    return np.clip(found, tiny, 1 - tiny)


def quantiles_at(level: LevelArray) -> Float32Array:
    """Return the standard normal quantiles of some levels.

    Examples
    --------
    >>> quantiles_at(np.array([0, 2**15], dtype=np.uint16)).round(2)
    array([-4.32,  0.  ], dtype=float32)
    """
    # no level lies outside the table: nothing wraps, and no time goes into looking
    return _normal_quantiles().take(level, mode="wrap")


@cache
def _normal_quantiles() -> Float32Array:
    quantiles = ndtri((np.arange(_LEVELS) + 0.5) / _LEVELS).astype(np.float32)
    quantiles.flags.writeable = False
    return quantiles
