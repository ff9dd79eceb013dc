"""The vote itself: probabilities and chance in, votes out; votes in, tally out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from sim.chance import Float32Array, Noise
from sim.choices import Choice, FloatArray, IntArray, VoteArray
from sim.dependence import Dependence
from sim.influence import Influence, Move, shifts_of_draw

TOLERANCE = 1e-9
"""How far a state's four probabilities may sum from 1."""


@dataclass(frozen=True)
class Thresholds:
    """Where a state's latent variables have to lie for each choice [standard deviations].

    A state is absent if its latent absence is above `absent_above`. If present it says yes if its
    latent support is above `yes_above`, no if it is below `no_below`, and else abstains.
    """

    absent_above: FloatArray
    yes_above: FloatArray
    no_below: FloatArray


@dataclass(frozen=True)
class Ballot:
    """Everything that one arm of a scenario needs to hold the vote.

    Attributes
    ----------
    probabilities : array [state, choice]
        What the vote model says of each state when nobody is moved.
    dependence : Dependence
        How states move together.
    influence : Influence
        How they respond to the sponsor whose position the arm sets.
    moves : tuple of Move
        The positions the arm allows, with their chances.
    known : mapping of state row to Choice
        Votes that are certain because they were announced.
    """

    probabilities: FloatArray
    dependence: Dependence
    influence: Influence
    moves: tuple[Move, ...]
    known: Mapping[int, Choice] = field(default_factory=dict)


@dataclass(frozen=True)
class Latent:
    """Latent support and latent absence in one block of draws [draw, state]."""

    support: Float32Array
    absence: Float32Array


def check_probabilities(probabilities: FloatArray) -> None:
    """Refuse probabilities that are not.

    Raises
    ------
    ValueError
        If the shape is not [state, choice], one is outside 0 to 1, or a row does not sum to 1.
    """
    if probabilities.ndim != 2 or probabilities.shape[1] != len(Choice):
        raise ValueError(f"probabilities of shape {probabilities.shape}: [state, choice] is needed")
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise ValueError("probabilities outside 0 to 1")
    off = np.abs(probabilities.sum(axis=1) - 1)
    if len(off) and off.max() > TOLERANCE:
        raise ValueError(f"probabilities of state {int(off.argmax())} sum to {1 + off.max()}")


def thresholds(probabilities: FloatArray) -> Thresholds:
    """Return the thresholds that give each state exactly its probabilities.

    Parameters
    ----------
    probabilities : array [state, choice]
        Each row sums to 1.

    Examples
    --------
    >>> split = thresholds(np.array([[0.4, 0.0, 0.4, 0.2]]))
    >>> bool(split.yes_above[0] == split.no_below[0])  # nothing in between: it never abstains
    True
    """
    check_probabilities(probabilities)
    absent = probabilities[:, Choice.NON_VOTING]
    yes, no = probabilities[:, Choice.YES], probabilities[:, Choice.NO]
    present = yes + no + probabilities[:, Choice.ABSTAIN]
    somebody = np.where(present > 0, present, 1.0)
    return Thresholds(
        absent_above=-ndtri(absent),
        yes_above=-ndtri(np.minimum(yes / somebody, 1.0)),
        no_below=ndtri(np.minimum(no / somebody, 1.0)),
    )


def latent(noise: Noise, dependence: Dependence) -> Latent:
    """Return what the noise means for each state, before anyone moves it.

    Parameters
    ----------
    noise : Noise
        One block of chance; its first factors are those of the dependence.
    dependence : Dependence
        Loadings [factor, state].

    Examples
    --------
    >>> from sim.chance import Chance
    >>> noise = Chance(seed=1, draws=8, states=3, factors=2).block(0)
    >>> latent(noise, Dependence.independent(3)).support.shape
    (8, 3)
    """
    wide = noise.factors[:, : len(dependence.factors)]
    groups = noise.factors[:, len(dependence.factors) : dependence.factor_count]
    stance, attendance = np.split(groups, 2, axis=1)
    return Latent(
        _combine(
            noise.stance * dependence.own_stance.astype(np.float32),
            (wide, dependence.stance),
            (stance[:, dependence.group], dependence.group_stance),
        ),
        _combine(
            noise.attendance * dependence.own_attendance.astype(np.float32),
            (wide, dependence.attendance),
            (attendance[:, dependence.group], dependence.group_attendance),
        ),
    )


def _combine(
    own: Float32Array,
    wide: tuple[Float32Array, FloatArray],
    group: tuple[Float32Array, FloatArray],
) -> Float32Array:
    # one product at a time: a matrix product may round otherwise on another machine
    factors, loadings = wide
    for factor, loading in zip(factors.T, loadings.T, strict=True):
        if loading.any():
            own += factor[:, None] * loading.astype(np.float32)
    of_group, weight = group
    if weight.any():
        own += of_group * weight.astype(np.float32)
    return own


def cast(
    probabilities: FloatArray,
    latent: Latent,
    *,
    support_shift: Float32Array | None = None,
    absence_shift: Float32Array | None = None,
) -> VoteArray:
    """Let every state vote in every draw.

    Parameters
    ----------
    probabilities : array [state, choice]
        What the vote model says of each state.
    latent : Latent
        Latent support and absence [draw, state].
    support_shift, absence_shift : array [draw, state], optional
        What the arm adds to them [standard deviations].

    Returns
    -------
    array of int8 [draw, state]
        Codes of `Choice`.

    Examples
    --------
    >>> from sim.chance import Chance
    >>> noise = Chance(seed=1, draws=4, states=1, factors=2).block(0)
    >>> certain = np.array([[0.0, 1.0, 0.0, 0.0]])
    >>> cast(certain, latent(noise, Dependence.independent(1))).ravel()
    array([1, 1, 1, 1], dtype=int8)
    """
    at = thresholds(probabilities)
    support = latent.support if support_shift is None else latent.support + support_shift
    absence = latent.absence if absence_shift is None else latent.absence + absence_shift
    yes = support > at.yes_above.astype(np.float32)
    no = support < at.no_below.astype(np.float32)
    absent = absence > at.absent_above.astype(np.float32)
    votes = np.full(yes.shape, Choice.ABSTAIN, dtype=np.int8)
    votes -= yes.view(np.int8)
    votes += no.view(np.int8)
    votes[absent] = Choice.NON_VOTING
    return votes


def hold(ballot: Ballot, latent: Latent, noise: Noise) -> tuple[VoteArray, FloatArray | None]:
    """Hold the vote of one arm in a block of draws.

    Returns
    -------
    votes : array of int8 [draw, state]
        States whose vote is known vote as they said.
    weight : array [draw] or None
        How probable the known votes were under what the states share in the draw; every figure
        given the known votes is an average with these weights. None if no vote is known.

    Examples
    --------
    >>> from sim.chance import Chance
    >>> from sim.influence import Influence, Move
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> stays = Move.none(2)
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> alone = Dependence.independent(2)
    >>> noise = Chance(seed=1, draws=3, states=2, factors=alone.factor_count + 2).block(0)
    >>> said = Ballot(fair, alone, nobody, (stays,), known={0: Choice.NO})
    >>> votes, weight = hold(said, latent(noise, alone), noise)
    >>> votes[:, 0], weight
    (array([2, 2, 2], dtype=int8), array([0.5, 0.5, 0.5]))
    """
    support, absence = shifts_of_draw(ballot.influence, ballot.moves, noise)
    votes = cast(ballot.probabilities, latent, support_shift=support, absence_shift=absence)
    if not ballot.known:
        return votes, None
    factors = noise.factors[:, : ballot.dependence.factor_count].astype(float)
    shared_support = factors @ ballot.dependence.loadings("stance")
    shared_absence = factors @ ballot.dependence.loadings("attendance")
    conditional = given_factors(
        ballot,
        shared_support if support is None else shared_support + support,
        shared_absence if absence is None else shared_absence + absence,
    )
    weight = np.ones(len(noise))
    for state, choice in ballot.known.items():
        votes[:, state] = choice
        weight *= conditional[:, state, choice]
    return votes, weight


def given_factors(
    ballot: Ballot,
    shared_support: FloatArray,
    shared_absence: FloatArray,
    *,
    states: IntArray | slice = slice(None),
) -> FloatArray:
    """Return each state's probabilities once what it shares with others is given.

    Parameters
    ----------
    ballot : Ballot
        Probabilities and dependence of the arm.
    shared_support, shared_absence : array [..., state]
        The shared part of latent support and absence, shifts included [standard deviations].
    states : array of int or slice
        Which states the arrays are of; all by default.

    Returns
    -------
    array [..., state, choice]

    Examples
    --------
    See `sim.exact.distribution`, which integrates it.
    """
    at, dependence = thresholds(ballot.probabilities[states]), ballot.dependence
    own_stance = dependence.own_stance[states]
    absent = ndtr((shared_absence - at.absent_above) / dependence.own_attendance[states])
    yes = ndtr((shared_support - at.yes_above) / own_stance)
    no = ndtr((at.no_below - shared_support) / own_stance)
    abstain = np.maximum(1 - yes - no, 0)
    present = 1 - absent
    return np.stack(
        np.broadcast_arrays(present * yes, present * abstain, present * no, absent), axis=-1
    )


def count(votes: VoteArray) -> npt.NDArray[np.int64]:
    """Return the tally of each draw.

    Parameters
    ----------
    votes : array of int8 [..., state]
        Codes of `Choice`.

    Returns
    -------
    array of int [..., choice]
        Counts of yes, abstain, no and non-voting [states].

    Examples
    --------
    >>> count(np.array([[0, 0, 1, 2, 3]], dtype=np.int8))
    array([[2, 1, 1, 1]])
    """
    return np.stack([(votes == choice).sum(axis=-1) for choice in Choice], axis=-1)
