"""The forecast of one text from fitted parameters and the precedents at hand."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.assembly.choices import BoolArray, Choice, FloatArray
from sim.assembly.members import US, Members
from sim.models.history import Float32Array
from sim.models.learned.blocs import members_on
from sim.models.learned.explaining import POSITION, waterfall
from sim.models.learned.features import Asked, Columns, columns_of, us_columns
from sim.models.learned.pooling import HALF_LIFE_NEAR, Precedents, nearest
from sim.models.learned.source import DAYS_IN_YEAR, Source, day_number
from sim.models.learned.stages import Logits, heeded, mixed
from sim.models.learned.states import StateProfile
from sim.models.learned.texts.titles import (
    hashed,
    likeness,
    name_of,
    plain_words,
    special_session,
    together,
    words_of,
)
from sim.models.learned.texts.vocabulary import Vocabulary
from sim.record import Day, Record


@dataclass(frozen=True)
class Near:
    """An earlier roll call on a like text.

    Attributes
    ----------
    row : int
        Of the record.
    likeness : float
        Of the texts, from 0 to 1.
    weight : float
        How much it counts: likeness to the third, halved with every four years of age.
    """

    row: int
    likeness: float
    weight: float


@dataclass(frozen=True, eq=False)
class _Same:
    """A record that equals itself alone, as the key of what is kept of it."""

    record: Record

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.record is self.record

    def __hash__(self) -> int:
        return id(self.record)


@functools.lru_cache(maxsize=2)
def _known_before(same: _Same, day: Day) -> Source:
    """Return what is known of a record before a day, which several questions share."""
    return Source.of(same.record.before(day))


def nearest_roll_calls(
    record: Record,
    title: str,
    as_of: Day,
    *,
    kind: str = "whole",
    symbol: str = "",
    count: int = 25,
    vocabulary: Vocabulary | None = None,
) -> list[Near]:
    """Return the earlier roll calls on texts like one, those that count most first.

    Parameters
    ----------
    record : Record
    title, kind, symbol
        Of the text, as for `precedents_for`.
    as_of : date or str
        Only strictly earlier days are looked at.
    count : int
        How many at most; roll calls that share no telling word are left out.
    vocabulary : Vocabulary, optional
        How often words come up; by default in the roll calls before the day.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> cited = cited_roll_calls()
    >>> best = nearest_roll_calls(cited, "Territorial integrity of Ukraine", "2022-10-12")[0]
    >>> cited.roll_calls["symbol"][best.row], round(best.likeness, 2)
    ('68/262', 1.0)
    """
    source, day = _known_before(_Same(record), as_of), day_number(as_of)
    precedents = precedents_for(source, title, day, kind=kind, symbol=symbol, vocabulary=vocabulary)
    weights = nearest(precedents, count, HALF_LIFE_NEAR)[0]
    order = np.lexsort((-np.arange(len(weights)), -weights))
    return [
        Near(int(row), float(precedents.likeness[0, row]), float(weights[row]))
        for row in order[:count]
        if weights[row] > 0
    ]


def precedents_for(
    source: Source,
    title: str,
    day: int,
    *,
    kind: str = "whole",
    symbol: str = "",
    vocabulary: Vocabulary | None = None,
    named: Sequence[tuple[int, float]] = (),
) -> Precedents:
    """Return the roll calls before a day as a text sees them.

    Parameters
    ----------
    source : Source
    title, kind, symbol
        Of the text; of the symbol only an emergency special session counts.
    day : int
        [days since 1970-01-01]
    vocabulary : Vocabulary, optional
        By default that of the roll calls themselves.
    named : sequence of tuple of int and float
        Row and likeness of the precedents to use instead of those that the words find.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> source = Source.of(cited_roll_calls())
    >>> found = precedents_for(source, "Aggression against Ukraine", day_number("2022-03-24"))
    >>> int(found.same.sum()), float(found.likeness.max().round(3))
    (1, 1.0)
    """
    stop = int(np.searchsorted(source.days, day))
    plain = plain_words(title)
    rare = vocabulary.rarity() if vocabulary else source.rarity(stop)
    one = together(np.array([special_session(symbol)]), source.sessions[:stop])
    like = likeness(hashed([words_of(plain, kind)]), source.known[:stop], rare, together=one)
    name = name_of(plain, kind)
    same = source.is_called(name)[None, :stop]
    otherwise_spelt = same & (source.known_name[:stop] != source.numbers.get(name, -1))
    like = np.where(otherwise_spelt, np.float32(1), like)
    if named:
        rows, likes = zip(*named, strict=True)
        chosen: Float32Array = np.zeros_like(like)
        chosen[0, list(rows)] = likes
        like, same = chosen, same & (chosen > 0)
    ages = (day - source.days[:stop]) / DAYS_IN_YEAR
    between = source.between(rare)
    return Precedents(source.choices[:stop], source.us[:stop], ages, like, same, between)


def forecast_parts(
    logits: Logits,
    profile: StateProfile,
    precedents: Precedents,
    *,
    kind: str = "whole",
    us: Choice | None = None,
    blocs: BoolArray | None = None,
    codes: Sequence[str] = (),
    republican: bool = False,
) -> dict[str, FloatArray]:
    """Return what each group of features adds to a forecast [state, choice].

    Parameters
    ----------
    logits : Logits
    profile : StateProfile
        Of the day of the vote.
    precedents : Precedents
        As one text sees them.
    kind : str
        What is put to the vote.
    us : Choice, optional
        The position of the United States; if not given, each it may take counts as it is likely.
    blocs : array of bool [state, bloc], optional
        Who is in which bloc; by default as shipped, on the day of the profile.
    codes : sequence of str [bloc]
        Names of the blocs; then what each adds is given apart.
    republican : bool
        The President of the United States is a Republican on the day of the vote.

    Returns
    -------
    dict of str to array
        By group, as in `sim.models.learned.explaining`; together the probabilities.

    Examples
    --------
    >>> from sim.models.learned.model import fit_model, panel_before
    >>> from sim.record.cited import cited_roll_calls
    >>> source, day = Source.of(cited_roll_calls().before("2023-02-23")), day_number("2023-02-23")
    >>> model = fit_model(source, panel_before(source, day), day)
    >>> precedents = precedents_for(source, "Peace in Ukraine", day)
    >>> parts = forecast_parts(model.logits, model.profile, precedents, us=Choice.YES)
    >>> float(sum(parts.values()).sum().round(6))
    193.0
    """
    members = members_on(profile.day) if blocs is None else blocs
    kinds = (np.array([kind == "amendment"]), np.array([kind == "paragraph"]))
    asked = Asked(*kinds, members, republican)
    columns, shares = columns_of(profile, precedents, asked)

    def supposed(choice: Choice) -> Columns:
        return us_columns(profile, precedents, shares, np.array([int(choice)]))

    parts = waterfall(logits.unknown, columns, shares.blocs, codes)
    before = logits.unknown.probabilities(columns.__getitem__)
    if us is None:
        each = tuple(supposed(choice) for choice in Choice)
        after = mixed(logits, columns, each, Members.load().row(US))
    else:
        after = heeded(logits, columns | supposed(us), Members.load().row(US))
    return {group: adds[0] for group, adds in {**parts, POSITION: after - before}.items()}
