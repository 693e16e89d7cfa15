"""Fans over replicates, and thinning: the numbers that pictures and sentences share."""

from collections.abc import Sequence
from datetime import date

import polars as pl

LEVELS = {"lo90": 0.05, "lo50": 0.25, "median": 0.50, "hi50": 0.75, "hi90": 0.95}
MOST_DATES = 66


def fan(frame: pl.DataFrame, value: str, by: Sequence[str] = ("date",)) -> pl.DataFrame:
    """Return the median, 50 % and 90 % interval of `value` over replicates, for each key.

    q_p by linear interpolation between order statistics (Hyndman & Fan 1996, type 7, as numpy).

    Args:
        frame: one row per replicate and key.
        value: the column to summarise; nulls and NaN (before entry) are left out.
        by: the key columns.

    Returns:
        A row per key that has a value, sorted by key, with the key and the columns of LEVELS.
        One replicate: all five are its value.
    """
    return (
        frame.select(*by, pl.col(value).cast(pl.Float64).fill_nan(None))
        .drop_nulls(value)
        .group_by(*by)
        .agg(pl.col(value).quantile(level, "linear").alias(name) for name, level in LEVELS.items())
        .sort(*by)
    )


def spread(values: Sequence[float] | pl.Series) -> dict[str, float]:
    """Return the columns of LEVELS for a plain list of values, as `fan` has them; {} if empty."""
    series = pl.Series("value", values, dtype=pl.Float64).fill_nan(None).drop_nulls()
    if series.is_empty():
        return {}
    quantiles = {name: series.quantile(level, "linear") for name, level in LEVELS.items()}
    return {name: value for name, value in quantiles.items() if value is not None}


def thinned(frame: pl.DataFrame, most: int = MOST_DATES) -> pl.DataFrame:
    """Keep at most `most` evenly spaced dates, the first and the last always among them."""
    dates = frame["date"].unique().sort()
    if dates.len() <= most:
        return frame
    step = (dates.len() - 1) / (most - 1)
    kept = dates.gather([round(i * step) for i in range(most)])
    return frame.filter(pl.col("date").is_in(kept.implode()))


def steps_only(frame: pl.DataFrame, value: str, by: str) -> pl.DataFrame:
    """Keep the rows at which a step line changes, and each group's first and last."""
    frame = frame.sort(by, "date")
    changed = pl.col(value).ne_missing(pl.col(value).shift(1))
    edge = (pl.col("date") == pl.col("date").min()) | (pl.col("date") == pl.col("date").max())
    return frame.filter((changed | edge).over(by))


def last_of_month(frame: pl.DataFrame, when: date, by: Sequence[str]) -> pl.DataFrame:
    """Return each key's last row of the calendar month that `when` lies in."""
    in_month = (pl.col("date").dt.year() == when.year) & (pl.col("date").dt.month() == when.month)
    return frame.filter(in_month).sort("date").group_by(*by, maintain_order=True).last()


def largest(frame: pl.DataFrame, *columns: str) -> float:
    """Return the largest number of some columns; 0 without any."""
    numbers = [value for name in columns for value in frame[name].drop_nulls().to_list()]
    return float(max(numbers, default=0.0))


def at(frame: pl.DataFrame, when: date) -> pl.DataFrame:
    """Return the rows of one week."""
    return frame.filter(pl.col("date") == when)
