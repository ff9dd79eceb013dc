"""Latent support and absence in draws: what states share, their own part and their own will."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import BoolArray, FloatArray, IntArray
from sim.vote.chance import (
    ATTENDANCE_SIZE,
    STANCE_SIZE,
    Float32Array,
    LevelArray,
    Noise,
    quantiles_at,
)
from sim.vote.dependence import Dependence, Size
from sim.vote.own_will import OwnWill, Tables

CACHED = 2**17
"""Latent values worked on at a time, so that they stay in the cache; changes no result."""


@dataclass(frozen=True)
class Latent:
    """Latent support and absence in one block of draws, before anyone moves them.

    Attributes
    ----------
    support, absence : array [draw, state]
        Standard normal.
    """

    support: Float32Array
    absence: Float32Array


@dataclass(frozen=True)
class Ties:
    """What ties states together in one of their latent values, in one block of draws.

    Attributes
    ----------
    factors : array [draw, factor]
        Times the size of what is shared in the draw.
    all_states : array [1, state]
        Weight of the factor that all take part in, the first one.
    groups : array [factor, state] or None
        Weights of the others, of which each state takes part in one.
    picked : array of int [draw]
        Number of the size of what is shared.
    own : array [size, state]
        At each size, the weight of a state's own part.
    kinds : list of (float, float, array [state])
        `OwnWill.kinds`.
    """

    factors: Float32Array
    all_states: Float32Array
    groups: Float32Array | None
    picked: IntArray
    own: Float32Array
    kinds: list[tuple[float, float, BoolArray]]

    def shared(self, rows: slice) -> Float32Array:
        """Return the shared part beside an own part of weight 1 [draw, state]."""
        factors = self.factors[rows]
        # here and below one number times a weight, plus zeros: rounded alike on every machine
        shared: Float32Array = np.dot(factors[:, :1], self.all_states)
        if self.groups is not None:
            shared += factors[:, 1:] @ self.groups
        return shared

    def latent(self, level: LevelArray, rows: slice) -> Float32Array:
        """Return the latent value, from the level of a state's own part [draw, state]."""
        shared, own = self.shared(rows), self.own.take(self.picked[rows], axis=0)
        if len(self.kinds) == 1:
            return _of_kind(self.kinds[0][:2], level, shared, own)
        for eps, cap, these in self.kinds:
            some = level[:, these], shared[:, these], own[:, these]
            shared[:, these] = _of_kind((eps, cap), some[0], some[1], some[2])
        return shared


def _of_kind(
    will: tuple[float, float], level: LevelArray, shared: Float32Array, own: Float32Array
) -> Float32Array:
    """Return latent values of states with one own will; `shared` is worked on."""

    def follow(beside: Float32Array) -> Float32Array:
        np.add(shared, beside, out=shared)
        return np.multiply(shared, own, out=shared)

    return Tables.of(*will).latent(level, follow) if all(will) else follow(quantiles_at(level))


def latent(noise: Noise, dependence: Dependence) -> Latent:
    """Return what the noise means for each state, before anyone moves it.

    Parameters
    ----------
    noise : Noise
        One block of chance; its first factors are those of the dependence.
    dependence : Dependence
        Loadings [factor, state].

    Examples
    --------
    >>> from sim.vote.chance import Chance
    >>> noise = Chance(seed=1, draws=8, states=3, factors=3).block(0)
    >>> latent(noise, Dependence.independent(3)).support.shape
    (8, 3)
    """
    shape = noise.stance_level.shape
    found = Latent(np.empty(shape, np.float32), np.empty(shape, np.float32))
    ties = ties_of(noise, dependence)
    for rows in a_few(shape):
        some = latent_in(noise, ties, rows)
        found.support[rows], found.absence[rows] = some.support, some.absence
    return found


def latent_in(noise: Noise, ties: tuple[Ties, Ties], rows: slice) -> Latent:
    """Return latent support and absence in some draws of a block.

    Examples
    --------
    See `latent`.
    """
    stance, attendance = ties
    some = noise.part(rows)
    return Latent(
        stance.latent(some.stance_level, rows), attendance.latent(some.attendance_level, rows)
    )


def a_few(shape: tuple[int, ...]) -> Iterator[slice]:
    """Yield the draws of a block a few at a time.

    Examples
    --------
    >>> list(a_few((3, 10)))
    [slice(0, 13107, None)]
    """
    draws, states = shape
    step = max(1, CACHED // max(states, 1))
    for first in range(0, draws, step):
        yield slice(first, first + step)


def ties_of(noise: Noise, dependence: Dependence) -> tuple[Ties, Ties]:
    """Return what ties states together in support, and in absence.

    Examples
    --------
    See `latent`.
    """
    among = np.zeros((len(dependence.groups), len(dependence.group)), dtype=np.float32)
    among[dependence.group, np.arange(len(dependence.group))] = dependence.bloc
    of_stance = np.delete(noise.factors[:, : dependence.factor_count], 1, axis=1)
    return (
        _tied(
            of_stance,
            noise.pick(STANCE_SIZE, [size.chance for size in dependence.stance_sizes]),
            (dependence.stance_sizes, dependence.own_stance),
            dependence.assembly,
            among if among.any() else None,
            dependence.own_will,
        ),
        _tied(
            noise.factors[:, 1:2],
            noise.pick(ATTENDANCE_SIZE, [size.chance for size in dependence.attendance_sizes]),
            (dependence.attendance_sizes, dependence.own_attendance),
            dependence.attendance,
            None,
            dependence.own_will,
        ),
    )


def _tied(
    factors: Float32Array,
    picked: IntArray,
    at_sizes: tuple[Sequence[Size], Callable[[float], FloatArray]],
    all_states: FloatArray,
    groups: Float32Array | None,
    will: OwnWill,
) -> Ties:
    sizes, own = at_sizes
    factor_of_size = np.array([size.factor for size in sizes], dtype=np.float32)
    own_at_size = np.stack([own(size.factor) for size in sizes]).astype(np.float32)
    shared = factors * factor_of_size[picked, None]
    states = all_states[None].astype(np.float32)
    return Ties(shared, states, groups, picked, own_at_size, will.kinds)
