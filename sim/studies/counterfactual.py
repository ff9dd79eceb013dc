"""What a difference between two arms rests on: sampling, the assumed effect, everything else.

The difference of a count or of an outcome between paired draws varies for three reasons: the draws
are finitely many; how strongly states respond and how far the position lies is uncertain; and even
with both fixed, which states are on the fence differs from draw to draw. Given the effect, what
is expected is computed and not drawn (`sim.studies.strengths`), so the second reason needs no
sampling.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, Choice
from sim.studies.beside import PairedArms
from sim.vote.outcomes import share_error, summary
from sim.vote.outcomes.pairing import PairSums
from sim.vote.outcomes.tables import Outcomes

ROUNDING = 1e-12
"""Variance that is none."""
COUNTS = [
    "choice", "computed", "mean", "standard_error", "sd", "q05", "q95",
    "effect_q05", "effect_q95", "effect", "everything_else",
]  # fmt: skip
CHANCES = [
    "outcome", "against", "arm", "computed", "mean", "standard_error", "gained", "lost",
    "effect_q05", "effect_q95", "effect", "everything_else",
]  # fmt: skip


def variance_shares(
    outcomes: Outcomes, pair: tuple[str, str], joint: PairedArms, sums: PairSums
) -> pd.DataFrame:
    """Return what the difference of each count between two arms rests on.

    Parameters
    ----------
    outcomes : Outcomes
    pair : tuple of str
        An arm and the one it is compared with.
    joint : PairedArms
        The two at every strength of the effect.
    sums : PairSums
        Over the draws of the two; its first quantities are the counts.

    Returns
    -------
    DataFrame
        choice; computed, the difference of the exact expected counts; mean, the same over the
        draws, and its standard_error by sampling; sd, q05, q95 of the difference over the draws;
        effect_q05 and effect_q95, how the expected difference ranges with the uncertain effect and
        position alone [votes]; effect and everything_else, their shares of the variance over the
        draws, which add up to 1.

    Examples
    --------
    See `sim.studies.contrast.contrast`.
    """
    arm, against = pair
    exact = outcomes.exact[arm].states - outcomes.exact[against].states
    _, variance, low, high = joint.difference(lambda at: at.counts)
    rows = []
    for choice in CHOICES:
        drawn = summary(outcomes.pairs[pair].differences[choice], lowest=-len(outcomes.codes))
        effect = _share(float(variance[choice]), drawn["sd"] ** 2)
        rows.append(
            {
                "choice": choice.column,
                "computed": float(exact[:, choice].sum()),
                **{name: drawn[name] for name in ("mean", "sd", "q05", "q95")},
                "standard_error": float(sums.standard_error[choice]),
                "effect_q05": float(low[choice]),
                "effect_q95": float(high[choice]),
                "effect": effect,
                "everything_else": 1 - effect if drawn["sd"] else 0.0,
            }
        )
    return pd.DataFrame(rows, columns=COUNTS)


def chance_shares(
    outcomes: Outcomes, pair: tuple[str, str], joint: PairedArms, sums: PairSums
) -> pd.DataFrame:
    """Return what the difference of the chance of adoption and of each threshold rests on.

    An outcome happens or not, so even with the effect known a difference of chances is one of
    draws in which the outcome is gained or lost: that is in the chance itself.

    Parameters
    ----------
    outcomes : Outcomes
    pair : tuple of str
    joint : PairedArms
        Of outcomes: adoption and the thresholds.
    sums : PairSums
        Its quantities after the counts are the outcomes.

    Returns
    -------
    DataFrame
        outcome; against and arm, its exact chance in either; computed, their difference; mean, the
        same over the draws, and its standard_error by sampling, which is never 0 (`share_error`);
        gained and lost, the share of the draws in which it happens in one of the two arms alone;
        effect_q05 and effect_q95, how the
        difference of chances ranges with the uncertain effect and position alone; effect and
        everything_else, their shares of the variance of the difference over the draws.

    Examples
    --------
    See `sim.studies.contrast.contrast`.
    """
    chances, chances_against = (_chances(outcomes, arm) for arm in pair)
    _, variance, low, high = joint.difference(lambda at: at.outcomes)
    first = len(CHOICES)
    draws = min(outcomes.counts[arm].effective for arm in pair)
    mean, error = (
        sums.mean[first:],
        np.maximum(sums.standard_error[first:], share_error(0.0, draws)),
    )
    gained, lost = (part[first:] / sums.weight for part in (sums.higher, sums.lower))
    rows = []
    for place, label in enumerate(chances):
        total = float(gained[place] + lost[place] - (gained[place] - lost[place]) ** 2)
        effect = _share(float(variance[place]), total)
        rows.append(
            {
                "outcome": label,
                "against": chances_against[label],
                "arm": chances[label],
                "computed": chances[label] - chances_against[label],
                "mean": float(mean[place]),
                "standard_error": float(error[place]),
                "gained": float(gained[place]),
                "lost": float(lost[place]),
                "effect_q05": float(low[place]),
                "effect_q95": float(high[place]),
                "effect": effect,
                "everything_else": 1 - effect if total > 0 else 0.0,
            }
        )
    return pd.DataFrame(rows, columns=CHANCES)


def mover_intervals(
    joint: PairedArms, codes: tuple[str, ...], names: tuple[str, ...]
) -> pd.DataFrame:
    """Return how the chance of a yes of each state changes, with a range from the effect alone.

    Parameters
    ----------
    joint : PairedArms
    codes, names : tuple of str [state]

    Returns
    -------
    DataFrame
        iso3, name, mean, q05, q95; states in order of the size of the mean.

    Examples
    --------
    One state as likely to say yes as not, and a shift by 1, certain or nearly so:

    >>> from dataclasses import replace
    >>> from sim.vote.ballot import Ballot
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> from sim.studies.strengths import strengths_of
    >>> even, one = np.array([[0.5, 0.0, 0.5, 0.0]]), Influence(np.ones(1), np.full(1, 0.01))
    >>> still = Ballot(even, Dependence.independent(1), one, (Move.none(1),))
    >>> moved = replace(still, moves=(replace(Move.none(1), distance=-1.0),))
    >>> joint = PairedArms.of(strengths_of(moved), strengths_of(still))
    >>> mover_intervals(joint, ("AAA",), ("A",)).round(2)
      iso3 name  mean   q05   q95
    0  AAA    A -0.34 -0.35 -0.34
    """
    mean, _, low, high = joint.difference(lambda at: at.states[..., Choice.YES])
    frame = pd.DataFrame({"iso3": codes, "name": names, "mean": mean, "q05": low, "q95": high})
    order = np.argsort(-np.abs(mean), kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def _share(part: float, whole: float) -> float:
    """Return the share of a variance, which of few draws may seem less than its part."""
    return min(part / whole, 1.0) if whole > 0 and part > ROUNDING else 0.0


def _chances(outcomes: Outcomes, arm: str) -> dict[str, float]:
    reached = outcomes.reached()
    marks = reached[reached["arm"] == arm]
    adopted = {"adopted": outcomes.exact[arm].adopted}
    return adopted | dict(zip(marks["threshold"], marks["exact"], strict=True))
