"""Claims about funding, runway and exits that are exact statements: chance plays no part."""

from typing import Any

import numpy as np
import pytest
from small_market import small, switched_off

from sim.engine.simulation import open_market
from sim.engine.state import Engine
from sim.engine.steps import exits, funding, rounds


def opened(*off: str, **changes: Any) -> Engine:
    """Return a market before its first week."""
    return open_market(small({**changes, **switched_off(*off)}), 1, 0)


def hazard(engine: Engine, firm: str = "zhipu") -> float:
    return float(funding._hazard(engine)[engine.firms.number(firm)])


@pytest.mark.claim(id="M54")
def test_m54_pretraining_is_the_largest_saving() -> None:
    """Burn falls by less than half where many are employed; the claim says by more."""

    def spent(*off: str) -> tuple[float, float]:
        engine = opened(*off)
        books, zhipu = engine.firms.books, engine.firms.number("zhipu")
        before = books.research_week[zhipu]
        engine.firms.lab.quits_training[zhipu] = True
        exits._stop_pretraining(engine)
        burn = books.burn_week[zhipu]
        return books.research_week[zhipu] / before, (before - books.research_week[zhipu]) / burn

    kept, saved = spent()
    assert kept == pytest.approx(0.25)
    assert 0.4 < saved < 0.5
    assert spent("pretraining_share") == (1.0, 0.0)


@pytest.mark.claim(id="M55")
def test_m55_stopping_costs_a_known_part_of_valuation_and_talent() -> None:
    engine = opened()
    zhipu, books = engine.firms.number("zhipu"), engine.firms.books
    value, people = books.post_money[zhipu], engine.firms.tech.key_people[zhipu]
    all_people = engine.firms.tech.key_people.sum()
    engine.firms.lab.quits_training[zhipu] = True
    exits._stop_pretraining(engine)
    assert books.post_money[zhipu] == pytest.approx(engine.p.stopped_valuation * value)
    assert engine.firms.tech.key_people[zhipu] < people
    assert engine.firms.tech.key_people.sum() == pytest.approx(all_people)


@pytest.mark.claim(id="M65")
def test_m65_a_round_brings_others_sooner() -> None:
    on, off = opened(), opened("herding")
    calm = hazard(on)
    assert hazard(off) == pytest.approx(calm)
    for engine in (on, off):
        engine.world.mood.herd = 2.0
    assert hazard(on) == pytest.approx(calm * np.exp(2.0 * on.p.round_herd))
    assert hazard(off) == pytest.approx(calm)


@pytest.mark.claim(id="M68")
def test_m68_a_higher_last_valuation_makes_the_next_round_harder() -> None:
    def relative(*off: str) -> float:
        engine = opened("valuation_watershed", *off)
        firm = engine.firms.number("zhipu")
        engine.firms.books.post_money[firm] = 15e9
        low = hazard(engine)
        engine.firms.books.post_money[firm] = 30e9
        return hazard(engine) / low

    assert relative() == pytest.approx(1.5**-0.7)
    assert relative("valuation_drag") == pytest.approx(1.0)


@pytest.mark.claim(id="M69")
def test_m69_users_and_quality_open_wallets() -> None:
    def relative(*off: str) -> float:
        engine = opened(*off)
        apps, firms = engine.world.apps, engine.firms
        before = hazard(engine, "moonshot")
        apps.mau[apps.number("kimi")] = 1e6
        firms.tech.quality[firms.number("moonshot")] += 50.0
        return hazard(engine, "moonshot") / before

    assert relative() > 2.0
    assert relative("user_or_quality_leap") == pytest.approx(1.0)


@pytest.mark.claim(id="M70")
def test_m70_money_concentrates_on_leaders() -> None:
    def leader_over_laggard(*off: str) -> float:
        engine = opened(*off)
        number = engine.firms.number
        sizes = [rounds.round_size(engine, number(one), 5e9) for one in ("minimax", "01ai")]
        return sizes[0] / sizes[1]

    assert leader_over_laggard() > 1.2
    assert leader_over_laggard("capital_concentration") == pytest.approx(1.0)
