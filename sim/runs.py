"""One run of a scenario from its file to its result folder, and the same run again."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim import files
from sim.arms import ballots, suspended
from sim.choices import Choice, FloatArray, IntArray
from sim.hindsight import Hindsight, hindsight, table_of
from sim.outcomes import Outcomes
from sim.questions import fitted_parameters
from sim.record.cited import cited_roll_calls
from sim.results import Result, result_of, write_result
from sim.scenario import Scenario, ScenarioError, read_scenario
from sim.simulation import simulate

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
PUBLISHED = (Choice.YES, Choice.NO, Choice.ABSTAIN, Choice.NON_VOTING)

Kept = tuple[Mapping[str, IntArray], Mapping[str, FloatArray | None]]


@dataclass(frozen=True)
class Run:
    """A scenario that was run.

    Attributes
    ----------
    place : Path
        The scenario's file.
    scenario : Scenario
        As run, with the known votes that were added.
    outcomes : Outcomes
    drawn : DataFrame or None
        The tally of every draw, where it was to be kept: arm, draw, yes, no, abstain, non_voting.
    """

    place: Path
    scenario: Scenario
    outcomes: Outcomes
    drawn: pd.DataFrame | None = None

    @property
    def labels(self) -> dict[str, str]:
        """What each arm is called."""
        return {name: arm.label or name for name, arm in self.scenario.arms.items()}

    @functools.cached_property
    def result(self) -> Result:
        """The tables of the result folder."""
        result = result_of(self.outcomes, self.labels)
        return replace(result, summary={**result.summary, "known": dict(self.scenario.known)})

    @functools.cached_property
    def real(self) -> Hindsight | None:
        """The real vote beside the forecast, where the scenario names one."""
        if self.scenario.actual is None:
            return None
        majority = self.scenario.resolution.majority
        return hindsight(self.outcomes, self.scenario.actual, majority=majority)


def run_scenario(
    scenario: Scenario,
    place: Path,
    *,
    draws: int | None = None,
    seed: int | None = None,
    progress: Callable[[int], None] | None = None,
    keep_draws: bool = False,
) -> Run:
    """Run a scenario.

    Parameters
    ----------
    scenario : Scenario
        As `checked_scenario` returns it.
    place : Path
        Its file.
    draws, seed : int, optional
        In place of the scenario's.
    progress : callable
        Told the number of draws after each block.
    keep_draws : bool
        Whether to keep the tally of every draw.

    Raises
    ------
    ScenarioError
        If the scenario cannot be run; one line a problem.

    Examples
    --------
    >>> place = files.shipped("scenarios") / "jerusalem-2017.toml"
    >>> run = run_scenario(checked_scenario(place), place, draws=3)
    >>> run.outcomes.draws, run.real.tally
    (3, (128, 35, 9, 21))
    """
    blocks: list[Kept] = []
    outcomes = simulate(
        scenario,
        stem=place.stem,
        draws=draws,
        seed=seed,
        progress=progress,
        keep=(lambda *block: blocks.append(block)) if keep_draws else None,
    )
    return Run(place, scenario, outcomes, _drawn(blocks) if keep_draws else None)


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
    problems = _problems(scenario)
    if problems:
        raise ScenarioError("\n".join(f"{place}: {problem}" for problem in problems))
    return scenario


def save_run(run: Run, folder: Path) -> None:
    """Write everything a run leaves into a folder that exists.

    The real vote goes into a file of its own, for it is no part of the forecast.

    Parameters
    ----------
    run : Run
    folder : Path
        As `files.whole_folder` gives it.

    Examples
    --------
    >>> import tempfile
    >>> place = files.shipped("scenarios") / "jerusalem-2017.toml"
    >>> run = run_scenario(checked_scenario(place), place, draws=3)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with files.whole_folder(Path(parent) / run.outcomes.stem) as folder:
    ...         save_run(run, folder)
    ...     sorted(path.name for path in Path(parent).glob("*/*.json"))
    ['actual.json', 'manifest.json', 'summary.json']
    """
    from sim.plots import draw_result  # matplotlib takes half a second that only this needs

    write_result(run.result, folder, inputs=inputs_of(run.scenario, run.place))
    if run.real is not None:
        text = json.dumps(table_of(run.real), indent=2, ensure_ascii=False)
        files.write_text(folder / "actual.json", text + "\n")
    if (drawn := run.drawn) is not None:
        files.write_whole(folder / "tallies.csv", lambda part: drawn.to_csv(part, index=False))
    draw_result(run.result, folder)


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


def _problems(scenario: Scenario) -> list[str]:
    """Return what in a scenario does not fit the seeds."""
    problems = [
        f"known.{code}: {vote!r}: has no vote that day (Charter, Art. 19); leave it out"
        for code, vote in scenario.known.items()
        if code in suspended(scenario) and vote != Choice.NON_VOTING.column
    ]
    if scenario.actual is not None:
        try:
            cited_roll_calls().row(scenario.actual)
        except ValueError as error:
            problems.append(f"actual: {error}; allowed are symbols in seeds/roll_calls.csv")
    try:
        ballots(scenario)
    except ScenarioError as error:
        problems += str(error).splitlines()
    return problems


def _drawn(blocks: list[Kept]) -> pd.DataFrame:
    """Return the tallies of all draws, arm by arm, with weights where some votes are known."""
    frames = []
    for arm in blocks[0][0]:
        tallies = np.concatenate([tally[arm] for tally, _ in blocks])
        frame = pd.DataFrame({"arm": arm, "draw": np.arange(len(tallies))})
        for choice in PUBLISHED:
            frame[choice.column] = tallies[:, choice]
        weights = [weight[arm] for _, weight in blocks]
        if known := [weight for weight in weights if weight is not None]:
            frame["weight"] = np.concatenate(known)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
