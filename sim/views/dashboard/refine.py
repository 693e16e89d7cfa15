"""The full calculation beside the preview: a process of its own with a folder of its own."""

import json
import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.experiments.comparison import Comparison, read_comparison, write_comparison
from sim.results.run import Run
from sim.results.store import read_run, write_run
from sim.results.tables import Recorded
from sim.scenario import Scenario

COMPARISON, A, B, PROGRESS, DONE = "comparison", "a", "b", "progress", "done"
REPORTS = {"comparison": "comparison.html", "future": "b.html"}


class Refinement:
    """A calculation under way for one visitor; it ends when nobody holds it any more."""

    def __init__(self, a: Scenario, b: Scenario, replicates: int) -> None:
        self.replicates = replicates
        self._home = TemporaryDirectory(prefix="llmsim-dashboard-")
        self.folder = Path(self._home.name)
        for name, scenario in ((A, a), (B, b)):
            (self.folder / f"{name}.toml").write_text(scenario.to_toml(), encoding="utf-8")
        asked = {"replicates": replicates, "names": [a.name, b.name]}
        (self.folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        with (self.folder / "errors").open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sim.views.dashboard.refine", str(self.folder)],
                stdout=subprocess.DEVNULL, stderr=errors, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self.stop = weakref.finalize(self, _stop, self._process, self._home)

    @property
    def status(self) -> str:
        """Return "running", "done" or "failed"."""
        if self._process.poll() is None:
            return "running"
        return "done" if (self.folder / DONE).exists() else "failed"

    @property
    def error(self) -> str:
        """Return what a failed calculation said."""
        return (self.folder / "errors").read_text(encoding="utf-8", errors="replace").strip()

    def results(self) -> tuple[Comparison, Run, Run]:
        """Return the comparison and the two runs; only when it is done."""
        folder = self.folder
        return read_comparison(folder / COMPARISON), read_run(folder / A), read_run(folder / B)

    def report(self, which: str) -> bytes:
        """Return the page of the comparison, or of future B."""
        return (self.folder / REPORTS[which]).read_bytes()


def _stop(process: subprocess.Popen[bytes], home: TemporaryDirectory[str]) -> None:
    process.kill()
    process.wait()
    home.cleanup()


class Remembered:
    """The engine with a memory: what the comparison simulated is not simulated again."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int, int], Recorded] = {}

    def __call__(
        self,
        scenario: Scenario,
        seed: int,
        replicate: int,
        tables: frozenset[str] | None,
        on_week: Callable[[int, int], None] | None,
        threads: int,
    ) -> Recorded:
        """Return the tables asked for of a replicate; all of them are made and kept."""
        from sim.engine.simulation import simulate

        key = (scenario.digest, seed, replicate)
        if key not in self._made:
            self._made[key] = simulate(scenario, seed, replicate, None, on_week, threads)
        made = self._made[key]
        return made if tables is None else {name: made[name] for name in tables if name in made}


def calculate(folder: Path) -> None:
    """Compare the two scenarios in a folder, run both, and write tables and reports there."""
    from sim.experiments import ensemble
    from sim.experiments.compare import compare
    from sim.views.comparison_page import write_comparison_page
    from sim.views.report import write_report

    os.nice(5)
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    a, b = (
        Scenario.loads((folder / f"{name}.toml").read_text(encoding="utf-8"), name)
        for name in (A, B)
    )
    simulate = Remembered()
    compared = compare(a, b, replicates=asked["replicates"], attribution=False, simulate=simulate)
    write_comparison(compared, folder / COMPARISON)
    write_comparison_page(compared, folder / REPORTS["comparison"])
    for name, scenario in ((A, a), (B, b)):
        run = ensemble.run(scenario, asked["replicates"], seed=a.seed, simulate=simulate)
        write_run(run, folder / name)
        if name == B:
            write_report(run, folder / REPORTS["future"])
    (folder / DONE).touch()


if __name__ == "__main__":
    calculate(Path(sys.argv[1]))
