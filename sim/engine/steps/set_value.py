"""Step 1, dated changes of parameters, switches, and fields of firms and channels (`set`)."""

from sim.core.units import MILLION, WEEKS_PER_MONTH
from sim.engine.state import Engine
from sim.scenario.shocks import Shock

FIRM_FIELDS = (
    "attach_margin_cny_per_mtok",
    "vendor_intercept",
    "cost_efficiency",
    "main_cost_factor",
)
CHANNEL_FIELDS = ("capacity_mcny_per_month", "base_cost_cny_per_user")


def set_value(engine: Engine, name: str, shock: Shock) -> None:
    """Give what `key` names another value from now on; raises ScenarioError where it cannot."""
    world = engine.world
    table, _, rest = (shock.key or "").partition(".")
    if table == "mechanisms":
        others = world.switched_off - {rest}
        world.switched_off = others if shock.value else others | {rest}
        return
    number = float(shock.value) if isinstance(shock.value, int | float) else None
    if number is None:
        raise _refused(engine, name, "needs a number")
    if table == "parameters":
        world.parameters = world.parameters.replaced(**{rest: number})
        engine.leave_base = None
        return
    owner, _, field = rest.partition(".")
    if table == "firms" and field in FIRM_FIELDS:
        _set_firm(engine, engine.firms.number(owner), field, number)
    elif table == "channels" and field in CHANNEL_FIELDS:
        channel = world.channels.ids.index(owner)
        if field == "base_cost_cny_per_user":
            world.channels.base_cost[channel] = number
        else:
            world.channels.capacity[channel] = number * MILLION / WEEKS_PER_MONTH
    else:
        raise _refused(engine, name, f"{shock.key} cannot change during a run")


def _set_firm(engine: Engine, firm: int, field: str, number: float) -> None:
    firms = engine.firms
    columns = {
        "attach_margin_cny_per_mtok": firms.attach_margin,
        "vendor_intercept": firms.vendor_intercept,
        "cost_efficiency": firms.tech.efficiency,
        "main_cost_factor": firms.tech.main_cost_factor,
    }
    columns[field][firm] = number


def _refused(engine: Engine, name: str, message: str) -> Exception:
    allowed = (
        "parameters.*",
        "mechanisms.*",
        *(f"firms.*.{field}" for field in FIRM_FIELDS),
        *(f"channels.*.{field}" for field in CHANNEL_FIELDS),
    )
    return engine.world.scenario.refuse(f"shock.{name}.key", message, allowed)
