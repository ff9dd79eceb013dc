"""What came out: counts over the draws of a run, and every table made from them."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.choices import CHOICES, Choice, FloatArray, VoteArray

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}


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
class ArmCounts:
    """What was counted over the draws of one arm.

    Without known votes every draw weighs 1; with them a draw weighs as much as the known votes were
    probable in it.

    Attributes
    ----------
    weight, weight_squared : float
        Sums over the draws.
    tallies : array [choice, votes]
        Weight of the draws with each count.
    states : array [state, choice]
        Weight of the draws with each vote.
    adopted : float
        Weight of the draws that adopt.
    """

    weight: float
    weight_squared: float
    tallies: FloatArray
    states: FloatArray
    adopted: float

    def __add__(self, other: ArmCounts) -> ArmCounts:
        """Count the draws of two runs of the same arm together."""
        return ArmCounts(
            self.weight + other.weight,
            self.weight_squared + other.weight_squared,
            self.tallies + other.tallies,
            self.states + other.states,
            self.adopted + other.adopted,
        )

    @property
    def chance(self) -> float:
        """Share of the draws that adopt."""
        return self.adopted / self.weight

    @property
    def standard_error(self) -> float:
        """Of `chance`; never 0, for a chance seen in all of n draws may still be 1 - 1/n.

        The share is pulled by one pseudo-draw each way before its error is taken.
        """
        share = (self.adopted + 1) / (self.weight + 2)
        effective = self.weight**2 / self.weight_squared
        return float(np.sqrt(share * (1 - share) / effective))


@dataclass(frozen=True)
class PairCounts:
    """What was counted over the draws of two arms that share their chance.

    Attributes
    ----------
    differences : array [choice, difference]
        Weight of the draws with each difference of counts, from minus all states to all.
    switched : array [state]
        Weight of the draws in which the state votes otherwise.
    """

    differences: FloatArray
    switched: FloatArray

    def __add__(self, other: PairCounts) -> PairCounts:
        """Count the draws of two runs of the same pair together."""
        return PairCounts(self.differences + other.differences, self.switched + other.switched)


@dataclass(frozen=True)
class ExactArm:
    """The same arm with no sampling of votes.

    Attributes
    ----------
    tallies : array [choice, votes]
        Probability of each count.
    states : array [state, choice]
        Probability of each vote.
    adopted, error : float
        Chance of adoption and the bound of its error.
    """

    tallies: FloatArray
    states: FloatArray
    adopted: float
    error: float


def count_arm(
    votes: VoteArray,
    tally: npt.NDArray[np.int64],
    adopted: npt.NDArray[np.bool_],
    weight: FloatArray | None = None,
) -> ArmCounts:
    """Count a block of draws.

    Parameters
    ----------
    votes : array of int8 [draw, state]
    tally : array of int [draw, choice]
    adopted : array of bool [draw]
    weight : array [draw], optional
        One each by default.

    Examples
    --------
    >>> votes = np.array([[0, 2], [0, 0]], dtype=np.int8)
    >>> tally = np.array([[1, 0, 1, 0], [2, 0, 0, 0]])
    >>> count_arm(votes, tally, np.array([False, True])).chance
    0.5
    """
    draws, states = votes.shape
    each = np.ones(draws) if weight is None else weight
    by_choice = [
        np.bincount(tally[:, choice], weights=weight, minlength=states + 1) for choice in CHOICES
    ]
    by_state = [
        (votes == choice).sum(axis=0) if weight is None else each @ (votes == choice)
        for choice in CHOICES
    ]
    return ArmCounts(
        weight=float(each.sum()),
        weight_squared=float((each**2).sum()),
        tallies=np.array(by_choice, dtype=float),
        states=np.stack(by_state, axis=-1).astype(float),
        adopted=float(each[adopted].sum()),
    )


def count_pair(
    votes: VoteArray,
    against: VoteArray,
    tally: npt.NDArray[np.int64],
    tally_against: npt.NDArray[np.int64],
    weights: tuple[FloatArray, FloatArray] | None = None,
) -> PairCounts:
    """Count how two arms differ in a block of draws.

    Parameters
    ----------
    votes, against : array of int8 [draw, state]
    tally, tally_against : array of int [draw, choice]
    weights : tuple of array [draw], optional
        Of the draws in each arm, where votes are known: each draw is then compared with itself as
        far as both arms weigh it, and what is left over of each with what is left of the other.

    Examples
    --------
    >>> votes = np.array([[0, 2]], dtype=np.int8)
    >>> tally = np.array([[1, 0, 1, 0]])
    >>> count_pair(votes, votes, tally, tally).switched
    array([0., 0.])
    """
    states = votes.shape[1]
    weight = None
    if weights is not None:
        one, other, weight = _coupled(*weights)
        votes, tally = votes[one], tally[one]
        against, tally_against = against[other], tally_against[other]
    steps = tally - tally_against + states
    differences = [
        np.bincount(steps[:, choice], weights=weight, minlength=2 * states + 1)
        for choice in CHOICES
    ]
    switched = votes != against
    moved = switched.sum(axis=0) if weight is None else weight @ switched
    return PairCounts(np.array(differences, dtype=float), moved.astype(float))


def _coupled(
    weight: FloatArray, weight_against: FloatArray
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], FloatArray]:
    """Return pairs of draws and their weights, whose two sides weigh as the two arms do."""
    total = weight_against.sum()
    one, other = weight / weight.sum(), weight_against / total
    common = np.minimum(one, other)
    left, right = np.cumsum(one - common), np.cumsum(other - common)
    edges = np.union1d(left, right)
    middle, length = edges - np.diff(edges, prepend=0) / 2, np.diff(edges, prepend=0)
    last = len(one) - 1
    same = np.arange(len(one))
    return (
        np.concatenate([same, np.minimum(np.searchsorted(left, middle), last)]),
        np.concatenate([same, np.minimum(np.searchsorted(right, middle), last)]),
        total * np.concatenate([common, length]),
    )


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of a scenario, arm by arm; its tables are pandas DataFrames.

    Attributes
    ----------
    stem, title : str
    as_of : date
        The day of the forecast.
    draws, seed : int
    codes, names : tuple of str [state]
    counts : mapping of arm to ArmCounts
    exact : mapping of arm to ExactArm
    pairs : mapping of (arm, against) to PairCounts
    thresholds : tuple of Threshold
    """

    stem: str
    title: str
    as_of: datetime.date
    draws: int
    seed: int
    codes: tuple[str, ...]
    names: tuple[str, ...]
    counts: Mapping[str, ArmCounts]
    exact: Mapping[str, ExactArm]
    pairs: Mapping[tuple[str, str], PairCounts]
    thresholds: tuple[Threshold, ...] = field(default=())

    @functools.cached_property
    def tally(self) -> pd.DataFrame:
        """Expected count and ranges: arm, choice, mean, sd, q05, q25, q50, q75, q95 [votes]."""
        rows = [
            {"arm": arm, "choice": choice.column, **summary(exact.tallies[choice])}
            for arm, exact in self.exact.items()
            for choice in CHOICES
        ]
        return pd.DataFrame(rows)

    @functools.cached_property
    def adopted(self) -> pd.DataFrame:
        """Chance of adoption: arm, simulated, standard_error, exact, exact_error."""
        rows = [
            {
                "arm": arm,
                "simulated": counts.chance,
                "standard_error": counts.standard_error,
                "exact": self.exact[arm].adopted,
                "exact_error": self.exact[arm].error,
            }
            for arm, counts in self.counts.items()
        ]
        return pd.DataFrame(rows)

    def reached(self) -> pd.DataFrame:
        """Chance of each threshold: arm, threshold, choice, at_least, simulated, exact."""
        rows = [
            {
                "arm": arm,
                "threshold": mark.label,
                "choice": mark.choice.column,
                "at_least": mark.at_least,
                "simulated": _from(self.counts[arm].tallies[mark.choice], mark.at_least),
                "exact": _from(self.exact[arm].tallies[mark.choice], mark.at_least),
            }
            for arm in self.counts
            for mark in self.thresholds
        ]
        columns = ["arm", "threshold", "choice", "at_least", "simulated", "exact"]
        return pd.DataFrame(rows, columns=columns)

    def distribution(self) -> pd.DataFrame:
        """Distribution of each count: arm, choice, votes, probability (exact), simulated."""
        frames = [
            pd.DataFrame(
                {
                    "arm": arm,
                    "choice": choice.column,
                    "votes": np.arange(len(exact.tallies[choice])),
                    "probability": exact.tallies[choice],
                    "simulated": self.counts[arm].tallies[choice] / self.counts[arm].weight,
                }
            )
            for arm, exact in self.exact.items()
            for choice in CHOICES
        ]
        return pd.concat(frames, ignore_index=True)

    def states(self) -> pd.DataFrame:
        """Each state's probabilities: arm, iso3, name, p_yes, p_abstain, p_no, p_non_voting.

        For each other arm that is compared with, a column ``p_yes_vs_ARM`` and so on holds the
        change of each probability; it is empty for arms that are not.
        """
        frames = []
        for arm, exact in self.exact.items():
            frame = pd.DataFrame({"arm": arm, "iso3": self.codes, "name": self.names})
            for choice in CHOICES:
                frame[f"p_{choice.column}"] = exact.states[:, choice]
            for against in sorted({pair[1] for pair in self.pairs}):
                change = exact.states - self.exact[against].states
                for choice in CHOICES:
                    compared = (arm, against) in self.pairs
                    frame[f"p_{choice.column}_vs_{against}"] = (
                        change[:, choice] if compared else np.nan
                    )
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def contrast(self, arm: str, against: str) -> pd.DataFrame:
        """Paired difference of counts, `arm` less `against`: choice, mean, sd, q05 ... q95 [votes].

        Raises
        ------
        ValueError
            If the two arms are not compared in this run.
        """
        if (arm, against) not in self.pairs:
            known = ", ".join(f"{one} against {other}" for one, other in self.pairs)
            raise ValueError(f"contrast {arm} against {against}: this run has {known or 'none'}")
        pair = self.pairs[arm, against]
        lowest = -len(self.codes)
        return pd.DataFrame(
            {"choice": choice.column, **summary(pair.differences[choice], lowest=lowest)}
            for choice in CHOICES
        )

    def movers(self, arm: str, against: str) -> pd.DataFrame:
        """States in order of how far the arm moves them: iso3, name, moved, and each change.

        `moved` is the part of the probability that lands on another choice (total variation).
        """
        change = self.exact[arm].states - self.exact[against].states
        frame = pd.DataFrame({"iso3": self.codes, "name": self.names})
        frame["moved"] = np.abs(change).sum(axis=1) / 2
        for choice in CHOICES:
            frame[choice.column] = change[:, choice]
        frame["p_yes"] = self.exact[arm].states[:, Choice.YES]
        order = frame.sort_values(["moved", "iso3"], ascending=[False, True], kind="stable")
        return order.reset_index(drop=True)

    def fence(self, arm: str) -> pd.DataFrame:
        """States in order of how open their vote is: iso3, name, and each probability.

        Nearest the fence is who is nearest to as likely yes as not.
        """
        states = self.exact[arm].states
        frame = pd.DataFrame({"iso3": self.codes, "name": self.names})
        for choice in CHOICES:
            frame[choice.column] = states[:, choice]
        distance = np.abs(states[:, Choice.YES] - 0.5)
        return frame.iloc[np.argsort(distance, kind="stable")].reset_index(drop=True)


def summary(weights: FloatArray, *, lowest: int = 0) -> dict[str, float]:
    """Return mean, standard deviation and quantiles of a distribution over whole numbers.

    Parameters
    ----------
    weights : array [value]
        Probability or count of each value, from `lowest` up.
    lowest : int
        The first value.

    Returns
    -------
    dict
        A quantile is the least value that at least that share of the weight does not exceed.

    Examples
    --------
    >>> summary(np.array([1, 0, 1]))["mean"], summary(np.array([1, 0, 1]))["q25"]
    (1.0, 0)
    """
    share = weights / weights.sum()
    values = lowest + np.arange(len(share))
    mean = float(share @ values)
    below = np.cumsum(share)
    # sums of many small shares fall short of a round quantile by rounding alone
    places = {name: int(np.searchsorted(below, q - 1e-12)) for name, q in QUANTILES.items()}
    return {
        "mean": mean,
        "sd": float(np.sqrt(max(share @ (values - mean) ** 2, 0.0))),
        **{name: int(values[place]) for name, place in places.items()},
    }


def _from(weights: FloatArray, at_least: int) -> float:
    return float(weights[at_least:].sum() / weights.sum())
