"""The price war is the answer of a rule to a cheap entrant, not a date in a calendar."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from small_market import of, small, switched_off, tables, watch

from sim.engine.state import Engine
from sim.world.firms import MAIN

ENTRY = date(2024, 5, 6)
LATER = ENTRY + timedelta(weeks=8)
ALERT = timedelta(weeks=10)
NO_BYTEDANCE: dict[str, Any] = {
    "firms.bytedance.main_entry": None,
    "shock.doubao_api.remove": True,
}
NO_ENTRANT: dict[str, Any] = {
    **NO_BYTEDANCE,
    "firms.deepseek.main_entry": None,
    "shock.deepseek_v2.remove": True,
}
LATE_ENTRANT: dict[str, Any] = {
    **NO_BYTEDANCE,
    "firms.deepseek.main_entry": LATER,
    "shock.deepseek_v2.date": LATER,
}
SEEDS = (1, 2, 3)


def prices(changes: dict[str, Any], seed: int, weeks: int = 66) -> pl.DataFrame:
    return tables(small(changes, weeks), seed=seed, names=["firms"])["firms"]


def deep_cuts(firms: pl.DataFrame, start: date, end: date) -> dict[str, date]:
    """Return when each firm but DeepSeek first cut its main price by more than half in a week."""
    cuts: dict[str, date] = {}
    for (firm,), rows in firms.group_by(["firm"], maintain_order=True):
        price = rows["price_input_cny_per_mtok"]
        deep = (price < 0.5 * price.shift(1)).fill_null(False)
        days = rows.filter(deep & rows["date"].is_between(start, end))["date"]
        if len(days) and firm != "deepseek":
            cuts[str(firm)] = min(days.to_list())
    return cuts


@pytest.mark.parametrize("seed", SEEDS)
def test_war_breaks_out_within_the_weeks_of_alert_after_the_cheap_entry(seed: int) -> None:
    cuts = deep_cuts(prices(NO_BYTEDANCE, seed), ENTRY, ENTRY + ALERT)
    assert len(cuts) >= 3
    assert set(cuts) & {"alibaba", "baidu", "tencent"}


@pytest.mark.parametrize("seed", SEEDS)
def test_war_moves_with_the_entrant(seed: int) -> None:
    firms = prices(LATE_ENTRANT, seed, weeks=70)
    assert len(deep_cuts(firms, ENTRY, LATER - timedelta(days=1))) <= 1
    late = deep_cuts(firms, LATER, LATER + ALERT)
    assert len(late) >= 2
    early = deep_cuts(prices(NO_BYTEDANCE, seed), ENTRY, ENTRY + ALERT)
    assert min(late.values()) - min(early.values()) >= timedelta(weeks=4)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_entrants_there_is_no_war(seed: int) -> None:
    without = prices(NO_ENTRANT, seed)
    assert len(deep_cuts(without, ENTRY, ENTRY + ALERT)) <= 1
    war, week = prices({}, seed), ENTRY + timedelta(weeks=8)
    for firm in ("alibaba", "baidu", "tencent"):
        (peace,) = of(without, firm=firm, date=week)["price_input_cny_per_mtok"]
        (fought,) = of(war, firm=firm, date=week)["price_input_cny_per_mtok"]
        assert fought < 0.75 * peace, firm


def test_cost_breakthrough_makes_the_entry_cheap() -> None:
    firms = prices(NO_BYTEDANCE, 1)
    plain = prices({**NO_BYTEDANCE, "shock.deepseek_v2.remove": True}, 1)
    (cheap,) = of(firms, firm="deepseek", date=ENTRY)["price_input_cny_per_mtok"]
    (usual,) = of(plain, firm="deepseek", date=ENTRY)["price_input_cny_per_mtok"]
    assert cheap == pytest.approx(0.4 * usual, rel=1e-6)


def test_switched_off_nobody_cuts_by_more_than_half() -> None:
    """A calm review of a price that nobody touched for a year may go that deep; a war is many."""
    off = [prices(switched_off("price_war"), seed) for seed in SEEDS]
    on = [prices({}, seed) for seed in SEEDS]
    calm, war = (
        [len(deep_cuts(firms, date(2024, 5, 1), date(2024, 6, 30))) for firms in runs]
        for runs in (off, on)
    )
    assert sum(calm) <= 1
    assert min(war) >= 3
    for firms in off:
        assert of(firms, firm="deepseek", date=ENTRY)["price_input_cny_per_mtok"].item() < 2.5


def test_switched_off_nobody_is_alert() -> None:
    def calm(engine: Engine) -> None:
        assert (engine.firms.menu.alert_until == -1).all()

    watch(small(switched_off("price_war"), weeks=60), calm)


def test_entrant_alerts_its_rivals_but_not_itself() -> None:
    seen: list[tuple[int, bool, bool]] = []

    def see(engine: Engine) -> None:
        if engine.world.monday == ENTRY:
            alert = engine.firms.menu.alert_until[MAIN]
            entered = engine.firms.menu.entered[MAIN].copy()
            entrant = engine.firms.number("deepseek")
            entered[entrant] = False
            until = engine.world.week + 10
            seen.append((until, bool((alert[entered] == until).all()), alert[entrant] == until))

    watch(small(NO_BYTEDANCE, weeks=46), see)
    assert [(all_rivals, itself) for _, all_rivals, itself in seen] == [(True, False)]
