"""Paired outcomes as tables: a row per difference, the weeks of it as a fan, every single value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.paired import paired_difference
from sim.experiments.points import Points

if TYPE_CHECKING:
    import polars as pl

F64 = NDArray[np.float64]

WHOLE = "all"
"""What stands in the column `change` for all changes of an alternative together."""

LEVELS = {"lo90": 0.05, "lo50": 0.25, "median": 0.50, "hi50": 0.75, "hi90": 0.95}
FEWEST = 2


@dataclass(frozen=True)
class Side:
    """One scenario beside the base: its place among the points, whose it is, what it changes."""

    number: int
    alternative: str
    change: str = WHOLE


def difference_table(points: Points, sides: Sequence[Side], level: float) -> pl.DataFrame:
    """Return a row per side and outcome; the base is scenario 0 of the points.

    base, value: means over the pairs; difference, low, high: their difference and the paired t
    interval of its mean; better: share of pairs that are better in the outcome's direction, ties
    by half; best: share in which this alternative is the best of all, the base among them (null
    for a change alone); independent_replicates: null where no number of them would do. Numbers
    are null with fewer than two pairs.
    """
    import polars as pl

    best = _shares_best(points, [side for side in sides if side.change == WHOLE])
    rows = [
        {
            "alternative": side.alternative,
            "change": side.change,
            "outcome": outcome.id,
            "unit": outcome.unit,
            "direction": outcome.direction,
            **_compared(
                points.values[0, :, k], points.values[side.number, :, k], level, outcome.sign
            ),
            "best": _number(best[side.number][k]) if side.change == WHOLE else None,
        }
        for side in sides
        for k, outcome in enumerate(points.outcomes)
    ]
    texts = dict.fromkeys(("alternative", "change", "outcome", "unit", "direction"), pl.String)
    numbers = {**dict.fromkeys(_NUMBERS, pl.Float64), "pairs": pl.Int64, "best": pl.Float64}
    return pl.DataFrame(rows, schema={**texts, **numbers})


def fan_table(points: Points, sides: Sequence[Side]) -> pl.DataFrame:
    """Return what whole alternatives differ by week by week: quantiles over the pairs.

    Columns alternative, outcome, date, those of LEVELS. A flow is its running total.
    """
    import polars as pl

    frames = []
    for side in (one for one in sides if one.change == WHOLE):
        pairs = [
            (points.series[0, r], points.series[side.number, r])
            for r in range(points.replicates)
            if (0, r) in points.series and (side.number, r) in points.series
        ]
        if len(pairs) < FEWEST:
            continue
        difference = np.array([other.values - base.values for base, other in pairs])
        for k, outcome in enumerate(points.outcomes):
            known = np.isfinite(difference[:, k]).any(axis=0)
            if not known.any():
                continue
            fan = np.nanquantile(difference[:, k, known], list(LEVELS.values()), axis=0)
            columns = {
                "alternative": [side.alternative] * int(known.sum()),
                "outcome": [outcome.id] * int(known.sum()),
                "date": pl.Series(pairs[0][0].mondays[known].astype("datetime64[ms]")).cast(
                    pl.Date
                ),
                **dict(zip(LEVELS, fan, strict=True)),
            }
            frames.append(pl.DataFrame(columns))
    schema: dict[str, Any] = {"alternative": pl.String, "outcome": pl.String, "date": pl.Date}
    empty = pl.DataFrame(schema={**schema, **dict.fromkeys(LEVELS, pl.Float64)})
    return pl.concat([empty, *frames])


def outcome_table(points: Points, names: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Return every value: scenario, change, replicate, outcome, value; null where there is none.

    names (S,): scenario and change of each of the points.
    """
    import polars as pl

    scenarios, replicates, outcomes = points.values.shape
    each = replicates * outcomes
    ids = [outcome.id for outcome in points.outcomes]
    return pl.DataFrame(
        {
            "scenario": [name for name, _ in names for _ in range(each)],
            "change": [change for _, change in names for _ in range(each)],
            "replicate": np.tile(np.repeat(np.arange(replicates), outcomes), scenarios),
            "outcome": ids * (scenarios * replicates),
            "value": points.values.ravel(),
        }
    ).with_columns(pl.col("value").fill_nan(None))


def _compared(base: F64, other: F64, level: float, sign: int) -> dict[str, float | int | None]:
    known = np.isfinite(base) & np.isfinite(other)
    pairs = int(known.sum())
    if pairs < FEWEST:
        return {**dict.fromkeys(_NUMBERS), "pairs": pairs}
    found = paired_difference(base[known], other[known], level)
    return {
        "base": float(base[known].mean()),
        "value": float(other[known].mean()),
        "difference": found.mean,
        "low": found.low,
        "high": found.high,
        "standard_error": found.standard_error,
        "better": found.better if sign > 0 else 1.0 - found.better,
        "correlation": _number(found.correlation),
        "variance_ratio": found.variance_ratio,
        "independent_replicates": _number(found.independent_replicates),
        "pairs": pairs,
    }


def _shares_best(points: Points, sides: Sequence[Side]) -> dict[int, F64]:
    """Return by scenario the share of replicates in which it is best, (K,); ties are shared."""
    numbers = [0, *(side.number for side in sides)]
    signs = np.array([outcome.sign for outcome in points.outcomes])
    values = points.values[numbers] * signs
    whole = np.isfinite(values).all(axis=0)
    top = values == np.where(whole, values.max(axis=0, initial=-np.inf), np.nan)
    credit = np.where(whole, top / np.maximum(1, top.sum(axis=0)), 0.0).sum(axis=1)
    count = whole.sum(axis=0)
    shares = np.divide(credit, count, out=np.full_like(credit, np.nan), where=count > 0)
    return dict(zip(numbers, shares, strict=True))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


_NUMBERS = (
    "base", "value", "difference", "low", "high", "standard_error", "better", "correlation",
    "variance_ratio", "independent_replicates",
)  # fmt: skip
