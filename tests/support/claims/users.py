"""Claims about users, advertising and subscriptions: M21 to M31, M35 to M38."""

from datetime import date, timedelta
from math import nan
from typing import Any

import numpy as np
import polars as pl
from sign import Claim, Market, Measure, Outcome, Run, less, more, off, same
from small_market import NO_ROUNDS, of

from claims.measures import STARTUPS, at_end, last, rows_from, total, users

MARCH = date(2024, 3, 4)
LOCKED = date(2024, 6, 3)
HALF = date(2024, 7, 1)
BURST = date(2023, 10, 2)
BUYING = Market(("apps", "channels", "firms"), NO_ROUNDS, weeks=44, start=MARCH)
"""Rounds do not happen, which are the most of luck; ads are bought from the first week on."""
YEAR_LATER = Market(("apps",), {"consumers.people_per_agent": 30_000}, weeks=102)
"""A year after the lockout; startups raise money, without which they could buy few users."""
STOPS: dict[str, Any] = {
    f"shock.{firm}_stops.{key}": value
    for firm in STARTUPS
    for key, value in {
        "date": HALF,
        "kind": "strategy",
        "who": firm,
        "target": "advertising",
        "level": "no_advertising",
        "what": f"{firm} stops buying users",
    }.items()
}
STOPPED = Market(("apps",), {**NO_ROUNDS, **STOPS}, weeks=43, start=MARCH)
"""Two quarters after startups have stopped to buy users."""
ASKED = {
    **NO_ROUNDS,
    "parameters.annoyance": 0.3,
    "parameters.annoyance_conversion": 0.5,
    "parameters.conversion": 0.05,
    "consumers.people_per_agent": 10_000,
}
NEWS: dict[str, Any] = {
    **NO_ROUNDS,
    "consumers.people_per_agent": 20_000,
    "shock.burst.date": BURST,
    "shock.burst.kind": "news",
    "shock.burst.who": "xingye",
    "shock.burst.scope": 0.5,
    "shock.burst.lead": 100.0,
}
PAYING = Market(("apps", "firms"), {"parameters.conversion": 0.05}, weeks=25)
REASONING: dict[str, Any] = {
    "shock.o1_preview.date": date(2023, 7, 10),
    "parameters.conversion": 0.05,
    "parameters.premium_share": 0.2,
}


def log_users(app: str) -> Measure:
    """Logarithm of the users of an app in the last week, one agent added."""
    return lambda run: float(np.log(users(app)(run) + 1e5))


def people_per_cny(firm: str) -> Measure:
    """Users that a firm buys for a CNY in the week of the lockout."""

    def measure(run: Run) -> float:
        week = of(run["channels"], firm=firm, date=LOCKED)
        people, spent = float(week["users"].sum()), float(week["spend_cny"].sum())
        return people / spent if spent > 0.0 else nan

    return measure


def dearest_on(channel: str) -> Measure:
    return lambda run: float(np.nanmax(of(run["channels"], channel=channel)["cpa_cny"].to_numpy()))


def share_of_next_best(without: Run, with_it: Run) -> float:
    """Rise of the share of Kimi's spend, after the lockout, on the channel it then uses most."""
    spent = [
        rows_from("channels", LOCKED, firm="moonshot")(run)
        .group_by("channel").agg(pl.col("spend_cny").sum())
        for run in (without, with_it)
    ]  # fmt: skip
    best = spent[1].sort("spend_cny")["channel"][-1]
    before, after = (
        float(of(one, channel=best)["spend_cny"].sum()) / float(one["spend_cny"].sum())
        for one in spent
    )
    return after - before


def rate(what: str) -> Measure:
    return lambda run: float(run["apps"][what].sum()) / float(run["apps"]["mau"].sum())


def adds(begin: int, end: int, column: str = "adds") -> Measure:
    """People who took Xingye up in some weeks after its burst of news."""
    first, final = (BURST + timedelta(weeks=one) for one in (begin, end))
    between = pl.col("date").is_between(first, final)
    return lambda run: float(of(run["apps"], app="xingye").filter(between)[column].sum())


def share_of_ads(without: Run, with_it: Run) -> float:
    """Share of what a lead added in eight weeks that ads bought."""
    bought, all_adds = (
        adds(0, 8, column)(with_it) - adds(0, 8, column)(without)
        for column in ("adds_paid", "adds")
    )
    return bought / all_adds


def all_users(run: Run) -> float:
    return float(last(run["apps"])["mau"].sum())


def revenue_per_user(run: Run) -> float:
    return total("firms", "revenue_subscription_cny")(run) / all_users(run)


USERS = (
    Claim("M21", BUYING, off("advertising"), (more("users of all apps", all_users),), 3),
    Claim(
        "M21",
        BUYING,
        off("advertising"),
        (
            more(
                "log users of Qingyan over Doubao",
                lambda run: log_users("qingyan")(run) - log_users("doubao")(run),
            ),
        ),
        8,
        slow=True,
    ),
    Claim(
        "M22",
        BUYING,
        off("ad_crowding"),
        (more("dearest user on Kuaishou", dearest_on("kuaishou")),),
        3,
    ),
    Claim(
        "M23",
        BUYING,
        off("ad_escalation"),
        (
            more(
                "ad spend of the second half",
                lambda run: float(rows_from("apps", HALF)(run)["ad_spend_cny"].sum()),
            ),
        ),
        3,
    ),
    Claim(
        "M24",
        BUYING,
        off("transfer_price"),
        (
            less("ByteDance's cost of ads", total("firms", "cost_ads_cny", "bytedance")),
            same("users", all_users),
        ),
        3,
    ),
    Claim(
        "M25",
        BUYING,
        off("channel_lockout"),
        (
            less("people per CNY for Moonshot", people_per_cny("moonshot")),
            more("people per CNY for ByteDance", people_per_cny("bytedance")),
        ),
        3,
    ),
    Claim(
        "M25",
        YEAR_LATER,
        off("channel_lockout"),
        (
            less("Kimi's users", users("kimi")),
            more("Doubao's users", users("doubao"), shown=-1),
        ),
        8,
        slow=True,
    ),
    Claim(
        "M26",
        BUYING,
        off("channel_substitution"),
        (Outcome("share of the next best channel", 1, share_of_next_best),),
        3,
    ),
    Claim("M27", BUYING, off("own_channel_push"), (more("Doubao's users", users("doubao")),), 3),
    Claim(
        "M28",
        Market(("apps",), {**STOPPED.changes, "consumers.people_per_agent": 20_000}, 43, MARCH),
        off("ad_bought_retention"),
        (less("users of startups", at_end("apps", "mau", *STARTUPS)),),
        6,
        slow=True,
    ),
    Claim(
        "M29",
        STOPPED,
        off("ads_stop"),
        tuple(
            less(f"users of {app}", users(app)) for app in ("kimi", "qingyan", "xingye", "hailuo")
        ),
        6,
        slow=True,
    ),
    Claim(
        "M31",
        Market(("apps",), NEWS, weeks=44),
        off("quality_lead"),
        (
            more("adds in eight weeks", adds(0, 8)),
            less(
                "adds later, over half of those at first",
                lambda run: adds(20, 28)(run) - 0.5 * adds(0, 8)(run),
            ),
            Outcome("share of ads in these", 0, share_of_ads, within=0.05),
        ),
        3,
    ),
    Claim(
        "M35",
        Market(("apps",), ASKED, weeks=20),
        off("annoyance"),
        (more("people who leave", rate("losses")), more("subscribers", rate("subscribers"))),
        3,
    ),
    Claim(
        "M36",
        PAYING,
        off("subscription_renewal"),
        (
            less("subscription revenue", total("firms", "revenue_subscription_cny")),
            same("log users", lambda run: float(np.log(all_users(run))), 0.02),
        ),
        4,
    ),
    Claim(
        "M37",
        PAYING,
        off("subscriptions"),
        (
            more("subscription revenue", total("firms", "revenue_subscription_cny")),
            more("subscribers", total("apps", "subscribers")),
        ),
        3,
    ),
    Claim(
        "M38",
        Market(("apps", "firms"), REASONING, weeks=25),
        off("premium_tier"),
        (
            more("revenue per user", revenue_per_user),
            same("users", all_users),
            same("subscribers", total("apps", "subscribers")),
        ),
        4,
    ),
)
