"""A PostgreSQL and a Redis: for one run, thrown away afterwards, or up between runs.

``make services`` starts them in the background and writes ``.portal/dev.env``; ``make stop`` ends
them. A keeper process holds both: when it ends, they end.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from devstack import paths, postgres, processes, redis
from devstack.errors import StackError

_ENV = """\
# Written by `make services`: source it in the shell that runs pytest or manage.py.
# Each shell has a database and a Redis number of its own, so that test runs do not meet;
# PORTAL_DB=name before sourcing gives the database a name that stays.
export DATABASE_URL="{server}portal_${{PORTAL_DB:-$$}}"
export REDIS_URL="{broker}$(( $$ % {databases} ))"
export SECRET_KEY="{secret}"
"""
_DATABASES = 1000
_KEEPER = "-m devstack keep-services"


@dataclass(frozen=True)
class Servers:
    """The processes that were started, and the settings of a process that uses the servers.

    ``database`` is the server that was started here; None for one that the environment names.
    """

    children: list[processes.Child]
    environment: dict[str, str]
    database: postgres.Postgres | None = None


@contextlib.contextmanager
def servers(
    folder: Path,
    *,
    logs: Path,
    durable: bool,
    first_ports: tuple[int | None, int | None] = (None, None),
    databases: int = 16,
) -> Iterator[Servers]:
    """Start below ``folder`` what ``DATABASE_URL`` and ``REDIS_URL`` do not name; stop it at the
    end.

    Unless ``durable``, PostgreSQL is faster than in life: it flushes nothing to disk.
    """
    given = Servers([], {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")})
    with contextlib.ExitStack() as stack:
        if not given.environment["DATABASE_URL"]:
            log = processes.fresh_log(logs, "postgres")
            database = postgres.start(
                folder / "postgres", log=log, durable=durable, first_port=first_ports[0]
            )
            stack.callback(database.stop)
            database.create_database()
            given.children.append(database.child)
            given.environment["DATABASE_URL"] = database.url()
            given = replace(given, database=database)
        if not given.environment["REDIS_URL"]:
            log = processes.fresh_log(logs, "redis")
            broker = redis.start(
                folder / "redis", log=log, first_port=first_ports[1], databases=databases
            )
            stack.callback(broker.stop)
            given.children.append(broker.child)
            given.environment["REDIS_URL"] = broker.url
        yield given


@contextlib.contextmanager
def throwaway(*, durable: bool = False) -> Iterator[dict[str, str]]:
    """Give a process the environment with servers' addresses; what was started is thrown away."""
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=paths.state_dir()))
    try:
        with servers(folder, logs=folder, durable=durable) as given:
            yield {"SECRET_KEY": secrets.token_urlsafe(48), **os.environ, **given.environment}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_services() -> Path:
    """Start the two servers that stay, unless they run; return the file of ``export`` lines."""
    folder = paths.state_dir() / "dev"
    env_file = paths.state_dir() / "dev.env"
    if env_file.exists() and _KEEPER in processes.command_line(_keeper(folder)):
        return env_file
    env_file.unlink(missing_ok=True)
    folder.mkdir(exist_ok=True)
    named = ("DATABASE_URL", "REDIS_URL")
    log = folder / "keeper.log"
    with log.open("wb") as words:
        keeper = subprocess.Popen(
            [sys.executable, *_KEEPER.split()],
            cwd=paths.ROOT,
            env={name: value for name, value in os.environ.items() if name not in named},
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    while not env_file.exists():
        if keeper.poll() is not None:
            said = processes.tail(log, 1).removeprefix("portal: ")
            raise StackError(said or f"the services did not start (log: {log})")
        time.sleep(0.05)
    keeper.returncode = 0  # it lives on by design: nobody here waits for it
    return env_file


def stop_services() -> bool:
    """Stop the servers that ``start_services`` left running; tell whether there were any."""
    pid = _keeper(paths.state_dir() / "dev")
    return processes.stop_stranger(pid, _KEEPER, signal.SIGTERM, 30)


def keep_services() -> None:
    """Hold the two servers until a signal; the body of the keeper process."""
    folder = paths.state_dir() / "dev"
    env_file = paths.state_dir() / "dev.env"
    with servers(folder, logs=folder, durable=False, databases=_DATABASES) as given:
        text = _ENV.format(
            server=given.environment["DATABASE_URL"].removesuffix(postgres.NAME),
            broker=given.environment["REDIS_URL"].removesuffix("0"),
            databases=_DATABASES,
            secret=secrets.token_urlsafe(48),
        )
        try:
            (folder / "keeper.pid").write_text(str(os.getpid()), encoding="utf-8")
            paths.write_whole(env_file, text, mode=0o600)
            processes.Programs(folder, given.children).watch(1, lambda: None)
        finally:
            env_file.unlink(missing_ok=True)
            (folder / "keeper.pid").unlink(missing_ok=True)


def _keeper(folder: Path) -> int:
    """Return the keeper's process id; 0 when none is noted."""
    try:
        return int((folder / "keeper.pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
