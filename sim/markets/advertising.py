"""The advertising market (E4): budgets meet channels, all at once.

A = apps, K = channels, S = segments. Spend is in CNY per week, cost per acquisition (CPA) in CNY
per person.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.errors import SimError
from sim.core.ranges import within

F64 = NDArray[np.float64]

LEAST_UNREACHED = 0.01
"""Share of addressable people below which nobody is cheaper to find than this."""


class AdvertisingError(SimError):
    """A budget or a channel that the market cannot clear."""


@dataclass(frozen=True)
class Clearing:
    """A week of the advertising market."""

    spend: F64
    """(A, K) CNY per week, after moves and inventory caps."""
    cpa: F64
    """(A, K) CNY per person at the week's crowding, also where nothing was spent."""

    @property
    def people(self) -> F64:
        """(A, K) people bought, exactly spend / CPA."""
        return self.spend / self.cpa


def scarcity(addressable: float, reached: ArrayLike) -> F64:
    """Return by how much an app's cost rises as the people it can still reach become few.

    addressable / (addressable - reached)

    addressable, people; reached (A,), people who already hold the app. Returns (A,), at least 1
    and at most 100. Source: E4. Limit: nobody reached, 1.
    """
    left = 1.0 - np.asarray(reached, dtype=np.float64) / addressable
    factor: F64 = 1.0 / within(left, LEAST_UNREACHED, 1.0)
    return factor


def cost_per_acquisition(
    base: ArrayLike,
    spend: ArrayLike,
    capacity: ArrayLike,
    theta: float,
    addressable: float,
    reached: ArrayLike,
) -> F64:
    """Return what one more user costs on a channel.

    c0 (1 + E / capacity)^theta x addressable / (addressable - reached)

    base c0 in CNY; spend E of all advertisers and capacity, CNY per week; theta; addressable and
    reached, people. Shapes broadcast. Source: E4; theta .33 from 30 to 50 CNY on one channel in
    2024. Limit: an idle channel and nobody reached, c0.
    """
    crowding = (1.0 + np.asarray(spend) / np.asarray(capacity)) ** theta
    cost: F64 = np.asarray(base) * crowding * scarcity(addressable, reached)
    return cost


def allocate(budget: ArrayLike, attractiveness: ArrayLike, concentration: float = 1.0) -> F64:
    """Split each app's budget over channels.

    E_ak = B_a v_ak^concentration / sum_j v_aj^concentration

    budget B (A,) CNY per week; attractiveness v (A, K) or (K,), 0 or more, for instance people per
    CNY; concentration, 0 for an even split. Returns (A, K), rows summing to the budget, or 0 where
    no channel is attractive. Raises AdvertisingError for a negative budget.
    """
    b = np.asarray(budget, dtype=np.float64)
    if not (b >= 0).all():
        raise AdvertisingError(f"advertising budgets are {b.tolist()}; 0 or more are possible")
    v = np.asarray(attractiveness, dtype=np.float64)
    weight = np.where(v > 0, np.power(np.maximum(v, 1e-300), concentration), 0.0)
    total = weight.sum(axis=-1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros(weight.shape), where=total > 0)
    spend: F64 = b[:, None] * share
    return spend


def redirect(desired: ArrayLike, open_channels: ArrayLike, attractiveness: ArrayLike) -> F64:
    """Move what an app wanted to spend on closed channels to its best open one.

    desired (A, K) CNY per week; open_channels (A, K), false where the owner shuts the app out;
    attractiveness (A, K) or (K,). Returns (A, K) with the same row sums, 0 for an app with no open
    channel. Source: M26. Limit: all open, unchanged.
    """
    want = np.asarray(desired, dtype=np.float64)
    can = np.asarray(open_channels, dtype=bool)
    spend = np.where(can, want, 0.0)
    best = np.where(can, attractiveness, -np.inf).argmax(axis=1)
    moved = np.where(can.any(axis=1), want.sum(axis=1) - spend.sum(axis=1), 0.0)
    spend[np.arange(len(want)), best] += moved
    return spend


def clear_channels(
    desired: ArrayLike,
    open_channels: ArrayLike,
    attractiveness: ArrayLike,
    base_cost: ArrayLike,
    capacity: ArrayLike,
    inventory: ArrayLike,
    theta: float,
    app_scarcity: ArrayLike,
    multiplier: ArrayLike,
) -> Clearing:
    """Clear all channels together.

    closed channels: spend moves to the app's best open one; then E_ak is scaled back pro rata
    where the sum over apps exceeds the channel's inventory (what is not sold is not spent); then
    CPA_ak = c0_k (1 + sum_a E_ak / capacity_k)^theta x scarcity_a x multiplier_a

    desired (A, K) CNY per week; open_channels (A, K); attractiveness (A, K) or (K,) ranks channels
    for redirected money; base_cost c0, capacity, inventory (K,) CNY, CNY per week, CNY per week;
    app_scarcity (A,) as of `scarcity`; multiplier (A,). Returns the clearing. Raises
    AdvertisingError for a negative spend or a channel without cost, capacity or inventory.
    Source: E4. Limit: one app, a small budget: base cost.
    """
    want = np.asarray(desired, dtype=np.float64)
    columns = {"base cost": base_cost, "capacity": capacity, "inventory": inventory}
    for name, column in columns.items():
        if not (np.asarray(column) > 0).all():
            raise AdvertisingError(
                f"channels have {name} {np.asarray(column).tolist()}; above 0 is possible"
            )
    if not (want >= 0).all():
        raise AdvertisingError(f"spend on channels is {want.tolist()}; 0 or more is possible")
    spend = redirect(want, open_channels, attractiveness)
    total = spend.sum(axis=0)
    spend = spend * np.minimum(1.0, np.asarray(inventory) / np.maximum(total, 1e-300))
    crowding = (1.0 + spend.sum(axis=0) / np.asarray(capacity)) ** theta
    by_app = np.asarray(app_scarcity, dtype=np.float64) * np.asarray(multiplier)
    return Clearing(spend=spend, cpa=by_app[:, None] * np.asarray(base_cost) * crowding)


def audience_weight(people: ArrayLike, audience: ArrayLike) -> F64:
    """Return how far each app's ads reach into each segment.

    v_sa = sum_k people_ak audience_ks / mean_s audience_ks

    people (A, K) bought on each channel; audience (K, S) of each channel, any scale. Returns
    (S, A) for `bought.paid_hazard`; 1 for an app that bought nobody. Raises AdvertisingError
    for a channel without audience.
    """
    bought = np.asarray(people, dtype=np.float64)
    reach = np.asarray(audience, dtype=np.float64)
    mean = reach.mean(axis=1, keepdims=True)
    if not (mean > 0).all():
        raise AdvertisingError(f"audience of channels is {reach.tolist()}; each needs some")
    weight = (bought @ (reach / mean)).T
    return np.where(bought.sum(axis=1) > 0, weight, 1.0)


def goodwill(previous: ArrayLike, spend: ArrayLike, decay: float, weeks: float = 1.0) -> F64:
    """Return the stock of goodwill (adstock) after some time of constant spend.

    dG/dt = A - d G, that is G <- G e^(-d t) + A (1 - e^(-d t)) / d

    previous G and spend A per week, any shapes that broadcast; decay d per week, above 0; time in
    weeks. Source: Nerlove & Arrow 1962. Limits: A = 10, d = .5 from 0: G(3) = 15.5374; G* = A / d.
    """
    kept = np.exp(-decay * weeks)
    stock: F64 = np.asarray(previous) * kept + np.asarray(spend) * (1.0 - kept) / decay
    return stock


def lifetime_value(margin_per_week: ArrayLike, survival: ArrayLike) -> F64:
    """Return what a user brings until leaving, CNY.

    LTV = margin x sum_k S(k)

    margin_per_week (A,) CNY per user and week; survival (A, K) or (K,), share still there after k
    weeks, over the horizon the firm reckons with. Returns (A,). Limit: constant churn h over a
    long horizon, margin / h.
    """
    value: F64 = np.asarray(margin_per_week) * np.asarray(survival, dtype=np.float64).sum(axis=-1)
    return value


def payback_weeks(cpa: float, margin_per_week: float, survival: ArrayLike) -> float:
    """Return the weeks until a bought user has brought back its cost; infinity if never.

    cpa in CNY; margin in CNY per user and week; survival (K,) share still there after k weeks.
    """
    brought = margin_per_week * np.cumsum(np.asarray(survival, dtype=np.float64))
    reached = np.flatnonzero(brought >= cpa)
    return float(reached[0] + 1) if len(reached) else np.inf


def calibrated_survival(
    hazard: ArrayLike, horizon: int, measured_at: int, measured: ArrayLike
) -> F64:
    """Return survival curves of a general shape that pass through measured retention.

    S_f(k) = exp(-x_f sum_{j<k} h_j), x_f = ln r_f / ln S(n)

    hazard h (K,) of leaving in each week held; horizon, weeks to return, at most K (the last hazard
    holds afterwards); measured_at n weeks; measured r (F,), share still there after n weeks, kept
    within [.001, .999]. Returns (F, horizon), S(0) = 1. Source: proportional hazards, Cox 1972.
    Limits: measured as the general curve says, the general curve; nobody ever leaves, 1.
    """
    weekly = np.asarray(hazard, dtype=np.float64)
    if len(weekly) < horizon:
        weekly = np.append(weekly, np.full(horizon - len(weekly), weekly[-1]))
    passed = np.concatenate([[0.0], np.cumsum(weekly)[: horizon - 1]])
    share = within(np.asarray(measured, dtype=np.float64), 0.001, 0.999)
    whole = float(weekly[:measured_at].sum())
    factor = -np.log(share) / whole if whole > 0.0 else np.zeros_like(share)
    survival: F64 = np.exp(-factor[:, None] * passed)
    return survival
