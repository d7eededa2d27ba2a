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
import re
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from bench import _figures as figures
from bench import _loads as loads
from bench._databases import url_of
from bench.uploading import resident
from devstack import ports

WORKERS, THREADS = 2, 16
REPLIES, WRITINGS, QUEUES = 0.2, 1.0, 0.5
"""Seconds between two of each."""
TICK = os.sysconf("SC_CLK_TCK")
LATE = 5.0
WARM = 6.0


@dataclass(eq=False)
class Page:
    """An open page: its case, its reader's cookie, and what it knows."""

    case: int
    cookie: str
    is_provider: bool
    version: str = ""
    etag: str = ""
    ticket: str = ""
    doing: str = "reading"
    told: str = ""


@dataclass
class Heard:
    """What was measured, in milliseconds."""

    messages: list[float] = field(default_factory=list)
    presence: list[float] = field(default_factory=list)
    queue: list[float] = field(default_factory=list)
    asks: int = 0
    bytes: int = 0
    errors: int = 0
    last_error: str = ""


class Line:
    """A connection that is kept, as a browser or a proxy keeps one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(
        self, path: str, cookie: str, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """The answer to one request, on a new connection where the server has closed the old one."""
        for _ in range(2):
            if self.ends is None:
                self.ends = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                return await self._ask(path, cookie, headers)
            except (ConnectionError, asyncio.IncompleteReadError, IndexError):
                self.ends[1].close()
                self.ends = None
        raise ConnectionError(path)

    async def head(
        self, path: str, cookie: str, headers: dict[str, str]
    ) -> tuple[int, dict[str, str]]:
        """Send a request and read the head of its answer."""
        assert self.ends is not None
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        reader, writer = self.ends
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={cookie}\r\n{more}\r\n".encode()
        )
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        return int(lines[0].split()[1]), found

    async def _ask(
        self, path: str, cookie: str, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        status, found = await self.head(path, cookie, headers)
        assert self.ends is not None
        length = 0 if status == 304 else int(found.get("Content-Length", 0))
        body = await self.ends[0].readexactly(length)
        if found.get("Connection") == "close":
            self.ends[1].close()
            self.ends = None
        return status, found, body


class Run:
    """One way, measured for some seconds."""

    def __init__(self, way: str, pages: list[Page], port: int, seconds: float) -> None:
        self.way, self.port = way, port
        self.pages = [] if way == "none" else pages
        self.every = float(way.partition("-")[2] or 0)
        self.until = time.perf_counter() + seconds
        self.heard = Heard()
        self.said: dict[int, list[tuple[float, set[Page]]]] = defaultdict(list)
        self.began: dict[int, tuple[float, Page]] = {}
        self.by_case: dict[int, list[Page]] = defaultdict(list)
        for page in self.pages:
            self.by_case[page.case].append(page)

    async def go(self) -> None:
        """Keep every page open until the time is over."""
        tasks = [asyncio.create_task(self._keep(page)) for page in self.pages]
        tasks += [asyncio.create_task(self._open_queues()), asyncio.create_task(self._write())]
        await asyncio.sleep(max(0.0, self.until - time.perf_counter()))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def committed(self, case: int) -> None:
        """Somebody replied on a case, just now."""
        if self.by_case[case]:
            self.said[case].append((time.perf_counter(), set(self.by_case[case])))

    @property
    def missed(self) -> int:
        """How many pages never showed a message that had time to come."""
        now = time.perf_counter()
        return sum(len(left) for said in self.said.values() for at, left in said if now - at > LATE)

    async def _keep(self, page: Page) -> None:
        line = Line(self.port)
        await asyncio.sleep(random.random() * (self.every or 1))
        while True:
            try:
                if self.way == "stream":
                    await self._stream(page)
                else:
                    await self._pulse(page, line)
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                self.heard.errors += 1
                self.heard.last_error = repr(error)
            await asyncio.sleep(self.every * random.uniform(0.9, 1.1) or 1)

    async def _pulse(self, page: Page, line: Line) -> None:
        path = f"/cases/{page.case}/live/?doing={page.doing}"
        extra = {"If_None_Match": page.etag} if page.etag else {}
        if page.ticket:
            extra["X_Portal_Pass"] = page.ticket
        status, found, body = await line.get(path, page.cookie, **extra)
        self.heard.asks += 1
        self.heard.bytes += len(body)
        page.ticket = found.get("X-Portal-Pass", page.ticket)
        if status == 304:
            return
        if status != 200:
            raise ValueError(status)
        said = body.decode()
        page.etag = found["ETag"]
        self._people(page, "is answering" in said)
        await self._take(page, re.findall(r'"version": "([^"]+)"', said)[0], line)

    async def _stream(self, page: Page) -> None:
        line, other = Line(self.port), Line(self.port)
        line.ends = await asyncio.open_connection("127.0.0.1", self.port)
        status, _ = await line.head(f"/bench/stream/{page.case}/", page.cookie, {})
        if status != 200:
            raise ValueError(status)
        while True:
            told = await line.ends[0].readline()
            if not told:
                raise ConnectionError
            if told.startswith(b"data: "):
                version, answering = told[6:].decode().split()
                self._people(page, answering == "1")
                await self._take(page, version, other)

    async def _take(self, page: Page, version: str, line: Line) -> None:
        """Ask for the page anew, where its version is another."""
        if version == page.version:
            return
        is_first, page.version = not page.version, version
        if is_first:
            return
        asked = time.perf_counter()
        status, _, body = await line.get(
            f"/cases/{page.case}/", page.cookie, X_Portal_Live="reading", HX_Target="live1"
        )
        if status != 200:
            raise ValueError(status)
        self.heard.bytes += len(body)
        now = time.perf_counter()
        for at, left in self.said[page.case]:
            if page in left and at < asked:
                left.discard(page)
                self.heard.messages.append((now - at) * 1000)

    def _people(self, page: Page, is_answering: bool) -> None:
        began = self.began.get(page.case)
        if is_answering and began is not None and began[1] is not page:
            self.heard.presence.append((time.perf_counter() - began[0]) * 1000)
            del self.began[page.case]

    async def _write(self) -> None:
        """Let one of two engineers at a case begin an answer; what they wrote before is sent or left by then."""
        line = Line(self.port)
        cases = [
            case for case, both in self.by_case.items() if all(page.is_provider for page in both)
        ]
        random.shuffle(cases)
        await asyncio.sleep(WARM)
        for case in cases:
            writer = self.by_case[case][0]
            self.began[case] = (time.perf_counter(), writer)
            await line.get(f"/cases/{case}/live/?doing=answering", writer.cookie)
            await asyncio.sleep(WRITINGS)

    async def _open_queues(self) -> None:
        line, cookie = Line(self.port), self.queue_cookie
        while True:
            begun = time.perf_counter()
            status, _, _ = await line.get("/queue/?view=all", cookie)
            if status == 200:
                self.heard.queue.append((time.perf_counter() - begun) * 1000)
            else:
                self.heard.errors += 1
            await asyncio.sleep(max(0.0, QUEUES - (time.perf_counter() - begun)))

    queue_cookie = ""


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
