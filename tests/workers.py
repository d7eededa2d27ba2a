"""Real Celery workers and a real beat on a real Redis of their own, all of which a test may kill, flush and restart."""

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import redis as redis_client

from devstack import redis
from tests.cable import Cable
from tests.processes import LOOPBACK, end, environment, kill, start

APP = "tests.worker_app"


class Broker:
    """A Redis that keeps its address, however often it is restarted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = redis.start(folder, log=folder / "redis.log")
        self._cable = Cable(self._server.port)
        self._cable.plug()

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self._cable.port}/0"

    def flush(self) -> None:
        """Forget everything."""
        with redis_client.Redis(port=self._server.port) as client:
            client.flushall()

    def waiting(self) -> int:
        """The number of unread ticks."""
        with redis_client.Redis(port=self._server.port) as client:
            return int(client.llen("celery"))

    def kept(self) -> int:
        """How many messages it was asked to keep until they are acknowledged, since it started."""
        with redis_client.Redis(port=self._server.port) as client:
            return int(client.info("commandstats").get("cmdstat_hset", {}).get("calls", 0))

    def go_away(self) -> None:
        """End the server; what it held is gone."""
        self._cable.pull()
        self._server.stop()

    def come_back(self) -> None:
        """Start it again, empty."""
        self._server = redis.start(self.folder, log=self.folder / "redis.log")
        self._cable.target = self._server.port
        self._cable.plug()

    def restart(self) -> None:
        self.go_away()
        self.come_back()


class Machinery:
    """Workers and a beat on the database of the running test."""

    def __init__(self, folder: Path, broker: Broker, **settings: Any) -> None:
        self.folder = folder
        self.broker = broker
        self.pool = folder / "pool"
        self.pool.mkdir()
        self.settings = {
            "TESTS_POOL_FOLDER": self.pool,
            "REDIS_URL": broker.url,
            "CELERY_SKIP_CHECKS": "1",
            "PYTHONWARNINGS": "ignore",
            "DEBUG": "0",
            "LOG_LEVEL": "WARNING",
            **settings,
        }
        self.workers: list[subprocess.Popen[bytes]] = []
        self.beat: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in [*self.workers, *([self.beat] if self.beat else [])]:
            end(process)

    def kill_pool_process(self) -> None:
        """Kill one process of a worker's pool on the spot, whichever; its worker forks another."""
        for file in sorted(self.pool.iterdir(), key=lambda file: random.random()):
            file.unlink()
            with suppress(ProcessLookupError):
                os.kill(int(file.name), signal.SIGKILL)
                return

    def start_worker(self, *, processes: int = 1) -> None:
        number = len(self.workers)
        self.workers.append(self._worker(number, processes))

    def start_beat(self) -> None:
        self.beat = self._celery("beat", "--schedule", str(self.folder / "beat"), "--pidfile", "")

    def replace_worker(self, number: int, *, processes: int = 1) -> None:
        """Kill a worker with its children on the spot, and start another in its place."""
        kill(self.workers[number])
        self.workers[number] = self._worker(number, processes)

    def replace_beat(self) -> None:
        """Kill beat on the spot, and start another."""
        assert self.beat is not None
        kill(self.beat)
        self.start_beat()

    def said(self) -> str:
        """The last words of all of them."""
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}"
            for log in sorted(self.folder.glob("*.log"))
        )

    def _worker(self, number: int, processes: int) -> subprocess.Popen[bytes]:
        return self._celery(
            "worker",
            *("--hostname", f"worker{number}@%h", "--concurrency", str(processes)),
            *("--without-mingle", "--without-gossip", "--without-heartbeat"),
            log=f"worker{number}",
        )

    def _celery(self, program: str, *arguments: str, log: str = "") -> subprocess.Popen[bytes]:
        return start(
            *("celery", "-A", APP, program, *arguments),
            env=environment(**self.settings),
            log=self.folder / f"{log or program}.log",
        )


@contextmanager
def machinery(folder: Path, **settings: Any) -> Iterator[Machinery]:
    """A broker of its own, and workers to be started on it; all of it ends with the block."""
    broker = Broker(folder)
    try:
        with Machinery(folder, broker, **settings) as machines:
            try:
                yield machines
            except BaseException as error:
                error.add_note(machines.said())
                raise
    finally:
        broker.go_away()
