"""Where a group of states is held so that the factors it shares can be integrated out.

Of what a group shares each state takes a part: ``m (x F + y H)``. Where all take it in the same
proportion of F and H, as fitted groups do, it is one number for the whole group, times a weight for
each state. All that the group can do is then computed on a line of values of that number, and what
it does given F alone is a sum over the line with the weights of a normal density: far less work
than every pair of F and H. Where proportions differ the pairs themselves are the points.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import FloatArray, IntArray
from sim.vote.dependence import Dependence, Size
from sim.vote.exact.quadrature import SPAN, Fineness, points_for, trapezoid

RELATIVE = 0.75
"""Most distance of points on the line, in standard deviations of what the group's own factor adds:
the sum over the line is then exact to 1e-12 for what is smooth."""
PROPORTIONAL = 1e-4
"""How far proportions may differ: parameter files round them to five digits."""


@dataclass(frozen=True)
class Group:
    """How the states of one group are held.

    Attributes
    ----------
    states : array of int [state]
    value : array [state, point]
        Shared support at each point [own standard deviations].
    onto : array [point, node] or [likelihood, point, node]
        What each point weighs at each node, where the factor of the assembly is held; once votes
        are known, for each likelihood of them (`sim.vote.exact.posterior`).
    """

    states: IntArray
    value: FloatArray
    onto: FloatArray


def groups_at(
    dependence: Dependence, size: float, factor: FloatArray, fineness: Fineness
) -> tuple[Group, ...]:
    """Return how every group is held at one size of what is shared.

    Parameters
    ----------
    dependence : Dependence
    size : float
        Size m of the stance factors.
    factor : array [node]
        Points of the factor of the assembly.
    fineness : Fineness

    Examples
    --------
    >>> [group] = groups_at(Dependence.independent(3), 1.0, np.zeros(1), Fineness())
    >>> group.value.ravel() + 0.0, group.onto
    (array([0., 0., 0.]), array([[1.]]))
    """
    numbers = range(len(dependence.groups))
    inside = [np.flatnonzero(dependence.group == number) for number in numbers]
    return tuple(
        group_at(states, size * _weights(dependence, states), factor, fineness)
        for states in inside
        if len(states)
    )


def _weights(dependence: Dependence, states: IntArray) -> FloatArray:
    return np.stack([dependence.assembly[states], dependence.bloc[states]], axis=1)


def group_at(
    states: IntArray, weights: FloatArray, factor: FloatArray, fineness: Fineness
) -> Group:
    """Return how one group is held, from its weights with the size in them [state, factor].

    Examples
    --------
    See `groups_at`.
    """
    key = tuple(map(tuple, weights.tolist())), tuple(factor.tolist())
    return Group(states, *shared_at(*key, fineness.bloc, fineness.step, PROPORTIONAL, fineness.far))


@functools.lru_cache(maxsize=256)
def shared_at(
    weights_of: tuple[tuple[float, float], ...],
    nodes: tuple[float, ...],
    fewest: int,
    step: float,
    tolerance: float,
    far: float = SPAN,
) -> tuple[FloatArray, FloatArray]:
    """Return what is shared at each point, and what each weighs; most arms ask for the same.

    Parameters
    ----------
    weights_of : tuple of (float, float)
        What each state takes from the two factors, with the size in it.
    nodes : tuple of float
        Points of the factor of the assembly.
    fewest, step, tolerance, far : int, float, float, float
        `Fineness.bloc`, `Fineness.step`, `PROPORTIONAL` and `Fineness.far`.

    Returns
    -------
    value : array [state, point]
    onto : array [point, node]

    Examples
    --------
    >>> value, onto = shared_at(((0.6, 0.4),) * 2, (-1.0, 0.0, 1.0), 9, 1.0, PROPORTIONAL)
    >>> value.shape, onto.shape, onto.sum(axis=0).round(12)
    ((2, 13), (13, 3), array([1., 1., 1.]))
    """
    weights, factor = np.array(weights_of), np.array(nodes)
    points = points_for(float(np.abs(weights[:, 1]).max()), fewest, step, far)
    bloc, weight, _ = trapezoid(points, far)
    proportion = direction(weights)
    taken = weights @ proportion
    if on_line(weights, tolerance):
        reach, count = _reach(proportion, factor, step / float(np.abs(taken).max()), far)
        if 2 * count + 1 < len(factor) * points:
            value, onto = _line(proportion, factor, np.linspace(-reach, reach, 2 * count + 1))
            return _read_only(np.outer(taken, value)), _read_only(onto)
    pairs = weights[:, :1, None] * factor[:, None] + weights[:, 1:, None] * bloc
    each = np.asarray(np.kron(np.eye(len(factor)), weight[:, None]), dtype=float)
    return _read_only(pairs.reshape(len(weights), -1)), _read_only(each)


def on_line(weights: FloatArray, tolerance: float = PROPORTIONAL) -> bool:
    """Return whether all states take the two factors in the same proportion, and some of both.

    Examples
    --------
    >>> on_line(np.array([[0.6, 0.4], [1.2, 0.8]])), on_line(np.array([[0.6, 0.4], [0.4, 0.6]]))
    (True, False)
    """
    proportion = direction(weights)
    taken, beside = weights @ proportion, weights @ (-proportion[1], proportion[0])
    near = np.linalg.norm(beside) <= tolerance * np.linalg.norm(taken)
    return bool(near and proportion[1])


def assembly_reach(dependence: Dependence, size: Size) -> float:
    """Return how far the factor of the assembly moves a state [sd of what is not held].

    Examples
    --------
    >>> assembly_reach(Dependence.independent(3), Size(1.0, 1.0))
    0.0
    """
    rest = np.hypot(1, size.factor * dependence.bloc)
    return float(np.abs(size.factor * dependence.assembly / rest).max(initial=0.0))


def direction(weights: FloatArray) -> FloatArray:
    """Return the direction, of length 1, in which weights reach farthest [factor].

    Examples
    --------
    >>> direction(np.array([[0.6, 0.8], [0.3, 0.4]])).round(12)
    array([0.6, 0.8])
    """
    one, other = weights.T
    turn = 0.5 * math.atan2(2 * float(one @ other), float(one @ one - other @ other))
    return np.array([math.cos(turn), math.sin(turn)])


def _read_only(numbers: FloatArray) -> FloatArray:
    numbers.flags.writeable = False
    return numbers


def _reach(
    proportion: FloatArray, factor: FloatArray, step: float, far: float
) -> tuple[float, int]:
    """Return how far out what a group shares is held, and at how many points either side."""
    assembly, bloc = np.abs(proportion).tolist()
    reach = max(assembly * float(np.abs(factor).max()) + (far - 1) * bloc, far * bloc)
    return reach, int(np.ceil(reach / min(RELATIVE * bloc, step)))


def _line(
    proportion: FloatArray, factor: FloatArray, value: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return values of what a group shares, in its own units, and their weights [point, node]."""
    bloc, count = abs(float(proportion[1])), len(value) // 2
    # as on a factor itself, what lies beyond the ends counts as the ends
    beyond = int(np.ceil(6 * bloc / (value[1] - value[0])))
    everywhere = (value[1] - value[0]) * np.arange(-count - beyond, count + beyond + 1)
    apart = (everywhere[:, None] - proportion[0] * factor) / bloc
    weight = np.exp(-(apart**2) / 2)
    onto = weight[beyond : beyond + len(value)].copy()
    onto[0] += weight[:beyond].sum(axis=0)
    onto[-1] += weight[beyond + len(value) :].sum(axis=0)
    return value, onto / onto.sum(axis=0)
