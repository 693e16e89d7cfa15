"""`result.plot` draws the run it belongs to, and asking for it costs nothing before."""

import subprocess
import sys

from synthetic_run import example_manifest, make_run

import sim.views
from sim.results.run import Run
from sim.views.accessor import Plots


def test_importing_views_gives_runs_their_plots() -> None:
    assert sim.views.__doc__
    small = make_run(weeks=20, replicates=2, firms=("baidu",), apps=("wenxiaoyan",))
    plots = Run(small.tables, example_manifest()).plot
    assert isinstance(plots, Plots)
    assert "Wenxiaoyan reaches" in plots.users().to_dict()["title"]["text"][0]


def test_importing_views_imports_nothing_heavy() -> None:
    code = (
        "import sys, sim.views; "
        "print({'altair', 'polars', 'vl_convert', 'numba', 'scipy', 'jinja2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
