"""Levers: the keys of a scenario that a person may turn, in groups, with unit, range and source."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.core.parameters import PARAMETER_TABLE
from sim.evidence.mechanisms import MECHANISMS
from sim.evidence.provenance import source_at
from sim.scenario import Scenario
from sim.scenario.describe import describe, parameter_key
from sim.scenario.writing import toml_value
from sim.strategies.describe import about
from sim.strategies.registry import DEFAULTS

MARKETS = {
    "E1": "Research and quality",
    "E2": "Cost of serving",
    "E3": "API prices",
    "E4": "Advertising",
    "E5": "Winning users",
    "E6": "Keeping users",
    "E7": "API customers",
    "E8": "Private deployments",
    "E9": "Revenue and cost",
    "E10": "Funding",
    "E11": "Exits",
    "E12": "Products",
    "E14": "Small apps",
    "E15": "Key people",
}
"""What the equations of docs/model.md are about; a parameter belongs to its equation's market."""

PEOPLE = "Market: People and buyers"
CLAIMS = "Causal claims"
FIRM_NUMBERS = (
    "cash_mcny", "rd_compute_mcny_per_month", "staff_mcny_per_month", "quality_offset",
    "main_price_cny_per_mtok", "flagship_price_cny_per_mtok", "cost_efficiency",
    "attach_margin_cny_per_mtok", "valuation_bn_cny", "bid_weight",
)  # fmt: skip
PEOPLE_KEYS = ("consumers.addressable_people", "consumers.people_per_agent", "accounts.count")


@dataclass(frozen=True)
class Lever:
    """One key with what a person needs to turn it; `choices` where only some words will do."""

    key: str
    name: str
    value: str
    meaning: str
    unit: str = ""
    range: str = ""
    source: str = ""
    choices: tuple[str, ...] = ()


def groups(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the groups: every firm, every market, the claims."""
    firms = [f"Firm: {name}" for name in scenario.firms]
    equations = {row.equation for row in PARAMETER_TABLE.values()}
    markets = [market_of(one) for one in sorted(equations, key=lambda text: int(text[1:]))]
    return (*firms, PEOPLE, *markets, CLAIMS)


def market_of(equation: str) -> str:
    """Return the group of the parameters of an equation."""
    return f"Market: {MARKETS.get(equation, equation)}"


def levers(scenario: Scenario, group: str) -> tuple[Lever, ...]:
    """Return the levers of a group with the values they have in a scenario."""
    kind, _, name = group.partition(": ")
    if kind == "Firm":
        return tuple(_firm_levers(scenario, name))
    if group == CLAIMS:
        return tuple(_claim(scenario, name) for name in MECHANISMS)
    if group == PEOPLE:
        return tuple(_number(scenario, key) for key in PEOPLE_KEYS)
    rows = [row for row in PARAMETER_TABLE.values() if market_of(row.equation) == group]
    return tuple(_parameter(scenario, row.name) for row in rows)


def _firm_levers(scenario: Scenario, firm: str) -> Iterator[Lever]:
    for name in FIRM_NUMBERS:
        yield _number(scenario, f"firms.{firm}.{name}")
    for block, default in DEFAULTS.items():
        key = f"firms.{firm}.{block}.strategy"
        said = about(block)
        chosen = getattr(scenario.firms[firm], block).strategy or default
        yield Lever(
            key, block, chosen, said.get(chosen, ""), "", "",
            _source(scenario, key) or f"the default: {default}",
            tuple(dict.fromkeys([*said, "none", chosen])),
        )  # fmt: skip


def _number(scenario: Scenario, key: str) -> Lever:
    path = key.split(".")
    known = describe(path)
    assert known is not None, f"{key} is listed here and no key of a scenario"
    value = _shown(scenario.flat()[key])
    range_ = "" if str(known.range) == "any" else str(known.range)
    return Lever(key, path[-1], value, known.meaning, known.unit, range_, _source(scenario, key))


def _parameter(scenario: Scenario, name: str) -> Lever:
    row, key = PARAMETER_TABLE[name], f"parameters.{name}"
    value = _shown(scenario.flat().get(key, row.default))
    allowed = parameter_key(row).range
    range_ = f"{allowed}; prior {row.low:g} to {row.high:g}"
    return Lever(key, name, value, row.meaning, row.unit, range_, row.source)


def _claim(scenario: Scenario, name: str) -> Lever:
    row, key = MECHANISMS[name], f"mechanisms.{name}"
    value = toml_value(scenario.flat().get(key, True))
    return Lever(
        key, name, value, row.claim, "", "", ", ".join(row.articles), ("true", "false")
    )  # fmt: skip


def _shown(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or "none"
    return f"{value:.10g}" if isinstance(value, float) else toml_value(value)


def _source(scenario: Scenario, key: str) -> str:
    origin = scenario.origin(key)
    if origin is None:
        return "a default of the model"
    return source_at(origin, key.rpartition(".")[2]) or f"{origin.file}, line {origin.line}"
