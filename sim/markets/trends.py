"""Trends that fade: growth at a rate that halves over time, so that none lasts for ever."""

from math import exp, log


def fading(time: float, rate: float, half_life: float) -> float:
    """Log growth after some time at a rate that halves every half_life: r h / ln 2 (1 - 2^(-t/h)).

    time >= 0, half_life > 0, rate per unit of time. Limit: h to infinity, r t; t to infinity,
    r h / ln 2.
    """
    return rate * half_life / log(2.0) * (1.0 - exp(-log(2.0) * time / half_life))


def trend_growth(
    time: float, turn: float, decline: float, early: float, late: float, half_life: float
) -> float:
    """Log trend after some time: rate early until turn, late until decline, then fading.

    All times from one origin and in one unit, rates per that unit; time may lie before the origin.
    """
    first = early * min(time, turn)
    second = late * min(max(time - turn, 0.0), max(decline - turn, 0.0))
    return first + second + fading(max(time - max(decline, turn), 0.0), late, half_life)
