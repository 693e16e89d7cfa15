"""Claims about prices of tokens, who cuts and who follows: M01 to M04, M07, M10, M12, M60, M78."""

from datetime import date

import numpy as np
from sign import Claim, Market, Measure, Run, less, more, off
from small_market import of, without

from claims.measures import (
    CLOUDS,
    STARTUPS,
    at_end,
    late,
    log_api_markup,
    log_of,
    log_price,
    mean_list_price,
    total,
)

LIST, EFFECTIVE = "price_input_cny_per_mtok", "price_effective_cny_per_mtok"
REVENUE = "revenue_api_cny"
WAR = Market(("firms", "market"), weeks=18, start=date(2024, 2, 26))
"""To the last week of June 2024."""
ANCHORED = Market(("firms",), {"parameters.legacy_weight": 1.0}, weeks=20, start=date(2024, 2, 26))
LONG_WAR = Market(("firms",), weeks=44, start=date(2024, 2, 26))
"""Contracts are slow: within weeks of a cut shares have hardly moved."""
ALONE = Market(("firms",), without(*CLOUDS, "huawei", "iflytek", "deepseek"))
"""Startups among themselves: a cloud sells to every niche, and its cuts reach them all."""
HOLDS = {"firms.alibaba.pricing.strategy": "hold"}


def weeks_until_clouds_cut(run: Run) -> float:
    """Mean weeks until each cloud first cuts by half or more; all of them if it never does."""
    found = []
    for cloud in CLOUDS[:3]:
        price = of(run["firms"], firm=cloud)[LIST].to_numpy()
        cuts = np.flatnonzero(price[1:] < 0.5 * price[:-1])
        found.append(cuts[0] if len(cuts) else len(price))
    return float(np.mean(found))


def api_result(firm: str) -> Measure:
    """What tokens bring a firm less what they cost it; the parent pays a loss."""

    def measure(run: Run) -> float:
        rows = of(run["firms"], firm=firm)
        brings = rows["revenue_api_cny"] + rows["revenue_attach_cny"] - rows["cost_api_cny"]
        return float(brings.sum())

    return measure


PRICES = (
    Claim("M01", WAR, off("rival_alert"), (less("list price of June", mean_list_price),), 10),
    Claim(
        "M02",
        ANCHORED,
        off("legacy_cannibalisation"),
        (more("log list price of old clouds", log_price(LIST, *CLOUDS[:3])),),
        8,
        slow=True,
    ),
    Claim(
        "M02",
        ANCHORED,
        off("legacy_cannibalisation"),
        (more("weeks until old clouds cut", weeks_until_clouds_cut),),
        40,
        slow=True,
    ),
    Claim(
        "M03",
        WAR,
        off("attach_margin"),
        (less("log effective price of clouds", log_price(EFFECTIVE, *CLOUDS)),),
        14,
    ),
    Claim(
        "M03",
        WAR,
        off("attach_margin"),
        (less("log of startups' API revenue", log_of(total("firms", REVENUE, *STARTUPS))),),
        70,
        slow=True,
    ),
    Claim(
        "M04",
        WAR,
        off("price_elasticity"),
        (more("log tokens demanded", log_of(late("tokens_demanded_per_day", 1))),),
        3,
    ),
    Claim(
        "M07",
        WAR,
        HOLDS,
        (
            less("Alibaba's list price", at_end("firms", LIST, "alibaba")),
            less("Alibaba's effective price", at_end("firms", EFFECTIVE, "alibaba")),
        ),
        12,
    ),
    Claim(
        "M07",
        LONG_WAR,
        HOLDS,
        (
            less("Alibaba's API markup, log", log_api_markup("alibaba")),
            more("Alibaba's API share, log", log_of(at_end("firms", "api_share", "alibaba"))),
        ),
        40,
        slow=True,
    ),
    Claim(
        "M07",
        WAR,
        off("follow_rule"),
        (less("list price of June", mean_list_price),),
        10,
        slow=True,
    ),
    Claim(
        "M10",
        WAR,
        off("price_war"),
        (less("startups' API markup, log", log_api_markup(*STARTUPS[:4])),),
        5,
    ),
    Claim(
        "M12",
        WAR,
        off("share_objective"),
        (
            less("ByteDance's list price", at_end("firms", LIST, "bytedance")),
            more("ByteDance's API share", at_end("firms", "api_share", "bytedance")),
            less("what the API brings ByteDance", api_result("bytedance")),
        ),
        6,
    ),
    Claim(
        "M60",
        LONG_WAR,
        off("differentiation"),
        (less("log of the mean list price", log_of(mean_list_price)),),
        10,
        slow=True,
    ),
    Claim(
        "M78",
        ALONE,
        off("niches"),
        (more("log flagship price", log_price("flagship_price_input_cny_per_mtok", *STARTUPS)),),
        3,
    ),
)
