"""What the votes of some states say of those of others, fast enough for thousands of cases.

Given the factors states are independent, so known votes are weights on the points at which factors
are held, and a known vote is as likely as its attendance times its stance, so that the weights of
the two are found apart. It is what `sim.vote.exact` computes, at fixed points: good to some
thousandths of a probability, as fits and back-tests need, in a fraction of a millisecond.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.vote.ballot import thresholds
from sim.vote.dependence import Dependence
from sim.vote.exact.groups import groups_at
from sim.vote.exact.quadrature import FINE, trapezoid

POINTS = 33
"""Points for the factor of the assembly and for that of attendance."""

LEAST = 1e-30
"""No probability of a vote is taken to be less."""


@dataclass(frozen=True)
class _Held:
    """States of one group, or all in their attendance, at one size of what is shared.

    Attributes
    ----------
    states : array of int [state]
    chances : array [choice, point, state]
        Of the stances, or of presence and absence.
    onto : array [point, node]
        What each point weighs at each node.
    """

    states: IntArray
    chances: FloatArray
    onto: FloatArray

    def log_known(self, column: Mapping[int, int]) -> FloatArray:
        """Return the log probability of what is known of some states, by row [point]."""
        places = [place for place, row in enumerate(self.states.tolist()) if row in column]
        said = [column[row] for row in self.states[places].tolist()]
        return np.asarray(
            np.log(np.maximum(self.chances[said, :, places], LEAST)).sum(axis=0)
            + np.zeros(self.chances.shape[1])
        )


class Learning:
    """What states share in one roll call, held at fixed points.

    Parameters
    ----------
    probabilities : array [state, choice]
    dependence : Dependence
        Of these states.

    Examples
    --------
    Two states with even chances that share half of their support: if one says yes, the other does
    with a chance of 2/3 (Sheppard 1898).

    >>> fair, none = np.array([[0.5, 0.0, 0.5, 0.0]] * 2), np.zeros(2)
    >>> half = Dependence(("all",), none, np.ones(2), none, none)
    >>> Learning(fair, half).given({0: Choice.YES})[1].round(4)
    array([0.6667, 0.    , 0.3333, 0.    ])
    """

    def __init__(self, probabilities: FloatArray, dependence: Dependence) -> None:
        bounds, will = thresholds(probabilities), dependence.own_will
        (own_yes, yes), (own_no, no), (own_absent, absent) = (
            will.beyond(edge) for edge in (bounds.yes_above, -bounds.no_below, bounds.absent_above)
        )
        follows = 1 - will.share
        node, self._node_weight, _ = trapezoid(POINTS)
        self._stance_chances = [size.chance for size in dependence.stance_sizes]
        self._stance, self._attendance = [], []
        for size in dependence.stance_sizes:
            own, held = dependence.own_stance(size.factor), []
            for group in groups_at(dependence, size.factor, node, FINE):
                rows = group.states
                chances = np.empty((3, group.value.shape[1], len(rows)))
                shared = group.value.T
                chances[Choice.YES] = own_yes[rows] + follows[rows] * ndtr(
                    shared - (yes / own)[rows]
                )
                chances[Choice.NO] = own_no[rows] + follows[rows] * ndtr(-shared - (no / own)[rows])
                chances[Choice.ABSTAIN] = 1 - chances[Choice.YES] - chances[Choice.NO]
                held.append(_Held(rows, np.maximum(chances, 0), group.onto))
            self._stance.append(held)
        for size in dependence.attendance_sizes:
            edge = absent / dependence.own_attendance(size.factor)
            shared = size.factor * node[:, None] * dependence.attendance
            away = own_absent + follows * ndtr(shared - edge)
            onto = size.chance * self._node_weight[:, None]
            every = np.arange(len(probabilities))
            self._attendance.append(_Held(every, np.stack([1 - away, away]), onto))

    def given(self, known: Mapping[int, Choice]) -> FloatArray:
        """Return the probabilities of all states, given some votes [state, choice].

        Parameters
        ----------
        known : mapping of state row to Choice
            The row of a state that is known says what would be expected of another like it.
        """
        absent = self._absent({row: int(said == Choice.NON_VOTING) for row, said in known.items()})
        stance = self._stances(
            {row: int(said) for row, said in known.items() if said != Choice.NON_VOTING}
        )
        return np.concatenate([stance * (1 - absent)[:, None], absent[:, None]], axis=1)

    def _absent(self, column: Mapping[int, int]) -> FloatArray:
        logs = [held.log_known(column) for held in self._attendance]
        top = max(float(each.max()) for each in logs)
        weights = [
            np.exp(each - top) * held.onto[:, 0]
            for each, held in zip(logs, self._attendance, strict=True)
        ]
        total = sum(float(weight.sum()) for weight in weights)
        return np.asarray(
            sum(
                weight @ held.chances[1] / total
                for weight, held in zip(weights, self._attendance, strict=True)
            )
        )

    def _stances(self, column: Mapping[int, int]) -> FloatArray:
        """Return the chances of the stances of those present [state, choice]."""
        found = np.zeros((len(self._attendance[0].states), 3))
        sizes, logs = [], []
        for chance, groups in zip(self._stance_chances, self._stance, strict=True):
            log = np.log(np.maximum(chance * self._node_weight, LEAST))
            likely = []
            for held in groups:
                known = held.log_known(column)
                point = np.exp(known - known.max())
                node = np.maximum(held.onto.T @ point, LEAST)
                log = log + np.log(node) + known.max()
                likely.append((held, point, node))
            sizes.append(likely)
            logs.append(log)
        weights = np.exp(np.array(logs) - max(float(log.max()) for log in logs))
        for weight, likely in zip(weights / weights.sum(), sizes, strict=True):
            for held, point, node in likely:
                at = point * (held.onto @ (weight / node))
                found[held.states] += (at @ held.chances).T
        return np.asarray(found / found.sum(axis=1, keepdims=True))
