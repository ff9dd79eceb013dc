"""How states move together: shared factors and what each state takes from them.

Every state has a latent support and a latent readiness to stay away. Part of each is shared:
support with the whole assembly (factor F) and with the bloc the state votes with (factor H of its
group), absence with the whole assembly (factor G), and the rest is the state's own (e, u). With
size m,

    support = (m (x F + y H) + e) / sqrt(1 + m^2 (x^2 + y^2))
    absence = (m c G + u) / sqrt(1 + m^2 c^2)

are standard normal whatever x, y, c and m, so each state's own probabilities stay what the vote
model said: the factor copula of credit portfolios (Li 2000, doi:10.2139/ssrn.187289). A small part
of either is not shared at all but the state's own will (`sim.vote.own_will`). The size is
one of a few, drawn once a vote: most texts divide the assembly as expected, some take it by
surprise. Given factors and size states are independent, which makes draws cheap and the
distribution of the tally computable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.assembly.choices import BoolArray, FloatArray, IntArray
from sim.vote.own_will import OwnWill

LARGEST_SIZE = 6.0
"""Sizes are cut here: beyond it a state's own part is gone."""


@dataclass(frozen=True)
class Size:
    """One size of what is shared, and how likely it is.

    Examples
    --------
    >>> Size(chance=1.0, factor=0.0).factor
    0.0
    """

    chance: float
    factor: float


ONE_SIZE = (Size(1.0, 1.0),)


@dataclass(frozen=True, eq=False)
class Dependence:
    """What each state takes from the factors, beside an own part of weight 1.

    Parameters
    ----------
    groups : tuple of str
        Names of the groups of states that vote together; each has a stance factor of its own.
    group : array of int [state]
        The group each state belongs to.
    assembly, bloc, attendance : array [state]
        Weights x, y and c of the factors F, H and G.
    stance_sizes, attendance_sizes : sequence of Size
        Sizes m with their chances, which sum to 1.
    will : OwnWill, optional
        How much of improbable votes is each state's own; by default nothing.

    Raises
    ------
    ValueError
        If shapes differ, a group is unknown, or the chances of the sizes do not sum to 1.

    Notes
    -----
    It equals itself alone, so that what is computed from it can be kept.

    Examples
    --------
    >>> Dependence.independent(3).own_stance(1.0)
    array([1., 1., 1.])
    """

    groups: tuple[str, ...]
    group: IntArray
    assembly: FloatArray
    bloc: FloatArray
    attendance: FloatArray
    stance_sizes: tuple[Size, ...] = ONE_SIZE
    attendance_sizes: tuple[Size, ...] = ONE_SIZE
    will: OwnWill | None = None

    def __post_init__(self) -> None:
        """Check the weights and make them read-only."""
        for name in ("group", "assembly", "bloc", "attendance"):
            kept = np.array(getattr(self, name), dtype=int if name == "group" else float)
            if kept.shape != (len(self.group),):
                raise ValueError(f"{name} has shape {kept.shape}, expected {(len(self.group),)}")
            if not np.isfinite(kept).all():
                raise ValueError(f"{name} of state {int(np.argmin(np.isfinite(kept)))}: not finite")
            kept.flags.writeable = False
            object.__setattr__(self, name, kept)
        if len(self.group) and not 0 <= self.group.min() <= self.group.max() < len(self.groups):
            raise ValueError(f"group numbers: must be 0 to {len(self.groups) - 1}")
        if self.will is not None and len(self.will.eps) != len(self.group):
            raise ValueError(f"own will of {len(self.will.eps)} states of {len(self.group)}")
        for sizes in (self.stance_sizes, self.attendance_sizes):
            chances = [size.chance for size in sizes]
            if min(chances) < 0 or abs(sum(chances) - 1) > 1e-9:
                raise ValueError(f"chances of the sizes {chances}: they must sum to 1")
            if not all(0 <= size.factor <= LARGEST_SIZE for size in sizes):
                raise ValueError(f"sizes: must be 0 to {LARGEST_SIZE}")

    @property
    def own_will(self) -> OwnWill:
        """How much of improbable votes is each state's own."""
        return OwnWill.none(len(self.group)) if self.will is None else self.will

    def own_stance(self, size: float) -> FloatArray:
        """Return the weight of a state's own part in its support, at a size [state]."""
        return np.asarray(1 / np.sqrt(1 + size**2 * (self.assembly**2 + self.bloc**2)))

    def own_attendance(self, size: float) -> FloatArray:
        """Return the weight of a state's own part in its absence, at a size [state]."""
        return np.asarray(1 / np.sqrt(1 + (size * self.attendance) ** 2))

    @property
    def factor_count(self) -> int:
        """How many factors there are: F, G, and one a group."""
        return 2 + len(self.groups)

    def scaled(self, factor: float) -> Dependence:
        """Return the dependence with all stance sizes multiplied, up to the largest.

        Parameters
        ----------
        factor : float
            Above 1 if states move together more than fitted, 0 if each is on its own.

        Examples
        --------
        >>> Dependence.independent(2).scaled(2.0).stance_sizes
        (Size(chance=1.0, factor=2.0),)
        """
        return replace(
            self,
            stance_sizes=tuple(
                Size(size.chance, min(factor * size.factor, LARGEST_SIZE))
                for size in self.stance_sizes
            ),
        )

    def of(self, states: BoolArray | Sequence[int]) -> Dependence:
        """Return the dependence of some of the states.

        Examples
        --------
        >>> len(Dependence.independent(5).of([0, 3]).group)
        2
        """
        return replace(
            self,
            group=self.group[states],
            assembly=self.assembly[states],
            bloc=self.bloc[states],
            attendance=self.attendance[states],
            will=None if self.will is None else self.will.of(states),
        )

    def tied(self, stance: FloatArray, attendance: FloatArray) -> Dependence:
        """Return the dependence with what each state takes from the factors reduced.

        Parameters
        ----------
        stance, attendance : array [state]
            What is left of the weights, from 0, a state on its own, to 1.

        Examples
        --------
        >>> both = Dependence(("all",), np.zeros(2, int), np.ones(2), np.ones(2), np.ones(2))
        >>> both.tied(np.array([0.0, 0.5]), np.ones(2)).assembly
        array([0. , 0.5])
        """
        return replace(
            self,
            assembly=self.assembly * stance,
            bloc=self.bloc * stance,
            attendance=self.attendance * attendance,
        )

    @classmethod
    def independent(cls, states: int) -> Dependence:
        """Return the dependence of states that share nothing."""
        none = np.zeros(states)
        return cls(("all",), none.astype(int), none, none, none)


@dataclass(frozen=True)
class SizeLaw:
    """How the size of what is shared depends on how new the text is.

    The size is ``exp(base + slope * novelty)``, or ``exp(step)`` times that with probability
    `surprise`.

    Parameters
    ----------
    base, slope, step : float
    surprise : float
        Probability that the text takes the assembly by surprise.

    Examples
    --------
    >>> SizeLaw(base=0.0, slope=1.0, step=0.0, surprise=0.0).sizes(0.0)
    (Size(chance=1.0, factor=1.0),)
    """

    base: float
    slope: float
    step: float
    surprise: float

    def sizes(self, novelty: float) -> tuple[Size, ...]:
        """Return the sizes for a text.

        Parameters
        ----------
        novelty : float
            1 less the similarity to the nearest earlier text, from 0 to 1.
        """
        usual = self.base + self.slope * min(max(novelty, 0.0), 1.0)
        found = ((1 - self.surprise, usual), (self.surprise, usual + self.step))
        return tuple(
            Size(chance, min(float(np.exp(log)), LARGEST_SIZE)) for chance, log in found if chance
        )
