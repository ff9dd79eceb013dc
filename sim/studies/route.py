"""The fewest calls that reach a target in some draws: the best next one, exchanges, and a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.assembly.choices import FloatArray

WholeArray = npt.NDArray[np.signedinteger[Any]]

BETTER = 1e-12
"""More than rounding, in a chance."""


@dataclass(frozen=True)
class Missed:
    """How far each draw is from a target, and what a call to each state would add.

    Attributes
    ----------
    short : array of int [draw]
        What is missing; 0 or less where the target is reached.
    gain : array of int [draw, state]
        What a call adds.
    weight : array [draw]
        They sum to 1.
    """

    short: WholeArray
    gain: WholeArray
    weight: FloatArray

    def left(self, called: Sequence[int]) -> WholeArray:
        """Return what is missing when some states are called [draw]."""
        gained = self.gain[:, list(called)].sum(axis=1, dtype=self.short.dtype)
        return np.asarray(self.short - gained)

    def chance(self, called: Sequence[int]) -> float:
        """Return the chance of the target when some states are called.

        Rounded, so that a sum of weights is not short of a chance by its last digit.
        """
        return round(float(self.weight @ (self.left(called) <= 0)), 12)

    def with_each(self, called: Sequence[int], more: Sequence[int]) -> FloatArray:
        """Return the same with one more state called, each of some in turn [state]."""
        reached = self.gain[:, list(more)] >= self.left(called)[:, None]
        return np.asarray(self.weight @ reached)


def shortest(missed: Missed, states: Sequence[int], *, most: int, wanted: float) -> list[int]:
    """Return whom to call to reach a chance with as few calls as were found, the best first.

    The best next call, again and again; then one call is left out, or exchanged for another, as
    long as that does as well with fewer calls, or better with as many.

    Parameters
    ----------
    missed : Missed
    states : sequence of int
        Rows of the states that may be called.
    most : int
        Calls at most.
    wanted : float
        The chance.

    Examples
    --------
    Six draws lack a vote each. The first state brings it in four of them, but the others in all:

    >>> gain = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 1], [0, 1, 0], [0, 0, 1]])
    >>> missed = Missed(np.ones(6, dtype=int), gain, np.full(6, 1 / 6))
    >>> shortest(missed, [0, 1, 2], most=2, wanted=0.99)
    [1, 2]
    """
    route = exchanged(missed, _greedy(missed, states, most, wanted), states)
    while missed.chance(route) >= wanted and route:
        without = [[one for one in route if one != out] for out in route]
        fewer = exchanged(missed, max(without, key=missed.chance), states)
        if missed.chance(fewer) < wanted:
            break
        route = fewer
    return _no_longer(missed, _greedy(missed, route, len(route), np.inf))


def _no_longer(missed: Missed, route: list[int]) -> list[int]:
    """Return a route without the last calls that add nothing, or do harm."""
    chances = [missed.chance(route[:calls]) for calls in range(len(route) + 1)]
    best = max(chances)
    return route[: next(calls for calls, each in enumerate(chances) if each >= best - BETTER)]


def exchanged(missed: Missed, route: Sequence[int], states: Sequence[int]) -> list[int]:
    """Return the calls after every exchange of one for another that makes the target likelier.

    Examples
    --------
    >>> missed = Missed(np.array([1, 1]), np.array([[1, 1], [0, 1]]), np.full(2, 0.5))
    >>> exchanged(missed, [0], [0, 1])
    [1]
    """
    found = list(route)
    best, place = missed.chance(found), 0
    while place < len(found):
        others = found[:place] + found[place + 1 :]
        free = [state for state in states if state not in others]
        reached = missed.with_each(others, free)
        if reached.max() > best + BETTER:
            found = [*others, free[int(reached.argmax())]]
            best, place = float(reached.max()), 0
        else:
            place += 1
    return found


def at_least(missed: Missed, states: Sequence[int], *, wanted: float) -> int | None:
    """Return a number of calls below which no set of calls reaches a chance in these draws.

    Two bounds on what k calls can do: every draw may choose its own best k states; and a draw that
    lacks d votes is reached by a set only if its gains add up to d, so each call is worth at most
    its gain over d, and k calls at most the k largest sums of that.

    Parameters
    ----------
    missed : Missed
    states : sequence of int
    wanted : float

    Returns
    -------
    int or None
        None if no set of calls reaches it.

    Examples
    --------
    >>> missed = Missed(np.array([2, 1]), np.array([[1, 1], [1, 0]]), np.full(2, 0.5))
    >>> [at_least(missed, [0, 1], wanted=wanted) for wanted in (0.5, 1.0)]
    [1, 2]
    >>> at_least(missed, [1], wanted=1.0)
    """
    already = missed.chance([])
    if already >= wanted:
        return 0
    away = missed.short > 0
    gain, short = missed.gain[away][:, list(states)], missed.short[away].astype(float)
    weight = missed.weight[away]
    gain = np.maximum(gain, 0)
    ranked = np.cumsum(-np.sort(-gain, axis=1), axis=1, dtype=float)
    parts = weight[:, None] * np.minimum(gain / short[:, None], 1)
    for calls in range(1, len(states) + 1):
        within = ranked[:, calls - 1] >= short
        each = np.sort(parts[within].sum(axis=0))[::-1]
        if already + min(weight @ within, each[:calls].sum()) >= wanted - BETTER:
            return calls
    return None


def _greedy(missed: Missed, states: Sequence[int], most: int, wanted: float) -> list[int]:
    route: list[int] = []
    free = list(states)
    while free and len(route) < most and missed.chance(route) < wanted:
        # reached, and as a tie-break how much nearer the draws come
        nearer = missed.weight @ np.maximum(missed.gain[:, free], 0)
        route.append(free.pop(int(np.lexsort((nearer, missed.with_each(route, free)))[-1])))
    while route and missed.chance(route) <= missed.chance(route[:-1]):
        route.pop()
    return route
