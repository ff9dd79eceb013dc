"""What calls are to reach: a straight line in the counts."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.assembly.choices import Choice, IntArray
from sim.assembly.rules import RULES, Rule

LINES = {
    "yes>=": (1, 0, 0, 0),
    "margin>=": (1, 0, -1, 0),
    "abstain<=": (0, -1, 0, 0),
    "no<=": (0, 0, -1, 0),
}
"""What each yes, abstention, no and non-voting adds to the targets with a number."""
MANY = 1000
"""More than the states of any assembly."""


@dataclass(frozen=True)
class Target:
    """What is to be reached: a straight line in the counts.

    Attributes
    ----------
    label : str
        As the user wrote it.
    weights : tuple of int [choice]
        What each yes, abstention, no and non-voting adds.
    at_least : int
    against : bool
        Whether it is served by less support.

    Examples
    --------
    >>> Target.of("margin>=20").weights, Target.of("no<=9").at_least
    ((1, 0, -1, 0), -9)
    """

    label: str
    weights: tuple[int, int, int, int]
    at_least: int
    against: bool = False

    @classmethod
    def of(cls, text: str) -> Target:
        """Return the target a text names.

        Raises
        ------
        ValueError
            If it is none: a rule, ``majority`` (the simple one), ``yes>=N``, ``margin>=N`` of yes
            less no, ``abstain<=N`` or ``no<=N``.
        """
        if isinstance(text, str) and (text in RULES or text == "majority"):
            return cls.of_rule(RULES.get(text, RULES["simple"]), label=text)
        found = re.fullmatch(r"(\w+[<>]=)(\d+)", str(text).replace(" ", ""))
        if found and found[1] in LINES:
            number = int(found[2])
            return cls(text, LINES[found[1]], -number if "<" in found[1] else number)
        allowed = [f"{line}N" for line in LINES] + ["majority", *RULES]
        raise ValueError(f"target {text!r}: must be one of {', '.join(allowed)}")

    @classmethod
    def of_rule(cls, rule: Rule, *, label: str | None = None) -> Target:
        """Return the target of adoption under a rule, a quorum taken for granted.

        A rule whose line is reached at 0 to 0 also asks for one yes. The line is then stretched, so
        that the yes votes, fewer than one of its steps, are what lifts a tally on it.

        Examples
        --------
        Two thirds: 2 to 1 reach it, 0 to 0 do not.

        >>> line = Target.of("two-thirds")
        >>> [bool(line.short([yes, 0, no, 0]) <= 0) for yes, no in ((2, 1), (0, 0), (193, 97))]
        [True, False, False]
        """
        yes, no, at_least = rule.yes_weight, rule.no_weight, rule.at_least
        if at_least <= 0:
            yes, no, at_least = MANY * yes + 1, MANY * no, MANY * at_least + 1
        return cls(label or rule.name, (yes, 0, no, 0), at_least)

    @classmethod
    def of_defeat(cls, rule: Rule, *, label: str) -> Target:
        """Return the target of no adoption under a rule.

        Examples
        --------
        >>> line = Target.of_defeat(RULES["simple"], label="lost")
        >>> [bool(line.short([yes, 0, no, 0]) <= 0) for yes, no in ((2, 1), (1, 1), (0, 0))]
        [False, True, True]
        """
        won = cls.of_rule(rule)
        yes, abstain, no, away = (-weight for weight in won.weights)
        return cls(label, (yes, abstain, no, away), 1 - won.at_least, against=True)

    @property
    def vote(self) -> Choice:
        """The vote that serves it best."""
        return Choice.NO if self.against else Choice.YES

    @property
    def gains(self) -> IntArray:
        """What each choice adds [choice]."""
        return np.array(self.weights)

    def short(self, tally: npt.ArrayLike) -> IntArray:
        """Return what tallies are short of the target, 0 or less where they reach it [...].

        Parameters
        ----------
        tally : array of int [..., choice]
        """
        return np.asarray(self.at_least - np.asarray(tally) @ self.gains)

    @property
    def called_to(self) -> tuple[Choice, ...]:
        """The choices that serve the target and that more support, or less, leads to."""
        led_to = (self.vote, Choice.ABSTAIN)
        best = max(self.weights[choice] for choice in led_to)
        return tuple(choice for choice in led_to if self.weights[choice] == best)
