"""Each identity stops the run in the week in which its state is wrong, and names itself."""

from collections.abc import Callable

import numpy as np
import pytest
from small_market import NO_ROUNDS, small, watch

from sim.engine.identities import IDENTITIES, IdentityError
from sim.engine.state import Engine
from sim.world.firms import MAIN
from sim.world.ledger import Line

WEEK = 20
POOR = "stepfun"
FEN = np.array([1], dtype=np.int64)
Spoil = Callable[[Engine], None]


def spoiled(name: str) -> Callable[[Spoil], Spoil]:
    def remember(spoil: Spoil) -> Spoil:
        SPOILED.append((name, spoil))
        return spoil

    return remember


SPOILED: list[tuple[str, Spoil]] = []


@spoiled("money: all balances sum to zero")
def a_fen_from_nowhere(engine: Engine) -> None:
    engine.ledger.balance[0] += 1


@spoiled("money: each balance is its entries")
def a_fen_moved_without_an_entry(engine: Engine) -> None:
    engine.ledger.balance[:2] += (1, -1)


@spoiled("money: each balance is its entries")
def an_entry_without_its_other_side(engine: Engine) -> None:
    engine.ledger.turnover[Line.EQUITY, 3] += 1


@spoiled("money: no cash below the facility")
def a_firm_pays_more_than_it_has(engine: Engine) -> None:
    cash = engine.firms.cash[0]
    fen = engine.ledger.balance[[cash]] + 1
    engine.ledger.post(cash, engine.ledger.index["world"], fen, Line.COST_OTHER)


@spoiled("people: states sum to the population")
def one_agent_too_many(engine: Engine) -> None:
    assert engine.world.consumers is not None
    engine.world.consumers.tally.pairs[1, 0, 0] += 1


@spoiled("people: adds less losses is the change of holders")
def a_loss_that_did_not_happen(engine: Engine) -> None:
    assert engine.world.counts is not None
    engine.world.counts.losses[0] += 1


@spoiled("people: adds less losses is the change of holders")
def an_addition_that_did_not_happen(engine: Engine) -> None:
    assert engine.world.counts is not None
    engine.world.counts.adds_organic[-1] += 1


@spoiled("tokens: served and unserved make demand")
def more_served_than_demanded(engine: Engine) -> None:
    engine.flow.served[MAIN] = 1.001 * engine.flow.demanded[MAIN]


@spoiled("tokens: served and unserved make demand")
def fewer_than_no_tokens_served(engine: Engine) -> None:
    engine.flow.served[MAIN, 1] = engine.flow.paying[MAIN, 1] = -1.0


@spoiled("tokens: served and unserved make demand")
def more_paid_for_than_served(engine: Engine) -> None:
    engine.flow.paying[MAIN] = 1.001 * engine.flow.served[MAIN]


@spoiled("choices: vendor shares sum to one")
def an_account_forgets_a_vendor(engine: Engine) -> None:
    engine.world.accounts.share[MAIN, 7] *= 0.999


@spoiled("choices: vendor shares sum to one")
def an_account_without_a_choice_buys(engine: Engine) -> None:
    engine.world.accounts.preferred[MAIN, 7] = -1


@spoiled("ownership: cap tables sum to one")
def shares_in_the_air(engine: Engine) -> None:
    engine.world.investors.stake[2, -1] -= 0.001


@spoiled("ownership: cap tables sum to one")
def a_negative_holding(engine: Engine) -> None:
    engine.world.investors.stake[2, [0, -1]] += (-0.001, 0.001)


@spoiled("money: small apps hold what is booked")
def money_that_no_small_app_holds(engine: Engine) -> None:
    accounts = engine.ledger.index
    fen = np.array([1], dtype=np.int64)
    engine.ledger.post(accounts["world"], accounts["small_apps"], fen, Line.EQUITY)


@spoiled("credits: issued less used less lapsed is outstanding")
def a_credit_that_nobody_issued(engine: Engine) -> None:
    engine.firms.credits_owed[6, 1] += 1


@spoiled("credits: none becomes cash but their issuer's revenue")
def a_startup_turns_credits_into_cash(engine: Engine) -> None:
    zhipu = engine.firms.number("zhipu")
    parent = engine.firms.parents[engine.firms.number("alibaba")]
    engine.ledger.post(parent, engine.firms.cash[zhipu], FEN, Line.CREDITS_USED)


@spoiled("exits: a gone firm neither pays nor is paid")
def a_gone_firm_is_paid(engine: Engine) -> None:
    firm = engine.firms.number(POOR)
    assert not engine.firms.alive[firm]
    world = engine.ledger.index["world"]
    engine.ledger.post(world, engine.firms.cash[firm], FEN, Line.REVENUE_API)


@spoiled("exits: a gone firm neither pays nor is paid")
def a_gone_firm_is_paid_and_pays_it_on(engine: Engine) -> None:
    a_gone_firm_is_paid(engine)
    cash = engine.firms.cash[engine.firms.number(POOR)]
    engine.ledger.post(cash, engine.ledger.index["people"], FEN, Line.COST_STAFF)


def test_every_identity_has_been_broken_here() -> None:
    assert {name for name, _ in SPOILED} == {name for name, _ in IDENTITIES}


@pytest.mark.parametrize(("name", "spoil"), SPOILED, ids=[spoil.__name__ for _, spoil in SPOILED])
def test_run_stops_in_the_week_in_which_an_identity_breaks(name: str, spoil: Spoil) -> None:
    scenario = small({f"firms.{POOR}.cash_mcny": 1, **NO_ROUNDS}, weeks=WEEK + 5)

    def strike(engine: Engine) -> None:
        if engine.world.week == WEEK:
            spoil(engine)

    with pytest.raises(IdentityError, match=f"week {WEEK}") as caught:
        watch(scenario, strike)
    assert caught.value.name == name
    assert caught.value.week == WEEK
    assert name in str(caught.value)
