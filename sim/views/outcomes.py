"""Outcomes in words: what one is called and how its values and differences are written."""

from math import floor, isfinite, log10

from sim.views.changes import value_text
from sim.views.format import MISSING, SCALES, digits3, scaled
from sim.views.names import app_name, firm_name

NAMES = {
    "market.independent_startups": "Startups still independent",
    "firms.all.price_input_cny_per_mtok": "Middle input price",
    "firms.startups.revenue_api_cny": "Startups' API revenue",
    "firms.all.cost_ads_cny": "Ads of all firms",
    "market.hhi_mau": "Concentration of users",
    "market.hhi_api": "Concentration of tokens",
    "rounds.failed=false": "Rounds that closed",
    "market.tokens_served_per_day": "API tokens served",
    "market.users_any_app": "People with an app",
    "market.pretraining_firms": "Firms that pre-train",
}
WORDS = {"mau": "users", "dau": "daily users", "ad_spend_cny": "ads", "cost_ads_cny": "ads",
         "rows": ""}  # fmt: skip
SUFFIXES = ("_cny_per_mtok", "_cny", "_per_day")
SHOWN_UNITS = {"CNY": "CNY", "CNY/Mtok": "CNY/Mtok", "tokens/day": "a day", "calls/day": "a day",
               "Elo points": "Elo", "months": "months"}  # fmt: skip
UNITLESS = ("", "share", "1", "probability", "ratio", "of its kind")
SCALED = ("users", "CNY", "tokens/day", "calls/day", "people")
NO_LIMIT = 100_000
NOTHING = 5e-4
"""Sizes below this many of their scale are written 0."""


def outcome_name(address: str) -> str:
    """Return an outcome in words: Kimi users, Startups' API revenue, Zhipu cash in 2024-10."""
    place, _, period = address.partition("@")
    return f"{NAMES.get(place) or _name(place)}{f', {period}' if period else ''}"


def name_with_unit(address: str, unit: str) -> str:
    """Return the name and, unless the name says it, the unit: Startups' API revenue, CNY."""
    shown = SHOWN_UNITS.get(unit, "")
    return f"{outcome_name(address)}, {shown}" if shown else outcome_name(address)


def shown_unit(unit: str) -> str:
    """Return the unit as it stands after a number; empty where the outcome's name says it."""
    return SHOWN_UNITS.get(unit, "")


def outcome_value(value: float | None, unit: str) -> str:
    """Write a value without its unit: 48.4 M, 0.82, 42 % (a probability), 0.321 (a share)."""
    if value is None or not isfinite(value):
        return MISSING
    return _signed(value, "", unit, _scale_of(abs(value), unit))


def difference_text(value: float | None, unit: str) -> str:
    """Write a difference with its sign: +1.55, −39.9 k, 0."""
    if value is None or not isfinite(value):
        return MISSING
    return _signed(value, "+", unit, _scale_of(abs(value), unit))


def interval_text(low: float | None, high: float | None, unit: str, sign: str = "+") -> str:
    """Write an interval in one scale with as many decimals at both ends: −136 to +57 k."""
    if low is None or high is None or not (isfinite(low) and isfinite(high)):
        return MISSING
    size = max(abs(low), abs(high))
    factor, word = scale = _scale_of(size, unit)
    decimals = _decimals(size / factor, unit)
    first, second = (_signed(value, sign, unit, scale, decimals) for value in (low, high))
    if low == high:
        return first
    return f"{first.removesuffix(f' {word}') if word else first} to {second}"


def _decimals(size: float, unit: str) -> int:
    """Return the decimals of a number of three significant digits, at most three."""
    if unit == "probability":
        return 0
    if unit == "share" or size == 0.0:
        return 3 if unit == "share" else 0
    return min(3, max(0, 2 - floor(log10(size))))


def _scale_of(size: float, unit: str) -> tuple[float, str]:
    """Return the factor and the word of the scale in which a size has one to three digits."""
    if unit == "probability":
        return 0.01, "%"
    if unit not in SCALED:
        return 1.0, ""
    rounded = float(f"{size:.3g}")
    return next(((factor, word) for factor, word in SCALES if rounded >= factor), (1.0, ""))


def _signed(
    value: float, plus: str, unit: str, scale: tuple[float, str], decimals: int | None = None
) -> str:
    size, word = abs(value) / scale[0], scale[1]
    if decimals is not None or unit in ("probability", "share"):
        text = f"{size:.{_decimals(size, unit) if decimals is None else decimals}f}"
    else:
        text = "0" if size < NOTHING else digits3(size)
    zero = float(text) == 0.0
    sign = "" if zero else "−" if value < 0 else plus
    if value == 0.0 and unit != "probability":
        return "0"
    return f"{sign}{text} {word}" if word else f"{sign}{text}"


def worth_text(replicates: float | None, pairs: int, difference: float | None) -> str:
    """Write how many replicates independent seeds would need; – where nothing differs."""
    if difference is None or pairs < 1 or (replicates is None and difference == 0):
        return MISSING
    if replicates is None or replicates > NO_LIMIT:
        return f">{NO_LIMIT // 1000} k"
    return " ".join(part for part in scaled(round(replicates)) if part)


def input_text(value: object, unit: str = "") -> str:
    """Write an input with its unit: 600 MCNY, 5 per year, on, none."""
    text = value_text(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or unit in UNITLESS:
        return text
    return f"{text} per {unit[2:]}" if unit.startswith("1/") else f"{text} {unit}"


def _name(place: str) -> str:
    place, _, statistic = place.partition(":")
    parts = place.split(".")
    column, _, word = parts[-1].partition("=")
    words = WORDS.get(column)
    if words is None:
        for suffix in SUFFIXES:
            column = column.removesuffix(suffix)
        words = column.replace("_", " ")
    said = " ".join(part for part in (words, word.replace("_", " ")) if part)
    if statistic:
        said += f" ({statistic})"
    if len(parts) == 2:
        return f"{parts[0].capitalize()} {said}".strip()
    table, who = parts[0], parts[1]
    group = {"all": "All", "startups": "Startups'"}
    known = app_name if table == "apps" else firm_name
    kind = "" if table in ("firms", "apps", "channels") else f" {table}"
    return f"{group.get(who) or known(who)}{kind} {said}".strip()
