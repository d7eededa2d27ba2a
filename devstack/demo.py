"""``make demo``: the whole portal on one machine, from nothing, until Ctrl-C."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from devstack import democlock, frontend, paths, ports, postgres, processes, redis
from devstack.errors import StackError
from devstack.supervisor import Stopped, Supervisor, signals_as_exceptions

WEB_PORT, MAIL_PAGE_PORT, SMTP_PORT = 8000, 8025, 1025
POSTGRES_PORT, REDIS_PORT = 54320, 63790


class AlreadyRunningError(StackError):
    """A demo of this checkout runs already, as process ``pid``."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"a demo of this checkout is running already (process {pid})")
        self.pid = pid


@dataclass(frozen=True)
class Demo:
    """What was asked for: the speed of domain time, a new beginning, a command to run inside."""

    speed: float = 1.0
    fresh: bool = False
    then: Sequence[str] = ()


def run(demo: Demo) -> int:
    """Run the demo until it is stopped, or until ``then`` has run; return the exit code.

    ``StackError`` says in one line what kept it from starting or which program ended by itself.
    """
    state = paths.state_dir()
    with only_one(state), signals_as_exceptions():
        supervisor = Supervisor(state / "log")
        running: democlock.DemoClock | None = None
        clock_file = state / "clock.json"
        try:
            if demo.fresh:
                forget(state)
            clock = democlock.resume(clock_file, speed=demo.speed)
            _say("Building the front end …")
            frontend.build()
            environment = _start_servers(supervisor, state)
            preparing = {**environment, "PORTAL_CLOCK": clock.setting_while_preparing()}
            _prepare(preparing)
            accounts = _manage("demo_accounts", env=preparing, doing="Listing the accounts")
            running = clock = clock.restarted()
            environment["PORTAL_CLOCK"] = clock.setting()
            _start_portal(supervisor, environment)
            if demo.then:
                return subprocess.run(
                    list(demo.then), env=environment, cwd=paths.ROOT, check=False
                ).returncode
            _say(_greeting(environment, state, clock, accounts))
            supervisor.watch(
                democlock.HEARTBEAT.total_seconds(),
                partial(democlock.save_running, clock_file, clock),
            )
        except Stopped:
            _say("\nStopping …")
        finally:
            supervisor.stop()
            if running is not None:
                democlock.save_stopped(clock_file, running)
    _say("Stopped. `make demo` goes on where it stopped.")
    return 0


def stop_running() -> bool:
    """Stop the demo of this checkout that runs elsewhere; tell whether there was one."""
    try:
        with only_one(paths.state_dir()):
            return False
    except AlreadyRunningError as running:
        os.kill(running.pid, signal.SIGTERM)
        if not processes.wait_gone(running.pid, 60):
            raise StackError(f"the demo (process {running.pid}) does not stop") from None
        return True


def _start_servers(supervisor: Supervisor, state: Path) -> dict[str, str]:
    """Start what the environment does not name; return the settings of all the portal's
    programs."""
    database_url = os.environ.get("DATABASE_URL")
    if not database_url:
        _say("Starting PostgreSQL …")
        database = postgres.start(
            state / "postgres",
            log=supervisor.log("postgres"),
            durable=True,
            first_port=POSTGRES_PORT,
        )
        supervisor.adopt(database.child)
        database.create_database()
        database_url = database.url()
    redis_url = os.environ.get("REDIS_URL")
    if not redis_url:
        _say("Starting Redis …")
        broker = redis.start(state / "redis", log=supervisor.log("redis"), first_port=REDIS_PORT)
        supervisor.adopt(broker.child)
        redis_url = broker.url()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": secret(state / "secret-key"),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "MEDIA_ROOT": str(state / "media"),
        "STATIC_ROOT": str(state / "static"),
        "DEBUG": "False",
        "SECURE": "False",
        "PYTHONUNBUFFERED": "1",
    }
    return environment | _start_mail(supervisor, state, environment) | _web_address()


def _start_mail(supervisor: Supervisor, state: Path, env: dict[str, str]) -> dict[str, str]:
    smtp, page = ports.step(SMTP_PORT), ports.step(MAIL_PAGE_PORT)
    supervisor.start(
        "mail catcher",
        [
            *(sys.executable, "-m", "devstack.mailcatcher"),
            *(str(state / "mail"), str(smtp), str(page)),
        ],
        env=env,
    )
    supervisor.wait_for(lambda: ports.answers(smtp), "the mail catcher", 20)
    return {
        "EMAIL_HOST": ports.LOOPBACK,
        "EMAIL_PORT": str(smtp),
        "EMAIL_USE_TLS": "False",
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "PORTAL_DEMO_MAIL_URL": f"http://{ports.LOOPBACK}:{page}/",
    }


def _web_address() -> dict[str, str]:
    port = ports.step(WEB_PORT)
    return {
        "PORTAL_DEMO_PORT": str(port),
        "PORTAL_BASE_URL": f"http://{ports.LOOPBACK}:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "CSRF_TRUSTED_ORIGINS": "",
    }


def _prepare(environment: dict[str, str]) -> None:
    """Bring the tables, the demo's data and the static files up to date; a second run changes
    nothing."""
    _manage("migrate", "--noinput", env=environment, doing="Migrating the database")
    _say(_manage("demo_data", env=environment, doing="Loading the demo's data"))
    _manage("collectstatic", "--noinput", env=environment, doing="Collecting the static files")


def _start_portal(supervisor: Supervisor, environment: dict[str, str]) -> None:
    """Start web, worker and beat and wait until the pages are served."""
    _say("Starting web, worker and beat …")
    binary = Path(sys.executable).parent
    port = environment["PORTAL_DEMO_PORT"]
    schedule = paths.state_dir() / "beat-schedule"
    for stale in schedule.parent.glob(f"{schedule.name}*"):
        stale.unlink()  # the schedule is the database's; a half-written copy must not stop beat
    supervisor.start(
        "web",
        [
            *(binary / "gunicorn", "portal.wsgi", "--bind", f"{ports.LOOPBACK}:{port}"),
            *("--workers", "2", "--threads", "4", "--no-control-socket", "--graceful-timeout", "5"),
        ],
        env=environment,
    )
    celery = (sys.executable, "-m", "celery", "-A", "portal")
    supervisor.start(
        "worker",
        [*celery, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip"],
        env=environment,
    )
    supervisor.start(
        "beat", [*celery, "beat", "--schedule", schedule, "--pidfile", ""], env=environment
    )
    url = environment["PORTAL_BASE_URL"] + "/health/ready"
    supervisor.wait_for(lambda: bool(_health(url)), "the portal", 60)
    if not supervisor.wait(lambda: _health(url).get("engine") == "ok", 30):
        _say(f"The deadlines engine is not well yet; see {url} and the worker's log.")


def _health(url: str) -> dict[str, str]:
    """Return what the portal says of its parts; nothing while it does not answer."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            parts: dict[str, str] = json.load(answer)
    except OSError:
        return {}
    return parts


def _manage(*arguments: str, env: dict[str, str], doing: str) -> str:
    """Run a management command and return what it printed; ``StackError`` says why it failed."""
    _say(f"{doing} …")
    return processes.run_once(
        [sys.executable, paths.ROOT / "manage.py", *arguments], doing=doing, env=env
    ).strip()


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


def secret(file: Path) -> str:
    """Return the secret kept in ``file``, made on first use."""
    with contextlib.suppress(FileNotFoundError):
        return file.read_text(encoding="utf-8").strip()
    made = secrets.token_urlsafe(48)
    paths.write_whole(file, made, mode=0o600)
    return made


def forget(state: Path) -> None:
    """Forget the demo's data, mail and time; the environment's own servers are not ours to
    empty."""
    if os.environ.get("DATABASE_URL"):
        raise StackError(
            "FRESH=1 empties the embedded database; DATABASE_URL names another: empty it yourself"
        )
    postgres.end_orphan(state / "postgres" / "data")
    for folder in ("postgres", "redis", "mail"):
        shutil.rmtree(state / folder, ignore_errors=True)
    (state / "clock.json").unlink(missing_ok=True)


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


def _say(text: str) -> None:
    if text:
        print(text, flush=True)
