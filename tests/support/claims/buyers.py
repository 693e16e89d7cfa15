"""Claims about who buys tokens and deployments of whom: M05 to M09, M13 to M20, M41 to M49."""

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sign import Claim, Look, Market, Run, less, more, off
from small_market import of

from claims.measures import STARTUPS, among, at_end, late, log_price, total
from sim.core.parameters import Parameters
from sim.engine.state import Engine
from sim.engine.steps.api import hear_of_open_weights, serve, vendor_utility
from sim.markets.adoption import choice_shares
from sim.world.firms import MAIN

F64 = NDArray[np.float64]
WAR = date(2024, 4, 1)
YEAR_2024 = date(2024, 1, 1)
FREE_BAIDU: dict[str, Any] = {"firms.baidu.main_price_cny_per_mtok": 0.0}
MANY_OPEN = {"parameters.self_host_hazard": 0.02, "accounts.count": 3000}
OPEN_MODEL: dict[str, Any] = {
    "shock.strong_open_model.date": date(2023, 10, 2),
    "shock.strong_open_model.kind": "open_weights_release",
    "shock.strong_open_model.who": "open",
    "shock.strong_open_model.amount": 120.0,
    "shock.strong_open_model.what": "an open model near the frontier",
}
API = ("firms", "market")
SERVICE = ("served", "demanded")


def shares(engine: Engine) -> F64:
    """Return each vendor's share of new demand for main models."""
    choice = choice_shares(vendor_utility(engine)[MAIN])
    return np.asarray(engine.world.accounts.kind_volume @ choice)


def won_by_a_cut(engine: Engine) -> float:
    """Return what a cut of 10 % wins a vendor 60 points behind, as a share of new demand."""
    firm = int(np.flatnonzero(engine.firms.menu.entered[MAIN])[0])
    engine.firms.tech.quality[firm] -= 60.0
    before = shares(engine)
    engine.firms.menu.price[MAIN, firm] *= 0.9
    return float((shares(engine) - before)[firm])


def paid_of_list_price(engine: Engine) -> float:
    """Return the lowest share of its list price that a vendor is paid on average."""
    serve(engine)
    menu = engine.firms.menu
    return float((menu.effective / menu.price)[engine.flow.volume.sum(1) > 0].min())


def new_accounts_of_the_best(engine: Engine) -> float:
    """Return the share of accounts that first choose the best main model."""
    sold = engine.firms.menu.entered[MAIN]
    best = int(np.where(sold, engine.firms.tech.quality, -np.inf).argmax())
    serve(engine)
    return float((engine.world.accounts.preferred[MAIN] == best).mean())


def share_of_clouds(engine: Engine) -> float:
    """Return clouds' share of new demand."""
    return float(shares(engine)[engine.firms.cloud].sum())


def expected_prices(engine: Engine) -> tuple[float, float]:
    """Return what small and large accounts expect to pay after an open release, over before."""
    hear_of_open_weights(engine)
    accounts = engine.world.accounts
    large = accounts.size > np.median(accounts.size)
    return float(accounts.reference[~large].mean()), float(accounts.reference[large].mean())


def opened(look: Look, accounts: int = 200, **changes: Any) -> Market:
    return Market(changes={"accounts.count": accounts, **changes}, weeks=0, look=look)


def seen(part: int | None = None) -> Any:
    """Measure what a look at an opened market found, or a part of it."""
    return lambda run: run.seen[0] if part is None else run.seen[0][part]


def demand_and_retirement(engine: Engine) -> tuple[float, bool]:
    return float(engine.world.accounts.demand.sum()), bool(engine.flow.retired.any())


def growth_at_retirement(run: Run) -> float:
    """Mean weekly growth of demand when a model retires, less that of other weeks."""
    demand, retired = (np.array(one) for one in zip(*run.seen, strict=True))
    growth, at = np.diff(np.log(demand)), retired[1:].astype(bool)
    return float(growth[at].mean() - growth[~at].mean())


def choices_of_an_open_vendor(engine: Engine) -> NDArray[np.bool_]:
    """Keep Alibaba's weights open, and return which accounts prefer it."""
    firm = engine.firms.number("alibaba")
    engine.firms.tech.open_weights[firm] = True
    return np.asarray(engine.world.accounts.preferred[MAIN] == firm)


def leavers(run: Run) -> float:
    """Share of Alibaba's accounts that move away in a week."""
    pairs = list(zip(run.seen, run.seen[1:], strict=False))
    moved = sum(int((before & ~now).sum()) for before, now in pairs)
    return moved / sum(int(before.sum()) for before, _ in pairs)


def unserved(run: Run) -> float:
    half = run["market"].tail(10)
    return float((half["tokens_demanded_per_day"] - half["tokens_served_per_day"]).sum())


def service(run: Run) -> float:
    half = run["market"].tail(10)
    served, demanded = (half[f"tokens_{one}_per_day"].to_numpy() for one in SERVICE)
    return float(served.sum() / demanded.sum())


def share_when_short(run: Run) -> float:
    return float(of(run["firms"], firm="zhipu")["api_share"].tail(12).to_numpy().mean())


def price_for_quality(run: Run) -> float:
    """Mean log effective price less what buyers pay for the quality of the vendor."""
    for_a_point = Parameters().api_quality / Parameters().api_price_main
    paid = np.log(run["firms"]["price_effective_cny_per_mtok"].to_numpy() + 0.3)
    return float(np.nanmean(paid - for_a_point * run["firms"]["quality"].to_numpy()))


def wins(*firms: str) -> Any:
    return lambda run: float(len(among(run["tenders"], *firms)))


def tender_margin(run: Run) -> float:
    return float((run["tenders"]["price_cny"] - run["tenders"]["cost_cny"]).sum())


SERVED = Market(API, weeks=30)
CONTRACTS = Market(API, weeks=30, start=WAR)
FLOOD = Market(API, FREE_BAIDU, weeks=20)
POOR = Market(("firms",), {"firms.zhipu.cash_mcny": 150.0}, weeks=20)
RELEASES = Market(("market",), weeks=50, look=demand_and_retirement)
OPEN_VENDOR = Market(
    ("market",),
    {"accounts.count": 3000, "parameters.api_openness": 0.5},
    weeks=20,
    look=choices_of_an_open_vendor,
)
SELF_HOSTING = Market(API, MANY_OPEN)
TENDERS = Market(("firms", "tenders"), weeks=40, start=YEAR_2024)
ORDERS = Market(("firms",), {"parameters.api_conversion": 100.0, "accounts.count": 1000}, weeks=30)

BUYERS = (
    Claim(
        "M05",
        opened(won_by_a_cut),
        off("quality_over_price"),
        (less("share won by a cut", seen()),),
        8,
    ),
    Claim(
        "M06",
        ORDERS,
        off("api_to_deployment"),
        (
            more(
                "startups' deployment revenue", total("firms", "revenue_deployment_cny", *STARTUPS)
            ),
        ),
        10,
        slow=True,
    ),
    Claim(
        "M08",
        Market(("firms",), weeks=20),
        {},
        (more("Baidu's customers", at_end("firms", "api_customers", "baidu")),),
        3,
        with_it=FREE_BAIDU,
    ),
    Claim(
        "M09",
        opened(paid_of_list_price, **{"parameters.cache_hits": 0.0, **off("open_frontier")}),
        off("volume_discount"),
        (less("price paid over list price", seen()),),
        8,
    ),
    Claim(
        "M13",
        SERVED,
        off("multi_homing_accounts"),
        (more("vendors per account", late("vendors_per_account")),),
        3,
    ),
    Claim(
        "M13",
        SERVED,
        off("multi_homing_accounts"),
        (less("concentration", late("hhi_api")),),
        16,
        slow=True,
    ),
    Claim(
        "M14",
        opened(new_accounts_of_the_best, 2000),
        off("quality_entry"),
        (more("new accounts of the best vendor", seen()),),
        8,
    ),
    Claim(
        "M15",
        RELEASES,
        off("model_retirement"),
        (more("jump of use", growth_at_retirement),),
        4,
        slow=True,
    ),
    Claim(
        "M16",
        CONTRACTS,
        off("obsolescence_wait"),
        (less("prepaid share", late("prepaid_share")),),
        8,
        slow=True,
    ),
    Claim(
        "M16",
        CONTRACTS,
        {},
        (less("prepaid share", late("prepaid_share")),),
        6,
        slow=True,
        with_it={"parameters.obsolescence_aversion": 2.0},
    ),
    Claim(
        "M17",
        FLOOD,
        off("free_tier_flood"),
        (
            more("tokens unserved", unserved),
            less("share of demand served", service),
            more("Baidu's cost of the API", total("firms", "cost_api_cny", "baidu")),
        ),
        4,
    ),
    Claim("M18", OPEN_VENDOR, off("openness"), (less("accounts that leave", leavers),), 4),
    Claim(
        "M19",
        opened(share_of_clouds),
        off("tooling"),
        (more("clouds' share of new demand", seen()),),
        8,
    ),
    Claim(
        "M20",
        POOR,
        off("viability"),
        (less("API share when short", share_when_short),),
        40,
        slow=True,
    ),
    Claim(
        "M41",
        TENDERS,
        off("tender_price_decay"),
        (less("deployment revenue", total("firms", "revenue_deployment_cny")),),
        3,
    ),
    Claim(
        "M42",
        TENDERS,
        off("loss_leader_bids"),
        (
            less("prices of tenders", total("tenders", "price_cny")),
            less("startups' wins", wins(*STARTUPS)),
        ),
        3,
    ),
    Claim(
        "M43",
        TENDERS,
        off("incumbency_bonus"),
        (
            more("integrators' and incumbents' wins", wins("integrator", "baidu", "iflytek")),
            less("startups' wins", wins(*STARTUPS)),
        ),
        4,
    ),
    Claim(
        "M44",
        TENDERS,
        off("cloud_entry_private"),
        (more("ByteDance's wins", wins("bytedance")),),
        3,
    ),
    Claim(
        "M44",
        TENDERS,
        off("cloud_entry_private"),
        (less("startups' wins", wins(*STARTUPS)),),
        10,
        slow=True,
    ),
    Claim(
        "M45",
        TENDERS,
        off("business_willingness_to_pay"),
        (more("margin of tenders", tender_margin),),
        3,
    ),
    Claim(
        "M46",
        SELF_HOSTING,
        {},
        (
            less("log price less quality", price_for_quality),
            less("log list price", log_price("price_input_cny_per_mtok"), shown=1),
        ),
        4,
        with_it=OPEN_MODEL,
    ),
    Claim(
        "M46",
        SELF_HOSTING,
        {},
        (more("self-hosted share", late("self_hosted_share")),),
        16,
        with_it=OPEN_MODEL,
        slow=True,
    ),
    Claim(
        "M47",
        opened(expected_prices, 2000),
        off("reference_price_large"),
        (less("price large accounts expect", seen(1)),),
        8,
    ),
    Claim(
        "M49",
        opened(expected_prices, 2000),
        off("reference_price_small"),
        (less("price small accounts expect", seen(0)),),
        8,
    ),
)
