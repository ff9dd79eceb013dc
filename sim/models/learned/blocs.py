"""What the blocs of a state say of a text: the votes of its fellow members on like texts.

A bloc's stance towards a state is the mean of its other members' shares, pulled towards that of the
assembly by `PRIOR` members. A bloc counts by how closely its members agree on such texts, squared,
over the root of its size: small blocs are closer. So states lean on blocs, and blocs on the
assembly.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from sim.assembly.blocs import Blocs
from sim.assembly.choices import BoolArray, Choice, FloatArray
from sim.models.learned.pooling import odds

PRIOR = 2.0
"""How many members of its own the assembly adds to a bloc."""
LEAST = 0.01
"""The least that agreement counts, so that a split bloc has a place too."""


@dataclass(frozen=True)
class BlocEvidence:
    """What each bloc of each state says of roll calls.

    Attributes
    ----------
    weights : array [asked, state, 1 + bloc]
        How much the assembly (first; for states without a bloc) and each bloc count; sums to 1.
    odds : dict of array [asked, state, 1 + bloc]
        Log odds by name, as those of other features.
    """

    weights: FloatArray
    odds: dict[str, FloatArray]

    @classmethod
    def of(cls, shares: FloatArray, members: BoolArray) -> BlocEvidence:
        """Return what blocs say.

        Parameters
        ----------
        shares : array [asked, choice, state]
            Of the choices on like texts.
        members : array of bool [state, bloc]

        Examples
        --------
        Two of a bloc of three said yes, so the third is expected to; the fourth state has no bloc:

        >>> shares = np.array([[[1.0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]]])
        >>> found = BlocEvidence.of(shares, np.array([[True], [True], [True], [False]]))
        >>> found.columns()["bl_y"].round(1), found.weights[0, 3]
        (array([[0. , 0. , 1.1, 0. ]]), array([1., 0.]))
        """
        inside = members.astype(float)
        assembly = shares.mean(axis=2)[:, :, None, None]
        sums = (shares @ inside)[:, :, None, :] - shares[..., None] * inside
        others = inside.sum(axis=0) - inside
        stance = (sums + PRIOR * assembly) / (others + PRIOR)
        present = stance[:, : Choice.NON_VOTING]
        agreed = 1.5 * present.max(axis=1) / np.maximum(present.sum(axis=1), 1e-9) - 0.5
        size = np.maximum(inside.sum(axis=0), 1)
        weights = inside * np.maximum(agreed, LEAST) ** 2 / np.sqrt(size)
        total = weights.sum(axis=2, keepdims=True)
        alone = (total == 0).astype(float)
        weights = np.concatenate([alone, weights / np.maximum(total, 1e-9)], axis=2)
        whole = np.broadcast_to(assembly, (*stance.shape[:3], 1))
        return cls(weights, odds("bl", np.concatenate([whole, stance], axis=3), axis=1))

    def columns(self) -> dict[str, FloatArray]:
        """Return the features: log odds, each bloc with its weight [asked, state]."""
        return {name: (self.weights * each).sum(axis=2) for name, each in self.odds.items()}


def members_on(day: int) -> BoolArray:
    """Return who is in which bloc on a day, as shipped [state, bloc].

    Examples
    --------
    >>> members_on(20_000).any(axis=1).sum() > 190
    np.True_
    """
    return Blocs.load().matrix(datetime.date(1970, 1, 1) + datetime.timedelta(days=int(day)))
