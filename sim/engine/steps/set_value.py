"""Step 1, dated changes of parameters, switches, and fields of firms and channels (`set`).

What can change, `sim.scenario.shocks.SETTABLE`, is checked when the scenario is read.
"""

from sim.core.units import MILLION, WEEKS_PER_MONTH
from sim.engine.state import Engine, make_strategies
from sim.scenario.shocks import Shock


def set_value(engine: Engine, shock: Shock) -> None:
    """Give what the shock's key names another value from now on."""
    world = engine.world
    table, _, rest = (shock.key or "").partition(".")
    owner, _, field = rest.partition(".")
    number = float(shock.value or 0.0)
    if table == "mechanisms":
        others = world.switched_off - {rest}
        world.switched_off = others if shock.value else others | {rest}
    elif table == "parameters":
        world.parameters = world.parameters.replaced(**{rest: number})
        make_strategies(engine)
    elif table == "firms":
        _set_firm(engine, engine.firms.number(owner), field, number)
    else:
        _set_channel(engine, world.channels.ids.index(owner), field, number)
    # Kept from week to week, these tables may depend on what has changed.
    engine.people = None


def _set_firm(engine: Engine, firm: int, field: str, number: float) -> None:
    firms = engine.firms
    columns = {
        "attach_margin_cny_per_mtok": firms.attach_margin,
        "vendor_intercept": firms.vendor_intercept,
        "cost_efficiency": firms.tech.efficiency,
        "main_cost_factor": firms.tech.main_cost_factor,
    }
    columns[field][firm] = number


def _set_channel(engine: Engine, channel: int, field: str, number: float) -> None:
    channels = engine.world.channels
    if field == "base_cost_cny_per_user":
        channels.base_cost[channel] = number
    else:
        channels.capacity[channel] = number * MILLION / WEEKS_PER_MONTH
