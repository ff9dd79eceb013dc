"""The steps of a path: which one decides, whom to call for it, and what differs between arms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES, FloatArray, IntArray
from sim.assembly.members import US, Members
from sim.runs.simulate import given_number
from sim.scenario.case import Case, Resolvable, resolve
from sim.scenario.path import path_of
from sim.studies.calls import Calls, Looked, calls_of, look
from sim.studies.last_votes import last_votes
from sim.studies.rank import DRAWS
from sim.studies.target import Target
from sim.vote.path import Path
from sim.vote.walk import Block, Ways, blocks, follow


@dataclass(frozen=True)
class StepCalls:
    """Whom to call for one step.

    Attributes
    ----------
    step : str
    target : Target
    put : float
        Chance that the step is voted on; all chances in `calls` are given that it is.
    calls : Calls
    end : str or None
        The end that is wanted.
    decides : DataFrame
        How much the outcome of each step moves the chance of that end, empty where none is wanted:
        step, put (chance that it is voted on), carried, if_carried and if_lost (chance of the end
        then), swing (put times their difference times the standard deviation of the outcome: a step
        that is sure to be carried decides nothing) and standard_error (of the swing, the chance
        that it is carried taken as exact).
    """

    step: str
    target: Target
    put: float
    calls: Calls
    end: str | None
    decides: pd.DataFrame


def step_calls(
    scenario: Resolvable,
    *,
    arm: str,
    step: str | None = None,
    target: str | None = None,
    push: float = 1.0,
    draws: int = DRAWS,
) -> StepCalls:
    """Return what a call is worth for one step of a path.

    Parameters
    ----------
    scenario : str, Path, Scenario, mapping or Case
        As `sim.scenario.resolve` takes it; without steps it is a path of one.
    arm : str
    step : str, optional
        By default the one whose outcome, as uncertain as it is, moves the end that is wanted the
        most, of those not yet voted on.
    target : str, optional
        An end of the path, or what `sim.studies.target.Target.of` reads; by default that the step
        is carried.
    push : float
        As `sim.studies.calls.whom_to_call` takes it.
    draws : int

    Raises
    ------
    ValueError
        If there is no such arm, step or target, or draws or push are no such number, or the step is
        never voted on, or was voted on already.

    Examples
    --------
    >>> found = step_calls("gaza-amendment-2023", arm="us-votes-no", target="adopted", draws=500)
    >>> found.step, found.target.label
    ('text', 'text carried')
    >>> found.decides.set_index("step").loc["text", ["if_carried", "if_lost"]].round(6).tolist()
    [1.0, 0.0]
    """
    case, drawn = resolve(scenario), given_number("draws", draws, DRAWS)
    path = _alone(path_of(case), case.arm_named(arm))
    names = [one.name for one in path.steps]
    if step is not None and step not in names:
        raise ValueError(f"step {step!r}: must be one of {', '.join(names)}")
    past = _past(case, step)
    end = target if target in path.ends else None
    held = list(_followed(path, arm, seed=case.scenario.seed, draws=drawn))
    decides = pd.DataFrame() if end is None else _deciding(path, arm, end, held)
    if step is None:
        if end is None:
            raise ValueError(f"target {target!r}: without a step, must be one of {_named(path)}")
        ahead = decides[~decides["step"].isin(past)]
        step = str(ahead["step"].iloc[int(ahead["swing"].abs().to_numpy().argmax())])
    number = names.index(step)
    lose = end is not None and bool(decides["swing"].to_numpy()[number] < 0)
    other = None if target is None or end is not None else Target.of(target)
    label = f"{step} {'lost' if lose else 'carried'}"
    seen, put, shown = [], 0.0, other
    for block, ways in held:
        for at, place in enumerate(path.places):
            rows = ways.voted(at)
            if place.step != number or not (ways.weight[rows] > 0).any():
                continue
            made = Target.of_defeat if lose else Target.of_rule
            wanted = other or made(place.rule, label=label)
            ballot = path.ballots[arm][number][place.form]
            looked = look(ballot, block.noise[number], wanted, push)
            seen.append(looked.of(rows & (ways.weight > 0), ways.weight))
            put, shown = put + float(ways.weight[rows].sum()), wanted
    if not seen or shown is None:
        raise ValueError(f"step {step!r}: is never voted on in {drawn:,} draws")
    total = sum(float(ways.weight.sum()) for _, ways in held)
    return StepCalls(step, shown, put / total, _calls(case, path, arm, seen, shown), end, decides)


def _past(case: Case, step: str | None) -> list[str]:
    """Return the steps voted on by `as_of`, which no call changes; `step` must be none of them."""
    days = {one.name: one.day for one in case.scenario.steps}
    past = [name for name, day in days.items() if day and day <= case.scenario.as_of]
    if step in past:
        raise ValueError(f"step {step!r}: was voted on {days[step]}: no call changes it")
    if past and len(past) == len(days):
        raise ValueError("step: all were voted on already: no call changes them")
    return past


def _calls(case: Case, path: Path, arm: str, seen: list[Looked], target: Target) -> Calls:
    members = Members.load()
    known = {row for forms in path.ballots[arm] for one in forms for row in one.known}
    return calls_of(
        seen,
        target,
        codes=members.codes,
        names=members.names,
        not_called={members.row(US), *known},
        last=last_votes(case.question),
    )


def _deciding(path: Path, arm: str, end: str, held: list[tuple[Block, Ways]]) -> pd.DataFrame:
    # each draw that comes to a step is followed twice, as if it were carried and as if it were lost
    rows, wanted = [], path.ends.index(end)
    for number, step in enumerate(path.steps):
        parts = []
        for block, ways in held:
            then = [
                follow(path, block, arm, forced={number: won}).final == wanted
                for won in (True, False)
            ]
            at = [at for at, place in enumerate(path.places) if place.step == number]
            voted = np.any([ways.voted(one) for one in at], axis=0)
            carried = np.any([ways.gone[one][0] for one in at], axis=0)
            parts.append(np.stack([ways.weight, voted, carried, *then]).astype(float))
        weight, voted, carried, won, lost = np.concatenate(parts, axis=1)
        weight = weight / weight.sum()
        here = weight * voted
        put = min(float(here.sum()), 1.0)  # weights sum to 1 but for rounding
        moved = voted * (won - lost)
        moves = float(weight @ moved)
        error = float(np.sqrt(weight**2 @ (moved - moves) ** 2))
        shares = here / here.sum() if put else np.full(len(here), np.nan)
        of_put = [min(float(shares @ each), 1.0) for each in (carried, won, lost)]
        spread = float(np.sqrt(of_put[0] * (shares @ (1 - carried)))) if put else 0.0
        rows.append((step.name, put, *of_put, moves * spread, error * spread))
    columns = ("step", "put", "carried", "if_carried", "if_lost", "swing", "standard_error")
    return pd.DataFrame(rows, columns=list(columns))


def contrast_steps(scenario: Resolvable, *, draws: int | None = None) -> pd.DataFrame:
    """Return how each step differs between every arm and the first, paired draw by draw.

    Parameters
    ----------
    scenario : str, Path, Scenario, mapping or Case
        As `sim.scenario.resolve` takes it.
    draws : int, optional
        In place of the scenario's.

    Returns
    -------
    DataFrame
        arm, against, step; both (chance that both arms vote on it), and given that: yes, abstain
        and no (mean difference of the counts [votes]), yes_error (its standard error), gained and
        lost (chance that it is carried in this arm alone, and in the first alone).

    Raises
    ------
    ValueError
        If draws are no such number.

    Examples
    --------
    >>> table = contrast_steps("path-to-peace-path-2025", draws=100)
    >>> table["arm"].unique().tolist(), len(table)
    (['us-abstains', 'us-opposes'], 12)
    """
    case = resolve(scenario)
    path, drawn = path_of(case), given_number("draws", draws, case.scenario.draws)
    first, *others = path.ballots
    parts: dict[tuple[str, int], list[FloatArray]] = {}
    for block in blocks(path, seed=case.scenario.seed, draws=drawn):
        ways = {arm: follow(path, block, arm) for arm in path.ballots}
        for number in range(len(path.steps)):
            base = _at_step(path, block, first, ways[first], number)
            for arm in others:
                one = _at_step(path, block, arm, ways[arm], number)
                weight = np.sqrt(ways[first].weight * ways[arm].weight)
                both = base[0] & one[0]
                change = (one[2] - base[2]).T
                turned = [one[1] & ~base[1], base[1] & ~one[1]]
                found = np.stack([weight, both, *change, *turned]).astype(float)
                parts.setdefault((arm, number), []).append(found)
    rows = [
        (arm, first, path.steps[number].name, *_paired(np.concatenate(found, axis=1)))
        for (arm, number), found in parts.items()
    ]
    counts = [choice.column for choice in CHOICES]
    heads = ["arm", "against", "step", "both", *counts, "yes_error", "gained", "lost"]
    table = pd.DataFrame(rows, columns=heads)
    order = {arm: place for place, arm in enumerate(others)}
    return table.sort_values("arm", key=lambda arms: arms.map(order), kind="stable").reset_index(
        drop=True
    )


def _paired(found: FloatArray) -> list[float]:
    """Return the chance of both, the means over both, and the error of the first of them."""
    weight, both, *values = found
    here = weight * both
    total = here.sum()
    if not total:
        return [0.0, *[np.nan] * (len(values) + 1)]
    means = [float(here @ value) / total for value in values]
    error = np.sqrt(here**2 @ (values[0] - means[0]) ** 2) / total
    counts = len(CHOICES)
    return [float(total / weight.sum()), *means[:counts], float(error), *means[counts:]]


def _at_step(
    path: Path, block: Block, arm: str, ways: Ways, number: int
) -> tuple[np.ndarray, np.ndarray, IntArray]:
    """Return whether a step is voted on, whether it is carried, and its tally, by draw."""
    draws = len(ways.weight)
    voted, carried = np.zeros(draws, bool), np.zeros(draws, bool)
    tally = np.zeros((draws, len(CHOICES)), dtype=np.int64)
    for at, place in enumerate(path.places):
        if place.step == number:
            rows = ways.voted(at)
            voted |= rows
            carried |= ways.gone[at][0]
            tally[rows] = block.held[arm][number, place.form][0][rows]
    return voted, carried, tally


def _alone(path: Path, arm: str) -> Path:
    return replace(path, ballots={arm: path.ballots[arm]})


def _followed(path: Path, arm: str, *, seed: int, draws: int) -> Iterator[tuple[Block, Ways]]:
    for block in blocks(path, seed=seed, draws=draws):
        yield block, follow(path, block, arm)


def _named(path: Path) -> str:
    return ", ".join(f"{end!r}" for end in path.ends)
