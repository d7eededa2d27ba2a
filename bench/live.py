"""200 open case pages: ``python -m bench.live --pages 200 --ways none,ask-1.2,stream``.

Each case is open before two people. Five times a second somebody replies on one of them, once a second somebody begins
to write an answer, twice a second somebody opens the queue. Told are how long after its commit a message stands on the
pages of its case, how long until the other page tells of the writing, what the queue took beside it, and what the web
processes and the database's took of a core. `ask-1.2` asks for the pulse with an ETag every 1.2 s, as the page does;
`stream` holds a stream of server-sent events for each page (`bench._streams`, a prototype); `none` opens no page.
"""

import argparse
import asyncio
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2

from bench import _figures as figures
from bench import _loads as loads
from bench._databases import url_of
from bench._open_pages import WARM, Line, Page, Run
from bench.uploading import resident
from devstack import ports

WORKERS, THREADS = 2, 16
REPLIES = 0.2
"""Seconds between two."""
TICK = os.sysconf("SC_CLK_TCK")


# --- the two sides --------------------------------------------------------------------------------------


@contextmanager
def server(way: str, database: str, pages: int) -> Any:
    """The portal behind gunicorn, as it is run: two processes of sixteen threads; a thread more for each stream."""
    port = ports.step(18400)
    stream = way == "stream"
    threads = THREADS + pages if stream else THREADS
    application = "bench._streams:application" if stream else "portal.wsgi"
    command = [str(Path(sys.executable).with_name("gunicorn")), application]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", str(threads)]
    command += ["--no-control-socket", "--graceful-timeout", "1", "--log-level", "error"]
    running = subprocess.Popen(command, env=loads.environment(database))
    try:
        for _ in range(300):
            if ports.answers(port):
                break
            time.sleep(0.1)
        yield port, running.pid
    finally:
        running.terminate()
        running.wait()


def seconds_of(pids: list[int]) -> float:
    """The seconds of a core that processes have taken."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(words[11]) + int(words[12])
    return total / TICK


def web_pids(parent: int) -> list[int]:
    """A server and its processes."""
    found = [parent]
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = each.read_text().rpartition(")")[2].split()
            if int(words[1]) == parent:
                found.append(int(each.parent.name))
    return found


def backends(database: str) -> list[int]:
    """The database's processes for the portal."""
    with closing(psycopg2.connect(url_of("postgres"))) as link, link.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [database])
        return [pid for (pid,) in cursor.fetchall()]


def opened(count: int) -> tuple[list[Page], str]:
    """So many pages with readers who are signed in, two for each case: two engineers, or one and a contact."""
    from django.conf import settings
    from django.test import Client

    from cases.case.models import Case
    from contracts.scope import reach_of
    from portal.models import User
    from portal.roles import Role

    def cookie(user: User) -> str:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return str(client.session.session_key)

    house = User.objects.filter(roles__contains=[Role.CSE], is_active=True)
    engineers = [user for user in house if reach_of(user).place is None][:40]
    keys = [cookie(user) for user in engineers]
    cases = list(
        Case.objects.visible_to(engineers[0])
        .open()
        .exclude(state="waiting_for_reseller")
        .filter(contact__user__is_active=True, contact__left_at=None)
        .select_related("contact__user")
        .order_by("?")[: count // 2]
    )
    pages: list[Page] = []
    for n, case in enumerate(cases):
        pages.append(Page(case.pk, keys[n % len(keys)], True))
        if n % 2 and len(keys) > 1:
            pages.append(Page(case.pk, keys[(n + 1) % len(keys)], True))
        else:
            pages.append(Page(case.pk, cookie(case.contact.user), False))
    return pages, keys[0]


async def warm(port: int, pages: list[Page], queue: str) -> None:
    """Ask until every process has answered each kind of page."""

    async def ask(page: Page) -> None:
        line = Line(port)
        for path, cookie in ((f"/cases/{page.case}/", page.cookie), ("/queue/?view=all", queue)):
            await line.get(path, cookie)
        await line.get(f"/cases/{page.case}/live/", page.cookie)

    for _ in range(3):
        await asyncio.gather(*map(ask, pages[: WORKERS * THREADS]))


class Talker(threading.Thread):
    """Replies on one of the cases again and again, from a process of its own as far as the server knows."""

    def __init__(self, run: Run, cases: list[int]) -> None:
        super().__init__(daemon=True)
        self.run_of, self.cases, self.count = run, cases, 0

    def run(self) -> None:
        """Reply until the run is over."""
        from django.db import connection

        from cases.case.models import Case
        from cases.conversation.actions import reply
        from portal import clock
        from portal.models import User
        from portal.roles import Role
        from portal.rules.refusal import Refusal

        by = User.objects.filter(roles__contains=[Role.CSE], is_active=True).first()
        assert by is not None
        time.sleep(WARM)
        while time.perf_counter() < self.run_of.until - 3:
            begun = time.perf_counter()
            pk = random.choice(self.cases)
            with suppress(Refusal):
                reply(Case.objects.get(pk=pk), by=by, at=clock.now(), body="We look into it.")
                self.run_of.committed(pk)
                self.count += 1
            time.sleep(max(0.0, REPLIES - (time.perf_counter() - begun)))
        connection.close()


def measure(
    way: str, database: str, pages: list[Page], queue: str, seconds: float
) -> dict[str, Any]:
    """The figures of one way."""
    for page in pages:
        page.version = page.etag = page.ticket = ""
    with server(way, database, len(pages)) as (port, pid):
        asyncio.run(warm(port, pages, queue))
        run = Run(way, pages, port, seconds + WARM)
        run.queue_cookie = queue
        talker = Talker(run, [page.case for page in pages])
        talker.start()
        taken: dict[str, float] = {}

        def watch() -> None:
            time.sleep(WARM)  # every page is open, every process is warm
            web, base = seconds_of(web_pids(pid)), {p: seconds_of([p]) for p in backends(database)}
            asks, begun = run.heard.asks, time.perf_counter()
            time.sleep(max(0.0, run.until - 0.3 - begun))
            lasted = time.perf_counter() - begun
            taken["web"] = (seconds_of(web_pids(pid)) - web) / lasted
            now = {p: seconds_of([p]) for p in backends(database)}
            taken["database"] = sum(spent - base.get(p, 0.0) for p, spent in now.items()) / lasted
            taken["asks"] = (run.heard.asks - asks) / lasted

        memory = 0.0
        watcher = threading.Thread(target=watch)
        watcher.start()
        asyncio.run(run.go())
        watcher.join()
        memory = sum(map(resident, web_pids(pid)))
        talker.join()
    if run.heard.errors:
        print(f"{way}: the last of {run.heard.errors} errors: {run.heard.last_error}", flush=True)
    return {
        **taken,
        "messages": run.heard.messages,
        "presence": run.heard.presence,
        "queue": run.heard.queue,
        "said": talker.count,
        "missed": run.missed,
        "errors": run.heard.errors,
        "load": os.getloadavg()[0],
        "memory": memory,
    }


def row(way: str, made: dict[str, Any]) -> list[str]:
    """A way's line of the table."""

    def spread(values: list[float]) -> str:
        if not values:
            return ""
        worst = max(values)
        return f"{figures.median(values):,.0f} / {figures.p95(values):,.0f} / {worst:,.0f}"

    return [
        way,
        f"{made['asks']:.0f}",
        f"{made['web'] * 100:.0f}",
        f"{made['database'] * 100:.0f}",
        spread(made["messages"]),
        spread(made["presence"]),
        spread(made["queue"]),
        f"{made['said']}, {made['missed']}",
        str(made["errors"]),
        f"{made['memory']:.0f}",
        f"{made['load']:.1f}",
    ]


HEAD = (
    "way",
    "asks/s",
    "web, % of a core",
    "database, %",
    "message, ms p50 / p95 / most",
    "presence, ms",
    "queue beside it, ms",
    "replies, missed",
    "errors",
    "memory, MB",
    "load",
)


def main() -> None:
    """Measure each way in turn, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--size", type=int, default=10_000, help="cases of the load")
    parser.add_argument("--ways", default="none,ask-2,ask-1.2,ask-1,stream")
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    with loads.copy_of(loads.load(asked.size)) as database:
        os.environ |= loads.environment(database)
        import django

        django.setup()
        pages, queue = opened(asked.pages)
        print(f"{len(pages)} pages of {len({page.case for page in pages})} cases", flush=True)
        rows = []
        for _ in range(asked.rounds):
            for way in asked.ways.split(","):
                rows.append(row(way, measure(way, database, pages, queue, asked.seconds)))
                print(" | ".join(rows[-1]), flush=True)
        from django.db import connections

        connections.close_all()
    print(figures.table(HEAD, rows))


if __name__ == "__main__":
    main()
