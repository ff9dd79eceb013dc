"""How often words come up in titles: what makes a shared word telling, without the titles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from sim.models.history import Float32Array
from sim.models.learned.texts.titles import COLUMNS, rarity, term_columns, terms


@dataclass(frozen=True)
class Vocabulary:
    """In how many texts words and pairs of words come up.

    Attributes
    ----------
    texts : int
        How many texts were read.
    counts : mapping of str to int
        Texts with each word or pair.
    others : float
        Texts with a word or pair that is not listed, on average.

    Examples
    --------
    >>> found = Vocabulary.of(["syrian golan", "syrian arab republic", ""])
    >>> found.texts, found.counts["syrian"], found.counts["arab republic"]
    (2, 2, 1)
    """

    texts: int
    counts: Mapping[str, int]
    others: float = 0.0

    @classmethod
    def of(cls, words: Sequence[str]) -> Vocabulary:
        """Return the vocabulary of texts in plain words; empty ones do not count."""
        known = [text for text in words if text]
        counts = Counter(term for text in known for term in set(terms(text)))
        return cls(len(known), MappingProxyType(dict(counts)))

    def common(self, least: int, *, also: Set[str] = frozenset()) -> Vocabulary:
        """Return the vocabulary without what comes up in fewer texts, counted as its average.

        Parameters
        ----------
        least : int
            In how many texts at least [texts].
        also : set of str
            Words and pairs to keep in any case, if never seen with a count of 0.

        Examples
        --------
        >>> Vocabulary(9, {"golan": 4, "syrian": 2, "arab": 1}).common(3)
        Vocabulary(texts=9, counts={'golan': 4}, others=1.5)
        """
        counts = dict.fromkeys(sorted(also), 0) | dict(self.counts)
        kept = {term: n for term, n in counts.items() if n >= least or term in also}
        rest = [count for term, count in counts.items() if term not in kept]
        return Vocabulary(self.texts, kept, float(np.mean(rest)) if rest else 0.0)

    def rarity(self) -> Float32Array:
        """Return how rare each hashed column is [column]."""
        texts_with = np.zeros(COLUMNS)
        listed = term_columns(list(self.counts))
        np.add.at(texts_with, listed, np.array(list(self.counts.values()), float))
        unlisted = np.ones(COLUMNS, bool)
        unlisted[listed] = False
        texts_with[unlisted] = self.others
        return rarity(texts_with, self.texts)
