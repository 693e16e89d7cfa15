"""Which futures a score simulates besides the scenario, and which of them answers a figure."""

from datetime import date
from typing import Any

import pytest
from observed_run import HandMade, a_figure, hand_made

from sim import Scenario
from sim.evidence.figures import Figure
from sim.experiments import ensemble
from sim.experiments.score import score

START, END = date(2023, 7, 3), date(2025, 12, 29)
NEWS = {"kind": "foreign_release", "amount": 50.0, "date": date(2025, 2, 3), "who": "foreign"}


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[Scenario]:
    """Put runs in the place of simulations whose price tells which future was simulated."""
    asked: list[Scenario] = []

    def run(scenario: Scenario, *_: Any, **__: Any) -> HandMade:
        asked.append(scenario)
        price = 1.0 + 2.0 * ("news" not in scenario.shock) + 4.0 * (scenario.end > END)
        income = 50.0 if scenario.mechanisms["price_war"] else 100.0
        firms = [{"firm": "zhipu", "price_input_cny_per_mtok": price, "revenue_api_cny": income}]
        return hand_made(START, (scenario.end - START).days // 7, firms=firms)

    monkeypatch.setattr(ensemble, "run", run)
    return asked


def price(period: str, **more: Any) -> Figure:
    asked = ("firm:zhipu", "api_price_input", "CNY_per_1M_tokens", period)
    return a_figure(*asked, id=period, **{"use": "mine", **more})


def medians(*figures: Figure) -> dict[str, float | None]:
    changes = {f"shock.news.{name}": value for name, value in NEWS.items()}
    done, _ = score(Scenario.load("baseline").with_(changes), figures, replicates=1)
    return {row.id: row.median for row in done.rows}


def test_scenario_alone_answers_what_lies_inside_it(simulated: list[Scenario]) -> None:
    assert medians(price("2024-10"), price("2025-12")) == {"2024-10": 1, "2025-12": 1}
    assert len(simulated) == 1


def test_time_after_the_end_is_simulated_once_and_only_as_far_as_asked(
    simulated: list[Scenario],
) -> None:
    found = medians(price("2024-10"), price("2026-H1"), price("2027"), price("2031"))
    assert found == {"2024-10": 1, "2026-H1": 5, "2027": 5, "2031": None}
    assert [one.end for one in simulated] == [END, date(2028, 1, 1)]


def test_belief_is_set_against_a_forecast_that_has_not_heard_later_news(
    simulated: list[Scenario],
) -> None:
    belief = {"use": "belief", "qualifier": "forecast"}
    found = medians(price("2025", **belief), price("2025-H2", **belief), price("2025-10"))
    assert found == {"2025": 7, "2025-H2": 1, "2025-10": 1}, (
        "of 2025 the last days lie beyond the end"
    )
    assert len(simulated) == 2


def test_statement_against_peace_is_answered_beyond_the_end_too(simulated: list[Scenario]) -> None:
    asked = ("sector:startups", "b2b_revenue_change", "percent")
    found = medians(*(a_figure(*asked, year, id=year, use="mine") for year in ("2024", "2026")))
    assert found == {"2024": -50, "2026": -50}
    assert [one.mechanisms["price_war"] for one in simulated] == [True, False, True]


def test_what_no_run_can_answer_costs_no_simulation(simulated: list[Scenario]) -> None:
    odd = a_figure("market:china", "n_independent", "years", "2024..2029", use="belief")
    assert list(medians(odd).values()) == [None]
    assert len(simulated) == 1
