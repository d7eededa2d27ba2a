"""Ends process groups once the process that started them is gone, however it went.

Run as a file by ``processes.start``. It reads a pipe that the starter holds open; a line names a
process group, the signal that asks it to stop (0: it has been stopped) and the seconds it is given
to do so. When the pipe closes the starter is gone, and what is left of the groups ends.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable


def send(group: int, number: int) -> bool:
    """Send a signal to a process group; tell whether there is one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


def reap(lines: Iterable[str]) -> None:
    """Wait for the end of ``lines``, then end the groups that they name."""
    groups: dict[int, tuple[int, float]] = {}
    for line in lines:
        name, number, patience = line.split()
        groups[int(name)] = (int(number), float(patience))
    left = {group for group, (number, _) in groups.items() if number and send(group, number)}
    begin = time.monotonic()
    while left:
        for group in sorted(left):
            over = time.monotonic() - begin > groups[group][1]
            if not send(group, signal.SIGKILL if over else 0) or over:
                left.remove(group)
        time.sleep(0.05)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    reap(sys.stdin)
