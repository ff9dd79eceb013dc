"""Whom to call: what one state's move is worth for a target, and the fewest that reach it.

A call is an assumption: it moves one state's latent support by `push` standard deviations and
leaves every other state as it is. Each draw is looked at twice, with the state as it votes and as
it votes when called, so that the value of a call is paired draw by draw.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.assembly.choices import BoolArray, Choice, FloatArray, VoteArray
from sim.assembly.rules import RULES, Rule
from sim.studies.route import Missed, WholeArray, at_least, shortest
from sim.vote.ballot import Ballot, Latent, cast, count, hold, latent
from sim.vote.chance import Chance, Noise
from sim.vote.influence import UNCERTAINTIES, shifts_of_draw

REACHABLE = 0.3
"""Chance of a yes below which a state is not called: in the draws in which many say yes even a
state on the other side comes near the fence, but nobody would call it."""


MOST = 10
"""Calls in a route at most."""


@dataclass(frozen=True)
class Target:
    """What is to be reached: a straight line in the counts.

    Attributes
    ----------
    label : str
        As the user wrote it.
    weights : tuple of int [choice]
        What each yes, abstention, no and non-voting adds.
    at_least : int

    Examples
    --------
    >>> Target.of("margin>=20").weights, Target.of("two-thirds").weights
    ((1, 0, -1, 0), (1, 0, -2, 0))
    """

    label: str
    weights: tuple[int, int, int, int]
    at_least: int

    @classmethod
    def of(cls, text: str) -> Target:
        """Return the target a text names: a rule, ``yes>=N``, or ``margin>=N`` of yes less no.

        Raises
        ------
        ValueError
            If it is neither.
        """
        if text in RULES:
            return cls.of_rule(RULES[text])
        name, _, mark = text.replace(" ", "").partition(">=")
        lines = {"yes": (1, 0, 0, 0), "margin": (1, 0, -1, 0)}
        if name in lines and mark.isdigit():
            return cls(text, lines[name], int(mark))
        raise ValueError(f"target {text!r}: allowed are yes>=N, margin>=N, {', '.join(RULES)}")

    @classmethod
    def of_rule(cls, rule: Rule) -> Target:
        """Return the target of adoption under a rule, a quorum taken for granted."""
        return cls(rule.name, (rule.yes_weight, 0, rule.no_weight, 0), max(rule.at_least, 0))

    @property
    def gains(self) -> FloatArray:
        """What each choice adds [choice]."""
        return np.array(self.weights)


@dataclass(frozen=True)
class Calls:
    """What calls are worth, and whom to call first.

    Attributes
    ----------
    chance : float
        Of reaching the target with no call.
    states : DataFrame
        iso3, name, p_yes, pivotal (chance that the state's yes would decide), value (what one call
        adds to the chance) and standard_error of the value; in order of value.
    route : DataFrame
        The fewest calls found, each the best after those before it: iso3, name, chance after it.
    wanted : float
        Chance of the target at which the route ends.
    at_least : int or None
        Fewer calls than these reach no such chance in the draws looked at, whomever they are to;
        None if calls to all states that may be called do not.
    """

    chance: float
    states: pd.DataFrame
    route: pd.DataFrame
    wanted: float
    at_least: int | None

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
        States less likely than this to say yes uncalled are not called.
    not_called : collection of int
        Rows of states that are not called either, such as the one whose vote the arm sets.
    most : int
        Calls in the route at most.
    wanted : float
        Chance of the target at which the route ends.

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
    seen = [_look(ballot, noise, target, push) for noise in chance.blocks()]
    short = np.concatenate([one.short for one in seen])
    gain = np.concatenate([one.gain for one in seen])
    full = np.concatenate([one.full for one in seen])
    weight = np.concatenate([one.weight for one in seen])
    weight = weight / weight.sum()
    without = short <= 0
    frame = pd.DataFrame({"iso3": codes, "name": names})
    frame["p_yes"] = weight @ np.concatenate([one.yes for one in seen])
    callable_rows = [
        row
        for row, p_yes in enumerate(frame["p_yes"])
        if row not in ballot.known and row not in not_called and p_yes >= reachable
    ]
    frame["pivotal"] = weight @ ((full >= short[:, None]) & ~without[:, None])
    helped = (gain >= short[:, None]) & ~without[:, None]
    frame["value"] = weight @ helped
    frame["standard_error"] = np.sqrt((weight**2) @ (helped - frame["value"].to_numpy()) ** 2)
    states = frame.iloc[callable_rows].sort_values(
        ["value", "pivotal"], ascending=False, kind="stable"
    )
    missed = Missed(short, gain, weight)
    return Calls(
        float(weight @ without),
        states.reset_index(drop=True),
        _route(missed, shortest(missed, callable_rows, most=most, wanted=wanted), codes, names),
        wanted,
        at_least(missed, callable_rows, wanted=wanted),
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


@dataclass(frozen=True)
class _Seen:
    """One block of draws: how far each is from the target, and what each state could add."""

    short: WholeArray  # [draw]
    gain: WholeArray  # [draw, state], by a call
    full: WholeArray  # [draw, state], by a yes
    yes: BoolArray  # [draw, state]
    weight: FloatArray  # [draw]


def _look(ballot: Ballot, noise: Noise, target: Target, push: float) -> _Seen:
    shared = latent(noise, ballot.dependence)
    votes, weight = hold(ballot, shared, noise)
    worth = target.gains[votes].astype(np.int8)
    tally = count(votes)
    reached = tally @ target.gains
    # a rule with no line above 0 still needs one yes
    short = np.where(tally[:, Choice.YES] > 0, target.at_least - reached, 1).astype(np.int16)
    called = target.gains[_called(ballot, shared, noise, push)].astype(np.int8)
    best = np.int8(target.gains[Choice.YES])
    return _Seen(
        short,
        called - worth,
        best - worth,
        votes == Choice.YES,
        np.ones(len(noise)) if weight is None else weight,
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
