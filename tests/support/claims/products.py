"""Claims about products, routes, small apps and agents: M32, M34, M39, M40, M73, M76, M79-M81."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sign import Changes, Claim, Market, Measure, Outcome, Run, less, more, off
from small_market import NO_ROUNDS, START, of

from claims.measures import STARTUPS, at_end, total
from sim.engine.state import Engine

F64 = NDArray[np.float64]
DEAR_USERS = {**NO_ROUNDS, "parameters.dearest_user": 1.0, "parameters.ad_user_value": 5.0}
AGENTS = Market(
    ("apps", "market", "firms"),
    {
        **NO_ROUNDS,
        "firms.baidu.quality_offset": 85.0,
        "parameters.agent_quality": 80.0,
        "parameters.agent_ramp_weeks": 26.0,
    },
)
SMALL_APPS = Market(("apps", "small_apps", "firms"), NO_ROUNDS, weeks=50)
SHALLOW = Market(("apps",), {**NO_ROUNDS, "parameters.engagement_least": 0.95}, weeks=60)
ARRIVAL_WEEKS = 45
ROUTE = "firms.zhipu.product.strategy"


def spent_on(app: str) -> Measure:
    return lambda run: float(of(run["apps"], app=app)["ad_spend_cny"].sum())


def focus(engine: Engine) -> float:
    """Return the largest weight that a startup has on both routes."""
    products = engine.world.products
    both = products.consumer_focus + products.business_focus
    return float(both[engine.firms.startup].max())


def added_variation(without: Run, with_it: Run) -> float:
    """Rise of the coefficient of variation of startups' weekly revenue in the last half-year."""
    before, after = (
        np.mean([revenue.std() / revenue.mean() for revenue in _revenues(run)])
        for run in (without, with_it)
    )
    return float(after - before)


def _revenues(run: Run) -> Iterator[F64]:
    sold = ("revenue_api_cny", "revenue_subscription_cny", "revenue_deployment_cny")
    for firm in STARTUPS:
        yield of(run["firms"], firm=firm).tail(26).select(pl.sum_horizontal(sold)).to_numpy()


def arrival_of_agents(run: Run) -> float:
    """Weeks until agents are a category of their own, all of them if they never are."""
    days = of(run["events"], kind="category")["date"].to_list()
    return float((days[0] - START).days / 7) if days else float(ARRIVAL_WEEKS)


def route(name: str) -> Changes:
    return {ROUTE: name}


PRODUCTS = (
    Claim(
        "M32",
        SHALLOW,
        off("engagement_threshold"),
        (
            more("spend on Hailuo, the later app", spent_on("hailuo")),
            less("spend on Xingye", spent_on("xingye")),
        ),
        4,
        slow=True,
    ),
    Claim(
        "M34",
        Market(("apps",), DEAR_USERS, weeks=20),
        off("unit_economics_stop"),
        (less("startups' ad spend", total("apps", "ad_spend_cny", *STARTUPS)),),
        2,
    ),
    Claim(
        "M34",
        SMALL_APPS,
        off("unit_economics_stop"),
        (
            more("small apps stopped", total("small_apps", "stopped")),
            more("and turned", total("small_apps", "pivoted")),
        ),
        3,
    ),
    Claim(
        "M39",
        SMALL_APPS,
        route("business_first"),
        (
            more("ads of Zhipu", total("apps", "ad_spend_cny", "zhipu")),
            more("users it bought", total("apps", "adds_paid", "zhipu")),
            less("its deployment revenue", total("firms", "revenue_deployment_cny", "zhipu")),
        ),
        3,
        with_it=route("consumers_first"),
    ),
    Claim(
        "M40",
        Market(("firms",), NO_ROUNDS, look=focus),
        off("route_diversification"),
        (more("weight on both routes", lambda run: float(max(run.seen))),),
        3,
    ),
    Claim(
        "M40",
        Market(("firms",), NO_ROUNDS, weeks=70),
        off("route_diversification"),
        (Outcome("variation of startups' revenue", -1, added_variation, within=0.05, shown=0),),
        12,
        slow=True,
    ),
    Claim(
        "M73",
        SMALL_APPS,
        off("apps_favoured"),
        (more("money to small apps", total("small_apps", "raised_cny")),),
        3,
    ),
    Claim(
        "M76",
        SMALL_APPS,
        off("small_app_entry"),
        (more("entrants", total("small_apps", "entrants")),),
        3,
    ),
    Claim(
        "M79",
        AGENTS,
        off("new_categories"),
        (
            more("ad money drawn by agents", total("market", "agent_ad_spend_cny")),
            less("ad spend of apps", total("apps", "ad_spend_cny")),
        ),
        3,
    ),
    Claim(
        "M80",
        Market(("events",), {"parameters.agent_quality": 20.0}, weeks=ARRIVAL_WEEKS),
        off("agent_threshold"),
        (more("weeks until agents arrive", arrival_of_agents),),
        3,
        slow=True,
    ),
    Claim(
        "M81",
        AGENTS,
        off("agents_need_models"),
        (
            more("spend on training", total("firms", "cost_rd_compute_cny")),
            more("staff", at_end("firms", "staff")),
        ),
        3,
    ),
)
