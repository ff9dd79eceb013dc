"""Each state's probabilities, before and after votes are known: sums over what states share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from sim.assembly.choices import Choice, FloatArray
from sim.vote.ballot import Ballot, thresholds
from sim.vote.dependence import Dependence
from sim.vote.exact.columns import Away, Columns, absent_at, edges_at, shifts_at
from sim.vote.exact.known_attendance import Attendance
from sim.vote.exact.known_stances import LEAST, Spots
from sim.vote.exact.posterior import Posterior
from sim.vote.exact.quadrature import Fineness, gauss, hermite
from sim.vote.exact.uncertainty import distinct, uncertain

MARGINAL_POINTS = 21
"""For the distance of a position, in a state's probabilities."""
ATTENDED = 2.5
"""Points of attendance once votes are known, for each standard deviation that it moves a state
[thirds of `Fineness.attendance`]: the more it does, the nearer to a step absence is."""
VOTING = [Choice.YES, Choice.NO]


def unconditional(ballot: Ballot) -> FloatArray:
    """Return each state's probabilities in the arm before any vote is known [state, choice].

    What states share does not change them; the strength of the effect, normal once the distance is
    given, adds its variance to the state's own.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> unconditional(Ballot(one, Dependence.independent(1), nobody, (Move.none(1),))).round(12)
    array([[0.2, 0.3, 0.4, 0.1]])
    """
    bounds, influence = thresholds(ballot.probabilities), ballot.influence
    found = np.zeros(ballot.probabilities.shape)
    for move in distinct(ballot):
        if move.moves_nobody:
            found += move.chance * ballot.probabilities
            continue
        far = uncertain(ballot, move)[1]
        distance, weight = hermite(MARGINAL_POINTS) if far else (np.zeros(1), np.ones(1))
        shift = influence.support_shift(move, np.zeros(len(distance)), distance)
        stronger = influence.support_shift(move, np.ones(len(distance)), distance) - shift
        spread = np.sqrt(1 + stronger**2)
        yes = weight @ ndtr((shift - bounds.yes_above) / spread)
        no = weight @ ndtr((bounds.no_below - shift) / spread)
        away = ndtr(move.absence - bounds.absent_above)
        stances = np.stack([yes, np.maximum(1 - yes - no, 0), no], axis=1)
        found[:, : Choice.NON_VOTING] += move.chance * (1 - away)[:, None] * stances
        found[:, Choice.NON_VOTING] += move.chance * away
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def columns_given(
    ballot: Ballot, posterior: Posterior, fineness: Fineness
) -> tuple[Columns, FloatArray]:
    """Return the columns of an arm given the known votes, on few points of attendance.

    As where nothing is known (`sim.vote.exact.uncertainty.held`), what strengths differ in is held
    on fewer points than what they have in common.

    Returns
    -------
    columns : Columns
        `Columns.held` is the number of a part.
    parts : array [part, strength]
        What a part takes of the posterior of each strength; negative where what is held roughly is
        taken off again.

    Examples
    --------
    See `sim.vote.exact.nodes.chunks`, which adds what the stance factors do.
    """
    parts: list[FloatArray] = []
    strength, absent, weight, held = [], [], [], []
    for at, takes, closely in _parts(posterior, fineness):
        move, place = posterior.held[at].move, posterior.place[at]
        for part in posterior.attendance[place]:
            value, share = _fewer(ballot.dependence, part, fineness, closely=closely)
            absent.append(absent_at(ballot, move, part.size, value))
            weight.append(share)
            strength += [at] * len(value)
            held += [len(parts)] * len(value)
        parts.append(takes)
    edges = edges_at(ballot, [(at.move, at.effect, at.distance) for at in posterior.held])
    away = np.concatenate(absent, axis=1)
    shares, of_strength = np.concatenate(weight), np.array(strength)
    columns = Columns(
        *edges,
        of_strength,
        np.zeros(len(strength), dtype=int),
        1 - away,
        away,
        shares,
        shares,
        posterior.place[of_strength],
        np.array(held),
    )
    return columns, np.stack(parts)


def _parts(posterior: Posterior, fineness: Fineness) -> Iterator[tuple[int, FloatArray, bool]]:
    """Yield strengths, what each takes of the posterior of strengths, and whether it is close."""
    alike: dict[tuple[int, ...], list[int]] = {}
    for number, at in enumerate(posterior.held):
        alike.setdefault((id(at.said), id(at.said_move), id(at.move)), []).append(number)
    each = np.eye(len(posterior.held))
    for numbers in alike.values():
        # where absence is moved differences depend on attendance
        moved = posterior.held[numbers[0]].move.absence.any()
        if len(numbers) == 1 or not fineness.aside or moved:
            yield from ((number, each[number], True) for number in numbers)
            continue
        middle = max(numbers, key=posterior.weight.__getitem__)
        together = each[numbers].sum(axis=0)
        yield middle, together, True
        for number in numbers:
            yield number, each[number] - (together if number == middle else 0.0), False


def _fewer(
    dependence: Dependence, part: Attendance, fineness: Fineness, *, closely: bool
) -> tuple[FloatArray, FloatArray]:
    """Return fewer points of attendance and their weights: the more is shared, the more points."""
    reach = part.size.factor * float(np.abs(dependence.attendance).max(initial=0.0))
    few = int(np.ceil(fineness.attendance / 3 * max(1.0, ATTENDED * reach))) + 1
    return gauss(part.value, part.weight, few if closely else fineness.aside)


def states_given(ballot: Ballot, posterior: Posterior) -> FloatArray:
    """Return each state's probabilities given the known votes [state, choice].

    Parameters
    ----------
    ballot : Ballot
    posterior : Posterior
        As `posterior_of` gives it.

    Examples
    --------
    Two states with even chances that share half of their support: if one says yes, the other does
    with a chance of 2/3 (Sheppard 1898).

    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> from sim.vote.exact.posterior import posterior_of
    >>> fair, none = np.array([[0.5, 0.0, 0.5, 0.0]] * 2), np.zeros(2)
    >>> half = Dependence(("all",), none, np.ones(2), none, none)
    >>> ballot = Ballot(fair, half, Influence(none, none), (Move.none(2),), {0: Choice.YES})
    >>> states_given(ballot, posterior_of(ballot, Fineness()))[1].round(9)
    array([0.66666667, 0.        , 0.33333333, 0.        ])
    """
    away = _away(ballot, posterior)
    found = np.zeros((len(ballot.probabilities), len(Choice)))
    found[:, Choice.NON_VOTING] = away @ posterior.weight
    edges = np.stack(edges_at(ballot, [(at.move, at.effect, at.distance) for at in posterior.held]))
    present, tied = 1 - away, ballot.dependence
    for stance in posterior.stance:
        found[:, VOTING] += ((present * edges[2:]) @ stance.weight.sum(axis=1)).T
        narrow = edges[:2] / tied.own_stance(stance.size.factor)[:, None]
        followed = present * (1 - tied.own_will.share)[:, None]
        for kind in stance.kinds:
            spots = kind.spots(stance.node, stance.weight, posterior.place)
            rows = spots.states
            found[rows[:, None], VOTING] += _followed(narrow[:, rows], followed[rows], spots)
    if len(posterior.prior) > 1:
        found *= _correction(ballot, posterior)
    present = 1 - found[:, Choice.NON_VOTING]
    voting = found[:, Choice.YES] + found[:, Choice.NO]
    found[:, Choice.ABSTAIN] = np.maximum(present - voting, 0)
    for state, said in ballot.known.items():
        found[state] = np.eye(len(Choice))[said]
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _followed(edges: FloatArray, followed: FloatArray, spots: Spots) -> FloatArray:
    """Return what states that follow say at some spots [state, yes or no].

    Parameters
    ----------
    edges : array [yes or no, state, strength]
    followed : array [state, strength]
        Chance that a state is present and follows.
    spots : Spots
    """
    spread = spots.spread[:, None]
    shared, edge = spots.value / spread, (edges / spread).transpose(2, 0, 1)[..., None]
    chance = ndtr(edge + np.stack([shared, -shared]))  # [strength, yes or no, state, point]
    total = chance.reshape(len(chance), -1, shared.shape[1]) @ spots.weight[:, :, None]
    total = total.reshape(len(chance), 2, -1) * followed.T[:, None]
    return np.asarray(total.sum(axis=0).T)


def _away(ballot: Ballot, posterior: Posterior) -> FloatArray:
    """Return the chance of absence, given the known votes [state, strength]."""
    found: dict[tuple[int, int], FloatArray] = {}
    keys = []
    for at, place in zip(posterior.held, posterior.place.tolist(), strict=True):
        parts = posterior.attendance[place]
        keys.append((id(parts), id(at.move)))
        if keys[-1] not in found:
            absence = Away.of(ballot, at.move)
            found[keys[-1]] = np.sum(
                [absence.at(part.size, part.value) @ part.weight for part in parts], axis=0
            )
    return np.stack([found[key] for key in keys], axis=1)


def _correction(ballot: Ballot, posterior: Posterior) -> FloatArray:
    """Return what the few strengths are off by where nothing is known [state, choice]."""
    bounds, weight = (
        thresholds(ballot.probabilities),
        np.array([at.weight for at in posterior.prior]),
    )
    shift = shifts_at(ballot, [(at.move, at.effect, at.distance) for at in posterior.prior])
    moved = {id(at.move): at.move for at in posterior.prior}
    absent = {key: ndtr(move.absence - bounds.absent_above) for key, move in moved.items()}
    away = np.stack([absent[id(at.move)] for at in posterior.prior], axis=1)
    yes, no = ndtr(shift - bounds.yes_above[:, None]), ndtr(bounds.no_below[:, None] - shift)
    rough = np.ones(ballot.probabilities.shape)
    rough[:, Choice.YES], rough[:, Choice.NO] = (
        ((1 - away) * yes) @ weight,
        ((1 - away) * no) @ weight,
    )
    rough[:, Choice.NON_VOTING] = away @ weight
    return np.divide(unconditional(ballot), rough, out=np.ones_like(rough), where=rough > LEAST)
