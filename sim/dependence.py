"""How states move together: shared factors and each state's loadings on them.

Every state has a latent support and a latent readiness to stay away, both standard normal. Part of
each is shared: with the whole assembly, and with the group of states it votes with. Given the
factors states are independent, which makes draws cheap and the distribution of the tally
computable; and whatever the loadings, each state's own probabilities stay what the vote model said.
This is the factor copula of credit portfolios (Li 2000, doi:10.2139/ssrn.187289).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.choices import FloatArray, IntArray


@dataclass(frozen=True)
class Dependence:
    """What each state loads on the factors; every factor is standard normal.

    Parameters
    ----------
    factors : tuple of str
        Names of the assembly-wide factors.
    stance, attendance : array [state, factor]
        Loadings of latent support and of latent absence on the assembly-wide factors.
    groups : tuple of str
        Names of the groups; a group has one factor of its own for stance and one for attendance.
    group : array of int [state]
        The group each state belongs to.
    group_stance, group_attendance : array [state]
        Loadings on the factors of the state's group.

    Raises
    ------
    ValueError
        If shapes differ or a state's squared loadings do not sum to less than 1.

    Examples
    --------
    >>> Dependence.independent(3).own_stance
    array([1., 1., 1.])
    """

    factors: tuple[str, ...]
    stance: FloatArray
    attendance: FloatArray
    groups: tuple[str, ...]
    group: IntArray
    group_stance: FloatArray
    group_attendance: FloatArray

    def __post_init__(self) -> None:
        """Check the loadings and make them read-only."""
        states = len(self.group)
        shapes = {
            "stance": (states, len(self.factors)),
            "attendance": (states, len(self.factors)),
            "group": (states,),
            "group_stance": (states,),
            "group_attendance": (states,),
        }
        for name, shape in shapes.items():
            kept = np.array(getattr(self, name), dtype=int if name == "group" else float)
            if kept.shape != shape:
                raise ValueError(f"{name} has shape {kept.shape}, expected {shape}")
            kept.flags.writeable = False
            object.__setattr__(self, name, kept)
        if states and not 0 <= self.group.min() <= self.group.max() < len(self.groups):
            raise ValueError(f"group numbers: allowed are 0 to {len(self.groups) - 1}")
        for name in ("stance", "attendance"):
            shared = self._shared(name)
            if not (shared < 1).all():
                raise ValueError(
                    f"{name} loadings of state {int(shared.argmax())}: their squares sum to "
                    f"{shared.max():.3f}, allowed is less than 1"
                )

    def _shared(self, name: str) -> FloatArray:
        wide: FloatArray = getattr(self, name)
        own_group: FloatArray = getattr(self, f"group_{name}")
        return np.asarray((wide**2).sum(axis=1) + own_group**2)

    @property
    def own_stance(self) -> FloatArray:
        """Weight of a state's own part in its latent support [state]."""
        return np.asarray(np.sqrt(1 - self._shared("stance")))

    @property
    def own_attendance(self) -> FloatArray:
        """Weight of a state's own part in its latent absence [state]."""
        return np.asarray(np.sqrt(1 - self._shared("attendance")))

    @property
    def factor_count(self) -> int:
        """How many factors there are, assembly-wide and of groups."""
        return len(self.factors) + 2 * len(self.groups)

    def loadings(self, name: str) -> FloatArray:
        """Return all loadings of ``stance`` or ``attendance`` as one matrix.

        Returns
        -------
        array [factor, state]
            Assembly-wide factors, then the groups' stance factors, then their attendance factors.

        Examples
        --------
        >>> Dependence.independent(4).loadings("stance").shape
        (2, 4)
        """
        wide: FloatArray = getattr(self, name)
        member = self.group[None, :] == np.arange(len(self.groups))[:, None]
        of_group = member * getattr(self, f"group_{name}")
        none = np.zeros_like(of_group)
        blocks = (of_group, none) if name == "stance" else (none, of_group)
        return np.concatenate([wide.T, *blocks])

    def stretched(self, share: float) -> Dependence:
        """Return loadings with the odds of shared to own variance multiplied for every stance.

        Parameters
        ----------
        share : float
            Factor on the odds; above 1 for a text that nothing like has been voted on, 0 for
            independent states.

        Examples
        --------
        >>> Dependence.independent(2).stretched(3.0).own_stance
        array([1., 1.])
        """
        if share < 0:
            raise ValueError(f"stretch {share}: allowed is 0 or more")
        shared = self._shared("stance")
        new = share * shared / (1 - shared + share * shared)
        ratio = np.sqrt(np.divide(new, shared, out=np.zeros_like(shared), where=shared > 0))
        return replace(
            self, stance=self.stance * ratio[:, None], group_stance=self.group_stance * ratio
        )

    @classmethod
    def independent(cls, states: int) -> Dependence:
        """Return the dependence of states that share nothing."""
        none = np.zeros(states)
        wide = np.zeros((states, 0))
        return cls((), wide, wide, ("all",), none.astype(int), none, none)
