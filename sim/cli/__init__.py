"""The terminal: each command opens, calls one library function and shows what it returns.

A new command is one function in a file here and one line below. Nothing heavy is imported before a
command runs, so that ``unga-sim --help`` answers at once.
"""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from sim import __version__
from sim.cli.errors import Command, Commands
from sim.cli.ledger import ledger_add, ledger_score, ledger_verify
from sim.cli.lever import lever
from sim.cli.listing import list_all
from sim.cli.page import page
from sim.cli.propose import forecast, new
from sim.cli.record import record_import, record_info, record_update
from sim.cli.results import plot, reproduce
from sim.cli.rule import rule
from sim.cli.run import run
from sim.cli.scenarios import check, explain
from sim.cli.skill import skill
from sim.cli.stopping import as_interrupts
from sim.cli.study import backtest, contrast, fall, fit
from sim.cli.sweep import sweep
from sim.cli.whom import whom


def group(purpose: str, *, completes: bool = False) -> typer.Typer:
    """Return an empty group of commands that all look and end alike."""
    return typer.Typer(
        help=purpose,
        cls=Commands,
        no_args_is_help=True,
        add_completion=completes,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


app = group("Simulate and forecast recorded votes in the UN General Assembly.", completes=True)


def show_version(wanted: bool) -> None:
    """Show the version and exit, where it is wanted."""
    if wanted:
        typer.echo(f"unga-sim {__version__}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=show_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Simulate and forecast recorded votes in the UN General Assembly."""


app.command("list")(list_all)
app.command()(run)
app.command()(new)
app.command()(forecast)
app.command()(check)
app.command()(explain)
app.command()(contrast)
app.command()(whom)
app.command()(lever)
app.command()(fall)
app.command()(plot)
app.command()(page)
app.command()(reproduce)
app.command()(sweep)
app.command()(fit)
app.command()(backtest)
app.command()(skill)
app.command()(rule)

record = group("Import published voting files, and look into a record.")
record.command("import")(record_import)
record.command("update")(record_update)
record.command("info")(record_info)
app.add_typer(record, name="record")

ledger = group("Freeze forecasts before their votes, and score them afterwards.")
ledger.command("add")(ledger_add)
ledger.command("score")(ledger_score)
ledger.command("verify")(ledger_verify)
app.add_typer(ledger, name="ledger")

for each in (app, record, ledger):
    for command in each.registered_commands:
        command.cls = Command


def main() -> None:
    """Run the command that the terminal asks for."""
    as_interrupts()
    try:
        app()
    finally:
        gc.freeze()  # or leaving takes a quarter of a second: Python looks through all once more
