"""What a calibration leaves in its folder: the sample, a scenario that draws from it, diagnostics.

posterior.parquet    a column a parameter, a row a joint draw, all equally likely
calibrated.toml      the scenario with `parameters = "posterior"`
parameters.parquet   prior and posterior of each parameter, and the figure that tells most
figures.parquet      what the check says of each figure
"""

from __future__ import annotations

from pathlib import Path

from sim.experiments.calibration import Calibration
from sim.results.whole import as_parquet, as_text, write_whole
from sim.scenario.posterior import FILE as SAMPLE
from sim.scenario.writing import toml_value

OVERLAY, PARAMETERS, FIGURES = "calibrated.toml", "parameters.parquet", "figures.parquet"


def write_calibration(found: Calibration, extends: str) -> Path:
    """Write the files into the calibration's folder, each whole or not at all; return the overlay.

    extends: what the scenario is called in the overlay: a shipped name, or a path from the folder.
    """
    folder = found.folder
    write_whole(folder / SAMPLE, as_parquet(found.sample))
    write_whole(folder / PARAMETERS, as_parquet(found.by_parameter))
    write_whole(folder / FIGURES, as_parquet(found.by_figure))
    return write_whole(folder / OVERLAY, as_text(_overlay(found, extends)))


def _overlay(found: Calibration, extends: str) -> str:
    return (
        f"# {found.scenario.name} with parameters drawn from what {len(found.targets)} known "
        f"figures leave of\n# their priors: each replicate has a draw of its own.\n\n"
        f'extends = {toml_value(extends)}\n\nparameters = "posterior"\n'
    )
