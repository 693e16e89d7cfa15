"""How fen move between accounts, compiled: a dozen postings cost less than one pass of numpy.

An amount below 0 moves nothing; each function says whether all were 0 or more.
This module imports numba; import it only where money moves.
"""

from typing import Any

from sim.core.compiled import compiled


@compiled
def fitting(fen: Any) -> Any:
    """Is every amount 0 or more?"""
    for row in range(fen.shape[0]):
        for column in range(fen.shape[1]):
            if fen[row, column] < 0:
                return False
    return True


@compiled
def posted(balance: Any, turnover: Any, source: Any, target: Any, fen: Any) -> Any:
    """Move (n,) fen under a line with its turnover; (n,) sources and targets, or one for all."""
    postings = max(source.shape[0], target.shape[0], fen.shape[0])
    if fen.min() < 0:
        return False
    for posting in range(postings):
        one = source[posting if source.shape[0] > 1 else 0]
        other = target[posting if target.shape[0] > 1 else 0]
        amount = fen[posting if fen.shape[0] > 1 else 0]
        balance[one] -= amount
        turnover[one] -= amount
        balance[other] += amount
        turnover[other] += amount
    return True


@compiled
def moved(
    balance: Any, turnover: Any, inside: Any, outside: Any, lines: Any, fen: Any, sign: Any
) -> Any:
    """Move (L, F) fen, by line, from each line's outside account to the firms', or back by sign."""
    if not fitting(fen):
        return False
    for row in range(fen.shape[0]):
        for firm in range(fen.shape[1]):
            amount = sign * fen[row, firm]
            balance[inside[firm]] += amount
            turnover[lines[row], inside[firm]] += amount
            balance[outside[row]] -= amount
            turnover[lines[row], outside[row]] -= amount
    return True


@compiled
def shared(balance: Any, turnover: Any, source: Any, target: Any, fen: Any) -> Any:
    """Move (S, T) fen from each source to each target under a line with its turnover."""
    if not fitting(fen):
        return False
    for one in range(fen.shape[0]):
        for other in range(fen.shape[1]):
            amount = fen[one, other]
            balance[source[one]] -= amount
            turnover[source[one]] -= amount
            balance[target[other]] += amount
            turnover[target[other]] += amount
    return True
