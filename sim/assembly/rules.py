"""When a proposal is adopted: majorities, quorum, ties, and who may vote.

Yes and no decide; an abstention and an absence do not ("present and voting", rule 86). Numbers of
rules are those of the Rules of Procedure of the General Assembly (A/520/Rev.20).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from sim.assembly.choices import BoolArray, Choice

MEMBERSHIP = 193
QUORUM = 97
"""Members that have to be present for any decision: a majority of 193 (rule 67) [states]."""
TWO_THIRDS_OF_MEMBERS = 129
"""Yes votes that a Charter amendment needs: two thirds of 193 (Charter, Art. 108) [states]."""

TallyArray = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Rule:
    """One way to decide, as a straight line in the counts so that it can also be computed exactly.

    A proposal is adopted if ``yes_weight * yes + no_weight * no >= at_least``, at least one state
    says yes, and a quorum is present.

    Attributes
    ----------
    name : str
        As scenarios write it.
    source : str
        The rule or article.
    yes_weight, no_weight, at_least : int
        The line.
    """

    name: str
    source: str
    yes_weight: int
    no_weight: int
    at_least: int

    def __call__(self, tally: TallyArray, *, quorum: int = QUORUM) -> BoolArray:
        """Decide which tallies adopt the proposal.

        Parameters
        ----------
        tally : array [..., choice]
            Counts of yes, abstain, no and non-voting [states].
        quorum : int
            Members that have to be present [states].

        Returns
        -------
        array of bool [...]

        Examples
        --------
        >>> tally = [93, 65, 18, 17]
        >>> bool(RULES["two-thirds"](np.array(tally)))
        True
        >>> bool(RULES["two-thirds-of-members"](np.array(tally)))
        False
        """
        yes, no = votes_that_count(tally)
        line = self.yes_weight * yes + self.no_weight * no
        return np.asarray((line >= self.at_least) & (yes > 0) & quorate(tally, quorum=quorum))


def votes_that_count(tally: TallyArray) -> tuple[TallyArray, TallyArray]:
    """Return the yes and the no counts, after checking that the tally is one.

    Raises
    ------
    ValueError
        If the last axis is not the four choices or a count is negative or not whole.

    Examples
    --------
    >>> yes, no = votes_that_count(np.array([93, 65, 18, 17]))
    >>> int(yes), int(no)
    (93, 18)
    >>> votes_that_count(np.array([93, 65, 18]))
    Traceback (most recent call last):
    ValueError: tally of shape (3,): the last axis must be the four choices
    """
    tally = np.asarray(tally)
    if tally.ndim == 0 or tally.shape[-1] != len(Choice):
        raise ValueError(f"tally of shape {tally.shape}: the last axis must be the four choices")
    if not np.issubdtype(tally.dtype, np.integer):
        raise ValueError(f"tally of type {tally.dtype}: counts are whole numbers")
    if np.issubdtype(tally.dtype, np.signedinteger) and (tally < 0).any():
        raise ValueError(f"tally with {int(tally.min())}: counts are not negative")
    wide = tally.astype(np.int64)
    return wide[..., Choice.YES], wide[..., Choice.NO]


def quorate(tally: TallyArray, *, quorum: int = QUORUM) -> BoolArray:
    """Decide which tallies have a quorum; abstainers are present (rule 67).

    Examples
    --------
    >>> quorate(np.array([[50, 40, 6, 97], [50, 40, 7, 96]]))
    array([False,  True])
    """
    tally = np.asarray(tally)
    absent = tally[..., Choice.NON_VOTING].astype(np.int64)
    return np.asarray(tally.astype(np.int64).sum(axis=-1) - absent >= quorum)


def tied(tally: TallyArray) -> BoolArray:
    """Decide which tallies are a tie: as many yes as no, and at least one of each.

    In plenary a tie is put to a second vote within 48 hours and then lost (rule 95); in a committee
    it is lost at once (rule 133). Either way it adopts nothing.

    Examples
    --------
    >>> tied(np.array([[80, 20, 80, 13], [81, 20, 79, 13], [0, 180, 0, 13]]))
    array([ True, False, False])
    """
    yes, no = votes_that_count(tally)
    return np.asarray((yes == no) & (yes > 0))


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule("simple", "A/520/Rev.20, rules 85, 86 and 125", 1, -1, 1),
            Rule("two-thirds", "Charter, Art. 18(2); A/520/Rev.20, rules 83, 84 and 86", 1, -2, 0),
            Rule("two-thirds-of-members", "Charter, Art. 108", 1, 0, TWO_THIRDS_OF_MEMBERS),
        )
    }
)
"""Every rule a scenario can name. A new one is one row."""


@dataclass(frozen=True)
class Verdict:
    """What a rule makes of a tally, and how far it was from the other outcome.

    Attributes
    ----------
    rule : Rule
    adopted : bool
    tie : bool
        As many yes as no.
    yes_change : int or None
        Votes of yes that were missing (positive), or that could have been lost (zero or negative),
        the no votes as they are; None where no number of yes would do, as with too few states.
    no_change : int or None
        Votes of no that would have had to be fewer (positive), or that there could have been more
        (zero or negative), the yes votes as they are; None if no number of no decides, as where the
        members are too few to outvote the yes.
    quorate : bool
        Whether enough states were present.
    """

    rule: Rule
    adopted: bool
    tie: bool
    yes_change: int | None
    no_change: int | None
    quorate: bool


def verdict(tally: TallyArray, rule: Rule, *, quorum: int = QUORUM) -> Verdict:
    """Return what a rule makes of one tally, and how many votes either way decide it.

    Parameters
    ----------
    tally : array [choice]
        Counts of yes, abstain, no and non-voting [states].
    rule : Rule
    quorum : int
        Members that have to be present [states].

    Examples
    --------
    Canada's amendment of 27 October 2023: 110 yes to 55 no would have been two thirds, or 88 to 44.

    >>> found = verdict(np.array([88, 23, 55, 27]), RULES["two-thirds"])
    >>> found.adopted, found.yes_change, found.no_change
    (False, 22, 11)
    """
    yes, no = (int(count) for count in votes_that_count(tally))
    # the fewest yes and the most no that the line allows; one yes at least
    least = max(-((rule.no_weight * no - rule.at_least) // rule.yes_weight), 1)
    most = (rule.yes_weight * yes - rule.at_least) // -rule.no_weight if rule.no_weight else None
    return Verdict(
        rule,
        bool(rule(tally, quorum=quorum)),
        bool(tied(tally)),
        least - yes if least + no <= MEMBERSHIP else None,
        None if most is None or yes == 0 or not 0 <= most < MEMBERSHIP - yes else no - most,
        bool(quorate(tally, quorum=quorum)),
    )


def read_tally(text: str) -> tuple[int, int, int, int]:
    """Return the tally written as yes-no-abstain; all other members did not vote.

    Returns
    -------
    tuple of int
        Yes, abstain, no and non-voting [states].

    Raises
    ------
    ValueError
        If it is none, or of more than the 193 members.

    Examples
    --------
    >>> read_tally("88-55-23")
    (88, 23, 55, 27)
    """
    parts = text.strip().replace("\N{EN DASH}", "-").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"{text!r:.80}: expected yes-no-abstain, such as 88-55-23")
    numbers = [part.lstrip("0") or "0" for part in parts]
    # more digits than a number is read from are too many votes already
    given = max(numbers, key=len)
    if len(given) <= len(str(MEMBERSHIP)):
        given = str(sum(map(int, numbers)))
    if len(given) > len(str(MEMBERSHIP)) or int(given) > MEMBERSHIP:
        raise ValueError(
            f"{text!r:.80}: {given:.40} votes; there are {MEMBERSHIP} members, so yes, no and "
            f"abstentions are {MEMBERSHIP} together at most"
        )
    yes, no, abstain = map(int, numbers)
    return yes, abstain, no, MEMBERSHIP - yes - no - abstain
