"""What a run says first: one sentence, one table, what changed, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.assembly.choices import CHOICES, Choice
from sim.assembly.members import US, Members
from sim.models.asked import VoteAsked
from sim.models.measured import window_of
from sim.report.table import Table
from sim.report.words import interval, short_chance, whole_percent
from sim.runs.run import Run
from sim.studies.last_votes import SOMEWHAT, last_votes
from sim.vote.outcomes import summary

TOP = 3
"""States named that may leave, and that may join."""
LOOK_BACK = 3
"""Precedents whose votes are shown."""
SESSIONS = 5
"""Sessions with a vote on the title that are named."""


def asked_for(asked: VoteAsked | None) -> list[str]:
    """Return how likely a recorded vote on a title is, in sentences; none where it is not known.

    Examples
    --------
    >>> asked_for(VoteAsked(79, 0.9, 0.7, 0.99, (75, 76, 78), (77,)))[0].split(": ")[0]
    'A recorded vote is asked for with a chance of 90 % (70 to 99 %)'
    """
    if asked is None:
        return []
    voted = ", ".join(map(str, asked.voted[-SESSIONS:]))
    gaps = ", ".join(map(str, [one for one in asked.gaps if one >= asked.voted[-SESSIONS:][0]]))
    without = (
        f", not in {gaps} (no vote, no text, another title, or not in the record)" if gaps else ""
    )
    low, high = (min(max(round(100 * each), 1), 99) for each in (asked.low, asked.high))
    chance = min(max(round(100 * asked.chance), 1), 99)
    return [
        f"A recorded vote is asked for with a chance of {chance} % ({low} to "
        f"{high} %): the title had one in sessions {voted}{without}. Not part of the tally."
    ]


def measured(skill: Sequence[Mapping[str, Any]], model: str) -> str:
    """Return in a sentence how good a model was on like texts, window by window.

    Examples
    --------
    >>> measured([], "precedents")
    'How good the model precedents is on such texts was not measured.'
    """
    if not skill:
        return f"How good the model {model} is on such texts was not measured."
    found = []
    for row in skill:
        found.append(
            f"{window_of(row['first'], row['last'], short=True)}, {row['roll_calls']} roll calls: "
            f"log loss {row['log_loss']:.2f} ({row['best_log_loss']:.2f}), yes off by "
            f"{row['yes_error']:.0f} ({row['best_yes_error']:.0f}), 90 % ranges held "
            f"{100 * row['coverage_90_yes']:.0f} %"
        )
    kind = {"whole": "text"}.get(skill[0]["kind"], skill[0]["kind"])
    about = f"{skill[0]['unfamiliar']} {kind}s"
    return f"Back-test of {model} (best baseline in brackets) on {about}: {'; '.join(found)}."


@dataclass(frozen=True)
class Brief:
    """The short answer of a run: at most 25 lines of 80 columns.

    Attributes
    ----------
    run : Run

    Examples
    --------
    >>> from sim.runs.run import plan_of, run_scenario
    >>> from sim.scenario.case import resolve
    >>> from sim.vote.engine import Engine
    >>> case = resolve("rights-2024")
    >>> brief = Brief(run_scenario(case, plan=plan_of(case, engine=Engine.EXACT)))
    >>> brief.table().columns
    ('arm', 'yes-no-abstain', 'yes: 90 % range', 'adopted')
    """

    run: Run

    def table(self) -> Table:
        """Return a row an arm: the expected tally, the range of yes, the chance of adoption."""
        outcomes, rows = self.run.outcomes, []
        draws = None if outcomes.exact else outcomes.draws
        for arm, found in outcomes.arms.items():
            of = {choice: summary(found.tallies[choice]) for choice in CHOICES}
            tally = "-".join(
                f"{of[choice]['mean']:.0f}" for choice in (Choice.YES, Choice.NO, Choice.ABSTAIN)
            )
            ends = interval(of[Choice.YES]["q05"], of[Choice.YES]["q95"])
            rows.append(
                (self.run.labels[arm], tally, ends, whole_percent(found.adopted, draws=draws))
            )
        columns = ("arm", "yes-no-abstain", "yes: 90 % range", "adopted")
        return Table("Expected votes and chance of adoption", columns, tuple(rows))

    def changes(self) -> list[str]:
        """Say who is likely to leave or join since the last vote on like texts, most likely first.

        Letters are each state's last votes, newest first: yes, abstention, no, X not voting; what
        it leaves or joins is the newest vote that it cast.
        """
        looked = last_votes(self.run.case.question, most=LOOK_BACK)
        if not looked.symbols:
            return ["No text of late is like enough to compare its votes with."]
        arm = next(iter(self.run.outcomes.arms.values()))
        newest = [next((one for one in of if one in "YAN"), None) for of in looked.letters]
        yes = arm.states[:, Choice.YES]
        row, case = Members.load().row, self.run.case
        certain = {row(US), *map(row, case.suspended), *case.known}
        order = [int(state) for state in yes.argsort(kind="stable") if state not in certain]
        leaving = [one for one in order if newest[one] == "Y" and yes[one] < 0.5]
        joining = [one for one in order[::-1] if newest[one] in ("A", "N") and yes[one] > 0.5]
        moving = [one for one in (("leave", leaving), ("join", joining)) if one[1]]
        most = TOP if len(moving) < 2 else TOP - 1  # a line each
        lines = [
            self._line(word, states[:most], looked.letters, len(states)) for word, states in moving
        ]
        alike = f"{looked.likeness[0]:.2f}"
        how = "" if alike == "1.00" else f", {alike} alike"
        told = "votes, newest first; chance of yes"
        since = f"Compared with {looked.symbols[0]}{how} ({told})"
        return [f"{since}:", *lines] if lines else [f"{since}: nobody is likely to leave or join."]

    def rests_on(self, *, short: bool = False, named: bool = True) -> Iterator[str]:
        """Yield what the forecast rests on, a sentence each; if short, no more than it must.

        Like texts are named unless a table beside it does; then there is no file to contrast, too.
        """
        case = self.run.case
        alike = [one for one in case.likest if one.likeness >= SOMEWHAT]
        names = [one.symbol for one in alike]
        texts = ", ".join(names[:LOOK_BACK]) + (", ..." if len(names) > LOOK_BACK else "")
        like = f" like texts: {texts or 'none'};" if named else ""
        yield f"Model {case.scenario.model};{like} parameters of {case.fitted.as_of}."
        windows = sorted(case.skill, key=lambda row: -int(row["roll_calls"]))
        yield measured(windows[:1] if short else case.skill, case.scenario.model)
        if len(self.run.outcomes.arms) > 1 and not short:  # the sentence says so too
            how = ": unga-sim contrast" if named else ""
            yield f"The US effect is assumed, with a range{how}."
        if self.run.real is not None:
            tally = self.run.real.tally
            shown = "-".join(str(tally[one]) for one in (Choice.YES, Choice.NO, Choice.ABSTAIN))
            yield f"The real vote, looked up afterwards: {shown}."
        yield from asked_for(case.asked)

    def _line(self, word: str, states: list[int], letters: tuple[str, ...], number: int) -> str:
        arm = next(iter(self.run.outcomes.arms.values()))
        named = ", ".join(
            f"{self.run.outcomes.names[one]} ({letters[one]}, "
            f"{short_chance(arm.states[one, Choice.YES])} %)"
            for one in states
        )
        more = number - len(states)
        return f"likely to {word}: {named}" + (f" and {more} more" if more > 0 else "")
