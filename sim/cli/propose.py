"""Commands that start from a title: write a scenario, or forecast at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.asking import MAJORITY, SYMBOL, ask, days
from sim.cli.brief import brief_lines, computed, show_tables
from sim.cli.errors import BadInputError
from sim.cli.known import Known, KnownFile, known_votes
from sim.cli.run import Full
from sim.cli.show import Screen

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from sim.assembly.choices import Choice
    from sim.scenario.case import Case

Title = Annotated[str, typer.Argument(metavar="TITLE", help="Title of the draft, as printed.")]
Positions = Annotated[
    list[str] | None,
    typer.Option(
        "--us",
        metavar="POSITION",
        help="Position of the United States (yes, no, abstain, co-sponsor, silent, ...); may be "
        "given again, the expected one first: the model forecasts that one, and the assumed effect "
        "of the United States makes the others of it.",
    ),
]
VoteDay = Annotated[
    str | None, typer.Option("--day", metavar="DAY", help="Day of the vote; by default tomorrow.")
]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="DAY", help="Last day whose facts are used; by default the day before."),
]
Symbol = Annotated[str, typer.Option(metavar="SYMBOL", help="Of the draft.")]
Majority = Annotated[str, typer.Option(metavar="RULE", help="simple, two-thirds, ...")]
Last = Annotated[
    str | None,
    typer.Option(
        metavar="HOW",
        help="How the text was last adopted, if you know: without-a-vote, by-vote, or new.",
    ),
]
Sponsors = Annotated[
    str | None,
    typer.Option(metavar="STATES", help="Sponsors, such as FRA,UKR, or a list: ES-11/7."),
]
RecordFile = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE", help="The record; by default the user's own."),
]

Agenda = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A CSV: title[,us,majority,last]; one table of all texts."),
]


def new(
    title: Title,
    us: Positions = None,
    day: VoteDay = None,
    as_of: AsOf = None,
    symbol: Symbol | None = None,
    majority: Majority | None = None,
    last: Last = None,
    sponsors: Sponsors = None,
    record: RecordFile = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The scenario; by default TITLE.toml.")
    ] = None,
) -> None:
    """Write a scenario for a title, with the precedents, marks and US positions that are found.

    In a terminal it asks for what no option gives.

    Example: unga-sim new "Situation of human rights in Ukraine" --day 2026-12-15 --out ukraine.toml
    """
    from sim import files
    from sim.cli.writing import free_file, stem_of
    from sim.scenario.proposal import proposal_text

    if sys.stdin.isatty() and sys.stdout.isatty():
        day, us, symbol, majority, last = ask(day, as_of, us, symbol, majority, last)
    vote, known = days(day, as_of)
    place = free_file(out or Path(f"{stem_of(title)}.toml"), inputs=[record] if record else [])
    if place.exists():
        raise BadInputError(f"--out: {place}: is there; give another name")
    case = proposed(
        title,
        us,
        vote,
        known,
        symbol=symbol or SYMBOL,
        majority=majority or MAJORITY,
        last=last,
        sponsors=sponsors,
        record=record,
    )
    files.write_text(place, proposal_text(case))
    _show_found(case, title)
    typer.echo(f"{place}: read it, then unga-sim run {place}")


def _show_found(case: Case, title: str) -> None:
    """Show what a scenario was written from, and what it lacks."""
    from sim.report.agenda import precedent_table
    from sim.report.brief import asked_for
    from sim.scenario.doubts import doubts
    from sim.scenario.proposal import proposed_sponsors

    screen = Screen()
    for sentence in (*as_printed(case, title), *doubts(case)):
        screen.paragraph(sentence)
    screen.table(precedent_table(case))
    if not case.sponsors and (likely := proposed_sponsors(case)):
        screen.paragraph(f"{likely} They are proposed in the file, to be taken by one edit.")
    for sentence in asked_for(case.asked):
        screen.paragraph(sentence)


def forecast(
    title: Annotated[
        str | None, typer.Argument(metavar="TITLE", help="Title of the draft, as printed.")
    ] = None,
    us: Positions = None,
    day: VoteDay = None,
    as_of: AsOf = None,
    symbol: Symbol = SYMBOL,
    majority: Majority = MAJORITY,
    last: Last = None,
    known: Known = None,
    known_file: KnownFile = None,
    sponsors: Sponsors = None,
    record: RecordFile = None,
    agenda: Agenda = None,
    full: Full = False,
) -> None:
    """Forecast the vote on a title, with no file.

    A text that returns is known again by its whole title; one cut short is completed where it
    begins a single text of the record.

    Example: unga-sim forecast "Rights of the child" --us no --known BRA=yes
    """
    if (title is None) == (agenda is None):
        raise BadInputError("TITLE, --agenda: one of them is expected")
    if agenda is not None and (known or known_file is not None):
        raise BadInputError(
            "--agenda: known votes are on one text; leave out --known and --known-file"
        )
    if agenda is not None and (full or sponsors):
        raise BadInputError("--agenda: has one table; leave out --full and --sponsors")
    vote, until = days(day, as_of)
    votes, screen = known_votes(until, known, known_file), Screen()
    if agenda is not None:
        texts = texts_of(agenda, us, majority, last)
        cases = _of_agenda(agenda, texts, vote, until, record=record)
        _show_agenda(screen, [title for title, *_ in texts], cases)
        return
    case = proposed(
        str(title),
        us,
        vote,
        until,
        symbol=symbol,
        majority=majority,
        last=last,
        sponsors=sponsors,
        record=record,
        votes=votes,
    )
    _show(screen, case, as_printed(case, str(title)), full=full)


def _of_agenda(
    agenda: Path,
    texts: Sequence[tuple[str, list[str] | None, str, str | None]],
    vote: datetime.date,
    until: datetime.date,
    *,
    record: Path | None,
) -> list[Case]:
    """Return the case of each text of a meeting; refuse all that cannot be at once."""
    cases, problems = [], []
    for number, (text, place, rule, how) in enumerate(texts, 1):
        try:
            cases.append(proposed(text, place, vote, until, majority=rule, last=how, record=record))
        except ValueError as error:
            lines = str(error).splitlines()
            problems += [f"{agenda}, text {number}: {one.lstrip('-')}" for one in lines]
    if problems:
        raise BadInputError("\n".join(problems))
    return cases


def _show_agenda(screen: Screen, titles: Sequence[str], cases: Sequence[Case]) -> None:
    from sim.report.agenda import agenda_table, cautions_of_texts
    from sim.scenario.doubts import doubts

    screen.table(agenda_table([computed(case) for case in cases]))
    told = [
        (title, (*as_printed(case, title), *doubts(case)))
        for title, case in zip(titles, cases, strict=True)
    ]
    for sentence in cautions_of_texts(told):
        screen.paragraph(sentence)


def _show(screen: Screen, case: Case, before: Sequence[str], *, full: bool) -> None:
    from sim.report import Report
    from sim.report.agenda import precedent_table

    run = computed(case)
    report = Report(run.outcomes, run.labels)
    if not full:
        typer.echo("\n".join(brief_lines(run, report, screen, before=before, below=0, likest=True)))
        return
    for sentence in before:
        screen.paragraph(sentence)
    show_tables(run, report, screen, more=(precedent_table(case, shown=len(case.likest)),))


def proposed(
    title: str,
    us: list[str] | None,
    vote: datetime.date,
    known: datetime.date,
    *,
    majority: str,
    record: Path | None,
    last: str | None = None,
    sponsors: str | None = None,
    symbol: str = SYMBOL,
    votes: Mapping[str, Choice] | None = None,
) -> Case:
    """Return the case of a title.

    Raises
    ------
    BadInputError
        If there is no title, or no such position of the United States.
    """
    from sim.scenario.proposal import POSITIONS, propose

    if not title.strip():
        raise BadInputError("TITLE: '': the title of the draft is expected")
    for name in us or ():
        if name not in POSITIONS:
            raise BadInputError(f"--us: {name!r}: must be one of {', '.join(POSITIONS)}")
    return propose(
        title,
        vote=vote,
        as_of=known,
        us=tuple(us or ()),
        symbol=symbol,
        majority=majority,
        last=last,
        sponsors=(sponsors or "").replace(",", " ").split(),
        record=record,
        known=votes,
    )


def as_printed(case: Case, title: str) -> list[str]:
    """Say which title the one that was typed is taken for, where that is another."""
    from sim.record import cut_titles

    whole = case.scenario.resolution.title
    if whole == title:
        return []
    cut = whole in set(case.record.roll_calls["title"][cut_titles(case.record)])
    short = " (cut short by its source)" if cut else ""
    return [f"Taken for the title in the record{short}: {whole}."]


def texts_of(
    agenda: Path, us: list[str] | None, majority: str, last: str | None
) -> list[tuple[str, list[str] | None, str, str | None]]:
    """Return title, US positions, rule and how it was last adopted of each text of a meeting.

    Raises
    ------
    BadInputError
        If the file holds no text.
    """
    from sim import files

    rows = [row for _, row in files.numbered_rows(agenda, ("title",), ("us", "majority", "last"))]
    if not rows:
        raise BadInputError(f"--agenda: {agenda}: no text in it, only a header")
    return [
        (
            row["title"],
            [row["us"]] if row.get("us") else us,
            row.get("majority") or majority,
            row.get("last") or last,
        )
        for row in rows
    ]
