"""What a title comes with where nothing is said: asked for in a terminal, or by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sim.cli.errors import BadInputError, possible_day

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

SYMBOL, MAJORITY = "A/L.1", "simple"
HOW = ("without-a-vote", "by-vote", "new")


def days(day: str | None, as_of: str | None) -> tuple[datetime.date, datetime.date]:
    """Return the day of the vote and the last day whose facts are used.

    Raises
    ------
    BadInputError
        If one is no date, no vote can have it, or the vote is not later.
    """
    import datetime

    found = {}
    for option, text in (("--day", day), ("--as-of", as_of)):
        try:
            found[option] = None if text is None else datetime.date.fromisoformat(text)
        except ValueError:
            raise BadInputError(f"{option}: {text!r}: a day like 2026-12-15 is expected") from None
        if (given := found[option]) is not None:
            possible_day(option, given)
    one = datetime.timedelta(1)
    today = datetime.datetime.now(datetime.UTC).date()
    known = found["--as-of"] or (found["--day"] - one if found["--day"] else today)
    vote = found["--day"] or known + one
    if vote <= known:
        raise BadInputError(f"--as-of: {known}: must be earlier than the vote, {vote}")
    return vote, known


def ask(
    day: str | None,
    as_of: str | None,
    us: list[str] | None,
    symbol: str | None,
    majority: str | None,
    last: str | None,
) -> tuple[str | None, list[str] | None, str | None, str | None, str | None]:
    """Ask for what was not given; what cannot be is asked for again."""
    from sim.assembly.rules import RULES
    from sim.scenario.proposal import POSITIONS

    if day is None:
        tomorrow, _ = days(None, as_of)

        def possible(text: str) -> str:
            try:
                days(text, as_of)
            except BadInputError as error:
                raise typer.BadParameter(str(error)) from None
            return text

        day = typer.prompt("Day of the vote", f"{tomorrow}", value_proc=possible)
    if us is None:
        among = f"one or more of {', '.join(POSITIONS)}; the expected one first"
        told = _answered(f"Position of the United States ({among}; empty: not known)", POSITIONS)
        us = told or None
    if symbol is None:
        symbol = typer.prompt("Symbol of the draft", SYMBOL)
    if majority is None:
        [majority] = _answered(f"Majority ({', '.join(RULES)})", RULES, usual=MAJORITY)
    if last is None:
        told = _answered(f"How last adopted ({', '.join(HOW)}; empty: not known)", HOW)
        last = told[0] if told else None
    return day, us, symbol, majority, last


def _answered(text: str, allowed: Iterable[str], *, usual: str = "") -> list[str]:
    """Return the words of an answer, all of them allowed."""

    def words(answer: str) -> list[str]:
        told = answer.replace(",", " ").split()
        if wrong := [word for word in told if word not in allowed]:
            raise typer.BadParameter(f"{wrong[0]!r}: must be one of {', '.join(allowed)}")
        return told

    found: list[str] = typer.prompt(text, usual, show_default=bool(usual), value_proc=words)
    return found
