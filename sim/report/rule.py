"""What a rule makes of one tally, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.assembly.choices import Choice
from sim.assembly.rules import QUORUM, Verdict


def verdict_lines(verdict: Verdict, tally: Sequence[int]) -> Iterator[str]:
    """Yield the verdict, how many votes decided it, and the rule.

    Parameters
    ----------
    verdict : Verdict
    tally : sequence of int
        Yes, abstain, no and non-voting.

    Examples
    --------
    >>> from sim.assembly.rules import RULES, verdict
    >>> import numpy as np
    >>> for line in verdict_lines(verdict(np.array([93, 58, 24, 18]), RULES["two-thirds"]),
    ...                           [93, 58, 24, 18]):
    ...     print(line)
    Adopted: 93-24-58, 79.5 % of the 117 votes that count; two-thirds is needed.
    To spare: 45 yes, or 22 more no.
    Rule: Charter, Art. 18(2); A/520/Rev.20, rules 83, 84 and 86.
    """
    yes, abstain, no, _ = tally
    voting = yes + tally[Choice.NO]
    share = f"{100 * yes / voting:.1f} % of the {voting} votes that count" if voting else "no votes"
    outcome = "Adopted" if verdict.adopted else "Lost, a tie" if verdict.tie else "Lost"
    yield f"{outcome}: {yes}-{no}-{abstain}, {share}; {verdict.rule.name} is needed."
    if not verdict.quorate:
        yield f"No quorum: {yes + no + abstain} states present, {QUORUM} are needed (rule 67)."
    yield from _distance(verdict)
    yield f"Rule: {verdict.rule.source}."


def _distance(verdict: Verdict) -> Iterator[str]:
    more, fewer = verdict.yes_change, verdict.no_change
    if verdict.adopted:
        assert more is not None  # what is adopted has enough yes
        room = "" if fewer is None else f", or {-fewer} more no"
        if fewer is None and verdict.rule.no_weight:
            room = "; too few members are left to outvote them"
        yield f"To spare: {-more} yes{room}."
        return
    ways = [f"{more} more yes"] if more is not None and more > 0 else []
    ways += [f"{fewer} fewer no"] if fewer is not None and fewer > 0 else []
    if ways:
        yield f"Missing: {', or '.join(ways)}; the other side as it was."
    elif verdict.quorate:
        yield "Missing: more than either side alone could have changed."
