"""The server's process: Streamlit, with the engine made ready beside it while a browser opens."""

import sys
from collections.abc import Sequence
from threading import Thread


def ready(scenario: str | None) -> None:
    """Simulate and draw the preview that the first page shows; loading all this takes seconds."""
    from sim.core.errors import SimError
    from sim.strategies.loading import load_checked
    from sim.views.dashboard.figures import FIRST_FIGURES, beside
    from sim.views.dashboard.futures import FIRST
    from sim.views.dashboard.preview import previewed

    try:
        loaded = load_checked(scenario or FIRST)
    except SimError:
        return  # the page says what is wrong with it
    run = previewed(loaded, loaded.seed)
    beside(FIRST_FIGURES, run, run, {})


def main(arguments: Sequence[str]) -> None:
    """Serve until a signal ends it; what stands after `--` goes to the page."""
    from streamlit.web.cli import main as streamlit

    told = list(arguments)
    scenario = told[told.index("--") + 1] if "--" in told else None
    Thread(target=ready, args=(scenario,), name="ready", daemon=True).start()
    streamlit(["run", *told], prog_name="streamlit")


if __name__ == "__main__":
    main(sys.argv[1:])
