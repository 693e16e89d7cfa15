"""The JSON Schema is the shipped one, accepts every shipped scenario, and refuses wrong ones."""

import json
import tomllib
from datetime import date
from importlib import import_module
from typing import Any

import pytest

from sim.core.parameters import PARAMETER_TABLE
from sim.core.shipped import shipped
from sim.evidence.mechanisms import MECHANISMS
from sim.scenario import Scenario
from sim.scenario.layers import shipped_files
from sim.strategies.describe import schema, schema_text

SCHEMA = schema()
jsonschema = import_module("jsonschema")  # comes with altair and has no type stubs
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def as_json(value: Any) -> Any:
    """Turn TOML values into what an editor's schema checker sees."""
    if isinstance(value, dict):
        return {key: as_json(below) for key, below in value.items()}
    if isinstance(value, list):
        return [as_json(below) for below in value]
    return value.isoformat() if isinstance(value, date) else value


def accepts(text: str) -> bool:
    return bool(VALIDATOR.is_valid(as_json(tomllib.loads(text))))


def test_shipped_schema_is_up_to_date() -> None:
    written = (shipped("scenarios") / "scenario.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(), "run: llmsim schema > scenarios/scenario.schema.json"


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", shipped_files())
def test_shipped_scenario_names_the_schema_and_fits_it(name: str) -> None:
    text = shipped_files()[name].read_text(encoding="utf-8")
    depth = name.count("/")
    prefix = "../" * depth or "./"
    assert text.startswith(f"#:schema {prefix}scenario.schema.json\n")
    assert accepts(text)


def test_resolved_scenario_fits_the_schema() -> None:
    assert accepts(Scenario.load("baseline").to_toml())


@pytest.mark.parametrize(
    "text",
    [
        "sed = 1",
        "seed = -1",
        "seed = 1.5",
        'start = "yesterday"',
        "[firms.moonshot]\ncash = 1",
        "[firms.moonshot]\ncash_mcny = -1",
        "[firms.moonshot]\ncash_mcny = true",
        "[segments.student]\nshare = 1.2",
        "[mechanisms]\nprice_wars = false",
        "[mechanisms]\nprice_war = 0",
        "[parameters]\nchurn_qualty = 1",
        "[parameters]\nfinal_run_share = 2",
        '[[shock]]\ndate = 2024-01-01\nkind = "sentiment"',
        '[[shock]]\nid = "a"\nkind = "sentimnt"',
        '[apps.kimi]\nmarket = "mars"',
        'history = ["x"]',
        "[firms.zhipu]\nremove = false",
    ],
)
def test_schema_refuses_what_the_reader_refuses(text: str) -> None:
    assert not accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        'extends = "baseline"',
        '[firms.moonshot]\ncash_mcny = "2 bn CNY"',
        '[firms.moonshot]\ncash_mcny = "parent"',
        '[firms.moonshot.pricing]\nstrategy = "hold"\nx = 2',
        "[firms.zhipu]\nremove = true",
        "[firms]\nreset = true",
        '[[shock]]\nid = "llama3"\nremove = true',
        "[[shock]]\nreset = true",
        "[parameters]\nlearning = 0.05",
    ],
)
def test_schema_accepts_what_the_language_has(text: str) -> None:
    assert accepts(text)


def test_every_parameter_and_switch_is_described() -> None:
    numbers = SCHEMA["properties"]["parameters"]["anyOf"][0]["properties"]
    switches = SCHEMA["properties"]["mechanisms"]["properties"]
    assert set(numbers) == {*PARAMETER_TABLE, "reset"}
    assert set(switches) == {*MECHANISMS, "reset"}
    for name, row in PARAMETER_TABLE.items():
        assert row.meaning in numbers[name]["description"]
        assert numbers[name]["default"] == row.default


def test_schema_is_plain_json() -> None:
    assert json.loads(schema_text()) == SCHEMA


def test_posterior_is_the_only_word_for_parameters() -> None:
    assert accepts('parameters = "posterior"')
    assert not accepts('parameters = "postrior"')
