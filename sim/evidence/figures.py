"""Every known quantity: who said it, of whom, over which period, and what it may be used for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from sim.core.shipped import shipped
from sim.evidence.period import Period
from sim.evidence.table import (
    CellError,
    EvidenceError,
    Text,
    number,
    read_table,
    suggestion,
)

Statistic = Literal["mean", "last", "sum", "change"]
Qualifier = Literal["exact", "approx", "at_least", "goal", "rumour", "forecast", "derived"]

USES: Mapping[str, str] = MappingProxyType(
    {
        "fit": "a calibration target",
        "validate": "compared, never fitted",
        "input": "may be fed to a run as data",
        "belief": "what people expected, not what happened",
        "context": "not scored",
    }
)


NO_FACTS = ("goal", "forecast")
"""Qualifiers of what somebody wanted or expected."""


SMALLEST, LARGEST = 1e-12, 1e30
"""Sizes of values; beyond them an error over the value is no number."""


class FiguresError(EvidenceError):
    """A figures file that cannot be used."""


class UnknownFigureError(EvidenceError):
    """A figure that does not exist."""

    def __init__(self, figure_id: str, known: tuple[str, ...]) -> None:
        super().__init__(())
        self.figure_id = figure_id
        self.args = (f"no figure {figure_id!r}{suggestion(figure_id, known)}",)


@dataclass(frozen=True)
class Figure:
    """One known quantity.

    `value` is None where the figure is no number (a date, a name); `text` is what is printed.
    `period` is None for free text, which only rows of use `context` may have.
    """

    id: str
    source: str
    entity: str
    quantity: str
    value: float | None
    text: str
    unit: str
    period: Period | None
    period_text: str
    panel: str
    statistic: Statistic
    qualifier: Qualifier
    use: str
    mechanism: str
    note: str

    @property
    def scored(self) -> bool:
        """Return whether runs are compared with it; words beyond the known uses are compared."""
        return self.use not in ("context", "belief")

    @property
    def is_fact(self) -> bool:
        """Return whether it says what happened; coverage counts no goal, forecast or belief."""
        return self.use != "belief" and self.qualifier not in NO_FACTS

    @property
    def fitted(self) -> bool:
        """Return whether calibration may aim at it."""
        return self.use == "fit" and self.is_fact

    @property
    def may_be_fed(self) -> bool:
        """Return whether a run may be given its value."""
        return self.use == "input"


@dataclass(frozen=True)
class FigureRow:
    """The columns of a figures file."""

    id: str
    source: str
    entity: str
    quantity: str
    value: str
    unit: str
    period: str
    panel: Text
    statistic: Statistic
    qualifier: Qualifier
    use: str
    mechanism: Text
    note: Text


def load_figures(path: Path | None = None) -> tuple[Figure, ...]:
    """Return all figures of a file, by default of the shipped one, in its order.

    Raises:
        FiguresError: with every problem of the file.
    """
    return _shipped_figures() if path is None else _read(path)


@cache
def figures_by_id() -> Mapping[str, Figure]:
    """Return the shipped figures by id."""
    return MappingProxyType({figure.id: figure for figure in _shipped_figures()})


def find_figure(figure_id: str, figures: tuple[Figure, ...]) -> Figure:
    """Return the figure of an id.

    Raises:
        UnknownFigureError: there is none; names the closest.
    """
    known = {figure.id: figure for figure in figures}
    if figure_id not in known:
        raise UnknownFigureError(figure_id, tuple(known))
    return known[figure_id]


@cache
def _shipped_figures() -> tuple[Figure, ...]:
    return _read(shipped("seeds") / "figures.csv")


def _read(path: Path) -> tuple[Figure, ...]:
    rows = read_table(path, FigureRow, ("id",), error=FiguresError, check_cells=_problems)
    return tuple(map(_figure, rows))


def _problems(cells: Mapping[str, str]) -> Iterator[str]:
    """Yield what a row lacks: all but context rows need a number and a period."""
    if cells["use"] == "context":
        return
    for name, read in (("value", _value), ("period", Period.read)):
        try:
            if cells[name]:
                read(cells[name])
        except CellError as error:
            yield f"{name}: {error} (free text is for rows of use context)"


def _value(cell: str) -> float:
    """Read a value of a size with which one can reckon."""
    value = number(cell)
    if value and not SMALLEST <= abs(value) <= LARGEST:
        raise CellError(f"found {cell!r}, allowed are 0 and {SMALLEST:g} to {LARGEST:g} in size")
    return value


def _figure(row: FigureRow) -> Figure:
    return Figure(
        id=row.id,
        source=row.source,
        entity=row.entity,
        quantity=row.quantity,
        value=_number_or_none(row.value),
        text=row.value,
        unit=row.unit,
        period=_period_or_none(row.period),
        period_text=row.period,
        panel=row.panel,
        statistic=row.statistic,
        qualifier=row.qualifier,
        use=row.use,
        mechanism=row.mechanism,
        note=row.note,
    )


def _number_or_none(cell: str) -> float | None:
    try:
        return number(cell)
    except CellError:
        return None


def _period_or_none(cell: str) -> Period | None:
    try:
        return Period.read(cell)
    except CellError:
        return None
