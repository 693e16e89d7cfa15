"""What is kept of each week: columns that grow with firms and weeks, never with people.

One small function per table fills that table's columns from the engine after the week's steps;
nothing here feeds back, so what is recorded changes no result.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sim.core.tables import TABLES
from sim.core.units import to_cny
from sim.engine.columns import Column, Growing, Rows
from sim.engine.recorded_users import acquisition, cohorts, small_apps
from sim.engine.state import Engine
from sim.engine.steps.advertising import running
from sim.engine.steps.technology import reasoning_share
from sim.engine.steps.training import run_facts
from sim.markets.api import herfindahl
from sim.markets.pricing import split_price
from sim.markets.runway import runway_distribution
from sim.world.firms import CLASSES, FLAGSHIP, MAIN
from sim.world.investors import HOLDERS
from sim.world.ledger import Line

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
Columns = dict[str, Column]

ISSUED = tuple(line for line in Line if line.name.startswith("REVENUE_"))
PAID = tuple(line for line in Line if line.name.startswith("COST_"))
ISSUED_LINES, PAID_LINES = np.array(ISSUED)[:, None, None], np.array(PAID)[:, None, None]
LINE_COLUMNS = tuple(
    f"{prefix}_{line.name.partition('_')[2].lower()}_cny"
    for prefix, lines in (("revenue", ISSUED), ("cost", PAID))
    for line in lines
)
LINE_NAMES = np.array([line.name.lower() for line in Line], dtype=np.object_)
OUTSIDE = ("parent:", "media:", "investor:")
INTEGRATOR = "integrator"


class Recorder:
    """Collects the rows of each week for the tables that were asked for."""

    def __init__(self, engine: Engine, replicate: int, tables: frozenset[str]) -> None:
        self._replicate = replicate
        self._tables = {name: Growing(name) for name in TABLES if name in tables}
        self._stake = np.full_like(engine.world.investors.stake, np.nan)

    def record(self, engine: Engine) -> None:
        """Keep this week's rows of every table asked for."""
        monday = np.datetime64(engine.world.monday, "D")
        for name, table in self._tables.items():
            rows = self._stakes(engine) if name == "stakes" else ROWS[name](engine)
            table.add(monday, rows)

    def columns(self) -> dict[str, Columns]:
        """Return all tables, each with exactly the columns of the schema."""
        return {name: table.columns(name, self._replicate) for name, table in self._tables.items()}

    def _stakes(self, engine: Engine) -> Rows:
        """Holders of the firms whose cap table changed since it was last kept."""
        investors = engine.world.investors
        changed = np.asarray((investors.stake != self._stake).any(axis=1))
        self._stake = investors.stake.copy()
        names = [*investors.ids, *HOLDERS]
        firm, holder = np.nonzero((investors.stake > 0) & changed[:, None])
        return {
            "firm": [engine.firms.ids[one] for one in firm],
            "investor": [names[one] for one in holder],
            "share": investors.stake[firm, holder],
        }


@lru_cache(maxsize=64)
def _names(ids: tuple[str, ...]) -> NDArray[np.object_]:
    """Return names as an array, to be picked by position."""
    return np.array(ids, dtype=np.object_)


def _firms(engine: Engine) -> Rows:
    firms, ledger, menu, tech, books = (
        engine.firms,
        engine.ledger,
        engine.firms.menu,
        engine.firms.tech,
        engine.firms.books,
    )
    enters, leaves = split_price(menu.price, menu.output_ratio, engine.p.input_share)
    external, internal = tech.tokens_external, tech.tokens_internal
    market = external.sum()
    credits = ledger.week_cny(Line.CREDITS_USED, firms.credits)
    months, ruin = runway_distribution(engine.flow.runway, engine.p.burn_volatility)
    rows: dict[str, Column] = {
        "firm": _names(firms.ids),
        "status": firms.status(),
        "cash_cny": ledger.balance_cny(firms.cash),
        "receivables_cny": ledger.balance_cny(firms.receivables),
        "owed_cny": -ledger.balance_cny(firms.owed).sum(axis=0),
        "runway_months": engine.flow.runway,
        "runway_p10_months": months[0],
        "runway_p90_months": months[1],
        "ruin_12m_probability": ruin,
        "raised_cny": ledger.week_cny(Line.EQUITY, firms.cash)
        + ledger.week_cny(Line.BRIDGE, firms.cash),
        "credits_cny": ledger.balance_cny(firms.credits),
        "post_money_cny": books.post_money,
        "quality": tech.quality,
        "pretraining": tech.pretraining,
        "staff": books.staff,
        "key_people": tech.key_people,
        "price_input_cny_per_mtok": enters[MAIN],
        "price_output_cny_per_mtok": leaves[MAIN],
        "price_cache_cny_per_mtok": enters[MAIN] * engine.p.cache_price,
        "price_effective_cny_per_mtok": menu.effective[MAIN],
        "flagship_price_input_cny_per_mtok": enters[FLAGSHIP],
        "flagship_price_output_cny_per_mtok": leaves[FLAGSHIP],
        "unit_cost_cny_per_mtok": menu.unit_cost[MAIN],
        "tokens_external_per_day": external,
        "tokens_internal_per_day": internal,
        "calls_per_day": (external + internal) / engine.p.tokens_per_call,
        "api_share": external / market if market > 0 else np.zeros(len(firms)),
        "api_customers": engine.flow.customers[MAIN].copy(),
        "tender_wins": engine.flow.wins.copy(),
    }
    rows.update(zip(LINE_COLUMNS, _lines(engine), strict=True))
    rows["revenue_attach_cny"] = np.asarray(rows["revenue_attach_cny"]) + ledger.week_cny(
        Line.CREDITS_USED, firms.cash
    )
    rows["cost_rd_compute_cny"] = np.asarray(rows["cost_rd_compute_cny"]) - credits
    return rows


def _lines(engine: Engine) -> F64:
    """Revenue and then costs of the week by line and firm, CNY."""
    firms, turnover = engine.firms, engine.ledger.turnover
    earned = to_cny(turnover[ISSUED_LINES, np.array([firms.cash, firms.receivables])])
    paid = to_cny(turnover[PAID_LINES, firms.paying])
    return np.concatenate([earned.sum(axis=1), -paid.sum(axis=1)])


def _apps(engine: Engine) -> Rows:
    world, apps = engine.world, engine.world.apps
    live = np.flatnonzero(apps.launched)
    counts, people = world.counts, world.consumers
    if counts is None or people is None:
        return {column.name: [] for column in TABLES["apps"][2:]}
    scale = float(world.people_per_agent)
    spend, bought = engine.flow.ad_spend.sum(axis=1), engine.flow.ad_people.sum(axis=1)
    cost = np.where(bought > 0, spend / np.where(bought > 0, bought, 1.0), np.nan)
    return {
        "app": _names(apps.ids)[live],
        "firm": _names(world.firms.ids)[apps.firm[live]],
        "mau": apps.mau[live],
        "dau": engine.p.stickiness * apps.mau[live],
        "adds": counts.adds[live] * scale,
        "adds_paid": counts.adds_paid[live] * scale,
        "adds_pushed": counts.adds_pushed[live] * scale,
        "adds_organic": counts.adds_organic[live] * scale,
        "adds_spread": counts.adds_spread[live] * scale,
        "adds_own": counts.adds_own.sum(axis=1)[live] * scale,
        "adds_switched": counts.adds_switched[live] * scale,
        "losses": counts.losses[live] * scale,
        "subscribers": people.tiers[live, 1:].sum(axis=1) * scale,
        "ad_spend_cny": spend[live],
        "cpa_cny": cost[live],
    }


def _overlap(engine: Engine) -> Rows:
    people = engine.world.consumers
    both = np.zeros((0, 0)) if people is None else people.overlap
    one, other = np.nonzero(both)
    names = _names(engine.world.apps.ids)
    return {
        "app": names[one],
        "other": names[other],
        "users": both[one, other] * float(engine.world.people_per_agent),
    }


def _flows(engine: Engine) -> Rows:
    counts = engine.world.counts
    flows = np.zeros((0, 0)) if counts is None else counts.flows
    left, taken = np.nonzero(flows)
    names = _names(engine.world.apps.ids)
    return {
        "app_from": names[left],
        "app_to": names[taken],
        "users": flows[left, taken] * float(engine.world.people_per_agent),
    }


def _channels(engine: Engine) -> Rows:
    """One row per channel and firm with an app running; a firm's apps are added up."""
    world, flow, active = engine.world, engine.flow, running(engine)
    firms = np.unique(world.apps.firm[active])
    rows = (world.by_firm(flow.ad_spend), world.by_firm(flow.ad_people), _open(engine, active))
    paid, bought, open_to = (row[firms].T.ravel() for row in rows)
    channels = np.arange(len(world.channels))
    return {
        "channel": _names(world.channels.ids)[channels.repeat(len(firms))],
        "firm": np.tile(_names(world.firms.ids)[firms], len(channels)),
        "spend_cny": paid,
        "cpa_cny": np.where(bought > 0, paid / np.where(bought > 0, bought, 1.0), np.nan),
        "users": bought,
        "open": open_to,
    }


def _open(engine: Engine, active: Flags) -> Flags:
    """Whether a channel is open to one of a firm's running apps, (F, K)."""
    open_to = (engine.world.channels.open & active[:, None]).astype(np.float64)
    return engine.world.by_firm(open_to) > 0.0


def _rounds(engine: Engine) -> Rows:
    rounds, investors = engine.flow.rounds, engine.world.investors
    return {
        "firm": [engine.firms.ids[one.firm] for one in rounds],
        "size_cny": [one.size for one in rounds],
        "credits_cny": [one.credits for one in rounds],
        "pre_money_cny": [one.pre_money for one in rounds],
        "post_money_cny": [one.post_money for one in rounds],
        "lead": [investors.ids[one.lead] if one.lead >= 0 else "" for one in rounds],
        "strategic": [bool(one.lead >= 0 and investors.firm[one.lead] >= 0) for one in rounds],
        "failed": [one.failed for one in rounds],
    }


def _tenders(engine: Engine) -> Rows:
    won, names = engine.flow.tenders, _names((*engine.firms.ids, INTEGRATOR))
    return {
        "firm": [name for one in won for name in names[one.firm]],
        "budget_cny": [amount for one in won for amount in one.budget],
        "price_cny": [amount for one in won for amount in one.price],
        "cost_cny": [amount for one in won for amount in one.cost],
        "bidders": [number for one in won for number in one.bidders],
    }


def _exits(engine: Engine) -> Rows:
    taken = engine.flow.exits
    return {
        "firm": [engine.firms.ids[one.firm] for one in taken],
        "kind": [one.kind for one in taken],
        "buyer": [one.buyer for one in taken],
        "value_cny": [one.value for one in taken],
    }


def _releases(engine: Engine) -> Rows:
    tech = engine.firms.tech
    out = np.flatnonzero(engine.flow.released)
    if len(out) == 0:
        return {column.name: [] for column in TABLES["releases"][2:]}
    return {
        "firm": [engine.firms.ids[one] for one in out],
        "model": [CLASSES[FLAGSHIP]] * len(out),
        "quality": tech.model_quality[out],
        "open_weights": tech.open_weights[out],
        **{name: column[out] for name, column in run_facts(engine).items()},
    }


def _ledger(engine: Engine) -> Rows:
    """Everything that moved this week, outside parties included, so that the circle closes."""
    ledger = engine.ledger
    line, account = np.nonzero(ledger.turnover)
    owner, kind = _holders(ledger.names)
    return {
        "owner": owner[account],
        "account": kind[account],
        "line": LINE_NAMES[line],
        "amount_fen": ledger.turnover[line, account],
    }


@lru_cache(maxsize=64)
def _holders(accounts: tuple[str, ...]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the owner and the kind of each account; outside, an account is its owner's money."""
    inside = [":" in name and not name.startswith(OUTSIDE) for name in accounts]
    split = [
        name.split(":") if own else ("money", name)
        for name, own in zip(accounts, inside, strict=True)
    ]
    kind, owner = np.array(split, dtype=np.object_).reshape(-1, 2).T
    return owner, kind


def _events(engine: Engine) -> Rows:
    events = engine.world.events
    return {
        "kind": [kind for kind, _, _ in events],
        "who": [who for _, who, _ in events],
        "what": [what for _, _, what in events],
    }


def _vendors_per_account(engine: Engine) -> float:
    """Mean number of vendors of main models at accounts that do not serve themselves."""
    buyers = (~engine.world.accounts.self_hosted).sum()
    return float(engine.flow.customers[MAIN].sum() / buyers) if buyers else float("nan")


def _market(engine: Engine) -> Rows:
    world, firms, flow = engine.world, engine.firms, engine.flow
    people = world.consumers
    anyone = one_only = 0
    if people is not None:
        one_only = int(people.one_app.sum())
        anyone = people.population - int(people.no_app.sum())
    hosted = world.accounts.size[world.accounts.self_hosted].sum()
    return {
        "sentiment": [world.mood.sentiment],
        "regime": ["hot" if world.mood.hot else "cold"],
        "tokens_demanded_per_day": [flow.demanded.sum()],
        "tokens_served_per_day": [flow.served.sum()],
        "self_hosted_share": [hosted],
        "prepaid_share": [flow.bound[MAIN]],
        "vendors_per_account": [_vendors_per_account(engine)],
        "reasoning_share": [reasoning_share(engine)],
        "hhi_api": [herfindahl(firms.tech.tokens_external)],
        "hhi_mau": [herfindahl(world.apps.mau)],
        "single_homing_share": [one_only / anyone if anyone else np.nan],
        "users_any_app": [anyone * float(world.people_per_agent)],
        "foreign_quality": [world.frontiers.foreign],
        "open_quality": [world.frontiers.open_weights],
        "independent_startups": [int((firms.startup & firms.independent).sum())],
        "agent_ad_spend_cny": [float(flow.agent_ads.sum())],
        "pretraining_firms": [int((firms.tech.pretraining & firms.independent).sum())],
    }


ROWS: Mapping[str, Callable[[Engine], Rows]] = MappingProxyType(
    {
        "firms": _firms,
        "apps": _apps,
        "overlap": _overlap,
        "flows": _flows,
        "channels": _channels,
        "cohorts": cohorts,
        "acquisition": acquisition,
        "small_apps": small_apps,
        "rounds": _rounds,
        "tenders": _tenders,
        "exits": _exits,
        "releases": _releases,
        "ledger": _ledger,
        "events": _events,
        "market": _market,
    }
)
