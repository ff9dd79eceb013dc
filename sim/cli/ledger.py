"""Commands on forecasts of record: frozen before the vote, scored after it, never edited."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import BadInputError
from sim.cli.scenarios import CitedFrom, ScenarioName, scenario_file
from sim.cli.show import Screen, show_doubts
from sim.cli.writing import free_folder

LedgerFile = Annotated[
    Path, typer.Option("--ledger", metavar="FILE", help="The ledger; made if there is none.")
]
HERE = Path("ledger.jsonl")


def ledger_add(
    scenario: ScenarioName,
    ledger: LedgerFile = HERE,
    afterwards: Annotated[
        bool, typer.Option("--afterwards", help="Add it although the vote is over; marked so.")
    ] = False,
    record: CitedFrom = None,
) -> None:
    """Freeze the forecast of a scenario, before its vote.

    The entry holds the forecast, the scenario's text, the hash of every input, and the hash of the
    entry before it. Nothing is ever edited: a correction is a new entry.

    Example: unga-sim ledger add anniversary-2025 --afterwards
    """
    import datetime

    from sim.runs.ledger import add_entry, frozen
    from sim.runs.run import plan_of, run_scenario
    from sim.scenario.case import resolve
    from sim.vote.engine import Engine

    case = resolve(scenario_file(scenario), record=record)
    made = datetime.datetime.now(datetime.UTC).date()
    vote = case.scenario.resolution.date
    if made >= vote and not afterwards:
        raise BadInputError(
            f"SCENARIO: {case.stem}: its vote was on {vote}; a forecast made today is no forecast "
            "of record. Give --afterwards to add it all the same, marked as made afterwards"
        )
    run = run_scenario(case, plan=plan_of(case, engine=Engine.EXACT))
    entry = add_entry(ledger, frozen(run, made=made))
    show_doubts(Screen(), case)
    typer.echo(f"{ledger}: entry {entry.content['number']}, {entry.hash}")


def ledger_score(
    ledger: LedgerFile = HERE,
    record: Annotated[
        Path | None,
        typer.Option(metavar="RECORD", help="Where results are looked up; else those shipped."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write ledger.csv and the figure there.")
    ] = None,
) -> None:
    """Score the frozen forecasts whose votes have come since.

    Example: unga-sim ledger score --record votes.parquet --out scored
    """
    from sim import files
    from sim.record.cited import cited_roll_calls
    from sim.record.storage import read_record
    from sim.report.ledger import ledger_tables, save_scores
    from sim.runs.ledger import first_touched, read_ledger
    from sim.runs.resolved import score_ledger

    if out is not None:
        free_folder(out, mark="ledger.csv", inputs=[ledger, *([record] if record else ())])
    entries = read_ledger(ledger)
    if not entries:
        raise BadInputError(f"--ledger: {ledger}: no entry; add one with unga-sim ledger add")
    if (touched := first_touched(entries)) is not None:
        raise BadInputError(f"--ledger: {ledger}: entry {touched} is not as it was added")
    scores = score_ledger(entries, cited_roll_calls() if record is None else read_record(record))
    screen = Screen()
    for table in ledger_tables(entries, scores):
        screen.table(table)
    if out is not None:
        with files.whole_folder(out) as folder:
            save_scores(scores, folder)
        typer.echo(out)


def ledger_verify(ledger: LedgerFile = HERE) -> None:
    """Check that no entry was changed, put in later, or dropped from before the last.

    Exit 1 names the first entry that is not as it was added. That the last ones were dropped
    shows only against the last hash: keep it elsewhere, where others can see it.

    Example: unga-sim ledger verify
    """
    from sim.cli.errors import DIFFERENT
    from sim.runs.ledger import first_touched, read_ledger

    entries = read_ledger(ledger)
    if not entries:
        raise BadInputError(f"--ledger: {ledger}: no entry; add one with unga-sim ledger add")
    touched = first_touched(entries)
    if touched is not None:
        typer.echo(f"{ledger}: entry {touched} is not as it was added", err=True)
        raise typer.Exit(DIFFERENT)
    count = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
    typer.echo(f"{ledger}: {count}, none touched; the last is {entries[-1].hash}")
