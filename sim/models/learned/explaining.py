"""Where a forecast comes from: what each group of features adds to each probability.

Groups come in one after the other, from the widest to the closest; each adds the difference it
makes, beginning with all features at their mean. The position of the United States comes last: it
adds the difference between the model that knows it and the model that does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.assembly.choices import FloatArray
from sim.models.learned.blocs import BlocEvidence
from sim.models.learned.features import Columns
from sim.models.learned.logits import Logit, NestedLogits, choices_from

GROUPS: dict[str, tuple[str, ...]] = {
    "assembly": ("te_",),
    "record": ("gen_",),
    "text": ("am", "pa", "maxsim"),
    "bloc": ("bl_",),
    "precedent": ("q25_", "q5_", "qe_", "l3_", "thrice", "kr_"),
    "neighbours": ("k_qe_", "lr"),
    "drift": ("drift",),
    "attendance": ("att", "season", "xlev", "bulk", "xdrift"),
}
"""How the features of each group begin, in order."""

POSITION, BLOC = "position", "bloc"
"""The last group, and that of the blocs."""
_NONE = 1e-9


def group_of(feature: str) -> str:
    """Return the group of a feature that is not about the position of the United States.

    Examples
    --------
    >>> group_of("q25_x"), group_of("k_qe_y"), group_of("xdrift20")
    ('precedent', 'neighbours', 'attendance')
    """
    found = [group for group, starts in GROUPS.items() if feature.startswith(starts)]
    if len(found) != 1:
        raise ValueError(f"feature {feature!r}: in {len(found)} groups, must be in one")
    return found[0]


def waterfall(
    logits: NestedLogits,
    columns: Columns,
    blocs: BlocEvidence | None = None,
    codes: Sequence[str] = (),
) -> dict[str, FloatArray]:
    """Return what each group adds; together the probabilities [roll call, state, choice].

    Parameters
    ----------
    logits : NestedLogits
        Without the position of the United States.
    columns : Columns
    blocs : BlocEvidence, optional
        What each bloc says; then what blocs add is given bloc by bloc, as ``bloc:EU``.
    codes : sequence of str [bloc]

    Examples
    --------
    One feature three standard deviations up, which rules out absence at even odds:

    >>> from sim.models.learned.logits import Logit
    >>> even = Logit(("gen_x",), np.zeros(1), np.ones(1), np.zeros(1), 0.0)
    >>> absent = Logit(("gen_x",), np.zeros(1), np.ones(1), np.array([-20.0]), 0.0)
    >>> columns = {"gen_x": np.array([[3.0]], np.float32)}
    >>> parts = waterfall(NestedLogits(absent, even, even), columns)
    >>> parts["assembly"][0, 0], parts["record"][0, 0].round(3)
    (array([0.25 , 0.125, 0.125, 0.5  ]), array([ 0.25 ,  0.125,  0.125, -0.5  ]))
    """
    moves = [_moves(logit.names, logit.terms(columns.__getitem__)) for logit in logits.stages]
    shape = next(iter(columns.values())).shape
    odds = [np.full(shape, logit.intercept) for logit in logits.stages]
    before = np.zeros((*shape, 4))
    found = {}
    steps = {group: [move.get(group, 0.0) for move in moves] for group in GROUPS}
    if blocs is not None and codes:
        steps = _with_blocs(steps, [_by_bloc(logit, blocs) for logit in logits.stages], codes)
    for name, adds in steps.items():
        odds = [each + add for each, add in zip(odds, adds, strict=True)]
        after = choices_from(*odds)
        found[name], before = after - before, after
    return found


def _with_blocs(
    steps: dict[str, list[Any]], shares: list[FloatArray], codes: Sequence[str]
) -> dict[str, list[Any]]:
    """Return the steps with that of the blocs divided among them, the assembly's share first."""
    found: dict[str, list[Any]] = {}
    for group, adds in steps.items():
        if group != BLOC:
            found[group] = adds
            continue
        for place, name in enumerate((BLOC, *(f"{BLOC}:{code}" for code in codes))):
            found[name] = [add * share[..., place] for add, share in zip(adds, shares, strict=True)]
    return found


def _by_bloc(logit: Logit, blocs: BlocEvidence) -> FloatArray:
    """Return which share of what blocs add to the log odds each adds [..., 1 + bloc].

    The effect of a bloc is its weight times how far its log odds lie from the mean; shares are of
    their sum, which `Logit.terms` cuts where it is far out.
    """
    moved = np.zeros(blocs.weights.shape)
    for name, mean, deviation, weight in zip(
        logit.names, logit.means, logit.deviations, logit.weights, strict=True
    ):
        if name in blocs.odds:
            moved += weight / deviation * blocs.weights * (blocs.odds[name] - mean)
    total = moved.sum(axis=-1, keepdims=True)
    return np.where(np.abs(total) > _NONE, moved / np.where(total == 0, 1, total), blocs.weights)


def _moves(names: tuple[str, ...], terms: FloatArray) -> dict[str, FloatArray]:
    """Return what each group adds to the log odds of one stage."""
    groups = np.array([group_of(name) for name in names])
    return {str(group): terms[..., groups == group].sum(axis=-1) for group in np.unique(groups)}
