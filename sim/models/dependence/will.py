"""How much of improbable votes is a state's own: fitted to what some votes said of the others.

Earlier roll calls are forecast with some of their votes known. Three things are weighed, all log
losses: how well the votes that are not known are forecast where those known are drawn at random;
what harm one hardly expected vote does, for a state that broke ranks alone shall not be read as a
trend; and how likely the counts are, because what is a state's own is not shared, and counts of few
votes then spread too little. A gain in one period does not make up for harm in another. One own
will serves all states (docs/decisions.md).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.models.dependence.evidence import Evidence
from sim.models.dependence.learning import Learning
from sim.vote import chance
from sim.vote.dependence import Dependence
from sim.vote.own_will import OwnWill

SIZES, CAPS = (0.05, 0.1, 0.2), (0.3, 0.6)
"""Values of `OwnWill.eps` and `OwnWill.cap` that are tried, besides none."""
FOR_WILL = 100
"""Roll calls looked at, evenly spaced, at most."""
PERIODS = 5
"""Parts of equal length, one after the other, in which harm is looked for."""
REVEALED, SEED = (3, 30), 20250224
"""Votes known at random, and the seed of who."""
LEAST_EXPECTED = 6
"""Votes looked at alone, at most."""
HARDLY = (0.0, 0.02, 0.1)
"""Edges of the two kinds of votes that are hardly expected, by their probability."""
CANDIDATES = (
    (0.0, 0.0),
    *((size, cap) for size, cap in itertools.product(SIZES, CAPS)),
)
"""Every own will that is tried, none first."""


Gain = tuple[int, int, FloatArray]
"""Kind of case, 0 for random ones; number of the roll call; change in the log loss of the others
[candidate]."""


def fit_own_will(
    given: Evidence, dependences: list[Dependence], *, of_counts: FloatArray
) -> OwnWill:
    """Return the own will under which known votes say most, mislead least, and counts are likely.

    Parameters
    ----------
    given : Evidence
        Earlier roll calls, in order of time.
    dependences : list of Dependence [roll call]
        How states move together in each, of all states.
    of_counts : array [candidate]
        Mean log loss of a count under each of `CANDIDATES`.

    Returns
    -------
    OwnWill
        The same for all states.

    Examples
    --------
    Two roll calls of two states that share nothing: nothing is to be gained.

    >>> from sim.models.dependence.evidence import Groups
    >>> votes, even = np.zeros((2, 2), np.int8), np.full((2, 2, 4), 0.25)
    >>> two = Groups.named(["a", "a"], ["a", "a"])
    >>> earlier = Evidence.of(votes, even, np.zeros(2), groups=two)
    >>> fit_own_will(earlier, [Dependence.independent(2)] * 2, of_counts=np.zeros(7)).share
    array([0., 0.])
    """
    count = len(given)
    looked_at = np.unique(np.linspace(0, count - 1, min(count, FOR_WILL)).round().astype(int))
    gains = [
        (kind, place, change)
        for place, row in enumerate(looked_at.tolist())
        for kind, change in _changes(given, row, dependences[row])
    ]
    size, cap = CANDIDATES[int(np.argmin(badness(gains, len(looked_at)) + of_counts))]
    return OwnWill.of_all(given.votes.shape[1], eps=size, cap=cap)


def badness(gains: Sequence[Gain], roll_calls: int) -> FloatArray:
    """Return what known votes do to the log loss of the others, the less the better [candidate].

    The mean change where votes are known at random, and of both kinds of hardly expected votes the
    mean change in each period, where it is above 0, averaged over the periods.

    Parameters
    ----------
    gains : sequence of Gain
    roll_calls : int
        How many they are of.

    Examples
    --------
    Harm in one period, and a larger gain in another:

    >>> some = [(0, 0, np.array([-0.02])), (1, 0, np.array([0.01])), (1, 4, np.array([-0.05]))]
    >>> badness(some, 5).round(4)
    array([-0.015])
    """
    if not gains:
        return np.zeros(len(CANDIDATES))
    kinds, places = (np.array([gain[at] for gain in gains], dtype=int) for at in (0, 1))
    changes, periods = np.array([gain[2] for gain in gains]), places * PERIODS // roll_calls
    found = np.zeros(changes.shape[1])
    for kind in np.unique(kinds):
        of_kind = kinds == kind
        means = [
            changes[of_kind & (periods == period)].mean(axis=0)
            for period in np.unique(periods[of_kind])
        ]
        found += changes[of_kind].mean(axis=0) if kind == 0 else np.maximum(means, 0).mean(axis=0)
    return found


def _changes(given: Evidence, row: int, shared: Dependence) -> Iterator[tuple[int, FloatArray]]:
    """Yield the kind of each case of a roll call, and how the log loss of the others changes."""
    inside = np.flatnonzero(given.votes[row] >= 0)
    votes, forecast = given.votes[row, inside], given.probabilities[row, inside]
    cases = list(_cases(votes, forecast, row))
    if not cases:
        return
    wills = [OwnWill.of_all(len(shared.group), eps=size, cap=cap) for size, cap in CANDIDATES]
    held = [Learning(forecast, replace(shared, will=will).of(inside.tolist())) for will in wills]
    happened = np.arange(len(votes)), votes
    for kind, places in cases:
        known = {place: Choice(int(votes[place])) for place in places}
        others = np.setdiff1d(happened[0], places)
        losses = [
            np.log(forecast[happened])[others] - np.log(learning.given(known)[happened])[others]
            for learning in held
        ]
        yield kind, np.mean(losses, axis=1)


def _cases(votes: FloatArray, forecast: FloatArray, row: int) -> Iterator[tuple[int, list[int]]]:
    """Yield the kind of each case, and the places of the votes that are known."""
    shuffled = chance.order(SEED, number=row, items=len(votes)).tolist()
    for count in REVEALED:
        if 2 * count <= len(votes):
            yield 0, shuffled[:count]
    held = forecast[np.arange(len(votes)), votes]
    for place in np.argsort(held, kind="stable")[:LEAST_EXPECTED].tolist():
        if held[place] < HARDLY[-1] and len(votes) > 1:
            yield int(np.searchsorted(HARDLY, held[place], side="right")), [place]
