"""Observables of rounds, stakes, exits and tenders, against numbers worked out by hand."""

from datetime import date
from typing import Any

from observed_run import HandMade, a_figure, hand_made

from sim.experiments.observables import observe

START = date(2024, 4, 29)
MAY = "2024-05"


def says(run: HandMade, entity: str, quantity: str, unit: str, period: str = MAY) -> list[float]:
    figure = a_figure(entity, quantity, unit, period, statistic="last")
    return [round(value, 9) for value in observe(run, figure).tolist()]


def closed(firm: str, week: int, size: float, **more: Any) -> dict[str, Any]:
    return {
        "firm": firm, "week": week, "size_cny": size, "pre_money_cny": 5 * size, "failed": False,
        "lead": "rmb_vc_01", **more,
    }  # fmt: skip


def test_rounds_of_the_period_are_summed_and_failed_ones_left_out() -> None:
    rounds = [
        closed("moonshot", 1, 100.0),
        closed("moonshot", 3, 30.0, lead="alibaba", replicate=0),
        closed("moonshot", 3, 7000.0, failed=True),
        closed("zhipu", 2, 500.0),
    ]
    firms = [{"firm": "moonshot"}, {"firm": "zhipu"}]
    run = hand_made(START, 9, replicates=2, firms=firms, rounds=rounds)
    assert says(run, "firm:moonshot", "round_size", "CNY") == [130, 100]
    assert says(run, "firm:moonshot", "round_size", "CNY", "2024-06") == [0, 0]
    assert says(run, "firm:moonshot", "strategic_investment:alibaba", "CNY") == [30, 0]
    assert says(run, "sector:startups", "investment_amount", "CNY") == [630, 600]
    assert says(run, "firm:moonshot", "pre_money_valuation", "CNY", "2024-06") == [150, 500]


def test_valuations_stand_at_the_periods_end() -> None:
    firms: list[dict[str, Any]] = [
        {"firm": "zhipu", "post_money_cny": [7e9, 7e9, 7e9, 7e9, 23e9]},
        {"firm": "moonshot", "post_money_cny": 20e9},
        {"firm": "stepfun", "post_money_cny": 2e9},
        {"firm": "01ai"},
        {"firm": "alibaba", "post_money_cny": 900e9},
    ]
    run = hand_made(START, 5, firms=firms)
    assert says(run, "firm:zhipu", "post_money_valuation", "CNY") == [23e9]
    assert says(run, "sector:startups", "mean_post_money_valuation", "CNY") == [15e9]
    assert says(run, "sector:startups", "n_over_20bn_cny", "count") == [2]


def test_stakes_are_those_last_recorded() -> None:
    stakes = [
        {"firm": "moonshot", "investor": "alibaba", "week": 1, "share": 0.36},
        {"firm": "moonshot", "investor": "founders", "week": 1, "share": 0.64},
        {"firm": "zhipu", "investor": "alibaba", "week": 1, "share": 0.1},
        {"firm": "zhipu", "investor": "alibaba", "week": 2, "share": 0.0},
        {"firm": "zhipu", "investor": "state_fund_01", "week": 2, "share": 1.0},
    ]
    firms = [{"firm": "moonshot"}, {"firm": "zhipu"}]
    run = hand_made(START, 5, firms=firms, stakes=stakes)
    assert says(run, "firm:moonshot", "stake:alibaba", "percent") == [36]
    assert says(run, "firm:zhipu", "stake:alibaba", "percent") == [0]
    assert says(run, "sector:startups", "n_with_strategic_stake", "count") == [1]


def test_counts_of_firms_at_the_periods_end() -> None:
    firms: list[dict[str, Any]] = [
        {"firm": "zhipu", "pretraining": True},
        {"firm": "baichuan", "pretraining": [True, True, True, False, False]},
        {"firm": "01ai", "pretraining": False},
        {"firm": "minimax", "pretraining": True, "revenue_overseas_cny": 3.0},
        {"firm": "alibaba", "pretraining": False},
    ]
    exits = [
        {"firm": "baichuan", "week": 2, "kind": "sold_gpus"},
        {"firm": "baichuan", "week": 3, "kind": "sold_gpus"},
        {"firm": "01ai", "week": 3, "kind": "overseas"},
        {"firm": "zhipu", "week": 8, "kind": "overseas"},
    ]
    run = hand_made(
        START, 9, firms=[_longer(row) for row in firms], exits=exits,
        market=[{"independent_startups": [6] * 8 + [5]}],
    )  # fmt: skip
    startups = "sector:startups"
    assert says(run, startups, "n_stopped_pretraining", "count") == [2]
    assert says(run, startups, "n_sold_gpus", "count") == [1]
    assert says(run, startups, "n_overseas", "count") == [2]
    assert says(run, startups, "n_overseas", "count", "2024-06") == [3]
    assert says(run, startups, "n_independent", "count") == [6]
    assert says(run, "market:china", "n_pretraining", "count") == [2]
    assert says(run, "market:china", "share_abandoning_pretraining", "percent") == [60]


def _longer(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose lists last nine weeks."""
    return {
        name: cell + [cell[-1]] * (9 - len(cell)) if isinstance(cell, list) else cell
        for name, cell in row.items()
    }


def test_tenders_are_counted_summed_and_averaged() -> None:
    tenders = [
        {"firm": "zhipu", "week": 1, "price_cny": 10.0},
        {"firm": "baidu", "week": 2, "price_cny": 2.0, "replicate": 0},
        {"firm": "baidu", "week": 6, "price_cny": 3.0},
    ]
    firms = [{"firm": "zhipu", "tender_wins": [0, 1, 0, 0, 0, 0, 0, 0, 0]}]
    run = hand_made(START, 9, replicates=2, firms=firms, tenders=tenders)
    china = "market:china"
    assert says(run, china, "n_tenders", "count") == [2, 1]
    assert says(run, china, "tender_amount", "CNY") == [12, 10]
    assert says(run, china, "tender_contract_price", "CNY") == [6, 10]
    assert says(run, china, "tender_price_ratio", "ratio", "2024-05..2024-06") == [0.5, 0.3]
    assert says(run, "firm:zhipu", "tender_wins", "count") == [1, 1]


def test_final_run_is_that_of_the_last_release() -> None:
    releases = [
        {"firm": "deepseek", "week": 0, "run_cost_cny": 9e6},
        {"firm": "deepseek", "week": 3, "run_cost_cny": 40e6},
        {"firm": "zhipu", "week": 4, "run_cost_cny": 70e6},
    ]
    run = hand_made(START, 5, firms=[{"firm": "deepseek"}, {"firm": "zhipu"}], releases=releases)
    assert says(run, "firm:deepseek", "final_run_cost", "CNY") == [40e6]
    (usd,) = says(run, "firm:deepseek", "final_run_cost", "USD")
    assert 5e6 < usd < 6e6


def test_final_runs_are_a_share_of_all_research_compute() -> None:
    firms = [{"firm": "zhipu", "cost_rd_compute_cny": 50e6}]
    releases = [{"firm": "zhipu", "week": 2, "run_cost_cny": 60e6}]
    run = hand_made(START, 5, firms=firms, releases=releases)
    may = 50e6 * 31 / 7
    (share,) = says(run, "sector:startups", "final_run_share_of_rd_compute", "percent")
    assert abs(share - 100 * 60e6 / may) < 0.5
