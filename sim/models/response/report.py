"""How the others responded when the United States changed its position on a text.

An association and not a cause: a text that is rewritten moves the United States and the others
together. Two designs bound how much that can matter. `all` takes every move. `changeover` takes the
moves across a change of the party in the White House, for which the text need not have changed.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.assembly.choices import BoolArray, FloatArray, IntArray
from sim.assembly.members import US, Members
from sim.models.judgements import influence_groups, influence_seeds
from sim.models.response.fit import GRID, log_likelihood, shrunk, thresholds_of, transitions
from sim.models.response.pairs import Pairs, absences, changes, pairs_of, without_drift
from sim.record import Record
from sim.vote.chance import resamples

DESIGNS = ("all", "changeover")
SCALES = ("yes", "absence", "latent")
RESAMPLES, SEED = 1000, 20250224
QUANTILES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}


@dataclass(frozen=True)
class Response:
    """What a record says about the response to a full move from no to yes.

    Attributes
    ----------
    as_of : date
        Only earlier votes were used.
    table : DataFrame
        design, group, scale, moves, texts, estimate, q05, q50, q95, sd. Scales: `yes` is the change
        on yes 1, abstention 0.5, no 0, drift removed; `absence` the change of the share absent when
        the mover goes a full move against the text; `latent` the shift of latent support in
        standard deviations of what moves a state between two votes on one unchanged text.
    moves : DataFrame
        One row a move: title, first, second, step, changeover, and each group's change.
    drift : DataFrame
        group; drift, the mean change from vote to vote of texts the mover did not move on, and its
        standard deviation over texts: what texts and times do without it [yes-scale].
    thresholds : mapping of str to array [before, 2]
        By group, see `sim.models.response.fit.thresholds_of`.
    effect, sd : array [state]
        Latent effect on each state: its group's, plus its own deviation shrunk by empirical Bayes;
        the standard deviation holds the error of both [standard deviations]. 0 for the mover.
    """

    as_of: datetime.date
    table: pd.DataFrame
    moves: pd.DataFrame
    drift: pd.DataFrame
    thresholds: dict[str, FloatArray]
    effect: FloatArray
    sd: FloatArray

    def estimate(self, group: str, *, design: str = "changeover", scale: str = "latent") -> float:
        """Return one estimate of the table."""
        rows = self.table.set_index(["group", "design", "scale"])
        return float(rows["estimate"].to_dict()[group, design, scale])


def fit_response(
    record: Record, as_of: datetime.date, *, mover: str = US, same_session: bool = False
) -> Response:
    """Return how the others responded to the moves of one state before a day.

    Parameters
    ----------
    record : Record
    as_of : date
        Votes of this day and later are not used.
    mover : str
        ISO code; any other than USA is a placebo, for comparison.
    same_session : bool
        See `sim.models.response.pairs.pairs_of`; for comparison only.

    Raises
    ------
    ValueError
        If the mover changed its position on no text, or there is no other text to compare with.

    Examples
    --------
    >>> fit_response(Record.empty(), datetime.date(2017, 12, 1))
    Traceback (most recent call last):
    ValueError: USA changed its position on 0 texts and kept it on 0 before 2017-12-01; at least one
    of each is needed: bring a longer record
    """
    settings = influence_seeds()["fit"]
    pairs = pairs_of(
        record.before(as_of),
        mover,
        since=settings["since"],
        longest=settings["longest_gap"],
        same_session=same_session,
    )
    moved = pairs.step != 0
    if not moved.any() or moved.all():
        raise ValueError(
            f"{mover} changed its position on {moved.sum()} texts and kept it on {(~moved).sum()} "
            f"before {as_of}; at least one of each is needed: bring a longer record"
        )
    groups = {name: inside > 0 for name, inside in influence_groups(as_of).items()}
    own = Members.load().row(mover)
    for inside in groups.values():
        inside[own] = False
    across = _across(pairs, settings["changeovers"])
    found = _Fit(pairs, groups, {"all": moved, "changeover": moved & across})
    effect, sd = found.by_state()
    return Response(
        as_of, found.table(), found.moves(across), found.drift(), found.thresholds, effect, sd
    )


class _Fit:
    """The estimates of every design and group, from one set of pairs."""

    def __init__(
        self, pairs: Pairs, groups: dict[str, BoolArray], designs: dict[str, BoolArray]
    ) -> None:
        self.pairs, self.groups = pairs, groups
        self.designs = {name: rows for name, rows in designs.items() if rows.any()}
        self.changed = {name: changes(pairs, inside) for name, inside in groups.items()}
        counts = {name: transitions(pairs, inside) for name, inside in groups.items()}
        still = pairs.step == 0
        self.thresholds = {name: thresholds_of(n[still].sum(axis=0)) for name, n in counts.items()}
        self.likelihood = {
            name: log_likelihood(n, pairs.step, self.thresholds[name]) for name, n in counts.items()
        }

    def table(self) -> pd.DataFrame:
        rows = []
        for design, chosen in self.designs.items():
            text = np.unique(self.pairs.text[chosen], return_inverse=True)[1].astype(np.int64)
            weights = _weights(text)
            for group, inside in self.groups.items():
                for scale in SCALES:
                    values = self._estimates(scale, group, inside, chosen, weights)
                    if not np.isnan(values[0]):
                        heads = (design, group, scale, int(chosen.sum()), int(text.max()) + 1)
                        rows.append((*heads, values[0], *_summary(values[1:])))
        names = ("design", "group", "scale", "moves", "texts", "estimate", *QUANTILES, "sd")
        return pd.DataFrame(rows, columns=list(names))

    def _estimates(
        self, scale: str, group: str, inside: BoolArray, chosen: BoolArray, weights: FloatArray
    ) -> FloatArray:
        """Return the estimate, then that of every resample; NaN where nobody can be compared."""
        if scale == "latent":
            by_pair = self.likelihood[group][chosen]
            flat = not by_pair.any()
            return np.full(len(weights), np.nan) if flat else GRID[(weights @ by_pair).argmax(1)]
        if scale == "yes":
            return _slope(self.changed[group], self.pairs, self.pairs.step, chosen, weights)
        against = np.maximum(-self.pairs.step, 0)
        return _slope(absences(self.pairs, inside), self.pairs, against, chosen, weights)

    def by_state(self) -> tuple[FloatArray, FloatArray]:
        """Return the effect on each state and its standard deviation, from the better design."""
        design = [name for name in DESIGNS if name in self.designs][-1]
        chosen = self.designs[design]
        table = self.table().query("design == @design and scale == 'latent'").set_index("group")
        effect = np.zeros(len(Members.load()))
        sd = effect.copy()
        for group in table.index:
            rows = np.flatnonzero(self.groups[group])
            mean, error = table.loc[group, "estimate"], table.loc[group, "sd"]
            one_by_one = np.stack([self._of_state(int(row), group, chosen) for row in rows])
            effect[rows], own, _ = shrunk(one_by_one, float(mean))
            sd[rows] = np.hypot(own, error)
        return effect, sd

    def _of_state(self, row: int, group: str, chosen: BoolArray) -> FloatArray:
        only = np.arange(self.pairs.before.shape[1]) == row
        counts = transitions(self.pairs.take(chosen), only)
        by_pair = log_likelihood(counts, self.pairs.step[chosen], self.thresholds[group])
        return np.asarray(by_pair.sum(axis=0))

    def moves(self, across: BoolArray) -> pd.DataFrame:
        rows, pairs = self.designs["all"], self.pairs
        frame = {
            "title": [pairs.titles[text] for text in pairs.text[rows]],
            "first": pairs.first[rows],
            "second": pairs.second[rows],
            "step": pairs.step[rows],
            "changeover": across[rows],
        }
        return pd.DataFrame(frame | {name: change[rows] for name, change in self.changed.items()})

    def drift(self) -> pd.DataFrame:
        still = self.pairs.step == 0
        rows = [
            (name, float(np.nanmean(change[still])), float(np.nanstd(change[still])))
            for name, change in self.changed.items()
            if not np.isnan(change[still]).all()
        ]
        return pd.DataFrame(rows, columns=["group", "drift", "sd"])


def _across(pairs: Pairs, changeovers: list[datetime.date]) -> BoolArray:
    """Return which pairs have a change of the party in the White House in between [pair]."""
    days = np.array(changeovers, dtype="datetime64[D]")
    return np.asarray(((pairs.first[:, None] < days) & (days <= pairs.second[:, None])).any(axis=1))


def _weights(text: IntArray) -> FloatArray:
    """Return how often each pair counts: once, then in every resample of the texts."""
    drawn = resamples(SEED, count=RESAMPLES, clusters=int(text.max()) + 1)
    return np.concatenate([np.ones((1, len(text))), drawn[:, text]])


def _slope(
    changed: FloatArray, pairs: Pairs, size: FloatArray, chosen: BoolArray, weights: FloatArray
) -> FloatArray:
    if np.isnan(changed[pairs.step == 0]).all():
        return np.full(len(weights), np.nan)
    net = without_drift(changed, pairs)[chosen]
    far = np.where(np.isnan(net), 0.0, size[chosen])
    below = weights @ far**2
    above = weights @ (far * np.nan_to_num(net))
    return np.asarray(np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan))


def _summary(resampled: FloatArray) -> tuple[float, ...]:
    there = resampled[~np.isnan(resampled)]
    return (*np.quantile(there, list(QUANTILES.values())).tolist(), float(there.std()))
