"""Real processes of the portal for tests: on the test's database, on servers of the test's choice, ended at its end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

LOOPBACK = "127.0.0.1"


def environment(*, database_port: int | None = None, **more: Any) -> dict[str, str]:
    """The environment of a process that works on the database of the running test."""
    where = connection.settings_dict
    password = quote(where["PASSWORD"])
    port = database_port or where["PORT"]
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{where['USER']}:{password}@{where['HOST']}:{port}/{where['NAME']}",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_CLOCK": settings.PORTAL_CLOCK,
        **{name: str(value) for name, value in more.items()},
    }


@contextmanager
def running(
    *arguments: str, env: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A process ``python -m <arguments>`` of its own group, logging to a file; all of its group ends with the block."""
    process = start(*arguments, env=env, log=log)
    try:
        yield process
    except BaseException as error:
        error.add_note(f"the last words of {arguments[0]}:\n{log.read_text()[-3000:]}")
        raise
    finally:
        end(process)


def start(*arguments: str, env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start ``python -m <arguments>`` as the leader of a group."""
    with log.open("ab") as words:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=settings.BASE_DIR,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all its children on the spot."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and kill what is left of its group."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    kill(process)


def wait_until(
    holds: Callable[[], bool], *, seconds: float = 30, what: str = "it", every: float = 0.05
) -> None:
    """Ask again and again until it holds; fail when it does not in time."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(every)
