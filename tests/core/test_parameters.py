"""Parameters: one immutable table, every row of it used, every use in it."""

import ast
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from sim.core.errors import SimError
from sim.core.parameters import PARAMETER_TABLE, ParameterError, Parameters
from sim.strategies.registry import strategies

PACKAGE = Path(__file__).resolve().parents[2] / "sim"
HOLDERS = {"p", "parameters"}
"""What a value of type Parameters is called wherever one is passed around."""


def readings() -> Iterator[tuple[str, str]]:
    """Yield the name and place of every attribute read from something called as in HOLDERS."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                holder = node.value
                name = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", "")
                if name in HOLDERS:
                    yield node.attr, f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"


def strategy_fields() -> set[str]:
    return {field.name for kind in strategies().values() for field in fields(kind) if field.init}  # type: ignore[arg-type]


def read_of_self(classes: Sequence[type]) -> set[str]:
    """Return the attributes that the methods of shipped strategy classes read of themselves."""
    names = {one.__name__ for one in classes}
    return {
        node.attr
        for path in (PACKAGE / "strategies").glob("*.py")
        for kind in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(kind, ast.ClassDef) and kind.name in names
        for node in ast.walk(kind)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


def test_every_parameter_read_is_in_the_table() -> None:
    methods = {*dir(Parameters), *dir(dict)}
    strange = [
        f"{at} {name}" for name, at in readings() if name not in {*PARAMETER_TABLE, *methods}
    ]
    assert strange == []


def test_every_parameter_of_the_table_is_read_somewhere() -> None:
    used = {name for name, _ in readings()} | strategy_fields()
    assert [name for name in PARAMETER_TABLE if name not in used] == []


@pytest.mark.parametrize("kind", strategies().values(), ids=lambda kind: kind.__name__)
def test_every_setting_of_a_strategy_counts(kind: type) -> None:
    settings = {field.name for field in fields(kind)}
    assert settings <= read_of_self(kind.__mro__)


def test_default_lies_within_the_prior() -> None:
    outside = [
        one.name for one in PARAMETER_TABLE.values() if not one.low <= one.default <= one.high
    ]
    assert outside == []


def test_values_are_the_defaults_but_for_overrides() -> None:
    p = Parameters({"undercut": 0.7})
    assert p.undercut == 0.7
    expected = {name: row.default for name, row in PARAMETER_TABLE.items()} | {"undercut": 0.7}
    assert dict(p.values()) == expected


def test_replacing_leaves_the_original_alone() -> None:
    p = Parameters({"undercut": 0.7})
    changed = p.replaced(free_below=0.2)
    assert (changed.undercut, changed.free_below) == (0.7, 0.2)
    assert p.free_below == PARAMETER_TABLE["free_below"].default
    with pytest.raises(ParameterError, match="undercutt"):
        p.replaced(undercutt=0.5)


def test_values_cannot_be_set_deleted_or_added() -> None:
    p = Parameters()
    before = dict(p.values())
    with pytest.raises(AttributeError, match="immutable"):
        p.undercut = 0.1
    with pytest.raises(AttributeError, match="immutable"):
        p.something_new = 0.1
    with pytest.raises(TypeError):
        p.values()["undercut"] = 0.1  # type: ignore[index]
    with pytest.raises(TypeError):
        PARAMETER_TABLE["undercut"] = PARAMETER_TABLE["free_below"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        del p.undercut
    assert dict(p.values()) == before


def test_unknown_name_is_an_error_that_suggests_the_near_one() -> None:
    with pytest.raises(ParameterError, match="'undercutt'; did you mean undercut") as refused:
        Parameters({"undercutt": 0.5})
    assert isinstance(refused.value, SimError)
    with pytest.raises(ParameterError, match="'stop_hazzard'; did you mean stop_hazard"):
        _ = Parameters().stop_hazzard
    assert not hasattr(Parameters(), "xyzzy")


def test_parameters_survive_pickling() -> None:
    copy = pickle.loads(pickle.dumps(Parameters({"undercut": 0.7})))
    assert copy.values() == Parameters({"undercut": 0.7}).values()
