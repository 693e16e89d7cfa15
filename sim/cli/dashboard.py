"""`llmsim dashboard`: levers and two futures side by side, in the browser of this machine."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

import click

from sim.cli.completion import complete_scenario
from sim.cli.output import print_next

OPTIONS = (
    "--server.address=127.0.0.1", "--browser.serverAddress=127.0.0.1",
    "--browser.gatherUsageStats=false", "--server.showEmailPrompt=false",
    "--server.fileWatcherType=none", "--client.toolbarMode=minimal", "--theme.base=light",
    "--client.showErrorLinks=false",
)  # fmt: skip

GRACE = 3.0
"""Seconds in which a server that is told to end must end."""


@click.command()
@click.argument("scenario", required=False, shell_complete=complete_scenario)
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--browser/--no-browser", default=True, help="Open it in a browser.  [default: yes]")
def dashboard(scenario: str | None, port: int, browser: bool) -> None:
    """Play with the levers of SCENARIO in a browser; only this machine can reach the page.

    SCENARIO is a file or the name of a shipped scenario. Nothing is fetched from elsewhere and no
    usage is reported. Ctrl-C ends it.
    """
    if find_spec("streamlit") is None:
        raise click.UsageError("the dashboard needs Streamlit: pip install 'llmsim[dashboard]'")
    from sim.strategies.loading import load_checked
    from sim.views import dashboard as package

    if scenario is not None:
        load_checked(scenario)
    app = f"{package.__path__[0]}/app.py"
    headless = f"--server.headless={'false' if browser else 'true'}"
    server = "sim.views.dashboard.server"
    command = [sys.executable, "-m", server, app, f"--server.port={port}", headless]
    told = ["--", scenario] if scenario is not None else []
    click.echo(f"The dashboard is at http://127.0.0.1:{port}; Ctrl-C ends it.")
    failed = serve([*command, *OPTIONS, *told])
    print_next("llmsim validate FILE", "check a scenario file that you saved")
    raise click.exceptions.Exit(2 if failed else 0)


def serve(command: Sequence[str]) -> int:
    """Run a server until it ends and return its exit status; 0 if a signal ended it.

    SIGINT and SIGTERM end both: whoever stops this command would else leave the server behind. One
    that waits for open tabs to close is killed after GRACE seconds; it has nothing to lose.
    """

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        with subprocess.Popen(command) as server:
            try:
                return server.wait()
            except KeyboardInterrupt:
                _end(server)
                return 0
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(GRACE)
    except subprocess.TimeoutExpired:
        server.kill()
