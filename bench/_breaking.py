"""A connection that breaks: a TCP proxy on loopback that passes bytes on, and cuts all that runs when it is told to."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

BLOCK = 64 * 1024


class BreakingProxy:
    """Passes connections on to a port while it is entered. It cuts them once so many bytes went up, for each of `cuts`.

    While `dark` is set nobody gets through.
    """

    def __init__(self, target: int, cuts: tuple[int, ...] = ()) -> None:
        self.target, self.cuts = target, list(cuts)
        self.sent = self.broke = 0
        self.dark = threading.Event()
        self._running: set[socket.socket] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listening.close()
        self.cut()

    def cut(self) -> None:
        """Cut every connection, without a word."""
        with self._lock:
            running, self._running = self._running, set()
        for each in running:
            with contextlib.suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            if self.dark.is_set():
                near.close()
                far.close()
                continue
            with self._lock:
                self._running |= {near, far}
            for source, sink, note in ((near, far, self._count), (far, near, None)):
                threading.Thread(target=self._pass, args=(source, sink, note), daemon=True).start()

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
        self.sent += length
        if self.cuts and self.sent >= self.cuts[0]:
            self.cuts.pop(0)
            self.broke += 1
            self.cut()
