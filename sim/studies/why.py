"""Why a state is where it is, in one sentence: only what the parts of its probabilities support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.assembly.members import US
from sim.runs.sentence import case

if TYPE_CHECKING:
    from sim.studies.explain import Explanation

SURE: tuple[tuple[float, str], ...] = (
    (0.99, "virtually certain"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.50, "more likely than not"),
    (0.0, "open, most likely"),
)
"""Least chance of each phrase: the likelihood scale of the IPCC (Mastrandrea et al. 2010)."""
SECOND = 0.25
"""Least chance of another choice that is named beside the likeliest."""
NOTABLE = 0.05
"""Least change of the likeliest choice for which what moves it is named; two choices nearer to each
other than this are called open."""
DO = {
    Choice.YES: ("votes yes", "to vote yes", "voted yes on"),
    Choice.ABSTAIN: ("abstains", "to abstain", "abstained on"),
    Choice.NO: ("votes no", "to vote no", "voted no on"),
    Choice.NON_VOTING: ("does not vote", "not to vote", "did not vote on"),
}
"""Each choice as what a state does, will do, and did on earlier texts."""
NONE_OF_ITS_OWN = "no vote of its own on a like text"
MOVERS = {
    "us": "the assumed US effect",
    "committee": "how it voted in a committee",
    "known": "what the known votes of others tell",
    "precedent": "its votes on like texts",
    "neighbours": "states that vote alike",
    "bloc": "its blocs",
    "record": "its own record",
    "drift": "departures of late",
    "last": "that it was last adopted without a vote",
    "attendance": "its attendance of late",
    "position": "the US position on the text",
}
"""What may move the likeliest choice, as the subject of a clause."""
OF_THE_ARM = ("us", "committee", "known")
"""What comes on top of the forecast that all arms share."""
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
GROUNDS = {
    "assembly": "most members do so on most texts",
    "record": "its own record leans that way",
    "text": "the kind of text, and how new it is, lean that way",
    "bloc": "its blocs lean that way",
    "neighbours": "states that vote alike lean that way",
    "drift": "states have of late moved that way",
    "last": "it was last adopted without a vote",
    "attendance": "it was seldom absent of late",
}
"""Each ground that can decide, as a clause; own votes and sponsoring have their own words."""


def by_ground(explanation: Explanation) -> dict[str, FloatArray]:
    """Return what each kind of reason adds, in the order of the reasons [choice].

    Parameters
    ----------
    explanation : Explanation

    Examples
    --------
    >>> from sim.studies.explain import explain
    >>> found = by_ground(explain("anniversary-2025", "BRA", arm="with-us"))
    >>> list(found)[:2], float(sum(found.values()).sum().round(9))
    (['assembly', 'record'], 1.0)
    """
    found: dict[str, FloatArray] = {}
    for reason in explanation.reasons:
        found[reason.kind] = found.get(reason.kind, np.zeros(len(Choice))) + reason.adds
    return found


def state_sentence(explanation: Explanation, *, label: str = "") -> str:
    """Return what a state is likely to do in an arm, how likely, and the ground that decides it.

    The ground named adds more to the likeliest choice than any other does, and leans to that choice
    by itself; where no ground does both, the sentence says so. Its own votes on the texts that are
    cited are named in any case.

    Parameters
    ----------
    explanation : Explanation
    label : str, optional
        What the arm is called, if it is to be named.

    Examples
    --------
    >>> from sim.studies.explain import explain
    >>> print(state_sentence(explain("anniversary-2025", "IND", arm="with-us")))
    India: very likely to abstain, 90 %: it abstained on all six like texts.
    """
    chances = explanation.probabilities
    top = Choice(int(chances.argmax()))
    condition = f", {case(label, explanation.arm)}" if label else ""
    start = f"{explanation.name}{condition}: "
    if explanation.known:
        return f"{start}{DO[top][0]}; its vote is taken as known."
    ground, shifts = _ground(explanation, top), _shifts(explanation, top)
    own = {} if ground else _own_votes(explanation, top)
    grounds = [ground or _other_ground(explanation, top), *{**own, **shifts}.values()]
    why = "; ".join(dict.fromkeys(grounds))
    return f"{start}{_likely(chances)}: {why}."


def _likely(chances: FloatArray) -> str:
    """Say what is likeliest, how likely, and what else has a good chance."""
    top, *others = sorted(Choice, key=lambda one: -chances[one])
    second = others[0]
    if chances[top] - chances[second] < NOTABLE:
        return (
            f"open between {top.label} ({_percent(chances[top])}) and {second.label} "
            f"({_percent(chances[second])})"
        )
    phrase = next(words for least, words in SURE if round(chances[top], 2) >= least)
    named = [
        f"{_percent(chances[choice])} {choice.label}"
        for choice in others
        if chances[choice] >= SECOND
    ]
    beside = f" ({', '.join(named)})" if named else ""
    return f"{phrase} {DO[top][1]}, {_percent(chances[top])}{beside}"


def votes_in_words(votes: Sequence[int], first: Choice) -> str:
    """Return how a state voted on like texts; one choice comes first.

    Parameters
    ----------
    votes : sequence of int [choice]
        How many like texts it made each choice on.
    first : Choice

    Examples
    --------
    >>> votes_in_words((3, 3, 0, 0), Choice.YES)
    'it voted yes on three of six like texts, and abstained on three'
    >>> votes_in_words((0, 3, 0, 0), Choice.ABSTAIN), votes_in_words((0, 0, 1, 0), Choice.NO)
    ('it abstained on all three like texts', 'it voted no on the one like text')
    """
    together, most = sum(votes), votes[first]
    if together == 1:
        return f"it {DO[first][2]} the one like text"
    if most == together:
        if first == Choice.NON_VOTING:
            none = "neither like text" if most == 2 else f"none of the {_number(most)} like texts"
            return f"it voted on {none}"
        return f"it {DO[first][2]} {'both' if most == 2 else f'all {_number(most)}'} like texts"
    rest = [
        f"{DO[choice][2]} {_number(votes[choice])}"
        for choice in Choice
        if choice != first and votes[choice]
    ]
    told = f"it {DO[first][2]} {_number(most)} of {_number(together)} like texts"
    if len(rest) == 1:
        return f"{told}, and {rest[0]}"
    return f"{told}, {', '.join(rest[:-1])} and {rest[-1]}"


def _ground(explanation: Explanation, top: Choice) -> str:
    """Return the ground that decides if its own votes are or need not be told; else nothing."""
    found = by_ground(explanation)
    if "rule" in found and top == Choice.NON_VOTING:
        return "it has no vote that day (Charter, Art. 19)"
    if explanation.iso3 == US:
        return "the arm sets its position"
    if "sponsor" in found and found["sponsor"][top] > _others_add(found, top):
        return "it sponsors the draft" if explanation.sponsors else "it may join the sponsors"
    (first, leans), votes, then = _decides(found, top), explanation.votes, _then(explanation, top)
    if sum(votes) and votes[then] > 0 and "precedent" in leans:
        if first == "precedent":
            return _voted(explanation, then)
        if 2 * votes[then] > sum(votes):
            return _voted(explanation, then) + _also(first, leans)
    return ""


def _then(explanation: Explanation, choice: Choice) -> Choice:
    """Return what a choice was on the like texts: the opposite, where a step is reversed."""
    return choice.opposite if explanation.turned else choice


def _voted(explanation: Explanation, first: Choice) -> str:
    turned = " (a yes is here what a no was there)" if explanation.turned else ""
    return votes_in_words(explanation.votes, first) + turned


def _other_ground(explanation: Explanation, top: Choice) -> str:
    found, votes = by_ground(explanation), explanation.votes
    first, leans = _decides(found, top)
    if first in OF_THE_ARM:
        size = f"{100 * found[first][top]:+z.0f} points"
        return f"{MOVERS[first]} ({size})"
    if first == "attendance" and top == Choice.NON_VOTING:
        return "it was often absent of late"
    if first in leans and first in GROUNDS:
        if not sum(votes) and first == "bloc":
            return f"no vote of its own on a like text is cited, and {GROUNDS[first]}"
        return GROUNDS[first]
    return "no one ground decides"


def _decides(found: Mapping[str, FloatArray], top: Choice) -> tuple[str, list[str]]:
    """Return the ground that adds most to a choice, and those that lean to it by themselves."""
    decides = [kind for kind in found if kind in (*GROUNDS, *OF_THE_ARM, "precedent")]
    decides.sort(key=lambda kind: -found[kind][top])
    leans = [kind for kind in decides if found[kind][top] > 0 and found[kind].argmax() == top]
    return decides[0] if decides else "", leans


def _own_votes(explanation: Explanation, top: Choice) -> dict[str, str]:
    """Say how the state voted on like texts, where the forecast uses that, by kind of ground.

    The choice comes first that is likeliest now, or was then.
    """
    votes = explanation.votes
    if not sum(votes) or "precedent" not in by_ground(explanation):
        return {}
    then = _then(explanation, top)
    first = then if votes[then] else Choice(int(np.argmax(votes)))
    return {"precedent": _voted(explanation, first)}


def _also(first: str, leans: Sequence[str]) -> str:
    return f", and {GROUNDS[first]}" if first in leans else ""


def _others_add(found: Mapping[str, FloatArray], top: Choice) -> float:
    """Return the most that any ground but sponsoring adds to a choice."""
    return max((adds[top] for kind, adds in found.items() if kind != "sponsor"), default=0.0)


def _shifts(explanation: Explanation, top: Choice) -> dict[str, str]:
    """Say by kind what the arm, known votes and what speaks most against change, where notable."""
    found, told = by_ground(explanation), {}
    against = min(
        (kind for kind in MOVERS if kind in found and kind not in OF_THE_ARM),
        key=lambda kind: found[kind][top],
        default="",
    )
    own = _own_votes(explanation, top).get("precedent")
    for kind in (against, *OF_THE_ARM):
        change = found[kind][top] if kind in found else 0.0
        if kind == against and change > 0:
            continue
        if abs(change) >= NOTABLE:
            who = own or NONE_OF_ITS_OWN if kind == "precedent" else MOVERS[kind]
            told[kind] = f"{who} ({100 * change:+.0f} points)"
    return told


def _percent(chance: float) -> str:
    """Return a chance in whole per cent; one that is not certain is never shown as certain."""
    return ">99 %" if chance >= 0.995 else f"{100 * chance:.0f} %"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)
