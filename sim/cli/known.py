"""Votes that are known, in every command that can use them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import BadInputError

if TYPE_CHECKING:
    import datetime

    from sim.assembly.choices import Choice

Known = Annotated[
    list[str] | None,
    typer.Option(metavar="VOTES", help="Votes taken as certain, such as BRA=yes,HUN=no."),
]
KnownFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="More of them: a CSV file with state,vote[,source,day]."),
]


def known_votes(
    of: Path | datetime.date, known: list[str] | None, known_file: Path | None
) -> dict[str, Choice]:
    """Return the votes that the user says are known, by ISO code.

    Parameters
    ----------
    of : Path or date
        The scenario, or the last day whose facts a forecast uses.
    known : list of str, optional
    known_file : Path, optional

    Raises
    ------
    BadInputError
        If some cannot be used; the message names all problems.
    """
    if not known and known_file is None:
        return {}
    from sim.scenario.known import KnownVotesError
    from sim.scenario.known import known_votes as understood
    from sim.scenario.schema import read_scenario

    try:
        told = ",".join(known) if known else None
        as_of = read_scenario(of).as_of if isinstance(of, Path) else of
        return understood(told, known_file, as_of=as_of)
    except KnownVotesError as error:
        raise BadInputError(str(error)) from None
