"""`python -m llmsim_with_stand_in ENGINE ARGS...` is `llmsim ARGS...` with a stand-in engine.

Each step of progress leaves a file `progress-<percent>` in the folder of `stand_in_engine.SIGNALS`.
"""

import os
import signal
import sys
from pathlib import Path

import stand_in_engine

from sim.cli.main import main
from sim.experiments import ensemble


def note(fraction: float) -> None:
    Path(os.environ[stand_in_engine.SIGNALS], f"progress-{fraction:.0%}").touch()


if __name__ == "__main__":
    # Whoever starts tests in the background has Ctrl-C ignored, which processes inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    engine = getattr(stand_in_engine, sys.argv[1])
    run = ensemble.run
    ensemble.run = lambda *args, **options: run(
        *args, **{**options, "on_progress": note, "simulate": engine}
    )
    main(sys.argv[2:], prog_name="llmsim")
