"""A row of the table of limit cases, and what all cases need to make one."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.simulation import simulate
from sim.scenario import Scenario

F64 = NDArray[np.float64]
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Row:
    """One number of a case: what theory says, what came out, and how far apart they may be."""

    case: str
    what: str
    theory: float
    simulated: float
    standard_error: float = 0.0
    allowed: float = 0.0
    """What they may differ by besides four standard errors: steps in time, rounding of theory."""

    @property
    def holds(self) -> bool:
        """Whether they agree."""
        return abs(self.simulated - self.theory) <= 4.0 * self.standard_error + self.allowed


def limit(name: str, changes: Mapping[str, Any] = NOTHING) -> Scenario:
    """Return a limit scenario, with changes."""
    scenario = Scenario.load(f"limits/{name}")
    return scenario.with_(changes) if changes else scenario


def columns(scenario: Scenario, table: str, *names: str, replicate: int = 0) -> list[F64]:
    """Simulate a replicate and return columns of one table as numbers."""
    recorded = simulate(scenario, scenario.seed, replicate, frozenset({table}))[table]
    return [np.asarray(recorded[name], dtype=np.float64) for name in names]


def share_error(share: float, n: float) -> float:
    """Return the standard error of a share of n independent cases."""
    return sqrt(max(share * (1.0 - share), 1.0 / n) / n)


def clones(name: str, firm: str, copies: int) -> Scenario:
    """Return a limit scenario with more firms like one of it; draws differ by a firm's name."""
    scenario = Scenario.load(f"limits/{name}")
    mould = scenario.firms[firm]
    lines = [f'extends = "limits/{name}"']
    for number in range(copies):
        lines += [
            f"[firms.{firm}_copy_{number}]",
            f'kind = "{mould.kind}"',
            f"cash_mcny = {mould.cash_mcny}",
            f"rd_compute_mcny_per_month = {mould.rd_compute_mcny_per_month}",
            f"staff_mcny_per_month = {mould.staff_mcny_per_month}",
            f"quality_offset = {mould.quality_offset}",
            f'research = {{ strategy = "{mould.research.strategy or "grow_with_runway"}" }}',
        ]
    return Scenario.loads("\n".join(lines), f"many_{name}")
