"""Step 1, last part: the price of accelerators answers the compute that firms want."""

from sim.core.ranges import known
from sim.core.units import DAYS_PER_WEEK, TOKENS_PER_MTOK
from sim.engine.state import Engine
from sim.markets.compute import next_price, next_supply
from sim.world.firms import MAIN


def clear(engine: Engine) -> None:
    """Move the price of accelerators toward what demand, supply and export limits make of it."""
    world, p, frontiers = engine.world, engine.p, engine.world.frontiers
    demand = wanted(engine)
    if demand <= 0.0:
        return
    if frontiers.gpu_supply <= 0.0:
        frontiers.gpu_supply = demand
    frontiers.gpu_price = next_price(
        frontiers.gpu_price,
        demand,
        frontiers.gpu_supply,
        frontiers.export_limit,
        p.gpu_price_elasticity if world.on("gpu_market") else 0.0,
        p.gpu_price_adjustment,
    )
    frontiers.gpu_supply = next_supply(frontiers.gpu_supply, demand, p.gpu_supply_adjustment)


def wanted(engine: Engine) -> float:
    """Compute that all firms want in a week, CNY at opening prices: research, stores, serving."""
    firms, p = engine.firms, engine.p
    price = engine.world.frontiers.gpu_price
    serving = known(firms.menu.unit_cost[MAIN]) * (
        firms.tech.tokens_external + firms.tech.tokens_internal
    )
    bill = p.gpu_cost_share * serving * DAYS_PER_WEEK / TOKENS_PER_MTOK
    research = firms.books.research_week + firms.lab.purchases
    return float(((bill + research) / price)[firms.independent].sum())
