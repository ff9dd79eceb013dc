"""The command that runs many variants of a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import BadInputError, warn
from sim.cli.known import Known, KnownFile, known_votes
from sim.cli.scenarios import CitedFrom, ScenarioName, scenario_file
from sim.cli.show import Screen, progress, show_doubts
from sim.cli.writing import free_folder

if TYPE_CHECKING:
    from sim.studies.sweep import Sweep

MANY_POINTS = 10_000
"""Points above which a sweep is only computed if that is confirmed."""
FEW_POINTS = 128
"""Points of a Saltelli design below which its shares mean little."""

Fields = Annotated[
    list[str],
    typer.Option(
        metavar="FIELD=VALUES",
        help="A field and its values V1,V2,... or range LOW:HIGH; may be repeated.",
    ),
]
DesignName = Annotated[
    str,
    typer.Option(metavar="DESIGN", help="grid or list (values); sobol or saltelli (ranges)."),
]
Points = Annotated[
    int | None,
    typer.Option(
        min=1, max=10**6, metavar="N", help="Points of a sobol or saltelli design; by default 1024."
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, max=1024, metavar="N", help="Processes; by default one per core."),
]
Checked = Annotated[
    int,
    typer.Option(
        "--check", min=0, max=1000, metavar="N", help="Points also computed as finely as by run."
    ),
]
Yes = Annotated[
    bool, typer.Option("--yes", help=f"Go ahead with more than {MANY_POINTS:,} points.")
]


def sweep(
    scenario: ScenarioName,
    over: Fields,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder of the sweep.")],
    design: DesignName = "grid",
    points: Points = None,
    workers: Workers = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Compute on the workers of this Dask scheduler."),
    ] = None,
    checked: Checked = 2,
    known: Known = None,
    known_file: KnownFile = None,
    record: CitedFrom = None,
    yes: Yes = False,
) -> None:
    """Compute many variants of a scenario exactly, and find which assumption drives the answer.

    Each point sets fields such as us.effect_scale, precedents.SYMBOL and sponsors.ISO (in or out),
    precedents.SYMBOL.likeness or arms.ARM.us.POSITION (a chance). Finished points are kept in
    DIR/points, so an interrupted sweep resumes where it stopped.

    Example: unga-sim sweep anniversary-2025 --over precedents.ES-11/5=in,out --out text
    """
    from sim.scenario.case import resolve
    from sim.studies.sweep import design_of, run_sweep, sweep_of

    if workers is not None and scheduler is not None:
        raise BadInputError("--workers, --scheduler: only one of them can be given")
    wanted = design_of(over, kind=design, points=points)
    if len(wanted.points) > MANY_POINTS and not yes:
        many = f"{len(wanted.points):,} points; to compute more than {MANY_POINTS:,}, add --yes"
        raise BadInputError(f"--over: {many}")
    place = scenario_file(scenario)
    case = resolve(place, record=record, known=known_votes(place, known, known_file))
    asked = sweep_of(case, wanted, checked=checked)
    free_folder(out, mark="points", inputs=asked.case.inputs)
    with progress("points", len(asked.tasks())) as told:
        found, computed = run_sweep(
            asked, out, workers=workers, scheduler=scheduler, progress=told, say=warn
        )
    typer.echo(f"{found} points kept from before, {computed} computed\n")
    _save_and_show(asked, out)
    if wanted.kind == "saltelli" and points is not None and points < FEW_POINTS:
        typer.echo(
            f"--points {points}: too few for shares to mean much; see the confidence columns of "
            f"sensitivity.csv, and ask for {FEW_POINTS} or more",
            err=True,
        )


def _save_and_show(asked: Sweep, out: Path) -> None:
    """Write the tables and figures, and show the answer."""
    from sim.report.folders import answer_of, save_sweep_with_figures

    paths = save_sweep_with_figures(asked, out)
    text, table = answer_of(asked, out)
    screen = Screen()
    screen.paragraph(text, bold=True)
    screen.table(table)
    show_doubts(screen, asked.case)
    for path in paths:
        typer.echo(path)
