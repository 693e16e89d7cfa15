"""What blocks of decisions offer, for editors, `explain` and checks: names, settings, ranges."""

import json
from collections.abc import Mapping
from dataclasses import Field, fields
from inspect import cleandoc
from types import MappingProxyType
from typing import Any

from sim.core.parameters import PARAMETER_TABLE, Parameter
from sim.scenario.base import NAME
from sim.scenario.describe import parameter_key
from sim.scenario.json_schema import schema as language_schema
from sim.scenario.model import BLOCKS
from sim.strategies.base import Strategy
from sim.strategies.registry import DEFAULTS, names, strategies


def about(block: str) -> Mapping[str, str]:
    """Return the strategies of a block with one sentence each, the default first."""
    said = {name: _sentence(strategies()[block, name]) for name in names(block)}
    return MappingProxyType(said)


def settings(block: str) -> Mapping[str, Parameter]:
    """Return every number that some strategy of a block takes, with its default and prior."""
    return MappingProxyType(
        {
            field.name: _row(field)
            for name in names(block)
            for field in fields(strategies()[block, name])  # type: ignore[arg-type]
            if field.init
        }
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, installed strategies and their settings named."""
    whole = language_schema()
    definitions = whole["$defs"]
    firm = definitions["Firm"]["properties"]
    for block in BLOCKS:
        if block in DEFAULTS:
            name = f"{block.capitalize()}Block"
            definitions[name] = _block(block, definitions["Block"])
            firm[block] = {**firm[block], "$ref": f"#/$defs/{name}"}
    whole["$defs"] = dict(sorted(definitions.items()))
    return whole


def schema_text() -> str:
    """Return the schema as it is shipped beside the scenario files."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _block(block: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    listed = "\n".join(f"- {name}: {said}" for name, said in about(block).items())
    properties = dict(plain["properties"])
    # A plug-in that is not installed here may be where the scenario runs.
    any_name = {"type": "string", "pattern": NAME, "maxLength": 64}
    properties["strategy"] = {
        "description": f"who decides on {block}\n\n{listed}",
        "default": DEFAULTS[block],
        "anyOf": [{"enum": [*about(block), "none"]}, any_name],
    }
    properties |= {name: _number(row) for name, row in settings(block).items()}
    return {**plain, "properties": properties}


def _number(row: Parameter) -> dict[str, Any]:
    allowed = parameter_key(row).range
    meaning = f"{row.meaning}; prior {row.low:g} to {row.high:g} [{row.unit}]"
    number: dict[str, Any] = {"type": "number", "description": meaning}
    if allowed.low is not None:
        number["exclusiveMinimum" if allowed.above_low else "minimum"] = allowed.low
    if allowed.high is not None:
        number["maximum"] = allowed.high
    return {**number, "default": row.default}


def _row(field: Field[Any]) -> Parameter:
    """Return the model parameter of that name, else what the strategy says of its setting."""
    if field.name in PARAMETER_TABLE:
        return PARAMETER_TABLE[field.name]
    return Parameter(
        name=field.name,
        symbol="-",
        equation="-",
        source="the strategy",
        **{**field.metadata, "default": field.default},
    )


def _sentence(kind: type[Strategy]) -> str:
    said = cleandoc(kind.__doc__ or "").partition("\n\n")[0]
    return " ".join(said.split())
