"""The way to the vote: several votes in order, where the outcome of one decides what comes next.

Each step is a vote of its own on a ballot of its own. What the votes of a day share is the day's
factors as far as their texts are alike: with likeness r, the stance factors of a step are

    F_step = r F + sqrt(1 - r^2) F',      H_step = r H + sqrt(1 - r^2) H'

standard normal as before, so that every step keeps the probabilities of its model. A hostile
amendment has a negative likeness. Who attends, how much is shared and how strong the effect of the
sponsor's position is are the day's, the same for every step; what is a state's own is new at each.

Known votes are evidence of what states share, whether a way comes to their step or not: they weigh
every way alike but for the form of the text. Where a way passes by the step, it is the text with
nothing changed that they are read on. So what is known of a step never tells whether it is put.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from sim.assembly.choices import BoolArray, FloatArray
from sim.assembly.rules import QUORUM, Rule
from sim.vote.ballot import Ballot
from sim.vote.chance import Chance, Noise
from sim.vote.influence import UNCERTAINTIES


@dataclass(frozen=True)
class Step:
    """One vote on the way.

    Attributes
    ----------
    name : str
    put : float
        Chance that it is put to the vote where the path comes to it.
    likeness : float
        Correlation of its stance factors with those of the day, from -1 to 1.
    same_day : bool
        Whether it is held on the day of the text, so that who attends is the same.
    tabled : int
        Which of its ballots is that of its text with nothing changed by earlier steps.
    """

    name: str
    put: float = 1.0
    likeness: float = 1.0
    same_day: bool = True
    tabled: int = 0

    @property
    def turned(self) -> bool:
        """Whether anything that states share is its own."""
        return abs(self.likeness) < 1 or not self.same_day


@dataclass(frozen=True)
class Place:
    """Where a path can be: before a step, whose text and rule are as what came before left them.

    Attributes
    ----------
    step : int
        Number of the step.
    form : int
        Which of the step's ballots is voted on.
    rule : Rule
    carried, lost, passed : int or str
        What follows if it is carried, lost, or not put: the number of a place, or the name of an
        end.
    """

    step: int
    form: int
    rule: Rule
    carried: int | str
    lost: int | str
    passed: int | str

    @property
    def after(self) -> tuple[int | str, int | str, int | str]:
        """What follows, each way."""
        return self.carried, self.lost, self.passed


Held = TypeVar("Held", BoolArray, FloatArray)
Leaving = tuple[Held, Held, Held]
"""What leaves a place carried, lost, and without a vote."""


@dataclass(frozen=True)
class Path:
    """Every way through the steps.

    Attributes
    ----------
    steps : tuple of Step
    places : tuple of Place
        The first is where the path begins; what follows a place comes after it.
    ballots : mapping of arm to tuple [step] of tuple [form] of Ballot
    quorum : int
        Members that have to be present [states].

    Raises
    ------
    ValueError
        If a place leads backwards, so that the path need not end.
    """

    steps: tuple[Step, ...]
    places: tuple[Place, ...]
    ballots: Mapping[str, tuple[tuple[Ballot, ...], ...]]
    quorum: int = QUORUM

    def __post_init__(self) -> None:
        """Refuse paths that turn back."""
        for number, place in enumerate(self.places):
            for after in place.after:
                if isinstance(after, int) and not number < after < len(self.places):
                    raise ValueError(
                        f"place {number} leads to {after}: only later ones are allowed"
                    )

    @property
    def ends(self) -> tuple[str, ...]:
        """The names of the ends, in the order in which places name them."""
        after = (one for each in self.places for one in each.after if isinstance(one, str))
        return tuple(dict.fromkeys(after))

    @property
    def votes(self) -> tuple[tuple[int, int], ...]:
        """Each step and form that may be voted on, or that known votes may be read on."""
        voted = [(place.step, place.form) for place in self.places]
        tabled = [(number, step.tabled) for number, step in enumerate(self.steps)]
        return tuple(dict.fromkeys(voted + tabled))

    def passed_by(self, number: int, way: int) -> range:
        """Return the steps that a way out of a place passes by; an end passes by all that are left.

        Examples
        --------
        >>> from sim.assembly.rules import RULES
        >>> motion = Place(0, 0, RULES["simple"], "stopped", 1, 1)
        >>> text = Place(1, 0, RULES["simple"], "adopted", "lost", "lost")
        >>> path = Path((Step("motion"), Step("text")), (motion, text), {})
        >>> [list(path.passed_by(0, way)) for way in range(3)]
        [[1], [], []]
        """
        place = self.places[number]
        after = place.after[way]
        stop = len(self.steps) if isinstance(after, str) else self.places[after].step
        return range(place.step + 1, stop)

    def always(self, step: int) -> bool:
        """Whether every way through the path holds a vote on a step."""
        reached = {0}
        for number, place in enumerate(self.places):
            if number in reached:
                ways = [place.carried, place.lost] if place.step != step else []
                ways += [place.passed] if self.steps[place.step].put < 1 else []
                if any(isinstance(after, str) for after in ways):
                    return False
                reached |= {after for after in ways if isinstance(after, int)}
        return True

    def chances(self, *, seed: int, draws: int) -> tuple[Chance, ...]:
        """Return the chance of the day, and after it that of each step."""
        of_day = self.day(seed=seed, draws=draws)
        return (of_day, *(replace(of_day, stream=self.stream(k)) for k in range(len(self.steps))))

    def day(self, *, seed: int, draws: int) -> Chance:
        """Return the chance of what all steps share."""
        ballot = next(iter(self.ballots.values()))[0][0]
        factors = ballot.dependence.factor_count + UNCERTAINTIES
        return Chance(seed, draws, states=len(ballot.probabilities), factors=factors)

    def noise(self, day: Noise, own: Iterable[Noise]) -> tuple[Noise, ...]:
        """Return the noise of each step, of the day's and of each step's own."""
        return tuple(
            rotated(day, mine, step.likeness, same_day=step.same_day)
            for mine, step in zip(own, self.steps, strict=True)
        )

    def follow(
        self, start: Held, leave: Callable[[int, Held], Leaving[Held]]
    ) -> tuple[tuple[Leaving[Held], ...], Held]:
        """Send draws (booleans) or chances from the first place on to the ends [end, ...].

        What leaves each place, given its number and what comes to it, is told by ``leave``.

        Examples
        --------
        >>> from sim.assembly.rules import RULES
        >>> place = Place(0, 0, RULES["simple"], "adopted", "lost", "lost")
        >>> way = Path((Step("text"),), (place,), {})
        >>> way.follow(np.ones(1), lambda number, here: (here / 2, here / 4, here / 4))[1]
        array([[0.5], [0.5]])
        """
        counts = len(self.places), len(self.ends)
        at, ends = (np.zeros((count, *start.shape), start.dtype) for count in counts)
        at[0], gone = start, []
        for number, place in enumerate(self.places):
            gone.append(leave(number, at[number]))
            for some, after in zip(gone[-1], place.after, strict=True):
                if isinstance(after, str):
                    ends[self.ends.index(after)] += some
                else:
                    at[after] += some
        return tuple(gone), ends

    def stream(self, step: int) -> int:
        """Return which stream of chance a step has; a lone vote's is the day's own."""
        only = self.steps[0]
        first = step == 0 and only.likeness == 1 and only.put == 1 and only.same_day
        return 0 if first else step + 1


def rotated(day: Noise, own: Noise, likeness: float, *, same_day: bool = True) -> Noise:
    """Return the noise of one step: the day's as far as texts are alike, else its own.

    Parameters
    ----------
    day, own : Noise
    likeness : float
        From -1 to 1.
    same_day : bool
        Whether who attends is the day's.

    Examples
    --------
    >>> level = np.zeros((1, 1), dtype=np.uint16)
    >>> numbers = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]], dtype=np.float32)
    >>> day = Noise(numbers, level, level, np.zeros((1, 3), dtype=np.float32))
    >>> rotated(day, day, -1.0).factors  # attendance and the effect are the day's
    array([[-1.,  2., -3.,  4.,  5.]], dtype=float32)
    """
    if likeness == 1 and same_day:
        factors = day.factors
    else:
        rest = np.float32(np.sqrt(1 - likeness**2))
        factors = np.float32(likeness) * day.factors + rest * own.factors
        factors[:, 1] = (day if same_day else own).factors[:, 1]
        factors[:, -UNCERTAINTIES:] = day.factors[:, -UNCERTAINTIES:]
    return Noise(factors, own.stance_level, own.attendance_level, day.uniform)
