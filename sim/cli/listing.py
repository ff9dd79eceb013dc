"""The command that lists what is shipped."""

from __future__ import annotations

import json

import typer


def list_all() -> None:
    """List the scenarios that are shipped, and the results that are stored, with their titles.

    A result is in the folder results here, or else among those shipped.
    """
    from sim.cli.results import result_folder, stored_names
    from sim.files import read_text, read_toml, shipped

    typer.echo("Scenarios:")
    for place in sorted(shipped("scenarios").glob("*.toml")):
        typer.echo(f"  {place.stem}: {read_toml(place)['title']}")
    typer.echo("Results:")
    for name in stored_names():
        summary = json.loads(read_text(result_folder(name) / "summary.json"))
        typer.echo(f"  {name}: {summary['title']}")
