"""The answer of a run in one sentence of at most 40 words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sim.assembly.choices import Choice
from sim.scenario.ballots import ballots, free_to_follow
from sim.scenario.case import Case
from sim.vote.exact.solve import marginals
from sim.vote.outcomes import few, summary, supported, supported_shares
from sim.vote.outcomes.tables import Outcomes

SURE: tuple[tuple[float, str], ...] = (
    (0.99, "virtually certain to be adopted"),
    (0.90, "very likely to be adopted"),
    (0.66, "likely to be adopted"),
    (0.33, "about as likely to be adopted as not"),
    (0.10, "unlikely to be adopted"),
    (0.01, "very unlikely to be adopted"),
    (0.0, "virtually certain to fail"),
)
"""Least chance of each phrase: the likelihood scale of the IPCC (Mastrandrea et al. 2010)."""

NAMED = 2
"""Ends that the sentence on a path names."""
TOLD = 0.05
"""Least difference between arms in the chance of an end that it names."""
WORDS = 40
"""Where the sentence would be longer it says less of the other arm, in the end nothing."""


def sentence(
    outcomes: Outcomes,
    labels: Mapping[str, str],
    *,
    us: Mapping[str, object],
    followed: Mapping[str, float] | None = None,
) -> str:
    """Return what is expected in the first arm, and in the arm furthest from it.

    Parameters
    ----------
    outcomes : Outcomes
    labels : mapping of arm to str
        What each arm is called.
    us : mapping of arm to object
        The position of the United States: arms that differ in it differ by an assumed effect.
    followed : mapping of arm to float, optional
        Expected yes if sponsors follow the United States like everybody else, the assumption that
        moves a difference between arms most; see `if_sponsors_follow` [votes].

    Examples
    --------
    >>> from sim.runs.simulate import simulate
    >>> outcomes = simulate("jerusalem-2017", draws=10)
    >>> labels = {"us-votes-no": "US votes no", "us-lobbies": "US votes no and threatens"}
    >>> us = {"us-votes-no": "no", "us-lobbies": "no-and-lobbies"}
    >>> sentence(outcomes, labels, us=us).split(", with")[0]
    'If the US votes no, the draft is virtually certain to be adopted'
    """
    yes = {arm: summary(found.tallies[Choice.YES]) for arm, found in outcomes.arms.items()}
    first, *others = yes
    start = case(labels[first], first)
    chance = supported(outcomes.arms[first].adopted, outcomes.support)
    start = as_far_as(outcomes.support) + start
    if outcomes.known_in(first) < outcomes.surprising_below:
        start = f"after votes held hardly possible: {start}"
    text = (
        f"{capitalised(start)}, the draft is {in_words(chance)}, with about "
        f"{yes[first]['mean']:.0f} yes (90 % range: {yes[first]['q05']:.0f} to "
        f"{yes[first]['q95']:.0f})"
    )
    if not others:
        return f"{text}."
    furthest = max(others, key=lambda arm: abs(yes[arm]["mean"] - yes[first]["mean"]))
    there = f"{text}; {case(labels[furthest], furthest)}, "
    change = round(yes[furthest]["mean"] - yes[first]["mean"])
    then = round(followed[furthest] - followed[first]) if followed else change
    short = f"{there}{'an assumed' if change else 'about'} {_more(change)}"
    if then != change:
        forms = [f"{short}, or {_more(then)} if sponsors follow it.", f"{short}."]
    elif us[furthest] != us[first]:
        forms = [f"{there}about {_more(change)}, on an assumed US effect.", f"{short}."]
    else:
        forms = [f"{there}about {_more(change)}."]
    return next((one for one in forms if len(one.split()) <= WORDS), f"{text}.")


def as_far_as(draws: float) -> str:
    """Return a clause that warns of few draws, to begin a sentence with; else nothing.

    Examples
    --------
    >>> as_far_as(10), as_far_as(1), as_far_as(20_000)
    ('as far as 10 draws tell, ', 'as far as 1 draw tells, ', '')
    """
    if not few(draws):
        return ""
    number = max(round(draws), 1)
    return f"as far as {number} draw{' tells' if number == 1 else 's tell'}, "


def _more(change: int) -> str:
    return f"{abs(change)} {'more' if change > 0 else 'fewer'}" if change else "as many"


def if_sponsors_follow(case: Case) -> dict[str, float]:
    """Return the expected yes of each arm if sponsors follow the United States like all others.

    Empty where nobody is bound by sponsoring, or votes are known.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> found = if_sponsors_follow(resolve("anniversary-2025"))
    >>> found["us-opposes"] < found["with-us"] - 10
    True
    >>> if_sponsors_follow(resolve("rights-2024"))
    {}
    """
    bound = {arm: free_to_follow(case, arm) < 1 for arm in case.scenario.arms}
    if case.known or not any(states.any() for states in bound.values()):
        return {}
    return {
        arm: float(marginals(replace(ballot, influence=case.influence))[:, Choice.YES].sum())
        for arm, ballot in ballots(case).items()
    }


def in_words(chance: float) -> str:
    """Return how likely adoption is, in words.

    Examples
    --------
    >>> in_words(0.993), in_words(0.05)
    ('virtually certain to be adopted', 'very unlikely to be adopted')
    """
    return next(words for least, words in SURE if chance >= least)


def capitalised(text: str) -> str:
    """Return a text that begins with a capital letter.

    Examples
    --------
    >>> capitalised("if the US votes no")
    'If the US votes no'
    """
    return f"{text[:1].upper()}{text[1:]}"


def case(label: str, arm: str) -> str:
    """Return an arm as the condition of a sentence.

    Examples
    --------
    >>> case("US does not co-sponsor", "without-us"), case("Later text", "later")
    ('if the US does not co-sponsor', "in the arm later ('Later text')")
    """
    if label.startswith(("US ", "United States ")):
        return f"if the {label}"
    return f"in the arm {arm}" if label == arm else f"in the arm {arm} ({label!r})"


def chance_of(end: Mapping[str, float]) -> float:
    """Return the chance of an end: as computed, or else as drawn.

    Examples
    --------
    >>> chance_of({"simulated": 0.2})
    0.2
    """
    return end["exact"] if "exact" in end else end["simulated"]


def steps_sentence(
    steps: Mapping[str, Any], labels: Mapping[str, str], *, draws: float = math.inf
) -> str:
    """Return how the path ends in the first arm, the likeliest ends first, and what changes most.

    Parameters
    ----------
    steps : mapping
        As `sim.runs.steps.steps_of` gives them.
    labels : mapping of arm to str
    draws : float
        How many draws the chances rest on: infinitely many where they are computed.

    Examples
    --------
    >>> ends = {"adopted": {"exact": 0.9}, "rejected": {"exact": 0.1}}
    >>> steps_sentence({"arms": {"as-is": {"ends": ends}}}, {"as-is": "US votes no"})
    'If the US votes no: adopted in about 9 of 10 cases, rejected in about 1.'
    """
    arm = next(iter(steps["arms"]))
    of_arms = {one: _supported(found["ends"], draws) for one, found in steps["arms"].items()}
    ends = of_arms[arm]
    likely = sorted(ends, key=lambda one: -ends[one])[:NAMED]
    start = as_far_as(draws) + case(labels[arm], arm)
    parts = [f"{name} in {_of_ten(ends[name])}" for name in likely]
    parts[0] += " of 10 cases"
    told = f"{capitalised(start)}: {', '.join(parts)}"
    apart = {
        (other, name): abs(of[name] - ends[name])
        for other, of in of_arms.items()
        for name in likely
    }
    other, name = max(apart, key=lambda pair: apart[pair])
    if apart[other, name] < TOLD:
        return f"{told}."
    then = of_arms[other][name]
    return f"{told}; {case(labels[other], other)}, {name} in {_of_ten(then)}."


def _supported(ends: Mapping[str, Mapping[str, float]], draws: float) -> dict[str, float]:
    """Return the chance of each end, as far as so many draws support it."""
    shares = np.array([chance_of(end) for end in ends.values()])
    return dict(zip(ends, supported_shares(shares, draws).tolist(), strict=True))


def _of_ten(chance: float) -> str:
    tenths = round(10 * chance)
    if 1 <= tenths <= 9:
        return f"about {tenths}"
    return "fewer than 1" if tenths < 1 else "more than 9"
