"""A sweep from its design to its folder; a killed one goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import files
from sim.assembly.choices import Choice
from sim.runs import manifest
from sim.runs.folder import write_manifest
from sim.scenario.case import Case, Resolvable, resolve
from sim.scenario.path import ends_of
from sim.studies.sweep.designs import Design, design_of
from sim.studies.sweep.meaning import check_meaning, named_precedents
from sim.studies.sweep.point import END, base_key, point_key
from sim.studies.sweep.sensitivity import ANSWERS, Answers, sensitivities
from sim.studies.sweep.stored import place_of, store_point, stored_point
from sim.studies.sweep.workers import Task, on_cluster, on_this_machine
from sim.vote.exact.quadrature import QUICK

if TYPE_CHECKING:
    import pandas as pd

AT_A_TIME = 500
"""Points whose rows are written together; bounds memory, changes no result."""
DIFFERENCES = ("adopted", "yes", "abstain", "no", "non_voting")
"""What is compared with the first arm."""


@dataclass(frozen=True)
class Sweep:
    """What is to be computed.

    Attributes
    ----------
    case : Case
    design : Design
    base : str
        Hash of all that the points have in common.
    checked : int
        Points that are computed again as finely as a run does, to say how far off they are.
    """

    case: Case
    design: Design
    base: str
    checked: int

    def key(self, number: int) -> str:
        """Return the hash that a point's result is kept under."""
        return point_key(self.base, self.design.point(number))

    def tasks(self) -> dict[str, Task]:
        """Return every task by its key, each once: all points, and the fine ones."""
        found: dict[str, Task] = {}
        for number in range(len(self.design.points)):
            found.setdefault(self.key(number), (self.key(number), self.design.point(number), False))
        for number in self.fine_numbers():
            key = fine_key(self.key(number))
            found[key] = (key, self.design.point(number), True)
        return found

    def fine_numbers(self) -> list[int]:
        """Return which points are computed again, evenly over the design."""
        last, count = len(self.design.points) - 1, min(self.checked, len(self.design.points))
        return sorted({round(last * (each + 0.5) / count) for each in range(count)})


def sweep_of(
    scenario: Resolvable,
    design: Design,
    *,
    checked: int = 0,
    known: Mapping[str, Choice | str] | None = None,
) -> Sweep:
    """Return a sweep of a scenario, after trying every value of each field alone.

    Parameters
    ----------
    scenario : str, Path, Scenario, mapping or Case
        As `sim.scenario.resolve` takes it.
    design : Design
    checked : int
        Points that are also computed as finely as a run does.
    known : mapping of ISO code to Choice, optional
        Votes taken as certain, besides the scenario's.

    Raises
    ------
    ScenarioError
        If the scenario, a field or a value is not allowed, or a field means nothing here; the
        message names what is allowed.

    Examples
    --------
    >>> from sim.studies.sweep.designs import design_of
    >>> sweep = sweep_of("jerusalem-2017", design_of(["us.effect_scale=0,1,2"]))
    >>> len(sweep.tasks())
    3
    """
    case = resolve(scenario, known=known)
    if any("precedents." in name for name in design.fields):
        case = named_precedents(case)
    for column, name in enumerate(design.fields):
        values = [row[column] for row in design.points]
        if design.bounds:
            values = list(design.bounds[column])
        check_meaning(case, name, list(dict.fromkeys(values)), others=design.fields)
    return Sweep(case, design, base_key(case), checked)


def run_sweep(
    sweep: Sweep,
    folder: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[int], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> tuple[int, int]:
    """Compute what is not yet in the folder, and keep each point as soon as it is there.

    Parameters
    ----------
    sweep : Sweep
    folder : Path
        Points go into its folder ``points``.
    workers : int, optional
        Processes on this machine; by default one for each core.
    scheduler : str, optional
        Address of a Dask scheduler, in place of this machine.
    progress : callable
        Told the number of points done.
    say : callable
        Told in a sentence of stored points that do not fit their checksums, and are made again.

    Returns
    -------
    found, computed : int

    Examples
    --------
    See `save_sweep`.
    """
    files.recover(folder)
    files.recover_in(folder)
    files.recover_in(folder / "points")
    tasks = sweep.tasks()
    missing = [task for key, task in tasks.items() if stored_point(folder, key) is None]
    damaged = sum(place_of(folder, key).exists() for key, _, _ in missing)
    if damaged and say is not None:
        say(f"stored points that are damaged and computed again: {damaged}")
    found = len(tasks) - len(missing)
    if progress is not None:
        progress(found)
    if missing and scheduler is not None:
        solved = on_cluster(sweep.case, missing, scheduler)
    else:
        solved = on_this_machine(sweep.case, missing, workers=workers)
    for key, told in solved if missing else ():
        store_point(folder, key, told)
        if progress is not None:
            progress(1)
    return found, len(missing)


def save_sweep(sweep: Sweep, folder: Path, *, points: Path) -> None:
    """Write the tables of a sweep into a folder that exists, in the order of the design.

    Parameters
    ----------
    sweep : Sweep
    folder : Path
        As `files.whole_folder` gives it.
    points : Path
        The folder given to `run_sweep`, with all its points.

    Examples
    --------
    >>> import tempfile
    >>> from sim.studies.sweep.designs import design_of
    >>> sweep = sweep_of("jerusalem-2017", design_of(["us.effect_scale=0"]))
    >>> with tempfile.TemporaryDirectory() as made:
    ...     counts = run_sweep(sweep, Path(made), workers=1)
    ...     save_sweep(sweep, Path(made), points=Path(made))
    ...     counts, sorted(path.name for path in Path(made).glob("*.*"))
    ((0, 1), ['manifest.json', 'points.csv'])
    """
    ends = tuple(f"{END}{name}" for name in ends_of(sweep.case.scenario))
    answers = Answers(sweep.design, tuple(sweep.case.scenario.arms), ends or ANSWERS)
    table = folder / "points.csv"
    files.write_whole(table, lambda part: _write_points(sweep, points, part, answers))
    if sweep.design.kind == "saltelli":
        text = sensitivities(answers).to_csv(index=False, lineterminator="\n")
        files.write_text(folder / "sensitivity.csv", text)
    write_manifest(_manifest(sweep, points), folder)


def sweep(
    scenario: Resolvable,
    over: Sequence[str] | str,
    *,
    design: str = "grid",
    points: int | None = None,
    known: Mapping[str, Choice | str] | None = None,
    workers: int | None = None,
) -> pd.DataFrame:
    """Return what every arm comes to at every point: the rows of ``points.csv``, with no folder.

    Parameters
    ----------
    scenario : str, Path, Scenario, mapping or Case
        As `sim.scenario.resolve` takes it.
    over, design, points
        As `sim.studies.sweep.design_of` takes them.
    known : mapping of ISO code to Choice or str, optional
        Votes taken as certain, besides the scenario's.
    workers : int, optional
        Processes; by default one for each core.

    Examples
    --------
    >>> found = sweep("jerusalem-2017", ["us.effect_scale=0"], workers=1)
    >>> found["arm"].tolist()
    ['us-votes-no', 'us-lobbies']
    """
    import pandas as pd

    asked = sweep_of(scenario, design_of(over, kind=design, points=points), known=known)
    tasks = asked.tasks().values()
    solved = dict(on_this_machine(asked.case, tasks, workers=workers))
    numbers = range(len(asked.design.points))
    return pd.DataFrame([row for each in numbers for row in _rows(each, solved[asked.key(each)])])


def fine_key(key: str) -> str:
    """Return what the finer result of a point is kept under.

    Examples
    --------
    >>> fine_key("ab")
    'ab-fine'
    """
    return f"{key}-fine"


def _stored(folder: Path, key: str) -> dict[str, Any]:
    found = stored_point(folder, key)
    if found is None:
        raise files.FileError(f"{place_of(folder, key)}: damaged meanwhile; sweep again")
    return found


def _write_points(sweep: Sweep, folder: Path, part: Path, answers: Answers) -> None:
    import pandas as pd

    rows: list[dict[str, Any]] = []
    begun = False
    for number in range(len(sweep.design.points)):
        told = _stored(folder, sweep.key(number))
        answers.add(told["arms"])
        rows += _rows(number, told)
        if number % AT_A_TIME == AT_A_TIME - 1 or number == len(sweep.design.points) - 1:
            pd.DataFrame(rows).to_csv(
                part,
                mode="a",
                header=not begun,
                index=False,
                lineterminator="\n",
                float_format="%.10g",
            )
            rows, begun = [], True


def _rows(number: int, told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    first = next(iter(told["arms"].values()))
    for arm, found in told["arms"].items():
        yield {
            "point": number + 1,
            **told["point"],
            "arm": arm,
            **found,
            **{
                f"difference_{name}": found[name] - first[name]
                for name in found
                if name in DIFFERENCES or name.startswith(END)
            },
        }


def _manifest(sweep: Sweep, folder: Path) -> dict[str, Any]:
    design = sweep.design
    return {
        **manifest(sweep.case.scenario.seed, sweep.case.inputs),
        "sweep": {
            "scenario": sweep.case.stem,
            "title": sweep.case.scenario.title,
            "labels": sweep.case.labels,
            "base": sweep.base,
            "known": dict(sweep.case.scenario.known),
            "over": list(design.over),
            "design": design.kind,
            "points": len(design.points),
            "fineness": asdict(QUICK),
        },
        "against_a_run": _off(sweep, folder),
    }


def _off(sweep: Sweep, folder: Path) -> dict[str, Any]:
    """Return how far checked points are from what a run finds, at most, by what was computed."""
    numbers = sweep.fine_numbers()
    most: dict[str, float] = {}
    for number in numbers:
        one = _stored(folder, sweep.key(number))["arms"]
        fine = _stored(folder, fine_key(sweep.key(number)))["arms"]
        told, closer = (list(_rows(number, {"point": {}, "arms": each})) for each in (one, fine))
        for row, other in zip(told, closer, strict=True):
            for name in row.keys() - {"point", "arm", "error"}:
                most[name] = max(most.get(name, 0.0), round(abs(row[name] - other[name]), 6))
    return {"points": [number + 1 for number in numbers], "most": dict(sorted(most.items()))}
