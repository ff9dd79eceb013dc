"""How much stronger the effect would have to be for an outcome to become as likely as not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import log_ndtr, ndtr

from sim.assembly.choices import FloatArray
from sim.studies.strengths import LEAST, Goals, Strengths, grid, probit, strengths_of
from sim.vote.ballot import Ballot
from sim.vote.influence import Influence

LEVEL = 0.5
"""Chance at which an outcome counts as lost, or won."""
LARGEST_EFFECT = 20.0
"""Multiples of the assumed effect up to which a break-even is looked for."""
TIMES = (0.0, 1.0, 2.0, 4.0, 8.0, LARGEST_EFFECT)
"""Multiples at which the vote is solved at every strength; between them strength by strength what
is certain on the probit scale is interpolated. Errors are some thousandths in a chance up to the
last but one, and up to two hundredths beyond; where lobbying keeps states away up to a hundredth,
and up to four beyond."""
FINE = np.linspace(0, LARGEST_EFFECT, 201)
"""Multiples that a curve holds."""


@dataclass(frozen=True)
class Curve:
    """Chances of outcomes against the multiple of the assumed effect.

    Attributes
    ----------
    labels : tuple of str [outcome]
    times : array [multiple]
        In order.
    chances : array [multiple, outcome]
    """

    labels: tuple[str, ...]
    times: FloatArray
    chances: FloatArray

    def frame(self) -> pd.DataFrame:
        """Return the curve as a table: times, and a column for each outcome."""
        frame = pd.DataFrame(self.chances, columns=list(self.labels))
        frame.insert(0, "times", self.times)
        return frame

    def at(self, times: float) -> FloatArray:
        """Return the chances at any multiple [outcome]."""
        return np.array([np.interp(times, self.times, each) for each in self.chances.T])

    def even(self, place: int) -> float | None:
        """Return the smallest multiple at which an outcome is as likely as not, if there is one."""
        gap = self.chances[:, place] - LEVEL
        crossed = np.flatnonzero((gap[:-1] >= 0) != (gap[1:] >= 0))
        if not len(crossed):
            return None
        before, after = int(crossed[0]), int(crossed[0]) + 1
        part = gap[before] / (gap[before] - gap[after])
        return float(self.times[before] + part * (self.times[after] - self.times[before]))


def curve_of(
    ballot: Ballot,
    asked: Goals,
    *,
    assumed: tuple[Strengths, ...] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Curve:
    """Return the chances of outcomes against the multiple of the effect that an arm assumes.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    asked : Goals
        The outcomes in question.
    assumed : tuple of Strengths, optional
        The arm with the effect as assumed, where that is known already.
    progress : callable, optional
        Told 1 after each of the multiples in `TIMES`.

    Examples
    --------
    >>> from sim.assembly.choices import Choice
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Move
    >>> from sim.vote.outcomes.tables import Threshold
    >>> from sim.assembly.rules import RULES
    >>> follows = Influence(np.ones(1), np.zeros(1))
    >>> sure = np.array([[0.8, 0.0, 0.2, 0.0]])
    >>> full = replace(Move.none(1), distance=-1.0)
    >>> one = Ballot(sure, Dependence.independent(1), follows, (full,))
    >>> asked = Goals(RULES["simple"], (Threshold(Choice.YES, 1),))
    >>> round(curve_of(one, asked).even(1), 2)  # ndtri(0.8) = 0.8416
    0.84
    """
    solved: list[tuple[Strengths, ...]] = []
    for times in TIMES:
        if times == 1.0 and assumed is not None:
            solved.append(assumed)
        elif solved and _free(ballot):
            solved.append(solved[0])
        else:
            solved.append(strengths_of(with_effect(ballot, times), asked))
        if progress is not None:
            progress(1)
    return curve_through(asked.labels, solved)


def curve_through(labels: tuple[str, ...], solved: Sequence[tuple[Strengths, ...]]) -> Curve:
    """Return the curve through what is solved at the multiples in `TIMES`.

    Parameters
    ----------
    labels : tuple of str [outcome]
    solved : sequence of tuple of Strengths
        For each multiple the positions of an arm.

    Examples
    --------
    >>> points = len(grid()[2])
    >>> even = Strengths(1.0, np.ones(points), np.ones((1, 1, 4)), np.full((points, 1), 0.5))
    >>> curve_through(("x",), [(even,) for _ in TIMES]).at(3.3).round(12)
    array([0.5])
    """
    weight, chances = np.zeros((len(FINE), 1)), np.zeros((len(FINE), len(labels)))
    for position in zip(*solved, strict=True):
        known = np.stack([at.known for at in position])
        known = np.exp(log_ndtr(_between(probit(known, least=LEAST))))  # [multiple, point]
        outcomes = ndtr(_between(probit(np.stack([at.outcomes for at in position]))))
        share = position[0].chance * grid()[2] * known
        weight += share.sum(axis=1, keepdims=True)
        chances += np.einsum("mp,mpo->mo", share, outcomes)
    return Curve(labels, FINE, chances / weight)


def evens_of(curve: Curve) -> pd.DataFrame:
    """Return where each outcome breaks even.

    Returns
    -------
    DataFrame
        outcome; no_effect and assumed, its chance with no effect and with the effect as assumed;
        times, the smallest multiple of the assumed effect at which it is even, NaN if there is
        none; and what that is: ``falls``, ``rises``, ``below`` (up to the largest) or ``above``.

    Examples
    --------
    >>> evens_of(Curve(("x",), np.array([0.0, 1.0, 2.0]), np.array([[0.9], [0.8], [0.6]])))
      outcome  no_effect  assumed times   what
    0       x        0.9      0.8    NaN  above
    """
    rows = []
    for place, label in enumerate(curve.labels):
        without, assumed = (float(curve.at(times)[place]) for times in (0.0, 1.0))
        even = curve.even(place)
        if even is None:
            what = "above" if without >= LEVEL else "below"
        else:
            what = "falls" if without >= LEVEL else "rises"
        rows.append((label, without, assumed, np.nan if even is None else even, what))
    return pd.DataFrame(rows, columns=["outcome", "no_effect", "assumed", "times", "what"])


def with_effect(ballot: Ballot, scale: float) -> Ballot:
    """Return the ballot with the effect on every state multiplied, and all that lobbying adds.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Move
    >>> west = Influence(np.ones(1), np.ones(1))
    >>> one = Ballot(np.eye(4)[:1], Dependence.independent(1), west, (Move.none(1),))
    >>> with_effect(one, 0.5).influence.effect_sd
    array([0.5])
    """
    influence = Influence(scale * ballot.influence.effect, scale * ballot.influence.effect_sd)
    moves = tuple(
        replace(
            move,
            pressure=scale * move.pressure,
            pressure_sd=scale * move.pressure_sd,
            absence=scale * move.absence,
        )
        for move in ballot.moves
    )
    said_in = tuple((chance, with_effect(said, scale)) for chance, said in ballot.said_in)
    return replace(ballot, influence=influence, moves=moves, said_in=said_in)


def _free(ballot: Ballot) -> bool:
    """Return whether nobody is moved however strong the effect."""
    influence, moves = ballot.influence, ballot.moves
    follows = influence.effect.any() or influence.effect_sd.any()
    far = any(move.distance or move.distance_sd for move in moves)
    pressed = any(
        moved.any() for move in moves for moved in (move.pressure, move.pressure_sd, move.absence)
    )
    return not (pressed or (follows and far))


def _between(probits: FloatArray) -> FloatArray:
    """Return figures at the multiples of a curve, from those at `TIMES` [multiple, ...]."""
    from scipy.interpolate import PchipInterpolator  # takes a while that only this needs

    return np.asarray(PchipInterpolator(np.array(TIMES), probits)(FINE))
