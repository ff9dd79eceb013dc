"""Each state's probabilities, before and after votes are known: sums over what states share."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from sim.assembly.choices import Choice, FloatArray, IntArray
from sim.vote.ballot import Ballot, thresholds
from sim.vote.dependence import Dependence
from sim.vote.exact.columns import Columns, absent_at, edges_at
from sim.vote.exact.groups import Group
from sim.vote.exact.known_stances import LEAST
from sim.vote.exact.posterior import Attendance, Posterior
from sim.vote.exact.quadrature import Fineness, distinct, gauss, hermite, uncertain

MARGINAL_POINTS = 21
"""For the distance of a position, in a state's probabilities."""


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


def columns_given(ballot: Ballot, posterior: Posterior, fineness: Fineness) -> Columns:
    """Return the columns of an arm given the known votes, on few points of attendance.

    Examples
    --------
    See `sim.vote.exact.nodes.chunks`, which adds what the stance factors do.
    """
    absent, weight, held = [], [], []
    for number, (at, place) in enumerate(zip(posterior.held, posterior.place, strict=True)):
        for part in posterior.attendance[place]:
            value, share = _fewer(ballot.dependence, part, fineness)
            absent.append(absent_at(ballot, at.move, part.size, value))
            weight.append(share)
            held += [number] * len(value)
    edges = [edges_at(ballot, at.move, at.effect, at.distance) for at in posterior.held]
    away = np.concatenate(absent, axis=1)
    shares, strength = np.concatenate(weight), np.array(held)
    yes, no, own_yes, own_no = (np.stack(each, axis=1) for each in zip(*edges, strict=True))
    return Columns(
        yes,
        no,
        own_yes,
        own_no,
        strength,
        np.zeros(len(strength), dtype=int),
        1 - away,
        away,
        shares,
        shares,
        posterior.place[strength],
        strength,
    )


def _fewer(
    dependence: Dependence, part: Attendance, fineness: Fineness
) -> tuple[FloatArray, FloatArray]:
    """Return fewer points of attendance and their weights: the more is shared, the more points.

    Where states follow the factor more than their own will, all points are needed.
    """
    reach = part.size.factor * float(np.abs(dependence.attendance).max(initial=0.0))
    if reach > 1:
        return part.value, part.weight
    few = int(np.ceil(fineness.attendance / 3 * max(1.0, 2 * reach))) + 1
    return gauss(part.value, part.weight, few)


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
    states = len(ballot.probabilities)
    moved = {id(at.move): at.move for at in posterior.held}
    absent = {
        (place, key): sum(
            absent_at(ballot, move, part.size, part.value) @ part.weight for part in parts
        )
        for place, parts in enumerate(posterior.attendance)
        for key, move in moved.items()
    }
    away = np.stack(
        [
            absent[int(place), id(at.move)]
            for at, place in zip(posterior.held, posterior.place, strict=True)
        ],
        axis=1,
    )
    found = np.zeros((states, len(Choice)))
    found[:, Choice.NON_VOTING] = away @ posterior.weight
    edges = [edges_at(ballot, at.move, at.effect, at.distance) for at in posterior.held]
    yes, no, own_yes, own_no = (np.stack(each, axis=1) for each in zip(*edges, strict=True))
    share = ballot.dependence.own_will.share[:, None]
    for stance in posterior.stance:
        own = ballot.dependence.own_stance(stance.size.factor)[:, None]
        every = stance.weight.sum(axis=1)
        for group in stance.groups:
            rows = group.states
            weight = _at_points(group, stance.weight, posterior.place)  # [strength, point]
            here = (1 - away[rows]) * 1.0
            for choice, edge, mine, sign in (
                (Choice.YES, yes, own_yes, 1),
                (Choice.NO, no, own_no, -1),
            ):
                follows = ndtr((edge / own)[rows, :, None] + sign * group.value[:, None])
                total = np.einsum("shp,hp->sh", follows, weight)
                total = mine[rows] * every + (1 - share[rows]) * total
                found[rows, choice] += (here * total).sum(axis=1)
    if len(posterior.held) > 1:
        found *= _correction(ballot, posterior)
    present = 1 - found[:, Choice.NON_VOTING]
    voting = found[:, Choice.YES] + found[:, Choice.NO]
    found[:, Choice.ABSTAIN] = np.maximum(present - voting, 0)
    for state, said in ballot.known.items():
        found[state] = np.eye(len(Choice))[said]
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _correction(ballot: Ballot, posterior: Posterior) -> FloatArray:
    """Return what the few strengths are off by where nothing is known [state, choice]."""
    bounds, rough = thresholds(ballot.probabilities), np.zeros(ballot.probabilities.shape)
    for at in posterior.held:
        shift = ballot.influence.support_shift(at.move, np.array(at.effect), np.array(at.distance))
        away = ndtr(at.move.absence - bounds.absent_above)
        yes, no = ndtr(shift - bounds.yes_above), ndtr(bounds.no_below - shift)
        each = np.stack([yes, np.maximum(1 - yes - no, 0), no, np.ones(len(yes))], axis=1)
        each[:, : Choice.NON_VOTING] *= (1 - away)[:, None]
        each[:, Choice.NON_VOTING] = away
        rough += at.weight * each
    return np.divide(unconditional(ballot), rough, out=np.ones_like(rough), where=rough > LEAST)


def _at_points(group: Group, weight: FloatArray, place: IntArray) -> FloatArray:
    """Return what each point of a group weighs at each strength [strength, point]."""
    if group.onto.ndim == 2:
        return np.asarray(weight @ group.onto.T)
    return np.asarray(np.einsum("hn,hpn->hp", weight, group.onto[place]))
