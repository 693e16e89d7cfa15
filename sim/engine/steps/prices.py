"""Step 4: firms enter, review and change their price lists; deep cuts alert rivals."""

import numpy as np
from numpy.typing import NDArray

from sim.engine.decisions import ask
from sim.engine.observe import look, observe
from sim.engine.state import Engine
from sim.engine.steps.api import vendor_utility
from sim.markets.adoption import choice_shares
from sim.markets.exits import happens
from sim.markets.pricing import softened_cut
from sim.strategies.base import Decision
from sim.strategies.registry import make
from sim.world.firms import CLASSES, FLAGSHIP, MAIN

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


def review(engine: Engine) -> None:
    """Ask firms whose review is due; all decide on last week's prices, then all lists change."""
    menu = engine.firms.menu
    before = menu.price.copy()
    entering = _entering(engine)
    _given_entries(engine, entering)
    engine.scene = look(engine)
    engine.seen.clear()
    held = _held_back(engine)
    due = _due(engine, held) | entering
    decided = {
        int(firm): decide(
            engine, int(firm), (bool(entering[MAIN, firm]), bool(entering[FLAGSHIP, firm]))
        )
        for firm in np.flatnonzero(due.any(axis=0) & engine.firms.independent)
    }
    for firm, decision in decided.items():
        prices = (decision.main_price, decision.flagship_price)
        for row in (MAIN, FLAGSHIP):
            price = prices[row]
            if due[row, firm] and price is not None:
                old = menu.price[row, firm]
                menu.price[row, firm] = softened_cut(old, price, held[row, firm])
                menu.output_ratio[row, firm] = engine.p.output_price_ratio
    menu.entered |= entering & ~np.isnan(menu.price)
    _alert(engine, before)
    _note(engine, before)


def decide(engine: Engine, firm: int, entering: tuple[bool, bool]) -> Decision:
    """Ask one firm's pricing strategy."""
    strategy = engine.strategies[engine.firms.ids[firm]]["pricing"]
    peaceful = not engine.world.on("price_war")
    profit_only = strategy.name == "share_maximiser" and not engine.world.on("share_objective")
    if peaceful or profit_only:
        strategy = make("pricing", "respond", {}, engine.p)
    seen = observe(engine, firm, entering)
    if not engine.world.on("follow_rule"):
        # Without rules of their own for whom to follow, firms review as in calm times.
        calm = {name: getattr(seen, name)._replace(alert=False) for name in CLASSES}
        seen = seen._replace(**calm)
    return ask(engine, firm, "pricing", seen, strategy)


def _entering(engine: Engine) -> Flags:
    menu = engine.firms.menu
    return (menu.entry_week <= engine.world.week) & ~menu.entered & engine.firms.independent


def _given_entries(engine: Engine, entering: Flags) -> None:
    """List prices that stand in the opening conditions; the others are decided."""
    menu = engine.firms.menu
    given = entering & ~np.isnan(menu.entry_price)
    menu.price = np.where(given, menu.entry_price, menu.price)
    menu.entered |= given
    entering &= ~given


def _held_back(engine: Engine) -> F64:
    """How far what a cloud sells already holds it back from cutting, 0 to 1; (2, F)."""
    if not engine.world.on("legacy_cannibalisation"):
        return np.zeros(engine.firms.menu.price.shape)
    legacy = np.where(engine.firms.cloud, engine.flow.class_share, 0.0)
    return np.asarray(engine.p.legacy_weight * legacy)


def _due(engine: Engine, held: F64) -> Flags:
    """Reviews due this week: at the alert or the calm hazard, or at an own release; (2, F)."""
    world, p, menu = engine.world, engine.p, engine.firms.menu
    calm = np.array([[p.review_main], [p.review_flagship]])
    hazard = np.where(world.week <= menu.alert_until, p.alert_hazard * (1.0 - held), calm)
    at_release = np.where(engine.flow.released, -np.log1p(-p.review_at_release), 0.0)
    uniform = np.array(
        [
            world.streams.uniforms(f"price review {name}", world.firms.entity, world.week)
            for name in CLASSES
        ]
    )
    return happens(hazard + at_release, 1.0, uniform) & menu.entered


def _alert(engine: Engine, before: F64) -> None:
    """Alert rivals of a firm that cut deeply or entered low, if buyers would go there."""
    world, p, menu = engine.world, engine.p, engine.firms.menu
    if not (world.on("rival_alert") and world.on("price_war")):
        return
    moved = _moved(menu.price, before)
    if not moved.any():
        return
    left = 1.0 - p.alert_trigger
    quality, rivals = world.firms.tech.quality, _compete(engine)
    for row, mover in zip(*np.nonzero(moved), strict=True):
        old, new = before[row, mover], menu.price[row, mover]
        heard = menu.entered[row] & rivals[:, mover]
        if np.isnan(old):
            heard &= new < left * menu.price[row]
        elif new >= left * old:
            continue
        if _threatened_share(engine, int(row))[mover] < p.alert_share:
            continue
        if row == FLAGSHIP:
            heard &= np.abs(quality - quality[mover]) <= p.flagship_alert_gap
        until = world.week + round(p.alert_weeks)
        menu.alert_until[row] = np.where(heard, until, menu.alert_until[row])


def _compete(engine: Engine) -> Flags:
    """Whether a firm heeds another's prices: not its own, nor those of other niches; (F, F)."""
    firms = engine.firms
    apart = firms.other_niche if engine.world.on("niches") else False
    return np.asarray(~np.eye(len(firms), dtype=np.bool_) & ~apart)


def _threatened_share(engine: Engine, row: int) -> F64:
    """Share of new demand that each vendor would win at today's prices, by volume; (F,)."""
    return np.asarray(
        engine.world.accounts.kind_volume @ choice_shares(vendor_utility(engine)[row])
    )


def _note(engine: Engine, before: F64) -> None:
    menu, names = engine.firms.menu, engine.firms.ids
    for row, firm in zip(*np.nonzero(_moved(menu.price, before)), strict=True):
        old, new = before[row, firm], menu.price[row, firm]
        if np.isnan(old):
            what = f"{names[firm]} sells its {CLASSES[row]} model at {new:.2f} CNY/Mtok"
            engine.world.say("entry", names[firm], what)
        elif new < 0.5 * old:
            what = (
                f"{names[firm]} cuts its {CLASSES[row]} model from {old:.2f} to {new:.2f} CNY/Mtok"
            )
            engine.world.say("price_cut", names[firm], what)


def _moved(price: F64, before: F64) -> Flags:
    return np.asarray(~np.isnan(price) & (price != before))
