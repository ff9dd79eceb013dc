"""The command on the wording of a text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.scenarios import CitedFrom, ScenarioName, scenario_file
from sim.cli.show import Screen, show_doubts
from sim.cli.writing import free_folder


def lever(
    scenario: ScenarioName,
    texts: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="More like texts: a CSV file with symbol,asks[,subject][,series]."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    record: CitedFrom = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also write tables and the figure to DIR/NAME-lever."),
    ] = None,
) -> None:
    """Say what each demand of the text costs or brings in votes, from like texts.

    Like texts are those on the same subject, voted on up to the day of the forecast. A demand that
    fewer than three kinds of them make, or do not make, gets no number.

    Example: unga-sim lever anniversary-2025
    """
    import json

    from sim import files
    from sim.report.folders import save_lever
    from sim.report.studies import lever_table, lever_told
    from sim.scenario.case import resolve
    from sim.studies.lever import wording_lever

    case = resolve(scenario_file(scenario), record=record)
    inputs = [texts] if texts else []
    folder = None
    if out is not None:
        used = [*case.inputs, *inputs]
        folder = free_folder(out / f"{case.stem}-lever", mark="lever.json", inputs=used)
    found = wording_lever(case, texts=texts)
    if folder is not None:
        with files.whole_folder(folder) as made:
            save_lever(found, made, inputs=inputs)
    if as_json:
        typer.echo(json.dumps(lever_told(found), indent=2, ensure_ascii=False))
        return
    screen = Screen()
    screen.paragraph(found.sentence, bold=True)
    screen.table(lever_table(found))
    screen.points("What each rests on", found.grounds())
    show_doubts(screen, case)
    if folder is not None:
        typer.echo(folder)
