"""A PostgreSQL and a Redis that stay up between test runs, for the developers of one checkout.

``make services`` starts them in the background and writes ``.portal/dev.env``; ``make stop`` ends
them. A keeper process holds both: when it ends, they end.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
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


def start() -> Path:
    """Start the two servers unless they run, and return the file of ``export`` lines."""
    folder = paths.state_dir() / "dev"
    env_file = paths.state_dir() / "dev.env"
    if _keeper_pid(folder) and env_file.exists():
        return env_file
    env_file.unlink(missing_ok=True)
    folder.mkdir(exist_ok=True)
    log = folder / "keeper.log"
    with log.open("wb") as words:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "devstack", "keep-services"],
            cwd=paths.ROOT,
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


def stop() -> bool:
    """Stop the servers that ``start`` left running; tell whether there were any."""
    folder = paths.state_dir() / "dev"
    pid = _keeper_pid(folder)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    if not processes.wait_gone(pid, 30):
        raise StackError(f"the services (process {pid}) do not stop")
    return True


def keep() -> None:
    """Hold the two servers until SIGTERM; the body of the keeper process."""
    folder = paths.state_dir() / "dev"
    env_file = paths.state_dir() / "dev.env"
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    children: list[processes.Child] = []
    try:
        database = postgres.start(folder / "postgres", log=folder / "postgres.log", durable=False)
        children.append(database.child)
        broker = redis.start(folder / "redis", log=folder / "redis.log", databases=_DATABASES)
        children.append(broker.child)
        (folder / "keeper.pid").write_text(str(os.getpid()), encoding="utf-8")
        text = _ENV.format(
            server=database.url(""),
            broker=broker.url().removesuffix("0"),
            databases=_DATABASES,
            secret=secrets.token_urlsafe(48),
        )
        paths.write_whole(env_file, text, mode=0o600)
        while all(child.running() for child in children):
            time.sleep(1)
        ended = next(child for child in children if not child.running())
        raise StackError(ended.why_it_ended())
    finally:
        env_file.unlink(missing_ok=True)
        (folder / "keeper.pid").unlink(missing_ok=True)
        processes.stop_all(children)


def _end(number: int, frame: object) -> None:
    sys.exit(0)


def _keeper_pid(folder: Path) -> int | None:
    """Return the keeper's process id when it lives."""
    try:
        pid = int((folder / "keeper.pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return pid if processes.alive(pid) and "keep-services" in processes.command_line(pid) else None
