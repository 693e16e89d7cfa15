"""The page by itself: a lever changes the figures, errors are told, visitors never meet."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("streamlit", reason="the extra `dashboard` is not installed")

from streamlit.testing.v1 import AppTest

import sim.views.dashboard.page as page_module
import sim.views.dashboard.preview as preview_module
from sim.strategies.loading import load_checked
from sim.views.dashboard.controls import plain
from sim.views.dashboard.futures import load
from sim.views.dashboard.preview import previewed
from sim.views.dashboard.server import ready

pytestmark = pytest.mark.slow
SHORT = ["end=2023-10-02"]
CASH = "firms.moonshot.cash_mcny"


class NoWork:
    """A calculation that never ends, in place of a process."""

    status, error = "running", ""

    def __init__(self, a: Any, b: Any, replicates: int) -> None:
        self.replicates = replicates

    def stop(self) -> None:
        """Do nothing; nothing runs."""


def script() -> None:
    from sim.views.dashboard.page import page

    page()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(page_module, "Refinement", NoWork)

    def open_page(*settings: str) -> AppTest:
        test = AppTest.from_function(script, default_timeout=120)
        test.query_params["set"] = [*SHORT, *settings]
        return test.run()

    return open_page


def cash_lever(test: AppTest) -> Any:
    return next(one for one in test.text_input if one.key and one.key.endswith(CASH))


def free_settings(test: AppTest) -> Any:
    return next(one for one in test.text_area if one.label.startswith("KEY=VALUE"))


def test_lever_moved_is_a_setting_of_b_alone_and_stands_in_the_address(visit: Any) -> None:
    test = visit()
    assert not test.exception
    assert "Preview" in test.info[0].value
    cash_lever(test).set_value("20").run()
    assert not test.exception
    chosen = test.session_state["choice"]
    assert chosen.settings == (*SHORT, "firms.moonshot.cash_mcny=20")
    assert "firms.moonshot.cash_mcny=20" in test.query_params["set"]
    a, b = (previewed(one, one.seed) for one in load(chosen))
    assert not a.tables["firms"].equals(b.tables["firms"])


def test_settings_typed_reach_the_levers_and_the_other_way(visit: Any) -> None:
    test = visit()
    free_settings(test).set_value(f"{SHORT[0]}\n\n {CASH}=30 ").run()
    assert not test.exception
    assert test.session_state["choice"].settings == (*SHORT, f"{CASH}=30")
    assert cash_lever(test).value == "30"
    cash_lever(test).set_value("").run()
    assert test.session_state["choice"].settings == tuple(SHORT)
    assert free_settings(test).value == SHORT[0]
    free_settings(test).set_value(f"{SHORT[0]}\n\n").run()  # nothing but space is nothing new
    assert test.session_state["choice"].settings == tuple(SHORT)


def test_text_that_a_browser_sends_late_is_not_heard(visit: Any) -> None:
    test = visit()
    before = free_settings(test).id
    cash_lever(test).set_value("20").run()
    assert free_settings(test).id != before


def test_invalid_value_shows_the_diagnostic_and_no_figure(visit: Any) -> None:
    test = visit("firms.moonshot.cash_mcny=much")
    assert not test.exception
    assert "takes a number in M CNY" in test.code[0].value
    assert not test.info


def test_two_visitors_share_nothing(visit: Any) -> None:
    one, other = visit("firms.moonshot.cash_mcny=30"), visit()
    cash_lever(one).set_value("40").run()
    other.run()
    assert one.session_state["choice"].setting("firms.moonshot.cash_mcny") == "40"
    assert other.session_state["choice"].setting("firms.moonshot.cash_mcny") is None


def test_first_preview_is_ready_before_the_first_visitor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "short.toml"
    file.write_text('extends = "baseline"\nname = "short"\nend = 2023-09-04\n', encoding="utf-8")
    ready(str(file))

    def never(*_: Any) -> Any:
        raise AssertionError("it was not ready")

    monkeypatch.setattr(preview_module, "preview", never)
    loaded = load_checked(str(file))
    assert previewed(loaded, loaded.seed).name == "short"
    ready(str(tmp_path / "nowhere.toml"))  # the page, not the server, says what is wrong


def test_markdown_in_a_name_is_shown_letter_by_letter() -> None:
    assert plain("<b>*x*![y](z)") == r"\<b\>\*x\*\!\[y\]\(z\)"
