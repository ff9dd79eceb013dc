"""What is asked in a calendar year, and what was known when it began."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.assembly.choices import FloatArray, IntArray
from sim.models.history import choices_of
from sim.record import Record, clean_title, title_of

REACH = 10
"""How far back anything looks [years]."""
_CATALOGUE = re.compile(r"^a/\d+/\d+ \S+ - ")


@dataclass(frozen=True)
class Year:
    """Roll calls of one calendar year that are asked about, and what was known when it began.

    Attributes
    ----------
    year : int
    asked : DataFrame
        The roll calls, without votes.
    known : Record
        The ten years before.
    """

    year: int
    asked: pd.DataFrame = field(repr=False)
    known: Record = field(repr=False)

    @classmethod
    def of(cls, record: Record, rows: IntArray) -> Year:
        """Return some roll calls of one year of a record, with what was known of it.

        Parameters
        ----------
        record : Record
        rows : array of int
            Of one calendar year.
        """
        year = int(str(record.dates[rows[0]])[:4])
        known = record.between(f"{year - REACH}-01-01", f"{year - 1}-12-31")
        return cls(year, record.roll_calls.iloc[rows], known)

    @functools.cached_property
    def choices(self) -> FloatArray:
        """1 where a state made a choice in a known roll call [known, choice, state]."""
        return choices_of(self.known.votes).astype(float)

    @functools.cached_property
    def ages(self) -> IntArray:
        """How many calendar years ago the known roll calls were [known]."""
        years = self.known.dates.astype("datetime64[Y]").astype(np.int64) + 1970
        return np.asarray(self.year - years)

    def counts(self, years: int, weights: FloatArray | None = None) -> FloatArray:
        """Return how often each state made each choice in the last years [..., choice, state].

        Parameters
        ----------
        years : int
            How far back to look.
        weights : array [..., known], optional
            What each known roll call counts; by default 1.
        """
        late = self.ages <= years
        each = np.ones(len(late)) if weights is None else weights
        return np.asarray(np.tensordot(each[..., late], self.choices[late], axes=1))

    @functools.cached_property
    def likeness(self) -> FloatArray:
        """Cosine of the TF-IDF weights of words and pairs of words [asked, known]."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        try:
            known = vectorizer.fit_transform(_words(self.known.roll_calls))
        except ValueError:  # there are no words to learn from
            return np.zeros((len(self.asked), len(self.known)))
        return np.asarray((vectorizer.transform(_words(self.asked)) @ known.T).toarray())

    def last_on_title(self, times: int) -> FloatArray:
        """Return 1 for the last known roll calls with the same printed title [asked, known]."""
        rows: dict[str, list[int]] = {}
        for row, title in enumerate(_printed(self.known.roll_calls)):
            rows.setdefault(title, []).append(row)
        last = np.zeros((len(self.asked), len(self.known)))
        for place, title in enumerate(_printed(self.asked)):
            if title:
                last[place, rows.get(title, [])[-times:]] = 1
        return last

    @functools.cached_property
    def issues(self) -> dict[str, tuple[FloatArray, FloatArray]]:
        """Which roll calls are on each issue, asked and known; none is an issue of its own."""
        asked, known = _issues(self.asked), _issues(self.known.roll_calls)
        nowhere = np.zeros(len(self.known))
        return {name: (marks, known.get(name, nowhere)) for name, marks in asked.items()}


def _words(roll_calls: pd.DataFrame) -> list[str]:
    # what was said in the meeting is no title, but its words may still be those of another text
    return [f"{agenda} {title}" for agenda, title in roll_calls[["agenda", "title"]].to_numpy()]


def _printed(roll_calls: pd.DataFrame) -> list[str]:
    """Return titles as printed, less what the catalogue adds."""
    return [_CATALOGUE.sub("", clean_title(title_of(title))) for title in roll_calls["title"]]


def _issues(roll_calls: pd.DataFrame) -> dict[str, FloatArray]:
    named = [set(filter(None, text.split("|"))) or {""} for text in roll_calls["issues"]]
    return {
        issue: np.array([issue in issues for issues in named], float)
        for issue in sorted(set().union(*named))
    }
