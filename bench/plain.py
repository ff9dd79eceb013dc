"""The same model in the ways that come to mind first: what Monte Carlo is compared with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.assembly.choices import Choice, FloatArray
from sim.vote.ballot import Ballot, Thresholds, given_shared, thresholds
from sim.vote.dependence import Size

Generator = np.random.Generator


def probabilities_of_draws(ballot: Ballot, draws: int, chance: Generator) -> FloatArray:
    """Draw what states share, and return each state's probabilities in every draw.

    Returns
    -------
    array [draw, state, choice]
    """
    tied, only = ballot.dependence, ballot.moves[0]
    normal = chance.standard_normal
    sizes = _sizes(tied.stance_sizes, draws, chance)
    of_group = normal((draws, len(tied.groups)))[:, tied.group]
    support = sizes * (normal((draws, 1)) * tied.assembly + of_group * tied.bloc)
    own_support = 1 / np.sqrt(1 + sizes**2 * (tied.assembly**2 + tied.bloc**2))
    away_sizes = _sizes(tied.attendance_sizes, draws, chance)
    absence = away_sizes * normal((draws, 1)) * tied.attendance
    own_absence = 1 / np.sqrt(1 + (away_sizes * tied.attendance) ** 2)
    shift = ballot.influence.support_shift(only, normal(draws), normal(draws))
    at = thresholds(ballot.probabilities)
    found = given_shared(
        Thresholds(at.absent_above, at.yes_above, at.no_below),
        support * own_support + shift,
        absence * own_absence + only.absence,
        own=(own_support, own_absence),
    )
    return np.moveaxis(found, 0, -1)


def by_cumulative_sums(ballot: Ballot, draws: int, chance: Generator) -> npt.NDArray[np.int64]:
    """Return the tallies [draw, choice], by comparing a uniform with cumulative probabilities."""
    edges = np.cumsum(probabilities_of_draws(ballot, draws, chance), axis=-1)
    uniform = chance.random(edges.shape[:2])
    votes = (uniform[:, :, None] > edges[:, :, :-1]).sum(axis=-1)
    return np.stack([(votes == choice).sum(axis=-1) for choice in Choice], axis=-1)


def by_choice(ballot: Ballot, draws: int, chance: Generator) -> npt.NDArray[np.int64]:
    """Return the tallies [draw, choice], by ``choice`` for every state in every draw."""
    tallies = np.zeros((draws, len(Choice)), dtype=np.int64)
    for draw in range(draws):
        [chances] = probabilities_of_draws(ballot, 1, chance)
        chances /= chances.sum(axis=-1, keepdims=True)
        for row in chances:
            tallies[draw, chance.choice(len(Choice), p=row)] += 1
    return tallies


def _sizes(sizes: tuple[Size, ...], draws: int, chance: Generator) -> FloatArray:
    factors = [size.factor for size in sizes]
    return chance.choice(factors, size=(draws, 1), p=[size.chance for size in sizes])
