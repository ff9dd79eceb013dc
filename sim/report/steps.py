"""The way to the vote in words: a sentence, a table of steps, a table of ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.report.table import Table
from sim.report.words import interval, percent
from sim.runs.sentence import chance_of
from sim.scenario.schema import Scenario


def steps_table(steps: Mapping[str, Any], scenario: Scenario, *, full: bool = True) -> Table:
    """Return a row a step, in full one an arm: how likely it is put and carried, and its tally.

    Examples
    --------
    See `sim.runs.steps.steps_of`, whose tables these are.
    """
    rows, told = [], any(step.actual for step in scenario.steps)
    arms = dict(list(steps["arms"].items())[: None if full else 1])
    for step in scenario.steps:
        for number, (arm, found) in enumerate(arms.items()):
            of = found["steps"][step.name]
            tally, limits = "", ""
            if of["tally"] is not None:
                means = (of["tally"][name]["mean"] for name in ("yes", "no", "abstain"))
                tally = "-".join(f"{mean:.0f}" for mean in means)
                limits = interval(of["tally"]["yes"]["q05"], of["tally"]["yes"]["q95"])
            carried = "" if of["carried"] is None else percent(of["carried"])
            names = (step.name if not number else "", *([arm] if full else []))
            row = (
                *names,
                percent(of["put"], certain=of.get("always", False)),
                tally,
                limits,
                carried,
            )
            real = (step.actual or "") if not number else ""
            rows.append((*row, real) if told else row)
    names = ("step", *(["arm"] if full else []))
    columns = (*names, "put", "yes-no-abstain", "yes: 90 %", "carried")
    return Table(
        "Each step, given that it is voted on"
        + ("" if full else f", in the arm {next(iter(arms))}"),
        (*columns, "real") if told else columns,
        tuple(rows),
    )


def ends_table(steps: Mapping[str, Any], *, full: bool = True) -> Table:
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
    notes = list(_ranges(steps)) if full else []
    notes += _wrong(steps)
    title = "How it ends" if full else "How it ends (arms, ranges, the text alone: --full)"
    return Table(title, ("end", *arms), tuple(rows), note=" ".join(notes))


def _wrong(steps: Mapping[str, Any]) -> Iterator[str]:
    """Yield how the path really ended, and where the forecast of the first arm was wrong."""
    real, first = steps.get("real", {}), next(iter(steps["arms"].values()))
    if real.get("end") is not None:
        yield f"What happened: {real['end']}."
    off = {}
    for name, was in real.get("steps", {}).items():
        found = first["steps"][name]
        if was["tally"] is None or found["tally"] is None:
            continue
        off[name] = (int(was["tally"].split("-")[0]), found["tally"]["yes"]["mean"])
        so = found["carried"] if was["way"] == "carried" else 1 - found["carried"]
        if so < 0.5:
            yield f"Wrong: {name} was {was['way']}, held to be {percent(so)} likely."
    if off:
        worst = max(off, key=lambda name: abs(off[name][0] - off[name][1]))
        yield "Furthest off: {}, {} yes where {:.0f} were expected.".format(worst, *off[worst])


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
