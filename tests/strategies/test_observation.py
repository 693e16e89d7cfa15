"""What strategies get and give is immutable and leads nowhere."""

import gc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from firms_that_see import FACE, MENU, OBSERVATION

from sim.core.parameters import Parameters
from sim.engine.observe import look, observe
from sim.engine.simulation import open_market
from sim.scenario import Scenario
from sim.strategies.base import DECIDES, KEEP, Decision, Observation
from sim.strategies.registry import make, strategies

PLAIN = (bool, int, float, str, np.generic, type(None))


@pytest.mark.parametrize(
    "value", [OBSERVATION, MENU, FACE, KEEP], ids=lambda one: type(one).__name__
)
def test_fields_cannot_be_set_deleted_or_added(value: Any) -> None:
    before = repr(value)
    for name in value._fields:
        with pytest.raises(AttributeError):
            setattr(value, name, 1.0)
        with pytest.raises(AttributeError):
            object.__setattr__(value, name, 1.0)
        with pytest.raises(AttributeError):
            delattr(value, name)
    with pytest.raises((AttributeError, TypeError)):
        value.world = object()
    with pytest.raises(TypeError):
        value[0] = 1.0
    assert not hasattr(value, "__dict__")
    assert repr(value) == before


@pytest.mark.parametrize(
    "kind", strategies().values(), ids=lambda kind: f"{kind.block}/{kind.name}"
)
def test_shipped_strategies_say_what_they_remember(kind: Any) -> None:
    made: Any = make(kind.block, kind.name, {}, Parameters())
    with pytest.raises(AttributeError):
        made.remembered = 1.0


def test_decision_keeps_everything_unless_told() -> None:
    assert all(value is None for value in KEEP)
    assert {name for of in DECIDES.values() for name in of} == set(Decision._fields)


def held(value: object) -> Iterator[object]:
    """Yield everything that can be reached from the fields of a value."""
    for part in gc.get_referents(value):
        if part is not type(value):
            yield part
            if not isinstance(part, PLAIN):
                yield from held(part)


def test_real_observation_holds_numbers_words_and_tuples_only() -> None:
    scenario = Scenario.load("baseline", ["consumers.people_per_agent=100000"])
    engine = open_market(scenario, seed=1, replicate=0)
    engine.scene = look(engine)
    for firm in range(len(engine.firms)):
        seen = observe(engine, firm)
        assert type(seen) is Observation
        assert seen.firm == engine.firms.ids[firm]
        strange = [part for part in held(seen) if not isinstance(part, (*PLAIN, tuple))]
        assert strange == []


def test_observation_stays_as_it_was_when_the_world_moves_on() -> None:
    scenario = Scenario.load("baseline", ["consumers.people_per_agent=100000"])
    engine = open_market(scenario, seed=1, replicate=0)
    engine.scene = look(engine)
    seen = observe(engine, 1)
    before = repr(seen)
    engine.firms.menu.price[:] = 0.5
    engine.firms.tech.quality[:] = 999.0
    engine.firms.books.research_week[:] = 0.0
    engine.world.apps.mau[:] = 5e6
    engine.world.week = 77
    engine.scene = look(engine)
    assert repr(seen) == before
    assert repr(observe(engine, 1)) != before
