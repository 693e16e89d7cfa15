"""Layers merge key by key and by id; the one on top wins; nothing else changes."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.core.diagnostics import Origin
from sim.scenario import Scenario, ScenarioError
from sim.scenario.tree import Findings, Leaf, Node, Table, lay, plain

PLACE = Origin("f.toml")


def tree(values: dict[str, Any]) -> Table:
    entries: dict[str, Node] = {
        key: tree(value) if isinstance(value, dict) else Leaf(value, PLACE, PLACE)
        for key, value in values.items()
    }
    return Table(entries, PLACE, PLACE)


VALUES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3),
    lambda below: st.dictionaries(st.sampled_from("abc"), below | st.integers(0, 3), max_size=3),
    max_leaves=8,
)
TREES = VALUES.map(tree)


def merged(*layers: Table) -> object:
    result, findings = layers[0], Findings()
    for layer in layers[1:]:
        result = lay(result, layer, findings)
    assert not findings.errors
    return plain(result)


@given(TREES)
def test_empty_layer_changes_nothing(layer: Table) -> None:
    assert merged(layer, tree({})) == plain(layer) == merged(tree({}), layer)


@given(TREES)
def test_same_layer_twice_is_that_layer(layer: Table) -> None:
    assert merged(layer, layer) == plain(layer)


@given(TREES, TREES, TREES)
def test_layers_can_be_joined_in_any_grouping(low: Table, middle: Table, high: Table) -> None:
    left = lay(lay(low, middle, Findings()), high, Findings())
    right = lay(low, lay(middle, high, Findings()), Findings())
    # a table replaced by a number and back keeps nothing of below on the left
    if not _type_changes(plain(low), plain(middle), plain(high)):
        assert plain(left) == plain(right)


def _type_changes(*values: object) -> bool:
    tables = [value for value in values if isinstance(value, dict)]
    if not tables:
        return False
    if len(tables) < len(values):
        return True
    keys = {key for table in tables for key in table}
    return any(_type_changes(*(t[key] for t in tables if key in t)) for key in keys)


def scenario(text: str, folder: Path | str = ".") -> Scenario:
    return Scenario.loads(text, folder=folder)


def test_child_changes_one_key_of_a_firm_and_keeps_the_others() -> None:
    base = Scenario.load("baseline")
    child = scenario('extends = "baseline"\n[firms.moonshot]\ncash_mcny = 5\n')
    assert child.firms["moonshot"].cash_mcny == 5
    assert child.firms["moonshot"].quality_offset == base.firms["moonshot"].quality_offset
    assert child.firms["zhipu"] == base.firms["zhipu"]


def test_removed_shock_is_gone_and_moved_one_keeps_its_fields() -> None:
    child = scenario(
        'extends = "baseline"\n'
        '[[shock]]\nid = "llama3"\nremove = true\n'
        '[[shock]]\nid = "douyin_lockout"\ndate = 2024-09-01\n'
    )
    base = Scenario.load("baseline")
    assert set(base.shock) - set(child.shock) == {"llama3"}
    moved, before = child.shock["douyin_lockout"], base.shock["douyin_lockout"]
    assert moved.date.isoformat() == "2024-09-01"
    assert moved.model_copy(update={"date": before.date}) == before


def test_reset_empties_the_shocks_before_new_ones() -> None:
    child = scenario(
        "[[shock]]\nreset = true\n"
        '[[shock]]\nid = "doubt"\ndate = 2024-01-01\nkind = "sentiment"\namount = -1\n'
    )
    assert set(child.shock) == {"doubt"}


def test_reset_of_parameters_gives_the_defaults_back(tmp_path: Path) -> None:
    (tmp_path / "parent.toml").write_text("[parameters]\nchurn_quality = 0.7\norganic = 0.02\n")
    child = scenario('extends = "parent"\n[parameters]\nreset = true\norganic = 0.03\n', tmp_path)
    defaults = Scenario.loads("").parameters
    assert child.parameters == {**defaults, "organic": 0.03}


def test_another_strategy_drops_the_parameters_of_the_one_below(tmp_path: Path) -> None:
    (tmp_path / "parent.toml").write_text(
        '[firms.zhipu.pricing]\nstrategy = "markup"\nmarkup = 2.0\n'
    )
    same = scenario('extends = "parent"\n[firms.zhipu.pricing]\nfloor = 1\n', tmp_path)
    assert dict(same.firms["zhipu"].pricing.parameters) == {"markup": 2.0, "floor": 1.0}
    other = scenario('extends = "parent"\n[firms.zhipu.pricing]\nstrategy = "hold"\n', tmp_path)
    assert dict(other.firms["zhipu"].pricing.parameters) == {}


def test_grandchild_sees_the_whole_chain_and_the_nearest_wins(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("seed = 1\n[parameters]\norganic = 0.011\nrenewal = 0.5\n")
    (tmp_path / "b.toml").write_text('extends = "a"\nseed = 2\n[parameters]\norganic = 0.012\n')
    child = scenario('extends = "b"\n', tmp_path)
    assert (child.seed, child.parameters["organic"], child.parameters["renewal"]) == (2, 0.012, 0.5)
    assert child.parents == ("b", "a")


def test_name_and_question_are_not_inherited(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('# What is a?\nname = "first"\n')
    child = Scenario.loads('# What is b?\n# Really.\n#\n# More.\nextends = "a"\n', "b", tmp_path)
    assert (child.name, child.question) == ("b", "What is b? Really.")


def test_scenario_beside_the_file_comes_before_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "baseline.toml").write_text('extends = "baseline"\nseed = 77\n')
    own = Scenario.load(tmp_path / "baseline.toml")
    assert own.seed == 77
    assert own.end == Scenario.load("baseline").end
    assert scenario('extends = "baseline"\n', tmp_path).seed == 77


def test_circle_of_parents_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('extends = "b"\n')
    (tmp_path / "b.toml").write_text('extends = "a"\n')
    with pytest.raises(ScenarioError) as caught:
        Scenario.load(tmp_path / "a.toml")
    (found,) = caught.value.diagnostics
    assert found.code == "cycle"
    assert "a -> b -> a" in found.message


def test_chain_of_parents_has_an_end(tmp_path: Path) -> None:
    (tmp_path / "s0.toml").write_text("seed = 5\n")
    for i in range(1, 18):
        (tmp_path / f"s{i}.toml").write_text(f'extends = "s{i - 1}"\n')
    assert Scenario.load(tmp_path / "s16.toml").seed == 5
    with pytest.raises(ScenarioError, match="more than 16"):
        Scenario.load(tmp_path / "s17.toml")


@pytest.mark.parametrize("parent", ["../a", "x" * 5000, "/etc/passwd", "a/../../b", ".", "", "a b"])
def test_parent_outside_the_folder_is_not_read(tmp_path: Path, parent: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "a.toml").write_text("seed = 5\n")
    with pytest.raises(ScenarioError, match="`extends` is the name of one scenario"):
        scenario(f'extends = "{parent}"\n', inner)


def test_settings_are_laid_on_top_in_order() -> None:
    loaded = Scenario.load("baseline", ["seed=3", "seed=4", "firms.zhipu.pricing.strategy=hold"])
    assert (loaded.seed, loaded.firms["zhipu"].pricing.strategy) == (4, "hold")


@settings(max_examples=30)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "seed": st.integers(0, 2**40),
            "consumers.people_per_agent": st.integers(1, 100_000),
            "parameters.organic": st.floats(0.003, 0.05),
            "mechanisms.price_war": st.booleans(),
            "firms.moonshot.cash_mcny": st.floats(0, 1e5) | st.none(),
            "firms.01ai.main_entry": st.dates() | st.none(),
            "shock.llama3.amount": st.floats(-100, 100),
            "question": st.text(max_size=50),
        },
    )
)
def test_resolved_scenario_written_and_read_again_is_equal(changes: dict[str, object]) -> None:
    changed = Scenario.load("baseline").with_(changes)
    again = Scenario.loads(changed.to_toml(), name="other name")
    assert again == changed
    assert again.digest == changed.digest
    flat = changed.flat()
    assert all(flat[key] == value for key, value in changes.items())


def test_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text("seed = 12345\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.toml").symlink_to(tmp_path / "secret.toml")
    with pytest.raises(ScenarioError, match="leads out of the folder") as caught:
        scenario('extends = "a"\n', inner)
    assert "12345" not in str(caught.value)


def test_chain_of_large_parents_is_refused(tmp_path: Path) -> None:
    for i in range(1, 4):
        (tmp_path / f"s{i}.toml").write_text(f'extends = "s{i - 1}"\n#{"x" * 200_000}\n')
    (tmp_path / "s0.toml").write_text("seed = 5\n")
    assert Scenario.load(tmp_path / "s2.toml").seed == 5
    with pytest.raises(ScenarioError, match="larger than 500,000"):
        Scenario.load(tmp_path / "s3.toml")


CROWDED = {
    "unknown keys": "".join(f"sed{i} = 1\n" for i in range(900)),
    "keys in a table": "".join(f"sed{i} = 1\n" for i in range(5000)),
    "firms": "".join(f"[firms.zhipu{i}]\ncash_mcny = 1\n" for i in range(900)),
    "removed": "".join(f"[firms.zhipu{i}]\nremove = true\n" for i in range(900)),
    "shocks": "".join(
        f'[[shock]]\nid = "s{i}"\ndate = 2024-01-01\nkind = "sentiment"\namount = 1\n'
        for i in range(1900)
    ),
    "apps": "".join(f'[apps.a{i}]\nfirm = "zhipuu"\nlaunch = 2024-01-01\n' for i in range(400)),
}


@pytest.mark.parametrize("text", CROWDED.values(), ids=CROWDED)
def test_crowd_of_mistakes_is_answered_in_little(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario(text)
    if text in (CROWDED["keys in a table"], CROWDED["firms"]):
        (found,) = caught.value.diagnostics
        assert found.code == "too-large"
        assert found.origin is not None
        assert found.origin.line > 300
    assert len(caught.value.diagnostics) <= 1000
    assert len(str(caught.value)) < 20_000
