"""The portal as it runs: web server, Celery worker and beat as processes of their own, over the test's database.

They share a clock that a journey moves from mark to mark, so that it sees a whole day of Exhibit C in half a minute.
"""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from devstack import ports
from portal import clock

ROOT = Path(settings.BASE_DIR)


def database_url() -> str:
    """The URL of the database that the running test uses."""
    parts = connection.get_connection_params()
    password = f":{parts['password']}" if parts.get("password") else ""
    return (
        f"postgres://{parts['user']}{password}@{parts['host']}:{parts['port']}/"
        f"{connection.settings_dict['NAME']}"
    )


@dataclass(slots=True)
class RunningPortal:
    """The processes, their address, and their clock."""

    folder: Path
    environment: dict[str, str]
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *words: str) -> str:
        """Run a management command to its end; return what it said."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def set_clock(self, domain_now: dt.datetime, speed: float) -> None:
        """Set the clock of this process and of all the others, those that run and those that will."""
        file, fresh = self.folder / "clock", self.folder / "clock.new"
        fresh.write_text(f"{domain_now.isoformat()}@{clock.wall().isoformat()}*{speed}")
        fresh.rename(file)
        self.environment["PORTAL_CLOCK"] = settings.PORTAL_CLOCK = str(file)

    def step_to(self, instant: dt.datetime) -> None:
        """Move the clock of all processes on to an instant, from which it runs at its speed; never back."""
        self.set_clock(max(instant, clock.now()), clock.speed())

    def start(self, name: str) -> None:
        """Start "web", "worker" or "beat"."""
        command = {
            "web": [
                "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{self.port}",
                "--workers", "1", "--threads", "6", "--timeout", "60",
            ],
            "worker": [
                "celery", "-A", "portal", "worker", "--concurrency", "2", "--loglevel", "WARNING",
                "--without-gossip", "--without-mingle",
            ],
            "beat": [
                "celery", "-A", "portal", "beat", "--loglevel", "WARNING",
                "--schedule", str(self.folder / "beat-schedule"), "--pidfile", "",
            ],
        }[name]  # fmt: skip
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End a process and its children."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        process.wait(timeout=30)

    def wait_until_it_answers(self) -> None:
        """Wait for the web server's first answer."""
        until(lambda: _answers(f"{self.url}/health/live"), "the web server answers", seconds=60)

    def stop(self) -> None:
        for name in list(self.processes):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.kill(name, signal.SIGTERM)
                continue
            self.kill(name)

    def logs(self) -> str:
        """The last lines of every process, for a failure's message."""
        return "\n".join(
            f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-25:])
            for path in sorted(self.folder.glob("*.log"))
        )


@contextlib.contextmanager
def portal_running(
    folder: Path, *, domain_now: dt.datetime, speed: float, smtp_port: int, redis_url: str
) -> Iterator[RunningPortal]:
    """Give the processes' environment; the caller starts what it needs. All are stopped at the end."""
    port = ports.any_free()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp_port),
        "SWEEP_EVERY_SECONDS": "0.2",
        "DELIVER_EVERY_SECONDS": "0.5",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore",
    }
    portal = RunningPortal(folder, environment, port)
    portal.set_clock(domain_now, speed)
    try:
        yield portal
    finally:
        portal.stop()


def until(holds: Callable[[], Any], what: str, *, seconds: float = 30, every: float = 0.1) -> Any:
    """Wait until something holds and return it; fail naming it when it does not in time."""
    end = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(every)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
