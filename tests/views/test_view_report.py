"""The report is one file that loads nothing and runs nothing."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from synthetic_run import (
    SyntheticRun,
    SyntheticScore,
    empty_tables,
    example_manifest,
    example_run,
    example_score,
    make_run,
)

from sim.views.report import ReportError, html, together, write_report

HOSTILE = '<script>alert("x")</script><img src=http://evil.example/a.png>'


class Page(HTMLParser):
    """Collects what a browser would load, every tag, ids, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.handlers += [name] if name.startswith("on") else []
            self.ids += [value or ""] if name == "id" else []
            if name in ("src", "srcset", "data", "action", "poster"):
                self.loads.append(value or "")
            if name in ("href", "xlink:href"):
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@cache
def example_page() -> str:
    return html(example_run(), example_score())


def test_nothing_is_loaded_and_no_script_is_there() -> None:
    page = Page(example_page())
    assert page.loads == []
    assert page.handlers == []
    assert not {"script", "link", "iframe", "img", "object", "base"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links)
    assert not re.search(r"https?://(?!www\.w3\.org/)", example_page())
    assert "@import" not in example_page()
    assert not re.search(r"url\((?!#)", example_page())


def test_every_anchor_and_clip_points_to_its_own_element() -> None:
    page = Page(example_page())
    assert len(page.ids) == len(set(page.ids))
    named = set(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= named
    assert set(re.findall(r"url\(#([^)]*)\)", example_page())) <= named


@pytest.mark.slow
def test_the_same_run_gives_the_same_bytes() -> None:
    run = make_run(weeks=20, replicates=2, firms=("zhipu",), apps=("qingyan",))
    assert html(run, ()) == html(run, ())


def test_every_section_is_there_with_its_figures() -> None:
    text = " ".join(Page(example_page()).text)
    for heading in (
        "What changed and why", "Users", "Who took whose users", "What bought users are worth",
        "API prices", "Tokens",
        "Cash and runway", "Survival", "Where the money went", "Simulated against known figures",
        "Rounds and owners", "How far to trust it", "Assumptions", "Provenance", "Glossary",
    ):  # fmt: skip
        assert heading in text
    assert Page(example_page()).tags.count("figure") == 24
    assert Page(example_page()).tags.count("svg") == 48
    assert "mechanisms.price_war" in text
    assert "What if nobody answers DeepSeek's entry?" in text
    assert "IdentityError: money" in text
    assert "web visits are not simulated" in text


def test_it_stays_under_three_megabytes() -> None:
    assert len(example_page().encode()) < 3e6


def test_text_from_a_run_is_shown_not_run() -> None:
    small = make_run(weeks=6, replicates=2, firms=("zhipu", "baidu"), apps=("kimi", "doubao"))
    name = pl.lit(HOSTILE)
    tables = {
        **small.tables,
        "firms": small.tables["firms"].with_columns(
            pl.when(pl.col("firm") == "baidu").then(name).otherwise("firm").alias("firm")
        ),
        "apps": small.tables["apps"].with_columns(
            pl.when(pl.col("app") == "kimi").then(name).otherwise("app").alias("app")
        ),
        "flows": small.tables["flows"].with_columns(name.alias("app_to")),
    }
    toml = f"name = \"x\"\nquestion = '{HOSTILE}'\n"
    manifest = {
        **example_manifest(), "scenario": HOSTILE, "git_commit": HOSTILE, "scenario_text": toml
    }  # fmt: skip
    row = SyntheticScore(
        HOSTILE, f"app:{HOSTILE}", HOSTILE, HOSTILE, HOSTILE, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, True,
        0.0, HOSTILE, HOSTILE,
    )  # fmt: skip
    page = html(SyntheticRun(tables, manifest), (row,))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert Page(page).loads == []


@pytest.mark.parametrize(
    "run",
    [
        make_run(weeks=2, replicates=1, firms=("baidu",), apps=()),
        SyntheticRun(empty_tables(), example_manifest()),
        SyntheticRun({}, {}),
    ],
    ids=["two weeks", "no rows", "no tables"],
)
def test_runs_with_little_in_them_have_a_report(run: SyntheticRun) -> None:
    assert "Glossary" in html(run, ())


@pytest.mark.usefixtures("undrawn")
def test_a_report_is_written_whole_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    run = make_run(weeks=2, replicates=1, firms=("baidu",), apps=())
    assert write_report(run, path, ()) == path
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.usefixtures("undrawn")
def test_a_place_that_cannot_be_written_is_named_and_left_clean(tmp_path: Path) -> None:
    run = make_run(weeks=1, replicates=1, firms=("baidu",), apps=())
    with pytest.raises(ReportError, match="missing"):
        write_report(run, tmp_path / "missing" / "report.html", ())
    (tmp_path / "folder").mkdir()
    with pytest.raises(ReportError, match="folder"):
        write_report(run, tmp_path / "folder", ())
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_numbers_stay_with_their_units() -> None:
    assert together("48.4 M users") == "48.4\u00a0M users"
    assert together("3.2 bn CNY") == "3.2\u00a0bn\u00a0CNY"
    assert together("7 Models") == "7 Models"
    assert together("1–2 %") == "1\u2060–\u20602\u00a0%"
