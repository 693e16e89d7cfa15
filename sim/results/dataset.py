"""The regular tables of a run as one xarray dataset."""

from collections.abc import Mapping

import polars as pl
import xarray

GRIDS = {
    "firms": ("replicate", "date", "firm"),
    "apps": ("replicate", "date", "app"),
    "market": ("replicate", "date"),
}
RENAMED = {("apps", "firm"): "app_firm"}


def to_dataset(tables: Mapping[str, pl.DataFrame]) -> xarray.Dataset:
    """Return the tables that have one row per replicate, week and entity as one dataset.

    A combination without a row is filled with NaN.
    """
    parts = [_grid(name, tables[name]) for name in GRIDS if name in tables]
    return xarray.merge(parts, join="outer")


def _grid(name: str, frame: pl.DataFrame) -> xarray.Dataset:
    keys = GRIDS[name]
    index = [key for key in keys if key in frame.columns]
    renamed = frame.rename({old: new for (table, old), new in RENAMED.items() if table == name})
    indexed = renamed.to_pandas().set_index(index)
    return xarray.Dataset.from_dataframe(indexed)
