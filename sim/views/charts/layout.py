"""Where labels and axes go: plain arithmetic, so that nothing overlaps or is cut off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from math import ceil, floor, log10
from textwrap import wrap

NARROW = 520
LABEL_GAP = 14
DOT, BESIDE = 12, 8
"""Pixels that a dot takes with some air, and from its middle to its label."""

MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60)


def spread_apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions as little as possible so that neighbours are `gap` apart within [low, high].

    Overlapping neighbours become a block centred on their mean; blocks merge until none overlap
    (pool adjacent violators). If they cannot all fit, the gap shrinks. Order is kept.
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[list[int]] = []
    tops: list[float] = []
    for index in order:
        blocks.append([index])
        tops.append(_block_top(blocks[-1], wanted, gap, low, high))
        while len(blocks) > 1 and tops[-2] + gap * len(blocks[-2]) > tops[-1] + 1e-9:
            merged = blocks.pop()
            tops.pop()
            blocks[-1] = blocks[-1] + merged
            tops[-1] = _block_top(blocks[-1], wanted, gap, low, high)
    placed = [0.0] * len(wanted)
    for block, top in zip(blocks, tops, strict=True):
        for rank, index in enumerate(block):
            placed[index] = top + rank * gap
    return placed


def _block_top(
    block: list[int], wanted: Sequence[float], gap: float, low: float, high: float
) -> float:
    extent = gap * (len(block) - 1)
    centre = sum(wanted[i] for i in block) / len(block)
    return min(max(centre - extent / 2, low), high - extent)


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels from the left and the top."""

    left: float
    top: float
    width: float
    height: float

    def overlap(self, other: Box) -> float:
        """Return the area that both cover."""
        across = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        down = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        return max(across, 0.0) * max(down, 0.0)

    def outside(self, width: float, height: float) -> float:
        """Return the area that lies out of a room from the corner on."""
        return self.width * self.height - self.overlap(Box(0.0, 0.0, width, height))


@dataclass(frozen=True)
class Spot:
    """Where a label stands: right or left of its dot, its middle so many pixels below it."""

    is_left: bool
    down: float


SPOTS = tuple(
    Spot(is_left, down) for down in (0.0, -10.0, 10.0, -18.0, 18.0) for is_left in (False, True)
)


def beside_dots(
    dots: Sequence[tuple[float, float]],
    widths: Sequence[float],
    room: tuple[float, float],
    taken: Sequence[Box] = (),
) -> list[Spot]:
    """Return a spot for the label of each dot, one after the other where it covers least.

    dots: pixels from the left and the top; widths: of the labels; room: width and height of the
    plane; taken: what else stands there.
    """
    bodies = [Box(x - DOT / 2, y - DOT / 2, DOT, DOT) for x, y in dots]
    placed = list(taken)
    found = []
    for number, ((x, y), width) in enumerate(zip(dots, widths, strict=True)):
        others = [*placed, *bodies[:number], *bodies[number + 1 :]]

        def label(spot: Spot, x: float = x, y: float = y, width: float = width) -> Box:
            left = x - BESIDE - width if spot.is_left else x + BESIDE
            return Box(left, y + spot.down - LABEL_GAP / 2, width, LABEL_GAP)

        def covered(spot: Spot, others: Sequence[Box] = tuple(others)) -> float:
            box = label(spot)
            return sum(map(box.overlap, others)) + 10.0 * box.outside(*room)

        found.append(min(SPOTS, key=covered))
        placed.append(label(found[-1]))
    return found


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines that fit a width in pixels; a character is .53 of the size wide."""
    return wrap(text, max(12, int(width / (0.53 * size)))) or [""]


@dataclass(frozen=True)
class ValueScale:
    """A vertical axis whose pixels are known before it is drawn."""

    low: float
    high: float
    height: float
    log: bool = False

    def pixel(self, value: float) -> float:
        """Return pixels from the top; values outside stick to the edge."""
        value = min(max(value, self.low), self.high)
        return self.height * (1 - self._part(value))

    def value(self, pixel: float) -> float:
        """Return the value at pixels from the top."""
        part = 1 - pixel / self.height
        if self.log:
            return float(self.low * (self.high / self.low) ** part)
        return self.low + part * (self.high - self.low)

    def over(self, other: ValueScale) -> ValueScale:
        """Return an axis as high as this one, over the values of both."""
        return replace(self, low=min(self.low, other.low), high=max(self.high, other.high))

    def _part(self, value: float) -> float:
        if self.log:
            return log10(value / self.low) / log10(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def linear_scale(high: float, height: float) -> ValueScale:
    """Return an axis from 0 to a round number at or above `high`."""
    if high <= 0:
        return ValueScale(0, 1, height)
    step = 10 ** floor(log10(high))
    for part in (0.2, 0.5, 1.0):
        if ceil(high / (step * part)) <= 8:
            return ValueScale(0, ceil(high / (step * part)) * step * part, height)
    return ValueScale(0, ceil(high / step) * step, height)


def log_scale(low: float, high: float, height: float) -> ValueScale:
    """Return a logarithmic axis between numbers of one digit."""
    below = max(c for c in _rounds(low) if c <= low * 1.000001)
    above = min(c for c in _rounds(high) if c >= high * 0.999999)
    return ValueScale(below, above if above > below else below * 10, height, log=True)


def _rounds(value: float) -> list[float]:
    power = floor(log10(value))
    return [m * 10.0**p for p in (power - 1, power, power + 1) for m in range(1, 10)]


def log_ticks(scale: ValueScale) -> list[float]:
    """Return ticks of a logarithmic axis: powers of ten; over two decades or less 2 and 5 also."""
    decades = log10(scale.high / scale.low)
    steps = (1,) if decades > 2.5 else (1, 2, 5)
    first, last = floor(log10(scale.low)), ceil(log10(scale.high))
    ticks = [m * 10.0**p for p in range(first, last + 1) for m in steps]
    return [tick for tick in ticks if scale.low * 0.999 <= tick <= scale.high * 1.001]


def month_ticks(first: date, last: date, width: float, room: float = 46) -> list[date]:
    """Return firsts of months between two days, as many as the width has room for."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next((s for s in MONTH_STEPS if months / s * room <= width), MONTH_STEPS[-1])
    ticks = []
    for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        tick = date(index // 12, index % 12 + 1, 1)
        if index % step == 0 and first <= tick <= last:
            ticks.append(tick)
    return ticks or [first]


def milliseconds(day: date) -> int:
    """Return the time value that Vega gives a day, in UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True)
class DateSpan:
    """The days a horizontal axis covers and its width in pixels."""

    first: date
    last: date
    width: float

    def pixel(self, day: date) -> float:
        """Return pixels from the left edge."""
        return self.width * ((day - self.first).days / max(1, (self.last - self.first).days))


def date_span(first: date, last: date, width: float) -> DateSpan:
    """Return the axis from one day to another, at least a week long."""
    return DateSpan(first, max(last, first + timedelta(weeks=1)), width)
