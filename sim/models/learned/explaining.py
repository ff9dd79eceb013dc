"""Where a forecast comes from: what each group of features adds to each probability.

Groups come in one after the other, from the widest to the closest; each adds the difference it
makes, beginning with all features at their mean. The position of the United States comes last: it
adds the difference between the model that knows it and the model that does not.
"""

from __future__ import annotations

import numpy as np

from sim.assembly.choices import FloatArray
from sim.models.learned.features import Columns
from sim.models.learned.logits import NestedLogits, choices_from

GROUPS: dict[str, tuple[str, ...]] = {
    "assembly": ("te_",),
    "record": ("gen_",),
    "text": ("am", "pa", "maxsim"),
    "precedent": ("q25_", "q5_", "qe_"),
    "neighbours": ("k_qe_", "lr"),
    "drift": ("drift",),
    "attendance": ("att", "xlev", "bulk", "xdrift"),
}
"""How the features of each group begin, in order."""

POSITION = "position"
"""The last group."""


def group_of(feature: str) -> str:
    """Return the group of a feature that is not about the position of the United States.

    Examples
    --------
    >>> group_of("q25_x"), group_of("k_qe_y"), group_of("xdrift20")
    ('precedent', 'neighbours', 'attendance')
    """
    found = [group for group, starts in GROUPS.items() if feature.startswith(starts)]
    if len(found) != 1:
        raise ValueError(f"feature {feature!r}: in {len(found)} groups, has to be in one")
    return found[0]


def waterfall(logits: NestedLogits, columns: Columns) -> dict[str, FloatArray]:
    """Return what each group adds; together the probabilities [roll call, state, choice].

    Parameters
    ----------
    logits : NestedLogits
        Without the position of the United States.
    columns : Columns

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
    for group in GROUPS:
        odds = [each + move.get(group, 0.0) for each, move in zip(odds, moves, strict=True)]
        after = choices_from(*odds)
        found[group], before = after - before, after
    return found


def _moves(names: tuple[str, ...], terms: FloatArray) -> dict[str, FloatArray]:
    """Return what each group adds to the log odds of one stage."""
    groups = np.array([group_of(name) for name in names])
    return {str(group): terms[..., groups == group].sum(axis=-1) for group in np.unique(groups)}
