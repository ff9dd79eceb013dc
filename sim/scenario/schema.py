"""The scenario schema: what each field of a scenario file means and what is allowed in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    ValidationError,
    model_validator,
)

from sim import files
from sim.assembly.choices import COLUMNS, Choice
from sim.models import MODELS
from sim.scenario.checks import cross_problems
from sim.scenario.messages import OR_LIST, TABLES, control_characters, lines_of
from sim.scenario.steps import StepTable
from sim.scenario.tables import (
    ArmName,
    ArmTable,
    ChoiceName,
    Day,
    DependenceTable,
    Finite,
    FrozenTable,
    Iso3,
    PositionName,
    PrecedentTable,
    Probability,
    ResolutionTable,
    RollCallsTable,
    SponsorsTable,
    StanceTable,
    ThresholdTable,
    UsTable,
)

__all__ = [
    "ArmName",
    "ArmTable",
    "ChoiceName",
    "DependenceTable",
    "Finite",
    "Iso3",
    "PositionName",
    "PrecedentTable",
    "Probability",
    "ResolutionTable",
    "RollCallsTable",
    "Scenario",
    "ScenarioError",
    "SponsorsTable",
    "StanceTable",
    "ThresholdTable",
    "UsTable",
    "located",
    "read_scenario",
    "scenario_of",
    "scenario_path",
    "step_alone",
]


class ScenarioError(ValueError):
    """A scenario that cannot be run; one line a problem: file, place, value, what is allowed."""


class Scenario(FrozenTable):
    """A scenario file."""

    title: str = Field(description="One line.")
    question: str = Field(description="What the scenario asks.")
    source: str = Field(description="Where its facts come from.")
    as_of: Day = Field(description="Day of the forecast; nothing later is used.")
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
        description="States without a vote that day, besides seeds/article19.csv; [] says "
        "that there are no others.",
    )
    us: UsTable
    known: dict[Iso3, ChoiceName] = Field(
        default_factory=dict, description="Votes that are certain because they were announced."
    )
    known_in: ArmName | dict[ArmName, Probability] | None = Field(
        default=None,
        description="Arm in which known votes were announced, or several with their chances; by "
        "default the first with the reference position, or else the first.",
    )
    dependence: DependenceTable = DependenceTable()
    thresholds: tuple[ThresholdTable, ...] = ()
    arms: dict[ArmName, ArmTable] = Field(min_length=1, max_length=12)
    steps: Annotated[tuple[StepTable, ...], Field(max_length=12)] = Field(
        default=(), description="Votes on the way, in order; none: a single vote on the text."
    )
    actual: str | None = Field(
        default=None,
        description="Symbol, or day and title, of the real vote, shown after the forecast.",
    )

    _place: str | None = PrivateAttr(default=None)
    _file: Path | None = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Compare every field; where a scenario was read from is none."""
        return isinstance(other, Scenario) and self.__dict__ == other.__dict__

    def __repr__(self) -> str:
        """Return what it is about: all fields are in `model_dump`."""
        return f"Scenario({self.title!r}, vote on {self.resolution.date}, arms {list(self.arms)})"

    __str__ = __repr__

    @model_validator(mode="before")
    @classmethod
    def _lists_are_tuples(cls, tables: object) -> object:
        return _tuples(tables)

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
    >>> import datetime
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
    if unclean := list(control_characters(tables)):
        raise ScenarioError("\n".join(located(line, place) for line in unclean))
    try:
        scenario = Scenario.model_validate(tables)
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
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def _is_the_text(scenario: Scenario, step: StepTable) -> bool:
    """Return whether a step votes on the text itself: of all texts, it is most like the day's."""
    likest = max((one.of_day for one in scenario.steps if one.kind == "text"), default=step.of_day)
    return step.kind == "text" and step.of_day == likest


def step_alone(scenario: Scenario, step: StepTable, changes: tuple[str, ...] = ()) -> Scenario:
    """Return the scenario of one step: the scenario with what the step gives in its place.

    Parameters
    ----------
    scenario : Scenario
    step : StepTable
    changes : tuple of str
        Demands that its text has gained and lost on the way, marked + and -.

    Examples
    --------
    >>> gaza = read_scenario("gaza-amendment-2023")
    >>> step_alone(gaza, gaza.steps[0]).resolution.title[:8]
    "Canada's"
    """
    tables = scenario.model_dump(exclude_defaults=True, exclude={"steps", "actual"})
    given = step.model_dump(exclude_none=True, exclude_defaults=True)
    if not step.of_text:  # sponsors are those of the text
        tables |= {"sponsors": {}}
    if not _is_the_text(scenario, step):  # what was announced on the text is of no other
        tables |= {"known": {}}
    if step.blocs and not step.precedents:
        tables.pop("precedents", None)
    own = ["model", "precedents", "blocs", "sponsors"]
    own += ["known"] if step.kind != "committee" else []
    tables |= {name: given[name] for name in own if name in given}
    if step.model is not None:  # settings that another model has are of the scenario's own
        has = MODELS[step.model].all_settings if step.model in MODELS else {}
        tables["settings"] = {k: v for k, v in scenario.settings.items() if k in has}
    asks = list(scenario.resolution.asks if step.asks is None else step.asks)
    asks += [one[1:] for one in changes if one[0] == "+" and one[1:] not in asks]
    lost = {one[1:] for one in changes if one[0] == "-"}
    asks = [one for one in asks if one not in lost]
    tables["resolution"] |= {"title": step.title, "asks": asks}
    if step.reference is not None:
        tables["us"] |= {"reference": step.reference}
    for arm, position in step.us.items():
        tables["arms"][arm] |= {"us": position}
    where = scenario.place
    place = f"steps.{step.name}" if where is None else f"{where}: steps.{step.name}"
    return scenario_of(tables, place=place, file=scenario.file)
