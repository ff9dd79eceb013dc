"""What known votes tell of all others: learning, which is not causing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.assembly.choices import Choice
from sim.vote.ballot import Ballot
from sim.vote.exact import solve as exact


@dataclass(frozen=True)
class Telling:
    """How known votes move the expected yes votes of an arm.

    Attributes
    ----------
    before, after : float
        Expected yes votes with none of them known, and with all [votes].
    own : float
        What of the change the states cast themselves whose votes are known [votes].
    """

    before: float
    after: float
    own: float

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
    >>> round(found.before, 3), round(found.own, 3), round(found.told, 3)
    (1.0, 0.5, 0.167)
    """
    before = exact.marginals(replace(ballot, known={}))[:, Choice.YES]
    after = exact.marginals(ballot)[:, Choice.YES]
    rows = list(ballot.known)
    said = np.array(list(ballot.known.values())) == Choice.YES
    own = float((said - before[rows]).sum())
    others = np.delete(after, rows).sum()
    return Telling(float(before.sum()), float(others + said.sum()), own)
