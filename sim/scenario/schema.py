"""The scenario schema: what each field of a scenario file means and what is allowed in it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    ValidationError,
    model_validator,
)

from sim import files
from sim.assembly.choices import COLUMNS, Choice
from sim.assembly.rules import RULES
from sim.models import MODELS
from sim.scenario.checks import cross_problems
from sim.scenario.messages import ARM, ISO3, OR_LIST, OR_TABLE, TABLES, lines_of

Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
ChoiceName = Literal["yes", "abstain", "no", "non_voting"]
PositionName = Literal[
    "co-sponsor", "yes", "silent", "abstain", "no", "no-and-lobbies", "rival-text"
]
ArmName = Annotated[str, Field(pattern=ARM, max_length=40)]
Iso3 = Annotated[str, Field(pattern=ISO3)]


class ScenarioError(ValueError):
    """A scenario that cannot be run; one line a problem: file, place, value, what is allowed."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ResolutionTable(_Table):
    """The draft resolution that is voted on."""

    symbol: str = Field(description="Document symbol, such as A/ES-11/L.10.")
    title: str = Field(description="Title as printed.")
    date: datetime.date = Field(description="Day of the vote; later than `as_of`.")
    majority: str = Field(description=f"Rule that decides: {', '.join(RULES)}.")
    asks: tuple[str, ...] = Field(
        default=(), description="What the text asks; with those of a precedent, its likeness."
    )


class PrecedentTable(_Table):
    """An earlier roll call on a like text."""

    symbol: str = Field(
        description="Symbol of a roll call in the record; or, in its place, its day and title."
    )
    likeness: Probability | None = Field(
        default=None,
        description="How alike the texts are, 0 to 1; by default from what both ask.",
    )

    @model_validator(mode="before")
    @classmethod
    def _named_by_day_and_title(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and "symbol" not in given and {"day", "title"} <= set(given):
            rest = {key: value for key, value in given.items() if key not in ("day", "title")}
            return {"symbol": f"{given['day']} {given['title']}", **rest}
        return given


class RollCallsTable(_Table):
    """Roll calls of one's own in a CSV file: state,vote[,symbol,day,title,us]."""

    file: str = Field(description="The file, relative to the scenario's.")
    body: str = Field(
        default="", description="The body that voted, such as Third Committee; else the Assembly."
    )
    symbol: str = Field(default="", description="Symbol, where the file has no such column.")
    day: datetime.date | None = Field(default=None, description="Day, likewise.")
    title: str = Field(default="", description="Title, likewise.")
    us: ChoiceName | None = Field(default=None, description="Vote of the United States, likewise.")


class StanceTable(_Table):
    """A bloc's stance: shares of its members that are present."""

    yes: Probability = Field(description="Share of yes.")
    abstain: Probability = Field(description="Share of abstentions.")
    no: Probability = Field(description="Share of no; the three sum to 1.")
    discipline: Probability = Field(description="0: members go their own way; 1: as one.")

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> Self:
        if abs(self.yes + self.abstain + self.no - 1) > 1e-6:
            raise ValueError("yes, abstain and no have to sum to 1")
        return self


class SponsorsTable(_Table):
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


class UsTable(_Table):
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


class ArmTable(_Table):
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
            raise ValueError(f"us: the chances of the positions have to sum to 1, not {total}")
        return self

    @property
    def positions(self) -> Mapping[str, float]:
        """Each position with its chance."""
        chances = self.us if isinstance(self.us, dict) else {self.us: 1.0}
        return {str(name): chance for name, chance in chances.items()}


class ThresholdTable(_Table):
    """A mark whose chance is shown."""

    count: ChoiceName = Field(default="yes", description="Which count.")
    at_least: Annotated[int, Field(ge=0, le=193)] = Field(description="The mark [votes].")


class DependenceTable(_Table):
    """How states move together."""

    scale: Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)] = Field(
        default=1.0,
        description="Multiplies what states share in stance; 0: each on its own.",
    )
    novelty: Probability | None = Field(
        default=None,
        description="How new the text is, 0 to 1; by default 1 less the best likeness.",
    )


class Scenario(_Table):
    """A scenario file."""

    title: str = Field(description="One line.")
    question: str = Field(description="What the scenario asks.")
    source: str = Field(description="Where its facts come from.")
    as_of: datetime.date = Field(description="Day of the forecast; nothing later is used.")
    draws: Annotated[int, Field(ge=1, le=10**10)] = Field(
        default=20_000, description="How many times the vote is drawn."
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(description="Seed of the chance.")
    model: str = Field(default="precedents", description=f"One of {', '.join(MODELS)}.")
    settings: dict[str, Finite] = Field(
        default_factory=dict, description="Parameters of the model in place of the seeds'."
    )
    resolution: ResolutionTable
    parameters: str | None = Field(
        default=None,
        description="Fitted parameters: a file, or the date of shipped ones; by default the newest "
        "shipped ones that are not later than `as_of`.",
    )
    precedents: Annotated[
        Annotated[tuple[PrecedentTable, ...], Tag(TABLES)]
        | Annotated[Literal["auto"], Tag(OR_LIST)],
        Discriminator(lambda given: OR_LIST if isinstance(given, str) else TABLES),
    ] = Field(
        default=(),
        description='Earlier roll calls on like texts; or, before the tables, precedents = "auto" '
        "for those whose titles are likest.",
    )
    record: str | None = Field(
        default=None,
        description="A record that roll calls are cited from, relative to the scenario; by default "
        "the user's, made by unga-sim record update.",
    )
    roll_calls: tuple[RollCallsTable, ...] = Field(
        default=(), description="Roll calls of one's own that may be cited as well."
    )
    blocs: dict[str, StanceTable] = Field(
        default_factory=dict, description="Stances of blocs in place of their past votes."
    )
    sponsors: SponsorsTable = SponsorsTable()
    suspended: tuple[Iso3, ...] = Field(
        default=(),
        description="States without a vote that day, besides seeds/article19.csv.",
    )
    us: UsTable
    known: dict[Iso3, ChoiceName] = Field(
        default_factory=dict, description="Votes that are certain because they were announced."
    )
    dependence: DependenceTable = DependenceTable()
    thresholds: tuple[ThresholdTable, ...] = ()
    arms: dict[ArmName, ArmTable] = Field(min_length=1, max_length=12)
    actual: str | None = Field(
        default=None,
        description="Symbol, or day and title, of the real vote, shown after the forecast.",
    )

    _place: str | None = PrivateAttr(default=None)
    _file: Path | None = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Compare every field; where a scenario was read from is none."""
        return isinstance(other, Scenario) and self.__dict__ == other.__dict__

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if problems := cross_problems(self.model_dump()):
            raise ValueError("\n".join(problems))
        return self

    @property
    def file(self) -> Path | None:
        """The file it was read from, if it was."""
        return self._file

    @property
    def place(self) -> str | None:
        """What messages call the source of the scenario."""
        return self._place

    def refusal(self, *problems: str) -> ScenarioError:
        """Return the error of problems found in the scenario, one a line."""
        return ScenarioError("\n".join(located(problem, self._place) for problem in problems))

    @property
    def known_choices(self) -> dict[str, Choice]:
        """Known votes by ISO code."""
        return {code: Choice(COLUMNS.index(name)) for code, name in self.known.items()}


def read_scenario(path: Path | str) -> Scenario:
    """Return the scenario in a TOML file.

    Parameters
    ----------
    path : Path or str
        A file, or the stem of a shipped scenario.

    Raises
    ------
    ScenarioError
        If the file is missing, is not TOML or breaks the schema; one line a problem.

    Examples
    --------
    >>> read_scenario("anniversary-2025").resolution.majority
    'two-thirds'
    """
    try:
        place = scenario_path(path)
        tables = files.read_toml(place)
    except files.FileError as error:
        raise ScenarioError(str(error)) from None
    except (OSError, ValueError) as error:  # a name too long, or with a null character
        raise ScenarioError(f"{path!s:.80}: {error}") from None
    return scenario_of(tables, place=str(place), file=place)


def scenario_path(path: Path | str) -> Path:
    """Return where a scenario is: the path itself, or a shipped one of that stem.

    Examples
    --------
    >>> shipped = scenario_path("jerusalem-2017")
    >>> shipped.parent.name, shipped.name
    ('scenarios', 'jerusalem-2017.toml')
    >>> scenario_path("mine.toml").name
    'mine.toml'
    """
    given = Path(path)
    shipped = files.shipped("scenarios") / f"{given.name}.toml"
    return shipped if given.suffix == "" and not given.is_file() and shipped.exists() else given


def scenario_of(
    tables: Mapping[str, Any], *, place: str | None, file: Path | None = None
) -> Scenario:
    """Return the scenario in tables that were read from somewhere.

    Parameters
    ----------
    tables : mapping
        As `tomllib` gives them.
    place : str, optional
        Named in messages.
    file : Path, optional
        Where they were read from.

    Raises
    ------
    ScenarioError
        One line a problem.

    Examples
    --------
    >>> tables = {
    ...     "title": "A draft", "question": "Is it adopted?", "source": "made up",
    ...     "as_of": datetime.date(2025, 2, 23), "seed": 1, "model": "bloc-shares",
    ...     "resolution": {
    ...         "symbol": "A/1", "title": "A draft", "majority": "simple",
    ...         "date": datetime.date(2025, 2, 24),
    ...     },
    ...     "us": {"reference": "yes"}, "arms": {"us-votes-no": {"us": "no"}},
    ... }
    >>> scenario_of(tables, place="mine.toml").arms["us-votes-no"].positions
    {'no': 1.0}
    >>> scenario_of(tables | {"known": {"FRA": "no"}, "suspended": ["FRA"]}, place="mine.toml")
    Traceback (most recent call last):
    sim.scenario.schema.ScenarioError: mine.toml: known: FRA: its vote is suspended
    """
    try:
        scenario = Scenario.model_validate(_tuples(tables))
    except ValidationError as error:
        lines = lines_of(error, Scenario)
        if all(problem["type"] != "value_error" or problem["loc"] for problem in error.errors()):
            lines += cross_problems(tables)
        raise ScenarioError("\n".join(located(line, place) for line in lines)) from None
    except RecursionError:
        raise ScenarioError(located("tables nested too deeply", place)) from None
    scenario._place, scenario._file = place, file
    return scenario


def located(problem: str, place: str | None) -> str:
    """Return a problem with the place that it is in, where there is one.

    Examples
    --------
    >>> located("seed: Field required", "mine.toml")
    'mine.toml: seed: Field required'
    """
    return problem if place is None else f"{place}: {problem}"


def _tuples(value: Any) -> Any:
    # TOML arrays are lists; the schema is strict and its values frozen
    if isinstance(value, Mapping):
        return {key: _tuples(inner) for key, inner in value.items()}
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else value
