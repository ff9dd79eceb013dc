"""What the model knows of the states on a day, without the record: their profile."""

from __future__ import annotations

import bisect
import datetime
from dataclasses import dataclass, fields, replace

import numpy as np

from sim.assembly.choices import FloatArray
from sim.models.history import Float32Array

ATTENDANCE = (15.0, 91.0, 365.0)
"""Half-lives of attendance of late [days]."""
GENERAL = 1096.0
"""Half-life of the general record [days]."""
SEASON = 730.0
"""Half-life of attendance in one part of the session [days]."""
PARTS = (200, 270, 325, 348)
"""Days of the year at which a part of the session ends: spring, early autumn, autumn, early and
late December; the last day of the year ends the fifth."""
DRIFTS = (
    ("drift60", 60.0, 3.0),
    ("drift365", 365.0, 3.0),
    ("xdrift20", 20.0, 1.0),
    ("xdrift365", 365.0, 1.0),
)
"""Name, half-life [days] and prior weight of each drift, two of stance and two of absence."""


@dataclass(frozen=True)
class StateProfile:
    """What states did before a day; all arrays read-only.

    Attributes
    ----------
    day : int
        Days since 1970-01-01; only strictly earlier days count.
    attendance : array [half-life, 2, state]
        Decayed counts of votes cast and of absences, for each half-life of `ATTENDANCE`.
    season : array [part of the session, 2, state]
        The same by part of the session, half-life `SEASON`.
    by_us : array [choice of the United States, choice, state]
        Decayed counts of choices, half-life `GENERAL`, apart by what the United States did.
    few_against : array [choice of the United States, stance, state]
        The same of yes, abstain and no, on whole texts that few opposed.
    drift : array [drift, 2, state]
        Decayed sums for each of `DRIFTS`: how far a state departed from what its precedents said,
        and the weight of that.
    vectors : array [state, 1 + dimension]
        As `sim.models.learned.alike.vectors`.
    neighbours : array [state, state]
        As `sim.models.learned.alike.neighbours`.
    """

    day: int
    attendance: FloatArray
    season: FloatArray
    by_us: FloatArray
    few_against: FloatArray
    drift: FloatArray
    vectors: FloatArray
    neighbours: FloatArray

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for field in fields(self)[1:]:
            kept = np.asarray(getattr(self, field.name), dtype=float).view()
            kept.flags.writeable = False
            object.__setattr__(self, field.name, kept)

    def at(self, day: int) -> StateProfile:
        """Return what is left of the profile on a later day if nothing was learnt since.

        Raises
        ------
        ValueError
            If the day is earlier than the profile's.

        Examples
        --------
        >>> nobody = StateProfile(
        ...     0, np.ones((3, 2, 1)), np.ones((5, 2, 1)), np.ones((4, 4, 1)),
        ...     np.ones((4, 3, 1)), np.ones((4, 2, 1)), np.eye(1), np.eye(1),
        ... )
        >>> nobody.at(15).attendance[0, 0, 0]
        np.float64(0.5)
        """
        if day < self.day:
            raise ValueError(
                f"day {np.datetime64(day, 'D')} is earlier than the profile of the states, "
                f"{np.datetime64(self.day, 'D')}"
            )
        age = day - self.day
        left = 0.5 ** (age / np.array(ATTENDANCE))
        left_drift = 0.5 ** (age / np.array([half_life for _, half_life, _ in DRIFTS]))
        return replace(
            self,
            day=day,
            attendance=self.attendance * left[:, None, None],
            season=self.season * 0.5 ** (age / SEASON),
            by_us=self.by_us * 0.5 ** (age / GENERAL),
            few_against=self.few_against * 0.5 ** (age / GENERAL),
            drift=self.drift * left_drift[:, None, None],
        )

    @property
    def general(self) -> FloatArray:
        """Decayed counts of the general record [choice, state]."""
        return np.asarray(self.by_us.sum(axis=0))


def part_of(day: int) -> int:
    """Return the part of the session that a day is in.

    Examples
    --------
    >>> [part_of(day) for day in (0, 230, 300, 340, 364)]
    [0, 1, 2, 3, 4]
    """
    date = datetime.date(1970, 1, 1) + datetime.timedelta(days=int(day))
    return bisect.bisect(PARTS, date.timetuple().tm_yday)


def drift_columns(drift: FloatArray) -> dict[str, Float32Array]:
    """Return each drift as a share of its weight [..., state], by name.

    Parameters
    ----------
    drift : array [..., drift, 2, state]

    Examples
    --------
    >>> drift_columns(np.ones((4, 2, 1)))["drift60"]
    array([0.25], dtype=float32)
    """
    return {
        name: (drift[..., place, 0, :] / (drift[..., place, 1, :] + prior)).astype(np.float32)
        for place, (name, _, prior) in enumerate(DRIFTS)
    }
