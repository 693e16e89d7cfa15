"""The JSON Schema of scenario files (draft 2020-12), so that editors complete and check.

It is written from the model, the parameter table, the mechanisms and the evidence; a file in a
chain of `extends` is partial, so nothing is required but the id of a shock.
"""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaWarningKind

from sim.core.parameters import PARAMETER_TABLE
from sim.evidence.history import EVENT_KINDS
from sim.evidence.mechanisms import MECHANISMS
from sim.scenario.base import NAME, PARENT
from sim.scenario.describe import LANGUAGE, parameter_key
from sim.scenario.model import Content
from sim.scenario.opening import HISTORIES, opening_layer
from sim.scenario.quantities import convertible
from sim.scenario.shocks import KINDS, OF_ITS_KIND, SET
from sim.scenario.tree import Table

DIALECT = "https://json-schema.org/draft/2020-12/schema"
WITH_UNIT = r"^\s*[+-]?[0-9._]+([eE][+-]?[0-9]+)?\s*[A-Za-z$%].*$"
BY_ID = {
    "segments": "Segment",
    "account_kinds": "AccountKind",
    "investors": "Investor",
    "firms": "Firm",
    "apps": "App",
    "channels": "Channel",
}
NONE = {"const": "none"}
TRUE = {"const": True}
REMOVE = {**TRUE, "description": "drop this entry of the scenario extended"}
RESET = {**TRUE, "description": "empty this table before anything of it is set"}


class _Quiet(GenerateJsonSchema):
    """The generator without its remark that an empty table is no JSON default."""

    def emit_warning(self, kind: JsonSchemaWarningKind, detail: str) -> None:
        if kind != "non-serializable-default":
            super().emit_warning(kind, detail)


def schema() -> dict[str, Any]:
    """Return the schema as plain values; `sim.strategies.describe` adds what firms can decide."""
    raw = Content.model_json_schema(schema_generator=_Quiet)
    definitions = {name: _part(body) for name, body in raw["$defs"].items()}
    definitions["Shock"] = _shock(definitions["Shock"])
    definitions["Quantity"] = {
        "type": "string",
        "description": 'a number with a unit, such as "30 CNY/user", "600 M", "80 M USD @ 2024-02"',
        "pattern": WITH_UNIT,
        "maxLength": 80,
    }
    parent_backed = definitions["Firm"]["properties"]["cash_mcny"]["anyOf"]
    parent_backed[parent_backed.index(NONE)] = {"enum": ["none", PARENT]}
    properties = {
        name: _value(body) for name, body in raw["properties"].items() if name not in BY_ID
    }
    properties |= _tables(raw["properties"])
    properties["extends"] = {
        "type": "string",
        "description": LANGUAGE["extends"],
        "examples": ["baseline"],
    }
    properties["history"]["items"] = {"enum": list(HISTORIES)}
    properties["history"]["uniqueItems"] = True
    properties["mechanisms"] = _mechanisms(raw["properties"]["mechanisms"])
    properties["parameters"] = _parameters(raw["properties"]["parameters"])
    properties["shock"] = {
        "type": "array",
        "description": raw["properties"]["shock"]["description"],
        "items": {"$ref": "#/$defs/Shock"},
    }
    return {
        "$schema": DIALECT,
        "title": "llmsim scenario",
        "description": "A future of the market; `llmsim explain KEY` says more about each key.",
        "type": "object",
        "additionalProperties": False,
        "properties": dict(sorted(properties.items(), key=lambda item: _order(item[0]))),
        "$defs": definitions,
    }


def _order(name: str) -> int:
    order = ["extends", *Content.model_fields]
    return order.index(name)


def _part(body: Mapping[str, Any]) -> dict[str, Any]:
    properties = {name: _value(below) for name, below in body["properties"].items()}
    part: dict[str, Any] = {
        "type": "object",
        "description": body.get("description", ""),
        "properties": {**properties, "remove": REMOVE, "reset": RESET},
        "additionalProperties": False,
    }
    more = body.get("additionalProperties")
    if isinstance(more, Mapping):
        part["additionalProperties"] = _value(more)
    return part


def _value(body: Mapping[str, Any]) -> dict[str, Any]:
    """Let a number carry a unit, and say "none" where the model says null."""
    kept = {
        key: below
        for key, below in body.items()
        if key not in ("unit", "title", "anyOf", "default")
    }
    if body.get("default") not in (None, {}) and not isinstance(body.get("default"), Mapping):
        kept["default"] = body["default"]
    if "anyOf" in body:
        choices: list[Any] = []
        for choice in body["anyOf"]:
            inner = dict(NONE) if choice == {"type": "null"} else _value(choice)
            unit = inner.pop("description", "")
            kept["description"] = f"{kept.get('description', '')} {unit}".strip()
            choices.extend(inner.get("anyOf", [inner]))
        return {**kept, "anyOf": choices}
    if "patternProperties" in kept:
        pattern = {name: _value(below) for name, below in kept["patternProperties"].items()}
        kept |= {"patternProperties": pattern, "additionalProperties": False}
    if kept.get("type") == "number" and "unit" in body:
        return _with_unit(kept, body["unit"])
    return kept


def _with_unit(number: dict[str, Any], unit: str) -> dict[str, Any]:
    outside: dict[str, Any] = {
        key: number.pop(key) for key in ("description", "default") if key in number
    }
    outside["description"] = f"{outside.get('description', '')} [{unit}]".strip()
    if unit != OF_ITS_KIND and not convertible(unit):
        return {**outside, **number}
    return {**outside, "anyOf": [number, {"$ref": "#/$defs/Quantity"}]}


def _tables(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Name the entries that exist, so that an editor completes them; others may be added."""
    evidence = opening_layer(())
    tables: dict[str, Any] = {}
    for name, definition in BY_ID.items():
        below = evidence.entries[name]
        assert isinstance(below, Table)
        reference = {"$ref": f"#/$defs/{definition}"}
        tables[name] = {
            "type": "object",
            "description": fields[name]["description"],
            "properties": {**dict.fromkeys(below.entries, reference), "reset": RESET},
            "additionalProperties": reference,
            "propertyNames": {"pattern": NAME, "maxLength": 64},
        }
    return tables


def _mechanisms(field: Mapping[str, Any]) -> dict[str, Any]:
    switches = {
        switch: {"type": "boolean", "default": True, "description": f"{row.id}: {row.claim}"}
        for switch, row in MECHANISMS.items()
    }
    return {
        "type": "object",
        "description": field["description"],
        "properties": {**switches, "reset": RESET},
        "additionalProperties": False,
    }


def _parameters(field: Mapping[str, Any]) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for name, row in PARAMETER_TABLE.items():
        allowed = parameter_key(row).range
        number: dict[str, Any] = {"type": "number", "default": row.default}
        if allowed.low is not None:
            number["exclusiveMinimum" if allowed.above_low else "minimum"] = allowed.low
        if allowed.high is not None:
            number["maximum"] = allowed.high
        number["description"] = f"{row.equation}: {row.meaning}; prior {row.low:g} to {row.high:g}"
        numbers[name] = _with_unit(number, row.unit)
    table = {
        "type": "object",
        "properties": {**numbers, "reset": RESET},
        "additionalProperties": False,
    }
    return {"description": field["description"], "anyOf": [table, {"const": "posterior"}]}


def _shock(part: dict[str, Any]) -> dict[str, Any]:
    properties = part["properties"]
    meanings = {name: grammar.meaning for name, grammar in EVENT_KINDS.items()}
    meanings[SET] = "a parameter, a switch, or a field of a firm or channel changes"
    # one enumeration: of alternatives an editor underlines each that does not fit
    listed = "\n".join(f"- {kind}: {meanings[kind]}" for kind in KINDS)
    said = properties["kind"].get("description", "")
    properties["kind"] = {"description": f"{said}\n\n{listed}", "enum": list(KINDS)}
    name = {"type": "string", "pattern": NAME, "maxLength": 64}
    named = {**name, "description": "what layers are merged by; choose any name for a new shock"}
    return {
        **part,
        "properties": {"id": named, **properties},
        "anyOf": [{"required": ["id"]}, {"required": ["reset"]}],
    }
