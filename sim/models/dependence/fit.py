"""The dependence fitted: what states share, learned from how earlier forecasts missed together.

Four steps. The weights of each set of states are those of greatest marginal likelihood
(`sim.models.dependence.likelihood`). So is the law of the size, on what each roll call says of a
few sizes. The stance sizes are then set anew by how likely they make the counts
(`sim.models.dependence.calibration`), because likelihood of states alone leaves the tally too
narrow. Then comes how much of improbable votes is a state's own (`sim.models.dependence.will`), and
the sizes once more.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
import scipy  # its optimize is loaded where it is used: only a fit needs it
from scipy.special import expit

from sim.assembly.choices import FloatArray, VoteArray
from sim.models.dependence.calibration import (
    COUNTED,
    Curves,
    log_loss_of_counts,
    mean_curve,
    observed_chances,
)
from sim.models.dependence.evidence import Evidence, Groups
from sim.models.dependence.likelihood import Likelihood, climb
from sim.models.dependence.will import CANDIDATES, fit_own_will
from sim.models.years import each_year
from sim.vote.dependence import Dependence, SizeLaw
from sim.vote.own_will import OwnWill

FOR_WEIGHTS = 400
"""Roll calls the weights are learned from, evenly spaced, at most."""
FOR_COUNTS = 400
"""Roll calls whose counts are looked at, evenly spaced, at most."""
PIECES = 16
"""Parts of these that workers are given."""
FOR_WILL = 40
"""Roll calls whose counts are looked at under each own will that is tried, at most."""
SIZES = np.array([0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0])
"""Sizes at which each roll call's likelihood is computed."""
SIZES_OF_COUNTS = np.array([0.4, 0.8, 1.6, 3.0, 6.0])
"""Sizes at which the distributions of the counts are computed."""
FIRST_WEIGHT = 0.6
"""Where the search for each weight starts."""
FIRST_LAW = (-0.3, 0.3, 0.0, -1.5)
"""Where the search for a law starts: base, slope, log of the step, log odds of surprise."""
WIDTH = 5.0
"""Standard deviation of the normal prior on each of these."""
ODDS = (-3.0, 0.0)
"""Log odds of surprise are kept between these: a surprise is rarer than what is usual."""
STEP = float(np.log(3.3))
"""Log of how much more is shared in a surprising text: too few are for the counts to tell."""
SURPRISE = -1.4
"""Log odds of surprise at which the search for the sizes of counts starts."""


@dataclass(frozen=True)
class FittedDependence:
    """What was learned from earlier forecasts and what then happened.

    Attributes
    ----------
    dependence : Dependence
        The weights, at size 1.
    stance, attendance : SizeLaw
        How the sizes depend on how new the text is.
    roll_calls : int
        How many it was learned from.
    """

    dependence: Dependence
    stance: SizeLaw
    attendance: SizeLaw
    roll_calls: int

    def for_text(self, novelty: float) -> Dependence:
        """Return the dependence for a text.

        Parameters
        ----------
        novelty : float
            1 less the likeness of the nearest precedent, from 0 to 1.

        Examples
        --------
        >>> law = SizeLaw(base=0.0, slope=0.0, step=0.0, surprise=0.0)
        >>> FittedDependence(Dependence.independent(2), law, law, 1).for_text(0.5).stance_sizes
        (Size(chance=1.0, factor=1.0),)
        """
        return replace(
            self.dependence,
            stance_sizes=self.stance.sizes(novelty),
            attendance_sizes=self.attendance.sizes(novelty),
        )


def fit_dependence(
    votes: VoteArray,
    probabilities: FloatArray,
    novelty: FloatArray,
    *,
    groups: Groups | None = None,
    own_will: bool = False,
    jobs: int = 1,
) -> FittedDependence:
    """Return the dependence under which earlier forecasts and votes go together best.

    Parameters
    ----------
    votes : array of int8 [roll call, state]
        Codes of `Choice`, roll calls in order of time; cells with negative codes are ignored.
    probabilities : array [roll call, state, choice]
        What was forecast of each from what was known before it.
    novelty : array [roll call]
        1 less the likeness of the nearest earlier text, from 0 to 1.
    groups : Groups, optional
        The shipped ones if not given.
    own_will : bool
        Whether it is looked for how much of an improbable vote is a state's own: takes minutes.
    jobs : int
        Workers; the bytes are the same for any number.

    Raises
    ------
    ValueError
        If shapes do not match, nothing is scored, or a number that counts is not finite.

    Examples
    --------
    >>> fit_dependence(np.zeros((0, 193), np.int8), np.zeros((0, 193, 4)), np.zeros(0))
    Traceback (most recent call last):
    sim.record.value.ShortRecordError: no roll calls to learn the dependence from
    """
    groups = groups or Groups.load()
    given = Evidence.of(votes, probabilities, novelty, groups=groups)
    stance, attendance = _weights(given.evenly(FOR_WEIGHTS))
    of_state = stance[groups.set_of]
    fitted = FittedDependence(
        Dependence(
            groups.names,
            groups.group,
            of_state[:, 0],
            of_state[:, 1],
            np.full(len(of_state), attendance[0, 0]),
        ),
        _likely_law(given.stance(), stance, given.novelty),
        _likely_law(given.attendance(), attendance, given.novelty),
        len(given),
    )
    counted = given.evenly(FOR_COUNTS)
    fitted = replace(fitted, stance=_law_of_counts(counted, fitted, jobs=jobs)[0])
    if not own_will:
        return fitted
    own = _with_will(fitted, _own_will(given, fitted, jobs=jobs))
    # what is a state's own is not shared, so that more has to be for counts as wide
    return replace(own, stance=_law_of_counts(counted, own, jobs=jobs)[0])


def _with_will(fitted: FittedDependence, will: OwnWill) -> FittedDependence:
    return replace(fitted, dependence=replace(fitted.dependence, will=will))


def _own_will(given: Evidence, fitted: FittedDependence, *, jobs: int) -> OwnWill:
    """Return the own will that earlier forecasts speak for, each with the sizes that suit it."""
    states, some = len(fitted.dependence.group), given.evenly(FOR_WILL)
    tried = (OwnWill.of_all(states, eps=size, cap=cap) for size, cap in CANDIDATES)
    losses = [_law_of_counts(some, _with_will(fitted, will), jobs=jobs)[1] for will in tried]
    dependences = [fitted.for_text(float(each)) for each in given.novelty]
    return fit_own_will(given, dependences, of_counts=np.array(losses) / len(COUNTED))


def _weights(given: Evidence) -> tuple[FloatArray, FloatArray]:
    """Return the weights of greatest likelihood, of stance and of attendance [set, factor]."""
    sets = len(given.groups.sets)
    stance, attendance = np.full((sets, 2), FIRST_WEIGHT), np.array([[FIRST_WEIGHT, 0.0]])
    both, one = np.ones((sets, 2), dtype=bool), np.array([[True, False]])
    return (
        climb(given.stance(), stance, free=both, rounds=5, step=0.3),
        climb(given.attendance(), attendance, free=one, rounds=10, step=0.3),
    )


def _likely_law(likelihood: Likelihood, weights: FloatArray, novelty: FloatArray) -> SizeLaw:
    """Return the law of sizes of greatest likelihood."""
    logs = np.array([likelihood(weights * size) for size in SIZES])
    # chances, not their logs, are mixed; each roll call's are taken relative to its best size
    chances = Curves(SIZES, logs - logs.max(axis=0))

    def badness(place: FloatArray) -> float:
        law = _law(*place)
        usual = law.base + law.slope * novelty
        return float(
            -np.logaddexp(
                chances.at(usual) + np.log1p(-law.surprise),
                chances.at(usual + law.step) + np.log(law.surprise),
            ).sum()
            + ((place / WIDTH) ** 2).sum() / 2
        )

    found = scipy.optimize.minimize(
        badness,
        np.array(FIRST_LAW),
        method="Nelder-Mead",
        options={"maxiter": 800, "xatol": 1e-3, "fatol": 1e-2},
    )
    return _law(*found.x)


def _law(base: float, slope: float, log_step: float, odds: float) -> SizeLaw:
    return SizeLaw(float(base), float(slope), float(np.exp(log_step)), _surprise(odds))


def _surprise(odds: float) -> float:
    return float(expit(np.clip(odds, *ODDS)))


def _law_of_counts(
    given: Evidence, fitted: FittedDependence, *, jobs: int
) -> tuple[SizeLaw, float]:
    """Return the stance sizes under which the counts were likeliest, and their log loss then.

    The slope stays as it is.
    """
    count = min(PIECES, len(given))
    pieces = [given.part(rows) for rows in np.array_split(np.arange(len(given)), count)]
    chances = each_year(functools.partial(_chances, fitted), pieces, jobs=jobs)
    curves = Curves(SIZES_OF_COUNTS, np.concatenate(chances, axis=1))
    first = np.array([fitted.stance.base, SURPRISE])

    def law(place: FloatArray) -> SizeLaw:
        return SizeLaw(float(place[0]), fitted.stance.slope, STEP, _surprise(place[1]))

    def badness(place: FloatArray) -> float:
        loss = log_loss_of_counts(mean_curve(curves, law(place), given.novelty))
        return loss * len(given) + float(((place / WIDTH) ** 2).sum()) / 2

    around = first + np.array([[0.0, 0.0], [0.4, 0.0], [0.0, 0.5]])
    found = scipy.optimize.minimize(
        badness,
        first,
        method="Nelder-Mead",
        options={"maxiter": 200, "initial_simplex": around, "xatol": 1e-3, "fatol": 1e-2},
    )
    return law(found.x), log_loss_of_counts(mean_curve(curves, law(found.x), given.novelty))


def _chances(fitted: FittedDependence, given: Evidence) -> FloatArray:
    """Return how likely the counts of some roll calls were [size, roll call, count, 2]."""
    found = [
        observed_chances(votes, forecast, fitted.for_text(float(novelty)), sizes=SIZES_OF_COUNTS)
        for votes, forecast, novelty in zip(
            given.votes, given.probabilities, given.novelty, strict=True
        )
    ]
    return np.stack(found, axis=1)
