"""Any file of the documented grammar is answered row by row: by a number, or by a reason."""

from datetime import date
from itertools import product
from math import isfinite

import numpy as np
import pytest
from observed_run import a_figure

from sim import Scenario, run
from sim.evidence.figures import Figure
from sim.evidence.quantities import Quantity, load_quantities, load_sectors
from sim.experiments.observables import NO_FUNCTION, observe
from sim.experiments.scoring import ScoreRow, score_rows
from sim.results.run import Run

SMALL = {
    "end": date(2024, 9, 30),
    "consumers.people_per_agent": 100_000,
    "accounts.count": 200,
    "mechanisms.price_war": False,
}
ENTITIES = {
    "app:ID": ("app:kimi", "app:doubao", "app:talkie", "app:nobody"),
    "app:all": ("app:all",),
    "firm:ID": ("firm:zhipu", "firm:bytedance", "firm:deepseek", "firm:openai"),
    "sector:ID": (*(f"sector:{name}" for name in load_sectors()), "sector:nothing"),
    "sector:startups": ("sector:startups",),
    "market:china": ("market:china",),
    "apps:A+B": ("apps:kimi+doubao", "apps:kimi+kimi", "apps:kimi+nobody"),
    "model:NAME": ("model:GLM-4", "model:QWEN-MAX", "model:unheard-of"),
}
NAMES = {
    "leavers_to:APP": ("leavers_to:doubao", "leavers_to:nobody"),
    "channel_share:CHANNEL": ("channel_share:kuaishou", "channel_share:nothing"),
    "retention_day_N": ("retention_day_1", "retention_day_30", "retention_day_900"),
    "strategic_investment:FIRM": ("strategic_investment:alibaba", "strategic_investment:nobody"),
    "stake:FIRM": ("stake:tencent", "stake:nobody"),
}
PERIODS = (
    "2022", "2023", "2023-07-03", "2023-H2", "2023-Q4", "2024-H1", "2024-Q2", "2024-06",
    "2024-05-15", "2023-12..2024-02", "2023-08-15..2024-05-20", "2023-Q4..2024-Q2", "2026-H1",
)  # fmt: skip
PANELS = ("", "questmobile", "aicpb", "external", "bilibili", "flagship_mean", "somebody")
QUALIFIERS = ("exact", "approx", "at_least", "goal", "rumour", "forecast", "derived")
VALUES = (0.0, 1.0, 60.0, -20.0, 1e6)
STATISTICS = ("mean", "last", "sum", "change")


@pytest.fixture(scope="module")
def market() -> Run:
    return run(Scenario.load("baseline").with_(SMALL), replicates=2, seed=3)


def figures_of(quantity: Quantity) -> list[Figure]:
    """Return one figure of each way in which a quantity may be asked."""
    names = NAMES.get(quantity.quantity, (quantity.quantity,))
    entities = [entity for form in quantity.entities for entity in ENTITIES[form]]
    found = []
    for number, (name, entity, period, statistic) in enumerate(
        product(names, entities, PERIODS, STATISTICS)
    ):
        more = ("ratio", "percent") if statistic == "change" else ()
        units = (*quantity.units, *more)
        figure = a_figure(
            entity, name, units[number % len(units)], period, id=f"{quantity.quantity} {number}",
            value=VALUES[number % len(VALUES)], panel=PANELS[number % len(PANELS)],
            qualifier=QUALIFIERS[number % len(QUALIFIERS)], statistic=statistic, use="mine",
        )  # fmt: skip
        found.append(figure)
    return found


def is_answered(row: ScoreRow) -> bool:
    numbers = (row.median, row.lo50, row.hi50, row.lo90, row.hi90, row.crps)
    if any(one is None for one in numbers):
        return all(one is None for one in numbers) and bool(row.reason)
    assert row.median is not None
    has_error = (row.log_error is None) != (row.absolute_error is None)
    return all(isfinite(one or 0.0) for one in numbers) and (has_error or row.median <= 100)


@pytest.mark.filterwarnings("error")
def test_every_row_of_the_grammar_has_finite_numbers_or_a_reason(market: Run) -> None:
    silent = []
    for quantity in load_quantities():
        rows = score_rows(market, figures_of(quantity), market)
        assert [row for row in rows if not is_answered(row)] == []
        if all(row.median is None for row in rows):
            silent.append(quantity.quantity)
    assert silent == list(NO_FUNCTION)


@pytest.mark.parametrize(
    ("entity", "quantity", "unit", "says"),
    [
        ("app:kimmi", "monthly_active_users", "users", "did you mean 'kimi'?"),
        ("app:Kimi", "monthly_active_users", "users", "did you mean 'kimi'?"),
        ("app:talkie", "monthly_active_users", "users", "an app abroad"),
        ("app:kimi", "monthly_activ_users", "users", "did you mean 'monthly_active_users'?"),
        ("kimi", "monthly_active_users", "users", "defined for app:ID or app:all, not for kimi"),
        ("app:kimi", "monthly_active_users", "people", "comes in users, not in people"),
        ("sector:ten_apps", "investment_amount", "CNY", "there are clouds, startups, model_firms"),
        ("model:qwen-maxi", "api_price_input", "CNY_per_1M_tokens", "did you mean 'qwen-max'?"),
        ("app:kimi", "leavers_to:nobody", "percent", "no app 'nobody'"),
        ("app:kimi", "channel_share:kuaisho", "percent", "did you mean 'kuaishou'?"),
        ("app:kimi", "retention_day_soon", "percent", "is not defined"),
        ("firm:zhipu", "gross_margin:ads", "percent", "is not defined"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_grammar_is_told_with_what_is(
    market: Run, entity: str, quantity: str, unit: str, says: str
) -> None:
    (row,) = score_rows(market, [a_figure(entity, quantity, unit, "2024-05")])
    assert (row.status, row.median) == ("not modelled", None)
    assert says in row.reason


def test_parts_of_a_year_add_up_to_it(market: Run) -> None:
    def spent(*periods: str) -> list[float]:
        asked = [
            a_figure("app:kimi", "ad_spend", "CNY", period, statistic="sum") for period in periods
        ]
        values = [observe(market, figure) for figure in asked]
        return [float(value) for value in np.sum(values, axis=0)]

    assert min(spent("2024-H1")) > 0
    assert spent("2024-Q1", "2024-Q2") == pytest.approx(spent("2024-H1"), rel=1e-9)
    assert spent("2024-04", "2024-05", "2024-06") == pytest.approx(spent("2024-Q2"), rel=1e-9)
