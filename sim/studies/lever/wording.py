"""The wording lever: what each demand goes with in votes, its range, and what that rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.assembly.choices import Choice
from sim.record.cited import cited_asks
from sim.scenario.case import Case, Resolvable, resolve
from sim.studies.lever.effect import Effect, effect_of
from sim.studies.lever.texts import LikeText, texts_on_subject

if TYPE_CHECKING:
    import pandas as pd

LEAST = 3
"""Series with a demand, and without it, below which no number is given."""
COUNTS = (Choice.YES, Choice.NO, Choice.ABSTAIN)


@dataclass(frozen=True)
class Demand:
    """One demand, and what changes if the text no longer makes it, or makes it too.

    Attributes
    ----------
    name : str
    asked : bool
        Whether the text makes it: the change is then that of leaving it out, else of putting it in.
    having, lacking : tuple of LikeText
        Like texts that make it, and that do not.
    changes : dict of Choice to Effect
        Change of each count, with its 90 % range [votes]; empty if there is no number.
    reason : str
        Why there is no number.
    """

    name: str
    asked: bool
    having: tuple[LikeText, ...]
    lacking: tuple[LikeText, ...]
    changes: dict[Choice, Effect]
    reason: str

    @property
    def clear(self) -> bool:
        """Whether the 90 % range of yes leaves out zero."""
        return bool(self.changes) and not (
            self.changes[Choice.YES].low <= 0 <= self.changes[Choice.YES].high
        )

    @property
    def sentence(self) -> str:
        """The change of yes, its range and what it rests on; or why there is no number."""
        if not self.changes:
            return f"{self.name}: no number; {self.reason}."
        yes = self.changes[Choice.YES]
        ends = f"{_votes(yes.low)} to {_votes(yes.high)}"
        return (
            f"{'Without' if self.asked else 'With'} the demand {self.name}: about "
            f"{_votes(yes.mean)} yes (90 % range: {ends}); like texts: {_rests(self.having)} make "
            f"it, {_rests(self.lacking)} do not."
        )


@dataclass(frozen=True)
class Lever:
    """What each demand goes with in votes.

    Attributes
    ----------
    case : Case
    texts : tuple of LikeText
        All like texts, oldest first.
    demands : tuple of Demand
        Those that the text makes, then those of like texts alone.
    """

    case: Case
    texts: tuple[LikeText, ...]
    demands: tuple[Demand, ...]

    def __repr__(self) -> str:
        """Return the answer in a sentence."""
        return f"Lever({self.case.stem!r}: {self.sentence})"

    @property
    def sentence(self) -> str:
        """The answer: the demands that can be told from none, most votes first."""
        told = [one for one in self.demands if one.changes]
        clear = [one for one in told if one.clear]
        if clear:
            most = max(clear, key=lambda one: abs(one.changes[Choice.YES].mean))
            leave = "leaves" if len(clear) == 1 else "leave"
            return (
                f"{most.sentence} {len(clear)} of {len(told)} ranges {leave} out zero; one in ten "
                "would by chance."
            )
        if len(told) == 1:
            return f"{told[0].sentence} It cannot be told from no effect."
        if told:
            return (
                f"Of {len(told)} demands with enough like texts none can be told from no effect: "
                "every 90 % range holds zero."
            )
        return (
            f"There are too few like texts to tell what any demand costs or brings: {LEAST} kinds "
            "with it and as many without are needed."
        )

    def grounds(self) -> list[str]:
        """Return a sentence a demand: which like texts make it and do not, or why no number.

        Examples
        --------
        >>> wording_lever("jerusalem-2017").grounds()[-1]
        'withdraw: no number; only 1 kind of like text makes it, and 3 are needed.'
        """
        return [
            f"{one.name}: with it {_named(one.having)}; without it {_named(one.lacking)}."
            if one.changes
            else one.sentence
            for one in self.demands
        ]

    def table(self) -> pd.DataFrame:
        """Return a row a demand: changes [votes] with 90 % ranges, and the texts they rest on.

        Examples
        --------
        >>> found = wording_lever("anniversary-2025").table()
        >>> found[found["demand"] == "pay"]["reason"].item()
        'only 1 kind of like text makes it, and 3 are needed'
        """
        import pandas as pd

        return pd.DataFrame([_row(one) for one in self.demands])


def wording_lever(scenario: Resolvable, *, texts: Path | None = None) -> Lever:
    """Return what each demand of a text costs or brings, from like texts with and without it.

    Like texts are those on the subjects of the scenario's precedents, voted on no later than its
    `as_of`. What a demand goes with is not what it causes: texts that differ in one demand differ
    in more, and their drafters chose them.

    Parameters
    ----------
    scenario : str, Path, Scenario, mapping or Case
        As `sim.scenario.resolve` takes it.
    texts : Path, optional
        More texts with their demands, as `sim.studies.lever.texts.texts_on_subject` reads them.

    Raises
    ------
    ScenarioError
        If the scenario cannot be run, names no demand, or cites no text of a known subject.
    files.FileError
        If the file of texts cannot be read.

    Examples
    --------
    >>> lever = wording_lever("anniversary-2025")
    >>> [one.name for one in lever.demands if one.asked]
    ['withdraw', 'territorial-integrity', 'ceasefire', 'negotiate']
    >>> print(lever.demands[-1].sentence)
    pay: no number; only 1 kind of like text makes it, and 3 are needed.
    """
    case = resolve(scenario)
    wanted = list(dict.fromkeys(case.scenario.resolution.asks))
    if not wanted:
        known = ", ".join(sorted(set().union(*cited_asks().values())))
        raise case.scenario.refusal(
            "resolution.asks: names no demand; say what the text asks, such as "
            f'asks = ["withdraw"]; shipped texts ask: {known}'
        )
    found = texts_on_subject(case, texts)
    others = sorted({name for one in found for name in one.asks} - set(wanted))
    names = [*wanted, *others]
    asks = np.array([[float(name in one.asks) for name in names] for one in found])
    asks = asks.reshape(len(found), len(names))
    demands = [_demand(found, asks, names, at, asked=at < len(wanted)) for at in range(len(names))]
    return Lever(case, found, tuple(demands))


def _demand(
    texts: Sequence[LikeText], asks: np.ndarray, names: Sequence[str], at: int, *, asked: bool
) -> Demand:
    compared = _compared(texts, names[at])
    some = texts if not compared else [texts[place] for place in compared]
    having = tuple(one for one in some if names[at] in one.asks)
    lacking = tuple(one for one in some if names[at] not in one.asks)
    among = asks[compared] if compared else asks
    reason = _why_not(having, lacking, among, names, at)
    if not (compared or reason):
        reason = "texts with it and texts without it are on different subjects"
    told = () if reason else COUNTS
    changes = {choice: _change(some, among, at, choice, asked=asked) for choice in told}
    return Demand(names[at], asked, having, lacking, changes, reason)


def _compared(texts: Sequence[LikeText], name: str) -> list[int]:
    """Return the places of texts on subjects of which some make a demand, and some do not."""
    made: dict[str, set[bool]] = {}
    for one in texts:
        made.setdefault(one.subject, set()).add(name in one.asks)
    return [place for place, one in enumerate(texts) if len(made[one.subject]) == 2]


def _change(
    texts: Sequence[LikeText], asks: np.ndarray, at: int, choice: Choice, *, asked: bool
) -> Effect:
    found = effect_of(
        np.array([float(one.tally[choice]) for one in texts]),
        asks,
        demand=at,
        series=[one.series for one in texts],
        years=[one.year for one in texts],
        subjects=[one.subject for one in texts],
    )
    return Effect(-found.mean, -found.high, -found.low) if asked else found


def _why_not(
    having: Sequence[LikeText],
    lacking: Sequence[LikeText],
    asks: np.ndarray,
    names: Sequence[str],
    at: int,
) -> str:
    """Say why there can be no number; nothing if there can."""
    makers, others = (len({one.series for one in texts}) for texts in (having, lacking))
    if makers == 0:
        return "no like text makes it"
    if others == 0:
        return "every like text makes it"
    if makers < LEAST:
        kinds = "1 kind of like text makes" if makers == 1 else f"{makers} kinds of like text make"
        return f"only {kinds} it, and {LEAST} are needed"
    if others < LEAST:
        kinds = "1 kind of like text does" if others == 1 else f"{others} kinds of like text do"
        return f"only {kinds} not make it, and {LEAST} are needed"
    twins = [
        names[other]
        for other in range(len(names))
        if other != at and (asks[:, other] == asks[:, at]).all()
    ]
    if twins:
        return f"it always comes with {' and '.join(twins)}, and cannot be told from that"
    return ""


def _named(texts: Sequence[LikeText]) -> str:
    return ", ".join(one.symbol for one in texts)


def _rests(texts: Sequence[LikeText]) -> str:
    kinds = len({one.series for one in texts})
    return f"{len(texts)} texts of {kinds} kinds"


def _votes(change: float) -> str:
    number = round(change)
    if number == 0:
        return "no change"
    return f"{abs(number)} {'more' if number > 0 else 'fewer'}"


def _row(demand: Demand) -> dict[str, object]:
    row: dict[str, object] = {"demand": demand.name, "asked": demand.asked}
    for choice in COUNTS:
        found = demand.changes.get(choice)
        for end in ("mean", "low", "high"):
            row[f"{choice.column}_{end}"] = None if found is None else getattr(found, end)
    for name, texts in (("with", demand.having), ("without", demand.lacking)):
        row[f"kinds_{name}"] = len({one.series for one in texts})
        row[f"texts_{name}"] = " ".join(one.symbol for one in texts)
    return row | {"reason": demand.reason}
