"""What a page tells: the answer, the tally by arm, who moves, what it rests on, how to cite it."""

from __future__ import annotations

from importlib import metadata

from sim.assembly.choices import CHOICES, Choice
from sim.assembly.members import US
from sim.report.background import assumptions, news_of_us, real_vote
from sim.report.brief import asked_for, measured
from sim.report.findings import furthest
from sim.report.forecast import SHOWN, Report
from sim.report.page.html import bullets, element, table, text
from sim.report.words import day, interval, short_chance, whole_percent
from sim.runs.run import Run
from sim.scenario.doubts import for_readers
from sim.vote.outcomes import summary

ALONE = "If the text were voted on as it is, with none of the steps of the way above."
MOVED = 0.01
"""Movers of less are left out [part of the probability]."""


def head(run: Run, report: Report) -> str:
    """Return the question and the answer in a sentence.

    Examples
    --------
    See `sim.report.page.build.page_of`, which puts all sections into a page.
    """
    scenario = run.case.scenario
    about = f"Forecast as of {day(scenario.as_of)} for the vote of {day(scenario.resolution.date)}."
    cautions = [*for_readers(run.case), *report.cautions(), *news_of_us(run.case, mending=False)]
    return element(
        "header",
        element("h1", element("bdi", text(scenario.title))),
        element("p", element("bdi", text(scenario.question))),
        element("p", text(run.result.summary["sentence"]), class_="answer"),
        *(element("p", text(caution)) for caution in cautions),
        element("p", text(about), class_="faint"),
        *(element("p", text(told), class_="faint") for told in asked_for(run.case.asked)),
    )


def tallies(run: Run) -> str:
    """Return the tally of every arm with its ranges, and the real vote where there is one.

    Examples
    --------
    See `sim.report.page.build.page_of`.
    """
    rows = []
    for arm, chances in run.outcomes.arms.items():
        counts = [summary(chances.tallies[choice]) for choice in SHOWN]
        cells = (f"{one['mean']:.0f}\n{interval(one['q05'], one['q95'])}" for one in counts)
        rows.append((run.labels[arm], whole_percent(chances.adopted), *cells))
    real, told = run.real, []
    if real is not None:
        rows.append(
            (
                f"{real.symbol}, the real vote",
                "adopted" if real.adopted else "not adopted",
                *(str(real.tally[choice]) for choice in SHOWN),
            )
        )
        told = real_vote(real, run.labels)
    columns = ("if", "adopted", *(choice.label for choice in SHOWN))
    return element(
        "section",
        element(
            "h2",
            "The text alone, arm by arm" if run.case.scenario.steps else "The tally, arm by arm",
        ),
        element("p", ALONE, class_="note") if run.case.scenario.steps else "",
        table("Expected votes; below, the 90 % range", columns, rows, id="tally", class_="stacked"),
        bullets(told) if told else "",
        aria_label="Tally by arm",
    )


def movers(run: Run) -> str:
    """Return who moves between arms, and what moves them.

    Examples
    --------
    See `sim.report.page.build.page_of`.
    """
    arms = [*run.outcomes.arms]
    if len(arms) == 1:
        return ""
    first, other, rows = arms[0], furthest(run.result), []
    moved = run.outcomes.movers(other, first)
    for row in moved[(moved["moved"] >= MOVED) & (moved["iso3"] != US)].head(15).to_dict("records"):
        place = run.outcomes.codes.index(row["iso3"])
        chances = (short_chance(run.outcomes.arms[arm].states[place, Choice.YES]) for arm in arms)
        _, towards = max((row[choice.column], choice.label) for choice in CHOICES)
        rows.append((row["name"], *chances, towards))
    caption = (
        f"Chance of a yes [%]; those that move most if “{run.labels[other]}”, at least "
        f"{100 * MOVED:.0f} point, the United States left out"
    )
    columns = ("state", *(run.labels[arm] for arm in arms), "mostly to")
    beside = [1 + place for place, arm in enumerate(arms) if arm not in (first, other)]
    return element(
        "section",
        element("h2", "Who moves, and why"),
        table(caption, columns, rows, wide=beside)
        if rows
        else element("p", "No state moves by a point."),
        element(
            "p",
            "A state moves the more, the nearer it stands to the fence, the closer it is to the "
            "United States, and the less its name on the draft binds it.",
        ),
        id="movers",
        aria_label="Who moves",
    )


def grounds(run: Run) -> str:
    """Return what the forecast rests on.

    Examples
    --------
    See `sim.report.page.build.page_of`.
    """
    dates = run.case.question.record.dates
    last = (
        f"The last vote on a like text is of {day(dates.max().astype(object))}."
        if len(dates)
        else ""
    )
    return element(
        "section",
        element("h2", "What it rests on"),
        bullets([*assumptions(run.case), *filter(None, [last])]),
        element("p", text(measured(run.case.skill, run.case.scenario.model))),
        aria_label="What it rests on",
    )


def citation(run: Run) -> str:
    """Return how to cite the page.

    Examples
    --------
    See `sim.report.page.build.page_of`.
    """
    told = (
        f"unga-sim {metadata.version('unga-sim')}: “{run.case.scenario.title}”, scenario "
        f"{run.outcomes.stem}, forecast as of {day(run.case.scenario.as_of)}."
    )
    return element(
        "section",
        element("h2", "How to cite"),
        element("pre", element("bdi", text(told))),
        element(
            "p",
            "The address of this page carries every choice made above.",
            class_="live-only no-print",
        ),
        aria_label="How to cite",
    )
