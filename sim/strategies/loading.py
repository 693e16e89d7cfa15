"""Loading a scenario for a run: what the file says wrong and what its strategies lack, at once."""

from collections.abc import Sequence

from sim.scenario import Scenario, ScenarioError
from sim.strategies.checks import check_strategies, strategy_findings


def load_checked(name: str, overrides: Sequence[str] = ()) -> Scenario:
    """Return a scenario from a file or from the shipped ones, its strategies checked.

    Raises UnreadableScenarioError as `Scenario.load` does, and one ScenarioError with every error
    of the file, its parents, the overrides and the strategies.
    """
    try:
        loaded = Scenario.load(name, overrides)
    except ScenarioError as error:
        more = strategy_findings(error.draft) if error.draft is not None else ()
        raise ScenarioError([*error.diagnostics, *more]) from error
    check_strategies(loaded)
    return loaded
