"""The command that decides a tally."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.errors import BadInputError


def rule(
    tally: Annotated[str, typer.Argument(metavar="Y-N-A", help="Yes, no and abstentions.")],
    majority: Annotated[
        str, typer.Option(metavar="NAME", help="simple, two-thirds or two-thirds-of-members.")
    ] = "simple",
) -> None:
    """Say whether a tally adopts, by how many votes, and by which rule.

    Example: unga-sim rule 88-55-23 --majority two-thirds
    """
    import numpy as np

    from sim.assembly.rules import RULES, read_tally, verdict
    from sim.report.rule import verdict_lines

    try:
        counts = read_tally(tally)
    except ValueError as error:
        raise BadInputError(f"Y-N-A: {error}") from None
    if majority not in RULES:
        raise BadInputError(f"--majority: {majority!r}: must be one of {', '.join(RULES)}")
    found = verdict(np.array(counts), RULES[majority])
    typer.echo("\n".join(verdict_lines(found, counts)))
