"""What known votes tell of all others: learning, which is not causing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.assembly.choices import Choice
from sim.vote.ballot import Ballot
from sim.vote.exact import solve as exact
from sim.vote.outcomes import summary


@dataclass(frozen=True)
class Telling:
    """How known votes move the expected yes votes of an arm.

    Attributes
    ----------
    before, after : float
        Expected yes votes with none of them known, and with all [votes].
    own : float
        What of the change the states cast themselves whose votes are known [votes].
    sd : float
        Standard deviation of the yes votes with none of them known [votes].
    chance : float
        Of the known votes, before they were known.
    """

    before: float
    after: float
    own: float
    sd: float
    chance: float

    @property
    def told(self) -> float:
        """What of the change the known votes tell about all others [votes]."""
        return self.after - self.before - self.own


def telling(ballot: Ballot) -> Telling:
    """Return how the known votes of an arm move its expected yes votes.

    Parameters
    ----------
    ballot : Ballot
        With known votes.

    Examples
    --------
    Of two states with even chances that share half of their support, the first says yes:

    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> fair, none = np.array([[0.5, 0.0, 0.5, 0.0]] * 2), np.zeros(2)
    >>> half = Dependence(("all",), none, np.ones(2), none, none)
    >>> ballot = Ballot(fair, half, Influence(none, none), (Move.none(2),), {0: Choice.YES})
    >>> found = telling(ballot)
    >>> round(found.before, 3), round(found.own, 3), round(found.told, 3), round(found.chance, 3)
    (1.0, 0.5, 0.167, 0.5)
    """
    # own will is asked for where votes are known alone
    unknown = replace(ballot, known={}, dependence=replace(ballot.dependence, will=None))
    before = exact.marginals(unknown)[:, Choice.YES]
    after = exact.marginals(ballot)[:, Choice.YES]
    rows = list(ballot.known)
    said = np.array(list(ballot.known.values())) == Choice.YES
    own = float((said - before[rows]).sum())
    others = np.delete(after, rows).sum()
    spread = summary(exact.distribution(unknown, exact.ONE_HOT[Choice.YES]).probability)["sd"]
    return Telling(
        before=float(before.sum()),
        after=float(others + said.sum()),
        own=own,
        sd=spread,
        chance=exact.chance_of_known(ballot),
    )


def likeliest_arm(arms: Mapping[str, Ballot]) -> tuple[str, float]:
    """Return where known votes are likeliest, and how many times as likely as where they are read.

    Parameters
    ----------
    arms : mapping of str to Ballot
        The arms of a case, with the same known votes.

    Examples
    --------
    >>> from sim.scenario.ballots import ballots
    >>> from sim.scenario.case import resolve
    >>> from sim.scenario.schema import read_scenario
    >>> with_us = read_scenario("anniversary-2025").model_copy(update={"known_in": "with-us"})
    >>> arm, times = likeliest_arm(ballots(resolve(with_us, known={"ISR": "no"})))
    >>> arm, times > 10
    ('us-opposes', True)
    """
    here = exact.log_chance_of_known(next(iter(arms.values())))
    there = {
        arm: exact.log_chance_of_known(replace(ballot, said_in=())) for arm, ballot in arms.items()
    }
    best = max(there, key=lambda arm: there[arm])
    return best, math.exp(min(there[best] - here, 700.0))
