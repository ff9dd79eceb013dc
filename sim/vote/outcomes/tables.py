"""The outcomes of a scenario and every table made from them."""

from __future__ import annotations

import datetime
import functools
import html
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, Choice
from sim.vote.engine import Engine
from sim.vote.outcomes.chances import ArmChances, expected, summary
from sim.vote.outcomes.counts import ArmCounts, PairCounts
from sim.vote.surprise import UNLIKELY


@dataclass(frozen=True)
class Threshold:
    """A mark that a count may reach, such as 97 yes.

    Examples
    --------
    >>> Threshold(Choice.YES, 97).label
    'yes >= 97'
    """

    choice: Choice
    at_least: int

    @property
    def label(self) -> str:
        """The threshold in tables and files."""
        return f"{self.choice.column} >= {self.at_least}"


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of a scenario, arm by arm; its tables are pandas DataFrames.

    Columns of what was not drawn, or not computed, are left out.

    Attributes
    ----------
    stem, title : str
    as_of : date
        The day of the forecast.
    draws, seed : int
        No draws where all is computed.
    codes, names : tuple of str [state]
    counts : mapping of arm to ArmCounts
        Empty where nothing was drawn.
    exact : mapping of arm to ArmChances
        Empty where nothing was computed.
    pairs : mapping of (arm, against) to PairCounts
        Empty where nothing was drawn.
    thresholds : tuple of Threshold
    surprising_below : float
        Votes taken as known that were held less likely surprise.
    """

    stem: str
    title: str
    as_of: datetime.date
    draws: int
    seed: int
    codes: tuple[str, ...]
    names: tuple[str, ...]
    counts: Mapping[str, ArmCounts]
    exact: Mapping[str, ArmChances]
    pairs: Mapping[tuple[str, str], PairCounts]
    thresholds: tuple[Threshold, ...] = field(default=())
    surprising_below: float = UNLIKELY

    def __repr__(self) -> str:
        """Return the title and one line an arm."""
        about = self._in_short().to_string()
        return f"Outcomes: {self._heading()}\n{about}"

    def _repr_html_(self) -> str:
        """Return the same for a notebook."""
        return f"<p>{html.escape(self._heading())}</p>{self._in_short().to_html()}"

    def _heading(self) -> str:
        drawn = f"{self.draws:,} draws" if self.draws else "computed without draws"
        return f"{self.title}, as of {self.as_of}, {drawn}"

    def _in_short(self) -> pd.DataFrame:
        """Return chance of adoption, and what is expected with the 90 % range of each count."""
        rows = {}
        for arm, of in self.tally.groupby("arm", sort=False):
            found = self.adoption(str(arm))
            chance = found.get("exact", found.get("simulated", np.nan))
            told = f"{100 * chance:.1f} %"  # never as none or as certain
            told = {"0.0 %": "<0.1 %", "100.0 %": ">99.9 %"}.get(told, told)
            rows[arm] = {"adopted": told} | {
                each["choice"]: f"{each['mean']:.0f} ({each['q05']} to {each['q95']})"
                for each in of.to_dict("records")
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def plot(self, **options: Any) -> Any:
        """Return the figure of the counts; options are those of `sim.plot_tallies`."""
        return import_module("sim").plot_tallies(self, **options)

    @property
    def engine(self) -> Engine:
        """What the outcomes were found by."""
        if not self.counts:
            return Engine.EXACT
        return Engine.BOTH if self.exact else Engine.SIMULATE

    @property
    def known(self) -> float:
        """How likely the votes taken as known were before, in the arm where they were least so."""
        return min(self.known_in(arm) for arm in self.arms)

    def known_in(self, arm: str) -> float:
        """How likely the votes taken as known were before, in one arm."""
        return self.exact[arm].known if self.exact else self.counts[arm].known(self.draws)

    @functools.cached_property
    def arms(self) -> Mapping[str, ArmChances]:
        """Each arm's chances: computed, or, where nothing was computed, the shares of the draws."""
        return self.exact or {arm: counts.chances for arm, counts in self.counts.items()}

    @property
    def effective(self) -> float:
        """As many draws of equal weight would tell as much, in the arm with the fewest."""
        return min((counts.effective for counts in self.counts.values()), default=0.0)

    @property
    def support(self) -> float:
        """How many draws the chances rest on: infinitely many where they are computed."""
        return math.inf if self.exact else self.effective

    @property
    def compared(self) -> tuple[tuple[str, str], ...]:
        """Every pair of arms, (arm, against)."""
        return tuple((arm, against) for against, arm in itertools.combinations(self.arms, 2))

    @functools.cached_property
    def tally(self) -> pd.DataFrame:
        """Expected count and ranges: arm, choice, mean, sd, q05, q25, q50, q75, q95 [votes]."""
        rows = [
            {"arm": arm, "choice": choice.column, **summary(chances.tallies[choice])}
            for arm, chances in self.arms.items()
            for choice in CHOICES
        ]
        return pd.DataFrame(rows)

    @functools.cached_property
    def margin(self) -> pd.DataFrame:
        """Expected margin, yes less no, and ranges: arm, mean, sd, q05 ... q95 [votes]."""
        rows = [
            {"arm": arm, **summary(chances.margins, lowest=chances.lowest_margin)}
            for arm, chances in self.arms.items()
        ]
        return pd.DataFrame(rows)

    @functools.cached_property
    def adopted(self) -> pd.DataFrame:
        """Chance of adoption: arm, simulated, standard_error, exact, exact_error."""
        return pd.DataFrame({"arm": arm, **self.adoption(arm)} for arm in self.arms)

    def adoption(self, arm: str) -> dict[str, float]:
        """Return the chance of adoption in one arm: the columns of `adopted` beside the arm."""
        found: dict[str, float] = {}
        if arm in self.counts:
            counts = self.counts[arm]
            found |= {"simulated": counts.chance, "standard_error": counts.standard_error}
        if arm in self.exact:
            exact = self.exact[arm]
            found |= {"exact": exact.adopted, "exact_error": exact.error}
        return found

    def reached(self) -> pd.DataFrame:
        """Chance of each threshold and its error: arm, threshold, and what `marks` gives."""
        rows = [
            {"arm": arm, "threshold": mark.label, **found}
            for arm in self.arms
            for mark, found in zip(self.thresholds, self.marks(arm), strict=True)
        ]
        drawn = ["simulated", "standard_error"] if self.counts else []
        computed = ["exact", "exact_error"] if self.exact else []
        columns = ["arm", "threshold", "choice", "at_least", *drawn, *computed]
        return pd.DataFrame(rows, columns=columns)

    def marks(self, arm: str) -> list[dict[str, Any]]:
        """Return choice, at_least and chance of each threshold in one arm, as `adoption` names it.

        The error of what is drawn is its standard error, of what is computed its bound.
        """
        found = []
        for mark in self.thresholds:
            row: dict[str, Any] = {"choice": mark.choice.column, "at_least": mark.at_least}
            if arm in self.counts:
                chance, error = self.counts[arm].chances.reaching(mark.choice, mark.at_least)
                row |= {"simulated": chance, "standard_error": error}
            if arm in self.exact:
                chance, error = self.exact[arm].reaching(mark.choice, mark.at_least)
                row |= {"exact": chance, "exact_error": error}
            found.append(row)
        return found

    def distribution(self) -> pd.DataFrame:
        """Distribution of each count: arm, choice, votes, probability, simulated.

        `probability` is computed, or, where nothing was computed, the share of the draws.
        """
        frames = []
        for arm, chances in self.arms.items():
            for choice in CHOICES:
                share = chances.tallies[choice]
                frame = pd.DataFrame(
                    {
                        "arm": arm,
                        "choice": choice.column,
                        "votes": np.arange(len(share)),
                        "probability": share,
                    }
                )
                if arm in self.counts:
                    counts = self.counts[arm]
                    frame["simulated"] = counts.tallies[choice] / counts.weight
                frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def margins(self) -> pd.DataFrame:
        """Distribution of the margin, yes less no: arm, margin, probability, simulated."""
        frames = []
        for arm, chances in self.arms.items():
            values = chances.lowest_margin + np.arange(len(chances.margins))
            frame = pd.DataFrame({"arm": arm, "margin": values, "probability": chances.margins})
            if arm in self.counts:
                frame["simulated"] = self.counts[arm].margins / self.counts[arm].weight
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def states(self) -> pd.DataFrame:
        """Each state's probabilities: arm, iso3, name, p_yes, p_abstain, p_no, p_non_voting.

        For each other arm that is compared with, a column ``p_yes_vs_ARM`` and so on holds the
        change of each probability; it is empty for arms that are not.
        """
        frames = []
        for arm, chances in self.arms.items():
            frame = pd.DataFrame({"arm": arm, "iso3": self.codes, "name": self.names})
            for choice in CHOICES:
                frame[f"p_{choice.column}"] = chances.states[:, choice]
            for against in sorted({pair[1] for pair in self.compared}):
                change = chances.states - self.arms[against].states
                for choice in CHOICES:
                    compared = (arm, against) in self.compared
                    frame[f"p_{choice.column}_vs_{against}"] = (
                        change[:, choice] if compared else np.nan
                    )
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def contrast(self, arm: str, against: str) -> pd.DataFrame:
        """Paired difference of counts, `arm` less `against`: choice, mean, sd, q05 ... q95 [votes].

        Where nothing was drawn only the mean is known: a difference draw by draw takes draws.

        Raises
        ------
        ValueError
            If the two arms are not compared in this run.
        """
        if (arm, against) not in self.compared:
            known = ", ".join(f"{one} against {other}" for one, other in self.compared)
            raise ValueError(f"contrast {arm} against {against}: this run has {known or 'none'}")
        if (arm, against) not in self.pairs:
            one, other = self.arms[arm].tallies, self.arms[against].tallies
            return pd.DataFrame(
                {"choice": choice.column, "mean": expected(one[choice]) - expected(other[choice])}
                for choice in CHOICES
            )
        differences = self.pairs[arm, against].differences
        return pd.DataFrame(
            {"choice": choice.column, **summary(differences[choice], lowest=-len(self.codes))}
            for choice in CHOICES
        )

    def movers(self, arm: str, against: str) -> pd.DataFrame:
        """States in order of how far the arm moves them: iso3, name, moved, and each change.

        `moved` is the part of the probability that lands on another choice (total variation).
        """
        change = self.arms[arm].states - self.arms[against].states
        frame = pd.DataFrame({"iso3": self.codes, "name": self.names})
        frame["moved"] = np.abs(change).sum(axis=1) / 2
        for choice in CHOICES:
            frame[choice.column] = change[:, choice]
        frame["p_yes"] = self.arms[arm].states[:, Choice.YES]
        order = frame.sort_values(["moved", "iso3"], ascending=[False, True], kind="stable")
        return order.reset_index(drop=True)

    def fence(self, arm: str) -> pd.DataFrame:
        """States in order of how open their vote is: iso3, name, and each probability.

        Nearest the fence is who is nearest to as likely yes as not.
        """
        states = self.arms[arm].states
        frame = pd.DataFrame({"iso3": self.codes, "name": self.names})
        for choice in CHOICES:
            frame[choice.column] = states[:, choice]
        distance = np.abs(states[:, Choice.YES] - 0.5)
        return frame.iloc[np.argsort(distance, kind="stable")].reset_index(drop=True)
