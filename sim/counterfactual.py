"""What a difference between two arms rests on: sampling, the assumed effect, everything else.

The difference of a count between paired draws varies for three reasons: the draws are finitely
many; how strongly states respond and how far the position lies is uncertain; and even with both
fixed, which states stand at the fence differs from draw to draw. Given the effect, the expected
difference is a sum over states of differences of normal probabilities, so the second reason needs
no sampling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr

from sim import exact
from sim.assembly import Ballot, thresholds
from sim.choices import CHOICES, Choice, FloatArray
from sim.influence import Influence, RealArray
from sim.outcomes import Outcomes
from sim.quadrature import QUICK, held
from sim.rules import Rule

LARGEST_EFFECT = 20.0
"""Multiples of the assumed effect up to which a break-even is looked for."""
POINTS = 9
"""Points for each of the two uncertainties where states are looked at one by one."""

Reached = Callable[[Ballot], float]
"""The chance of what is asked, for a ballot."""


@dataclass(frozen=True)
class Strengths:
    """States' probabilities at every strength of the effect and every position of an arm.

    Attributes
    ----------
    probabilities : array [strength, state, choice]
    weight : array [strength]
    """

    probabilities: FloatArray
    weight: FloatArray

    @property
    def mean(self) -> FloatArray:
        """Probabilities with the effect integrated out [state, choice]."""
        return np.tensordot(self.weight, self.probabilities, axes=1)


def at_strengths(ballot: Ballot) -> Strengths:
    """Return what each state does at every strength of the effect.

    Parameters
    ----------
    ballot : Ballot

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Move
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> still = Ballot(one, Dependence.independent(1), nobody, (Move.none(1),))
    >>> at_strengths(still).mean.round(12)
    array([[0.2, 0.3, 0.4, 0.1]])
    """
    found, weights = [], []
    for at in held(ballot, points=POINTS):
        shift = ballot.influence.support_shift(at.move, np.array(at.effect), np.array(at.distance))
        found.append(shifted_probabilities(ballot.probabilities, shift, at.move.absence))
        weights.append(at.weight)
    return Strengths(np.array(found), np.array(weights))


def shifted_probabilities(
    probabilities: FloatArray, support: RealArray, absence: FloatArray
) -> FloatArray:
    """Return each state's probabilities after its latent support and absence are shifted.

    Parameters
    ----------
    probabilities : array [state, choice]
    support, absence : array [state]
        Shifts [standard deviations].

    Examples
    --------
    >>> even = np.array([[0.5, 0.0, 0.5, 0.0]])
    >>> bool(shifted_probabilities(even, np.array([1.0]), np.zeros(1))[0, 0] > 0.84)
    True
    """
    at = thresholds(probabilities)
    away = ndtr(absence - at.absent_above)
    yes, no = ndtr(support - at.yes_above), ndtr(at.no_below - support)
    present = 1 - away
    return np.stack([present * yes, present * (1 - yes - no), present * no, away], axis=-1)


def variance_shares(
    outcomes: Outcomes, arm: str, against: str, ballots: dict[str, Ballot]
) -> pd.DataFrame:
    """Return what the difference of each count between two arms rests on.

    Returns
    -------
    DataFrame
        choice, mean, sd [votes]; standard_error of the mean by sampling [votes]; and the shares of
        the variance that come from the uncertain effect and position and from everything else; the
        two add up to 1.
    """
    one, other = at_strengths(ballots[arm]), at_strengths(ballots[against])
    rows = []
    for choice in CHOICES:
        weights = outcomes.pairs[arm, against].differences[choice]
        values = np.arange(len(weights)) - len(outcomes.codes)
        share = weights / weights.sum()
        mean = float(share @ values)
        total = float(share @ (values - mean) ** 2)
        effect = min(_variance(one, choice) + _variance(other, choice), total)
        rows.append(
            {
                "choice": choice.column,
                "mean": mean,
                "sd": total**0.5,
                "standard_error": (total / outcomes.draws) ** 0.5,
                "effect": effect / total if total else 0.0,
                "everything_else": 1 - effect / total if total else 0.0,
            }
        )
    return pd.DataFrame(rows)


def _variance(strengths: Strengths, choice: Choice) -> float:
    expected = strengths.probabilities[..., choice].sum(axis=1)
    mean = strengths.weight @ expected
    return float(strengths.weight @ (expected - mean) ** 2)


def mover_intervals(
    ballot: Ballot, against: Ballot, codes: tuple[str, ...], names: tuple[str, ...]
) -> pd.DataFrame:
    """Return how the chance of a yes of each state changes, with a range from the effect alone.

    Returns
    -------
    DataFrame
        iso3, name, mean, q05, q95; states in order of the size of the mean.
    """
    strengths = at_strengths(ballot)
    base = at_strengths(against).mean[:, Choice.YES]
    change = strengths.probabilities[..., Choice.YES] - base
    order = np.argsort(change, axis=0)
    ranked = np.take_along_axis(change, order, axis=0)
    below = np.cumsum(strengths.weight[order], axis=0)
    frame = pd.DataFrame({"iso3": codes, "name": names, "mean": strengths.weight @ change})
    for name, level in (("q05", 0.05), ("q95", 0.95)):
        place = (below < level - 1e-12).sum(axis=0)
        frame[name] = ranked[np.minimum(place, len(ranked) - 1), np.arange(ranked.shape[1])]
    rows = np.argsort(-np.abs(frame["mean"].to_numpy()), kind="stable")
    return frame.iloc[rows].reset_index(drop=True)


def break_even(ballot: Ballot, reached: Reached, *, level: float = 0.5) -> float | None:
    """Return by how much the assumed effect has to be multiplied for a chance to fall to a level.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    reached : callable
        The chance in question, such as adoption, for a ballot.
    level : float
        The chance at which the outcome is lost.

    Returns
    -------
    float or None
        1 is the effect as assumed; None if no multiple up to `LARGEST_EFFECT` does it.

    Examples
    --------
    >>> from sim.dependence import Dependence
    >>> from sim.influence import Move
    >>> follows = Influence(np.ones(1), np.zeros(1))
    >>> sure = np.array([[0.8, 0.0, 0.2, 0.0]])
    >>> full = replace(Move.none(1), distance=-1.0)
    >>> one = Ballot(sure, Dependence.independent(1), follows, (full,))
    >>> round(break_even(one, chance_of(Choice.YES, 1)), 3)  # ndtri(0.8) = 0.8416
    0.842
    """

    def gap(scale: float) -> float:
        return reached(with_effect(ballot, scale)) - level

    if gap(0.0) * gap(LARGEST_EFFECT) > 0:
        return None
    return float(brentq(gap, 0.0, LARGEST_EFFECT, xtol=1e-3, rtol=1e-3))


def with_effect(ballot: Ballot, scale: float) -> Ballot:
    """Return the ballot with the effect on every state multiplied, and so the pressure.

    Examples
    --------
    See `break_even`.
    """
    influence = Influence(scale * ballot.influence.effect, scale * ballot.influence.effect_sd)
    moves = tuple(
        replace(move, pressure=scale * move.pressure, pressure_sd=scale * move.pressure_sd)
        for move in ballot.moves
    )
    return replace(ballot, influence=influence, moves=moves)


def chance_of(choice: Choice, at_least: int) -> Reached:
    """Return the question how likely it is that a count reaches a mark.

    Examples
    --------
    See `break_even`.
    """

    def reached(ballot: Ballot) -> float:
        found = exact.distribution(ballot, exact.ONE_HOT[choice], fineness=QUICK)
        return found.chance(found.values >= at_least)[0]

    return reached


def chance_of_adoption(rule: Rule) -> Reached:
    """Return the question how likely adoption is.

    Examples
    --------
    See `break_even`.
    """

    def reached(ballot: Ballot) -> float:
        return exact.adoption(ballot, rule, fineness=QUICK)[0]

    return reached
