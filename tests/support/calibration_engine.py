"""An engine for calibrations that worker processes can import: users follow from two parameters."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from math import exp
from pathlib import Path
from typing import Any

import numpy as np

from sim.core.streams import Streams
from sim.core.tables import TABLES
from sim.evidence.figures import Figure, load_figures
from sim.scenario import Scenario

HEAD = "id,source,entity,quantity,value,unit,period,panel,statistic,qualifier,use,mechanism,note"
SPACE = ("parameters.organic=0:0.04", "parameters.word_of_mouth=0:0.03", "parameters.renewal=0.3:1")
"""Of the third no figure says anything."""

LUCK = 0.05
DEFAULTS: Mapping[str, Any] = {"int": 1, "float": 0.5, "text": "", "flag": False}

OnWeek = Callable[[int, int], None] | None


def users(organic: float, word_of_mouth: float) -> dict[str, float]:
    """Return the users that the engine's apps have without luck."""
    x, y = organic / 0.02 - 1.0, word_of_mouth / 0.015 - 1.0
    return {"kimi": 1e6 * exp(0.8 * x + 0.2 * y), "doubao": 4e6 * exp(0.7 * y + 0.1 * x * y)}


def simulate(
    scenario: Scenario,
    seed: int,
    replicate: int,
    tables: frozenset[str] | None = None,
    on_week: OnWeek = None,
    threads: int = 1,
) -> dict[str, dict[str, Any]]:
    """Record users that stand still, with a luck of five percent for each app."""
    mondays = [
        scenario.start + timedelta(weeks=i)
        for i in range((scenario.end - scenario.start).days // 7)
    ]
    said = scenario.flat()
    known = users(float(said["parameters.organic"]), float(said["parameters.word_of_mouth"]))
    recorded = {table: _rows(table, [], replicate) for table in tables or TABLES}
    recorded["market"] = _rows("market", mondays, replicate)
    recorded["firms"] = _rows("firms", mondays, replicate)
    parts = []
    for app, count in known.items():
        rows = _rows("apps", mondays, replicate)
        luck = exp(LUCK * Streams(seed, replicate).normal("luck", app, 0))
        rows["app"], rows["mau"] = [app] * len(mondays), [round(count * luck)] * len(mondays)
        parts.append(rows)
    recorded["apps"] = {
        name: np.concatenate([np.asarray(rows[name]) for rows in parts]).tolist()
        for name in parts[0]
    }
    return {name: recorded[name] for name in tables or TABLES}


def figures(folder: Path, organic: float, word_of_mouth: float) -> tuple[Figure, ...]:
    """Return what two parameters make, as figures to aim at."""
    rows = [
        f"{app},mine,app:{app},monthly_active_users,{count:.0f},users,2023-{month},,mean,exact,fit,,"
        for month in ("08", "09")
        for app, count in users(organic, word_of_mouth).items()
    ]
    rows = [row.replace(",", f"{number},", 1) for number, row in enumerate(rows)]
    file = folder / "mine.csv"
    file.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return load_figures(file)


def _rows(table: str, mondays: list[Any], replicate: int) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for column in TABLES[table]:
        value = mondays if column.kind == "date" else [DEFAULTS[column.kind]] * len(mondays)
        columns[column.name] = list(value)
    columns["replicate"] = [replicate] * len(mondays)
    return columns
