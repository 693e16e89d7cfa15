"""Limit cases of firms: prices (P1 to D1), sizes (D2), money (F1 to F3), models (T), bids (B1)."""

from math import comb, exp, sqrt

import numpy as np

from limit_cases.rows import F64, Row, clones, columns, limit, share_error
from sim.core.streams import Streams
from sim.core.units import WEEKS_PER_YEAR
from sim.engine.simulation import simulate
from sim.markets.pricing import equilibrium
from sim.markets.training import final_run_cost, training_loss
from sim.world.accounts import pareto_sizes


def prices() -> list[Row]:
    """P1, P2: equilibrium of two sellers, joint monopoly, monopoly with an attach margin."""
    rows = []
    for what, owner, price, profit in (
        ("two sellers", (0, 1), 1.4729267, 0.2229267),
        ("joint monopoly", (0, 0), 1.9249809, 0.3374905),
    ):
        found, share = equilibrium([2.0, 2.0], [1.0, 1.0], owner, 0.0, 0.25, 0.0)
        rows += [
            Row("P1 logit Bertrand", f"price, {what}", price, float(found[0]), 0, 5e-8),
            Row(
                "P1 logit Bertrand",
                f"profit, {what}",
                profit,
                float((found[0] - 1.0) * share[0]),
                0,
                5e-8,
            ),
        ]
    for margin, price in ((0.0, 1.801985), (0.5, 1.673360), (1.0, 1.581795)):
        found, _ = equilibrium([2.0], [1.0], [0], margin, 0.25, 0.0)
        rows.append(
            Row("P2 attach margin", f"price, margin {margin:g}", price, float(found[0]), 0, 5e-7)
        )
    return rows


def q_learning(sessions: int = 400) -> list[Row]:
    """P3: pairs of sellers who learn by trial and error."""
    from sim.markets.q_learning import learn, price_game

    keys = np.array(
        [
            [Streams(1, session).key(f"q-learning seller {seller}", 0) for seller in range(2)]
            for session in range(sessions)
        ],
        dtype=np.uint64,
    )
    gain = learn(price_game(), keys).gain
    # The value of theory is itself a mean over 200 sessions, with this standard error.
    error = sqrt(gain.var(ddof=1) / sessions + 0.008**2)
    return [Row("P3 Q-learning pair", "profit gain", 0.845, float(gain.mean()), error)]


def price_cut() -> list[Row]:
    """D1: a cut of 97 % by a monopolist, through the engine."""
    rows = []
    for elasticity, quantity, revenue in (
        (0.7, 11.64, 0.349),
        (1, 33.33, 1.0),
        (1.11, 49.02, 1.471),
    ):
        scenario = limit("price_cut", {"parameters.price_elasticity": elasticity})
        tokens, income, price = columns(
            scenario,
            "firms",
            "tokens_external_per_day",
            "revenue_api_cny",
            "price_effective_cny_per_mtok",
        )
        case = f"D1 price cut, elasticity {elasticity:g}"
        rows += [
            Row(case, "price multiplied by", 0.03, price[-1] / price[0], 0, 1e-9),
            Row(case, "quantity multiplied by", quantity, tokens[-1] / tokens[0], 0, 0.005),
            Row(case, "revenue multiplied by", revenue, income[-1] / income[0], 0, 0.0005),
        ]
    return rows


def largest_accounts(markets: int = 2500) -> list[Row]:
    """D2: the share of the largest of Pareto accounts."""

    def largest(tail: float, accounts: int) -> F64:
        ids = np.arange(accounts, dtype=np.uint64)
        draws = (Streams(1, one).uniforms("account size", ids, 0) for one in range(markets))
        return np.array([pareto_sizes(uniform, tail).max() for uniform in draws])

    multiple = 1.0 / largest(0.4, 2000)
    large = float((largest(0.9, 20_000) >= 0.6).mean())
    error = float(multiple.std()) / sqrt(markets)
    return [
        # 2,000 accounts lack .02 of the limit of many.
        Row(
            "D2 Pareto sizes",
            "mean sum / max, tail .4",
            1 / 0.6,
            float(multiple.mean()),
            error,
            0.02,
        ),
        Row(
            "D2 Pareto sizes",
            "P(largest share >= .6), tail .9",
            0.105,
            large,
            sqrt(share_error(0.105, markets) ** 2 + 0.0025**2),
        ),
    ]


def ruin(firms: int = 200, replicates: int = 50) -> list[Row]:
    """F1: startups without income that start with two years of cash."""
    scenario = clones("ruin", "firm", firms - 1)
    times = {1.0: 0.05814, 1.5: 0.29046, 2.0: 0.55965, 3.0: 0.87281}
    ruined = np.zeros(160)
    for replicate in range(replicates):
        (cash,) = columns(scenario, "firms", "cash_cny", replicate=replicate)
        gone = np.maximum.accumulate(cash.reshape(-1, firms) <= 0.0, axis=0).sum(axis=1)
        ruined = ruined[: len(gone)] + gone
    share = np.append(0.0, ruined) / (firms * replicates)
    return [
        Row(
            "F1 ruin",
            f"ruined by year {year:g}",
            theory,
            float(np.interp(year * WEEKS_PER_YEAR, np.arange(len(share)), share)),
            share_error(theory, firms * replicates),
        )
        for year, theory in times.items()
    ]


def sentiment(replicates: int = 20) -> list[Row]:
    """F2: mood over 29 years; the first two are left out, since mood starts at its mean."""
    paths = np.array(
        [
            columns(limit("sentiment"), "market", "sentiment", replicate=replicate)[0][104:]
            for replicate in range(replicates)
        ]
    )
    spread, memory = 0.346410, 0.971566
    weeks = paths.size
    now, later = paths[:, :-1], paths[:, 1:]
    found = float((now * later).sum() / (now**2).sum())
    # Squares of the path forget at memory^2, so the weeks count as fewer.
    counted = weeks * (1.0 - memory**2) / (1.0 + memory**2)
    return [
        Row(
            "F2 sentiment",
            "spread",
            spread,
            float(np.sqrt((paths**2).mean())),
            spread / sqrt(2.0 * counted),
        ),
        Row(
            "F2 sentiment",
            "correlation of weeks",
            memory,
            found,
            sqrt((1.0 - memory**2) / weeks),
            # The engine's year has 52.18 weeks.
            0.0001,
        ),
    ]


def exits(groups: int = 33, replicates: int = 80) -> list[Row]:
    """F3: groups of six startups that may each stop pre-training; 78 weeks of 52.18 a year."""
    scenario = clones("exits", "startup_1", 6 * groups - 6)
    place = {name: number for number, name in enumerate(scenario.firms)}
    stopped = np.zeros((replicates, len(place)), dtype=np.bool_)
    for replicate in range(replicates):
        left = simulate(scenario, scenario.seed, replicate, frozenset({"exits"}))["exits"]
        assert set(left["kind"]) <= {"stopped_pretraining"}
        stopped[replicate, [place[name] for name in left["firm"]]] = True
    counts = stopped.reshape(replicates, groups, 6).sum(axis=2)
    weekly = 1.0 - exp(-0.25 * 78 / WEEKS_PER_YEAR)
    chance = [comb(6, k) * weekly**k * (1.0 - weekly) ** (6 - k) for k in range(7)]
    # Eighteen months are 78.27 weeks; the quarter of a week is allowed for.
    year_and_half = 1.0 - exp(-0.25 * 1.5)
    return [
        Row(
            "F3 competing exits",
            what,
            oracle,
            float(found.mean()),
            share_error(theory, found.size),
            abs(theory - oracle),
        )
        for what, theory, oracle, found in (
            ("P(a firm stops)", weekly, year_and_half, stopped),
            ("P(exactly two of six)", chance[2], 0.327, counts == 2),
            ("P(two or more of six)", sum(chance[2:]), 0.607, counts >= 2),
        )
    ]


def scaling() -> list[Row]:
    """T1, T2: loss of a model, best size for a budget, cost of a reported run."""
    sizes = np.exp(np.linspace(np.log(9e10), np.log(1.02e11), 200_001))
    loss = training_loss(sizes, 1e24 / (6.0 * sizes))
    case = "T1 scaling law"
    return [
        Row(case, "L(70e9, 1.4e12)", 1.973882, float(training_loss(70e9, 1.4e12)), 0, 5e-7),
        Row(case, "best size for 1e24 FLOP, bn", 95.86, float(sizes[loss.argmin()]) / 1e9, 0, 0.02),
        Row(case, "loss at the best size", 1.9597, float(loss.min()), 0, 5e-5),
        Row("T2 run cost", "M USD", 5.576, float(final_run_cost(2_788e3, 2.0)) / 1e6, 0, 1e-9),
    ]


def tenders(replicates: int = 1) -> list[Row]:
    """B1: sealed bids of labs with costs drawn evenly from 0 to the budget."""
    tables = [
        columns(
            limit("tenders"), "tenders", "budget_cny", "price_cny", "cost_cny", "bidders",
            replicate=replicate,
        )
        for replicate in range(replicates)
    ]  # fmt: skip
    budget, price, cost, bidders = np.concatenate(tables, axis=1)
    rows = []
    for n in (2, 3, 6):
        own = bidders == n
        paid, expense = (price / budget)[own], (cost / budget)[own]
        exact = ((n - 1) * expense + 1.0) / n
        case = f"B1 tender, {n} bidders"
        rows += [
            Row(
                case,
                "largest gap of a bid to ((n-1)c + 1)/n",
                0,
                float(abs(paid - exact).max()),
                0,
                1e-9,
            ),
            *(
                Row(case, what, theory, float(found.mean()), float(found.std()) / sqrt(own.sum()))
                for what, theory, found in (
                    ("price over budget", 2 / (n + 1), paid),
                    ("winner's profit over budget", 1 / (n + 1), paid - expense),
                )
            ),
        ]
    return rows
