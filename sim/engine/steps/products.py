"""Step 5, before budgets: owners weigh their apps, startups their routes to revenue."""

import numpy as np

from sim.engine.decisions import DecisionError, ask
from sim.engine.state import Engine
from sim.engine.steps.advertising import running

EVERY_WEEKS = 4


def review(engine: Engine) -> None:
    """Let firms decide on apps and routes every four weeks."""
    world, firms = engine.world, engine.firms
    if world.week % EVERY_WEEKS:
        return
    for firm in np.flatnonzero(firms.independent):
        chosen = ask(engine, int(firm), "product")
        if chosen.app_weights is not None:
            _weigh_apps(engine, int(firm), chosen.app_weights)
        if firms.startup[firm] and world.on("route_choice"):
            _turn(engine, int(firm), chosen.consumer_focus, chosen.business_focus)


def _weigh_apps(engine: Engine, firm: int, weights: tuple[float, ...]) -> None:
    """Take the weights of a firm's running apps, in their order."""
    own = np.flatnonzero((engine.world.apps.firm == firm) & running(engine))
    good = len(weights) == len(own) and all(0.0 <= one < np.inf for one in weights)
    if not good or (len(own) and sum(weights) <= 0.0):
        name, found = engine.firms.ids[firm], f"app_weights {weights!r}"
        raise DecisionError(
            f"product strategy of {name} set {found}; {len(own)} numbers of 0 or more are possible,"
            " not all 0"
        )
    engine.world.products.app_weight[own] = weights


def _turn(engine: Engine, firm: int, consumer: float | None, business: float | None) -> None:
    """Take a startup's focus: advertising for consumers, bids and deals for business."""
    products, firms = engine.world.products, engine.firms
    if consumer is not None:
        products.consumer_focus[firm] = consumer
    if business is not None:
        change = business / products.business_focus[firm]
        firms.bid_weight[firm] *= change
        firms.deals_share[firm] *= change
        products.business_focus[firm] = business
