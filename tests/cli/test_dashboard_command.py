"""`llmsim dashboard` as a process: whoever stops the command stops the server."""

import os
import signal
import subprocess
import sys

SERVER = "import os, signal; print('serving', flush=True); signal.pause()"
COMMAND = f"""
import sys
from sim.cli.dashboard import serve
raise SystemExit(serve([sys.executable, "-c", {SERVER!r}]) != 0)
"""


def test_server_ends_with_the_command_that_is_terminated() -> None:
    with subprocess.Popen([sys.executable, "-c", COMMAND], stdout=subprocess.PIPE) as command:
        assert command.stdout is not None
        assert command.stdout.readline() == b"serving\n"
        os.kill(command.pid, signal.SIGTERM)
        # The server holds the other end of the pipe: it closes only when both have ended.
        command.communicate(timeout=60)
        assert command.returncode == 1
