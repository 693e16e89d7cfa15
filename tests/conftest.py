"""What all tests share: hypothesis' choice of cases, the terminal, reports without their figures.

By default it chooses the same ones each time, so that a test passes or fails for the same reason
twice. `pytest --hypothesis-profile=explore` looks for new ones.
"""

from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("same")


@pytest.fixture(name="undrawn")
def _undrawn() -> Iterator[None]:
    """Let commands write reports without their figures, which take seconds."""
    from undrawn import undrawn

    with undrawn():
        yield


@pytest.fixture(autouse=True, scope="session")
def _plain_terminal() -> Iterator[None]:
    """Print as on a terminal of 80 columns without colour, whatever the tests are started from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        for name in ("LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
            patch.delenv(name, raising=False)
        yield
