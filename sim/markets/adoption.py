"""Adoption of apps (E5): word of mouth, news, push, paid acquisition, as hazards per person.

People and agents are interchangeable units here, as long as one call uses one of them.
"""

from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]

UTILITY_PER_ELO = log(10.0) / 400.0
BISECTIONS = 60


def elo_utility(points: ArrayLike) -> F64:
    """Turn quality into logit utility.

    u = ln(10) / 400 x points, .0057565 per point.

    points: Elo, any shape. Returns utilities of that shape. Source: Elo 1978; with two options a
    lead of 100 points wins 1 / (1 + 10^(-100/400)) = .6401. Limit: no lead, .5.
    """
    utility: F64 = UTILITY_PER_ELO * np.asarray(points, dtype=np.float64)
    return utility


def choice_shares(utility: ArrayLike) -> F64:
    """Return the logit choice probabilities along the last axis.

    s_i = exp(u_i) / sum_j exp(u_j)

    utility: any shape, -inf for an option that cannot be chosen. Returns shares of that shape that
    sum to 1, or zeros where nothing can be chosen. Source: McFadden 1974. Limit: deleting one
    option leaves the ratios of the others unchanged.
    """
    u = np.asarray(utility, dtype=np.float64)
    best = u.max(axis=-1, keepdims=True)
    weight = np.exp(u - np.where(np.isfinite(best), best, 0.0))
    total = weight.sum(axis=-1, keepdims=True)
    shares: F64 = weight / np.where(total > 0, total, 1.0)
    return shares


def switch_weights(
    users: ArrayLike, quality: ArrayLike, open_apps: ArrayLike, utility_per_elo: float
) -> F64:
    """Return the weights by which a leaver picks another app.

    w_i = MAU_i exp(utility_per_elo (q_i - max q)) if i can be adopted, else 0

    users (A,); quality (A,) Elo; open_apps (A,) true for apps that can be adopted; utility per
    point. Returns (A,). Source: logit over apps weighted by size (E6). Limit: equal quality,
    in proportion to users.
    """
    q = np.asarray(quality, dtype=np.float64)
    can_adopt = np.asarray(open_apps, dtype=bool)
    best = q[can_adopt].max(initial=-np.inf)
    # An app that is closed may lead in quality; it must not make the exponential overflow.
    lead = np.where(can_adopt, q - best, 0.0)
    weight: F64 = np.where(can_adopt, np.asarray(users) * np.exp(utility_per_elo * lead), 0.0)
    return weight


def lead_over_rivals(quality: ArrayLike, open_apps: ArrayLike) -> F64:
    """Return each app's quality lead over the best other app that can be adopted, Elo.

    quality (A,); open_apps (A,). Returns (A,); 0 for a closed app and for one without rivals.
    """
    can_adopt = np.asarray(open_apps, dtype=bool)
    q = np.where(can_adopt, np.asarray(quality, dtype=np.float64), -np.inf)
    if can_adopt.sum() < 2:
        return np.zeros(len(q))
    second, best = np.sort(q)[-2:]
    rival = np.where(np.arange(len(q)) == int(np.argmax(q)), second, best)
    lead: F64 = np.where(can_adopt, q, rival) - rival
    return lead


def fading_lead(previous: ArrayLike, change: ArrayLike, half_life: float) -> F64:
    """Let a quality lead lose its novelty while rivals answer.

    v <- v 2^(-1/h) + change of the lead over the best rival

    previous and change (A,) Elo; half_life in weeks. Returns (A,) the lead that users talk about.
    Source: assumption, h = 4 weeks. Limit: a lead that no longer changes fades to 0.
    """
    kept = 2.0 ** (-1.0 / half_life)
    faded: F64 = np.asarray(previous) * kept + np.asarray(change)
    return faded


def novelty_factor(lead: ArrayLike, novelty: float) -> F64:
    """Return how much a quality lead raises word of mouth.

    L = exp(min(1, th lead / 100))

    lead (A,) Elo over the best rival app; novelty th per 100 Elo. Returns (A,). Source: prototype
    (th 1.4). Limits: no lead, 1; a large lead, e.
    """
    factor: F64 = np.exp(np.minimum(1.0, novelty * np.asarray(lead, dtype=np.float64) / 100.0))
    return factor


def news_reproduction(base: float, gain: float, scope: ArrayLike, lead: ArrayLike) -> F64:
    """Return how many people one person who knows a news item tells.

    R = R0 exp(b scope lead / 100)

    base R0; gain b per 100 Elo; scope, share of tasks led, 0 to 1; lead in Elo. Returns the shape
    of scope and lead. Source: prototype (R0 .43, b 1.04). Limit: no lead, R0.
    """
    reproduction: F64 = base * np.exp(gain * np.asarray(scope) * np.asarray(lead) / 100.0)
    return reproduction


def news_reach(reproduction: ArrayLike, seed_share: ArrayLike) -> F64:
    """Return the share of people whom a news item reaches in the end.

    z = 1 - exp(-(R z + s)), the largest root in [0, 1]

    reproduction R and seed_share s (who hear it from the press), any shapes that broadcast.
    Returns z, exact to 1e-15, by bisection: the difference of both sides is concave and positive
    just below the root. Source: final size of an epidemic, Kermack & McKendrick 1927. Limits:
    R = 0, 1 - exp(-s); s = 0 and R at most 1, 0.
    """
    r, s = np.broadcast_arrays(
        np.asarray(reproduction, dtype=np.float64), np.asarray(seed_share, dtype=np.float64)
    )
    low, high = np.zeros(r.shape), np.ones(r.shape)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        above = -np.expm1(-(r * middle + s)) > middle
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    # A root at 0 is approached from above and never met.
    reach: F64 = np.where(low == 0.0, 0.0, (low + high) / 2)
    return reach


def news_release(
    previous: ArrayLike, reach: ArrayLike, addressable: float, half_life: ArrayLike
) -> F64:
    """Return the people per week whom news brings to try an app.

    news <- news 2^(-1/h) + N rho (1 - 2^(-1/h)), rho = -ln(1 - z)

    previous (A,) people per week; reach z of this week's news (A,), 0 without; addressable N,
    people; half_life h in weeks, scalar or (A,). Returns (A,). Source: prototype. Limit: one item
    brings N rho trials in all, whatever h.
    """
    kept = 2.0 ** (-1.0 / np.asarray(half_life, dtype=np.float64))
    trials = -addressable * np.log1p(-np.asarray(reach, dtype=np.float64))
    flow: F64 = np.asarray(previous) * kept + trials * (1.0 - kept)
    return flow


def spread_hazard(
    word_of_mouth: float, novelty: ArrayLike, users: ArrayLike, addressable: float
) -> F64:
    """Return the hazard that a person without an app takes one up by word of mouth, per week.

    w L_i MAU_i / N

    word_of_mouth w per week; novelty L (A,); users MAU (A,); addressable N. Returns (A,).
    Source: Bass 1969, his q over all adopters. Limit: no users, 0.
    """
    hazard: F64 = word_of_mouth * np.asarray(novelty) * np.asarray(users) / addressable
    return hazard


def adoption_hazards(
    push: ArrayLike,
    organic: ArrayLike,
    news: ArrayLike,
    spread: ArrayLike,
    addressable: float,
    segment_factor: ArrayLike,
    paid: ArrayLike,
    open_apps: ArrayLike,
) -> F64:
    """Assemble the weekly adoption hazards of a person without an app.

    pushed = push_i / N, organic = (organic_i + news_i) / N, spread as given, each times the
    segment's factor; paid as given

    push, organic, news (A,) people per week; spread (A,) per week; addressable N, people;
    segment_factor (S, 3) for pushed, organic, spread, or (S, 1) for all, averaging 1 over people;
    paid (S, A) per week, or 0; open_apps (A,) true for apps that can be adopted. Returns (S, A, 4)
    in the order paid, pushed, organic, spread; 0 for apps that cannot be adopted. Limit: one app,
    no push, news or ads: p + q F, the Bass hazard.
    """
    factor = np.asarray(segment_factor, dtype=np.float64)
    by_itself = np.asarray(organic) + np.asarray(news)
    by_source = np.array([np.asarray(push) / addressable, by_itself / addressable, spread]).T
    hazards = np.empty((len(factor), len(by_source), 4))
    hazards[:, :, 0] = paid
    np.multiply(factor[:, None, :], by_source, out=hazards[:, :, 1:])
    hazards[:, ~np.asarray(open_apps, dtype=bool)] = 0.0
    return hazards


def mean_one(factor: ArrayLike, share: ArrayLike) -> F64:
    """Scale factors by segment (S, ...) so that they average 1 over people with shares (S,)."""
    values = np.asarray(factor, dtype=np.float64)
    scaled: F64 = values / np.tensordot(np.asarray(share, dtype=np.float64), values, axes=1)
    return scaled
