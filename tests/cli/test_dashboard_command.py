"""`llmsim dashboard` as a process: whoever stops the command stops the server."""

import os
import signal
import subprocess
import sys

import pytest

WILLING = "pass"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"


def command(server: str) -> str:
    """Return a program that serves with a server that does something about its end first."""
    serving = f"import signal; {server}; print('serving', flush=True); signal.pause()"
    return f"""
import sys
from sim.cli import dashboard
dashboard.GRACE = 0.2
raise SystemExit(dashboard.serve([sys.executable, "-c", {serving!r}]))
"""


@pytest.mark.parametrize("server", [WILLING, STUBBORN])
def test_server_ends_with_the_command_that_is_terminated(server: str) -> None:
    with subprocess.Popen([sys.executable, "-c", command(server)], stdout=subprocess.PIPE) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == b"serving\n"
        os.kill(one.pid, signal.SIGTERM)
        # The server holds the other end of the pipe: it closes only when both have ended.
        one.communicate(timeout=60)
        assert one.returncode == 0


def test_status_of_a_server_that_ends_by_itself_is_told() -> None:
    program = "import sys; from sim.cli import dashboard\n"
    program += "raise SystemExit(dashboard.serve([sys.executable, '-c', 'raise SystemExit(7)']))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 7
