"""The part of a page that the reader plays with; its script fills in and follows."""

from __future__ import annotations

import unicodedata

from sim.assembly.choices import Choice
from sim.assembly.members import US, Members
from sim.models.judgements import influence_seeds
from sim.report.forecast import SHOWN
from sim.report.page.html import element, text
from sim.report.page.pictures import assembly, bar
from sim.report.words import interval, whole_percent
from sim.runs.run import Run
from sim.vote.outcomes import ArmChances, summary

STRONGEST = 3
"""How many times as strong as assumed the effect can be set."""
LEARNING = (
    "Learning, not causing: a vote that is set is news. It tells what the others are likely to do "
    "as well; it does not make them do it."
)
STILL = (
    "Here the United States does what the forecast takes it to do, so nobody is moved and the "
    "strength changes nothing."
)
KEY = (
    "Letter: likeliest vote (Y yes, A abstain, N no, – not voting); the fainter, the less likely "
    "(90, 70, 50 %). Underlined and framed: a vote that is set."
)
KEYS = "Keys: arrows move; Y, A, N and - set a vote, Delete frees it; Enter or a click goes on."
CALLS = (
    "By how much a call raises the chance. It is assumed to raise one state's support by one "
    "standard deviation and to leave all others as they are."
)


def what_if(run: Run) -> str:
    """Return what the reader sets and sees change.

    Examples
    --------
    See `sim.report.page.build.page_of`, which puts all sections into a page.
    """
    return element(
        "section",
        element("h2", "What if?"),
        element(
            "p",
            "Choose what the United States does, how strongly others follow it, and how any state "
            "votes: all else is computed again, here in the page, with the equations of the "
            "forecast.",
            class_="no-print",
        ),
        element("p", "This part needs a browser that runs scripts.", class_="static-only"),
        element("div", _controls(run), _outcome(run), class_="panel"),
        element("h3", "The assembly"),
        assembly(),
        element("p", id="pointed", class_="no-print"),
        element("p", text(KEY), class_="note"),
        element("p", text(KEYS), class_="note no-print"),
        _calls(run),
        _states(run),
        id="what-if",
        aria_label="What if",
    )


def _controls(run: Run) -> str:
    radios = [
        _radio(str(number), element("bdi", text(label)), checked=number == 0)
        for number, label in enumerate(run.labels.values())
    ]
    radios.append(_radio("mix", "other chances", checked=False))
    effect = element(
        "input",
        type="range",
        id="effect",
        min=0,
        max=STRONGEST,
        step=0.1,
        value=1,
        aria_label="Strength of the effect, times as assumed",
    )
    strength = element("label", effect, element("span", id="effect-value"))
    assumed = element("p", "An assumption with a range, not a measured effect.", class_="note")
    still = element("p", text(STILL), id="still", class_="note", hidden=True)
    undo = element("button", "Undo", type="button", id="undo")
    reset = element("button", "Reset", type="button", id="reset")
    return element(
        "div",
        element("fieldset", element("legend", "What the United States does"), *radios, _mix()),
        element(
            "fieldset", element("legend", "How strongly others follow"), strength, assumed, still
        ),
        element("p", undo, " ", reset, class_="no-print"),
        element("p", id="fixed"),
        element("p", id="unusual"),
        element("p", text(LEARNING), id="learning", class_="note", hidden=True),
        class_="live-only",
    )


def _radio(value: str, label: str, *, checked: bool) -> str:
    return element(
        "label",
        element("input", type="radio", name="arm", value=value, checked=checked),
        label,
    )


def _mix() -> str:
    fields = (
        element(
            "label",
            element("input", type="number", name=name, min=0, max=100, step="any", value=0),
            text(name.replace("-", " ")),
        )
        for name in influence_seeds()["positions"]
    )
    return element(
        "div",
        element("p", "Relative chances of each position, such as 1 and 3:", class_="note"),
        *fields,
        id="mix",
        hidden=True,
    )


def _outcome(run: Run) -> str:
    chances = next(iter(run.outcomes.arms.values()))
    heads = ("vote", "expected", "50 % range", "90 % range", "of 193")
    wide = {heads[2]: "wide"}  # left out on a narrow screen
    head = (element("th", name, scope="col", class_=wide.get(name)) for name in heads)
    ring = "" if run.real is None else "; diamond: the real vote"
    caption = (
        "Counts [votes]; expected is the mean, which a few outcomes far off can pull out of the "
        f"50 % range. Bars: 90 % and 50 % range, and the mean{ring}."
    )
    marks = (
        element(
            "li",
            text(f"{mark.choice.label} ≥ {mark.at_least}: "),
            element(
                "span",
                whole_percent(float(chances.tallies[mark.choice][mark.at_least :].sum())),
                id=f"mark-{number}",
            ),
        )
        for number, mark in enumerate(run.outcomes.thresholds)
    )
    adopted = element("span", whole_percent(chances.adopted), id="adopted")
    return element(
        "div",
        element(
            "p",
            "The text alone: adopted " if run.case.scenario.steps else "Adopted: ",
            adopted,
            class_="adoption",
        ),
        element(
            "table",
            element("caption", caption),
            element("thead", element("tr", *head)),
            element("tbody", *(_count(run, chances, choice) for choice in SHOWN)),
            id="counts",
        ),
        element("ul", *marks) if run.outcomes.thresholds else "",
        element("p", id="live", class_="visually-hidden", role="status", aria_live="polite"),
    )


def _count(run: Run, chances: ArmChances, choice: Choice) -> str:
    ranges = summary(chances.tallies[choice])
    real = None if run.real is None else run.real.tally[choice]
    label = f"{choice.label}: the ranges of this row, drawn"
    return element(
        "tr",
        element("th", text(choice.label), scope="row"),
        element("td", f"{ranges['mean']:.0f}"),
        element("td", interval(ranges["q25"], ranges["q75"]), class_="wide"),
        element("td", interval(ranges["q05"], ranges["q95"])),
        element("td", bar(ranges, label, name=f"bar-{choice:d}", real=real)),
        id=f"count-{choice:d}",
    )


def targets(run: Run) -> list[tuple[str, dict[str, object]]]:
    """Return what calls may be for: adoption, and each count of yes that is worth knowing.

    Examples
    --------
    See `sim.report.page.build.page_of`.
    """
    rule = run.case.rule
    line = {"weights": (rule.yes_weight, 0, rule.no_weight, 0), "at_least": rule.at_least}
    marks = [mark.at_least for mark in run.outcomes.thresholds if mark.choice == Choice.YES]
    counts = [(f"yes ≥ {mark}", {"weights": (1, 0, 0, 0), "at_least": mark}) for mark in marks]
    return [("the majority", line), *counts]


def _calls(run: Run) -> str:
    options = (
        element("option", text(label), value=place) for place, (label, _) in enumerate(targets(run))
    )
    asked = element("label", "Calls for ", element("select", *options, id="target"))
    return element(
        "div",
        element("h3", "Whom to call"),
        element("p", asked, class_="no-print"),
        element("ol", id="calls"),
        element("p", "No call raises it by 0.1 points.", id="no-call", hidden=True),
        element("p", text(CALLS), class_="note"),
        class_="live-only",
    )


def _states(run: Run) -> str:
    members, fixed = Members.load(), (*run.case.suspended, US)
    rows = (
        _state(state, name, "" if code not in fixed else "set above" if code == US else "no vote")
        for name, code, state in sorted(
            zip(members.names, members.codes, range(len(members.codes)), strict=True),
            key=lambda one: _unaccented(one[0]),
        )
    )
    heads = ("state", "its vote", *(choice.label for choice in SHOWN))
    head = (element("th", name, scope="col") for name in heads)
    find = element("input", type="search", id="filter", autocomplete="off")
    return element(
        "div",
        element("h3", "Every state's vote"),
        element("p", element("label", "Find ", find)),
        element("p", id="not-found", role="status"),
        element("button", "Go on below the table", type="button", id="past"),
        element(
            "div",
            element(
                "table",
                element("caption", "Chance of each vote [%]; “open” is what the forecast says"),
                element("thead", element("tr", *head)),
                element("tbody", *rows, id="states"),
                class_="stacked",
            ),
            class_="scroll",
            tabindex=0,
            role="region",
            aria_label="Table of all states",
        ),
        class_="live-only no-print",
    )


def _state(state: int, name: str, instead: str) -> str:
    select = element("select", data_state=state, aria_label=f"Vote of {name}")
    return element(
        "tr",
        element("th", text(name), scope="row"),
        element("td", instead or select, class_="left"),
        *[element("td")] * len(SHOWN),
        id=f"row-{state}",
    )


def _unaccented(name: str) -> str:
    """Return a name as an index sorts it, without accents and capitals."""
    parts = unicodedata.normalize("NFKD", name)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()
