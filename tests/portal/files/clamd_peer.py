"""A peer that speaks clamd's protocol (INSTREAM) on a real socket, and finds the EICAR test file."""

import socketserver
import struct
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

EICAR = b"".join([rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"])
"""The harmless string that every scanner finds; put together here, so that none finds this file."""


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        if self.rfile.read(10) != b"zINSTREAM\0":
            return
        content = bytearray()
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > server.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        server.pieces += 1
        found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
        self.wfile.write(b"stream: " + found + b"\0")


class ClamdPeer:
    """Runs while it is entered; `url` is what the setting takes."""

    def __init__(self, folder: Path, *, most: int = 2**20) -> None:
        self.path = folder / "clamd"
        self.url = f"unix:{self.path}"
        self.most = most

    def __enter__(self) -> Self:
        self.server: Any = socketserver.ThreadingUnixStreamServer(str(self.path), _Conversation)
        self.server.most, self.server.pieces = self.most, 0
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        self.path.unlink()
