"""A strategy that tries to read or change what is not its own finds nothing and changes nothing."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from sim.engine.simulation import simulate
from sim.scenario import Scenario
from sim.strategies import registry
from sim.strategies.base import Decision, Observation
from sim.strategies.pricing import Hold

SHORT = ["consumers.people_per_agent=100000", "end=2023-10-02"]
PLAIN = (bool, int, float, str, type(None))
found: list[str] = []
asked: set[str] = set()


@dataclass(frozen=True)
class Nosy(Hold):
    """Decides as `hold` does, after trying whatever an object lets one try."""

    name: ClassVar[str] = "nosy"

    def decide(self, seen: Observation) -> Decision:
        asked.add(seen.firm)
        found.extend(_tries(seen))
        return super().decide(seen)


def _tries(seen: Any) -> Iterator[str]:
    """Yield what could be changed, and what is no plain value."""
    for part in _all(seen):
        if not isinstance(part, tuple):
            if type(part) not in PLAIN:
                yield f"reaches {type(part).__name__}"
            continue
        for name in (*getattr(part, "_fields", ()), "_fields", "engine", "world"):
            for write in (setattr, object.__setattr__):
                with suppress(AttributeError):
                    write(part, name, 1e12)
                    yield f"writes {name}"
        with suppress(TypeError):
            part[0] = 1e12  # type: ignore[index]
            yield "writes an item"


def _all(part: Any) -> Iterator[Any]:
    yield part
    if isinstance(part, tuple):
        for below in part:
            yield from _all(below)
    for name in dir(part):
        if not name.startswith("_") and not callable(value := getattr(part, name)):
            assert isinstance(value, (*PLAIN, tuple)), name


@pytest.fixture
def nosy_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "SHIPPED", (*registry.SHIPPED, Nosy))
    registry.strategies.cache_clear()
    found.clear()
    yield
    monkeypatch.undo()
    registry.strategies.cache_clear()


@pytest.mark.usefixtures("nosy_installed")
def test_nosy_strategy_finds_nothing_and_changes_nothing() -> None:
    outcomes = []
    for name in ("nosy", "hold"):
        always = [f"firms.{firm}.pricing.strategy={name}" for firm in ("zhipu", "alibaba", "baidu")]
        hazard = ["parameters.review_main=5"]
        scenario = Scenario.load("baseline", [*SHORT, *always, *hazard])
        outcomes.append(simulate(scenario, seed=1, replicate=0))
    assert asked == {"zhipu", "alibaba", "baidu"}
    assert found == []
    nosy, hold = outcomes
    for table, columns in hold.items():
        for column, values in columns.items():
            np.testing.assert_array_equal(np.asarray(nosy[table][column]), np.asarray(values))


def test_rivals_books_are_not_in_what_is_public() -> None:
    from sim.strategies.base import News, PublicFirm, PublicRelease, PublicRound

    public = {
        name for kind in (PublicFirm, PublicRound, PublicRelease, News) for name in kind._fields
    }
    assert not public & {"cash", "cost", "attach", "runway_months", "ad_budget", "research_week"}
