"""Numbers in the units people use: 3.2 bn CNY, 48.4 M, 0.8 CNY/Mtok, free."""

from collections.abc import Callable
from datetime import date
from math import isfinite

MISSING = "–"
SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))
RUNWAY_CAP_MONTHS = 120


def digits3(value: float) -> str:
    """Write a number below 1000 in size with three significant digits: 48.4, 0.82, 640, 0."""
    if value == 0:
        return "0"
    text = f"{value:.3g}"
    return f"{float(text):.0f}" if "e+" in text else text


def whole(value: float) -> str:
    """Write the median of a count, which may fall between two: 3, or 3 or 4."""
    return f"{value:.0f}" if value == int(value) else f"{int(value)} or {int(value) + 1}"


def scaled(value: float | None) -> tuple[str, str]:
    """Split a number into three significant digits and its scale: 48.4e6 -> ("48.4", "M")."""
    if value is None or not isfinite(value):
        return MISSING, ""
    # Rounding first, so that 999,600 becomes 1 M and not 1000 k.
    rounded = float(f"{value:.3g}")
    for size, name in SCALES:
        if abs(rounded) >= size:
            return digits3(rounded / size), name
    return digits3(rounded), ""


def count(value: float | None) -> str:
    """Write a count: 48.4 M, 640 k, 12; tiny expected counts become 0."""
    if value is not None and isfinite(value) and abs(value) < 0.5:
        return "0"
    return " ".join(part for part in scaled(value) if part)


def money(value_cny: float | None) -> str:
    """Write yuan: 3.2 bn CNY, 640 M CNY, 0 CNY."""
    if value_cny is None or not isfinite(value_cny):
        return MISSING
    return f"{count(value_cny)} CNY"


def price(value_cny_per_mtok: float | None) -> str:
    """Write a price per million tokens: 0.8 CNY/Mtok, free."""
    if value_cny_per_mtok is None or not isfinite(value_cny_per_mtok):
        return MISSING
    return "free" if value_cny_per_mtok == 0 else f"{digits3(value_cny_per_mtok)} CNY/Mtok"


def tokens(value_per_day: float | None) -> str:
    """Write a volume of tokens: 1.2 tn/day, 120 bn/day."""
    text = count(value_per_day)
    return text if text == MISSING else f"{text}/day"


def percent(share: float | None) -> str:
    """Write a share of 1 as a percentage: 0.42 -> 42 %; between 0 and 0.5 % it says under 1 %."""
    if share is None or not isfinite(share):
        return MISSING
    if 0 < share < 0.005:
        return "under 1 %"
    # z: a share just below zero rounds to 0, not to -0.
    return f"{100 * share:z.0f} %"


def months(value: float | None) -> str:
    """Write a runway: 14 months, 1.5 months, 10 years or more."""
    if value is None or not isfinite(value):
        return MISSING
    if value >= RUNWAY_CAP_MONTHS:
        return "10 years or more"
    text = f"{value:.0f}" if value >= 3 else digits3(round(value, 1))
    return f"{text} month" if text == "1" else f"{text} months"


def interval(low: float | None, high: float | None, write: Callable[[float | None], str]) -> str:
    """Write a range, naming the unit once where both ends share it: 59.7–90.2 M."""
    first, second = write(low), write(high)
    if first == second:
        return first
    return f"{_bare(first, second)}–{second}"


def bracketed(low: float | None, high: float | None, write: Callable[[float | None], str]) -> str:
    """Write a range behind a median: " (59.7–90.2 M)"; nothing where both ends read the same."""
    return f" ({interval(low, high, write)})" if write(low) != write(high) else ""


def beside(simulated: str, observed: str) -> str:
    """Write two values of one kind next to each other: 52 / 48.4 M."""
    return f"{_bare(simulated, observed)} / {observed}"


def _bare(first: str, second: str) -> str:
    """Return a value without its unit if the value after it has the same; 0 needs none."""
    number, _, unit = first.partition(" ")
    return number if number == "0" or unit == second.partition(" ")[2] else first


def month(day: date) -> str:
    """Write a month in English whatever the locale: May 2024."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def day(when: date) -> str:
    """Write a day in English whatever the locale: 6 May 2024."""
    return f"{when.day} {month(when)}"


MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: list[float | None], width: int) -> str:
    """Draw a series as `width` blocks at most, lowest to highest; blanks where nothing is known."""
    if not values or width < 1:
        return ""
    steps = min(width, len(values))
    last = len(values) - 1
    picked = [values[round(i * last / max(1, steps - 1))] for i in range(steps)]
    known = [value for value in picked if value is not None and isfinite(value)]
    if not known:
        return " " * steps
    low, span = min(known), max(known) - min(known)
    return "".join(
        " "
        if value is None or not isfinite(value)
        else _BLOCKS[round((value - low) / span * 7) if span else 0]
        for value in picked
    )
