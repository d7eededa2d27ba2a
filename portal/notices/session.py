"""One session with the SMTP server: opened when first needed, reopened after it broke.

Where the server offers PIPELINING (RFC 2920), sender, recipient and DATA go out together, and each answer is read on
its own. While the server has a message, the caller may do something else (see `Session.send`).
"""

import logging
import select
import smtplib
from collections.abc import Callable, Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from portal.notices.message import envelope_address

log = logging.getLogger(__name__)
CLOSING = (
    421  # "service not available, closing the channel": the server goes away, whatever it was asked
)
TAKEN = 250
GO_ON = 354
PATIENCE_SECONDS = 0.05
"""A server that has not answered for so long is waited for."""


class ServerAway(Exception):  # noqa: N818  # not an error of the program
    """No session could be opened: nothing is wrong with any notice."""


class HungUp(Exception):  # noqa: N818  # not an error of the program
    """The server hung up, or fell silent, while it had a notice: its fault or the notice's."""


class Refused(Exception):  # noqa: N818  # not an error of the program
    """The server answered that it does not take the notice; `for_good` when it says not to try again."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


def _nothing() -> None:
    pass


class Session:
    """A session that sends one notice after another. `while_waiting` is called whenever the server takes its time."""

    def __init__(self, while_waiting: Callable[[], None] = _nothing) -> None:
        self._smtp: Any = None
        self._while_waiting = while_waiting
        self._sender = envelope_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])

    def open(self) -> None:
        """Have a session. Raises ServerAway."""
        if self._smtp is not None:
            return
        # Django's backend knows how to reach the server by the settings: encryption, name and password, time limit.
        backend = EmailBackend(timeout=settings.EMAIL_TIMEOUT)
        try:
            backend.open()
            smtp: Any = backend.connection
            smtp.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            if backend.connection is not None:
                backend.connection.close()
            raise ServerAway(_said(error)) from error
        self._smtp = smtp

    def send(self, address: str, message: bytes, meanwhile: Callable[[], None] = _nothing) -> None:
        """Hand one message (its lines parted by CRLF) to the server, and do `meanwhile` while it has it.

        Raises ServerAway, HungUp or Refused; after any of them the next is sent anew.
        """
        self.open()
        try:
            self._ask_to_take(address)
            self._write(message.replace(b"\r\n.", b"\r\n.."), b".")
            meanwhile()
            self._expect(self._answers(1), [TAKEN])
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise HungUp(_said(error)) from error

    def close(self) -> None:
        """End the session, if there is one; how it ends does not matter any more."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError) as error:
            log.info("the mail server did not say good-bye: %s", error)

    def _ask_to_take(self, address: str) -> None:
        """Name sender and recipient and ask to go on with the message."""
        commands = (
            f"MAIL FROM:<{self._sender}>".encode("ascii"),
            f"RCPT TO:<{envelope_address(address)}>".encode("ascii"),
            b"DATA",
        )
        wanted = (TAKEN, TAKEN, GO_ON)
        if self._smtp.has_extn("pipelining"):
            self._write(*commands)
            self._expect(self._answers(len(commands)), wanted)
        else:
            for command, code in zip(commands, wanted, strict=True):
                self._write(command)
                self._expect(self._answers(1), [code])

    def _write(self, *lines: bytes) -> None:
        self._smtp.sock.sendall(b"\r\n".join((*lines, b"")))

    def _answers(self, count: int) -> list[tuple[int, str]]:
        """The server's answers to that many commands, code and text."""
        if not select.select([self._smtp.sock], [], [], PATIENCE_SECONDS)[0]:
            self._while_waiting()
        answers = [self._smtp.getreply() for _ in range(count)]
        return [(int(code), words.decode("utf-8", "replace")) for code, words in answers]

    def _expect(self, answers: Sequence[tuple[int, str]], wanted: Sequence[int]) -> None:
        """Go on when the server agreed to everything; 251 is as good as 250. Raises what it did otherwise."""
        refusals = [
            (code, words)
            for (code, words), right in zip(answers, wanted, strict=True)
            if code // 10 != right // 10
        ]
        if not refusals:
            return
        code, words = refusals[0]
        if code == CLOSING or not 400 <= code < 600:
            self._drop()
            raise HungUp(f"{code} {words}")
        self._begin_anew(waits_for_message=answers[-1][0] == GO_ON)
        raise Refused(f"{code} {words}", for_good=code >= 500)

    def _begin_anew(self, *, waits_for_message: bool) -> None:
        """After a refusal: make the session ready for the next message, or let go of it."""
        if waits_for_message:
            self._drop()  # it would take all that we say for the message
            return
        try:
            code, _ = self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            code = -1
        if code != TAKEN:
            self._drop()

    def _drop(self) -> None:
        """Drop a broken session without a QUIT: waiting for its answer would be in vain."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
