"""The dashboard in a real browser that can reach nothing but this machine."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("streamlit", reason="the extra `dashboard` is not installed")
playwright = pytest.importorskip(
    "playwright.sync_api", reason="the extra `browser` is not installed"
)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]
NAME = "<script>window.ran = 1</script>"
QUESTION = "<img src=x onerror='window.ran = 1'> [link](http://outside.example) ?"
FILE = f"""
extends = "baseline"
name = "{NAME}"
question = "{QUESTION}"
end = 2023-09-04
consumers.people_per_agent = 100000
accounts.count = 100
"""
WAIT = 120_000


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "odd.toml").write_text(FILE, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sim", "dashboard", "odd.toml", "--no-browser"]
    with subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        try:
            next(line for line in server.stdout if "URL:" in line)
            yield f"http://127.0.0.1:{port}"
        finally:
            # Not SIGINT: started in the background of a script, the server would ignore it.
            os.killpg(server.pid, signal.SIGTERM)


@pytest.fixture
def browser() -> Iterator[Any]:
    closed = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", closed])
        yield started
        started.close()


def visitor(browser: Any) -> Any:
    """Return the tab of one more visitor, who shares no cookie with others."""
    tab = browser.new_context(viewport={"width": 1280, "height": 1500}).new_page()
    tab.asked, tab.said = [], []
    tab.on("request", lambda one: tab.asked.append(one.url))
    tab.on("console", lambda one: tab.said.append(one.text) if one.type == "error" else None)
    tab.on("pageerror", lambda one: tab.said.append(str(one)))
    return tab


@pytest.fixture
def tab(browser: Any, address: str) -> Any:
    return visitor(browser)


def pictures(tab: Any) -> list[str]:
    return [one.get_attribute("src") for one in tab.locator("figure img").all()]


def test_lever_changes_b_the_file_loads_and_text_never_runs(
    tab: Any, address: str, tmp_path: Path
) -> None:
    from sim.scenario import Scenario

    tab.goto(f"{address}/?{urlencode({'a': 'odd.toml'})}")
    tab.get_by_text("B changes nothing yet").wait_for(timeout=WAIT)
    tab.get_by_role("button", name="Save as a scenario file").wait_for(timeout=WAIT)
    assert tab.get_by_text(NAME).count() > 0
    assert "\\" not in tab.locator("[data-testid=stSidebar]").inner_text()
    tab.locator("figure img").nth(3).wait_for(timeout=WAIT)
    lever = tab.get_by_role("textbox", name="cash_mcny [M CNY]")
    lever.fill("20")
    lever.press("Enter")
    tab.get_by_text("firms.moonshot.cash_mcny: 1400.0 → 20.0").wait_for(timeout=WAIT)
    tab.get_by_text("Preview: one replicate").wait_for(timeout=WAIT)  # not what was refined before
    tab.get_by_text("Refined:").wait_for(timeout=WAIT)
    tab.get_by_role("button", name="Report of B").wait_for(timeout=WAIT)
    assert "cash_mcny" in tab.url
    assert len(set(pictures(tab))) == 4
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="Save as a scenario file").click()
    saved.value.save_as(tmp_path / "my_future.toml")
    moonshot = Scenario.load(tmp_path / "my_future.toml").firms["moonshot"]
    assert moonshot.cash_mcny == 20
    with tab.expect_download() as report:
        tab.get_by_role("button", name="Report of B").click()
    assert "<svg" in Path(report.value.path()).read_text(encoding="utf-8")
    assert tab.evaluate("window.ran") is None
    assert all(one.startswith((address, "data:", "blob:")) for one in tab.asked)
    assert tab.said == []


def cash_lever(tab: Any) -> Any:
    return tab.get_by_role("textbox", name="cash_mcny [M CNY]")


def turn(tab: Any, value: str) -> None:
    cash_lever(tab).fill(value)
    cash_lever(tab).press("Enter")


def has_cash(tab: Any, value: str) -> None:
    playwright.expect(cash_lever(tab)).to_have_value(value, timeout=WAIT)


def test_visitors_share_nothing_and_an_address_leads_back(browser: Any, address: str) -> None:
    start = f"{address}/?{urlencode({'a': 'odd.toml'})}"
    one, other = visitor(browser), visitor(browser)
    for tab in (one, other):
        tab.goto(start)
        tab.get_by_text("B changes nothing yet").wait_for(timeout=WAIT)
    turn(one, "30")
    turn(other, "40")
    one.get_by_text("firms.moonshot.cash_mcny: 1400.0 → 30.0").wait_for(timeout=WAIT)
    other.get_by_text("firms.moonshot.cash_mcny: 1400.0 → 40.0").wait_for(timeout=WAIT)
    has_cash(one, "30")
    has_cash(other, "40")
    third = visitor(browser)
    third.goto(one.url)
    third.get_by_text("firms.moonshot.cash_mcny: 1400.0 → 30.0").wait_for(timeout=WAIT)
    has_cash(third, "30")


def test_levers_turned_while_the_page_is_drawn_are_heard(tab: Any, address: str) -> None:
    tab.goto(f"{address}/?{urlencode({'a': 'odd.toml'})}")
    tab.get_by_text("B changes nothing yet").wait_for(timeout=WAIT)
    for value in range(101, 161):  # each cuts the drawing of one before short, early or late
        turn(tab, str(value))
        tab.wait_for_timeout(37 * value % 400)
    tab.get_by_text("firms.moonshot.cash_mcny: 1400.0 → 160.0").wait_for(timeout=WAIT)
    playwright.expect(tab).to_have_url(re.compile("cash_mcny%3D160$"))
    tab.get_by_text("Preview: one replicate").wait_for(timeout=WAIT)
    tab.get_by_text("Refined:").wait_for(timeout=WAIT)
    has_cash(tab, "160")
    assert tab.url.endswith("cash_mcny%3D160")


def test_invalid_value_is_told_as_the_command_line_tells_it(tab: Any, address: str) -> None:
    tab.goto(f"{address}/?{urlencode({'a': 'odd.toml'})}")
    tab.get_by_text("B changes nothing yet").wait_for(timeout=WAIT)
    turn(tab, "much")
    tab.get_by_text("This cannot be simulated:").wait_for(timeout=WAIT)
    tab.locator("code", has_text="takes a number in M CNY").first.wait_for(timeout=WAIT)
    # What stood there before is taken away when the page is done.
    tab.locator("figure img").first.wait_for(state="detached", timeout=WAIT)
    turn(tab, "50")
    tab.get_by_text("→ 50.0").wait_for(timeout=WAIT)
    tab.locator("figure img").nth(3).wait_for(timeout=WAIT)
    assert tab.evaluate("window.ran") is None
