"""Simulate China's market for large language models: who wins, who pays, who runs dry.

    from sim import Scenario, run

    result = run(Scenario.load("baseline"), replicates=20, seed=1)
    result.apps

Names are loaded when first used, so that `import sim` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.experiments.calibrate import calibrate as calibrate
    from sim.experiments.calibration import Calibration as Calibration
    from sim.experiments.compare import compare as compare
    from sim.experiments.comparison import Comparison as Comparison
    from sim.experiments.comparison import read_comparison as read_comparison
    from sim.experiments.ensemble import run as run
    from sim.experiments.sensitivity import Sensitivity as Sensitivity
    from sim.experiments.sensitivity import sensitivity as sensitivity
    from sim.experiments.solve import Solved as Solved
    from sim.experiments.solve import solve as solve
    from sim.experiments.sweep import Sweep as Sweep
    from sim.experiments.sweep import sweep as sweep
    from sim.results.run import Run as Run
    from sim.results.store import read_run as read_run
    from sim.results.store import write_run as write_run
    from sim.scenario import Scenario as Scenario

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "sim.scenario",
    "run": "sim.experiments.ensemble",
    "calibrate": "sim.experiments.calibrate",
    "Calibration": "sim.experiments.calibration",
    "compare": "sim.experiments.compare",
    "Comparison": "sim.experiments.comparison",
    "read_comparison": "sim.experiments.comparison",
    "Run": "sim.results.run",
    "Sensitivity": "sim.experiments.sensitivity",
    "sensitivity": "sim.experiments.sensitivity",
    "Solved": "sim.experiments.solve",
    "solve": "sim.experiments.solve",
    "Sweep": "sim.experiments.sweep",
    "sweep": "sim.experiments.sweep",
    "read_run": "sim.results.store",
    "write_run": "sim.results.store",
}
_WITH_VIEWS = {"Scenario", "run", "Run", "read_run"}
_WITH_PAGES = {"compare", "Comparison", "read_comparison"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no {name!r}; it has {', '.join(_HOMES)}")
    value = getattr(import_module(_HOMES[name]), name)
    if name in _WITH_VIEWS:
        import_module("sim.views")
    if name in _WITH_PAGES:
        import_module("sim.views.comparison_page").register()
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
