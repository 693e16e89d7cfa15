"""From a scenario to the world on its first Monday."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.core.parameters import Parameters
from sim.core.streams import Streams, entity_ids, stable_id
from sim.core.units import BILLION, MILLION, WEEKS_PER_MONTH, first_monday, week_of
from sim.scenario import Scenario
from sim.scenario.model import App, Firm
from sim.world.accounts import MOST_VENDORS, NOBODY, Accounts, pareto_sizes
from sim.world.apps import Apps
from sim.world.channels import Channels
from sim.world.cohorts import Cohorts
from sim.world.consumers import populate, split
from sim.world.firms import MAIN, Books, Firms, Menu, Technology
from sim.world.frontiers import Frontiers
from sim.world.investors import HOLDERS, KINDS, TASTES, TRAITS, Investors, Mood
from sim.world.labs import Labs
from sim.world.ledger import Ledger, Line
from sim.world.products import Products, SmallApps
from sim.world.state import Deployments, World

F64 = NDArray[np.float64]

OUTSIDE = ("consumers", "accounts", "suppliers", "people", "media", "small_apps", "world")
OWN_ACCOUNTS = ("cash", "receivables", "credits", "wages_owed", "bills_owed")
NEVER = 1 << 30
LATE_WEEKS = 26
TASTE_SPREAD = 0.5


def build_world(scenario: Scenario, seed: int, replicate: int) -> World:
    """Return the state of one replicate before its first week.

    Raises ConsumerError when the population or its apps do not fit a person's word.
    """
    parameters = Parameters(scenario.parameters_of(seed, replicate))
    streams = Streams(seed, replicate)
    start = first_monday(scenario.start)
    weeks = week_of(scenario.end, start)
    ledger = _ledger(scenario)
    firms = _firms(scenario, parameters, ledger)
    home = {name: app for name, app in scenario.apps.items() if app.market == "china"}
    apps = _apps(scenario, home, firms, start)
    agents = round(scenario.consumers.addressable_people / scenario.consumers.people_per_agent)
    segments = {name: one.share for name, one in scenario.segments.items()}
    _open_books(scenario, firms, ledger)
    return World(
        scenario=scenario,
        parameters=parameters,
        switched_off=frozenset(name for name, on in scenario.mechanisms.items() if not on),
        streams=streams,
        start=start,
        weeks=weeks,
        people_per_agent=scenario.consumers.people_per_agent,
        firms=firms,
        apps=apps,
        channels=_channels(scenario, firms, ledger, len(apps)),
        cohorts=Cohorts.empty(len(apps), weeks, len(firms), len(scenario.channels)),
        products=Products.empty(len(apps), len(firms)),
        small_apps=SmallApps.none(),
        accounts=_accounts(scenario, parameters, streams, len(firms)),
        investors=_investors(scenario, streams, firms, ledger),
        mood=Mood(),
        frontiers=Frontiers(
            foreign=parameters.foreign_quality_opening,
            open_weights=parameters.open_quality_opening,
            open_served=parameters.open_quality_opening - parameters.open_post_training_loss,
        ),
        deployments=Deployments(np.zeros(len(firms)), np.zeros(len(firms)), np.arange(len(firms))),
        ledger=ledger,
        consumers=populate(split(agents, segments), apps.ids, weeks) if home else None,
    )


def _ledger(scenario: Scenario) -> Ledger:
    own = [f"{kind}:{firm}" for kind in OWN_ACCOUNTS for firm in scenario.firms]
    parents = [f"parent:{firm}" for firm in scenario.firms]
    media = [f"media:{channel}" for channel in scenario.channels]
    money = [f"investor:{name}" for name in scenario.investors]
    return Ledger((*own, *parents, *media, *money, *OUTSIDE))


def _open_books(scenario: Scenario, firms: Firms, ledger: Ledger) -> None:
    """Put the opening cash in; it comes from the world, so that all balances sum to zero."""
    cash = np.array([(one.cash_mcny or 0.0) * MILLION for one in scenario.firms.values()])
    ledger.pay(ledger.index["world"], firms.cash, cash, Line.OPENING)


def _column(scenario: Scenario, name: str) -> F64:
    values = [getattr(one, name) for one in scenario.firms.values()]
    return np.array([np.nan if one is None else one for one in values], dtype=np.float64)


def _firms(scenario: Scenario, p: Parameters, ledger: Ledger) -> Firms:
    ids, rows = tuple(scenario.firms), tuple(scenario.firms.values())
    n = len(ids)
    start = first_monday(scenario.start)
    research = _column(scenario, "rd_compute_mcny_per_month") * MILLION / WEEKS_PER_MONTH
    quality = _column(scenario, "quality_offset")
    stock = research * WEEKS_PER_MONTH * p.opening_compute_months * p.final_run_share
    zeros = np.zeros(n)
    nothing = np.full((2, n), np.nan)
    menu = Menu(
        price=nothing.copy(),
        output_ratio=np.ones((2, n)),
        entered=np.zeros((2, n), dtype=np.bool_),
        unit_cost=nothing.copy(),
        effective=nothing.copy(),
        alert_until=np.full((2, n), -1, dtype=np.int64),
        entry_week=np.array(
            [
                [_week(one.main_entry, start) for one in rows],
                [_week(one.flagship_entry, start) for one in rows],
            ]
        ).reshape(2, n),
        entry_price=np.array(
            [
                _column(scenario, "main_price_cny_per_mtok"),
                _column(scenario, "flagship_price_cny_per_mtok"),
            ]
        ),
    )
    tech = Technology(
        quality=quality.copy(),
        own_quality=quality.copy(),
        model_quality=quality.copy(),
        base_quality=quality.copy(),
        opening_quality=quality.copy(),
        ramp=zeros.copy(),
        compute_stock=np.maximum(stock, 1.0),
        compute_opening=np.maximum(stock, 1.0),
        key_people=np.full(n, p.key_people_opening),
        efficiency=_column(scenario, "cost_efficiency"),
        main_cost_factor=_column(scenario, "main_cost_factor"),
        breakthroughs=[],
        reasons_from=np.full(n, NEVER, dtype=np.int64),
        open_weights=np.zeros(n, dtype=np.bool_),
        training=np.zeros(n, dtype=np.bool_),
        pretraining=research > 0,
        tokens_external=zeros.copy(),
        tokens_internal=zeros.copy(),
        tokens_opening=zeros.copy(),
        cost_anchor=np.full(n, np.nan),
        capacity=zeros.copy(),
    )
    backlog = _column(scenario, "deployment_backlog_mcny")
    staff_pay = _column(scenario, "staff_mcny_per_month") * MILLION
    books = Books(
        research_week=research,
        staff=staff_pay / p.staff_cost,
        burn_week=research + staff_pay * (1 + p.overhead_share) / WEEKS_PER_MONTH,
        weeks_without_cash=np.zeros(n, dtype=np.int64),
        post_money=_column(scenario, "valuation_bn_cny") * BILLION,
        last_round_week=np.zeros(n, dtype=np.int64),
        raising=np.zeros(n, dtype=np.bool_),
        overseas_users=_overseas(scenario, p),
        revenue_history=np.zeros((26, n)),
    )
    _open_menu(menu)
    return Firms(
        ids=ids,
        entity=entity_ids(ids),
        cloud=np.array([one.kind == "cloud" for one in rows], dtype=np.bool_),
        startup=np.array([one.kind == "startup" for one in rows], dtype=np.bool_),
        backed=np.array([one.cash_mcny is None for one in rows], dtype=np.bool_),
        internal_lead=np.array([one.internal_lead is True for one in rows], dtype=np.bool_),
        other_niche=_other_niche(rows),
        bid_weight=_column(scenario, "bid_weight"),
        deals_share=backlog / max(backlog.sum(), 1e-9),
        alive=np.ones(n, dtype=np.bool_),
        listed=np.zeros(n, dtype=np.bool_),
        taken_over=np.zeros(n, dtype=np.bool_),
        sold_gpus=np.zeros(n, dtype=np.bool_),
        attach_margin=_column(scenario, "attach_margin_cny_per_mtok"),
        vendor_intercept=_column(scenario, "vendor_intercept"),
        cash=ledger.accounts("cash", ids),
        receivables=ledger.accounts("receivables", ids),
        credits=ledger.accounts("credits", ids),
        owed=np.array([ledger.accounts(kind, ids) for kind in ("wages_owed", "bills_owed")]),
        parents=ledger.accounts("parent", ids),
        credits_owed=np.zeros((n, n), dtype=np.int64),
        menu=menu,
        tech=tech,
        books=books,
        lab=Labs.opening(_late(menu, rows)),
    )


def _late(menu: Menu, rows: tuple[Firm, ...]) -> NDArray[np.bool_]:
    """Clouds that open their API long after the start, with rivals to learn from; (F,)."""
    cloud = np.array([one.kind == "cloud" for one in rows], dtype=np.bool_)
    entry = menu.entry_week[MAIN]
    return np.asarray(cloud & (entry >= LATE_WEEKS) & (entry < NEVER))


def _open_menu(menu: Menu) -> None:
    """Put on sale what was on sale before the start; that is no news to anybody."""
    given = (menu.entry_week <= 0) & ~np.isnan(menu.entry_price)
    menu.price = np.where(given, menu.entry_price, np.nan)
    menu.effective = menu.price.copy()
    menu.entered = given


def _week(day: date | None, start: date) -> int:
    return NEVER if day is None else week_of(day, start)


def _other_niche(rows: tuple[Firm, ...]) -> NDArray[np.bool_]:
    """Pairs of firms that sell to different niches, (F, F); without a niche, to everybody."""
    return np.array(
        [[None not in (a.niche, b.niche) and a.niche != b.niche for b in rows] for a in rows],
        dtype=np.bool_,
    ).reshape(len(rows), len(rows))


def _overseas(scenario: Scenario, p: Parameters) -> F64:
    start = first_monday(scenario.start)
    abroad = {
        app.firm
        for app in scenario.apps.values()
        if app.market == "overseas" and app.launch <= start
    }
    return np.array(
        [p.overseas_users_opening * MILLION * (firm in abroad) for firm in scenario.firms]
    )


def _apps(scenario: Scenario, home: dict[str, App], firms: Firms, start: date) -> Apps:
    n = len(home)
    zeros = np.zeros(n)
    return Apps(
        ids=tuple(home),
        firm=np.array([firms.number(one.firm) for one in home.values()], dtype=np.int64),
        launch_week=np.array([week_of(one.launch, start) for one in home.values()], dtype=np.int64),
        launched=np.zeros(n, dtype=np.bool_),
        owns_channel=np.array([bool(one.owned_channels) for one in home.values()], dtype=np.bool_),
        cpa_multiplier=np.array([one.cpa_multiplier for one in home.values()], dtype=np.float64),
        budget=zeros.copy(),
        pushed=zeros.copy(),
        news=zeros.copy(),
        fresh_news=zeros.copy(),
        news_half_life=np.ones(n),
        lead=zeros.copy(),
        quality_lead=zeros.copy(),
        leavers=np.zeros((5, n)),
        mau=zeros.copy(),
        mau_history=np.zeros((14, n)),
        spend_history=np.zeros((8, n)),
        awaited=np.zeros((n, len(scenario.channels))),
        rivals_adds=zeros.copy(),
    )


def _channels(scenario: Scenario, firms: Firms, ledger: Ledger, apps: int) -> Channels:
    rows = scenario.channels
    capacity = [one.capacity_mcny_per_month * MILLION / WEEKS_PER_MONTH for one in rows.values()]
    return Channels(
        ids=tuple(rows),
        owner=np.array(
            [firms.number(one.owner) if one.owner else -1 for one in rows.values()], dtype=np.int64
        ),
        capacity=np.array(capacity, dtype=np.float64),
        base_cost=np.array([one.base_cost_cny_per_user for one in rows.values()], dtype=np.float64),
        audience=np.array(
            [[one.audience[name] for one in rows.values()] for name in scenario.segments]
        ).reshape(len(scenario.segments), len(rows)),
        open=np.ones((apps, len(rows)), dtype=np.bool_),
        media=ledger.accounts("media", tuple(rows)),
    )


def _accounts(scenario: Scenario, p: Parameters, streams: Streams, firms: int) -> Accounts:
    """Accounts in the kinds' proportions; sizes are Pareto, scaled to the kinds' mean volumes."""
    count = scenario.accounts.count
    kinds = tuple(scenario.account_kinds)
    numbers = split(count, {name: one.share for name, one in scenario.account_kinds.items()})
    kind = np.repeat(np.arange(len(kinds)), list(numbers.values()))
    entity = np.array([stable_id(f"account:{number}") for number in range(count)], dtype=np.uint64)
    rows = list(scenario.account_kinds.values())
    size = pareto_sizes(streams.uniforms("account size", entity, 0), p.account_tail)
    size = size * np.array([one.volume for one in rows])[kind]
    able = streams.uniforms("account engineers", entity, 0)

    def of_kind(name: str) -> F64:
        return np.array([getattr(one, name) for one in rows], dtype=np.float64)

    return Accounts(
        entity=entity,
        kind=kind,
        kinds=kinds,
        size=size / size.sum(),
        discount=np.zeros(count),
        engineers=(able < of_kind("engineers")[kind]).astype(np.float64),
        able=np.zeros(count),
        keep_above=np.zeros(count),
        price_weight=of_kind("price_weight"),
        quality_weight=of_kind("quality_weight"),
        viability_weight=of_kind("viability_weight"),
        vendor=np.full((2, count, MOST_VENDORS), NOBODY, dtype=np.int16),
        share=np.zeros((2, count, MOST_VENDORS)),
        preferred=np.full((2, count), NOBODY, dtype=np.int16),
        bound_until=np.zeros((2, count), dtype=np.int32),
        self_hosted=np.zeros(count, dtype=np.bool_),
        reference=np.ones(count),
        demand=np.zeros(2),
        opening_price=np.full(2, np.nan),
        price_factor=np.ones((2, firms)),
        sold=np.zeros((2, firms), dtype=np.bool_),
        offer=np.full(2, np.nan),
        progress=np.zeros(2),
        kind_volume=np.bincount(kind, size, len(kinds)).astype(np.float64) / size.sum(),
    )


def _investors(scenario: Scenario, streams: Streams, firms: Firms, ledger: Ledger) -> Investors:
    rows = scenario.investors
    ids = tuple(rows)
    firm = np.array([firms.ids.index(one.firm) if one.firm else -1 for one in rows.values()])
    accounts = [
        firms.parents[number] if number >= 0 else ledger.index[f"investor:{name}"]
        for name, number in zip(ids, firm, strict=True)
    ]
    stake = np.zeros((len(firms), len(ids) + len(HOLDERS)))
    stake[:, -len(HOLDERS)] = 1.0
    entity = entity_ids(ids)
    taste = np.array([TASTES[one.kind] for one in rows.values()]).reshape(len(ids), len(TRAITS))
    own = [streams.normals(f"taste for {trait}", entity, 0) for trait in TRAITS]
    powder = [
        np.inf if one.dry_powder_bn_cny is None else one.dry_powder_bn_cny * BILLION
        for one in rows.values()
    ]
    return Investors(
        ids=ids,
        entity=entity,
        kind=np.array([KINDS.index(one.kind) for one in rows.values()], dtype=np.int64),
        firm=firm.astype(np.int64),
        dry_powder=np.array(powder, dtype=np.float64),
        account=np.array(accounts, dtype=np.int64),
        taste=taste + TASTE_SPREAD * np.array(own).T.reshape(taste.shape),
        stake=stake,
        paid=np.zeros((len(firms), len(ids))),
        bridge=np.zeros((len(firms), len(ids)), dtype=np.int64),
    )
