"""Commands that study: fit, backtest, contrast and fall."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import BadInputError, possible_day
from sim.cli.known import Known, KnownFile, known_votes
from sim.cli.run import RESULTS
from sim.cli.scenarios import CitedFrom, ScenarioName, scenario_file
from sim.cli.show import Screen, caution, progress
from sim.cli.skill import PAGE
from sim.cli.writing import free_file, free_folder

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.case import Case
    from sim.studies.contrast import Contrasts

RecordFile = Annotated[Path, typer.Argument(metavar="RECORD", help="A record file.")]
Jobs = Annotated[int, typer.Option(min=1, max=1024, metavar="N", help="Workers.")]
Levels = Annotated[
    list[str] | None,
    typer.Option(metavar="N,N,...", help="Also reveal so many votes, and score the others."),
]
AlsoTo = Annotated[Path | None, typer.Option(metavar="DIR", help="Also write into a folder there.")]
Models = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME[,NAME]",
        help="Vote models; the tables are of the first.",
        show_default="learned",
    ),
]
Only = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Score these roll calls alone: a CSV file of symbols."),
]
DAY = ["%Y-%m-%d"]
MOST_REVEALED = 150
"""Votes of a roll call that are revealed at most, so that others are left to score."""


class Us(StrEnum):
    """Whether the model may know the position of the United States."""

    given = "given"
    unknown = "unknown"


def fit(
    record: RecordFile,
    as_of: Annotated[
        datetime.datetime,
        typer.Option(formats=DAY, metavar="DATE", help="The last day whose roll calls are used."),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The parameter file to write.")],
    jobs: Jobs = 1,
    own_will: Annotated[
        bool,
        typer.Option(
            "--own-will", help="Also fit how much of an improbable vote is a state's own; slow."
        ),
    ] = False,
) -> None:
    """Fit the model to the roll calls of a record up to a day.

    The file has all that a forecast needs; a scenario names it as its parameters.
    """
    from sim import files
    from sim.models.fitted import fit_parameters, write_parameters
    from sim.record import read_record

    free_file(out, inputs=[record])
    held, day = read_record(record), possible_day("--as-of", as_of.date())
    with progress("roll calls", None) as told, refusing("RECORD"):
        made = f"unga-sim fit {record.name} --as-of {day}{' --own-will' * own_will}"
        found = fit_parameters(
            held,
            day,
            jobs=jobs,
            own_will=own_will,
            progress=told,
            made_by=made,
            sha256=files.sha256(record),
        )
        write_parameters(found, out)
    stamp = found.record
    typer.echo(f"{stamp.roll_calls:,} roll calls of {stamp.first} to {stamp.last}, fitted in")
    typer.echo(out)


def backtest(
    record: RecordFile,
    first: Annotated[
        datetime.datetime,
        typer.Option("--from", formats=DAY, metavar="DATE", help="First day forecast."),
    ],
    last: Annotated[
        datetime.datetime,
        typer.Option("--to", formats=DAY, metavar="DATE", help="Last day forecast."),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to make.")],
    us: Annotated[
        Us, typer.Option(help="Whether the model may know the position of the United States.")
    ] = Us.given,
    model: Models = None,
    only: Only = None,
    reveal: Levels = None,
    jobs: Jobs = 1,
) -> None:
    """Forecast each roll call of a period from what was known before its day, and score it.

    Prints the models' scores beside those of the baselines; DIR gets every forecast, the scores,
    the figures, and the page skill.md, which the command skill joins with others. The record should
    reach back fifteen years or more before the first day.

    With --reveal 1,3,10,30,100 some votes of each roll call are taken as known; reveal.csv says how
    well all others are then forecast.
    """
    from sim import files
    from sim.record import read_record
    from sim.report import backtest_table
    from sim.report.figures.backtest import draw_backtest
    from sim.skill import skill_page
    from sim.skill.backtest import LABELS, run_backtest, write_backtest
    from sim.skill.backtest.forecasters import contenders

    (start, end), levels = _period(first.date(), last.date()), _levels(reveal)
    free_folder(out, mark="scores.json", inputs=[record])
    models, held = contenders(us.value, _names(model)), read_record(record)
    with progress("forecasters", len(models) + len(LABELS)) as told:
        with refusing("RECORD"):
            found = run_backtest(
                held, start, end, us=us.value, models=models, only=_symbols(only), levels=levels,
                jobs=jobs, progress=lambda _: told(1),
            )  # fmt: skip
        table = backtest_table(found.scores)
        with files.whole_folder(out) as folder:
            write_backtest(found, folder)
            draw_backtest(found, folder)
            files.write_text(folder / PAGE, skill_page([found]))
    Screen().table(table)
    typer.echo(f"Every forecast, the scores, the figures and the page on skill are in\n{out}")


def _period(first: datetime.date, last: datetime.date) -> tuple[datetime.date, datetime.date]:
    start, end = possible_day("--from", first), possible_day("--to", last)
    if start > end:
        raise BadInputError(f"--from: {start}: is later than --to, {end}")
    return start, end


def _symbols(path: Path | None) -> list[str]:
    from sim import files

    return [] if path is None else [row["symbol"] for row in files.read_rows(path, ("symbol",))]


def _names(given: list[str] | None) -> list[str]:
    """Return the vote models named, each once; without any, the model of record."""
    from sim.models import MODELS

    names = list(dict.fromkeys(_parts(given or ["learned"])))
    if unknown := [name for name in names if name not in MODELS]:
        raise BadInputError(f"--model: {unknown[0]!r}: must be one of {', '.join(MODELS)}")
    return names


def _parts(given: list[str]) -> list[str]:
    """Return what an option says, given once with commas or several times."""
    return [part.strip() for text in given for part in text.split(",")]


def _levels(given: list[str] | None) -> tuple[int, ...]:
    """Return how many votes are revealed."""
    parts = [part for part in _parts(given or []) if part]
    for part in parts:
        if not (part.isdecimal() and 1 <= int(part) <= MOST_REVEALED):
            allowed = f"a whole number from 1 to {MOST_REVEALED}"
            raise BadInputError(f"--reveal: {part!r}: must be {allowed}")
    return tuple(sorted({int(part) for part in parts}))


def contrast(
    scenario: ScenarioName,
    draws: Annotated[
        int | None,
        typer.Option(min=1, max=10**10, metavar="N", help="Draws; by default the scenario's."),
    ] = None,
    known: Known = None,
    known_file: KnownFile = None,
    record: CitedFrom = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder in which the folder NAME-contrast is made.")
    ] = RESULTS,
) -> None:
    """Show what each difference to the first arm rests on; write tables and a figure.

    How much of each count and each chance comes from sampling, from the uncertain effect and from
    all else; who moves, with ranges; and how much larger the effect would have to be for each
    outcome to be lost. Where a scenario has steps, also how each of them differs.

    The folder is DIR/NAME-contrast; an earlier one that is there is replaced.

    Example: unga-sim contrast anniversary-2025 --known BRA=yes,HUN=no
    """
    from sim import files
    from sim.report.folders import save_contrasts
    from sim.scenario.case import resolve
    from sim.studies.contrast import contrast as take_apart
    from sim.studies.contrast import steps_in
    from sim.studies.steps import contrast_steps

    place = scenario_file(scenario)
    case = resolve(place, record=record, known=known_votes(place, known, known_file))
    if len(case.scenario.arms) < 2:
        raise BadInputError(f"{place}: has one arm; a contrast needs two or more")
    folder = free_folder(out / f"{place.stem}-contrast", mark="contrast.json", inputs=case.inputs)
    with progress("strengths of the effect", steps_in(case)) as told:
        found = take_apart(case, draws=draws, progress=told)
        steps = contrast_steps(case, draws=draws) if case.scenario.steps else None
        with files.whole_folder(folder) as made:
            save_contrasts(found, made, steps=steps)
    _show_contrast(found, case, steps)
    typer.echo("The tables, figure and manifest are in")
    typer.echo(folder)


def _show_contrast(found: Contrasts, case: Case, steps: pd.DataFrame | None) -> None:
    from sim.report import contrast_sentence, contrast_tables
    from sim.report.steps import step_contrast_table
    from sim.report.words import few_draws

    screen, labels = Screen(), case.labels
    sentences = [contrast_sentence(one, labels, of_text=steps is not None) for one in found.each]
    screen.paragraph("\n".join(sentences), bold=True)
    caution(screen, case, *case.scenario.arms)
    for sentence in few_draws(found.outcomes.effective, known=bool(case.known), computed=True):
        screen.paragraph(sentence)
    for one in found.each:
        for table in contrast_tables(one, labels):
            screen.table(table)
        if steps is not None:
            screen.table(step_contrast_table(steps, (one.arm, one.against), labels))
    screen.paragraph("How far the US moves others is an assumption, not a measured effect.")


def fall(
    first: Annotated[
        str | None, typer.Argument(metavar="FIRST", help="A roll call, such as ES-11/6.")
    ] = None,
    last: Annotated[str | None, typer.Argument(metavar="LAST", help="Another one.")] = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where they are, if not shipped; else the user's own."),
    ] = None,
    out: AlsoTo = None,
) -> None:
    """Show who changed its vote between two roll calls.

    Without roll calls: what the fall from 141 to 93 yes votes on Ukraine's text, 2023 to 2025,
    can be put down to. With --out the tables are also written to DIR/fall.

    Example: unga-sim fall ES-11/6 ES-11/7
    """
    from sim import files
    from sim.record.cited import record_holding
    from sim.report import fall_tables, turnover_tables
    from sim.report.folders import save_fall, save_turnover
    from sim.studies.fall import fall_by_history, fall_of_support
    from sim.studies.turnover import turnover

    if first is not None and last is None:
        raise BadInputError("LAST: missing; give two roll calls, or none")
    folder = None if out is None else free_folder(out / "fall", mark="fall.json", inputs=())
    if first is None or last is None:
        parts, history = fall_of_support(), fall_by_history()
        tables, save = fall_tables(parts, history), partial(save_fall, parts, history)
    else:
        try:
            found = turnover(record_holding(first, last, place=record), first, last)
        except ValueError as error:
            raise BadInputError(str(error)) from None
        tables, save = turnover_tables(found), partial(save_turnover, found)
    screen = Screen()
    for table in tables:
        screen.table(table)
    if folder is not None:
        with files.whole_folder(folder) as made:
            save(made)
        typer.echo(folder)


@contextlib.contextmanager
def refusing(what: str) -> Iterator[None]:
    """Turn it into bad input that a record has nothing to learn from or to forecast.

    Every other error is one in the code, and shows its traceback.
    """
    from sim.record import ShortRecordError

    try:
        yield
    except ShortRecordError as error:
        raise BadInputError(f"{what}: {error}") from None
