"""Open case pages as browsers keep them, all in one process: they ask or listen, and what they hear is timed."""

import asyncio
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field

WRITINGS, QUEUES = 1.0, 0.5
"""Seconds between two of each."""
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
