"""Forecasts of several texts side by side, and the precedents one rests on."""

from __future__ import annotations

from collections.abc import Sequence

from sim.assembly.choices import Choice
from sim.assembly.members import US, Members
from sim.report.table import Table
from sim.report.words import interval, whole_percent
from sim.runs.run import Run
from sim.scenario.case import Case
from sim.studies.last_votes import SOMEWHAT
from sim.vote.outcomes import summary

SHOWN = 5
"""Precedents shown."""
WIDEST = 60
"""Letters of a title."""


def agenda_table(runs: Sequence[Run]) -> Table:
    """Return one row a text, the most doubtful first.

    Doubt is how near the chance of adoption is to one half; between texts as sure, how wide the
    range of yes is.

    Examples
    --------
    >>> agenda_table([]).rows
    ()
    """
    found = []
    for run in runs:
        arm = next(iter(run.outcomes.arms.values()))
        yes, no, abstain = (
            summary(arm.tallies[one]) for one in (Choice.YES, Choice.NO, Choice.ABSTAIN)
        )
        doubt = round(abs(arm.adopted - 0.5), 2), yes["q05"] - yes["q95"]
        cells = (
            _short(run.case.scenario.title),
            f"{yes['mean']:.0f}-{no['mean']:.0f}-{abstain['mean']:.0f}",
            interval(yes["q05"], yes["q95"]),
            whole_percent(arm.adopted),
            next(iter(run.labels.values())),
        )
        found.append((doubt, cells))
    rows = tuple(cells for _, cells in sorted(found, key=lambda one: one[0]))
    columns = ("text", "yes-no-abstain", "yes: 90 % range", "adopted", "if")
    return Table("Texts of the meeting, the most doubtful first", columns, rows)


def precedent_table(case: Case, *, shown: int = SHOWN) -> Table:
    """Return the likest earlier texts: votes, likeness, and how the United States voted.

    Parameters
    ----------
    case : Case
    shown : int
        How many at most.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> precedent_table(resolve("rights-2024")).rows[0]
    ('78/221', '2023-12-19', '78-15-79', 'yes', '1.00')
    """
    record, us = case.question.record, Members.load().row(US)
    order = [one for one in case.likest if one.likeness >= SOMEWHAT]
    rows = []
    for one in order[:shown]:
        about, tally = record.roll_call(one.row), record.tallies()[one.row]
        votes = "-".join(str(tally[choice]) for choice in (Choice.YES, Choice.NO, Choice.ABSTAIN))
        vote = int(record.votes[one.row][us])
        label = Choice(vote).label if vote >= 0 else "?"
        rows.append((one.symbol, str(about.date), votes, label, f"{one.likeness:.2f}"))
    columns = ("like text", "day", "yes-no-abstain", "US", "likeness")
    note = "" if rows else "No like text was found: the forecast rests on how states vote at large."
    return Table("The likest earlier votes", columns, tuple(rows), note=note)


def cautions_of_texts(told: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Return cautions on several texts: those on all of them once, the others with their title.

    Parameters
    ----------
    told : sequence of (str, sequence of str)
        Of each text its title and the cautions on it.

    Examples
    --------
    >>> cautions_of_texts([("One", ["old record"]), ("Two", ["old record", "cut short"])])
    ['old record', 'Two: cut short']
    """
    found = dict.fromkeys(one for _, of_text in told for one in of_text)
    common = [one for one in found if all(one in of_text for _, of_text in told)]
    own = ((title, one) for title, of_text in told for one in of_text if one not in common)
    return [*common, *(f"{_short(title)}: {one}" for title, one in own)]


def _short(title: str) -> str:
    return title if len(title) <= WIDEST else title[: WIDEST - 2].rstrip() + " …"
