"""Known votes conditioned on plainly and slowly: even points, double precision, logarithms.

Nothing of the engine is used but the ballot itself. An arm takes one position, whose effect is
certain. With X = shared + own part, the chance of a choice given what is shared is that of the
definition: a part of the state's own will, which nothing moves, and the rest that follows.
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, logsumexp, ndtr, ndtri

from sim.assembly.choices import Choice, FloatArray
from sim.vote.ballot import Ballot

WIDE, NEAR, AWAY = 161, 401, 1201
"""Points of the factor of the assembly, of a group's own, and of attendance, out to 7."""
FEW = 25
"""Points of each factor where every tally is counted out, to 6."""


def given_known(ballot: Ballot) -> tuple[FloatArray, float]:
    """Each state's probabilities given the known votes [state, choice], and their log chance."""
    away, log_away = _attendance(ballot)
    stance, log_stance = _stance(ballot)
    found = np.column_stack([(1 - away)[:, None] * stance, away])
    for state, said in ballot.known.items():
        found[state] = np.eye(len(Choice))[said]
    return found, log_away + log_stance


def _points(count: int) -> tuple[FloatArray, FloatArray]:
    at = np.linspace(-7, 7, count)
    log_weight = -(at**2) / 2
    return at, log_weight - logsumexp(log_weight)


def _above(
    edge: FloatArray, shared: FloatArray, own: FloatArray, eps: FloatArray, cap: FloatArray
) -> FloatArray:
    """Log chance that X lies above an edge, given what is shared [own sd]."""
    above, beyond = _will(edge, eps, cap)
    with np.errstate(divide="ignore", invalid="ignore"):
        follows = np.log(1 - eps / 2) + log_ndtr(shared - beyond / own)
        return np.logaddexp(np.log(above), follows)


def _below(
    edge: FloatArray, shared: FloatArray, own: FloatArray, eps: FloatArray, cap: FloatArray
) -> FloatArray:
    """Log chance that X lies below an edge, given what is shared [own sd]."""
    above, beyond = _will(edge, eps, cap)
    with np.errstate(divide="ignore", invalid="ignore"):
        follows = np.log(1 - eps / 2) + log_ndtr(beyond / own - shared)
        return np.logaddexp(np.log(eps / 2 - above), follows)


def _will(edge: FloatArray, eps: FloatArray, cap: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The part of a state's own will above an edge, and the edge for the part that follows."""
    tail = ndtr(-np.abs(edge))
    mine = np.minimum(cap * tail, eps / 4)
    beyond = -ndtri((tail - mine) / (1 - eps / 2)) * np.where(edge < 0, -1, 1)
    return np.where(edge >= 0, mine, eps / 2 - mine), beyond


def _attendance(ballot: Ballot) -> tuple[FloatArray, float]:
    tied, will = ballot.dependence, ballot.dependence.own_will
    [move] = ballot.moves
    edge = -ndtri(ballot.probabilities[:, Choice.NON_VOTING]) - move.absence
    factor, log_weight = _points(AWAY)
    rows, logs, absent = list(ballot.known), [], []
    gone = [said == Choice.NON_VOTING for said in ballot.known.values()]
    for size in tied.attendance_sizes:
        taken = size.factor * tied.attendance
        own = (1 / np.sqrt(1 + taken**2))[:, None]
        parts = [each[:, None] for each in (edge, will.eps, will.cap)]
        each = parts[0], taken[:, None] * factor, own, *parts[1:]
        stays_away, comes = _above(*each), _below(*each)
        chosen = np.where(np.array(gone)[:, None], stays_away[rows], comes[rows]).sum(axis=0)
        logs.append(log_weight + np.log(size.chance) + chosen)
        absent.append(stays_away)
    total = logsumexp(np.concatenate(logs))
    weight = [np.exp(each - total) for each in logs]
    return np.asarray(sum(np.exp(a) @ w for a, w in zip(absent, weight, strict=True))), float(total)


def _stance(ballot: Ballot) -> tuple[FloatArray, float]:
    """Yes, abstain and no of those present [state, stance], 0 where the vote is known."""
    tied, will = ballot.dependence, ballot.dependence.own_will
    [move] = ballot.moves
    p = ballot.probabilities
    present = np.maximum(p[:, : Choice.NON_VOTING].sum(axis=1), 1e-300)
    shift = ballot.influence.effect * move.distance + move.pressure
    yes_above = -ndtri(p[:, Choice.YES] / present) - shift
    no_below = ndtri(p[:, Choice.NO] / present) - shift
    (wide, log_wide), (near, log_near) = _points(WIDE), _points(NEAR)
    logs, sums = [], []
    for size in tied.stance_sizes:
        x, y = size.factor * tied.assembly, size.factor * tied.bloc
        own = 1 / np.sqrt(1 + x**2 + y**2)
        of_groups, inside = [], []
        for group in range(len(tied.groups)):
            states = np.flatnonzero(tied.group == group)
            told = np.zeros((len(wide), len(near)))
            chances = []
            for state in states.tolist():
                shared = x[state] * wide[:, None] + y[state] * near
                each = own[state], will.eps[state], will.cap[state]
                if ballot.known.get(state) == Choice.YES:
                    told += _above(yes_above[state], shared, *each)
                elif ballot.known.get(state) == Choice.NO:
                    told += _below(no_below[state], shared, *each)
                elif ballot.known.get(state) == Choice.ABSTAIN:
                    not_yes = _below(yes_above[state], shared, *each)
                    no = _below(no_below[state], shared, *each)
                    with np.errstate(divide="ignore", invalid="ignore"):
                        told += not_yes + np.log1p(-np.exp(no - not_yes))
                elif state not in ballot.known:
                    yes = _above(yes_above[state], shared, *each)
                    no = _below(no_below[state], shared, *each)
                    chances.append((state, np.exp(yes), np.exp(no)))
            # what is impossible weighs nothing, and its logarithm stays finite in sums
            of_points = log_near + np.nan_to_num(told, nan=-1e6, neginf=-1e6)
            of_groups.append(logsumexp(of_points, axis=1))
            weight = np.exp(of_points - of_groups[-1][:, None])
            inside += [
                (state, (yes * weight).sum(axis=1), (no * weight).sum(axis=1))
                for state, yes, no in chances
            ]
        logs.append(log_wide + np.log(size.chance) + np.sum(of_groups, axis=0))
        sums.append(inside)
    total = logsumexp(np.concatenate(logs))
    found = np.zeros((len(p), 3))
    for log, inside in zip(logs, sums, strict=True):
        for state, yes, no in inside:
            found[state] += np.exp(log - total) @ np.stack([yes, 1 - yes - no, no], axis=1)
    return found, float(total)


def tallies_given_known(ballot: Ballot) -> FloatArray:
    """How likely each tally is given the known votes [yes, no, non-voting], each vote counted."""
    tied, states = ballot.dependence, len(ballot.probabilities)
    [move] = ballot.moves
    p = ballot.probabilities
    present = np.maximum(p[:, : Choice.NON_VOTING].sum(axis=1), 1e-300)
    shift = ballot.influence.effect * move.distance + move.pressure
    edges = (
        -ndtri(p[:, Choice.YES] / present) - shift,
        -ndtri(p[:, Choice.NO] / present) + shift,
        -ndtri(p[:, Choice.NON_VOTING]) - move.absence,
    )
    at = np.linspace(-6, 6, FEW)
    weight = np.exp(-(at**2) / 2)
    weight /= weight.sum()
    found = np.zeros((states + 1,) * 3)
    for stance in tied.stance_sizes:
        for attendance in tied.attendance_sizes:
            every = np.zeros((*found.shape, FEW, FEW))  # of factors F and G
            every[0, 0, 0] = 1
            for group in range(len(tied.groups)):
                inside = np.zeros((*found.shape, FEW, FEW, FEW))  # and H
                inside[0, 0, 0] = 1
                for state in np.flatnonzero(tied.group == group).tolist():
                    x, y = stance.factor * tied.assembly[state], stance.factor * tied.bloc[state]
                    c = attendance.factor * tied.attendance[state]
                    shared = (x * at[:, None, None] + y * at)[:, :1]
                    wide, other = np.sqrt(1 + x**2 + y**2), np.sqrt(1 + c**2)
                    yes = ndtr(shared - edges[0][state] * wide)
                    no = ndtr(-shared - edges[1][state] * wide)
                    away = ndtr(c * at - edges[2][state] * other)[:, None]
                    chances = {
                        Choice.YES: (yes * (1 - away), (1, 0, 0)),
                        Choice.NO: (no * (1 - away), (0, 1, 0)),
                        Choice.ABSTAIN: ((1 - yes - no) * (1 - away), (0, 0, 0)),
                        Choice.NON_VOTING: (away + 0 * shared, (0, 0, 1)),
                    }
                    said = ballot.known.get(state)
                    inside = sum(
                        np.roll(inside, step, axis=(0, 1, 2)) * chance
                        for choice, (chance, step) in chances.items()
                        if said in (None, choice)
                    )
                every = _added(every, inside @ weight)
            part = np.einsum("ynafg,f,g->yna", every, weight, weight)
            found += stance.chance * attendance.chance * part
    return np.asarray(found / found.sum())


def _added(one: FloatArray, other: FloatArray) -> FloatArray:
    """The distribution of the sum of two independent tallies."""
    total = np.zeros_like(one)
    for place in np.argwhere(other.any(axis=(3, 4))).tolist():
        total += np.roll(one, place, axis=(0, 1, 2)) * other[tuple(place)]
    return total
