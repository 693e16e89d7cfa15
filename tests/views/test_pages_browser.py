"""Every page in a real browser with every host refused: drawn, quiet, readable, and never run."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import known_market
import polars as pl
import pytest
import switched_market
from known_market import KEYS, SPACE
from synthetic_run import SyntheticRun, example_manifest, example_score, make_run

from sim.experiments.compare import compare
from sim.experiments.ranking import rank
from sim.experiments.sensitivity import sensitivity
from sim.experiments.sweep import sweep
from sim.scenario import Scenario
from sim.views.comparison_page import write_comparison_page
from sim.views.ranking_page import write_ranking_page
from sim.views.report import write_report
from sim.views.sensitivity_page import write_sensitivity_page
from sim.views.sweep_page import write_sweep_page

playwright = pytest.importorskip(
    "playwright.sync_api", reason="the extra `browser` is not installed"
)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

HOSTILE = "<script>window.ran = 1</script>"
USERS, STEADY = "market.users_any_app", "market.hhi_api"
FEWEST_MARKS = 5
FOLDED_IS_SEEN = """[...document.querySelectorAll('details:not([open]) > :last-child')]
    .every(one => one.checkVisibility() && one.getBoundingClientRect().height > 5)"""
MARKS = "path, rect, circle, line, text"


def named(text: str = "") -> Scenario:
    return Scenario.loads(
        f'extends = "baseline"\nname = "{HOSTILE}"\nquestion = "{HOSTILE}"\n{text}'
    )


def ensemble(path: Path) -> Path:
    run = make_run(weeks=70, replicates=3)
    firms = run.tables["firms"].with_columns(
        pl.when(pl.col("firm") == "zhipu").then(pl.lit(HOSTILE)).otherwise("firm").alias("firm")
    )
    kind = f"[firms.'{HOSTILE}']\nkind = 'startup'\n"
    told = {**example_manifest(), "scenario": HOSTILE, "scenario_text": kind}
    return write_report(SyntheticRun({**run.tables, "firms": firms}, told), path, example_score())


def single(path: Path) -> Path:
    told = {**example_manifest(), "scenario": HOSTILE}
    run = make_run(weeks=50, replicates=1, manifest=told)
    return write_report(run, path, example_score())


def comparison(path: Path) -> Path:
    known: Any = known_market.additive
    others = [named(f"[firms.moonshot]\ncash_mcny = {cash}") for cash in (1700, 1800)]
    found = compare(named(), *others, replicates=4, outcomes=(USERS, STEADY), simulate=known)
    return write_comparison_page(found, path)


def swept(folder: Path) -> Any:
    base = named().with_(dict.fromkeys(KEYS, 1500.0))
    given: dict[str, Any] = {"points": 64, "replicates": 2, "outcomes": (USERS, STEADY)}
    simulate: Any = known_market.rich_fail
    return sweep(base, SPACE, executor="serial", out=folder, simulate=simulate, **given)


def of_sweep(path: Path) -> Path:
    return write_sweep_page(swept(path.parent / "sweep"), path)


def of_sensitivity(method: str) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        points: dict[str, Any] = {} if method == "tornado" else {"points": 4}
        folder = path.parent / "sweep"
        found = sensitivity(
            named().with_(dict.fromkeys(KEYS, 1500.0)), SPACE, cast(Any, method), replicates=2,
            out=folder,
            outcomes=(USERS,), executor="serial", simulate=cast(Any, known_market.additive),
            **points,
        )  # fmt: skip
        return write_sensitivity_page(found, folder, path)

    return write


def of_ranking(path: Path) -> Path:
    found = rank(
        named(), "mechanisms", only=("price_war", "viability"), outcomes=(USERS,), replicates=4,
        executor="serial", out=path.parent / "ranking", simulate=cast(Any, switched_market.users),
    )  # fmt: skip
    return write_ranking_page(found, path)


def of_calibration(path: Path) -> Path:
    pytest.importorskip("sklearn", reason="the extra `calibrate` is not installed")
    import calibration_engine as engine

    from sim.experiments.calibrate import calibrate
    from sim.views.calibration_page import write_calibration_page

    aims = engine.figures(path.parent, 0.025, 0.012)
    found = calibrate(
        named(), aims, 100, engine.SPACE, "serial", path.parent / "c", seed=3, draws=200,
        simulate=engine.simulate,
    )  # fmt: skip
    return write_calibration_page(found, "llmsim calibrate", path)


PAGES = {
    "run": (single, 24), "ensemble": (ensemble, 24), "comparison": (comparison, 4),
    "sweep": (of_sweep, 1), "tornado": (of_sensitivity("tornado"), 1),
    "morris": (of_sensitivity("morris"), 1), "sobol": (of_sensitivity("sobol"), 1),
    "ranking": (of_ranking, 1), "calibration": (of_calibration, 2),
}  # fmt: skip
ESSENTIAL = ("comparison",)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    nowhere = "--host-resolver-rules=MAP * ~NOTFOUND"
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", nowhere])
        yield started
        started.close()


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[] if name in ESSENTIAL else [pytest.mark.slow]) for name in PAGES
    ],
)
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int]:
    write, figures = PAGES[request.param]
    return write(tmp_path_factory.mktemp(request.param) / "page.html"), figures


def opened(browser: Any, path: Path, width: int, scheme: str) -> Any:
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab.said, tab.asked = [], []
    tab.on("console", lambda one: tab.said.append(one.text))
    tab.on("pageerror", lambda one: tab.said.append(str(one)))
    tab.on("request", lambda one: tab.asked.append(one.url))
    tab.goto(path.as_uri())
    return tab


def marks_of(tab: Any) -> list[int]:
    """Return how many marks each figure that is seen has."""
    counted: list[int] = tab.evaluate(
        f"""[...document.querySelectorAll('figure svg')].filter(svg => svg.clientWidth > 0)
        .map(svg => svg.querySelectorAll('{MARKS}').length)"""
    )
    return counted


def test_page_is_drawn_quiet_and_readable(browser: Any, page: tuple[Path, int]) -> None:
    path, figures = page
    assert path.stat().st_size < 3e6
    for width, scheme in ((1280, "light"), (400, "dark")):
        tab = opened(browser, path, width, scheme)
        assert (tab.said, tab.asked) == ([], [path.as_uri()])
        drawn = marks_of(tab)
        assert len(drawn) >= figures
        assert min(drawn) >= FEWEST_MARKS
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        # Shown letter by letter, and never run.
        assert HOSTILE in tab.content().replace("&lt;", "<").replace("&gt;", ">")
        assert HOSTILE in tab.locator("body").inner_text()
        assert tab.locator("script").count() == 0
        assert tab.evaluate("window.ran") is None
        paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, paper[4:-1].split(","))) < 3 * 128) == (scheme == "dark")
        tab.close()


def test_page_can_be_read_by_keyboard_and_aloud(browser: Any, page: tuple[Path, int]) -> None:
    tab = opened(browser, page[0], 1280, "light")
    tab.keyboard.press("Tab")
    assert "Skip to" in tab.evaluate("document.activeElement.textContent")
    tab.keyboard.press("Enter")
    tab.wait_for_function("location.hash == '#main'")
    assert tab.locator("main").count() == tab.locator("nav[aria-label]").count() == 1
    assert tab.locator("html").get_attribute("lang") == "en"
    assert tab.locator("h1").count() == 1
    assert tab.evaluate(
        "[...document.querySelectorAll('th')].every(one => one.hasAttribute('scope'))"
    )
    spoken = tab.evaluate(
        "[...document.querySelectorAll('figure svg')].map(svg => svg.getAttribute('aria-label'))"
    )
    assert all(label and len(label) > 20 for label in spoken)
    sources = tab.locator("figure .source").all_inner_texts()
    assert all(text.startswith("Source: llmsim, ") for text in sources)
    assert len(sources) == tab.locator("figure").count()
    # What scrolls sideways can be reached without a mouse.
    assert tab.evaluate(
        "[...document.querySelectorAll('.scroll, .toml')].every(one => one.tabIndex === 0)"
    )
    tab.close()


def test_page_prints_on_paper(browser: Any, page: tuple[Path, int]) -> None:
    tab = opened(browser, page[0], 1280, "dark")
    assert tab.locator("details:not([open])").count() > 0
    assert not tab.evaluate(FOLDED_IS_SEEN)
    tab.emulate_media(media="print")
    assert tab.locator("nav").is_hidden()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate(FOLDED_IS_SEEN)
    # A page of A4 within its margins is 267 mm high: no figure needs two.
    heights = tab.evaluate(
        "[...document.querySelectorAll('figure')].map(one => one.getBoundingClientRect().height)"
    )
    assert max(heights) < 267 * 96 / 25.4
    assert tab.pdf(format="A4").startswith(b"%PDF")
    tab.close()
