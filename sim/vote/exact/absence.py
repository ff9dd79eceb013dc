"""Absence by itself, integrated closely.

Absence has a factor of its own. All states move with it, and their count too, so it takes more
points than other counts do; by itself they cost little.
"""

from __future__ import annotations

import functools

import numpy as np

from sim.assembly.choices import Choice
from sim.vote.ballot import Ballot
from sim.vote.dependence import Dependence, Size
from sim.vote.exact.columns import absent_at, columns_of_arms
from sim.vote.exact.convolution import length_for, of_independent
from sim.vote.exact.distribution import Distribution, inverted
from sim.vote.exact.posterior import Posterior
from sim.vote.exact.quadrature import Fineness
from sim.vote.influence import Influence, Move
from sim.vote.own_will import OwnWill

ABSENT = (0, 0, 0, 1)
"""What is counted."""
CLOSE = Fineness(attendance=25, step=0.4, span=4.0)
"""How closely."""


def absence(ballot: Ballot, posterior: Posterior | None = None) -> Distribution:
    """Return the distribution of non-voting, given what known votes say if there are any.

    Examples
    --------
    >>> fair = np.array([[0.4, 0.0, 0.4, 0.2]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),))
    >>> absence(two).probability.round(12)
    array([0.64, 0.32, 0.04])
    """
    if posterior is not None:
        return _given(ballot, posterior)
    will = ballot.dependence.own_will
    return of_absence(
        tuple(ballot.probabilities[:, Choice.NON_VOTING].tolist()),
        tuple(ballot.dependence.attendance.tolist()),
        ballot.dependence.attendance_sizes,
        tuple((move.chance, tuple(move.absence.tolist())) for move in ballot.moves),
        (tuple(will.eps.tolist()), tuple(will.cap.tolist())),
    )


def _given(ballot: Ballot, posterior: Posterior) -> Distribution:
    """Return the distribution given known votes: the posterior of attendance is close already."""
    free = [row for row in range(len(ballot.probabilities)) if row not in ballot.known]
    apart = ballot.of(free)
    parts: dict[tuple[int, int], tuple[Move, float]] = {}
    for at, place, weight in zip(posterior.held, posterior.place, posterior.weight, strict=True):
        before = parts.get((int(place), id(at.move)), (at.move, 0.0))[1]
        parts[int(place), id(at.move)] = at.move, before + float(weight)
    length = length_for(ABSENT, len(free))
    total = np.zeros(length // 2 + 1, dtype=complex)
    for (place, _), (move, chance) in parts.items():
        for part in posterior.attendance[place]:
            absent = absent_at(apart, move.of(free), part.size, part.value)
            by_step = {0: 1 - absent, 1: absent}
            total += chance * part.weight @ of_independent(by_step, length) if free else chance
    both = np.stack([total, total])
    return inverted(both, ABSENT, len(ballot.probabilities), tuple(ballot.known.values()))


@functools.lru_cache(maxsize=64)
def of_absence(
    absent: tuple[float, ...],
    attendance: tuple[float, ...],
    sizes: tuple[Size, ...],
    moved: tuple[tuple[float, tuple[float, ...]], ...],
    will: tuple[tuple[float, ...], tuple[float, ...]] | None = None,
) -> Distribution:
    """Return the distribution of absence of some states, read-only; most arms have the same.

    Parameters
    ----------
    absent, attendance : tuple of float [state]
        Probability of absence, and weight of the shared factor.
    sizes : tuple of Size
    moved : tuple of (float, tuple of float [state])
        Positions that may be taken: how likely each is, and how far it shifts absence.
    will : tuple of two tuples of float [state], optional
        `OwnWill.eps` and `cap`; by default nothing.

    Examples
    --------
    >>> of_absence((0.5, 0.5), (0.0, 0.0), (Size(1.0, 1.0),), ((1.0, (0.0, 0.0)),)).probability
    array([0.25, 0.5 , 0.25])
    """
    none, away = np.zeros(len(absent)), np.array(absent)
    groups = ("all",), none.astype(int)
    alone = Ballot(
        np.stack([1 - away, none, none, away], axis=1),
        Dependence(
            *groups,
            none,
            none,
            np.array(attendance),
            attendance_sizes=sizes,
            will=None if will is None else OwnWill(*map(np.array, will)),
        ),
        Influence(none, none),
        tuple(Move(chance, 0.0, 0.0, none, none, np.array(shift)) for chance, shift in moved),
    )
    columns = columns_of_arms([alone], CLOSE)
    by_step = {0: columns.present, 1: columns.absent}
    transform = of_independent(by_step, length_for(ABSENT, len(absent)))
    both = np.stack([columns.weight, columns.coarse])
    found = inverted(both @ transform, ABSENT, len(absent))
    for numbers in (found.values, found.probability, found.coarse):
        numbers.flags.writeable = False
    return found
