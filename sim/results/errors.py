"""What can be wrong with results: a table, a stored run, a missing extra."""

from pathlib import Path

from sim.core.errors import SimError


class ResultError(SimError):
    """The base of every error about results."""


class TableError(ResultError):
    """Recorded columns do not fit the schema of their table."""

    def __init__(self, table: str, found: str, allowed: str) -> None:
        super().__init__(table, found, allowed)
        self.table, self.found, self.allowed = table, found, allowed

    def __str__(self) -> str:
        return f"table {self.table!r}: {self.found}; {self.allowed}"


class StoreError(ResultError):
    """A folder cannot be written as a run or read as one."""

    def __init__(self, path: Path, found: str, allowed: str) -> None:
        super().__init__(path, found, allowed)
        self.path, self.found, self.allowed = path, found, allowed

    def __str__(self) -> str:
        return f"{self.path}: {self.found}; {self.allowed}"


class MissingExtraError(ResultError):
    """A function needs packages of an extra that is not installed."""

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(purpose, extra)
        self.purpose, self.extra = purpose, extra

    def __str__(self) -> str:
        return f"{self.purpose} needs packages that are absent: pip install 'llmsim[{self.extra}]'"
