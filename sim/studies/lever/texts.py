"""Earlier texts on a subject, with what each asks and how it was voted on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim import files
from sim.record import Record, read_record, users_record
from sim.record.cited import cited_asks
from sim.record.texts import canonical_symbol, clean_title
from sim.scenario.case import Case

SERIES = "text_series.csv"
COLUMNS = ("symbol", "subject", "series")
OWN = ("symbol", "asks")
BETWEEN = "|"
"""Between the demands of a text in a table."""


@dataclass(frozen=True)
class Text:
    """A text, before its votes are looked up.

    Attributes
    ----------
    symbol, subject : str
        The subject is empty if the user gave the text as a like one.
    series : str
        Texts of one series are one text that returns; empty for the title.
    asks : frozenset of str
    """

    symbol: str
    subject: str
    series: str
    asks: frozenset[str]


@dataclass(frozen=True)
class LikeText:
    """A text that was voted on before the forecast.

    Attributes
    ----------
    symbol, subject, series : str
    year : int
    asks : frozenset of str
    tally : array of int [choice]
    """

    symbol: str
    subject: str
    series: str
    year: int
    asks: frozenset[str]
    tally: np.ndarray


def texts_on_subject(case: Case, own: Path | None = None) -> tuple[LikeText, ...]:
    """Return the texts on the subjects of a case's precedents, oldest first.

    Parameters
    ----------
    case : Case
        Nothing later than its `as_of` is used.
    own : Path, optional
        A CSV file of the user's: symbol,asks[,subject][,series], demands with ``|`` between them. A
        row takes the place of the shipped one; one without subject is like the text by being there.

    Raises
    ------
    files.FileError
        If the file cannot be read, or a symbol in it is in no record; the message names every one.
    ScenarioError
        If no text of a known subject is cited, and the user gives none.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> texts = texts_on_subject(resolve("anniversary-2025"))
    >>> texts[0].symbol, sorted(texts[0].asks), len(texts)
    ('68/262', ['negotiate', 'non-recognition', 'territorial-integrity'], 19)
    """
    given = [] if own is None else read_own(own)
    known = {canonical_symbol(one.symbol): one for one in [*shipped_texts(), *given]}
    cited = {canonical_symbol(one.symbol) for one in case.precedents}
    subjects = {one.subject for symbol, one in known.items() if symbol in cited and one.subject}
    alike = [one for one in known.values() if one.subject in subjects or one in given]
    if not alike:
        raise case.scenario.refusal(
            "precedents: none of them is a text whose demands are known; cite one of "
            "seeds/text_series.csv, or give texts with their demands (--texts FILE)"
        )
    record = _record(case, given)
    rows = _rows(record, alike, given, own)
    day = np.datetime64(case.scenario.as_of) + 1
    found = [_voted(record, row, one) for one, row in rows if record.dates[row] < day]
    return tuple(sorted(found, key=lambda one: (one.year, one.symbol)))


def shipped_texts() -> list[Text]:
    """Return the texts of the seeds, with their subjects and demands.

    Examples
    --------
    >>> next(one for one in shipped_texts() if one.symbol == "ES-11/5").subject
    'ukraine'
    """
    asks = cited_asks()
    return [
        Text(row["symbol"], row["subject"], row["series"], frozenset(asks[row["symbol"]]))
        for row in files.read_rows(files.seed(SERIES), COLUMNS)
    ]


def read_own(path: Path) -> list[Text]:
    r"""Return the texts in a user's file.

    Raises
    ------
    files.FileError
        If a column is missing, or a row names no symbol.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder) / "texts.csv"
    ...     files.write_text(place, "symbol,asks\n79/1,withdraw|pay\n")
    ...     sorted(read_own(place)[0].asks)
    ['pay', 'withdraw']
    """
    found, problems = [], []
    for line, row in files.numbered_rows(path, OWN, ("subject", "series")):
        if not row["symbol"].strip():
            problems.append(f"{path}: line {line}: names no symbol")
        words = [word.strip() for word in row["asks"].split(BETWEEN)]
        found.append(
            Text(
                row["symbol"].strip(),
                row.get("subject", "").strip(),
                row.get("series", "").strip(),
                frozenset(filter(None, words)),
            )
        )
    if problems:
        raise files.FileError("\n".join(problems))
    return found


def _record(case: Case, given: Iterable[Text]) -> Record:
    """Return the roll calls of a case, and behind them the user's record if it is needed."""
    try:
        for one in given:
            case.record.row(one.symbol)
    except ValueError:
        place = users_record()
        return case.record if place is None else case.record.joined(read_record(place))
    return case.record


def _rows(
    record: Record, texts: Iterable[Text], given: Collection[Text], own: Path | None
) -> list[tuple[Text, int]]:
    """Return the texts with their rows; a shipped one that the record does not have is left out."""
    found, problems = [], []
    for one in texts:
        try:
            found.append((one, record.row(one.symbol)))
        except ValueError as error:
            if one in given:
                problems.append(
                    f"{own}: {error}; must be a roll call of the scenario or the record"
                )
    if problems:
        raise files.FileError("\n".join(problems))
    return found


def _voted(record: Record, row: int, text: Text) -> LikeText:
    title = clean_title(str(record.roll_calls["title"][row]))
    return LikeText(
        text.symbol,
        text.subject,
        text.series or title or text.symbol,
        int(str(record.dates[row])[:4]),
        text.asks,
        record.tallies()[row],
    )
