"""The counts of a run that was interrupted, kept so that the run can go on where it stopped."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim import files
from sim.vote.counting import Drawn
from sim.vote.engine import Engine, Plan
from sim.vote.outcomes import ArmCounts, PairCounts

NAME = "partial.npz"
DECIDE = ("unga-sim", "numpy", "scipy")
"""Versions on which the counts depend to the last digit."""
ANEW = "run it anew, without --continue"


@dataclass(frozen=True)
class Partial:
    """The counts of a run that was interrupted, and all it takes to go on.

    Attributes
    ----------
    plan : Plan
    known : mapping of str to str
        The known votes, the scenario's and those that were added, by ISO code.
    made_of : dict
        Versions and hashes of inputs, as in ``manifest.json``.
    drawn : Drawn
        What was counted.
    """

    plan: Plan
    known: Mapping[str, str]
    made_of: Mapping[str, Any]
    drawn: Drawn

    def check(self, made_of: Mapping[str, Any], *, place: Path) -> None:
        """Refuse to go on with other inputs or versions: the result would be of neither.

        Parameters
        ----------
        made_of : mapping
            As the run would go on now.
        place : Path
            Named in the message.

        Raises
        ------
        files.FileError
            If anything differs; the message names all that does.
        """
        before, now = self.made_of["inputs"], made_of["inputs"]
        changed = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
        changed += [
            f"{name} {made_of['versions'][name]} (was {self.made_of['versions'].get(name)})"
            for name in DECIDE
            if self.made_of["versions"].get(name) != made_of["versions"][name]
        ]
        if changed:
            raise files.FileError(
                f"{place}: changed since the run was interrupted: {', '.join(changed)}; {ANEW}"
            )


def write_partial(partial: Partial, folder: Path) -> None:
    """Write the counts of an interrupted run into its result folder.

    Parameters
    ----------
    partial : Partial
    folder : Path

    Examples
    --------
    >>> import tempfile
    >>> plan = Plan(draws=9000, seed=1, engine=Engine.SIMULATE)
    >>> made_of = {"versions": {}, "inputs": {}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_partial(Partial(plan, {"BRA": "yes"}, made_of, Drawn(4096)), Path(folder))
    ...     found = read_partial(Path(folder))
    >>> found.plan == plan, found.known, found.drawn.draws
    (True, {'BRA': 'yes'}, 4096)
    """
    drawn = partial.drawn
    about = {
        "plan": dataclasses.asdict(partial.plan),
        "known": dict(partial.known),
        "made_of": dict(partial.made_of),
        "draws": drawn.draws,
        "arms": list(drawn.counts),
        "pairs": list(drawn.pairs),
    }
    arrays = {"about": np.array(json.dumps(about))}
    for kind, counted in (("arm", drawn.counts), ("pair", drawn.pairs)):
        for number, counts in enumerate(counted.values()):
            arrays |= {f"{kind}-{number}-{name}": array for name, array in vars(counts).items()}
    files.write_arrays(folder / NAME, arrays)


def read_partial(folder: Path) -> Partial:
    """Return the counts of the interrupted run in a result folder.

    Raises
    ------
    files.FileError
        If there are none, or they cannot be read.

    Examples
    --------
    >>> read_partial(Path("results") / "jerusalem-2017")
    Traceback (most recent call last):
    sim.files.FileError: results/jerusalem-2017: holds no run that was interrupted
    """
    place = folder / NAME
    files.recover(folder)
    if not place.is_file():
        raise files.FileError(f"{folder}: holds no run that was interrupted")
    try:
        arrays = files.read_arrays(place)
    except files.FileError as error:
        raise files.FileError(f"{error}; {ANEW}") from None
    try:
        about = json.loads(str(arrays["about"]))
        plan = Plan(**{**about["plan"], "engine": Engine(about["plan"]["engine"])})
        counts = {arm: _arm(arrays, number) for number, arm in enumerate(about["arms"])}
        pairs = {
            (arm, against): _pair(arrays, number)
            for number, (arm, against) in enumerate(about["pairs"])
        }
        drawn = Drawn(about["draws"], counts, pairs)
        return Partial(plan, about["known"], about["made_of"], drawn)
    except (KeyError, TypeError, ValueError) as error:
        raise files.FileError(f"{place}: {error!r:.80}; {ANEW}") from None


def _arm(arrays: Mapping[str, np.ndarray], number: int) -> ArmCounts:
    return ArmCounts(**_fields(arrays, f"arm-{number}", ArmCounts))


def _pair(arrays: Mapping[str, np.ndarray], number: int) -> PairCounts:
    return PairCounts(**_fields(arrays, f"pair-{number}", PairCounts))


def _fields(arrays: Mapping[str, np.ndarray], name: str, kind: type) -> dict[str, Any]:
    found = {field.name: arrays[f"{name}-{field.name}"] for field in dataclasses.fields(kind)}
    return {field: array if array.ndim else float(array) for field, array in found.items()}
