"""Claims about training and reasoning whose numbers are known: a share, a lag, a cost."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from small_market import NO_ROUNDS, of, small, switched_off, tables, watch

from sim.engine.state import Engine

F64 = NDArray[np.float64]
Look = Callable[[Engine], Any]
QUIET: dict[str, Any] = {**NO_ROUNDS, **switched_off("poaching", "stop_pretraining")}
"""No rounds, no moves, nobody stops: what is left is the claim."""
EARLY_REASONING: dict[str, Any] = {"shock.o1_preview.date": date(2023, 7, 10)}


def weekly(changes: Mapping[str, Any], look: Look, weeks: int = 45, seed: int = 1) -> list[Any]:
    """Return what one sees each week of a small market."""
    seen: list[Any] = []
    watch(small(changes, weeks), lambda engine: seen.append(look(engine)), seed)
    return seen


def last(changes: Mapping[str, Any], look: Look, weeks: int = 45, seed: int = 1) -> Any:
    return weekly(changes, look, weeks, seed)[-1]


@cache
def number(firm: str) -> int:
    return list(small({}, 1).firms).index(firm)


@pytest.mark.claim(id="M54")
def test_m54_stopping_saves_most_of_training() -> None:
    """Compute falls to a quarter; in all, burn falls by more than half where training led it."""
    stops = {**QUIET, "mechanisms.stop_pretraining": True, **switched_off("overseas")}
    stops |= {"firms.zhipu.research.strategy": "stop_on_runway"}
    stops |= {"firms.zhipu.research.stop_below": 36.0, "parameters.stop_hazard": 0.1}

    def look(engine: Engine) -> float:
        return float(engine.firms.books.research_week[number("zhipu")])

    spend = weekly(stops, look, 40)
    (fall,) = [week for week in range(1, 40) if spend[week] < 0.3 * spend[week - 1]]
    assert spend[fall] == pytest.approx(0.25 * spend[fall - 1], rel=0.05)
    off = weekly({**stops, **switched_off("pretraining_share")}, look, 40)
    assert off[fall] > 0.9 * off[fall - 1]


@pytest.mark.claim(id="M58")
def test_m58_a_final_run_costs_a_fifth_of_the_research_behind_it() -> None:
    sure = {**QUIET, "parameters.run_failure": 0.05, **switched_off("gpu_market")}
    run = tables(small(sure, 30), names=["releases", "firms"])
    first = of(run["releases"], firm="alibaba").sort("date").row(0, named=True)
    before = of(run["firms"], firm="alibaba").filter(pl.col("date") < first["date"])
    spent = before["cost_rd_compute_cny"].to_numpy().sum()
    assert first["research_cost_cny"] == pytest.approx(spent)
    assert first["run_cost_cny"] == pytest.approx(0.2 * spent)


@pytest.mark.claim(id="M59")
def test_m59_a_longer_imitation_lag_lets_the_first_lead_longer() -> None:
    def look(engine: Engine) -> NDArray[np.int64]:
        return engine.firms.tech.reasons_from[engine.firms.tech.pretraining]

    lead = {
        weeks: np.ptp(
            last({**QUIET, **EARLY_REASONING, "parameters.imitation_weeks": weeks}, look, 3)
        )
        for weeks in (4.0, 8.0, 26.0)
    }
    assert lead[4.0] < lead[8.0] < lead[26.0]
    off = last({**QUIET, **EARLY_REASONING, **switched_off("imitation_lag")}, look, 3)
    assert np.ptp(off) == 0
