"""From a scenario with steps to the path that is walked: every place, and the ballots of each."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.assembly.choices import FloatArray
from sim.assembly.members import US, Members
from sim.assembly.rules import RULES
from sim.scenario.ballots import ballots, with_probabilities
from sim.scenario.case import Case, resolve_step
from sim.scenario.committee import as_before, as_voted, holding
from sim.scenario.schema import Scenario, ScenarioError, step_alone
from sim.scenario.steps import NO_VOTE, EffectTable, StepTable
from sim.vote.ballot import Ballot, given_shared, thresholds
from sim.vote.path import Path, Place, Step

MOST = 400
"""Places that a path may have; more are hardly meant."""


@dataclass(frozen=True)
class _Context:
    """What earlier outcomes have left for the steps to come."""

    skipped: frozenset[str] = frozenset()
    majority: str | None = None
    asks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    shifts: tuple[tuple[str, float], ...] = ()

    def after(self, effects: tuple[EffectTable, ...], later: tuple[StepTable, ...]) -> _Context:
        """Return what is left after some effects."""
        skipped, majority = set(self.skipped), self.majority
        asks, shifts = dict(self.asks), dict(self.shifts)
        for effect in effects:
            skipped |= {effect.skip} if effect.skip else set()
            majority = effect.majority or majority
            texts = [one.name for one in later if one.kind == "text"]
            for name in [effect.step] if effect.step else texts:
                if effect.shift is not None:
                    shifts[name] = round(shifts.get(name, 0.0) + effect.shift, 9)
                if effect.gains or effect.loses:  # the last word on a demand counts
                    signs = {one[1:]: one[0] for one in asks.get(name, ())}
                    signs |= dict.fromkeys(effect.gains, "+") | dict.fromkeys(effect.loses, "-")
                    asks[name] = tuple(sorted(sign + one for one, sign in signs.items()))
        return _Context(frozenset(skipped), majority, _sorted(asks), _sorted(shifts))

    def before(self, later: tuple[StepTable, ...]) -> _Context:
        """Return it without what no later step needs, so that ways that do not differ are one."""
        names = {one.name for one in later}
        return _Context(
            self.skipped & names,
            self.majority,
            tuple(one for one in self.asks if one[0] in names),
            tuple(one for one in self.shifts if one[0] in names and one[1]),
        )


def _sorted(named: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(sorted(named.items()))


def path_of(case: Case, *, holds: Mapping[str, float] | None = None) -> Path:
    """Return every way through the steps of a case, and the ballots of each.

    Parameters
    ----------
    case : Case
    holds : mapping of step to float, optional
        How often votes of a committee hold, in place of what the case says.

    Raises
    ------
    ScenarioError
        If what a step gives in place of the scenario's cannot be used, or there are too many ways.

    Examples
    --------
    A scenario without steps is a path of one:

    >>> from sim.scenario.case import resolve
    >>> path = path_of(resolve("jerusalem-2017"))
    >>> [step.name for step in path.steps], path.ends
    (['text'], ('adopted', 'rejected'))
    """
    steps = case.scenario.steps or (_only(case.scenario),)
    places, forms = places_of(case.scenario)
    cases = _cases(case, steps, forms)
    held = [
        [_ballots(one, shift) for one, (_, shift) in zip(cases[at], of_step, strict=True)]
        for at, of_step in enumerate(forms)
    ]
    for at, committee in enumerate(steps):
        if committee.kind == "committee" and committee.known:
            often = (holds or {}).get(committee.name, holding(case, committee).often)
            held[at] = [as_voted(one, committee) for one in held[at]]
            for later in (n for n in range(at + 1, len(steps)) if steps[n].of_text):
                held[later] = [as_before(one, committee, often) for one in held[later]]
    arms = {
        arm: tuple(tuple(one[arm] for one in of_step) for of_step in held)
        for arm in case.scenario.arms
    }
    of_steps = (
        replace(_step(step), tabled=of_step.index(UNCHANGED) if UNCHANGED in of_step else 0)
        for step, of_step in zip(steps, forms, strict=True)
    )
    return Path(tuple(of_steps), places, arms)


def _step(one: StepTable) -> Step:
    return Step(one.name, one.put, one.of_day, same_day=one.day is None)


def ends_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the ends that the steps of a scenario lead to, none without steps.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> ends_of(read_scenario("rival-draft-2022"))
    ('rival not voted on', 'rival adopted', 'rival rejected')
    """
    if not scenario.steps:
        return ()
    return Path(tuple(map(_step, scenario.steps)), places_of(scenario)[0], {}).ends


def _only(scenario: Scenario) -> StepTable:
    return StepTable(
        name="text",
        kind="text",
        title=scenario.resolution.title,
        on_carried=(EffectTable(end="adopted"),),
        on_lost=(EffectTable(end="rejected"),),
    )


Form = tuple[tuple[str, ...], float]
"""Demands gained and lost (marked + and -), and the shift of support."""
UNCHANGED: Form = ((), 0.0)


def places_of(scenario: Scenario) -> tuple[tuple[Place, ...], list[list[Form]]]:
    """Return every place in the order of the steps, and the forms of each step's text.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> places, forms = places_of(read_scenario("gaza-amendment-2023"))
    >>> [place.rule.name for place in places], forms[1]  # the text as it is, and as amended
    (['two-thirds', 'two-thirds', 'two-thirds'], [((), -0.3), ((), 0.0)])
    """
    steps = scenario.steps or (_only(scenario),)
    waiting: list[dict[_Context, None]] = [{} for _ in steps]
    waiting[0][_Context()] = None
    numbers: dict[tuple[int, _Context], int] = {}
    drafts: list[tuple[int, int, str, tuple[Any, ...]]] = []
    forms: list[list[Form]] = [[] for _ in steps]
    for at, step in enumerate(steps):
        later = steps[at + 1 :]
        for context in waiting[at]:
            numbers[at, context] = len(drafts)
            form: Form = (
                dict(context.asks).get(step.name, ()),
                dict(context.shifts).get(step.name, 0.0),
            )
            if form not in forms[at]:
                forms[at].append(form)
            ways: list[Any] = []
            # what is sure to be put is never passed by: no way of its own
            not_put = () if step.put < 1 else step.on_lost
            for effects in (step.on_carried, step.on_lost, not_put):
                end = next((one.end for one in effects if one.end is not None), None)
                new = context.after(effects, later)
                ahead = [at + 1 + n for n, one in enumerate(later) if one.name not in new.skipped]
                if end is not None or not ahead:
                    ways.append(end or NO_VOTE)
                    continue
                new = new.before(steps[ahead[0] :])
                waiting[ahead[0]][new] = None
                ways.append((ahead[0], new))
            majority = step.majority or step.default_majority(
                context.majority or scenario.resolution.majority
            )
            drafts.append((at, forms[at].index(form), majority, tuple(ways)))
    if len(drafts) > MOST:
        raise scenario.refusal(
            f"steps: {len(drafts)} places on the way; at most {MOST} are allowed"
        )
    places = tuple(
        Place(at, form, RULES[rule], *(numbers[w] if isinstance(w, tuple) else w for w in ways))
        for at, form, rule, ways in drafts
    )
    return places, _with_tabled(Path(tuple(map(_step, steps)), places, {}), forms)


def _with_tabled(path: Path, forms: list[list[Form]]) -> list[list[Form]]:
    """Return forms with that of a text as tabled, on which ways that pass by read known votes."""
    ways = itertools.product(range(len(path.places)), range(3))
    passed = {step for place, way in ways for step in path.passed_by(place, way)}
    return [
        [*one, UNCHANGED] if step in passed and UNCHANGED not in one else one
        for step, one in enumerate(forms)
    ]


def check_steps(case: Case) -> None:
    """Look up what every step of a case names.

    Raises
    ------
    ScenarioError
        If anything is not there: one line a problem, of all steps at once.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> check_steps(resolve("gaza-amendment-2023"))
    """
    steps = case.scenario.steps
    if steps:
        _cases(case, steps, places_of(case.scenario)[1])


def case_of_step(case: Case, name: str) -> Case:
    """Return the case of one step alone, of its text with nothing changed by earlier steps.

    Parameters
    ----------
    case : Case
    name : str
        Of the step.

    Raises
    ------
    ValueError
        If there is no such step.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> case_of_step(resolve("gaza-amendment-2023"), "amendment").scenario.resolution.title[:8]
    "Canada's"
    """
    steps = {one.name: one for one in case.scenario.steps}
    if name not in steps:
        raise ValueError(f"step {name!r}: must be one of {', '.join(steps)}")
    alone = step_alone(case.scenario, steps[name], ())
    return resolve_step(case, alone, turned=steps[name].reversed)


def _cases(case: Case, steps: Sequence[StepTable], forms: Sequence[list[Form]]) -> list[list[Case]]:
    """Return the case of each form of each step's text, with the case's record and parameters."""
    found: list[list[Case]] = []
    problems: dict[str, None] = {}
    for step, of_step in zip(steps, forms, strict=True):
        found.append([])
        try:
            if step.kind == "committee" and step.known:
                holding(case, step)
            for changes, _ in of_step:
                alone = step_alone(case.scenario, step, changes)
                found[-1].append(resolve_step(case, alone, turned=step.reversed))
        except ScenarioError as error:
            problems |= dict.fromkeys(str(error).splitlines())
    if problems:
        raise ScenarioError("\n".join(problems))
    return found


def _ballots(case: Case, shift: float) -> dict[str, Ballot]:
    """Return the ballot of every arm on one step, support shifted as earlier outcomes say."""
    return {arm: _changed(ballot, shift) for arm, ballot in ballots(case).items()}


def _changed(ballot: Ballot, shift: float) -> Ballot:
    if not shift:
        return ballot
    others = np.arange(len(ballot.probabilities)) != Members.load().row(US)

    def moved(probabilities: FloatArray) -> FloatArray:
        probabilities[others] = shifted(probabilities[others], shift)
        return probabilities

    return with_probabilities(ballot, moved)


def shifted(probabilities: FloatArray, shift: float) -> FloatArray:
    """Return each state's probabilities once its support is shifted; absence stays.

    Parameters
    ----------
    probabilities : array [state, choice]
    shift : float
        [standard deviations of latent support]

    Examples
    --------
    >>> shifted(np.array([[0.5, 0.0, 0.5, 0.0]]), 1.0).round(2)
    array([[0.84, 0.  , 0.16, 0.  ]])
    """
    nothing, one = np.zeros(len(probabilities)), np.ones(len(probabilities))
    at = thresholds(probabilities)
    return np.asarray(given_shared(at, nothing + shift, nothing, own=(one, one)).T)
