"""The four things a member state can do in a recorded vote, and their letters."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
VoteArray = npt.NDArray[np.int8]
BoolArray = npt.NDArray[np.bool_]


class Choice(IntEnum):
    """One member state's choice; the value is its place on every `choice` axis.

    Examples
    --------
    >>> Choice.ABSTAIN.letter
    'A'
    >>> Choice.from_letter("X")
    <Choice.NON_VOTING: 3>
    """

    YES = 0
    ABSTAIN = 1
    NO = 2
    NON_VOTING = 3

    @property
    def letter(self) -> str:
        """The letter of the choice in published records: Y, A, N or X."""
        return LETTERS[self]

    @property
    def label(self) -> str:
        """The choice in plain words."""
        return ("yes", "abstain", "no", "not voting")[self]

    @property
    def column(self) -> str:
        """The name of the choice in tables and files."""
        return COLUMNS[self]

    @property
    def opposite(self) -> Choice:
        """What the choice is on the opposite text: yes and no change places.

        Examples
        --------
        >>> Choice.NO.opposite, Choice.ABSTAIN.opposite
        (<Choice.YES: 0>, <Choice.ABSTAIN: 1>)
        """
        return {Choice.YES: Choice.NO, Choice.NO: Choice.YES}.get(self, self)

    @classmethod
    def from_letter(cls, letter: str) -> Choice:
        """Return the choice that a letter stands for.

        Raises
        ------
        ValueError
            If the letter is none of Y, A, N, X.
        """
        place = LETTERS.find(letter)
        if len(letter) != 1 or place < 0:
            raise ValueError(f"vote letter {letter!r}: must be one of Y, A, N, X")
        return cls(place)


LETTERS = "YANX"
COLUMNS = ("yes", "abstain", "no", "non_voting")
CHOICES = tuple(Choice)

NOT_A_MEMBER = -1
"""Code in vote arrays of a state with no right to vote that day (letter ``-``)."""

LOST = -2
"""Code in vote arrays of a vote known to be lost in the source (letter ``?``)."""
