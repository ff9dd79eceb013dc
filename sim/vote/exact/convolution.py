"""The distribution of a weighted count when the factors are given: products of polynomials.

Given the factors states are independent, so the distribution of a count within a group is a product
of small polynomials, one a state. The groups' own factors are integrated inside each group, and the
groups are multiplied together as Fourier transforms. Known votes are not among what is counted
here; what they say of the factors is in the weights of the points (`sim.vote.exact.posterior`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import scipy.fft

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.vote.exact.nodes import SUMMED, Chunk, Conditional

Weights = tuple[int, int, int, int]
"""What each yes, abstention, no and non-voting adds to a count."""
ComplexArray = npt.NDArray[np.complexfloating]
TOGETHER = 8
"""States counted in one polynomial; parts of larger groups are multiplied as transforms."""
IN_CACHE = 64_000
"""Numbers in a polynomial worked on at a time; changes no result."""
BLOCK = 200_000
"""Numbers in the transforms of all parts of a group at a time; changes no result."""
LEAST = 1e-20
"""Added to each number of a polynomial in single precision. Products of small chances would else be
smaller than normal numbers, with which processors are ten times as slow."""
MATRIX = 4_000_000
"""Most numbers in a matrix of Fourier factors; larger transforms are fast ones."""


@functools.cache
def keep_freed_memory() -> None:
    """Let glibc keep what is freed from now on, up to 64 MB, by freeing a block of 31 MB once.

    Memory that is given back to the system and taken again is cleared page by page, which was a
    sixth of the time of a sweep.

    Examples
    --------
    >>> keep_freed_memory()
    """
    np.empty(31 * 2**20, dtype=np.int8)


def span(weights: Weights, states: int) -> IntArray:
    """Return the values that a weighted count can take.

    Examples
    --------
    >>> span((1, 0, -1, 0), 2)
    array([-2, -1,  0,  1,  2])
    """
    return np.arange(min(weights) * states, max(weights) * states + 1)


def added_by(weights: Weights, known: Sequence[Choice]) -> int:
    """Return what known votes add to a count.

    Examples
    --------
    >>> added_by((1, 0, -2, 0), [Choice.YES, Choice.NO])
    -1
    """
    return sum(weights[choice] for choice in known)


def length_for(weights: Weights, states: int) -> int:
    """Return the length of Fourier transform that holds all values of a count.

    Examples
    --------
    >>> length_for((1, 0, 0, 0), 193)
    200
    """
    return int(scipy.fft.next_fast_len(len(span(weights, states)), real=True))


def spectra(
    groups: Sequence[Conditional], statistics: Sequence[Weights], states: int, *, nodes: int = 1
) -> Iterator[tuple[Weights, ComplexArray]]:
    """Yield the Fourier transform of the whole assembly's distribution of each count.

    Parameters
    ----------
    groups : sequence of Conditional
        Together all whose votes are not known.
    statistics : sequence of tuple of int
        What is to be counted.
    states : int
        How many there are.
    nodes : int
        How many columns times nodes there are, where every vote is known.

    Yields
    ------
    weights : tuple of int
        What was counted.
    transform : array of complex [column * node, frequency]

    Examples
    --------
    The count of yes of two states with even chances, and its transform turned back:

    >>> from sim.vote.exact.groups import Group
    >>> group = Group(np.arange(2), np.zeros((2, 1)), np.ones((1, 1)))
    >>> votes = np.array([[0.5, 0.0, 0.5, 0.0]] * 2).T[:, :, None, None]
    >>> pair = Conditional(group, votes, votes[Choice.NON_VOTING, :, :, 0])
    >>> [(weights, transform)] = spectra([pair], [(1, 0, 0, 0)], 2)
    >>> scipy.fft.irfft(transform, length_for(weights, 2)).round(12)
    array([[0.25, 0.5 , 0.25]])
    """
    keep_freed_memory()
    for widest in sorted({max(weights) - min(weights) for weights in statistics}):
        alike = [weights for weights in statistics if max(weights) - min(weights) == widest]
        length = length_for(alike[0], states)
        if groups:
            product = _of_groups(groups, alike, length)
        else:  # every vote is known
            product = np.ones((len(alike), nodes, length // 2 + 1), dtype=np.complex64)
        yield from zip(alike, product.reshape(len(alike), -1, length // 2 + 1), strict=True)


def absence_spectrum(chunk: Chunk) -> ComplexArray:
    """Return the Fourier transform of the number of absent states.

    Stance does not move absence, so one stance node tells all.

    Returns
    -------
    array of complex [column, 1, frequency]

    Examples
    --------
    Two states, each absent with a chance of 0.2, and the transform turned back:

    >>> from sim.vote.exact.groups import Group
    >>> group = Group(np.arange(2), np.zeros((2, 1)), np.ones((1, 1)))
    >>> votes = np.array([[0.4, 0.0, 0.4, 0.2]] * 2).T[:, :, None, None]
    >>> pair = Conditional(group, votes, votes[Choice.NON_VOTING, :, :, 0])
    >>> one = np.ones((1, 1))
    >>> chunk = Chunk((pair,), one, one, np.zeros(1, dtype=int))
    >>> transform = absence_spectrum(chunk)
    >>> scipy.fft.irfft(transform.ravel(), length_for((0, 0, 0, 1), 2)).round(12)
    array([0.64, 0.32, 0.04])
    """
    length = length_for((0, 0, 0, 1), chunk.free)
    if not chunk.groups:
        return np.ones((len(chunk.weight), 1, length // 2 + 1), dtype=complex)
    absent = np.concatenate([group.absent for group in chunk.groups])
    return of_independent({0: 1 - absent, 1: absent}, length)[:, None]


def _of_groups(
    groups: Sequence[Conditional], statistics: Sequence[Weights], length: int
) -> ComplexArray:
    """Return the product of all groups [statistic, column, node * frequency].

    Groups in which the same columns are of one kind are multiplied kind by kind.
    """
    products: dict[bytes, tuple[Conditional, ComplexArray]] = {}
    for group in groups:
        found = _of_group(group, statistics, length)
        key = b"" if group.kind is None else group.kind.tobytes()
        if key in products:
            _, before = products[key]
            np.multiply(before, found, out=before)
        else:
            products[key] = group, found
    each = (
        group.of_columns(found.reshape(len(statistics), group.probability.shape[2], -1), 1)
        for group, found in products.values()
    )
    return functools.reduce(lambda one, other: np.multiply(one, other, out=one), each)


def _of_group(group: Conditional, statistics: Sequence[Weights], length: int) -> ComplexArray:
    """Return the transform of like counts in one group [statistic * kind * node, frequency]."""
    by_step = _by_step(group.probability, statistics)
    _, states, columns, points = group.probability.shape
    values = max(by_step) * states + 1
    if states <= TOGETHER or values * length > MATRIX:
        at_nodes = group.at_nodes(polynomial(by_step).reshape(-1, columns, points))
        return _transform(at_nodes.reshape(values, -1), length)
    # just long enough for the group
    short = int(scipy.fft.next_fast_len(values, real=True))
    product = of_independent(by_step, short)
    kind = group.probability.dtype
    found = product.view(kind)  # frequency * (real, imaginary)
    found = group.to_nodes.astype(kind) @ found.reshape(len(statistics), columns, points, -1)
    longer = _lengthened(values, short, length).astype(kind)
    return np.asarray((found.reshape(-1, found.shape[-1]) @ longer).view(product.dtype))


def _by_step(probability: FloatArray, statistics: Sequence[Weights]) -> dict[int, FloatArray]:
    """Return the probability of each step of like counts [state, statistic * column * point]."""
    _, states, *nodes = probability.shape
    found: dict[int, FloatArray] = {}
    for place, weights in enumerate(statistics):
        for choice, step in zip(probability, np.array(weights) - min(weights), strict=True):
            if int(step) not in found:
                found[int(step)] = np.zeros((states, len(statistics), *nodes), choice.dtype)
            found[int(step)][:, place] += choice
    return {step: of.reshape(states, -1) for step, of in found.items()}


def of_independent(by_step: Mapping[int, FloatArray], length: int) -> ComplexArray:
    """Return the transform of a sum of steps that independent states take.

    A few states at a time are counted in one polynomial, all such parts at once; parts are then
    multiplied as transforms.

    Parameters
    ----------
    by_step : mapping of int to array [state, node]
        Probability of each step, 0 among them.
    length : int
        Of the transform.

    Returns
    -------
    array of complex [node, frequency]

    Examples
    --------
    >>> half = np.full((2, 1), 0.5)
    >>> scipy.fft.irfft(of_independent({0: half, 1: half}, 4), 4).round(12)
    array([[0.25, 0.5 , 0.25, 0.  ]])
    """
    states, nodes = by_step[0].shape
    parts = -(-states // TOGETHER)
    product = np.empty((nodes, length // 2 + 1), np.result_type(by_step[0], np.complex64))
    at_a_time = max(BLOCK // (parts * length), 256)
    for first in range(0, nodes, at_a_time):
        some = slice(first, first + at_a_time)
        here = {step: _in_parts(of[:, some], float(step == 0)) for step, of in by_step.items()}
        found = _transform(polynomial(here), length).reshape(parts, -1, length // 2 + 1)
        product[some] = functools.reduce(lambda one, more: np.multiply(one, more, out=one), found)
    return product


def _in_parts(of_states: FloatArray, missing: float) -> FloatArray:
    """Return numbers of states as those of parts of few states [place, part * node]."""
    states, nodes = of_states.shape
    parts = -(-states // TOGETHER)
    found = np.full((-(-states // parts) * parts, nodes), missing, dtype=of_states.dtype)
    found[:states] = of_states
    return found.reshape(-1, parts * nodes)


@functools.lru_cache(maxsize=64)
def _lengthened(values: int, short: int, length: int) -> FloatArray:
    """Return what makes a longer transform of the same values out of a short one."""
    each = np.eye(short + 2 - short % 2).view(complex)
    back = scipy.fft.irfft(each, short, axis=1)[:, :values]
    return np.asarray(back @ _fourier(values, length))


def polynomial(by_step: Mapping[int, FloatArray]) -> FloatArray:
    """Return the distribution of a sum of steps that independent states take.

    Parameters
    ----------
    by_step : mapping of int to array [state, node]
        Probability of each step, 0 among them; those of a state may sum to less than 1.

    Returns
    -------
    array [value, node]

    Examples
    --------
    >>> half = np.full((2, 1), 0.5)
    >>> polynomial({0: half, 1: half}).ravel()
    array([0.25, 0.5 , 0.25])
    """
    states, nodes = by_step[0].shape
    values = max(by_step) * states + 1
    found = np.empty((values, nodes), dtype=by_step[0].dtype)
    for first in range(0, nodes, step := max(IN_CACHE // values, 256)):
        some = slice(first, first + step)
        found[:, some] = _polynomial({take: of[:, some] for take, of in by_step.items()})
    return found


def _polynomial(by_step: Mapping[int, FloatArray]) -> FloatArray:
    (states, nodes), widest = by_step[0].shape, max(by_step)
    before = np.zeros((widest * states + 1, nodes), dtype=by_step[0].dtype)
    for step, probability in by_step.items():
        before[step] = probability[0]
    after, added = np.empty_like(before), np.empty_like(before)
    single = before.dtype == SUMMED
    for state in range(1, states):
        top = widest * state + 1
        np.multiply(before[:top], by_step[0][state], out=after[:top])
        after[top : top + widest] = 0
        for step, probability in by_step.items():
            if step:
                np.multiply(before[:top], probability[state], out=added[:top])
                reached = after[step : step + top]
                np.add(reached, added[:top], out=reached)
        if single:
            after[: top + widest] += LEAST
        before, after = after, before
    return before


def _transform(distribution: FloatArray, length: int) -> ComplexArray:
    """Return the Fourier transform over values [value, node] -> [node, frequency]."""
    values = len(distribution)
    if values * (length + 2) > MATRIX:
        return np.asarray(scipy.fft.rfft(distribution, length, axis=0).T)
    factors = _fourier(values, length).astype(distribution.dtype, copy=False)
    # few values to many frequencies: a matrix product is several times as fast as a fast transform
    kind = np.result_type(distribution.dtype, np.complex64)
    return np.asarray((distribution.T @ factors).view(kind))


@functools.lru_cache(maxsize=64)
def _fourier(values: int, length: int) -> FloatArray:
    """Return the factors of a real Fourier transform [value, frequency * (real, imaginary)]."""
    turns = np.outer(np.arange(values), np.arange(length // 2 + 1)) % length
    return np.asarray(np.exp(-2j * np.pi * turns / length).view(float), dtype=float)


def silence(chunk: Chunk) -> FloatArray:
    """Return the probability that nobody says yes or no [column, node].

    Examples
    --------
    Two states, each of which says neither with a chance of 0.4:

    >>> from sim.vote.exact.groups import Group
    >>> group = Group(np.arange(2), np.zeros((2, 1)), np.ones((1, 1)))
    >>> votes = np.array([[0.4, 0.3, 0.2, 0.1]] * 2).T[:, :, None, None]
    >>> pair = Conditional(group, votes, votes[Choice.NON_VOTING, :, :, 0])
    >>> one = np.ones((1, 1))
    >>> chunk = Chunk((pair,), one, one, np.zeros(1, dtype=int))
    >>> silence(chunk).round(12)
    array([[0.16]])
    """
    product = np.ones(chunk.weight.shape)
    if {Choice.YES, Choice.NO} & set(chunk.known):
        return np.zeros(chunk.weight.shape)
    for group in chunk.groups:
        mute = group.probability[[Choice.ABSTAIN, Choice.NON_VOTING]].sum(axis=0).prod(axis=0)
        product *= group.of_columns(group.at_nodes(mute), 0)
    return product
