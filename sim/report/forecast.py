"""What a run says: one sentence that answers, and tables."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from sim.assembly.choices import CHOICES, Choice
from sim.assembly.members import US
from sim.report.table import Table
from sim.report.words import (
    change_of_votes,
    error,
    expected_change,
    few_draws,
    interval,
    percent,
    points,
    signed,
    unlikely_votes,
)
from sim.runs.sentence import as_far_as, capitalised, case, in_words
from sim.vote.engine import Engine
from sim.vote.outcomes import QUANTILES, few, supported
from sim.vote.outcomes.tables import Outcomes, Threshold

SHOWN = (Choice.YES, Choice.NO, Choice.ABSTAIN, Choice.NON_VOTING)
"""Counts in the order in which the United Nations publishes them."""
TOP = 10
ACROSS = 4
"""Arms that fit beside each other."""
NAME = 24
"""Letters on a line of what an arm is called."""

ADOPTION = {
    Engine.BOTH: (
        "Chance of adoption, drawn {draws:,} times and computed; thresholds",
        "Percentage points: ± is the standard error of what is drawn, within the error bound of "
        "what is computed; thresholds are computed.",
    ),
    Engine.EXACT: (
        "Chance of adoption, computed; thresholds",
        "Nothing was sampled: every number is computed, within the bound of the numerical error "
        "[percentage points].",
    ),
    Engine.SIMULATE: (
        "Chance of adoption, drawn {draws:,} times; thresholds",
        "Nothing was computed exactly: every number is a share of the draws. ± is the standard "
        "error [percentage points].",
    ),
}
DIFFERENCES = {
    Engine.BOTH: (
        "Difference between arms, paired draw by draw [votes; below, the 90 % range]",
        "Adopted: computed, in percentage points.",
    ),
    Engine.EXACT: (
        "Difference between arms in what is expected [votes]",
        "Adopted: in percentage points, with the bound of the numerical error. How a difference "
        "varies from draw to draw is left out: that takes draws (--engine both).",
    ),
    Engine.SIMULATE: (
        "Difference between arms, paired draw by draw [votes; below, the 90 % range]",
        "Adopted: in percentage points.",
    ),
}
"""Title and note of a table, by what made the run."""


@dataclass(frozen=True)
class Report:
    """The outcomes of a run in words and tables.

    Attributes
    ----------
    outcomes : Outcomes
    labels : mapping of arm to str
        What each arm is called.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> from sim.runs.simulate import simulate
    >>> outcomes = simulate(read_scenario("jerusalem-2017"), draws=10)
    >>> labels = {"us-votes-no": "US votes no", "us-lobbies": "US votes no and threatens"}
    >>> report = Report(outcomes, labels)
    >>> report.answer().split(" (chance")[0]
    'If the US votes no, the draft is virtually certain to be adopted'
    >>> [len(table.rows) for table in report.tables()]
    [2, 2, 2, 1, 10, 10]
    """

    outcomes: Outcomes
    labels: Mapping[str, str]

    @functools.cached_property
    def first(self) -> str:
        """The arm that the others are compared with."""
        return next(iter(self.outcomes.arms))

    def answer(self) -> str:
        """Return one sentence that answers the scenario's question."""
        yes, no, abstain = (
            self._tally(self.first, choice) for choice in (Choice.YES, Choice.NO, Choice.ABSTAIN)
        )
        chance = self.outcomes.arms[self.first].adopted
        support = self.outcomes.support
        start = (
            f"{as_far_as(support)}{case(self.labels[self.first], self.first)}, the draft is "
            f"{in_words(supported(chance, support))} "
            f"(chance {self._percent(chance)}), with about {yes['mean']:.0f} yes (90 % range: "
            f"{interval(yes['q05'], yes['q95'])}), {no['mean']:.0f} no and {abstain['mean']:.0f} "
            "abstentions"
        )
        others = list(self.outcomes.arms)[1:ACROSS]
        parts = [capitalised(start), *map(self._difference, others)]
        if others:
            parts.append("how far the US moves others is an assumption, not a measured effect")
        return "; ".join(parts) + "."

    def cautions(self) -> list[str]:
        """Say where known votes were unlikely, or leave few draws: what follows is then a guess."""
        found, left = (
            unlikely_votes(self.outcomes.known, self.outcomes.surprising_below),
            self.outcomes.effective,
        )
        if left < self.outcomes.draws:
            found += few_draws(left, known=True, computed=bool(self.outcomes.exact))
        return found

    def tables(self) -> list[Table]:
        """Return every table of the run, in the order in which they are read."""
        tables = [self.adoption(), self.tally(), self.margin()]
        if len(self.outcomes.arms) > 1:
            tables += [self.differences(), self.movers()]
        return [*tables, self.fence()]

    def adoption(self) -> Table:
        """Return the chance of adoption and of each threshold, by arm."""
        rows = []
        for row in self.outcomes.adopted.to_dict("records"):
            marks = [self._reached(row["arm"], mark) for mark in self.outcomes.thresholds]
            rows.append((f"{self._named(row['arm'])}\n({row['arm']})", *self._both(row), *marks))
        found = {"drawn": self.outcomes.counts, "computed": self.outcomes.exact}
        kinds = (name for name, arms in found.items() if arms)
        labels = (mark.label for mark in self.outcomes.thresholds)
        title, note = ADOPTION[self.outcomes.engine]
        return Table(
            title.format(draws=self.outcomes.draws),
            ("arm", *kinds, *labels),
            tuple(rows),
            note=note,
        )

    def tally(self) -> Table:
        """Return the expected tally and its 50 % and 90 % ranges, by arm."""
        rows = []
        for arm in self.outcomes.arms:
            tallies = [self._tally(arm, choice) for choice in SHOWN]
            cells = (
                f"{row['mean']:.1f}\n{interval(row['q25'], row['q75'])}\n"
                f"{interval(row['q05'], row['q95'])}"
                for row in tallies
            )
            rows.append((self._named(arm), "expected\n50 % range\n90 % range", *cells))
        columns = ("arm", "", *(choice.label for choice in SHOWN))
        off = max(arm.off(choice) for arm in self.outcomes.arms.values() for choice in SHOWN)
        kind = "Numerical" if self.outcomes.exact else "Standard"
        note = f"{kind} error of the ends of ranges: {off or 'less than 1'} at most."
        return Table("Expected tally [votes]", columns, tuple(rows), note=note)

    def margin(self) -> Table:
        """Return the expected margin and its 50 % and 90 % ranges, by arm."""
        rows = (
            (
                self._named(row["arm"]),
                f"{row['mean']:z.1f}",
                interval(row["q25"], row["q75"]),
                interval(row["q05"], row["q95"]),
            )
            for row in self.outcomes.margin.to_dict("records")
        )
        columns = ("arm", "expected", "50 % range", "90 % range")
        return Table("Margin, yes less no [votes]", columns, tuple(rows))

    def differences(self) -> Table:
        """Return the differences between arms: paired draw by draw, or of what is expected."""
        rows = []
        for arm, against in self.outcomes.compared:
            contrast = self.outcomes.contrast(arm, against)
            one, other = self.outcomes.arms[arm], self.outcomes.arms[against]
            adopted = points(one.adopted - other.adopted)
            if not self.outcomes.counts:
                adopted += f"\n{error(one.error + other.error, bound=True)}"
            cells = (_difference(_numbers(contrast, choice)) for choice in SHOWN)
            names = wrapped(f"{self.labels[arm]}, compared with: {self.labels[against]}")
            rows.append((names, adopted, *cells))
        title, note = DIFFERENCES[self.outcomes.engine]
        return Table(
            title,
            ("arms", "adopted", *(choice.label for choice in SHOWN)),
            tuple(rows),
            note=f"{note} {self._own_vote()}",
        )

    def movers(self) -> Table:
        """Return the states that other arms move furthest from the first, the US left out."""
        others = list(self.outcomes.arms)[1:ACROSS]
        frame = pd.concat([self.outcomes.movers(arm, self.first) for arm in others])
        order = frame.sort_values("moved", ascending=False, kind="stable").drop_duplicates("iso3")
        rows = []
        for row in order[order["iso3"] != US].head(TOP).to_dict("records"):
            place = self.outcomes.codes.index(row["iso3"])
            chances = (
                self.outcomes.arms[arm].states[place, Choice.YES] for arm in (self.first, *others)
            )
            _, towards = max((row[choice.column], choice.label) for choice in CHOICES)
            rows.append((row["name"], *map(self._percent, chances), towards))
        return Table(
            "States that move most, the United States left out: chance of a yes",
            ("state", *(self.labels[arm] for arm in (self.first, *others)), "mostly to"),
            tuple(rows),
        )

    def fence(self) -> Table:
        """Return the states nearest to as likely yes as not, in the first arm."""
        frame = self.outcomes.fence(self.first)
        rows = (
            (row["name"], *(self._percent(row[choice.column], certain=True) for choice in SHOWN))
            for row in frame[frame["iso3"] != US].head(TOP).to_dict("records")
        )
        return Table(
            f"States nearest the fence, {case(self.labels[self.first], self.first)}",
            ("state", *(choice.label for choice in SHOWN)),
            tuple(rows),
        )

    def _difference(self, arm: str) -> str:
        row = self._contrast(arm, self.first, Choice.YES)
        chance = self._percent(self.outcomes.arms[arm].adopted)
        start = f"{case(self.labels[arm], arm)}, the chance is {chance}, with"
        if few(self.outcomes.effective) and self.outcomes.exact:
            before, after = (self._tally(one, Choice.YES)["mean"] for one in (self.first, arm))
            return f"{start} {expected_change(after - before)}"
        if "q05" not in row:
            return f"{start} {expected_change(row['mean'])}"
        return f"{start} {change_of_votes(row['mean'], row['q05'], row['q95'])}"

    def _reached(self, arm: str, mark: Threshold) -> str:
        chance, off = self.outcomes.arms[arm].reaching(mark.choice, mark.at_least)
        return f"{self._percent(chance)}\n{error(off, bound=bool(self.outcomes.exact))}"

    def _percent(self, chance: float, *, certain: bool = False) -> str:
        draws = None if self.outcomes.exact else self.outcomes.draws
        return percent(chance, draws=draws, certain=certain and draws is None)

    def _both(self, row: Mapping[Hashable, float]) -> Iterator[str]:
        """Yield the chance of adoption with its error: drawn, computed, or one after the other."""
        if self.outcomes.counts:
            drawn = percent(row["simulated"], draws=self.outcomes.draws)
            yield f"{drawn}\n{error(row['standard_error'])}"
        if self.outcomes.exact:
            yield f"{percent(row['exact'])}\n{error(row['exact_error'], bound=True)}"

    def _own_vote(self) -> str:
        """Say how much of each difference is the vote of the United States itself."""
        place = self.outcomes.codes.index(US)
        own = {arm: exact.states[place, Choice.YES] for arm, exact in self.outcomes.arms.items()}
        changes = ", ".join(
            f"{signed(chance - own[self.first])} {case(self.labels[arm], arm)}"
            for arm, chance in own.items()
            if arm != self.first
        )
        return f"Of the yes votes, the United States' own makes up {changes}."

    def _tally(self, arm: str, choice: Choice) -> dict[str, float]:
        tally = self.outcomes.tally
        return _numbers(tally[tally["arm"] == arm], choice)

    def _contrast(self, arm: str, against: str, choice: Choice) -> dict[str, float]:
        return _numbers(self.outcomes.contrast(arm, against), choice)

    def _named(self, arm: str) -> str:
        return wrapped(self.labels[arm])


def wrapped(label: str) -> str:
    """Return what an arm is called in lines that leave room for a table.

    Examples
    --------
    >>> wrapped("US votes no, compared with: US co-sponsors").splitlines()
    ['US votes no, compared', 'with: US co-sponsors']
    """
    return textwrap.fill(label, NAME, break_on_hyphens=False)


def _numbers(frame: pd.DataFrame, choice: Choice) -> dict[str, float]:
    (row,) = frame[frame["choice"] == choice.column].to_dict("records")
    return {name: row[name] for name in ("mean", *QUANTILES) if name in row}


def _difference(row: Mapping[str, float]) -> str:
    return signed(row["mean"]) + (f"\n{interval(row['q05'], row['q95'])}" if "q05" in row else "")
