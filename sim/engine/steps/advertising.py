"""Step 5: firms set advertising budgets and push; channels clear."""

import numpy as np
from numpy.typing import NDArray

from sim.core.units import WEEKS_PER_MONTH
from sim.engine.decisions import ask
from sim.engine.observe import glance
from sim.engine.state import Engine
from sim.engine.steps.categories import agent_budget
from sim.engine.steps.cohorts import bought_users
from sim.markets import advertising

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


def clear(engine: Engine) -> None:
    """Let app owners decide on budgets and push, then clear all channels together."""
    _launch(engine)
    _quote(engine)
    for firm in np.flatnonzero(engine.firms.independent).tolist():
        if own := [app for app in engine.scene.apps[firm] if engine.world.apps.launched[app]]:
            _decide(engine, firm, own)
    _clear(engine)


def running(engine: Engine) -> Flags:
    """Apps that people can take up, shape (A,)."""
    apps = engine.world.apps
    return np.asarray(apps.launched & engine.firms.independent[apps.firm])


def _launch(engine: Engine) -> None:
    world = engine.world
    new = (world.apps.launch_week <= world.week) & ~world.apps.launched
    for app in np.flatnonzero(new):
        owner = world.firms.ids[world.apps.firm[app]]
        world.say("launch", world.apps.ids[app], f"{owner} launches {world.apps.ids[app]}")
    world.apps.launched |= new


def _quote(engine: Engine) -> None:
    """Prices before this week's spend: last week's crowding, for firms to decide on."""
    world, flow = engine.world, engine.flow
    channels, apps = world.channels, world.apps
    if len(channels) == 0:
        return
    scarce = advertising.scarcity(_addressable(engine), apps.mau)
    base = channels.base_cost * (1.0 + flow.ad_spend.sum(axis=0) / channels.capacity) ** _theta(
        engine
    )
    cost = np.where(channels.open, (scarce * apps.cpa_multiplier)[:, None] * base, np.inf)
    flow.best_cpa = cost.min(axis=1)
    flow.open_capacity = (channels.open * channels.capacity).sum(axis=1)
    flow.user_value = _lifetime_value(engine)


def _lifetime_value(engine: Engine) -> float:
    """What a bought user pays for subscriptions until leaving, CNY."""
    p = engine.p
    present = bought_users(engine).left
    paying_months = 1.0 / (1.0 - p.renewal) if p.renewal < 1.0 else float(len(present))
    margin = p.conversion * p.basic_price * paying_months / WEEKS_PER_MONTH
    return float(advertising.lifetime_value(margin, present))


def _decide(engine: Engine, firm: int, own: list[int]) -> None:
    """Take a firm's budget and push; its apps share them by the weights it gives them."""
    world, apps = engine.world, engine.world.apps
    budget = ask(engine, firm, "advertising").ad_budget if world.on("advertising") else 0.0
    stops = budget == 0.0 and world.on("advertising")
    if budget is not None and (not stops or world.on("ads_stop")):
        for app, part in _parts(engine, own):
            apps.budget[app] = budget * part
    chosen = ask(engine, firm, "push")
    push = chosen.push if world.on("own_channel_push") else 0.0
    if push is not None:
        pushable = [app for app in own if apps.owns_channel[app]]
        people = min(push, glance(engine, firm).push_inventory)
        for app, part in _parts(engine, pushable):
            apps.pushed[app] = people * part
    if chosen.shut_out is not None and world.on("channel_lockout"):
        _shut_out(engine, firm, chosen.shut_out)


def _parts(engine: Engine, own: list[int]) -> list[tuple[int, float]]:
    """Some apps of one owner with the share of each, by weight; alike where all weigh nothing."""
    if len(own) < 2:
        return [(app, 1.0) for app in own]
    weight = engine.world.products.app_weight[own]
    total = weight.sum()
    share = weight / total if total > 0 else np.full(len(own), 1.0 / len(own))
    return list(zip(own, share.tolist(), strict=True))


def _shut_out(engine: Engine, firm: int, shut: bool) -> None:
    """Bar rivals' apps from a firm's own channels, or let them in again."""
    world = engine.world
    channels, apps = world.channels, world.apps
    for channel in np.flatnonzero(channels.owner == firm):
        rivals = apps.firm != firm
        if (channels.open[rivals, channel] == shut).any():
            name, owner = channels.ids[channel], world.firms.ids[firm]
            kind, does = (
                ("channel_lockout", "shuts rivals out of") if shut else ("channel_opening", "opens")
            )
            world.say(kind, name, f"{owner} {does} {name}")
        channels.open[rivals, channel] = not shut


def _clear(engine: Engine) -> None:
    world, p, flow, apps = engine.world, engine.p, engine.flow, engine.world.apps
    channels = world.channels
    if len(channels) == 0 or len(apps) == 0:
        return
    active = running(engine)
    scarce = advertising.scarcity(_addressable(engine), apps.mau)
    attractive = channels.capacity / channels.base_cost
    open_now = channels.open if world.on("channel_substitution") else np.ones_like(channels.open)
    focus = world.products.consumer_focus[apps.firm]
    budget = np.where(active, apps.budget * focus, 0.0)
    flow.agent_ads = agent_budget(engine, budget)
    desired = advertising.allocate(budget - flow.agent_ads, attractive)
    if not world.on("channel_substitution"):
        desired = np.where(channels.open, desired, 0.0)
    cleared = advertising.clear_channels(
        desired,
        open_now,
        attractive / channels.base_cost,
        channels.base_cost,
        channels.capacity,
        p.inventory * channels.capacity,
        _theta(engine),
        scarce,
        apps.cpa_multiplier,
    )
    flow.ad_spend, flow.ad_people = cleared.spend, cleared.people
    waiting = apps.awaited + flow.ad_people
    flow.ad_arrivals = (1.0 - p.adstock) * waiting
    apps.awaited = p.adstock * waiting
    apps.spend_history[1:] = apps.spend_history[:-1]
    apps.spend_history[0] = cleared.spend.sum(axis=1)


def _theta(engine: Engine) -> float:
    return engine.p.crowding if engine.world.on("ad_crowding") else 0.0


def _addressable(engine: Engine) -> float:
    return engine.world.scenario.consumers.addressable_people
