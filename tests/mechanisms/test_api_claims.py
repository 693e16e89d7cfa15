"""Claims about buyers of API tokens, where chance plays no part or one run says it all."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from small_market import NOTHING, of, small, switched_off, tables, watch

from sim.engine.simulation import open_market
from sim.engine.state import Engine
from sim.engine.steps.api import hear_of_open_weights, serve

FREE_BAIDU: dict[str, Any] = {"firms.baidu.main_price_cny_per_mtok": 0.0}


def opened(changes: Mapping[str, Any] = NOTHING, *off: str) -> Engine:
    """Return a market before its first week."""
    return open_market(small({**changes, **switched_off(*off)}), 1, 0)


@pytest.mark.claim(id="M08")
def test_free_small_model_leaves_the_flagship_price() -> None:
    free, paid = (
        of(tables(small(one, 8), names=["firms"])["firms"], firm="baidu")
        for one in (FREE_BAIDU, {})
    )
    flagship = "flagship_price_input_cny_per_mtok"
    assert free[flagship].to_list() == paid[flagship].to_list()


@pytest.mark.claim(id="M09")
def test_large_accounts_pay_less_than_the_list() -> None:
    def paid(*off: str) -> NDArray[np.float64]:
        engine = opened({"parameters.cache_hits": 0.0}, "open_frontier", *off)
        serve(engine)
        menu = engine.firms.menu
        return np.asarray((menu.effective / menu.price)[engine.flow.volume.sum(1) > 0])

    assert paid("volume_discount") == pytest.approx(1.0)
    assert (paid() < 1.0).any()
    accounts = opened().world.accounts
    top = np.argsort(accounts.size)[-2:]
    assert (accounts.discount[top] > 0.1).all()


def expectations(*off: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what small and large accounts expect to pay after an open release."""
    engine = opened({"accounts.count": 2000}, *off)
    hear_of_open_weights(engine)
    accounts = engine.world.accounts
    large = accounts.size > np.median(accounts.size)
    return accounts.reference[~large], accounts.reference[large]


@pytest.mark.claim(id="M47")
def test_open_release_cuts_the_offer_of_a_large_account_to_a_tenth() -> None:
    _, large = expectations()
    assert set(large.tolist()) == {0.1, 1.0}
    # One in nine is hit, so that the mean falls by a tenth as it does for small accounts.
    chance, n = 1 / 9, len(large)
    assert abs((large < 1).mean() - chance) < 4 * np.sqrt(chance * (1 - chance) / n)
    small_ones, spared = expectations("reference_price_large")
    assert (spared == 1.0).all()
    assert (small_ones < 1.0).all()


@pytest.mark.claim(id="M49")
def test_open_release_lowers_what_small_buyers_expect() -> None:
    assert expectations()[0] == pytest.approx(0.9)
    assert (expectations("reference_price_small")[0] == 1.0).all()


def test_expected_prices_recover() -> None:
    engine = opened()
    hear_of_open_weights(engine)
    before = engine.world.accounts.reference.copy()
    serve(engine)
    after = engine.world.accounts.reference
    assert after == pytest.approx(before + (1.0 - before) / 26.0)


@pytest.mark.claim(id="M46")
def test_larger_accounts_with_engineers_serve_themselves_once_open_weights_are_close() -> None:
    sizes: list[float] = []

    def see(engine: Engine) -> None:
        accounts = engine.world.accounts
        engine.world.frontiers.open_weights = 500.0
        if engine.world.week == 39:
            hosted = accounts.self_hosted
            assert hosted.sum() > 5
            assert (accounts.engineers[hosted] == 1.0).all()
            able = accounts.engineers == 1.0
            sizes.extend((np.log(accounts.size)[hosted].mean(), np.log(accounts.size)[able].mean()))

    watch(small({"accounts.count": 1000, "parameters.self_host_hazard": 0.02}), see)
    assert sizes[0] > sizes[1] + 0.3
