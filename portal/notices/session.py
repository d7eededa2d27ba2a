"""One session with the SMTP server: opened when first needed, opened anew after it broke."""

import logging
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from portal.models import Notice
from portal.notices.rendering import Rendered

log = logging.getLogger(__name__)
CLOSING = (
    421  # "service not available, closing the channel": the server goes away, whatever it was asked
)


class ServerAway(Exception):  # noqa: N818  # not an error of the program
    """No session could be opened: nothing is wrong with any notice."""


class HungUp(Exception):  # noqa: N818  # not an error of the program
    """The server hung up, or fell silent, while it had a notice: its fault or the notice's."""


class Refused(Exception):  # noqa: N818  # not an error of the program
    """The server answered that it does not take the notice; `for_good` when it says not to try again."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Session:
    """A session that sends one notice after another."""

    def __init__(self) -> None:
        self._connection: Any = None

    def open(self) -> None:
        """Have a session. Raises ServerAway."""
        if self._connection is not None:
            return
        connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            raise ServerAway(_said(error)) from error
        self._connection = connection

    def send(self, notice: Notice, rendered: Rendered) -> None:
        """Hand one notice to the server. Raises ServerAway, HungUp or Refused; after either the next is sent anew."""
        self.open()
        mail = EmailMultiAlternatives(
            subject=rendered.subject,
            body=rendered.text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[notice.address],
            headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
            connection=self._connection,
        )
        mail.attach_alternative(rendered.html, "text/html")
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            self._fail(code, words)
        except smtplib.SMTPResponseException as error:
            self._fail(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise HungUp(_said(error)) from error

    def close(self) -> None:
        """End the session, if there is one; how it ends does not matter any more."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except (smtplib.SMTPException, OSError) as error:
            log.info("the mail server did not say good-bye: %s", error)

    def _drop(self) -> None:
        """Let go of a broken session without a QUIT, for whose answer we should wait in vain."""
        connection, self._connection = self._connection, None
        smtp = getattr(connection, "connection", None)
        if smtp is not None:
            smtp.close()

    def _fail(self, code: int, words: bytes | str) -> None:
        self.close()  # the session may stand anywhere
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        if code == CLOSING or code < 0:
            raise HungUp(f"{code} {text}")
        raise Refused(f"{code} {text}", for_good=code >= 500)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
