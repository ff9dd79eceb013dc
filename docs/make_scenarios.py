"""The page that says what a scenario file may hold, made from the schema itself.

``python docs/make_scenarios.py`` in a checkout writes it beside this file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim import files
from sim.models import MODELS
from sim.models.judgements import settings_of
from sim.scenario.schema import Scenario

Schema = Mapping[str, Any]

OPENING = """\
# Scenario files

A scenario is one TOML file. This page is made from the schema by `python docs/make_scenarios.py`.
`unga-sim check FILE` names everything in a file that is not as below. Tables and fields that have a
default may be left out; a field that is not named here is refused. The smallest file there is:"""

SMALLEST = """\
title = "Two blocs"
question = "Does the draft carry?"
source = "Made up"
as_of = 2025-02-23
seed = 1
model = "bloc-shares"

[resolution]
symbol = "A/L.1"
title = "A draft"
date = 2025-02-24
majority = "simple"

[us]
reference = "yes"

[arms.as-it-is]
us = "yes"
"""

COLUMNS = "| field | what it holds | default | meaning |\n|---|---|---|---|"
NAMES = {"^[A-Z]{3}$": "ISO", "^[a-z0-9][a-z0-9-]*$": "NAME"}
"""How the page writes a key or text that has to match a pattern."""
BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
LEGEND = {
    "ISO": "the three capital letters of a member state in seeds/members.csv",
    "NAME": "lower-case letters, digits and hyphens",
}


def schema_page() -> str:
    """Return the page as Markdown.

    Examples
    --------
    >>> print(schema_page().splitlines()[0])
    # Scenario files
    """
    schema = Scenario.model_json_schema()
    tables = {name: _table_of(field) for name, field in schema["properties"].items()}
    plain = {name: field for name, field in schema["properties"].items() if not tables[name]}
    top = _section("At the top of the file", {**schema, "properties": plain})
    sections = [OPENING, f"```toml\n{SMALLEST}```", _legend(), top]
    for name, found in tables.items():
        if found:
            heading, reference = found
            table = schema["$defs"][reference.rpartition("/")[2]]
            text = schema["properties"][name].get("description", table["description"])
            needed = "Needed." if name in schema["required"] else "May be left out."
            sections.append(_section(f"`{heading.format(name)}`", table, f"{text} {needed}"))
    effects = schema["$defs"]["EffectTable"]
    sections.append(
        _section("`on_carried` and `on_lost` of a step", effects, effects["description"])
    )
    return "\n\n".join([*sections, *_models()]) + "\n"


def _models() -> Iterator[str]:
    """Yield what each vote model is, and what can be set of it."""
    for name, model in MODELS.items():
        rows = "\n".join(
            f"| `{one}` | number, {about.allowed} | `{settings_of(name)[one]}` | {about.about} |"
            for one, about in model.all_settings.items()
        )
        yield f"## `[settings]` of the model `{name}`\n\n{model.about}\n\n{COLUMNS}\n{rows}"


def _legend() -> str:
    return "\n".join(f"- {word}: {meaning}" for word, meaning in LEGEND.items())


def _section(heading: str, table: Schema, text: str = "") -> str:
    rows = "\n".join(_rows(table))
    return "\n\n".join(filter(None, [f"## {heading}", text, f"{COLUMNS}\n{rows}"]))


def _rows(table: Schema) -> Iterator[str]:
    for name, field in table["properties"].items():
        needed = name in table.get("required", ())
        default = "needed" if needed else _default(field.get("default"))
        yield f"| `{name}` | {_holds(field)} | {default} | {field.get('description', '')} |"


def _table_of(field: Schema) -> tuple[str, str] | None:
    """Return the heading and the reference of the table that a field is, or None."""
    for choice in _kinds(field):
        if found := _table_of(choice):
            return found
    if "$ref" in field:
        return "[{}]", str(field["$ref"])
    if "$ref" in field.get("items", {}):
        return "[[{}]]", str(field["items"]["$ref"])
    key, value = _key_and_value(field)
    return (f"[{{}}.{key}]", str(value["$ref"])) if "$ref" in value else None


def _key_and_value(field: Schema) -> tuple[str, Schema]:
    """Return how a mapping's keys are written and what its values are."""
    for pattern, value in field.get("patternProperties", {}).items():
        return NAMES.get(pattern, "KEY"), value
    key = "POSITION" if "enum" in field.get("propertyNames", {}) else "KEY"
    value = field.get("additionalProperties", {})
    return key, value


def _kinds(field: Schema) -> Sequence[Schema]:
    """Return the kinds that a field may be of, if there are several."""
    return field.get("oneOf") or field.get("anyOf") or ()


def _holds(field: Schema) -> str:
    """Return in words what a field may hold."""
    if kinds := _kinds(field):
        return " or ".join(_holds(one) for one in kinds if one.get("type") != "null")
    if "$ref" in field:
        return "table"
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return "one of " + ", ".join(f"`{value}`" for value in field["enum"])
    if field["type"] == "array":
        return f"list of {_holds(field['items'])}"
    if field["type"] == "object":
        key, value = _key_and_value(field)
        return f"table, {key} = {_holds(value)}"
    if field["type"] == "string":
        return NAMES.get(field.get("pattern", ""), "day" if "format" in field else "text")
    if field["type"] == "boolean":
        return "true or false"
    word = "whole number" if field["type"] == "integer" else "number"
    return f"{word}{_range(field)}"


def _range(field: Schema) -> str:
    if "minimum" in field and "maximum" in field:
        return f", {_number(field['minimum'])} to {_number(field['maximum'])}"
    return "".join(
        f", {word} {_number(field[bound])}" for bound, word in BOUNDS.items() if bound in field
    )


def _number(value: float) -> str:
    # some versions of pydantic say 0.0 of a limit that is 0
    return f"{int(value) if value == int(value) else value}"


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "none" if value in (None, [], {}) else f"`{value}`"


if __name__ == "__main__":
    files.write_text(Path(__file__).with_name("scenarios.md"), schema_page())
