"""What known votes say of who attends."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.vote.ballot import Ballot
from sim.vote.dependence import Dependence, Size
from sim.vote.exact.columns import Away
from sim.vote.exact.known_stances import LEAST
from sim.vote.exact.quadrature import Fineness
from sim.vote.exact.room import log_sum, room
from sim.vote.exact.uncertainty import HeldTwice

KEPT = 16
"""Posteriors kept: the arms of a scenario have one in common, and where one vote more is known all
groups but one are as before."""


@dataclass(frozen=True)
class Attendance:
    """The posterior of the attendance factor at one size of what is shared.

    Attributes
    ----------
    size : Size
    value, weight : array [point]
        Weights of all sizes together sum to 1.
    """

    size: Size
    value: FloatArray
    weight: FloatArray


Attended = tuple[tuple[Attendance, ...], float]
"""The posterior of the attendance factor, and its log evidence."""


def attendances(
    ballot: Ballot, distinct: Sequence[HeldTwice], fineness: Fineness
) -> list[Attended]:
    """Return the posterior of attendance at each strength, which itself keeps nobody away.

    Examples
    --------
    See `sim.vote.exact.posterior.posterior_of`, which needs it.
    """
    found: dict[tuple[int, int], Attended] = {}
    for at in distinct:
        if (id(at.said), id(at.said_move)) not in found:
            away = Away.of(at.said, at.said_move).some(list(ballot.known))
            edges = away.own.tobytes(), away.edge.tobytes()
            known = tuple(ballot.known.items())
            found[id(at.said), id(at.said_move)] = _attended(
                ballot.dependence, known, edges, fineness
            )
    return [found[id(at.said), id(at.said_move)] for at in distinct]


@functools.lru_cache(maxsize=KEPT)
def _attended(
    tied: Dependence,
    votes: tuple[tuple[int, Choice], ...],
    edges: tuple[bytes, bytes],
    fineness: Fineness,
) -> Attended:
    rows, said = [row for row, _ in votes], [choice for _, choice in votes]
    away = np.array([choice == Choice.NON_VOTING for choice in said])
    own, edge = (np.frombuffer(each) for each in edges)
    known = Away(own, edge, tied.attendance[rows], tied.own_will.share[rows])

    def log_density(size: Size, value: FloatArray) -> FloatArray:
        absent = known.at(size, value)
        chance = np.maximum(np.where(away[:, None], absent, 1 - absent), LEAST)
        return np.asarray(np.log(chance).sum(axis=0) - value**2 / 2)

    points, logs = [], []
    for size in tied.attendance_sizes:
        reach = size.factor * float(np.abs(tied.attendance).max(initial=0.0))
        if reach == 0:
            value = np.zeros(1)
            density = log_density(size, value)
        else:
            value, found, step = room(
                functools.partial(_rows_of, log_density, size),
                step=min(fineness.step / 3 / reach, 0.5),
                apart=lambda sd: 0.6 * sd,
            )
            density = found[0] + np.log(step / np.sqrt(2 * np.pi))
        points.append((size, value))
        logs.append(density + np.log(max(size.chance, LEAST)))
    total = float(log_sum(np.concatenate(logs)))
    return tuple(
        Attendance(size, value, np.exp(each - total))
        for (size, value), each in zip(points, logs, strict=True)
    ), total


def _rows_of(
    log_density: Callable[[Size, FloatArray], FloatArray], size: Size, value: FloatArray
) -> FloatArray:
    return log_density(size, value)[None]
