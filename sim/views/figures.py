"""Words and units for score rows: what a known figure is called and how its value is written."""

from collections.abc import Callable
from math import exp

from sim.views.format import MISSING, beside, count, digits3, interval, money, price, tokens
from sim.views.names import app_name, firm_name
from sim.views.rundata import ScoreRow

SHORT = {
    "monthly_active_users": "users a month",
    "daily_active_users": "users a day",
    "api_price_input": "input price",
    "api_price_output": "output price",
    "flagship_price_input": "flagship price",
    "token_volume_daily": "tokens a day",
    "token_volume_year": "tokens a year",
    "token_volume_half": "tokens in half a year",
    "cost_per_acquisition": "cost per acquisition",
    "ad_spend_monthly": "ads a month",
    "ad_spend": "ads",
    "post_money_valuation": "valuation",
    "pre_money_valuation": "valuation before",
    "mean_post_money_valuation": "mean valuation",
    "round_size": "round",
    "adjusted_net_loss": "net loss",
    "rd_expense": "R&D",
    "rd_compute_cost": "R&D compute",
    "marketing_expense": "marketing",
    "dau_mau_ratio": "daily over monthly users",
    "n_stopped_pretraining": "stopped pre-training",
    "n_over_20bn_cny": "valued over 20 bn CNY",
    "n_with_strategic_stake": "with a strategic stake",
    "n_sold_gpus": "sold GPUs",
    "n_overseas": "went overseas",
    "n_tenders": "tenders",
    "api_share": "share of tokens",
    "api_price_cut": "price cut",
    "api_calls_daily": "API calls a day",
    "api_calls_growth": "growth of API calls",
    "token_volume_growth": "growth of tokens",
    "ad_spend_growth": "growth of ads",
    "ad_spend_per_net_mau": "ads per user gained",
    "channel_share": "share of ads on",
    "strategic_investment": "strategic money,",
    "deployment_share_of_revenue": "deployment's share of revenue",
    "tender_contract_price": "price of a tender",
    "training_share_of_compute": "training's share of compute",
    "single_homing_share": "users of one app",
    "weekly_active_users": "users a week",
    "unit_cost_decline": "fall of unit cost",
    "b2b_revenue_change": "API revenue against peace",
    "price_cuts_in_month": "price cuts",
    "flagship_price_output": "flagship output price",
    "overlapping_users": "users of both",
    "n_pretraining": "firms still pre-training",
    "n_independent": "still independent",
    "share_abandoning_pretraining": "share without pre-training",
    "final_run_share_of_rd_compute": "final runs' share of research compute",
    "leavers_to": "leavers who went to",
}
USES = {
    "fit": "Targets of calibration",
    "validate": "Compared, never fitted",
    "input": "Fed to the run",
    "belief": "What people expected",
}
FAR = 7.0
"""A log error beyond which a factor is no longer worth a number."""

RETENTION = "retention_day_"
WRITERS: dict[str, Callable[[float], str]] = {
    "CNY": money,
    "USD": lambda value: f"{count(value)} USD",
    "CNY_per_1M_tokens": price,
    "tokens_per_day": tokens,
    "percent": lambda value: f"{digits3(value)} %",
}


def figure_name(row: ScoreRow) -> str:
    """Return a figure's name in words: Doubao users a month, 2024-10."""
    return f"{entity_name(row.entity)} {quantity_name(row.quantity)}, {period_name(row.period)}"


def period_name(period: str) -> str:
    """Return a period without repeating its year: 2024-01–11 for 2024-01..2024-11."""
    first, dots, last = period.partition("..")
    if dots and last[:5] == first[:5]:
        last = last[5:]
    return f"{first}–{last}" if dots else first


def entity_name(entity: str) -> str:
    """Return the name behind an entity such as app:kimi, firm:zhipu or sector:startups."""
    kind, _, name = entity.partition(":")
    if kind == "app":
        return "All apps" if name == "all" else app_name(name)
    if kind == "firm":
        return firm_name(name)
    if kind == "apps":
        return " and ".join(map(app_name, name.split("+")))
    return (name or kind).replace("_", " ").capitalize() if kind != "model" else name


def quantity_name(quantity: str) -> str:
    """Return a quantity in words; what nobody named is its id with spaces."""
    name, _, detail = quantity.partition(":")
    if name.startswith(RETENTION):
        return f"users left after {name.removeprefix(RETENTION)} days"
    words = SHORT.get(name, name.replace("_", " "))
    return f"{words} {detail}" if detail else words


def group_name(row: ScoreRow) -> str:
    """Return the heading under which a figure stands: by its use."""
    return USES.get(row.use, f"Your own use: {row.use}")


def figure_value(row: ScoreRow, value: float | None) -> str:
    """Return a value of the figure in people's units."""
    write = WRITERS.get(row.unit)
    if value is None:
        return MISSING
    if write is not None:
        return write(value)
    return digits3(value) if abs(value) < 1000 else count(value)


def figure_pair(row: ScoreRow, simulated: float, observed: float) -> str:
    """Return simulated / observed, the unit named once where both share it: 52 / 48.4 M."""
    return beside(figure_value(row, simulated), figure_value(row, observed))


def figure_interval(row: ScoreRow, percent: int = 90) -> str:
    """Return the simulated 90 or 50 % interval of the figure."""
    low, high = (row.lo90, row.hi90) if percent == 90 else (row.lo50, row.hi50)
    return interval(low, high, lambda value: figure_value(row, value))


def figure_error(row: ScoreRow) -> str:
    """Return how far the median is off: x 0.8 of the figure, or a difference in its unit."""
    if row.log_error is not None:
        factor = exp(row.log_error) if abs(row.log_error) < FAR else 0.0
        return f"x {digits3(float(f'{factor:.2g}'))}" if factor else "far"
    if row.absolute_error is not None:
        size = abs(row.absolute_error)
        sign = "-" if row.absolute_error < 0 else "+"
        return f"{sign}{digits3(size)}" if size < 1000 else f"{sign}{count(size)}"
    return "x 0" if row.median is not None else MISSING
