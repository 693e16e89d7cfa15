"""Labels keep apart, axes cover their data."""

from datetime import date
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.views.charts.layout import (
    BESIDE,
    LABEL_GAP,
    Box,
    Spot,
    beside_dots,
    date_span,
    linear_scale,
    log_scale,
    log_ticks,
    milliseconds,
    month_ticks,
    spread_apart,
    wrapped,
)
from sim.views.theme import FIRM_HUES, INK, MUTED, PAPER, SPARE_HUES, Hue, every_hue, firm_hue

places = st.lists(st.floats(0, 300), max_size=12)


@given(places)
def test_labels_never_overlap_and_stay_inside(wanted: list[float]) -> None:
    placed = spread_apart(wanted, 14, 0, 300)
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in placed)
    assert all(b - a >= 14 - 1e-6 for a, b in pairwise(sorted(placed)))
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    assert all(placed[a] <= placed[b] for a, b in pairwise(order))


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread_apart([10, 100, 50], 14, 0, 300) == [10, 100, 50]
    assert spread_apart([50, 50], 14, 0, 300) == [43, 57]
    assert spread_apart([], 14, 0, 300) == []


def test_more_labels_than_room_share_the_room() -> None:
    assert spread_apart([5.0] * 4, 14, 0, 30) == pytest.approx([0, 10, 20, 30])


@given(st.floats(1e-9, 1e15))
def test_a_linear_axis_reaches_over_its_data_by_less_than_half(high: float) -> None:
    scale = linear_scale(high, 100)
    assert high <= scale.high * (1 + 1e-9) <= 2 * high * (1 + 1e-6)


@given(st.floats(1e-6, 1e12), st.floats(1.0, 1e6), st.floats(0, 1))
def test_a_logarithmic_axis_holds_its_data_and_inverts(low: float, ratio: float, at: float) -> None:
    scale = log_scale(low, low * ratio, 200)
    assert scale.low <= low * 1.00001
    assert scale.high >= low * ratio * 0.99999
    assert scale.pixel(scale.value(at * 200)) == pytest.approx(at * 200, abs=1e-6)
    assert all(scale.low * 0.99 <= tick <= scale.high * 1.01 for tick in log_ticks(scale))


def test_month_ticks_fit_the_width() -> None:
    first, last = date(2023, 7, 3), date(2025, 12, 22)
    ticks = month_ticks(first, last, 600)
    assert date(2024, 1, 1) in ticks
    assert len(ticks) * 46 <= 600 + 46
    assert month_ticks(date(2024, 5, 6), date(2024, 5, 13), 600) == [date(2024, 5, 6)]
    assert len(month_ticks(first, date(2029, 12, 31), 200)) <= 5


def test_dates_become_utc_times() -> None:
    assert milliseconds(date(2024, 1, 1)) == 1_704_067_200_000
    assert date_span(date(2024, 1, 1), date(2024, 1, 1), 70).last == date(2024, 1, 8)


def test_text_breaks_into_lines_that_fit() -> None:
    lines = wrapped("The middle list price falls 92 % from April 2024 to June 2024", 200, 15)
    assert len(lines) > 1
    assert all(len(line) * 0.53 * 15 <= 200 for line in lines)


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("hue", [INK, MUTED, *FIRM_HUES.values(), *SPARE_HUES])
def test_everything_that_colours_text_is_readable_on_both_papers(hue: Hue) -> None:
    assert contrast(hue.light, PAPER.light) >= 4.5
    assert contrast(hue.dark, PAPER.dark) >= 4.5


def test_a_firm_nobody_coloured_keeps_its_colour() -> None:
    assert firm_hue("a new firm") == firm_hue("a new firm")
    assert firm_hue("a new firm") in SPARE_HUES


def test_no_two_hues_share_a_light_form() -> None:
    light = [hue.light for hue in every_hue()]
    assert len(light) == len(set(light))
    dark_of = {hue.light: hue.dark for hue in every_hue()}
    assert all(dark_of[hue.light] == hue.dark for hue in FIRM_HUES.values())


def test_label_stands_right_of_its_dot_unless_something_is_there() -> None:
    (alone,) = beside_dots([(100.0, 50.0)], [60.0], (400.0, 100.0))
    assert alone == Spot(is_left=False, down=0.0)
    (at_the_edge,) = beside_dots([(380.0, 50.0)], [60.0], (400.0, 100.0))
    assert at_the_edge == Spot(is_left=True, down=0.0)
    taken = [Box(105.0, 40.0, 80.0, 20.0)]
    (beside_words,) = beside_dots([(100.0, 50.0)], [60.0], (400.0, 100.0), taken)
    assert beside_words == Spot(is_left=True, down=0.0)
    (cornered,) = beside_dots([(10.0, 50.0)], [60.0], (400.0, 100.0), [Box(15.0, 44.0, 80.0, 8.0)])
    assert not cornered.is_left
    assert abs(cornered.down) >= 10.0


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(30, 270)), min_size=1, max_size=3))
def test_few_labels_cover_no_other_label_and_stay_in_the_room(
    dots: list[tuple[float, float]],
) -> None:
    widths, room = [70.0] * len(dots), (600.0, 300.0)
    labels = []
    for (x, y), width, spot in zip(dots, widths, beside_dots(dots, widths, room), strict=True):
        left = x - BESIDE - width if spot.is_left else x + BESIDE
        labels.append(Box(left, y + spot.down - LABEL_GAP / 2, width, LABEL_GAP))
    assert all(one.outside(*room) < 1e-6 for one in labels)
    assert all(one.overlap(other) < 1e-6 for one, other in combinations(labels, 2))
