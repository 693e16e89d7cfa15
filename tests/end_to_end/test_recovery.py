"""Synthetic recovery: markets simulated at known parameters, calibrated to their own figures."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from small_market import small

pytest.importorskip("sklearn")

from sim.evidence.figures import Figure, load_figures
from sim.experiments.calibrate import calibrate
from sim.experiments.design import from_unit, unit_sample
from sim.experiments.ensemble import run
from sim.experiments.observables import observe
from sim.scenario import Scenario
from sim.scenario.ranges import read_ranges

CASES, RUNS = 10, 150
HEAD = "id,source,entity,quantity,value,unit,period,panel,statistic,qualifier,use,mechanism,note"
SPACE = (
    "parameters.word_of_mouth=0:0.03",
    "parameters.push_base=0.3:2",
    "parameters.retention_beta=0.6:2",
    "parameters.internal_opening=0.03:0.2",
    "parameters.main_cost_opening=2:8",
    "parameters.organic=0.003:0.05",
)
ASKED = (
    ("app:kimi", "monthly_active_users", "users", "2023-12"),
    ("app:doubao", "monthly_active_users", "users", "2023-10"),
    ("app:doubao", "monthly_active_users", "users", "2024-02"),
    ("app:wenxiaoyan", "monthly_active_users", "users", "2023-12"),
    ("app:spark", "monthly_active_users", "users", "2024-02"),
    ("firm:bytedance", "token_volume_daily", "tokens_per_day", "2024-02"),
    ("firm:baidu", "token_volume_daily", "tokens_per_day", "2024-02"),
    ("firm:zhipu", "api_price_input", "CNY_per_1M_tokens", "2024-02"),
    ("market:china", "token_volume_daily", "tokens_per_day", "2023-12"),
)


def figures(truth: Scenario, seed: int, folder: Path) -> tuple[Figure, ...]:
    """Return what one run at the truth says, as figures to aim at."""
    file = folder / f"{seed}.csv"
    rows = [
        f"f{n},made,{entity},{quantity},1,{unit},{period},,mean,exact,fit,,"
        for n, (entity, quantity, unit, period) in enumerate(ASKED)
    ]
    file.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    said = run(truth, 1, seed=seed)
    values = [float(observe(said, one)[0]) for one in load_figures(file)]
    known = [row.replace(",1,", f",{value!r},", 1) for row, value in zip(rows, values, strict=True)]
    file.write_text("\n".join([HEAD, *known]) + "\n", encoding="utf-8")
    return load_figures(file)


@pytest.mark.slow
def test_truth_lies_inside_the_posterior_as_often_as_it_says(tmp_path: Path) -> None:
    market = small(weeks=40)
    inputs = read_ranges(market, SPACE)
    truths = from_unit(inputs, unit_sample("lhs", len(inputs), CASES, seed=11))
    inside, narrowed = [], []
    for case, values in enumerate(truths):
        truth = market.with_({one.key: v for one, v in zip(inputs, values, strict=True)})
        found = calibrate(
            market, figures(truth, 900 + case, tmp_path), RUNS, SPACE, "process:2",
            tmp_path / f"case-{case}", seed=case,
        )  # fmt: skip
        for one, value in zip(inputs, values, strict=True):
            row = found.by_parameter.filter(pl.col("key") == one.key).to_dicts()[0]
            inside.append(row["q05"] <= value <= row["q95"])
            narrowed.append(row["narrowed"])
    assert np.mean(inside) >= 0.85
    # Intervals that hold the truth because they are as wide as the prior would prove nothing.
    assert np.mean(narrowed) > 0.2
