"""The last resort of a supervisor: ends its children's process groups when it was killed outright.

A process of its own reads the groups' numbers from a pipe that the supervisor holds open. When the
pipe closes, the supervisor is gone: what is left of the groups is asked to stop, then ended by
force. Works wherever pipes do.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import IO

from devstack.paths import ROOT
from devstack.processes import kill_group


class Reaper:
    """The supervisor's end: tell it of each child; ``close`` when all have been stopped."""

    def __init__(self, patience: float = 8.0) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "devstack.reaper", str(patience)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            cwd=ROOT,
        )

    def watch(self, group: int) -> None:
        """Add a process group to those that must not outlive this process."""
        pipe = self._process.stdin
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.write(f"{group}\n".encode())
                pipe.flush()

    def close(self) -> None:
        """Release it: everything has been stopped."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


def reap(pipe: IO[str], patience: float) -> None:
    """Wait for the pipe's end, then end the groups that were written to it."""
    groups = [int(line) for line in pipe if line.strip()]
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGTERM)
    end = time.monotonic() + patience
    while time.monotonic() < end and any(_lives(group) for group in groups):
        time.sleep(0.1)
    for group in groups:
        kill_group(group)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    reap(sys.stdin, float(sys.argv[1]))
