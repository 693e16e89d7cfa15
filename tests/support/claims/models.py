"""Claims about training, reasoning, cost, talent and compute: M11, M30, M33, M50 to M63."""

from collections.abc import Callable
from datetime import date
from math import nan
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sign import Claim, Market, Measure, Outcome, Run, less, more, off, same
from small_market import NO_ROUNDS, START, of, switched_off

from claims.measures import STARTUPS, last, log_price
from sim.engine.state import Engine
from sim.engine.steps.technology import reasoning_share
from sim.world.firms import FLAGSHIP, MAIN

F64 = NDArray[np.float64]
QUIET: dict[str, Any] = {**NO_ROUNDS, **switched_off("poaching", "stop_pretraining")}
"""No rounds, no moves, nobody stops: what is left is the claim."""
EARLY_REASONING: dict[str, Any] = {"shock.o1_preview.date": date(2023, 7, 10)}
RACING = ("bytedance", "alibaba", "tencent", "huawei", "iflytek")
"""Where a parent pays; cash limits what a startup can answer."""


class Labs(NamedTuple):
    """What one sees of laboratories in a week, by firm."""

    firms: tuple[str, ...]
    research: F64
    model_quality: F64
    unit_cost: F64
    price: F64
    flagship_cost: F64
    reasoning: F64
    stock: F64
    people: F64
    trains: NDArray[np.bool_]
    quality: F64
    reasons_from: NDArray[np.int64]
    thinking: float

    def of(self, column: F64, firm: str) -> float:
        return float(column[self.firms.index(firm)])


def look(engine: Engine) -> Labs:
    firms, tech = engine.firms, engine.firms.tech
    return Labs(
        firms.ids,
        firms.books.research_week.copy(),
        tech.model_quality.copy(),
        firms.menu.unit_cost[MAIN].copy(),
        firms.menu.price[MAIN].copy(),
        firms.menu.unit_cost[FLAGSHIP].copy(),
        firms.lab.reasoning.copy(),
        tech.compute_stock.copy(),
        tech.key_people.copy(),
        tech.pretraining.copy(),
        tech.quality.copy(),
        tech.reasons_from.copy(),
        reasoning_share(engine),
    )


def market(weeks: int = 45, **changes: Any) -> Market:
    return Market(
        ("apps", "firms", "releases", "events", "exits"), {**QUIET, **changes}, weeks, look=look
    )


def ended(column: str, *firms: str) -> Measure:
    """Average a column of the laboratories over firms in the last week."""

    def measure(run: Run) -> float:
        labs: Labs = run.seen[-1]
        at = [labs.firms.index(firm) for firm in firms or labs.firms]
        return float(np.nanmean(getattr(labs, column)[at]))

    return measure


def log_research(*firms: str) -> Measure:
    """Average the logarithm of research budgets in the last week."""

    def measure(run: Run) -> float:
        labs: Labs = run.seen[-1]
        return float(np.log([labs.of(labs.research, firm) for firm in firms]).mean())

    return measure


def gap_of_apps(run: Run) -> float:
    """Quality of the owner of the largest app, less that of firms without users."""
    held = last(run["apps"]).group_by("firm").agg(pl.col("mau").sum())
    quality = dict(last(run["firms"]).select("firm", "quality").iter_rows())
    largest = held.sort("mau")["firm"][-1]
    nobody = set(quality) - set(held.filter(pl.col("mau") > 0)["firm"])
    return float(quality[largest] - np.mean([quality[firm] for firm in nobody]))


def gap_of_bytedance(run: Run) -> float:
    """Mean over weeks of how far ByteDance's model lies behind the best."""
    return float(
        np.mean(
            [one.model_quality.max() - one.of(one.model_quality, "bytedance") for one in run.seen]
        )
    )


def gained(run: Run) -> F64:
    return np.asarray(run.seen[-1].model_quality - run.seen[0].model_quality)


def yield_of_training(run: Run) -> float:
    """Log of DeepSeek's stock of compute over what it spent."""
    labs: Labs = run.seen[-1]
    spent = sum(one.of(one.research, "deepseek") for one in run.seen)
    return float(np.log(labs.of(labs.stock, "deepseek") / spent))


def cost_of_a_point(run: Run) -> float:
    """Research compute of all firms over the quality that their releases gained, in M CNY."""
    spent = run["firms"]["cost_rd_compute_cny"].to_numpy().sum()
    opening = of(run["firms"], date=run["firms"]["date"].min()).select("firm", "quality")
    best = run["releases"].group_by("firm").agg(pl.col("quality").max().alias("reached"))
    rise = best.join(opening, on="firm").select(pl.col("reached") - pl.col("quality"))
    return float(spent / rise.to_numpy().sum()) / 1e6


def lead_in_reasoning(run: Run) -> float:
    """Weeks between the first and the last firm that can reason."""
    labs: Labs = run.seen[-1]
    return float(np.ptp(labs.reasons_from[labs.trains]))


def winners_over_losers(without: Run, with_it: Run) -> float:
    """Change in quality of firms that won key people, less that of firms that lost them."""
    still, moved = without.seen[-1], with_it.seen[-1]
    change = moved.model_quality - still.model_quality
    won, lost = moved.people > still.people + 0.5, moved.people < still.people - 0.5
    return float(change[won].mean() - change[lost].mean())


def bought_over_own(without: Run, with_it: Run) -> float:
    """Quality of firms that stopped pre-training: what make-or-buy adds."""
    stopped = ~with_it.seen[-1].trains
    return float((with_it.seen[-1].quality - without.seen[-1].quality)[stopped].mean())


def moves_to_startups(run: Run) -> float:
    """Share of moves of key people that startups win."""
    moves = of(run["events"], kind="poaching")
    return float(moves["who"].is_in(STARTUPS).to_numpy().mean())


def fall_of_training(run: Run) -> float:
    """Zhipu's research in the last week over its most before."""
    spend = [one.of(one.research, "zhipu") for one in run.seen]
    return float(spend[-1] / max(spend))


def week_of_sale(run: Run) -> int | None:
    """Return the week in which Moonshot sells machines, from 0; None if it does not."""
    days = of(run["exits"], firm="moonshot", kind="sold_gpus")["date"].to_list()
    return (days[0] - START).days // 7 if days else None


def cash_at_sale(without: Run, with_it: Run) -> float:
    """M CNY that Moonshot has more in the week of the sale."""
    week = week_of_sale(with_it)
    if week is None:
        return nan
    had, has = (
        float(of(run["firms"], firm="moonshot")["cash_cny"][week]) for run in (without, with_it)
    )
    return (has - had) / 1e6


def after_sale(column: str, weeks: int) -> Callable[[Run, Run], float]:
    """What the sale adds to a column of Moonshot's some weeks later, over the opening."""

    def added(without: Run, with_it: Run) -> float:
        sale = week_of_sale(with_it)
        week = len(with_it.seen) if sale is None else sale + weeks
        if week >= len(with_it.seen):
            return nan
        at = with_it.seen[0].firms.index("moonshot")
        opening, had, has = (
            float(getattr(labs, column)[at])
            for labs in (with_it.seen[0], without.seen[week], with_it.seen[week])
        )
        return (has - had) / opening

    return added


PLAIN = market()
REASONS = market(30, **EARLY_REASONING)
FIRST_WEEKS = market(3, **EARLY_REASONING)
CALM = market(40, **switched_off("price_war"))
QUICK = market(50, **{"parameters.follower_speed": 2.0})
MOVING = market(60, **{"mechanisms.poaching": True, "parameters.poaching": 3.0})
STOPPING = market(60, **{"mechanisms.stop_pretraining": True, "parameters.stop_hazard": 0.54})
QUITTING = market(
    30,
    **{
        "mechanisms.stop_pretraining": True,
        "parameters.stop_hazard": 0.1,
        "firms.zhipu.research.strategy": "stop_on_runway",
        "firms.zhipu.research.stop_below": 36.0,
    },
)
POOR = market(45, **{"firms.moonshot.cash_mcny": 60.0, "parameters.gpu_sale_hazard": 20.0})
EMBARGO = market(
    52,
    **{
        "shock.embargo.date": date(2024, 1, 15),
        "shock.embargo.kind": "export_limit",
        "shock.embargo.who": "gpu",
        "shock.embargo.amount": 1.0,
        "firms.tencent.research.strategy": "grow_with_runway",
    },
)
HOARDER = {
    "firms.tencent.research.strategy": "hoard_compute",
    "firms.tencent.research.hoard_share": 1.0,
}

MODELS = (
    Claim(
        "M11",
        PLAIN,
        off("training_race"),
        (more("log research of clouds", log_research(*RACING)),),
        3,
    ),
    Claim(
        "M11",
        CALM,
        {"firms.alibaba.main_price_cny_per_mtok": 12.0},
        (same("log research of Alibaba, tokens nearly free", log_research("alibaba"), 0.001),),
        3,
        slow=True,
        with_it={"firms.alibaba.main_price_cny_per_mtok": 0.1},
    ),
    Claim(
        "M30", PLAIN, off("data_feedback"), (more("gap of large to small apps", gap_of_apps),), 3
    ),
    Claim(
        "M33",
        QUICK,
        off("iteration_speed"),
        (less("gap of ByteDance", gap_of_bytedance),),
        8,
        slow=True,
    ),
    Claim(
        "M50",
        PLAIN,
        {},
        (
            less("quality gained by training", lambda run: float(gained(run).mean())),
            less("spread of what was gained", lambda run: float(np.ptp(gained(run)))),
        ),
        3,
        with_it={"mechanisms.scaling_wall": True},
    ),
    Claim(
        "M51",
        REASONS,
        off("reasoning"),
        (
            more("cost of a flagship's token", ended("flagship_cost", "baidu")),
            more("quality", ended("quality", "baidu")),
            more("share of compute aside", ended("reasoning", "baidu")),
        ),
        3,
    ),
    Claim(
        "M51",
        REASONS,
        {},
        (
            less("compute trained on", ended("stock", "zhipu")),
            more("cost of a flagship's token", ended("flagship_cost", "zhipu")),
        ),
        3,
        with_it={"firms.zhipu.research.strategy": "reasoning_shift"},
    ),
    Claim(
        "M52",
        REASONS,
        off("reasoning_scope"),
        (less("share of thinking", lambda run: float(run.seen[-1].thinking)),),
        3,
    ),
    Claim(
        "M53",
        PLAIN,
        off("cost_decline"),
        (
            less("unit cost", ended("unit_cost")),
            less("log list price", log_price("price_input_cny_per_mtok")),
        ),
        3,
    ),
    Claim(
        "M54",
        QUITTING,
        off("pretraining_share"),
        (less("research after stopping", fall_of_training),),
        3,
    ),
    Claim(
        "M56",
        STOPPING,
        off("make_or_buy"),
        (Outcome("quality of firms that stopped", 1, bought_over_own),),
        5,
        slow=True,
    ),
    Claim(
        "M57",
        PLAIN,
        off("training_efficiency"),
        (more("log compute for money", yield_of_training),),
        3,
    ),
    Claim("M58", PLAIN, off("exploration"), (more("cost of a point", cost_of_a_point),), 3),
    Claim(
        "M59", FIRST_WEEKS, off("imitation_lag"), (more("lead in reasoning", lead_in_reasoning),), 6
    ),
    Claim(
        "M59",
        FIRST_WEEKS,
        {"parameters.imitation_weeks": 4.0},
        (more("lead in reasoning", lead_in_reasoning),),
        6,
        with_it={"parameters.imitation_weeks": 26.0},
    ),
    Claim(
        "M61",
        MOVING,
        off("poaching"),
        (Outcome("winners' quality over losers'", 1, winners_over_losers),),
        4,
        slow=True,
    ),
    Claim(
        "M62",
        MOVING,
        off("compute_attracts_talent"),
        (less("moves won by startups", moves_to_startups),),
        8,
        slow=True,
    ),
    Claim(
        "M63",
        POOR,
        {"parameters.gpu_sale_hazard": 0.0},
        (
            Outcome("cash of Moonshot", 1, cash_at_sale),
            Outcome("its research in that week", -1, after_sale("research", 0)),
            Outcome("its compute half a year later", -1, after_sale("stock", 26), shown=1),
        ),
        40,
        slow=True,
    ),
    Claim(
        "M63",
        EMBARGO,
        {},
        (more("compute of a hoarder", ended("stock", "tencent")),),
        3,
        slow=True,
        with_it=HOARDER,
    ),
)
