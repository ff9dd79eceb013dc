"""One clear line for each value of a scenario that the schema refuses."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from sim import files
from sim.assembly.members import Members

ISO3 = r"^[A-Z]{3}$"
"""Pattern of a state's code."""
ARM = r"^[a-z0-9][a-z0-9-]*$"
"""Pattern of an arm's name."""
TABLES, OR_TABLE, OR_LIST = "<tables>", "<a word or a table>", "<a word or a list>"
NUMBER, OR_NUMBER = "<a number>", "<a word or a number>"
"""Tags of the kinds that a value may be of, where these are two."""
OTHERS = {OR_TABLE: ", or a table", OR_LIST: ", or a list", OR_NUMBER: ", or a number, 0 to 1"}
"""What is said of the other kind where a word is not one of those allowed."""
MARKS = (TABLES, NUMBER, *OTHERS, "[key]")
"""Parts of the place of an error that are in no file."""
KINDS = {
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
}
"""What a value of a wrong kind should be, in the words of TOML."""

OFFERS = 20
"""Problems with a guess at what is meant; for a hundred thousand it would take minutes."""
Problem = Mapping[str, Any]


def lines_of(error: ValidationError, schema: type[BaseModel]) -> list[str]:
    """Return what is wrong: place, value and what is allowed, a line for each value.

    Parameters
    ----------
    error : ValidationError
        Of tables that `schema` refused.
    schema : type
        Its fields are those that an unknown one is told of.

    Examples
    --------
    >>> class Vote(BaseModel, extra="forbid"):
    ...     yes: int
    ...     no: int
    >>> try:
    ...     Vote.model_validate({"yes": "many", "noo": 1})
    ... except ValidationError as error:
    ...     for line in lines_of(error, Vote):
    ...         print(line)
    yes: 'many': must be a valid integer, unable to parse string as an integer
    no: Field required
    noo: 1: unknown field; did you mean no?
    """
    lines = []
    for number, problem in enumerate(_first_causes(error.errors())):
        where = ".".join(map(str, _place(problem)))
        if problem["type"] == "value_error":
            texts = str(problem["ctx"]["error"]).splitlines()
        elif problem["type"] == "missing":
            texts = [problem["msg"]]
        else:
            texts = [
                f"{_shown(problem['input'])}: {_allowed(problem, schema, offer=number < OFFERS)}"
            ]
        lines += [f"{where}: {text}" if problem["loc"] else text for text in texts]
    return lines


def _first_causes(problems: Sequence[Problem]) -> list[Problem]:
    """Leave out lists that are only too short for an entry of theirs is refused."""
    within = {problem["loc"][:-1] for problem in problems}
    return [one for one in problems if one["type"] != "too_short" or one["loc"] not in within]


def control_characters(value: Any, place: str = "") -> Iterator[str]:
    """Yield a line for every name or text with characters that no reader sees.

    Examples
    --------
    >>> list(control_characters({"arms": {"a": {"label": chr(27)}}}))[0].replace(chr(92), "/")
    "arms.a.label: '/x1b': control characters are not allowed"
    """
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from control_characters(name, f"{place}{name!r:.80}")
            yield from control_characters(inner, f"{place}{name}.")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from control_characters(inner, f"{place}{number}.")
    elif isinstance(value, str) and files.UNSEEN.search(value):
        yield f"{place.rstrip('.')}: {value!r:.80}: control characters are not allowed"


def did_you_mean(word: str, allowed: Sequence[str]) -> str:
    """Return a question after names that are spelt alike, or nothing.

    Examples
    --------
    >>> did_you_mean("majorty", ["majority", "date"])
    '; did you mean majority?'
    >>> did_you_mean("x", ["majority", "date"])
    ''
    """
    near = difflib.get_close_matches(word, allowed, n=3)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _place(problem: Problem) -> list[str | int]:
    # an unknown field is what the file calls it, whatever that is
    unknown = problem["loc"][-1:] if problem["type"] == "extra_forbidden" else ()
    known = problem["loc"][: len(problem["loc"]) - len(unknown)]
    return [*(part for part in known if part not in MARKS), *unknown]


def _allowed(problem: Problem, schema: type[BaseModel], *, offer: bool) -> str:
    kind, value = problem["type"], problem["input"]
    if kind == "extra_forbidden":
        *place, word = _place(problem)
        meant = did_you_mean(str(word), _fields(schema, place)) if offer else ""
        return f"unknown field{meant}"
    if kind.startswith("date"):
        return "must be a date like 2025-02-24, without quotes"
    if kind == "string_pattern_mismatch":
        if problem["ctx"]["pattern"] == ISO3:
            return f"must be the ISO code of a member state{_state_meant(value) if offer else ''}"
        return "must be lower-case letters, digits and hyphens"
    if kind in ("too_short", "too_long"):
        least, most = problem["ctx"].get("min_length"), problem["ctx"].get("max_length")
        return f"must have at {f'most {most}' if least is None else f'least {least}'}"
    others = "".join(OTHERS.get(str(part), "") for part in problem["loc"][-1:])
    return KINDS.get(kind, str(problem["msg"]).replace("Input should", "must")) + others


def _state_meant(name: str) -> str:
    members = Members.load()
    try:
        return f"; did you mean {members.find(name)}?"
    except ValueError:
        return members.close_to(name)


def _fields(schema: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    for part in place:
        if part in schema.model_fields:
            inner = next(_models(schema.model_fields[str(part)].annotation), None)
            if inner is None:
                return []
            schema = inner
    return list(schema.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _shown(value: Any) -> str:
    try:
        return f"{value!r:.80}"
    except ValueError:  # a number of thousands of digits
        return "a number too long to show"
