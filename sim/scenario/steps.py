"""The steps on the way to a vote: what each field of ``[[steps]]`` means, and what is allowed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from sim.assembly.rules import RULES, read_tally
from sim.scenario.dead_ends import dead_ends, effects_of
from sim.scenario.messages import did_you_mean
from sim.scenario.tables import (
    ArmName,
    ChoiceName,
    Day,
    FrozenTable,
    Iso3,
    PositionName,
    PrecedentTable,
    Probability,
    SponsorsTable,
    StanceTable,
)

Kind = Literal[
    "text",
    "amendment",
    "division",
    "no-action",
    "important-question",
    "recorded-vote-asked",
    "competing",
    "committee",
    "reconsideration",
]
ON_SUBSTANCE = ("text", "amendment", "division")
"""Kinds that the text's own majority decides (A/520/Rev.20, rules 83 to 85): a division is the vote
on a part; a motion for one that is objected to is decided by a simple majority (rule 89)."""
MAJORITIES = {"reconsideration": "two-thirds"}
"""Of the other kinds, those that a simple majority does not decide (rule 81)."""
NO_VOTE = "no vote"
"""How a path ends that runs out of steps without a vote on its last one."""


def _end(name: str) -> str:
    if not name.strip():
        raise ValueError(f"{name!r}: must not be blank: it is what the end is called")
    if name.strip().casefold() == NO_VOTE:
        raise ValueError(
            f"{name!r}: is how a path ends without a vote on its last step; give the end another"
        )
    return name


EndName = Annotated[str, AfterValidator(_end)]
Shift = Annotated[float, Field(ge=-6, le=6, allow_inf_nan=False)]


class EffectTable(FrozenTable):
    """One thing that the outcome of a step does to what comes after it."""

    skip: ArmName | None = Field(default=None, description="A later step that is not voted on.")
    end: EndName | None = Field(default=None, description="The path ends; what its end is called.")
    majority: str | None = Field(
        default=None, description="Rule that decides on texts, parts and amendments from here on."
    )
    gains: tuple[str, ...] = Field(default=(), description="Demands that a later text gains.")
    loses: tuple[str, ...] = Field(default=(), description="Demands that a later text loses.")
    shift: Shift | None = Field(
        default=None, description="What is added to every state's support [standard deviations]."
    )
    step: ArmName | None = Field(
        default=None, description="Which later step gains, loses or shifts; by default every text."
    )

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        given = (self.skip, self.end, self.majority, self.gains or self.loses or None, self.shift)
        if sum(one is not None for one in given) != 1:
            raise ValueError("an effect does one thing: skip, end, majority, gains/loses or shift")
        return self


class StepTable(FrozenTable):
    """One vote on the way; what is not given is as in the scenario."""

    name: ArmName = Field(description="How other steps name it.")
    kind: Kind = Field(description=f"One of {', '.join(get_args(Kind))}.")
    title: str = Field(description="What is voted on.")
    majority: str | None = Field(
        default=None, description="Rule that decides; by default that of its kind."
    )
    put: Probability = Field(default=1.0, description="Chance that it is put at all; an input.")
    put_range: tuple[Probability, ...] | None = Field(
        min_length=2,
        max_length=2,
        default=None,
        description="Lowest and highest that this chance might be.",
    )
    likeness: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)] | None = Field(
        default=None,
        description="Correlation of what divides states on it with what divides them on the text, "
        "-1 for a hostile amendment; by default 1 for a text, else it must be given.",
    )
    reversed: bool = Field(
        default=False, description="A yes to it is what a no to its precedents or stances was."
    )
    model: str | None = Field(default=None, description="As `model`.")
    asks: tuple[str, ...] | None = Field(default=None, description="As `resolution.asks`.")
    precedents: tuple[PrecedentTable, ...] | None = Field(
        default=None, description="As `precedents`."
    )
    blocs: dict[str, StanceTable] | None = Field(default=None, description="As `[blocs]`.")
    sponsors: SponsorsTable | None = Field(
        default=None, description="As `[sponsors]`; by default a text's are the scenario's."
    )
    reference: PositionName | None = Field(default=None, description="As `us.reference`.")
    us: dict[ArmName, PositionName] = Field(
        default_factory=dict, description="Position of the United States on it, by arm."
    )
    known: dict[Iso3, ChoiceName] | None = Field(default=None, description="As `[known]`.")
    roll_call: str | None = Field(
        default=None,
        description="Symbol, or day and title, of a committee's recorded vote, from the record or "
        "`[[roll_calls]]`: its votes are known, besides those of `known`.",
    )
    day: Day | None = Field(
        default=None, description="Day of a committee's vote; earlier than that of the text."
    )
    holds: Probability | None = Field(
        default=None,
        description="How often, at least, a state votes on the text as it voted in the committee, "
        "if it votes on both; by default as in the record, where it has both votes of a title.",
    )
    holds_range: tuple[Probability, ...] | None = Field(
        min_length=2,
        max_length=2,
        default=None,
        description="Lowest and highest that this might be.",
    )
    on_carried: tuple[EffectTable, ...] = Field(default=(), description="What follows if carried.")
    on_lost: tuple[EffectTable, ...] = Field(default=(), description="What follows if lost.")
    actual: str | None = Field(
        default=None, description='What happened: a tally as "88-55-23", or "not put".'
    )

    @property
    def of_text(self) -> bool:
        """Whether it is on the text itself, whose sponsors stand behind it."""
        return self.kind in ("text", "committee")

    @property
    def of_day(self) -> float:
        """Its likeness, where none is given that of the text itself."""
        return 1.0 if self.likeness is None else self.likeness

    def default_majority(self, of_text: str) -> str:
        """Return the rule of its kind."""
        return of_text if self.kind in ON_SUBSTANCE else MAJORITIES.get(self.kind, "simple")


def step_problems(tables: Mapping[str, Any]) -> list[str]:
    """Return what is wrong between the steps of a scenario, one line each with its place.

    Examples
    --------
    >>> text = {"name": "text", "kind": "text", "on_carried": ({"end": "adopted"},)}
    >>> step_problems({"steps": (text,)})
    ['steps.0.on_lost: nothing comes after it; add an end, such as {end = "rejected"}']
    """
    steps = tables.get("steps")
    if not isinstance(steps, (list, tuple)) or not all(isinstance(one, Mapping) for one in steps):
        return []
    names = [str(one.get("name")) for one in steps]
    arms = tables.get("arms")
    problems = []
    for number, step in enumerate(steps):
        place = f"steps.{number}"
        problems += [f"{place}.{line}" for line in _alone(step, arms)]
        problems += _day_problems(tables, step, place)
        problems += _order_problems(steps[:number], step, place)
        if names[number] in names[:number]:
            problems.append(f"{place}.name: {names[number]!r}: given twice")
        for when in ("on_carried", "on_lost"):
            effects = effects_of(step, when)
            for at, effect in enumerate(effects):
                problems += _effect_problems(effect, f"{place}.{when}.{at}", names, number)
            ends = [effect["end"] for effect in effects if effect.get("end") is not None]
            if len(ends) > 1:
                problems.append(f"{place}.{when}: {ends}: a path ends once; leave one end")
    return problems + (dead_ends(steps, names) if _clear(steps, names) else [])


def _clear(steps: Sequence[Mapping[str, Any]], names: Sequence[str]) -> bool:
    """Return whether it is clear which steps are skipped, so that every way can be followed."""
    skips = (
        effect.get("skip") in (None, *names[number + 1 :])
        for number, step in enumerate(steps)
        for when in ("on_carried", "on_lost")
        for effect in effects_of(step, when)
    )
    return len(set(names)) == len(names) and all(skips)


def _alone(step: Mapping[str, Any], arms: Any) -> Iterator[str]:
    majority, put = step.get("majority"), step.get("put", 1.0)
    if isinstance(majority, str) and majority not in RULES:
        yield f"majority: {majority!r}: must be one of {', '.join(sorted(RULES))}"
    if step.get("put_range") is not None or (isinstance(put, float) and 0 < put < 1):
        yield from _of_range("put", put, step.get("put_range"))
    yield from _of_committee(step)
    if step.get("kind") != "text" and step.get("likeness") is None:
        yield "likeness: expected how alike it is to the text, -1 to 1"
    if isinstance(arms, Mapping) and isinstance(step.get("us"), Mapping):
        for arm in step["us"]:
            if arm not in arms:
                yield f"us: {arm!r}: must be one of the arms {', '.join(arms)}"
    actual = step.get("actual")
    if isinstance(actual, str) and actual != "not put":
        try:
            read_tally(actual)
        except ValueError as error:
            yield f'actual: {error}, or "not put"'


def _of_committee(step: Mapping[str, Any]) -> Iterator[str]:
    if step.get("kind") != "committee":
        for field in ("day", "holds", "holds_range", "roll_call"):
            if step.get(field) is not None:
                yield f"{field}: is of a committee's vote alone; leave it out, or make it one"
        return
    if step.get("day") is None:
        yield "day: expected the day of the committee's vote"
    if step.get("holds") is not None:
        yield from _of_range("holds", step["holds"], step.get("holds_range"))
    elif step.get("holds_range") is not None:
        yield "holds: expected how often a vote holds, with holds_range; or leave both out"
    if (step.get("known") or step.get("roll_call")) and step.get("put", 1.0) != 1:
        yield f"put: {step['put']}: a committee with known votes has voted; leave put or known out"


def _of_range(name: str, usual: Any, limits: Any) -> Iterator[str]:
    if limits is None:
        yield f"{name}_range: expected the lowest and the highest that {name}, {usual}, might be"
    elif isinstance(limits, (list, tuple)) and len(limits) == 2 and _numbers(usual, *limits):
        found = limits[0] <= usual <= limits[1]
        yield from [] if found else [f"{name}_range: {list(limits)}: must contain {name}, {usual}"]


def _day_problems(tables: Mapping[str, Any], step: Mapping[str, Any], place: str) -> Iterator[str]:
    """Yield what is wrong with a committee's day: later than the text, or votes not yet known."""
    resolution = tables.get("resolution")
    last = resolution.get("date") if isinstance(resolution, Mapping) else None
    day, as_of = step.get("day"), tables.get("as_of")
    if type(day) is type(last) is datetime.date and day >= last:
        yield f"{place}.day: {day}: must be earlier than resolution.date, {last}"
    if type(day) is type(as_of) is datetime.date and day > as_of and step.get("known"):
        yield f"{place}.known: votes of {day}: are later than as_of, {as_of}"


def _order_problems(
    earlier: Sequence[Mapping[str, Any]], step: Mapping[str, Any], place: str
) -> Iterator[str]:
    """Yield that a committee's vote stands after one of a later day; others are of the text's."""
    day = step.get("day")
    if step.get("kind") != "committee" or type(day) is not datetime.date:
        return
    for one in earlier:
        other = one.get("day")
        if one.get("kind") != "committee" or (type(other) is datetime.date and other > day):
            yield f"{place}.day: {day}: must stand before {one.get('name')!r}, which is later"
            return


def _effect_problems(
    effect: Mapping[str, Any], place: str, names: list[str], number: int
) -> Iterator[str]:
    later = names[number + 1 :]
    for field in ("skip", "step"):
        name = effect.get(field)
        if isinstance(name, str) and name not in later:
            allowed = ", ".join(later) or "none: it is the last step"
            yield f"{place}.{field}: {name!r}: must be a later step: {allowed}" + did_you_mean(
                name, later
            )
    if (end := effect.get("end")) in names:
        yield f"{place}.end: {end!r}: is the name of a step; give the end another"
    majority = effect.get("majority")
    if isinstance(majority, str) and majority not in RULES:
        yield f"{place}.majority: {majority!r}: must be one of {', '.join(sorted(RULES))}"


def _numbers(*values: Any) -> bool:
    return all(isinstance(one, (int, float)) and 0 <= one <= 1 for one in values)
