"""The way to the vote on a page: a picture from the first step down to the ends, and its tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sim.report.figures.path import NARROWEST, bands_of, flows_of
from sim.report.forecast import SHOWN
from sim.report.page.html import element, sideways, text
from sim.report.page.way_parameters import committees_of
from sim.report.steps import ends_table
from sim.report.table import Table
from sim.report.words import interval, whole_percent
from sim.runs.run import Run
from sim.runs.sentence import chance_of

LEFT, WIDE, MARGIN = 166, 186, 4
"""Where bands begin, how wide all of them are, and what is left beside them."""
ROW, END, BOX, TOP = 62, 34, 5, 8
"""Height of a row of a step and of an end, of a box, and where the first begins."""
FOLLOWS = (
    "The picture, the table above and these ends follow the votes set here and the arm chosen "
    "below, not the other chances, the strength and the votes set there. They are computed with "
    "the points and the equations of the forecast; ± is their sampling error [percentage points]. "
    "A vote that is set tells what states share that day, and nothing of whether its step is put."
)
KINDS = {"carried": "yes", "lost": "no", "not put": "away"}


def way(told: Mapping[str, Any], label: str) -> str:
    """Return a path of votes: a row a step and an end, and bands of what leads where.

    Parameters
    ----------
    told : mapping
        As ``summary.json`` has ``steps``; the first arm is drawn.
    label : str
        What that arm is called.

    Examples
    --------
    >>> leads = {"carried": "adopted", "lost": "lost", "not put": "lost"}
    >>> step = {"reached": 1.0, "put": 1.0, "carried": 0.7, "tally": None}
    >>> ends = {"adopted": {"exact": 0.7}, "lost": {"exact": 0.3}}
    >>> arm = {"ends": ends, "steps": {"text": step}, "flows": [[0.7, 0.3, 0.0]]}
    >>> drawn = way({"arms": {"a": arm}, "places": [{"step": "text", **leads}]}, "US votes no")
    >>> drawn.count("<path"), drawn.count("<rect"), "adopted" in drawn
    (2, 3, True)
    """
    arm = next(iter(told["arms"].values()))
    chances = {end: chance_of(one) for end, one in arm["ends"].items()}
    real = told.get("real", {"steps": {}, "taken": [], "end": None})
    flows = flows_of(told["places"], arm["flows"])
    boxes = _boxes(arm["steps"], chances)
    number = {box: place for place, box in enumerate(boxes)}
    really = bands_of(told["places"], real["taken"])
    height = max(top for _, top in boxes.values()) + END
    described = ", ".join(f"{end} {whole_percent(chance)}" for end, chance in chances.items())
    return element(
        "svg",
        element("title", "The way, and how it may end"),
        element("desc", text(f"In the arm {label}: {described}")),
        *_bands(flows, boxes, really),
        *(
            _box(_step(step, of, real["steps"].get(step)), boxes[step], of["reached"], number[step])
            for step, of in arm["steps"].items()
        ),
        *(
            _box(_end(end, chance, real=end == real["end"]), boxes[end], chance, number[end])
            for end, chance in chances.items()
        ),
        viewBox=f"0 0 {LEFT + WIDE + MARGIN} {height}",
        data_sizes=f"{LEFT} {WIDE} {ROW} {END} {BOX} {TOP} {NARROWEST}",
        class_="way",
        role="img",
        aria_label=f"The way, and how it may end, in the arm {label}: {described}",
    )


def _boxes(
    steps: Mapping[str, Mapping[str, Any]], chances: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    """Return where each box begins, from the left and from the top: ends side by side."""
    found: dict[str, tuple[float, float]] = {
        step: (LEFT + WIDE * (1 - of["reached"]) / 2, TOP + ROW * row)
        for row, (step, of) in enumerate(steps.items())
    }
    left, top = float(LEFT), TOP + ROW * len(steps)
    for row, (end, chance) in enumerate(chances.items()):
        found[end] = left, top + END * row
        left += WIDE * chance
    return found


def _bands(
    flows: Mapping[tuple[str, str, str], float],
    boxes: Mapping[str, tuple[float, float]],
    really: set[tuple[str, str, str]],
) -> Iterator[str]:
    """Yield the bands, those that really were taken last, so that nothing lies over them."""
    leaving: defaultdict[str, float] = defaultdict(float)
    arriving: defaultdict[str, float] = defaultdict(float)
    drawn, number = [], {box: place for place, box in enumerate(boxes)}
    for band, chance in flows.items():
        (step, how, target), width = band, WIDE * chance
        (x, top), (to, bottom) = boxes[step], boxes[target]
        shape = _shape((x + leaving[step], top + BOX), (to + arriving[target], bottom), width)
        leaving[step] += width
        arriving[target] += width
        said = element("title", text(f"{step} {how}, then {target}: {whole_percent(chance)}"))
        kind = f"{KINDS[how]} real" if band in really else KINDS[how]
        named = f"{number[step]} {list(KINDS).index(how)} {number[target]}"
        path = element("path", said, d=shape, class_=kind, data_band=named)
        drawn.append((band in really, path))
    yield from (shape for _, shape in sorted(drawn, key=lambda one: one[0]))


def _shape(start: tuple[float, float], end: tuple[float, float], width: float) -> str:
    """Return a band that falls straight first, so that it stays clear of the steps it passes."""
    (x, top), (to, bottom) = start, end
    turn = max(top, bottom - ROW + BOX)
    middle = (turn + bottom) / 2
    down = f"V{turn:.1f}C{x:.1f},{middle:.1f} {to:.1f},{middle:.1f} {to:.1f},{bottom:.1f}"
    x, to = x + width, to + width
    back = f"C{to:.1f},{middle:.1f} {x:.1f},{middle:.1f} {x:.1f},{turn:.1f}"
    return f"M{x - width:.1f},{top:.1f}{down}H{to:.1f}{back}V{top:.1f}Z"


def _step(
    name: str, of: Mapping[str, Any], actual: Mapping[str, Any] | None
) -> Iterator[tuple[str, str, str | None]]:
    """Yield lines beside a step: the words, their class, and what a line that follows ends in."""
    yield name, "name", None
    told = ""
    if of["tally"] is not None:
        means = (f"{of['tally'][choice]['mean']:.0f}" for choice in ("yes", "no", "abstain"))
        told = f"{'-'.join(means)}, carried {whole_percent(of['carried'])}"
    yield told, "", ""
    if actual is not None:
        yield f"actual: {actual['tally'] or actual['way']}", "real", None


def _end(name: str, chance: float, *, real: bool) -> Iterator[tuple[str, str, str | None]]:
    """Yield the lines beside an end."""
    more, kind = (", what happened", " real") if real else ("", "")
    yield name, f"name{kind}", None
    yield f"{whole_percent(chance)}{more}", kind, more


def _box(
    lines: Iterator[tuple[str, str, str | None]],
    place: tuple[float, float],
    chance: float,
    number: int,
) -> str:
    """Return a step or an end: its box, as wide as it is likely, and the lines beside it."""
    left, top = place
    words = (
        element(
            "text",
            text(line),
            x=0,
            y=f"{top + 8 + 12 * row:g}",
            class_=kind.strip() or None,
            data_box=None if more is None else number,
            data_more=more or None,
        )
        for row, (line, kind, more) in enumerate(lines)
    )
    box = {"x": f"{left:.1f}", "y": top, "width": f"{max(WIDE * chance, 1):.1f}", "height": BOX}
    return element("rect", **box) + "".join(words)


def steps_section(run: Run) -> str:
    """Return the way to the vote step by step, and where it ends, of a scenario that has steps.

    Examples
    --------
    See `sim.report.page.build.page_of`.
    """
    told = run.result.summary.get("steps")
    if told is None:
        return ""
    arm = next(iter(told["arms"]))
    drawn = [
        sideways(_tallies_of_steps(told, run), "steps"),
        _what_if_of_steps(run),
        sideways(_ends_of(told, run), "ends", fits=True),
    ]
    key = "blue what is carried, orange what is lost, grey what is not put, as wide as it is "
    key += "likely. Beside a step: yes-no-abstain expected if it is voted on."
    if told.get("real", {}).get("taken"):
        key += " Outlined and bold: what happened."
    drawn_for = element("span", text(run.labels[arm]), id="way-arm")
    return element(
        "section",
        element("h2", "The way to the vote"),
        way(told, run.labels[arm]),
        element("p", "In the arm ", drawn_for, text(f": {key}"), class_="note"),
        *drawn,
        aria_label="The way to the vote",
    )


def _what_if_of_steps(run: Run) -> str:
    """Return what the reader sets of a step."""
    committees = committees_of(run.case)
    steps = [
        element("option", element("bdi", text(step.name)), value=number)
        for number, step in enumerate(run.case.scenario.steps)
        if step.kind != "committee" or number in committees
    ]
    votes = [element("option", choice.label, value=int(choice)) for choice in SHOWN]
    fields = (
        element("label", f"{label} ", element("select", *options, id=name))
        for label, name, options in (
            ("On", "step", steps),
            ("the vote of", "step-state", []),
            ("is", "step-vote", votes),
        )
    )
    return element(
        "div",
        element("h3", "What if a vote on a step is known?"),
        element("p", *fields, element("button", "Set", type="button", id="step-set")),
        element("p", id="step-votes"),
        element("p", id="step-known"),
        element("ul", id="step-ends", aria_live="polite"),
        element("p", text(" ".join([FOLLOWS, *_held(run, committees)])), class_="note"),
        class_="live-only no-print",
    )


def _held(run: Run, committees: Mapping[int, Mapping[str, Any]]) -> Iterator[str]:
    for at, of in committees.items():
        yield (
            f"What is set of {run.case.scenario.steps[at].name} tells only how those states vote "
            f"on the text: if present, as there with a chance of {whole_percent(of['holds'])}."
        )


def _ends_of(told: Mapping[str, Any], run: Run) -> Table:
    """Return how likely each end is, in whole per cents, under the labels of the arms."""
    short, full = (ends_table(told, run.labels, full=whole) for whole in (False, True))
    return replace(short, title=f"{full.title}, as forecast", note=full.note)


def _tallies_of_steps(told: Mapping[str, Any], run: Run) -> Table:
    """Return a row a step of the first arm: its tally with ranges, and the real one."""
    arm, found = next(iter(told["arms"].items()))
    rows, real = [], {step.name: step.actual for step in run.case.scenario.steps}
    for name, of in found["steps"].items():
        cells = ["" for _ in SHOWN]
        if of["tally"] is not None:
            counts = (of["tally"][choice.column] for choice in SHOWN)
            cells = [f"{one['mean']:.0f}\n{interval(one['q05'], one['q95'])}" for one in counts]
        put = "100 %" if of.get("always") else whole_percent(of["put"])
        carried = "" if of["carried"] is None else whole_percent(of["carried"])
        rows.append(
            (name, put, carried, *cells, *([real[name] or ""] if any(real.values()) else []))
        )
    columns = ("step", "put", "carried", *(choice.label for choice in SHOWN))
    title = (
        f"Each step, given that it is voted on, if “{run.labels[arm]}”: votes expected, 90 % range"
    )
    return Table(title, (*columns, "real") if any(real.values()) else columns, tuple(rows))
