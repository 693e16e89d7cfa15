"""Observables: what a run says of each quantity, against numbers worked out by hand."""

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from observed_run import HandMade, a_figure, hand_made

from sim.evidence.figures import load_figures
from sim.evidence.quantities import load_quantities
from sim.experiments.measures import QUANTITIES
from sim.experiments.observables import NO_FUNCTION, observe
from sim.experiments.weekly import NotModelledError

MAY_2024 = date(2024, 4, 29)
"""A Monday: five weeks from it hold all of May 2024, which begins on a Wednesday."""


def says(run: HandMade, *asked: str, **more: Any) -> list[float]:
    """Return what the replicates say of entity, quantity, unit, period."""
    entity, quantity, unit, period = asked
    values = observe(run, a_figure(entity, quantity, unit, period, **more))
    return [float(value) for value in values]


def refusal(run: HandMade, *asked: str, **more: Any) -> str:
    with pytest.raises(NotModelledError) as caught:
        says(run, *asked, **more)
    return str(caught.value)


def zhipu(**columns: Any) -> dict[str, Any]:
    return {"firm": "zhipu", **columns}


def test_flow_counts_a_week_by_its_days_inside_the_period() -> None:
    run = hand_made(MAY_2024, 5, firms=[zhipu(cost_rd_compute_cny=[7.0, 70.0, 0, 0, 14.0])])
    # The first week lends 5 of its days to May, the last one 5 (27 to 31 May).
    asked = ("firm:zhipu", "rd_compute_cost", "CNY", "2024-05")
    assert says(run, *asked, statistic="sum") == pytest.approx([5 + 70 + 10])


def test_flow_within_a_week_is_its_share_of_the_week() -> None:
    run = hand_made(MAY_2024, 5, firms=[zhipu(cost_rd_compute_cny=[0, 70.0, 0, 0, 0])])
    asked = ("firm:zhipu", "rd_compute_cost", "CNY")
    assert says(run, *asked, "2024-05-07", statistic="sum") == pytest.approx([10])
    assert says(run, *asked, "2024-05-05..2024-05-07", statistic="sum") == pytest.approx([20])


def test_level_is_the_mean_over_days() -> None:
    run = hand_made(MAY_2024, 5, apps=[{"app": "kimi", "dau": [31.0, 0, 0, 0, 62.0]}])
    expected = (5 * 31 + 5 * 62) / 31
    assert says(run, "app:kimi", "daily_active_users", "users", "2024-05") == [expected]


def test_weeks_before_a_launch_are_left_out_of_a_mean() -> None:
    rows = [{"app": "kimi", "dau": 8.0, "week": week} for week in (3, 4)]
    run = hand_made(MAY_2024, 5, apps=[*rows, {"app": "doubao", "dau": 1.0}])
    assert says(run, "app:kimi", "daily_active_users", "users", "2024-05") == [8]


def test_monthly_users_are_read_at_the_end_of_each_month() -> None:
    run = hand_made(
        date(2024, 4, 1), 14, apps=[{"app": "kimi", "mau": [float(k) for k in range(14)]}]
    )
    # 30 April lies in week 4, 31 May in week 8, 30 June in week 12.
    asked = ("app:kimi", "monthly_active_users", "users")
    assert says(run, *asked, "2024-05") == [8]
    assert says(run, *asked, "2024-Q2") == [8]
    assert says(run, *asked, "2024-06", statistic="last") == [12]
    assert says(run, *asked, "2024-05..2024-06", statistic="change") == [12 - 8]
    assert says(run, *asked[:2], "ratio", "2024-05..2024-06", statistic="change") == [12 / 8]
    assert says(run, *asked[:2], "percent", "2024-06", statistic="change") == [50]


def test_users_of_all_apps_count_a_person_once() -> None:
    run = hand_made(MAY_2024, 5, market=[{"users_any_app": 9.0, "single_homing_share": 0.6}])
    assert says(run, "app:all", "monthly_active_users", "users", "2024-05") == [9]
    assert says(run, "app:all", "single_homing_share", "percent", "2024-05") == pytest.approx([60])


def test_price_on_a_day_is_that_of_the_week_that_holds_it() -> None:
    run = hand_made(MAY_2024, 5, firms=[zhipu(price_input_cny_per_mtok=[5.0, 4.0, 3.0, 2.0, 1.0])])
    asked = ("firm:zhipu", "api_price_input", "CNY_per_1M_tokens")
    assert says(run, *asked, "2024-05-12", statistic="last") == [4]
    assert says(run, *asked, "2024-05-13", statistic="last") == [3]
    assert says(run, *asked, "2024-05", statistic="last") == [1]


def test_models_stand_for_the_tier_of_their_firm() -> None:
    prices = {
        "price_input_cny_per_mtok": 1.0,
        "price_output_cny_per_mtok": 2.0,
        "flagship_price_input_cny_per_mtok": 100.0,
        "flagship_price_output_cny_per_mtok": 200.0,
    }
    run = hand_made(MAY_2024, 5, firms=[zhipu(**prices)])
    unit, day = "CNY_per_1M_tokens", "2024-05-23"
    assert says(run, "model:GLM-3-Turbo", "api_price_input", unit, day) == [1]
    assert says(run, "model:GLM-3-Turbo", "api_price_output", unit, day) == [2]
    assert says(run, "model:GLM-4", "api_price_input", unit, day) == [100]
    assert says(run, "model:GLM-4", "api_price_output", unit, day) == [200]
    assert says(run, "firm:zhipu", "flagship_price_input", unit, day) == [100]
    assert "'GPT-4'" in refusal(run, "model:GPT-4", "api_price_input", unit, day)


def test_market_price_is_the_mean_over_those_who_sell() -> None:
    firms: list[dict[str, Any]] = [
        zhipu(flagship_price_input_cny_per_mtok=100.0, price_input_cny_per_mtok=4.0),
        {"firm": "baidu", "flagship_price_input_cny_per_mtok": 120.0},
        {"firm": "deepseek"},
    ]
    run = hand_made(MAY_2024, 5, firms=firms)
    asked = ("market:china", "api_price_input", "CNY_per_1M_tokens", "2024-05")
    assert says(run, *asked, panel="flagship_mean") == [110]
    assert says(run, *asked) == [4]


def test_cut_is_the_largest_fall_from_the_highest_price_so_far() -> None:
    prices = [10.0, 10.0, 12.0, 3.0, 6.0]
    run = hand_made(MAY_2024, 5, firms=[zhipu(price_input_cny_per_mtok=prices)])
    assert says(run, "firm:zhipu", "api_price_cut", "percent", "2024-05") == pytest.approx([75])
    raised_later = [10.0, 10.0, 8.0, 20.0, 20.0]
    run = hand_made(MAY_2024, 5, firms=[zhipu(price_input_cny_per_mtok=raised_later)])
    assert says(run, "firm:zhipu", "api_price_cut", "percent", "2024-05") == pytest.approx([20])


def test_cut_of_an_entrant_is_against_the_mean_flagship_of_the_others() -> None:
    firms: list[dict[str, Any]] = [
        {
            "firm": "bytedance",
            "price_input_cny_per_mtok": [None, None, 0.8, 0.8, 0.8],
            "flagship_price_input_cny_per_mtok": 9.0,
        },
        {"firm": "baidu", "flagship_price_input_cny_per_mtok": 120.0},
        {"firm": "tencent", "flagship_price_input_cny_per_mtok": 100.0},
    ]
    run = hand_made(MAY_2024, 5, firms=firms)
    asked = ("firm:bytedance", "api_price_cut", "percent", "2024-05")
    assert says(run, *asked) == pytest.approx([100 * (1 - 0.8 / 110)])


def test_cut_of_a_sector_is_the_mean_over_those_who_cut() -> None:
    firms: list[dict[str, Any]] = [
        {"firm": "baidu", "price_input_cny_per_mtok": [8.0, 8.0, 0.0, 0.0, 0.0]},
        {"firm": "alibaba", "price_input_cny_per_mtok": [10.0, 10.0, 2.0, 2.0, 2.0]},
        {"firm": "huawei", "price_input_cny_per_mtok": 20.0},
        zhipu(price_input_cny_per_mtok=[7.0, 7.0, 7.0, 7.0, 3.5]),
    ]
    run = hand_made(MAY_2024, 5, firms=firms)
    assert says(run, "sector:clouds", "api_price_cut", "percent", "2024-05") == pytest.approx([90])


def test_cuts_in_a_month_are_weeks_in_which_a_list_price_fell() -> None:
    prices = zhipu(
        price_input_cny_per_mtok=[7.0, 5.0, 5.0, 1.0, 2.0],
        flagship_price_input_cny_per_mtok=[100.0, 100.0, 100.0, 100.0, 50.0],
    )
    run = hand_made(MAY_2024, 5, firms=[prices])
    assert says(run, "firm:zhipu", "price_cuts_in_month", "count", "2024-05") == [3]


def test_reported_tokens_include_internal_ones_and_external_do_not() -> None:
    firms = [
        zhipu(tokens_external_per_day=2.0, tokens_internal_per_day=1.0),
        {"firm": "baidu", "tokens_external_per_day": 6.0, "tokens_internal_per_day": 4.0},
    ]
    run = hand_made(MAY_2024, 5, firms=firms)
    daily, total = "token_volume_daily", "token_volume_year"
    assert says(run, "firm:zhipu", daily, "tokens_per_day", "2024-05", panel="reported") == [3]
    assert says(run, "market:china", daily, "tokens_per_day", "2024-05", panel="external") == [8]
    summed = {"panel": "reported", "statistic": "sum"}
    assert says(run, "firm:zhipu", daily, "tokens_per_day", "2024-05", **summed) == [93]
    asked = ("market:china", total, "tokens", "2024-05")
    assert says(run, *asked, panel="external", statistic="sum") == pytest.approx([8 * 31])
    assert says(run, "firm:zhipu", "api_share", "percent", "2024-05") == pytest.approx([25])


def test_growth_is_the_last_part_over_the_first_or_the_one_before() -> None:
    calls = [1.0, 1.0, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0, 6.0]
    run = hand_made(MAY_2024, 9, firms=[zhipu(calls_per_day=calls)])
    asked = ("firm:zhipu", "api_calls_growth", "ratio")
    assert says(run, *asked, "2024-05-21..2024-06-21") == [2]
    assert says(run, *asked, "2024-05-22..2024-06-28") == [3]
    assert says(run, *asked, "2024-06-24") == [1.5]


def test_percent_growth_is_what_came_on_top() -> None:
    mau = [5.0] * 5 + [20.0] * 4
    run = hand_made(date(2024, 4, 29), 9, apps=[{"app": "kimi", "mau": mau}])
    asked = ("app:kimi", "web_visits_growth", "percent", "2024-06")
    assert says(run, *asked, statistic="change") == [300]


def test_books_add_up_lines_of_revenue_and_cost() -> None:
    lines = {
        "revenue_api_cny": 10.0, "revenue_subscription_cny": 1.0, "revenue_deployment_cny": 25.0,
        "revenue_overseas_cny": 2.0, "revenue_attach_cny": 12.0, "cost_rd_compute_cny": 40.0,
        "cost_rd_staff_cny": 20.0, "cost_api_cny": 8.0, "cost_apps_cny": 2.0,
        "cost_deployment_cny": 5.0, "cost_staff_cny": 4.0, "cost_ads_cny": 3.0,
        "cost_marketing_other_cny": 6.0, "cost_other_cny": 1.0, "cash_cny": 77.0,
    }  # fmt: skip
    run = hand_made(date(2024, 4, 1), 13, firms=[zhipu(**lines)])
    weeks = 30 / 7

    def over_june(quantity: str, unit: str = "CNY") -> float:
        (value,) = says(run, "firm:zhipu", quantity, unit, "2024-06", statistic="sum")
        return value

    assert over_june("revenue") == pytest.approx(50 * weeks)
    assert over_june("adjusted_net_loss") == pytest.approx((89 - 50) * weeks)
    assert over_june("rd_expense") == pytest.approx(60 * weeks)
    assert over_june("marketing_expense") == pytest.approx(9 * weeks)
    assert over_june("cash") == 77
    assert over_june("gross_margin:api", "percent") == pytest.approx(20)
    assert over_june("gross_margin:deployment", "percent") == pytest.approx(80)
    assert over_june("deployment_share_of_revenue", "percent") == pytest.approx(50)
    assert over_june("revenue", "USD") == pytest.approx(50 * weeks / 7.1217)
    asked = ("sector:startups", "training_share_of_compute", "percent", "2024-06")
    assert says(run, *asked) == pytest.approx([80])


def test_margin_without_revenue_is_no_number() -> None:
    run = hand_made(MAY_2024, 5, firms=[zhipu(revenue_api_cny=0.0, cost_api_cny=1.0)])
    asked = ("firm:zhipu", "gross_margin:api", "percent", "2024-05")
    assert "no replicate" in refusal(run, *asked)


def test_cost_per_acquisition_is_of_the_panels_channel_or_blended() -> None:
    apps = [{"app": "kimi", "firm": "moonshot", "ad_spend_cny": 90.0, "adds_paid": 2.0}]
    channels = [
        {"channel": "bilibili", "firm": "moonshot", "spend_cny": 30.0, "users": 1.0},
        {"channel": "kuaishou", "firm": "moonshot", "spend_cny": 60.0, "users": 1.0},
        {"channel": "bilibili", "firm": "zhipu", "spend_cny": 800.0, "users": 1.0},
    ]
    run = hand_made(MAY_2024, 5, apps=apps, channels=channels)
    asked = ("app:kimi", "cost_per_acquisition", "CNY", "2024-05")
    assert says(run, *asked) == pytest.approx([45])
    assert says(run, *asked, panel="bilibili") == pytest.approx([30])
    share = ("app:kimi", "channel_share:kuaishou", "percent", "2024-05")
    assert says(run, *share, panel="appgrowing") == pytest.approx([200 / 3])


def test_spend_per_user_gained_counts_from_the_day_before() -> None:
    apps = [{"app": "kimi", "mau": [10.0, 11.0, 12.0, 13.0, 14.0], "ad_spend_cny": 7.0}]
    run = hand_made(MAY_2024, 5, apps=apps)
    asked = ("app:kimi", "ad_spend_per_net_mau", "CNY", "2024-05-06..2024-05-19")
    assert says(run, *asked) == [14 / 2]


def test_a_sector_of_apps_sums_those_that_the_run_has() -> None:
    apps = [{"app": name, "ad_spend_cny": 7.0} for name in ("kimi", "doubao", "talkie")]
    run = hand_made(MAY_2024, 5, apps=apps)
    asked = ("sector:ten_apps", "ad_spend", "CNY", "2024-05")
    assert says(run, *asked, statistic="sum") == pytest.approx([62])


def test_overlap_and_leavers() -> None:
    run = hand_made(
        MAY_2024,
        5,
        apps=[{"app": "kimi", "losses": 10.0}, {"app": "doubao", "losses": 1.0}],
        overlap=[{"app": "doubao", "other": "kimi", "users": 5.0}],
        flows=[{"app_from": "kimi", "app_to": "doubao", "users": 4.0}],
    )
    assert says(run, "apps:kimi+doubao", "overlapping_users", "users", "2024-05") == [5]
    asked = ("app:kimi", "leavers_to:doubao", "percent", "2024-05")
    assert says(run, *asked) == pytest.approx([40])


def test_unit_cost_falls_at_the_quality_that_was_best_at_the_start() -> None:
    firms = [
        zhipu(quality=[0.0, 0, 50, 50, 50], unit_cost_cny_per_mtok=[8.0, 8, 6, 6, 6]),
        {"firm": "baidu", "quality": -10.0, "unit_cost_cny_per_mtok": 0.1},
        {
            "firm": "deepseek",
            "quality": [-50.0, -50, 0, 0, 0],
            "unit_cost_cny_per_mtok": [4.0, 4, 2, 2, 2],
        },
    ]
    run = hand_made(MAY_2024, 5, firms=firms)
    asked = ("market:china", "unit_cost_decline", "percent", "2024-05")
    assert says(run, *asked, statistic="change") == pytest.approx([75])


def test_each_replicate_speaks_for_itself() -> None:
    firms = [
        {"firm": "zhipu", "replicate": 0, "cost_rd_compute_cny": 7.0},
        {"firm": "zhipu", "replicate": 1, "cost_rd_compute_cny": 14.0},
    ]
    run = hand_made(MAY_2024, 5, replicates=2, firms=firms)
    asked = ("firm:zhipu", "rd_compute_cost", "CNY", "2024-05")
    assert says(run, *asked, statistic="sum") == pytest.approx([31, 62])


def test_a_replicate_without_a_price_has_no_number() -> None:
    firms = [
        {"firm": "stepfun", "replicate": 0, "price_input_cny_per_mtok": 5.0},
        {"firm": "stepfun", "replicate": 1},
    ]
    run = hand_made(MAY_2024, 5, replicates=2, firms=firms)
    first, second = says(run, "firm:stepfun", "api_price_input", "CNY_per_1M_tokens", "2024-05-23")
    assert first == 5
    assert math.isnan(second)


def test_what_a_run_cannot_say_comes_with_the_reason() -> None:
    run = hand_made(MAY_2024, 5, firms=[zhipu(cost_rd_compute_cny=1.0)])
    cost = ("rd_compute_cost", "CNY")
    assert "covers 2024-04-29 to 2024-06-02, not 2024" in refusal(run, "firm:zhipu", *cost, "2024")
    price = ("api_price_input", "CNY_per_1M_tokens")
    late = refusal(run, "firm:zhipu", *price, "2024-06-20", statistic="last")
    assert "covers 2024-04-29 to 2024-06-02, not 2024-06-20" in late
    assert "no firm 'minimax'" in refusal(run, "firm:minimax", *cost, "2024-05")
    assert "not for app:kimi" in refusal(run, "app:kimi", *cost, "2024-05")
    assert "not in percent" in refusal(run, "firm:zhipu", cost[0], "percent", "2024-05")
    assert "'fame' is not defined" in refusal(run, "firm:zhipu", "fame", "count", "2024-05")
    asked = ("app:kimi", "monthly_active_users", "users", "2024-05")
    assert "did not record the table apps" in refusal(run, *asked)
    assert "single users" in refusal(
        run, "market:china", "free_tier_max_user_share", "percent", "2024-05"
    )


def test_every_defined_quantity_has_a_function_or_a_reason() -> None:
    names = {row.quantity: row.quantity.partition(":")[0] for row in load_quantities()}
    assert set(QUANTITIES) | set(NO_FUNCTION) >= {
        name if quantity not in NO_FUNCTION else quantity for quantity, name in names.items()
    }
    assert not set(QUANTITIES) & set(NO_FUNCTION)
    assert set(QUANTITIES) <= set(names.values())


def test_at_most_a_tenth_of_the_scored_figures_has_no_function() -> None:
    scored = [figure for figure in load_figures() if figure.use in ("fit", "validate")]
    without = [f for f in scored if f.quantity.partition(":")[0] not in QUANTITIES]
    assert len(without) <= 0.1 * len(scored)


def test_values_are_floats_one_a_replicate() -> None:
    run = hand_made(MAY_2024, 5, replicates=3, firms=[zhipu(tender_wins=2)])
    asked = a_figure("firm:zhipu", "tender_wins", "count", "2024-05", statistic="sum")
    values = observe(run, asked)
    assert values.dtype == np.float64
    assert values.shape == (3,)
