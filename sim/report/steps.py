"""The way to the vote in words: a sentence, a table of steps, a table of ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from sim.report.forecast import wrapped
from sim.report.table import Table
from sim.report.words import interval, percent, points, signed, whole_percent
from sim.runs.sentence import case, chance_of
from sim.scenario.schema import Scenario

UP_TO = 0.505
"""A chance below this, and not below 1 less this, is told as an even one."""


def steps_table(steps: Mapping[str, Any], scenario: Scenario, *, full: bool = True) -> Table:
    """Return a row a step, in full one an arm: how likely it is put and carried, and its tally.

    Examples
    --------
    See `sim.runs.steps.steps_of`, whose tables these are.
    """
    rows, told = [], any(step.actual for step in scenario.steps)
    arms = dict(list(steps["arms"].items())[: None if full else 1])
    shown = percent if full else whole_percent
    for step in scenario.steps:
        for number, (arm, found) in enumerate(arms.items()):
            of = found["steps"][step.name]
            tally, limits = "", ""
            if of["tally"] is not None:
                means = (of["tally"][name]["mean"] for name in ("yes", "no", "abstain"))
                tally = "-".join(f"{mean:.0f}" for mean in means)
                limits = interval(of["tally"]["yes"]["q05"], of["tally"]["yes"]["q95"])
            carried = "" if of["carried"] is None else shown(of["carried"])
            names = (
                step.name if not number else "",
                *([wrapped(scenario.arms[arm].label or arm)] if full else []),
            )
            row = (
                *names,
                "100 %" if of.get("always") else shown(of["put"]),
                tally,
                limits,
                carried,
            )
            real = (step.actual or "") if not number else ""
            rows.append((*row, real) if told else row)
    names = ("step", *(["arm"] if full else []))
    columns = (*names, "put", "yes-no-abstain", "yes: 90 %", "carried")
    first = next(iter(arms))
    given = "" if full else f", {case(scenario.arms[first].label or first, first)}"
    return Table(
        f"Each step, given that it is voted on{given}",
        (*columns, "real") if told else columns,
        tuple(rows),
    )


def ends_table(
    steps: Mapping[str, Any],
    labels: Mapping[str, str],
    *,
    full: bool = True,
    draws: int | None = None,
) -> Table:
    """Return a row an end and a column an arm: how likely the path ends so.

    Parameters
    ----------
    steps : mapping
        As `sim.runs.steps.steps_of` gives them.
    labels : mapping of arm to str
        What each arm is called.
    full : bool
        Whether chances have a decimal.
    draws : int, optional
        How many draws chances were counted in, where they are not computed.

    Examples
    --------
    >>> ends = {"arms": {"as-is": {"ends": {"adopted": {"exact": 0.25}}}}}
    >>> table = ends_table(ends, {"as-is": "US votes no"})
    >>> table.columns, table.rows
    (('end', 'US votes no'), (('adopted', '25.0 %'),))
    """
    arms = steps["arms"]
    names = list(next(iter(arms.values()))["ends"])
    shown = partial(percent if full else whole_percent, draws=draws)
    rows = [(name, *(shown(chance_of(arms[arm]["ends"][name])) for arm in arms)) for name in names]
    notes = list(_ranges(steps, labels)) if full else []
    notes += [*_committees(steps), *_wrong(steps)]
    title = "How it ends" if full else "How it ends (arms, ranges, the text alone: --full)"
    return Table(title, ("end", *(labels[arm] for arm in arms)), tuple(rows), note=" ".join(notes))


def _committees(steps: Mapping[str, Any]) -> Iterator[str]:
    for one in steps.get("committees", ()):
        source = f"from {one['titles']} titles" if one["titles"] else "an assumption"
        low, high = (f"{100 * limit:.0f} %" for limit in one["range"])
        told = (
            f"{one['known']} votes of {one['step']} are known; that a state votes so again is "
            f"{100 * one['holds']:.0f} % likely ({low} to {high}; {source})"
        )
        yes = [f"{name} {at[0]:.0f} to {at[1]:.0f}" for name, at in one["yes"].items()]
        yield f"{told}." + (f" Yes expected at the two: {', '.join(yes)}." if yes else "")


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
        if so < UP_TO:
            how = "Wrong" if so < 1 - UP_TO else "A toss-up"
            yield f"{how}: {name} was {was['way']}, to which {whole_percent(so)} had been given."
    if off:
        worst = max(off, key=lambda name: abs(off[name][0] - off[name][1]))
        yield "Furthest off: {}, {} yes where {:.0f} were expected.".format(worst, *off[worst])


def _ranges(steps: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[str]:
    first = next(iter(steps["arms"]))
    for one in steps.get("ranges", ()):
        low, high = one["put"]
        widest = max(one["ends"], key=lambda end: abs(one["ends"][end][1] - one["ends"][end][0]))
        at = " to ".join(dict.fromkeys(whole_percent(chance) for chance in one["ends"][widest]))
        yield (
            f"That {one['step']} is put is an input, {100 * low:.0f} to {100 * high:.0f} %: "
            f"{case(labels[first], first)}, {widest} is then {at}."
        )


def deciding_table(decides: pd.DataFrame, *, end: str) -> Table:
    """Return how much the outcome of each step moves the chance of an end.

    Examples
    --------
    >>> row = {"step": "text", "put": 0.5, "carried": 0.5, "if_carried": 1.0, "if_lost": 0.0}
    >>> found = pd.DataFrame([row | {"swing": 0.25, "standard_error": 0.004}])
    >>> deciding_table(found, end="adopted").rows
    (('text', '50.0 %', '50.0 %', '100 %', '0 %', '+25.0 ± 0.4'),)
    """
    rows = []
    for row in decides.to_dict("records"):
        row |= {name: round(row[name], 9) for name in ("put", "if_carried", "if_lost")}
        put = row["put"]
        chances = [percent(put, certain=True), *[""] * 3]
        if put:
            ends = [percent(row[name], certain=True) for name in ("if_carried", "if_lost")]
            chances[1:] = [percent(row["carried"]), *ends]
        swing = f"{points(row['swing'])} ± {100 * row['standard_error']:.1f}"
        rows.append((row["step"], *chances, swing))
    return Table(
        f"Which step decides: {end}",
        ("step", "put", "carried", "end if carried", "if lost", "swing"),
        tuple(rows),
        note="Draws that come to a step, followed as if it were carried and as if it were lost. "
        "Swing: what its outcome, as uncertain as it is, moves the chance of the end "
        "[percentage points, one standard deviation].",
    )


def step_contrast_table(
    table: pd.DataFrame, pair: tuple[str, str], labels: Mapping[str, str]
) -> Table:
    """Return how each step differs between an arm and the first.

    Parameters
    ----------
    table : DataFrame
        As `sim.studies.steps.contrast_steps` gives it.
    pair : tuple of str
        The arm and the first.
    labels : mapping of arm to str
        What each arm is called.

    Examples
    --------
    >>> row = {"arm": "no", "against": "yes", "step": "text", "both": 1.0, "yes": -7.0, "no": 1.0}
    >>> more = {"abstain": 6.0, "yes_error": 0.2, "gained": 0.0, "lost": 0.015}
    >>> labels = {"no": "US votes no", "yes": "US votes yes"}
    >>> step_contrast_table(pd.DataFrame([row | more]), ("no", "yes"), labels).rows
    (('text', '-7.0 ± 0.2', '+1.0', '+6.0', '1.5', '0.0'),)
    """
    here = table[(table["arm"] == pair[0]) & (table["against"] == pair[1])]
    rows = []
    for row in here.to_dict("records"):
        if not row["both"]:
            rows.append((row["step"], *[""] * 5))
            continue
        yes = f"{signed(row['yes'])} ± {row['yes_error']:.1f}"
        turned = (points(row[name]).lstrip("+") for name in ("lost", "gained"))
        rows.append((row["step"], yes, signed(row["no"]), signed(row["abstain"]), *turned))
    return Table(
        f"Each step: “{labels[pair[0]]}” compared with “{labels[pair[1]]}”",
        ("step", "yes", "no", "abstain", "lost", "gained"),
        tuple(rows),
        note="Means over the draws in which both arms vote on it [votes], with the sampling error. "
        "Lost and gained: of 100 of them, those in which it is carried in the second arm named "
        "or the first alone.",
    )
