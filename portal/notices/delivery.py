"""Delivery: hands waiting e-mail to the SMTP server, at least once, each time with the same Message-ID.

A batch is leased, then sent one by one, each marked sent as soon as the server has taken it. A process killed between
the two lets the lease run out, and the mail goes again with its Message-ID; nothing is ever marked sent before it is.
"""

import datetime as dt
import logging
import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F

from portal import alarms, clock
from portal.models import Channel, Notice, NoticeState
from portal.notices.rendering import render

log = logging.getLogger(__name__)


class ServerAway(Exception):  # noqa: N818
    """The SMTP server cannot be reached or has hung up: nothing is wrong with the notice."""


@dataclass(slots=True)
class DeliveryReport:
    """What a delivery run did."""

    sent: int = 0
    put_off: int = 0
    parked: int = 0
    server_away: bool = False


def deliver(*, batch: int | None = None, most_batches: int = 20) -> DeliveryReport:
    """Send what waits, oldest first, until nothing is ready, the server is away, or `most_batches` are done."""
    report = DeliveryReport()
    for _ in range(most_batches):
        leased = _lease(batch or settings.NOTICE_BATCH)
        if not leased:
            break
        _send_batch(leased, report)
        if report.server_away:
            break
    return report


def _lease(size: int) -> list[Notice]:
    """Take a lease on a batch, in a transaction of its own; other workers pass over it until it runs out."""
    wall = clock.wall()
    with transaction.atomic():
        ids = list(
            Notice.objects.ready(wall)
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:size]
        )
        if not ids:
            return []
        Notice.objects.filter(pk__in=ids).update(
            lease_until=wall + _lease_length(), attempts=F("attempts") + 1
        )
    return list(Notice.objects.filter(pk__in=ids).select_related("recipient").order_by("id"))


def _lease_length() -> dt.timedelta:
    return dt.timedelta(seconds=settings.NOTICE_LEASE_SECONDS)


def _renewed(notices: list[Notice]) -> list[Notice]:
    """The notices we still hold, their lease renewed when it nears its end (a slow server must not cost it)."""
    wall = clock.wall()
    until = notices[0].lease_until
    if until is not None and until - wall > _lease_length() / 2:
        return notices
    held = Notice.objects.filter(
        pk__in=[notice.pk for notice in notices], state=NoticeState.WAITING, lease_until=until
    )
    kept = set(held.values_list("pk", flat=True))
    held.update(lease_until=wall + _lease_length())
    for notice in notices:
        notice.lease_until = wall + _lease_length()
    return [notice for notice in notices if notice.pk in kept]


def _send_batch(leased: list[Notice], report: DeliveryReport) -> None:
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        report.server_away = True
        _give_back(leased, f"the mail server is away: {type(error).__name__}: {error}")
        report.put_off += len(leased)
        return
    try:
        while leased and (leased := _renewed(leased)):
            notice = leased.pop(0)
            try:
                _send(notice, connection)
            except ServerAway as error:
                report.server_away = True
                _put_off(notice, str(error), report)
                _give_back(leased, "")
                return
            except Exception as error:
                _refused(notice, error, report)
                _close(connection)  # the session may be in any state: the next one starts afresh
            else:
                _mark_sent(notice)
                report.sent += 1
    finally:
        _close(connection)


def _send(notice: Notice, connection: object) -> None:
    """Render and hand over one notice. Raises ServerAway when the server is not there."""
    rendered = render(notice)
    mail = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[notice.address],
        headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    mail.attach_alternative(rendered.html, "text/html")
    try:
        mail.send()
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, OSError) as error:
        if isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
            raise
        raise ServerAway(f"{type(error).__name__}: {error}") from error


def _mark_sent(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, state=NoticeState.WAITING).update(
        state=NoticeState.SENT, sent_at=clock.now(), lease_until=None, last_error=""
    )


def _give_back(notices: list[Notice], reason: str) -> None:
    """Return leases that were not used: those notices were not tried. With a reason they wait a little first."""
    wait = dt.timedelta(seconds=settings.NOTICE_BACKOFF_SECONDS if reason else 0)
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(
        lease_until=None,
        attempts=F("attempts") - 1,
        next_try_at=clock.wall() + wait,
        last_error=reason,
    )


def _refused(notice: Notice, error: Exception, report: DeliveryReport) -> None:
    """Put off what may yet succeed; park at once what the server refuses for good."""
    reason = f"{type(error).__name__}: {error}"
    if _for_good(error):
        _park(notice, reason, report)
    else:
        _put_off(notice, reason, report)


def _for_good(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _put_off(notice: Notice, reason: str, report: DeliveryReport) -> None:
    """Try again later, each time twice as late; after the last try park."""
    if notice.attempts >= settings.NOTICE_ATTEMPTS:
        _park(notice, reason, report)
        return
    wait = min(
        settings.NOTICE_BACKOFF_SECONDS * 2 ** (notice.attempts - 1),
        settings.NOTICE_BACKOFF_MOST_SECONDS,
    )
    Notice.objects.filter(pk=notice.pk).update(
        next_try_at=clock.wall() + dt.timedelta(seconds=wait), lease_until=None, last_error=reason
    )
    report.put_off += 1
    log.warning("notice %s put off: %s", notice.pk, reason)


def _park(notice: Notice, reason: str, report: DeliveryReport) -> None:
    with transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(
            state=NoticeState.PARKED, lease_until=None, last_error=reason
        )
        alarms.raise_alarm(
            notice.subject,
            f"notice-{notice.pk}-parked",
            f"“{notice.title}” could not be sent to {notice.address}: {reason}",
            at=clock.now(),
            url=notice.url,
            channels=(Channel.INBOX,),
        )
    report.parked += 1


def _close(connection: object) -> None:
    try:
        connection.close()  # type: ignore[attr-defined]
    except (smtplib.SMTPException, OSError) as error:
        log.warning("closing the SMTP session failed: %s", error)
