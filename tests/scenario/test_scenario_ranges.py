"""What a sweep varies is read with the same care as a setting, and refused at its own column."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.core.diagnostics import Diagnostic
from sim.scenario import Scenario, ScenarioError
from sim.scenario.ranges import Varied, read_ranges


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return Scenario.load("baseline")


@pytest.mark.parametrize(
    ("text", "shape", "values"),
    [
        ("parameters.organic=0.01:0.03", "uniform", (0.01, 0.03)),
        ("parameters.organic = log:0.005:0.05", "log", (0.005, 0.05)),
        ("parameters.organic=normal(0.02, 0.005)", "normal", (0.02, 0.005)),
        ("parameters.organic=triangular(0.01,0.02,0.04)", "triangular", (0.01, 0.02, 0.04)),
        ("parameters.organic=0.01,0.02,0.04", "list", (0.01, 0.02, 0.04)),
        ("firms.moonshot.cash_mcny=1 bn CNY:3 bn CNY", "uniform", (1000, 3000)),
        ("firms.zhipu.pricing.strategy=hold,respond", "list", ("hold", "respond")),
        ("firms.zhipu.pricing.calm_markup=1:2", "uniform", (1, 2)),
        ("mechanisms.price_war=true,false", "list", (True, False)),
        ("shock.llama3.date=2024-04-01,2024-05-06", "list", (date(2024, 4, 1), date(2024, 5, 6))),
    ],
)
def test_range_is_read(
    baseline: Scenario, text: str, shape: str, values: tuple[object, ...]
) -> None:
    (varied,) = read_ranges(baseline, [text])
    assert (varied.shape, varied.values, varied.whole) == (shape, values, False)
    assert varied.key == text.partition("=")[0].strip()


def test_integer_key_draws_integers(baseline: Scenario) -> None:
    (varied,) = read_ranges(baseline, ["consumers.people_per_agent=1000:20000"])
    assert varied == Varied("consumers.people_per_agent", "uniform", (1000, 20000), whole=True)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("parameters.organic", 1, "does not say how a key varies"),
        ("=1:2", 1, "does not say how a key varies"),
        ("parameters.organc=1:2", 1, "did you mean `parameters.organic`?"),
        ("firms=1:2", 1, "no key that can vary"),
        ("parameters.organic=2:1", 20, "low end 2 must be below the high end 1"),
        ("parameters.organic=0.01:0.01", 20, "must be below"),
        ("parameters.organic=-1:0.02", 20, "at least 0"),
        ("parameters.organic=0.01:x", 25, "does not begin with a number"),
        ("parameters.organic=nan:0.02", 20, "does not begin with a number"),
        ("parameters.organic=log:0:0.02", 24, "begins above 0"),
        ("parameters.organic=normal(0.02,0)", 32, "must be above 0"),
        ("parameters.organic=normal(0.02)", 20, "takes 2 numbers, not 1"),
        ("parameters.organic=triangular(0.02,0.01,0.04)", 36, "the mode 0.01 must lie between"),
        ("parameters.organic=triangular(0.02,0.02)", 20, "takes 3 numbers, not 2"),
        ("parameters.organic=0.01:0.02:0.03", 20, "neither a range nor a list"),
        ("parameters.organic=0.01,0.01", 20, "twice"),
        ("mechanisms.price_war=0:1", 22, "a list only"),
        ("mechanisms.price_war=true,3", 27, "true or false"),
        ("seed=1:2.5", 8, "a whole number"),
        ("firms.zhipu.cash_mcny=1 bananas:2", 23, "bananas"),
    ],
)
def test_wrong_range_is_refused_at_its_column(
    baseline: Scenario, text: str, column: int, says: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_ranges(baseline, ["parameters.renewal=0.4:0.6", text])
    (found,) = caught.value.diagnostics
    assert str(found.origin) == f"--param:2:{column}"
    assert says in f"{found.message} {found.help}"


def test_all_ranges_are_checked_and_a_key_varies_once(baseline: Scenario) -> None:
    texts = ["parameters.organic=0.01:0.02", "seeds=1:2", "parameters.organic=0.01:0.03"]
    with pytest.raises(ScenarioError) as caught:
        read_ranges(baseline, texts)
    unknown, twice = caught.value.diagnostics
    assert "`seeds`" in unknown.message
    assert (str(twice.origin), str(twice.also)) == ("--param:3:1", "--param:1:1")


@settings(max_examples=60)
@given(st.sampled_from(["", "seed=", "parameters.organic=", "mechanisms.price_war="]), st.text())
def test_any_text_is_a_range_or_refused(start: str, text: str) -> None:
    found: tuple[Diagnostic, ...] = ()
    try:
        assert len(read_ranges(Scenario.loads(""), [start + text])) == 1
    except ScenarioError as error:
        found = error.diagnostics
    assert all(one.origin is not None and one.origin.file == "--param" for one in found)
