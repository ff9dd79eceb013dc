"""Which features each stage of the model uses, and fitting it to a panel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.models.history import Float32Array
from sim.models.learned.bends import with_bends
from sim.models.learned.features import Columns
from sim.models.learned.logits import NestedLogits, Scales, fit_nested
from sim.models.learned.panel import Panel
from sim.models.learned.source import DAYS_IN_YEAR
from sim.record.value import ShortRecordError

YEARS = 10
"""How many years of roll calls the model is fitted to [years]."""
WARM_UP = 1
"""Years of features before the first that is fitted, for the drifts to settle [years]."""
HEED = 0.7
"""How far a known position of the United States is heeded, from 0 to 1."""
SURE = 0.97
"""How sure it is that the United States votes as it is known to."""
HALF_LIFE = 5.0
"""Of the weight of a roll call in the fit [years]."""

_ABSENT = """
gen_x q25_x qe_x k_qe_x te_x att15 att91 att365 xdrift20 xdrift365 xlev bulk lr qe_y maxsim am pa
season seasonlev l3_x bl_x
u_usY u_usA u_usN
"""
_STANCE = """
gen_{0} q25_{0} q5_{0} qe_{0} k_qe_{0} lr te_y te_n drift60 drift365 maxsim am pa
l3_{0} thrice thrice_a bl_{0} kr_s kr_n
u_re_{0} u_gus_{0} u_lr u_usY u_usA u_usN u_newN u_newN_rep u_surp u_surp_sim ussim
"""
STRAIGHT = ("bl_", "u_newN")
"""How features begin whose effects do not bend: what each bloc adds is then a sum."""
NAMES = (_ABSENT.split(), _STANCE.format("y").split(), _STANCE.format("n").split())
"""Features of the three stages; without the position of the United States those of it go."""


@dataclass(frozen=True)
class Logits:
    """The model for a known and for an unknown position of the United States."""

    given: NestedLogits
    unknown: NestedLogits


def first_year(day: int) -> int:
    """Return from which year on a fit on a day needs features [year].

    Parameters
    ----------
    day : int
        [days since 1970-01-01]

    Examples
    --------
    >>> first_year(int(np.datetime64("2025-10-02").astype(int)))
    2014
    """
    return int(str(np.datetime64(day, "D"))[:4]) - YEARS - WARM_UP


def without_us(names: Iterable[str]) -> list[str]:
    """Return the features that need no position of the United States.

    Examples
    --------
    >>> [len(names) for names in NAMES], [len(without_us(names)) for names in NAMES]
    ([24, 30, 30], [21, 19, 19])
    """
    return [name for name in names if not about_us(name)]


def about_us(name: str) -> bool:
    """Return whether a feature is about the position of the United States.

    Examples
    --------
    >>> about_us("u_lr"), about_us("lr")
    (True, False)
    """
    return name.startswith(("u_", "ussim"))


def fit_stages(panel: Panel, day: int) -> Logits:
    """Return the model fitted to the titled roll calls of the years before a day.

    Parameters
    ----------
    panel : Panel
    day : int
        Only strictly earlier days are used [days since 1970-01-01].

    Raises
    ------
    ValueError
        If there is no such roll call.

    Examples
    --------
    >>> from sim.models.learned.panel import panel_of
    >>> from sim.models.learned.source import Source
    >>> from sim.record.cited import cited_roll_calls
    >>> panel = panel_of(Source.of(cited_roll_calls()), first=2012, until=20_000)
    >>> fit_stages(panel, 19_000).unknown.absent.names[:2]
    ('gen_x', 'q25_x')
    """
    earlier = (panel.days < day) & (panel.days >= day - YEARS * DAYS_IN_YEAR) & panel.titled
    if not earlier.any():
        raise ShortRecordError(
            f"no titled roll call in the {YEARS} years before {np.datetime64(day, 'D')} to fit"
        )
    start, stop = np.flatnonzero(earlier)[[0, -1]] + [0, 1]
    kept = earlier[start:stop, None] & (panel.votes[start:stop] >= 0)
    cells: dict[str, Float32Array] = {}

    def column(name: str) -> Float32Array:
        if name not in cells:
            cells[name] = panel.columns[name][start:stop][kept]
        return cells[name]

    age = (day - panel.days[start:stop]) / DAYS_IN_YEAR
    weights = np.broadcast_to(np.exp2(-age / HALF_LIFE)[:, None], kept.shape)[kept]
    votes = panel.votes[start:stop][kept].astype(np.int64)
    absent, *stances = NAMES
    names = [absent, *(with_bends(column, stance, straight=STRAIGHT) for stance in stances)]
    scales: Scales = {}
    return Logits(
        *(
            fit_nested(column, votes, weights, names=of_stages, scales=scales)
            for of_stages in (names, [without_us(stage) for stage in names])
        )
    )


def heeded(logits: Logits, columns: Columns, us: int) -> FloatArray:
    """Return probabilities if the United States' position is known [roll call, state, choice].

    What its position says of a text changes with who governs it, so it is not heeded in full: the
    forecast is a mean of those with and without it. Its own vote is all but what it is known to be.

    Parameters
    ----------
    logits : Logits
    columns : Columns
        With the features that its position gives.
    us : int
        Its row.

    Examples
    --------
    >>> from sim.models.learned.logits import Logit
    >>> even = Logit(("lr",), np.zeros(1), np.ones(1), np.zeros(1), 0.0)
    >>> both = Logits(NestedLogits(even, even, even), NestedLogits(even, even, even))
    >>> none, one = np.zeros((1, 1), np.float32), np.ones((1, 1), np.float32)
    >>> heeded(both, {"lr": none, "u_usY": none, "u_usA": none, "u_usN": one}, 0).round(3)
    array([[[0.008, 0.004, 0.974, 0.015]]])
    """
    given = logits.given.probabilities(columns.__getitem__)
    found = HEED * given + (1 - HEED) * logits.unknown.probabilities(columns.__getitem__)
    found[:, us] = (1 - SURE) * given[:, us] + SURE * _said(columns, us)
    return np.asarray(found)


def _said(columns: Columns, us: int) -> FloatArray:
    """Return 1 for the choice that the United States is known to make [roll call, choice]."""
    yes, abstain, no = (columns[f"u_us{letter}"][:, us].astype(float) for letter in "YAN")
    return np.stack([yes, abstain, no, 1 - yes - abstain - no], axis=-1)


def mixed(logits: Logits, columns: Columns, supposed: tuple[Columns, ...], us: int) -> FloatArray:
    """Return probabilities if the United States' position is unknown [roll call, state, choice].

    They are those for each position it may take, mixed by how likely it is to take it.

    Parameters
    ----------
    logits : Logits
    columns : Columns
    supposed : tuple of Columns [choice]
        Features were the United States to make each choice.
    us : int
        Its row.

    Examples
    --------
    One state, the United States itself, keeps how likely each of its choices is:

    >>> from sim.models.learned.logits import Logit
    >>> even = Logit(("lr",), np.zeros(1), np.ones(1), np.zeros(1), 0.0)
    >>> both = Logits(NestedLogits(even, even, even), NestedLogits(even, even, even))
    >>> columns = {"lr": np.zeros((1, 1), np.float32)}
    >>> mixed(both, columns, ({},) * 4, 0)
    array([[[0.25 , 0.125, 0.125, 0.5  ]]])
    """
    likely = logits.unknown.probabilities(columns.__getitem__)[:, us]
    found = sum(
        likely[:, choice, None, None]
        * logits.given.probabilities((columns | supposed[choice]).__getitem__)
        for choice in Choice
    )
    found = np.asarray(found)
    found[:, us] = likely
    return found
