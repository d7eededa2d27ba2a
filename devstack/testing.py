"""A PostgreSQL and a Redis for one run of the tests or of a benchmark, thrown away afterwards.

with servers() as given:
    subprocess.run([...], env={**os.environ, **given.environment()})
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from devstack import chromium, frontend, paths, postgres, redis
from devstack.errors import StackError


@dataclass(frozen=True)
class Servers:
    """The addresses that a run is given."""

    database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """Return the settings that a process of the portal needs to use these servers."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": os.environ.get("SECRET_KEY") or secrets.token_urlsafe(48),
        }


@contextlib.contextmanager
def servers(*, durable: bool = False) -> Iterator[Servers]:
    """Start what ``DATABASE_URL`` and ``REDIS_URL`` do not name, and stop it at the end.

    The embedded ones are thrown away. Unless ``durable``, PostgreSQL is faster than in life: it
    flushes nothing to disk. Call it from the main thread.
    """
    with contextlib.ExitStack() as stack:
        database_url = os.environ.get("DATABASE_URL")
        redis_url = os.environ.get("REDIS_URL")
        if not (database_url and redis_url):
            folder = Path(tempfile.mkdtemp(prefix="run-", dir=paths.state_dir()))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if not database_url:
            database = postgres.start(
                folder / "postgres", log=folder / "postgres.log", durable=durable
            )
            stack.callback(database.stop)
            database.create_database()
            database_url = database.url()
        if not redis_url:
            broker = redis.start(folder / "redis", log=folder / "redis.log")
            stack.callback(broker.stop)
            redis_url = broker.url()
        yield Servers(database_url, redis_url)


def run_tests(arguments: Sequence[str], *, no_skip: bool = False) -> int:
    """Build the front end, start the servers, run pytest with ``arguments``; return its exit code.

    The test files are shared out among a few workers; ``-n0`` among the arguments runs them all in
    one process. With ``no_skip`` a skipped test, and a run of none, is a failure: 1. What a machine
    truly lacks is said beforehand, once; the tests that need it skip themselves.
    """
    _end_by_exception()
    frontend.build()
    _look_for_chromium(must=no_skip)
    report = paths.state_dir() / "tests.xml"
    report.unlink(missing_ok=True)
    with servers() as given:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *_workers(), f"--junitxml={report}", *arguments],
            cwd=paths.ROOT,
            env={**os.environ, **given.environment()},
        )
        try:
            code = process.wait()
        except BaseException:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            raise
    if code == 0 and no_skip:
        return refuse_skips(report)
    return code


def _workers() -> list[str]:
    """Ask for one worker more than there are cores, since some always wait, three to five.

    Files stay whole and begin in the order collected.
    """
    count = 1 + max(2, min(4, os.cpu_count() or 1))
    return ["-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder"]


def run_command(arguments: Sequence[str]) -> int:
    """Run one command with durable servers' addresses in its environment; return its exit code."""
    _end_by_exception()
    with servers(durable=True) as given:
        done = subprocess.run(
            list(arguments),
            cwd=paths.ROOT,
            env={**os.environ, **given.environment()},
            check=False,
        )
    return done.returncode


def _end_by_exception() -> None:
    """Turn SIGTERM into an exception, so that the servers are stopped on the way out."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)


def _look_for_chromium(*, must: bool) -> None:
    try:
        chromium.chromium()
    except StackError as error:
        if must:
            raise
        print(f"no browser, so its tests are skipped: {error}", file=sys.stderr)


def refuse_skips(report: Path) -> int:
    """Return 1, naming them, when tests of ``report`` were skipped or none ran; else 0."""
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - pytest wrote it for us
    skipped = [case for case in cases if case.find("skipped") is not None]
    for case in skipped:
        reason = case.find("skipped")
        words = "" if reason is None else reason.get("message", "")
        print(f"skipped: {case.get('classname')}::{case.get('name')}: {words}", file=sys.stderr)
    if not cases:
        print("no test ran", file=sys.stderr)
    return 1 if skipped or not cases else 0
