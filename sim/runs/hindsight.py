"""The real vote, looked up when the forecast is done, and where it falls in it.

Nothing here is an input to a forecast.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.assembly.choices import CHOICES, BoolArray, Choice, FloatArray
from sim.assembly.members import US, Members
from sim.assembly.rules import Rule
from sim.record import Record
from sim.record.cited import cited_roll_calls
from sim.vote.outcomes import ArmChances, summary
from sim.vote.outcomes.tables import Outcomes

NOTE = (
    "Looked up in seeds/roll_calls.csv after the forecast was made; nothing here is an input. "
    "A percentile is the forecast probability of a lower count, plus half that of the count itself."
)
SURPRISES = 5


@dataclass(frozen=True)
class Fall:
    """Where a real count falls in the forecast of it.

    Attributes
    ----------
    percentile : float
        From 0 to 100.
    within_50, within_90 : bool
        Whether it is inside the central range, ends included.
    """

    percentile: float
    within_50: bool
    within_90: bool


@dataclass(frozen=True)
class StatesRight:
    """How one arm's forecast of each state fared.

    Attributes
    ----------
    right, states : int
        States whose likeliest choice was theirs, and all that had a vote.
    log_loss : float
        Mean of minus the natural logarithm of the probability of the real choice.
    surprises : tuple of (str, Choice, float)
        States with the least likely choices: ISO code, choice, its probability.
    """

    right: int
    states: int
    log_loss: float
    surprises: tuple[tuple[str, Choice, float], ...]


@dataclass(frozen=True)
class Hindsight:
    """The real vote beside the forecast.

    Attributes
    ----------
    symbol, title : str
    date : date
    tally : tuple of int [choice]
    adopted : bool
        By the scenario's rule.
    us_vote : Choice
        Of the United States.
    falls : mapping of arm to tuple of Fall [choice]
    states : mapping of arm to StatesRight
    fits : tuple of str
        Arms in which the likeliest vote of the United States is its real one.
    """

    symbol: str
    title: str
    date: datetime.date
    tally: tuple[int, ...]
    adopted: bool
    us_vote: Choice
    falls: Mapping[str, tuple[Fall, ...]]
    states: Mapping[str, StatesRight]
    fits: tuple[str, ...]


def hindsight(
    outcomes: Outcomes, symbol: str, *, rule: Rule, record: Record | None = None
) -> Hindsight:
    """Return where a real vote falls in each arm's forecast.

    Parameters
    ----------
    outcomes : Outcomes
        The finished forecast.
    symbol : str
        Of the roll call.
    rule : Rule
        Which decided.
    record : Record, optional
        Where the roll call is; by default those of ``seeds/roll_calls.csv``.

    Raises
    ------
    ValueError
        If there is no such roll call.

    Examples
    --------
    >>> from sim.assembly.rules import RULES
    >>> from sim.runs.simulate import simulate
    >>> outcomes = simulate("jerusalem-2017", draws=10)
    >>> real = hindsight(outcomes, "ES-10/19", rule=RULES["two-thirds"])
    >>> real.tally, real.adopted, real.us_vote
    ((128, 35, 9, 21), True, <Choice.NO: 2>)
    """
    record = cited_roll_calls() if record is None else record
    row, us = record.row(symbol), Members.load().row(US)
    about, votes, tally = record.roll_call(row), record.votes[row], record.tallies()[row]
    return Hindsight(
        symbol=symbol,
        title=about.title,
        date=about.date,
        tally=tuple(int(count) for count in tally),
        adopted=bool(rule(tally)),
        us_vote=Choice(int(votes[us])),
        falls={
            arm: tuple(fall(found.tallies[choice], int(tally[choice])) for choice in CHOICES)
            for arm, found in outcomes.arms.items()
        },
        states={arm: _states_right(found, votes) for arm, found in outcomes.arms.items()},
        fits=tuple(
            arm for arm, found in outcomes.arms.items() if found.states[us].argmax() == votes[us]
        ),
    )


def fall(probability: FloatArray, count: int) -> Fall:
    """Return where a count falls in its forecast distribution [votes].

    Examples
    --------
    >>> fall(np.array([0.25, 0.5, 0.25]), 2)
    Fall(percentile=87.5, within_50=False, within_90=True)
    """
    ranges = summary(probability)
    share = probability / probability.sum()
    return Fall(
        percentile=float(100 * (share[:count].sum() + share[count] / 2)),
        within_50=bool(ranges["q25"] <= count <= ranges["q75"]),
        within_90=bool(ranges["q05"] <= count <= ranges["q95"]),
    )


def actual_table(real: Hindsight) -> dict[str, Any]:
    """Return the content of ``actual.json``.

    Examples
    --------
    >>> day = datetime.date(2025, 2, 24)
    >>> real = Hindsight("ES-11/7", "", day, (93, 65, 18, 17), True, Choice.NO, {}, {}, ())
    >>> actual_table(real)["tally"]["yes"]
    93
    """
    return {
        "note": NOTE,
        "symbol": real.symbol,
        "title": real.title,
        "date": real.date.isoformat(),
        "tally": {choice.column: real.tally[choice] for choice in CHOICES},
        "adopted": real.adopted,
        "us_vote": real.us_vote.column,
        "arms_that_fit_the_us_vote": list(real.fits),
        "arms": {
            arm: {
                "tally": {
                    choice.column: {
                        "percentile": round(falls[choice].percentile, 3),
                        "within_50": falls[choice].within_50,
                        "within_90": falls[choice].within_90,
                    }
                    for choice in CHOICES
                },
                "states": _states_table(real.states[arm]),
            }
            for arm, falls in real.falls.items()
        },
    }


def _states_table(states: StatesRight) -> dict[str, Any]:
    return {
        "right": states.right,
        "of": states.states,
        "log_loss": round(states.log_loss, 6),
        "surprises": [
            {"iso3": iso3, "vote": choice.column, "probability": round(chance, 6)}
            for iso3, choice, chance in states.surprises
        ],
    }


def _states_right(found: ArmChances, votes: np.ndarray) -> StatesRight:
    voted: BoolArray = np.isin(votes, CHOICES)
    rows = np.flatnonzero(voted)
    chances = found.states[rows, votes[rows]]
    codes = Members.load().codes
    order = np.argsort(chances, kind="stable")[:SURPRISES]
    return StatesRight(
        right=int((found.states[rows].argmax(axis=1) == votes[rows]).sum()),
        states=len(rows),
        log_loss=float(-np.log(np.maximum(chances, np.finfo(float).tiny)).mean()),
        surprises=tuple(
            (codes[rows[place]], Choice(int(votes[rows[place]])), float(chances[place]))
            for place in order
        ),
    )
