"""What a figures file may name: quantities, sectors, panels and names of models."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from sim.core.shipped import shipped
from sim.evidence.provenance import sourced_table
from sim.evidence.table import Amount, read_table

Tier = Literal["main", "flagship"]


@dataclass(frozen=True)
class Quantity:
    """One quantity; words in capitals stand for an id, a number or a channel."""

    quantity: str
    units: tuple[str, ...]
    entities: tuple[str, ...]
    definition: str

    def names(self, quantity: str) -> bool:
        """Return whether a figure's quantity is this one."""
        return _matches(self.quantity, quantity)

    def speaks_of(self, entity: str) -> bool:
        """Return whether it is defined for an entity."""
        return any(_matches(form, entity) for form in self.entities)


@dataclass(frozen=True)
class ModelName:
    """A model's public name, the firm that sells it, and the tier it stands for."""

    model: str
    firm: str
    tier: Tier


@dataclass(frozen=True)
class Sector:
    """A group of firms or apps that a figure speaks of as one."""

    sector: str
    kind: Literal["firm", "app"]
    members: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Panel:
    """Who measured; `log_bias_sd` is the spread of the panel's own factor around the truth.

    `visits_log_sd` is the spread of the visits that a panel of web sites counts per monthly user.
    """

    panel: str
    log_bias_sd: Amount
    visits_log_sd: Amount | None
    meaning: str
    source: str


UNKNOWN_PANEL_SD = 0.25
"""Spread of a panel that no table knows: as of the worse of the known ones."""


@cache
def _pattern(form: str) -> re.Pattern[str]:
    escaped = re.escape(form)
    numbered = re.sub(r"_N$", r"_\\d+", escaped)
    return re.compile(re.sub(r"[A-Z]+", ".+", numbered))


def _matches(form: str, word: str) -> bool:
    return _pattern(form).fullmatch(word) is not None


@cache
def load_quantities(path: Path | None = None) -> tuple[Quantity, ...]:
    """Return the quantities in the order of the file."""
    return read_table(path or shipped("seeds") / "quantities.csv", Quantity, ("quantity",))


@cache
def find_quantity(quantity: str) -> Quantity | None:
    """Return the definition of a figure's quantity, or None if there is none."""
    return next((row for row in load_quantities() if row.names(quantity)), None)


@cache
def load_models(path: Path | None = None) -> Mapping[str, ModelName]:
    """Return the models by name."""
    rows = read_table(path or shipped("seeds") / "models.csv", ModelName, ("model",))
    return MappingProxyType({row.model: row for row in rows})


def find_model(name: str) -> ModelName | None:
    """Return a model by its public name, however its letters are written, or None."""
    return _models_folded().get(name.casefold())


@cache
def _models_folded() -> Mapping[str, ModelName]:
    return MappingProxyType({name.casefold(): row for name, row in load_models().items()})


@cache
def load_sectors(path: Path | None = None) -> Mapping[str, Sector]:
    """Return the sectors by name."""
    rows = sourced_table(path or shipped("seeds") / "sectors.csv", Sector, ("sector",))
    return MappingProxyType({row.sector: row for row in rows})


@cache
def load_panels(path: Path | None = None) -> Mapping[str, Panel]:
    """Return the panels by name."""
    rows = sourced_table(path or shipped("seeds") / "panels.csv", Panel, ("panel",))
    return MappingProxyType({row.panel: row for row in rows})


def log_bias_sd(panel: str) -> float:
    """Return the spread of a panel's log-bias: none without a panel."""
    if not panel:
        return 0.0
    known = load_panels().get(panel)
    return known.log_bias_sd if known else UNKNOWN_PANEL_SD


def visits_log_sd(panel: str) -> float:
    """Return the spread of a panel's visits per monthly user: that of web panels if unknown."""
    known = load_panels().get(panel)
    spreads = [one.visits_log_sd for one in load_panels().values() if one.visits_log_sd is not None]
    own = known.visits_log_sd if known else None
    return max(spreads) if own is None else own
