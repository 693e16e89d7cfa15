"""What firms earn, owe and pay in a week, in whole fen by rank of payment, compiled (equation E9).

F firms, A apps, K channels; model classes are main and flagship. An amount that is not a number
is nothing, and a firm that is gone earns and owes nothing.
This module imports numba; import it only where a market is simulated.
"""

from typing import Any

import numpy as np

from sim.core.compiled import compiled, inlined
from sim.core.sums import summed
from sim.core.units import DAYS_PER_WEEK, FEN_PER_CNY, TOKENS_PER_MTOK, WEEKS_PER_MONTH

MTOK_A_WEEK = DAYS_PER_WEEK / TOKENS_PER_MTOK
"""Millions of tokens a week for each token a day."""
OLD_WAGES, RESEARCH_WAGES, OTHER_WAGES, OLD_BILLS = 0, 1, 2, 3
OVERHEAD, SERVING, APPS, DELIVERY, ADS, MARKETING, TRAINING = 4, 5, 6, 7, 8, 9, 10
RANKS = 11
"""What is paid first: old wages, wages, old bills, contracts, marketing, and training last."""


@inlined
def whole_fen(amount_cny: Any) -> Any:
    """Return an amount in whole fen, half to even; what is not a number is nothing."""
    return np.int64(0) if np.isnan(amount_cny) else np.int64(np.rint(amount_cny * FEN_PER_CNY))


@compiled
def earned(
    paying: Any, served: Any, price: Any, margin: Any, subscriptions: Any, abroad: Any,
    windfall: Any, independent: Any,
) -> Any:  # fmt: skip
    """Return what comes in for API, attached services, subscriptions, abroad, by luck; (5, F) fen.

    paying, served (2, F) tokens a day; price (2, F) effective; margin (F,) CNY/Mtok that tokens
    bring elsewhere; subscriptions, abroad, windfall (F,) CNY a week.
    """
    fen = np.zeros((5, margin.shape[0]), np.int64)
    for f in range(margin.shape[0]):
        if not independent[f]:
            continue
        api = 0.0
        for row in range(2):
            api += 0.0 if np.isnan(price[row, f]) else paying[row, f] * price[row, f]
        fen[0, f] = whole_fen(api * MTOK_A_WEEK)
        fen[1, f] = whole_fen((served[0, f] + served[1, f]) * margin[f] * MTOK_A_WEEK)
        fen[2, f] = whole_fen(subscriptions[f])
        fen[3, f] = whole_fen(abroad[f])
        fen[4, f] = whole_fen(windfall[f])
    return fen


@compiled
def ad_bill(spend: Any, firm: Any, firms: Any, owner: Any, transfer: Any) -> Any:
    """Return what each firm pays for ads by channel, CNY, (F, K), and in all, (F,).

    spend (A, K); firm (A,) that owns an app; owner (K,) of a channel, who pays the share transfer.
    """
    bill, total = np.zeros((firms, owner.shape[0])), np.zeros(firms)
    for a in range(firm.shape[0]):
        for k in range(owner.shape[0]):
            bill[firm[a], k] += spend[a, k]
    for k in range(owner.shape[0]):
        if owner[k] >= 0:
            bill[owner[k], k] *= transfer
    for f in range(firms):
        total[f] = summed(bill[f])
    return bill, total


@compiled
def by_owner(of_apps: Any, firm: Any, firms: Any) -> Any:
    """Add up values of apps (A,) over their owners, (F,)."""
    total = np.zeros(firms)
    for a in range(firm.shape[0]):
        total[firm[a]] += of_apps[a]
    return total


@compiled
def owed_this_week(
    staff: Any, extra_pay: Any, noise: Any, severance: Any, served: Any, cost: Any, users: Any,
    push: Any, agent_ads: Any, firm: Any, delivery: Any, ads: Any, research: Any, owed: Any,
    independent: Any, staff_cost: Any, research_share: Any, overhead: Any, tokens_per_user: Any,
    stickiness: Any, serving: Any, marketing: Any,
) -> Any:  # fmt: skip
    """Return what each firm owes by rank of payment, (RANKS, F) fen.

    staff (F,) people; extra_pay of key people, noise (unforeseen cost), severance, delivery, ads,
    research (F,) CNY a week; served (2, F) tokens a day at cost (2, F) CNY/Mtok; users, push,
    agent_ads (A,) people a month and CNY a week of apps that firm (A,) owns; owed (2, F) fen of
    old wages and bills, below zero. staff_cost CNY a month; research_share of staff; overhead over
    pay; tokens_per_user a day of the stickiness share of users, at serving times the cost;
    marketing beside ads, over ads.
    """
    firms = staff.shape[0]
    due = np.zeros((RANKS, firms), np.int64)
    people, pushed = by_owner(users, firm, firms), by_owner(push, firm, firms)
    agents = by_owner(agent_ads, firm, firms)
    for f in range(firms):
        due[OLD_WAGES, f], due[OLD_BILLS, f] = -owed[0, f], -owed[1, f]
        if not independent[f]:
            continue
        pay = staff[f] * staff_cost / WEEKS_PER_MONTH
        due[RESEARCH_WAGES, f] = whole_fen(max(pay * research_share + extra_pay[f], 0.0))
        due[OTHER_WAGES, f] = whole_fen(pay * (1.0 - research_share))
        due[OVERHEAD, f] = whole_fen(pay * overhead + max(noise[f], 0.0) + severance[f])
        tokens = served[0, f] * cost[0, f] + served[1, f] * cost[1, f]
        due[SERVING, f] = whole_fen(tokens * MTOK_A_WEEK)
        own = people[f] * stickiness * tokens_per_user
        due[APPS, f] = whole_fen(own * cost[0, f] * serving * MTOK_A_WEEK)
        due[DELIVERY, f] = whole_fen(delivery[f])
        due[ADS, f] = whole_fen(ads[f])
        due[MARKETING, f] = whole_fen(marketing * ads[f] + pushed[f] + agents[f])
        due[TRAINING, f] = whole_fen(research[f])
    return due


@compiled
def paid_with_credits(training: Any, credits: Any, share: Any) -> Any:
    """Return fen of compute paid with credits, by firm and issuer, (F, F); see `in_order`.

    training (F,) fen due; credits (F, F) fen held, by issuer; share of training that they may pay.
    """
    used = np.zeros(credits.shape, np.int64)
    for f in range(training.shape[0]):
        left = np.int64(np.floor(share * training[f]))
        for issuer in range(credits.shape[1]):
            used[f, issuer] = min(max(left, 0), credits[f, issuer])
            left -= credits[f, issuer]
    return used


@compiled
def in_order(available: Any, due: Any) -> Any:
    """Pay claims in order of rank as far as the money goes, fen; (F,), (ranks, F) -> (ranks, F).

    Limit: enough money, all of due; none or a debt, nothing.
    """
    paid = np.zeros(due.shape, np.int64)
    for f in range(due.shape[1]):
        left = available[f]
        for rank in range(due.shape[0]):
            paid[rank, f] = min(max(left, 0), due[rank, f])
            left -= due[rank, f]
    return paid


@compiled
def lacking(due: Any, cash: Any, backed: Any) -> Any:
    """Return what backed firms owe and do not have, (F,) fen; due (ranks, F), cash (F,)."""
    support = np.zeros(cash.shape[0], np.int64)
    for f in range(cash.shape[0]):
        if backed[f]:
            support[f] = max(due[:, f].sum() - cash[f], 0)
    return support


@compiled
def divided(fen: Any, bill: Any, owner: Any) -> Any:
    """Divide what firms pay for ads by the bill, whole fen, the largest channel takes the rest.

    fen (F,); bill (F, K); owner (K,) of a channel. Returns fen to others' channels (F, K), and
    to own ones (F,).
    """
    part, own = np.zeros(bill.shape, np.int64), np.zeros(fen.shape[0], np.int64)
    for f in range(fen.shape[0]):
        total, left, largest = summed(bill[f]), fen[f], 0
        for k in range(owner.shape[0]):
            # In this order, so that whole fen stay what they are.
            part[f, k] = np.int64(np.floor(bill[f, k] / (total if total > 0.0 else 1.0) * fen[f]))
            left -= part[f, k]
            largest = k if bill[f, k] > bill[f, largest] else largest
        part[f, largest] += left
        for k in range(owner.shape[0]):
            if owner[k] == f:
                own[f] += part[f, k]
                part[f, k] = 0
    return part, own
