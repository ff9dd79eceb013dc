"""The tables of a scenario file, each with what its fields mean and what is allowed in them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from sim.assembly.rules import RULES
from sim.record.importing.reading import FIRST_DAY, LAST_DAY
from sim.scenario.messages import ARM, ISO3, NUMBER, OR_NUMBER, OR_TABLE, TABLES


def day_problem(day: datetime.date) -> str:
    """Return what is wrong with a day that no vote can have, nothing if all is well.

    Examples
    --------
    >>> day_problem(datetime.date(9999, 12, 31))
    '9999-12-31: must be a day from 1945-10-24 to 2100-01-01'
    """
    if FIRST_DAY <= np.datetime64(day) <= LAST_DAY:
        return ""
    return f"{day}: must be a day from {FIRST_DAY} to {LAST_DAY}"


def _possible(day: datetime.date) -> datetime.date:
    if problem := day_problem(day):
        raise ValueError(problem)
    return day


Day = Annotated[datetime.date, AfterValidator(_possible)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
WORDS: Literal["words"] = "words"
"""The likeness of a precedent is that of the titles."""
WITHOUT_A_VOTE, BY_VOTE = "without-a-vote", "by-vote"
"""How a text was last adopted; else it is new."""
ChoiceName = Literal["yes", "abstain", "no", "non_voting"]
PositionName = Literal[
    "co-sponsor", "yes", "silent", "abstain", "no", "no-and-lobbies", "rival-text"
]
ArmName = Annotated[str, Field(pattern=ARM, max_length=40)]
Iso3 = Annotated[str, Field(pattern=ISO3)]


class FrozenTable(BaseModel):
    """A table in which every field is named and nothing can be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ResolutionTable(FrozenTable):
    """The draft resolution that is voted on."""

    symbol: str = Field(description="Document symbol, such as A/ES-11/L.10.")
    title: str = Field(description="Title as printed.")
    date: Day = Field(description="Day of the vote; later than `as_of`.")
    majority: str = Field(description=f"Rule that decides: {', '.join(RULES)}.")
    asks: tuple[str, ...] = Field(
        default=(), description="What the text asks; with those of a precedent, its likeness."
    )
    last: Literal["without-a-vote", "by-vote", "new"] | None = Field(
        default=None,
        description="How the text was last adopted, where that is known: of one without a vote the "
        "model `learned` expects that few oppose it; earlier votes tell of themselves.",
    )


class PrecedentTable(FrozenTable):
    """An earlier roll call on a like text."""

    symbol: str = Field(
        description="Symbol of a roll call in the record; or, in its place, its day and title."
    )
    likeness: Annotated[
        Annotated[Probability | None, Tag(NUMBER)] | Annotated[Literal["words"], Tag(OR_NUMBER)],
        Discriminator(lambda given: OR_NUMBER if isinstance(given, str) else NUMBER),
    ] = Field(
        default=None,
        description="How much a vote on it tells about this text, 0 to 1; or `words`, for how "
        "alike the titles are; by default from what both ask.",
    )

    @model_validator(mode="before")
    @classmethod
    def _named_by_day_and_title(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and "symbol" not in given and {"day", "title"} <= set(given):
            rest = {key: value for key, value in given.items() if key not in ("day", "title")}
            return {"symbol": f"{given['day']} {given['title']}", **rest}
        return given


class RollCallsTable(FrozenTable):
    """Roll calls of one's own in a CSV file: state,vote[,symbol,day,title,us]."""

    file: str = Field(description="The file, relative to the scenario's.")
    body: str = Field(
        default="", description="The body that voted, such as Third Committee; else the Assembly."
    )
    symbol: str = Field(default="", description="Symbol, where the file has no such column.")
    day: Day | None = Field(default=None, description="Day, likewise.")
    title: str = Field(default="", description="Title, likewise.")
    us: ChoiceName | None = Field(default=None, description="Vote of the United States, likewise.")


class StanceTable(FrozenTable):
    """A bloc's stance: shares of its members that are present."""

    yes: Probability = Field(description="Share of yes.")
    abstain: Probability = Field(description="Share of abstentions.")
    no: Probability = Field(description="Share of no; the three sum to 1.")
    discipline: Probability = Field(description="0: members go their own way; 1: as one.")

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> Self:
        if abs(self.yes + self.abstain + self.no - 1) > 1e-6:
            raise ValueError("yes, abstain and no must sum to 1")
        return self


class SponsorsTable(FrozenTable):
    """Who sponsors, and who may still join."""

    seed: str | None = Field(default=None, description="Symbol of a list in seeds/sponsors.csv.")
    states: tuple[Iso3, ...] = Field(default=(), description="Further sponsors, ISO codes.")
    joining: dict[Iso3, Probability] = Field(
        default_factory=dict, description="Chance that a state joins until the vote."
    )
    share: Probability | None = Field(
        default=None,
        description="How far sponsoring decides a vote, 0 to 1; by default from seeds/models.toml.",
    )


class UsTable(FrozenTable):
    """The position of the United States that the forecast assumes, and what it moves."""

    reference: PositionName = Field(
        description="Position of the United States on the precedents; an arm there moves nobody."
    )
    effect_scale: Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)] = Field(
        default=1.0,
        description="Multiplies the effect on every state; 0 if nobody follows.",
    )
    sponsors_follow: Probability = Field(
        default=0.0,
        description="How far a sponsor follows where its sponsoring decides its vote: 0, it is "
        "bound by its name on the draft; 1, it follows like everybody else. An assumption.",
    )
    pressure_scale: Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)] = Field(
        default=1.0, description="Multiplies what lobbying adds."
    )
    co_sponsor_step: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None,
        description="How much further co-sponsoring is than voting yes, 0 to 1; an assumption.",
    )


class ArmTable(FrozenTable):
    """One variant of the scenario."""

    us: Annotated[
        Annotated[PositionName, Tag(OR_TABLE)]
        | Annotated[dict[PositionName, Probability], Tag(TABLES)],
        Discriminator(lambda us: TABLES if isinstance(us, Mapping) else OR_TABLE),
    ] = Field(description="Position of the United States, or several with their chances.")
    label: str | None = Field(default=None, description="How figures name the arm.")
    joining: dict[Iso3, Probability] = Field(
        default_factory=dict, description="As in [sponsors], in this arm alone."
    )

    @model_validator(mode="after")
    def _chances_sum_to_one(self) -> Self:
        if isinstance(self.us, dict) and abs(sum(self.us.values()) - 1) > 1e-6:
            total = f"{sum(self.us.values()):.6g}"
            raise ValueError(f"us: the chances of the positions must sum to 1, not {total}")
        return self

    @property
    def positions(self) -> Mapping[str, float]:
        """Each position with its chance."""
        chances = self.us if isinstance(self.us, dict) else {self.us: 1.0}
        return {str(name): chance for name, chance in chances.items()}


class ThresholdTable(FrozenTable):
    """A mark whose chance is shown."""

    count: ChoiceName = Field(default="yes", description="Which count.")
    at_least: Annotated[int, Field(ge=0, le=193)] = Field(description="The mark [votes].")


class DependenceTable(FrozenTable):
    """How states move together."""

    scale: Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)] = Field(
        default=1.0,
        description="Multiplies what states share in stance; 0: each on its own.",
    )
    novelty: Probability | None = Field(
        default=None,
        description="How new the text is, 0 to 1; by default 1 less the best likeness.",
    )
    own_will: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None,
        description="How much of improbable votes is a state's own, once votes are known; "
        "by default seeds/models.toml.",
    )
