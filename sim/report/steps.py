"""The way to the vote in words: a sentence, a table of steps, a table of ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from sim.assembly.rules import RULES, read_tally, verdict
from sim.report.table import Table
from sim.report.words import percent, span
from sim.runs.sentence import case as condition
from sim.scenario.schema import Scenario

LEAST = 0.005
"""Ends less likely than this are left out of the sentence."""


def chance_of(end: Mapping[str, float]) -> float:
    """Return the chance of an end: as computed, or else as drawn.

    Examples
    --------
    >>> chance_of({"simulated": 0.2})
    0.2
    """
    return end["exact"] if "exact" in end else end["simulated"]


def steps_sentence(steps: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Return how the path ends in the first arm, the likeliest end first.

    Examples
    --------
    >>> ends = {"adopted": {"exact": 0.9}, "rejected": {"exact": 0.1}}
    >>> steps_sentence({"arms": {"as-is": {"ends": ends}}}, {"as-is": "US votes no"})
    'If the US votes no: adopted in about 9 of 10 cases, rejected in about 1 of 10.'
    """
    arm = next(iter(steps["arms"]))
    ends = {name: chance_of(end) for name, end in steps["arms"][arm]["ends"].items()}
    likely = sorted((one for one in ends if ends[one] >= LEAST), key=lambda one: -ends[one])
    start = condition(labels[arm], arm)
    parts = [f"{name} in {_of_ten(ends[name])}" for name in likely]
    parts[0] += " cases"
    return f"{start[0].upper()}{start[1:]}: {', '.join(parts)}."


def _of_ten(chance: float) -> str:
    tenths = round(10 * chance)
    if 1 <= tenths <= 9:
        return f"about {tenths} of 10"
    return "fewer than 1 of 10" if tenths < 1 else "more than 9 of 10"


def steps_table(steps: Mapping[str, Any], scenario: Scenario) -> Table:
    """Return a row a step and arm: how likely it is put and carried, its tally, and what happened.

    Examples
    --------
    See `sim.runs.steps.steps_of`, whose tables these are.
    """
    rows, told = [], any(step.actual for step in scenario.steps)
    for step in scenario.steps:
        for number, (arm, found) in enumerate(steps["arms"].items()):
            of = found["steps"][step.name]
            tally, limits = "", ""
            if of["tally"] is not None:
                means = (of["tally"][name]["mean"] for name in ("yes", "no", "abstain"))
                tally = "-".join(f"{mean:.0f}" for mean in means)
                limits = span(of["tally"]["yes"]["q05"], of["tally"]["yes"]["q95"])
            carried = "" if of["carried"] is None else percent(of["carried"])
            row = (step.name if not number else "", arm, percent(of["put"]), tally, limits, carried)
            real = (step.actual or "") if not number else ""
            rows.append((*row, real) if told else row)
    columns = ("step", "arm", "put", "yes-no-abstain", "yes: 90 % range", "carried if put")
    return Table(
        "Each step, given that it is voted on",
        (*columns, "what happened") if told else columns,
        tuple(rows),
    )


def ends_table(steps: Mapping[str, Any]) -> Table:
    """Return a row an end and a column an arm: how likely the path ends so.

    Examples
    --------
    >>> ends_table({"arms": {"as-is": {"ends": {"adopted": {"exact": 0.25}}}}}).rows
    (('adopted', '25.0 %'),)
    """
    arms = steps["arms"]
    names = list(next(iter(arms.values()))["ends"])
    rows = [
        (name, *(percent(chance_of(arms[arm]["ends"][name])) for arm in arms)) for name in names
    ]
    return Table("How it ends", ("end", *arms), tuple(rows), note=" ".join(_ranges(steps)))


def _ranges(steps: Mapping[str, Any]) -> Iterator[str]:
    first = next(iter(steps["arms"]))
    for one in steps.get("ranges", ()):
        low, high = one["put"]
        widest = max(one["ends"], key=lambda end: abs(one["ends"][end][1] - one["ends"][end][0]))
        at = " to ".join(percent(chance) for chance in one["ends"][widest])
        yield (
            f"That {one['step']} is put is an input, {percent(low, certain=True)} to "
            f"{percent(high, certain=True)}: {widest} is then {at} in the arm {first}."
        )


def real_way(scenario: Scenario) -> dict[str, str]:
    """Return what became of each step whose real tally is known: carried, lost or not put.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> real_way(read_scenario("jerusalem-2017"))
    {}
    """
    found = {}
    for step in scenario.steps:
        if step.actual == "not put":
            found[step.name] = "not put"
        elif step.actual is not None:
            rule = RULES[step.majority or step.default_majority(scenario.resolution.majority)]
            adopted = verdict(np.array(read_tally(step.actual)), rule).adopted
            found[step.name] = "carried" if adopted else "lost"
    return found
