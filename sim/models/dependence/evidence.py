"""What the dependence is learned from: earlier forecasts, votes, and who goes with whom."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim import files
from sim.assembly.choices import Choice, FloatArray, IntArray, VoteArray
from sim.models.dependence.cells import Cells
from sim.models.dependence.likelihood import Likelihood
from sim.record.value import ShortRecordError
from sim.vote.ballot import thresholds

LEAST = 1e-4
"""Forecast probabilities are raised to this: a vote that was ruled out says nothing of sharing."""
POINTS = (15, 11)
"""Points for the factor of the assembly and for those of the groups."""
COLUMNS = ("iso3", "group", "weights")


@dataclass(frozen=True)
class Groups:
    """Which states vote together, and which have their weights in common.

    Attributes
    ----------
    names : tuple of str
        The groups; each has a stance factor of its own.
    group : array of int [state]
    sets : tuple of str
        States of one set have their weights in common; all are in one group.
    set_of : array of int [state]
    """

    names: tuple[str, ...]
    group: IntArray
    sets: tuple[str, ...]
    set_of: IntArray

    def __post_init__(self) -> None:
        """Refuse a set that lies in two groups, and make the arrays read-only."""
        for number, name in enumerate(self.sets):
            inside = np.unique(self.group[self.set_of == number])
            if len(inside) != 1:
                named = ", ".join(self.names[group] for group in inside)
                raise ValueError(f"weights {name!r} are used in {named}: must belong to one group")
        for array in (self.group, self.set_of):
            array.flags.writeable = False

    @property
    def group_of_set(self) -> tuple[int, ...]:
        """The group that each set is in."""
        first = [int(np.argmax(self.set_of == number)) for number in range(len(self.sets))]
        return tuple(self.group[first].tolist())

    @classmethod
    def named(cls, group: Sequence[str], weights: Sequence[str]) -> Groups:
        """Return the groups from the names of each state's group and set of weights [state].

        Raises
        ------
        ValueError
            If a set lies in two groups.

        Examples
        --------
        >>> Groups.named(["west", "west", "east"], ["EU", "other", "east"]).group_of_set
        (1, 0, 1)
        """
        names, group_of = np.unique(list(group), return_inverse=True)
        sets, set_of = np.unique(list(weights), return_inverse=True)
        return cls(tuple(names.tolist()), group_of, tuple(sets.tolist()), set_of)

    @classmethod
    @functools.cache
    def load(cls) -> Groups:
        """Return the shipped groups, read and checked once.

        Examples
        --------
        >>> groups = Groups.load()
        >>> len(groups.names), len(groups.sets), len(groups.group)
        (11, 12, 193)
        """
        return cls.read(files.seed("groups.csv"))

    @classmethod
    def read(cls, path: Path) -> Groups:
        """Return the groups of a file like ``seeds/groups.csv``, one row a state.

        Raises
        ------
        files.FileError
            If a column is missing, a state is listed twice, or a set lies in two groups.
        """
        rows = sorted(files.read_rows(path, COLUMNS), key=lambda row: row["iso3"])
        codes = [row["iso3"] for row in rows]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise files.FileError(f"{path}: iso3: listed twice: {', '.join(twice)}")
        try:
            return cls.named([row["group"] for row in rows], [row["weights"] for row in rows])
        except ValueError as error:
            raise files.FileError(f"{path}: {error}") from None


@dataclass(frozen=True)
class Evidence:
    """Earlier roll calls: what was forecast, and what the states did.

    Attributes
    ----------
    votes : array of int8 [roll call, state]
        Codes of `Choice`; negative ones are not scored.
    probabilities : array [roll call, state, choice]
        At least `LEAST`; even where nothing is scored.
    novelty : array [roll call]
        From 0 to 1.
    groups : Groups
    """

    votes: VoteArray
    probabilities: FloatArray
    novelty: FloatArray
    groups: Groups

    @classmethod
    def of(
        cls, votes: VoteArray, probabilities: FloatArray, novelty: FloatArray, *, groups: Groups
    ) -> Evidence:
        """Check the arrays and return the evidence.

        Raises
        ------
        ValueError
            If shapes do not match, a vote has no code, or a number that counts is not finite.

        Examples
        --------
        >>> two = Groups.named(["a", "a"], ["a", "a"])
        >>> votes = np.array([[0, -1]], dtype=np.int8)
        >>> forecasts = np.array([[[0.5, 0.0, 0.5, 0.0], [np.nan] * 4]])
        >>> Evidence.of(votes, forecasts, np.ones(1), groups=two).probabilities[0, 1]
        array([0.25, 0.25, 0.25, 0.25])
        """
        shape = (len(novelty), len(groups.group))
        if votes.shape != shape or probabilities.shape != (*shape, len(Choice)):
            raise ValueError(
                f"votes {votes.shape} and probabilities {probabilities.shape}: "
                f"expected {shape} and {(*shape, len(Choice))}"
            )
        scored = votes >= 0
        if not scored.any():
            raise ShortRecordError("no roll calls to learn the dependence from")
        if votes.max() >= len(Choice):
            raise ValueError(f"vote code {votes.max()}: must be at most {len(Choice) - 1}")
        if not np.isfinite(novelty).all():
            row = int(np.argmin(np.isfinite(novelty)))
            raise ValueError(f"novelty of roll call {row}: not finite")
        odd = scored & ~((probabilities >= -LEAST) & (probabilities <= 1 + LEAST)).all(axis=-1)
        if odd.any():
            row, state = np.argwhere(odd)[0]
            raise ValueError(f"probabilities of roll call {row}, state {state}: must be 0 to 1")
        raised = np.maximum(np.where(scored[..., None], probabilities, 0.25), LEAST)
        raised /= raised.sum(axis=-1, keepdims=True)
        return cls(votes, raised, np.clip(novelty, 0, 1), groups)

    def __len__(self) -> int:
        """Count the roll calls."""
        return len(self.votes)

    def evenly(self, most: int) -> Evidence:
        """Return so many of the roll calls at most, evenly spaced."""
        count = len(self)
        return self.part(np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)))

    def part(self, rows: IntArray) -> Evidence:
        """Return some of the roll calls."""
        return replace(
            self,
            votes=self.votes[rows],
            probabilities=self.probabilities[rows],
            novelty=self.novelty[rows],
        )

    def stance(self) -> Likelihood:
        """Return what the votes of those present say of their shared support."""
        votes, groups = self.votes, self.groups
        at = thresholds(self.probabilities.reshape(-1, len(Choice)))
        yes, no = at.yes_above.reshape(votes.shape), at.no_below.reshape(votes.shape)
        low = np.where(votes == Choice.YES, yes, np.where(votes == Choice.ABSTAIN, no, -np.inf))
        high = np.where(votes == Choice.NO, no, np.where(votes == Choice.ABSTAIN, yes, np.inf))
        present = (votes >= 0) & (votes != Choice.NON_VOTING)
        sets = [groups.set_of == number for number in range(len(groups.sets))]
        cells = [Cells.between(low[:, one], high[:, one], present[:, one]) for one in sets]
        return Likelihood(tuple(cells), groups.group_of_set, POINTS)

    def attendance(self) -> Likelihood:
        """Return what presence and absence say of shared absence: one set, no group's factor."""
        at = thresholds(self.probabilities.reshape(-1, len(Choice)))
        edge = at.absent_above.reshape(self.votes.shape)
        away = self.votes == Choice.NON_VOTING
        low, high = np.where(away, edge, -np.inf), np.where(away, np.inf, edge)
        return Likelihood((Cells.between(low, high, self.votes >= 0),), (0,), (POINTS[0], 1))
