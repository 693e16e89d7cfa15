"""Step 1, first part: dated shocks act on what they name; one small function a kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from sim.engine.state import Engine, checked, make_strategies
from sim.engine.steps.api import hear_of_open_weights
from sim.engine.steps.frontier import turn_regime
from sim.engine.steps.funding import open_round, write_down
from sim.engine.steps.set_value import set_value
from sim.engine.steps.training import release
from sim.evidence.history import load_history
from sim.markets.adoption import news_reach, news_reproduction
from sim.scenario.shocks import SET, Shock
from sim.world.firms import CLASSES, FLAGSHIP

Strike = Callable[[Engine, Shock], None]


@dataclass(frozen=True)
class Calendar:
    """The scenario's shocks by the week whose clearing first sees them, and where history ends."""

    by_week: Mapping[int, tuple[tuple[str, Shock], ...]]
    last_foreign: int
    last_regime: int


def calendar(engine: Engine) -> Calendar:
    """Return the calendar of a scenario; shocks of one day act in the order of their ids."""
    by_week: dict[int, tuple[tuple[str, Shock], ...]] = {}
    for name, shock in engine.world.scenario.shocks:
        if shock.kind == "strategy":
            block = shock.target or "advertising"
            checked(engine.world, f"shock.{name}", block, shock.level or "", {})
        week = engine.world.week_of(shock.date)
        if 0 <= week < engine.world.weeks:
            by_week[week] = (*by_week.get(week, ()), (name, shock))
    last = {kind: _last(engine, kind) for kind in ("foreign_release", "regime")}
    return Calendar(MappingProxyType(by_week), last["foreign_release"], last["regime"])


def _last(engine: Engine, kind: str) -> int:
    """Week of the last dated event of a kind, -1 without any.

    The evidence tables count to their end even where the scenario stops earlier, so that a longer
    horizon changes nothing in the weeks before.
    """
    scenario = engine.world.scenario
    days = [shock.date for _, shock in scenario.shocks if shock.kind == kind]
    for table in scenario.history:
        days += [event.date for event in load_history(table) if event.kind == kind]
    return max((engine.world.week_of(day) for day in days), default=-1)


def strike(engine: Engine, dated: Calendar) -> None:
    """Let the shocks of this week act."""
    for name, shock in dated.by_week.get(engine.world.week, ()):
        if shock.kind == SET:
            set_value(engine, shock)
        else:
            STRIKES[shock.kind](engine, shock)
        if shock.kind != "entry":
            engine.world.say(shock.kind, shock.who or "", shock.what or name.replace("_", " "))


def _open_weights(engine: Engine, shock: Shock) -> None:
    world = engine.world
    if not world.on("open_frontier"):
        return
    world.frontiers.open_weights += _amount(shock)
    if world.on("stranded_capital"):
        write_down(engine, _amount(shock))
        world.mood.sentiment -= engine.p.stranding * _amount(shock) / 100.0
    hear_of_open_weights(engine)


def _foreign(engine: Engine, shock: Shock) -> None:
    engine.world.frontiers.foreign += _amount(shock)


def _paradigm(engine: Engine, shock: Shock) -> None:
    """Firms that pre-train adopt a shown paradigm: the first after its lag, then the others."""
    world = engine.world
    if not world.on("reasoning"):
        return
    delay = world.streams.uniforms("paradigm delay", world.firms.entity, world.week)
    lag = _amount(shock) + engine.p.imitation_weeks * delay
    world.firms.tech.reasons_from = np.where(
        world.firms.tech.pretraining,
        world.week + np.rint(lag if world.on("imitation_lag") else 0.0 * lag),
        world.firms.tech.reasons_from,
    ).astype(np.int64)


def _news(engine: Engine, shock: Shock) -> None:
    if shock.amount is not None:
        hazard = shock.amount
    else:
        hazard = news_hazard(engine, shock.scope or 0.0, shock.lead or 0.0)
    add_news(engine, engine.world.apps.number(_who(shock)), hazard, engine.p.news_half_life)


def news_hazard(engine: Engine, scope: float, lead: float) -> float:
    """Cumulative trial hazard of a news item: -ln(1 - z), z its reach."""
    p = engine.p
    gain = p.news_lead if engine.world.on("quality_lead") else 0.0
    reproduction = news_reproduction(p.news_reproduction, gain, scope, lead)
    return float(-np.log1p(-news_reach(reproduction, p.news_seed)))


def add_news(engine: Engine, app: int, hazard: float, half_life: float) -> None:
    """Let people hear of an app over the coming weeks."""
    apps = engine.world.apps
    apps.fresh_news[app] += hazard
    apps.news_half_life[app] = half_life


def _strategic_interest(engine: Engine, shock: Shock) -> None:
    investors = engine.world.investors
    cloud = engine.firms.number(_who(shock))
    lead = [number for number, firm in enumerate(investors.firm) if firm == cloud]
    if lead and shock.target is not None:
        open_round(engine, engine.firms.number(shock.target), lead[0])


def _cost_breakthrough(engine: Engine, shock: Shock) -> None:
    firm = engine.firms.number(_who(shock))
    step = float(np.log(_amount(shock)))
    engine.firms.tech.breakthroughs.append((firm, engine.world.week, step))


def _entry(engine: Engine, shock: Shock) -> None:
    """Open the API now, or on the date that stands with the firm if that is earlier."""
    row, firm = CLASSES.index(shock.level or "main"), engine.firms.number(_who(shock))
    weeks = engine.firms.menu.entry_week
    weeks[row, firm] = min(weeks[row, firm], engine.world.week)


def _release(engine: Engine, shock: Shock) -> None:
    """Release a model at a level relative to another; with a scope it is news for an app."""
    world, tech = engine.world, engine.firms.tech
    firm = engine.firms.number(_who(shock))
    levels = {
        "best_cloud": tech.quality[world.firms.cloud & world.firms.alive].max(initial=0.0),
        "foreign_frontier": world.frontiers.foreign,
        "open_frontier": world.frontiers.open_weights,
        "own": tech.model_quality[firm],
    }
    quality = float(levels[shock.level or "own"] + _amount(shock))
    lead = quality - tech.quality[world.firms.alive].max(initial=-np.inf)
    tech.own_quality[firm] = quality
    tech.ramp[firm] = 0.0
    release(engine, firm, quality)
    entry = world.firms.menu.entry_week
    entry[FLAGSHIP, firm] = min(entry[FLAGSHIP, firm], world.week)
    if shock.open_weights:
        tech.open_weights[firm] = True
        if world.on("open_frontier"):
            world.frontiers.open_weights = max(world.frontiers.open_weights, quality)
    if shock.scope:
        hazard = news_hazard(engine, shock.scope, shock.lead if shock.lead is not None else lead)
        for app in np.flatnonzero(world.apps.firm == firm):
            add_news(engine, int(app), hazard, engine.p.news_half_life_flagship)


def _lockout(engine: Engine, shock: Shock) -> None:
    if engine.world.on("channel_lockout"):
        _channel_access(engine, shock, allowed=False)


def _opening(engine: Engine, shock: Shock) -> None:
    _channel_access(engine, shock, allowed=True)


def _channel_access(engine: Engine, shock: Shock, *, allowed: bool) -> None:
    world = engine.world
    channel = world.channels.ids.index(_who(shock))
    if shock.target == "rivals":
        barred = world.apps.firm != world.channels.owner[channel]
    else:
        barred = np.array([app == shock.target for app in world.apps.ids])
    world.channels.open[barred, channel] = allowed


def _regime(engine: Engine, shock: Shock) -> None:
    if engine.world.on("funding_regime"):
        turn_regime(engine, hot=shock.level == "hot")


def _listing_window(engine: Engine, shock: Shock) -> None:
    engine.world.mood.listing_open = shock.level == "open"


def _delisting(engine: Engine, shock: Shock) -> None:
    owner = engine.world.scenario.apps[_who(shock)].firm
    users = engine.firms.books.overseas_users
    users[engine.firms.number(owner)] *= 1.0 - _amount(shock)


def _strategy(engine: Engine, shock: Shock) -> None:
    """Give a firm another strategy for a block of decisions."""
    firm, block = _who(shock), shock.target or "advertising"
    engine.choices[firm, block] = (shock.level or "", {})
    make_strategies(engine)


def _export_limit(engine: Engine, shock: Shock) -> None:
    frontiers = engine.world.frontiers
    frontiers.gpu_price *= 1.0 + _amount(shock)
    frontiers.export_limit *= 1.0 + _amount(shock)


def _sentiment(engine: Engine, shock: Shock) -> None:
    if engine.world.on("doubt_shocks"):
        engine.world.mood.sentiment += _amount(shock)


def _who(shock: Shock) -> str:
    """Return who acts; the scenario's checks see to it that somebody does."""
    return shock.who or ""


def _amount(shock: Shock) -> float:
    return 0.0 if shock.amount is None else shock.amount


STRIKES: MappingProxyType[str, Strike] = MappingProxyType(
    {
        "open_weights_release": _open_weights,
        "foreign_release": _foreign,
        "paradigm": _paradigm,
        "news": _news,
        "strategic_interest": _strategic_interest,
        "cost_breakthrough": _cost_breakthrough,
        "entry": _entry,
        "release": _release,
        "channel_lockout": _lockout,
        "channel_opening": _opening,
        "regime": _regime,
        "listing_window": _listing_window,
        "delisting": _delisting,
        "strategy": _strategy,
        "export_limit": _export_limit,
        "sentiment": _sentiment,
    }
)
