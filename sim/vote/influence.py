"""How a position taken by one state, here the United States, moves the others.

An arm moves each state along its latent support. How far is uncertain twice over: how strongly the
others respond (`effect`), and how far the position is from the one the forecast assumes
(`distance`). Each is drawn once per draw, shared by all arms, so that a difference between arms is
never the accident of two effects. No published causal estimate of co-sponsorship on single votes is
known: the numbers are assumptions with a range, and everything that shows an effect says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.assembly.choices import FloatArray, IntArray
from sim.vote.chance import POSITION, Float32Array, Noise

RealArray = npt.NDArray[np.floating[Any]]

UNCERTAINTIES = 2
"""Factors beside those of dependence: strength of the effect, distance of the position."""


@dataclass(frozen=True)
class Move:
    """One position that the sponsor may take in an arm, and how it differs from the reference.

    Attributes
    ----------
    chance : float
        Probability that it is this position.
    distance, distance_sd : float
        Step on the scale yes 1, abstention 0.5, no 0, against the reference; its mean and standard
        deviation.
    pressure, pressure_sd : array [state]
        Latent shift by threats or promises on top, its mean and standard deviation [standard
        deviations]; it is large in the draws in which the distance is.
    absence : array [state]
        Latent shift towards staying away [standard deviations].
    """

    chance: float
    distance: float
    distance_sd: float
    pressure: FloatArray
    pressure_sd: FloatArray
    absence: FloatArray

    @classmethod
    def none(cls, states: int, *, chance: float = 1.0) -> Move:
        """Return the reference position, which moves nobody.

        Examples
        --------
        >>> Move.none(3).moves_nobody
        True
        """
        still = np.zeros(states)
        return cls(chance, 0.0, 0.0, pressure=still, pressure_sd=still, absence=still)

    def of(self, states: Sequence[int]) -> Move:
        """Return the position as some of the states feel it."""
        return replace(
            self,
            pressure=self.pressure[states],
            pressure_sd=self.pressure_sd[states],
            absence=self.absence[states],
        )

    @property
    def moves_nobody(self) -> bool:
        """Whether the position is the reference itself, so that nothing is shifted."""
        return (
            self.distance == 0
            and self.distance_sd == 0
            and not self.pressure.any()
            and not self.pressure_sd.any()
            and not self.absence.any()
        )


@dataclass(frozen=True)
class Influence:
    """How the others respond to a full move from no to yes.

    Attributes
    ----------
    effect, effect_sd : array [state]
        Latent shift for a full move: mean and standard deviation [standard deviations]. One draw
        makes it strong or weak for all states together.
    """

    effect: FloatArray
    effect_sd: FloatArray

    def of(self, states: Sequence[int]) -> Influence:
        """Return how some of the states respond."""
        return Influence(self.effect[states], self.effect_sd[states])

    def weakened(self, shares: FloatArray) -> Influence:
        """Return the influence with a share of the effect on each state left.

        Parameters
        ----------
        shares : array [state]
            From 0 (nothing) to 1 (all of it).

        Examples
        --------
        >>> Influence(np.ones(2), np.zeros(2)).weakened(np.array([0.0, 1.0])).effect
        array([0., 1.])
        """
        return Influence(shares * self.effect, shares * self.effect_sd)

    def support_shift(self, move: Move, effect: RealArray, distance: RealArray) -> RealArray:
        """Return the shift of latent support for given draws of the two uncertainties.

        Parameters
        ----------
        move : Move
            The position taken.
        effect, distance : array [...]
            Standard normal draws, or quadrature nodes; the shift is as precise as they are.

        Returns
        -------
        array [..., state]

        Examples
        --------
        >>> none = np.zeros(1)
        >>> west = Influence(effect=np.array([0.9]), effect_sd=np.array([0.1]))
        >>> full = Move(1.0, -1.0, 0.0, pressure=none, pressure_sd=none, absence=none)
        >>> west.support_shift(full, np.array([0.0, 1.0]), np.array([0.0, 0.0]))
        array([[-0.9],
               [-1. ]])
        """
        draw, how_far = np.asarray(effect)[..., None], np.asarray(distance)[..., None]
        kind = draw.dtype
        step = kind.type(move.distance) + kind.type(move.distance_sd) * how_far
        shift = draw * self.effect_sd.astype(kind)
        shift += self.effect.astype(kind)
        shift *= step
        if move.pressure.any():
            shift += move.pressure.astype(kind)
        if move.pressure_sd.any():
            shift += how_far * move.pressure_sd.astype(kind)
        return np.asarray(shift)


def position_of_draw(moves: tuple[Move, ...], noise: Noise) -> IntArray:
    """Return which of an arm's positions is taken in each draw.

    Parameters
    ----------
    moves : tuple of Move
        Their chances sum to 1.
    noise : Noise
        One block of chance.

    Returns
    -------
    array of int [draw]

    Examples
    --------
    >>> level = np.zeros((2, 1), dtype=np.uint16)
    >>> uniform = np.array([[0.2, 0.0, 0.0], [0.7, 0.0, 0.0]], dtype=np.float32)
    >>> noise = Noise(np.zeros((2, 2), dtype=np.float32), level, level, uniform)
    >>> position_of_draw((Move.none(1, chance=0.5), Move.none(1, chance=0.5)), noise)
    array([0, 1])
    """
    return noise.pick(POSITION, [move.chance for move in moves])


def shifts_of_draw(
    influence: Influence, moves: tuple[Move, ...], noise: Noise
) -> tuple[Float32Array | None, Float32Array | None]:
    """Return what an arm adds to latent support and latent absence, draw by draw.

    Parameters
    ----------
    influence : Influence
        How the others respond.
    moves : tuple of Move
        The positions the arm allows.
    noise : Noise
        One block of chance; its last two factors are the two uncertainties.

    Returns
    -------
    tuple of array [draw, state] or None
        None where nothing is moved, so that an arm at the reference costs and changes nothing.

    Examples
    --------
    Two draws, in the second of which the effect is one standard deviation stronger:

    >>> level, none = np.zeros((2, 1), dtype=np.uint16), np.zeros(1)
    >>> factors = np.array([[0.0, 0.0], [1.0, 0.0]], dtype=np.float32)
    >>> noise = Noise(factors, level, level, np.zeros((2, 3), dtype=np.float32))
    >>> west = Influence(effect=np.array([1.0]), effect_sd=np.array([0.5]))
    >>> full = Move(1.0, -1.0, 0.0, pressure=none, pressure_sd=none, absence=none)
    >>> support, absence = shifts_of_draw(west, (full,), noise)
    >>> support.ravel(), absence
    (array([-1. , -1.5], dtype=float32), None)
    >>> shifts_of_draw(west, (Move.none(1),), noise)
    (None, None)
    """
    if all(move.moves_nobody for move in moves):
        return None, None
    taken = position_of_draw(moves, noise)
    effect, distance = noise.factors[:, -2], noise.factors[:, -1]
    if len(moves) == 1:
        only = moves[0]
        shifted = influence.support_shift(only, effect, distance).astype(np.float32, copy=False)
        return shifted, _row(only.absence) if only.absence.any() else None
    support = np.zeros((len(noise), len(influence.effect)), dtype=np.float32)
    absence = np.zeros_like(support) if any(move.absence.any() for move in moves) else None
    for number, move in enumerate(moves):
        rows = taken == number
        if move.moves_nobody or not rows.any():
            continue
        support[rows] = influence.support_shift(move, effect[rows], distance[rows])
        if absence is not None:
            absence[rows] = move.absence
    return support, absence


def _row(of_states: FloatArray) -> Float32Array:
    return of_states.astype(np.float32)[None, :]
