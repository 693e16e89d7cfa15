"""Reports without their figures, for tests of what else a command does: figures take seconds.

`python -m undrawn ARGS...` is `llmsim ARGS...` with such reports.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import sim.views.report as report_module
from sim.cli.main import main


@contextmanager
def undrawn() -> Iterator[None]:
    """Leave the figures out of every report that is written in this block."""
    with patch.object(report_module, "drawn", lambda draw, name: report_module.Figure(*[""] * 5)):
        yield


if __name__ == "__main__":
    with undrawn():
        main(prog_name="llmsim")
