"""The one parameter table: name, symbol, default, prior, unit, meaning and source of each.

Scenario checks, the JSON Schema, `explain`, the documentation and calibration all read
`seeds/parameters.csv` through this module; nothing else holds a number of the model.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from sim.core.errors import SimError
from sim.core.shipped import shipped


class ParameterError(SimError, AttributeError):
    """A parameter that does not exist."""


@dataclass(frozen=True)
class Parameter:
    """One row of the table; `low` and `high` bound the prior."""

    name: str
    symbol: str
    default: float
    low: float
    high: float
    unit: str
    equation: str
    meaning: str
    source: str


@cache
def parameter_table() -> Mapping[str, Parameter]:
    """Read the table once; keys are parameter names in the order of the equations."""
    with (shipped("seeds") / "parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Parameter(
                row["name"],
                row["symbol"],
                float(row["default"]),
                float(row["low"]),
                float(row["high"]),
                row["unit"],
                row["equation"],
                row["meaning"],
                row["source"],
            )
            for row in csv.DictReader(file)
        ]
    return MappingProxyType({row.name: row for row in rows})


PARAMETER_TABLE: Mapping[str, Parameter] = parameter_table()


class Parameters:
    """Immutable values of all parameters: defaults, with some replaced.

    Raises ParameterError for a name that is not in the table, on creation and on access.
    """

    def __init__(self, overrides: Mapping[str, float] = MappingProxyType({})) -> None:
        for name in overrides:
            if name not in PARAMETER_TABLE:
                raise unknown_parameter(name)
        defaults = {name: row.default for name, row in PARAMETER_TABLE.items()}
        self.__dict__.update(defaults | dict(overrides))

    def __getattr__(self, name: str) -> float:
        raise unknown_parameter(name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"parameters are immutable; {name} was to become {value!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"parameters are immutable; {name} was to be deleted")

    def replaced(self, **changes: float) -> "Parameters":
        """Return a copy with some values replaced."""
        return Parameters({**self.values(), **changes})

    def values(self) -> Mapping[str, float]:
        """Return all values by name."""
        return MappingProxyType(self.__dict__)


def unknown_parameter(name: str) -> ParameterError:
    """Say that a parameter does not exist and which one may have been meant."""
    near = get_close_matches(name, PARAMETER_TABLE, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return ParameterError(f"no parameter is called {name!r}{hint}")
