"""The vote itself: probabilities and chance in, votes out; votes in, tally out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from sim.assembly.choices import Choice, FloatArray, VoteArray
from sim.vote.chance import Float32Array, Noise
from sim.vote.dependence import Dependence
from sim.vote.influence import Influence, Move, shifts_of_draw
from sim.vote.shared import Latent, a_few, latent_in, ties_of

TOLERANCE = 1e-9
"""How far a state's four probabilities may sum from 1."""
LEAST = 1e-300
"""No probability of a known vote is taken to be less, so that its log is finite."""


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
    said_in : tuple of (float, Ballot)
        The arms in which they were announced, with the chance that each is the world as it is; what
        states share is inferred there. By default this arm.
    """

    probabilities: FloatArray
    dependence: Dependence
    influence: Influence
    moves: tuple[Move, ...]
    known: Mapping[int, Choice] = field(default_factory=dict)
    said_in: tuple[tuple[float, Ballot], ...] = ()

    @property
    def worlds(self) -> tuple[tuple[float, Ballot], ...]:
        """The arms in which the known votes were announced, with their chances."""
        return self.said_in or ((1.0, self),)

    def of(self, states: Sequence[int]) -> Ballot:
        """Return the ballot of some of the states, as if no vote were known."""
        return Ballot(
            self.probabilities[states],
            self.dependence.of(states),
            self.influence.of(states),
            tuple(move.of(states) for move in self.moves),
        )


def check_probabilities(probabilities: FloatArray) -> None:
    """Refuse probabilities that are not.

    Raises
    ------
    ValueError
        If the shape is not [state, choice], one is outside 0 to 1, or a row does not sum to 1.

    Examples
    --------
    >>> check_probabilities(np.array([[0.5, 0.2, 0.2, 0.1]]))
    >>> check_probabilities(np.array([[0.5, 0.2, 0.2, 0.0]]))
    Traceback (most recent call last):
    ValueError: probabilities of state 0 sum to 0.9
    """
    if probabilities.ndim != 2 or probabilities.shape[1] != len(Choice):
        raise ValueError(f"probabilities of shape {probabilities.shape}: expected [state, choice]")
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise ValueError("probabilities outside 0 to 1")
    off = np.abs(probabilities.sum(axis=1) - 1)
    if len(off) and off.max() > TOLERANCE:
        worst = int(off.argmax())
        raise ValueError(f"probabilities of state {worst} sum to {probabilities[worst].sum():.9g}")


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
    >>> from sim.vote.chance import Chance
    >>> from sim.vote.shared import latent
    >>> noise = Chance(seed=1, draws=4, states=1, factors=3).block(0)
    >>> certain = np.array([[0.0, 1.0, 0.0, 0.0]])
    >>> cast(certain, latent(noise, Dependence.independent(1))).ravel()
    array([1, 1, 1, 1], dtype=int8)
    """
    return _votes(_float32(thresholds(probabilities)), latent, support_shift, absence_shift)


def _float32(at: Thresholds) -> tuple[Float32Array, Float32Array, Float32Array]:
    return (
        at.absent_above.astype(np.float32),
        at.yes_above.astype(np.float32),
        at.no_below.astype(np.float32),
    )


def _votes(
    at: tuple[Float32Array, Float32Array, Float32Array],
    latent: Latent,
    support_shift: Float32Array | None,
    absence_shift: Float32Array | None,
) -> VoteArray:
    absent_above, yes_above, no_below = at
    support = latent.support if support_shift is None else latent.support + support_shift
    absence = latent.absence if absence_shift is None else latent.absence + absence_shift
    # yes is 0, not yes 1 more, no another 1 more
    votes = (support <= yes_above).view(np.int8)
    votes += (support < no_below).view(np.int8)
    # yes, abstain and no are 0, 1 and 2, and 3 has all their bits
    away = (absence > absent_above).view(np.int8)
    away *= np.int8(Choice.NON_VOTING)
    votes |= away
    return votes


def hold(ballot: Ballot, latent: Latent, noise: Noise) -> tuple[VoteArray, FloatArray | None]:
    """Hold the vote of one arm in a block of draws.

    Returns
    -------
    votes : array of int8 [draw, state]
        States whose vote is known vote as they said.
    log_weight : array [draw] or None
        Log of how probable the known votes were under what the states share in the draw; every
        figure given the known votes is an average with these weights. None if no vote is known.

    Examples
    --------
    >>> from sim.vote.chance import Chance
    >>> from sim.vote.shared import latent
    >>> from sim.vote.influence import Influence, Move
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> stays = Move.none(2)
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> alone = Dependence.independent(2)
    >>> noise = Chance(seed=1, draws=3, states=2, factors=alone.factor_count + 2).block(0)
    >>> said = Ballot(fair, alone, nobody, (stays,), known={0: Choice.NO})
    >>> votes, log_weight = hold(said, latent(noise, alone), noise)
    >>> votes[:, 0], np.exp(log_weight)
    (array([2, 2, 2], dtype=int8), array([0.5, 0.5, 0.5]))
    """
    votes = np.empty(latent.support.shape, dtype=np.int8)
    at = _float32(thresholds(ballot.probabilities))
    for rows in a_few(votes.shape):
        some = Latent(latent.support[rows], latent.absence[rows])
        shifts = shifts_of_draw(ballot.influence, ballot.moves, noise.part(rows))
        votes[rows] = _votes(at, some, *shifts)
    return _as_said(ballot, votes, noise)


def hold_together(
    ballots: Mapping[str, Ballot], noise: Noise
) -> dict[str, tuple[VoteArray, FloatArray | None]]:
    """Hold the vote of all arms in a block of draws: what `latent` and `hold` do, arm by arm.

    Latent values are made for a few draws at a time and never leave the processor's cache.

    Parameters
    ----------
    ballots : mapping of arm to Ballot
        All of one dependence.
    noise : Noise

    Returns
    -------
    dict of arm to (array of int8 [draw, state], array [draw] or None)
        As `hold`.

    Examples
    --------
    >>> from sim.vote.chance import Chance
    >>> from sim.vote.shared import latent
    >>> from sim.vote.influence import Influence, Move
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> alone = Dependence.independent(2)
    >>> ballot = Ballot(fair, alone, Influence(np.zeros(2), np.zeros(2)), (Move.none(2),))
    >>> noise = Chance(seed=1, draws=3, states=2, factors=alone.factor_count + 2).block(0)
    >>> held = hold_together({"one": ballot, "other": ballot}, noise)
    >>> bool((held["one"][0] == hold(ballot, latent(noise, alone), noise)[0]).all())
    True
    """
    dependence = next(iter(ballots.values())).dependence
    ties, shape = ties_of(noise, dependence), noise.stance_level.shape
    at = {arm: _float32(thresholds(ballot.probabilities)) for arm, ballot in ballots.items()}
    votes = {arm: np.empty(shape, dtype=np.int8) for arm in ballots}
    for rows in a_few(shape):
        some, part = latent_in(noise, ties, rows), noise.part(rows)
        for arm, ballot in ballots.items():
            shifts = shifts_of_draw(ballot.influence, ballot.moves, part)
            votes[arm][rows] = _votes(at[arm], some, *shifts)
    return {arm: _as_said(ballot, votes[arm], noise) for arm, ballot in ballots.items()}


def _as_said(ballot: Ballot, votes: VoteArray, noise: Noise) -> tuple[VoteArray, FloatArray | None]:
    """Let states whose vote is known vote as they said, and weigh the draws."""
    if not ballot.known:
        return votes, None
    for state, choice in ballot.known.items():
        votes[:, state] = choice
    return votes, log_weights_of_known(ballot, noise)


def given_shared(
    at: Thresholds,
    support: FloatArray,
    absence: FloatArray,
    *,
    own: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Return each state's probabilities once what it shares with others is given.

    Parameters
    ----------
    at : Thresholds
        Of the states, shaped to broadcast.
    support, absence : array
        The shared part of latent support and absence, shifts included [standard deviations].
    own : tuple of array
        Weights of a state's own part in latent support and in latent absence.

    Returns
    -------
    array [choice, ...]
        The choice is the first axis.

    Examples
    --------
    >>> at = thresholds(np.array([[0.5, 0.0, 0.5, 0.0]]))
    >>> given_shared(at, np.zeros(1), np.zeros(1), own=(np.ones(1), np.ones(1))).ravel()
    array([0.5, 0. , 0.5, 0. ])
    """
    own_support, own_absence = own
    absent = ndtr((absence - at.absent_above) / own_absence)
    yes = ndtr((support - at.yes_above) / own_support)
    no = ndtr((at.no_below - support) / own_support)
    present = 1 - absent
    found = np.empty((len(Choice), *np.broadcast_shapes(yes.shape, absent.shape)))
    np.multiply(present, yes, out=found[Choice.YES])
    np.multiply(present, no, out=found[Choice.NO])
    np.multiply(present, np.maximum(1 - yes - no, 0), out=found[Choice.ABSTAIN])
    found[Choice.NON_VOTING] = absent
    return found


def given_factors(
    ballot: Ballot,
    noise: Noise,
    *,
    states: Sequence[int] | None = None,
    absent: FloatArray | None = None,
) -> FloatArray:
    """Return each state's probabilities in each draw, given the factors and nothing of its own.

    Parameters
    ----------
    ballot : Ballot
    noise : Noise
        Of which what is a state's own is not used.
    states : sequence of int, optional
        Rows of some states; by default of all.
    absent : array [draw, state], optional
        What `absent_given` returns, where it is known already.

    Returns
    -------
    array [choice, draw, state]

    Examples
    --------
    >>> from sim.vote.chance import Chance
    >>> from sim.vote.influence import Move
    >>> fair, alone = np.array([[0.5, 0.0, 0.5, 0.0]]), Dependence.independent(1)
    >>> ballot = Ballot(fair, alone, Influence(np.zeros(1), np.zeros(1)), (Move.none(1),))
    >>> noise = Chance(seed=1, draws=1, states=1, factors=alone.factor_count + 2).block(0)
    >>> given_factors(ballot, noise).ravel()
    array([0.5, 0. , 0.5, 0. ])
    """
    some = ballot if states is None else ballot.of(states)
    stance, _ = ties_of(noise, some.dependence)
    own, shared = stance.own[stance.picked].astype(float), stance.shared(slice(None)).astype(float)
    shift, _ = shifts_of_draw(some.influence, some.moves, noise)
    push = 0.0 if shift is None else shift.astype(float)
    at, will = thresholds(some.probabilities), some.dependence.own_will
    yes = will.chance_above(at.yes_above - push, shared, own)
    no = will.chance_above(push - at.no_below, -shared, own)
    away = absent_given(some, noise) if absent is None else absent
    present, chance = 1 - away, np.empty((len(Choice), *yes.shape))
    np.multiply(present, yes, out=chance[Choice.YES])
    np.multiply(present, no, out=chance[Choice.NO])
    np.multiply(present, np.maximum(1 - yes - no, 0), out=chance[Choice.ABSTAIN])
    chance[Choice.NON_VOTING] = away
    return chance


def absent_given(ballot: Ballot, noise: Noise) -> FloatArray:
    """Return each state's chance to be absent in each draw, given the factors [draw, state].

    Examples
    --------
    See `given_factors`, of which it is a part.
    """
    _, attendance = ties_of(noise, ballot.dependence)
    own = attendance.own[attendance.picked].astype(float)
    shared = attendance.shared(slice(None)).astype(float)
    _, shift = shifts_of_draw(ballot.influence, ballot.moves, noise)
    away = 0.0 if shift is None else shift.astype(float)
    edge = thresholds(ballot.probabilities).absent_above - away
    return ballot.dependence.own_will.chance_above(edge, shared, own)


def log_weights_of_known(ballot: Ballot, noise: Noise) -> FloatArray:
    """Return the log probability of the known votes given what the states share [draw].

    They were announced in one arm, or in one of several that may be the world as it is.

    Examples
    --------
    See `given_factors`, for a ballot of `known` states.
    """
    rows, votes = [*ballot.known], [*ballot.known.values()]
    chances = []
    for weight, said in ballot.worlds:
        if weight > 0:
            each = given_factors(said, noise, states=rows)[votes, :, range(len(votes))]
            chances.append(np.log(weight) + np.log(np.maximum(each, LEAST)).sum(axis=0))
    return np.asarray(np.logaddexp.reduce(chances))


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
    found = np.empty((*votes.shape[:-1], len(Choice)), dtype=np.int64)
    found[..., Choice.ABSTAIN] = votes.shape[-1]
    # the smaller the numbers, the sooner they add up
    smallest = np.min_scalar_type(votes.shape[-1])
    for choice in (Choice.YES, Choice.NO, Choice.NON_VOTING):
        counted = (votes == np.int8(choice)).view(np.uint8).sum(axis=-1, dtype=smallest)
        found[..., choice] = counted
        found[..., Choice.ABSTAIN] -= counted
    return found
