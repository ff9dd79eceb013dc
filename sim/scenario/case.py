"""A scenario resolved: everything it names looked up once, and every problem told at once."""

from __future__ import annotations

import datetime
import functools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim import files
from sim.assembly.administrations import is_republican
from sim.assembly.blocs import Blocs
from sim.assembly.choices import Choice
from sim.assembly.draft import DraftResolution
from sim.assembly.members import Members
from sim.assembly.rules import RULES, Rule
from sim.models import MODELS, Precedent, Question
from sim.models.asked import VoteAsked, vote_asked
from sim.models.fitted import FittedParameters
from sim.models.judgements import Position, influence_on, model_seeds, set_after
from sim.models.learned.asking import precedents_for
from sim.models.learned.pooling import novelty_of
from sim.models.learned.source import Source, day_number
from sim.models.measured import measured_skill
from sim.record import Record
from sim.scenario import lookups
from sim.scenario.records import citable, fitted_to
from sim.scenario.schema import Scenario, ScenarioError, read_scenario, scenario_of, step_alone
from sim.scenario.tables import WITHOUT_A_VOTE
from sim.vote.influence import Influence

SEEDS = (
    "article19.csv",
    "bloc_names.csv",
    "blocs.csv",
    "influence.toml",
    "members.csv",
    "models.toml",
    "roll_call_totals.csv",
    "roll_calls.csv",
    "skill.csv",
    "sponsors.csv",
    "us_administrations.csv",
)
"""Every seed that a forecast reads, besides fitted parameters."""


@dataclass(frozen=True, eq=False)
class Case:
    """A scenario and everything it names, as `resolve` found it.

    Attributes
    ----------
    scenario : Scenario
    record : Record
        All roll calls, those after the forecast too; a forecast sees `question.record` alone.
    question : Question
        What the vote model is asked: all that is known on the day of the forecast.
    fitted : FittedParameters
    sponsors : tuple of str
        ISO codes, in order.
    suspended : tuple of str
        States without a vote that day, in order.
    inputs : tuple of Path
        Every file that the result depends on, the scenario's first.
    turned : bool
        Whether a yes is what a no to its precedents or stances was.
    """

    scenario: Scenario
    record: Record
    question: Question
    fitted: FittedParameters
    sponsors: tuple[str, ...]
    suspended: tuple[str, ...]
    inputs: tuple[Path, ...]
    turned: bool = False

    def __repr__(self) -> str:
        """Return which scenario it is of, and of how many files."""
        return f"Case({self.stem!r}, {self.scenario!r}, {len(self.inputs)} files)"

    @property
    def stem(self) -> str:
        """The scenario's short name."""
        return "scenario" if self.scenario.file is None else self.scenario.file.stem

    @property
    def precedents(self) -> tuple[Precedent, ...]:
        """Earlier roll calls on like texts."""
        return self.question.precedents

    @property
    def likest(self) -> tuple[Precedent, ...]:
        """The precedents, the likest first, and of equal ones the newest."""
        return tuple(sorted(self.precedents, key=lambda one: (-one.likeness, one.age)))

    @property
    def settings(self) -> Mapping[str, float]:
        """The model's parameters."""
        return self.question.settings

    @property
    def rule(self) -> Rule:
        """The rule that decides."""
        return RULES[self.scenario.resolution.majority]

    @property
    def known(self) -> dict[int, Choice]:
        """Votes taken as certain, by the state's row."""
        row = Members.load().row
        return {row(code): choice for code, choice in self.scenario.known_choices.items()}

    @functools.cached_property
    def novelty(self) -> float:
        """How unfamiliar the text is, from 0 to 1: as the scenario says, or by its precedents."""
        given = self.scenario.dependence.novelty
        likest = max((one.likeness for one in self.precedents), default=0.0)
        return 1 - likest if given is None else given

    @functools.cached_property
    def influence(self) -> Influence:
        """How each state responds to a full move of the United States."""
        us, day = self.scenario.us, self.scenario.resolution.date
        return influence_on(day, scale=us.effect_scale)

    @functools.cached_property
    def positions(self) -> Mapping[str, Position]:
        """Positions of the United States, in the arms and in the reference, by name."""
        return lookups.positions(self.scenario)

    @functools.cached_property
    def hindsight(self) -> dict[str, datetime.date]:
        """The shipped judgements that this forecast uses and that were made after its day."""
        scenario = self.scenario
        blocs = "discipline" in MODELS[scenario.model].settings
        sponsoring = self.sponsors or scenario.sponsors.joining
        moving = any({*arm.positions} != {scenario.us.reference} for arm in scenario.arms.values())
        used = {
            "discipline": blocs and not set(self.question.bloc_codes) <= set(scenario.blocs),
            "sponsors": bool(sponsoring) and scenario.sponsors.share is None,
            "without_a_vote": self.question.without_a_vote
            and "without_a_vote" not in scenario.settings,
            "own_will": bool(scenario.known) and scenario.dependence.own_will is None,
            "groups": moving and scenario.us.effect_scale > 0,
            "positions": moving,
        }
        return {name: day for name, day in set_after(scenario.as_of).items() if used[name]}

    @functools.cached_property
    def skill(self) -> list[dict[str, Any]]:
        """How good the model was in back-tests on texts whose titles are as new, a row a window."""
        asked, draft = self.question, self.question.resolution
        alike = precedents_for(
            Source.of(asked.record),
            draft.title,
            day_number(draft.date),
            kind=asked.kind,
            symbol=draft.symbol,
            vocabulary=self.fitted.model.vocabulary,
        )
        novelty = float(novelty_of(alike)[0])
        return measured_skill(self.scenario.model, novelty=novelty, kind=asked.kind)

    @functools.cached_property
    def asked(self) -> VoteAsked | None:
        """How likely a recorded vote on the title is, where the record is whole enough to tell."""
        draft, day = self.scenario.resolution, np.datetime64(self.scenario.as_of) + 1
        return vote_asked(self.record.before(day), draft.title, draft.date)

    def arm_named(self, name: str) -> str:
        """Return the name of an arm, refused with a ValueError if there is none of it."""
        if name not in self.scenario.arms:
            raise ValueError(f"arm {name!r}: must be one of {', '.join(self.scenario.arms)}")
        return name

    @property
    def labels(self) -> dict[str, str]:
        """What each arm is called."""
        return {name: arm.label or name for name, arm in self.scenario.arms.items()}


Resolvable = Case | Scenario | Mapping[str, Any] | Path | str
"""What can be resolved: a case, a scenario, its tables, a file or the name of a shipped one."""


def resolve(
    scenario: Resolvable,
    *,
    record: Record | Path | None = None,
    known: Mapping[str, Choice | str] | None = None,
) -> Case:
    """Return a scenario with everything it names looked up.

    Parameters
    ----------
    scenario : Case, Scenario, mapping, Path or str
        A mapping as `tomllib` gives it, a file, or the name of a shipped scenario.
    record : Record or Path, optional
        A file in place of the scenario's `record`; or the roll calls themselves, in place of those
        of ``seeds/roll_calls.csv`` and of the user's record.
    known : mapping of ISO code to Choice or str, optional
        Votes taken as certain, besides the scenario's.

    Raises
    ------
    ScenarioError
        If anything it names is not there: one line a problem, each with the file.
    TypeError
        If the scenario, or what is known, is of another kind.

    Examples
    --------
    >>> case = resolve("anniversary-2025", known={"BRA": "yes"})
    >>> case.rule.name, len(case.sponsors), case.fitted.as_of.isoformat(), round(case.novelty, 3)
    ('two-thirds', 48, '2025-01-01', 0.2)
    >>> wrong = {"actual": "ES-99/1", "settings": {"floor": 2.0}}
    >>> try:
    ...     resolve(case.scenario.model_copy(update=wrong))
    ... except ValueError as error:
    ...     [line.split(": ")[1] for line in str(error).splitlines()]
    ['actual', 'settings.floor']
    """
    if isinstance(scenario, Case):
        if record is None and not known:
            return scenario
        scenario = scenario.scenario
    found = _with_known(_scenario(scenario), known)
    if isinstance(record, Path):
        found = found.model_copy(update={"record": str(record.absolute())})
        record = None
    return _looked_up(found, record)


def resolve_step(case: Case, alone: Scenario, *, turned: bool) -> Case:
    """Return a step of a case looked up, with the record and the parameters of the case.

    Parameters
    ----------
    case : Case
    alone : Scenario
        Of the step alone.
    turned : bool
        As for `Case`: the model is asked about the opposite of what is voted on, on which the
        United States then votes the other way too.

    Raises
    ------
    ScenarioError
        If anything it names is not there.

    Examples
    --------
    >>> case = resolve("anniversary-2025")
    >>> case.question.us_vote, resolve_step(case, case.scenario, turned=True).question.us_vote
    (<Choice.YES: 0>, <Choice.NO: 2>)
    """
    found = _looked_up(alone, case.record, case.fitted)
    if not turned:
        return found
    asked = found.question
    us_vote = None if asked.us_vote is None else asked.us_vote.opposite
    return replace(found, question=replace(asked, us_vote=us_vote), turned=True)


def _scenario(given: Scenario | Mapping[str, Any] | Path | str) -> Scenario:
    if isinstance(given, Scenario):
        return given
    if isinstance(given, Mapping):
        return scenario_of(given, place=None)
    if not isinstance(given, str | os.PathLike):
        raise TypeError(
            f"scenario: {given!r:.80}: must be a file, the name of a shipped scenario, a mapping, "
            "a Scenario or a Case"
        )
    return read_scenario(given)


def _with_known(scenario: Scenario, known: Mapping[str, Choice | str] | None) -> Scenario:
    if known is not None and not isinstance(known, Mapping):
        raise TypeError(f"known: {known!r:.80}: must be a mapping such as {{'BRA': 'yes'}}")
    if not known:
        return scenario
    votes = {
        code: vote.column if isinstance(vote, Choice) else vote for code, vote in known.items()
    }
    # what is not said stays so: `suspended = []` says that there are none
    tables = {**scenario.model_dump(exclude_unset=True), "known": {**scenario.known, **votes}}
    return scenario_of(tables, place=scenario.place, file=scenario.file)


def _looked_up(
    scenario: Scenario, given: Record | None, parameters: FittedParameters | None = None
) -> Case:
    """Look up everything once, and collect what is not there.

    The question holds the roll calls that are cited, and no other: what else a record has never
    changes a forecast. Parameters that are given are used if what the model's errors share is
    among them.
    """
    away = lookups.suspended(scenario)
    problems = lookups.known_problems(scenario, away)
    unread: list[str] = []
    record, read, whole = citable(scenario, given, unread)
    problems += unread or lookups.actual_problems(scenario, record)
    fitted = parameters if parameters and scenario.model in parameters.dependences else None
    place = None if fitted else lookups.parameter_file(scenario, problems)
    if whole is not None and scenario.parameters is None and not problems and place is not None:
        place = fitted_to(scenario, whole, datetime.date.fromisoformat(place.stem)) or place
    fitted = fitted or lookups.fitted_parameters(scenario, place, problems)
    settings = lookups.settings(scenario, problems)
    before = record.before(np.datetime64(scenario.as_of) + 1)
    if not unread:
        scenario = lookups.with_committees(scenario, before, problems, later=record)
    # what cannot be read may hold what is cited
    missing: list[str] = []
    precedents = lookups.find_precedents(scenario, before, fitted, missing, later=record)
    problems += [] if unread else missing
    stances = lookups.stances(scenario, problems)
    sponsors = lookups.sponsors(scenario, problems)
    if problems or fitted is None:
        raise scenario.refusal(*problems, *_of_steps(scenario, record, fitted, problems))
    rows = sorted({precedent.row for precedent in precedents})
    cited = tuple(replace(one, row=rows.index(one.row)) for one in precedents)
    asked = _question(scenario, before.take(rows), fitted, sponsors)
    return Case(
        scenario,
        record,
        replace(asked, precedents=cited, stances=stances, settings=settings),
        fitted,
        sponsors,
        away,
        (*filter(None, (scenario.file, place)), *map(files.seed, SEEDS), *read),
    )


def _of_steps(
    scenario: Scenario, record: Record, fitted: FittedParameters | None, known: Sequence[str]
) -> list[str]:
    """Return what steps name and is not there, where that of the text is not either."""
    if fitted is None:
        return []
    found: dict[str, None] = {}
    for step in scenario.steps:
        try:
            _looked_up(step_alone(scenario, step), record, fitted)
        except ScenarioError as error:
            place = f"steps.{step.name}: "
            lines = (line.partition(place)[2] for line in str(error).splitlines())
            # what a step takes from the text is told of the text
            found |= dict.fromkeys(place + line for line in lines if line not in known)
    return list(found)


def _question(
    scenario: Scenario, record: Record, fitted: FittedParameters, sponsors: tuple[str, ...]
) -> Question:
    blocs, day, draft = Blocs.load(), scenario.as_of, scenario.resolution
    return Question(
        DraftResolution(draft.symbol, draft.title, draft.date, draft.majority, sponsors),
        day,
        blocs.matrix(day),
        blocs.codes,
        record,
        discipline=model_seeds()["discipline"],
        learned=fitted.model,
        us_vote=lookups.us_vote(scenario.us.reference),
        republican=is_republican(draft.date, as_of=day),
        without_a_vote=draft.last == WITHOUT_A_VOTE,
    )
