"""What a vote model is asked and what it answers: the one protocol of all models.

A scenario asks a model about one text; a back-test asks it about every text of some years, each
from what was known before its day (`sim.models.window`). A model is a function from `Question` to
`Forecast`, with the settings it reads, in one row of `sim.models.MODELS`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from sim.assembly.choices import BoolArray, Choice, FloatArray
from sim.assembly.draft import DraftResolution
from sim.models.learned.model import LearnedModel
from sim.models.rolling import RollingForecasts, Us
from sim.record import Day, Record


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
    judged : bool
        Likeness is a judgement of what the texts ask, so how much a vote on one tells about the
        other; else it is of the words of the titles, which tells less.
    """

    symbol: str
    row: int
    likeness: float
    age: float
    judged: bool = True


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
    kind : str
        What is put to the vote, one of `sim.record.KINDS`.
    republican : bool
        Whether a Republican is President of the United States on that day, as far as is known.
    without_a_vote : bool
        Whether the text was last adopted without a vote.
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
    kind: str = "whole"
    republican: bool = False
    without_a_vote: bool = False


@dataclass(frozen=True)
class Part:
    """One reason for a forecast: what it adds to each probability.

    Attributes
    ----------
    kind : str
        bloc, precedent, assembly, attendance, floor, sponsor or position; of the learned model
        also record, text, neighbours, drift or last.
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

    def turned(self) -> Forecast:
        """Return the forecast of the opposite text: a yes to it is what a no was, and a no a yes.

        Examples
        --------
        >>> Forecast((Part("bloc", "EU", np.array([[0.7, 0.1, 0.2, 0.0]])),)).turned().probabilities
        array([[0.2, 0.1, 0.7, 0. ]])
        """
        order = [choice.opposite for choice in Choice]
        return Forecast(tuple(replace(part, adds=part.adds[:, order]) for part in self.parts))

    def floored(self, share: float) -> Forecast:
        """Return the forecast with a share of each probability spread evenly over the choices."""
        states, choices = self.probabilities.shape
        even = np.full(choices, 1 / choices)
        return self.mixed("floor", "every choice is possible", np.full(states, share), even)

    def moved(self, kind: str, name: str, probabilities: FloatArray) -> Forecast:
        """Return the forecast with one part more, the difference to `probabilities`."""
        return Forecast((*self.parts, Part(kind, name, probabilities - self.probabilities)))


class Window(Protocol):
    """A quicker way to ask a model about many texts."""

    def __call__(
        self, record: Record, first: Day, last: Day, *, us: Us, jobs: int
    ) -> RollingForecasts:
        """Return the forecasts of all roll calls from one day to another, both included."""


@dataclass(frozen=True)
class Setting:
    """A number of a model that a scenario may set.

    Attributes
    ----------
    about : str
        What it is, with its unit.
    default : float or None
        None where it is a judgement, which stands in ``seeds/models.toml`` with its source.
    positive : bool
        0 is refused.
    share : bool
        1 and more is refused.
    """

    about: str
    default: float | None = None
    positive: bool = False
    share: bool = False

    @property
    def allowed(self) -> str:
        """The values it may have, in words."""
        if self.share:
            return "at least 0 and less than 1"
        return "above 0" if self.positive else "0 or more"

    def allows(self, value: float) -> bool:
        """Return whether it may have a value.

        Examples
        --------
        >>> Setting("a share", share=True).allows(1.0), Setting("a weight").allows(1.0)
        (False, True)
        """
        return bool(0 <= value < (1 if self.share else np.inf)) and not (
            self.positive and not value
        )


FLOOR = Setting("share of each probability spread evenly, so that nothing is 0 or 1", share=True)
"""Every model has it."""


@dataclass(frozen=True)
class VoteModel:
    """A row of `sim.models.MODELS`: a way to forecast, and all that is known about it.

    Attributes
    ----------
    forecast : callable
        A function of the question alone.
    about : str
        In one sentence, for the pages.
    settings : mapping of str to Setting
        What it reads of `Question.settings`.
    needs_precedents : bool
        A scenario has to name a precedent, or let them be found.
    window : callable, optional
        A quicker way to the same forecasts of many texts.
    """

    forecast: Callable[[Question], Forecast]
    about: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    needs_precedents: bool = False
    window: Window | None = None

    def __call__(self, question: Question) -> Forecast:
        """Return each state's probabilities with their parts."""
        return self.forecast(question)

    @property
    def all_settings(self) -> dict[str, Setting]:
        """Its settings and those of every model."""
        return {**self.settings, "floor": FLOOR}


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
