"""Products, routes and small apps as functions: engagement, entry, worth, who stops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.markets.products import engagement, entry_rate, worth_of_a_user


def test_engagement_is_what_is_left_of_a_month() -> None:
    assert engagement([8.0, 0.0, 5.0], [10.0, 0.0, 5.0]).tolist() == [0.8, 1.0, 1.0]


@given(st.floats(0, 100), st.floats(0, 5), st.floats(0, 10), st.floats(0.1, 10))
def test_entry_is_at_its_base_while_rounds_are_usual_and_at_most_shifted(
    base: float, shift: float, rounds: float, usual: float
) -> None:
    rate = entry_rate(base, shift, rounds, usual)
    assert base <= rate <= base * (1 + shift) * (1 + 1e-12)
    assert entry_rate(base, shift, usual, usual) == base
    assert entry_rate(base, shift, 0.0, usual) == pytest.approx(base * (1 + shift))


def test_worth_at_constant_churn_is_payment_over_churn() -> None:
    survival = 0.9 ** np.arange(400)
    assert worth_of_a_user([4.348], survival, 4.348) == pytest.approx([10.0])
