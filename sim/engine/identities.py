"""What must hold every week; a run that breaks one stops with an error naming it."""

from collections.abc import Callable

import numpy as np

from sim.core.errors import SimError
from sim.engine.state import Engine
from sim.world.ledger import Line

CREDIT_LINES = np.array([Line.CREDITS_ISSUED, Line.CREDITS_LAPSED, Line.CREDITS_USED])


class IdentityError(SimError):
    """An accounting identity that does not hold; carries its name and the week."""

    def __init__(self, name: str, week: int, found: str) -> None:
        super().__init__(name, week, found)
        self.name = name
        self.week = week
        self.found = found

    def __str__(self) -> str:
        return f"identity broken in week {self.week}: {self.name}; {self.found}"


def check(engine: Engine) -> None:
    """Check all identities; raises IdentityError naming the first that fails."""
    number = _audit(engine)
    if number is not None:
        name, tell = BOOKS[number]
        raise IdentityError(name, engine.world.week, tell(engine))
    for name, broken in OTHERS:
        found = broken(engine)
        if found:
            raise IdentityError(name, engine.world.week, found)
    engine.gone_before = ~engine.firms.independent


def _audit(engine: Engine) -> int | None:
    """Number in BOOKS of the first identity that is broken."""
    from sim.engine.audit import SOUND, first_broken

    firms, ledger, flow = engine.firms, engine.ledger, engine.flow
    number = int(
        first_broken(
            ledger.balance,
            ledger.entered,
            ledger.turnover,
            firms.cash,
            firms.credits,
            firms.own_accounts,
            engine.world.small_apps.cash,
            ledger.index["small_apps"],
            flow.demanded,
            flow.served,
            flow.paying,
            engine.world.investors.stake,
            firms.credits_owed,
            CREDIT_LINES,
            firms.cloud,
            engine.gone_before & ~firms.independent,
        )
    )
    return None if number == SOUND else number


def _money_sums_to_zero(engine: Engine) -> str:
    return f"balances sum to {int(engine.ledger.balance.sum())} fen"


def _balances_are_entries(engine: Engine) -> str:
    ledger = engine.ledger
    gap = ledger.balance - ledger.entered - ledger.turnover.sum(axis=0)
    return f"{ledger.names[int(np.flatnonzero(gap)[0])]} is off"


def _no_cash_below_facility(engine: Engine) -> str:
    cash = engine.ledger.balance[engine.firms.cash]
    return f"{engine.firms.ids[int(cash.argmin())]} has {cash.min()} fen"


def _people_sum_to_population(engine: Engine) -> str:
    people = engine.world.consumers
    if people is None:
        return ""
    one, both = int(people.one_app.sum()), int(people.overlap.sum()) // 2
    total = int(people.no_app.sum()) + one + both
    return f"{total} of {people.population} agents" if total != people.population else ""


def _holders_are_flows(engine: Engine) -> str:
    people, counts = engine.world.consumers, engine.world.counts
    if people is None or counts is None:
        return ""
    # Counted anew, not as other steps have already read it.
    people.forget()
    change = people.holders - engine.holders_before
    wrong = change != counts.adds - counts.losses
    engine.holders_before = people.holders.copy()
    return f"app {people.apps[int(np.flatnonzero(wrong)[0])]}" if wrong.any() else ""


def _small_apps_hold_their_account(engine: Engine) -> str:
    held = int(engine.world.small_apps.cash.sum())
    booked = int(engine.ledger.balance[engine.ledger.index["small_apps"]])
    return f"{held} fen held, {booked} fen booked"


def _tokens_are_served_or_not(engine: Engine) -> str:
    flow = engine.flow
    totals = [one.sum() for one in (flow.demanded, flow.served, flow.paying)]
    return "{:g} tokens a day demanded, {:g} served, {:g} paid for in all".format(*totals)


def _shares_sum_to_one(engine: Engine) -> str:
    from sim.engine.audit import SHARE_TOLERANCE
    from sim.world.account_kernel import uneven_nest

    accounts = engine.world.accounts
    nest = uneven_nest(accounts.share, accounts.preferred, SHARE_TOLERANCE)
    if nest < 0:
        return ""
    totals = accounts.share[nest].sum(axis=1)
    return f"vendor shares of nest {nest} lie in [{totals.min()}, {totals.max()}]"


def _ownership_sums_to_one(engine: Engine) -> str:
    stake = engine.world.investors.stake
    off = np.abs(stake.sum(axis=1) - 1.0) + np.where((stake < 0).any(axis=1), 1.0, 0.0)
    return f"cap table of {engine.firms.ids[int(off.argmax())]}"


def _credits_are_owed(engine: Engine) -> str:
    owed = engine.firms.credits_owed.sum(axis=1)
    wrong = owed != engine.ledger.balance[engine.firms.credits]
    return f"credits of {engine.firms.ids[int(np.flatnonzero(wrong)[0])]}"


def _credits_are_no_cash(engine: Engine) -> str:
    """Credits reach cash only as revenue of the cloud that issued them."""
    moved = engine.ledger.turnover[CREDIT_LINES][:, engine.firms.cash]
    told = [f"{one} {fen}" for one, fen in zip(engine.firms.ids, moved.T.tolist(), strict=True)]
    return f"fen of credits issued, lapsed, used in cash: {', '.join(told)}"


def _gone_firms_are_still(engine: Engine) -> str:
    gone = np.flatnonzero(engine.gone_before & ~engine.firms.independent)
    return f"money at one of {', '.join(engine.firms.ids[one] for one in gone)}"


BOOKS: tuple[tuple[str, Callable[[Engine], str]], ...] = (
    ("money: all balances sum to zero", _money_sums_to_zero),
    ("money: each balance is its entries", _balances_are_entries),
    ("money: no cash below the facility", _no_cash_below_facility),
    ("money: small apps hold what is booked", _small_apps_hold_their_account),
    ("tokens: served and unserved make demand", _tokens_are_served_or_not),
    ("ownership: cap tables sum to one", _ownership_sums_to_one),
    ("credits: issued less used less lapsed is outstanding", _credits_are_owed),
    ("credits: none becomes cash but their issuer's revenue", _credits_are_no_cash),
    ("exits: a gone firm neither pays nor is paid", _gone_firms_are_still),
)
"""Identities that `sim.engine.audit` looks at, in its order, and what to say of a broken one."""
OTHERS: tuple[tuple[str, Callable[[Engine], str]], ...] = (
    ("people: states sum to the population", _people_sum_to_population),
    ("people: adds less losses is the change of holders", _holders_are_flows),
    ("choices: vendor shares sum to one", _shares_sum_to_one),
)
"""Identities with what says how they are broken, empty if they hold."""
IDENTITIES = (*BOOKS, *OTHERS)
