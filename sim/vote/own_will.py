"""A state's own will: how its vote may leave what its group and the text say.

A latent value X is standard normal whatever is shared. With a small probability it comes from the
state alone: then it lies in one of the two tails, where the vote is one that few expected. Let p be
the probability beyond x, p = Phi(-|x|). Of it the state's own part is

    o(p) = min(cap p, eps / 4)

so of a choice at the end of the scale a mass of min(cap p, eps / 4) is the state's own, and the
rest, scaled to sum to 1, follows the shared factors as without own will:

    P(X > x | shared) = O(x) + (1 - eps / 2) Phi((shared - h(x)) / own)
    O(x) = o for x >= 0, else eps / 2 - o;    h(x) = -sign(x) Phi^-1((p - o) / (1 - eps / 2))

Integrated over what is shared this is Phi(-x) for every x, so neither a state's own probabilities
nor what a shift does to them change; and given the factors states stay independent.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from sim.assembly.choices import BoolArray, FloatArray

Float32Array = npt.NDArray[np.float32]
LevelArray = npt.NDArray[np.uint16]
LEVELS = 2**16
"""Equally likely numbers of a state's own part, as `sim.vote.chance` draws them."""
REACH, SCALE = 8.0, LEVELS / 16
"""Latent values are looked up between -8 and 8, at so many places a standard deviation: that moves
no probability by more than 1/20,000."""


@dataclass(frozen=True)
class OwnWill:
    """How much of each state's improbable votes is its own.

    Parameters
    ----------
    eps : array [state]
        Twice the probability that a latent value is the state's own; from 0 up to 2 cap.
    cap : array [state]
        The largest part of an improbable choice that is its own, from 0 up to, not including, 1.

    Raises
    ------
    ValueError
        If shapes differ or a number is outside its range.

    Examples
    --------
    >>> OwnWill.of_all(2, eps=0.1, cap=0.7).share
    array([0.05, 0.05])
    """

    eps: FloatArray
    cap: FloatArray

    def __post_init__(self) -> None:
        """Check the numbers and make them read-only."""
        for name in ("eps", "cap"):
            array = np.array(getattr(self, name), dtype=float)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if self.eps.shape != self.cap.shape:
            raise ValueError(f"own will: shapes {self.eps.shape} and {self.cap.shape} differ")
        if not ((self.cap >= 0) & (self.cap < 1) & (self.eps >= 0)).all():
            raise ValueError("own will: cap must be >= 0 and < 1, eps >= 0")
        if not (self.eps <= 2 * self.cap).all():
            raise ValueError("own will: eps must be <= 2 cap")

    @classmethod
    def of_all(cls, states: int, *, eps: float, cap: float) -> OwnWill:
        """Return the same own will for all states."""
        return cls(np.full(states, eps), np.full(states, cap))

    @classmethod
    def none(cls, states: int) -> OwnWill:
        """Return no own will: all follow what they share."""
        return cls.of_all(states, eps=0.0, cap=0.0)

    @property
    def share(self) -> FloatArray:
        """Probability that a latent value is the state's own [state]."""
        return np.asarray(self.eps / 2)

    @property
    def kinds(self) -> list[tuple[float, float, BoolArray]]:
        """The states by their own will: eps, cap and which ones."""
        pairs = sorted(set(zip(self.eps.tolist(), self.cap.tolist(), strict=True)))
        return [(eps, cap, (self.eps == eps) & (self.cap == cap)) for eps, cap in pairs]

    def of(self, states: BoolArray | Sequence[int]) -> OwnWill:
        """Return the own will of some of the states."""
        return OwnWill(self.eps[states], self.cap[states])

    def beyond(self, edge: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the own mass above an edge, and the edge for what follows the factors.

        Parameters
        ----------
        edge : array [state, ...]
            x, where a choice begins [standard deviations].

        Returns
        -------
        own, edge : array [state, ...]
            O(x) and h(x).

        Examples
        --------
        Phi(-2) is 0.0228, and Phi(-2.45) is 0.3 * 0.0228 / 0.95:

        >>> own, edge = OwnWill.of_all(1, eps=0.1, cap=0.7).beyond(np.array([2.0]))
        >>> (own / 0.7).round(4), edge.round(2)
        (array([0.0228]), array([2.45]))
        """
        shape = (-1, *[1] * (edge.ndim - 1))
        eps, cap = self.eps.reshape(shape), self.cap.reshape(shape)
        if not self.eps.any():
            return np.zeros(edge.shape), edge
        tail = ndtr(-np.abs(edge))
        own = np.minimum(cap * tail, eps / 4)
        followed = np.copysign(-ndtri((tail - own) / (1 - eps / 2)), edge)
        return np.where(edge >= 0, own, eps / 2 - own), followed

    def chance_above(self, edge: FloatArray, shared: FloatArray, own: FloatArray) -> FloatArray:
        """Return the chance that X lies above an edge, given what is shared.

        Parameters
        ----------
        edge : array [state] or [draw, state]
        shared : array [draw, state]
            Beside an own part of weight 1.
        own : array [draw, state]
            Weight of the own part.

        Examples
        --------
        >>> will, none = OwnWill.of_all(1, eps=0.1, cap=0.7), np.zeros((1, 1))
        >>> will.chance_above(np.array([1.0]), none, np.ones((1, 1))).round(4)  # Phi(-1)
        array([[0.1587]])
        """
        if not self.eps.any():
            return np.asarray(ndtr(shared - edge / own))
        mine, beyond = (each.T for each in self.beyond(edge.T))
        return np.asarray(mine + (1 - self.share) * ndtr(shared - beyond / own))


@dataclass(frozen=True)
class Tables:
    """What draws need of one own will: numbers looked up by a level, or by a latent value.

    A state's own part is one of `LEVELS` equally likely numbers; the first of them stand for its
    own will, the others for what is added to the shared part.

    Attributes
    ----------
    first : int
        Levels below this are own will.
    beside : array [level]
        A state's own part beside the shared one, standard normal over the other levels.
    alone : array [level]
        The latent value by own will, over the levels below `first`.
    followed : array [place]
        The latent value of a state that follows, by that without own will, from -8 to 8.
    """

    first: int
    beside: Float32Array
    alone: Float32Array
    followed: Float32Array

    @classmethod
    @functools.cache
    def of(cls, eps: float, cap: float) -> Tables:
        """Return the tables of an own will.

        Examples
        --------
        >>> Tables.of(0.1, 0.7).first / LEVELS  # half of eps
        0.0500030517578125
        """
        first = round(eps / 2 * LEVELS)
        rest = np.clip(np.arange(LEVELS) - first + 0.5, 0.5, None) / (LEVELS - first)
        place = (np.arange(first) + 0.5) / max(first, 1)
        tail = np.minimum(place, 1 - place) * 2 * (eps / 4 / cap)
        alone = np.where(place < 0.5, ndtri(tail), -ndtri(tail))
        value = (np.arange(LEVELS) + 0.5) / SCALE - REACH
        beyond = ndtr(-np.abs(value)) * (1 - eps / 2)
        # where the tail is shared with own will it is thinner by 1 - cap
        tail = np.minimum(beyond / (1 - cap), beyond + eps / 4)
        followed = np.where(value < 0, ndtri(tail), -ndtri(tail))
        found = (ndtri(rest), alone, followed)
        return cls(first, *(np.asarray(each, dtype=np.float32) for each in found))

    def latent(
        self, level: LevelArray, follow: Callable[[Float32Array], Float32Array]
    ) -> Float32Array:
        """Return latent values.

        Parameters
        ----------
        level : array of uint16 [draw, state]
        follow : callable
            From a state's own part its latent value without own will [draw, state].
        """
        # no level lies outside the table
        found = follow(self.beside.take(level, mode="wrap"))
        found += np.float32(REACH)
        found *= np.float32(SCALE)
        found = self.followed.take(found.astype(np.int32), mode="clip")
        mine = np.flatnonzero(level < self.first)
        found.reshape(-1)[mine] = self.alone.take(level.reshape(-1)[mine])
        return found
