"""A connection that breaks: a TCP proxy on loopback that passes bytes on, and cuts all that runs when it is told to."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

BLOCK = 64 * 1024


class BreakingProxy:
    """Passes connections on to a port while entered; cuts them once so many bytes went up, for each of `cuts`."""

    def __init__(self, target: int, cuts: tuple[int, ...] = ()) -> None:
        self.target, self.cuts = target, list(cuts)
        self.sent = self.broke = 0
        self._running: set[socket.socket] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # or it would wait for one more
        self._listening.close()
        self.cut()
        for thread in self._threads:
            thread.join(timeout=5)

    def cut(self) -> None:
        """Cut every connection, without a word."""
        with self._lock:
            running, self._running = self._running, set()
        for each in running:
            with contextlib.suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                each.shutdown(socket.SHUT_RDWR)

    def _begin(self, work: Callable[..., None], *given: socket.socket) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._running |= {near, far}
            self._begin(self._connect, near, far)

    def _connect(self, near: socket.socket, far: socket.socket) -> None:
        """Pass on both ways until both are over."""
        with near, far:
            up = threading.Thread(target=self._pass, args=(near, far, self._count), daemon=True)
            up.start()
            self._pass(far, near, None)
            up.join()
        with self._lock:
            self._running -= {near, far}

    def _pass(
        self, source: socket.socket, sink: socket.socket, note: Callable[[int], None] | None
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(BLOCK):
                sink.sendall(data)
                if note is not None:
                    note(len(data))
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _count(self, length: int) -> None:
        with self._lock:
            self.sent += length
            breaks = bool(self.cuts) and self.sent >= self.cuts[0]
            if breaks:
                self.cuts.pop(0)
                self.broke += 1
        if breaks:
            self.cut()
