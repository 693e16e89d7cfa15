"""Any valid scenario survives being written and read; `extends` can be folded in any grouping."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.core.parameters import PARAMETER_TABLE
from sim.evidence.mechanisms import MECHANISMS
from sim.scenario import Scenario
from sim.scenario.writing import toml_document, toml_value

FIRMS_ANEW = ("[firms]", "reset = true")
TAKEN = {one.date for one in Scenario.load("baseline").shock.values()}
DAYS = st.dates(date(2023, 7, 3), date(2025, 12, 28)).filter(lambda day: day not in TAKEN)
"""Days on which nothing is dated yet: two events of one kind on a day are an error."""

WORDS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
FIRMS = st.sampled_from(["moonshot", "zhipu", "bytedance", "01ai"])
ACTING = sorted(name for name, one in MECHANISMS.items() if one.place)
PRIORS = [row for row in PARAMETER_TABLE.values() if row.low < row.high]


def amount(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_subnormal=False)


@st.composite
def shocks(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """Draw a shock of another kind for each number, so that no two say the same thing."""
    kinds: tuple[dict[str, Any], ...] = (
        {"kind": "sentiment", "amount": draw(amount(-5, 5))},
        {"kind": "regime", "level": draw(st.sampled_from(["hot", "cold"]))},
        {"kind": "cost_breakthrough", "who": draw(FIRMS), "amount": draw(amount(0.01, 0.9))},
        {"kind": "set", "key": "parameters.round_cold", "value": draw(amount(0.01, 0.9))},
    )
    return {"date": draw(DAYS), "what": draw(WORDS), **kinds[number]}


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what one file of a chain may say: every value is valid on top of any other."""
    rows = draw(st.lists(st.sampled_from(PRIORS), max_size=4, unique_by=lambda row: row.name))
    layer: dict[str, Any] = {
        "seed": draw(st.integers(0, 2**62)),
        "consumers": {"people_per_agent": draw(st.integers(1, 100_000))},
        "mechanisms": {
            name: draw(st.booleans()) for name in draw(st.sets(st.sampled_from(ACTING), max_size=3))
        },
        "parameters": {row.name: draw(amount(row.low, row.high)) for row in rows},
        "firms": {
            firm: {
                "cash_mcny": draw(amount(0, 1e6) | st.sampled_from(["none", "2 bn CNY"])),
                "main_entry": draw(DAYS | st.just("none")),
                "pricing": {
                    "strategy": draw(st.sampled_from(["hold", "respond"])),
                    "calm_markup": draw(amount(0.1, 5)),
                },
            }
            for firm in draw(st.sets(FIRMS, max_size=2))
        },
        "shock": {
            f"mine_{number}": draw(shocks(number)) for number in draw(st.sets(st.integers(0, 3)))
        },
    }
    kept = draw(st.sets(st.sampled_from(sorted(layer))))
    said = {key: value for key, value in layer.items() if key in kept}
    if draw(st.booleans()):
        said.setdefault("shock", {})["llama3"] = {"date": draw(DAYS)}
    if draw(st.booleans()):
        said["parameters"] = {"reset": True, **said.get("parameters", {})}
    return said


def text_of(layer: dict[str, Any], parent: str | None = None) -> str:
    head = [f"extends = {toml_value(parent)}"] if parent else []
    lines = [line for line, _ in toml_document({k: v for k, v in layer.items() if k != "shock"})]
    plain = [line for before, line in pairwise(["", *lines]) if (before, line) != FIRMS_ANEW]
    for name, body in layer.get("shock", {}).items():
        plain += ["[[shock]]", f"id = {toml_value(name)}"]
        plain += [f"{key} = {toml_value(value)}" for key, value in body.items()]
    return "\n".join([*head, *plain]) + "\n"


def test_text_of_a_layer_says_no_more_than_the_layer() -> None:
    assert Scenario.loads(text_of({"seed": 3}, "baseline")).changed()[0].key == "seed"


@settings(max_examples=30)
@given(layers(), st.booleans())
def test_any_valid_scenario_round_trips(layer: dict[str, Any], without: bool) -> None:
    removal = '[[shock]]\nid = "llama31"\nremove = true\n' if without else ""
    loaded = Scenario.loads(text_of(layer, "baseline") + removal)
    assert ("llama31" in loaded.shock) is not without
    again = Scenario.loads(loaded.to_toml(), "another name")
    assert again == loaded
    assert again.digest == loaded.digest
    assert again.to_toml() == loaded.to_toml()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(layers(), layers(), layers())
def test_chain_of_extends_folds_in_any_grouping(
    tmp_path: Path, low: dict[str, Any], middle: dict[str, Any], high: dict[str, Any]
) -> None:
    """Extending a file, and extending what that file resolves to, is the same."""

    def write(name: str, text: str) -> None:
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")

    write("low", text_of(low, "baseline"))
    write("middle", text_of(middle, "low"))
    write("high", text_of(high, "middle"))
    chain = Scenario.load(tmp_path / "high.toml")
    write("folded", Scenario.load(tmp_path / "middle.toml").to_toml())
    write("high", text_of(high, "folded"))
    assert Scenario.load(tmp_path / "high.toml") == chain
    write("low_folded", Scenario.load(tmp_path / "low.toml").to_toml())
    write("middle", text_of(middle, "low_folded"))
    write("high", text_of(high, "middle"))
    assert Scenario.load(tmp_path / "high.toml") == chain


@pytest.mark.parametrize(
    ("changes", "written"),
    [
        ({"firms.zhipu.cash_mcny": 5.0}, "[firms.zhipu]\ncash_mcny = 5.0\n"),
        (
            {"shock.llama3.date": date(2024, 5, 1)},
            '[[shock]]\nid = "llama3"\ndate = 2024-05-01\n',
        ),
    ],
)
def test_settings_say_what_a_child_file_would_say(changes: dict[str, Any], written: str) -> None:
    child = Scenario.loads(f'extends = "baseline"\n{written}', "baseline")
    assert Scenario.load("baseline").with_(changes).flat() == {
        **child.flat(),
        "question": Scenario.load("baseline").question,
    }
