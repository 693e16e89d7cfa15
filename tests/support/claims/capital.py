"""Claims about funding, runway and exits: M48, M54, M55, M64, M66 to M77."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
from sign import Claim, Market, Measure, Outcome, Run, less, more, off
from small_market import NO_ROUNDS, small, switched_off

from claims.measures import CLOUDS, among, at_end, count, late, total
from sim.engine.observe import look as look_around
from sim.engine.state import Engine
from sim.engine.steps import exits, rounds
from sim.world.ledger import Line

HOT: dict[str, Any] = {"parameters.round_hot": 2.5, "shock.funding_turn.remove": True}
ROUNDS = Market(("rounds", "firms", "small_apps"), HOT, weeks=40)
DEAR = Market(("rounds",), {**HOT, "firms.zhipu.valuation_bn_cny": 22}, weeks=40)
COLD = Market(
    ("rounds",),
    {
        "shock.funding_turn.date": date(2023, 7, 4),
        "parameters.regime_switch": 0.0,
        "parameters.state_money": 0.0,
    },
    weeks=40,
)
RELEASE = Market(("firms", "market"), {**NO_ROUNDS, **switched_off("stop_pretraining")}, weeks=6)
QUIT = Market(
    ("firms",),
    {
        **NO_ROUNDS,
        "parameters.burn_volatility": 0.0,
        "firms.zhipu.research.strategy": "stop_on_runway",
        "firms.zhipu.research.stop_below": 36.0,
    },
    weeks=13,
)
POOR = Market(
    ("exits",),
    {
        **NO_ROUNDS,
        "parameters.licence_hazard": 1.5,
        **{f"firms.{one}.cash_mcny": 120 for one in ("moonshot", "minimax", "baichuan", "01ai")},
    },
    weeks=52,
)
DOUBT = Market(
    ("market", "rounds"),
    {
        "shock.doubt.date": date(2023, 8, 7),
        "shock.doubt.kind": "sentiment",
        "shock.doubt.amount": -4.0,
        **HOT,
    },
    weeks=30,
)
ABROAD = Market(
    ("firms", "events"),
    {"parameters.overseas_pivot": 2.0, "parameters.delisting": 1.5},
    weeks=40,
)
PARENTS = Market(("firms",), weeks=12)


def credits_used(engine: Engine) -> float:
    firms = engine.firms
    return float(engine.ledger.week_cny(Line.CREDITS_USED, firms.cash[firms.cloud]).sum())


CLOUD_MONEY = Market(
    ("firms",),
    {
        **HOT,
        **{
            f"investors.{name}.remove": True
            for name, one in small().investors.items()
            if one.kind != "strategic"
        },
    },
    weeks=40,
    look=credits_used,
)


def closed(run: Run) -> pl.DataFrame:
    return run["rounds"].filter(~pl.col("failed"))


def rounds_above(billions: float) -> Measure:
    return lambda run: float((closed(run)["pre_money_cny"] > billions * 1e9).sum())


def money_of_top_three(run: Run) -> float:
    by_firm = closed(run).group_by("firm").agg(pl.col("size_cny").sum())["size_cny"]
    sizes = np.sort(by_firm.to_numpy())
    return float(sizes[-3:].sum() / sizes.sum())


def share_of_model_firms(run: Run) -> float:
    """Rounds of model firms over all deals, small apps' first money included."""
    deals = len(closed(run))
    return deals / (deals + float(run["small_apps"]["entrants"].sum()))


def shortest_runway(*firms: str) -> Measure:
    return lambda run: float(among(run["firms"], *firms)["runway_months"].to_numpy().min())


def leader_over_laggard(engine: Engine) -> float:
    """Return the size of a leader's round over a laggard's, at the same valuation."""
    number = engine.firms.number
    one, other = (rounds.round_size(engine, number(firm), 5e9) for firm in ("minimax", "01ai"))
    return one / other


def leads_of_clouds_with_stakes(engine: Engine) -> float:
    """Return the share of rounds that clouds lead which hold six stakes each."""
    engine.scene = look_around(engine)
    investors = engine.world.investors
    clouds = np.flatnonzero(investors.firm >= 0)
    investors.stake[3:9, clouds] = 0.01
    firm = engine.firms.number("zhipu")
    return float(np.mean([rounds.draw_lead(engine, firm, week) in clouds for week in range(200)]))


def burn_after_stop(engine: Engine) -> float:
    """Return what startups would burn after they stop pre-training, over before; median."""
    books, startups = engine.firms.books, engine.firms.startup
    before = books.research_week.copy()
    engine.firms.lab.quits_training[startups] = True
    exits._stop_pretraining(engine)
    saved = (before - books.research_week)[startups] / books.burn_week[startups]
    return float(1.0 - np.median(saved))


def look_once(look: Any) -> Market:
    return Market(weeks=0, look=look)


def found(run: Run) -> float:
    return float(run.seen[0])


CAPITAL = (
    Claim(
        "M48",
        RELEASE,
        off("stranded_capital"),
        (
            less("StepFun's valuation", at_end("firms", "post_money_cny", "stepfun")),
            less("mood", late("sentiment", 1)),
        ),
        3,
    ),
    Claim(
        "M54",
        look_once(burn_after_stop),
        off("pretraining_share"),
        (
            less("burn after stopping", found),
            Outcome("and by more than half", -1, lambda a, b: found(b) - found(a) + 0.5, shown=1),
        ),
        8,
    ),
    Claim(
        "M55",
        QUIT,
        off("stop_pretraining"),
        (
            more("runway of Zhipu", at_end("firms", "runway_months", "zhipu")),
            less("its valuation", at_end("firms", "post_money_cny", "zhipu")),
            less("its key people", at_end("firms", "key_people", "zhipu")),
        ),
        3,
    ),
    Claim(
        "M64",
        COLD,
        off("funding_regime"),
        (less("rounds closed", count("rounds", failed=False)),),
        5,
        slow=True,
    ),
    Claim(
        "M66",
        CLOUD_MONEY,
        off("compute_credits"),
        (
            less("cash raised", total("firms", "raised_cny")),
            more("credits spent at clouds", lambda run: float(sum(run.seen))),
        ),
        7,
        slow=True,
    ),
    Claim(
        "M67",
        DEAR,
        off("valuation_watershed"),
        (less("rounds above 20 bn CNY", rounds_above(20.5)),),
        14,
        slow=True,
    ),
    Claim(
        "M70",
        look_once(leader_over_laggard),
        off("capital_concentration"),
        (more("leader's round over a laggard's", found),),
        3,
    ),
    Claim(
        "M70",
        ROUNDS,
        off("capital_concentration"),
        (more("money of the top three", money_of_top_three),),
        6,
        slow=True,
    ),
    Claim(
        "M71",
        PARENTS,
        off("parent_backing"),
        (
            more("shortest runway of clouds", shortest_runway(*CLOUDS)),
            more(
                "the same, over that of startups",
                lambda run: (
                    shortest_runway(*CLOUDS)(run) - shortest_runway("zhipu", "moonshot")(run)
                ),
            ),
        ),
        3,
    ),
    Claim(
        "M72",
        POOR,
        off("licence_and_hire"),
        (less("closures", count("exits", kind="closed")),),
        20,
        slow=True,
    ),
    Claim(
        "M74",
        look_once(leads_of_clouds_with_stakes),
        off("stake_saturation"),
        (less("rounds that clouds lead", found),),
        4,
    ),
    Claim("M75", DOUBT, off("doubt_shocks"), (less("mood", late("sentiment", 1)),), 3),
    Claim(
        "M75",
        DOUBT,
        off("doubt_shocks"),
        (less("rounds closed", count("rounds", failed=False)),),
        8,
        slow=True,
    ),
    Claim(
        "M76",
        ROUNDS,
        off("small_app_entry"),
        (less("model firms' share of deals", share_of_model_firms),),
        3,
    ),
    Claim(
        "M77",
        ABROAD,
        off("overseas"),
        (
            more("revenue abroad", total("firms", "revenue_overseas_cny")),
            more("delistings", count("events", kind="delisting")),
        ),
        6,
        slow=True,
    ),
)
