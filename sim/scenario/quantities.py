"""Numbers with units: "30 CNY/user", "0.8 CNY/Mtok", "600 M", "18 months", "80 M USD".

A unit is a product of known words, each a factor times a dimension; two units convert if their
dimensions agree. The same grammar reads what a user writes and the unit a field is kept in, so a
field states its unit once. Dollars become yuan at the rate of a date.
"""

import math
import re
from dataclasses import dataclass
from datetime import date

from sim.core.errors import SimError
from sim.evidence.currency import cny_per_usd

LONGEST_QUANTITY = 80

AMOUNT = re.compile(
    r"\s*([+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)\s*(.*)", re.DOTALL
)
DATED = re.compile(r"(.*?)\s*@\s*(\d{4})(?:-\d\d(?:-\d\d)?)?\s*")

PREFIXES = {"k": 1e3, "M": 1e6, "m": 1e6, "bn": 1e9, "B": 1e9, "tn": 1e12, "T": 1e12}
DAYS_PER_MONTH = 365.25 / 12

WORDS: dict[str, tuple[float, dict[str, int]]] = {
    "1": (1.0, {}),
    "CNY": (1.0, {"money": 1}),
    "yuan": (1.0, {"money": 1}),
    "RMB": (1.0, {"money": 1}),
    "fen": (0.01, {"money": 1}),
    "people": (1.0, {"people": 1}),
    "person": (1.0, {"people": 1}),
    "users": (1.0, {"people": 1}),
    "user": (1.0, {"people": 1}),
    "tokens": (1.0, {"tokens": 1}),
    "token": (1.0, {"tokens": 1}),
    "tok": (1.0, {"tokens": 1}),
    "days": (1.0, {"time": 1}),
    "day": (1.0, {"time": 1}),
    "weeks": (7.0, {"time": 1}),
    "week": (7.0, {"time": 1}),
    "wk": (7.0, {"time": 1}),
    "months": (DAYS_PER_MONTH, {"time": 1}),
    "month": (DAYS_PER_MONTH, {"time": 1}),
    "years": (365.25, {"time": 1}),
    "year": (365.25, {"time": 1}),
    "yr": (365.25, {"time": 1}),
    "Elo": (1.0, {"Elo": 1}),
    "points": (1.0, {"Elo": 1}),
    "%": (0.01, {}),
    "percent": (0.01, {}),
    "share": (1.0, {}),
    "probability": (1.0, {}),
    "ratio": (1.0, {}),
}


class QuantityError(SimError):
    """Text that is no number with a known and fitting unit."""


@dataclass(frozen=True)
class Unit:
    """A factor to base units (CNY, person, token, day) and the power of each dimension."""

    factor: float
    powers: tuple[tuple[str, int], ...]


def convertible(unit: str) -> bool:
    """Return whether a field kept in this unit may be written as text with another unit."""
    try:
        read_unit(unit, date(2024, 1, 1))
    except QuantityError:
        return False
    return True


def read_quantity(text: str, unit: str, day: date) -> float:
    """Return a number in `unit` from text such as "80 M USD" or "80 M USD @ 2024-02".

    Without a unit, or with a prefix alone ("600 M"), the number counts in the base of a field of
    people or tokens, and in `unit` itself where there is no prefix.

    Args:
        text: what the user wrote.
        unit: the unit the field is kept in, such as "M CNY/month".
        day: the date whose exchange rate turns dollars into yuan, unless the text names its own.

    Raises:
        QuantityError: no number, an unknown unit, or one of another dimension.
    """
    if len(text) > LONGEST_QUANTITY:
        raise QuantityError(f"a number with a unit has at most {LONGEST_QUANTITY} characters")
    dated = DATED.fullmatch(text)
    if dated is not None:
        text, day = dated[1], date(int(dated[2]) or 1, 1, 1)
    match = AMOUNT.fullmatch(text)
    if match is None:
        raise QuantityError(f"`{text}` does not begin with a number")
    try:
        amount = float(match[1])
    except ValueError:
        raise QuantityError(f"`{match[1]}` is not a number") from None
    written = match[2].strip()
    if not written:
        return _finite(amount, text)
    kept = read_unit(unit, day)
    given = read_unit(written, day)
    if not given.powers and written in PREFIXES and kept.powers in COUNTS:
        given = Unit(given.factor, kept.powers)
    if given.powers != kept.powers:
        raise QuantityError(f"`{written}` is not a unit of this; it is kept in {unit}")
    return _finite(amount * given.factor / kept.factor, text)


COUNTS = ((("people", 1),), (("tokens", 1),))


def _finite(amount: float, text: str) -> float:
    if not math.isfinite(amount):
        raise QuantityError(f"`{text}` is too large")
    # a conversion such as 30 / 1e6 * 1e6 must not show as 30.000000000000004
    return float(f"{amount:.15g}")


def read_unit(text: str, day: date) -> Unit:
    """Return a unit from text such as "M CNY/month"; dollars take the rate of the day.

    Raises:
        QuantityError: a word is not known.
    """
    factor, powers = 1.0, dict[str, int]()
    for position, part in enumerate(text.split("/")):
        sign = 1 if position == 0 else -1
        if not part.strip():
            raise QuantityError(f"`{text}` is not a unit")
        for word in part.split():
            size, dimensions = _word(word, day)
            factor *= size**sign
            for name, power in dimensions.items():
                powers[name] = powers.get(name, 0) + sign * power
    kept = tuple(sorted((name, power) for name, power in powers.items() if power))
    return Unit(factor, kept)


def _word(word: str, day: date) -> tuple[float, dict[str, int]]:
    if word in ("USD", "$"):
        return cny_per_usd(day), {"money": 1}
    if word in WORDS:
        return WORDS[word]
    if word in PREFIXES:
        return PREFIXES[word], {}
    for prefix, size in PREFIXES.items():
        rest = word.removeprefix(prefix)
        if rest != word and rest in ("tok", "tokens", "CNY", "USD"):
            base, dimensions = _word(rest, day)
            return size * base, dimensions
    raise QuantityError(f"`{word}` is not a known unit")
