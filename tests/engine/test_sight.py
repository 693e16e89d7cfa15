"""What firms see of one another in a week."""

import numpy as np

from sim.engine import sight
from sim.engine.sight import seen_by_firms
from sim.world.firms import FLAGSHIP, MAIN


def seen(**changed: object) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    given = {
        "firm": np.array([0, 0, 1]),
        "budget": np.array([1.0, 2.0, 4.0]),
        "users": np.array([1e6, 2e6, 5e6]),
        "users_then": np.array([1e6, 0.0, 5e6]),
        "rivals_adds": np.array([3.0, 7.0, 1.0]),
        "spent": np.array([[5.0, 1.0, 2.0], [0.0, 9.0, 3.0]]),
        "quality": np.array([10.0, 40.0, 90.0]),
        "independent": np.array([True, True, False]),
        "pretraining": np.array([True, True, True]),
        "racing": True,
        "price": np.array([[1.0, 3.0, 0.5], [8.0, 2.0, 1.0]]),
        "entered": np.ones((2, 3), dtype=np.bool_),
        "apart": np.zeros((3, 3), dtype=np.bool_),
        "niches": True,
        "gap": np.array([np.inf, 25.0]),
        "owner": np.array([1, -1, 1, 0]),
        "capacity": np.array([6.0, 99.0, 4.0, 3.0]),
        "inventory": 2.0,
        "revenue": np.array([[1e6, 0.0, 0.0], [3e6, 0.0, 0.0]]),
        "cash_fen": np.array([150, 0, 7]),
    }
    table: np.ndarray[tuple[int, int], np.dtype[np.float64]] = seen_by_firms(
        *{**given, **changed}.values()
    )
    return table


def test_a_firm_sees_its_own_apps_added_up() -> None:
    table = seen()
    assert table[sight.SPEND].tolist() == [3.0, 4.0, 0.0]
    assert table[sight.USERS].tolist() == [3e6, 5e6, 0.0]
    assert table[sight.RIVALS_ADDS].tolist() == [7.0, 1.0, 0.0]
    assert table[sight.CASH].tolist() == [1.5, 0.0, 0.07]
    assert table[sight.USER_GROWTH].tolist() == [3.1e6 / 1.1e6, 1.0, 1.0]
    assert table[sight.REVENUE_GROWTH].tolist() == [2.0, 1.0, 1.0]
    assert table[sight.PUSH_INVENTORY].tolist() == [1e6, 2e6 * 10 / 6, 0.0]


def test_the_best_of_the_others_is_nobody_gone() -> None:
    table = seen()
    assert table[sight.BEST_RIVAL].tolist() == [40.0, 10.0, 40.0]
    assert table[sight.RIVAL_SPEND].tolist() == [3.0, 9.0, 9.0]
    assert table[sight.RIVALS_TRAINING].tolist() == [1.0, 1.0, 2.0]
    assert not seen(racing=False)[sight.RIVALS_TRAINING].any()


def test_a_firm_alone_has_no_rivals() -> None:
    table = seen(
        firm=np.array([0, 0, 0]),
        quality=np.array([10.0]),
        independent=np.array([True]),
        pretraining=np.array([True]),
        price=np.ones((2, 1)),
        entered=np.ones((2, 1), dtype=np.bool_),
        apart=np.zeros((1, 1), dtype=np.bool_),
        owner=np.array([-1, -1, -1, -1]),
        revenue=np.zeros((2, 1)),
        cash_fen=np.array([0]),
    )
    assert table[sight.BEST_RIVAL].tolist() == [-np.inf]
    assert table[sight.RIVAL_SPEND].tolist() == [0.0]
    assert table[sight.LOWEST + MAIN].tolist() == [np.inf]


def test_rivals_are_heeded_if_they_sell_for_money_in_the_same_niche_and_class() -> None:
    table = seen(independent=np.array([True, True, True]))
    assert table[sight.LOWEST + MAIN].tolist() == [0.5, 0.5, 1.0]
    # Flagships more than 25 points apart are no rivals.
    assert table[sight.LOWEST + FLAGSHIP].tolist() == [np.inf, np.inf, np.inf]
    assert seen(gap=np.array([np.inf, 30.0]))[sight.LOWEST + FLAGSHIP].tolist() == [
        2.0,
        8.0,
        np.inf,
    ]
    free = seen(price=np.array([[1.0, 0.0, np.nan], [8.0, 2.0, 1.0]]))
    assert free[sight.LOWEST + MAIN].tolist() == [np.inf, 1.0, 1.0]
    apart = np.zeros((3, 3), dtype=np.bool_)
    apart[0, 1] = apart[1, 0] = True
    assert seen(apart=apart)[sight.LOWEST + MAIN].tolist() == [np.inf, np.inf, 1.0]
    assert seen(apart=apart, niches=False)[sight.LOWEST + MAIN].tolist() == [3.0, 1.0, 1.0]
