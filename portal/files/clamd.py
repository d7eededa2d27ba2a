"""Asking clamd about a file, by its protocol (INSTREAM) over a unix or a TCP socket. The file is streamed."""

import contextlib
import socket
import struct
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

CHUNK = 256 * 1024


class ScannerAwayError(Exception):
    """The scanner cannot be reached, or does not answer as it should: the check is tried again."""


class Scan:
    """One conversation: bytes go in, and at the end it says what it found."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.answer = ""

    def feed(self, data: bytes) -> None:
        """Send the next bytes. Raises ScannerAwayError."""
        for at in range(0, len(data), CHUNK):
            if self.answer:
                return
            self._send(data[at : at + CHUNK])

    def found(self) -> str | None:
        """What it found: the name of a virus, empty for nothing, None where the file is too large for it.

        Raises ScannerAwayError.
        """
        if not self.answer:
            self._send(b"")  # the end
        self.answer = self.answer or _read(self.connection)
        if self.answer == "stream: OK":
            return ""
        if self.answer.endswith(" FOUND"):
            return self.answer.removeprefix("stream: ").removesuffix(" FOUND")[:180]
        if "size limit exceeded" in self.answer:
            return None
        raise ScannerAwayError(self.answer or "it said nothing")

    def _send(self, piece: bytes) -> None:
        try:
            self.connection.sendall(struct.pack("!L", len(piece)) + piece)
        except OSError as error:
            self.answer = _read(self.connection)  # it says why it stopped listening
            if not self.answer:
                raise ScannerAwayError("it hung up") from error


@contextlib.contextmanager
def scan() -> Iterator[Scan]:
    """A conversation with the scanner that the settings name. Raises ScannerAwayError."""
    try:
        connection = _connected()
    except (OSError, ValueError) as error:
        raise ScannerAwayError(str(error)) from error
    with contextlib.closing(connection):
        try:
            connection.sendall(b"zINSTREAM\0")
        except OSError as error:
            raise ScannerAwayError(str(error)) from error
        yield Scan(connection)


def _connected() -> socket.socket:
    address = urlsplit(settings.CLAMD)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(settings.CLAMD_SECONDS)
        try:
            connection.connect(address.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection(
        (address.hostname or "", address.port or 3310), timeout=settings.CLAMD_SECONDS
    )


def _read(connection: socket.socket) -> str:
    """Its answer, to the NUL that ends it; empty when it hung up or was silent for too long."""
    answer = b""
    with contextlib.suppress(OSError):
        while b"\0" not in answer and len(answer) < 4096:
            data = connection.recv(1024)
            if not data:
                break
            answer += data
    return answer.partition(b"\0")[0].decode(errors="replace").strip()
