"""An invented run with the shapes of a real one: entries, a price war, closings, no values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from synthetic_money import Columns, money_rows

from sim.core.tables import TABLES

TYPES = {
    "int": pl.Int64, "float": pl.Float64, "text": pl.String, "flag": pl.Boolean, "date": pl.Date
}  # fmt: skip
START = date(2023, 7, 3)
OWNERS = {
    "doubao": "bytedance", "wenxiaoyan": "baidu", "spark": "iflytek", "tongyi": "alibaba",
    "qingyan": "zhipu", "kimi": "moonshot", "baixiaoying": "baichuan", "wanzhi": "01ai",
    "yuewen": "stepfun", "yuanbao": "tencent", "deepseek": "deepseek", "xingye": "minimax",
    "hailuo": "minimax", "talkie": "minimax",
}  # fmt: skip
# Launch week, users in millions two years later.
SIZES = {
    "doubao": (7, 75), "wenxiaoyan": (8, 13), "spark": (9, 6), "tongyi": (10, 5),
    "qingyan": (8, 3), "kimi": (14, 24), "baixiaoying": (46, 0.9), "wanzhi": (44, 0.4),
    "yuewen": (38, 1.6), "yuanbao": (48, 9), "deepseek": (80, 19), "xingye": (9, 4),
    "hailuo": (37, 2.2), "talkie": (0, 11),
}  # fmt: skip
# Opening price, week of entry, price after the war, CNY/Mtok.
PRICES = {
    "bytedance": (0.8, 45, 0.6), "alibaba": (12, 0, 0.5), "baidu": (8, 0, 0.0),
    "tencent": (20, 9, 0.0), "huawei": (20, 10, 5), "iflytek": (18, 9, 0.0), "zhipu": (7, 0, 0.8),
    "moonshot": (12, 20, 10), "minimax": (15, 0, 6), "baichuan": (12, 10, 8),
    "01ai": (2.5, 20, 0.9), "stepfun": (15, 38, 5), "deepseek": (1.0, 44, 1.0),
}  # fmt: skip
CASH_MCNY = {
    "zhipu": 1500.0, "moonshot": 1400.0, "minimax": 1900.0, "baichuan": 900.0, "01ai": 700.0,
    "stepfun": 900.0,
}  # fmt: skip
EVENTS = (
    (44, "cost_breakthrough", "deepseek", "Unit cost falls to two fifths; API entry"),
    (45, "entry", "bytedance", "Doubao API enters"),
    (46, "price_cut", "alibaba", "Alibaba cuts its main price by 92 %"),
    (46, "price_cut", "baidu", "Baidu makes its main model free"),
    (48, "channel_lockout", "douyin", "Douyin stops selling to rival assistants"),
    (52, "regime", "investors", "Funding turns from hot to cold"),
    (78, "release", "deepseek", "DeepSeek-V3 with open weights"),
)
CHANNELS = {"douyin": 28.0, "kuaishou": 32.0, "bilibili": 30.0, "app_stores": 26.0}
SCENARIO_TEXT = """extends = "baseline"
name = "no_price_war"
question = "What if nobody answers DeepSeek's entry?"

[mechanisms]
price_war = false
"""


@dataclass(frozen=True)
class SyntheticRun:
    """The two things a view needs of a run."""

    tables: Mapping[str, pl.DataFrame]
    manifest: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SyntheticScore:
    """A score row as experiments compute it."""

    id: str
    entity: str
    quantity: str
    period: str
    use: str
    observed: float | None
    median: float | None
    lo50: float | None
    hi50: float | None
    lo90: float | None
    hi90: float | None
    inside_90: bool | None
    log_error: float | None
    status: str
    reason: str | None
    unit: str = ""
    absolute_error: float | None = None

    @property
    def counts(self) -> bool:
        return self.use != "belief" and self.status != "fed"


def frame(name: str, columns: Mapping[str, Any]) -> pl.DataFrame:
    """Return a table with every declared column; those not given are zero, empty or false."""
    length = len(columns["replicate"])
    blank: dict[str, Any] = {"int": 0, "float": 0.0, "text": "", "flag": False, "date": START}
    series = []
    for column in TABLES[name]:
        values = columns.get(column.name, [blank[column.kind]] * length)
        series.append(pl.Series(column.name, values, dtype=TYPES[column.kind]))
    return pl.DataFrame(series)


def empty_tables() -> dict[str, pl.DataFrame]:
    """Return every table with its columns and no row."""
    return {name: frame(name, {"replicate": []}) for name in TABLES}


def firm_rows(
    weeks: int, replicate: int, firms: tuple[str, ...], rng: np.random.Generator
) -> Columns:
    rows = Columns()
    for firm in firms:
        opening, entry, after = PRICES[firm]
        war = 45 + int(rng.integers(0, 4)) + (6 if firm in ("zhipu", "01ai", "minimax") else 0)
        startup = firm in CASH_MCNY
        cash = CASH_MCNY.get(firm, 5000.0)
        burn = cash / (rng.uniform(55, 150) if firm != "01ai" else rng.uniform(40, 75))
        stop = int(rng.integers(60, 190)) if startup else 10_000
        rescue = int(rng.integers(30, 110)) if startup and firm != "01ai" else 0
        empty_weeks, scale = 0, np.exp(rng.normal(0, 0.25))
        status, pretraining = "active", True
        for week in range(weeks):
            if status != "closed":
                cash += -burn * np.exp(rng.normal(0, 0.2)) + (
                    900.0 if week == rescue and startup else 0
                )
                cash = max(0.0, cash)
                if not startup:
                    cash = 5000.0
                if week == stop:
                    status, pretraining, burn = "stopped", False, burn * 0.4
                empty_weeks = empty_weeks + 1 if cash == 0 else 0
                if empty_weeks >= 8:
                    status, pretraining = "closed", False
            sells = week >= entry and status != "closed"
            list_price = (opening if week < war else after) if sells else None
            spend = burn * 1e6 if status != "closed" else 0.0
            volume = 2e9 * np.exp(0.045 * week) * scale * (4 if firm == "bytedance" else 1)
            rows.add(
                replicate=replicate, date=START + timedelta(weeks=week), firm=firm, status=status,
                cash_cny=cash * 1e6, runway_months=min(120.0, cash / burn / 4.35),
                runway_p10_months=min(120.0, 0.7 * cash / burn / 4.35),
                runway_p90_months=min(120.0, 1.5 * cash / burn / 4.35),
                ruin_12m_probability=0.1 if startup else 0.0,
                revenue_api_cny=0.1 * spend, revenue_deployment_cny=0.2 * spend,
                cost_rd_compute_cny=0.5 * spend if pretraining else 0.0,
                cost_rd_staff_cny=0.2 * spend, cost_api_cny=0.05 * spend, cost_apps_cny=0.1 * spend,
                cost_deployment_cny=0.05 * spend, cost_staff_cny=0.08 * spend,
                cost_ads_cny=0.15 * spend, cost_marketing_other_cny=0.03 * spend,
                cost_other_cny=0.04 * spend, pretraining=pretraining, quality=-20 + 0.5 * week,
                raised_cny=9e8 if week == rescue and startup else 0.0,
                post_money_cny=2e10 if startup else None,
                price_input_cny_per_mtok=list_price, price_output_cny_per_mtok=list_price,
                price_effective_cny_per_mtok=list_price,
                flagship_price_input_cny_per_mtok=None, flagship_price_output_cny_per_mtok=None,
                tokens_external_per_day=volume * 0.2 if sells else 0.0,
                tokens_internal_per_day=volume * 0.8 if sells else 0.0,
            )  # fmt: skip
    return rows


def app_rows(
    weeks: int, replicate: int, apps: tuple[str, ...], rng: np.random.Generator
) -> Columns:
    rows = Columns()
    for app in apps:
        launch, size = SIZES[app]
        factor = np.exp(rng.normal(0, 0.22))
        path: NDArray[np.float64] = np.cumsum(rng.normal(0, 0.02, weeks))
        for week in range(weeks):
            age = week - launch
            mau = size * 1e6 * factor * np.exp(path[week]) * (1 - np.exp(-max(0, age) / 60)) * 1.2
            adds = 0.08 * mau
            spend = adds * 0.5 * 30 if app in ("kimi", "doubao", "xingye", "yuanbao") else 0.0
            rows.add(
                replicate=replicate, date=START + timedelta(weeks=week), app=app, firm=OWNERS[app],
                mau=mau, dau=0.15 * mau, adds=adds, adds_paid=0.5 * adds if spend else 0.0,
                adds_pushed=0.2 * adds, adds_organic=(0.05 if spend else 0.55) * adds,
                adds_spread=0.15 * adds, adds_own=0.0, adds_switched=0.1 * adds,
                losses=0.06 * mau, subscribers=0.003 * mau, ad_spend_cny=spend,
                cpa_cny=30.0 if spend else None,
            )  # fmt: skip
    return rows


def flow_rows(
    weeks: int, replicate: int, apps: tuple[str, ...], rng: np.random.Generator
) -> Columns:
    rows = Columns()
    for week in range(0, weeks, 4):
        for source in apps:
            for target in apps:
                if source != target:
                    rows.add(
                        replicate=replicate, date=START + timedelta(weeks=week), app_from=source,
                        app_to=target,
                        users=SIZES[source][1] * SIZES[target][1] * rng.uniform(5, 15) * 10,
                    )  # fmt: skip
    return rows


def overlap_rows(weeks: int, replicate: int, apps: tuple[str, ...]) -> Columns:
    """Pairs of apps in the last week: a tenth of the smaller one's users."""
    rows = Columns()
    for app in apps:
        for other in apps:
            if app != other:
                rows.add(
                    replicate=replicate, date=START + timedelta(weeks=weeks - 1), app=app,
                    other=other, users=1e5 * min(SIZES[app][1], SIZES[other][1]),
                )  # fmt: skip
    return rows


def bought_rows(
    weeks: int, replicate: int, apps: tuple[str, ...], rng: np.random.Generator
) -> tuple[Columns, Columns, Columns]:
    """Channels by week, and acquisition and cohorts at the end of each quarter."""
    channels, acquisition, cohorts = Columns(), Columns(), Columns()
    for app in apps[:8]:
        firm = OWNERS[app]
        for week in range(weeks):
            when = {"replicate": replicate, "date": START + timedelta(weeks=week)}
            for channel, base in CHANNELS.items():
                cost = base * (1 + 0.005 * week) * np.exp(rng.normal(0, 0.02))
                channels.add(
                    **when, channel=channel, firm=firm, spend_cny=1e6, users=1e6 / cost,
                    cpa_cny=cost, open=True,
                )  # fmt: skip
                if week % 13 == 12:
                    acquisition.add(
                        **when, firm=firm, channel=channel, spend_cny=13e6, users=13e6 / cost,
                        cpa_cny=cost, retention=0.3, lifetime_value_cny=1.5,
                        payback_weeks=20.0 if firm == "baidu" else None,
                    )  # fmt: skip
            if week % 13 != 12:
                continue
            last = week // 13
            for cohort in range(last + 1):
                for bought in (False, True):
                    stay = (0.5 if bought else 0.6) / (1 + last - cohort)
                    cohorts.add(
                        **when, app=app, cohort=cohort, age=last - cohort, bought=bought,
                        joined=1e6, users=1e6 * stay,
                    )  # fmt: skip
    return channels, acquisition, cohorts


def event_rows(weeks: int, replicate: int) -> Columns:
    rows = Columns()
    for week, kind, who, what in EVENTS:
        if week < weeks:
            rows.add(
                replicate=replicate,
                date=START + timedelta(weeks=week),
                kind=kind,
                who=who,
                what=what,
            )
    return rows


def make_run(
    weeks: int = 130,
    replicates: int = 20,
    firms: tuple[str, ...] = tuple(PRICES),
    apps: tuple[str, ...] = tuple(OWNERS),
    manifest: Mapping[str, Any] | None = None,
) -> SyntheticRun:
    """Return an invented run; the same arguments give the same numbers."""
    tables = empty_tables()
    parts: dict[str, list[pl.DataFrame]] = {}
    for replicate in range(replicates):
        rng = np.random.default_rng(replicate)
        grown = {
            "firms": firm_rows(weeks, replicate, firms, rng),
            "apps": app_rows(weeks, replicate, apps, rng),
            "flows": flow_rows(weeks, replicate, apps[:8], rng),
            "events": event_rows(weeks, replicate),
            "overlap": overlap_rows(weeks, replicate, apps),
            **money_rows(weeks, replicate, [firm for firm in firms if firm in CASH_MCNY], START),
            **dict(
                zip(
                    ("channels", "acquisition", "cohorts"),
                    bought_rows(weeks, replicate, apps, rng),
                    strict=True,
                )
            ),
        }
        for name, rows in grown.items():
            if rows.values:
                parts.setdefault(name, []).append(frame(name, rows.values))
    tables |= {name: pl.concat(frames) for name, frames in parts.items()}
    return SyntheticRun(tables, manifest or example_manifest())


def example_manifest() -> dict[str, Any]:
    """Return a manifest as a run carries it."""
    return {
        "kind": "run",
        "schema_version": 1,
        "id": "7c1d2f90a3b47c1d2f90a3b47c1d2f90",
        "status": "failed",
        "scenario": "no_price_war",
        "seed": 1,
        "replicates": 21,
        "finished": list(range(20)),
        "failures": [
            {
                "replicate": 20,
                "stage": "sim.engine.week",
                "error": "IdentityError: money",
                "traceback": "",
            }
        ],
        "versions": {"llmsim": "0.1.0", "python": "3.11.9", "numpy": "2.4.6", "scipy": None},
        "git_commit": "0123456789abcdef",
        "hashes": {"code": "aa11bb22cc33dd44", "inputs": "cc33dd44ee55ff66"},
        "timing": {"started": "2026-01-05T09:30:00+00:00", "seconds": 21.4},
        "scenario_text": SCENARIO_TEXT,
    }


@cache
def example_run() -> SyntheticRun:
    """Return the full-size example: 13 firms, 14 apps, 130 weeks, 20 replicates."""
    return make_run()


@cache
def example_score() -> tuple[SyntheticScore, ...]:
    """Return score rows of every status, some far off, one with a zero, one negative."""
    rng = np.random.default_rng(5)
    rows = []
    figures = [
        ("app:doubao", "monthly_active_users", "2024-10", "fit", 51e6),
        ("app:kimi", "monthly_active_users", "2024-10", "fit", 10e6),
        ("app:wenxiaoyan", "monthly_active_users", "2024-10", "fit", 12.5e6),
        ("firm:deepseek", "api_price_input", "2024-06-15", "fit", 1.0),
        ("firm:bytedance", "api_price_input", "2024-06-15", "fit", 0.8),
        ("firm:bytedance", "token_volume_daily", "2024-12", "fit", 4e12),
        ("firm:bytedance", "token_volume_growth", "2024-05..2024-12", "fit", 33.0),
        ("firm:zhipu", "revenue", "2024", "validate", 3.1e8),
        ("firm:zhipu", "adjusted_net_loss", "2024", "validate", 2.5e9),
        ("firm:moonshot", "post_money_valuation", "2024-08", "validate", 2.3e10),
        ("sector:startups", "n_stopped_pretraining", "2024", "validate", 2.0),
        ("app:all", "single_homing_share", "2024-12", "validate", 66.0),
        ("sector:startups", "b2b_revenue_change", "2024", "validate", -50.0),
        ("app:my own", "monthly_active_users", "2024-11", "ours", 2e6),
    ]
    for number, (entity, quantity, period, use, observed) in enumerate(figures):
        draws = observed * np.exp(rng.normal(rng.normal(0, 0.4), 0.3, 20))
        lo90, lo50, median, hi50, hi90 = np.quantile(draws, [0.05, 0.25, 0.5, 0.75, 0.95])
        positive = observed > 0
        rows.append(
            SyntheticScore(
                f"fig_{number}", entity, quantity, period, use, observed, float(median),
                float(lo50), float(hi50), float(lo90), float(hi90),
                bool(min(lo90, hi90) <= observed <= max(lo90, hi90)),
                float(np.log(median / observed)) if positive else None,
                "fitted" if use == "fit" else "compared", None,
            )
        )  # fmt: skip
    rows.append(
        SyntheticScore(
            "far", "app:spark", "monthly_active_users", "2024-03", "fit", 1e6, 0.0, 0.0, 0.0, 0.0,
            9e9, True, None, "fitted", None,
        )
    )  # fmt: skip
    rows.append(
        SyntheticScore(
            "unmodelled", "app:spark", "web_visits", "2024-03", "validate", 5e6, None, None, None,
            None, None, None, None, "not modelled", "web visits are not simulated",
        )
    )  # fmt: skip
    return tuple(rows)
