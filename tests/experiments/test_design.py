"""Designs put points where they say, whatever varies, and the same ones every time."""

from collections import Counter
from math import sqrt
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import triang

from sim.experiments.design import DesignError, at, design_points, from_unit, levels_of
from sim.experiments.space import read_points, read_space
from sim.scenario import Scenario, ScenarioError
from sim.scenario.ranges import Varied

CASH = "firms.moonshot.cash_mcny"
WAR = "mechanisms.price_war"
COUNT = "accounts.count"
WHOLE = Varied("k", "uniform", (3.0, 7.0), whole=True)
BASE = Scenario.load("baseline")


def points(
    texts: list[str], design: str, number: int, seed: int = 1
) -> tuple[tuple[object, ...], ...]:
    return design_points(BASE, read_space(BASE, texts), design, number, seed)


@pytest.mark.parametrize("design", ["sobol", "lhs"])
def test_each_slice_of_a_range_holds_one_point(design: str) -> None:
    found = points([f"{CASH}=0:16"], design, 16)
    assert sorted(int(str(one[0]).partition(".")[0]) for one in found) == list(range(16))


def test_more_points_of_a_sobol_sequence_keep_the_first_ones() -> None:
    texts = [f"{CASH}=1000:3000", f"{WAR}=true,false"]
    assert points(texts, "sobol", 32)[:20] == points(texts, "sobol", 20)
    assert points(texts, "sobol", 32, seed=2) != points(texts, "sobol", 32)


def test_two_inputs_fill_the_square_evenly() -> None:
    found = np.array(points([f"{CASH}=0:8", "firms.zhipu.cash_mcny=0:8"], "sobol", 64), dtype=float)
    assert set(Counter(map(tuple, found.astype(int))).values()) == {1}


def test_grid_is_every_combination() -> None:
    found = points([f"{CASH}=1000:3000", f"{WAR}=true,false"], "grid", 3)
    cash = (1000.0, 2000.0, 3000.0)
    assert found == tuple((one, war) for one in cash for war in (True, False))


def test_one_at_a_time_moves_one_input_from_the_scenario_itself() -> None:
    found = points([f"{CASH}=1000:3000", f"{WAR}=true,false"], "oat", 2)
    base = (BASE.firms["moonshot"].cash_mcny, True)
    assert found == (base, (1000.0, True), (3000.0, True), (base[0], False))


def test_log_range_is_even_in_ratios() -> None:
    assert levels_of(Varied("k", "log", (1.0, 100.0)), 3) == pytest.approx((1, 10, 100), rel=1e-12)
    assert at(Varied("k", "log", (1.0, 100.0)), 0.25) == pytest.approx(sqrt(10), rel=1e-12)


@given(st.floats(0, 1), st.floats(0, 1))
def test_triangular_is_read_at_its_quantiles(mode: float, u: float) -> None:
    varied = Varied("k", "triangular", (-1.0, 5.0 * mode - 1.0, 4.0))
    assert at(varied, u) == pytest.approx(triang.ppf(u, mode, -1.0, 5.0), abs=1e-6)
    assert -1.0 <= float(str(at(varied, u))) <= 4.0


def test_triangular_integer_stays_between_its_ends() -> None:
    varied = Varied("k", "triangular", (1.0, 2.0, 6.0), whole=True)
    assert {at(varied, u / 100) for u in range(101)} == {1, 2, 3, 4, 5, 6}


def test_normal_is_read_at_its_quantiles() -> None:
    normal = Varied("k", "normal", (10.0, 2.0))
    for u in (0.01, 0.5, 0.975):
        assert at(normal, u) == pytest.approx(NormalDist(10, 2).inv_cdf(u), rel=1e-9)
    ends = NormalDist(10, 2).inv_cdf(0.05), NormalDist(10, 2).inv_cdf(0.95)
    assert levels_of(normal, 2) == pytest.approx(ends, rel=1e-9)
    assert all(abs(float(str(at(normal, u)))) < 30 for u in (0.0, 1.0))


def test_integers_are_equally_likely() -> None:
    drawn = Counter(at(WHOLE, (i + 0.5) / 1000) for i in range(1000))
    assert drawn == {3: 200, 4: 200, 5: 200, 6: 200, 7: 200}
    assert levels_of(WHOLE, 3) == (3, 5, 7)
    assert levels_of(WHOLE, 50) == (3, 4, 5, 6, 7)


@given(u=st.floats(0, 1), low=st.integers(1, 50), more=st.integers(1, 10**6))
def test_integers_stay_inside_their_range(u: float, low: int, more: int) -> None:
    for shape in ("uniform", "log"):
        value = at(Varied("k", shape, (float(low), float(low + more)), whole=True), u)
        assert isinstance(value, int)
        assert low <= value <= low + more


def test_integer_key_of_a_scenario_draws_integers() -> None:
    values = [one[0] for one in points([f"{COUNT}=1000:2000"], "sobol", 8)]
    assert all(isinstance(value, int) for value in values)
    listed = [one[0] for one in points([f"{COUNT}=1000,2000"], "grid", 1)]
    assert listed == [1000, 2000]
    assert all(isinstance(value, int) for value in listed)


@given(u=st.floats(0, 1))
def test_list_gives_its_entries(u: float) -> None:
    assert at(Varied("k", "list", ("a", "b", "c")), u) == "abc"[min(int(u * 3), 2)]


def test_design_of_the_callers_own_is_read_on_the_unit_scale() -> None:
    space = read_space(BASE, {CASH: (1000, 3000), WAR: [True, False]})
    assert from_unit(space, [[0.5, 0.2], [1.0, 0.9]]) == ((2000.0, True), (3000.0, False))
    with pytest.raises(DesignError, match="from 0 to 1"):
        from_unit(space, [[0.5, 1.2]])
    with pytest.raises(DesignError, match=r"shape \(1, 3\) for 2 inputs"):
        from_unit(space, [[0.5, 0.5, 0.5]])


@pytest.mark.parametrize(
    ("design", "number", "said"),
    [
        ("spiral", 4, "there are sobol, lhs, grid, oat"),
        ("sobol", 0, "0 points"),
        ("sobol", 10**8, "at most 1,000,000"),
        ("grid", 10**8, "at most 1,000,000"),
    ],
)
def test_design_that_cannot_be_made_is_refused(design: str, number: int, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        points([f"{CASH}=1000:3000"], design, number)


def test_nothing_that_varies_is_refused() -> None:
    with pytest.raises(DesignError, match="nothing varies"):
        points([], "sobol", 4)


def written(folder: Path, text: str) -> Path:
    file = folder / "points.csv"
    file.write_text(text)
    return file


def test_points_of_a_file_may_carry_units_words_and_dates(tmp_path: Path) -> None:
    text = f"{CASH},firms.zhipu.pricing.strategy,{COUNT}\n1200,hold,1000\n2 bn CNY,respond,1500\n"
    inputs, found = read_points(BASE, written(tmp_path, text))
    assert [one.key for one in inputs] == [CASH, "firms.zhipu.pricing.strategy", COUNT]
    assert found == ((1200.0, "hold", 1000), (2000.0, "respond", 1500))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{CASH}\n", "holds no point"),
        ("", "is no table of points"),
        (f"{CASH},{WAR}\n1200\n", "points.csv:2: 1 values for 2 keys"),
        (f"{COUNT}\n1000\n1000.5\n1200\n", "takes whole numbers"),
    ],
)
def test_file_that_is_no_table_of_points_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        read_points(BASE, written(tmp_path, text))


@pytest.mark.parametrize("text", [f"{CASH}\n-5\n1000\n", f"{WAR}\ntrue\nmaybe\n", "no.key\n1\n"])
def test_value_that_the_scenario_cannot_have_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ScenarioError):
        read_points(BASE, written(tmp_path, text))
