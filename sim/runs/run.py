"""One run of a scenario from its file to its result folder, and the same run again."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from sim.assembly.choices import COLUMNS, Choice
from sim.runs import Result, manifest, result_of, write_result
from sim.runs.folder import refuse_edited
from sim.runs.hindsight import Hindsight, actual_table, hindsight
from sim.runs.making import joint_table
from sim.runs.partial import Partial, read_partial, write_partial
from sim.runs.sentence import if_sponsors_follow, sentence, steps_sentence
from sim.runs.simulate import given_number, simulate, threads
from sim.runs.steps import steps_of
from sim.runs.tallies import kept_tallies
from sim.scenario.ballots import ballots
from sim.scenario.case import Case, resolve
from sim.vote.counting import Drawn, Keep
from sim.vote.engine import Engine, Plan
from sim.vote.exact.joint import Joint, joint
from sim.vote.outcomes.tables import Outcomes

__all__ = [
    "Run",
    "continued",
    "joints_of",
    "partial_of",
    "plan_of",
    "run_scenario",
    "save_run",
]

TALLIES = "tallies.parquet"


@dataclass(frozen=True)
class Run:
    """A scenario that was run.

    Attributes
    ----------
    case : Case
        As run, with the known votes that were added.
    plan : Plan
    outcomes : Outcomes
        Of fewer draws than planned where the run was interrupted.
    joints : mapping of arm to Joint
        Empty unless the plan asks for them.
    """

    case: Case
    plan: Plan
    outcomes: Outcomes
    joints: Mapping[str, Joint] = field(default_factory=dict)

    @property
    def interrupted(self) -> bool:
        """Whether draws are missing."""
        return self.plan.engine.draws and self.outcomes.draws < self.plan.draws

    @property
    def labels(self) -> dict[str, str]:
        """What each arm is called."""
        return self.case.labels

    @functools.cached_property
    def result(self) -> Result:
        """The tables of the result folder."""
        result = result_of(self.outcomes, self.labels)
        summary = {
            **result.summary,
            "known": dict(self.case.scenario.known),
            "sentence": sentence(
                self.outcomes,
                self.labels,
                us={arm: table.us for arm, table in self.case.scenario.arms.items()},
                followed=if_sponsors_follow(self.case),
            ),
            "skill": self.case.skill,
            "set_with_hindsight": {
                name: day.isoformat() for name, day in self.case.hindsight.items()
            },
        }
        if self.case.asked is not None:
            summary["vote_asked"] = asdict(self.case.asked)
        if self.interrupted:
            summary["draws_asked"] = self.plan.draws
        if self.case.scenario.steps:
            steps = steps_of(self.case, replace(self.plan, draws=self.outcomes.draws))
            summary["steps"] = steps
            if len(self.case.scenario.steps) > 1:
                summary["sentence"] = steps_sentence(
                    steps, self.labels, draws=self.outcomes.support
                )
        joint = joint_table(self.joints) if self.joints else None
        actual = None if self.real is None else actual_table(self.real)
        return replace(result, summary=summary, joint=joint, actual=actual)

    @functools.cached_property
    def real(self) -> Hindsight | None:
        """The real vote beside the forecast, where the scenario names one."""
        actual = self.case.scenario.actual
        if actual is None:
            return None
        return hindsight(self.outcomes, actual, rule=self.case.rule, record=self.case.record)


def plan_of(
    case: Case,
    *,
    draws: int | None = None,
    seed: int | None = None,
    engine: Engine = Engine.BOTH,
    keep_draws: bool = False,
    joint: bool = False,
) -> Plan:
    """Return how a case is run, with its scenario's draws and seed where no others are given.

    Examples
    --------
    >>> plan_of(resolve("jerusalem-2017"), draws=9).seed
    20171221
    """
    return Plan(
        draws=given_number("draws", draws, case.scenario.draws, least=int(engine.draws)),
        seed=given_number("seed", seed, case.scenario.seed, least=0),
        engine=engine,
        keep_draws=keep_draws,
        joint=joint,
    )


def run_scenario(
    case: Case,
    *,
    plan: Plan | None = None,
    joints: Mapping[str, Joint] | None = None,
    begun: Drawn | None = None,
    folder: Path | None = None,
    earlier: Path | None = None,
    progress: Callable[[int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Run:
    """Run a case.

    Parameters
    ----------
    case : Case
    plan : Plan, optional
        By default as the scenario says.
    joints : mapping of arm to Joint, optional
        Computed before; by default computed first, so that an interrupt loses no draws.
    begun : Drawn, optional
        What was counted before the run was interrupted.
    folder, earlier : Path, optional
        The result folder to be, and that of the interrupted run; needed where the tally of every
        draw is kept.
    progress, stop : callable
        As `sim.runs.simulate.simulate` takes them.

    Examples
    --------
    >>> case = resolve("jerusalem-2017")
    >>> run = run_scenario(case, plan=plan_of(case, draws=3))
    >>> run.outcomes.draws, run.real.tally
    (3, (128, 35, 9, 21))
    """
    plan = plan or plan_of(case)
    if joints is None:
        joints = joints_of(case) if plan.joint else {}
    before = 0 if begun is None else begun.draws
    with _kept(case, plan, folder, earlier, before) as keep:
        outcomes = simulate(
            case,
            engine=plan.engine,
            draws=plan.draws,
            seed=plan.seed,
            begun=begun,
            progress=progress,
            keep=keep,
            stop=stop,
        )
    return Run(case, plan, outcomes, joints)


@contextlib.contextmanager
def _kept(
    case: Case, plan: Plan, folder: Path | None, earlier: Path | None, before: int
) -> Iterator[Keep | None]:
    """Give what keeps the tally of every draw, where it is to be kept."""
    if not plan.keep_draws or folder is None:
        yield None
        return
    with kept_tallies(
        folder / TALLIES,
        len(case.scenario.arms),
        weighted=bool(case.known),
        earlier=None if earlier is None else earlier / TALLIES,
        before=before,
    ) as keep:
        yield keep


def joints_of(case: Case, *, progress: Callable[[int], None] | None = None) -> dict[str, Joint]:
    """Return the distribution of yes and no together, by arm.

    Parameters
    ----------
    case : Case
    progress : callable
        Told 1 after each arm.

    Examples
    --------
    See `sim.vote.exact.joint.joint`, which computes each.
    """
    arms, found = ballots(case), {}
    with threads() as pool:
        for arm, one in zip(arms, pool.map(joint, arms.values()), strict=True):
            found[arm] = one
            if progress is not None:
                progress(1)
    return found


def save_run(run: Run, folder: Path) -> None:
    """Write the tables a run leaves into a folder that exists; its figures are drawn by the report.

    Parameters
    ----------
    run : Run
    folder : Path
        As `files.whole_folder` gives it.

    Examples
    --------
    >>> import tempfile
    >>> from sim import files
    >>> case = resolve("jerusalem-2017")
    >>> run = run_scenario(case, plan=plan_of(case, draws=3))
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with files.whole_folder(Path(parent) / run.outcomes.stem) as folder:
    ...         save_run(run, folder)
    ...     sorted(path.name for path in Path(parent).glob("*/*.json"))
    ['actual.json', 'manifest.json', 'summary.json']
    """
    write_result(run.result, folder, inputs=run.case.inputs, engine=run.plan.engine)
    if run.interrupted:
        write_partial(partial_of(run), folder)


def partial_of(run: Run) -> Partial:
    """Return what an interrupted run leaves for the one that goes on.

    Examples
    --------
    >>> case = resolve("jerusalem-2017")
    >>> plan = plan_of(case, draws=9000, engine=Engine.SIMULATE)
    >>> partial_of(run_scenario(case, plan=plan, stop=lambda: True)).drawn.draws
    4096
    """
    found = run.outcomes
    made_of = manifest(run.plan.seed, run.case.inputs)
    drawn = Drawn(found.draws, found.counts, found.pairs)
    return Partial(run.plan, run.case.scenario.known, made_of, drawn)


def continued(place: Path, folder: Path, *, record: Path | None = None) -> tuple[Case, Plan, Drawn]:
    """Return what it takes to go on with an interrupted run.

    Parameters
    ----------
    place : Path
        The scenario's file.
    folder : Path
        The result folder of the interrupted run.
    record : Path, optional
        As `sim.scenario.resolve` takes it.

    Raises
    ------
    files.FileError
        If the folder holds no such run, or an input is not what it was.
    ScenarioError
        If the scenario cannot be run any more.

    Examples
    --------
    >>> from sim import files
    >>> place = files.shipped("scenarios") / "jerusalem-2017.toml"
    >>> continued(place, Path("nowhere"))
    Traceback (most recent call last):
    sim.files.FileError: nowhere: holds no run that was interrupted
    """
    partial = read_partial(folder)
    known = {code: Choice(COLUMNS.index(vote)) for code, vote in partial.known.items()}
    case = resolve(place, record=record, known=known)
    made_of = manifest(partial.plan.seed, case.inputs)
    partial.check(made_of, place=folder)
    refuse_edited(folder)
    return case, partial.plan, partial.drawn
