"""Whom to call: what one state's move is worth for a target, and the fewest that reach it.

A call is an assumption: it moves one state's latent support by `push` standard deviations and
leaves every other state as it is. Each draw is looked at twice, with the state as it votes and as
it votes when called, so that the value of a call is paired draw by draw.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sim.assembly.choices import CHOICES, BoolArray, Choice, FloatArray, VoteArray
from sim.studies.last_votes import LastVotes
from sim.studies.route import BETTER, Missed, WholeArray, at_least, shortest
from sim.studies.target import Target
from sim.vote.ballot import Ballot, cast, count, hold
from sim.vote.chance import Chance, Noise
from sim.vote.influence import UNCERTAINTIES, shifts_of_draw
from sim.vote.shared import Latent, latent

REACHABLE = 0.3
"""Chance below which a state is not called: in the draws in which many say yes even a state on the
other side comes near the fence, but nobody would call it."""
TIED = 0.05
"""Chance that sampling alone parts any two states of equal value."""
MOST = 10
"""Calls in a route at most."""


@dataclass(frozen=True)
class Calls:
    """What calls are worth, and whom to call first.

    Attributes
    ----------
    chance : float
        Of reaching the target with no call.
    states : DataFrame
        iso3, name, p_yes, pivotal (chance that the state's yes would decide), announced (the chance
        of the target once the state is known to say yes: what its vote tells; for a target that
        less support serves read no for yes in both), value (what one call
        adds to the chance), standard_error of the value, and rank_from and rank_to, the places that
        sampling leaves it, and last_votes (letters, one a precedent); in order of value.
    route : DataFrame
        The fewest calls found, each the best after those before it: iso3, name, chance after it.
    wanted : float
        Chance of the target at which the route ends.
    at_least : int or None
        Fewer calls than these reach no such chance in the draws looked at, whomever they are to;
        None if no set of calls does.
    precedents : tuple of str
        The roll calls that last_votes are on, newest first.
    effective : float
        How many draws carry weight, once votes are known.
    """

    chance: float
    states: pd.DataFrame
    route: pd.DataFrame
    wanted: float
    at_least: int | None
    precedents: tuple[str, ...] = ()
    effective: float = np.inf

    @property
    def reached(self) -> bool:
        """Whether the route reaches the chance that is wanted."""
        return bool(max([self.chance, *self.route["chance"]]) >= self.wanted)


def whom_to_call(
    ballot: Ballot,
    target: Target,
    chance: Chance,
    *,
    codes: tuple[str, ...],
    names: tuple[str, ...],
    push: float = 1.0,
    reachable: float = REACHABLE,
    not_called: Collection[int] = (),
    most: int = MOST,
    wanted: float = 0.9,
    last: LastVotes | None = None,
) -> Calls:
    """Return what one call is worth for each state, and the fewest calls that reach a target.

    Parameters
    ----------
    ballot : Ballot
        The arm; states whose vote is known are not called.
    target : Target
    chance : Chance
        The draws to look at.
    codes, names : tuple of str [state]
    push : float
        How far a call moves a state's latent support [standard deviations].
    reachable : float
        States less likely than this to vote uncalled as a call would have them are not called.
    not_called : collection of int
        Rows of states that are not called either, such as the one whose vote the arm sets.
    most : int
        Calls in the route at most.
    wanted : float
        Chance of the target at which the route ends.
    last : LastVotes, optional
        Told of each state.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> votes = np.array([[0.9, 0.0, 0.1, 0.0], [0.5, 0.0, 0.5, 0.0]])
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(votes, Dependence.independent(2), nobody, (Move.none(2),))
    >>> draws = Chance(seed=1, draws=4000, states=2, factors=draws_factors(two))
    >>> target, codes = Target.of("yes>=2"), ("AAA", "BBB")
    >>> calls = whom_to_call(two, target, draws, codes=codes, names=codes)
    >>> calls.states["iso3"].tolist()
    ['BBB', 'AAA']
    """
    return calls_of(
        [look(ballot, noise, target, push) for noise in chance.blocks()],
        target,
        codes=codes,
        names=names,
        reachable=reachable,
        not_called={*ballot.known, *not_called},
        most=most,
        wanted=wanted,
        last=last,
    )


def calls_of(
    seen: Sequence[Looked],
    target: Target,
    *,
    codes: tuple[str, ...],
    names: tuple[str, ...],
    reachable: float = REACHABLE,
    not_called: Collection[int] = (),
    most: int = MOST,
    wanted: float = 0.9,
    last: LastVotes | None = None,
) -> Calls:
    """Return what calls are worth in the draws that were looked at, as `whom_to_call` does.

    Examples
    --------
    See `whom_to_call`.
    """
    short, gain, full, votes, weight = (
        np.concatenate([getattr(block, name) for block in seen])
        for name in ("short", "gain", "full", "votes", "weight")
    )
    weight = np.exp(weight - weight.max())
    weight = weight / weight.sum()
    chances = np.stack([weight @ (votes == choice) for choice in CHOICES], axis=1)
    callable_rows = [
        row
        for row, as_called in enumerate(chances[:, target.called_to].sum(axis=1))
        if row not in not_called and as_called >= reachable
    ]
    frame = pd.DataFrame({"iso3": codes, "name": names, "p_yes": chances[:, Choice.YES]})
    as_said = (votes == target.vote) * weight[:, None]
    somebody = np.maximum(as_said.sum(axis=0), np.finfo(float).tiny)
    frame["announced"] = (short <= 0) @ as_said / somebody
    frame["pivotal"] = weight @ ((full >= short[:, None]) & (short > 0)[:, None])
    frame["last_votes"] = "" if last is None else last.letters
    states = frame.iloc[callable_rows].reset_index(drop=True)
    states = states.assign(**_values(short, gain[:, callable_rows], weight)).sort_values(
        ["value", "pivotal"], ascending=False, kind="stable"
    )
    missed = Missed(short, gain, weight)
    return Calls(
        missed.chance([]),
        states.reset_index(drop=True),
        _route(missed, shortest(missed, callable_rows, most=most, wanted=wanted), codes, names),
        wanted,
        at_least(missed, callable_rows, wanted=wanted),
        () if last is None else last.symbols,
        float(1 / (weight @ weight)),
    )


def draws_factors(ballot: Ballot) -> int:
    """Return how many factors the chance of a ballot draws.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> one = Ballot(np.eye(4)[:1], Dependence.independent(1), nobody, (Move.none(1),))
    >>> draws_factors(one)  # of the assembly, of absence, of one group; effect and distance
    5
    """
    return ballot.dependence.factor_count + UNCERTAINTIES


def _values(short: WholeArray, gain: WholeArray, weight: FloatArray) -> dict[str, FloatArray]:
    """Return what one call to each state adds to the chance, its error, and the places it may have.

    Values are compared in pairs, in the same draws: a place is lost to a state only where the
    difference is more than sampling makes.
    """
    adds = (gain >= short[:, None]) - (short <= 0)[:, None].astype(float)
    value = weight @ adds
    off = weight[:, None] * (adds - value)
    shared = off.T @ off
    own = np.diag(shared)
    error = np.sqrt(np.maximum(own[:, None] + own - 2 * shared, 0))
    # of so many pairs (Bonferroni), each both ways
    apart = -ndtri(TIED / max(len(value) * (len(value) - 1), 2)) * error + BETTER
    better = value[None, :] - value[:, None] > apart
    return {
        "value": value,
        "standard_error": np.sqrt(own),
        "rank_from": 1 + better.sum(axis=1),
        "rank_to": len(value) - better.sum(axis=0),
    }


@dataclass(frozen=True)
class Looked:
    """One block of draws: how far each is from the target, and what each state could add.

    Attributes
    ----------
    short : array of int [draw]
    gain, full : array of int [draw, state]
        What a call adds, and what the vote that serves best adds.
    votes : array of int8 [draw, state]
    weight : array [draw]
        Its logarithm.
    """

    short: WholeArray
    gain: WholeArray
    full: WholeArray
    votes: VoteArray
    weight: FloatArray

    def of(self, rows: BoolArray, weight: FloatArray) -> Looked:
        """Return some draws, with other weights."""
        arrays = (self.short[rows], self.gain[rows], self.full[rows], self.votes[rows])
        return Looked(*arrays, np.log(weight[rows]))


def look(ballot: Ballot, noise: Noise, target: Target, push: float) -> Looked:
    """Return a block of draws as it is, and with each state called.

    Raises
    ------
    ValueError
        If the push is no number above 0.

    Examples
    --------
    See `whom_to_call`.
    """
    if not isinstance(push, numbers.Real) or isinstance(push, bool) or not 0 < push < math.inf:
        raise ValueError(f"push: {push!r}: must be a number above 0")
    shared = latent(noise, ballot.dependence)
    votes, weight = hold(ballot, shared, noise)
    gains = target.gains.astype(np.int16)
    worth = gains[votes]
    step = -push if target.against else push
    return Looked(
        target.short(count(votes)),
        gains[_called(ballot, shared, noise, step)] - worth,
        gains[target.vote] - worth,
        votes,
        np.zeros(len(noise)) if weight is None else weight,
    )


def _called(ballot: Ballot, shared: Latent, noise: Noise, push: float) -> VoteArray:
    support, absence = shifts_of_draw(ballot.influence, ballot.moves, noise)
    step = np.full((1, 1), push, dtype=np.float32)
    return cast(
        ballot.probabilities,
        shared,
        support_shift=step if support is None else support + step,
        absence_shift=absence,
    )


def _route(
    missed: Missed, route: list[int], codes: tuple[str, ...], names: tuple[str, ...]
) -> pd.DataFrame:
    steps = [
        (codes[row], names[row], missed.chance(route[: place + 1]))
        for place, row in enumerate(route)
    ]
    return pd.DataFrame(steps, columns=["iso3", "name", "chance"])
