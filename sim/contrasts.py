"""Every difference to a scenario's first arm taken apart: what it rests on, and where it breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim import files
from sim.arms import ballots
from sim.assembly import Ballot
from sim.choices import Choice
from sim.counterfactual import (
    Reached,
    break_even,
    chance_of,
    chance_of_adoption,
    mover_intervals,
    variance_shares,
    with_effect,
)
from sim.outcomes import Outcomes
from sim.rules import RULES
from sim.scenario import Scenario

LEVEL = 0.5
"""Chance at which an outcome counts as lost."""
DIGITS = 10
"""Decimals written."""


@dataclass(frozen=True)
class Contrast:
    """What the difference between an arm and the first one rests on.

    Attributes
    ----------
    arm, against : str
    rests_on : DataFrame
        As `sim.counterfactual.variance_shares` gives it.
    movers : DataFrame
        As `sim.counterfactual.mover_intervals` gives it.
    break_even : DataFrame
        outcome; no_effect and assumed, its chance with no effect and with the effect as assumed;
        times, the multiple of the assumed effect at which it is even, or nothing; and what that is:
        ``falls``, ``rises``, ``below`` (already with no effect, and at the largest multiple) or
        ``above`` (at both).
    """

    arm: str
    against: str
    rests_on: pd.DataFrame
    movers: pd.DataFrame
    break_even: pd.DataFrame


def contrasts_of(
    scenario: Scenario, outcomes: Outcomes, *, progress: Callable[[int], None] | None = None
) -> list[Contrast]:
    """Return each difference to the first arm, taken apart.

    Parameters
    ----------
    scenario : Scenario
    outcomes : Outcomes
        Of the scenario.
    progress : callable, optional
        Told 1 after each outcome of each arm, of which there are `questions_in`.

    Examples
    --------
    >>> from sim.scenario import read_scenario
    >>> from sim.simulation import simulate
    >>> jerusalem = read_scenario("jerusalem-2017")
    >>> jerusalem = jerusalem.model_copy(update={"thresholds": ()})
    >>> lobbied = contrasts_of(jerusalem, simulate(jerusalem, draws=20))[0]
    >>> lobbied.arm, lobbied.against, list(lobbied.break_even["outcome"])
    ('us-lobbies', 'us-votes-no', ['adopted'])
    """
    arms = ballots(scenario)
    first, *others = arms
    found = []
    for arm in others:
        rows = []
        for name, reached in _questions(scenario).items():
            rows.append({"outcome": name, **_evens(arms[arm], reached)})
            if progress is not None:
                progress(1)
        found.append(
            Contrast(
                arm,
                first,
                variance_shares(outcomes, arm, first, arms),
                mover_intervals(arms[arm], arms[first], outcomes.codes, outcomes.names),
                pd.DataFrame(rows),
            )
        )
    return found


def questions_in(scenario: Scenario) -> int:
    """Return how many outcomes of all arms a break-even is looked for.

    Examples
    --------
    >>> from sim.scenario import read_scenario
    >>> questions_in(read_scenario("anniversary-2025"))  # two arms: adopted, and three thresholds
    8
    """
    return (len(scenario.arms) - 1) * len(_questions(scenario))


def write_contrasts(contrasts: list[Contrast], folder: Path, *, most: int = 10) -> None:
    """Write ``contrasts.json`` and ``movers.csv`` into a folder.

    Parameters
    ----------
    contrasts : list of Contrast
    folder : Path
    most : int
        Movers of each contrast in the first file; the second has every state.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     none = pd.DataFrame({"iso3": []})
    ...     write_contrasts([Contrast("no", "yes", none, none, none)], Path(folder))
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['contrasts.json', 'movers.csv']
    """
    tables = [
        {
            "arm": one.arm,
            "against": one.against,
            "rests_on": _rows(one.rests_on),
            "movers": _rows(one.movers.head(most)),
            "break_even": _rows(one.break_even),
        }
        for one in contrasts
    ]
    movers = [
        one.movers.assign(arm=one.arm, against=one.against)[["arm", "against", *one.movers.columns]]
        for one in contrasts
    ]
    text = json.dumps(tables, indent=2, ensure_ascii=False, allow_nan=False)
    files.write_text(folder / "contrasts.json", text + "\n")
    listed = pd.concat(movers).to_csv(index=False, float_format=f"%.{DIGITS}f", lineterminator="\n")
    files.write_text(folder / "movers.csv", listed)


def _questions(scenario: Scenario) -> dict[str, Reached]:
    adopted = chance_of_adoption(RULES[scenario.resolution.majority])
    marks = {
        f"{table.count} >= {table.at_least}": chance_of(Choice[table.count.upper()], table.at_least)
        for table in scenario.thresholds
    }
    return {"adopted": adopted, **marks}


def _evens(ballot: Ballot, reached: Reached) -> dict[str, Any]:
    asked = _once(reached)
    without, assumed = (asked(with_effect(ballot, scale)) for scale in (0.0, 1.0))
    times = break_even(ballot, asked, level=LEVEL)
    if times is None:
        what = "above" if without >= LEVEL else "below"
    else:
        what = "falls" if without >= LEVEL else "rises"
    return {"no_effect": without, "assumed": assumed, "times": times, "what": what}


def _once(reached: Reached) -> Reached:
    """Return the same question, answered once for each strength, because answers take long."""
    known: dict[bytes, float] = {}

    def asked(ballot: Ballot) -> float:
        strength = b"".join(
            [ballot.influence.effect.tobytes(), *(each.pressure.tobytes() for each in ballot.moves)]
        )
        if strength not in known:
            known[strength] = reached(ballot)
        return known[strength]

    return asked


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    """Return the value as JSON can hold it: rounded, and nothing for what is no number."""
    if isinstance(value, float):
        return round(value, DIGITS) if value == value else None
    return value
