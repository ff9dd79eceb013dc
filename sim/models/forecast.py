"""What a vote model is asked and what it answers: the one protocol of all models."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from sim.assembly.choices import BoolArray, Choice, FloatArray
from sim.assembly.draft import DraftResolution
from sim.models.learned.model import LearnedModel
from sim.record import Record


@dataclass(frozen=True)
class Stance:
    """How a bloc stands on a draft among its members that are present.

    Attributes
    ----------
    shares : array [stance]
        Shares of yes, abstain and no; they sum to 1.
    discipline : float
        From 0 (members go their own way) to 1 (they vote as one).
    """

    shares: FloatArray
    discipline: float


@dataclass(frozen=True)
class Precedent:
    """An earlier roll call on a like text.

    Attributes
    ----------
    symbol : str
        Of the resolution.
    row : int
        Its row in the record.
    likeness : float
        From 0 (nothing in common) to 1 (the same text).
    age : float
        Years before the forecast [years].
    """

    symbol: str
    row: int
    likeness: float
    age: float


@dataclass(frozen=True)
class Question:
    """All that is known on the day of the forecast.

    Attributes
    ----------
    resolution : DraftResolution
        What is voted on.
    as_of : date
        The day of the forecast; nothing in `record` is later.
    blocs : array of bool [state, bloc]
        Who is in which bloc that day.
    bloc_codes : tuple of str [bloc]
    record : Record
        Earlier roll calls.
    precedents : tuple of Precedent
        Those on like texts.
    stances : mapping of bloc code to Stance
        What the scenario declares.
    discipline : mapping of bloc code to float
        How closely each bloc votes together; for blocs that declare no stance.
    settings : mapping
        The model's own parameters, from seeds and the scenario.
    us_vote : Choice or None
        The position of the United States, where the question fixes it.
    learned : LearnedModel or None
        Fitted to a record, for the model that learns; of a day no later than `as_of`.
    """

    resolution: DraftResolution
    as_of: datetime.date
    blocs: BoolArray
    bloc_codes: tuple[str, ...]
    record: Record
    precedents: tuple[Precedent, ...] = ()
    stances: Mapping[str, Stance] = field(default_factory=dict)
    discipline: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, float] = field(default_factory=dict)
    us_vote: Choice | None = None
    learned: LearnedModel | None = None


@dataclass(frozen=True)
class Part:
    """One reason for a forecast: what it adds to each probability.

    Attributes
    ----------
    kind : str
        bloc, precedent, assembly, attendance, floor, sponsor or position; of the learned model
        also record, text, neighbours or drift.
    name : str
        Such as the bloc's code or the precedent's symbol.
    adds : array [state, choice]
        Contributions; those of all parts sum to the probabilities.
    """

    kind: str
    name: str
    adds: FloatArray


@dataclass(frozen=True)
class Forecast:
    """Each state's probabilities, and where they come from.

    Raises
    ------
    ValueError
        If the parts do not add up to probabilities.

    Examples
    --------
    >>> half = np.array([[0.25, 0.0, 0.25, 0.0]])
    >>> Forecast((Part("bloc", "EU", half), Part("floor", "", half))).probabilities
    array([[0.5, 0. , 0.5, 0. ]])
    """

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        """Check that the parts add up."""
        probabilities = self.probabilities
        off = np.abs(probabilities.sum(axis=1) - 1)
        if not off.max() <= 1e-9:
            raise ValueError(f"parts of state {int(off.argmax())} do not sum to 1")
        if probabilities.min() < -1e-9:
            state = int(probabilities.min(axis=1).argmin())
            raise ValueError(f"parts of state {state} make a probability below 0")

    @property
    def probabilities(self) -> FloatArray:
        """Sum of the parts [state, choice]."""
        return np.asarray(sum(part.adds for part in self.parts))

    def mixed(self, kind: str, name: str, shares: FloatArray, instead: FloatArray) -> Forecast:
        """Return the forecast with a share of each state's probabilities taken from elsewhere.

        Parameters
        ----------
        kind, name : str
            Of the new part.
        shares : array [state]
            From 0 (as it was) to 1 (all from elsewhere).
        instead : array [choice] or [state, choice]
            The probabilities there.
        """
        kept = tuple(
            Part(part.kind, part.name, part.adds * (1 - shares)[:, None]) for part in self.parts
        )
        return Forecast((*kept, Part(kind, name, shares[:, None] * instead)))

    def moved(self, kind: str, name: str, probabilities: FloatArray) -> Forecast:
        """Return the forecast with one part more, the difference to `probabilities`."""
        return Forecast((*self.parts, Part(kind, name, probabilities - self.probabilities)))


class VoteModel(Protocol):
    """A way to forecast: a function of the question alone."""

    def __call__(self, question: Question) -> Forecast:
        """Return each state's probabilities with their parts."""


def weighted_choices(votes: np.ndarray, weights: Sequence[float] | FloatArray) -> FloatArray:
    """Return how often each state made each choice, each roll call with its weight.

    Parameters
    ----------
    votes : array of int8 [roll call, state]
        Codes of `Choice`; others (not a member, lost) count for nothing.
    weights : array [roll call]

    Returns
    -------
    array [state, choice]

    Examples
    --------
    >>> weighted_choices(np.array([[0, 3], [0, -1]], dtype=np.int8), [1.0, 0.5])
    array([[1.5, 0. , 0. , 0. ],
           [0. , 0. , 0. , 1. ]])
    """
    weight = np.asarray(weights, dtype=float)
    return np.stack([weight @ (votes == choice) for choice in Choice], axis=-1)
