"""Text with a unit becomes a number in the unit of its key, or is refused with a reason."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.quantities import QuantityError, convertible, read_quantity

DAY = date(2024, 2, 19)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("30 CNY/user", "CNY/user", 30),
        ("0.8 CNY/Mtok", "CNY/Mtok", 0.8),
        ("0.0008 CNY/ktok", "CNY/Mtok", 0.8),
        ("600 M", "people", 6e8),
        ("600 M people", "people", 6e8),
        ("0.6bn people", "people", 6e8),
        ("2 bn CNY", "M CNY", 2000),
        ("24 M CNY/year", "M CNY/month", 2),
        ("18 months", "months", 18),
        ("1.5 years", "months", 18),
        ("13 weeks", "days", 91),
        ("80 M USD", "M CNY", 80 * 7.1217),
        ("80 M USD @ 2023-07", "M CNY", 80 * 7.0467),
        ("5 %", "share", 0.05),
        ("-20 Elo", "Elo", -20),
        ("1_000 CNY", "CNY", 1000),
        ("1e3 CNY", "CNY", 1000),
        (".5 CNY", "CNY", 0.5),
        ("0.1 1/week", "1/week", 0.1),
    ],
)
def test_unit_converts(text: str, unit: str, expected: float) -> None:
    assert read_quantity(text, unit, DAY) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("30 CNY/user", "CNY/Mtok", "not a unit of this"),
        ("18 months", "people", "not a unit of this"),
        ("30 EUR", "CNY", "`EUR` is not a known unit"),
        ("many CNY", "CNY", "does not begin with a number"),
        ("1 CNY//user", "CNY/user", "not a unit"),
        ("1e999 CNY", "CNY", "too large"),
        ("1_ _ CNY", "CNY", "`1_` is not a number"),
        ("1" * 200 + " CNY", "CNY", "at most 80 characters"),
    ],
)
def test_wrong_quantity_says_why(text: str, unit: str, says: str) -> None:
    with pytest.raises(QuantityError, match=says):
        read_quantity(text, unit, DAY)


@given(
    st.floats(1e-6, 1e9),
    st.sampled_from(
        ["CNY/Mtok", "M CNY/month", "people", "weeks", "share", "Elo", "tn tokens/day"]
    ),
)
def test_number_in_the_unit_of_the_key_is_itself(amount: float, unit: str) -> None:
    assert read_quantity(f"{amount!r} {unit}", unit, DAY) == pytest.approx(amount, rel=1e-12)


@given(st.text(max_size=100))
def test_any_text_is_a_number_or_a_quantity_error(text: str) -> None:
    with suppress(QuantityError):
        assert isinstance(read_quantity(text, "CNY", DAY), float)


def test_elasticity_has_no_unit_to_convert() -> None:
    assert not convertible("elasticity")
    assert convertible("M CNY/month")
