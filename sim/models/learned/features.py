"""The features of roll calls: what the profile of the states and the precedents say.

Shares of choices are smoothed step by step: all states lately; the state's general record; its
votes on the 25 likest texts; on the likest 5; on the same title. Each step is a pull towards the
one before it by a few pseudo-votes, so a state or a title with little record leans on the wider
one (partial pooling). Beside them stands what the 25 likest texts say when each counts for what it
alone adds (`sim.models.learned.texts.kriging`). Shares enter as log odds: ``x`` of absence, ``y``
of yes against abstention and no, ``n`` of no against abstention.

A no of the United States on a new text is a sign of its own, and another one under a Republican
president: from 2001 to 2008 and from 2017 on it often broke a consensus alone.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import BoolArray, Choice, FloatArray, IntArray
from sim.assembly.members import US, Members
from sim.models.history import Float32Array
from sim.models.learned.blocs import BlocEvidence
from sim.models.learned.pooling import (
    HALF_LIFE_NEAR,
    HALF_LIFE_NEAREST,
    Precedents,
    counts_of,
    latest,
    nearest,
    novelty_of,
    odds,
    same_title,
    smoothed,
)
from sim.models.learned.states import ATTENDANCE, StateProfile, drift_columns, part_of
from sim.models.learned.texts.kriging import kriged

Columns = dict[str, Float32Array]
"""Features by name, each [roll call, state]."""

LAST, LAST_FADE = 3, 0.6
"""How many of the latest votes on a title are looked at, and the weight of each beside the next."""
OTHER_POSITION = 0.1
"""Weight of a precedent on which the United States took another position than now."""
_GENERAL, _NEAR, _NEAREST, _TITLE = 5.0, 1.0, 0.5, 0.3
_BY_US, _NEAR_US = 10.0, 0.7
_RIDGE, _GENERAL_SHARE = 5.0, 0.05
_LATE_IN_YEAR = 300
_YES, _ABSTAIN, _NO, _AWAY = (int(choice) for choice in Choice)


@dataclass(frozen=True)
class Asked:
    """The roll calls of one day that are asked about.

    Attributes
    ----------
    amendment, paragraph : array of bool [asked]
        What is put to the vote.
    blocs : array of bool [state, bloc]
        Who is in which bloc that day.
    republican : bool
        The President of the United States is a Republican that day.
    """

    amendment: BoolArray
    paragraph: BoolArray
    blocs: BoolArray
    republican: bool


@dataclass(frozen=True)
class Shares:
    """What the features of the United States' position build on: smoothed shares, its party."""

    general: FloatArray
    same: FloatArray
    blocs: BlocEvidence
    republican: bool


def columns_of(
    profile: StateProfile, precedents: Precedents, asked: Asked
) -> tuple[Columns, Shares]:
    """Return the features that do not use the position of the United States.

    Parameters
    ----------
    profile : StateProfile
        Of the day of the roll calls.
    precedents : Precedents
        Of strictly earlier days.
    asked : Asked

    Returns
    -------
    Columns
    Shares
        For `us_columns`.

    Examples
    --------
    >>> from sim.models.learned.asking import precedents_for
    >>> from sim.models.learned.model import panel_before, profile_of
    >>> from sim.models.learned.source import Source, day_number
    >>> from sim.record.cited import cited_roll_calls
    >>> source, day = Source.of(cited_roll_calls().before("2022-03-24")), day_number("2022-03-24")
    >>> profile = profile_of(source, panel_before(source, day), day)
    >>> precedents = precedents_for(source, "Aggression against Ukraine", day)
    >>> none = np.zeros(1, bool)
    >>> asked = Asked(none, none, np.zeros((193, 0), bool), republican=False)
    >>> columns, _ = columns_of(profile, precedents, asked)
    >>> len(columns), columns["maxsim"].shape, columns["maxsim"][0, 0].round(3)
    (44, (1, 193), np.float32(1.0))
    """
    total = profile.general.sum(axis=1, keepdims=True) + 1
    near = counts_of(nearest(precedents, 25, HALF_LIFE_NEAR), precedents)
    nearest5 = counts_of(nearest(precedents, 5, HALF_LIFE_NEAREST), precedents)
    title = counts_of(same_title(precedents), precedents)
    (general,) = smoothed([profile.general], total / total.sum(axis=0), [_GENERAL])
    steps = smoothed([near, nearest5, title], general, [_NEAR, _NEAREST, _TITLE])
    three = latest(precedents, LAST, LAST_FADE)
    last = counts_of(three, precedents)
    (lately,) = smoothed([last], steps[1], [_TITLE])
    thrice = (counts_of((three > 0).astype(float), precedents) == LAST)[:, :_AWAY]
    blocs = BlocEvidence.of(steps[2], asked.blocs)
    columns = {
        **odds("gen", general[None]),
        **odds("q25", steps[0]),
        **odds("q5", steps[1]),
        **odds("qe", steps[2]),
        **odds("l3", lately),
        "thrice": thrice[:, _YES] * 1.0 - thrice[:, _NO],
        "thrice_a": thrice[:, _ABSTAIN],
        **blocs.columns(),
        **odds("k_qe", steps[2] @ profile.neighbours.T),
        **odds("te", steps[2].mean(axis=2, keepdims=True)),
        **kriged(precedents, general),
        "lr": _placed(nearest5 + 0.5 * near + _GENERAL_SHARE * general, profile.vectors),
        **_attendance(profile, general),
        **drift_columns(profile.drift[None]),
        "maxsim": precedents.likeness.max(axis=1, initial=0)[:, None],
        "am": asked.amendment[:, None],
        "pa": asked.paragraph[:, None],
        "ussim": _like_us(profile.vectors),
    }
    return _filled(columns, len(asked.amendment)), Shares(
        general, steps[2], blocs, asked.republican
    )


def us_columns(
    profile: StateProfile, precedents: Precedents, shares: Shares, position: IntArray
) -> Columns:
    """Return the features that use the position of the United States.

    Parameters
    ----------
    profile, precedents
        As for `columns_of`.
    shares : Shares
        As `columns_of` gives them.
    position : array of int [asked]
        The choice of the United States.

    Examples
    --------
    >>> from sim.models.learned.asking import precedents_for
    >>> from sim.models.learned.model import panel_before, profile_of
    >>> from sim.models.learned.source import Source, day_number
    >>> from sim.record.cited import cited_roll_calls
    >>> source, day = Source.of(cited_roll_calls().before("2022-03-24")), day_number("2022-03-24")
    >>> profile = profile_of(source, panel_before(source, day), day)
    >>> precedents = precedents_for(source, "Aggression against Ukraine", day)
    >>> none = np.zeros(1, bool)
    >>> asked = Asked(none, none, np.zeros((193, 0), bool), republican=False)
    >>> _, shares = columns_of(profile, precedents, asked)
    >>> columns = us_columns(profile, precedents, shares, np.array([_NO]))
    >>> columns["u_usN"][0, 0], bool((columns["u_surp"] < 0).all())
    (np.float32(1.0), True)
    """
    us = Members.load().row(US)
    agree = np.where(position[:, None] == precedents.us, 1.0, OTHER_POSITION)
    near = counts_of(nearest(precedents, 25, HALF_LIFE_NEAR, agree), precedents)
    title = counts_of(same_title(precedents, agree), precedents)
    (by_us,) = smoothed([profile.by_us[position]], shares.general, [_BY_US])
    prior = (by_us + shares.general) / 2
    steps = smoothed([near, title], prior, [_NEAR_US, _TITLE])
    same = shares.same[:, :, us]
    expected = (same[:, _YES] - same[:, _NO]) / np.maximum(1 - same[:, _AWAY], 1e-3)
    taken = (position == _YES) * 1.0 - (position == _NO) * 1.0
    surprise = np.where(position == _AWAY, 0.0, taken - expected)[:, None]
    alone = (position[:, None] == _NO) * novelty_of(precedents)[:, None]
    columns = {
        **odds("u_gus", by_us),
        **odds("u_re", steps[1]),
        "u_lr": _placed(near + title + _GENERAL_SHARE * prior, profile.vectors),
        "u_usY": position[:, None] == _YES,
        "u_usA": position[:, None] == _ABSTAIN,
        "u_usN": position[:, None] == _NO,
        "u_surp": surprise,
        "u_newN": alone,
        "u_newN_rep": alone * shares.republican,
        "u_surp_sim": surprise * _like_us(profile.vectors),
    }
    del columns["u_gus_x"], columns["u_re_x"]
    return _filled(columns, len(position))


def _placed(counts: FloatArray, vectors: FloatArray) -> FloatArray:
    """Return each state's score if the roll call were a point among the states [asked, state].

    The point is a ridge regression of the pooled scores on the vectors of the states.
    """
    present = counts[:, :_AWAY].sum(axis=1)
    score = (counts[:, _YES] - counts[:, _NO]) / np.maximum(present, 1e-6)
    weight = np.minimum(present, 2)
    squares = vectors[:, :, None] * vectors[:, None, :]
    ridge = np.diag([1.0] + [_RIDGE] * (vectors.shape[1] - 1))
    left = np.einsum("ts,sab->tab", weight, squares) + ridge
    right = np.einsum("ts,sa->ta", weight * score, vectors)
    points = np.linalg.solve(left, right[:, :, None])[:, :, 0]
    return np.asarray(np.einsum("ta,sa->ts", points, vectors))


def _attendance(profile: StateProfile, general: FloatArray) -> dict[str, FloatArray]:
    there, away = np.moveaxis(profile.attendance, 1, 0)
    share = general[_AWAY]
    lately = np.log((away + 2 * share) / (there + 2 * (1 - share)))
    columns = {f"att{half:.0f}": each[None] for half, each in zip(ATTENDANCE, lately, strict=True)}
    there, away = profile.season[part_of(profile.day)]
    season = (away + 2 * share) / (there + away + 2)
    level = np.log(season.mean() / (1 - season.mean()))[None, None]
    columns |= {"season": np.log(season / (1 - season))[None], "seasonlev": level}
    day = datetime.date(1970, 1, 1) + datetime.timedelta(days=profile.day)
    late = day.timetuple().tm_yday >= _LATE_IN_YEAR
    return {**columns, "xlev": columns["att15"].mean()[None, None], "bulk": np.array([[late]])}


def _like_us(vectors: FloatArray) -> FloatArray:
    """Return the cosine of each state's coordinates with the United States' [1, state]."""
    rest, us = vectors[:, 1:], vectors[Members.load().row(US), 1:]
    return np.asarray((rest @ us / np.sqrt((rest**2).sum(axis=1) * (us @ us) + 1e-9))[None])


def _filled(columns: dict[str, FloatArray], asked: int) -> Columns:
    shape = (asked, len(Members.load()))
    return {
        name: np.broadcast_to(column, shape).astype(np.float32) for name, column in columns.items()
    }
