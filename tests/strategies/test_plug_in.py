"""The strategy in examples/plug_in, once installed, runs from a scenario like a shipped one."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUPPORT = ROOT / "tests" / "support"
EXAMPLE = ROOT / "examples" / "plug_in"
FAST = ("-S", "consumers.people_per_agent=100000", "-S", "end=2024-09-02", "-n", "1")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Install the example as pip does: the module, and its entry points as metadata beside it."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    written = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(written, encoding="utf-8")
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {what}\n" for name, what in points.items())
        for group, points in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("".join(lines), encoding="utf-8")
    source = (EXAMPLE / "patient_pricing.py").read_text(encoding="utf-8")
    (tmp_path / "patient_pricing.py").write_text(source, encoding="utf-8")
    return tmp_path


def llmsim(
    plug_ins: Path | None, *arguments: str, module: str = "sim"
) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), str(SUPPORT), *([str(plug_ins)] if plug_ins else [])])
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
    )


def prices(folder: Path) -> list[float]:
    import polars

    firms = polars.read_parquet(folder / "firms.parquet").filter(polars.col("firm") == "moonshot")
    return firms["price_input_cny_per_mtok"].drop_nulls().drop_nans().to_list()


def test_strategy_of_ones_own_runs_from_a_scenario(installed: Path, tmp_path: Path) -> None:
    scenario = str(EXAMPLE / "patient_moonshot.toml")
    for weeks in ("4", "104"):
        patience = ("-S", f"firms.moonshot.pricing.patience={weeks}")
        said = ("run", scenario, *FAST, *patience, "-o", str(tmp_path / weeks))
        done = llmsim(installed, *said, module="undrawn")
        assert done.returncode == 0, done.stderr
    patient, never = prices(tmp_path / "4"), prices(tmp_path / "104")
    assert len(set(never)) == 1
    assert min(patient) < never[0] == patient[0]


def test_its_settings_are_checked_and_explained(installed: Path) -> None:
    scenario = str(EXAMPLE / "patient_moonshot.toml")
    said = llmsim(installed, "validate", scenario, "-S", "firms.moonshot.pricing.patience=-1")
    assert said.returncode == 1
    assert "it must be at least 0" in said.stdout + said.stderr
    told = llmsim(installed, "explain", "firms.moonshot.pricing.patience").stdout
    assert "how long a cheaper market must last" in told


def test_without_it_the_scenario_is_refused_at_its_line() -> None:
    said = llmsim(None, "validate", str(EXAMPLE / "patient_moonshot.toml"))
    assert said.returncode == 1
    assert "no pricing strategy is called `patient`" in said.stdout + said.stderr
    assert "patient_moonshot.toml:10" in said.stdout + said.stderr


def test_plug_in_that_is_no_strategy_is_named(installed: Path) -> None:
    (installed / "patient_pricing.py").write_text("Patient = 3\n", encoding="utf-8")
    said = llmsim(installed, "validate", "baseline")
    assert said.returncode == 2
    assert "plug-in `patient_pricing:Patient` is no strategy" in said.stderr
    assert "Traceback" not in said.stderr


def test_example_is_as_short_as_it_is_said_to_be() -> None:
    assert len((EXAMPLE / "patient_pricing.py").read_text().splitlines()) <= 30
