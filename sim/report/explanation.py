"""Why a state is where it is: a sentence, a short table, and every part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.report.forecast import SHOWN
from sim.report.table import Table
from sim.report.words import points, short_chance, whole_percent
from sim.runs.sentence import case
from sim.studies.explain import Explanation, InCommittee, Reason, main_choice, moved
from sim.studies.why import DO, by_ground, state_sentence

MOVES = {
    "us": "US position in this arm",
    "committee": "its vote in a committee",
    "known": "known votes",
}
"""Reasons that never add anything, shown in other words than their own."""
NOTHING = 1e-6
"""Share below which a reason only moves chances from one choice to another."""
CALLED = {
    "assembly": "all members on most texts",
    "record": "own record",
    "text": "the kind of text, and how new it is",
    "bloc": "its blocs",
    "precedent": "own votes on like texts",
    "neighbours": "states that vote alike",
    "drift": "departures of late",
    "last": "last adopted without a vote",
    "attendance": "own attendance of late",
    "position": "US position on the text",
    "sponsor": "sponsoring the draft",
    "floor": "every choice is possible",
    "rule": "no vote under Article 19",
    **MOVES,
}
"""What each kind of part is called where they are put together."""
BESIDE = "Chances of yes, no and abstention [%] in other arms"
LEAST = 0.01
"""Parts that add or move less than this are put together in the short table."""


def short_explanation(
    explanations: Sequence[Explanation], labels: Mapping[str, str]
) -> tuple[str, Table]:
    """Return the sentence on a state in the first arm, and one table: kinds of parts, other arms.

    Parameters
    ----------
    explanations : sequence of Explanation
        Of one state, the arm in question first.
    labels : mapping of arm to str
        What each arm is called.

    Examples
    --------
    >>> import numpy as np
    >>> own = Reason("precedent", "ES-11/6", np.array([0.1, 0.8, 0.0, 0.1]))
    >>> brazil = Explanation("BRA", "Brazil", "a", (own,), votes=(0, 3, 0, 0))
    >>> text, table = short_explanation([brazil], {"a": "US votes no"})
    >>> text
    'Brazil: likely to abstain, 80 %: it abstained on all three like texts.'
    >>> table.rows[0]
    ('own votes on like texts', '10.0', '0.0', '80.0', '10.0')
    """
    first, *others = explanations
    several = len(labels) > 1
    found = by_ground(first)
    small = [kind for kind, adds in found.items() if np.abs(adds).max() < LEAST]
    rows = [
        (CALLED.get(kind, kind), *(_shown(adds, choice) for choice in SHOWN))
        for kind, adds in found.items()
        if kind not in small
    ]
    if small:
        rest = np.sum([found[kind] for kind in small], axis=0)
        rows.append(("all else", *(_shown(rest, choice) for choice in SHOWN)))
    chances = first.probabilities
    arms = "; ".join(
        f"{labels[one.arm]} "
        + ", ".join(short_chance(one.probabilities[choice]) for choice in SHOWN[:3])
        for one in others
        if not first.known
    )
    table = Table(
        "What it rests on [percentage points]",
        ("part", *(choice.label for choice in SHOWN)),
        tuple(rows),
        total=("together", *(_hundredths(chances[choice]) for choice in SHOWN)),
        note=f"{BESIDE}: {arms}." if arms else "",
    )
    label = labels[first.arm] if several else ""
    told = [state_sentence(first, label=label), *map(_after_committee, first.committees)]
    return " ".join(told), table


def _after_committee(one: InCommittee) -> str:
    _, will, did = DO[one.voted]
    chance = whole_percent(float(one.chances[one.voted]))
    return (
        f"It {did.removesuffix(' on')} in the step {one.committee}: given that, it is {chance} "
        f"likely {will} on {one.text}. The table leaves this out."
    )


def _shown(adds: FloatArray, choice: Choice) -> str:
    """Return a share of a chance; where a part also takes, with its sign."""
    change = float(adds[choice])
    return points(change) if adds.min() < -NOTHING else _hundredths(change)


def explanation_table(explanation: Explanation, label: str) -> Table:
    """Return where a state's probabilities come from, a row a reason, adding up.

    Parameters
    ----------
    explanation : Explanation
    label : str
        What its arm is called.

    Examples
    --------
    >>> import numpy as np
    >>> sure = Reason("position", "own position", np.array([0.9, 0.1, 0.0, 0.0]))
    >>> explanation_table(Explanation("USA", "United States", "with-us", (sure,)), "US is in").total
    ('together', '100.0', '90.0', '0.0', '10.0', '0.0')
    """
    rows = [
        (
            _reason(reason),
            _share(reason),
            *(_added(reason, choice) for choice in SHOWN),
        )
        for reason in explanation.reasons
    ]
    final = explanation.probabilities
    return Table(
        f"{explanation.name} ({explanation.iso3}) {case(label, explanation.arm)}: what "
        "each part adds [percentage points]",
        ("part", "share", *(choice.label for choice in SHOWN)),
        tuple(rows),
        total=("together", *map(_hundredths, (final.sum(), *(final[choice] for choice in SHOWN)))),
    )


def _only_moves(reason: Reason) -> bool:
    return reason.kind in MOVES or abs(reason.share) < NOTHING


def _share(reason: Reason) -> str:
    if _only_moves(reason):
        return f"moves {_hundredths(moved(reason))}"
    return _hundredths(reason.share)


def _added(reason: Reason, choice: Choice) -> str:
    adds = float(reason.adds[choice])
    if _only_moves(reason) or (reason.adds < 0).any():
        return points(adds)
    return _hundredths(adds) if adds else ""


def _hundredths(share: float) -> str:
    return f"{100 * share:z.1f}"


def _reason(reason: Reason) -> str:
    if reason.kind == "bloc":
        return f"bloc {reason.name}"
    if reason.kind == "precedent" and (reason.adds != 0).sum() == 1:
        return f"own vote on {reason.name}: {main_choice(reason).label}"
    if reason.kind == "attendance" and not _only_moves(reason):
        return f"absence, from {reason.name}"
    return MOVES.get(reason.kind, reason.name)
