"""The words of roll calls: what a text is called, and how alike two texts are.

Likeness is the cosine of TF-IDF weights of words and pairs of words, hashed to fixed columns so
that no other text moves them (Salton & Buckley 1988, doi:10.1016/0306-4573(88)90021-0). Nothing
that tells the outcome is kept: endings such as "adopted by the General Assembly" are cut.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from sim.assembly.choices import BoolArray, FloatArray, IntArray
from sim.record import Record, canonical_symbol, clean_title, title_of

COLUMNS = 2**20
"""Hashed columns of words and pairs; few of the some 30,000 of the record collide."""
SESSION = 0.3
"""How alike texts of one emergency special session are that share no word, from 0 to 1."""
STEM = 5
"""Letters by which a longer word is like others: "Ukrainian" is like "Ukraine"."""

_PHRASES = (
    r"adopted by the general assembly",
    r"\b(?:was|were) (?:not )?(?:adopted|rejected|retained)\b[^.]*",
    r"\b[a-z]{1,2}/[a-z0-9/.-]+\b(?: \d+\w*(?:\[\d+\])? - )?",
    r"the (?:acting )?president(?: \((?:spoke|interpretation)[^)]*\))? ?:",
    r"i (?:shall )?now put to the vote",
    r"a recorded vote[^.]*",
    r"may i take it[^?]*\?",
    r"the \w+ committee adopted[^.]*without a vote\.?",
    r"<..>",
)
_CUT = re.compile("|".join(_PHRASES))
_CATALOGUE = re.compile(r"[A-Z]/\d")
_SPECIAL = re.compile(r"\bES-(\d+)/")
_DOUBLED = re.compile(r"(.)\1+")
_ROMAN = re.compile(r"[ivx]+")
_COMMON = """
the of and to in a an on for by its it is that this as at with from all which be has have was were
we will now shall united nations general assembly resolution draft entitled operative paragraph
preambular vote separate been requested session first second third fourth fifth sixth seventh
eighth ninth tenth un u n
"""
_LEFT_OUT = frozenset(_COMMON.split())
_MARKS = {"amendment": ("zzamend",) * 2, "paragraph": ("zzpara",) * 2, "motion": ("zzmotion",) * 2}


SPELT = 132
"""Letters of a name that are compared whatever its spelling: of 160 without blanks and doubles."""


@dataclass(frozen=True)
class Texts:
    """What the roll calls of a record are called, in plain words [roll call].

    Attributes
    ----------
    names : tuple of str
        Title and kind, to tell what comes up again; empty where there is no title.
    words : tuple of str
        Words to compare, marked by kind; empty where nothing is known.
    """

    names: tuple[str, ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, record: Record) -> Texts:
        """Return the texts of a record.

        A vote on a part of a text or an amendment whose title is only what the president said
        takes the title of the text with the same symbol voted on the same day.

        Examples
        --------
        >>> from sim.record.cited import cited_roll_calls
        >>> Texts.of(cited_roll_calls()).names[0]
        'status palestine|whole'
        """
        frame = record.roll_calls
        parts = [_title(*pair) for pair in zip(frame["title"], frame["agenda"], strict=True)]
        symbols = [canonical_symbol(symbol) for symbol in frame["symbol"]]
        places = list(zip(record.dates, symbols, strict=True))
        parents: dict[tuple[Any, str], str] = {}
        for place, (title, _), kind in zip(places, parts, frame["kind"], strict=True):
            if title and place[1] and kind == "whole":
                parents.setdefault(place, title)
        titles = [
            title or parents.get(place, "") for place, (title, _) in zip(places, parts, strict=True)
        ]
        pairs = zip(titles, frame["kind"], (extra for _, extra in parts), strict=True)
        known = [
            (name_of(title, kind), words_of(title, kind, extra)) for title, kind, extra in pairs
        ]
        return cls(tuple(name for name, _ in known), tuple(words for _, words in known))

    def with_titles(self, other: dict[int, int]) -> Texts:
        """Return texts in which some roll calls are called as another, by row."""
        names, words = list(self.names), list(self.words)
        for row, source in other.items():
            names[row], words[row] = self.names[source], self.words[source]
        return Texts(tuple(names), tuple(words))


@functools.lru_cache(maxsize=2**15)
def plain_words(text: str) -> str:
    """Return a text's telling words: no case, phrases of procedure, numerals or common words.

    Examples
    --------
    >>> plain_words("The Syrian Golan : resolution / adopted by the General Assembly")
    'syrian golan'
    """
    bare = _CUT.sub(" ", clean_title(text))
    words = re.sub(r"[^a-z]+", " ", bare).split()
    return " ".join(word for word in words if word not in _LEFT_OUT and not _ROMAN.fullmatch(word))


def name_of(title: str, kind: str) -> str:
    """Return the name under which a text of plain words comes up again.

    Examples
    --------
    >>> name_of("syrian golan", "whole"), name_of("", "paragraph")
    ('syrian golan|whole', '')
    """
    return f"{title[:160]}|{kind}" if title else ""


@functools.lru_cache(maxsize=2**15)
def spelling_key(name: str) -> str:
    """Return a name without what two spellings of it differ in: blanks, doubled letters, z, ou.

    Long names are cut, so that they do not differ in where they were cut before.

    Examples
    --------
    >>> spelling_key("fueling road map|whole"), spelling_key("fuelling roadmap|whole")
    ('fuelingroadmap|whole', 'fuelingroadmap|whole')
    """
    title, _, kind = name.partition("|")
    plain = _DOUBLED.sub(r"\1", title).replace(" ", "").replace("z", "s").replace("our", "or")
    return f"{plain[:SPELT]}|{kind}"


def words_of(title: str, kind: str, extra: str = "") -> str:
    """Return the words of a text to compare, marked by kind.

    Examples
    --------
    >>> words_of("syrian golan", "paragraph")
    'syrian golan zzpara zzpara'
    """
    words = [word for word in (title, extra) if word]
    return " ".join([*words, *_MARKS.get(kind, ())]) if words else ""


def special_session(symbol: str) -> int:
    """Return the number of the emergency special session of a symbol, 0 if it is of none.

    Examples
    --------
    >>> [special_session(symbol) for symbol in ("A/RES/ES-11/7", "A/ES-11/L.10", "A/79/L.5")]
    [11, 11, 0]
    """
    found = _SPECIAL.search(symbol)
    return int(found[1]) if found else 0


def together(sessions: IntArray, others: IntArray) -> BoolArray:
    """Return which texts are of one emergency special session [text, other].

    Examples
    --------
    >>> together(np.array([11, 0]), np.array([11, 0]))
    array([[ True, False],
           [False, False]])
    """
    return np.asarray((sessions[:, None] == others) & (sessions > 0)[:, None])


def _title(title: str, agenda: str) -> tuple[str, str]:
    """Return the plain title and the further words of a roll call."""
    if _CATALOGUE.match(title):
        title, agenda = agenda, title
    if title_of(title) != title:  # what was said in the meeting; its words may be those of a text
        title, agenda = "", f"{agenda} {title}"
    return plain_words(title), plain_words(agenda)


@functools.cache
def _vectorizer() -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(
        n_features=COLUMNS,
        alternate_sign=False,
        norm=None,
        analyzer=terms,
    )


def hashed(words: Sequence[str]) -> sp.csr_matrix:
    """Return damped counts of words and pairs, ``log(1 + count)`` [text, hashed column].

    Examples
    --------
    >>> hashed(["syrian golan"]).nnz
    4
    """
    if not words:  # the library's vectorizer wants at least one text
        return sp.csr_matrix(np.zeros((0, COLUMNS), np.float32))
    counts = _vectorizer().transform(words).tocsr().astype(np.float32)
    counts.data = np.log1p(counts.data)
    return sp.csr_matrix(counts)


def terms(words: str) -> Iterator[str]:
    """Yield the words, pairs of words and beginnings of long words of a text.

    Examples
    --------
    >>> list(terms("syrian golan"))
    ['syrian', 'golan', 'syrian golan', 'syria~']
    """
    each = words.split()
    yield from each
    yield from map(" ".join, itertools.pairwise(each))
    yield from (f"{word[:STEM]}~" for word in each if len(word) > STEM)


def term_columns(found: Sequence[str]) -> npt.NDArray[np.int32]:
    """Return the hashed column of each word or pair [term].

    Examples
    --------
    >>> sorted(term_columns(["golan"])) == sorted(hashed(["golan"]).indices)
    True
    """
    from sklearn.feature_extraction import FeatureHasher

    hasher = FeatureHasher(COLUMNS, input_type="string", alternate_sign=False)
    return np.asarray(hasher.transform([[term] for term in found]).indices)


def rarity(texts_with: FloatArray, texts: int) -> npt.NDArray[np.float32]:
    """Return the inverse document frequency of each hashed column.

    Parameters
    ----------
    texts_with : array [column]
        In how many texts each column comes up.
    texts : int
        How many texts there are.

    Examples
    --------
    >>> rarity(np.array([0.0, 9.0]), 9).round(4)
    array([3.3026, 1.    ], dtype=float32)
    """
    return (np.log((1 + texts) / (1 + texts_with)) + 1).astype(np.float32)


def likeness(
    asked: sp.csr_matrix,
    known: sp.csr_matrix,
    rare: npt.NDArray[np.float32],
    *,
    together: BoolArray | None = None,
) -> npt.NDArray[np.float32]:
    """Return how alike texts are, from 0 to 1 [asked, known].

    Parameters
    ----------
    asked, known : matrix [text, hashed column]
        As `hashed` gives them.
    rare : array [column]
        As `rarity` gives it.
    together : array of bool [asked, known], optional
        Of one emergency special session: what their words leave of 1 shrinks by `SESSION`.

    Examples
    --------
    >>> even = np.ones(COLUMNS, np.float32)
    >>> float(likeness(hashed(["syrian golan"]), hashed(["syrian golan"]), even)[0, 0].round(6))
    1.0
    """
    one = _unit(asked, rare)
    found = one @ (one if known is asked else _unit(known, rare)).T
    like = np.asarray(np.clip(found.toarray(), 0, 1), np.float32)
    return like if together is None else like + np.float32(SESSION) * together * (1 - like)


def _unit(counts: sp.csr_matrix, rare: npt.NDArray[np.float32]) -> sp.csr_matrix:
    weighted = counts.copy()
    weighted.data = weighted.data * rare[weighted.indices]
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    length[length == 0] = 1
    weighted.data /= np.repeat(length, np.diff(weighted.indptr)).astype(np.float32)
    return weighted
