"""The terminal summary fits 80 columns and needs no colour."""

import io

import numpy as np
import polars as pl
import pytest
from rich.console import Console
from synthetic_run import (
    SyntheticRun,
    empty_tables,
    example_manifest,
    example_run,
    make_run,
)

from sim.views.terminal import summary


def printed(run: SyntheticRun) -> str:
    text = io.StringIO()
    summary(run, Console(file=text, width=80))
    return text.getvalue()


def test_no_line_is_wider_than_80_columns_and_nothing_is_cut() -> None:
    text = printed(example_run())
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    assert "…" not in text


def test_it_is_plain_where_it_is_not_a_terminal() -> None:
    assert "\x1b" not in printed(example_run())


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = io.StringIO()
    summary(example_run(), Console(file=text, width=80, force_terminal=True))
    assert "\x1b[36m" not in text.getvalue()


def test_it_shows_apps_firms_and_verdict() -> None:
    text = printed(example_run())
    assert "no_price_war: 2023-07-03 to 2025-12-22, 20 replicates" in text
    users = example_run().tables["apps"].filter(
        (pl.col("app") == "doubao") & (pl.col("date") == pl.col("date").max())
    )["mau"]  # fmt: skip
    assert f"{np.median(users.to_list()) / 1e6:.3g} M" in text
    doubao = next(line for line in text.splitlines() if line.startswith("Doubao"))
    assert doubao.rstrip().endswith("█")
    baidu = next(line for line in text.splitlines() if line.startswith("Baidu "))
    assert "free" in baidu
    assert "parent" in baidu
    for topic in ("Users:", "Prices:", "Money:", "Uncertainty:", "Trust:"):
        assert topic in text


def test_markup_in_names_is_printed_not_obeyed() -> None:
    run = make_run(weeks=3, replicates=1, apps=())
    firms = run.tables["firms"].with_columns(
        pl.when(pl.col("firm") == "zhipu").then(pl.lit("[red]x[/]")).otherwise("firm").alias("firm")
    )
    assert "[red]x[/]" in printed(SyntheticRun({**run.tables, "firms": firms}, run.manifest))


@pytest.mark.parametrize(
    "run", [SyntheticRun(empty_tables(), example_manifest()), SyntheticRun({}, {})]
)
def test_an_empty_run_is_said_to_be_empty(run: SyntheticRun) -> None:
    assert "nothing was recorded" in printed(run)
