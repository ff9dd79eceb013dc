"""A page put together: one file that asks nothing of anybody."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sim import files
from sim.assembly.members import Members, plain
from sim.report.figures.cells import layout
from sim.report.forecast import Report
from sim.report.page.html import csp_hash, element, embedded, text
from sim.report.page.parameters import parameters_of
from sim.report.page.sections import citation, grounds, head, movers, tallies
from sim.report.page.way import steps_section
from sim.report.page.way_parameters import way_parameters
from sim.report.page.what_if import targets, what_if
from sim.report.words import SURPRISING
from sim.runs.run import Run, plan_of, run_scenario
from sim.scenario.case import Case
from sim.studies.calls import REACHABLE
from sim.vote.engine import Engine

STATIC = Path(__file__).parent / "static"
ENGINE = ("normal", "quadrature", "engine", "posterior", "products", "counts", "calls", "path")
PUSH = 1.0
"""How far a call moves a state's support, as in `sim.studies.calls` [standard deviations]."""
DIGITS = 4
"""Significant digits of the tables that the page carries."""


def page_of(run: Run, *, index: str = "") -> str:
    """Return the page of a run: HTML that opens from disk and makes no request.

    Parameters
    ----------
    run : Run
        With computed outcomes.
    index : str
        A page beside it that lists all forecasts, if there is one.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> page = page_of(computed(resolve("jerusalem-2017")))
    >>> page.startswith("<!doctype html>"), "<h1>" in page
    (True, True)
    """
    report = Report(run.outcomes, run.labels)
    style = files.read_text(STATIC / "page.css")
    engine, worker, view = script(*ENGINE), script("worker"), script("tree", "view")
    back = element("nav", element("a", "All forecasts", href=index), class_="no-print")
    body = (
        back if index else "",
        element(
            "main",
            head(run, report),
            steps_section(run),
            tallies(run),
            what_if(run),
            movers(run),
            grounds(run),
            citation(run),
            _downloads(run),
        ),
        embedded(parameters_of(run.case), "parameters"),
        embedded(_shown(run), "shown"),
        embedded(way_parameters(run.case), "path"),
        element("script", engine, id="engine"),
        element("script", worker, id="worker", type="text/plain"),
        element("script", view),
    )
    policy = (
        f"default-src 'none'; script-src {csp_hash(engine)} {csp_hash(view)}; "
        f"style-src {csp_hash(style)}; worker-src blob:; base-uri 'none'; form-action 'none'"
    )
    return "<!doctype html>\n" + element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=policy),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", text(run.case.scenario.title)),
            element("style", style),
        ),
        element("body", *body),
        lang="en",
    )


def computed(case: Case) -> Run:
    """Return the run of a case that a page shows: computed, nothing drawn.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> computed(resolve("jerusalem-2017")).outcomes.draws
    0
    """
    return run_scenario(case, plan=plan_of(case, engine=Engine.EXACT))


def script(*names: str) -> str:
    """Return modules as one script for a page, without comments, indents and empty lines.

    Examples
    --------
    >>> "import" in script("normal", "quadrature").split("shared")[0]
    False
    """
    joined = "\n".join(files.read_text(STATIC / f"{name}.js") for name in names)
    bare = re.sub(
        r"^ *(/\*\*((?!\*/).)*\*/|//[^\n]*)\n", "", joined, flags=re.MULTILINE | re.DOTALL
    )
    bare = re.sub(r"^import [^;]*;\n", "", bare, flags=re.MULTILINE)
    bare = re.sub(r" +// [^\n]*$", "", bare, flags=re.MULTILINE)
    bare = re.sub(r"\n\s+", "\n", bare)
    return re.sub(r"^export (\{[^}]*\};\n)?", "", bare, flags=re.MULTILINE)


def _shown(run: Run) -> dict[str, object]:
    cells, rows = layout(), run.outcomes.codes
    return {
        "aliases": _aliases(),
        "cells": [cells[code] for code in rows],
        "initial": run.case.known,
        "targets": [target for _, target in targets(run)],
        "push": PUSH,
        "reachable": REACHABLE,
        "words": {"unlikely": SURPRISING},
    }


def _aliases() -> dict[int, str]:
    """Return by which other names a state is found."""
    members, found = Members.load(), dict[int, str]()
    for spelling, code in members.spellings.items():
        row = members.row(code)
        if spelling not in plain(f"{members.names[row]} {code}"):
            found[row] = f"{found.get(row, '')} {spelling}".strip()
    return found


def _downloads(run: Run) -> str:
    tables = {
        "states.csv": run.outcomes.states(),
        "distribution.csv": run.outcomes.distribution(),
    }
    carried = {name: files.csv_text(frame, digits=DIGITS) for name, frame in tables.items()}
    carried["summary.json"] = json.dumps(run.result.summary, ensure_ascii=False)
    buttons = (
        element("button", name, type="button", data_file=f"{run.outcomes.stem}-{name}")
        for name in carried
    )
    return element(
        "section",
        element("h2", "Download"),
        element("p", "The forecast as it was made: nothing that is set above is in these files."),
        element("p", " ".join(buttons)),
        *(
            embedded(content, f"file-{run.outcomes.stem}-{name}")
            for name, content in carried.items()
        ),
        class_="live-only no-print",
        aria_label="Download",
    )
