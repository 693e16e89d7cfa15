"""The two ways in which a scenario can be refused."""

from collections.abc import Sequence

from sim.core.diagnostics import Diagnostic, render
from sim.core.errors import SimError


class ScenarioError(SimError):
    """A scenario that cannot be used; carries every finding at once."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(render(self.diagnostics))

    def __reduce__(self) -> tuple[type["ScenarioError"], tuple[tuple[Diagnostic, ...]]]:
        return type(self), (self.diagnostics,)


class UnreadableScenarioError(SimError):
    """The named file is not there or cannot be read; nothing was checked."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(render([diagnostic]))

    def __reduce__(self) -> tuple[type["UnreadableScenarioError"], tuple[Diagnostic]]:
        return type(self), (self.diagnostic,)
