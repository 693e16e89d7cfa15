"""When a startup stops to buy users: a bound that it keeps to, whatever the luck."""

import polars as pl
import pytest
from small_market import NO_ROUNDS, of, small, switched_off, tables


@pytest.mark.claim(id="M34")
@pytest.mark.parametrize("ratio", [0.5, 6.0])
def test_a_user_that_costs_too_much_for_its_worth_is_not_bought(ratio: float) -> None:
    """Stop rule on: no startup buys above the ratio; backed firms and the rule off are free."""
    changes = {
        **NO_ROUNDS,
        "parameters.dearest_user": 1.0,
        "parameters.ad_user_value": 10.0 * ratio,
    }
    startups = ("moonshot", "zhipu", "minimax")
    for off in ((), ("unit_economics_stop",)):
        run = tables(small({**changes, **switched_off(*off)}, weeks=15), names=("apps",))["apps"]
        spent = float(run.filter(pl.col("firm").is_in(startups))["ad_spend_cny"].sum())
        stops = ratio < 1.0 and not off
        assert (spent == 0.0) == stops
        assert of(run, firm="bytedance")["ad_spend_cny"].sum() > 0.0
