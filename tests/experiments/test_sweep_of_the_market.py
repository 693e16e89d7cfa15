"""Sweeps of the real engine: policies against futures, and parameters drawn from a posterior."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from sim.experiments.sensitivity import sensitivity
from sim.experiments.sweep import Sweep, sweep
from sim.scenario import Scenario

PRICE = "firms.alibaba.price_input_cny_per_mtok"
USERS = "market.users_any_app"
POLICY, FUTURE = "firms.alibaba.pricing.strategy", "mechanisms.own_channel_push"
SHORT = "end = 2023-09-04\n[consumers]\npeople_per_agent = 100_000\n"


@pytest.mark.slow
def test_policies_against_futures_are_one_table(tmp_path: Path) -> None:
    base = Scenario.loads(f'extends = "baseline"\n{SHORT}').with_({"end": date(2024, 7, 1)})
    done = sweep(
        base, {POLICY: ["hold", "share_maximiser"], FUTURE: [True, False]}, "grid",
        replicates=2, executor="serial", out=tmp_path / "s", outcomes=(PRICE, USERS),
    )  # fmt: skip
    assert done.counts() == {"ok": 8, "failed": 0, "pending": 0}
    found = done.frame().collect()
    prices, users = (
        found.pivot(FUTURE, index=POLICY, values=one, aggregate_function="mean")
        for one in (PRICE, USERS)
    )
    assert prices.columns == [POLICY, "true", "false"]
    assert prices[POLICY].to_list() == ["hold", "share_maximiser"]
    (_, hold, _), (_, cut, _) = prices.rows()
    assert cut < hold
    for _, pushed, alone in users.rows():
        assert pushed > alone
    one = sweep(
        base, {POLICY: ["hold"], FUTURE: [True]}, "grid", replicates=2, executor="serial",
        out=tmp_path / "alone", outcomes=(PRICE, USERS),
    )  # fmt: skip
    same = done.frame().join(one.frame(), on="run").collect()
    assert same[PRICE].equals(same[f"{PRICE}_right"])
    assert same.height == 2


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """Return a scenario file whose word of mouth is drawn from two equally likely values."""
    pl.DataFrame({"organic": [0.0, 0.05]}).write_parquet(tmp_path / "posterior.parquet")
    file = tmp_path / "drawn.toml"
    file.write_text(f'extends = "baseline"\nparameters = "posterior"\n{SHORT}', encoding="utf-8")
    return file


def test_replicate_has_the_same_draw_of_the_posterior_at_every_point(
    drawn: Path, tmp_path: Path
) -> None:
    scenario = Scenario.load(drawn)
    seed = next(
        seed for seed in range(99)
        if scenario.parameters_of(seed, 0)["organic"] < scenario.parameters_of(seed, 1)["organic"]
    )  # fmt: skip
    done = sweep(
        scenario, {"firms.moonshot.cash_mcny": [900, 2000]}, "grid", replicates=2, seed=seed,
        executor="process:1", out=tmp_path / "s", outcomes=(USERS,),
    )  # fmt: skip
    users = done.frame().collect().sort("point", "replicate")[USERS].to_list()
    for point in (0, 2):
        assert users[point] < users[point + 1]
        fixed = {"parameters.organic": 0.05}
        alone = sweep(
            scenario.with_(fixed), {"firms.moonshot.cash_mcny": [(900, 2000)[point // 2]]}, "grid",
            replicates=2, seed=seed, executor="serial", out=tmp_path / f"fixed{point}",
            outcomes=(USERS,),
        )  # fmt: skip
        assert alone.frame().collect()[USERS][1] == users[point + 1]


def test_sweep_of_draws_is_ranked_where_the_sample_is_not(drawn: Path, tmp_path: Path) -> None:
    done = sweep(
        Scenario.load(drawn), {"parameters.word_of_mouth": (0.0, 0.03)}, "oat", 2, replicates=2,
        executor="serial", out=tmp_path / "s", outcomes=(USERS, "apps.kimi.mau"),
    )  # fmt: skip
    assert done.counts()["ok"] == 6
    (tmp_path / "posterior.parquet").unlink()
    again = Sweep.open(tmp_path / "s")
    assert again.scenario.posterior is None
    assert again.scenario.parameters["organic"] == 0.025
    found = sensitivity(again, method="tornado")
    assert found.table["swing"][0] > 0
    # Kimi starts later than this short market ends.
    assert "apps.kimi.mau: no run has such a number" in found.warnings
