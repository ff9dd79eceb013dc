"""What a word, letter or number of a published file means as a vote."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sim.assembly.choices import LOST, NOT_A_MEMBER, Choice

UNREADABLE, BLANK = -9, -8
"""Codes of a vote that is none of those allowed, and of none at all; never in a record."""

WORDS: Mapping[str, int] = {
    **{choice.letter: int(choice) for choice in Choice},
    **{"-": NOT_A_MEMBER, "?": LOST, "": BLANK},
    **dict.fromkeys(("YES", "IN FAVOUR", "IN FAVOR", "FOR"), Choice.YES),
    **dict.fromkeys(("ABSTAIN", "ABSTAINED", "ABSTENTION", "ABSTAINING"), Choice.ABSTAIN),
    **dict.fromkeys(("NO", "AGAINST"), Choice.NO),
    **dict.fromkeys(("NV", "ABSENT", "NOT VOTING", "NON VOTING", "NONVOTING"), Choice.NON_VOTING),
}
NUMBERS: Mapping[str, int] = {
    **WORDS,
    **{"1": Choice.YES, "2": Choice.ABSTAIN, "3": Choice.NO, "8": Choice.NON_VOTING},
    "9": NOT_A_MEMBER,
}


def whole_number(text: str) -> str:
    """Return a number as a table without fractions writes it; other texts as they are.

    Examples
    --------
    >>> whole_number("77.0"), whole_number("ES-11")
    ('77', 'ES-11')
    """
    return re.sub(r"(?<=\d)\.0+$", "", text)


def vote_of(text: str, codes: Mapping[str, int] = WORDS) -> int:
    """Return the code of a vote; `UNREADABLE` where the text is none of `codes`.

    Examples
    --------
    >>> [vote_of(text) for text in ("Y", "nv", "Non-Voting", "?", "maybe")]
    [0, 3, 3, -2, -9]
    """
    words = re.sub(r"(?<=\w)[\s_-]+(?=\w)", " ", whole_number(text.upper()))
    return int(codes.get(words, UNREADABLE))
