"""The weekly audit of the books, compiled: which identity of money, tokens or ownership is broken.

This module imports numba; import it only where a market is simulated.
"""

from typing import Any

from sim.core.compiled import compiled, inlined

SOUND = -1
SHARE_TOLERANCE, TOKEN_TOLERANCE = 1e-9, 1e-12


@inlined
def entries_off(balance: Any, entered: Any, turnover: Any) -> Any:
    """Is a balance not the sum of its entries?"""
    gap = balance - entered
    for line in range(turnover.shape[0]):
        for account in range(gap.shape[0]):
            gap[account] -= turnover[line, account]
    return gap.any()


@inlined
def tokens_off(demanded: Any, served: Any, paying: Any) -> Any:
    """Is more served than demanded, or more paid than served, or less than nothing?"""
    most = 1.0 + TOKEN_TOLERANCE
    for row in range(served.shape[0]):
        for f in range(served.shape[1]):
            good = 0.0 <= served[row, f] <= demanded[row, f] * most
            if not (good and 0.0 <= paying[row, f] <= served[row, f] * most):
                return True
    return False


@inlined
def shares_off(stake: Any) -> Any:
    """Does a cap table not sum to one, or hold less than nothing?"""
    for f in range(stake.shape[0]):
        total, least = 0.0, 0.0
        for holder in range(stake.shape[1]):
            total += stake[f, holder]
            least = min(least, stake[f, holder])
        if least < 0.0 or not abs(total - 1.0) <= SHARE_TOLERANCE:
            return True
    return False


@inlined
def credits_off(turnover: Any, cash: Any, lines: Any, cloud: Any) -> Any:
    """Did credits reach cash but as revenue of the cloud that issued them?"""
    issued, lapsed, used = lines
    for f in range(cash.shape[0]):
        income = turnover[used, cash[f]]
        if turnover[issued, cash[f]] or turnover[lapsed, cash[f]] or income < 0:
            return True
        if income > 0 and not cloud[f]:
            return True
    return False


@inlined
def moves(balance: Any, turnover: Any, accounts: Any, gone: Any) -> Any:
    """Is there money at the accounts (n, F) of a firm that is gone, or did some pass?"""
    for f in range(gone.shape[0]):
        if gone[f]:
            for kind in range(accounts.shape[0]):
                account = accounts[kind, f]
                if balance[account] or turnover[:, account].any():
                    return True
    return False


@compiled
def first_broken(
    balance: Any, entered: Any, turnover: Any, cash: Any, credits: Any, accounts: Any,
    small_cash: Any, small_account: Any, demanded: Any, served: Any, paying: Any, stake: Any,
    owed: Any, lines: Any, cloud: Any, gone: Any,
) -> Any:  # fmt: skip
    """Return the number in `identities.BOOKS` of the first that does not hold, SOUND if all do.

    balance, entered (accounts,), turnover (lines, accounts) fen; cash, credits (F,) and accounts
    (n, F): of firms; small_cash (n,) fen of small apps, held at small_account; demanded, served,
    paying (2, F) tokens a day; stake (F, I + 3); owed (F, F) credits in fen; lines (3,) of credits
    issued, lapsed, used; cloud (F,); gone (F,) before this week already.
    """
    broken = (
        balance.sum() != 0,
        entries_off(balance, entered, turnover),
        (balance[cash] < 0).any(),
        small_cash.sum() != balance[small_account],
        tokens_off(demanded, served, paying),
        shares_off(stake),
        (owed.sum(axis=1) != balance[credits]).any(),
        credits_off(turnover, cash, lines, cloud),
        moves(balance, turnover, accounts, gone),
    )
    for number in range(len(broken)):
        if broken[number]:
            return number
    return SOUND
