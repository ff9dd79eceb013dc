"""What a run or a title shows on the screen: a brief of at most 25 lines, or every table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.cli.show import Screen
from sim.vote.engine import Engine

if TYPE_CHECKING:
    from sim.report import Report, Table
    from sim.runs.run import Run
    from sim.scenario.case import Case

MOST_LINES, WIDE = 25, 80
"""Lines of a brief, on a terminal of so many columns."""
LIKEST = (5, 3, 1, 0)
"""Like texts in the brief of a title: the fewer, the more there is to caution of."""


def computed(case: Case) -> Run:
    """Return the run of a case with nothing sampled."""
    from sim.runs.run import plan_of, run_scenario
    from sim.vote.engine import Engine

    return run_scenario(case, plan=plan_of(case, engine=Engine.EXACT))


def brief_lines(
    run: Run,
    report: Report,
    screen: Screen,
    *,
    before: Sequence[str] = (),
    below: int,
    likest: bool = False,
) -> list[str]:
    """Return the brief: of what is to be known of a forecast, as much as its lines hold.

    Parameters
    ----------
    run, report, screen
        What is shown, and where.
    before : sequence of str
        Sentences that come first.
    below : int
        Lines that follow it on the screen.
    likest : bool
        Whether the likest earlier votes are shown, too.
    """
    from sim.report.words import first_sentence

    found = [first_sentence(one) for one in cautions(run, report)]
    with screen.held() as first:
        for sentence in before:
            screen.paragraph(sentence)
        screen.paragraph(run.result.summary["sentence"], bold=True)
    room = MOST_LINES - below - len(first) - 1
    for shown in LIKEST if likest else LIKEST[:2]:
        with screen.held() as rest:
            _rest_of_brief(run, screen, short=shown < LIKEST[0], likest=shown if likest else 0)
        while rest and not rest[-1]:
            rest.pop()
        told, left = in_lines(found, room - len(rest), screen)
        if not left and len(told) + len(rest) <= room:
            break
    what = "table and caution" if found else "table"
    change = " To change what it rests on: unga-sim new." if likest else ""
    return [*first, *told, *rest, f"Every {what}: --full.{change}"]


def _rest_of_brief(run: Run, screen: Screen, *, short: bool, likest: int) -> None:
    """Show the tables of a brief, what changed, and what it rests on."""
    from sim.report import Brief
    from sim.report.agenda import precedent_table
    from sim.report.brief import asked_for

    if "steps" in run.result.summary:
        show_steps(run, screen, full=False)
        for sentence in asked_for(run.case.asked):
            screen.paragraph(sentence)
        return
    brief = Brief(run)
    tables = [brief.table(), *([precedent_table(run.case, shown=likest)] if likest else [])]
    for table in tables:
        screen.table(replace(table, title="") if short else table)
    rests_on = " ".join(brief.rests_on(short=short, named=not likest))
    screen.paragraph("\n".join((*brief.changes(), rests_on)))


def in_lines(cautions: Sequence[str], room: int, screen: Screen) -> tuple[list[str], int]:
    """Return as many cautions as there is room for, in lines, and how many are left.

    On a narrow terminal all are told.
    """
    told: list[str] = []
    left = 0
    for number in range(len(cautions), -1, -1) if cautions else ():
        left = len(cautions) - number
        more = [f"And {left} more caution{'s' if left > 1 else ''}: --full."] if left else []
        with screen.held() as lines:
            screen.paragraph(" ".join((*cautions[:number], *more)))
        told = lines
        if len(told) <= room or screen.console.width < WIDE:
            break
    return told, left


def show_steps(run: Run, screen: Screen, *, full: bool) -> None:
    """Show what becomes of the steps, and how the path ends."""
    from sim.report.steps import ends_table, steps_table

    steps = run.result.summary["steps"]
    screen.table(steps_table(steps, run.case.scenario, full=full))
    draws = None if run.outcomes.exact else run.outcomes.draws
    screen.table(ends_table(steps, run.labels, full=full, draws=draws))


def cautions(run: Run, report: Report) -> Iterator[str]:
    """Yield what known votes tell and do not, and what may be a slip in the scenario."""
    from sim.report import news_of_us, what_is_told
    from sim.runs.sentence import capitalised, case
    from sim.scenario.ballots import ballots
    from sim.scenario.doubts import doubts
    from sim.studies.telling import telling

    if run.case.scenario.known:
        arm, ballot = next(iter(ballots(run.case).items()))
        told = what_is_told(telling(ballot))
        others = len(run.labels) > 1
        start = capitalised(case(run.labels[arm], arm))
        yield f"{start}, {told[0].lower()}{told[1:]}" if others else told
    yield from report.cautions()
    yield from doubts(run.case)
    yield from news_of_us(run.case)


def show_tables(run: Run, report: Report, screen: Screen, *, more: Sequence[Table] = ()) -> None:
    """Show the answer, every caution and table, the assumptions, the real vote."""
    from sim.report import assumptions, real_vote, real_vote_table
    from sim.report.brief import asked_for
    from sim.report.words import few_draws

    screen.paragraph(report.answer(), bold=True)
    for caution in cautions(run, report):
        screen.paragraph(caution)
    if "steps" in run.result.summary:
        show_steps(run, screen, full=True)
    for told in asked_for(run.case.asked):
        screen.paragraph(told)
    if run.outcomes.engine is Engine.BOTH:  # the brief shows nothing drawn beside what is computed
        for sentence in few_draws(run.outcomes.draws, known=False, computed=True):
            screen.paragraph(sentence)
    for table in (*more, *report.tables()):
        screen.table(table)
    screen.points("What is assumed", assumptions(run.case))
    if run.real is not None:
        told_of_it = real_vote(run.real, run.labels)
        screen.points("The real vote, looked up after the forecast", told_of_it)
        screen.table(real_vote_table(run.real, run.labels))
