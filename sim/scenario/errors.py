"""The two ways in which a scenario can be refused."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.core.diagnostics import Diagnostic, render
from sim.core.errors import SimError

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


class ScenarioError(SimError):
    """A scenario that cannot be used; carries every finding at once.

    draft: the scenario without the keys found wrong, if that is one, so that later checks can
    add what they find.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], draft: "Scenario | None" = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.draft = draft
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
