"""What the user writes: from a TOML file to an immutable, checked `Scenario`, or to findings.

- `scenario`      `Scenario`: load, change, compare, write
- `model`         the tables of a file: each key with its type, unit, range and meaning
- `shocks`        dated shocks and their kinds
- `base`          what the parts of the model share; `frozen` is its immutable mapping
- `describe`      what a dotted key means, from the model
- `reading`       bytes to parsed TOML within bounds; `positions` knows where each value stands
- `tree`          values with places, and how one layer is laid over another
- `layers`        `extends`, settings on top, shipped files
- `opening`       the lowest layer: the evidence tables
- `resolve`       layers to plain values; `quantities` reads numbers with units
- `messages`      errors of the model as findings; `checks` and `shock_checks` look between keys
- `errors`        findings raised; as data and rendered they are `sim.core.diagnostics`
- `writing`       a scenario as TOML again
- `ranges`        what a sweep varies: `key=lo:hi` and its kin
- `catalogue`     the shipped scenarios and their questions
- `json_schema`   the JSON Schema for editors

Names are loaded when first used, so that what needs no scenario need not load pydantic.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.core.diagnostics import Diagnostic as Diagnostic
    from sim.core.diagnostics import Origin as Origin
    from sim.scenario.errors import ScenarioError as ScenarioError
    from sim.scenario.errors import UnreadableScenarioError as UnreadableScenarioError
    from sim.scenario.scenario import Scenario as Scenario

_HOMES = {
    "Diagnostic": "sim.core.diagnostics",
    "Origin": "sim.core.diagnostics",
    "Scenario": "sim.scenario.scenario",
    "ScenarioError": "sim.scenario.errors",
    "UnreadableScenarioError": "sim.scenario.errors",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim.scenario' has no {name!r}; it has {', '.join(_HOMES)}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
