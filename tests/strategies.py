"""Every Hypothesis strategy of the tests, and the fixed assemblies of the statistical ones.

Statistical tests run on fixed assemblies and seeds, so that they pass or fail for good.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import tomli_w
from hypothesis import strategies as st

from sim import files
from sim.assembly.blocs import Blocs
from sim.assembly.choices import CHOICES, LOST, Choice, FloatArray, IntArray
from sim.assembly.draft import DraftResolution
from sim.assembly.members import Members
from sim.assembly.rules import MEMBERSHIP, RULES
from sim.models import MODELS, Precedent, Question, Stance
from sim.models.judgements import model_seeds, settings_of
from sim.models.learned.model import LearnedModel, fit_model, panel_before
from sim.models.learned.source import Source, day_number
from sim.record import Record
from sim.record.cited import cited_roll_calls
from sim.scenario.schema import PositionName, Scenario
from sim.vote.ballot import Ballot
from sim.vote.dependence import ONE_SIZE, Dependence, Size
from sim.vote.influence import Influence, Move

CODES = Members.load().codes
SHIPPED = tuple(sorted(path.stem for path in files.shipped("scenarios").glob("*.toml")))
POSITIONS = get_args(PositionName)
NAMES_OF_CHOICES = tuple(choice.column for choice in CHOICES)

# Tallies


@st.composite
def tallies(draw: st.DrawFn, *, states: int = MEMBERSHIP) -> IntArray:
    """One tally of an assembly [choice]."""
    cuts = sorted(draw(st.tuples(*[st.integers(0, states)] * 3)))
    return np.diff([0, *cuts, states])


def close_tallies() -> st.SearchStrategy[IntArray]:
    """Tallies near a majority, two thirds or a quorum, where a rule can go wrong."""

    def tally(no: int, times: int, step: int, spare: float) -> IntArray:
        yes = max(times * no + step, 0)
        left = max(MEMBERSHIP - yes - no, 0)
        abstain = round(spare * left)
        return np.array([yes, abstain, no, left - abstain])

    return st.builds(
        tally, st.integers(0, 64), st.sampled_from([1, 2]), st.integers(-1, 1), st.floats(0, 1)
    )


# Probabilities, loadings, influence


@st.composite
def probabilities(draw: st.DrawFn, states: int) -> FloatArray:
    """Probabilities [state, choice]; some are 0 and some are 1."""
    row = st.tuples(*[st.integers(0, 9)] * len(Choice)).filter(any)
    parts = np.array(draw(st.lists(row, min_size=states, max_size=states)), dtype=float)
    return np.asarray(parts / parts.sum(axis=1, keepdims=True))


@st.composite
def sizes(draw: st.DrawFn, *, most: float = 2.0) -> tuple[Size, ...]:
    """One or two sizes of what is shared, with their chances."""
    parts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=2))
    factors = draw(st.lists(st.integers(0, 4), min_size=len(parts), max_size=len(parts)))
    return tuple(
        Size(part / sum(parts), most * factor / 4)
        for part, factor in zip(parts, factors, strict=True)
    )


@st.composite
def dependences(draw: st.DrawFn, states: int, *, most: float = 1.0) -> Dependence:
    """Dependence in which no weight is larger than `most`; some states take against a factor."""
    group_count = draw(st.integers(1, 3))
    weight = st.integers(-4, 4).map(lambda quarter: most * quarter / 4)

    def listed(one: st.SearchStrategy[Any]) -> Any:
        return draw(st.lists(one, min_size=states, max_size=states))

    return Dependence(
        tuple("xyz"[:group_count]),
        np.array(listed(st.integers(0, group_count - 1))),
        np.array(listed(weight), dtype=float),
        np.array(listed(weight), dtype=float),
        np.array(listed(weight), dtype=float),
        draw(sizes()),
        draw(sizes()),
    )


def shifts(states: int, *, least: float = -2.0, most: float = 2.0) -> st.SearchStrategy[FloatArray]:
    """What is added to latent support or absence [state]."""
    quarters = st.integers(math.ceil(4 * least), math.floor(4 * most)).map(lambda step: step / 4)
    return st.lists(quarters, min_size=states, max_size=states).map(np.array)


def influences(states: int) -> st.SearchStrategy[Influence]:
    """How others respond to a full move, for or against."""
    return st.builds(Influence, shifts(states), shifts(states, least=0.0, most=1.0))


@st.composite
def moves(draw: st.DrawFn, states: int, *, spread: bool = True) -> tuple[Move, ...]:
    """The positions of an arm; their chances sum to 1 and some may be 0."""
    parts = draw(st.lists(st.integers(0, 4), min_size=1, max_size=2).filter(any))
    still = np.zeros(states)
    found = []
    for part in parts:
        chance = part / sum(parts)
        if draw(st.booleans()):
            found.append(Move.none(states, chance=chance))
            continue
        distance = draw(st.sampled_from([-1.0, -0.5, 0.5, 1.0]))
        distance_sd = draw(st.sampled_from([0.0, 0.25])) if spread else 0.0
        pressure = draw(shifts(states, least=-1.0, most=1.0))
        pressure_sd = np.abs(pressure) / 2 if spread else still
        absence = draw(shifts(states, least=-1.0, most=1.0))
        found.append(Move(chance, distance, distance_sd, pressure, pressure_sd, absence))
    return tuple(found)


@st.composite
def known_votes(draw: st.DrawFn, chances: FloatArray) -> dict[int, Choice]:
    """Votes announced by some states, each one that the state may cast."""
    states = draw(st.lists(st.integers(0, len(chances) - 1), unique=True, max_size=2))
    return {
        state: draw(st.sampled_from([choice for choice in Choice if chances[state, choice]]))
        for state in states
    }


@st.composite
def ballots(
    draw: st.DrawFn,
    *,
    states: int | None = None,
    alone: bool = False,
    moved: bool = True,
    spread: bool = True,
    known: bool = False,
) -> Ballot:
    """The ballot of a small assembly.

    Parameters
    ----------
    states : int
        How many; 1 to 5 by default.
    alone : bool
        Whether the states share nothing.
    moved : bool
        Whether a sponsor may move them.
    spread : bool
        Whether the distance of its position may be uncertain too, not the effect alone.
    known : bool
        Whether votes may be announced.
    """
    size = draw(st.integers(1, 5)) if states is None else states
    chances = draw(probabilities(size))
    still = np.zeros(size)
    return Ballot(
        chances,
        Dependence.independent(size) if alone else draw(dependences(size)),
        draw(influences(size)) if moved else Influence(still, still),
        draw(moves(size, spread=spread)) if moved else (Move.none(size),),
        draw(known_votes(chances)) if known else {},
    )


def permuted(ballot: Ballot, order: Sequence[int] | IntArray) -> Ballot:
    """The same ballot with the states in another order."""
    where, tied = np.asarray(order), ballot.dependence
    return Ballot(
        ballot.probabilities[where],
        replace(
            tied,
            group=tied.group[where],
            assembly=tied.assembly[where],
            bloc=tied.bloc[where],
            attendance=tied.attendance[where],
        ),
        Influence(ballot.influence.effect[where], ballot.influence.effect_sd[where]),
        tuple(
            replace(
                move,
                pressure=move.pressure[where],
                pressure_sd=move.pressure_sd[where],
                absence=move.absence[where],
            )
            for move in ballot.moves
        ),
        {int(np.flatnonzero(where == state)[0]): said for state, said in ballot.known.items()},
    )


# Fixed assemblies


def assembly_of(
    states: int,
    *,
    assembly: float = 0.0,
    bloc: float = 0.0,
    attendance: float = 0.0,
    groups: int = 2,
    surprise: float = 0.0,
) -> Ballot:
    """A fixed assembly from friends to foes, with the same weights for every state.

    With a probability of `surprise` what is shared is twice as large.
    """
    place = (np.arange(states) + 0.5) / states
    absent = 0.02 + 0.25 * np.mod(place * 7, 1)
    yes = (1 - absent) * (0.05 + 0.85 * place**0.7)
    no = (1 - absent - yes) * (0.2 + 0.6 * np.mod(place * 3, 1))
    each = np.stack([yes, 1 - absent - yes - no, no, absent], axis=1)
    one, still = np.ones(states), np.zeros(states)
    two_sizes = (Size(1 - surprise, 1.0), Size(surprise, 2.0))
    tied = Dependence(
        tuple(f"group {number}" for number in range(groups)),
        np.arange(states) % groups,
        assembly * one,
        bloc * one,
        attendance * one,
        two_sizes if surprise else ONE_SIZE,
        two_sizes if surprise else ONE_SIZE,
    )
    return Ballot(each, tied, Influence(still, still), (Move.none(states),))


def moved_by(
    ballot: Ballot, distance: float, *, effect: float = 0.9, absence: float = 0.2
) -> Ballot:
    """The ballot with a sponsor that moves, followed by the first half of the states."""
    states = len(ballot.probabilities)
    near = (np.arange(states) < states / 2).astype(float)
    still = np.zeros(states)
    step = Move(1.0, distance, 0.1, pressure=still, pressure_sd=still, absence=absence * near)
    return replace(ballot, influence=Influence(effect * near, 0.25 * near), moves=(step,))


# Questions to the vote models


@st.composite
def records(draw: st.DrawFn, *, least: int = 1, most: int = 4) -> Record:
    """A record of a few roll calls with any codes, lost votes and states not yet members too."""
    rolls = draw(st.integers(least, most))
    shape = (rolls, len(CODES))
    cells = draw(st.binary(min_size=math.prod(shape), max_size=math.prod(shape)))
    votes = np.frombuffer(cells, dtype=np.uint8).reshape(shape) % 6
    known = cited_roll_calls()
    return replace(known.take(slice(0, rolls)), votes=votes.astype(np.int8) + LOST)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A question to a vote model: a record, precedents in it and declared stances."""
    record = draw(records())
    blocs, day = Blocs.load(), dt.date(2025, 2, 23)
    stances = draw(st.dictionaries(st.sampled_from(blocs.codes), stance_shares(), max_size=2))
    return Question(
        resolution=DraftResolution("A/L.1", "A draft", day + dt.timedelta(days=1), "simple"),
        as_of=day,
        blocs=blocs.matrix(day),
        bloc_codes=blocs.codes,
        record=record,
        precedents=tuple(
            Precedent(
                str(record.roll_calls["symbol"].iloc[row]),
                row,
                draw(st.sampled_from([0.0, 0.2, 1.0])),
                float((np.datetime64(day) - record.dates[row]).astype(int) / 365.25),
            )
            for row in draw(
                st.lists(st.integers(0, len(record) - 1), unique=True, min_size=1, max_size=3)
            )
        ),
        stances=stances,
        discipline=model_seeds()["discipline"],
        settings={key: value for model in MODELS for key, value in settings_of(model).items()},
        us_vote=draw(st.none() | st.sampled_from(CHOICES)),
    )


def learned_model() -> LearnedModel:
    """Parameters fitted to the few roll calls that the project ships, as of the question's day."""
    day = day_number("2025-02-23")
    source = Source.of(cited_roll_calls().before("2025-02-23"))
    return fit_model(source, panel_before(source, day), day)


def permuted_question(question: Question, order: IntArray) -> Question:
    """The same question with the states in another order."""
    fitted = question.learned
    if fitted is not None:
        profile = fitted.profile
        fitted = replace(
            fitted,
            profile=replace(
                profile,
                attendance=profile.attendance[..., order],
                season=profile.season[..., order],
                by_us=profile.by_us[..., order],
                drift=profile.drift[..., order],
                vectors=profile.vectors[order],
                neighbours=profile.neighbours[np.ix_(order, order)],
            ),
        )
    record = replace(question.record, votes=question.record.votes[:, order])
    return replace(question, record=record, blocs=question.blocs[order], learned=fitted)


@st.composite
def stance_shares(draw: st.DrawFn) -> Stance:
    """A stance of a bloc."""
    parts = np.array(draw(st.tuples(*[st.integers(0, 9)] * 3).filter(any)), dtype=float)
    return Stance(parts / parts.sum(), draw(st.floats(0, 1)))


# Scenarios


def chances() -> st.SearchStrategy[float]:
    """Probabilities as a user writes them, the ends and a hair off them too."""
    return st.floats(0, 1) | st.sampled_from([0.0, -0.0, 1.0, 0.5, 5e-324, 1e-05])


def texts() -> st.SearchStrategy[str]:
    """Any text that a scenario may hold: quotes, backslashes, line ends; nothing unseen."""
    awkward = st.sampled_from(['"', "\\", "\n", "\r\n", "\t", "'''", "é", "😀", "#"])
    any_text = st.lists(st.text(max_size=5) | awkward, max_size=4).map("".join)
    return any_text.filter(lambda text: not files.UNSEEN.search(text))


def codes() -> st.SearchStrategy[str]:
    """ISO codes of member states."""
    return st.sampled_from(CODES)


def arm_names() -> st.SearchStrategy[str]:
    """Names of arms."""
    return st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)


@st.composite
def position_chances(draw: st.DrawFn) -> str | dict[str, float]:
    """One position of the United States, or several with their chances."""
    if draw(st.booleans()):
        name: str = draw(st.sampled_from(POSITIONS))
        return name
    parts = draw(
        st.dictionaries(st.sampled_from(POSITIONS), st.integers(1, 9), min_size=1, max_size=3)
    )
    return {name: part / sum(parts.values()) for name, part in parts.items()}


@st.composite
def _stance_tables(draw: st.DrawFn) -> dict[str, float]:
    stance = draw(stance_shares())
    yes, abstain, no = map(float, stance.shares)
    return {"yes": yes, "abstain": abstain, "no": no, "discipline": stance.discipline}


def _some(draw: st.DrawFn, optional: Mapping[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    return draw(st.fixed_dictionaries({}, optional=dict(optional)))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A scenario that the schema allows, with any of its optional fields."""
    as_of = draw(st.dates(dt.date(1946, 1, 1), dt.date(2080, 1, 1)))
    after = draw(st.integers(1, 400))
    joining = st.dictionaries(codes(), chances(), max_size=3)
    model = draw(st.sampled_from(sorted(MODELS)))
    precedent = st.fixed_dictionaries({"symbol": texts()}, optional={"likeness": chances()})
    arm = st.fixed_dictionaries(
        {"us": position_chances()}, optional={"label": texts(), "joining": joining}
    )
    scale = st.floats(0, 20)
    tables = {
        "title": draw(texts()),
        "question": draw(texts()),
        "source": draw(texts()),
        "as_of": as_of,
        "seed": draw(st.integers(0, 2**63 - 1)),
        "model": model,
        "precedents": draw(
            st.lists(precedent, min_size=int(model == "precedents"), max_size=3).map(tuple)
            | st.just("auto")
        ),
        "resolution": {
            "symbol": draw(texts()),
            "title": draw(texts()),
            "date": as_of + dt.timedelta(days=after),
            "majority": draw(st.sampled_from(sorted(RULES))),
            **_some(draw, {"asks": st.lists(texts(), max_size=3).map(tuple)}),
        },
        "us": {
            "reference": draw(st.sampled_from(POSITIONS)),
            **_some(
                draw,
                {
                    "effect_scale": scale,
                    "pressure_scale": scale,
                    "co_sponsor_step": chances(),
                    "sponsors_follow": chances(),
                },
            ),
        },
        "arms": draw(st.dictionaries(arm_names(), arm, min_size=1, max_size=4)),
        **_some(draw, _OPTIONAL),
    }
    return Scenario.model_validate(tables)


_OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "draws": st.integers(1, 10**10),
    "settings": st.dictionaries(texts(), st.floats(allow_nan=False, allow_infinity=False)),
    "blocs": st.dictionaries(texts(), _stance_tables(), max_size=2),
    "sponsors": st.fixed_dictionaries(
        {},
        optional={
            "seed": texts(),
            "states": st.lists(codes(), max_size=4).map(tuple),
            "joining": st.dictionaries(codes(), chances(), max_size=3),
            "share": chances(),
        },
    ),
    # a suspended state has no vote that could be known
    "suspended": st.lists(st.sampled_from(CODES[:100]), max_size=3).map(tuple),
    "known": st.dictionaries(
        st.sampled_from(CODES[100:]), st.sampled_from(NAMES_OF_CHOICES), max_size=3
    ),
    "dependence": st.fixed_dictionaries(
        {}, optional={"scale": st.floats(0, 50), "novelty": chances()}
    ),
    "thresholds": st.lists(
        st.fixed_dictionaries(
            {"at_least": st.integers(0, 193)}, optional={"count": st.sampled_from(NAMES_OF_CHOICES)}
        ),
        max_size=3,
    ).map(tuple),
    "actual": texts(),
    "parameters": texts(),
}


# Files that are no scenario


def toml_scalars() -> st.SearchStrategy[Any]:
    """Anything that a TOML file can hold as one value."""
    return st.one_of(
        st.booleans(),
        st.integers(),
        st.integers(0, 40).map(lambda power: 10**power),
        st.floats(),
        texts(),
        st.dates(),
        st.datetimes(),
        st.times(),
        st.sampled_from(["USA", "yes", "two-thirds", "co-sponsor", "precedents", *CODES[:5]]),
    )


def toml_tables() -> st.SearchStrategy[dict[str, Any]]:
    """Tables with the schema's own words for keys and anything for values."""
    words = st.sampled_from(
        [*Scenario.model_fields, "symbol", "date", "yes", "us", "USA", "states"]
    )
    keys = words | texts()
    values = st.recursive(
        toml_scalars(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(keys, values, max_size=8)


@st.composite
def damaged_scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """The tables of a shipped scenario with one value, anywhere in it, replaced or left out."""
    stem = draw(st.sampled_from(SHIPPED))
    tables = files.read_toml(files.shipped("scenarios") / f"{stem}.toml")
    *path, last = draw(st.sampled_from(list(_places(tables))))
    inner: Any = tables
    for key in path:
        inner = inner[key]
    if draw(st.booleans()):
        inner[last] = draw(toml_scalars() | toml_tables() | st.lists(toml_scalars(), max_size=2))
    else:
        del inner[last]
    return tables


@st.composite
def damaged_texts(draw: st.DrawFn) -> str:
    """The text of a shipped scenario with a piece cut out and another put in its place."""
    stem = draw(st.sampled_from(SHIPPED))
    whole = files.read_text(files.shipped("scenarios") / f"{stem}.toml")
    first = draw(st.integers(0, len(whole)))
    piece = st.sampled_from(["", '"', "=", "[", "]", "[[us]]", "\n", "1e400", "nan", "2025-02-30"])
    return whole[:first] + draw(piece | texts()) + whole[first + draw(st.integers(0, 40)) :]


def _places(value: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside tables and arrays."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (key,)
            yield from ((key, *rest) for rest in _places(inner))


# What was given stays as it was


def arrays_in(value: Any) -> list[npt.NDArray[Any]]:
    """Every array held by a value, however deep."""
    if isinstance(value, np.ndarray):
        return [value]
    if is_dataclass(value) and not isinstance(value, type):
        return [a for part in fields(value) for a in arrays_in(getattr(value, part.name))]
    if isinstance(value, Mapping):
        return [array for inner in value.values() for array in arrays_in(inner)]
    if isinstance(value, (tuple, list)):
        return [array for inner in value for array in arrays_in(inner)]
    return []


def sealed(*values: Any) -> list[npt.NDArray[Any]]:
    """Make every array in the values read-only and return copies to compare with later."""
    for array in arrays_in(values):
        array.flags.writeable = False
    return [array.copy() for array in arrays_in(values)]


def scenario_text(scenario: Scenario) -> str:
    """A scenario as TOML; fields at their default are left out."""
    return tomli_w.dumps(scenario.model_dump(exclude_defaults=True))


def scenario_file(folder: Path, text: str | bytes) -> Path:
    """Write a scenario file and return where it is."""
    place = folder / "a-scenario.toml"
    place.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return place
