"""``make demo``: the whole portal on one machine, from nothing, until Ctrl-C."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from devstack import democlock, frontend, paths, ports, postgres, processes
from devstack.errors import StackError
from devstack.servers import Servers, servers

WEB_PORT, MAIL_PAGE_PORT, SMTP_PORT = 8000, 8025, 1025
SERVER_PORTS = (54320, 63790)  # PostgreSQL's and Redis's


def run(*, speed: float = 1.0, fresh: bool = False, then: Sequence[str] = ()) -> int:
    """Run the demo until it is stopped, or until the command ``then`` has run; return the exit
    code.

    ``speed`` is that of domain time; ``fresh`` begins anew. ``StackError`` says in one line what
    kept it from starting or which program ended by itself.
    """
    state = paths.state_dir()
    with only_one(state):
        if fresh:
            forget(state)
        clock = democlock.resume(state / "clock.json", speed=speed)
        try:
            _say("Building the front end …")
            frontend.build()
            _say("Starting PostgreSQL and Redis …")
            with servers(
                state, logs=state / "log", durable=True, first_ports=SERVER_PORTS
            ) as given:
                return _run_on(given, state, clock, then)
        except KeyboardInterrupt:
            _say("Stopped. `make demo` goes on where it stopped.")
            return 0


def _run_on(given: Servers, state: Path, clock: democlock.DemoClock, then: Sequence[str]) -> int:
    """Run the portal's own programs on the servers; the clock is noted when they have stopped."""
    programs = processes.Programs(state / "log", given.children)
    running: democlock.DemoClock | None = None
    try:
        environment = _settings(state) | given.environment
        environment |= _start_mail(programs, state, environment)
        accounts = _prepare(
            {**environment, "PORTAL_CLOCK": clock.standing_still().setting()}, given.database
        )
        environment |= _as_the_portal(given.database)
        running = clock.restarted()
        environment["PORTAL_CLOCK"] = running.setting()
        _start_portal(programs, state, environment)
        if then:
            done = subprocess.run(then, env=environment, cwd=paths.ROOT, check=False)
            return done.returncode
        _say(_greeting(environment, state, running, accounts))
        note = partial(democlock.save_running, state / "clock.json", running)
        programs.watch(democlock.HEARTBEAT.total_seconds(), note)
    except KeyboardInterrupt:
        _say("\nStopping …")
        raise
    finally:
        programs.stop()
        if running is not None:
            democlock.save_stopped(state / "clock.json", running)
    return 0


def stop_running() -> bool:
    """Stop the demo of this checkout that runs elsewhere; tell whether there was one."""
    try:
        with only_one(paths.state_dir()):
            return False
    except AlreadyRunningError as running:
        return processes.stop_stranger(running.pid, "devstack", signal.SIGTERM, 60)


class AlreadyRunningError(StackError):
    """A demo of this checkout runs already, as process ``pid``."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"a demo of this checkout is running already (process {pid})")
        self.pid = pid


@contextlib.contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Hold the lock of the one demo that a checkout may run."""
    with (state / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunningError(int(lock.read())) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def forget(state: Path) -> None:
    """Forget the demo's data, mail and time, but nothing in servers that are not ours."""
    if os.environ.get("DATABASE_URL"):
        raise StackError(
            "FRESH=1 empties the embedded database; DATABASE_URL names another: empty it yourself"
        )
    postgres.end_orphan(state / "postgres" / "data")
    for folder in ("postgres", "redis", "mail"):
        shutil.rmtree(state / folder, ignore_errors=True)
    (state / "clock.json").unlink(missing_ok=True)


def _settings(state: Path) -> dict[str, str]:
    """Return the settings of all the portal's programs, but for the servers' addresses."""
    port = ports.step(WEB_PORT)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": paths.secret(state / "secret-key"),
        "MEDIA_ROOT": str(state / "media"),
        "STATIC_ROOT": str(state / "static"),
        "DEBUG": "False",
        "SECURE": "False",
        "PYTHONUNBUFFERED": "1",
        "PORTAL_DEMO_PORT": str(port),
        "PORTAL_BASE_URL": f"http://{ports.LOOPBACK}:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "CSRF_TRUSTED_ORIGINS": "",
    }


def _start_mail(programs: processes.Programs, state: Path, env: dict[str, str]) -> dict[str, str]:
    """Start the mail catcher and return the settings that lead to it."""
    smtp, page = ports.step(SMTP_PORT), ports.step(MAIL_PAGE_PORT)
    catcher = [sys.executable, "-m", "devstack.mailcatcher"]
    programs.start("mail catcher", [*catcher, state / "mail", str(smtp), str(page)], env)
    if not programs.wait(lambda: ports.answers(smtp), 20):
        raise StackError("the mail catcher did not answer within 20 seconds")
    return {
        "EMAIL_HOST": ports.LOOPBACK,
        "EMAIL_PORT": str(smtp),
        "EMAIL_USE_TLS": "False",
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "PORTAL_DEMO_MAIL_URL": f"http://{ports.LOOPBACK}:{page}/",
    }


def _as_the_portal(database: postgres.Postgres | None) -> dict[str, str]:
    """Return the settings of a process that owns no table; nothing for a server not ours."""
    return {"DATABASE_URL": database.app_url()} if database is not None else {}


def _prepare(environment: dict[str, str], database: postgres.Postgres | None) -> str:
    """Bring tables, data and static files up to date; a second run changes nothing.

    The tables are their owner's, the data is the portal's own. Returns whom one may sign in as.
    """

    def manage(doing: str, *command: str, **more: str) -> str:
        _say(f"{doing} …")
        manager = (sys.executable, str(paths.ROOT / "manage.py"), *command)
        return processes.run_once(manager, doing=doing, env=environment | more).strip()

    manage("Migrating the database", "migrate", "--noinput")
    if database is not None:
        grant = ("grant_rights", postgres.APP_ROLE)
        manage("Granting rights", *grant, PORTAL_ROLE_PASSWORD=database.app_password)
        environment = environment | _as_the_portal(database)
    _say(manage("Loading the demo's data", "demo_data"))
    manage("Collecting the static files", "collectstatic", "--noinput")
    return manage("Listing the accounts", "demo_accounts")


def _start_portal(programs: processes.Programs, state: Path, environment: dict[str, str]) -> None:
    """Start web, worker and beat and wait until the pages are served."""
    _say("Starting web, worker and beat …")
    for stale in state.glob("beat-schedule*"):
        stale.unlink()  # the schedule is the database's; a half-written copy must not stop beat
    bind = ("--bind", f"{ports.LOOPBACK}:{environment['PORTAL_DEMO_PORT']}")
    size = ("--workers", "2", "--threads", "16")
    web = (Path(sys.executable).with_name("gunicorn"), "portal.wsgi", *bind, *size)
    programs.start("web", [*web, "--no-control-socket", "--graceful-timeout", "5"], environment)
    celery = (sys.executable, "-m", "celery", "-A", "portal")
    worker = (*celery, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip")
    programs.start("worker", worker, environment)
    beat = (*celery, "beat", "--schedule", state / "beat-schedule", "--pidfile", "")
    programs.start("beat", beat, environment)
    url = environment["PORTAL_BASE_URL"] + "/health/ready"
    if not programs.wait(lambda: bool(_health(url)), 60):
        raise StackError("the portal did not answer within 60 seconds")
    if not programs.wait(lambda: _health(url).get("engine") == "ok", 30):
        _say(f"The deadlines engine is not well yet; see {url} and the worker's log.")


def _health(url: str) -> dict[str, str]:
    """Return what the portal says of its parts; nothing while it does not answer."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            parts: dict[str, str] = json.load(answer)
    except OSError:
        return {}
    return parts


def _greeting(
    environment: dict[str, str], state: Path, clock: democlock.DemoClock, accounts: str
) -> str:
    there = clock.domain.astimezone(ZoneInfo("America/Los_Angeles"))
    pace = "" if clock.speed == 1 else f", running at {clock.speed:g} times the speed of real time"
    return f"""
The Legato Partner Support Portal is running.

  Portal   {environment["PORTAL_BASE_URL"]}/
  Mail     {environment["PORTAL_DEMO_MAIL_URL"]}   (files: {state / "mail"})
  Its now  {there:%A %-d %B %Y, %H:%M} in Los Angeles{pace}
  Logs     {state / "log"}

{accounts}

Ctrl-C stops all of it and keeps the data; `make demo FRESH=1` starts over.
"""


def _say(text: str) -> None:
    if text:
        print(text, flush=True)
