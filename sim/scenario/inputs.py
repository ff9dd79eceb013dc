"""A scenario in a file, checked, and every file that its result depends on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim import files
from sim.assembly.choices import Choice
from sim.scenario.ballots import ballots
from sim.scenario.case import fitted_parameters
from sim.scenario.schema import Scenario, read_scenario

SEEDS = (
    "article19.csv",
    "bloc_names.csv",
    "blocs.csv",
    "influence.toml",
    "members.csv",
    "models.toml",
    "roll_call_totals.csv",
    "roll_calls.csv",
    "sponsors.csv",
)
"""Every seed that a forecast reads, besides fitted parameters."""


def checked_scenario(place: Path, *, known: Mapping[str, Choice] | None = None) -> Scenario:
    """Return the scenario in a file, after checking all that it names against the seeds.

    Parameters
    ----------
    place : Path
        The file.
    known : mapping of ISO code to Choice, optional
        Votes taken as certain, besides the scenario's.

    Raises
    ------
    ScenarioError
        One line a problem, each with the file.

    Examples
    --------
    >>> checked_scenario(files.shipped("scenarios") / "jerusalem-2017.toml").actual
    'ES-10/19'
    """
    scenario = read_scenario(place)
    if known:
        votes = {**scenario.known, **{code: choice.column for code, choice in known.items()}}
        scenario = scenario.model_copy(update={"known": votes})
    ballots(scenario)
    return scenario


def inputs_of(scenario: Scenario, place: Path) -> list[Path]:
    """Return every file that the result of a scenario depends on.

    Parameters
    ----------
    scenario : Scenario
    place : Path
        Its file.

    Examples
    --------
    >>> place = files.shipped("scenarios") / "jerusalem-2017.toml"
    >>> [path.name for path in inputs_of(read_scenario(place), place)][:2]
    ['jerusalem-2017.toml', '2016-10-01.toml']
    """
    named = files.seed(f"parameters/{scenario.parameters}.toml")
    if scenario.parameters is None or named.is_file():
        fitted = files.seed(f"parameters/{fitted_parameters(scenario).as_of}.toml")
    else:
        fitted = Path(scenario.parameters)
    return [place, fitted, *map(files.seed, SEEDS)]
