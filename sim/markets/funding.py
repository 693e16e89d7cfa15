"""Fundraising: when rounds open, at what price, how large (equation E10)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.core.ranges import within

F64 = NDArray[np.float64]


def opening_hazard(
    base: float,
    *,
    sentiment: float,
    user_growth: F64,
    revenue_growth: F64,
    quality_lead: F64,
    herd: float,
    runway_months: F64,
    post_money_bn: F64,
    conflict: F64,
    revenue_bn: F64,
    weights: dict[str, float],
    watershed_bn: float,
    revenue_multiple: float,
) -> F64:
    """Hazard a year that a startup opens a round.

    [lam + lam_state] exp(b_S S + b_u d ln MAU + b_r d ln revenue + b_q lead/100 + b_h herd
                          - b_n ln(runway / 12 m) - b_v max(0, ln(V / watershed)) - b_x conflict
                          - b_w max(0, ln(V / max(watershed, K revenue)))]

    The last brake is for firms above the watershed without the revenue: nobody feels it whose
    valuation is at most K times the revenue of a year.

    growth: log change over a quarter, clipped to [-1, 1.5] so that a first user is not a boom.
    """
    need = -np.log(within(runway_months, 1.0, 60.0) / 12.0)
    drag = np.maximum(0.0, np.log(np.maximum(post_money_bn, 1e-9) / watershed_bn))
    demanded = np.maximum(watershed_bn, revenue_multiple * revenue_bn)
    demand = np.maximum(0.0, np.log(np.maximum(post_money_bn, 1e-9) / demanded))
    return np.asarray(
        base
        * np.exp(
            weights["sentiment"] * sentiment
            + weights["users"] * within(user_growth, -1.0, 1.5)
            + weights["revenue"] * within(revenue_growth, -1.0, 1.5)
            + weights["quality"] * quality_lead / 100.0
            + weights["herd"] * herd
            + weights["need"] * need
            - weights["drag"] * drag
            - weights["conflict"] * conflict
            - weights["demand"] * demand
        )
    )


def pre_money(
    last_bn: float,
    club_bn: float,
    years_since: float,
    sentiment: float,
    normal: float,
    *,
    hot: bool,
    step: float,
    noise: float,
    floor: float,
    watershed_bn: float,
    leap: float = 1.0,
) -> float:
    """Valuation before the money, bn CNY: max(floor V, X step^min(1, years) e^(noise z + S/4)).

    X = V^.45 club^.55 in a hot market, max(V, V^.7 club^.3) in a cold one; the excess over the
    watershed enters as a square root (in bn); leap multiplies for a jump of users or quality.
    """
    anchor = last_bn**0.45 * club_bn**0.55 if hot else max(last_bn, last_bn**0.7 * club_bn**0.3)
    value = (
        anchor * step ** min(1.0, years_since) * np.exp(noise * normal + 0.25 * sentiment) * leap
    )
    if value > watershed_bn:
        excess = value - watershed_bn
        value = watershed_bn + min(excess, np.sqrt(excess))
    return float(max(floor * last_bn, value))


def round_size(dilution: float, pre_bn: float, burn_month_bn: float, most_months: float) -> float:
    """Money raised, bn CNY: D V_post with V_post = V_pre / (1 - D), at most some months of burn."""
    return min(dilution * pre_bn / (1.0 - dilution), most_months * burn_month_bn)


def share_sold(
    dilution: float, post_money: F64, firm: int, peers: NDArray[np.bool_], power: float
) -> float:
    """Share that a firm sells: D (V / geometric mean of its peers' V)^c, half to double D.

    post_money: (F,) CNY, nan where never priced; peers: (F,) firms to compare with. Source: most
    of the money of 2024 went to few firms. Limit: a firm valued as its peers, or c = 0, D.
    """
    priced = peers & (np.nan_to_num(post_money) > 0)
    if not priced[firm]:
        return dilution
    above = np.log(post_money[firm]) - np.log(post_money[priced]).mean()
    return float(dilution * within(np.exp(power * above), 0.5, 2.0))


def appeal(taste: F64, traits: F64) -> F64:
    """How a firm suits each investor: sum of weight times how far the firm stands out; (I,).

    taste: (I, traits); traits: (traits,) in standard deviations from the other startups.
    """
    return np.asarray(taste @ traits)


def stands_out(values: F64, among: NDArray[np.bool_]) -> F64:
    """Standard deviations by which each row's values lie above their mean, -2 to 2; (traits, F).

    values: (traits, F); among: (F,) who is compared. Limit: nobody to compare with, 0.
    """
    if among.sum() < 2:
        return np.zeros(values.shape)
    own = values[:, among]
    spread = own.std(axis=1, keepdims=True)
    away = (values - own.mean(axis=1, keepdims=True)) / np.where(spread > 1e-12, spread, np.inf)
    return np.asarray(within(away, -2.0, 2.0))


def sentiment_step(
    sentiment: ArrayLike, mean: float, pull: float, spread: float, years: float, normal: ArrayLike
) -> F64:
    """Ornstein-Uhlenbeck step, exact in law.

    S' = mean + (S - mean) e^(-kappa dt) + sigma sqrt((1 - e^(-2 kappa dt)) / (2 kappa)) z
    Limit (oracle F2): kappa 1.5, sigma .6, weekly: sd .346410, autocorrelation .971566.
    """
    decay = np.exp(-pull * years)
    noise = spread * np.sqrt((1.0 - decay**2) / (2.0 * pull))
    return np.asarray(mean + (np.asarray(sentiment) - mean) * decay + noise * np.asarray(normal))
