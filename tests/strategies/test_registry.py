"""The registry: strategies by name; a wrong name is told with what is allowed."""

from dataclasses import fields

import pytest

from sim.core.errors import SimError
from sim.core.parameters import PARAMETER_TABLE, Parameters
from sim.strategies.pricing import Respond, ShareMaximiser
from sim.strategies.registry import DEFAULTS, StrategyError, make, names, strategies


def test_every_block_has_its_default_and_a_way_to_do_nothing() -> None:
    for block, default in DEFAULTS.items():
        assert default in names(block)
    assert set(names("pricing")) == {
        "respond", "free_small_model", "share_maximiser", "leader", "cost_plus", "hold",
        "quality_premium", "equilibrium", "q_learner",
    }  # fmt: skip
    assert {"return_on_investment", "no_advertising"} <= set(names("advertising"))
    assert {block for block, _ in strategies()} == set(DEFAULTS)


@pytest.mark.parametrize("key", list(strategies()), ids="/".join)
def test_each_strategy_can_be_made_without_settings_and_knows_its_name(
    key: tuple[str, str],
) -> None:
    block, name = key
    made = make(block, name, {}, Parameters())
    assert (made.block, made.name) == key


def test_settings_come_first_then_the_models_parameters() -> None:
    made = make("pricing", "share_maximiser", {"undercut": 0.6}, Parameters({"free_below": 0.2}))
    assert isinstance(made, ShareMaximiser)
    assert (made.undercut, made.free_below) == (0.6, 0.2)
    assert made.loss_fear == PARAMETER_TABLE["loss_fear"].default


def refused(block: str, name: str, **settings: float) -> StrategyError:
    with pytest.raises(StrategyError) as error:
        make(block, name, settings, Parameters())
    assert isinstance(error.value, SimError)
    return error.value


def test_unknown_block_lists_the_blocks() -> None:
    error = refused("prices", "respond")
    assert "`prices`" in str(error)
    assert "allowed: pricing, advertising, push, product, research" in str(error)
    assert error.allowed == tuple(DEFAULTS)
    assert "did you mean `pricing`?" in str(error)


def test_unknown_name_lists_the_strategies_of_its_block_and_the_nearest() -> None:
    error = refused("pricing", "share_maximizer")
    assert "no pricing strategy is called `share_maximizer`" in str(error)
    assert "did you mean `share_maximiser`?" in str(error)
    assert error.allowed == names("pricing")
    assert all(name in str(error) for name in names("pricing"))
    assert "return_on_investment" not in str(error)
    assert error.key == "strategy"


def test_name_of_another_block_is_unknown() -> None:
    assert "did you mean" not in str(refused("pricing", "grow_with_runway"))
    assert refused("push", "respond").allowed == ("no_push", "answer_rivals", "guard_field")


def test_unknown_setting_lists_the_settings_of_the_strategy() -> None:
    error = refused("pricing", "share_maximiser", undercutt=0.5)
    assert "strategy share_maximiser has no setting `undercutt`" in str(error)
    assert "did you mean `undercut`?" in str(error)
    assert error.key == "undercutt"
    assert {field.name for field in fields(Respond)} <= set(error.allowed)
    assert "cost_plus_markup" not in error.allowed
    assert refused("pricing", "hold", undercut=0.5).allowed == ("calm_markup",)


def test_table_of_strategies_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        strategies()["pricing", "respond"] = Respond  # type: ignore[index]
